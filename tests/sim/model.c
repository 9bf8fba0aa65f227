/* One node's kernel as Linux behaves: next-hop objects, groups, routes, neighbours; what it refuses; what it drops by itself. */
#include "tests/sim/sim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GROUP_MAX 64

struct object { uint32_t id; uint8_t family; uint32_t ifindex; struct in6_addr via; bool group; uint32_t members[GROUP_MAX];
		uint8_t weights[GROUP_MAX]; size_t n; uint16_t buckets; };
struct route { struct prefix prefix; uint32_t id; struct in_addr src; struct hop hops[GROUP_MAX]; size_t n; };
struct neigh { uint32_t ifindex; struct in6_addr addr; uint8_t mac[6]; };        /* addr ::, the on-link address */

struct model {
	bool objects;
	struct object *object;
	size_t n_object;
	struct route *route;
	size_t n_route;
	struct neigh *neigh;
	size_t n_neigh;
};

int model_new(struct model **ret, bool objects)
{
	*ret = calloc(1, sizeof(**ret));
	if (!*ret)
		return -ENOMEM;
	(*ret)->objects = objects;
	return 0;
}

void model_clear(struct model *m)
{
	free(m->object);
	free(m->route);
	free(m->neigh);
	*m = (struct model){ .objects = m->objects };
}

void model_free(struct model *m)
{
	if (!m)
		return;
	model_clear(m);
	free(m);
}

static void *grow(void *p, size_t n, size_t size)
{
	p = realloc(p, (n + 1) * size);
	if (!p)
		abort();
	memset((char *)p + n * size, 0, size);
	return p;
}

static struct object *object_find(const struct model *m, uint32_t id)
{
	for (size_t i = 0; i < m->n_object; i++)
		if (m->object[i].id == id)
			return &m->object[i];
	return NULL;
}

static struct route *route_find(const struct model *m, const struct prefix *p)
{
	for (size_t i = 0; i < m->n_route; i++)
		if (prefix_eq(&m->route[i].prefix, p))
			return &m->route[i];
	return NULL;
}

static void object_drop(struct model *m, uint32_t id);

/* Takes a member out of every group; a group without members goes, and its routes with it. */
static void member_drop(struct model *m, uint32_t id)
{
	for (size_t i = 0; i < m->n_object;) {
		struct object *g = &m->object[i];
		size_t k = 0;

		for (size_t j = 0; j < g->n; j++)
			if (g->members[j] != id) {
				g->weights[k] = g->weights[j];
				g->members[k++] = g->members[j];
			}
		if (g->group && g->n && !k) {
			object_drop(m, g->id);
			i = 0;
			continue;
		}
		g->n = k;
		i++;
	}
}

static void object_drop(struct model *m, uint32_t id)
{
	struct object *o = object_find(m, id);

	*o = m->object[--m->n_object];
	for (size_t i = 0; i < m->n_route;)
		if (m->route[i].id == id)
			m->route[i] = m->route[--m->n_route];
		else
			i++;
	member_drop(m, id);
}

static bool dev_works(const struct node *n, uint32_t ifindex)
{
	return ifindex >= SIM_PORT0 && ifindex < SIM_PORT0 + n->n_ports && n->ports[ifindex - SIM_PORT0].admin_up &&
	       port_carrier(n, ifindex - SIM_PORT0);
}

static int object_set(struct model *m, const struct fib_op *op, const struct node *n)
{
	struct object *o = object_find(m, op->id), new = { .id = op->id, .family = op->family, .group = op->kind == FIB_GROUP_SET,
			.buckets = op->resilient.buckets };

	if (!m->objects)
		return -EOPNOTSUPP;
	if (new.group) {
		if (!op->n || op->n > GROUP_MAX)
			return -EINVAL;
		for (size_t i = 0; i < op->n; i++) {
			const struct object *member = object_find(m, op->members[i]);

			if (!member || member->group)
				return -EINVAL;
			new.weights[new.n] = op->hops[i].weight;
			new.members[new.n++] = op->members[i];
		}
	} else {
		if (!dev_works(n, op->hops[0].ifindex))
			return -ENETDOWN;
		new.ifindex = op->hops[0].ifindex;
		new.via = op->hops[0].via;
	}
	if (o && (o->group != new.group || o->buckets != new.buckets))           /* resilient or not: as Linux does */
		return -EINVAL;
	if (!o && new.group && !op->create)
		return -ENOENT;
	if (!o) {
		m->object = grow(m->object, m->n_object, sizeof(*m->object));
		o = &m->object[m->n_object++];
	}
	*o = new;
	return 0;
}

static int route_set(struct model *m, const struct fib_op *op, const struct node *n)
{
	struct route *r = route_find(m, &op->prefix), new = { .prefix = op->prefix, .id = op->id, .src = op->src };

	if (op->id && !object_find(m, op->id))
		return -EINVAL;
	if (op->src.s_addr && !lo_has(n, op->src))
		return -EINVAL;
	for (size_t i = 0; !op->id && i < op->n; i++) {
		if (!dev_works(n, op->hops[i].ifindex))
			return -ENETUNREACH;
		new.hops[new.n++] = op->hops[i];
	}
	if (r && op->create)
		return -EEXIST;
	if (!r) {
		m->route = grow(m->route, m->n_route, sizeof(*m->route));
		r = &m->route[m->n_route++];
	}
	*r = new;
	return 0;
}

static int neigh_set(struct model *m, const struct fib_op *op, const struct node *n)
{
	struct neigh *e = NULL;
	uint32_t ifindex = op->hops[0].ifindex;

	if (ifindex < SIM_PORT0 || ifindex >= SIM_PORT0 + n->n_ports || !n->ports[ifindex - SIM_PORT0].admin_up)
		return -ENETDOWN;
	for (size_t i = 0; i < m->n_neigh; i++)
		if (m->neigh[i].ifindex == ifindex && in6_eq(&m->neigh[i].addr, &op->hops[0].via))
			e = &m->neigh[i];
	if (!e) {
		m->neigh = grow(m->neigh, m->n_neigh, sizeof(*m->neigh));
		e = &m->neigh[m->n_neigh++];
	}
	e->ifindex = ifindex;
	e->addr = op->hops[0].via;
	memcpy(e->mac, op->mac, 6);
	return 0;
}

int model_exec(struct model *m, const struct fib_op *op, const struct node *n)
{
	struct route *r;

	switch (op->kind) {
	case FIB_HOP_SET:
	case FIB_GROUP_SET:
		return object_set(m, op, n);
	case FIB_HOP_DEL:
	case FIB_GROUP_DEL:
		if (!object_find(m, op->id))
			return -ENOENT;
		object_drop(m, op->id);
		return 0;
	case FIB_ROUTE_SET:
		return route_set(m, op, n);
	case FIB_ROUTE_DEL:
		r = route_find(m, &op->prefix);
		if (!r)
			return -ESRCH;
		*r = m->route[--m->n_route];
		return 0;
	case FIB_NEIGH_SET:
		return neigh_set(m, op, n);
	case FIB_NEIGH_DEL:
		for (size_t i = 0; i < m->n_neigh; i++)
			if (m->neigh[i].ifindex == op->hops[0].ifindex && in6_eq(&m->neigh[i].addr, &op->hops[0].via)) {
				m->neigh[i] = m->neigh[--m->n_neigh];
				return 0;
			}
		return -ENOENT;
	}
	return -EINVAL;
}

/* Classic routes: an administrative down flushes those through the link; carrier loss leaves them. */
static void classic_lost(struct model *m, uint32_t ifindex)
{
	for (size_t i = 0; i < m->n_route;) {
		struct route *r = &m->route[i];
		bool uses = false;

		for (size_t k = 0; k < r->n; k++)
			uses |= r->hops[k].ifindex == ifindex;
		if (uses)
			*r = m->route[--m->n_route];
		else
			i++;
	}
}

void model_link_lost(struct model *m, uint32_t ifindex, bool admin_down)
{
	for (size_t i = 0; i < m->n_object;)
		if (!m->object[i].group && m->object[i].ifindex == ifindex) {
			object_drop(m, m->object[i].id);
			i = 0;
		} else {
			i++;
		}
	if (!admin_down)
		return;
	classic_lost(m, ifindex);
	model_mac_changed(m, ifindex);
}

void model_mac_changed(struct model *m, uint32_t ifindex)
{
	for (size_t i = 0; i < m->n_neigh;)
		if (m->neigh[i].ifindex == ifindex)
			m->neigh[i] = m->neigh[--m->n_neigh];
		else
			i++;
}

void model_source_lost(struct model *m, struct in_addr addr)
{
	for (size_t i = 0; i < m->n_route;)
		if (m->route[i].src.s_addr == addr.s_addr)
			m->route[i] = m->route[--m->n_route];
		else
			i++;
}

static void tell_object(const struct object *o, struct agent *a)
{
	struct fib_seen seen = { .kind = o->group ? SEEN_GROUP : SEEN_HOP, .id = o->id, .family = o->family, .n = o->n,
				 .hop = { .ifindex = o->ifindex, .via = o->via, .weight = 1 } };

	if (o->family == AF_INET)                /* by way of the on-link address: the kernel knows no other */
		seen.hop.via = hop_anybody;
	if (o->buckets)                          /* the timers of every node with such groups */
		seen.resilient = (struct fib_resilient){ .buckets = o->buckets, .idle_s = 120 };
	for (size_t i = 0; i < o->n; i++)
		seen.member[i] = (struct fib_member){ .id = o->members[i], .weight = o->weights[i] };
	agent_fib_seen(a, &seen);
}

void model_tell_leftovers(const struct model *m, struct agent *a)
{
	for (size_t i = 0; i < m->n_object; i++)
		tell_object(&m->object[i], a);
	for (size_t i = 0; i < m->n_neigh; i++) {
		struct fib_seen seen = { .kind = SEEN_NEIGH, .ifindex = m->neigh[i].ifindex, .addr = m->neigh[i].addr };

		memcpy(seen.mac, m->neigh[i].mac, 6);
		agent_fib_seen(a, &seen);
	}
	for (size_t i = 0; i < m->n_route; i++)
		agent_fib_seen(a, &(struct fib_seen){ .kind = SEEN_ROUTE, .prefix = m->route[i].prefix, .id = m->route[i].id, .src = m->route[i].src });
}

bool model_route(const struct model *m, const struct prefix *p, struct portset *ret)
{
	const struct route *r = route_find(m, p);
	const struct object *g;

	*ret = (struct portset){ 0 };
	if (!r)
		return false;
	for (size_t i = 0; i < r->n; i++)
		portset_add(ret, r->hops[i].ifindex - SIM_PORT0);
	g = r->id ? object_find(m, r->id) : NULL;
	for (size_t i = 0; g && i < g->n; i++)
		portset_add(ret, object_find(m, g->members[i])->ifindex - SIM_PORT0);
	return true;
}

unsigned model_weight(const struct model *m, const struct prefix *p, unsigned port)
{
	const struct route *r = route_find(m, p);
	const struct object *g = r && r->id ? object_find(m, r->id) : NULL;

	for (size_t i = 0; r && i < r->n; i++)
		if (r->hops[i].ifindex == SIM_PORT0 + port)
			return r->hops[i].weight;
	for (size_t i = 0; g && i < g->n; i++)
		if (object_find(m, g->members[i])->ifindex == SIM_PORT0 + port)
			return g->weights[i];
	return 0;
}

size_t model_n_routes(const struct model *m)
{
	return m->n_route;
}

size_t model_n_neighs(const struct model *m)
{
	return m->n_neigh;
}

unsigned model_n_neighs_of(const struct model *m, uint32_t ifindex)
{
	unsigned n = 0;

	for (size_t i = 0; i < m->n_neigh; i++)
		n += m->neigh[i].ifindex == ifindex;
	return n;
}

size_t model_n_objects(const struct model *m)
{
	return m->n_object;
}

bool model_neigh(const struct model *m, uint32_t ifindex, const struct in6_addr *addr, uint8_t ret_mac[6])
{
	for (size_t i = 0; i < m->n_neigh; i++)
		if (m->neigh[i].ifindex == ifindex && in6_eq(&m->neigh[i].addr, addr)) {
			memcpy(ret_mac, m->neigh[i].mac, 6);
			return true;
		}
	return false;
}
