#include "tests/unit/nexthop/fib_fake.h"

#include <errno.h>
#include <string.h>

struct fake_hop *fake_hop(struct fake *k, uint32_t id)
{
	for (size_t i = 0; i < k->n_hops; i++)
		if (k->hops[i].id == id)
			return &k->hops[i];
	return NULL;
}

struct fake_group *fake_group(struct fake *k, uint32_t id)
{
	for (size_t i = 0; i < k->n_groups; i++)
		if (k->groups[i].id == id)
			return &k->groups[i];
	return NULL;
}

struct fake_route *fake_route(struct fake *k, const struct prefix *p)
{
	for (size_t i = 0; i < k->n_routes; i++)
		if (prefix_eq(&k->routes[i].prefix, p))
			return &k->routes[i];
	return NULL;
}

struct fake_neigh *fake_neigh(struct fake *k, uint32_t ifindex, const struct in6_addr *addr)
{
	for (size_t i = 0; i < k->n_neighs; i++)
		if (k->neighs[i].ifindex == ifindex && in6_eq(&k->neighs[i].addr, addr))
			return &k->neighs[i];
	return NULL;
}

static void group_drop(struct fake *k, struct fake_group *g)
{
	uint32_t id = g->id;

	*g = k->groups[--k->n_groups];
	for (size_t i = 0; i < k->n_routes;)
		if (k->routes[i].group == id)
			k->routes[i] = k->routes[--k->n_routes];
		else
			i++;
}

/* How many buckets the member is to have (nh_res_group_rebalance). */
static size_t wants(const struct fake_group *g, size_t member)
{
	size_t total = 0, before = 0;

	for (size_t i = 0; i < g->n; i++)
		total += g->weights[i];
	for (size_t i = 0; i < member; i++)
		before += g->weights[i];
	return ((before + g->weights[member]) * g->resilient.buckets + total / 2) / total - (before * g->resilient.buckets + total / 2) / total;
}

static size_t has(const struct fake_group *g, size_t member)
{
	size_t n = 0;

	for (size_t b = 0; b < g->resilient.buckets; b++)
		n += g->buckets[b] == g->members[member];
	return n;
}

static bool may_move(const struct fake *k, const struct fake_group *g, size_t bucket)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->members[i] == g->buckets[bucket])
			return k->idle && has(g, i) > wants(g, i);
	return true;                             /* its hop is gone */
}

/* As Linux does: bucket by bucket, to the last member that has too few. */
static void rebalance(struct fake *k, struct fake_group *g)
{
	for (size_t b = 0; b < g->resilient.buckets; b++)
		for (size_t i = g->n; may_move(k, g, b) && i-- > 0;)
			if (has(g, i) < wants(g, i))
				g->buckets[b] = g->members[i];
}

/* Takes the hop out of its groups; a group that has no member left goes, and its routes go with it. */
static void hop_drop(struct fake *k, struct fake_hop *h)
{
	uint32_t id = h->id;

	*h = k->hops[--k->n_hops];
	for (size_t i = 0; i < k->n_groups;) {
		struct fake_group *g = &k->groups[i];
		size_t n = 0;

		for (size_t j = 0; j < g->n; j++) {
			if (g->members[j] == id)
				continue;
			g->members[n] = g->members[j];
			g->weights[n++] = g->weights[j];
		}
		g->n = n;
		rebalance(k, g);
		if (n)
			i++;
		else
			group_drop(k, g);
	}
}

static bool link_works(const struct fake *k, uint32_t ifindex)
{
	return ifindex > 0 && ifindex < FAKE_LINKS && !k->no_carrier[ifindex] && !k->admin_down[ifindex];
}

static int hop_set(struct fake *k, const struct fib_op *op)
{
	struct fake_hop *h = fake_hop(k, op->id);

	if (op->n != 1 || !op->id || fake_group(k, op->id))
		return -EINVAL;
	if (!hop_is_blackhole(op->hops) && !link_works(k, op->hops[0].ifindex))
		return -ENETDOWN;
	if (!h && k->n_hops == FAKE_ROOM)
		return -ENOSPC;
	if (!h)
		h = &k->hops[k->n_hops++];
	*h = (struct fake_hop){ .id = op->id, .family = op->family, .via_inet6 = op->via_inet6, .ifindex = op->hops[0].ifindex, .via = op->hops[0].via };
	h->on_link = op->family == AF_INET && !op->via_inet6 && hop_is_stood_for(&op->hops[0]);
	return 0;
}

static int group_set(struct fake *k, const struct fib_op *op)
{
	struct fake_group *g = fake_group(k, op->id), new = { .id = op->id, .family = op->family, .n = op->n, .resilient = op->resilient };

	if (!op->n || op->n > FAKE_MEMBERS || !op->id || fake_hop(k, op->id))
		return -EINVAL;
	for (size_t i = 0; i < op->n; i++) {
		const struct fake_hop *h = fake_hop(k, op->members[i]);

		/* The last two: what the op says beside the ids must be what the ids mean. */
		if (op->n > 1 && hop_is_blackhole(&op->hops[i]))
			return -EINVAL;                  /* as Linux does */
		if (!h || h->family != op->family || !op->hops[i].weight || op->hops[i].ifindex != h->ifindex)
			return -EINVAL;
		for (size_t j = 0; j < i; j++)
			if (op->members[j] == op->members[i])
				return -EINVAL;
		new.members[i] = op->members[i];
		new.weights[i] = op->hops[i].weight;
	}
	if (!g && !op->create)
		return -ENOENT;
	if (op->resilient.buckets > FAKE_BUCKETS || (g && g->resilient.buckets != op->resilient.buckets))
		return -EINVAL;                          /* as Linux does: neither the kind nor the number ever changes */
	if (!g && k->n_groups == FAKE_ROOM)
		return -ENOSPC;
	if (g)
		memcpy(new.buckets, g->buckets, sizeof(new.buckets));
	else
		g = &k->groups[k->n_groups++];
	*g = new;
	rebalance(k, g);
	return 0;
}

static int route_set(struct fake *k, const struct fib_op *op)
{
	struct fake_route *r = fake_route(k, &op->prefix);
	const struct fake_group *g = op->id ? fake_group(k, op->id) : NULL;

	if (op->family != op->prefix.family || (op->id && (!g || g->family != op->family)))
		return -EINVAL;
	if (!op->id && (!op->n || op->n > FAKE_MEMBERS))
		return -EINVAL;
	for (size_t i = 0; !op->id && i < op->n; i++)
		if (op->hops[i].ifindex >= FAKE_LINKS || k->admin_down[op->hops[i].ifindex])
			return -ENETDOWN;
	if (r && op->create)
		return -EEXIST;
	if (!r && k->n_routes == FAKE_ROOM)
		return -ENOSPC;
	if (!r)
		r = &k->routes[k->n_routes++];
	*r = (struct fake_route){ .prefix = op->prefix, .src = op->src, .group = op->id, .via_inet6 = op->via_inet6 };
	if (op->id)
		return 0;
	r->n = op->n;
	memcpy(r->hops, op->hops, op->n * sizeof(r->hops[0]));
	return 0;
}

static int neigh_set(struct fake *k, const struct fib_op *op)
{
	struct fake_neigh *e;

	if (op->n != 1 || op->hops[0].ifindex >= FAKE_LINKS || (op->family == AF_INET6) == IN6_IS_ADDR_UNSPECIFIED(&op->hops[0].via))
		return -EINVAL;
	if (k->admin_down[op->hops[0].ifindex])
		return -ENETDOWN;
	e = fake_neigh(k, op->hops[0].ifindex, &op->hops[0].via);
	if (!e)
		e = &k->neighs[k->n_neighs++];
	e->ifindex = op->hops[0].ifindex;
	e->on_link = op->on_link;
	e->addr = op->hops[0].via;
	memcpy(e->mac, op->mac, 6);
	return 0;
}

static int neigh_del(struct fake *k, uint32_t ifindex, const struct in6_addr *addr)
{
	struct fake_neigh *e = fake_neigh(k, ifindex, addr);

	if (!e)
		return -ENOENT;
	*e = k->neighs[--k->n_neighs];
	return 0;
}

int fake_exec(struct fake *k, const struct fib_op *op)
{
	struct fake_route *r;

	switch (op->kind) {
	case FIB_HOP_SET:
		return hop_set(k, op);
	case FIB_HOP_DEL:
		if (!fake_hop(k, op->id))
			return -ENOENT;
		hop_drop(k, fake_hop(k, op->id));
		return 0;
	case FIB_GROUP_SET:
		return group_set(k, op);
	case FIB_GROUP_DEL:
		if (!fake_group(k, op->id))
			return -ENOENT;
		group_drop(k, fake_group(k, op->id));
		return 0;
	case FIB_ROUTE_SET:
		return route_set(k, op);
	case FIB_ROUTE_DEL:
		r = fake_route(k, &op->prefix);
		if (!r || r->foreign)
			return -ESRCH;
		*r = k->routes[--k->n_routes];
		return 0;
	case FIB_NEIGH_SET:
		return neigh_set(k, op);
	case FIB_NEIGH_DEL:
		return neigh_del(k, op->hops[0].ifindex, &op->hops[0].via);
	}
	return -EINVAL;
}

/* A classic route loses the hop when the link is set down; a lost carrier only marks it. */
static void classic_down(struct fake *k, uint32_t ifindex)
{
	for (size_t i = 0; i < k->n_routes;) {
		struct fake_route *r = &k->routes[i];
		size_t n = 0;

		for (size_t j = 0; j < r->n; j++)
			if (r->hops[j].ifindex != ifindex)
				r->hops[n++] = r->hops[j];
		if (r->group || n) {
			r->n = n;
			i++;
		} else {
			*r = k->routes[--k->n_routes];
		}
	}
}

void fake_link_lost(struct fake *k, uint32_t ifindex, bool admin)
{
	k->no_carrier[ifindex] = true;
	k->admin_down[ifindex] |= admin;
	for (size_t i = 0; i < k->n_hops;)
		if (k->hops[i].ifindex == ifindex)
			hop_drop(k, &k->hops[i]);
		else
			i++;
	if (!admin)
		return;
	classic_down(k, ifindex);
	for (size_t i = k->n_neighs; i-- > 0;)
		if (k->neighs[i].ifindex == ifindex)
			k->neighs[i] = k->neighs[--k->n_neighs];
}

void fake_link_back(struct fake *k, uint32_t ifindex)
{
	k->no_carrier[ifindex] = k->admin_down[ifindex] = false;
}

static void tell_hop(const struct fake_hop *h, struct fib *fib)
{
	struct fib_seen seen = { .kind = SEEN_HOP, .id = h->id, .family = h->family, .hop = { .ifindex = h->ifindex, .via = h->via, .weight = 1 } };

	if (h->ifindex && !h->on_link && !IN6_IS_ADDR_V4MAPPED(&h->via))
		seen.family = AF_INET6;
	if (h->on_link)
		seen.hop.via = hop_anybody;
	fib_seen(fib, &seen);
}

static void tell_group(const struct fake_group *g, struct fib *fib)
{
	struct fib_seen seen = { .kind = SEEN_GROUP, .id = g->id, .n = g->n, .resilient = g->resilient };

	for (size_t i = 0; i < g->n; i++)
		seen.member[g->n - 1 - i] = (struct fib_member){ .id = g->members[i], .weight = g->weights[i] };
	fib_seen(fib, &seen);
}

void fake_tell(const struct fake *k, struct fib *fib)
{
	for (size_t i = 0; i < k->n_hops; i++)
		tell_hop(&k->hops[i], fib);
	for (size_t i = 0; i < k->n_groups; i++)
		tell_group(&k->groups[i], fib);
	for (size_t i = 0; i < k->n_neighs; i++) {
		struct fib_seen seen = { .kind = SEEN_NEIGH, .ifindex = k->neighs[i].ifindex, .addr = k->neighs[i].addr };

		memcpy(seen.mac, k->neighs[i].mac, 6);
		fib_seen(fib, &seen);
	}
	for (size_t i = 0; i < k->n_routes; i++) {
		const struct fake_route *r = &k->routes[i];

		fib_seen(fib, &(struct fib_seen){ .kind = r->foreign ? SEEN_FOREIGN_ROUTE : SEEN_ROUTE, .prefix = r->prefix, .id = r->group, .src = r->src });
	}
}
