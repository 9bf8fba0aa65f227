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
	agent_fib_seen(a, &seen);
}

void model_tell_leftovers(const struct model *m, struct agent *a)
{
	for (struct object *o = NULL; (o = m_object_after(m, o));)
		tell_object(o, a);
	for (struct neigh *e = NULL; (e = m_neigh_after(m, e));) {
		struct fib_seen seen = { .kind = SEEN_NEIGH, .ifindex = e->ifindex, .addr = e->addr };

		memcpy(seen.mac, e->mac, 6);
		agent_fib_seen(a, &seen);
	}
	for (struct route *r = NULL; (r = m_route_after(m, r));)
		agent_fib_seen(a, &(struct fib_seen){ .kind = SEEN_ROUTE, .prefix = r->prefix, .id = r->id, .src = r->src });
}

static const struct object *group_of(const struct model *m, const struct route *r)
{
	return r && r->id ? m_object_find(m, r->id) : NULL;
}

bool model_route(const struct model *m, const struct prefix *p, struct portset *ret)
{
	const struct route *r = m_route_find(m, p);
	const struct object *g = group_of(m, r);

	*ret = g ? g->ports : (struct portset){ 0 };
	for (uint16_t i = 0; r && i < r->n; i++)
		portset_add(ret, r->hops[i].ifindex - SIM_PORT0);
	return r != NULL;
}

unsigned model_weight(const struct model *m, const struct prefix *p, unsigned port)
{
	const struct route *r = m_route_find(m, p);
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
	return m->route.used;
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
	return m->object.used;
}

bool model_neigh(const struct model *m, uint32_t ifindex, const struct in6_addr *addr, uint8_t ret_mac[6])
{
	const struct neigh *e = m_neigh_find(m, ifindex, addr);

	if (e)
		memcpy(ret_mac, e->mac, 6);
	return e != NULL;
}
