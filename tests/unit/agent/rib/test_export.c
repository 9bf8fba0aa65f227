#include "tests/unit/agent/rib/help.h"

static struct rib *rib;
static rib_peer a, b, c;

static void setup(void)
{
	cr_assert_eq(rib_new(&rib, &(struct rib_config){ .asn = OWN_ASN, .multipath = 64 }, &(struct rib_out){ 0 }), 0);
	a = add_peer(rib, 1);
	b = add_peer(rib, 2);
	c = add_peer(rib, 3);
	rib_export_open(rib, a, true, true);
	rib_export_open(rib, b, true, true);
	rib_export_open(rib, c, true, true);
}

static void teardown(void)
{
	rib_free(rib);
}

TestSuite(export, .init = setup, .fini = teardown);

static char text[65536];

/* "-10.0.0.0/8 " for a withdrawal, "+10.0.0.0/8 11.0.0.0/8 [1 2]" for a batch, with "L" if it is local. */
static void to_text(void *ctx, const struct rib_batch *batch)
{
	char path[64], buf[PREFIX_STRLEN];

	(void)ctx;
	cr_assert_gt(batch->n, 0);
	cr_assert_eq(batch->withdraw, batch->attrs == 0);
	strcat(text, batch->withdraw ? "-" : "+");
	for (size_t i = 0; i < batch->n; i++) {
		cr_assert_eq(batch->prefixes[i].family, batch->family);
		sprintf(text + strlen(text), "%s ", prefix_str(&batch->prefixes[i], buf));
	}
	if (!batch->withdraw)
		sprintf(text + strlen(text), "[%s]%s ", aspath_str(attrs_get(rib_attrs(rib), batch->attrs)->as_path, path, sizeof(path)),
			batch->local ? "L" : "");
}

/* All that the peer is told until nothing is left. */
static const char *told(rib_peer peer)
{
	text[0] = 0;
	rib_decide(rib, 0);
	while (rib_export(rib, peer, to_text, NULL))
		;
	cr_assert_not(rib_export_pending(rib, peer));
	return text;
}

static uint32_t sent(rib_peer peer, unsigned family)
{
	struct rib_peer_stats s;

	rib_peer_stats(rib, peer, &s);
	return s.sent[family];
}

Test(export, a_route_is_told_to_all_but_the_peer_that_it_came_from)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	cr_assert_str_eq(told(a), "");
	cr_assert_str_eq(told(b), "+10.0.0.0/8 [1] ");
	cr_assert_str_eq(told(b), "", "once");
	cr_assert_eq(sent(a, 0), 0);
	cr_assert_eq(sent(b, 0), 1);
}

Test(export, nothing_is_told_before_the_decision_and_to_who_did_not_open)
{
	rib_peer d = add_peer(rib, 4);

	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	cr_assert_not(rib_export_pending(rib, b));
	rib_decide(rib, 0);
	cr_assert(rib_export_pending(rib, b));
	cr_assert_not(rib_export_pending(rib, d));
	cr_assert_str_eq(told(d), "");
	cr_assert_str_eq(told(RIB_LOCAL), "");
}

Test(export, own_routes_are_marked_local)
{
	update(rib, RIB_LOCAL, "10.0.254.1/32", (struct attrs){ 0 });
	cr_assert_str_eq(told(a), "+10.0.254.1/32 []L ");
	update(rib, b, "10.0.254.2/32", (struct attrs){ 0 });
	cr_assert_str_eq(told(a), "+10.0.254.2/32 [] ", "the same attributes, but not ours");
}

Test(export, the_peer_whose_path_became_the_best_one_gets_a_withdrawal)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1, 2)));
	told(b);
	update(rib, b, "10.0.0.0/8", via_as(SEQ(7)));
	cr_assert_str_eq(told(b), "-10.0.0.0/8 ");
	cr_assert_eq(sent(b, 0), 0);
	cr_assert_str_eq(told(a), "+10.0.0.0/8 [7] ");
}

Test(export, the_same_attributes_from_another_peer_are_told_to_the_first_and_withdrawn_from_the_second)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, b, "10.0.0.0/8", via_as(SEQ(1)));
	told(a);
	told(b);
	withdraw(rib, a, "10.0.0.0/8");
	cr_assert_str_eq(told(a), "+10.0.0.0/8 [1] ");
	cr_assert_str_eq(told(b), "-10.0.0.0/8 ");
}

Test(export, only_what_was_told_is_withdrawn)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	told(b);
	withdraw(rib, a, "10.0.0.0/8");
	update(rib, a, "11.0.0.0/8", via_as(SEQ(1)));
	rib_decide(rib, 0);
	withdraw(rib, a, "11.0.0.0/8");
	cr_assert_str_eq(told(c), "");
	cr_assert_str_eq(told(b), "-10.0.0.0/8 ");
}

Test(export, a_slow_peer_skips_what_changed_again_meanwhile)
{
	for (uint32_t i = 2; i < 100; i++) {
		update(rib, a, "10.0.0.0/8", via_as(SEQ(i)));
		update(rib, a, "11.0.0.0/8", via_as(SEQ(i, i)));
		cr_assert_str_neq(told(b), "");
	}
	cr_assert_str_eq(told(c), "+10.0.0.0/8 [99] +11.0.0.0/8 [99 99] ");
}

Test(export, what_does_not_change_the_announcement_is_not_told_again)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	told(c);
	update(rib, b, "10.0.0.0/8", via_as(SEQ(2)));
	rib_decide(rib, 0);
	cr_assert_not(rib_export_pending(rib, c), "one more path in the multipath set");
	update(rib, a, "10.0.0.0/8", via_as(SEQ(5)));
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	rib_decide(rib, 0);
	cr_assert_not(rib_export_pending(rib, c), "away and back before the decision");
}

Test(export, withdrawals_come_first_and_each_attributes_value_is_one_batch)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(9)));
	update(rib, a, "2001:db8::/32", via_as(SEQ(9)));
	told(b);
	update(rib, a, "11.0.0.0/8", via_as(SEQ(1)));
	update(rib, a, "12.0.0.0/8", via_as(SEQ(2)));
	update(rib, a, "13.0.0.0/8", via_as(SEQ(1)));
	update(rib, RIB_LOCAL, "14.0.0.0/8", via_as(SEQ(1)));
	update(rib, a, "2001:db9::/32", via_as(SEQ(1)));
	withdraw(rib, a, "10.0.0.0/8");
	withdraw(rib, a, "2001:db8::/32");
	rib_decide(rib, 0);
	rib_export_again(rib, b, AF_INET);
	told(b);
	if (text[1] == '2')
		cr_assert_str_eq(text, "-2001:db8::/32 +2001:db9::/32 [1] -10.0.0.0/8 +11.0.0.0/8 13.0.0.0/8 [1] +12.0.0.0/8 [2] +14.0.0.0/8 [1]L ");
	else
		cr_assert_str_eq(text, "-10.0.0.0/8 +11.0.0.0/8 13.0.0.0/8 [1] +12.0.0.0/8 [2] +14.0.0.0/8 [1]L -2001:db8::/32 +2001:db9::/32 [1] ");
}

Test(export, again_tells_one_family_again_and_withdraws_nothing)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, a, "2001:db8::/32", via_as(SEQ(1)));
	told(b);
	rib_export_again(rib, b, AF_INET6);
	cr_assert(rib_export_pending(rib, b));
	cr_assert_str_eq(told(b), "+2001:db8::/32 [1] ");
	rib_export_again(rib, b, AF_INET);
	cr_assert_str_eq(told(b), "+10.0.0.0/8 [1] ");
	cr_assert_eq(sent(b, 0), 1);
	cr_assert_eq(sent(b, 1), 1);
}

Test(export, a_family_that_is_not_wanted_is_skipped)
{
	rib_export_open(rib, b, false, true);
	rib_export_open(rib, c, true, false);
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, a, "2001:db8::/32", via_as(SEQ(1)));
	cr_assert_str_eq(told(b), "+2001:db8::/32 [1] ");
	cr_assert_str_eq(told(c), "+10.0.0.0/8 [1] ");
	rib_export_again(rib, b, AF_INET);
	cr_assert_str_eq(told(b), "");
}

Test(export, opened_again_it_starts_with_a_peer_that_knows_nothing)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, a, "11.0.0.0/8", via_as(SEQ(1)));
	told(b);
	withdraw(rib, a, "11.0.0.0/8");
	rib_export_open(rib, b, true, true);
	cr_assert_eq(sent(b, 0), 0);
	cr_assert_str_eq(told(b), "+10.0.0.0/8 [1] ");
}

Test(export, a_new_peer_under_an_old_number_knows_nothing_and_is_told_everything)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, b, "11.0.0.0/8", via_as(SEQ(2)));
	told(b);
	rib_peer_del(rib, b);
	cr_assert_eq(add_peer(rib, 8), b);
	rib_export_open(rib, b, true, true);
	cr_assert_eq(sent(b, 0), 0);
	cr_assert_str_eq(told(b), "+10.0.0.0/8 [1] ", "and no withdrawal of 11/8, which only its predecessor announced");
}

Test(export, a_deleted_best_path_is_replaced_by_the_next_one)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, b, "10.0.0.0/8", via_as(SEQ(2, 3)));
	told(b);
	told(c);
	rib_peer_del(rib, a);
	cr_assert_str_eq(told(c), "+10.0.0.0/8 [2 3] ");
	cr_assert_str_eq(told(b), "-10.0.0.0/8 ");
}

static void count(void *ctx, const struct rib_batch *batch)
{
	*(size_t *)ctx += batch->n;
}

Test(export, a_window_is_bounded_and_the_next_one_goes_on)
{
	enum { MANY = 2 * RIB_EXPORT_WINDOW + 100 };
	struct attrs at = via_as(SEQ(1));
	static const size_t want[] = { RIB_EXPORT_WINDOW, RIB_EXPORT_WINDOW, RIB_EXPORT_WINDOW, RIB_EXPORT_WINDOW, 200 };
	attrs_id id;

	attrs_intern(rib_attrs(rib), &at, &id);
	for (uint32_t i = 0; i < MANY; i++) {
		struct prefix p = nth4(i), q = nth6(i);

		rib_update(rib, a, &p, id);
		rib_update(rib, a, &q, id);
	}
	attrs_unref(rib_attrs(rib), id);
	rib_decide(rib, 0);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		size_t n = 0;
		bool more = rib_export(rib, b, count, &n);

		cr_assert_eq(n, want[i], "window %zu: %zu", i, n);
		cr_assert_eq(more, i + 1 < ARRAY_LEN(want));
	}
	cr_assert_eq(sent(b, 0), MANY);
	cr_assert_eq(sent(b, 1), MANY);
}

Test(export, a_prefix_is_forgotten_when_all_who_were_told_know_that_it_is_gone)
{
	struct attrs at = via_as(SEQ(1));
	struct rib_stats first, s;
	attrs_id id;

	for (uint32_t round = 0; round < 30; round++) {
		attrs_intern(rib_attrs(rib), &at, &id);
		for (uint32_t i = 0; i < 500; i++) {
			struct prefix p = nth4(round * 500 + i), q = nth6(round * 500 + i);

			rib_update(rib, a, &p, id);
			rib_update(rib, a, &q, id);
		}
		attrs_unref(rib_attrs(rib), id);
		told(b);
		told(c);
		rib_peer_del(rib, a);
		told(b);
		if (round % 3 == 0)
			told(c);
		if (round % 3 == 1)
			rib_export_open(rib, c, true, true);         /* whoever was told knows nothing any more, */
		if (round % 3 == 2) {
			rib_peer_del(rib, c);                        /* or is gone */
			cr_assert_eq(add_peer(rib, 1), a);
			cr_assert_eq(add_peer(rib, 3), c);
			rib_export_open(rib, c, true, true);
			rib_peer_del(rib, a);
		}
		cr_assert_eq(add_peer(rib, 1), a);
		rib_stats(rib, round ? &s : &first);
		cr_assert(round == 0 || s.bytes <= first.bytes + 1024, "round %u", round);      /* the told bits of c */
	}
}
