/* Paths that a peer has yet to tell again: marked, marked once more when it stays away for long, and swept when it is done. Each walks the
 * whole table once. */
#include "agent/rib/rib_priv.h"

#include <string.h>

#include "agent/base/community.h"

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

bool is_long_lived(const struct rib *rib, const struct attrs *a)
{
	return rib->cfg.long_lived && a->communities.n && attrs_has_community(a, COMMUNITY_LLGR_STALE);
}

/* The same attributes with LLGR_STALE; a reference. 0: it cannot be, for want of memory or room. */
static attrs_id with_llgr_stale(struct rib *rib, attrs_id id)
{
	static const struct community llgr_stale = { .part = { COMMUNITY_LLGR_STALE >> 16, COMMUNITY_LLGR_STALE & 0xffff } };
	struct attrs value = *attrs_get(rib->attrs, id);
	uint8_t communities[UINT16_MAX];
	uint16_t n = value.communities.n;

	if (n > sizeof(communities) - 4)
		return 0;
	if (n)
		memcpy(communities, value.communities.p, n);
	community_put(&llgr_stale, COMMUNITY_STANDARD, communities + n);
	value.communities = (struct span){ communities, (uint16_t)(n + 4) };
	return attrs_intern(rib->attrs, &value, &id) < 0 ? 0 : id;
}

static void mark_long_lived(struct rib *rib, struct table *t, uint32_t i, struct path *path)
{
	const struct attrs *attrs = attrs_get(rib->attrs, path->attrs);
	struct prefix p = table_prefix(t, net_at(t, i));
	attrs_id id = 0;

	if (!attrs_has_community(attrs, COMMUNITY_NO_LLGR)) {            /* RFC 9494 4.2: these are not retained */
		if (attrs_has_community(attrs, COMMUNITY_LLGR_STALE))
			return;
		id = with_llgr_stale(rib, path->attrs);
	}
	if (!id) {
		rib_withdraw(rib, path->peer, &p);
		return;
	}
	attrs_unref(rib->attrs, path->attrs);
	path->attrs = id;
	net_dirty(rib, t, i, id);
}

void rib_peer_long_lived(struct rib *rib, rib_peer peer, uint8_t family)
{
	unsigned f = family_index(family);
	struct table *t = &rib->tables[f];
	struct peer *p = rib_peer_of(rib, peer);
	struct path *path;

	for (uint32_t i = 1; p && p->stale[f] && i < t->nets.high; i++) {
		path = net_at(t, i)->flags & NET_USED ? path_of(rib, net_at(t, i), peer) : NULL;
		if (path && path->flags & PATH_STALE)
			mark_long_lived(rib, t, i, path);
	}
}
