#include "world_kernel.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "world.h"

struct group { uint32_t id, members[HOP_MAX]; size_t n; uint16_t buckets; };
struct route { struct prefix prefix; uint32_t group, links[HOP_MAX]; size_t n; };

struct kernel_table {
	struct { uint32_t id, ifindex; } hops[64];
	struct group groups[64];
	struct route routes[256];
	size_t n_hops, n_groups, n_routes;
};

struct kernel_table *kernel_table_new(void)
{
	return calloc(1, sizeof(struct kernel_table));
}

void kernel_table_free(struct kernel_table *k)
{
	free(k);
}

static size_t hop_place(const struct kernel_table *k, uint32_t id)
{
	size_t i = 0;

	while (i < k->n_hops && k->hops[i].id != id)
		i++;
	return i;
}

static size_t group_place(const struct kernel_table *k, uint32_t id)
{
	size_t i = 0;

	while (i < k->n_groups && k->groups[i].id != id)
		i++;
	return i;
}

static size_t route_place(const struct kernel_table *k, const struct prefix *p)
{
	size_t i = 0;

	while (i < k->n_routes && !prefix_eq(&k->routes[i].prefix, p))
		i++;
	return i;
}

static void group_del(struct kernel_table *k, size_t g)
{
	for (size_t i = k->n_routes; i-- > 0;)
		if (k->routes[i].group == k->groups[g].id)
			k->routes[i] = k->routes[--k->n_routes];
	k->groups[g] = k->groups[--k->n_groups];
}

/* A group that loses its last member goes, and its routes with it. */
static void hop_del(struct kernel_table *k, size_t h)
{
	for (size_t g = k->n_groups; g-- > 0;) {
		struct group *group = &k->groups[g];

		for (size_t i = group->n; i-- > 0;)
			if (group->members[i] == k->hops[h].id)
				group->members[i] = group->members[--group->n];
		if (!group->n)
			group_del(k, g);
	}
	k->hops[h] = k->hops[--k->n_hops];
}

static void hop_set(struct kernel_table *k, const struct fib_op *op)
{
	size_t i = hop_place(k, op->id);

	cr_assert_lt(i, ARRAY_LEN(k->hops));
	k->hops[i].id = op->id;
	k->hops[i].ifindex = op->hops[0].ifindex;
	k->n_hops += i == k->n_hops;
}

static void group_set(struct kernel_table *k, const struct fib_op *op)
{
	size_t i = group_place(k, op->id);

	cr_assert_lt(i, ARRAY_LEN(k->groups));
	for (size_t m = 0; m < op->n; m++)
		cr_assert_lt(hop_place(k, op->members[m]), k->n_hops, "a group of next hops that are there");
	cr_assert(i == k->n_groups || k->groups[i].buckets == op->resilient.buckets, "a group stays of its kind");
	k->groups[i].buckets = op->resilient.buckets;
	k->groups[i].id = op->id;
	k->groups[i].n = op->n;
	memcpy(k->groups[i].members, op->members, op->n * sizeof(*op->members));
	k->n_groups += i == k->n_groups;
}

static void route_set(struct kernel_table *k, const struct fib_op *op)
{
	size_t i = route_place(k, &op->prefix);
	struct route *r = &k->routes[i];

	cr_assert_lt(i, ARRAY_LEN(k->routes));
	cr_assert(!op->id || group_place(k, op->id) < k->n_groups, "a route through a group that is there");
	r->prefix = op->prefix;
	r->group = op->id;
	r->n = op->n;
	for (size_t h = 0; h < op->n; h++)
		r->links[h] = op->hops[h].ifindex;
	k->n_routes += i == k->n_routes;
}

void kernel_table_do(struct kernel_table *k, const struct fib_op *op)
{
	size_t i;

	switch (op->kind) {
	case FIB_HOP_SET:
		hop_set(k, op);
		break;
	case FIB_HOP_DEL:
		i = hop_place(k, op->id);
		if (i < k->n_hops)
			hop_del(k, i);
		break;
	case FIB_GROUP_SET:
		group_set(k, op);
		break;
	case FIB_GROUP_DEL:
		i = group_place(k, op->id);
		if (i < k->n_groups)
			group_del(k, i);
		break;
	case FIB_ROUTE_SET:
		route_set(k, op);
		break;
	case FIB_ROUTE_DEL:
		i = route_place(k, &op->prefix);
		if (i < k->n_routes)
			k->routes[i] = k->routes[--k->n_routes];
		break;
	case FIB_NEIGH_SET:
	case FIB_NEIGH_DEL:
		break;
	}
}

void kernel_table_lost(struct kernel_table *k, uint32_t ifindex)
{
	for (size_t i = k->n_hops; i-- > 0;)
		if (k->hops[i].ifindex == ifindex)
			hop_del(k, i);
}

static int by_number(const void *a, const void *b)
{
	return *(const uint32_t *)a < *(const uint32_t *)b ? -1 : *(const uint32_t *)a > *(const uint32_t *)b;
}

const char *kernel_table_route(const struct kernel_table *k, const struct prefix *p)
{
	static char text[512];
	uint32_t links[HOP_MAX];
	size_t i = route_place(k, p), n = 0, g;
	int at = 0;

	text[0] = '\0';
	if (i == k->n_routes)
		return text;
	g = group_place(k, k->routes[i].group);
	for (; k->routes[i].group && n < k->groups[g].n; n++)
		links[n] = k->hops[hop_place(k, k->groups[g].members[n])].ifindex;
	for (; !k->routes[i].group && n < k->routes[i].n; n++)
		links[n] = k->routes[i].links[n];
	qsort(links, n, sizeof(links[0]), by_number);
	for (i = 0; i < n; i++)
		at += links[i] ? snprintf(text + at, sizeof(text) - (size_t)at, "%sswp%u", i ? " " : "", links[i] - SWP(0))
			       : snprintf(text + at, sizeof(text) - (size_t)at, "%sblackhole", i ? " " : "");
	return text;
}

size_t kernel_table_routes(const struct kernel_table *k)
{
	return k->n_routes;
}

size_t kernel_table_objects(const struct kernel_table *k)
{
	return k->n_hops + k->n_groups;
}

int world_host_read(void *ctx, const char *path, char *ret, size_t room)
{
	struct world *w = ctx;

	for (size_t i = 0; i < sizeof(w->files) / sizeof(w->files[0]) && w->files[i].path; i++)
		if (strcmp(w->files[i].path, path) == 0)
			return (int)strlen(strncpy(ret, w->files[i].text, room));
	return -ENOENT;
}

bool world_host_networkd(void *ctx)
{
	return ((struct world *)ctx)->networkd;
}

int world_look(void *world, const struct prefix *p, struct looked *ret)
{
	const struct world *w = world;

	*ret = w->look ? *w->look : (struct looked){ .error = -ENODATA };
	ret->asked = *p;
	return w->look ? 0 : -ENODATA;
}
