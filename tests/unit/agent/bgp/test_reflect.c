/* What goes to numbered peers: next hops that are addresses, and the attributes of route reflection (RFC 4456). */
#include <arpa/inet.h>

#include "tests/unit/agent/bgp/codec.h"

#define GLOBAL "20010db8 0000 0000 0000 0000 0000 0001 "
#define LL "fe80 0000 0000 0000 0000 0000 0000 0001 "

static const struct bgp_ctx internal = { .as4 = true, .mp = { true, true }, .local_asn = 65001, .remote_asn = 65001 };
static const struct bgp_ctx external = { .as4 = true, .mp = { true, true }, .local_asn = 65001, .remote_asn = 65002 };

static void expect(const struct bgp_ctx *ctx, const struct attrs *attrs, const struct bgp_egress *egress, const char *prefix, const char *want)
{
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));
	struct prefix p;

	cr_assert_eq(prefix_parse(prefix, &p), 0);
	cr_assert_eq(bgp_put_reach(&w, ctx, attrs, egress, &p, 1), 1);
	assert_hex(buf, wr_len(&w), want);
}

Test(reflect, a_global_next_hop_stands_first_and_the_link_local_one_only_where_there_is_one)
{
	struct bgp_egress e = { .prepend = 65001 };
	struct attrs a = { 0 };

	inet_pton(AF_INET6, "2001:db8::1", &e.next_hop_v6);
	expect(&external, &a, &e, "2001:db8::/32", MARKER "0041 02 0000 002a  80 0e 1a 0002 01 10" GLOBAL "00 20 20010db8  40 01 01 00  40 02 06 02 01 0000fde9");
	inet_pton(AF_INET6, "fe80::1", &e.next_hop_ll);
	expect(&external, &a, &e, "2001:db8::/32",
	       MARKER "0051 02 0000 003a  80 0e 2a 0002 01 20" GLOBAL LL "00 20 20010db8  40 01 01 00  40 02 06 02 01 0000fde9");
}

Test(reflect, an_internal_peer_is_told_a_local_pref_always_and_who_reflected)
{
	static const uint8_t list[] = { 10, 0, 0, 7 };
	struct bgp_egress e = { .reflect = true, .next_hop_v4 = { htonl(0xcb007101) }, .originator_id = { htonl(0x0a000009) }, .cluster_id = { htonl(0x0a000001) } };
	struct attrs a = { 0 };

	expect(&internal, &a, &e, "10.1.0.0/16",
	       MARKER "003d 02 0000 0023  40 01 01 00  40 02 00  40 03 04 cb007101  40 05 04 00000064  80 09 04 0a000009  80 0a 04 0a000001  10 0a01");
	a.has = ATTRS_ORIGINATOR | ATTRS_LOCAL_PREF;
	a.local_pref = 200;
	a.originator_id.s_addr = htonl(0x0a000008);
	a.cluster_list = (struct span){ list, 4 };
	expect(&internal, &a, &e, "10.1.0.0/16",
	       MARKER "0041 02 0000 0027  40 01 01 00  40 02 00  40 03 04 cb007101  40 05 04 000000c8  80 09 04 0a000008  80 0a 08 0a000001 0a000007  10 0a01");
	e.reflect = false;               /* an external peer never hears of it */
	e.prepend = 65001;
	expect(&external, &a, &e, "10.1.0.0/16", MARKER "002e 02 0000 0014  40 01 01 00  40 02 06 02 01 0000fde9  40 03 04 cb007101  10 0a01");
}

Test(reflect, what_a_reflector_wrote_is_kept_from_internal_peers_and_dropped_from_external_ones)
{
	struct bytes b = update_hex("", "40 01 01 00  40 02 06 02 01 0000fdea  40 03 04 cb007102  80 09 04 0a000008  80 0a 08 0a000001 0a000007", "10 0a01");
	struct bgp_msg msg;
	struct bgp_err err;
	uint8_t *mem;

	cr_assert_eq(decode(&b, &internal, &msg, &err, &mem), 0);
	cr_assert(msg.update.attrs.has & ATTRS_ORIGINATOR);
	cr_assert_eq(msg.update.attrs.originator_id.s_addr, htonl(0x0a000008));
	cr_assert_eq(cluster_list_len(msg.update.attrs.cluster_list), 2);
	cr_assert(cluster_list_has(msg.update.attrs.cluster_list, (struct in_addr){ htonl(0x0a000007) }));
	free(mem);
	cr_assert_eq(decode(&b, &external, &msg, &err, &mem), 0);
	cr_assert_not(msg.update.attrs.has & ATTRS_ORIGINATOR, "RFC 7606 7.9");
	cr_assert_eq(msg.update.attrs.cluster_list.n, 0, "RFC 7606 7.10");
	cr_assert_eq(msg.update.discarded, 2);
	cr_assert_not(msg.update.treat_as_withdraw);
	free(mem);
}
