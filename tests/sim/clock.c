/* The virtual clock: events in order of time, and chance from a seed. */
#include "tests/sim/sim.h"

#include <stdlib.h>

uint64_t rng_next(struct rng *r)
{
	uint64_t z = (r->s += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
	return (uint32_t)(rng_next(r) % n);
}

static bool before(const struct event *a, const struct event *b)
{
	return a->at.us != b->at.us ? a->at.us < b->at.us : a->order < b->order;
}

static struct event *push(struct world *w, struct event e)
{
	size_t i = w->n_heap++;

	if (w->n_heap > w->room) {
		w->room = w->room ? w->room * 2 : 1024;
		w->heap = realloc(w->heap, w->room * sizeof(*w->heap));
		if (!w->heap)
			abort();
	}
	for (; i && before(&e, &w->heap[(i - 1) / 2]); i = (i - 1) / 2)
		w->heap[i] = w->heap[(i - 1) / 2];
	w->heap[i] = e;
	return &w->heap[i];
}

struct event *world_at(struct world *w, int64_t in_us, event_fn fn, struct node *node)
{
	return push(w, (struct event){ .at = { w->now.us + in_us }, .order = w->order++, .fn = fn, .node = node });
}

static struct event pop(struct world *w)
{
	struct event top = w->heap[0], last = w->heap[--w->n_heap];
	size_t i = 0, k;

	while ((k = 2 * i + 1) < w->n_heap) {
		if (k + 1 < w->n_heap && before(&w->heap[k + 1], &w->heap[k]))
			k++;
		if (!before(&w->heap[k], &last))
			break;
		w->heap[i] = w->heap[k];
		i = k;
	}
	if (w->n_heap)
		w->heap[i] = last;
	return top;
}

void world_run(struct world *w, mono until)
{
	struct event e;

	while (w->n_heap && w->heap[0].at.us <= until.us) {
		e = pop(w);
		w->now = e.at;
		if (e.node && e.node->frozen.us > w->now.us) {   /* what comes for a stopped process waits for it, in order */
			e.at = e.node->frozen;
			push(w, e);
			continue;
		}
		w->n_events++;
		e.fn(w, &e);
	}
	w->now = until;
}
