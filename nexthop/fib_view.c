/* What can be shown of the planner. */
#include "nexthop/fib_priv.h"

#include <stdlib.h>
#include <string.h>

bool fib_route(const struct fib *f, const struct prefix *p, struct fib_route_view *ret)
{
	uint32_t ref = route_find(f, p);
	const struct route *r;

	if (!ref)
		return false;
	r = route_at(f, ref);
	*ret = (struct fib_route_view){ .prefix = *p, .error = -r->error };
	if (r->have && r->have != GROUP_UNSURE) {
		ret->group = f->groups[r->have].id;
		ret->installed = !r->flying && !(r->flags & (R_FAILED | R_STALE)) && f->groups[r->have].have == PRESENT;
	}
	return true;
}

size_t fib_wish(const struct fib *f, const struct prefix *p, struct hop *ret, size_t max)
{
	uint32_t ref = route_find(f, p), want = ref ? route_at(f, ref)->want : 0;
	const struct set *s = &f->sets[want];
	size_t n = want ? s->n : 0;

	for (size_t i = 0; i < n && i < max; i++) {
		ret[i] = f->nhs[s->members[i].nh].hop;
		ret[i].weight = s->members[i].weight;
	}
	return n < max ? n : max;
}

struct order { uint32_t id, index; };

static int by_id(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

void fib_groups(const struct fib *f, void (*fn)(void *ctx, const struct fib_group_view *view), void *ctx)
{
	struct order *order = calloc(f->n_groups, sizeof(*order));
	struct hop hops[HOP_MAX];
	size_t n = 0;

	for (size_t i = 1; order && i < f->n_groups; i++)
		if (f->groups[i].used)
			order[n++] = (struct order){ f->groups[i].id, (uint32_t)i };
	if (n)
		qsort(order, n, sizeof(*order), by_id);
	for (size_t i = 0; i < n; i++) {
		const struct group *g = &f->groups[order[i].index];
		struct fib_group_view v = {
			.id = g->id, .family = g->family, .hops = hops, .n = g->n, .routes = g->routes, .error = g->error,
			.installed = g->have == PRESENT && !g->flying, .resilient = f->cfg.resilient.buckets > 0,
		};

		for (size_t k = 0; k < g->n; k++) {
			hops[k] = f->nhs[g->members[k].nh].hop;
			hops[k].weight = g->members[k].weight;
		}
		fn(ctx, &v);
	}
	free(order);
}

/* 0: it has hops on several links, or none. */
static uint32_t only_link(const struct fib *f, const struct group *g)
{
	uint32_t ifindex = g->n ? f->nhs[g->members[0].nh].hop.ifindex : 0;

	for (size_t k = 1; k < g->n; k++)
		if (f->nhs[g->members[k].nh].hop.ifindex != ifindex)
			return 0;
	return ifindex;
}

size_t fib_alone(const struct fib *f, size_t least, uint32_t *ret_ifindex, size_t max)
{
	uint32_t ifindex;
	size_t n = 0, k;

	for (size_t i = 1; i < f->n_groups && n < max; i++) {
		ifindex = f->groups[i].used && f->groups[i].routes >= least ? only_link(f, &f->groups[i]) : 0;
		for (k = 0; k < n && ret_ifindex[k] != ifindex; k++)
			;
		if (ifindex && k == n)
			ret_ifindex[n++] = ifindex;
	}
	return n;
}

static size_t list_len(const struct fib *f, const struct list *l)
{
	size_t n = 0;

	for (uint32_t ref = l->first; ref; ref = route_at(f, ref)->next)
		n++;
	return n;
}

void fib_counts(const struct fib *f, struct fib_stats *ret)
{
	*ret = (struct fib_stats){
		.routes = f->routes[0].used + f->routes[1].used, .installed = f->n_installed, .errors = f->errors, .retries = f->retries,
		.refused_again = f->refused_again, .refused = f->n_failed_routes, .error = f->error,
	};
	ret->evened = f->evenings;
	ret->put_back = f->put_back;
	memcpy(ret->ops, f->ops, sizeof(ret->ops));
	for (size_t i = 1; i < f->n_groups; i++)
		ret->groups += f->groups[i].used;
	for (size_t i = 1; i < f->n_nhs; i++)
		ret->hops += f->nhs[i].used;
	for (size_t i = 0; i < f->n_lnks; i++)
		ret->neighbours += f->lnks[i].have != ABSENT;
}

void fib_stats(const struct fib *f, struct fib_stats *ret)
{
	fib_counts(f, ret);
	ret->queued = list_len(f, &f->wishes) + list_len(f, &f->pending) + list_len(f, &f->dels);
}

const char *fib_op_str(enum fib_op_kind kind)
{
	switch (kind) {
	case FIB_HOP_SET:
		return "hop_set";
	case FIB_HOP_DEL:
		return "hop_del";
	case FIB_GROUP_SET:
		return "group_set";
	case FIB_GROUP_DEL:
		return "group_del";
	case FIB_ROUTE_SET:
		return "route_set";
	case FIB_ROUTE_DEL:
		return "route_del";
	case FIB_NEIGH_SET:
		return "neigh_set";
	case FIB_NEIGH_DEL:
		return "neigh_del";
	}
	return "";
}
