/* Sets of hops, the groups that hold them, next-hop objects, links: small tables, found by walking or by hash. */
#include "nexthop/fib_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/hash.h"

int arrays_grow(void *array, size_t *n, size_t size)
{
	void *old, *grown;

	memcpy(&old, array, sizeof(old));
	/* Doubling at powers of two: the room follows from the count. */
	if (!(*n & (*n - 1)) || !*n) {
		grown = realloc(old, (*n ? 2 * *n : 1) * size);
		if (!grown)
			return -ENOMEM;
		memcpy(array, &grown, sizeof(grown));
		old = grown;
	}
	memset((uint8_t *)old + *n * size, 0, size);
	++*n;
	return 0;
}

struct lnk *lnk_find(const struct fib *f, uint32_t ifindex, const struct in6_addr *addr)
{
	for (size_t i = 0; i < f->n_lnks; i++)
		if (f->lnks[i].ifindex == ifindex && in6_eq(&f->lnks[i].addr, addr))
			return &f->lnks[i];
	return NULL;
}

struct lnk *lnk_get(struct fib *f, uint32_t ifindex, const struct in6_addr *addr)
{
	struct lnk *l = lnk_find(f, ifindex, addr);

	for (size_t i = 0; !l && i < f->n_lnks; i++)     /* a place that an interface left */
		if (!f->lnks[i].known && f->lnks[i].have == ABSENT && !f->lnks[i].flying)
			l = &f->lnks[i];
	if (!l && arrays_grow(&f->lnks, &f->n_lnks, sizeof(*f->lnks)) == 0)
		l = &f->lnks[f->n_lnks - 1];
	if (l && (l->ifindex != ifindex || !in6_eq(&l->addr, addr)))
		*l = (struct lnk){ .ifindex = ifindex, .addr = *addr };
	return l;
}

static bool id_in_use(const struct fib *f, uint32_t id)
{
	for (size_t i = 1; i < f->n_nhs; i++)
		if (f->nhs[i].used && f->nhs[i].id == id)
			return true;
	for (size_t i = 1; i < f->n_groups; i++)
		if (f->groups[i].used && f->groups[i].id == id)
			return true;
	for (size_t i = 0; i < f->n_leftovers; i++)
		if (f->leftovers[i].id == id)
			return true;
	for (size_t i = 0; i < f->n_foreign; i++)
		if (f->foreign[i] == id)
			return true;
	return false;
}

uint32_t id_new(struct fib *f)
{
	uint32_t id;

	do {
		id = f->next_id;
		f->next_id = id == FIB_ID_LAST ? FIB_ID_FIRST : id + 1;
	} while (id_in_use(f, id));
	return id;
}

int nh_new(struct fib *f, const struct nh *like, uint32_t *ret)
{
	size_t i = 1;

	while (i < f->n_nhs && f->nhs[i].used)
		i++;
	if (i == f->n_nhs && arrays_grow(&f->nhs, &f->n_nhs, sizeof(*f->nhs)) < 0)
		return -ENOMEM;
	f->nhs[i] = *like;
	*ret = (uint32_t)i;
	return 0;
}

static int nh_get(struct fib *f, uint8_t family, const struct hop *hop, uint32_t *ret)
{
	size_t i, adopted = 0;

	for (i = 1; i < f->n_nhs; i++) {
		const struct nh *nh = &f->nhs[i];

		if (!nh->used)
			continue;
		if (nh->family == family && nh->hop.ifindex == hop->ifindex && nh->hop.direct == hop->direct &&
			 in6_eq(&nh->hop.via, &hop->via))
			break;
		if (nh->adopted && nh->family == family && adopted_is(f, nh, hop))
			adopted = i;
	}
	if (i == f->n_nhs && adopted) {
		i = adopted;
		f->nhs[i].hop = *hop;
	}
	if (i < f->n_nhs) {
		f->nhs[i].adopted = false;
		*ret = (uint32_t)i;
		return 0;
	}
	return nh_new(f, &(struct nh){ .hop = *hop, .id = id_new(f), .family = family, .used = true }, ret);
}

void nh_maybe_free(struct fib *f, uint32_t i)
{
	struct nh *nh = &f->nhs[i];

	if (nh->used && !nh->sets && nh->have == ABSENT && !nh->flying)
		nh->used = false;
}

int hop_cmp(const void *a, const void *b)
{
	const struct hop *x = a, *y = b;

	if (x->ifindex != y->ifindex)
		return x->ifindex < y->ifindex ? -1 : 1;
	if (x->direct != y->direct)
		return x->direct ? 1 : -1;
	return memcmp(&x->via, &y->via, sizeof(x->via));
}

static uint32_t set_lookup(const struct fib *f, const struct set *like, const struct member *m, uint32_t *ret_hole)
{
	*ret_hole = 0;
	for (size_t i = 1; i < f->n_sets; i++) {
		const struct set *s = &f->sets[i];
		size_t k = 0;

		if (!s->used) {
			*ret_hole = (uint32_t)i;
			continue;
		}
		if (s->hash != like->hash || s->family != like->family || s->kin != like->kin || s->n != like->n)
			continue;
		while (k < s->n && s->members[k].nh == m[k].nh && s->members[k].weight == m[k].weight)
			k++;
		if (k == s->n)
			return (uint32_t)i;
	}
	return 0;
}

static uint32_t members_hash(const struct member *m, size_t n, uint8_t kin)
{
	uint32_t h = (uint32_t)n << 8 | kin;

	for (size_t i = 0; i < n; i++)
		h = hash_u64((uint64_t)h << 32 | (m[i].nh << 8 | m[i].weight));
	return h;
}

static int set_make(struct fib *f, uint32_t hole, const struct set *like, const struct member *m, uint32_t *ret)
{
	struct member *copy = malloc(like->n * sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	if (!hole) {
		if (arrays_grow(&f->sets, &f->n_sets, sizeof(*f->sets)) < 0) {
			free(copy);
			return -ENOMEM;
		}
		hole = (uint32_t)f->n_sets - 1;
	}
	memcpy(copy, m, like->n * sizeof(*copy));
	f->sets[hole] = *like;
	f->sets[hole].members = copy;
	for (size_t i = 0; i < like->n; i++)
		f->nhs[m[i].nh].sets++;
	*ret = hole;
	return 0;
}

int set_get(struct fib *f, const struct set *of, const struct member *m, size_t n, uint32_t *ret)
{
	struct set like = { .hash = members_hash(m, n, of->kin), .family = of->family, .kin = of->kin, .n = (uint16_t)n, .used = true };
	uint32_t hole;

	*ret = set_lookup(f, &like, m, &hole);
	return *ret ? 0 : set_make(f, hole, &like, m, ret);
}

int set_intern(struct fib *f, const struct set *like, const struct hop *hops, size_t n, uint32_t *ret)
{
	struct hop sorted[HOP_MAX];
	struct member m[HOP_MAX];
	size_t k = 0;
	int r = 0;

	memcpy(sorted, hops, n * sizeof(*hops));
	qsort(sorted, n, sizeof(*sorted), hop_cmp);
	for (size_t i = 0; i < n && !r; i++) {
		if (i && !hop_cmp(&sorted[i - 1], &sorted[i]))
			continue;                /* named twice: once is meant */
		r = nh_get(f, like->family, &sorted[i], &m[k].nh);
		m[k++].weight = sorted[i].weight ? sorted[i].weight : 1;
	}
	if (!r)
		r = set_get(f, like, m, k, ret);
	for (size_t i = 0; r && i < k; i++)
		nh_maybe_free(f, m[i].nh);
	return r;
}

void set_release(struct fib *f, uint32_t i)
{
	struct set *s = &f->sets[i];

	if (!s->used || s->routes || s->groups)
		return;
	for (size_t k = 0; k < s->n; k++) {
		f->nhs[s->members[k].nh].sets--;
		nh_maybe_free(f, s->members[k].nh);
	}
	f->tidy = true;
	free(s->members);
	*s = (struct set){ 0 };
	if (f->last.set == i)
		f->last.set = 0;
}

int group_new(struct fib *f, uint32_t set, uint32_t *ret)
{
	size_t i = 1;

	while (i < f->n_groups && f->groups[i].used)
		i++;
	if (i == f->n_groups && arrays_grow(&f->groups, &f->n_groups, sizeof(*f->groups)) < 0)
		return -ENOMEM;
	f->groups[i] = (struct group){ .id = id_new(f), .set = set, .family = f->sets[set].family, .used = true };
	f->sets[set].groups++;
	if (!f->sets[set].group)
		f->sets[set].group = (uint32_t)i;
	*ret = (uint32_t)i;
	return 0;
}

static void group_leaves_set(struct fib *f, uint32_t i)
{
	struct set *s = &f->sets[f->groups[i].set];

	s->groups--;
	if (s->group != i)
		return;
	s->group = 0;
	for (size_t k = 1; s->groups && k < f->n_groups && !s->group; k++)
		if (k != i && f->groups[k].used && f->groups[k].set == f->groups[i].set)
			s->group = (uint32_t)k;
}

void group_free(struct fib *f, uint32_t i)
{
	uint32_t set = f->groups[i].set;

	group_leaves_set(f, i);
	free(f->groups[i].members);
	free(f->groups[i].was);
	f->groups[i] = (struct group){ 0 };
	set_release(f, set);
}

void group_retarget(struct fib *f, uint32_t i, uint32_t set)
{
	uint32_t old = f->groups[i].set;

	group_leaves_set(f, i);
	f->groups[i].set = set;
	f->sets[set].groups++;
	if (!f->sets[set].group)
		f->sets[set].group = i;
	set_release(f, old);
}

/* Is the MAC of the hop's link known? The entry is where it was the last time, mostly: with many groups on many links, that is asked all the time. */
static bool nh_has_mac(const struct fib *f, struct nh *nh)
{
	const struct lnk *l = nh->lnk < f->n_lnks ? &f->lnks[nh->lnk] : NULL;

	if (!l || l->ifindex != nh->hop.ifindex || !IN6_IS_ADDR_UNSPECIFIED(&l->addr)) {
		l = lnk_find(f, nh->hop.ifindex, &in6addr_any);
		nh->lnk = l ? (uint32_t)(l - f->lnks) : 0;
	}
	return l && l->known;
}

size_t group_plan(const struct fib *f, const struct group *g, struct member *ret)
{
	const struct set *s = &f->sets[g->set];
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		struct nh *nh = &f->nhs[s->members[i].nh];

		if (nh->failed)
			continue;
		if (nh->family == AF_INET && !f->cfg.via_inet6 && hop_is_stood_for(&nh->hop) && !nh_has_mac(f, nh))
			continue;
		ret[n++] = s->members[i];
	}
	return n;
}

bool group_needed(const struct fib *f, size_t i)
{
	const struct group *g = &f->groups[i];

	return g->used && ((g->routes && g->have != ABSENT) || (f->sets[g->set].routes && f->sets[g->set].group == i));
}

bool group_gone(const struct fib *f, const struct group *g)
{
	return f->cfg.objects && g->have == ABSENT && !g->flying && !f->n_hop_dels;
}

void group_look(struct fib *f, struct group *g)
{
	if (!g->used || !g->routes || !group_gone(f, g))
		return;
	f->scan = f->replan = true;
}

bool group_remember_old(struct group *g)
{
	uint32_t *grown = g->n ? realloc(g->was, (g->n_was + g->n) * sizeof(*grown)) : NULL;

	if (!g->n)
		return true;
	if (!grown)
		return false;
	g->was = grown;
	for (size_t i = 0; i < g->n; i++) {
		size_t k = 0;

		while (k < g->n_was && g->was[k] != g->members[i].nh)
			k++;
		if (k == g->n_was)
			g->was[g->n_was++] = g->members[i].nh;
	}
	return true;
}

bool group_drop_member(struct group *g, uint32_t nh)
{
	size_t k = 0;

	for (size_t i = 0; i < g->n; i++)
		if (g->members[i].nh != nh)
			g->members[k++] = g->members[i];
	if (k == g->n)
		return false;
	g->n = (uint16_t)k;
	return true;
}
