/* fib_take: the plan as ops, in the order in which nothing is used before it is there and nothing goes that is still used. Every phase reads
 * the state and stops when the caller's array is full; the next call goes on from the state. */
#include "nexthop/fib_priv.h"

#include <stdlib.h>
#include <string.h>

struct out { struct fib_op *ops; size_t n, max; };

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

static bool put_nh(struct fib *f, struct out *o, enum fib_op_kind kind, uint32_t i)
{
	struct member m = { .nh = i, .weight = 1 };
	struct fib_op *op = start(f, o, kind, f->nhs[i].family);

	if (!op || !keep(f, &m, 1, op))
		return false;
	op->id = f->nhs[i].id;
	if (!finish(f, o, i, 0))
		return false;
	f->nhs[i].flying++;
	return true;
}

static bool take_urgent(struct fib *f, struct out *o)
{
	size_t done = 0;

	while (done < f->n_urgent && put_nh(f, o, FIB_HOP_DEL, f->urgent[done]))
		f->nhs[f->urgent[done++]].flying--;      /* it counted while it was in the list */
	f->n_urgent -= done;
	if (done && f->n_urgent)
		memmove(f->urgent, f->urgent + done, f->n_urgent * sizeof(*f->urgent));
	return f->n_urgent == 0;
}

static bool put_lnk(struct fib *f, struct out *o, enum fib_op_kind kind, size_t i)
{
	struct fib_op *op = start(f, o, kind, AF_INET);
	struct member any = { 0 };

	if (!op || !keep(f, &any, 1, op))
		return false;
	f->op_hops[f->n_op - 1] = (struct hop){ .ifindex = f->lnks[i].ifindex, .weight = 1 };
	memcpy(op->mac, f->lnks[i].mac, 6);
	if (!finish(f, o, (uint32_t)i, 0))
		return false;
	f->lnks[i].flying++;
	return true;
}

static bool take_neighs(struct fib *f, struct out *o)
{
	for (size_t i = 0; i < f->n_lnks; i++) {
		struct lnk *l = &f->lnks[i];

		if (!l->known || l->failed || (l->have == PRESENT && !memcmp(l->mac, l->have_mac, 6)))
			continue;
		if (!put_lnk(f, o, FIB_NEIGH_SET, i))
			return false;
		l->have = PRESENT;
		memcpy(l->have_mac, l->mac, 6);
	}
	return true;
}

static bool group_needed(const struct fib *f, size_t i)
{
	const struct group *g = &f->groups[i];

	return g->used && (g->routes || (f->sets[g->set].routes && f->sets[g->set].group == i));
}

static bool group_as_planned(const struct group *g, const struct member *m, size_t n)
{
	if (g->have != PRESENT || g->n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (g->members[i].nh != m[i].nh || g->members[i].weight != m[i].weight)
			return false;
	return true;
}

static bool take_hops(struct fib *f, struct out *o)
{
	struct member m[HOP_MAX];
	size_t n;

	for (size_t i = 1; f->cfg.objects && i < f->n_groups; i++) {
		n = group_needed(f, i) ? group_plan(f, &f->groups[i], m) : 0;
		for (size_t k = 0; k < n; k++) {
			if (f->nhs[m[k].nh].have == PRESENT)
				continue;
			if (!put_nh(f, o, FIB_HOP_SET, m[k].nh))
				return false;
			f->nhs[m[k].nh].have = PRESENT;
		}
	}
	return true;
}

static bool remember(struct group *g, const struct member *m, size_t n)
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
	return true;
}

/* Without objects a group is only in our head: another set means that its routes are written anew. */
static bool classic_group(struct fib *f, uint32_t i, const struct member *m, size_t n)
{
	struct group *g = &f->groups[i];
	struct route *r;

	if (!remember(g, m, n))
		return false;
	for (uint32_t six = 0; six < 2 && g->routes; six++)
		for (uint32_t k = 1; k < f->routes[six].high; k++) {
			r = slab_at(&f->routes[six], k);
			if (r->have != i || r->flags & R_STALE)
				continue;
			r->flags |= R_STALE;
			route_list(f, &f->pending, k << 1 | six);
		}
	return true;
}

static bool keep_old(struct group *g)
{
	uint32_t *grown = g->n ? realloc(g->was, (g->n_was + g->n) * sizeof(*grown)) : g->was;

	if (g->n && !grown)
		return false;
	g->was = grown;
	for (size_t i = 0; i < g->n; i++)
		g->was[g->n_was++] = g->members[i].nh;
	return true;
}

static bool put_group(struct fib *f, struct out *o, uint32_t i, const struct member *m, size_t n)
{
	struct fib_op *op = start(f, o, FIB_GROUP_SET, f->groups[i].family);

	if (!op || !keep(f, m, n, op))
		return false;
	op->id = f->groups[i].id;
	op->members = (const uint32_t *)(uintptr_t)1;    /* set at the end */
	if (!keep_old(&f->groups[i]) || !remember(&f->groups[i], m, n) || !finish(f, o, i, 0))
		return false;
	f->groups[i].flying++;
	return true;
}

static bool take_groups(struct fib *f, struct out *o)
{
	struct member m[HOP_MAX];
	size_t n;

	for (size_t i = 1; i < f->n_groups; i++) {
		struct group *g = &f->groups[i];
		bool done;

		if (!group_needed(f, i) || g->failed)
			continue;
		n = group_plan(f, g, m);
		if (group_as_planned(g, m, n) || (!n && (f->cfg.objects || g->have == ABSENT))) {
			f->tidy |= !n && g->have != ABSENT;
			continue;
		}
		done = f->cfg.objects ? put_group(f, o, (uint32_t)i, m, n) : classic_group(f, (uint32_t)i, m, n);
		if (!done)
			return false;
		f->rescan |= n && f->sets[g->set].waiting;
	}
	return true;
}

/* Routes that found no group to be written onto, for sets that have one now. */
static void rescan_route(struct fib *f, uint32_t ref, struct route *r)
{
	if (r->want && f->sets[r->want].waiting && !(r->flags & R_LISTED) && !route_settled(f, r) && !(r->flags & R_FAILED))
		route_list(f, &f->pending, ref);
}

static void rescan(struct fib *f)
{
	routes_each(f, rescan_route);
	for (size_t i = 1; i < f->n_sets; i++)
		f->sets[i].waiting = false;
	f->rescan = false;
}

static void unlist_first(struct fib *f, struct list *l)
{
	struct route *r = route_at(f, l->first);

	l->first = r->next;
	if (!l->first)
		l->last = 0;
	r->flags &= (uint8_t)~R_LISTED;
}

static bool put_route(struct fib *f, struct out *o, uint32_t ref, uint32_t group)
{
	struct route *r = route_at(f, ref);
	struct fib_op *op = start(f, o, group ? FIB_ROUTE_SET : FIB_ROUTE_DEL, route_family(ref));
	uint32_t prev = r->have;

	if (!op)
		return false;
	op->prefix = route_prefix(f, ref);
	if (group && f->cfg.objects)
		op->id = f->groups[group].id;
	else if (group && !keep(f, f->groups[group].members, f->groups[group].n, op))
		return false;
	if (!finish(f, o, ref, prev))
		return false;
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

/* Not wanted, or none of the wanted hops can be used: then neither may the ones that it has. */
static bool route_homeless(const struct fib *f, const struct route *r)
{
	struct member m[HOP_MAX];
	uint32_t group = r->want ? f->sets[r->want].group : 0;

	return !r->want || (group && !group_plan(f, &f->groups[group], m));
}

static bool take_pending(struct fib *f, struct out *o)
{
	uint32_t ref, group;

	while ((ref = f->pending.first)) {
		struct route *r = route_at(f, ref);
		struct list *to = NULL;

		group = r->want ? f->sets[r->want].group : 0;
		if (route_settled(f, r) || r->flags & R_FAILED)
			to = NULL;
		else if (!r->want || (group && f->groups[group].have != PRESENT && r->have && route_homeless(f, r)))
			to = &f->dels;
		else if (!group || r->flying == UINT8_MAX)
			to = &f->wishes; /* changed since the commit, or far ahead of the kernel: next time */
		else if (f->groups[group].have == PRESENT && !put_route(f, o, ref, group))
			return false;
		if (r->want && (!group || f->groups[group].have != PRESENT))
			f->sets[r->want].waiting = true;
		unlist_first(f, &f->pending);
		if (to)
			route_list(f, to, ref);
		else
			route_maybe_free(f, ref);
	}
	return true;
}

static bool take_dels(struct fib *f, struct out *o)
{
	uint32_t ref;

	while ((ref = f->dels.first)) {
		struct route *r = route_at(f, ref);
		bool later = r->flying == UINT8_MAX || !(r->flags & R_FAILED || route_homeless(f, r));

		if (r->have && !later && !(r->flags & R_FAILED) && !put_route(f, o, ref, 0))
			return false;
		unlist_first(f, &f->dels);
		if (later)
			route_list(f, &f->wishes, ref);
		else
			route_maybe_free(f, ref);
	}
	return true;
}

static bool put_id(struct fib *f, struct out *o, enum fib_op_kind kind, uint32_t id, uint32_t what, uint32_t prev)
{
	struct fib_op *op = start(f, o, kind, AF_UNSPEC);

	if (!op)
		return false;
	op->id = id;
	return finish(f, o, what, prev);
}

/* Groups that nobody uses, and those whose hops are all unusable: their routes go with them. */
static bool tidy_groups(struct fib *f, struct out *o)
{
	struct member m[HOP_MAX];

	for (size_t i = 1; i < f->n_groups; i++) {
		struct group *g = &f->groups[i];

		if (!g->used || (group_needed(f, i) && (g->have == ABSENT || group_plan(f, g, m))))
			continue;
		if (g->pins && !f->flushing)
			continue;
		if (g->have != ABSENT && !g->failed && f->cfg.objects) {
			if (!put_id(f, o, FIB_GROUP_DEL, g->id, (uint32_t)i, 0))
				return false;
			g->flying++;
			g->dead = g->routes > 0;
			f->dead_scan |= g->dead;
			g->n = 0;
			g->have = ABSENT;
		}
		if (!f->cfg.objects && !g->routes)
			g->have = ABSENT;
		if (!g->routes && !g->pins && !g->flying && g->have == ABSENT && !group_needed(f, i))
			group_free(f, (uint32_t)i);
	}
	return true;
}

/* A hop is in use while a group has it, or is to have it. */
static void mark_used_hops(struct fib *f)
{
	struct member m[HOP_MAX];
	size_t n;

	for (size_t i = 1; i < f->n_nhs; i++)
		f->nhs[i].in_use = false;
	for (size_t i = 1; i < f->n_groups; i++) {
		const struct group *g = &f->groups[i];

		for (size_t k = 0; g->used && k < g->n; k++)
			f->nhs[g->members[k].nh].in_use = true;
		for (size_t k = 0; g->used && k < g->n_was; k++)
			f->nhs[g->was[k]].in_use = true;
		n = group_needed(f, i) ? group_plan(f, g, m) : 0;
		for (size_t k = 0; k < n; k++)
			f->nhs[m[k].nh].in_use = true;
	}
}

static bool tidy_hops(struct fib *f, struct out *o)
{
	mark_used_hops(f);
	for (size_t i = 1; i < f->n_nhs; i++) {
		struct nh *nh = &f->nhs[i];

		if (!nh->used || nh->in_use || nh->failed)
			continue;
		if (nh->have != ABSENT) {
			if (!put_nh(f, o, FIB_HOP_DEL, (uint32_t)i))
				return false;
			nh->have = ABSENT;
		}
		nh_maybe_free(f, (uint32_t)i);
	}
	return true;
}

static bool tidy_leftovers(struct fib *f, struct out *o, bool groups)
{
	for (size_t i = 0; f->swept && i < f->n_leftovers; i++) {
		struct leftover *x = &f->leftovers[i];

		if (!x->id || x->group != groups || x->taken || x->failed)
			continue;
		if (!put_id(f, o, groups ? FIB_GROUP_DEL : FIB_HOP_DEL, x->id, 0, (uint32_t)i))
			return false;
		x->taken = true;
	}
	return true;
}

static bool neigh_in_use(const struct fib *f, uint32_t ifindex)
{
	for (size_t i = 1; i < f->n_nhs; i++)
		if (f->nhs[i].used && f->nhs[i].family == AF_INET && f->nhs[i].hop.ifindex == ifindex && f->nhs[i].have != ABSENT)
			return true;
	return false;
}

static bool tidy_neighs(struct fib *f, struct out *o)
{
	for (size_t i = 0; f->swept && i < f->n_lnks; i++) {
		struct lnk *l = &f->lnks[i];

		if (l->known || l->have == ABSENT || l->failed || neigh_in_use(f, l->ifindex))
			continue;
		if (!put_lnk(f, o, FIB_NEIGH_DEL, i))
			return false;
		l->have = ABSENT;
	}
	return true;
}

static bool take_all(struct fib *f, struct out *o)
{
	if (!take_urgent(f, o))
		return false;
	if (f->work) {
		if (!take_neighs(f, o) || !take_hops(f, o) || !take_groups(f, o))
			return false;
		f->work = false;
	}
	if (f->rescan)
		rescan(f);
	if (!take_pending(f, o) || !take_dels(f, o))
		return false;
	if (!f->tidy)
		return true;
	if (!tidy_groups(f, o) || !tidy_leftovers(f, o, true) || !tidy_hops(f, o) || !tidy_leftovers(f, o, false) || !tidy_neighs(f, o))
		return false;
	f->tidy = f->n_flights > 0;              /* what is pinned by an op without an answer is looked at again */
	return true;
}

size_t fib_take(struct fib *f, struct fib_op *ops, size_t max)
{
	struct out o = { .ops = ops, .max = max };

	f->n_op = 0;
	if (max)
		take_all(f, &o);
	for (size_t i = 0; i < o.n; i++) {
		size_t at = (uintptr_t)ops[i].hops;

		ops[i].hops = ops[i].n ? f->op_hops + at : NULL;
		ops[i].members = ops[i].members ? f->op_members + at : NULL;
	}
	return o.n;
}

bool fib_has_ops(const struct fib *f)
{
	return f->n_urgent || f->work || f->pending.first || f->dels.first || (f->tidy && !f->n_flights);
}
