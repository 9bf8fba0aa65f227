/* Somebody who announces only what the kernel has (fib_standing): asks after every wish, and again about what it is told is another now. */
#include "tests/unit/nexthop/fib_world.h"

static void news(void *ctx, const struct prefix *p)
{
	struct world *w = ctx;

	for (unsigned i = 0; i < WORLD_PREFIXES; i++) {
		struct prefix mine = world_prefix(i);

		w->asked[i].told |= prefix_eq(p, &mine);
	}
}

void world_ask_begin(struct world *w)
{
	fib_on_news(w->fib, news, w);
}

void world_ask(struct world *w, unsigned i)
{
	struct prefix p = world_prefix(i);
	bool hidden = w->n_deeds > 0;

	for (unsigned l = 1; l < WORLD_LINKS; l++)
		hidden |= w->links[l].down && !w->links[l].told;         /* the kernel has dropped what it may */
	w->asked[i].told = false;
	w->asked[i].answer = fib_standing(w->fib, &p);
	if (w->asked[i].answer == FIB_STANDS && !hidden && !fake_route(&w->kernel, &p))
		w->wrong = "a route stands that the kernel has not";
}

void world_ask_told(struct world *w)
{
	for (unsigned i = 0; i < WORLD_PREFIXES; i++)
		if (w->asked[i].told)
			world_ask(w, i);
}

const char *world_check_asked(struct world *w)
{
	uint32_t mark = fib_await_mark(w->fib);

	for (unsigned i = 0; i < WORLD_PREFIXES; i++) {
		struct prefix p = world_prefix(i);

		if (!w->wishes[i].n)
			continue;
		if (!w->asked[i].told && w->asked[i].answer != fib_standing(w->fib, &p))
			return "nobody was told that a route stands now, or does not";
		if ((fib_standing(w->fib, &p) == FIB_STANDS) != (fake_route(&w->kernel, &p) != NULL))
			return "what stands is not what the kernel has";
	}
	return fib_await_passed(w->fib, mark) ? NULL : "an answer is awaited for ever";
}
