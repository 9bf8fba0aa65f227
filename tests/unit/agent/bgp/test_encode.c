#include <arpa/inet.h>
#include <errno.h>

#include "tests/unit/agent/bgp/codec.h"

#define LL "fe80 0000 0000 0000 0000 0000 0000 0001 "

static const struct bgp_ctx ctx_numbered = { .as4 = true, .mp = { true, false }, .local_asn = 4210000001, .remote_asn = 65002 };
static const struct bgp_ctx ctx_old = { .mp = { true, false }, .local_asn = 4210000001, .remote_asn = 65002 };
static const struct bgp_ctx ctx_internal = { .as4 = true, .mp = { true, false }, .local_asn = 65001, .remote_asn = 65001 };

/* A fabric link has no IPv4 address. */
static struct bgp_egress egress(const struct bgp_ctx *ctx)
{
	struct bgp_egress e = { .prepend = 4210000001 };

	inet_pton(AF_INET6, "fe80::1", &e.next_hop_ll);
	if (!ctx->ext_nh_v4)
		inet_pton(AF_INET, "203.0.113.1", &e.next_hop_v4);
	return e;
}

static struct prefix prefix(const char *s)
{
	struct prefix p;

	cr_assert_eq(prefix_parse(s, &p), 0);
	return p;
}

static struct span span(const struct bytes *b)
{
	return (struct span){ b->p, (uint16_t)b->n };
}

static void expect_reach(const struct bgp_ctx *ctx, const struct attrs *attrs, const char *p, const char *want)
{
	struct bgp_egress e = egress(ctx);
	struct prefix pf = prefix(p);
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	cr_assert_eq(bgp_put_reach(&w, ctx, attrs, &e, &pf, 1), 1);
	assert_hex(buf, wr_len(&w), want);
}

Test(encode, ipv4_over_an_ipv6_next_hop_has_mp_reach_first_and_the_link_local_address_twice)
{
	struct attrs a = { .origin = ORIGIN_IGP };

	expect_reach(&ctx_fabric, &a, "10.0.254.1/32",
		     MARKER "0051 02 0000 003a  80 0e 2a 0001 01 20" LL LL "00 20 0a00fe01  40 01 01 00  40 02 06 02 01 faef8081");
}

Test(encode, a_peer_that_knows_the_capability_gets_the_link_local_address_once)
{
	struct bgp_ctx ctx = ctx_fabric;
	struct attrs a = { .origin = ORIGIN_IGP };
	struct bgp_egress e = egress(&ctx);
	struct prefix p = prefix("2001:db8::/33");
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	ctx.ll_next_hop = true;
	expect_reach(&ctx, &a, "10.0.254.1/32",
		     MARKER "0041 02 0000 002a  80 0e 1a 0001 01 10" LL "00 20 0a00fe01  40 01 01 00  40 02 06 02 01 faef8081");
	expect_reach(&ctx, &a, "2001:db8::/33",
		     MARKER "0042 02 0000 002b  80 0e 1b 0002 01 10" LL "00 21 20010db800  40 01 01 00  40 02 06 02 01 faef8081");
	inet_pton(AF_INET6, "2001:db8::1", &e.next_hop_v6);      /* with a global one it stands in the second place as before */
	cr_assert_eq(bgp_put_reach(&w, &ctx, &a, &e, &p, 1), 1);
	assert_hex(buf, wr_len(&w), MARKER "0052 02 0000 003b  80 0e 2b 0002 01 20 20010db8000000000000000000000001" LL
		   "00 21 20010db800  40 01 01 00  40 02 06 02 01 faef8081");
}

Test(encode, only_to_customer_is_kept_or_added)
{
	struct attrs plain = { .origin = ORIGIN_IGP }, marked = { .otc = 65003, .has = ATTRS_OTC };
	struct bgp_egress e = egress(&ctx_numbered);
	struct prefix p = prefix("10.1.0.0/16");
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	expect_reach(&ctx_numbered, &marked, "10.1.0.0/16",
		     MARKER "0035 02 0000 001b  40 01 01 00  40 02 06 02 01 faef8081  40 03 04 cb007101  c0 23 04 0000fdeb  10 0a01");
	e.otc = 65001;
	cr_assert_eq(bgp_put_reach(&w, &ctx_numbered, &plain, &e, &p, 1), 1);
	cr_assert_eq(bgp_put_reach(&w, &ctx_numbered, &marked, &e, &p, 1), 1);
	assert_hex(buf, wr_len(&w),
		   MARKER "0035 02 0000 001b  40 01 01 00  40 02 06 02 01 faef8081  40 03 04 cb007101  c0 23 04 0000fde9  10 0a01"
		   MARKER "0035 02 0000 001b  40 01 01 00  40 02 06 02 01 faef8081  40 03 04 cb007101  c0 23 04 0000fdeb  10 0a01");
}

Test(encode, graceful_shutdown_is_added_once_behind_what_is_there)
{
	struct bytes comm = hex("fdea0001"), both = hex("ffff0000 fdea0001");
	struct attrs bare = { .origin = ORIGIN_IGP }, some = { .communities = span(&comm) }, has = { .communities = span(&both) };
	struct bgp_egress e = egress(&ctx_numbered);
	struct prefix p = prefix("10.1.0.0/16");
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	e.graceful_shutdown = true;
	cr_assert_eq(bgp_put_reach(&w, &ctx_numbered, &bare, &e, &p, 1), 1);
	cr_assert_eq(bgp_put_reach(&w, &ctx_numbered, &some, &e, &p, 1), 1);
	cr_assert_eq(bgp_put_reach(&w, &ctx_numbered, &has, &e, &p, 1), 1);
	assert_hex(buf, wr_len(&w),
		   MARKER "0035 02 0000 001b  40 01 01 00  40 02 06 02 01 faef8081  40 03 04 cb007101  c0 08 04 ffff0000  10 0a01"
		   MARKER "0039 02 0000 001f  40 01 01 00  40 02 06 02 01 faef8081  40 03 04 cb007101  c0 08 08 fdea0001 ffff0000  10 0a01"
		   MARKER "0039 02 0000 001f  40 01 01 00  40 02 06 02 01 faef8081  40 03 04 cb007101  c0 08 08 ffff0000 fdea0001  10 0a01");
}

Test(encode, graceful_shutdown_is_local_pref_0_for_internal_peers_alone)
{
	struct attrs a = { .has = ATTRS_LOCAL_PREF, .local_pref = 200 };
	struct bgp_egress e = egress(&ctx_internal);
	struct prefix p = prefix("10.1.0.0/16");
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	e.graceful_shutdown = true;
	e.prepend = 0;
	cr_assert_eq(bgp_put_reach(&w, &ctx_internal, &a, &e, &p, 1), 1);
	e.prepend = 4210000001;
	cr_assert_eq(bgp_put_reach(&w, &ctx_numbered, &a, &e, &p, 1), 1);
	assert_hex(buf, wr_len(&w),
		   MARKER "0036 02 0000 001c  40 01 01 00  40 02 00  40 03 04 cb007101  40 05 04 00000000  c0 08 04 ffff0000  10 0a01"
		   MARKER "0035 02 0000 001b  40 01 01 00  40 02 06 02 01 faef8081  40 03 04 cb007101  c0 08 04 ffff0000  10 0a01");
}

Test(encode, ipv6_has_the_link_local_address_twice)
{
	struct attrs a = { .origin = ORIGIN_INCOMPLETE };

	expect_reach(&ctx_fabric, &a, "2001:db8::/33",
		     MARKER "0052 02 0000 003b  80 0e 2b 0002 01 20" LL LL "00 21 20010db800  40 01 01 02  40 02 06 02 01 faef8081");
}

Test(encode, ipv4_without_rfc_8950_is_classic)
{
	struct attrs a = { .origin = ORIGIN_IGP };

	expect_reach(&ctx_numbered, &a, "10.1.0.0/16",
		     MARKER "002e 02 0000 0014  40 01 01 00  40 02 06 02 01 faef8081  40 03 04 cb007101  10 0a01");
}

Test(encode, with_rfc_8950_too_an_ipv4_next_hop_is_told_the_classic_way)
{
	static const struct bgp_ctx both = { .as4 = true, .ext_nh_v4 = true, .mp = { true, true }, .local_asn = 4210000001, .remote_asn = 65002 };
	struct attrs a = { .origin = ORIGIN_IGP };
	struct bgp_egress e = egress(&ctx_numbered);
	struct prefix p = prefix("10.1.0.0/16");
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	cr_assert_eq(bgp_put_reach(&w, &both, &a, &e, &p, 1), 1);
	assert_hex(buf, wr_len(&w), MARKER "002e 02 0000 0014  40 01 01 00  40 02 06 02 01 faef8081  40 03 04 cb007101  10 0a01");
}

Test(encode, attributes_stand_in_ascending_order_unknown_ones_between)
{
	struct bytes path = hex("02 01 0000fdea"), comm = hex("fdea0001"), ext = hex("0002fdea00000001"), large = hex("000000010000000200000003"),
		     unknown = hex("e0 0c 01 aa  e0 22 02 bbbb  f0 f0 0001 cc");
	struct attrs a = {
		.origin = ORIGIN_EGP, .as_path = span(&path), .communities = span(&comm), .ext_communities = span(&ext),
		.large_communities = span(&large), .unknown = span(&unknown), .has = ATTRS_ATOMIC | ATTRS_AGGREGATOR,
		.aggregator_as = 65010, .aggregator_id = { htonl(0x0a000001) },
	};

	expect_reach(&ctx_numbered, &a, "0.0.0.0/0",
		     MARKER "006d 02 0000 0055"
		     "40 01 01 01  40 02 0a 02 02 faef8081 0000fdea  40 03 04 cb007101  40 06 00  c0 07 08 0000fdf2 0a000001"
		     "c0 08 04 fdea0001  e0 0c 01 aa  c0 10 08 0002fdea00000001  c0 20 0c 000000010000000200000003"
		     "e0 22 02 bbbb  f0 f0 0001 cc  00");
}

Test(encode, local_pref_and_foreign_med_stay_inside_and_our_own_med_goes_out)
{
	struct bytes path = hex("02 01 0000fdea");
	struct attrs a = { .has = ATTRS_MED | ATTRS_LOCAL_PREF, .med = 5, .local_pref = 200 };
	struct bgp_egress e = egress(&ctx_numbered);
	struct prefix p = prefix("10.0.0.0/8");
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	expect_reach(&ctx_numbered, &a, "10.0.0.0/8",            /* originated here */
		     MARKER "0034 02 0000 001b  40 01 01 00  40 02 06 02 01 faef8081  40 03 04 cb007101  80 04 04 00000005  08 0a");
	a.as_path = span(&path);                                 /* RFC 4271 5.1.4 */
	expect_reach(&ctx_numbered, &a, "10.0.0.0/8",
		     MARKER "0031 02 0000 0018  40 01 01 00  40 02 0a 02 02 faef8081 0000fdea  40 03 04 cb007101  08 0a");
	e.prepend = 0;
	cr_assert_eq(bgp_put_reach(&w, &ctx_internal, &a, &e, &p, 1), 1);
	assert_hex(buf, wr_len(&w), MARKER "003b 02 0000 0022  40 01 01 00  40 02 06 02 01 0000fdea  40 03 04 cb007101  80 04 04 00000005"
		   "40 05 04 000000c8  08 0a");
}

Test(encode, our_asn_gets_a_segment_of_its_own_before_a_set_or_a_full_sequence)
{
	struct bytes set = hex("01 02 0000fdea 0000fdeb"), full = hex("02 ff");
	struct attrs a = { .as_path = span(&set) };
	struct bgp_egress e = egress(&ctx_numbered);
	struct prefix p = prefix("10.0.0.0/8");
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	expect_reach(&ctx_numbered, &a, "10.0.0.0/8",
		     MARKER "0037 02 0000 001e  40 01 01 00  40 02 10 02 01 faef8081 01 02 0000fdea 0000fdeb  40 03 04 cb007101  08 0a");
	for (unsigned i = 0; i < 255; i++)
		hex_add(&full, "0000fdea");
	a.as_path = span(&full);
	cr_assert_eq(bgp_put_reach(&w, &ctx_numbered, &a, &e, &p, 1), 1);
	assert_hex(buf + 27, 14, "50 02 0404 02 01 faef8081 02 ff 0000");        /* the extended length, as it is needed */
}

Test(encode, an_old_peer_gets_as_trans_and_as4_path_only_where_they_are_needed)
{
	struct bytes path = hex("02 01 0000fdea");
	struct attrs a = { .as_path = span(&path), .has = ATTRS_AGGREGATOR, .aggregator_as = 4200000000, .aggregator_id = { htonl(0x0a000001) } };
	struct bgp_egress e = egress(&ctx_numbered);
	struct prefix p = prefix("10.0.0.0/8");
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	expect_reach(&ctx_old, &a, "10.0.0.0/8",
		     MARKER "004e 02 0000 0035  40 01 01 00  40 02 06 02 02 5ba0 fdea  40 03 04 cb007101  c0 07 06 5ba0 0a000001"
		     "c0 11 0a 02 02 faef8081 0000fdea  c0 12 08 fa56ea00 0a000001  08 0a");
	a.has = 0;
	e.prepend = 65001;
	cr_assert_eq(bgp_put_reach(&w, &ctx_old, &a, &e, &p, 1), 1);
	assert_hex(buf, wr_len(&w), MARKER "002d 02 0000 0014  40 01 01 00  40 02 06 02 02 fde9 fdea  40 03 04 cb007101  08 0a");
}

Test(encode, withdrawals_and_end_of_rib)
{
	struct prefix v4[2] = { prefix("10.0.0.0/8"), prefix("10.1.2.0/23") }, v6 = prefix("2001:db8::/32");
	uint8_t buf[512];
	struct wr w = wr_of(buf, sizeof(buf));

	cr_assert_eq(bgp_put_unreach(&w, &ctx_numbered, v4, 2), 2);
	assert_hex(buf, wr_len(&w), MARKER "001d 02 0006 08 0a 17 0a0102 0000");
	w = wr_of(buf, sizeof(buf));
	memset(buf, 0xee, sizeof(buf));
	cr_assert_eq(bgp_put_unreach(&w, &ctx_fabric, v4, 2), 2);
	assert_hex(buf, wr_len(&w), MARKER "0023 02 0000 000c 80 0f 09 0001 01 08 0a 17 0a0102");
	w = wr_of(buf, sizeof(buf));
	cr_assert_eq(bgp_put_unreach(&w, &ctx_fabric, &v6, 1), 1);
	assert_hex(buf, wr_len(&w), MARKER "0022 02 0000 000b 80 0f 08 0002 01 20 20010db8");
	w = wr_of(buf, sizeof(buf));
	cr_assert_eq(bgp_put_eor(&w, AF_INET), 0);
	cr_assert_eq(bgp_put_eor(&w, AF_INET6), 0);
	assert_hex(buf, wr_len(&w), MARKER "0017 02 0000 0000" MARKER "001d 02 0000 0006 80 0f 03 0002 01");
}

Test(encode, the_small_messages)
{
	struct bgp_open open = {
		.version = 4, .my_as = 23456, .asn = 4210000001, .hold_time = 9, .id = { htonl(0x0a00fe01) },
		.caps = { .as4 = true, .asn4 = 4210000001, .mp = { true } },
	};
	struct bgp_refresh refresh = { .afi = 1, .subtype = 2, .safi = 1 };
	uint8_t buf[512];
	struct wr w = wr_of(buf, sizeof(buf));

	cr_assert_eq(bgp_put_open(&w, &open), 0);
	assert_hex(buf, wr_len(&w), MARKER "002d 01 04 5ba0 0009 0a00fe01 10 0206 0104 00010001 0206 4104 faef8081");
	w = wr_of(buf, sizeof(buf));
	cr_assert_eq(bgp_put_keepalive(&w), 0);
	cr_assert_eq(bgp_put_notification(&w, 6, 2, "\x03" "bye", 4), 0);
	cr_assert_eq(bgp_put_refresh(&w, &refresh), 0);
	assert_hex(buf, wr_len(&w), MARKER "0013 04" MARKER "0019 03 06 02 03 627965" MARKER "0017 05 0001 02 01");
}

Test(encode, a_message_is_filled_and_tells_how_many_prefixes_it_took)
{
	struct prefix v4[2000], v6[300];
	struct attrs a = { .origin = ORIGIN_IGP };
	struct bgp_egress e = egress(&ctx_fabric), numbered = egress(&ctx_numbered);
	uint8_t buf[2 * BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	for (uint32_t i = 0; i < 2000; i++)
		v4[i] = prefix4((struct in_addr){ htonl(0x0a000000 + i) }, 32);
	for (uint32_t i = 0; i < 300; i++) {
		v6[i] = prefix("2001:db8::/128");
		v6[i].addr[15] = (uint8_t)i;
	}
	cr_expect_eq(bgp_put_reach(&w, &ctx_fabric, &a, &e, v4, 2000), (4096 - 23 - 41 - 13) / 5);
	cr_expect_leq(wr_len(&w), BGP_MAX_LEN);
	w = wr_of(buf, sizeof(buf));
	cr_expect_eq(bgp_put_reach(&w, &ctx_numbered, &a, &numbered, v4, 2000), (4096 - 23 - 20) / 5);
	w = wr_of(buf, sizeof(buf));
	cr_expect_eq(bgp_put_reach(&w, &ctx_fabric, &a, &e, v6, 300), (4096 - 23 - 41 - 13) / 17);
	w = wr_of(buf, sizeof(buf));
	cr_expect_eq(bgp_put_unreach(&w, &ctx_fabric, v4, 2000), (4096 - 23 - 7) / 5);
	w = wr_of(buf, sizeof(buf));
	cr_expect_eq(bgp_put_unreach(&w, &ctx_numbered, v4, 2000), (4096 - 23) / 5);
}

Test(encode, no_room_writes_nothing)
{
	struct bgp_open open = { .my_as = 1, .caps = { .as4 = true } };
	struct bgp_refresh refresh = { 0 };
	struct attrs a = { .origin = ORIGIN_IGP };
	struct bgp_egress e = egress(&ctx_fabric);
	struct prefix p = prefix("10.0.0.1/32");
	struct bytes comm = { .n = 4040 };
	uint8_t buf[BGP_MAX_LEN];

	for (size_t n = 0; n < 81; n++) {
		struct wr w = wr_of(buf, n);

		cr_expect_eq(bgp_put_reach(&w, &ctx_fabric, &a, &e, &p, 1), -EMSGSIZE, "%zu", n);
		cr_expect(n >= 29 || bgp_put_eor(&w, AF_INET6) == -EMSGSIZE);
		cr_expect(n >= 30 || bgp_put_unreach(&w, &ctx_fabric, &p, 1) == -EMSGSIZE);
		cr_expect(n >= 37 || bgp_put_open(&w, &open) == -EMSGSIZE);
		cr_expect(n >= 19 || bgp_put_keepalive(&w) == -EMSGSIZE);
		cr_expect(n >= 22 || bgp_put_notification(&w, 6, 2, "x", 1) == -EMSGSIZE);
		cr_expect(n >= 23 || bgp_put_refresh(&w, &refresh) == -EMSGSIZE);
		cr_expect(n >= 19 || (wr_len(&w) == 0 && !w.bad));
	}
	a.communities = span(&comm);                             /* attributes alone fill the message */
	cr_expect_eq(bgp_put_reach(&(struct wr){ buf, buf, buf + sizeof(buf), false }, &ctx_fabric, &a, &e, &p, 1), -EMSGSIZE);
}
