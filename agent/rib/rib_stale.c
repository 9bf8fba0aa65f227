/* Paths that a peer has yet to tell again: marked, and swept when it is done. Both walk the whole table once. */
#include "agent/rib/rib_priv.h"

static struct path *path_of(const struct rib *rib, const struct net *net, rib_peer peer)
{
	struct path *path;

	for (uint32_t i = net->paths; i; i = path->next) {
		path = path_at(rib, i);
		if (path->peer == peer)
			return path->attrs ? path : NULL;
	}
	return NULL;
}

void rib_peer_stale(struct rib *rib, rib_peer peer, uint8_t family)
{
	unsigned f = family_index(family);
	struct table *t = &rib->tables[f];
	struct peer *p = rib_peer_of(rib, peer);
	struct path *path;

	for (uint32_t i = 1; p && i < t->nets.high && p->stale[f] < p->received[f]; i++) {
		path = net_at(t, i)->flags & NET_USED ? path_of(rib, net_at(t, i), peer) : NULL;
		if (!path || path->flags & PATH_STALE)
			continue;
		path->flags |= PATH_STALE;
		p->stale[f]++;
	}
}

size_t rib_peer_sweep(struct rib *rib, rib_peer peer, uint8_t family)
{
	unsigned f = family_index(family);
	struct table *t = &rib->tables[f];
	struct peer *p = rib_peer_of(rib, peer);
	size_t n = p ? p->stale[f] : 0;
	struct path *path;
	struct prefix prefix;

	for (uint32_t i = 1; p && p->stale[f] && i < t->nets.high; i++) {
		path = net_at(t, i)->flags & NET_USED ? path_of(rib, net_at(t, i), peer) : NULL;
		if (!path || !(path->flags & PATH_STALE))
			continue;
		prefix = table_prefix(t, net_at(t, i));
		rib_withdraw(rib, peer, &prefix);
	}
	return n;
}
