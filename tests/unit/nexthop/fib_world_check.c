#include "tests/unit/nexthop/fib_world.h"

#include <stdio.h>
#include <string.h>

struct prefix world_prefix(unsigned i)
{
	struct in6_addr a6 = { { { 0x20, 0x01, 0x0d, 0xb8, [7] = (uint8_t)i } } };

	return i % 3 == 2 ? prefix6(&a6, 64) : prefix4((struct in_addr){ htonl(0x0a010000 + i) }, 32);
}

bool world_hop_usable(const struct world *w, unsigned prefix, const struct hop *h)
{
	return hop_is_blackhole(h) || world_prefix(prefix).family == AF_INET6 || w->mode.via_inet6 || w->links[h->ifindex].neigh;
}

/* The address matters where it reaches the kernel. */
static bool same_via(const struct world *w, uint8_t family, const struct in6_addr *a, const struct in6_addr *b)
{
	return (family == AF_INET && !w->mode.via_inet6) || in6_eq(a, b);
}

static bool route_has(struct world *w, const struct fake_route *r, const struct hop *h)
{
	const struct fake_group *g = fake_group(&w->kernel, r->group);
	const struct fake_hop *nh;

	for (size_t i = 0; i < r->n; i++)
		if (r->hops[i].ifindex == h->ifindex && same_via(w, r->prefix.family, &r->hops[i].via, &h->via))
			return r->hops[i].weight == h->weight;
	for (size_t i = 0; g && i < g->n; i++) {
		nh = fake_hop(&w->kernel, g->members[i]);
		if (nh && nh->ifindex == h->ifindex && same_via(w, nh->family, &nh->via, &h->via))
			return g->weights[i] == h->weight && nh->via_inet6 == (w->mode.via_inet6 && nh->family == AF_INET);
	}
	return false;
}

static const char *check_route(struct world *w, unsigned i, size_t *n)
{
	const struct world_wish *wish = &w->wishes[i];
	struct prefix p = world_prefix(i);
	const struct fake_route *r = fake_route(&w->kernel, &p);
	const struct fake_group *g = r ? fake_group(&w->kernel, r->group) : NULL;
	struct fib_route_view view;

	*n = 0;
	for (size_t k = 0; k < wish->n; k++) {
		if (!world_hop_usable(w, i, &wish->hops[k]))
			continue;
		++*n;
		if (!r)
			return "a route is missing";
		if (!route_has(w, r, &wish->hops[k]))
			return "a route misses a hop";
	}
	if (!*n && r)
		return "a route that nobody wants";
	if (r && *n != (g ? g->n : r->n))
		return "a route has a hop that nobody wants";
	if (fib_route(w->fib, &p, &view) ? view.installed != (*n > 0) || (*n && view.error) : *n > 0)
		return "fib_route says otherwise";
	return NULL;
}

static const char *check_routes(struct world *w, size_t *ret_wanted)
{
	const char *wrong = NULL;
	char s[PREFIX_STRLEN];
	struct prefix p;
	size_t n;

	*ret_wanted = 0;
	for (unsigned i = 0; i < WORLD_PREFIXES && !wrong; i++) {
		wrong = check_route(w, i, &n);
		*ret_wanted += n > 0;
		p = world_prefix(i);
		if (wrong && w->trace)
			printf("%s: %s\n", prefix_str(&p, s), wrong);
	}
	if (!wrong && w->kernel.n_routes != *ret_wanted)
		wrong = "routes of unknown prefixes";
	return wrong;
}

static const char *check_objects(struct world *w)
{
	const struct fake *k = &w->kernel;

	if (!w->mode.objects && k->n_groups + k->n_hops)
		return "objects without objects";
	for (size_t i = 0; i < k->n_groups; i++) {
		size_t used = 0;

		for (size_t r = 0; r < k->n_routes; r++)
			used += k->routes[r].group == k->groups[i].id;
		if (!used)
			return "a group without routes";
		if (k->groups[i].resilient.buckets != w->resilient.buckets || k->groups[i].resilient.idle_s != w->resilient.idle_s)
			return "a group of another kind than configured";
	}
	for (size_t i = 0; i < k->n_hops; i++) {
		size_t used = 0;

		for (size_t g = 0; g < k->n_groups; g++)
			for (size_t m = 0; m < k->groups[g].n; m++)
				used += k->groups[g].members[m] == k->hops[i].id;
		if (!used)
			return "a hop without groups";
		for (size_t j = 0; j < i; j++)
			if (k->hops[j].ifindex == k->hops[i].ifindex && k->hops[j].family == k->hops[i].family)
				return "two hops where one would do";
	}
	return NULL;
}

static const char *check_neighs(struct world *w)
{
	size_t n = 0;

	for (unsigned l = 1; l < WORLD_LINKS; l++) {
		const struct world_link *link = &w->links[l];
		const struct in6_addr addr[2] = { IN6ADDR_ANY_INIT, { .s6_addr = { 0xfe, 0x80, [15] = link->mac } } };

		for (unsigned v6 = w->mode.via_inet6; v6 < 2 && link->neigh; v6++) {
			const struct fake_neigh *e = fake_neigh(&w->kernel, l, &addr[v6]);

			n++;
			if (!e)
				return "a neighbour is missing";
			if (e->mac[4] != link->mac || e->mac[5] != l)
				return "a neighbour has the wrong MAC";
		}
	}
	return n != w->kernel.n_neighs ? "a neighbour too many" : NULL;
}

struct views { struct world *w; size_t installed, routes; const char *wrong; };

static void check_view(void *ctx, const struct fib_group_view *view)
{
	struct views *v = ctx;
	const struct fake_group *g = fake_group(&v->w->kernel, view->id);

	if (!view->installed)
		return;
	v->installed++;
	v->routes += view->routes;
	if (!g || g->n != view->n || g->family != view->family || view->resilient != (g->resilient.buckets > 0))
		v->wrong = "fib_groups says otherwise";
	for (size_t i = 0; g && !v->wrong && i < view->n; i++)
		if (view->hops[i].weight != g->weights[i] || view->hops[i].ifindex != fake_hop(&v->w->kernel, g->members[i])->ifindex)
			v->wrong = "fib_groups says otherwise of a member";
}

const char *world_check(struct world *w)
{
	struct views v = { .w = w };
	struct fib_stats s;
	const char *wrong;
	size_t wanted;

	wrong = check_routes(w, &wanted);
	if (!wrong)
		wrong = check_objects(w);
	if (!wrong)
		wrong = check_neighs(w);
	if (wrong)
		return wrong;
	fib_stats(w->fib, &s);
	if (s.installed != wanted || s.queued)
		return "fib_stats says otherwise";
	if (w->mode.objects)
		fib_groups(w->fib, check_view, &v);
	if (w->mode.objects && !v.wrong && (v.installed != w->kernel.n_groups || v.routes != wanted))
		return "fib_groups counts otherwise";
	return v.wrong;
}

void world_say_wish(const struct world *w, unsigned i)
{
	struct prefix p = world_prefix(i);
	char s[PREFIX_STRLEN];

	printf("* %s:", prefix_str(&p, s));
	for (size_t k = 0; k < w->wishes[i].n; k++)
		printf(" %u*%u", w->wishes[i].hops[k].ifindex, w->wishes[i].hops[k].weight);
	printf("\n");
}

void world_say_op(struct world *w, const struct fib_op *op, int error)
{
	static const char *const names[] = { "HOP_SET", "HOP_DEL", "GROUP_SET", "GROUP_DEL", "ROUTE_SET", "ROUTE_DEL", "NEIGH_SET", "NEIGH_DEL" };
	char p[PREFIX_STRLEN];

	if (!w->trace)
		return;
	printf("  %u %s", op->seq, names[op->kind]);
	if (op->id)
		printf(" %u", op->id - FIB_ID_FIRST);
	if (op->kind == FIB_ROUTE_SET || op->kind == FIB_ROUTE_DEL)
		printf(" %s", prefix_str(&op->prefix, p));
	for (size_t i = 0; op->kind == FIB_GROUP_SET && i < op->n; i++)
		printf(" %u", op->members[i] - FIB_ID_FIRST);
	for (size_t i = 0; op->hops && i < op->n; i++)
		printf(" via %u*%u", op->hops[i].ifindex, op->hops[i].weight);
	printf(error ? " -> %s\n" : "\n", strerror(-error));
}
