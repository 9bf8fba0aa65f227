/* One route, from what is wished for it to the group that it is on. */
#include "nexthop/fib_priv.h"

static size_t hops_of(const struct fib *f, const struct member *m, size_t n, struct hop *ret)
{
	for (size_t i = 0; i < n; i++) {
		ret[i] = f->nhs[m[i].nh].hop;
		ret[i].weight = m[i].weight;
	}
	return n;
}

static size_t set_hops(const struct fib *f, uint32_t set, struct hop *ret)
{
	return set ? hops_of(f, f->sets[set].members, f->sets[set].n, ret) : 0;
}

bool fib_explain(const struct fib *f, const struct prefix *p, struct fib_explain_view *ret)
{
	uint32_t ref = route_find(f, p);
	const struct route *r;
	const struct group *g;

	*ret = (struct fib_explain_view){ .standing = FIB_MISSING };
	if (!ref)
		return false;
	r = route_at(f, ref);
	ret->wanted = r->want && !(r->flags & R_ADOPTED);
	ret->standing = route_standing(f, r);
	ret->error = -r->error;
	ret->n_wants = set_hops(f, r->want, ret->wants);
	if (!r->have || r->have == GROUP_UNSURE)
		return true;
	g = &f->groups[r->have];
	ret->group = g->id;
	ret->resilient = f->cfg.resilient.buckets > 0;
	ret->group_installed = g->have == PRESENT && !g->flying;
	ret->group_error = g->error;
	ret->routes = g->routes;
	ret->n_meant = set_hops(f, g->set, ret->meant);
	ret->n_holds = hops_of(f, g->members, g->n, ret->holds);
	return true;
}
