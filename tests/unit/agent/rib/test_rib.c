#include <errno.h>

#include "tests/unit/agent/rib/help.h"

/* The forwarding set that was reported last, as text: "10.0.0.0/8: 1 2*7", 7 being a weight. Peers stand with the number that rib_peer_add gave. */
static struct {
	char last[256];
	unsigned calls;
} seen;

static struct rib *rib;
static rib_peer a, b, c;

static void changed(void *ctx, const struct prefix *p, const struct rib_via *via, size_t n)
{
	char buf[PREFIX_STRLEN];
	int at = snprintf(seen.last, sizeof(seen.last), "%s:", prefix_str(p, buf));

	cr_assert_eq(ctx, &seen);
	for (size_t i = 0; i < n && at < (int)sizeof(seen.last); i++)
		at += snprintf(seen.last + at, sizeof(seen.last) - (size_t)at, via[i].weight > 1 ? " %u*%u" : " %u", via[i].peer, via[i].weight);
	seen.calls++;
}

static void setup(void)
{
	memset(&seen, 0, sizeof(seen));
	cr_assert_eq(rib_new(&rib, &(struct rib_config){ .asn = OWN_ASN, .multipath = 64 }, &(struct rib_out){ .changed = changed, .ctx = &seen }), 0);
	a = add_peer(rib, 1);
	b = add_peer(rib, 2);
	c = add_peer(rib, 3);
}

static void teardown(void)
{
	rib_free(rib);
}

TestSuite(rib, .init = setup, .fini = teardown);

/* Decides; returns what was reported, "" if nothing was. */
static const char *decided(void)
{
	seen.last[0] = 0;
	cr_assert_eq(rib_decide(rib, 0), 0);
	return seen.last;
}

Test(rib, peers_get_small_numbers_and_local_is_none_of_them)
{
	cr_assert_eq(a, 1);
	cr_assert_eq(b, 2);
	rib_peer_del(rib, a);
	cr_assert_eq(add_peer(rib, 9), 1, "used again");
	cr_assert_eq(add_peer(rib, 10), 4);
}

Test(rib, equal_paths_are_forwarded_together_best_first)
{
	update(rib, c, "10.0.0.0/8", via_as(SEQ(3, 9)));
	cr_assert_str_eq(decided(), "10.0.0.0/8: 3");
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1, 9)));
	update(rib, b, "10.0.0.0/8", via_as(SEQ(2, 9)));
	cr_assert_str_eq(decided(), "10.0.0.0/8: 1 2 3");
	cr_assert_eq(seen.calls, 2);
}

Test(rib, an_unchanged_set_is_not_reported)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1, 9)));
	update(rib, b, "10.0.0.0/8", via_as(SEQ(2, 9)));
	decided();
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1, 8)));
	cr_assert_str_eq(decided(), "", "other attributes, same set");
	update(rib, c, "10.0.0.0/8", via_as(SEQ(1, 8, 7)));
	cr_assert_str_eq(decided(), "", "a longer path is not used");
	withdraw(rib, a, "10.0.0.0/8");
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1, 9)));
	cr_assert_str_eq(decided(), "", "gone and back before the decision");
	update(rib, a, "10.0.0.0/8", (struct attrs){ .has = ATTRS_LOCAL_PREF, .local_pref = 100, .as_path = SEQ(5, 6) });
	cr_assert_str_eq(decided(), "", "the set does not depend on the order");
	update(rib, b, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	cr_assert_str_eq(decided(), "", "both change alike");
}

Test(rib, a_withdrawn_member_leaves_the_set)
{
	update(rib, a, "2001:db8::/32", via_as(SEQ(1)));
	update(rib, b, "2001:db8::/32", via_as(SEQ(2)));
	decided();
	cr_assert(withdraw(rib, a, "2001:db8::/32"));
	cr_assert_not(withdraw(rib, a, "2001:db8::/32"), "only once");
	cr_assert_str_eq(decided(), "2001:db8::/32: 2");
	cr_assert(withdraw(rib, b, "2001:db8::/32"));
	cr_assert_str_eq(decided(), "2001:db8::/32:");
	cr_assert_not(withdraw(rib, b, "2001:db8::/32"));
	cr_assert_str_eq(decided(), "");
}

Test(rib, a_path_that_comes_and_goes_between_two_decisions_is_never_reported)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	withdraw(rib, a, "10.0.0.0/8");
	cr_assert_str_eq(decided(), "");
}

Test(rib, a_better_path_takes_over_and_the_old_ones_come_back)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1, 2)));
	update(rib, b, "10.0.0.0/8", via_as(SEQ(1, 2)));
	decided();
	update(rib, c, "10.0.0.0/8", via_as(SEQ(1)));
	cr_assert_str_eq(decided(), "10.0.0.0/8: 3");
	withdraw(rib, c, "10.0.0.0/8");
	cr_assert_str_eq(decided(), "10.0.0.0/8: 1 2");
}

Test(rib, own_routes_are_preferred_and_never_forwarded)
{
	cr_assert_eq(update(rib, RIB_LOCAL, "10.0.254.1/32", (struct attrs){ 0 }), RIB_ACCEPTED);
	cr_assert_str_eq(decided(), "", "there was no forwarding entry before either");
	update(rib, a, "10.0.254.1/32", (struct attrs){ .has = ATTRS_LOCAL_PREF, .local_pref = 900, .as_path = SEQ(1) });
	cr_assert_str_eq(decided(), "");
	withdraw(rib, RIB_LOCAL, "10.0.254.1/32");
	cr_assert_str_eq(decided(), "10.0.254.1/32: 1");
	update(rib, RIB_LOCAL, "10.0.254.1/32", (struct attrs){ 0 });
	cr_assert_str_eq(decided(), "10.0.254.1/32:");
}

Test(rib, multipath_limits_the_set_and_can_be_changed)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, b, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, c, "10.0.0.0/8", via_as(SEQ(1)));
	decided();
	rib_set_multipath(rib, 2);
	cr_assert_str_eq(decided(), "10.0.0.0/8: 1 2");
	rib_set_multipath(rib, 0);
	cr_assert_str_eq(decided(), "10.0.0.0/8: 1", "at least one");
	rib_set_multipath(rib, 1000000);
	cr_assert_str_eq(decided(), "10.0.0.0/8: 1 2 3");
}

/* Refused attributes are kept by nobody: the next ones have their number. */
Test(rib, what_was_refused_once_says_nothing_of_what_comes_next)
{
	cr_assert_eq(update(rib, a, "10.0.0.0/8", via_as(SEQ(OWN_ASN))), RIB_AS_LOOP);
	cr_assert_eq(update(rib, a, "10.0.0.0/8", via_as(SEQ(1))), RIB_ACCEPTED);
	cr_assert(withdraw(rib, a, "10.0.0.0/8"));
	rib_decide(rib, 0);
	cr_assert_eq(update(rib, a, "10.0.0.0/8", via_as(SEQ(OWN_ASN))), RIB_AS_LOOP);
	cr_assert_eq(update(rib, a, "10.0.0.0/8", via_as(SEQ(OWN_ASN))), RIB_AS_LOOP);
	cr_assert_eq(update(rib, b, "10.0.0.0/8", via_as(SEQ(2))), RIB_ACCEPTED);
}

Test(rib, own_as_in_the_path_is_refused_and_withdraws_the_older_path)
{
	struct rib_peer_stats s;

	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	decided();
	cr_assert_eq(update(rib, a, "10.0.0.0/8", via_as(SEQ(1, OWN_ASN, 2))), RIB_AS_LOOP);
	cr_assert_str_eq(decided(), "10.0.0.0/8:");
	rib_peer_stats(rib, a, &s);
	cr_assert_eq(s.loops, 1);
	cr_assert_eq(s.received[0], 0);
}

Test(rib, martians_are_refused_and_counted)
{
	struct rib_peer_stats s;

	cr_assert_eq(update(rib, a, "169.254.0.0/24", via_as(SEQ(1))), RIB_MARTIAN);
	cr_assert_eq(update(rib, a, "fe80::/64", via_as(SEQ(1))), RIB_MARTIAN);
	cr_assert_eq(update(rib, a, "0.0.0.0/0", via_as(SEQ(1))), RIB_ACCEPTED);
	rib_peer_stats(rib, a, &s);
	cr_assert_eq(s.martians, 2);
	cr_assert_eq(s.received[0], 1);
	cr_assert_eq(s.received[1], 0);
}

Test(rib, more_prefixes_than_the_limit_are_refused_and_replacements_are_not)
{
	struct rib_peer_stats s;

	rib_limit(rib, a, 2);
	cr_assert_eq(update(rib, a, "10.1.0.0/16", via_as(SEQ(1))), RIB_ACCEPTED);
	cr_assert_eq(update(rib, a, "2001:db8::/32", via_as(SEQ(1))), RIB_ACCEPTED);
	cr_assert_eq(update(rib, a, "10.3.0.0/16", via_as(SEQ(1))), RIB_LIMIT);
	cr_assert_eq(update(rib, a, "10.1.0.0/16", via_as(SEQ(2))), RIB_ACCEPTED);
	decided();
	withdraw(rib, a, "10.1.0.0/16");
	cr_assert_eq(update(rib, a, "10.3.0.0/16", via_as(SEQ(1))), RIB_ACCEPTED);
	cr_assert_eq(update(rib, a, "10.1.0.0/16", via_as(SEQ(1))), RIB_LIMIT, "although its old path waits for the decision");
	rib_limit(rib, a, 0);
	cr_assert_eq(update(rib, a, "10.1.0.0/16", via_as(SEQ(1))), RIB_ACCEPTED);
	rib_peer_stats(rib, a, &s);
	cr_assert_eq(s.over_limit, 2);
	cr_assert_eq(s.received[0], 2);
	cr_assert_eq(s.received[1], 1);
}

Test(rib, a_deleted_peer_takes_its_paths_along)
{
	struct rib_stats s;

	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, b, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, a, "2001:db8::/32", via_as(SEQ(1)));
	decided();
	rib_peer_del(rib, a);
	cr_assert_eq(rib_decide(rib, 0), 0);
	cr_assert_eq(seen.calls, 4);
	rib_stats(rib, &s);
	cr_assert_eq(s.paths, 1);
	cr_assert_eq(s.prefixes[0], 1);
	cr_assert_eq(s.prefixes[1], 0);
	cr_assert_eq(update(rib, a, "10.0.0.0/8", via_as(SEQ(1))), -EINVAL);
	cr_assert_not(withdraw(rib, a, "10.0.0.0/8"));
}

Test(rib, a_new_peer_under_an_old_number_is_reported_even_in_an_equal_set)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	decided();
	rib_peer_del(rib, a);
	cr_assert_eq(add_peer(rib, 7), a);
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	cr_assert_str_eq(decided(), "10.0.0.0/8: 1");
}

Test(rib, the_budget_bounds_one_round_and_both_families_get_their_turn)
{
	struct attrs at = via_as(SEQ(1));
	attrs_id id;

	attrs_intern(rib_attrs(rib), &at, &id);
	for (uint32_t i = 0; i < 100; i++) {
		struct prefix p = nth4(i), q = nth6(i);

		rib_update(rib, a, &p, id);
		rib_update(rib, a, &q, id);
	}
	cr_assert_eq(rib_decide(rib, 2), 198);
	cr_assert_eq(seen.calls, 2);
	cr_assert_eq(seen.last[0], '2', "the second one was IPv6");
	cr_assert_eq(rib_decide(rib, 150), 48);
	cr_assert_eq(rib_decide(rib, 0), 0);
	cr_assert_eq(seen.calls, 200);
	attrs_unref(rib_attrs(rib), id);
}

Test(rib, a_peer_with_many_prefixes_is_deleted_whole)
{
	enum { MANY = 100000 };
	struct attrs at = via_as(SEQ(1));
	struct rib_stats s;
	attrs_id id;

	attrs_intern(rib_attrs(rib), &at, &id);
	for (uint32_t i = 0; i < MANY; i++) {
		struct prefix p = nth4(i);

		rib_update(rib, a, &p, id);
		rib_update(rib, b, &p, id);
	}
	attrs_unref(rib_attrs(rib), id);
	rib_decide(rib, 0);
	rib_peer_del(rib, a);
	cr_assert_gt(rib_decide(rib, 1), 0);
	cr_assert_eq(rib_decide(rib, 0), 0);
	cr_assert_eq(seen.calls, 2 * MANY);
	rib_stats(rib, &s);
	cr_assert_eq(s.paths, MANY);
}

/* What a walk shows, as text. */
static bool to_text(void *ctx, const struct rib_route_view *view)
{
	char buf[PREFIX_STRLEN], *text = ctx;

	sprintf(text + strlen(text), "%s", prefix_str(&view->prefix, buf));
	for (size_t i = 0; i < view->n_paths; i++) {
		const struct rib_path_view *p = &view->paths[i];

		cr_assert_neq(p->attrs, 0);
		sprintf(text + strlen(text), " %u%s%s(%d)", p->peer, p->best ? "b" : "", p->multipath ? "m" : "", p->lost_by);
	}
	strcat(text, "\n");
	return strlen(text) < 400;
}

Test(rib, views_are_in_order_of_prefixes_and_paths_in_order_of_decision)
{
	char text[1024] = "", want[1024];
	struct prefix p = pfx("10.0.0.0/8"), q = pfx("10.9.0.0/16");

	update(rib, b, "2001:db8::/32", via_as(SEQ(1)));
	update(rib, RIB_LOCAL, "10.0.254.1/32", (struct attrs){ 0 });
	update(rib, a, "10.0.254.1/32", via_as(SEQ(1)));
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1, 2)));
	update(rib, b, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, c, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, b, "10.0.0.0/16", via_as(SEQ(1)));
	update(rib, b, "10.9.0.0/16", via_as(SEQ(1)));
	decided();
	withdraw(rib, b, "10.9.0.0/16");
	sprintf(want, "10.0.0.0/8 2bm(0) 3m(%d) 1(%d)\n10.0.0.0/16 2bm(0)\n10.0.254.1/32 0b(0) 1(%d)\n2001:db8::/32 2bm(0)\n", STEP_ROUTER_ID,
		STEP_AS_PATH_LEN, STEP_LOCAL);
	rib_walk(rib, to_text, text);
	cr_assert_str_eq(text, want);
	text[0] = 0;
	cr_assert(rib_find(rib, &p, to_text, text));
	cr_assert_eq(strncmp(want, text, strlen(text)), 0);
	cr_assert_not(rib_find(rib, &q, to_text, text), "withdrawn, even before the decision");
}

static bool stop_at_second(void *ctx, const struct rib_route_view *view)
{
	(void)view;
	return ++*(unsigned *)ctx < 2;
}

Test(rib, a_walk_ends_when_the_caller_says_so)
{
	unsigned n = 0;

	update(rib, b, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, b, "11.0.0.0/8", via_as(SEQ(1)));
	update(rib, b, "2001:db8::/32", via_as(SEQ(1)));
	rib_walk(rib, stop_at_second, &n);
	cr_assert_eq(n, 2);
}

Test(rib, an_update_with_the_same_attributes_is_no_work)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, b, "10.0.0.0/8", via_as(SEQ(1)));
	decided();
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	cr_assert_eq(rib_decide(rib, 1), 0);
	cr_assert_eq(seen.calls, 1);
}

Test(rib, weight_of_the_attributes_is_reported_and_another_weight_is_a_change)
{
	struct attrs heavy = via_as(SEQ(1, 9));

	heavy.weight = 7;
	update(rib, a, "10.0.0.0/8", heavy);
	update(rib, b, "10.0.0.0/8", via_as(SEQ(2, 9)));
	cr_expect_str_eq(decided(), "10.0.0.0/8: 1*7 2");
	update(rib, a, "10.0.0.0/8", heavy);
	cr_expect_str_eq(decided(), "");
	heavy.weight = 8;
	update(rib, a, "10.0.0.0/8", heavy);
	cr_expect_str_eq(decided(), "10.0.0.0/8: 1*8 2");
	withdraw(rib, a, "10.0.0.0/8");
	update(rib, a, "10.0.0.0/8", heavy);
	cr_expect_str_eq(decided(), "", "gone and back at once");
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1, 9)));
	cr_expect_str_eq(decided(), "10.0.0.0/8: 1 2");
}
