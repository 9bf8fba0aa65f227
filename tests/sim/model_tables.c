/* The tables of a simulated kernel: places in an array, found by a hash of what names them. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/model_priv.h"

static uint32_t object_key(uint32_t id)
{
	return hash_u64(id);
}

static uint32_t route_key(const struct prefix *p)
{
	return prefix_hash(p->family, p->addr, p->len, 0);
}

static uint32_t neigh_key(uint32_t ifindex, const struct in6_addr *addr)
{
	uint64_t last;

	memcpy(&last, addr->s6_addr + 8, sizeof(last));
	return hash_u64(last ^ (uint64_t)ifindex << 20 ^ addr->s6_addr[0]);
}

static uint32_t object_hash(const void *ctx, uint32_t number)
{
	return object_key(((const struct object *)((const struct places *)ctx)->at)[number - 1].id);
}

static uint32_t route_hash(const void *ctx, uint32_t number)
{
	return route_key(&((const struct route *)((const struct places *)ctx)->at)[number - 1].prefix);
}

static uint32_t neigh_hash(const void *ctx, uint32_t number)
{
	const struct neigh *e = &((const struct neigh *)((const struct places *)ctx)->at)[number - 1];

	return neigh_key(e->ifindex, &e->addr);
}

static void init(struct places *t, size_t size)
{
	*t = (struct places){ .size = size };
	if (idx_init(&t->by_key) < 0)
		abort();
}

static void fini(struct places *t)
{
	free(t->at);
	free(t->holes);
	idx_fini(&t->by_key);
}

static uint32_t place_new(struct places *t)
{
	size_t room = t->high < 16 ? 16 : 2 * t->high;

	t->used++;
	if (t->n_holes)
		return t->holes[--t->n_holes];
	if (!t->high || (t->high >= 16 && !(t->high & (t->high - 1)))) {         /* the room follows from the count */
		t->at = realloc(t->at, room * t->size);
		t->holes = realloc(t->holes, room * sizeof(*t->holes));
		if (!t->at || !t->holes)
			abort();
	}
	return (uint32_t)t->high++;
}

static void index_put(struct places *t, idx_hash_fn hash, uint32_t i)
{
	if (idx_reserve(&t->by_key, hash, t) < 0)
		abort();
	idx_put(&t->by_key, hash(t, i + 1), i + 1);
}

/* The record is still as it was; the caller marks the hole. */
static void place_free(struct places *t, idx_hash_fn hash, uint32_t i)
{
	idx_del(&t->by_key, i + 1, hash, t);
	t->holes[t->n_holes++] = i;
	t->used--;
}

void m_tables_init(struct model *m)
{
	init(&m->object, sizeof(struct object));
	init(&m->route, sizeof(struct route));
	init(&m->neigh, sizeof(struct neigh));
}

void m_tables_free(struct model *m)
{
	for (struct object *o = NULL; (o = m_object_after(m, o));)
		free(o->members);
	for (struct route *r = NULL; (r = m_route_after(m, r));)
		free(r->hops);
	fini(&m->object);
	fini(&m->route);
	fini(&m->neigh);
}

struct object *m_object_after(const struct model *m, const struct object *o)
{
	struct object *all = m->object.at;

	for (size_t i = o ? (size_t)(o - all) + 1 : 0; i < m->object.high; i++)
		if (all[i].id)
			return &all[i];
	return NULL;
}

struct route *m_route_after(const struct model *m, const struct route *r)
{
	struct route *all = m->route.at;

	for (size_t i = r ? (size_t)(r - all) + 1 : 0; i < m->route.high; i++)
		if (all[i].prefix.family)
			return &all[i];
	return NULL;
}

struct neigh *m_neigh_after(const struct model *m, const struct neigh *e)
{
	struct neigh *all = m->neigh.at;

	for (size_t i = e ? (size_t)(e - all) + 1 : 0; i < m->neigh.high; i++)
		if (all[i].ifindex)
			return &all[i];
	return NULL;
}

struct object *m_object_find(const struct model *m, uint32_t id)
{
	const struct idx *x = &m->object.by_key;
	struct object *all = m->object.at;

	for (uint32_t i = idx_at(x, object_key(id)); x->slots[i]; i = idx_next(x, i))
		if (all[x->slots[i] - 1].id == id)
			return &all[x->slots[i] - 1];
	return NULL;
}

struct route *m_route_find(const struct model *m, const struct prefix *p)
{
	const struct idx *x = &m->route.by_key;
	struct route *all = m->route.at;

	for (uint32_t i = idx_at(x, route_key(p)); x->slots[i]; i = idx_next(x, i))
		if (prefix_eq(&all[x->slots[i] - 1].prefix, p))
			return &all[x->slots[i] - 1];
	return NULL;
}

struct neigh *m_neigh_find(const struct model *m, uint32_t ifindex, const struct in6_addr *addr)
{
	const struct idx *x = &m->neigh.by_key;
	struct neigh *all = m->neigh.at;

	for (uint32_t i = idx_at(x, neigh_key(ifindex, addr)); x->slots[i]; i = idx_next(x, i)) {
		struct neigh *e = &all[x->slots[i] - 1];

		if (e->ifindex == ifindex && in6_eq(&e->addr, addr))
			return e;
	}
	return NULL;
}

void m_object_put(struct model *m, const struct object *o)
{
	struct object *at = m_object_find(m, o->id);
	uint32_t i;

	m->foreign_objects += o->foreign;
	m->misled += o->misled;
	if (at) {
		m->foreign_objects -= at->foreign;
		m->misled -= at->misled;
		free(at->members);
		*at = *o;
		return;
	}
	i = place_new(&m->object);
	((struct object *)m->object.at)[i] = *o;
	index_put(&m->object, object_hash, i);
}

void m_route_put(struct model *m, const struct route *r)
{
	struct route *at = m_route_find(m, &r->prefix);
	uint32_t i;

	m->foreign_routes += r->foreign;
	m->misled += r->misled;
	if (at) {
		m->foreign_routes -= at->foreign;
		m->misled -= at->misled;
		free(at->hops);
		*at = *r;
		return;
	}
	i = place_new(&m->route);
	((struct route *)m->route.at)[i] = *r;
	index_put(&m->route, route_hash, i);
}

void m_neigh_put(struct model *m, const struct neigh *e)
{
	struct neigh *at = m_neigh_find(m, e->ifindex, &e->addr);
	uint32_t i;

	if (at) {
		*at = *e;
		return;
	}
	i = place_new(&m->neigh);
	((struct neigh *)m->neigh.at)[i] = *e;
	index_put(&m->neigh, neigh_hash, i);
}

void m_object_forget(struct model *m, struct object *o)
{
	place_free(&m->object, object_hash, (uint32_t)(o - (struct object *)m->object.at));
	m->foreign_objects -= o->foreign;
	m->misled -= o->misled;
	free(o->members);
	*o = (struct object){ 0 };
}

void m_route_forget(struct model *m, struct route *r)
{
	place_free(&m->route, route_hash, (uint32_t)(r - (struct route *)m->route.at));
	m->foreign_routes -= r->foreign;
	m->misled -= r->misled;
	free(r->hops);
	*r = (struct route){ 0 };
}

void m_neigh_forget(struct model *m, struct neigh *e)
{
	place_free(&m->neigh, neigh_hash, (uint32_t)(e - (struct neigh *)m->neigh.at));
	*e = (struct neigh){ 0 };
}
