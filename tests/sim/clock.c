/* The virtual clock: events in order of time, and chance from a seed. */
#include "tests/sim/sim.h"

#include <stdlib.h>

#include "tests/sim/trace.h"

#define CLOCK_PPM 200                    /* how much faster or slower than the world a clock is at most */

/* The most events that a world of healthy cores may have: so many for each cable to begin with, and for each of its seconds. */
#define BUSY_START 20000
#define BUSY_SECOND 400
#define BUSY_START_NETS 1                /* and one more for so many prefixes (full.c) */
#define BUSY_SECOND_NETS 1

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

struct event world_pop(struct world *w)
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

static void trace_event(struct world *w, const struct event *e)
{
	trace_mix(w, (uint64_t)e->at.us);
	trace_mix(w, (uint64_t)(e->node ? e->node->id : 0) << 48 ^ (uint64_t)e->a << 32 ^ e->b);
	trace_mix(w, e->order << 32 ^ e->seq << 16 ^ e->n);
}

static bool is_at_rest(struct world *w)
{
	uint64_t s = (uint64_t)(w->now.us / 1000000);
	uint64_t most = w->n_cables * (BUSY_START + w->n_nets / BUSY_START_NETS + (BUSY_SECOND + w->n_nets / BUSY_SECOND_NETS) * s);

	return w->n_events < most || sim_fail(w, "does not come to rest: %llu events", (unsigned long long)w->n_events);
}

/* Once something has failed, nothing happens any more. */
void world_run(struct world *w, mono until)
{
	struct event e;

	while (w->n_heap && w->heap[0].at.us <= until.us && !*w->failure) {
		e = world_pop(w);
		w->now = e.at;
		if (e.node && e.node->frozen.us > w->now.us) {   /* what comes for a stopped process waits for it, in order */
			e.at = e.node->frozen;
			push(w, e);
			continue;
		}
		w->n_events++;
		w->turn = e.node;
		trace_event(w, &e);
		e.fn(w, &e);
		if (w->n_events % 1024 == 0)
			is_at_rest(w);
	}
	if (*w->failure && !w->failed.us)
		w->failed = w->now;
	w->now = until;
}

/* --- of a node ------------------------------------------------------------------------------------------------------------------- */
static int64_t clock_at(const struct node *n, int64_t world_us)
{
	return n->clock_us + world_us + world_us * n->clock_ppm / 1000000;
}

mono node_now(const struct node *n)
{
	return (mono){ clock_at(n, n->world->now.us) };
}

mono world_time(const struct node *n, mono at)
{
	int64_t us = at.us - n->clock_us;

	us = us * 1000000 / (1000000 + n->clock_ppm);
	while (clock_at(n, us) < at.us)
		us++;
	return (mono){ us };
}

void node_clock(struct node *n)
{
	struct rng r = { .s = n->world->cfg.seed << 16 ^ n->id ^ 0x636c6f636b };

	n->clock_us = 1000000 + (int64_t)(rng_next(&r) >> 24);           /* 12 days at most */
	n->clock_ppm = (int)rng_below(&r, 2 * CLOCK_PPM + 1) - CLOCK_PPM;
}
