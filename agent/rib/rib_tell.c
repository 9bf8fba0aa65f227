/* Who is told what, and why not: asked for every net that is exported, and by who wants to see it. */
#include "agent/base/community.h"
#include "agent/rib/otc.h"
#include "agent/rib/rib_priv.h"

/* RFC 1997, RFC 9494 4.3, and RFC 7999 3.2: a blackhole is not to leave this AS. */
static enum rib_tell may_leave(const struct rib *rib, const struct attrs *a, const struct peer *to)
{
	if (!otc_may_go(to->info.role, a))
		return RIB_TELL_OTC;
	if (a->communities.n == 0)
		return RIB_TELL;
	if (attrs_has_community(a, COMMUNITY_NO_ADVERTISE))
		return RIB_TELL_NO_ADVERTISE;
	if (!to->takes_long_lived && is_long_lived(rib, a))
		return RIB_TELL_LONG_LIVED;
	if (!to->info.ebgp)
		return RIB_TELL;
	if (attrs_has_community(a, COMMUNITY_NO_EXPORT) || attrs_has_community(a, COMMUNITY_NO_EXPORT_SUBCONFED))
		return RIB_TELL_NO_EXPORT;
	return attrs_has_community(a, COMMUNITY_BLACKHOLE) ? RIB_TELL_BLACKHOLE : RIB_TELL;
}

enum rib_tell may_tell(const struct rib *rib, const struct net *net, rib_peer to)
{
	const struct rib_peer_info *a = &rib->peers[net->from].info, *b = &rib->peers[to].info;

	if (!net->attrs)
		return RIB_TELL_NOTHING;
	if (b->monitor)
		return RIB_TELL;
	if (net->from == to)
		return RIB_TELL_CAME_FROM;
	/* RFC 4271 9.2: nothing internal to internal peers; RFC 4456 section 6: but from clients to all, and from all to clients. */
	if (net->from != RIB_LOCAL && !a->ebgp && !b->ebgp && !a->rr_client && !b->rr_client)
		return RIB_TELL_INTERNAL;
	if (net->from == RIB_LOCAL)              /* RFC 1997: what it says of "received" routes; of our own it is for the receiver */
		return RIB_TELL;
	return may_leave(rib, attrs_get(rib->attrs, net->attrs), &rib->peers[to]);
}

const char *rib_tell_str(enum rib_tell why)
{
	switch (why) {
	case RIB_TELL:
		return "";
	case RIB_TELL_NOTHING:
		return "nothing is announced of it";
	case RIB_TELL_FAMILY:
		return "the session has not agreed on this address family";
	case RIB_TELL_CAME_FROM:
		return "the best path came from there";
	case RIB_TELL_INTERNAL:
		return "both neighbors are internal and neither is a route reflector client";
	case RIB_TELL_OTC:
		return "it has ONLY_TO_CUSTOMER, and the neighbor is no customer";
	case RIB_TELL_NO_ADVERTISE:
		return "it has the community NO_ADVERTISE";
	case RIB_TELL_LONG_LIVED:
		return "it is stale for long (LLGR_STALE), and the neighbor does not know what that is";
	case RIB_TELL_NO_EXPORT:
		return "it has the community NO_EXPORT";
	case RIB_TELL_BLACKHOLE:
		return "it has the community BLACKHOLE";
	case RIB_TELL_FILTER:
		return "the export policy refuses it";
	}
	return "";
}

bool rib_told(struct rib *rib, rib_peer to, const struct prefix *p, struct rib_told_view *ret)
{
	unsigned f = family_index(p->family);
	const struct table *t = &rib->tables[f];
	struct peer *peer = rib_peer_of(rib, to);
	uint32_t i = table_find(t, p);
	const struct net *net;

	if (!i || !peer || to == RIB_LOCAL)
		return false;
	net = net_at(t, i);
	*ret = (struct rib_told_view){ .told = export_told(&peer->export[f], i), .from = net->from, .why = may_tell(rib, net, to) };
	if (!peer->export[f].wanted)
		ret->why = RIB_TELL_FAMILY;
	if (ret->why != RIB_TELL)
		return true;
	if (peer->filter)
		ret->attrs = peer->filter(peer->filter_ctx, p, net->attrs, net->from == RIB_LOCAL);
	else
		attrs_ref(rib->attrs, ret->attrs = net->attrs);
	ret->why = ret->attrs ? RIB_TELL : RIB_TELL_FILTER;
	return true;
}

bool rib_longest(const struct rib *rib, const struct prefix *p, struct prefix *ret)
{
	const struct table *t = &rib->tables[family_index(p->family)];
	uint32_t i;

	*ret = *p;
	for (int len = p->len; len >= 0; len--) {
		ret->len = (uint8_t)len;
		prefix_mask(ret);
		i = table_find(t, ret);
		if (i && net_at(t, i)->n_paths)
			return true;
	}
	return false;
}
