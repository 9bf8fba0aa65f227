/* Deletions: what nobody wants and nobody uses any more. */
#include "nexthop/fib_priv.h"

/* Of two groups for one set the one with routes is it. */
static void yield(struct fib *f, uint32_t i)
{
	struct set *s = &f->sets[f->groups[i].set];

	if (!f->groups[i].used || f->groups[i].routes || s->group != i)
		return;
	for (size_t k = 1; s->groups > 1 && k < f->n_groups && s->group == i; k++)
		if (f->groups[k].used && f->groups[k].set == f->groups[i].set && f->groups[k].routes && f->groups[k].have == PRESENT)
			s->group = (uint32_t)k;
}

/* Groups that nobody uses, and those whose hops are all unusable: their routes go with them. */
static bool tidy_groups(struct fib *f, struct out *o)
{
	struct member m[HOP_MAX];

	for (size_t i = 1; i < f->n_groups; i++) {
		struct group *g = &f->groups[i];

		yield(f, (uint32_t)i);
		if (!g->used || (group_needed(f, i) && (g->have == ABSENT || group_plan(f, g, m))))
			continue;
		/* Routes on it may come back to it, or want something else since the commit. */
		if ((g->pins && !f->flushing) || (g->routes && f->wishes.first))
			continue;
		if (g->have != ABSENT && !g->failed && f->cfg.objects) {
			if (!op_del(f, o, FIB_GROUP_DEL, g->id, (struct flown){ .what = (uint32_t)i }))
				return false;
			g->flying++;
			g->n = 0;
			g->have = ABSENT;
		}
		if (!f->cfg.objects && !g->routes)
			g->have = ABSENT;
		if (!g->routes && !g->pins && !g->flying && !f->n_hop_dels && g->have == ABSENT && !group_needed(f, i))
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

		if (!nh->used || nh->in_use || nh->failed || nh->adopted)
			continue;                /* an adopted one may be in a group that could not be */
		if (nh->have != ABSENT && !op_nh(f, o, FIB_HOP_DEL, (uint32_t)i))
			return false;
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
		if (!op_del(f, o, groups ? FIB_GROUP_DEL : FIB_HOP_DEL, x->id, (struct flown){ .prev = (uint32_t)i }))
			return false;
		x->taken = true;
	}
	return true;
}

static bool neigh_in_use(const struct fib *f, uint32_t ifindex)
{
	for (size_t i = 1; i < f->n_nhs; i++)
		if (f->nhs[i].used && f->nhs[i].family == AF_INET && !f->nhs[i].hop.direct && f->nhs[i].hop.ifindex == ifindex && f->nhs[i].have != ABSENT)
			return true;
	return false;
}

static bool tidy_neighs(struct fib *f, struct out *o)
{
	for (uint32_t i = 0; f->swept && i < f->n_lnks; i++) {
		const struct lnk *l = &f->lnks[i];

		if (l->known || l->have == ABSENT || l->failed || (IN6_IS_ADDR_UNSPECIFIED(&l->addr) && neigh_in_use(f, l->ifindex)))
			continue;
		if (!op_lnk(f, o, FIB_NEIGH_DEL, i))
			return false;
	}
	return true;
}

bool tidy(struct fib *f, struct out *o)
{
	if (!tidy_groups(f, o) || !tidy_leftovers(f, o, true) || !tidy_hops(f, o) || !tidy_leftovers(f, o, false) || !tidy_neighs(f, o))
		return false;
	f->tidy = f->n_flights > 0;              /* what is pinned by an op without an answer is looked at again */
	return true;
}
