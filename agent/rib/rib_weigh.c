/* Link bandwidth (RFC 10005): the weights of a forwarding set, and the bandwidth that we announce with a route.
 *
 * Whoever announces a route with itself as next hop says what it can forward there by all of its paths: of each the lower of what was said and
 * of what our link there carries. So the value is worth as much as the narrowest part of the way. */
#include "agent/rib/bandwidth.h"
#include "agent/rib/rib_priv.h"

void weigh(const struct rib *rib, const struct candidate *c, size_t n, struct weighed *ret)
{
	struct share s[RIB_MULTIPATH_MAX];

	ret->known = false;
	for (size_t i = 0; i < n; i++)
		ret->weight[i] = weight_of(&c[i]);
	if (!rib->cfg.weighted)
		return;
	for (size_t i = 0; i < n; i++) {
		s[i].said = bandwidth_get(c[i].attrs->ext_communities);
		s[i].link = rib->peers[path_at(rib, c[i].path)->peer].bandwidth;
		s[i].weight = ret->weight[i];
		if (!s[i].said.known)
			return;
	}
	ret->known = bandwidth_share(s, n, &ret->bytes);
	for (size_t i = 0; i < n && ret->known; i++)
		ret->weight[i] = s[i].weight;
}

attrs_id weigh_announced(const struct rib *rib, const struct path *best, const struct weighed *w)
{
	const struct attrs *a = attrs_get(rib->attrs, best->attrs);
	struct attrs value = *a;
	attrs_id id;

	/* What an internal peer said goes on as it is, as its next hop does. What others said is about their own next hop and ends here: also when
	 * we do not know enough to say something in its place. */
	if (rib->cfg.weighted && best->peer != RIB_LOCAL && rib->peers[best->peer].info.ebgp && bandwidth_get(a->ext_communities).n) {
		value.ext_communities = bandwidth_put(a->ext_communities, rib->cfg.asn, w->known ? &w->bytes : NULL, rib->scratch);
		if (attrs_intern(rib->attrs, &value, &id) >= 0)
			return id;
	}
	attrs_ref(rib->attrs, best->attrs);
	return best->attrs;
}

void rib_peer_bandwidth(struct rib *rib, rib_peer peer, float bytes)
{
	struct peer *p = rib_peer_of(rib, peer);

	if (!p || p->bandwidth == bytes)
		return;
	p->bandwidth = bytes;
	if (rib->cfg.weighted)
		peer_dirty(rib, peer, false);
}

void rib_report(struct rib *rib)
{
	for (unsigned f = 0; f < 2; f++) {
		for (uint32_t i = 1; i < rib->tables[f].nets.high; i++) {
			struct net *net = net_at(&rib->tables[f], i);

			if (!(net->flags & NET_USED))
				continue;
			net->flags |= NET_FORWARD_LOST;
			net_dirty(rib, &rib->tables[f], i, 0);
		}
	}
}
