/* What an earlier run left in the kernel. Its routes, with their groups, hops and neighbours, become this run's own where they are as this run
 * would have made them: an adopted route wants what it has. So a wish for the same is no change, and what nobody wished for by the time of the
 * sweep goes in the usual way. An adopted route gives up hops that die. What cannot be adopted is left alone until the sweep.
 *
 * A hop by way of the on-link address does not say who is there: the MAC of the neighbour entry does (fib_neigh compares it). Its router's
 * link-local address is filled in by the first wish for a hop on that link. */
#include "nexthop/fib_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct leftover *leftover_find(const struct fib *f, uint32_t id)
{
	for (size_t i = 0; i < f->n_leftovers; i++)
		if (f->leftovers[i].id == id)
			return &f->leftovers[i];
	return NULL;
}

/* Its number is not given to anything of ours. */
void foreign_object(struct fib *f, uint32_t id, bool gone)
{
	size_t i = 0;

	while (i < f->n_foreign && f->foreign[i] != id)
		i++;
	if (gone) {
		if (i < f->n_foreign)
			f->foreign[i] = 0;
		return;
	}
	if (i < f->n_foreign)
		return;
	for (i = 0; i < f->n_foreign && f->foreign[i]; i++)
		;
	if (i < f->n_foreign || (f->n_foreign < FOREIGN_MAX && arrays_grow(&f->foreign, &f->n_foreign, sizeof(*f->foreign)) == 0))
		f->foreign[i] = id;
}

static void seen_object(struct fib *f, const struct fib_seen *seen)
{
	struct leftover x = { .id = seen->id, .group = seen->kind == SEEN_GROUP, .odd = seen->odd, .family = seen->family, .hop = seen->hop,
			      .resilient = seen->resilient };

	if (leftover_find(f, seen->id))          /* a dump that was interrupted begins again */
		return;
	if (x.group && !x.odd && f->cfg.objects) {
		x.member = malloc(seen->n * sizeof(*x.member));
		x.odd = !x.member;
		x.n = x.member ? seen->n : 0;
	}
	if (x.n)
		memcpy(x.member, seen->member, x.n * sizeof(*x.member));
	if (arrays_grow(&f->leftovers, &f->n_leftovers, sizeof(*f->leftovers)) < 0) {
		free(x.member);
		return;
	}
	f->leftovers[f->n_leftovers - 1] = x;
}

static void seen_neigh(struct fib *f, const struct fib_seen *seen)
{
	struct lnk *l = lnk_get(f, seen->ifindex, &seen->addr);

	if (!l || l->have != ABSENT)
		return;
	l->have = UNSURE;
	f->replan = true;
	if (seen->odd || !f->cfg.objects || (f->cfg.via_inet6 && IN6_IS_ADDR_UNSPECIFIED(&seen->addr)))
		return;
	l->have = PRESENT;
	l->known = l->adopted = true;
	memcpy(l->mac, seen->mac, 6);
	memcpy(l->have_mac, seen->mac, 6);
}

/* --- hops ----------------------------------------------------------------------------------------------------------------------- */
/* The hop that a route of the family means by the object. False: this run would not have made it so. */
static bool hop_of(const struct fib *f, uint8_t family, const struct leftover *x, struct hop *ret)
{
	*ret = x->hop;
	if (hop_is_blackhole(ret))
		return x->family == family;
	if (family == AF_INET6)
		return x->family == AF_INET6;
	/* By an IPv6 gateway. Of a fabric link it is direct, unless all are so. */
	ret->direct = x->family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&ret->via) && !f->cfg.via_inet6;
	return !(f->cfg.via_inet6 && in6_eq(&ret->via, &hop_anybody));
}

bool adopted_is(const struct fib *f, const struct nh *nh, const struct hop *hop)
{
	bool by_on_link = nh->family == AF_INET && !f->cfg.via_inet6;

	if (nh->hop.ifindex != hop->ifindex)
		return false;
	if (by_on_link && hop_is_stood_for(hop))
		return in6_eq(&nh->hop.via, &hop_anybody);
	return in6_eq(&nh->hop.via, &hop->via) && (!by_on_link || nh->hop.direct == hop->direct);
}

static int adopt_hop(struct fib *f, uint8_t family, uint32_t id, uint32_t *ret)
{
	struct leftover *x = leftover_find(f, id);
	struct nh like = { .id = id, .family = family, .have = PRESENT, .used = true, .adopted = true };
	int r;

	for (size_t i = 1; !x && i < f->n_nhs; i++)
		if (f->nhs[i].used && f->nhs[i].id == id && f->nhs[i].family == family) {
			*ret = (uint32_t)i;
			return 0;
		}
	if (!x || x->group || x->odd || !hop_of(f, family, x, &like.hop))
		return -ENOENT;
	r = nh_new(f, &like, ret);
	if (r == 0)
		x->id = 0;
	return r;
}

/* --- groups --------------------------------------------------------------------------------------------------------------------- */
static int members_sort(const struct fib *f, struct member *m, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct member moving = m[i];
		size_t k = i;

		for (; k > 0 && hop_cmp(&f->nhs[m[k - 1].nh].hop, &f->nhs[moving.nh].hop) >= 0; k--) {
			if (!hop_cmp(&f->nhs[m[k - 1].nh].hop, &f->nhs[moving.nh].hop))
				return -EEXIST;  /* two objects for one hop */
			m[k] = m[k - 1];
		}
		m[k] = moving;
	}
	return 0;
}

static int group_of(struct fib *f, const struct leftover *x, uint32_t set, const struct member *m, uint32_t *ret)
{
	struct member *copy = malloc(x->n * sizeof(*copy));
	int r = copy ? group_new(f, set, ret) : -ENOMEM;

	if (r < 0) {
		free(copy);
		set_release(f, set);
		return r;
	}
	memcpy(copy, m, x->n * sizeof(*copy));
	f->groups[*ret].id = x->id;
	f->groups[*ret].members = copy;
	f->groups[*ret].n = f->groups[*ret].room = (uint16_t)x->n;
	f->groups[*ret].have = PRESENT;
	f->groups[*ret].dirty = x->resilient.idle_s != f->cfg.resilient.idle_s || x->resilient.unbalanced_s != f->cfg.resilient.unbalanced_s;
	f->replan |= f->groups[*ret].dirty;
	return 0;
}

/* What it cannot adopt stays a leftover; hops that it took over by then are used by nobody, and swept. */
static uint32_t adopt_group(struct fib *f, uint8_t family, uint32_t id)
{
	struct leftover *x = leftover_find(f, id);
	struct member m[HOP_MAX];
	uint32_t set, group;

	for (size_t i = 1; !x && i < f->n_groups; i++)
		if (f->groups[i].used && f->groups[i].id == id && f->groups[i].family == family)
			return (uint32_t)i;
	if (!x || !x->group || x->odd || !x->n || x->resilient.buckets != f->cfg.resilient.buckets)
		return 0;
	for (size_t i = 0; i < x->n; i++) {
		m[i].weight = x->member[i].weight;
		if (adopt_hop(f, family, x->member[i].id, &m[i].nh) < 0)
			return 0;
	}
	if (members_sort(f, m, x->n) < 0 || set_get(f, &(struct set){ .family = family }, m, x->n, &set) < 0 || group_of(f, x, set, m, &group) < 0)
		return 0;
	x->id = 0;
	return group;
}

/* --- routes --------------------------------------------------------------------------------------------------------------------- */
static uint32_t group_for(struct fib *f, const struct fib_seen *seen)
{
	uint8_t family = seen->prefix.family;

	if (!f->cfg.objects || !seen->id || seen->odd || (family == AF_INET && seen->src.s_addr != f->cfg.src.s_addr))
		return 0;
	if (seen->id != f->last_adopted.id || family != f->last_adopted.family) {        /* many in a row are on one */
		f->last_adopted.group = adopt_group(f, family, seen->id);
		f->last_adopted.id = seen->id;
		f->last_adopted.family = family;
	}
	return f->last_adopted.group;
}

static void seen_route(struct fib *f, const struct fib_seen *seen)
{
	uint32_t group, ref;
	struct route *r;

	if (route_get(f, &seen->prefix, &ref) < 0 || route_at(f, ref)->have)
		return;
	group = f->swept || route_at(f, ref)->want ? 0 : group_for(f, seen);
	r = route_at(f, ref);
	r->have = group ? group : GROUP_UNSURE;
	if (prefix_eq(&seen->prefix, &f->foreign_route))
		r->flags |= R_FOREIGN;           /* and before ours: a replace would take it */
	if (group) {
		f->groups[group].routes++;
		f->n_installed++;
		r->want = f->groups[group].set;
		f->sets[r->want].routes++;
		r->flags |= R_ADOPTED;
		f->n_adopted[ref & 1]++;
	} else if (f->swept || r->want) {        /* whatever it is on, it is written anew or deleted */
		route_list(f, &f->wishes, ref);
	}
}

void fib_seen(struct fib *f, const struct fib_seen *seen)
{
	switch (seen->kind) {
	case SEEN_NONE:
		break;
	case SEEN_HOP:
	case SEEN_GROUP:
		seen_object(f, seen);
		break;
	case SEEN_NEIGH:
		seen_neigh(f, seen);
		break;
	case SEEN_ROUTE:
		seen_route(f, seen);
		break;
	case SEEN_FOREIGN_ROUTE:
		f->foreign_route = seen->prefix;
		break;
	case SEEN_FOREIGN_OBJECT:
		foreign_object(f, seen->id, false);
		break;
	}
}

/* --- until the sweep ------------------------------------------------------------------------------------------------------------- */
size_t fib_adopted(const struct fib *f, uint8_t family)
{
	return f->n_adopted[family == AF_INET6];
}

size_t fib_unadopted(const struct fib *f, uint8_t family)
{
	const struct slab *routes = &f->routes[family == AF_INET6];
	size_t n = 0;

	for (uint32_t i = 1; i < routes->high; i++) {
		const struct route *r = slab_at(routes, i);

		n += r->have == GROUP_UNSURE && !r->want;
	}
	return n;
}

static bool is_left(const struct nh *nh)
{
	return nh->used && nh->adopted && nh->have != ABSENT;
}

bool fib_adopted_hop(const struct fib *f, size_t *at, struct hop *ret)
{
	while (++*at < f->n_nhs)
		if (is_left(&f->nhs[*at])) {
			*ret = f->nhs[*at].hop;
			return true;
		}
	return false;
}

static bool set_has(const struct set *s, uint32_t nh)
{
	for (size_t i = 0; s->used && i < s->n; i++)
		if (s->members[i].nh == nh)
			return true;
	return false;
}

static uint32_t set_less(struct fib *f, uint32_t set, uint32_t nh)
{
	struct member m[HOP_MAX];
	size_t n = 0;
	uint32_t ret = 0;

	for (size_t i = 0; i < f->sets[set].n; i++)
		if (f->sets[set].members[i].nh != nh)
			m[n++] = f->sets[set].members[i];
	if (n && set_get(f, &f->sets[set], m, n, &ret) < 0)
		return 0;                        /* no memory: without a wish they go now, and come with the peers' words */
	return ret;
}

void adopted_forget(struct fib *f, uint32_t nh)
{
	uint32_t from = 0, to = 0;

	for (uint32_t six = 0; six < 2; six++)
		for (uint32_t i = 1; f->n_adopted[six] && i < f->routes[six].high; i++) {
			const struct route *r = slab_at(&f->routes[six], i);

			if (!(r->flags & R_ADOPTED) || (r->want != from && !set_has(&f->sets[r->want], nh)))
				continue;
			if (r->want != from) {
				from = r->want;
				to = set_less(f, from, nh);
			}
			route_want(f, i << 1 | six, to);
			if (!to)
				continue;
			route_at(f, i << 1 | six)->flags |= R_ADOPTED;
			f->n_adopted[six]++;
		}
}

void adopted_neigh_out(struct fib *f, uint32_t ifindex, const struct in6_addr *addr)
{
	const struct in6_addr *via = IN6_IS_ADDR_UNSPECIFIED(addr) ? &hop_anybody : addr;

	for (size_t i = 1; i < f->n_nhs; i++)
		if (is_left(&f->nhs[i]) && f->nhs[i].hop.ifindex == ifindex && in6_eq(&f->nhs[i].hop.via, via))
			nh_out(f, (uint32_t)i);
}

void lnk_disown(struct lnk *l)
{
	l->known &= !l->adopted;
	l->adopted = false;
}

void fib_adopted_links(struct fib *f, bool (*alive)(void *ctx, uint32_t ifindex), void *ctx)
{
	for (size_t i = 1; i < f->n_nhs; i++) {
		const struct nh *nh = &f->nhs[i];

		if (is_left(nh) && !hop_is_blackhole(&nh->hop) && !alive(ctx, nh->hop.ifindex))
			nh_out(f, (uint32_t)i);
	}
}

void fib_adopted_router(struct fib *f, uint32_t ifindex, const struct in6_addr *router)
{
	for (size_t i = 1; i < f->n_nhs; i++) {
		const struct nh *nh = &f->nhs[i];

		if (is_left(nh) && nh->hop.ifindex == ifindex && IN6_IS_ADDR_LINKLOCAL(&nh->hop.via) &&
		    !in6_eq(&nh->hop.via, &hop_anybody) && !in6_eq(&nh->hop.via, router))
			nh_out(f, (uint32_t)i);
	}
}

static void sweep_route(struct fib *f, uint32_t ref, struct route *r)
{
	if (r->flags & R_ADOPTED)
		route_want(f, ref, 0);
	else if (r->have == GROUP_UNSURE)
		route_list(f, &f->wishes, ref);
}

void fib_sweep(struct fib *f)
{
	f->swept = f->tidy = f->replan = true;
	routes_each(f, sweep_route);
	for (size_t i = 0; i < f->n_lnks; i++)
		lnk_disown(&f->lnks[i]);
	for (size_t i = 1; i < f->n_nhs; i++)
		f->nhs[i].adopted = false;
}
