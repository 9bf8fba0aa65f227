#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>

#include "tests/unit/agent/bgp/codec.h"

#define LL "fe80 0000 0000 0000 0000 0000 0000 0001 "
#define GUA "2001 0db8 0000 0000 0000 0000 0000 0001 "
#define ZERO "0000 0000 0000 0000 0000 0000 0000 0000 "
#define ORIGIN "40 01 01 00 "
#define PATH "40 02 06 02 01 fa56ea00 "         /* 4200000000: the peer of ctx_fabric */
#define HOP "40 03 04 cb007102 "
#define REACH4 "80 0e 2a 0001 01 20" LL LL "00 20 0a00fe01 "
#define MUST ORIGIN PATH HOP
#define NLRI "10 0a01"

static const struct bgp_ctx ctx_internal = { .as4 = true, .mp = { true, true }, .ext_nh_v4 = true, .local_asn = 65001, .remote_asn = 65001 };
static const struct bgp_ctx ctx_old = { .mp = { true, true }, .local_asn = 4210000001, .remote_asn = 65002 };

/* One UPDATE, decoded; spans live until done(). */
struct got {
	struct bgp_msg m;
	struct bgp_err err;
	uint8_t *mem;
	int r;
};

static struct bgp_update *get(struct got *g, const struct bgp_ctx *ctx, const char *withdrawn, const char *attrs, const char *nlri)
{
	struct bytes b = update_hex(withdrawn, attrs, nlri);

	memset(&g->err, 0, sizeof(g->err));
	g->r = decode(&b, ctx, &g->m, &g->err, &g->mem);
	return &g->m.update;
}

static void done(struct got *g)
{
	free(g->mem);
}

static void expect_addr(const struct in6_addr *a, const char *want)
{
	char s[INET6_ADDRSTRLEN];

	cr_expect_str_eq(inet_ntop(AF_INET6, a, s, sizeof(s)), want);
}

Test(decode_update, frrs_announcement_over_an_ipv6_next_hop)
{
	struct bytes b = hex(MARKER "0052 02 0000 003b  90 0e 002a 0001 01 20" LL LL "00 20 0a00fe01" ORIGIN PATH);
	struct bgp_err err;
	struct bgp_msg m;
	struct prefix p;
	uint8_t *mem;
	struct rd r;

	cr_assert_eq(decode(&b, &ctx_fabric, &m, &err, &mem), 0);
	cr_expect(!m.update.treat_as_withdraw && !m.update.discarded && !m.update.what);
	cr_expect_eq(m.update.mp_reach_family, AF_INET);
	cr_expect_eq(m.update.mp_unreach_family, 0);
	expect_addr(&m.update.attrs.next_hop, "fe80::1");
	expect_addr(&m.update.attrs.next_hop_ll, "fe80::1");
	cr_expect_eq(m.update.attrs.has, ATTRS_NEXT_HOP);
	assert_hex(m.update.attrs.as_path.p, m.update.attrs.as_path.n, "02 01 fa56ea00");
	r = rd_of(m.update.mp_reach.p, m.update.mp_reach.n);
	cr_expect(nlri_next(&r, AF_INET, &p));
	cr_expect(prefix_eq(&p, &(struct prefix){ AF_INET, 32, { 10, 0, 254, 1 } }));
	cr_expect(!nlri_next(&r, AF_INET, &p));
	free(mem);
}

Test(decode_update, classic_fields_and_every_attribute)
{
	struct got g;
	struct bgp_update *u = get(&g, &ctx_fabric, "18 0a0203",
				   MUST "80 04 04 00000007" "40 06 00" "c0 07 08 0000fdf2 0a000001" "c0 08 04 fdea0001"
				   "c0 10 08 0002fdea00000001" "c0 20 0c 000000010000000200000003", NLRI "11 0a0180");

	cr_assert_eq(g.r, 0);
	cr_expect(!u->treat_as_withdraw && !u->discarded);
	assert_hex(u->withdrawn.p, u->withdrawn.n, "18 0a0203");
	assert_hex(u->nlri.p, u->nlri.n, "10 0a01 11 0a0180");
	expect_addr(&u->classic_next_hop, "::ffff:203.0.113.2");
	expect_addr(&u->attrs.next_hop, "::");
	cr_expect_eq(u->attrs.has, ATTRS_MED | ATTRS_ATOMIC | ATTRS_AGGREGATOR);
	cr_expect_eq(u->attrs.med, 7);
	cr_expect_eq(u->attrs.aggregator_as, 65010);
	assert_hex(u->attrs.communities.p, u->attrs.communities.n, "fdea0001");
	assert_hex(u->attrs.ext_communities.p, u->attrs.ext_communities.n, "0002fdea00000001");
	assert_hex(u->attrs.large_communities.p, u->attrs.large_communities.n, "000000010000000200000003");
	done(&g);
}

/* RFC 7606: what one bad attribute costs. withdraw: the attribute that is blamed, 0: none. */
struct cost {
	const char *why, *attrs;
	uint8_t withdraw;
	unsigned discarded;
};

static void expect_cost(const struct bgp_ctx *ctx, const struct cost *row)
{
	struct got g;
	struct bgp_update *u = get(&g, ctx, "", row->attrs, NLRI);

	cr_assert_eq(g.r, 0, "%s: %s", row->why, g.err.what);
	cr_expect_eq(u->treat_as_withdraw, row->withdraw != 0, "%s", row->why);
	cr_expect(!row->withdraw || u->what_attr == row->withdraw, "%s: blamed %u", row->why, u->what_attr);
	cr_expect_eq(u->discarded, row->discarded, "%s: %u discarded", row->why, u->discarded);
	cr_expect_eq(u->what != NULL, row->withdraw || row->discarded, "%s", row->why);
	assert_hex(u->nlri.p, u->nlri.n, NLRI);
	done(&g);
}

Test(decode_update, malformed_attributes_withdraw_the_routes)
{
	static const struct cost rows[] = {
		{ "nothing wrong", MUST, 0, 0 },
		{ "ORIGIN empty", "40 01 00" PATH HOP, 1, 0 },
		{ "ORIGIN of 2 bytes", "40 01 02 0000" PATH HOP, 1, 0 },
		{ "ORIGIN 3", "40 01 01 03" PATH HOP, 1, 0 },
		{ "ORIGIN optional", "c0 01 01 00" PATH HOP, 1, 0 },
		{ "ORIGIN not transitive", "00 01 01 00" PATH HOP, 1, 0 },
		{ "AS_PATH with an empty segment", ORIGIN "40 02 08 02 01 fa56ea00 02 00" HOP, 2, 0 },
		{ "AS_PATH segment too long", ORIGIN "40 02 06 02 02 fa56ea00" HOP, 2, 0 },
		{ "AS_PATH with one byte left", ORIGIN "40 02 07 02 01 fa56ea00 02" HOP, 2, 0 },
		{ "AS_PATH segment type 5", ORIGIN "40 02 06 05 01 fa56ea00" HOP, 2, 0 },
		{ "AS_PATH segment type 0", ORIGIN "40 02 06 00 01 fa56ea00" HOP, 2, 0 },
		{ "AS_PATH with a confederation", ORIGIN "40 02 06 03 01 fa56ea00" HOP, 2, 0 },
		{ "AS_PATH with AS 0", ORIGIN "40 02 0a 02 02 fa56ea00 00000000" HOP, 2, 0 },
		{ "AS_PATH of somebody else", ORIGIN "40 02 06 02 01 fa56ea01" HOP, 2, 0 },
		{ "AS_PATH starts with a set", ORIGIN "40 02 06 01 01 fa56ea00" HOP, 2, 0 },
		{ "AS_PATH empty from an external peer", ORIGIN "40 02 00" HOP, 2, 0 },
		{ "NEXT_HOP of 5 bytes", ORIGIN PATH "40 03 05 cb00710200", 3, 0 },
		{ "NEXT_HOP 0.0.0.0", ORIGIN PATH "40 03 04 00000000", 3, 0 },
		{ "NEXT_HOP 127.0.0.1", ORIGIN PATH "40 03 04 7f000001", 3, 0 },
		{ "NEXT_HOP multicast", ORIGIN PATH "40 03 04 e0000001", 3, 0 },
		{ "MED of 3 bytes", MUST "80 04 03 000000", 4, 0 },
		{ "MED transitive", MUST "c0 04 04 00000000", 4, 0 },
		{ "COMMUNITIES empty", MUST "c0 08 00", 8, 0 },
		{ "COMMUNITIES of 5 bytes", MUST "c0 08 05 0000000000", 8, 0 },
		{ "EXTENDED COMMUNITIES of 4 bytes", MUST "c0 10 04 00000000", 16, 0 },
		{ "LARGE_COMMUNITY of 8 bytes", MUST "c0 20 08 0000000000000000", 32, 0 },
		{ "AGGREGATOR with wrong flags", MUST "40 07 08 0000fdf2 0a000001", 7, 0 },
		{ "ATOMIC_AGGREGATE optional", MUST "c0 06 00", 6, 0 },
		{ "no ORIGIN", PATH HOP, 1, 0 },
		{ "no AS_PATH", ORIGIN HOP, 2, 0 },
		{ "no NEXT_HOP", ORIGIN PATH, 3, 0 },
		{ "ONLY_TO_CUSTOMER of 3 bytes", MUST "c0 23 03 000001", 35, 0 },
		{ "ONLY_TO_CUSTOMER of 5 bytes", MUST "c0 23 05 0000000001", 35, 0 },
		{ "ONLY_TO_CUSTOMER that is not transitive", MUST "80 23 04 0000fdea", 35, 0 },
		{ "no attribute at all", "", 1, 0 },
		{ "attribute runs past the end", MUST "c0 08 08 00000000", 8, 0 },
		{ "half an attribute header", MUST "c0 08", 8, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_cost(&ctx_fabric, &rows[i]);
}

Test(decode_update, only_to_customer_is_read_and_is_no_unknown_attribute)
{
	struct got g;
	struct bgp_update *u = get(&g, &ctx_fabric, "", MUST "e0 23 04 0000fdea", NLRI);

	cr_assert_eq(g.r, 0);
	cr_expect_not(u->treat_as_withdraw);
	cr_expect(u->attrs.has & ATTRS_OTC);
	cr_expect_eq(u->attrs.otc, 65002);
	cr_expect_eq(u->attrs.unknown.n, 0);
	done(&g);
}

Test(decode_update, a_lonely_last_byte_withdraws_and_blames_no_attribute)
{
	struct got g;
	struct bgp_update *u = get(&g, &ctx_fabric, "", MUST "c0", NLRI);

	cr_assert_eq(g.r, 0);
	cr_expect(u->treat_as_withdraw);
	cr_expect_eq(u->what_attr, 0);
	done(&g);
}

Test(decode_update, attributes_that_do_no_harm_are_discarded)
{
	static const struct cost rows[] = {
		{ "ATOMIC_AGGREGATE of 1 byte", MUST "40 06 01 00", 0, 1 },
		{ "AGGREGATOR of 6 bytes", MUST "c0 07 06 fdf2 0a000001", 0, 1 },
		{ "AGGREGATOR with AS 0", MUST "c0 07 08 00000000 0a000001", 0, 1 },
		{ "LOCAL_PREF", MUST "40 05 04 00000064", 0, 1 },
		{ "LOCAL_PREF, malformed too", MUST "c0 05 01 00", 0, 1 },
		{ "ORIGINATOR_ID", MUST "80 09 04 0a000001", 0, 1 },
		{ "CLUSTER_LIST", MUST "80 0a 04 0a000001", 0, 1 },
		{ "AS4_PATH", MUST "c0 11 06 02 01 0000fde8", 0, 1 },
		{ "AS4_AGGREGATOR", MUST "c0 12 08 0000fde8 0a000001", 0, 1 },
		{ "ORIGIN twice, a bad one the second time", MUST "40 01 01 07", 0, 1 },
		{ "MED three times", MUST "80 04 04 00000001 80 04 04 00000002 80 04 00", 0, 2 },
		{ "an unknown one twice", MUST "c0 63 00 c0 63 00", 0, 1 },
		{ "unknown, not transitive", MUST "80 63 01 00", 0, 0 },
		{ "extended length of a short one", ORIGIN PATH "50 03 0004 cb007102", 0, 0 },
		{ "Partial on a well-known one", "60 01 01 00" PATH HOP, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_cost(&ctx_fabric, &rows[i]);
}

Test(decode_update, of_duplicates_the_first_one_counts)
{
	struct got g;
	struct bgp_update *u = get(&g, &ctx_fabric, "", MUST "80 04 04 00000001 80 04 04 00000002", NLRI);

	cr_expect_eq(u->attrs.med, 1);
	done(&g);
}

Test(decode_update, internal_peers_may_send_what_external_ones_may_not)
{
	static const struct cost rows[] = {
		{ "LOCAL_PREF, empty AS_PATH", ORIGIN "40 02 00" HOP "40 05 04 00000064", 0, 0 },
		{ "LOCAL_PREF of 3 bytes", ORIGIN "40 02 00" HOP "40 05 03 000064", 5, 0 },
		{ "ORIGINATOR_ID", ORIGIN "40 02 00" HOP "80 09 04 0a000001", 0, 0 },
		{ "ORIGINATOR_ID of 5 bytes", ORIGIN "40 02 00" HOP "80 09 05 0a00000100", 9, 0 },
		{ "CLUSTER_LIST of 6 bytes", ORIGIN "40 02 00" HOP "80 0a 06 0a0000010000", 10, 0 },
	};
	struct got g;
	struct bgp_update *u;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_cost(&ctx_internal, &rows[i]);
	u = get(&g, &ctx_internal, "", rows[0].attrs, NLRI);
	cr_expect(u->attrs.has == ATTRS_LOCAL_PREF && u->attrs.local_pref == 100);
	done(&g);
}

/* Errors that leave no choice: code 3, its subcode and data. */
Test(decode_update, what_cannot_be_located_ends_the_session)
{
	static const struct { const char *why, *withdrawn, *attrs, *nlri; uint8_t subcode; const char *data; } rows[] = {
		{ "withdrawn /33", "21 0a00000100", "", "", 10, "" },
		{ "withdrawn too long", "18 0a00", "", "", 10, "" },
		{ "NLRI /33", "", MUST, "21 0a00000100", 10, "" },
		{ "NLRI too long", "", MUST, "10 0a", 10, "" },
		{ "unknown well-known", "", MUST "40 63 01 aa", NLRI, 2, "40 63 01 aa" },
		{ "MP_REACH twice", "", REACH4 REACH4 ORIGIN PATH, "", 1, "" },
		{ "MP_UNREACH twice", "", "80 0f 03 0001 01 80 0f 03 0002 01", "", 1, "" },
		{ "MP_REACH of 4 bytes", "", "80 0e 04 0001 01 00", "", 9, "80 0e 04 0001 01 00" },
		{ "MP_REACH next hop of 0 bytes", "", "80 0e 06 0001 01 00 00 00", "", 9, "80 0e 06 0001 01 00 00 00" },
		{ "MP_REACH next hop of 5 bytes", "", "80 0e 0b 0001 01 05 cb00710200 00 00", "", 9, "80 0e 0b 0001 01 05 cb00710200 00 00" },
		{ "IPv6 with an IPv4 next hop", "", "80 0e 0a 0002 01 04 cb007102 00 00", "", 9, "80 0e 0a 0002 01 04 cb007102 00 00" },
		{ "next hop of 24 bytes, as VPNs have", "", "80 0e 1e 0001 01 18 0000000000000000" LL "00 00", "", 9,
		  "80 0e 1e 0001 01 18 0000000000000000" LL "00 00" },
		{ "MP_REACH next hop too long", "", "80 0e 07 0001 01 20 000000", "", 9, "80 0e 07 0001 01 20 000000" },
		{ "MP_REACH NLRI /33", "", "80 0e 0f 0001 01 04 cb007102 00 21 0000000000", "", 9, "80 0e 0f 0001 01 04 cb007102 00 21 0000000000" },
		{ "MP_UNREACH of 2 bytes", "", "80 0f 02 0001", "", 9, "80 0f 02 0001" },
		{ "MP_UNREACH NLRI too long", "", "80 0f 05 0002 01 10 20", "", 9, "80 0f 05 0002 01 10 20" },
		{ "MP_REACH runs past the end", "", "80 0e ff 0001 01", NLRI, 1, "" },
		{ "bad ORIGIN, and no NLRI found", "", "40 01 01 07" PATH, "", 1, "" },
		{ "overrun, and no NLRI found", "", ORIGIN "40 02 ff 02 01", "", 1, "" },
		{ "bad ORIGIN beside withdrawals only", "", "80 0f 05 0001 01 08 0a 40 01 01 07", "", 1, "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct got g;

		get(&g, &ctx_fabric, rows[i].withdrawn, rows[i].attrs, rows[i].nlri);
		cr_expect_eq(g.r, -EBADMSG, "%s", rows[i].why);
		cr_expect(g.err.code == 3 && g.err.subcode == rows[i].subcode, "%s: %u/%u", rows[i].why, g.err.code, g.err.subcode);
		assert_hex(g.err.data, g.err.data_len, rows[i].data);
		done(&g);
	}
}

Test(decode_update, total_lengths_that_do_not_add_up_end_the_session)
{
	static const char *const rows[] = { "0001 0000", "ffff 0000", "0000 0001", "0000 ffff", "0002 0000" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes b = msg_hex(BGP_UPDATE, rows[i]);
		struct bgp_err err;
		struct bgp_msg m;
		uint8_t *mem;

		cr_expect_eq(decode(&b, &ctx_fabric, &m, &err, &mem), -EBADMSG, "%s", rows[i]);
		cr_expect(err.code == 3 && err.subcode == 1);
		free(mem);
	}
}

Test(decode_update, every_encoding_of_a_next_hop_that_peers_send)
{
	static const struct { const char *reach, *hop, *ll; bool withdraw; } rows[] = {
		{ "80 0e 0b 0001 01 04 cb007102 00 08 0a", "::ffff:203.0.113.2", "::", false },
		{ "80 0e 0b 0001 01 04 00000000 00 08 0a", "::ffff:0.0.0.0", "::", true },
		{ "80 0e 17 0001 01 10" LL "00 08 0a", "fe80::1", "::", false },
		{ "80 0e 17 0001 01 10" GUA "00 08 0a", "2001:db8::1", "::", false },
		{ "80 0e 17 0001 01 10" ZERO "00 08 0a", "::", "::", true },
		{ "80 0e 17 0002 01 10 ff020000000000000000000000000001 00 08 20", "ff02::1", "::", true },
		{ "80 0e 17 0002 01 10 00000000000000000000000000000001 00 08 20", "::1", "::", true },
		{ "80 0e 27 0002 01 20" LL LL "00 08 20", "fe80::1", "fe80::1", false },
		{ "80 0e 27 0002 01 20" ZERO LL "00 08 20", "::", "fe80::1", false },
		{ "80 0e 27 0002 01 20" GUA LL "00 08 20", "2001:db8::1", "fe80::1", false },
		{ "80 0e 27 0002 01 20" LL ZERO "00 08 20", "fe80::1", "::", false },
		{ "80 0e 27 0002 01 20" GUA GUA "00 08 20", "2001:db8::1", "::", false },
		{ "80 0e 27 0002 01 20" ZERO GUA "00 08 20", "::", "::", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct got g;
		char text[512];
		struct bgp_update *u;

		snprintf(text, sizeof(text), "%s" ORIGIN PATH, rows[i].reach);
		u = get(&g, &ctx_fabric, "", text, "");
		cr_assert_eq(g.r, 0, "%s: %s", rows[i].reach, g.err.what);
		expect_addr(&u->attrs.next_hop, rows[i].hop);
		expect_addr(&u->attrs.next_hop_ll, rows[i].ll);
		cr_expect_eq(u->treat_as_withdraw, rows[i].withdraw, "%s", rows[i].reach);
		cr_expect_eq(u->mp_reach.n, 2);
		done(&g);
	}
}

Test(decode_update, families_that_were_not_negotiated_are_ignored_and_counted)
{
	static const struct bgp_ctx v4 = { .as4 = true, .mp = { true, false }, .ext_nh_v4 = true, .local_asn = 1, .remote_asn = 4200000000 };
	static const struct bgp_ctx v6 = { .as4 = true, .mp = { false, true }, .local_asn = 1, .remote_asn = 4200000000 };
	struct got g;
	struct bgp_update *u = get(&g, &v4, "", "80 0e 17 0002 01 10" LL "00 08 20" ORIGIN PATH "80 0f 05 0002 01 08 20", "");

	cr_assert_eq(g.r, 0);
	cr_expect(!u->treat_as_withdraw && u->discarded == 2 && u->what && u->what_attr == 14);
	cr_expect(!u->mp_reach_family && !u->mp_unreach_family && !u->attrs.has);
	done(&g);
	u = get(&g, &v4, "", "80 0f 0a 0019 46 ffffffffffffff", "");     /* EVPN: its NLRI are not ours to judge */
	cr_expect(g.r == 0 && u->discarded == 1 && !u->eor[0] && !u->eor[1]);
	done(&g);
	u = get(&g, &v6, "08 0a", MUST, NLRI);
	cr_expect(g.r == 0 && u->discarded == 1 && !u->nlri.n && !u->withdrawn.n);
	done(&g);
}

Test(decode_update, end_of_rib_of_both_families)
{
	struct got g;
	struct bgp_update *u = get(&g, &ctx_fabric, "", "", "");

	cr_expect(g.r == 0 && u->eor[0] && !u->eor[1]);
	done(&g);
	u = get(&g, &ctx_fabric, "", "80 0f 03 0002 01", "");
	cr_expect(g.r == 0 && !u->eor[0] && u->eor[1]);
	done(&g);
	u = get(&g, &ctx_fabric, "", "90 0f 0003 0001 01", "");
	cr_expect(g.r == 0 && u->eor[0] && !u->eor[1]);
	done(&g);
	u = get(&g, &ctx_fabric, "", "80 0f 05 0002 01 08 20", "");
	cr_expect(g.r == 0 && !u->eor[0] && !u->eor[1] && u->mp_unreach_family == AF_INET6 && u->mp_unreach.n == 2);
	done(&g);
	u = get(&g, &ctx_fabric, "08 0a", "", "");
	cr_expect(g.r == 0 && !u->eor[0] && u->withdrawn.n == 2 && !u->treat_as_withdraw);
	done(&g);
	u = get(&g, &ctx_fabric, "08 0a", "80 0f 03 0002 01", "");
	cr_expect(g.r == 0 && !u->eor[1]);
	done(&g);
}

Test(decode_update, unknown_transitive_attributes_are_kept_sorted_and_partial)
{
	struct got g;
	struct bgp_update *u = get(&g, &ctx_fabric, "", "cb f0 02 aabb" "80 64 01 00" MUST "d1 63 0001 cc" "e0 0b 00", NLRI);

	cr_assert_eq(g.r, 0);
	cr_expect(!u->discarded);
	assert_hex(u->attrs.unknown.p, u->attrs.unknown.n, "e0 0b 00  f0 63 0001 cc  e0 f0 02 aabb");
	done(&g);
}

Test(decode_update, as_paths_of_2_octet_peers_are_widened_and_joined_with_as4_path)
{
	static const struct { const char *why, *attrs, *path; unsigned discarded; } rows[] = {
		{ "widened", "40 02 0a 02 02 fdea 0007 01 01 0008", "02 02 0000fdea 00000007 01 01 00000008", 0 },
		{ "joined", "40 02 0a 02 04 fdea fdeb 5ba0 5ba0 c0 11 0a 02 02 fa56ea00 fa56ea01",
		  "02 02 0000fdea 0000fdeb 02 02 fa56ea00 fa56ea01", 0 },
		{ "all of it", "40 02 06 02 02 fdea 5ba0 c0 11 0a 02 02 0000fdea fa56ea01", "02 02 0000fdea fa56ea01", 0 },
		{ "a set counts as one", "40 02 0a 02 01 fdea 01 02 5ba0 0009 c0 11 0a 01 02 fa56ea00 00000009",
		  "02 01 0000fdea 01 02 fa56ea00 00000009", 0 },
		{ "AS4_PATH longer than AS_PATH", "40 02 04 02 01 fdea c0 11 0a 02 02 fa56ea00 fa56ea01", "02 01 0000fdea", 0 },
		{ "confederation in AS4_PATH", "40 02 06 02 02 fdea 5ba0 c0 11 0c 03 01 00000001 02 01 fa56ea01", "02 01 0000fdea 02 01 fa56ea01", 0 },
		{ "malformed AS4_PATH", "40 02 06 02 02 fdea 5ba0 c0 11 05 02 01 fa56ea", "02 02 0000fdea 00005ba0", 1 },
		{ "AS4_PATH with AS 0", "40 02 06 02 02 fdea 5ba0 c0 11 06 02 01 00000000", "02 02 0000fdea 00005ba0", 1 },
		{ "AS4_PATH, but the aggregator was old", "40 02 06 02 02 fdea 5ba0 c0 07 06 fdea 0a000001 c0 11 06 02 01 fa56ea01"
		  "c0 12 08 fa56ea00 0a000002", "02 02 0000fdea 00005ba0", 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct got g;
		char text[512];
		struct bgp_update *u;

		snprintf(text, sizeof(text), ORIGIN HOP "%s", rows[i].attrs);
		u = get(&g, &ctx_old, "", text, NLRI);
		cr_assert_eq(g.r, 0, "%s", rows[i].why);
		cr_expect(!u->treat_as_withdraw && u->discarded == rows[i].discarded, "%s: %s", rows[i].why, u->what);
		assert_hex(u->attrs.as_path.p, u->attrs.as_path.n, rows[i].path);
		done(&g);
	}
}

Test(decode_update, as4_aggregator_stands_in_for_as_trans)
{
	struct got g;
	struct bgp_update *u = get(&g, &ctx_old, "", ORIGIN HOP "40 02 04 02 01 fdea c0 07 06 5ba0 0a000001 c0 12 08 fa56ea00 0a000002", NLRI);

	cr_expect_eq(u->attrs.aggregator_as, 4200000000);
	cr_expect_eq(ntohl(u->attrs.aggregator_id.s_addr), 0x0a000002);
	done(&g);
	u = get(&g, &ctx_old, "", ORIGIN HOP "40 02 04 02 01 fdea c0 07 06 fdea 0a000001 c0 12 08 fa56ea00 0a000002", NLRI);
	cr_expect_eq(u->attrs.aggregator_as, 65002);
	done(&g);
}

Test(decode_update, the_longest_2_octet_path_fits_its_scratch)
{
	struct bytes b = update_hex("", ORIGIN HOP, "");
	size_t attrs_at = 21, path;
	struct bgp_err err;
	struct bgp_msg m;
	uint8_t *mem;

	hex_add(&b, "50 02 0000");
	for (path = 0; b.n + 512 + 2 < BGP_MAX_LEN; path += 512) {
		hex_add(&b, "02 ff");
		for (unsigned i = 0; i < 255; i++)
			hex_add(&b, "fdea");
	}
	patch16(&b, 36, path);
	patch16(&b, attrs_at, b.n - 23);
	hex_add(&b, "08 0a");
	patch16(&b, 16, b.n);
	cr_assert_eq(decode(&b, &ctx_old, &m, &err, &mem), 0, "%s", err.what);
	cr_expect(!m.update.treat_as_withdraw, "%s", m.update.what);
	cr_expect_eq(m.update.attrs.as_path.n, path / 512 * (2 + 255 * 4));
	free(mem);
}

Test(decode_update, prefixes_come_out_masked_and_of_every_length)
{
	struct bytes b = hex("00  01ff  07ff  08ff  09ffff  1fffffffff  20ffffffff");
	static const uint8_t last[] = { 0, 0x80, 0xfe, 0xff, 0x80, 0xfe, 0xff };
	struct rd r = rd_of(b.p, b.n);
	struct prefix p, masked;

	for (size_t i = 0; i < sizeof(last); i++) {
		cr_assert(nlri_next(&r, AF_INET, &p));
		masked = p;
		prefix_mask(&masked);
		cr_expect(prefix_eq(&p, &masked));
		cr_expect_eq(p.addr[p.len ? (p.len - 1) / 8 : 0], last[i]);
	}
	cr_expect(!nlri_next(&r, AF_INET, &p) && !r.bad);
}

Test(decode_update, every_cut_of_a_message_is_refused_or_read_and_never_overrun)
{
	struct bytes whole = update_hex("08 0b", REACH4 MUST "c0 08 04 fdea0001 80 0f 05 0002 01 08 20 e0 63 02 0102", NLRI);

	for (size_t n = 0; n <= whole.n; n++) {
		struct bytes b = whole;
		struct bgp_err err;
		struct bgp_msg m;
		uint8_t *mem;

		b.n = n;
		patch16(&b, 16, n);
		decode(&b, &ctx_fabric, &m, &err, &mem);         /* the sanitizer is the judge */
		free(mem);
	}
}
