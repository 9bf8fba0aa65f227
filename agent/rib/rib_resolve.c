/* Next hops that are addresses: how far away they are, and by which paths they are reached.
 *
 * The world's part (which addresses are on a link) is asked with rib_out.cost; here is the RIB's: the longest prefix around an address that has
 * paths with a next hop on a link. Only these resolve others, so no choice can depend on itself, and none can swing. */
#include "agent/rib/rib_priv.h"

static uint32_t cost(const struct rib *rib, const struct path *path, bool direct)
{
	const struct rib_peer_info *info = path_info(rib, path);

	if (!info || !info->resolve)
		return 0;
	return rib->out.cost(rib->out.ctx, path->peer, attrs_get(rib->attrs, path->attrs), direct);
}

uint32_t path_cost(const struct rib *rib, const struct path *path)
{
	return cost(rib, path, false);
}

/* The paths of a net that may resolve others, chosen among as in any decision. */
static size_t direct_paths(const struct rib *rib, const struct net *net, struct candidate *c)
{
	const struct attrs *attrs;
	const struct path *path;
	size_t n = 0;

	for (uint32_t i = net->paths; i; i = path->next) {
		path = path_at(rib, i);
		if (!path_lives(rib, path) || path->peer == RIB_LOCAL || cost(rib, path, true) != 0)
			continue;
		attrs = attrs_get(rib->attrs, path->attrs);
		c[n++] = (struct candidate){
			.attrs = attrs, .peer = path_info(rib, path), .path = i,
			.least = is_long_lived(rib, attrs), .drained = rib->peers[path->peer].drained, .med_always = rib->cfg.med_always,
		};
	}
	return decide_set(c, n);
}

size_t rib_resolve(const struct rib *rib, const struct prefix *host, struct rib_via *ret, size_t max)
{
	const struct table *t = &rib->tables[family_index(host->family)];
	struct candidate *c = rib->resolving;
	struct prefix p = *host;
	const struct path *path;
	size_t n = 0;
	uint32_t i;

	for (; p.len > 0; p.len--) {             /* the default route resolves nothing: it would make everything reachable */
		prefix_mask(&p);
		i = table_find(t, &p);
		if (i && (n = direct_paths(rib, net_at(t, i), c)) > 0)
			break;
	}
	if (n > rib->cfg.multipath)
		n = rib->cfg.multipath;
	if (n > max)
		n = max;
	for (size_t k = 0; k < n; k++) {
		path = path_at(rib, c[k].path);
		ret[k] = (struct rib_via){ path->peer, path->attrs, weight_of(&c[k]) };
	}
	return n;
}

static bool has_next_hop(const struct rib *rib, const struct net *net, const struct in6_addr *next_hop)
{
	const struct path *path;

	for (uint32_t i = net->paths; i; i = path->next) {
		path = path_at(rib, i);
		if (path_lives(rib, path) && path->peer != RIB_LOCAL && rib->peers[path->peer].info.resolve &&
		    (!next_hop || in6_eq(&attrs_get(rib->attrs, path->attrs)->next_hop, next_hop)))
			return true;
	}
	return false;
}

void rib_reconsider(struct rib *rib, const struct in6_addr *next_hop)
{
	for (unsigned f = 0; rib->n_resolve && f < 2; f++) {
		struct table *t = &rib->tables[f];

		for (uint32_t i = 1; i < t->nets.high; i++) {
			struct net *net = net_at(t, i);

			if (!(net->flags & NET_USED) || !has_next_hop(rib, net, next_hop))
				continue;
			net->flags |= NET_FORWARD_LOST;  /* the same peers, but not the same way */
			net_dirty(rib, t, i, 0);
		}
	}
}
