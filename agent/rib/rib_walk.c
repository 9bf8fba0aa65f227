/* The table in order, bit by bit, while it changes.
 *
 * Its records lie in no order, and none of them may be held on to in between. So the walk goes by prefixes: of those behind the last one the next few
 * thousand are picked, which takes one look at every record, and each is looked up when its turn comes. */
#include <stdlib.h>

#include "agent/base/own.h"
#include "agent/rib/rib_priv.h"

#define BATCH 4096

struct rib_walker {
	const struct rib *rib;
	unsigned family;                 /* index of the table */
	bool begun;                      /* in this table: */
	struct prefix last;              /* the last one of the batch, once that is there */
	size_t n, at;
	struct prefix batch[2 * BATCH];
};

struct rib_walker *rib_walker_new(const struct rib *rib)
{
	struct rib_walker *w = malloc(sizeof(*w));

	if (w) {
		w->rib = rib;
		w->family = 0;
		w->begun = false;
		w->n = w->at = 0;
	}
	return w;
}

void rib_walker_free(struct rib_walker *w)
{
	free(w);
}

static int by_prefix(const void *a, const void *b)
{
	return prefix_cmp(a, b);
}

/* Picks the BATCH lowest ones behind the last: whenever there is twice as much, the upper half goes, and what is above it is not taken any more. */
static void pick(struct rib_walker *w)
{
	const struct table *t = &w->rib->tables[w->family];
	bool bounded = false;
	struct prefix p;

	w->n = w->at = 0;
	for (uint32_t i = 1; i < t->nets.high; i++) {
		const struct net *net = net_at(t, i);

		if (!(net->flags & NET_USED) || !net->n_paths)
			continue;
		p = table_prefix(t, net);
		if ((w->begun && prefix_cmp(&p, &w->last) <= 0) || (bounded && prefix_cmp(&p, &w->batch[BATCH - 1]) > 0))
			continue;
		w->batch[w->n++] = p;
		if (w->n == 2 * BATCH) {
			qsort(w->batch, w->n, sizeof(p), by_prefix);
			w->n = BATCH;
			bounded = true;
		}
	}
	qsort(w->batch, w->n, sizeof(p), by_prefix);
	if (w->n > BATCH)
		w->n = BATCH;
	w->begun = true;
	if (w->n)
		w->last = w->batch[w->n - 1];
}

bool rib_walker_step(struct rib_walker *w, size_t most, rib_route_fn fn, void *ctx)
{
	while (w->family < ARRAY_LEN(w->rib->tables)) {
		if (w->at == w->n)
			pick(w);
		if (!w->n) {
			w->family++;
			w->begun = false;
			continue;
		}
		for (; w->at < w->n; most--) {
			if (!most)
				return true;
			rib_find(w->rib, &w->batch[w->at++], fn, ctx);
		}
	}
	return false;
}
