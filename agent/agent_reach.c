/* Every distinct next hop of numbered peers is found out once and kept until links, addresses or the routes around it change. One on a connected
 * network is a hop itself. Others are reached by the RIB's own routes, one level deep (rib_resolve): only for peers that may be further away
 * than one hop, since RFC 4271 5.1.3 wants the others' next hops on the network that both share. */
#include "agent/agent_reach.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_priv.h"
#include "agent/base/log.h"

#define LOG_TOPIC TOPIC_ROUTE

#define REACH_MAX 4096                   /* next hops that are kept; what comes beyond is unreachable until some are forgotten */

struct way {                             /* to one next hop */
	struct in6_addr addr;
	uint32_t cost;
	bool stale;
	size_t n;
	struct hop *hops;
};

struct reach {
	struct way *ways;                /* by address */
	size_t n, room;
	bool stale;                      /* some way is */
	bool full;                       /* that was logged */
};

int reach_new(struct reach **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

static void clear(struct reach *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->ways[i].hops);
	r->n = 0;
	r->stale = r->full = false;
}

void reach_free(struct reach *r)
{
	if (!r)
		return;
	clear(r);
	free(r->ways);
	free(r);
}

static struct prefix host_of(const struct in6_addr *addr)
{
	if (IN6_IS_ADDR_V4MAPPED(addr))
		return prefix4(*(const struct in_addr *)(addr->s6_addr + 12), 32);
	return prefix6(addr, 128);
}

/* IPv4 by an IPv6 next hop is RFC 8950's: by a global address, since no on-link address stands for a numbered peer. */
bool reach_suits(const struct attrs *attrs, uint8_t family, bool ext_nh)
{
	const struct in6_addr *nh = &attrs->next_hop;

	if (!(attrs->has & ATTRS_NEXT_HOP))
		return false;
	if (IN6_IS_ADDR_V4MAPPED(nh) || family == AF_INET6)
		return IN6_IS_ADDR_V4MAPPED(nh) == (family == AF_INET);
	return ext_nh && !in6_is_ll(nh) && !IN6_IS_ADDR_UNSPECIFIED(nh);
}

/* A next hop that is no address beyond its link: the peer's own. */
static bool link_hop(const struct port *port, const struct attrs *attrs, struct hop *ret)
{
	const struct in6_addr *addr = IN6_IS_ADDR_UNSPECIFIED(&attrs->next_hop) ? &attrs->next_hop_ll : &attrs->next_hop;

	if (!in6_is_ll(addr))
		return false;
	*ret = (struct hop){ .ifindex = port->ifindex, .via = *addr, .weight = 1 };
	return true;
}

static bool connected_hop(const struct agent *a, const struct in6_addr *addr, struct hop *ret)
{
	struct prefix host = host_of(addr);
	const struct link *link = link_connected(a->links, &host, NULL);

	if (!link)
		return false;
	*ret = (struct hop){ .ifindex = link->info.ifindex, .via = *addr, .weight = 1 };
	return true;
}

/* Once each: two routes may lead to the same gateway. */
static size_t add_hop(struct hop *hops, size_t n, size_t max, const struct hop *hop)
{
	for (size_t i = 0; i < n; i++)
		if (hops[i].ifindex == hop->ifindex && in6_eq(&hops[i].via, &hop->via))
			return n;
	if (n < max)
		hops[n++] = *hop;
	return n;
}

static size_t routed_hops(struct agent *a, const struct in6_addr *addr, struct hop *ret, size_t max)
{
	struct prefix host = host_of(addr);
	struct rib_via via[RIB_MULTIPATH_MAX];
	size_t n_via = rib_resolve(a->rib, &host, via, RIB_MULTIPATH_MAX), n = 0;

	for (size_t i = 0; i < n_via; i++) {
		const struct port *port = via[i].peer < a->n_by_rib ? a->by_rib[via[i].peer] : NULL;
		const struct attrs *attrs = attrs_get(rib_attrs(a->rib), via[i].attrs);
		struct hop hop;

		if (port && !port->neighbor)
			n = add_hop(ret, n, max, &port->hop);
		else if (port && (link_hop(port, attrs, &hop) || connected_hop(a, &attrs->next_hop, &hop)))
			n = add_hop(ret, n, max, &hop);
	}
	return n;
}

static bool same_hops(const struct hop *a, const struct hop *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i].ifindex != b[i].ifindex || a[i].weight != b[i].weight || !in6_eq(&a[i].via, &b[i].via))
			return false;
	return true;
}

/* Finds the way anew. Did it change? Without memory it stays unreachable. */
static bool find_way(struct agent *a, struct way *w)
{
	struct hop hops[HOP_MAX];
	struct hop *copy;
	uint32_t cost = 0;
	size_t n = 0;
	bool same;

	if (!link_has_addr(a->links, &w->addr)) {        /* RFC 4271 5.1.3: our own address is no next hop */
		n = connected_hop(a, &w->addr, &hops[0]);
		if (!n) {
			cost = RIB_RECURSIVE;
			n = routed_hops(a, &w->addr, hops, HOP_MAX);
		}
	}
	if (!n)
		cost = RIB_UNREACHABLE;
	w->stale = false;
	same = w->cost == cost && w->n == n && same_hops(w->hops, hops, n);
	if (same)
		return false;
	copy = malloc((n + 1) * sizeof(*copy));
	if (copy)
		memcpy(copy, hops, n * sizeof(*copy));
	free(w->hops);
	w->hops = copy;
	w->n = copy ? n : 0;
	w->cost = copy ? cost : RIB_UNREACHABLE;
	return true;
}

static size_t place(const struct reach *r, const struct in6_addr *addr)
{
	size_t lo = 0, hi = r->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (memcmp(&r->ways[mid].addr, addr, sizeof(*addr)) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct way *known_way(const struct reach *r, const struct in6_addr *addr)
{
	size_t i = place(r, addr);

	return i < r->n && in6_eq(&r->ways[i].addr, addr) ? &r->ways[i] : NULL;
}

static struct way *way_to(struct agent *a, const struct in6_addr *addr)
{
	struct reach *r = a->reach;
	size_t i = place(r, addr);
	struct way *grown;

	if (i < r->n && in6_eq(&r->ways[i].addr, addr))
		return &r->ways[i];
	if (r->n == REACH_MAX) {
		if (!r->full)
			log_warning("more than %d different next hops: the routes of the others are not used", REACH_MAX);
		r->full = true;
		return NULL;
	}
	if (r->n == r->room) {
		grown = realloc(r->ways, (r->room + 64) * sizeof(*grown));
		if (!grown)
			return NULL;
		r->ways = grown;
		r->room += 64;
	}
	memmove(r->ways + i + 1, r->ways + i, (r->n - i) * sizeof(*r->ways));
	r->n++;
	r->ways[i] = (struct way){ .addr = *addr, .cost = RIB_UNREACHABLE };
	find_way(a, &r->ways[i]);
	return &r->ways[i];
}

static bool may_recurse(const struct config_neighbor *n)
{
	return n->internal || n->multihop > 1;
}

uint32_t reach_cost(void *ctx, rib_peer peer, const struct attrs *attrs, bool direct)
{
	struct agent *a = ctx;
	const struct port *port = peer < a->n_by_rib ? a->by_rib[peer] : NULL;
	const struct way *way;
	struct hop hop;

	if (!port || !port->neighbor || !(attrs->has & ATTRS_NEXT_HOP))
		return RIB_UNREACHABLE;
	if (link_hop(port, attrs, &hop))
		return port->ifindex ? 0 : RIB_UNREACHABLE;
	if (direct)                              /* asked while a way is being found: nothing is kept */
		return connected_hop(a, &attrs->next_hop, &hop) && !link_has_addr(a->links, &attrs->next_hop) ? 0 : RIB_UNREACHABLE;
	way = way_to(a, &attrs->next_hop);
	if (!way || (way->cost && !may_recurse(port->neighbor)))
		return RIB_UNREACHABLE;
	return way->cost;
}

void reach_settled(void *ctx, const struct prefix *p)
{
	struct agent *a = ctx;
	struct reach *r = a->reach;
	struct prefix host;

	for (size_t i = 0; i < r->n; i++) {
		if (!r->ways[i].cost || r->ways[i].stale)
			continue;
		host = host_of(&r->ways[i].addr);
		if (prefix_contains(p, &host))
			r->ways[i].stale = r->stale = true;
	}
}

size_t reach_hops(const struct agent *a, const struct port *port, const struct attrs *attrs, struct hop *ret, size_t max)
{
	const struct way *way;
	size_t n;

	if (max && link_hop(port, attrs, ret))
		return port->ifindex != 0;
	way = known_way(a->reach, &attrs->next_hop);
	if (!way || (way->cost && !may_recurse(port->neighbor)))
		return 0;
	n = way->n < max ? way->n : max;
	if (n)                                   /* there may be none, and no array */
		memcpy(ret, way->hops, n * sizeof(*ret));
	return n;
}

void reach_forget(struct agent *a)
{
	clear(a->reach);
	rib_reconsider(a->rib, NULL);
}

void reach_turn(struct agent *a)
{
	struct reach *r = a->reach;
	struct in6_addr addr;

	/* A second round finds nothing: only paths with a next hop on a link resolve others, and these were not decided again. */
	while (r->stale) {
		r->stale = false;
		for (size_t i = 0; i < r->n; i++) {
			addr = r->ways[i].addr;
			if (r->ways[i].stale && find_way(a, &r->ways[i]))
				rib_reconsider(a->rib, &addr);
		}
		rib_decide(a->rib, 0);
	}
}
