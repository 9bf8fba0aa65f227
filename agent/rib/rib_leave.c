/* A peer goes, and with it all its paths. The table may be large: what is near is made dirty at once, so that it is decided and told first; the
 * rest is found in the course of the decisions, a few nets at a time. Meanwhile its paths count for nothing, and its number stays its own. */
#include "agent/rib/rib_priv.h"

#include <stdlib.h>

/* The net forgets the peer. */
static void forget(struct rib *rib, rib_peer peer, struct table *t, uint32_t i)
{
	struct net *net = net_at(t, i);
	uint32_t *link = &net->paths;
	struct path *path;

	if (!(net->flags & NET_USED))
		return;
	export_forget(rib, peer, t, i);
	while (*link && path_at(rib, *link)->peer != peer)
		link = &path_at(rib, *link)->next;
	if (!*link) {
		change_reap(rib, t, i);
		return;
	}
	path = path_at(rib, *link);
	if (path->flags & PATH_FORWARDS)         /* the number may be another peer's before the decision: even an equal set is then another one */
		net->flags |= NET_FORWARD_LOST;
	path_drop(rib, family_index(t->family), net, link);
	net_dirty(rib, t, i, 0);
}

static void forget_near(struct rib *rib, rib_peer peer)
{
	size_t left = rib->cfg.at_once;
	uint32_t next;

	for (unsigned list = 0; list < LIST_LEAVING; list++) {
		struct table *t = &rib->tables[list & 1];

		for (uint32_t i = t->changes[list / 2].head; i && left; i = next, left--) {
			next = net_at(t, i)->next;
			forget(rib, peer, t, i);
		}
	}
}

static void sweep_begin(struct rib *rib, rib_peer peer)
{
	rib->sweeping = peer;
	rib->sweep_family = 0;
	rib->sweep_at = 1;
}

static void swept(struct rib *rib, struct peer *p)
{
	for (unsigned f = 0; f < 2; f++) {
		free(p->export[f].told);
		p->export[f] = (struct export){ 0 };
	}
	p->used = p->leaving = false;
	rib->taken[LIST_LEAVING]++;
	sweep_begin(rib, p->left_next);
	if (!rib->sweeping)
		rib->waiting &= ~((uint32_t)1 << LIST_LEAVING);
}

void leave_step(struct rib *rib, size_t most)
{
	struct peer *p = &rib->peers[rib->sweeping];
	unsigned f = rib->sweep_family;
	struct table *t = &rib->tables[f];

	for (; most && rib->sweep_at < t->nets.high && (p->held[f] || p->export[f].sent); most--)
		forget(rib, rib->sweeping, t, rib->sweep_at++);
	if (rib->sweep_at < t->nets.high && (p->held[f] || p->export[f].sent))
		return;
	rib->sweep_at = 1;
	if (rib->sweep_family++)
		swept(rib, p);
}

void rib_peer_del(struct rib *rib, rib_peer peer)
{
	struct peer *p = rib_peer_of(rib, peer);

	if (!p || peer == RIB_LOCAL)
		return;
	export_stop(rib, peer);
	rib->n_resolve -= p->info.resolve;
	forget_near(rib, peer);
	p->leaving = true;
	p->left_next = RIB_LOCAL;
	if (rib->sweeping)
		rib->peers[rib->left_last].left_next = peer;
	else
		sweep_begin(rib, peer);
	rib->left_last = peer;
	rib->put[LIST_LEAVING]++;
	rib->waiting |= (uint32_t)1 << LIST_LEAVING;
	for (unsigned f = 0; f < 2 && rib->sweeping == peer; f++)        /* a small table is done with */
		leave_step(rib, rib->cfg.at_once);
}

bool rib_leaving(const struct rib *rib)
{
	return rib->sweeping != RIB_LOCAL;
}
