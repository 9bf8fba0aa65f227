/* Groups of the resilient kind: which flows move, and that the kind and the number of buckets never change under an id. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "agent/base/own.h"
#include "tests/unit/nexthop/fib_rig.h"

#define BUCKETS 32

static void set_up(struct rig *r, uint16_t buckets)
{
	r->cfg.resilient = (struct fib_resilient){ .buckets = buckets, .idle_s = 120, .unbalanced_s = 7 };
	rig_restart(r);
}

static struct rig *resilient_new(void)
{
	struct rig *r = rig_new(true, false);

	set_up(r, BUCKETS);
	fib_sweep(r->fib);
	for (uint32_t i = 1; i <= 4; i++)
		rig_neigh(r, i);
	return r;
}

static const struct fake_group *group_of(struct rig *r, const char *prefix)
{
	struct prefix p = rig_prefix(prefix);
	const struct fake_route *route = fake_route(&r->kernel, &p);

	cr_assert_not_null(route, "%s", prefix);
	return fake_group(&r->kernel, route->group);
}

/* Links by bucket: "1112223334...", what flows that hash there take. */
static const char *table(struct rig *r, const char *prefix, char buf[FAKE_BUCKETS + 1])
{
	const struct fake_group *g = group_of(r, prefix);
	size_t n = g->resilient.buckets;

	for (size_t b = 0; b < n; b++)
		buf[b] = (char)('0' + fake_hop(&r->kernel, g->buckets[b])->ifindex);
	buf[n] = '\0';
	return buf;
}

/* Flows that take another way now than in `before`, and were not on the link. */
static size_t moved(const char *before, const char *now, char link)
{
	size_t n = 0;

	for (size_t b = 0; before[b]; b++)
		n += before[b] != link && before[b] != now[b];
	return n;
}

static size_t on_link(const char *now, char link)
{
	size_t n = 0;

	for (; *now; now++)
		n += *now == link;
	return n;
}

static void set_kin(struct rig *r, const char *prefix, const char *links, uint8_t kin)
{
	struct prefix p = rig_prefix(prefix);
	struct hop hops[8];
	size_t n = 0;

	for (; links[n]; n++)
		hops[n] = rig_hop((uint32_t)(links[n] - '0'));
	cr_assert_eq(fib_set_kin(r->fib, &p, hops, n, kin), 0);
}

Test(fib_resilient, every_group_is_of_that_kind_also_with_one_hop)
{
	struct rig *r = resilient_new();
	const struct fake_group *g;

	rig_set(r, "10.0.0.1/32", "1");
	rig_set(r, "10.0.0.2/32", "1 2*3");
	rig_set(r, "10.0.0.3/32", "0");
	rig_run(r);
	cr_assert_eq(r->kernel.n_groups, 3u);
	for (size_t i = 0; i < r->kernel.n_groups; i++) {
		g = &r->kernel.groups[i];
		cr_expect(g->resilient.buckets == BUCKETS && g->resilient.idle_s == 120 && g->resilient.unbalanced_s == 7);
	}
	rig_free(r);
}

Test(fib_resilient, a_link_that_fails_moves_its_own_flows_and_no_others)
{
	static const char *const ways[] = { "the kernel takes it out", "weft does" };
	char before[FAKE_BUCKETS + 1], now[FAKE_BUCKETS + 1];

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct rig *r = resilient_new();
		uint32_t id;

		rig_set_range(r, 0, 40, "1 2 3 4");
		rig_run(r);
		table(r, "10.1.0.7/32", before);
		cr_assert_eq(on_link(before, '2'), (size_t)BUCKETS / 4);
		id = group_of(r, "10.1.0.7/32")->id;
		if (i)
			fib_link_out(r->fib, 2);
		else
			rig_link_lost(r, 2, false);
		rig_set_range(r, 0, 40, "1 3 4");
		cr_expect_eq(rig_count(rig_run(r), "route"), 0u, "%s: %s", ways[i], r->text);
		table(r, "10.1.0.7/32", now);
		cr_expect_eq(moved(before, now, '2'), 0u, "%s: %s, then %s", ways[i], before, now);
		cr_expect_eq(on_link(now, '2'), 0u);
		cr_expect_eq(group_of(r, "10.1.0.7/32")->id, id);
		rig_free(r);
	}
}

Test(fib_resilient, a_link_that_returns_is_given_what_is_idle)
{
	char away[FAKE_BUCKETS + 1], now[FAKE_BUCKETS + 1];
	struct rig *r = resilient_new();

	rig_set_range(r, 0, 40, "1 2 3 4");
	rig_run(r);
	rig_link_lost(r, 2, false);
	rig_set_range(r, 0, 40, "1 3 4");
	rig_run(r);
	table(r, "10.1.0.7/32", away);
	fake_link_back(&r->kernel, 2);
	rig_set_range(r, 0, 40, "1 2 3 4");
	cr_expect_str_eq(rig_run(r), "hop+2 group+{1,2,3,4}=a", "%s", r->text);
	cr_expect_str_eq(table(r, "10.1.0.7/32", now), away, "in use, all of them");
	r->kernel.idle = true;
	fib_unsure(r->fib);
	rig_run(r);
	cr_expect_eq(on_link(table(r, "10.1.0.7/32", now), '2'), (size_t)BUCKETS / 4);
	rig_free(r);
}

/* The last way but one: a group of one hop is of the kind too, or this would be a change of kind. */
Test(fib_resilient, flows_of_the_last_link_stay_when_others_come)
{
	char now[FAKE_BUCKETS + 1];
	struct rig *r = resilient_new();

	rig_set_range(r, 0, 40, "1 2");
	rig_run(r);
	rig_link_lost(r, 2, false);
	rig_set_range(r, 0, 40, "1");
	rig_run(r);
	fake_link_back(&r->kernel, 2);
	rig_set_range(r, 0, 40, "1 2");
	rig_run(r);
	cr_expect_eq(on_link(table(r, "10.1.0.7/32", now), '1'), (size_t)BUCKETS);
	cr_expect_eq(r->refused, 0u);
	rig_free(r);
}

/* A link between a spine and another leaf: routes to that leaf lose a hop, others keep it. */
static size_t moved_by_far_link(uint8_t one, uint8_t other)
{
	char before[FAKE_BUCKETS + 1], others[FAKE_BUCKETS + 1], now[FAKE_BUCKETS + 1];
	struct rig *r = resilient_new();
	size_t n;

	for (const char *links = "1234", *s = links + 4; s-- > links;) {         /* as when a fabric starts: one after the other */
		set_kin(r, "10.2.0.0/24", s, one);
		set_kin(r, "10.0.0.2/32", s, one);
		set_kin(r, "10.3.0.0/24", s, other);
		rig_run(r);
		r->kernel.idle = s > links + 1;
	}
	table(r, "10.2.0.0/24", before);
	table(r, "10.3.0.0/24", others);
	set_kin(r, "10.2.0.0/24", "134", 77);                                    /* with its first kin it stays */
	set_kin(r, "10.0.0.2/32", "134", 77);
	rig_run(r);
	n = moved(before, table(r, "10.2.0.0/24", now), '2');
	cr_expect_eq(on_link(now, '2'), 0u);
	cr_expect_str_eq(table(r, "10.3.0.0/24", now), others, "flows to another leaf");
	rig_free(r);
	return n;
}

Test(fib_resilient, a_far_link_that_fails_moves_no_others_of_the_kin)
{
	cr_expect_eq(moved_by_far_link(1, 2), 0u);
	cr_expect_gt(moved_by_far_link(1, 1), 0u, "in one group with others they would have to go to another one");
}

Test(fib_resilient, routes_of_a_kin_share_their_groups)
{
	struct rig *r = resilient_new();

	set_kin(r, "10.2.0.0/24", "12", 1);
	set_kin(r, "10.2.1.0/24", "12", 1);
	set_kin(r, "10.3.0.0/24", "12", 2);
	rig_run(r);
	cr_expect_eq(r->kernel.n_groups, 2u);
	cr_expect_eq(group_of(r, "10.2.0.0/24"), group_of(r, "10.2.1.0/24"));
	rig_free(r);
}

/* Neither kind nor number can be changed under an id: a process that is configured otherwise makes groups of its own, and then deletes those. */
Test(fib_resilient, what_an_earlier_process_left_is_replaced_by_groups_of_the_kind_that_is_configured)
{
	static const uint16_t others[] = { 0, 16, BUCKETS };

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		struct rig *r = resilient_new();

		rig_set(r, "10.1.0.7/32", "1 2");
		rig_run(r);
		set_up(r, others[i]);
		fake_tell(&r->kernel, r->fib);
		cr_expect_eq(fib_adopted(r->fib, AF_INET), others[i] == BUCKETS, "the same kind is adopted");
		rig_neigh(r, 1);
		rig_neigh(r, 2);
		rig_set(r, "10.1.0.7/32", "1 2");
		fib_sweep(r->fib);
		rig_run(r);
		cr_expect_eq(r->refused, 0u, "%s", r->text);
		cr_expect_eq(r->kernel.n_groups, 1u);
		cr_expect_eq(group_of(r, "10.1.0.7/32")->resilient.buckets, others[i]);
		rig_free(r);
	}
}
