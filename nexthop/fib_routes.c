/* The routes as a table: found by prefix, put on lists, walked over. */
#include "nexthop/fib_priv.h"

#include <errno.h>
#include <string.h>

#include "agent/base/own.h"

static uint32_t hash_ref(const struct fib *f, uint32_t ref)
{
	const struct route *r = route_at(f, ref);

	return prefix_hash(route_family(ref), r->addr, r->len, f->cfg.secret);
}

static uint32_t hash4(const void *ctx, uint32_t number)
{
	return hash_ref(ctx, number << 1);
}

static uint32_t hash6(const void *ctx, uint32_t number)
{
	return hash_ref(ctx, number << 1 | 1);
}

static const idx_hash_fn route_hash[2] = { hash4, hash6 };

struct prefix route_prefix(const struct fib *f, uint32_t ref)
{
	const struct route *r = route_at(f, ref);
	struct prefix p = { .family = route_family(ref), .len = r->len };

	memcpy(p.addr, r->addr, ref & 1 ? 16 : 4);
	return p;
}

static uint32_t find_hashed(const struct fib *f, const struct prefix *p, uint32_t hash)
{
	uint32_t six = p->family == AF_INET6;
	const struct idx *x = &f->by_prefix[six];
	const struct route *r;

	for (uint32_t i = idx_at(x, hash); x->slots[i]; i = idx_next(x, i)) {
		r = slab_at(&f->routes[six], x->slots[i]);
		if (r->len == p->len && prefix_same_addr(p->family, r->addr, p->addr))
			return x->slots[i] << 1 | six;
	}
	return 0;
}

static uint32_t hash_of(const struct fib *f, const struct prefix *p)
{
	return prefix_hash(p->family, p->addr, p->len, f->cfg.secret);
}

uint32_t route_find(const struct fib *f, const struct prefix *p)
{
	return find_hashed(f, p, hash_of(f, p));
}

/* Nothing is kept of a prefix that is not wished for, but that somebody else's route is there: the next wish must not take it, should its first answer
 * be lost. Without such a route the flag does no harm. */
static void met_note(struct fib *f, const struct prefix *p)
{
	f->met[f->met_next] = *p;
	f->met_next = (uint8_t)((f->met_next + 1u) % ARRAY_LEN(f->met));
}

static bool met_before(const struct fib *f, const struct prefix *p)
{
	for (size_t i = 0; i < ARRAY_LEN(f->met) && f->met[i].family; i++)
		if (prefix_eq(&f->met[i], p))
			return true;
	return false;
}

int route_get(struct fib *f, const struct prefix *p, uint32_t *ret)
{
	uint32_t six = p->family == AF_INET6, hash = hash_of(f, p), n;
	struct route *r;

	*ret = find_hashed(f, p, hash);
	if (*ret)
		return 0;
	if (idx_reserve(&f->by_prefix[six], route_hash[six], f) < 0)
		return -ENOMEM;
	n = slab_take(&f->routes[six]);
	if (!n || n > UINT32_MAX >> 1)
		return -ENOMEM;
	r = slab_at(&f->routes[six], n);
	r->len = p->len;
	memcpy(r->addr, p->addr, six ? 16 : 4);
	if (met_before(f, p))
		r->flags |= R_FOREIGN;
	idx_put(&f->by_prefix[six], hash, n);
	*ret = n << 1 | six;
	return 0;
}

void route_maybe_free(struct fib *f, uint32_t ref)
{
	struct route *r = route_at(f, ref);

	if (r->want || r->have || r->flying || r->flags & R_LISTED)
		return;
	if (r->flags & R_FAILED)
		f->n_failed_routes--;
	if (r->flags & R_FOREIGN) {
		struct prefix p = route_prefix(f, ref);

		met_note(f, &p);
	}
	idx_del(&f->by_prefix[ref & 1], ref >> 1, route_hash[ref & 1], f);
	slab_give(&f->routes[ref & 1], ref >> 1);
}

void route_list(struct fib *f, struct list *l, uint32_t ref)
{
	struct route *r = route_at(f, ref);

	if (r->flags & R_LISTED) {
		f->pending_touched = true;
		return;
	}
	r->flags |= R_LISTED;
	r->next = 0;
	if (l->last)
		route_at(f, l->last)->next = ref;
	else
		l->first = ref;
	l->last = ref;
}

void route_leaves(struct fib *f, struct route *r)
{
	if (r->have && r->have != GROUP_UNSURE) {
		f->groups[r->have].routes--;
		f->n_installed--;
		f->tidy = true;
	}
	r->have = 0;
}

bool route_settled(const struct fib *f, const struct route *r)
{
	if (!r->want)
		return !r->have;
	return r->have && r->have != GROUP_UNSURE && !(r->flags & (R_STALE | R_FAILED)) && f->groups[r->have].set == r->want;
}

void routes_each(struct fib *f, void (*fn)(struct fib *f, uint32_t ref, struct route *r))
{
	for (uint32_t six = 0; six < 2; six++)
		for (uint32_t i = 1; i < f->routes[six].high; i++) {
			struct route *r = slab_at(&f->routes[six], i);

			if (r->want || r->have || r->flying || r->flags & R_LISTED)
				fn(f, i << 1 | six, r);
		}
}
