#include "tests/unit/agent/rib/help.h"

#include "agent/rib/decide.h"

/* A path in one line. */
struct path {
	bool least, drained;
	bool zero;                       /* LOCAL_PREF 0 */
	bool local;
	uint32_t local_pref;             /* 0: absent */
	uint32_t as[4];
	uint8_t origin;
	uint32_t med;                    /* 0: absent */
	bool ibgp;
	uint8_t router_id, address, link;
	uint8_t originator;              /* 0: absent */
	uint8_t clusters;                /* length of the CLUSTER_LIST */
	uint32_t cost;
	bool med_always;
};

static struct candidate candidate(const struct path *p, struct attrs *a, struct asns *asns, struct rib_peer_info *info)
{
	uint32_t numbers[9] = { p->as[0], p->as[1], p->as[2], p->as[3] };

	static const uint8_t clusters[4 * 8];

	*a = (struct attrs){ .origin = p->origin, .local_pref = p->local_pref, .med = p->med, .as_path = as_seq(asns, numbers) };
	a->originator_id.s_addr = htonl(p->originator);
	a->cluster_list = (struct span){ clusters, (uint16_t)(4 * p->clusters) };
	a->has = (uint8_t)((p->local_pref || p->zero ? ATTRS_LOCAL_PREF : 0) | (p->med ? ATTRS_MED : 0) | (p->originator ? ATTRS_ORIGINATOR : 0));
	*info = (struct rib_peer_info){ .asn = 65000, .router_id = { htonl(p->router_id) }, .ebgp = !p->ibgp, .link = p->link };
	info->address.s6_addr[15] = p->address;
	return (struct candidate){ .attrs = a, .peer = p->local ? NULL : info, .cost = p->cost, .least = p->least, .drained = p->drained, .med_always = p->med_always };
}

/* a must win over b by this step, whichever comes first. */
static void wins(struct path a, struct path b, enum decision_step by)
{
	struct attrs attrs[2];
	struct asns asns[2];
	struct rib_peer_info info[2];
	struct candidate x = candidate(&a, &attrs[0], &asns[0], &info[0]), y = candidate(&b, &attrs[1], &asns[1], &info[1]);
	struct candidate both[2] = { y, x };
	enum decision_step step;
	bool equal_cost = by > STEP_COST;

	cr_assert_lt(decide_cmp(&x, &y, &step), 0);
	cr_assert_eq(step, by, "decided by: %s", decision_step_str(step));
	cr_assert_gt(decide_cmp(&y, &x, &step), 0);
	cr_assert_eq(step, by, "decided by: %s", decision_step_str(step));
	cr_assert_eq(decide_equal_cost(&x, &y), equal_cost);
	cr_assert_eq(decide_equal_cost(&y, &x), equal_cost);
	cr_assert_eq(decide_set(both, 2), equal_cost ? 2 : 1);
	cr_assert_eq(both[0].attrs, x.attrs);
	cr_assert_eq(both[0].lost_by, STEP_BEST);
	cr_assert_eq(both[1].lost_by, by);
}

#define BY(suite_step, name, a, b) Test(decide, name) { wins((struct path)a, (struct path)b, suite_step); }
#define P(...) { __VA_ARGS__ }

BY(STEP_LLGR_STALE, long_lived_stale_path_is_the_last_choice, P(.as = { 1, 2, 3 }, .origin = 2), P(.least = true, .local_pref = 900, .as = { 1 }))
BY(STEP_LOCAL, own_route_wins_over_any_preference, P(.local = true), P(.local_pref = 4000000000, .as = { 1 }))
BY(STEP_LOCAL, own_route_stays_whatever_is_drained, P(.local = true, .drained = true), P(.as = { 1 }))
BY(STEP_DRAINED, path_over_a_drained_link_is_worse_than_any_preference, P(.local_pref = 1, .as = { 1, 2, 3 }, .origin = 2),
   P(.drained = true, .local_pref = 900, .as = { 1 }))
BY(STEP_AS_PATH_LEN, path_over_a_drained_link_is_like_one_that_the_peer_asks_to_leave, P(.drained = true, .as = { 1 }), P(.zero = true, .as = { 1, 2 }))
BY(STEP_LLGR_STALE, and_better_than_a_long_lived_stale_one, P(.drained = true, .as = { 1 }), P(.least = true, .as = { 1 }))
BY(STEP_LOCAL_PREF, higher_local_pref_wins_over_shorter_as_path, P(.local_pref = 200, .as = { 1, 2, 3 }),
	P(.local_pref = 150, .as = { 1 }))
BY(STEP_LOCAL_PREF, absent_local_pref_is_100, P(.as = { 1, 2 }), P(.local_pref = 99, .as = { 1 }))
BY(STEP_AS_PATH_LEN, shorter_as_path_wins_over_lower_router_id, P(.as = { 1 }, .router_id = 9), P(.as = { 1, 2 }, .router_id = 1))
BY(STEP_AS_PATH_LEN, local_pref_100_equals_an_absent_one, P(.local_pref = 100, .as = { 1 }), P(.as = { 1, 2 }))
BY(STEP_ORIGIN, lower_origin_wins_over_lower_med, P(.as = { 1 }, .origin = ORIGIN_IGP, .med = 9), P(.as = { 1 }, .origin = ORIGIN_EGP, .med = 5))
BY(STEP_MED, lower_med_of_the_same_as_wins_over_ebgp, P(.as = { 1 }, .med = 5, .ibgp = true), P(.as = { 1 }, .med = 6))
BY(STEP_MED, absent_med_is_the_lowest, P(.as = { 1 }, .router_id = 9), P(.as = { 1 }, .med = 1, .router_id = 1))
BY(STEP_ROUTER_ID, med_of_different_ases_is_not_compared, P(.as = { 1 }, .med = 9, .router_id = 1), P(.as = { 2 }, .med = 1, .router_id = 2))
BY(STEP_EBGP, external_wins_over_internal, P(.as = { 1 }, .router_id = 9), P(.as = { 1 }, .ibgp = true, .router_id = 1))
BY(STEP_MED, with_med_always_it_is_compared_between_ases, P(.as = { 2 }, .med = 1, .router_id = 2, .med_always = true),
	P(.as = { 1 }, .med = 9, .router_id = 1, .med_always = true))
BY(STEP_EBGP, external_wins_over_a_nearer_internal_one, P(.as = { 1 }, .cost = RIB_RECURSIVE), P(.as = { 1 }, .ibgp = true))
BY(STEP_COST, a_next_hop_on_a_link_wins_over_a_recursive_one, P(.as = { 1 }, .router_id = 9), P(.as = { 1 }, .router_id = 1, .cost = RIB_RECURSIVE))
BY(STEP_ROUTER_ID, originator_id_stands_for_the_router_id, P(.as = { 1 }, .ibgp = true, .router_id = 9, .originator = 1),
	P(.as = { 1 }, .ibgp = true, .router_id = 2))
BY(STEP_CLUSTER_LIST, shorter_cluster_list_wins_over_lower_address,
	P(.as = { 1 }, .ibgp = true, .router_id = 8, .originator = 5, .clusters = 1, .address = 2),
	P(.as = { 1 }, .ibgp = true, .router_id = 7, .originator = 5, .clusters = 2, .address = 1))
BY(STEP_ROUTER_ID, lower_router_id_wins_over_lower_address, P(.as = { 1 }, .router_id = 1, .address = 9),
	P(.as = { 2 }, .router_id = 2, .address = 1))
BY(STEP_ROUTER_ID, router_ids_are_compared_as_numbers, P(.router_id = 1, .as = { 1 }), P(.router_id = 255, .as = { 1 }))
BY(STEP_ADDRESS, lower_address_wins_over_lower_link, P(.as = { 1 }, .address = 1, .link = 9), P(.as = { 1 }, .address = 2, .link = 1))
BY(STEP_LINK, lower_link_is_the_last_tie_break, P(.as = { 1 }, .link = 1), P(.as = { 1 }, .link = 2))
BY(STEP_ROUTER_ID, as_paths_of_equal_length_are_equal_cost_whatever_they_hold, P(.as = { 1, 2 }, .router_id = 1), P(.as = { 3, 4 }, .router_id = 2))

/* A beats B by MED, B beats C and C beats A by router-id. */
static const struct path circle[] = {
	{ .as = { 1, 7 }, .med = 1, .router_id = 3, .link = 1 },
	{ .as = { 1, 8 }, .med = 2, .router_id = 1, .link = 2 },
	{ .as = { 2, 9 }, .med = 9, .router_id = 2, .link = 3 },
	{ .as = { 2, 9 }, .med = 10, .router_id = 0, .link = 4 },
	{ .as = { 3 , 9, 9 }, .router_id = 0, .link = 5 },
};

Test(decide, med_that_makes_a_circle_of_pairs_gives_the_same_result_in_every_order_of_arrival)
{
	enum { N = ARRAY_LEN(circle), ORDERS = 120 };
	static const unsigned links[N] = { 3, 1, 4, 2, 5 };      /* the two not beaten within their AS, then what remains without them */
	static const enum decision_step lost_by[N] = { STEP_BEST, STEP_ROUTER_ID, STEP_MED, STEP_MED, STEP_AS_PATH_LEN };
	struct attrs attrs[N];
	struct asns asns[N];
	struct rib_peer_info info[N];

	for (unsigned order = 0; order < ORDERS; order++) {
		struct candidate c[N], t;
		unsigned code = order;

		for (unsigned i = 0; i < N; i++)
			c[i] = candidate(&circle[i], &attrs[i], &asns[i], &info[i]);
		for (unsigned i = N; i > 1; code /= i, i--) {
			t = c[i - 1];
			c[i - 1] = c[code % i];
			c[code % i] = t;
		}
		cr_assert_eq(decide_order(c, N), 2);
		for (unsigned i = 0; i < N; i++) {
			cr_assert_eq(c[i].peer->link, links[i], "order %u, place %u: link %u", order, i, c[i].peer->link);
			cr_assert_eq(c[i].lost_by, lost_by[i], "order %u, place %u: %s", order, i, decision_step_str(c[i].lost_by));
		}
	}
}

Test(decide, without_an_as_in_the_path_the_neighbour_is_the_peer_itself)
{
	static const uint8_t set[] = { 1, 1, 0, 0, 0, 9 };
	struct attrs low = { .as_path = { set, 6 } }, high = { .as_path = { set, 6 }, .has = ATTRS_MED, .med = 5 };
	struct rib_peer_info a = { .asn = 1, .ebgp = true, .link = 1 }, b = { .asn = 1, .ebgp = true, .link = 2 }, c = { .asn = 3, .ebgp = true, .link = 3 };
	struct candidate x = { .attrs = &low, .peer = &a }, y = { .attrs = &high, .peer = &b }, z = { .attrs = &high, .peer = &c };

	cr_assert_not(decide_equal_cost(&x, &y));
	cr_assert(decide_equal_cost(&x, &z));
}

Test(decide, what_has_no_reachable_next_hop_takes_no_part_however_good_it_is)
{
	struct path good = { .local_pref = 900, .cost = RIB_UNREACHABLE, .link = 1 }, poor = { .as = { 1, 2, 3 }, .link = 2 };
	struct attrs attrs[2];
	struct asns asns[2];
	struct rib_peer_info info[2];
	struct candidate c[2] = { candidate(&good, &attrs[0], &asns[0], &info[0]), candidate(&poor, &attrs[1], &asns[1], &info[1]) };

	cr_assert_eq(decide_order(c, 2), 1);
	cr_assert_eq(c[0].peer->link, 2);
	cr_assert_eq(c[1].lost_by, STEP_NEXT_HOP);
	c[0].cost = RIB_UNREACHABLE;
	cr_assert_eq(decide_set(c, 2), 0, "none is left");
	cr_assert_eq(c[0].lost_by, STEP_NEXT_HOP);
}

Test(decide, nothing_and_one_path_are_fine)
{
	struct attrs a = { 0 };
	struct candidate c = { .attrs = &a, .lost_by = STEP_MED };

	cr_assert_eq(decide_set(NULL, 0), 0);
	cr_assert_eq(decide_set(&c, 1), 1);
	cr_assert_eq(c.lost_by, STEP_BEST);
}

Test(decide, every_step_has_words)
{
	for (int i = STEP_BEST; i <= STEP_LINK; i++)
		cr_assert_str_neq(decision_step_str((enum decision_step)i), "unknown");
}
