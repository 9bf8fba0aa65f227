#include <errno.h>

#include "agent/rib/policy.h"
#include "tests/unit/agent/rib/help.h"

static struct policy_scratch *scratch;

static void setup(void)
{
	cr_assert_eq(policy_scratch_new(&scratch), 0);
}

static void teardown(void)
{
	policy_scratch_free(scratch);
}

TestSuite(policy, .init = setup, .fini = teardown);

#define STD(...) { .c = (struct community[]){ __VA_ARGS__ }, .n = sizeof((struct community[]){ __VA_ARGS__ }) / sizeof(struct community) }
#define C(high, low) { .part = { high, low } }
#define L(x, y, z) { .part = { x, y, z } }
#define BYTES(...) { (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) }

static enum policy_verdict apply(const struct policy_rule *rules, size_t n, const char *prefix, struct attrs *a)
{
	struct prefix p = pfx(prefix);
	struct policy_route route = { .prefix = &p, .link = "swp1", .peer_asn = 7, .prepend = 65001 };
	enum policy_verdict verdict;
	struct policy *policy;

	cr_assert_eq(policy_new(&policy, rules, n), 0);
	verdict = policy_apply(policy, &route, a, scratch);
	policy_free(policy);
	return verdict;
}

/* The route of every match test: path 7 8, 65000:1 and no_export, large 1:2:3. */
static struct attrs sample(struct asns *asns)
{
	static const uint8_t standard[] = { 0xfd, 0xe8, 0, 1, 0xff, 0xff, 0xff, 1 }, large[] = { 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3 };

	return (struct attrs){
		.as_path = as_seq(asns, (const uint32_t[]){ 7, 8, 0 }), .communities = { standard, 8 }, .large_communities = { large, 12 },
		.origin = ORIGIN_EGP,
	};
}

static bool matches(struct policy_match match, const char *prefix)
{
	struct policy_rule rule = { match, { 0 }, POLICY_ACCEPT };
	struct asns asns;
	struct attrs a = sample(&asns);

	return apply(&rule, 1, prefix, &a) == POLICY_PASSED;
}

static struct prefix_range range(const char *p, uint8_t ge, uint8_t le)
{
	return (struct prefix_range){ pfx(p), ge, le };
}

Test(policy, prefix_lists_take_lengths_from_ge_to_le)
{
	static const struct { const char *prefix; bool is; } rows[] = {
		{ "10.1.2.0/24", true }, { "10.1.0.0/16", false }, { "10.1.2.0/26", true }, { "10.1.2.0/27", false }, { "11.1.2.0/24", false },
		{ "2001:db8:1::/48", true }, { "2001:db8::/32", false }, { "2001:db8::/47", false },
	};
	struct prefix_range list[] = { range("10.0.0.0/8", 20, 26), range("2001:db8::/32", 48, 48) };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		cr_expect_eq(matches((struct policy_match){ .prefixes = list, .n_prefixes = 2 }, rows[i].prefix), rows[i].is, "%s", rows[i].prefix);
}

Test(policy, each_kind_of_match_takes_and_leaves)
{
	const struct { struct policy_match match; bool is; } rows[] = {
		{ { 0 }, true },
		{ { .communities[EDIT_STANDARD] = STD(C(65000, 1)) }, true },
		{ { .communities[EDIT_STANDARD] = STD(C(65000, 2)) }, false },
		{ { .communities[EDIT_STANDARD] = STD(C(65000, 2), C(65535, 0xff01)) }, true },
		{ { .communities[EDIT_STANDARD] = STD({ .part = { 65000 }, .any = 2 }) }, true },
		{ { .communities[EDIT_LARGE] = STD(L(1, 2, 3)) }, true },
		{ { .communities[EDIT_LARGE] = STD(L(1, 2, 4)) }, false },
		{ { .communities[EDIT_LARGE] = STD({ .part = { 1, 0, 3 }, .any = 2 }) }, true },
		{ { .communities = { STD(C(65000, 1)), STD(L(1, 2, 4)) } }, false },
		{ { .as_path = "^7" }, true }, { { .as_path = "^7$" }, false }, { { .as_path = "8$" }, true }, { { .as_path = "^7 8$" }, true },
		{ { .link = "swp*" }, true }, { { .link = "swp2" }, false }, { { .link = "swp[12]" }, true },
		{ { .family = AF_INET }, true }, { { .family = AF_INET6 }, false },
		{ { .has_origin = true, .origin = ORIGIN_EGP }, true }, { { .has_origin = true, .origin = ORIGIN_IGP }, false },
		{ { .peer_as_only = true }, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		cr_expect_eq(matches(rows[i].match, "10.0.0.0/8"), rows[i].is, "row %zu", i);
}

Test(policy, first_rule_that_ends_wins_and_the_end_of_the_list_rejects)
{
	struct prefix_range ten[] = { range("10.0.0.0/8", 8, 32) };
	struct policy_match in_ten = { .prefixes = ten, .n_prefixes = 1 };
	const struct policy_rule rules[] = {
		{ in_ten, { .has_local_pref = true, .local_pref = 200 }, POLICY_NEXT },
		{ { .link = "swp9" }, { 0 }, POLICY_REJECT },
		{ in_ten, { .has_med = true, .med = 5 }, POLICY_ACCEPT },
		{ in_ten, { 0 }, POLICY_REJECT },
	};
	struct attrs a = { 0 };

	cr_expect_eq(apply(rules, 4, "10.1.0.0/16", &a), POLICY_CHANGED);
	cr_expect(a.local_pref == 200 && a.med == 5 && a.has == (ATTRS_LOCAL_PREF | ATTRS_MED));
	a = (struct attrs){ 0 };
	cr_expect_eq(apply(rules, 4, "11.0.0.0/8", &a), POLICY_REFUSED, "the end");
	cr_expect_eq(apply(rules + 3, 1, "10.0.0.0/8", &a), POLICY_REFUSED);
	cr_expect_eq(apply(NULL, 0, "10.0.0.0/8", &a), POLICY_REFUSED);
}

Test(policy, peer_as_only_is_the_peers_own_as_alone)
{
	struct policy_rule rule = { { .peer_as_only = true }, { 0 }, POLICY_ACCEPT };
	struct attrs a = via_as(SEQ(7, 7));

	cr_expect_eq(apply(&rule, 1, "10.0.0.1/32", &a), POLICY_PASSED);
	a = via_as(SEQ(7, 9));
	cr_expect_eq(apply(&rule, 1, "10.0.0.1/32", &a), POLICY_REFUSED);
	a = via_as((struct span){ 0 });
	cr_expect_eq(apply(&rule, 1, "10.0.0.1/32", &a), POLICY_REFUSED);
}

static void communities_become(struct community_edit edit, struct span from, struct span to)
{
	struct policy_rule rule = { { 0 }, { .communities[EDIT_STANDARD] = edit }, POLICY_ACCEPT };
	struct attrs a = { .communities = from };
	bool same = from.n == to.n && memcmp(from.p, to.p, to.n) == 0;

	cr_expect_eq(apply(&rule, 1, "10.0.0.0/8", &a), same ? POLICY_PASSED : POLICY_CHANGED);
	cr_assert_eq(a.communities.n, to.n);
	cr_expect_arr_eq(a.communities.p, to.p, to.n);
}

Test(policy, communities_are_replaced_deleted_and_added)
{
	struct span ab = BYTES(0, 1, 0, 1, 0, 2, 0, 2), a = BYTES(0, 1, 0, 1), b = BYTES(0, 2, 0, 2), ba = BYTES(0, 2, 0, 2, 0, 1, 0, 1);
	struct span stale = BYTES(0, 1, 0, 1, 0xff, 0xff, 0, 6);

	communities_become((struct community_edit){ 0 }, ab, ab);
	communities_become((struct community_edit){ .add = STD(C(2, 2)) }, a, ab);
	communities_become((struct community_edit){ .add = STD(C(1, 1)) }, ab, ab);
	communities_become((struct community_edit){ .del = STD(C(1, 1)) }, ab, b);
	communities_become((struct community_edit){ .del = STD({ .any = 3 }) }, ab, (struct span){ .p = ab.p });
	communities_become((struct community_edit){ .del = STD(C(1, 1)), .add = STD(C(1, 1)) }, ab, ba);
	communities_become((struct community_edit){ .replace = true }, ab, (struct span){ .p = ab.p });
	communities_become((struct community_edit){ .replace = true, .set = STD(C(2, 2), C(2, 2)) }, ab, b);
	communities_become((struct community_edit){ .del = STD({ .any = 3 }) }, stale, (struct span){ stale.p + 4, 4 });         /* RFC 9494 4.3 */
	communities_become((struct community_edit){ .replace = true }, stale, (struct span){ stale.p + 4, 4 });
}

Test(policy, changes_of_one_rule_are_the_next_ones_input)
{
	const struct policy_rule rules[] = {
		{ { 0 }, { .prepend = 2, .communities[EDIT_LARGE].add = STD(L(1, 2, 3), L(4, 5, 6)) }, POLICY_NEXT },
		{ { .communities[EDIT_LARGE] = STD(L(4, 5, 6)) }, { .prepend = 1, .communities[EDIT_LARGE].del = STD(L(1, 2, 3)) }, POLICY_NEXT },
		{ { .as_path = "^65001 65001 65001 9$" }, { .weight = 3 }, POLICY_ACCEPT },
	};
	static const uint8_t left[] = { 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6 };
	struct attrs a = via_as(SEQ(9));

	cr_assert_eq(apply(rules, 3, "10.0.0.0/8", &a), POLICY_CHANGED);
	cr_expect_eq(a.weight, 3);
	cr_assert_eq(a.large_communities.n, 12);
	cr_expect_arr_eq(a.large_communities.p, left, 12);
}

Test(policy, prepend_makes_a_segment_where_there_is_no_room_in_the_first)
{
	static uint8_t full[2 + 4 * 254] = { 2, 254 };
	struct policy_rule rule = { { 0 }, { .prepend = 2 }, POLICY_ACCEPT };
	static const uint8_t set[] = { 1, 1, 0, 0, 0, 7 }, own[] = { 2, 2, 0, 0, 0xfd, 0xe9, 0, 0, 0xfd, 0xe9 };
	struct attrs a = { .as_path = { full, sizeof(full) } };

	cr_assert_eq(apply(&rule, 1, "10.0.0.0/8", &a), POLICY_CHANGED);
	cr_assert_eq(a.as_path.n, 10 + sizeof(full));
	cr_expect_arr_eq(a.as_path.p, own, 10);
	cr_expect_arr_eq(a.as_path.p + 10, full, sizeof(full));
	a.as_path = (struct span){ set, sizeof(set) };
	cr_assert_eq(apply(&rule, 1, "10.0.0.0/8", &a), POLICY_CHANGED);
	cr_expect_arr_eq(a.as_path.p, own, 10);
	cr_expect_arr_eq(a.as_path.p + 10, set, sizeof(set));
	a.as_path = (struct span){ 0 };
	cr_assert_eq(apply(&rule, 1, "10.0.0.0/8", &a), POLICY_CHANGED);
	cr_expect_eq(a.as_path.n, 10);
}

Test(policy, what_no_attribute_can_hold_is_refused)
{
	static uint8_t many[65532];
	struct policy_rule add = { { 0 }, { .communities[EDIT_STANDARD].add = STD(C(1, 1)) }, POLICY_ACCEPT };
	struct policy_rule longer = { { 0 }, { .prepend = 1 }, POLICY_ACCEPT };
	struct attrs a = { .communities = { many, sizeof(many) } };

	cr_expect_eq(apply(&add, 1, "10.0.0.0/8", &a), POLICY_REFUSED);
	a = (struct attrs){ .as_path = { many, sizeof(many) } };
	cr_expect_eq(apply(&longer, 1, "10.0.0.0/8", &a), POLICY_REFUSED);
}

Test(policy, bad_expression_does_not_compile)
{
	struct policy_rule rule = { .match.as_path = "(" };
	struct policy *p;

	cr_expect_eq(policy_new(&p, &rule, 1), -EINVAL);
}
