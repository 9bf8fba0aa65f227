/* Wishes: what the kernel should hold. Nothing here makes an op except fib_link_out, whose point is to be first. */
#include "nexthop/fib_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAUSE_FIRST_MS 1000

int fib_new(struct fib **ret, const struct fib_config *cfg)
{
	struct fib *f = calloc(1, sizeof(*f));
	int r = f ? 0 : -ENOMEM;

	if (f) {
		f->cfg = *cfg;
		slab_init(&f->routes[0], sizeof(struct route) + 4);
		slab_init(&f->routes[1], sizeof(struct route) + 16);
		f->next_id = FIB_ID_FIRST;
		f->next_seq = f->flight_first = 1;
		f->retry_at = MONO_NEVER;
		f->pause_ms = PAUSE_FIRST_MS;
		f->n_nhs = f->n_sets = f->n_groups = 0;
	}
	for (int i = 0; i < 2 && !r; i++)
		r = idx_init(&f->by_prefix[i]);
	if (!r)
		r = arrays_grow(&f->nhs, &f->n_nhs, sizeof(*f->nhs));
	if (!r)
		r = arrays_grow(&f->sets, &f->n_sets, sizeof(*f->sets));
	if (!r)
		r = arrays_grow(&f->groups, &f->n_groups, sizeof(*f->groups));
	if (r < 0)
		fib_free(f);
	else
		*ret = f;
	return r;
}

void fib_free(struct fib *f)
{
	if (!f)
		return;
	for (int i = 0; i < 2; i++) {
		slab_fini(&f->routes[i]);
		idx_fini(&f->by_prefix[i]);
	}
	for (size_t i = 0; i < f->n_sets; i++)
		free(f->sets[i].members);
	for (size_t i = 0; i < f->n_groups; i++) {
		free(f->groups[i].members);
		free(f->groups[i].was);
	}
	free(f->nhs);
	free(f->sets);
	free(f->groups);
	free(f->lnks);
	for (size_t i = 0; i < f->n_leftovers; i++)
		free(f->leftovers[i].member);
	free(f->leftovers);
	free(f->foreign);
	free(f->urgent);
	free(f->flights);
	free(f->op_hops);
	free(f->op_members);
	free(f);
}

/* --- wishes -------------------------------------------------------------------------------------------------------------------- */
void route_want(struct fib *f, uint32_t ref, uint32_t set)
{
	struct route *r = route_at(f, ref);
	uint32_t old = r->want;

	if (r->flags & R_ADOPTED)                   /* from now on it is somebody's wish */
		f->n_adopted[ref & 1]--;
	r->flags &= (uint8_t)~R_ADOPTED;
	if (old == set)
		return;
	r->want = set;
	if (r->flags & R_FAILED) {               /* another wish, another chance */
		r->flags &= (uint8_t)~R_FAILED;
		f->n_failed_routes--;
	}
	if (set)
		f->sets[set].routes++;
	else
		route_unawait(f, r);
	if (old) {
		f->sets[old].routes--;
		f->tidy = true;
		set_release(f, old);
	}
	route_list(f, &f->wishes, ref);
}

int fib_set_kin(struct fib *f, const struct prefix *p, const struct hop *hops, size_t n, uint8_t kin)
{
	struct set like = { .family = p->family, .kin = kin };
	uint32_t set, ref;
	int r;

	if (!n || n > HOP_MAX)
		return -EINVAL;
	r = route_get(f, p, &ref);
	if (r < 0)
		return r;
	if (route_at(f, ref)->want)
		like.kin = f->sets[route_at(f, ref)->want].kin;
	r = set_wanted(f, &like, hops, n, &set);
	if (r < 0) {
		route_maybe_free(f, ref);
		return r;
	}
	route_want(f, ref, set);
	return 0;
}

int fib_set(struct fib *f, const struct prefix *p, const struct hop *hops, size_t n)
{
	return fib_set_kin(f, p, hops, n, 0);
}

void fib_del(struct fib *f, const struct prefix *p)
{
	uint32_t ref = route_find(f, p);

	if (ref)
		route_want(f, ref, 0);
}

static int neigh_want(struct fib *f, uint32_t ifindex, const struct in6_addr *addr, const uint8_t mac[6])
{
	struct lnk *l = lnk_get(f, ifindex, addr);

	if (!l)
		return -ENOMEM;
	if (l->adopted && memcmp(l->mac, mac, 6) != 0)
		adopted_neigh_out(f, ifindex, addr);
	l->adopted = false;
	if (!l->known || memcmp(l->mac, mac, 6) != 0) {
		l->failed = false;               /* another wish, another chance */
		f->replan = true;
	}
	l->known = true;
	memcpy(l->mac, mac, 6);
	return 0;
}

int fib_neigh(struct fib *f, uint32_t ifindex, const uint8_t mac[6])
{
	if (f->cfg.via_inet6)                    /* the kernel resolves the link-local address by itself */
		return 0;
	return neigh_want(f, ifindex, &in6addr_any, mac);
}

int fib_pin(struct fib *f, uint32_t ifindex, const struct in6_addr *addr, const uint8_t mac[6])
{
	for (size_t i = 0; i < f->n_lnks; i++) {
		struct lnk *l = &f->lnks[i];

		if (l->ifindex != ifindex || !l->known || IN6_IS_ADDR_UNSPECIFIED(&l->addr) ||
		    IN6_IS_ADDR_MULTICAST(&l->addr) || in6_eq(&l->addr, addr))
			continue;
		l->known = false;
		f->replan = f->tidy = true;
	}
	return neigh_want(f, ifindex, addr, mac);
}

int fib_pin_group(struct fib *f, uint32_t ifindex, const struct in6_addr *group)
{
	const uint8_t *a = group->s6_addr;

	return neigh_want(f, ifindex, group, (uint8_t[6]){ 0x33, 0x33, a[12], a[13], a[14], a[15] });
}

void fib_neigh_del(struct fib *f, uint32_t ifindex)
{
	/* An adopted one is dropped when its MAC is found to be another, with the link, or by the sweep. */
	for (size_t i = 0; i < f->n_lnks; i++) {
		if (f->lnks[i].ifindex != ifindex || !f->lnks[i].known || f->lnks[i].adopted)
			continue;
		f->lnks[i].known = false;
		f->replan = f->tidy = true;
		fib_hold(f);
	}
}

void fib_hold(struct fib *f)
{
	f->held = !f->flushing;
	f->losses++;
}

void nh_gone(struct fib *f, uint32_t nh, enum nh_end how)
{
	f->nhs[nh].have = how == NH_SAID || (how == NH_LOST && f->nhs[nh].flying) ? UNSURE : ABSENT;
	f->replan = f->tidy = true;
	fib_hold(f);
	for (size_t i = 1; i < f->n_groups; i++) {
		struct group *g = &f->groups[i];

		if (!g->used || !group_drop_member(g, nh))
			continue;
		g->failed = false;               /* this is why, likely */
		g->dirty |= how == NH_SAID;
		if (g->n)
			continue;
		g->have = g->have == UNSURE || g->dirty || (how == NH_LOST && (g->n_was || g->flying)) ? UNSURE : ABSENT;
		group_look(f, g);
	}
	adopted_forget(f, nh);
}

void nh_out(struct fib *f, uint32_t i)
{
	uint32_t *grown;

	if (f->n_urgent == f->room_urgent) {
		grown = realloc(f->urgent, (f->room_urgent + 16) * sizeof(*grown));
		if (!grown)
			return;          /* it leaves with the routes' wishes, later */
		f->urgent = grown;
		f->room_urgent += 16;
	}
	f->nhs[i].flying++;                      /* keeps its place until the deletion is answered */
	f->n_hop_dels++;
	f->urgent[f->n_urgent++] = i;
	nh_gone(f, i, NH_TAKEN);
}

/* via NULL: all of the link. */
static void hops_out(struct fib *f, uint32_t ifindex, const struct in6_addr *via)
{
	for (size_t i = 1; f->cfg.objects && i < f->n_nhs; i++) {
		if (!f->nhs[i].used || f->nhs[i].hop.ifindex != ifindex || f->nhs[i].have == ABSENT)
			continue;
		if (!via || in6_eq(&f->nhs[i].hop.via, via))
			nh_out(f, (uint32_t)i);
	}
}

void fib_link_out(struct fib *f, uint32_t ifindex)
{
	for (size_t i = 0; i < f->n_lnks; i++)
		if (f->lnks[i].ifindex == ifindex)
			lnk_disown(&f->lnks[i]);
	hops_out(f, ifindex, NULL);
}

void fib_hop_out(struct fib *f, const struct hop *hop)
{
	if (hop_is_stood_for(hop))
		adopted_neigh_out(f, hop->ifindex, &in6addr_any);
	hops_out(f, hop->ifindex, &hop->via);
}

uint64_t fib_losses(const struct fib *f)
{
	return f->losses;
}

static void stale_on(struct fib *f, uint32_t ifindex)
{
	for (uint32_t six = 0; six < 2; six++)
		for (uint32_t i = 1; i < f->routes[six].high; i++) {
			struct route *r = slab_at(&f->routes[six], i);
			const struct group *g = r->have && r->have != GROUP_UNSURE ? &f->groups[r->have] : NULL;

			for (size_t k = 0; g && k < g->n; k++) {
				if (f->nhs[g->members[k].nh].hop.ifindex != ifindex)
					continue;
				r->flags |= R_STALE;
				route_list(f, &f->wishes, i << 1 | six);
				break;
			}
		}
}

void fib_link_lost(struct fib *f, uint32_t ifindex, bool neigh_too)
{
	for (size_t i = 1; f->cfg.objects && i < f->n_nhs; i++) {
		if (!f->nhs[i].used || f->nhs[i].hop.ifindex != ifindex)
			continue;
		f->nhs[i].failed = false;
		f->nhs[i].error = 0;
		nh_gone(f, (uint32_t)i, NH_LOST);
	}
	if (!f->cfg.objects && neigh_too)
		stale_on(f, ifindex);            /* the kernel has flushed them, or marked the hop dead */
	for (size_t i = 0; i < f->n_lnks; i++) {
		struct lnk *l = &f->lnks[i];

		if (l->ifindex != ifindex)
			continue;
		l->failed = l->refused = false;
		lnk_disown(l);
		if (neigh_too)
			l->have = l->flying ? UNSURE : ABSENT;
		f->replan = true;
	}
}

void fib_neigh_lost(struct fib *f, uint32_t ifindex)
{
	for (size_t i = 0; i < f->n_lnks; i++) {
		if (f->lnks[i].ifindex != ifindex)
			continue;
		f->lnks[i].have = f->lnks[i].flying ? UNSURE : ABSENT;
		f->replan = true;
	}
}

static void route_unsure(struct fib *f, uint32_t ref, struct route *r)
{
	if (!r->have || (!f->swept && !r->want && r->have == GROUP_UNSURE))      /* that one is the sweep's */
		return;
	route_leaves(f, r);
	r->have = GROUP_UNSURE;
	route_list(f, &f->wishes, ref);
}

void fib_unsure(struct fib *f)
{
	routes_each(f, route_unsure);
	for (size_t i = 1; i < f->n_groups; i++)
		if (f->groups[i].used && f->groups[i].have == PRESENT)
			f->groups[i].have = UNSURE;
	for (size_t i = 1; i < f->n_nhs; i++)
		if (f->nhs[i].used && f->nhs[i].have == PRESENT)
			f->nhs[i].have = UNSURE;
	for (size_t i = 0; i < f->n_lnks; i++)   /* also what a link took along, as it seemed: it may have been written after that */
		f->lnks[i].have = UNSURE;
	f->replan = f->tidy = true;
}

/* --- the end -------------------------------------------------------------------------------------------------------------------- */
/* Its group takes a route with it when it is deleted: only routes without one are deleted one by one. */
static void flush_route(struct fib *f, uint32_t ref, struct route *r)
{
	route_want(f, ref, 0);
	if (f->cfg.objects && r->have != GROUP_UNSURE)
		route_leaves(f, r);
	route_list(f, &f->wishes, ref);
}

void fib_flush(struct fib *f)
{
	f->flushing = true;
	routes_each(f, flush_route);
	for (size_t i = 0; i < f->n_lnks; i++)
		f->lnks[i].known = false;
	fib_sweep(f);
	f->retry_at = f->now;                    /* the last chance for what was refused */
	fib_commit(f, f->now);
}
