/* One change as a value, and what is assumed from then on. */
#include "nexthop/fib_priv.h"

#include <stdlib.h>
#include <string.h>

/* What the op borrows is kept in arrays that may move while more is added: offsets for now, pointers at the end. */
static bool keep(struct fib *f, const struct member *m, size_t n, struct fib_op *op)
{
	size_t room = f->n_op + n > f->room_op ? 2 * (f->n_op + n) : f->room_op;
	struct hop *hops;
	uint32_t *members;

	if (room != f->room_op) {
		hops = realloc(f->op_hops, room * sizeof(*hops));
		if (hops)
			f->op_hops = hops;
		members = hops ? realloc(f->op_members, room * sizeof(*members)) : NULL;
		if (!members)
			return false;
		f->op_members = members;
		f->room_op = room;
	}
	for (size_t i = 0; i < n; i++) {
		f->op_hops[f->n_op + i] = f->nhs[m[i].nh].hop;
		f->op_hops[f->n_op + i].weight = m[i].weight;
		f->op_members[f->n_op + i] = f->nhs[m[i].nh].id;
	}
	op->hops = (const struct hop *)(uintptr_t)f->n_op;
	op->n = n;
	f->n_op += n;
	return true;
}

static struct fib_op *start(struct fib *f, struct out *o, enum fib_op_kind kind, uint8_t family)
{
	struct fib_op *op = &o->ops[o->n];

	if (o->n == o->max)
		return NULL;
	*op = (struct fib_op){
		.kind = kind, .family = family, .via_inet6 = family == AF_INET && f->cfg.via_inet6, .on_link = f->cfg.on_link,
	};
	if (family == AF_INET)
		op->src = f->cfg.src;
	return op;
}

static bool finish(struct fib *f, struct out *o, uint32_t what, uint32_t prev)
{
	struct fib_op *op = &o->ops[o->n];

	if (pending_answer(f, (uint8_t)op->kind, what, prev, &op->seq) < 0)
		return false;
	f->ops[op->kind]++;
	o->n++;
	return true;
}

bool op_nh(struct fib *f, struct out *o, enum fib_op_kind kind, uint32_t i)
{
	struct member m = { .nh = i, .weight = 1 };
	struct fib_op *op = start(f, o, kind, f->nhs[i].family);

	if (!op || !keep(f, &m, 1, op))
		return false;
	op->id = f->nhs[i].id;
	if (!finish(f, o, i, f->nhs[i].have == ABSENT && !f->nhs[i].flying))
		return false;
	f->nhs[i].flying++;
	f->nhs[i].have = kind == FIB_HOP_SET ? PRESENT : ABSENT;
	f->n_hop_dels += kind == FIB_HOP_DEL;
	return true;
}

bool op_lnk(struct fib *f, struct out *o, enum fib_op_kind kind, uint32_t i)
{
	const struct lnk *l = &f->lnks[i];
	struct fib_op *op = start(f, o, kind, IN6_IS_ADDR_UNSPECIFIED(&l->addr) ? AF_INET : AF_INET6);
	struct member any = { 0 };

	if (!op || !keep(f, &any, 1, op))
		return false;
	f->op_hops[f->n_op - 1] = (struct hop){ .ifindex = l->ifindex, .via = l->addr, .weight = 1 };
	memcpy(op->mac, l->mac, 6);
	if (!finish(f, o, i, 0))
		return false;
	f->lnks[i].flying++;
	f->lnks[i].have = kind == FIB_NEIGH_SET ? PRESENT : ABSENT;
	memcpy(f->lnks[i].have_mac, f->lnks[i].mac, 6);
	return true;
}

static bool hold_members(struct group *g, const struct member *m, size_t n)
{
	struct member *grown;

	if (n > g->room) {
		grown = realloc(g->members, n * sizeof(*grown));
		if (!grown)
			return false;
		g->members = grown;
		g->room = (uint16_t)n;
	}
	if (n)
		memcpy(g->members, m, n * sizeof(*m));
	g->n = (uint16_t)n;
	g->have = n ? PRESENT : ABSENT;
	g->dirty = false;
	return true;
}

/* Without objects a group is only in our head, and another set means that its routes are written anew. */
static bool classic_group(struct fib *f, struct group *g, const struct member *m, size_t n)
{
	if (!hold_members(g, m, n))
		return false;
	g->doubt = f->scan = true;
	return true;
}

bool op_group(struct fib *f, struct out *o, uint32_t i, const struct member *m, size_t n)
{
	struct group *g = &f->groups[i];
	bool sure = g->have == PRESENT, none = g->have == ABSENT && !g->flying && !f->n_hop_dels;
	struct fib_op *op;

	if (!f->cfg.objects)
		return classic_group(f, g, m, n);
	op = start(f, o, FIB_GROUP_SET, g->family);
	if (!op || !keep(f, m, n, op))
		return false;
	op->id = g->id;
	op->members = (const uint32_t *)(uintptr_t)1;    /* set at the end */
	op->create = !sure;
	op->resilient = f->cfg.resilient;
	op->has_routes = g->routes > 0 || g->have == UNSURE;
	if (!group_remember_old(g) || !hold_members(g, m, n))
		return false;
	if (!finish(f, o, i, none)) {
		g->have = UNSURE;
		return false;
	}
	f->flights[op->seq & (f->room_flights - 1)].create = op->create;
	g->flying++;
	g->doubt |= !sure && g->routes;
	f->scan |= g->doubt;
	return true;
}

bool op_route(struct fib *f, struct out *o, uint32_t ref, uint32_t group)
{
	struct route *r = route_at(f, ref);
	struct fib_op *op = start(f, o, group ? FIB_ROUTE_SET : FIB_ROUTE_DEL, route_family(ref));
	uint32_t prev = r->have;

	if (!op)
		return false;
	op->prefix = route_prefix(f, ref);
	op->create = group && !prev;
	if (group && f->cfg.objects)
		op->id = f->groups[group].id;
	else if (group && !keep(f, f->groups[group].members, f->groups[group].n, op))
		return false;
	if (!finish(f, o, ref, prev))
		return false;
	f->flights[op->seq & (f->room_flights - 1)].create = op->create;
	r->flying++;
	route_leaves(f, r);
	if (prev && prev != GROUP_UNSURE)
		f->groups[prev].pins++;
	r->have = group;
	r->flags &= (uint8_t)~R_STALE;
	if (group) {
		f->groups[group].routes++;
		f->n_installed++;
	}
	return true;
}

bool op_del(struct fib *f, struct out *o, enum fib_op_kind kind, uint32_t id, struct flown flown)
{
	struct fib_op *op = start(f, o, kind, AF_UNSPEC);

	if (!op)
		return false;
	op->id = id;
	return finish(f, o, flown.what, flown.prev);
}

