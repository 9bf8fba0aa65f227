#include "nexthop/fib.h"

#include <errno.h>
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "tests/unit/nexthop/fib_rig.h"

static struct rig *with_neighs(uint32_t n)
{
	struct rig *r = rig_new(true, false);

	for (uint32_t i = 1; i <= n; i++)
		rig_neigh(r, i);
	rig_run(r);
	return r;
}

static struct fib_stats stats(const struct rig *r)
{
	struct fib_stats s;

	fib_stats(r->fib, &s);
	return s;
}

/* --- order ---------------------------------------------------------------------------------------------------------------------- */
Test(fib, what_is_used_is_made_before_what_uses_it)
{
	struct rig *r = rig_new(true, false);

	rig_set(r, "10.0.0.0/24", "1 2");
	rig_neigh(r, 1);
	rig_neigh(r, 2);
	cr_assert_str_eq(rig_run(r), "neigh+1 neigh+2 hop+1 hop+2 group+{1,2}=a route+10.0.0.0/24=a");
	cr_assert_eq(r->refused, 0);
	cr_assert(rig_installed(r, "10.0.0.0/24"));
	rig_free(r);
}

Test(fib, nothing_happens_before_the_commit)
{
	struct rig *r = rig_new(true, false);

	rig_neigh(r, 1);
	rig_set(r, "10.0.0.0/24", "1");
	cr_assert_str_eq(rig_take(r), "");
	rig_free(r);
}

Test(fib, ops_carry_all_that_the_kernel_needs)
{
	struct rig *r = rig_new(true, false);
	struct fib_op ops[8];
	size_t n;

	rig_neigh(r, 7);
	rig_set(r, "10.0.0.0/24", "7*9");
	fib_commit(r->fib, r->now);
	n = fib_take(r->fib, ops, ARRAY_LEN(ops));
	cr_assert_eq(n, 4);
	cr_assert_eq(ops[0].kind, FIB_NEIGH_SET);
	cr_assert_arr_eq(ops[0].mac, ((uint8_t[]){ 2, 0, 0, 0, 0, 7 }), 6);
	cr_assert_eq(ops[0].on_link.s_addr, r->cfg.on_link.s_addr);
	cr_assert_eq(ops[0].hops[0].ifindex, 7);
	cr_assert_eq(ops[1].kind, FIB_HOP_SET);
	cr_assert_eq(ops[1].on_link.s_addr, r->cfg.on_link.s_addr);
	cr_assert_eq(ops[1].family, AF_INET);
	cr_assert(ops[1].id >= FIB_ID_FIRST && ops[1].id <= FIB_ID_LAST);
	cr_assert_eq(ops[2].kind, FIB_GROUP_SET);
	cr_assert_eq(ops[2].members[0], ops[1].id);
	cr_assert_eq(ops[2].hops[0].weight, 9);
	cr_assert(ops[2].id >= FIB_ID_FIRST && ops[2].id <= FIB_ID_LAST && ops[2].id != ops[1].id);
	cr_assert_eq(ops[3].kind, FIB_ROUTE_SET);
	cr_assert_eq(ops[3].id, ops[2].id);
	cr_assert_eq(ops[3].src.s_addr, r->cfg.src.s_addr);
	for (size_t i = 0; i < n; i++)
		cr_assert_eq(ops[i].seq, i + 1);
	rig_free(r);
}

Test(fib, take_gives_at_most_what_is_asked_for_and_keeps_the_order)
{
	struct rig *r = rig_new(true, false);
	static const enum fib_op_kind order[] = { FIB_NEIGH_SET, FIB_HOP_SET, FIB_GROUP_SET, FIB_ROUTE_SET };
	struct fib_op op;

	rig_neigh(r, 1);
	rig_set(r, "10.0.0.0/24", "1");
	fib_commit(r->fib, r->now);
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		cr_assert(fib_has_ops(r->fib));
		cr_assert_eq(fib_take(r->fib, &op, 1), 1);
		cr_assert_eq(op.kind, order[i]);
	}
	cr_assert_not(fib_has_ops(r->fib));
	rig_free(r);
}

/* --- wishes --------------------------------------------------------------------------------------------------------------------- */
Test(fib, the_same_wish_again_is_no_change)
{
	struct rig *r = with_neighs(2);

	rig_set(r, "10.0.0.0/24", "1 2");
	rig_run(r);
	rig_set(r, "10.0.0.0/24", "1 2");
	cr_assert_str_eq(rig_run(r), "");
	rig_set(r, "10.0.0.0/24", "2 1");
	cr_assert_str_eq(rig_run(r), "", "the set counts, not the order");
	rig_free(r);
}

Test(fib, a_wish_that_is_taken_back_before_the_commit_is_no_change)
{
	struct rig *r = with_neighs(1);

	rig_set(r, "10.0.0.0/24", "1");
	rig_del(r, "10.0.0.0/24");
	cr_assert_str_eq(rig_run(r), "");
	cr_assert_eq(stats(r).routes, 0);
	rig_del(r, "10.0.0.0/24");
	cr_assert_str_eq(rig_run(r), "", "deleting what is not there is fine");
	rig_free(r);
}

Test(fib, next_hop_change_replaces_and_never_deletes_first)
{
	struct rig *r = with_neighs(3);

	rig_set(r, "10.0.0.0/24", "1");
	rig_set(r, "10.0.1.0/24", "1");
	rig_set(r, "10.0.2.0/24", "2");
	rig_run(r);
	rig_del(r, "10.0.0.0/24");
	rig_set(r, "10.0.0.0/24", "2");
	cr_assert_str_eq(rig_run(r), "route+10.0.0.0/24=b");
	rig_del(r, "10.0.0.0/24");
	rig_set(r, "10.0.0.0/24", "2");
	cr_assert_str_eq(rig_run(r), "");
	rig_free(r);
}

Test(fib, a_wish_before_the_commit_replaces_the_one_before_it)
{
	struct rig *r = with_neighs(3);

	rig_set(r, "10.0.0.0/24", "1");
	rig_set(r, "10.0.0.0/24", "2 3");
	cr_assert_str_eq(rig_run(r), "hop+2 hop+3 group+{2,3}=a route+10.0.0.0/24=a");
	rig_free(r);
}

Test(fib, deletion_takes_the_route_then_its_group_then_its_hops)
{
	struct rig *r = with_neighs(2);

	rig_set(r, "10.0.0.0/24", "1 2");
	rig_run(r);
	rig_del(r, "10.0.0.0/24");
	cr_assert_str_eq(rig_run(r), "route-10.0.0.0/24 group-a hop-1 hop-2");
	fib_neigh_del(r->fib, 1);
	cr_assert_str_eq(rig_run(r), "neigh-1");
	cr_assert_eq(r->refused, 0);
	rig_free(r);
}

/* --- groups --------------------------------------------------------------------------------------------------------------------- */
Test(fib, routes_with_the_same_hops_share_a_group)
{
	struct rig *r = with_neighs(2);

	rig_set(r, "10.0.0.0/24", "1 2");
	rig_set(r, "10.0.1.0/24", "2 1");
	cr_assert_str_eq(rig_run(r), "hop+1 hop+2 group+{1,2}=a route+10.0.0.0/24=a route+10.0.1.0/24=a");
	rig_set(r, "10.0.2.0/24", "1 2");
	cr_assert_str_eq(rig_run(r), "route+10.0.2.0/24=a");
	rig_free(r);
}

Test(fib, other_weights_are_another_set)
{
	struct rig *r = with_neighs(2);

	rig_set(r, "10.0.0.0/24", "1 2");
	rig_set(r, "10.0.1.0/24", "1 2*3");
	cr_assert_str_eq(rig_run(r), "hop+1 hop+2 group+{1,2*3}=a group+{1,2}=b route+10.0.0.0/24=b route+10.0.1.0/24=a");
	rig_set(r, "10.0.1.0/24", "1 2*4");
	cr_assert_str_eq(rig_run(r), "group+{1,2*4}=a");
	rig_free(r);
}

Test(fib, families_have_hops_and_groups_of_their_own)
{
	struct rig *r = with_neighs(1);

	rig_set(r, "10.0.0.0/24", "1");
	rig_run(r);
	rig_set(r, "2001:db8::/64", "1");
	cr_assert_str_eq(rig_run(r), "hop+1/6 group+{1/6}=b route+2001:db8::/64=b");
	rig_free(r);
}

Test(fib, all_routes_of_a_group_want_another_set_one_message_and_no_route)
{
	struct rig *r = with_neighs(2);

	rig_set_range(r, 0, 100, "1 2");
	rig_run(r);
	rig_set_range(r, 0, 100, "1");
	cr_assert_str_eq(rig_run(r), "group+{1}=a hop-2");
	rig_set_range(r, 0, 100, "1 2");
	cr_assert_str_eq(rig_run(r), "hop+2 group+{1,2}=a");
	cr_assert_eq(r->refused, 0);
	rig_free(r);
}

Test(fib, half_of_the_routes_move_each_by_itself)
{
	struct rig *r = with_neighs(2);
	const char *ops;

	rig_set_range(r, 0, 100, "1 2");
	rig_run(r);
	rig_set_range(r, 0, 50, "1");
	ops = rig_run(r);
	cr_assert_eq(rig_count(ops, "group+"), 1, "%s", ops);
	cr_assert_eq(rig_count(ops, "group+{1}=b"), 1, "%s", ops);
	cr_assert_eq(rig_count(ops, "route+"), 50);
	cr_assert_eq(rig_count(ops, "route-"), 0);
	cr_assert_eq(rig_count(ops, "group-"), 0);
	rig_set_range(r, 50, 100, "1");
	ops = rig_run(r);
	cr_assert_eq(rig_count(ops, "route-"), 0);
	cr_assert_eq(r->refused, 0);
	rig_free(r);
}

Test(fib, routes_that_are_deleted_do_not_keep_the_others_from_moving_together)
{
	struct rig *r = with_neighs(2);
	const char *ops;

	rig_set_range(r, 0, 100, "1 2");
	rig_run(r);
	rig_set_range(r, 0, 90, "1");
	for (unsigned i = 90; i < 100; i++)
		fib_del(r->fib, &(struct prefix){ AF_INET, 32, { 10, 1, 0, (uint8_t)i } });
	ops = rig_run(r);
	cr_assert_eq(rig_count(ops, "group+"), 1, "%s", ops);
	cr_assert_eq(rig_count(ops, "route+"), 0, "%s", ops);
	cr_assert_eq(rig_count(ops, "route-"), 10, "%s", ops);
	rig_free(r);
}

Test(fib, unused_groups_and_hops_go_after_the_routes_have_moved)
{
	struct rig *r = with_neighs(4);
	const char *ops;

	rig_set_range(r, 0, 2, "1 2");
	rig_set_range(r, 2, 4, "3 4");
	rig_run(r);
	rig_set(r, "10.1.0.0/32", "3");
	rig_set(r, "10.1.0.1/32", "4");
	ops = rig_run(r);
	cr_assert(strstr(ops, "hop-1 hop-2"), "%s", ops);
	cr_assert_eq(rig_count(ops, "route-"), 0, "%s", ops);
	cr_assert_eq(r->refused, 0);
	cr_assert_eq(r->kernel.n_hops, 2);
	cr_assert_eq(r->kernel.n_groups, 3);
	rig_free(r);
}

/* --- neighbours ----------------------------------------------------------------------------------------------------------------- */
Test(fib, an_ipv4_route_waits_for_the_mac)
{
	struct rig *r = rig_new(true, false);

	rig_set(r, "10.0.0.0/24", "1");
	cr_assert_str_eq(rig_run(r), "");
	cr_assert_not(rig_installed(r, "10.0.0.0/24"));
	rig_neigh(r, 1);
	cr_assert_str_eq(rig_run(r), "neigh+1 hop+1 group+{1}=a route+10.0.0.0/24=a");
	rig_free(r);
}

Test(fib, only_the_hops_with_a_known_mac_are_used)
{
	struct rig *r = with_neighs(1);

	rig_set(r, "10.0.0.0/24", "1 2");
	cr_assert_str_eq(rig_run(r), "hop+1 group+{1}=a route+10.0.0.0/24=a");
	rig_neigh(r, 2);
	cr_assert_str_eq(rig_run(r), "neigh+2 hop+2 group+{1,2}=a");
	fib_neigh_del(r->fib, 1);
	cr_assert_str_eq(rig_run(r), "group+{2}=a hop-1 neigh-1");
	rig_free(r);
}

Test(fib, a_route_without_any_known_mac_left_is_taken_out)
{
	struct rig *r = with_neighs(1);

	rig_set(r, "10.0.0.0/24", "1");
	rig_run(r);
	fib_neigh_del(r->fib, 1);
	rig_run(r);
	cr_assert_eq(r->kernel.n_routes + r->kernel.n_groups + r->kernel.n_hops + r->kernel.n_neighs, 0);
	cr_assert_not(rig_installed(r, "10.0.0.0/24"));
	rig_neigh(r, 1);
	rig_run(r);
	cr_assert(rig_installed(r, "10.0.0.0/24"));
	cr_assert_eq(r->kernel.n_routes, 1);
	cr_assert_eq(r->refused, 0);
	rig_free(r);
}

Test(fib, an_ipv6_route_needs_no_mac)
{
	struct rig *r = rig_new(true, false);

	rig_set(r, "2001:db8::/64", "1 2");
	cr_assert_str_eq(rig_run(r), "hop+1/6 hop+2/6 group+{1/6,2/6}=a route+2001:db8::/64=a");
	rig_free(r);
}

Test(fib, a_changed_mac_is_one_replace)
{
	struct rig *r = with_neighs(1);

	rig_set(r, "10.0.0.0/24", "1");
	rig_run(r);
	rig_neigh(r, 1);
	cr_assert_str_eq(rig_run(r), "", "the same MAC");
	cr_assert_eq(fib_neigh(r->fib, 1, (uint8_t[6]){ 2, 9, 9, 9, 9, 9 }), 0);
	cr_assert_str_eq(rig_run(r), "neigh+1");
	cr_assert_eq(r->kernel.neighs[0].mac[5], 9);
	rig_free(r);
}

Test(fib, a_hop_with_an_ipv4_address_of_its_own_waits_for_no_neighbour)
{
	struct rig *r = rig_new(true, false);
	struct hop hop = { .ifindex = 1, .via = { { { [10] = 0xff, 0xff, 203, 0, 113, 2 } } }, .weight = 1 };
	struct prefix p = rig_prefix("10.0.0.0/24");

	cr_assert_eq(fib_set(r->fib, &p, &hop, 1), 0);
	cr_assert_str_eq(rig_run(r), "hop+1 group+{1}=a route+10.0.0.0/24=a");
	rig_free(r);
}

Test(fib, via_inet6_has_no_neighbours_and_waits_for_none)
{
	struct rig *r = rig_new(true, true);

	rig_set(r, "10.0.0.0/24", "1");
	cr_assert_str_eq(rig_run(r), "hop+1/via6 group+{1}=a route+10.0.0.0/24=a");
	rig_neigh(r, 1);
	cr_assert_str_eq(rig_run(r), "");
	fib_neigh_del(r->fib, 1);
	cr_assert_str_eq(rig_run(r), "");
	rig_free(r);
}

/* --- views ---------------------------------------------------------------------------------------------------------------------- */
struct seen_groups { size_t n; uint32_t last_id; size_t hops, routes, installed; };

static void count_group(void *ctx, const struct fib_group_view *view)
{
	struct seen_groups *s = ctx;

	cr_assert_gt(view->id, s->last_id, "ascending");
	s->last_id = view->id;
	s->n++;
	s->hops += view->n;
	s->routes += view->routes;
	s->installed += view->installed;
	cr_assert_eq(view->error, 0);
}

Test(fib, views_show_what_is_there)
{
	struct rig *r = with_neighs(3);
	struct seen_groups s = { 0 };
	struct fib_route_view view;
	struct prefix p = rig_prefix("10.1.0.7/32"), none = rig_prefix("10.9.9.9/32");

	rig_set_range(r, 0, 10, "1 2");
	rig_set_range(r, 10, 15, "3");
	rig_set(r, "10.2.0.0/24", "9");
	cr_assert(fib_route(r->fib, &p, &view));
	cr_assert_not(view.installed);
	rig_run(r);
	fib_groups(r->fib, count_group, &s);
	cr_assert_eq(s.installed, 2);
	cr_assert_eq(s.hops, 3);
	cr_assert_geq(s.routes, 15);
	cr_assert(fib_route(r->fib, &p, &view));
	cr_assert(view.installed && prefix_eq(&view.prefix, &p) && !view.error);
	cr_assert_eq(view.group, r->groups[0]);
	cr_assert_not(fib_route(r->fib, &none, &view));
	cr_assert_eq(stats(r).routes, 16);
	cr_assert_eq(stats(r).installed, 15);
	cr_assert_geq(stats(r).hops, 3);
	cr_assert_eq(stats(r).neighbours, 3);
	cr_assert_eq(stats(r).ops[FIB_ROUTE_SET], 15);
	cr_assert_eq(stats(r).ops[FIB_GROUP_SET], 2);
	cr_assert_eq(stats(r).errors, 0);
	cr_assert_eq(stats(r).queued, 0);
	rig_free(r);
}

Test(fib, a_set_of_256_hops_is_one_group)
{
	struct rig *r = rig_new(true, true);
	struct prefix p = rig_prefix("10.0.0.0/24");
	struct hop hops[HOP_MAX];
	struct fib_op ops[8];
	size_t n, members = 0;

	for (uint32_t i = 0; i < HOP_MAX; i++)
		hops[i] = rig_hop(HOP_MAX - i);
	cr_assert_eq(fib_set(r->fib, &p, hops, HOP_MAX), 0);
	fib_commit(r->fib, r->now);
	while ((n = fib_take(r->fib, ops, ARRAY_LEN(ops))))
		for (size_t i = 0; i < n; i++)
			if (ops[i].kind == FIB_GROUP_SET)
				members += ops[i].n;
	cr_assert_eq(members, HOP_MAX);
	rig_free(r);
}
