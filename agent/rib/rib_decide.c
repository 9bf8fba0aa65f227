/* The decision for one dirty prefix after the other: what is forwarded, and what is announced. */
#include "agent/rib/rib_priv.h"

size_t rib_candidates(const struct rib *rib, const struct net *net, struct candidate *c)
{
	const struct attrs *attrs;
	const struct path *path;
	size_t n = 0;

	for (uint32_t i = net->paths; i; i = path->next) {
		path = path_at(rib, i);
		if (!path->attrs)
			continue;
		attrs = attrs_get(rib->attrs, path->attrs);
		c[n++] = (struct candidate){
			.attrs = attrs, .peer = path_info(rib, path), .path = i, .cost = path_cost(rib, path),
			.least = is_long_lived(rib, attrs), .med_always = rib->cfg.med_always,
		};
	}
	return n;
}

/* Frees the paths that were withdrawn since the last decision. Was there one in the reported forwarding set? */
static bool drop_withdrawn(struct rib *rib, unsigned f, struct net *net)
{
	bool lost = net->flags & NET_FORWARD_LOST;
	uint32_t *link = &net->paths, i;
	struct path *path;

	while ((i = *link)) {
		path = path_at(rib, i);
		if (path->attrs) {
			link = &path->next;
			continue;
		}
		lost = true;                     /* only such paths are kept when they are withdrawn */
		rib->peers[path->peer].held[f]--;
		*link = path->next;
		slab_give(&rib->paths, i);
	}
	net->flags &= (uint8_t)~NET_FORWARD_LOST;
	return lost;
}

/* Marks the first n_via candidates as the forwarding set, with their weights. Is that another one than before? */
static bool mark_forwarding(struct rib *rib, const struct candidate *c, size_t n, size_t n_via)
{
	bool differs = false;
	struct path *path;
	uint16_t mark;

	for (size_t i = 0; i < n; i++) {
		path = path_at(rib, c[i].path);
		mark = i < n_via ? weight_of(&c[i]) : 0;
		differs |= (path->flags & PATH_FORWARDS) != mark;
		path->flags = (uint16_t)((path->flags & ~PATH_FORWARDS) | mark);
	}
	return differs;
}

static void announce(struct rib *rib, struct table *t, uint32_t i, const struct path *best)
{
	struct net *net = net_at(t, i);
	attrs_id attrs = best ? best->attrs : 0;
	rib_peer from = best ? best->peer : RIB_LOCAL;

	if (attrs == net->attrs && from == net->from)
		return;
	if (attrs)
		attrs_ref(rib->attrs, attrs);
	if (net->attrs)
		attrs_unref(rib->attrs, net->attrs);
	net->attrs = attrs;
	net->from = from;
	change_touch(rib, t, i);
}

static void decide(struct rib *rib, unsigned f, uint32_t i)
{
	struct table *t = &rib->tables[f];
	struct net *net = net_at(t, i);
	struct candidate *c = rib->candidates;
	struct prefix p = table_prefix(t, net);
	bool changed = drop_withdrawn(rib, f, net);
	size_t n = rib_candidates(rib, net, c), n_via = decide_set(c, n);
	const struct path *best = n_via ? path_at(rib, c[0].path) : NULL, *path;
	struct rib_via via[RIB_MULTIPATH_MAX];

	if (n_via > rib->cfg.multipath)
		n_via = rib->cfg.multipath;
	if (best && best->peer == RIB_LOCAL)
		n_via = 0;
	changed |= mark_forwarding(rib, c, n, n_via);
	for (size_t v = 0; v < n_via; v++) {
		path = path_at(rib, c[v].path);
		via[v] = (struct rib_via){ path->peer, path->attrs, weight_of(&c[v]) };
	}
	announce(rib, t, i, best);
	change_reap(rib, t, i);
	if (changed && rib->out.changed)
		rib->out.changed(rib->out.ctx, &p, via, n_via);
	if (rib->n_resolve && rib->out.settled)
		rib->out.settled(rib->out.ctx, &p);
}

size_t rib_decide(struct rib *rib, size_t budget)
{
	struct table *t = rib->tables;
	unsigned f;

	for (size_t done = 0; (t[0].n_dirty || t[1].n_dirty) && (!budget || done < budget); done++) {
		f = t[rib->turn].n_dirty ? rib->turn : !rib->turn;       /* in turn: neither family waits for the whole of the other */
		rib->turn = !f;
		decide(rib, f, table_pop_dirty(&t[f]));
	}
	return rib_undecided(rib);
}

size_t rib_undecided(const struct rib *rib)
{
	return rib->tables[0].n_dirty + rib->tables[1].n_dirty;
}
