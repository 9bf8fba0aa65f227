/* Who is told a prefix and why not, and the longest match. */
#include "agent/base/community.h"
#include "tests/unit/agent/rib/help.h"

static struct rib *rib;
static rib_peer a, b, internal, inside;

static void setup(void)
{
	struct rib_peer_info info;

	cr_assert_eq(rib_new(&rib, &(struct rib_config){ .asn = OWN_ASN, .multipath = 64, .long_lived = true }, &(struct rib_out){ 0 }), 0);
	a = add_peer(rib, 1);
	b = add_peer(rib, 2);
	for (unsigned n = 3; n <= 4; n++) {
		info = peer_info(n);
		info.ebgp = false;
		cr_assert_eq(rib_peer_add(rib, &info, n == 3 ? &internal : &inside), 0);
	}
	rib_export_open(rib, a, true, true);
	rib_export_open(rib, b, true, false);
	rib_export_open(rib, internal, true, true);
	rib_export_open(rib, inside, true, true);
}

static void teardown(void)
{
	rib_free(rib);
}

TestSuite(tell, .init = setup, .fini = teardown);

static void drop(void *ctx, const struct rib_batch *batch)
{
	(void)ctx;
	(void)batch;
}

static void say_all(rib_peer peer)
{
	rib_decide(rib, 0);
	while (rib_export(rib, peer, drop, NULL))
		;
}

static struct rib_told_view told(rib_peer peer, const char *prefix)
{
	struct prefix p = pfx(prefix);
	struct rib_told_view v;

	cr_assert(rib_told(rib, peer, &p, &v), "%s", prefix);
	if (v.attrs)
		attrs_unref(rib_attrs(rib), v.attrs);
	return v;
}

static attrs_id refuses(void *ctx, const struct prefix *p, attrs_id attrs, bool local)
{
	(void)ctx;
	(void)p;
	(void)attrs;
	(void)local;
	return 0;
}

Test(tell, each_reason_has_its_name_and_is_the_one_that_keeps_the_route_back)
{
	static const struct { uint32_t community; enum rib_tell external, in; } rows[] = {
		{ 0, RIB_TELL, RIB_TELL }, { COMMUNITY_NO_EXPORT, RIB_TELL_NO_EXPORT, RIB_TELL }, { COMMUNITY_BLACKHOLE, RIB_TELL_BLACKHOLE, RIB_TELL },
		{ COMMUNITY_NO_ADVERTISE, RIB_TELL_NO_ADVERTISE, RIB_TELL_NO_ADVERTISE },
		{ COMMUNITY_LLGR_STALE, RIB_TELL_LONG_LIVED, RIB_TELL_LONG_LIVED },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t c[4] = { (uint8_t)(rows[i].community >> 24), (uint8_t)(rows[i].community >> 16), (uint8_t)(rows[i].community >> 8), (uint8_t)rows[i].community };
		struct attrs value = via_as(SEQ(1));

		if (rows[i].community)
			value.communities = (struct span){ c, sizeof(c) };
		update(rib, a, "10.0.0.0/8", value);
		cr_expect_eq(told(b, "10.0.0.0/8").why, RIB_TELL_NOTHING, "not decided yet");
		say_all(b);
		say_all(internal);
		cr_expect_eq(told(b, "10.0.0.0/8").why, rows[i].external, "row %zu", i);
		cr_expect_eq(told(internal, "10.0.0.0/8").why, rows[i].in, "row %zu", i);
		cr_expect_eq(told(b, "10.0.0.0/8").told, rows[i].external == RIB_TELL);
		cr_expect_eq(told(a, "10.0.0.0/8").why, RIB_TELL_CAME_FROM);
		cr_expect_eq(told(a, "10.0.0.0/8").from, a);
		withdraw(rib, a, "10.0.0.0/8");
		say_all(b);
		say_all(internal);
	}
	for (enum rib_tell why = RIB_TELL_NOTHING; why <= RIB_TELL_FILTER; why++)
		cr_expect_gt(strlen(rib_tell_str(why)), 5u);
	cr_expect_str_eq(rib_tell_str(RIB_TELL), "");
}

Test(tell, sessions_filters_and_internal_neighbors_keep_back_too)
{
	update(rib, a, "2001:db8::/32", via_as(SEQ(1)));
	update(rib, internal, "10.0.0.0/8", via_as(SEQ(1)));
	rib_decide(rib, 0);
	cr_expect_eq(told(b, "2001:db8::/32").why, RIB_TELL_FAMILY);
	cr_expect_eq(told(inside, "10.0.0.0/8").why, RIB_TELL_INTERNAL);
	cr_expect_eq(told(b, "10.0.0.0/8").why, RIB_TELL);
	cr_expect_not(told(b, "10.0.0.0/8").told, "it is on its way");
	rib_export_filter(rib, b, refuses, NULL);
	cr_expect_eq(told(b, "10.0.0.0/8").why, RIB_TELL_FILTER);
}

Test(tell, well_known_communities_of_our_own_routes_are_for_the_receiver)
{
	static const uint8_t c[] = { 0xff, 0xff, 0xff, 0x01, 0xff, 0xff, 0xff, 0x02, 0xff, 0xff, 0x02, 0x9a };   /* NO_EXPORT, NO_ADVERTISE, BLACKHOLE */
	struct attrs value = { .communities = { c, sizeof(c) } };

	update(rib, RIB_LOCAL, "10.0.0.0/8", value);
	rib_decide(rib, 0);
	cr_expect_eq(told(b, "10.0.0.0/8").why, RIB_TELL);
	cr_expect_eq(told(internal, "10.0.0.0/8").why, RIB_TELL);
}

Test(tell, what_is_not_there_has_no_answer)
{
	struct rib_told_view v;
	struct prefix p = pfx("10.0.0.0/8");

	cr_expect_not(rib_told(rib, b, &p, &v));
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	cr_expect_not(rib_told(rib, RIB_LOCAL, &p, &v));
	cr_expect_not(rib_told(rib, 77, &p, &v));
}

static const struct { const char *asked, *longest; } matches[] = {
	{ "10.1.2.3/32", "10.1.2.0/24" }, { "10.1.2.0/24", "10.1.2.0/24" }, { "10.1.2.0/23", "10.1.0.0/16" }, { "10.1.3.1/32", "10.1.0.0/16" },
	{ "10.2.0.1/32", "0.0.0.0/0" }, { "2001:db8::1/128", NULL }, { "2001:db8:1::7/128", "2001:db8:1::/48" },
};

Test(tell, the_longest_match_is_found)
{
	struct prefix p, found;
	char s[PREFIX_STRLEN];

	update(rib, a, "0.0.0.0/0", via_as(SEQ(1)));
	update(rib, a, "10.1.0.0/16", via_as(SEQ(1)));
	update(rib, a, "10.1.2.0/24", via_as(SEQ(1)));
	update(rib, a, "2001:db8:1::/48", via_as(SEQ(1)));
	for (size_t i = 0; i < ARRAY_LEN(matches); i++) {
		p = pfx(matches[i].asked);
		cr_expect_eq(rib_longest(rib, &p, &found), matches[i].longest != NULL, "%s", matches[i].asked);
		if (matches[i].longest)
			cr_expect_str_eq(prefix_str(&found, s), matches[i].longest, "%s", matches[i].asked);
	}
}
