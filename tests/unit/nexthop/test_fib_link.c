/* Links that die: taken out by us, or by the kernel without a word. And kernels without next-hop objects. */
#include "nexthop/fib.h"

#include <string.h>

#include <criterion/criterion.h>

#include "tests/unit/nexthop/fib_rig.h"

static struct rig *with_routes(bool objects, const char *hops)
{
	struct rig *r = rig_new(objects, false);

	for (uint32_t i = 1; i <= 3; i++)
		rig_neigh(r, i);
	rig_set_range(r, 0, 100, hops);
	rig_run(r);
	cr_assert_eq(r->kernel.n_routes, 100);
	return r;
}

static void del_range(struct rig *r, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		fib_del(r->fib, &(struct prefix){ AF_INET, 32, { 10, 1, 0, (uint8_t)i } });
}

Test(fib_link, a_link_that_all_routes_of_a_group_hang_on_is_known)
{
	struct rig *r = with_routes(true, "2");
	uint32_t ifindex[4];

	rig_set_range(r, 0, 40, "1 2");
	rig_set_range(r, 40, 50, "3");
	rig_run(r);
	cr_expect_eq(fib_alone(r->fib, 51, ifindex, 4), 0u);
	cr_expect_eq(fib_alone(r->fib, 50, ifindex, 4), 1u);
	cr_expect_eq(ifindex[0], 2u);
	cr_expect_eq(fib_alone(r->fib, 1, ifindex, 4), 2u);
	cr_expect_eq(fib_alone(r->fib, 1, ifindex, 1), 1u, "as many as there is room for");
	rig_free(r);
}

/* --- fib_link_out --------------------------------------------------------------------------------------------------------------- */
Test(fib_link, out_is_one_op_at_once_and_none_for_the_routes_that_follow)
{
	struct rig *r = with_routes(true, "1 2");

	fib_link_out(r->fib, 2);
	cr_assert_str_eq(rig_drain(r), "hop-2");
	rig_set_range(r, 0, 100, "1");
	cr_assert_str_eq(rig_run(r), "");
	cr_assert(rig_installed(r, "10.1.0.0/32"));
	cr_assert_eq(r->refused, 0);
	rig_free(r);
}

Test(fib_link, out_is_one_op_per_family)
{
	struct rig *r = with_routes(true, "1 2");

	rig_set(r, "2001:db8::/64", "1 2");
	rig_run(r);
	fib_link_out(r->fib, 2);
	cr_assert_str_eq(rig_drain(r), "hop-2 hop-2/6");
	rig_free(r);
}

Test(fib_link, out_comes_before_all_that_waits)
{
	struct rig *r = with_routes(true, "1 2");
	const char *ops;

	rig_set(r, "10.2.0.0/24", "3");
	rig_set(r, "10.2.1.0/24", "1 3");
	fib_commit(r->fib, r->now);
	fib_link_out(r->fib, 2);
	/* What waits was planned with the link: it goes on with the next commit, not before. */
	cr_assert_str_eq(rig_take(r), "hop-2");
	ops = rig_run(r);
	cr_assert_eq(rig_count(ops, "route+10.2.0.0/24"), 1, "%s", ops);
	cr_assert_eq(rig_count(ops, "route+10.2.1.0/24"), 1, "%s", ops);
	cr_assert_eq(r->refused, 0);
	rig_free(r);
}

Test(fib_link, out_of_an_unknown_link_is_nothing)
{
	struct rig *r = with_routes(true, "1 2");

	fib_link_out(r->fib, 9);
	cr_assert_str_eq(rig_drain(r), "");
	fib_link_lost(r->fib, 9, true);
	cr_assert_str_eq(rig_run(r), "");
	rig_free(r);
}

Test(fib_link, out_of_the_last_member_took_the_routes_along)
{
	struct rig *r = with_routes(true, "2");

	fib_link_out(r->fib, 2);
	cr_assert_str_eq(rig_drain(r), "hop-2");
	cr_assert_eq(r->kernel.n_routes, 0);
	cr_assert_not(rig_installed(r, "10.1.0.0/32"));
	del_range(r, 0, 100);
	cr_assert_str_eq(rig_run(r), "");
	cr_assert_eq(r->refused, 0);
	rig_free(r);
}

Test(fib_link, out_of_the_last_member_and_another_way_left_writes_the_routes_again)
{
	struct rig *r = with_routes(true, "2");
	const char *ops;

	fib_link_out(r->fib, 2);
	rig_drain(r);
	rig_set_range(r, 0, 100, "3");
	ops = rig_run(r);
	cr_assert_eq(rig_count(ops, "route+"), 100, "%s", ops);
	cr_assert_eq(rig_count(ops, "group+{3}"), 1, "%s", ops);
	cr_assert_eq(r->kernel.n_routes, 100);
	cr_assert_eq(r->refused, 0);
	rig_free(r);
}

Test(fib_link, a_link_that_was_out_and_is_wanted_again_comes_back_into_its_groups)
{
	struct rig *r = with_routes(true, "1 2");

	fib_link_out(r->fib, 2);
	rig_drain(r);
	rig_set_range(r, 0, 100, "1");
	rig_run(r);
	rig_set_range(r, 0, 100, "1 2");
	cr_assert_str_eq(rig_run(r), "hop+2 group+{1,2}=a");
	fib_link_out(r->fib, 2);
	rig_drain(r);
	cr_assert_str_eq(rig_run(r), "hop+2 group+{1,2}=a", "out, while nobody took the wishes back");
	rig_free(r);
}

Test(fib_link, routes_that_want_nothing_any_more_are_deleted_after_out)
{
	struct rig *r = with_routes(true, "1 2");
	const char *ops;

	fib_link_out(r->fib, 2);
	rig_drain(r);
	rig_set_range(r, 0, 60, "1");
	del_range(r, 60, 100);
	ops = rig_run(r);
	cr_assert_eq(rig_count(ops, "route-"), 40, "%s", ops);
	cr_assert_eq(rig_count(ops, "route+"), 0, "%s", ops);
	cr_assert_eq(rig_count(ops, "group+"), 0, "%s", ops);
	rig_free(r);
}

/* --- fib_link_lost -------------------------------------------------------------------------------------------------------------- */
Test(fib_link, lost_sends_nothing)
{
	struct rig *r = with_routes(true, "1 2");

	rig_link_lost(r, 2, false);
	cr_assert_str_eq(rig_drain(r), "");
	rig_set_range(r, 0, 100, "1");
	cr_assert_str_eq(rig_run(r), "", "the groups have shrunk by themselves");
	fib_neigh_del(r->fib, 2);
	cr_assert_str_eq(rig_run(r), "neigh-2", "a lost carrier leaves the neighbour");
	cr_assert_eq(r->refused, 0);
	rig_free(r);
}

Test(fib_link, lost_and_back_makes_hop_and_groups_again)
{
	struct rig *r = with_routes(true, "1 2");

	rig_set(r, "10.2.0.0/24", "2 3");
	rig_run(r);
	rig_link_lost(r, 2, false);
	fake_link_back(&r->kernel, 2);
	cr_assert_str_eq(rig_run(r), "hop+2 group+{1,2}=a group+{2,3}=b");
	cr_assert_eq(r->refused, 0);
	rig_free(r);
}

Test(fib_link, lost_with_neighbours_makes_those_again_too)
{
	struct rig *r = with_routes(true, "1 2");

	rig_link_lost(r, 2, true);
	fake_link_back(&r->kernel, 2);
	cr_assert_str_eq(rig_run(r), "neigh+2 hop+2 group+{1,2}=a");
	rig_free(r);
}

Test(fib_link, lost_single_member_groups_and_their_routes_are_made_again)
{
	struct rig *r = with_routes(true, "2");
	const char *ops;

	rig_link_lost(r, 2, false);
	cr_assert_not(rig_installed(r, "10.1.0.5/32"));
	fake_link_back(&r->kernel, 2);
	ops = rig_run(r);
	cr_assert_eq(rig_count(ops, "hop+2"), 1, "%s", ops);
	cr_assert_eq(rig_count(ops, "group+{2}"), 1, "%s", ops);
	cr_assert_eq(rig_count(ops, "route+"), 100, "%s", ops);
	cr_assert(rig_installed(r, "10.1.0.5/32"));
	rig_free(r);
}

Test(fib_link, what_went_with_the_link_is_never_deleted)
{
	struct rig *r = with_routes(true, "2");

	rig_link_lost(r, 2, true);
	del_range(r, 0, 100);
	fib_neigh_del(r->fib, 2);
	cr_assert_str_eq(rig_run(r), "");
	rig_free(r);
}

Test(fib_link, lost_while_ops_wait_to_be_taken)
{
	struct rig *r = with_routes(true, "2");

	/* Planned as another set for the same group; but the group is gone by then, and its routes with it. */
	rig_set_range(r, 0, 100, "3");
	fib_commit(r->fib, r->now);
	rig_link_lost(r, 2, false);
	rig_run(r);
	cr_assert_eq(r->kernel.n_routes, 100);
	cr_assert_eq(r->kernel.n_hops, 1);
	cr_assert_eq(r->kernel.n_groups, 1);
	rig_free(r);
}

Test(fib_link, a_group_changed_between_the_loss_and_the_word_of_it_gets_its_routes_again)
{
	struct rig *r = with_routes(true, "2");

	/* The kernel has dropped group and routes: the group cannot be replaced, is made, and the routes are written again. */
	fake_link_lost(&r->kernel, 2, false);
	rig_set_range(r, 0, 100, "3");
	rig_run(r);
	cr_assert_eq(r->kernel.n_routes, 100);
	fib_link_lost(r->fib, 2, false);
	cr_assert_str_eq(rig_run(r), "");
	rig_free(r);
}

Test(fib_link, link_that_dies_just_after_its_group_was_changed_costs_no_route)
{
	struct rig *r = with_routes(true, "1");

	rig_set_range(r, 0, 100, "1 2");
	rig_run(r);
	rig_link_lost(r, 2, false);
	rig_set_range(r, 0, 100, "1");
	cr_assert_str_eq(rig_run(r), "");
	rig_free(r);
}

Test(fib_link, lost_twice_is_lost_once)
{
	struct rig *r = with_routes(true, "1 2");

	rig_link_lost(r, 2, false);
	rig_link_lost(r, 2, true);
	fake_link_back(&r->kernel, 2);
	cr_assert_str_eq(rig_run(r), "neigh+2 hop+2 group+{1,2}=a");
	rig_free(r);
}

Test(fib_link, lost_after_out)
{
	struct rig *r = with_routes(true, "1 2");

	fib_link_out(r->fib, 2);
	rig_drain(r);
	rig_link_lost(r, 2, true);
	rig_set_range(r, 0, 100, "1");
	fib_neigh_del(r->fib, 2);
	cr_assert_str_eq(rig_run(r), "");
	rig_free(r);
}

Test(fib_link, a_wish_over_a_link_that_is_still_down_is_retried_until_it_is_back)
{
	struct rig *r = with_routes(true, "1 2");

	rig_link_lost(r, 2, true);
	rig_run(r);
	cr_assert_gt(r->refused, 0);
	cr_assert_not(mono_is_never(fib_next(r->fib)));
	cr_assert_eq(r->kernel.n_routes, 100, "over link 1");
	fake_link_back(&r->kernel, 2);
	rig_in(r, 60000);
	rig_in(r, 60000);
	cr_assert_eq(r->kernel.groups[0].n, 2);
	cr_assert_eq(r->kernel.n_neighs, 3);
	cr_assert(mono_is_never(fib_next(r->fib)));
	rig_free(r);
}

/* --- classic -------------------------------------------------------------------------------------------------------------------- */
Test(fib_classic, routes_carry_their_hops_and_there_are_no_objects)
{
	struct rig *r = rig_new(false, false);

	rig_neigh(r, 1);
	rig_neigh(r, 2);
	rig_set(r, "10.0.0.0/24", "1 2*3");
	rig_set(r, "2001:db8::/64", "1");
	cr_assert_str_eq(rig_run(r), "neigh+1 neigh+2 route+10.0.0.0/24={1,2*3} route+2001:db8::/64={1/6}");
	rig_set(r, "10.0.0.0/24", "1");
	cr_assert_str_eq(rig_run(r), "route+10.0.0.0/24={1}");
	rig_del(r, "10.0.0.0/24");
	cr_assert_str_eq(rig_run(r), "route-10.0.0.0/24");
	cr_assert_eq(r->refused, 0);
	rig_free(r);
}

Test(fib_classic, a_changed_set_rewrites_its_routes)
{
	struct rig *r = with_routes(false, "1 2");

	fib_neigh_del(r->fib, 2);
	cr_assert_eq(rig_count(rig_run(r), "route+"), 100);
	for (size_t i = 0; i < r->kernel.n_routes; i++)
		cr_assert_eq(r->kernel.routes[i].n, 1);
	rig_set_range(r, 0, 100, "3");
	cr_assert_eq(rig_count(rig_run(r), "route+"), 100);
	rig_free(r);
}

Test(fib_classic, a_lost_carrier_leaves_routes_and_a_link_set_down_flushes_them)
{
	struct rig *r = with_routes(false, "1 2");
	const char *ops;

	rig_link_lost(r, 2, false);
	fake_link_back(&r->kernel, 2);
	rig_run(r);
	cr_assert_eq(r->kernel.n_routes, 100);
	rig_link_lost(r, 2, true);
	fake_link_back(&r->kernel, 2);
	ops = rig_run(r);
	cr_assert_eq(rig_count(ops, "route+"), 100, "%s", ops);
	cr_assert_eq(rig_count(ops, "neigh+2"), 1, "%s", ops);
	for (size_t i = 0; i < r->kernel.n_routes; i++)
		cr_assert_eq(r->kernel.routes[i].n, 2);
	rig_free(r);
}

Test(fib_classic, via_inet6_is_said_with_the_route)
{
	struct rig *r = rig_new(false, true);

	rig_set(r, "10.0.0.0/24", "1 2");
	cr_assert_str_eq(rig_run(r), "route+10.0.0.0/24={1/via6,2/via6}");
	rig_free(r);
}
