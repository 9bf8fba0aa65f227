/* What an earlier run left is this run's own as long as nobody says otherwise. */
#include <criterion/criterion.h>

#include <errno.h>

#include "tests/unit/nexthop/fib_rig.h"

/* A new process over the kernel that the old one left; `foreign`: a route of somebody else is before ours to that prefix. */
static void restart_behind(struct rig *r, const char *foreign)
{
	rig_restart(r);
	if (foreign)
		fib_seen(r->fib, &(struct fib_seen){ .kind = SEEN_FOREIGN_ROUTE, .prefix = rig_prefix(foreign) });
	fake_tell(&r->kernel, r->fib);
}

static void restart(struct rig *r)
{
	restart_behind(r, NULL);
}

/* Two routes of IPv4 over links 1 and 2, one over 1 alone; one of IPv6 over both. */
static struct rig *left(bool objects)
{
	struct rig *r = rig_new(objects, false);

	rig_neigh(r, 1);
	rig_neigh(r, 2);
	rig_set(r, "10.0.0.0/24", "1 2");
	rig_set(r, "10.0.1.0/24", "1 2");
	rig_set(r, "10.0.2.0/24", "1");
	rig_set(r, "2001:db8::/64", "1 2");
	rig_run(r);
	restart(r);
	return r;
}

static void wish_again(struct rig *r)
{
	rig_neigh(r, 1);
	rig_neigh(r, 2);
	rig_set(r, "10.0.0.0/24", "1 2");
	rig_set(r, "10.0.1.0/24", "2 1");
	rig_set(r, "10.0.2.0/24", "1");
	rig_set(r, "2001:db8::/64", "1 2");
}

static bool adopted_on(const struct rig *r, uint32_t ifindex)
{
	struct hop hop;

	for (size_t at = 0; fib_adopted_hop(r->fib, &at, &hop);)
		if (hop.ifindex == ifindex)
			return true;
	return false;
}

static size_t members(struct rig *r, const char *prefix)
{
	struct prefix p = rig_prefix(prefix);
	const struct fake_route *route = fake_route(&r->kernel, &p);
	const struct fake_group *g = route ? fake_group(&r->kernel, route->group) : NULL;

	return g ? g->n : 0;
}

Test(fib_adopt, the_same_wishes_cost_nothing_at_all)
{
	struct rig *r = left(true);

	cr_assert_eq(fib_adopted(r->fib, AF_INET), 3);
	cr_assert_eq(fib_adopted(r->fib, AF_INET6), 1);
	cr_assert(adopted_on(r, 1) && adopted_on(r, 2) && !adopted_on(r, 3));
	cr_assert(rig_installed(r, "10.0.0.0/24"));
	cr_assert_str_eq(rig_run(r), "");
	wish_again(r);
	cr_assert_str_eq(rig_run(r), "");
	cr_assert_eq(fib_adopted(r->fib, AF_INET) + fib_adopted(r->fib, AF_INET6), 0);
	cr_assert(!adopted_on(r, 1));
	fib_sweep(r->fib);
	cr_assert_str_eq(rig_run(r), "");
	cr_assert_str_eq(rig_in(r, 60000), "");
	rig_free(r);
}

Test(fib_adopt, another_wish_is_a_change_like_any)
{
	struct rig *r = left(true);

	wish_again(r);
	rig_set(r, "10.0.2.0/24", "2");
	cr_assert_str_eq(rig_run(r), "group+{2}=a");
	rig_del(r, "10.0.0.0/24");
	cr_assert_str_eq(rig_run(r), "route-10.0.0.0/24");
	rig_free(r);
}

Test(fib_adopt, what_nobody_wishes_for_goes_with_the_sweep)
{
	struct rig *r = left(true);
	const char *ops;

	rig_neigh(r, 1);
	rig_set(r, "10.0.2.0/24", "1");
	cr_assert_str_eq(rig_run(r), "");
	fib_sweep(r->fib);
	ops = rig_run(r);
	cr_assert_eq(rig_count(ops, "route-"), 3, "%s", ops);
	cr_assert_eq(rig_count(ops, "group-"), 2, "%s", ops);
	cr_assert_eq(rig_count(ops, "neigh-2"), 1, "%s", ops);
	cr_assert_eq(rig_count(ops, "hop-"), 3, "%s", ops);
	cr_assert(r->kernel.n_routes == 1 && r->kernel.n_groups == 1 && r->kernel.n_hops == 1 && r->kernel.n_neighs == 1);
	cr_assert_eq(r->refused, 0);
	rig_free(r);
}

Test(fib_adopt, another_machine_on_the_link_ends_what_led_to_the_one_before)
{
	struct rig *r = left(true);
	const char *ops;

	cr_assert_eq(fib_neigh(r->fib, 1, (uint8_t[6]){ 2, 9, 9, 9, 9, 9 }), 0);
	ops = rig_take(r);
	cr_assert_eq(rig_count(ops, "hop-1"), 1, "first of all: %s", ops);
	rig_ack(r);
	ops = rig_run(r);
	cr_assert_eq(rig_count(ops, "neigh+1"), 1, "%s", ops);
	cr_assert_eq(rig_count(ops, "hop+") + rig_count(ops, "group+"), 0, "%s", ops);
	cr_assert(members(r, "10.0.0.0/24") == 1 && members(r, "10.0.2.0/24") == 0);
	cr_assert_eq(members(r, "2001:db8::/64"), 2, "its address says who is meant");
	fib_adopted_router(r->fib, 1, &(struct in6_addr){ { { 0xfe, 0x80, [15] = 99 } } });
	rig_run(r);
	cr_assert_eq(members(r, "2001:db8::/64"), 1);
	cr_assert_eq(r->refused, 0);
	rig_free(r);
}

Test(fib_adopt, the_same_router_and_a_neighbour_that_is_not_known_yet_change_nothing)
{
	struct rig *r = left(true);
	struct hop same = rig_hop(1);

	fib_neigh_del(r->fib, 1);
	fib_adopted_router(r->fib, 1, &same.via);
	rig_neigh(r, 1);
	cr_assert_str_eq(rig_run(r), "");
	rig_free(r);
}

static bool only_two(void *ctx, uint32_t ifindex)
{
	(void)ctx;
	return ifindex == 2;
}

Test(fib_adopt, hops_on_dead_links_go_at_once_and_are_not_put_back)
{
	static const char *const how[] = { "not alive at the start", "lost", "out", "its session ended" };

	for (size_t i = 0; i < 4; i++) {
		struct rig *r = left(true);
		struct hop hop = rig_hop(1);
		const char *ops;

		switch (i) {
		case 0: fib_adopted_links(r->fib, only_two, NULL); break;
		case 1: rig_link_lost(r, 1, false); break;
		case 2: fib_link_out(r->fib, 1); break;
		case 3: fib_hop_out(r->fib, &hop); break;
		}
		ops = rig_run(r);
		cr_expect_eq(rig_count(ops, "hop+") + rig_count(ops, "group+") + rig_count(ops, "route+"), 0, "%s: %s", how[i], ops);
		cr_expect(members(r, "10.0.0.0/24") == 1 && members(r, "10.0.2.0/24") == 0 && members(r, "2001:db8::/64") == 1, "%s", how[i]);
		cr_expect_eq(fib_adopted(r->fib, AF_INET), 2, "%s", how[i]);
		cr_expect_eq(r->refused, 0, "%s", how[i]);
		fake_link_back(&r->kernel, 1);
		wish_again(r);
		rig_run(r);
		cr_expect(members(r, "10.0.0.0/24") == 2 && members(r, "10.0.2.0/24") == 1 && members(r, "2001:db8::/64") == 2, "%s", how[i]);
		rig_free(r);
	}
}

Test(fib_adopt, blackholes_direct_hops_weights_and_ipv4_gateways)
{
	struct hop direct = { .ifindex = 1, .via = { { { 0xfe, 0x80, [15] = 9 } } }, .weight = 1, .direct = true };
	struct hop v4 = { .ifindex = 2, .via = { { { [10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 1 } } }, .weight = 1 };
	struct rig *r = rig_new(true, false);

	for (int i = 0; i < 2; i++) {
		struct prefix p[3] = { rig_prefix("10.0.0.0/24"), rig_prefix("2001:db8::/64"), rig_prefix("10.0.1.0/24") };
		struct hop both[2] = { rig_hop(1), direct };

		rig_neigh(r, 1);
		rig_neigh(r, 3);
		fib_set(r->fib, &p[0], both, 2);
		fib_set(r->fib, &p[1], both, 2);
		fib_set(r->fib, &p[2], &v4, 1);
		rig_set(r, "10.0.2.0/24", "0");
		rig_set(r, "10.0.3.0/24", "1*7 3");
		if (i) {
			cr_assert_str_eq(rig_run(r), "");
			fib_sweep(r->fib);
			cr_assert_str_eq(rig_run(r), "");
			break;
		}
		rig_run(r);
		restart(r);
		cr_assert_eq(fib_adopted(r->fib, AF_INET), 4);
		cr_assert_eq(fib_adopted(r->fib, AF_INET6), 1);
	}
	rig_free(r);
}

/* Nothing of it is touched before the sweep, and a wish for it is a replace, without a gap. */
Test(fib_adopt, what_this_run_would_not_have_made_is_not_adopted)
{
	static const char *const what[] = { "another source", "a group that is not there", "no group", "two objects for one hop", "a member that is not there",
					    "without next-hop objects" };

	for (size_t i = 0; i < 6; i++) {
		struct rig *r = rig_new(i != 5, false);
		struct prefix p = rig_prefix("10.0.0.0/24");
		struct fake_route *route;
		const char *ops;

		rig_neigh(r, 1);
		rig_neigh(r, 2);
		rig_set(r, "10.0.0.0/24", "1 2");
		rig_run(r);
		route = fake_route(&r->kernel, &p);
		switch (i) {
		case 0: route->src.s_addr = 1; break;
		case 1: route->group += 1000; break;
		case 2: route->group = 0; break;
		case 3: r->kernel.hops[1].ifindex = 1; break;
		case 4: r->kernel.groups[0].members[1] += 1000; break;
		}
		restart(r);
		cr_expect_eq(fib_adopted(r->fib, AF_INET), 0, "%s", what[i]);
		cr_expect_str_eq(rig_run(r), "", "%s", what[i]);
		rig_neigh(r, 1);
		rig_neigh(r, 2);
		rig_set(r, "10.0.0.0/24", "1 2");
		ops = rig_run(r);
		cr_expect_eq(rig_count(ops, "route+10.0.0.0/24"), 1, "%s: %s", what[i], ops);
		cr_expect_eq(rig_count(ops, "route-"), 0, "%s: %s", what[i], ops);
		fib_sweep(r->fib);
		ops = rig_run(r);
		cr_expect_eq(rig_count(ops, "route-"), 0, "%s: %s", what[i], ops);
		cr_expect(r->kernel.n_routes == 1 && r->kernel.n_groups == (i != 5) && r->kernel.n_hops == (i == 5 ? 0 : 2), "%s", what[i]);
		rig_free(r);
	}
}

Test(fib_adopt, flush_takes_what_is_adopted_too)
{
	struct rig *r = left(true);

	fib_flush(r->fib);
	for (int i = 0; i < 8; i++)
		rig_drain(r);
	cr_assert_eq(r->kernel.n_routes + r->kernel.n_groups + r->kernel.n_hops + r->kernel.n_neighs, 0);
	rig_free(r);
}

static const struct in6_addr all_routers = { .s6_addr = { 0xff, 0x02, [15] = 2 } };

static void pin(struct rig *r, uint32_t ifindex)
{
	struct hop hop = rig_hop(ifindex);

	cr_assert_eq(fib_pin(r->fib, ifindex, &hop.via, (uint8_t[6]){ 2, 0, 0, 0, 1, (uint8_t)ifindex }), 0);
	cr_assert_eq(fib_pin_group(r->fib, ifindex, &all_routers), 0);
}

Test(fib_adopt, entries_of_peers_and_of_groups_stay_while_they_are_wanted_again)
{
	struct rig *r = rig_new(true, false);
	struct hop other = rig_hop(9);

	pin(r, 1);
	pin(r, 2);
	rig_run(r);
	restart(r);
	pin(r, 1);
	cr_assert_str_eq(rig_run(r), "");
	cr_assert_eq(fib_pin(r->fib, 1, &other.via, (uint8_t[6]){ 2, 0, 0, 0, 9, 1 }), 0);
	cr_assert_str_eq(rig_run(r), "neigh+1/6", "what is not wanted goes with the sweep");
	fib_sweep(r->fib);
	cr_assert_str_eq(rig_run(r), "neigh-1/6 neigh-2/6 neigh-2/6");
	cr_assert(fake_neigh(&r->kernel, 1, &all_routers) && fake_neigh(&r->kernel, 1, &other.via) && r->kernel.n_neighs == 2);
	rig_free(r);
}

/* The kernel changes neither under an id; the timers it does. */
Test(fib_adopt, a_group_of_another_kind_is_not_adopted_one_with_other_timers_is_changed)
{
	static const struct { struct fib_resilient before, after; bool adopted; const char *ops; } rows[] = {
		{ { 32, 120, 7 }, { 32, 120, 7 }, true, "" },
		{ { 32, 120, 7 }, { 32, 60, 7 }, true, "group+{1,2}=a" },
		{ { 32, 120, 7 }, { 64, 120, 7 }, false, "hop+1 hop+2 group+{1,2}=a route+10.0.0.0/24=a" },
		{ { 32, 120, 7 }, { 0 }, false, "hop+1 hop+2 group+{1,2}=a route+10.0.0.0/24=a" },
		{ { 0 }, { 32, 120, 7 }, false, "hop+1 hop+2 group+{1,2}=a route+10.0.0.0/24=a" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rig *r = rig_new(true, false);

		r->cfg.resilient = rows[i].before;
		restart(r);
		for (int again = 0; again < 2; again++) {
			rig_neigh(r, 1);
			rig_neigh(r, 2);
			rig_set(r, "10.0.0.0/24", "1 2");
			if (again)
				break;
			rig_run(r);
			r->cfg.resilient = rows[i].after;
			restart(r);
			cr_expect_eq(fib_adopted(r->fib, AF_INET), rows[i].adopted, "row %zu", i);
		}
		cr_expect_str_eq(rig_run(r), rows[i].ops, "row %zu", i);
		fib_sweep(r->fib);
		rig_run(r);
		cr_expect(members(r, "10.0.0.0/24") == 2 && r->kernel.n_groups == 1 && r->kernel.n_hops == 2, "row %zu", i);
		cr_expect_eq(r->kernel.groups[0].resilient.buckets, rows[i].after.buckets, "row %zu", i);
		cr_expect_eq(r->refused, 0, "row %zu", i);
		rig_free(r);
	}
}

/* --- others -------------------------------------------------------------------------------------------------------------------- */
Test(fib_adopt, a_route_of_others_before_ours_is_not_replaced)
{
	struct rig *r = rig_new(true, false);

	rig_neigh(r, 1);
	rig_neigh(r, 2);
	rig_set(r, "10.0.0.0/24", "1");
	rig_set_range(r, 0, 5, "1");
	rig_run(r);
	restart_behind(r, "10.0.0.0/24");
	cr_assert_eq(fib_adopted(r->fib, AF_INET), 6, "ours is used when theirs goes");
	rig_neigh(r, 1);
	rig_neigh(r, 2);
	rig_set_range(r, 0, 5, "1");
	rig_set(r, "10.0.0.0/24", "2");
	cr_assert(strstr(rig_run(r), "route-10.0.0.0/24 route+10.0.0.0/24="), "%s", r->text);
	rig_free(r);
}

Test(fib_adopt, a_route_of_others_alone_is_no_route_of_ours)
{
	struct rig *r = rig_new(true, false);
	struct prefix p = rig_prefix("10.0.0.0/24");

	r->kernel.routes[r->kernel.n_routes++] = (struct fake_route){ .prefix = p, .n = 1, .foreign = true };
	fake_tell(&r->kernel, r->fib);
	cr_assert_eq(fib_adopted(r->fib, AF_INET), 0);
	fib_sweep(r->fib);
	cr_assert_str_eq(rig_run(r), "");
	rig_neigh(r, 1);
	rig_set(r, "10.0.0.0/24", "1");
	rig_run(r);
	cr_assert_eq(rig_error(r, "10.0.0.0/24"), -EEXIST);
	cr_assert(fake_route(&r->kernel, &p)->foreign);
	rig_free(r);
}

Test(fib_adopt, a_number_that_others_have_is_not_given_to_ours)
{
	struct rig *r = rig_new(true, false);
	struct fib_deed come = { .kind = DEED_OBJECT, .id = FIB_ID_FIRST + 1 }, gone = { .kind = DEED_OBJECT, .id = FIB_ID_FIRST, .gone = true };

	fib_seen(r->fib, &(struct fib_seen){ .kind = SEEN_FOREIGN_OBJECT, .id = FIB_ID_FIRST });
	cr_assert_not(fib_deed(r->fib, &come), "nothing of ours");
	rig_neigh(r, 1);
	rig_set(r, "10.0.0.0/24", "1");
	rig_run(r);
	cr_assert_eq(r->kernel.hops[0].id, FIB_ID_FIRST + 2);
	cr_assert_eq(r->kernel.groups[0].id, FIB_ID_FIRST + 3);
	cr_assert_not(fib_deed(r->fib, &gone));
	for (uint32_t i = 0; i < 5000; i++)      /* more than are kept */
		fib_deed(r->fib, &(struct fib_deed){ .kind = DEED_OBJECT, .id = FIB_ID_FIRST + 10 + i });
	fib_sweep(r->fib);
	cr_assert_str_eq(rig_run(r), "", "none of them is deleted");
	rig_free(r);
}

/* Another ipv4_next_hop, another kind of group: nothing of it can be adopted, and it forwards until the sweep all the same. */
Test(fib_adopt, what_cannot_be_adopted_outlives_lost_notifications)
{
	struct rig *r = left(true);
	const char *ops;

	r->cfg.resilient = (struct fib_resilient){ 64, 1, 0 };
	rig_restart(r);
	fake_tell(&r->kernel, r->fib);
	cr_assert_eq(fib_adopted(r->fib, AF_INET) + fib_adopted(r->fib, AF_INET6), 0);
	fib_unsure(r->fib);
	ops = rig_run(r);
	cr_assert_eq(rig_count(ops, "route-") + rig_count(ops, "group-") + rig_count(ops, "hop-"), 0, "%s", ops);
	fib_sweep(r->fib);
	ops = rig_run(r);
	cr_assert_eq(rig_count(ops, "route-"), 4, "%s", ops);
	rig_free(r);
}
