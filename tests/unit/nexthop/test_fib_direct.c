/* Several neighbours on one link: the on-link address stands for one of them, the others are hops by their own addresses. */
#include "nexthop/fib.h"

#include <criterion/criterion.h>

#include "tests/unit/nexthop/fib_rig.h"

static const struct hop first = { .ifindex = 1, .via = { { { 0xfe, 0x80, [15] = 1 } } }, .weight = 1 };
static const struct hop second = { .ifindex = 1, .via = { { { 0xfe, 0x80, [15] = 2 } } }, .weight = 1, .direct = true };
static const struct hop third = { .ifindex = 1, .via = { { { 0xfe, 0x80, [15] = 3 } } }, .weight = 1, .direct = true };

static void set(struct rig *r, const char *prefix, const struct hop *hops, size_t n)
{
	struct prefix p = rig_prefix(prefix);

	cr_assert_eq(fib_set(r->fib, &p, hops, n), 0);
}

static struct rig *with_three(bool objects)
{
	struct rig *r = rig_new(objects, false);

	rig_neigh(r, 1);
	set(r, "10.1.0.0/24", (struct hop[]){ first, second, third }, 3);
	set(r, "10.2.0.0/24", &second, 1);
	return r;
}

Test(fib_direct, each_is_a_hop_of_its_own_and_one_neighbour_entry_is_enough)
{
	struct rig *r = with_three(true);

	cr_assert_str_eq(rig_run(r), "neigh+1 hop+1 hop+1/via6 hop+1/via6 group+{1,1/via6,1/via6}=a group+{1/via6}=b route+10.1.0.0/24=a route+10.2.0.0/24=b");
	rig_free(r);
}

Test(fib_direct, without_objects_the_routes_say_so)
{
	struct rig *r = with_three(false);

	cr_assert_str_eq(rig_run(r), "neigh+1 route+10.1.0.0/24={1,1/via6,1/via6} route+10.2.0.0/24={1/via6}");
	rig_free(r);
}

Test(fib_direct, it_waits_for_no_neighbour_entry)
{
	struct rig *r = rig_new(true, false);

	set(r, "10.1.0.0/24", (struct hop[]){ first, second }, 2);
	cr_assert_str_eq(rig_run(r), "hop+1/via6 group+{1/via6}=a route+10.1.0.0/24=a");
	rig_neigh(r, 1);
	cr_assert_str_eq(rig_run(r), "neigh+1 hop+1 group+{1,1/via6}=a");
	rig_free(r);
}

Test(fib_direct, one_that_is_taken_out_leaves_the_others)
{
	struct rig *r = with_three(true);

	set(r, "2001:db8::/64", (struct hop[]){ first, second, third }, 3);
	rig_run(r);
	fib_hop_out(r->fib, &second);
	cr_assert_str_eq(rig_drain(r), "hop-1 hop-1/6");
	set(r, "10.1.0.0/24", (struct hop[]){ first, third }, 2);
	set(r, "2001:db8::/64", (struct hop[]){ first, third }, 2);
	fib_del(r->fib, &(struct prefix){ AF_INET, 24, { 10, 2 } });
	cr_assert_str_eq(rig_run(r), "", "its own route went with it, the groups are right already");
	cr_assert(rig_installed(r, "10.1.0.0/24"));
	cr_assert_eq(r->refused, 0);
	rig_free(r);
}

Test(fib_direct, a_lost_link_takes_all)
{
	struct rig *r = with_three(true);

	rig_run(r);
	rig_link_lost(r, 1, false);
	cr_assert_eq(r->kernel.n_routes, 0);
	fake_link_back(&r->kernel, 1);
	rig_run(r);
	cr_assert(rig_installed(r, "10.1.0.0/24"), "and all are made again");
	cr_assert_eq(r->kernel.n_routes, 2);
	rig_free(r);
}

Test(fib_direct, the_same_address_direct_or_not_is_two_hops)
{
	struct rig *r = rig_new(true, false);
	struct hop hop = second;

	rig_neigh(r, 1);
	set(r, "10.1.0.0/24", &hop, 1);
	rig_run(r);
	hop.direct = false;
	set(r, "10.1.0.0/24", &hop, 1);
	cr_assert_str_eq(rig_run(r), "hop+1 group+{1}=a hop-1");
	rig_free(r);
}
