/* The decision for one dirty prefix after the other: what is forwarded, and what is announced. */
#include "agent/rib/rib_priv.h"

#include <string.h>

unsigned attrs_length(const struct rib *rib, attrs_id attrs)
{
	unsigned n = attrs ? aspath_len(attrs_get(rib->attrs, attrs)->as_path) : LENGTHS;

	return n < LENGTHS ? n : LENGTHS - 1;
}

void net_dirty(struct rib *rib, struct table *t, uint32_t i, attrs_id news)
{
	struct net *net = net_at(t, i);
	unsigned length, other, list;
	struct queue *q;

	if (net->flags & NET_DIRTY)
		return;
	length = attrs_length(rib, net->attrs);
	other = news == net->attrs ? length : attrs_length(rib, news);
	length = other < length ? other : length;
	list = 2 * length + family_index(t->family);
	q = &t->dirty[length];
	net->flags |= NET_DIRTY;
	net->next_dirty = 0;
	*(q->first ? &net_at(t, q->last)->next_dirty : &q->first) = i;
	q->last = i;
	rib->waiting |= (uint32_t)1 << list;
	rib->put[list]++;
}

static bool has_path_of(const struct rib *rib, const struct net *net, rib_peer peer)
{
	uint32_t i = net->paths;

	while (i && path_at(rib, i)->peer != peer)
		i = path_at(rib, i)->next;
	return i != 0;
}

void peer_dirty(struct rib *rib, rib_peer peer, bool told_otherwise)
{
	for (unsigned f = 0; f < 2; f++)
		for (uint32_t i = 1; i < rib->tables[f].nets.high && rib->peers[peer].held[f]; i++) {
			const struct net *net = net_at(&rib->tables[f], i);

			if (!(net->flags & NET_USED) || !has_path_of(rib, net, peer))
				continue;
			net_dirty(rib, &rib->tables[f], i, 0);
			if (told_otherwise && net->attrs && net->from == peer)
				change_touch(rib, &rib->tables[f], i);
		}
}

void rib_peer_drain(struct rib *rib, rib_peer peer, bool drained)
{
	struct peer *p = rib_peer_of(rib, peer);

	if (!p || p->drained == drained)
		return;
	p->drained = drained;
	peer_dirty(rib, peer, true);
}

size_t rib_candidates(const struct rib *rib, const struct net *net, struct candidate *c)
{
	const struct attrs *attrs;
	const struct path *path;
	size_t n = 0;

	for (uint32_t i = net->paths; i; i = path->next) {
		path = path_at(rib, i);
		if (!path_lives(rib, path))
			continue;
		attrs = attrs_get(rib->attrs, path->attrs);
		c[n++] = (struct candidate){
			.attrs = attrs, .peer = path_info(rib, path), .path = i, .cost = path_cost(rib, path),
			.least = is_long_lived(rib, attrs), .drained = rib->peers[path->peer].drained, .med_always = rib->cfg.med_always,
		};
	}
	return n;
}

/* Frees the paths that were withdrawn since the last decision, or whose peer has left. Was there one in the reported forwarding set? */
static bool drop_withdrawn(struct rib *rib, unsigned f, struct net *net)
{
	bool lost = net->flags & NET_FORWARD_LOST;
	uint32_t *link = &net->paths;
	struct path *path;

	while (*link) {
		path = path_at(rib, *link);
		if (path_lives(rib, path)) {
			link = &path->next;
			continue;
		}
		lost |= path->flags & PATH_FORWARDS;
		path_drop(rib, f, net, link);
	}
	net->flags &= (uint8_t)~NET_FORWARD_LOST;
	return lost;
}

/* Marks the first n_via candidates as the forwarding set, with their weights. Is that another one than before? */
static bool mark_forwarding(struct rib *rib, const struct candidate *c, size_t n, const uint8_t *weight, size_t n_via)
{
	bool differs = false;
	struct path *path;
	uint16_t mark;

	for (size_t i = 0; i < n; i++) {
		path = path_at(rib, c[i].path);
		mark = i < n_via ? weight[i] : 0;
		differs |= (path->flags & PATH_FORWARDS) != mark;
		path->flags = (uint16_t)((path->flags & ~PATH_FORWARDS) | mark);
	}
	return differs;
}

static void announce(struct rib *rib, struct table *t, uint32_t i, const struct path *best, const struct weighed *w)
{
	struct net *net = net_at(t, i);
	attrs_id attrs = best ? weigh_announced(rib, best, w) : 0;
	rib_peer from = best ? best->peer : RIB_LOCAL;
	bool same = attrs == net->attrs && from == net->from;

	if (net->attrs) {
		attrs_unref(rib->attrs, net->attrs);
		rib->peers[net->from].announced--;
	}
	if (attrs)
		rib->peers[from].announced++;
	if (same)                                /* and two references to it were one too many */
		return;
	net->attrs = attrs;
	net->from = from;
	change_touch(rib, t, i);
}

/* With `installed`: may it be announced in the place of what is announced now? *best becomes NULL when nothing may be. */
static bool may_announce(const struct rib *rib, const struct prefix *p, const struct path **best)
{
	if (!*best || (*best)->peer == RIB_LOCAL || !rib->cfg.installed)
		return true;
	switch (rib->out.installed(rib->out.ctx, p)) {
	case RIB_INSTALLED:
		return true;
	case RIB_INSTALLING:
		return false;
	case RIB_NOT_INSTALLED:
		*best = NULL;
		return true;
	}
	return true;
}

void rib_recheck(struct rib *rib, const struct prefix *p)
{
	struct table *t = &rib->tables[family_index(p->family)];
	uint32_t i = table_find(t, p);

	/* As near as it is to be announced, which it is not yet. */
	if (i && net_at(t, i)->paths)
		net_dirty(rib, t, i, path_at(rib, net_at(t, i)->paths)->attrs);
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
	struct weighed w;

	if (n_via > rib->cfg.multipath)
		n_via = rib->cfg.multipath;
	if (best && best->peer == RIB_LOCAL)
		n_via = 0;
	weigh(rib, c, n_via, &w);
	changed |= mark_forwarding(rib, c, n, w.weight, n_via);
	for (size_t v = 0; v < n_via; v++) {
		path = path_at(rib, c[v].path);
		via[v] = (struct rib_via){ path->peer, path->attrs, w.weight[v] };
	}
	if (changed && rib->out.changed)
		rib->out.changed(rib->out.ctx, &p, via, n_via);
	if (may_announce(rib, &p, &best))
		announce(rib, t, i, best, &w);
	change_reap(rib, t, i);
	if (rib->n_resolve && rib->out.settled)
		rib->out.settled(rib->out.ctx, &p);
}

/* The lists take turns: neither family waits for the whole of the other, nor what is near for all that is far, nor the other way round. */
static unsigned next_list(struct rib *rib)
{
	uint32_t behind = rib->waiting & ~(((uint32_t)2 << rib->turn) - 1);

	rib->turn = (unsigned)__builtin_ctz(behind ? behind : rib->waiting);
	return rib->turn;
}

static uint32_t take(struct rib *rib, struct table *t, unsigned length)
{
	unsigned list = 2 * length + family_index(t->family);
	struct queue *q = &t->dirty[length];
	uint32_t i = q->first;
	struct net *net = net_at(t, i);

	net->flags &= (uint8_t)~NET_DIRTY;
	q->first = net->next_dirty;
	if (!q->first)
		rib->waiting &= ~((uint32_t)1 << list);
	rib->taken[list]++;
	return i;
}

#define SWEEP_PER_TURN 16

size_t rib_decide(struct rib *rib, size_t budget)
{
	unsigned list;

	for (size_t done = 0; rib->waiting && (!budget || done < budget); done++) {
		list = next_list(rib);
		if (list == LIST_LEAVING)
			leave_step(rib, SWEEP_PER_TURN);
		else
			decide(rib, list & 1, take(rib, &rib->tables[list & 1], list / 2));
	}
	return rib_undecided(rib);
}

size_t rib_undecided(const struct rib *rib)
{
	size_t n = 0;

	for (unsigned list = 0; list < LISTS; list++)
		n += rib->put[list] - rib->taken[list];
	return n;
}

void rib_mark(const struct rib *rib, struct rib_mark *ret)
{
	memcpy(ret->by, rib->put, sizeof(ret->by));
}

bool rib_passed(const struct rib *rib, const struct rib_mark *mark)
{
	for (unsigned list = 0; list < LISTS; list++)
		if ((int32_t)(rib->taken[list] - mark->by[list]) < 0)
			return false;
	return true;
}
