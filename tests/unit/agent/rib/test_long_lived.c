/* RFC 9494 in the RIB: what becomes of the paths of a peer that stays away, who is told of them, what they lose against. */
#include "agent/base/community.h"
#include "tests/unit/agent/rib/help.h"

static struct rib *rib;
static rib_peer a, b, aware, unaware;
static char forwarding[16], text[1024];

static void changed(void *ctx, const struct prefix *p, const struct rib_via *via, size_t n)
{
	(void)ctx;
	(void)p;
	forwarding[0] = '\0';
	for (size_t i = 0; i < n; i++)
		strcat(forwarding, via[i].peer == a ? "a" : "b");
}

static void start(bool long_lived)
{
	struct rib_config cfg = { .asn = OWN_ASN, .multipath = 64, .long_lived = long_lived };

	cr_assert_eq(rib_new(&rib, &cfg, &(struct rib_out){ .changed = changed }), 0);
	a = add_peer(rib, 1);
	b = add_peer(rib, 2);
	aware = add_peer(rib, 3);
	unaware = add_peer(rib, 4);
	rib_export_long_lived(rib, aware, true);
	rib_export_open(rib, aware, true, true);
	rib_export_open(rib, unaware, true, true);
}

static void setup(void)
{
	start(true);
}

static void teardown(void)
{
	rib_free(rib);
}

TestSuite(long_lived, .init = setup, .fini = teardown);

static const uint8_t llgr_stale[] = { 0xff, 0xff, 0, 6 }, no_llgr[] = { 0xff, 0xff, 0, 7 }, both[] = { 0xff, 0xff, 0, 6, 0xff, 0xff, 0, 7 };

static struct attrs with(const uint8_t *communities, uint16_t n)
{
	struct attrs value = via_as(SEQ(1));

	value.communities = (struct span){ communities, n };
	return value;
}

static void to_text(void *ctx, const struct rib_batch *batch)
{
	const struct attrs *attrs = batch->withdraw ? NULL : attrs_get(rib_attrs(rib), batch->attrs);
	char buf[PREFIX_STRLEN];

	(void)ctx;
	for (size_t i = 0; i < batch->n; i++)
		sprintf(text + strlen(text), "%s%s ", attrs ? attrs_has_community(attrs, COMMUNITY_LLGR_STALE) ? "~" : "+" : "-",
			prefix_str(&batch->prefixes[i], buf));
}

static const char *told(rib_peer peer)
{
	rib_decide(rib, 0);
	text[0] = '\0';
	while (rib_export(rib, peer, to_text, NULL))
		;
	return text;
}

static void leave_for_long(void)
{
	rib_peer_stale(rib, a, AF_INET);
	rib_peer_long_lived(rib, a, AF_INET);
	rib_decide(rib, 0);
}

Test(long_lived, a_path_without_alternative_stays_and_is_told_with_the_community_to_those_who_know_it)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	cr_expect_str_eq(told(aware), "+10.0.0.0/8 ");
	cr_expect_str_eq(told(unaware), "+10.0.0.0/8 ");
	leave_for_long();
	cr_expect_str_eq(forwarding, "a");
	cr_expect_str_eq(told(aware), "~10.0.0.0/8 ");
	cr_expect_str_eq(told(unaware), "-10.0.0.0/8 ");
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	cr_expect_str_eq(told(aware), "+10.0.0.0/8 ", "told again");
	cr_expect_str_eq(told(unaware), "+10.0.0.0/8 ");
}

Test(long_lived, any_fresh_path_is_better)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, b, "10.0.0.0/8", via_as(SEQ(1, 2, 3)));
	rib_decide(rib, 0);
	cr_expect_str_eq(forwarding, "a");
	leave_for_long();
	cr_expect_str_eq(forwarding, "b");
	withdraw(rib, b, "10.0.0.0/8");
	rib_decide(rib, 0);
	cr_expect_str_eq(forwarding, "a", "the last resort");
}

Test(long_lived, equal_paths_are_no_multipath_when_one_of_them_is_stale)
{
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, b, "10.0.0.0/8", via_as(SEQ(2)));
	rib_decide(rib, 0);
	cr_expect_str_eq(forwarding, "ab");
	leave_for_long();
	cr_expect_str_eq(forwarding, "b");
	rib_peer_stale(rib, b, AF_INET);
	rib_peer_long_lived(rib, b, AF_INET);
	rib_decide(rib, 0);
	cr_expect_str_eq(forwarding, "ab", "among least preferred ones all is as usual");
}

Test(long_lived, what_must_not_be_kept_goes_and_nothing_else)
{
	static const struct { const uint8_t *communities; uint16_t n; bool kept; } rows[] = {
		{ NULL, 0, true }, { llgr_stale, 4, true }, { no_llgr, 4, false }, { both, 8, false }, { both + 4, 4, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rib_peer_stats s;

		update(rib, a, "10.0.0.0/8", with(rows[i].communities, rows[i].n));
		update(rib, a, "2001:db8::/32", with(no_llgr, 4));
		leave_for_long();
		rib_peer_stats(rib, a, &s);
		cr_expect_eq(s.received[0], rows[i].kept ? 1u : 0u, "row %zu", i);
		cr_expect_eq(s.stale[0], s.received[0], "row %zu", i);
		cr_expect_eq(s.received[1], 1u, "the other family");
		rib_peer_sweep(rib, a, AF_INET);
		rib_decide(rib, 0);
	}
}

Test(long_lived, marks_are_made_once_and_what_came_since_has_none)
{
	struct rib_peer_stats s;
	struct rib_stats n;

	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, a, "11.0.0.0/8", via_as(SEQ(1)));
	leave_for_long();
	update(rib, a, "11.0.0.0/8", via_as(SEQ(1)));
	rib_peer_long_lived(rib, a, AF_INET);
	cr_expect_str_eq(told(aware), "~10.0.0.0/8 +11.0.0.0/8 ");
	rib_peer_stats(rib, a, &s);
	cr_expect_eq(s.stale[0], 1u);
	rib_peer_sweep(rib, a, AF_INET);
	rib_peer_del(rib, a);
	told(aware);
	told(unaware);
	rib_stats(rib, &n);
	cr_expect_eq(n.attrs, 0u, "no reference is left");
}

Test(long_lived, received_stale_routes_are_the_last_choice_too)
{
	update(rib, a, "10.0.0.0/8", with(llgr_stale, 4));
	update(rib, b, "10.0.0.0/8", via_as(SEQ(1, 2, 3)));
	rib_decide(rib, 0);
	cr_expect_str_eq(forwarding, "b");
	withdraw(rib, b, "10.0.0.0/8");
	cr_expect_str_eq(told(aware), "~10.0.0.0/8 ");
	cr_expect_str_eq(told(unaware), "");
}

Test(long_lived, communities_that_leave_no_room_for_another_cost_the_path)
{
	static const uint8_t many[UINT16_MAX - 3];
	struct rib_peer_stats s;

	update(rib, a, "10.0.0.0/8", with(many, sizeof(many)));
	leave_for_long();
	rib_peer_stats(rib, a, &s);
	cr_expect_eq(s.received[0], 0u);
}

Test(long_lived, without_the_procedures_it_is_a_community_like_any_other)      /* RFC 9494 section 5: off by default */
{
	rib_free(rib);                           /* the one of the suite */
	start(false);
	update(rib, a, "10.0.0.0/8", with(llgr_stale, 4));
	update(rib, b, "10.0.0.0/8", via_as(SEQ(1, 2, 3)));
	cr_expect_str_eq(told(unaware), "~10.0.0.0/8 ");
	cr_expect_str_eq(forwarding, "a");
}
