/* What a hundred thousand routes cost: bytes at rest, and ops when a link dies under them. */
#include "nexthop/fib.h"

#include <malloc.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"

#define ROUTES 100000
#define BYTES_PER_ROUTE 48

/* There with ASan, whose allocator mallinfo2 does not see. */
size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

static size_t heap(void)
{
	struct mallinfo2 m;

	if (__sanitizer_get_current_allocated_bytes)
		return __sanitizer_get_current_allocated_bytes();
	m = mallinfo2();
	return m.uordblks + m.hblkhd;
}

static struct prefix route(uint32_t i)
{
	return prefix4((struct in_addr){ htonl(0x0a000000 + i * 256) }, 24 + i % 3);
}

static struct prefix route6(uint32_t i)
{
	struct in6_addr a = { { { 0x20, 0x01, 0x0d, 0xb8, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i } } };

	return prefix6(&a, 64);
}

static void want(struct fib *fib, struct prefix (*prefix)(uint32_t), uint32_t ifindexes)
{
	struct hop hops[4];
	size_t n = 0;

	for (uint32_t i = 0; i < 4; i++)
		if (ifindexes >> i & 1)
			hops[n++] = (struct hop){ .ifindex = i + 1, .via = { { { 0xfe, 0x80, [15] = 1 } } }, .weight = 1 };
	for (uint32_t i = 0; i < ROUTES; i++) {
		struct prefix p = prefix(i);

		cr_assert_eq(fib_set(fib, &p, hops, n), 0);
	}
}

/* All ops are taken and done, batch by batch as the rim does it. Returns how many. */
static size_t drain(struct fib *fib)
{
	static struct fib_op ops[256];
	size_t n, total = 0;

	while ((n = fib_take(fib, ops, ARRAY_LEN(ops)))) {
		total += n;
		for (size_t i = 0; i < n; i++)
			fib_acked(fib, ops[i].seq, 0, (mono){ 1000 });
	}
	return total;
}

static size_t run(struct fib *fib)
{
	size_t total = 0, n;

	do {
		fib_commit(fib, (mono){ 1000 });
		n = drain(fib);
		total += n;
	} while (n);
	return total;
}

static struct fib *with_links(bool objects)
{
	struct fib_config cfg = { .objects = objects, .on_link = { htonl(0xa9fe0001) } };
	struct fib *fib;

	cr_assert_eq(fib_new(&fib, &cfg), 0);
	for (uint32_t i = 1; i <= 4; i++)
		cr_assert_eq(fib_neigh(fib, i, (uint8_t[6]){ 2, 0, 0, 0, 0, (uint8_t)i }), 0);
	run(fib);
	return fib;
}

static void costs(bool objects, struct prefix (*prefix)(uint32_t))
{
	struct fib *fib = with_links(objects);
	size_t before = heap(), after;
	struct fib_stats s;

	want(fib, prefix, 0xf);
	cr_assert_geq(run(fib), ROUTES);
	after = heap();
	fib_stats(fib, &s);
	cr_assert_eq(s.installed, ROUTES);
	cr_assert_leq((after - before) / ROUTES, BYTES_PER_ROUTE, "%zu bytes", (after - before) / ROUTES);
	for (uint32_t i = 0; i < ROUTES; i++) {
		struct prefix p = prefix(i);

		fib_del(fib, &p);
	}
	cr_assert_geq(run(fib), ROUTES);
	fib_stats(fib, &s);
	cr_assert_eq(s.routes + s.installed + s.groups + s.hops, 0);
	/* And again: what was freed is used again. */
	want(fib, prefix, 0xf);
	run(fib);
	cr_assert_leq(heap(), after + after / 10);
	fib_free(fib);
}

Test(fib_memory, an_ipv4_route_at_rest)
{
	costs(true, route);
}

Test(fib_memory, an_ipv6_route_at_rest)
{
	costs(true, route6);
}

Test(fib_memory, an_ipv4_route_at_rest_classic)
{
	costs(false, route);
}

Test(fib_memory, a_link_that_dies_under_all_routes_is_a_handful_of_ops)
{
	struct fib *fib = with_links(true);

	want(fib, route, 0xf);
	want(fib, route6, 0xf);
	cr_assert_geq(run(fib), 2 * ROUTES);
	fib_link_out(fib, 2);
	cr_assert_eq(drain(fib), 2);
	want(fib, route, 0xd);
	want(fib, route6, 0xd);
	cr_assert_lt(run(fib), 10);
	fib_link_lost(fib, 3, false);
	want(fib, route, 0x9);
	want(fib, route6, 0x9);
	cr_assert_lt(run(fib), 10);
	want(fib, route, 0xf);
	want(fib, route6, 0xf);
	cr_assert_lt(run(fib), 10, "and back");
	fib_free(fib);
}

Test(fib_memory, freed_with_everything_in_it)
{
	struct fib *fib = with_links(true);
	struct fib_op ops[64];

	want(fib, route, 0xf);
	fib_commit(fib, (mono){ 1000 });
	cr_assert_eq(fib_take(fib, ops, ARRAY_LEN(ops)), ARRAY_LEN(ops));
	fib_link_out(fib, 1);
	fib_seen(fib, &(struct fib_seen){ .kind = SEEN_GROUP, .id = FIB_ID_FIRST + 77, .n = 1 });
	fib_free(fib);
	fib_free(NULL);
}

/* A bandwidth of its own for every prefix. */
static void want_weights(struct fib *fib, uint32_t routes, unsigned (*weight)(uint32_t route, uint32_t hop))
{
	struct hop hops[8];

	for (uint32_t i = 0; i < routes; i++) {
		struct prefix p = route(i);

		for (uint32_t h = 0; h < ARRAY_LEN(hops); h++)
			hops[h] = (struct hop){ .ifindex = h + 1, .via = { { { 0xfe, 0x80, [15] = 1 } } }, .weight = (uint8_t)weight(i, h) };
		cr_assert_eq(fib_set(fib, &p, hops, ARRAY_LEN(hops)), 0);
	}
	fib_commit(fib, (mono){ 0 });
	drain(fib);
}

static unsigned another_for_each(uint32_t route_number, uint32_t hop)
{
	return hop < 4 ? 1 + (route_number >> 4 * hop) % 16 : 16;
}

static unsigned one_for_all(uint32_t route_number, uint32_t hop)
{
	(void)route_number;
	return 1 + hop % 2;
}

Test(fib_memory, weights_without_end_make_a_bounded_number_of_groups_and_come_back_when_there_is_room)
{
	struct fib_config cfg = { .objects = true, .via_inet6 = true };
	struct fib_stats s;
	struct fib *fib;

	cr_assert_eq(fib_new(&fib, &cfg), 0);
	want_weights(fib, 20000, another_for_each);
	fib_stats(fib, &s);
	cr_expect_eq(s.installed, 20000u);
	cr_expect_leq(s.groups, FIB_WEIGHTED_SETS + 2u, "%zu groups", s.groups);
	cr_expect_eq(s.evened, 20000u - FIB_WEIGHTED_SETS);
	cr_expect_not(fib_room_again(fib), "nothing has gone");
	want_weights(fib, 20000, one_for_all);
	fib_stats(fib, &s);
	cr_expect_eq(s.groups, 1u, "%zu groups", s.groups);
	cr_expect(fib_room_again(fib));
	cr_expect_not(fib_room_again(fib), "said once");
	fib_free(fib);
}
