/* One node's kernel as Linux behaves: next-hop objects, groups, routes, neighbours; what it refuses; what it drops by itself. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/model_priv.h"

int model_new(struct model **ret, const struct node *n)
{
	*ret = calloc(1, sizeof(**ret));
	if (!*ret)
		return -ENOMEM;
	(*ret)->objects = n->world->cfg.objects;
	(*ret)->node = n;
	m_tables_init(*ret);
	return 0;
}

void model_clear(struct model *m)
{
	m_tables_free(m);
	m->foreign_objects = m->foreign_routes = m->misled = 0;
	m_tables_init(m);
}

void model_free(struct model *m)
{
	if (!m)
		return;
	m_tables_free(m);
	free(m);
}

static void *copy_of(const void *p, size_t size)
{
	void *copy = malloc(size);

	if (!copy)
		abort();
	return memcpy(copy, p, size);
}

void m_group_look(const struct model *m, struct object *g)
{
	g->ports = (struct portset){ 0 };
	for (uint16_t i = 0; i < g->n; i++)
		portset_add(&g->ports, m_object_find(m, g->members[i].id)->ifindex - SIM_PORT0);
}

/* Takes a member out of every group; a group without members goes, and its routes with it. */
static void member_drop(struct model *m, uint32_t id)
{
	for (struct object *g = NULL; (g = m_object_after(m, g));) {
		uint16_t n = g->n, k = 0;

		for (uint16_t i = 0; i < n; i++)
			if (g->members[i].id != id)
				g->members[k++] = g->members[i];
		g->n = k;
		if (n != k)
			m_group_look(m, g);
		if (n && !k)
			m_object_drop(m, g->id);
	}
}

void m_object_drop(struct model *m, uint32_t id)
{
	struct object *o = m_object_find(m, id);
	bool group = o->group;

	m_object_forget(m, o);
	for (struct route *r = NULL; (r = m_route_after(m, r));)
		if (r->id == id)
			m_route_forget(m, r);
	if (!group)
		member_drop(m, id);
}

static bool dev_is_up(const struct node *n, uint32_t ifindex)
{
	return ifindex >= SIM_PORT0 && ifindex < SIM_PORT0 + n->n_ports && n->ports[ifindex - SIM_PORT0].admin_up;
}

/* Ours may take the place of what the process has not heard of: that is what a replace does. */
static void keeps_off(struct model *m, bool foreign, bool told, const char *what)
{
	if (foreign && told)
		sim_fail(m->node->world, "%s has done something to a %s of somebody else", m->node->name, what);
}

static int group_set(struct model *m, const struct fib_op *op)
{
	const struct object *o = m_object_find(m, op->id), *member;
	struct object new = { .id = op->id, .family = op->family, .group = true, .buckets = op->resilient.buckets, .n = (uint16_t)op->n };
	struct fib_member members[GROUP_MAX];

	if (!op->n || op->n > GROUP_MAX)
		return -EINVAL;
	for (size_t i = 0; i < op->n; i++) {
		member = m_object_find(m, op->members[i]);
		if (!member || member->group)
			return -EINVAL;
		members[i] = (struct fib_member){ .id = op->members[i], .weight = op->hops[i].weight };
		for (size_t k = 0; k < i; k++)
			if (members[k].id == members[i].id)
				return -EINVAL;
	}
	if (!o && !op->create)
		return -ENOENT;
	if (o && (!o->group || o->buckets != new.buckets))       /* resilient or not: as Linux does */
		return -EINVAL;
	keeps_off(m, o && o->foreign, o && o->told, "next-hop object");
	new.members = copy_of(members, op->n * sizeof(*members));
	m_group_look(m, &new);
	m_object_put(m, &new);
	return 0;
}

static int hop_set(struct model *m, const struct fib_op *op, const struct node *n)
{
	const struct object *o = m_object_find(m, op->id);
	bool replaced;

	if (!dev_is_up(n, op->hops[0].ifindex) || !port_carrier(n, op->hops[0].ifindex - SIM_PORT0))
		return -ENETDOWN;
	if (o && o->group)
		return -EINVAL;
	keeps_off(m, o && o->foreign, o && o->told, "next-hop object");
	replaced = o != NULL;
	m_object_put(m, &(struct object){ .id = op->id, .family = op->family, .ifindex = op->hops[0].ifindex, .via = op->hops[0].via });
	for (struct object *g = NULL; replaced && (g = m_object_after(m, g));)
		m_group_look(m, g);
	return 0;
}

/* Hops of its own may be on a link without carrier: they are not used as long as that lasts. */
static int route_set(struct model *m, const struct fib_op *op, const struct node *n)
{
	struct route new = { .prefix = op->prefix, .id = op->id, .src = op->src };
	const struct route *there = m_route_find(m, &op->prefix);

	if ((op->id && !m_object_find(m, op->id)) || (op->src.s_addr && !lo_has(n, op->src)))
		return -EINVAL;
	for (size_t i = 0; !op->id && i < op->n; i++)
		if (!dev_is_up(n, op->hops[i].ifindex))
			return -ENETDOWN;
	if (op->create && there) {
		m_route_find(m, &op->prefix)->told = false;      /* until it has the answer, it relies on this */
		return -EEXIST;
	}
	keeps_off(m, there && there->foreign && !there->took_place, there && there->told, "route");
	if (!op->id) {
		new.n = (uint16_t)op->n;
		new.hops = copy_of(op->hops, op->n * sizeof(*op->hops));
	}
	m_route_put(m, &new);
	return 0;
}

/* Also of an interface that is down: such entries stay when it comes up (neigh_add asks nothing). */
static int neigh_set(struct model *m, const struct fib_op *op)
{
	struct neigh new = { .ifindex = op->hops[0].ifindex, .addr = op->hops[0].via };

	memcpy(new.mac, op->mac, 6);
	m_neigh_put(m, &new);
	return 0;
}

int model_exec(struct model *m, const struct fib_op *op, const struct node *n)
{
	const struct object *o;
	struct route *r;
	struct neigh *e;

	m->highest = op->id > m->highest ? op->id : m->highest;
	switch (op->kind) {
	case FIB_HOP_SET:
		return m->objects ? hop_set(m, op, n) : -EOPNOTSUPP;
	case FIB_GROUP_SET:
		return m->objects ? group_set(m, op) : -EOPNOTSUPP;
	case FIB_HOP_DEL:
	case FIB_GROUP_DEL:
		o = m_object_find(m, op->id);
		if (!o)
			return -ENOENT;
		keeps_off(m, o->foreign, o->told, "next-hop object");
		m_object_drop(m, op->id);
		return 0;
	case FIB_ROUTE_SET:
		return route_set(m, op, n);
	case FIB_ROUTE_DEL:
		r = m_route_find(m, &op->prefix);
		if (!r || r->foreign)            /* the protocol is compared */
			return -ESRCH;
		m_route_forget(m, r);
		return 0;
	case FIB_NEIGH_SET:
		return neigh_set(m, op);
	case FIB_NEIGH_DEL:
		e = m_neigh_find(m, op->hops[0].ifindex, &op->hops[0].via);
		if (!e)
			return -ENOENT;
		m_neigh_forget(m, e);
		return 0;
	}
	return -EINVAL;
}

/* A route with hops of its own goes when all of them are on links that are down; carrier loss leaves it, and so does one hop of several: that is
 * not used until its link is up again (fib_sync_down_dev, fib_sync_up). */
static void classic_lost(struct model *m, const struct node *n)
{
	for (struct route *r = NULL; (r = m_route_after(m, r));) {
		bool alive = r->id != 0;

		for (uint16_t i = 0; i < r->n; i++)
			alive |= dev_is_up(n, r->hops[i].ifindex);
		if (!alive)
			m_route_forget(m, r);
	}
}

void model_link_lost(struct model *m, uint32_t ifindex, const struct node *n)
{
	for (struct object *o = NULL; (o = m_object_after(m, o));)
		if (!o->group && o->ifindex == ifindex)
			m_object_drop(m, o->id);
	if (dev_is_up(n, ifindex))
		return;
	classic_lost(m, n);
	model_mac_changed(m, ifindex);
}

void model_mac_changed(struct model *m, uint32_t ifindex)
{
	for (struct neigh *e = NULL; (e = m_neigh_after(m, e));)
		if (e->ifindex == ifindex)
			m_neigh_forget(m, e);
}

void model_source_lost(struct model *m, struct in_addr addr)
{
	for (struct route *r = NULL; (r = m_route_after(m, r));)
		if (r->src.s_addr == addr.s_addr)
			m_route_forget(m, r);
}

static void is_group(void *ctx, const struct fib_group_view *view)
{
	uint32_t *id = ctx;

	if (view->id == *id)
		*id = 0;
}

void m_told(const struct model *m, const struct fib_deed *deed)
{
	struct object *o = deed->kind == DEED_OBJECT ? m_object_find(m, deed->id) : NULL;
	struct route *r = deed->kind == DEED_ROUTE ? m_route_find(m, &deed->prefix) : NULL;
	const struct fib *fib = agent_fib(m->node->agent);
	struct fib_route_view view;
	uint32_t id = deed->id;

	if (o && o->foreign && fib) {
		fib_groups(fib, is_group, &id);
		o->told = !deed->gone && id;
	}
	if (r && fib)
		r->told = !deed->gone && !deed->ours && fib_route(fib, &deed->prefix, &view);
}

void m_refused(const struct model *m, const struct prefix *p)
{
	struct route *r = m_route_find(m, p);

	if (r)
		r->told = true;
}
