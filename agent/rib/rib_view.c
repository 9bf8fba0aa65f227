/* What people are shown: the table in order, each prefix with its paths and why they lost. */
#include <stdlib.h>

#include "agent/base/own.h"
#include "agent/rib/rib_priv.h"

struct viewer {
	const struct rib *rib;
	struct candidate *candidates;            /* one per peer at most */
	struct rib_path_view *paths;
};

static bool viewer_init(struct viewer *v, const struct rib *rib)
{
	v->rib = rib;
	v->candidates = malloc(rib->n_peers * sizeof(*v->candidates));
	v->paths = malloc(rib->n_peers * sizeof(*v->paths));
	return v->candidates && v->paths;
}

static void viewer_fini(struct viewer *v)
{
	free(v->candidates);
	free(v->paths);
}

static bool show(struct viewer *v, const struct table *t, const struct net *net, rib_route_fn fn, void *ctx)
{
	size_t n = rib_candidates(v->rib, net, v->candidates), left = decide_order(v->candidates, n), n_via = left;
	struct rib_route_view view = { table_prefix(t, net), v->paths, n, net->attrs };
	const struct path *path;
	uint8_t used;

	if (n_via > v->rib->cfg.multipath)
		n_via = v->rib->cfg.multipath;
	if (v->candidates[0].peer == NULL)
		n_via = 0;                       /* originated here: nothing is forwarded */
	for (size_t i = 0; i < n; i++) {
		path = path_at(v->rib, v->candidates[i].path);
		used = i < n_via ? path->flags & PATH_FORWARDS : 0;
		v->paths[i] = (struct rib_path_view){
			.peer = path->peer, .attrs = path->attrs, .best = i == 0 && left > 0, .multipath = i < n_via,
			.stale = path->flags & PATH_STALE, .weight = used ? used : weight_of(&v->candidates[i]), .lost_by = v->candidates[i].lost_by,
		};
	}
	return fn(ctx, &view);
}

static int by_prefix(const void *a, const void *b, void *ctx)
{
	const struct table *t = ctx;
	struct prefix p = table_prefix(t, net_at(t, *(const uint32_t *)a)), q = table_prefix(t, net_at(t, *(const uint32_t *)b));

	return prefix_cmp(&p, &q);
}

static bool walk_table(struct viewer *v, const struct table *t, rib_route_fn fn, void *ctx)
{
	AUTO_FREE uint32_t *sorted = malloc((t->prefixes + 1) * sizeof(*sorted));
	size_t n = 0;

	if (!sorted)
		return false;
	for (uint32_t i = 1; i < t->nets.high; i++)
		if (net_at(t, i)->flags & NET_USED && net_at(t, i)->n_paths)
			sorted[n++] = i;
	qsort_r(sorted, n, sizeof(*sorted), by_prefix, (void *)t);
	for (size_t i = 0; i < n; i++)
		if (!show(v, t, net_at(t, sorted[i]), fn, ctx))
			return false;
	return true;
}

void rib_walk(const struct rib *rib, rib_route_fn fn, void *ctx)
{
	struct viewer v;

	if (viewer_init(&v, rib) && walk_table(&v, &rib->tables[0], fn, ctx))
		walk_table(&v, &rib->tables[1], fn, ctx);
	viewer_fini(&v);
}

bool rib_find(const struct rib *rib, const struct prefix *p, rib_route_fn fn, void *ctx)
{
	const struct table *t = &rib->tables[family_index(p->family)];
	uint32_t i = table_find(t, p);
	struct viewer v;
	bool found;

	if (!i || !net_at(t, i)->n_paths)
		return false;
	found = viewer_init(&v, rib);
	if (found)
		show(&v, t, net_at(t, i), fn, ctx);
	viewer_fini(&v);
	return found;
}

static size_t live_paths(const struct rib *rib, const struct net *net, struct rib_via *ret)
{
	const struct path *path;
	size_t n = 0;

	for (uint32_t i = net->paths; i; i = path->next) {
		path = path_at(rib, i);
		if (path_lives(rib, path))
			ret[n++] = (struct rib_via){ path->peer, path->attrs, 1 };
	}
	return n;
}

bool rib_piece(const struct rib *rib, struct rib_place *at, size_t most, rib_paths_fn fn, void *ctx)
{
	AUTO_FREE struct rib_via *paths = malloc(rib->n_peers * sizeof(*paths));
	struct prefix p;
	size_t n;

	for (; paths && at->family < 2; at->family++, at->at = 0) {
		const struct table *t = &rib->tables[at->family];

		for (at->at += !at->at; at->at < t->nets.high; at->at++) {
			const struct net *net = net_at(t, at->at);

			if (!most--)
				return true;
			n = net->flags & NET_USED ? live_paths(rib, net, paths) : 0;
			p = n ? table_prefix(t, net) : (struct prefix){ 0 };
			if (n)
				fn(ctx, &p, paths, n);
		}
	}
	return at->family < 2;                   /* no memory: another time */
}
