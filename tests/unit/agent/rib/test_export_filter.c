/* What a peer must not be told: by its filter, by the well-known communities. */
#include "agent/base/community.h"
#include "tests/unit/agent/rib/help.h"

static struct rib *rib;
static rib_peer a, b, internal;
static struct prefix refused;
static uint32_t med;                     /* what the filter sets; 0: nothing */

static void setup(void)
{
	struct rib_peer_info info = peer_info(3);

	cr_assert_eq(rib_new(&rib, &(struct rib_config){ .asn = OWN_ASN, .multipath = 64 }, &(struct rib_out){ 0 }), 0);
	a = add_peer(rib, 1);
	b = add_peer(rib, 2);
	info.ebgp = false;
	cr_assert_eq(rib_peer_add(rib, &info, &internal), 0);
	rib_export_open(rib, b, true, true);
	rib_export_open(rib, internal, true, true);
}

static void teardown(void)
{
	rib_free(rib);
}

TestSuite(export_filter, .init = setup, .fini = teardown);

static attrs_id filter(void *ctx, const struct prefix *p, attrs_id attrs, bool local)
{
	struct attrs value = *attrs_get(rib_attrs(rib), attrs);
	attrs_id id;

	cr_assert_null(ctx);
	cr_assert_not(local);
	if (prefix_eq(p, &refused))
		return 0;
	value.med = med;
	value.has |= med ? ATTRS_MED : 0;
	cr_assert_eq(attrs_intern(rib_attrs(rib), &value, &id), 0);
	return id;
}

static char text[4096];

static void to_text(void *ctx, const struct rib_batch *batch)
{
	char buf[PREFIX_STRLEN];

	(void)ctx;
	strcat(text, batch->withdraw ? "-" : "+");
	for (size_t i = 0; i < batch->n; i++)
		sprintf(text + strlen(text), "%s ", prefix_str(&batch->prefixes[i], buf));
	if (!batch->withdraw)
		sprintf(text + strlen(text), "[%u] ", attrs_get(rib_attrs(rib), batch->attrs)->med);
}

static const char *told(rib_peer peer)
{
	text[0] = 0;
	rib_decide(rib, 0);
	while (rib_export(rib, peer, to_text, NULL))
		;
	return text;
}

Test(export_filter, what_it_refuses_is_not_told_and_its_changes_are)
{
	struct rib_peer_stats s;

	rib_export_filter(rib, b, filter, NULL);
	refused = pfx("10.0.0.0/8");
	med = 7;
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, a, "11.0.0.0/8", via_as(SEQ(1)));
	cr_expect_str_eq(told(b), "+11.0.0.0/8 [7] ");
	cr_expect_str_eq(told(internal), "+10.0.0.0/8 11.0.0.0/8 [0] ", "it has no filter");
	rib_peer_stats(rib, b, &s);
	cr_expect_eq(s.sent[0], 1);
}

Test(export_filter, prefixes_that_become_equal_are_one_batch_and_no_reference_stays)
{
	struct rib_stats s;

	rib_export_filter(rib, b, filter, NULL);
	refused = pfx("1.0.0.0/8");
	med = 7;
	for (uint32_t i = 0; i < 3; i++) {
		struct attrs value = via_as(SEQ(1));

		value.has |= ATTRS_MED;
		value.med = i + 1;
		update(rib, a, (const char *[]){ "10.0.0.0/8", "11.0.0.0/8", "12.0.0.0/8" }[i], value);
	}
	cr_expect_str_eq(told(b), "+10.0.0.0/8 11.0.0.0/8 12.0.0.0/8 [7] ");
	rib_stats(rib, &s);
	cr_expect_eq(s.attrs, 3, "the three that were received");
}

Test(export_filter, what_it_refuses_later_is_withdrawn_if_it_was_told)
{
	rib_export_filter(rib, b, filter, NULL);
	refused = pfx("1.0.0.0/8");
	med = 0;
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	cr_expect_str_eq(told(b), "+10.0.0.0/8 [0] ");
	refused = pfx("10.0.0.0/8");
	rib_export_again(rib, b, AF_INET);
	cr_expect_str_eq(told(b), "-10.0.0.0/8 ");
	rib_export_again(rib, b, AF_INET);
	cr_expect_str_eq(told(b), "", "once");
	withdraw(rib, a, "10.0.0.0/8");
	cr_expect_str_eq(told(b), "");
}

Test(export_filter, well_known_communities_keep_a_route_where_they_say)
{
	static const struct { uint32_t value; bool external, inside; } rows[] = {
		{ COMMUNITY_NO_EXPORT, false, true }, { COMMUNITY_NO_EXPORT_SUBCONFED, false, true }, { COMMUNITY_NO_ADVERTISE, false, false },
		{ COMMUNITY_BLACKHOLE, false, true }, { COMMUNITY_GRACEFUL_SHUTDOWN, true, true }, { 0xfde80001, true, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t c[8] = { 0, 1, 0, 1, (uint8_t)(rows[i].value >> 24), (uint8_t)(rows[i].value >> 16), (uint8_t)(rows[i].value >> 8),
				 (uint8_t)rows[i].value };
		struct attrs value = via_as(SEQ(1));

		value.communities = (struct span){ c, sizeof(c) };
		update(rib, a, "10.0.0.0/8", value);
		cr_expect_str_eq(told(b), rows[i].external ? "+10.0.0.0/8 [0] " : "", "%08x to an external peer", rows[i].value);
		cr_expect_str_eq(told(internal), rows[i].inside ? "+10.0.0.0/8 [0] " : "", "%08x to an internal peer", rows[i].value);
		withdraw(rib, a, "10.0.0.0/8");
		told(b);
		told(internal);
	}
}

Test(export_filter, a_route_that_gets_a_well_known_community_is_withdrawn)
{
	struct attrs value = via_as(SEQ(1));

	update(rib, a, "10.0.0.0/8", value);
	cr_expect_str_eq(told(b), "+10.0.0.0/8 [0] ");
	value.communities = (struct span){ (const uint8_t[]){ 0xff, 0xff, 0xff, 0x01 }, 4 };
	update(rib, a, "10.0.0.0/8", value);
	cr_expect_str_eq(told(b), "-10.0.0.0/8 ");
}
