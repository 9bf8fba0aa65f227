/* fib_take: the plan as ops, in the order in which nothing is used before it is there and nothing goes that is still used. Every phase reads
 * the state and stops when the caller's array is full; the next call goes on from the state. */
#include "nexthop/fib_priv.h"

#include <string.h>

static bool take_urgent(struct fib *f, struct out *o)
{
	size_t done = 0;

	while (done < f->n_urgent && op_nh(f, o, FIB_HOP_DEL, f->urgent[done])) {
		f->nhs[f->urgent[done++]].flying--;      /* it counted while it was in the list */
		f->n_hop_dels--;
	}
	f->n_urgent -= done;
	if (done && f->n_urgent)
		memmove(f->urgent, f->urgent + done, f->n_urgent * sizeof(*f->urgent));
	return f->n_urgent == 0;
}

static bool take_neighs(struct fib *f, struct out *o)
{
	for (uint32_t i = 0; i < f->n_lnks; i++) {
		const struct lnk *l = &f->lnks[i];

		if (!l->known || l->failed || (l->have == PRESENT && !memcmp(l->mac, l->have_mac, 6)))
			continue;
		if (!op_lnk(f, o, FIB_NEIGH_SET, i))
			return false;
	}
	return true;
}

static bool group_as_planned(const struct group *g, const struct member *m, size_t n)
{
	if (g->have != PRESENT || g->dirty || g->n != n)
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
			if (f->nhs[m[k].nh].have != PRESENT && !op_nh(f, o, FIB_HOP_SET, m[k].nh))
				return false;
		}
	}
	return true;
}

static bool take_groups(struct fib *f, struct out *o)
{
	struct member m[HOP_MAX];
	size_t n;

	for (size_t i = 1; i < f->n_groups; i++) {
		const struct group *g = &f->groups[i];

		if (!group_needed(f, i) || g->failed)
			continue;
		n = group_plan(f, g, m);
		if (group_as_planned(g, m, n) || (!n && (f->cfg.objects || g->have == ABSENT))) {
			f->tidy |= !n && g->have != ABSENT;
			f->scan |= !n && f->sets[g->set].stuck;  /* nowhere to go, nor may they stay */
			continue;
		}
		if (!op_group(f, o, (uint32_t)i, m, n))
			return false;
		f->scan |= f->sets[g->set].waiting;
	}
	return true;
}

static void unlist_first(struct fib *f, struct list *l)
{
	struct route *r = route_at(f, l->first);

	l->first = r->next;
	if (!l->first)
		l->last = 0;
	r->flags &= (uint8_t)~R_LISTED;
}

/* Not wanted, or none of the wanted hops can be used: then neither may the ones that it has. */
static bool route_homeless(const struct fib *f, const struct route *r)
{
	struct member m[HOP_MAX];
	uint32_t group = r->want ? f->sets[r->want].group : 0;

	return !r->want || (group && !group_plan(f, &f->groups[group], m));
}

/* A replace would take the first route of our metric, and that may be somebody else's. */
static bool write_route(struct fib *f, struct out *o, uint32_t ref, uint32_t group)
{
	const struct route *r = route_at(f, ref);

	if (r->flags & R_FOREIGN && r->have && !op_route(f, o, ref, 0))
		return false;
	return op_route(f, o, ref, group);
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
		else if (!group || r->flying >= UINT8_MAX - 1)
			to = &f->wishes; /* changed since the commit, or far ahead of the kernel: next time */
		else if (f->groups[group].have == PRESENT && !write_route(f, o, ref, group))
			return false;
		if (r->want && (!group || f->groups[group].have != PRESENT)) {
			f->sets[r->want].waiting = true;
			f->sets[r->want].stuck |= r->have != 0;
		}
		unlist_first(f, &f->pending);
		if (to) {
			route_list(f, to, ref);
			continue;
		}
		route_news(f, ref);
		route_maybe_free(f, ref);
	}
	return true;
}

/* What its group takes with it needs no deletion of its own. */
static bool goes_with_group(const struct fib *f, const struct route *r)
{
	return f->cfg.objects && r->have && r->have != GROUP_UNSURE && f->groups[r->have].have == ABSENT;
}

static bool take_dels(struct fib *f, struct out *o)
{
	uint32_t ref;

	while ((ref = f->dels.first)) {
		struct route *r = route_at(f, ref);
		bool later = r->flying == UINT8_MAX || !(r->flags & R_FAILED || route_homeless(f, r));

		if (r->have && !later && !(r->flags & R_FAILED) && !goes_with_group(f, r) && !op_route(f, o, ref, 0))
			return false;
		if (r->want)
			f->sets[r->want].waiting = true;
		unlist_first(f, &f->dels);
		if (later) {
			route_list(f, &f->wishes, ref);
			continue;
		}
		route_news(f, ref);
		route_maybe_free(f, ref);
	}
	return true;
}

static bool take_all(struct fib *f, struct out *o)
{
	if (!take_urgent(f, o) || f->held)
		return false;
	if (f->work) {
		if (!take_neighs(f, o) || !take_hops(f, o) || !take_groups(f, o))
			return false;
		f->work = false;
	}
	if (f->scan)
		routes_scan(f);
	if (!take_pending(f, o) || !take_dels(f, o))
		return false;
	return !f->tidy || tidy(f, o);
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
	return f->n_urgent || (!f->held && (f->work || f->scan || f->pending.first || f->dels.first || (f->tidy && !f->n_flights)));
}
