/* What a simulated kernel holds: for those who check it, and for a process that starts. */
#include <string.h>

#include "tests/sim/model_priv.h"

static void tell_object(const struct object *o, struct agent *a)
{
	struct fib_seen seen = { .kind = o->group ? SEEN_GROUP : SEEN_HOP, .id = o->id, .family = o->family, .n = o->n,
				 .hop = { .ifindex = o->ifindex, .via = o->via, .weight = 1 } };

	if (o->family == AF_INET)                /* by way of the on-link address: the kernel knows no other */
		seen.hop.via = hop_anybody;
	if (o->buckets)                          /* the timers of every node with such groups */
		seen.resilient = (struct fib_resilient){ .buckets = o->buckets, .idle_s = 120 };
	for (uint16_t i = 0; i < o->n; i++)
		seen.member[i] = o->members[i];
	if (o->foreign)
		seen = (struct fib_seen){ .kind = SEEN_FOREIGN_OBJECT, .id = o->id };
	agent_fib_seen(a, &seen);
}

void model_tell_leftovers(const struct model *m, struct agent *a)
{
	for (struct object *o = NULL; (o = m_object_after(m, o));) {
		tell_object(o, a);
		o->told = true;
	}
	for (struct neigh *e = NULL; (e = m_neigh_after(m, e));) {
		struct fib_seen seen = { .kind = SEEN_NEIGH, .ifindex = e->ifindex, .addr = e->addr };

		memcpy(seen.mac, e->mac, 6);
		agent_fib_seen(a, &seen);
	}
	for (struct route *r = NULL; (r = m_route_after(m, r));) {
		agent_fib_seen(a, &(struct fib_seen){ .kind = r->foreign ? SEEN_FOREIGN_ROUTE : SEEN_ROUTE, .prefix = r->prefix, .id = r->id, .src = r->src });
		r->told = true;
		r->took_place = false;
	}
}

/* Of ours; NULL: none. */
static const struct route *route_of(const struct model *m, const struct prefix *p)
{
	const struct route *r = m_route_find(m, p);

	return r && !r->foreign ? r : NULL;
}

static const struct object *group_of(const struct model *m, const struct route *r)
{
	return r && r->id ? m_object_find(m, r->id) : NULL;
}

bool model_route(const struct model *m, const struct prefix *p, struct portset *ret)
{
	const struct route *r = route_of(m, p);
	const struct object *g = group_of(m, r);

	*ret = g ? g->ports : (struct portset){ 0 };
	for (uint16_t i = 0; r && i < r->n; i++)
		if (port_carrier(m->node, r->hops[i].ifindex - SIM_PORT0))       /* ignore_routes_with_linkdown */
			portset_add(ret, r->hops[i].ifindex - SIM_PORT0);
	return r != NULL;
}

unsigned model_weight(const struct model *m, const struct prefix *p, unsigned port)
{
	const struct route *r = route_of(m, p);
	const struct object *g = group_of(m, r);

	for (uint16_t i = 0; r && i < r->n; i++)
		if (r->hops[i].ifindex == SIM_PORT0 + port)
			return r->hops[i].weight;
	for (uint16_t i = 0; g && i < g->n; i++)
		if (m_object_find(m, g->members[i].id)->ifindex == SIM_PORT0 + port)
			return g->members[i].weight;
	return 0;
}

size_t model_n_routes(const struct model *m)
{
	return m->route.used - m->foreign_routes;
}

size_t model_n_neighs(const struct model *m)
{
	return m->neigh.used;
}

unsigned model_n_neighs_of(const struct model *m, uint32_t ifindex)
{
	unsigned n = 0;

	for (struct neigh *e = NULL; (e = m_neigh_after(m, e));)
		n += e->ifindex == ifindex;
	return n;
}

size_t model_n_objects(const struct model *m)
{
	return m->object.used - m->foreign_objects;
}

bool model_neigh(const struct model *m, uint32_t ifindex, const struct in6_addr *addr, uint8_t ret_mac[6])
{
	const struct neigh *e = m_neigh_find(m, ifindex, addr);

	if (e)
		memcpy(ret_mac, e->mac, 6);
	return e != NULL;
}

/* A group that no route is on, a hop that no group has: 0 none. */
static uint32_t unused_object(const struct model *m)
{
	for (struct object *o = NULL; (o = m_object_after(m, o));) {
		bool used = o->foreign;

		for (struct route *r = NULL; !used && o->group && (r = m_route_after(m, r));)
			used = r->id == o->id;
		for (struct object *g = NULL; !used && !o->group && (g = m_object_after(m, g));)
			for (uint16_t i = 0; i < g->n; i++)
				used |= g->members[i].id == o->id;
		if (!used)
			return o->id;
	}
	return 0;
}

bool model_check(const struct model *m)
{
	const struct node *n = m->node;
	struct fib_stats s;

	fib_stats(agent_fib(n->agent), &s);
	if (!lo_has(n, n->router_id))
		return sim_fail(n->world, "%s has not put its router-id on lo again", n->name);
	if (s.installed != model_n_routes(m))
		return sim_fail(n->world, "%s takes %zu routes for installed, its kernel has %zu", n->name, s.installed, model_n_routes(m));
	if (unused_object(m))
		return sim_fail(n->world, "%s has next-hop object %u in its kernel, which nobody uses", n->name, unused_object(m));
	return true;
}

bool model_misled(const struct world *w)
{
	for (unsigned i = 0; i < w->n_nodes; i++)
		if (w->nodes[i].kernel->misled)
			return true;
	return false;
}
