#include "codec.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#define A "00000001 00000002 00000003"
#define B "00000009 00000009 00000009"
#define WITH_LARGE(len, values) "40 01 01 00  40 02 06 02 01 fa56ea00  40 03 04 cb007101  c0 20 " len " " values

Test(attr_list, each_large_community_counts_once)                        /* RFC 8092 3 */
{
	static const struct { const char *attrs, *want; } rows[] = {
		{ WITH_LARGE("0c", A), A },
		{ WITH_LARGE("18", A B), A B },
		{ WITH_LARGE("18", A A), A },
		{ WITH_LARGE("3c", A B A B A), A B },
		{ WITH_LARGE("18", B A), B A },
	};
	struct bgp_ctx ctx = { .as4 = true, .mp = { true }, .local_asn = 4210000001, .remote_asn = 0xfa56ea00 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes b = update_hex("", rows[i].attrs, "08 0a");
		struct bgp_msg m;
		struct bgp_err err;
		uint8_t *mem;

		cr_assert_eq(decode(&b, &ctx, &m, &err, &mem), 0, "row %zu: %s", i, err.what);
		cr_expect(!m.update.treat_as_withdraw && !m.update.discarded, "row %zu: %s", i, m.update.what);
		assert_hex(m.update.attrs.large_communities.p, m.update.attrs.large_communities.n, rows[i].want);
		free(mem);
	}
}

Test(attr_list, the_longest_list_of_large_communities_without_a_double_fits)
{
	static uint8_t mem[BGP_EXT_LEN];
	struct wr list = wr_of(mem, sizeof(mem));
	struct bgp_ctx ctx = { .as4 = true, .mp = { true }, .extended = true, .local_asn = 4210000001, .remote_asn = 0xfa56ea00 };
	struct bytes head = update_hex("", "40 01 01 00  40 02 06 02 01 fa56ea00  40 03 04 cb007101  d0 20 0000", "");
	static struct bgp_msg m;
	struct bgp_err err;
	unsigned n = 5400;

	wr_bytes(&list, head.p, head.n);
	for (unsigned i = 0; i < n; i++) {
		wr_u32(&list, 0xfa56ea00);
		wr_u32(&list, i / 2 * 2);        /* each one twice */
		wr_u32(&list, 7);
	}
	wr_bytes(&list, "\x08\x0a", 2);
	mem[16] = (uint8_t)(wr_len(&list) >> 8), mem[17] = (uint8_t)wr_len(&list);
	mem[21] = (uint8_t)((wr_len(&list) - 25) >> 8), mem[22] = (uint8_t)(wr_len(&list) - 25);
	mem[head.n - 2] = (uint8_t)(n * 12 >> 8), mem[head.n - 1] = (uint8_t)(n * 12);
	cr_assert_eq(bgp_decode(rd_of(mem, wr_len(&list)), &ctx, &m, &err), 0, "%s", err.what);
	cr_assert_not(m.update.treat_as_withdraw, "%s", m.update.what);
	cr_assert_eq(m.update.attrs.large_communities.n, n / 2 * 12);
}

static void expect_ext(const char *value, uint32_t remote_asn, const char *want)
{
	struct bytes ext = hex(value), all = hex("40 01 01 00");
	struct attrs a = { .ext_communities = { ext.p, (uint16_t)ext.n } };
	struct bgp_ctx ctx = { .as4 = true, .mp = { true, true }, .local_asn = 65001, .remote_asn = remote_asn };
	struct bgp_egress e = { .next_hop_v4.s_addr = htonl(0xcb007101) };
	struct prefix p = { .family = AF_INET, .len = 8, .addr = { 10 } };
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	hex_add(&all, "40 02 00  40 03 04 cb007101");
	if (remote_asn == 65001)
		hex_add(&all, "40 05 04 00000064");
	hex_add(&all, want);
	cr_assert_eq(bgp_put_reach(&w, &ctx, &a, &e, &p, 1), 1);
	cr_assert_eq(wr_len(&w), 23 + all.n + 2);
	cr_expect_eq(memcmp(buf + 23, all.p, all.n), 0, "%s", want);
}

Test(attr_list, extended_communities_that_are_not_transitive_stay_in_the_as)     /* RFC 4360 6 */
{
#define RT "0002 0001 00000001"
#define LINK_BANDWIDTH "4004 0001 4cee6b28"
	expect_ext(RT LINK_BANDWIDTH, 65002, "c0 10 08 " RT);
	expect_ext(LINK_BANDWIDTH RT LINK_BANDWIDTH, 65002, "c0 10 08 " RT);
	expect_ext(LINK_BANDWIDTH, 65002, "");
	expect_ext(RT LINK_BANDWIDTH, 65001, "c0 10 10 " RT LINK_BANDWIDTH);
}
