/* RFC 7606 as rows of bytes: every attribute that we know × everything that can be wrong with it × what that costs. The README has the same
 * table, made of these rows. */
#include <errno.h>

#include "agent/base/own.h"
#include "agent/bgp/attr.h"
#include "tests/unit/agent/bgp/codec.h"
#include "tests/unit/agent/bgp/readme.h"

enum kind { FLAGS, TOO_SHORT, TOO_LONG, PAST_THE_END, VALUE, TWICE, MISSING, FROM_OTHERS, N_KINDS };
#define README_HEADER "| type | flags | too short | too long | past the end | value | twice | missing | from others |"

static const struct bgp_ctx fabric = { .as4 = true, .mp = { true, true }, .ext_nh_v4 = true, .local_asn = 65001, .remote_asn = 65002 };
static const struct bgp_ctx old = { .mp = { true, true }, .local_asn = 65001, .remote_asn = 65002 };     /* 2-octet ASNs */
static const struct bgp_ctx internal = { .as4 = true, .mp = { true, true }, .local_asn = 65001, .remote_asn = 65001 };

#define ORIGIN "40 01 01 00 "
#define PATH "40 02 06 02 01 0000fdea "
#define PATH2 "40 02 04 02 01 fdea "
#define EMPTY "40 02 00 "
#define HOP "40 03 04 cb007102 "
#define MUST ORIGIN PATH HOP
#define MUST2 ORIGIN PATH2 HOP
#define INTERNAL ORIGIN EMPTY HOP
#define LL "fe80 0000 0000 0000 0000 0000 0000 0002 "
#define NLRI "10 0a01 "

/* The list of attributes (nlri: with NLRI behind it) and the remedy; for FIX_RESET code, subcode and data of the NOTIFICATION. */
static const struct row { uint8_t code; enum kind kind; const struct bgp_ctx *ctx; const char *attrs; enum attr_fix fix; const char *said; } rows[] = {
	{ ATTR_ORIGIN, FLAGS, &fabric, "c0 01 01 00" PATH HOP, FIX_WITHDRAW, NULL },
	{ ATTR_ORIGIN, FLAGS, &fabric, "00 01 01 00" PATH HOP, FIX_WITHDRAW, NULL },
	{ ATTR_ORIGIN, TOO_SHORT, &fabric, "40 01 00" PATH HOP, FIX_WITHDRAW, NULL },
	{ ATTR_ORIGIN, TOO_LONG, &fabric, "40 01 02 0000" PATH HOP, FIX_WITHDRAW, NULL },
	{ ATTR_ORIGIN, PAST_THE_END, &fabric, PATH HOP "40 01 02 00", FIX_WITHDRAW, NULL },
	{ ATTR_ORIGIN, VALUE, &fabric, "40 01 01 03" PATH HOP, FIX_WITHDRAW, NULL },
	{ ATTR_ORIGIN, TWICE, &fabric, MUST "40 01 01 02", FIX_DISCARD, NULL },
	{ ATTR_ORIGIN, MISSING, &fabric, PATH HOP, FIX_WITHDRAW, NULL },

	{ ATTR_AS_PATH, FLAGS, &fabric, ORIGIN "c0 02 06 02 01 0000fdea" HOP, FIX_WITHDRAW, NULL },
	{ ATTR_AS_PATH, TOO_SHORT, &fabric, ORIGIN "40 02 05 02 01 0000fd" HOP, FIX_WITHDRAW, NULL },
	{ ATTR_AS_PATH, TOO_SHORT, &old, ORIGIN "40 02 03 02 01 fd" HOP, FIX_WITHDRAW, NULL },
	{ ATTR_AS_PATH, TOO_SHORT, &fabric, ORIGIN "40 02 01 02" HOP, FIX_WITHDRAW, NULL },
	{ ATTR_AS_PATH, TOO_LONG, &fabric, ORIGIN "40 02 07 02 01 0000fdea 00" HOP, FIX_WITHDRAW, NULL },
	{ ATTR_AS_PATH, TOO_LONG, &old, ORIGIN "40 02 06 02 01 0000fdea" HOP, FIX_WITHDRAW, NULL },
	{ ATTR_AS_PATH, PAST_THE_END, &fabric, ORIGIN HOP "40 02 07 02 01 0000fdea", FIX_WITHDRAW, NULL },
	{ ATTR_AS_PATH, VALUE, &fabric, ORIGIN "40 02 08 02 01 0000fdea 02 00" HOP, FIX_WITHDRAW, NULL },
	{ ATTR_AS_PATH, VALUE, &fabric, ORIGIN "40 02 0c 02 01 0000fdea 05 01 00000007" HOP, FIX_WITHDRAW, NULL },
	{ ATTR_AS_PATH, VALUE, &fabric, ORIGIN "40 02 0c 02 01 0000fdea 03 01 00000007" HOP, FIX_WITHDRAW, NULL },
	{ ATTR_AS_PATH, VALUE, &fabric, ORIGIN "40 02 0c 02 01 0000fdea 04 01 00000007" HOP, FIX_WITHDRAW, NULL },
	{ ATTR_AS_PATH, VALUE, &fabric, ORIGIN "40 02 0a 02 02 0000fdea 00000000" HOP, FIX_WITHDRAW, NULL },
	{ ATTR_AS_PATH, VALUE, &old, ORIGIN "40 02 06 02 02 fdea 0000" HOP, FIX_WITHDRAW, NULL },
	{ ATTR_AS_PATH, VALUE, &fabric, ORIGIN "40 02 06 02 01 00000007" HOP, FIX_WITHDRAW, NULL },
	{ ATTR_AS_PATH, VALUE, &fabric, ORIGIN EMPTY HOP, FIX_WITHDRAW, NULL },
	{ ATTR_AS_PATH, TWICE, &fabric, MUST "40 02 06 02 01 00000007", FIX_DISCARD, NULL },
	{ ATTR_AS_PATH, MISSING, &fabric, ORIGIN HOP, FIX_WITHDRAW, NULL },
	{ ATTR_AS_PATH, MISSING, &internal, ORIGIN HOP, FIX_WITHDRAW, NULL },

	{ ATTR_NEXT_HOP, FLAGS, &fabric, ORIGIN PATH "80 03 04 cb007102", FIX_WITHDRAW, NULL },
	{ ATTR_NEXT_HOP, TOO_SHORT, &fabric, ORIGIN PATH "40 03 03 cb0071", FIX_WITHDRAW, NULL },
	{ ATTR_NEXT_HOP, TOO_LONG, &fabric, ORIGIN PATH "40 03 05 cb00710200", FIX_WITHDRAW, NULL },
	{ ATTR_NEXT_HOP, PAST_THE_END, &fabric, ORIGIN PATH "40 03 04 cb0071", FIX_WITHDRAW, NULL },
	{ ATTR_NEXT_HOP, VALUE, &fabric, ORIGIN PATH "40 03 04 00000000", FIX_WITHDRAW, NULL },
	{ ATTR_NEXT_HOP, VALUE, &fabric, ORIGIN PATH "40 03 04 7f000001", FIX_WITHDRAW, NULL },
	{ ATTR_NEXT_HOP, VALUE, &fabric, ORIGIN PATH "40 03 04 e0000005", FIX_WITHDRAW, NULL },
	{ ATTR_NEXT_HOP, VALUE, &fabric, ORIGIN PATH "40 03 04 ffffffff", FIX_WITHDRAW, NULL },
	{ ATTR_NEXT_HOP, TWICE, &fabric, MUST "40 03 04 00000000", FIX_DISCARD, NULL },
	{ ATTR_NEXT_HOP, MISSING, &fabric, ORIGIN PATH, FIX_WITHDRAW, NULL },

	{ ATTR_MED, FLAGS, &fabric, MUST "c0 04 04 00000001", FIX_WITHDRAW, NULL },
	{ ATTR_MED, FLAGS, &fabric, MUST "40 04 04 00000001", FIX_WITHDRAW, NULL },
	{ ATTR_MED, TOO_SHORT, &fabric, MUST "80 04 03 000001", FIX_WITHDRAW, NULL },
	{ ATTR_MED, TOO_LONG, &fabric, MUST "80 04 05 0000000001", FIX_WITHDRAW, NULL },
	{ ATTR_MED, PAST_THE_END, &fabric, MUST "80 04 04 000001", FIX_WITHDRAW, NULL },
	{ ATTR_MED, TWICE, &fabric, MUST "80 04 04 00000001 80 04 04 00000002", FIX_DISCARD, NULL },

	{ ATTR_LOCAL_PREF, FLAGS, &internal, INTERNAL "c0 05 04 00000064", FIX_WITHDRAW, NULL },
	{ ATTR_LOCAL_PREF, TOO_SHORT, &internal, INTERNAL "40 05 00", FIX_WITHDRAW, NULL },
	{ ATTR_LOCAL_PREF, TOO_LONG, &internal, INTERNAL "40 05 05 0000006400", FIX_WITHDRAW, NULL },
	{ ATTR_LOCAL_PREF, PAST_THE_END, &internal, INTERNAL "40 05 04 000064", FIX_WITHDRAW, NULL },
	{ ATTR_LOCAL_PREF, TWICE, &internal, INTERNAL "40 05 04 00000064 40 05 04 00000065", FIX_DISCARD, NULL },
	{ ATTR_LOCAL_PREF, FROM_OTHERS, &fabric, MUST "40 05 04 00000064", FIX_DISCARD, NULL },
	{ ATTR_LOCAL_PREF, FROM_OTHERS, &fabric, MUST "c0 05 01 00", FIX_DISCARD, NULL },

	{ ATTR_ATOMIC_AGGREGATE, FLAGS, &fabric, MUST "c0 06 00", FIX_WITHDRAW, NULL },
	{ ATTR_ATOMIC_AGGREGATE, TOO_LONG, &fabric, MUST "40 06 01 00", FIX_DISCARD, NULL },
	{ ATTR_ATOMIC_AGGREGATE, PAST_THE_END, &fabric, MUST "40 06 01", FIX_WITHDRAW, NULL },
	{ ATTR_ATOMIC_AGGREGATE, TWICE, &fabric, MUST "40 06 00 40 06 00", FIX_DISCARD, NULL },

	{ ATTR_AGGREGATOR, FLAGS, &fabric, MUST "80 07 08 0000fdf2 0a000001", FIX_WITHDRAW, NULL },
	{ ATTR_AGGREGATOR, TOO_SHORT, &fabric, MUST "c0 07 06 fdf2 0a000001", FIX_DISCARD, NULL },
	{ ATTR_AGGREGATOR, TOO_SHORT, &old, MUST2 "c0 07 05 fdf2 0a0000", FIX_DISCARD, NULL },
	{ ATTR_AGGREGATOR, TOO_LONG, &fabric, MUST "c0 07 09 0000fdf2 0a00000100", FIX_DISCARD, NULL },
	{ ATTR_AGGREGATOR, TOO_LONG, &old, MUST2 "c0 07 08 0000fdf2 0a000001", FIX_DISCARD, NULL },
	{ ATTR_AGGREGATOR, PAST_THE_END, &fabric, MUST "c0 07 08 0000fdf2 0a0000", FIX_WITHDRAW, NULL },
	{ ATTR_AGGREGATOR, VALUE, &fabric, MUST "c0 07 08 00000000 0a000001", FIX_DISCARD, NULL },
	{ ATTR_AGGREGATOR, TWICE, &fabric, MUST "c0 07 08 0000fdf2 0a000001 c0 07 08 0000fdf2 0a000001", FIX_DISCARD, NULL },

	{ ATTR_COMMUNITIES, FLAGS, &fabric, MUST "80 08 04 fdea0001", FIX_WITHDRAW, NULL },
	{ ATTR_COMMUNITIES, TOO_SHORT, &fabric, MUST "c0 08 00", FIX_WITHDRAW, NULL },
	{ ATTR_COMMUNITIES, TOO_LONG, &fabric, MUST "c0 08 05 fdea000100", FIX_WITHDRAW, NULL },
	{ ATTR_COMMUNITIES, PAST_THE_END, &fabric, MUST "c0 08 08 fdea0001", FIX_WITHDRAW, NULL },
	{ ATTR_COMMUNITIES, TWICE, &fabric, MUST "c0 08 04 fdea0001 c0 08 04 fdea0002", FIX_DISCARD, NULL },

	{ ATTR_ORIGINATOR_ID, FLAGS, &internal, INTERNAL "c0 09 04 0a000001", FIX_WITHDRAW, NULL },
	{ ATTR_ORIGINATOR_ID, TOO_SHORT, &internal, INTERNAL "80 09 03 0a0000", FIX_WITHDRAW, NULL },
	{ ATTR_ORIGINATOR_ID, TOO_LONG, &internal, INTERNAL "80 09 05 0a00000100", FIX_WITHDRAW, NULL },
	{ ATTR_ORIGINATOR_ID, PAST_THE_END, &internal, INTERNAL "80 09 04 0a0000", FIX_WITHDRAW, NULL },
	{ ATTR_ORIGINATOR_ID, TWICE, &internal, INTERNAL "80 09 04 0a000001 80 09 04 0a000002", FIX_DISCARD, NULL },
	{ ATTR_ORIGINATOR_ID, FROM_OTHERS, &fabric, MUST "80 09 04 0a000001", FIX_DISCARD, NULL },
	{ ATTR_ORIGINATOR_ID, FROM_OTHERS, &fabric, MUST "80 09 01 0a", FIX_DISCARD, NULL },

	{ ATTR_CLUSTER_LIST, FLAGS, &internal, INTERNAL "40 0a 04 0a000001", FIX_WITHDRAW, NULL },
	{ ATTR_CLUSTER_LIST, TOO_SHORT, &internal, INTERNAL "80 0a 00", FIX_WITHDRAW, NULL },
	{ ATTR_CLUSTER_LIST, TOO_LONG, &internal, INTERNAL "80 0a 06 0a0000010000", FIX_WITHDRAW, NULL },
	{ ATTR_CLUSTER_LIST, PAST_THE_END, &internal, INTERNAL "80 0a 08 0a000001", FIX_WITHDRAW, NULL },
	{ ATTR_CLUSTER_LIST, TWICE, &internal, INTERNAL "80 0a 04 0a000001 80 0a 04 0a000002", FIX_DISCARD, NULL },
	{ ATTR_CLUSTER_LIST, FROM_OTHERS, &fabric, MUST "80 0a 04 0a000001", FIX_DISCARD, NULL },

	{ ATTR_MP_REACH, FLAGS, &fabric, "c0 0e 0b 0001 01 04 cb007102 00 08 0a" ORIGIN PATH, FIX_WITHDRAW, NULL },
	{ ATTR_MP_REACH, FLAGS, &fabric, "40 0e 17 0002 01 10" LL "00 08 20" ORIGIN PATH, FIX_WITHDRAW, NULL },
	{ ATTR_MP_REACH, TOO_SHORT, &fabric, "80 0e 04 0001 01 00" ORIGIN PATH, FIX_RESET, "03 09 800e0400010100" },
	{ ATTR_MP_REACH, TOO_SHORT, &fabric, "c0 0e 04 0001 01 00" ORIGIN PATH, FIX_RESET, "03 09 c00e0400010100" },
	{ ATTR_MP_REACH, TOO_SHORT, &fabric, "80 0e 07 0001 01 20 000000" ORIGIN PATH, FIX_RESET, "03 09 800e0700010120000000" },
	{ ATTR_MP_REACH, TOO_LONG, &fabric, "80 0e 0b 0001 01 04 cb007102 00 10 0a" ORIGIN PATH, FIX_RESET, "03 09 800e0b000101 04cb007102 00100a" },
	{ ATTR_MP_REACH, PAST_THE_END, &fabric, ORIGIN PATH "80 0e ff 0001 01 04 cb007102 00 00", FIX_RESET, "03 01" },
	{ ATTR_MP_REACH, VALUE, &fabric, "80 0e 0b 0001 01 05 cb00710200 00 00" ORIGIN PATH, FIX_RESET, "03 09 800e0b000101 05cb00710200 0000" },
	{ ATTR_MP_REACH, VALUE, &fabric, "80 0e 0a 0002 01 04 cb007102 00 00" ORIGIN PATH, FIX_RESET, "03 09 800e0a000201 04cb007102 0000" },
	{ ATTR_MP_REACH, VALUE, &fabric, "80 0e 0f 0001 01 04 cb007102 00 21 0a00000000" ORIGIN PATH, FIX_RESET,
	  "03 09 800e0f000101 04cb007102 00 210a00000000" },
	{ ATTR_MP_REACH, VALUE, &fabric, "80 0e 0b 0001 01 04 e0000005 00 08 0a" ORIGIN PATH, FIX_WITHDRAW, NULL },
	{ ATTR_MP_REACH, VALUE, &fabric, "80 0e 17 0002 01 10 ff020000000000000000000000000001 00 08 20" ORIGIN PATH, FIX_WITHDRAW, NULL },
	{ ATTR_MP_REACH, TWICE, &fabric, "80 0e 16 0002 01 10" LL "00 00 80 0e 16 0002 01 10" LL "00 00" ORIGIN PATH, FIX_RESET, "03 01" },

	{ ATTR_MP_UNREACH, FLAGS, &fabric, "c0 0f 05 0002 01 08 20", FIX_WITHDRAW, NULL },
	{ ATTR_MP_UNREACH, FLAGS, &fabric, "40 0f 05 0001 01 08 0a", FIX_WITHDRAW, NULL },
	{ ATTR_MP_UNREACH, TOO_SHORT, &fabric, "80 0f 02 0002", FIX_RESET, "03 09 800f020002" },
	{ ATTR_MP_UNREACH, TOO_LONG, &fabric, "80 0f 05 0002 01 10 20", FIX_RESET, "03 09 800f0500020110 20" },
	{ ATTR_MP_UNREACH, PAST_THE_END, &fabric, "80 0f 06 0002 01 10 20", FIX_RESET, "03 01" },
	{ ATTR_MP_UNREACH, VALUE, &fabric, "80 0f 15 0002 01 81 2000000000000000000000000000000000", FIX_RESET,
	  "03 09 800f15000201 81 2000000000000000000000000000000000" },
	{ ATTR_MP_UNREACH, TWICE, &fabric, "80 0f 03 0001 01 80 0f 03 0002 01", FIX_RESET, "03 01" },

	{ ATTR_EXT_COMMUNITIES, FLAGS, &fabric, MUST "80 10 08 0002fdea00000001", FIX_WITHDRAW, NULL },
	{ ATTR_EXT_COMMUNITIES, TOO_SHORT, &fabric, MUST "c0 10 00", FIX_WITHDRAW, NULL },
	{ ATTR_EXT_COMMUNITIES, TOO_LONG, &fabric, MUST "c0 10 09 0002fdea0000000100", FIX_WITHDRAW, NULL },
	{ ATTR_EXT_COMMUNITIES, PAST_THE_END, &fabric, MUST "c0 10 10 0002fdea00000001", FIX_WITHDRAW, NULL },
	{ ATTR_EXT_COMMUNITIES, TWICE, &fabric, MUST "c0 10 08 0002fdea00000001 c0 10 08 0002fdea00000002", FIX_DISCARD, NULL },

	{ ATTR_AS4_PATH, FLAGS, &old, MUST2 "80 11 06 02 01 0000fdea", FIX_WITHDRAW, NULL },
	{ ATTR_AS4_PATH, TOO_SHORT, &old, MUST2 "c0 11 00", FIX_DISCARD, NULL },
	{ ATTR_AS4_PATH, TOO_SHORT, &old, MUST2 "c0 11 05 02 01 0000fd", FIX_DISCARD, NULL },
	{ ATTR_AS4_PATH, TOO_LONG, &old, MUST2 "c0 11 07 02 01 0000fdea 02", FIX_DISCARD, NULL },
	{ ATTR_AS4_PATH, PAST_THE_END, &old, MUST2 "c0 11 06 02 01 0000fd", FIX_WITHDRAW, NULL },
	{ ATTR_AS4_PATH, VALUE, &old, MUST2 "c0 11 06 02 01 00000000", FIX_DISCARD, NULL },
	{ ATTR_AS4_PATH, VALUE, &old, MUST2 "c0 11 06 07 01 0000fdea", FIX_DISCARD, NULL },
	{ ATTR_AS4_PATH, VALUE, &old, MUST2 "c0 11 02 02 00", FIX_DISCARD, NULL },
	{ ATTR_AS4_PATH, TWICE, &old, MUST2 "c0 11 06 02 01 0000fdea c0 11 06 02 01 0000fdeb", FIX_DISCARD, NULL },
	{ ATTR_AS4_PATH, FROM_OTHERS, &fabric, MUST "c0 11 06 02 01 0000fdea", FIX_DISCARD, NULL },

	{ ATTR_AS4_AGGREGATOR, FLAGS, &old, MUST2 "80 12 08 0000fdea 0a000001", FIX_WITHDRAW, NULL },
	{ ATTR_AS4_AGGREGATOR, TOO_SHORT, &old, MUST2 "c0 12 06 fdea 0a000001", FIX_DISCARD, NULL },
	{ ATTR_AS4_AGGREGATOR, TOO_LONG, &old, MUST2 "c0 12 09 0000fdea 0a00000100", FIX_DISCARD, NULL },
	{ ATTR_AS4_AGGREGATOR, PAST_THE_END, &old, MUST2 "c0 12 08 0000fdea 0a0000", FIX_WITHDRAW, NULL },
	{ ATTR_AS4_AGGREGATOR, VALUE, &old, MUST2 "c0 12 08 00000000 0a000001", FIX_DISCARD, NULL },
	{ ATTR_AS4_AGGREGATOR, TWICE, &old, MUST2 "c0 12 08 0000fdea 0a000001 c0 12 08 0000fdea 0a000001", FIX_DISCARD, NULL },
	{ ATTR_AS4_AGGREGATOR, FROM_OTHERS, &fabric, MUST "c0 12 08 0000fdea 0a000001", FIX_DISCARD, NULL },

	{ ATTR_LARGE_COMMUNITIES, FLAGS, &fabric, MUST "80 20 0c 000000010000000200000003", FIX_WITHDRAW, NULL },
	{ ATTR_LARGE_COMMUNITIES, TOO_SHORT, &fabric, MUST "c0 20 00", FIX_WITHDRAW, NULL },
	{ ATTR_LARGE_COMMUNITIES, TOO_LONG, &fabric, MUST "c0 20 10 00000001000000020000000300000004", FIX_WITHDRAW, NULL },
	{ ATTR_LARGE_COMMUNITIES, PAST_THE_END, &fabric, MUST "c0 20 18 000000010000000200000003", FIX_WITHDRAW, NULL },
	{ ATTR_LARGE_COMMUNITIES, TWICE, &fabric, MUST "c0 20 0c 000000010000000200000003 c0 20 0c 000000010000000200000004", FIX_DISCARD, NULL },

	{ ATTR_OTC, FLAGS, &fabric, MUST "80 23 04 0000fdea", FIX_WITHDRAW, NULL },
	{ ATTR_OTC, TOO_SHORT, &fabric, MUST "c0 23 03 00fdea", FIX_WITHDRAW, NULL },
	{ ATTR_OTC, TOO_LONG, &fabric, MUST "c0 23 05 0000fdea00", FIX_WITHDRAW, NULL },
	{ ATTR_OTC, PAST_THE_END, &fabric, MUST "c0 23 08 0000fdea", FIX_WITHDRAW, NULL },
	{ ATTR_OTC, TWICE, &fabric, MUST "c0 23 04 0000fdea c0 23 04 0000fdeb", FIX_DISCARD, NULL },
};

/* What cannot be wrong. */
static const struct { uint8_t code; enum kind kind; } never[] = {
	{ ATTR_ATOMIC_AGGREGATE, TOO_SHORT },    /* it is empty when it is right */
	{ ATTR_ATOMIC_AGGREGATE, VALUE }, { ATTR_MED, VALUE }, { ATTR_LOCAL_PREF, VALUE }, { ATTR_ORIGINATOR_ID, VALUE }, { ATTR_CLUSTER_LIST, VALUE },
	{ ATTR_COMMUNITIES, VALUE }, { ATTR_EXT_COMMUNITIES, VALUE }, { ATTR_LARGE_COMMUNITIES, VALUE }, { ATTR_OTC, VALUE },         /* any number is one */
};

static const char *fix_name(enum attr_fix fix)
{
	switch (fix) {
	case FIX_WITHDRAW:
		return "withdraw";
	case FIX_DISCARD:
		return "discard";
	case FIX_RESET:
		return "reset";
	}
	return "";
}

static void expect_fix(size_t i)
{
	const struct row *row = &rows[i];
	bool mp = row->code == ATTR_MP_REACH || row->code == ATTR_MP_UNREACH;
	struct bytes b = update_hex("", row->attrs, mp ? "" : NLRI), said = hex(row->said ? row->said : "");
	struct bgp_err err = { 0 };
	struct bgp_msg m;
	uint8_t *mem;
	int r = decode(&b, row->ctx, &m, &err, &mem);

	if (row->fix == FIX_RESET) {
		cr_expect_eq(r, -EBADMSG, "%s", row->attrs);
		cr_expect(said.n >= 2 && err.code == said.p[0] && err.subcode == said.p[1] && err.data_len == said.n - 2 &&
			  memcmp(err.data, said.p + 2, err.data_len) == 0, "%s: %u/%u, %u bytes", row->attrs, err.code, err.subcode, err.data_len);
	} else {
		cr_assert_eq(r, 0, "%s: %u/%u %s", row->attrs, err.code, err.subcode, err.what);
		cr_expect_eq(m.update.treat_as_withdraw, row->fix == FIX_WITHDRAW, "%s: %s", row->attrs, m.update.what);
		cr_expect_eq(m.update.discarded, row->fix == FIX_DISCARD, "%s: %u discarded", row->attrs, m.update.discarded);
		cr_expect_eq(m.update.what_attr, row->code, "%s: attribute %u is blamed", row->attrs, m.update.what_attr);
		cr_expect_eq(m.update.nlri.n + m.update.mp_reach.n + m.update.mp_unreach.n, mp ? 2 : 3, "%s: the routes are named all the same", row->attrs);
	}
	free(mem);
}

Test(golden_attr, what_is_wrong_costs_what_rfc_7606_says)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect_fix(i);
}

/* The same lists, right: what the rows are about is nothing else. */
Test(golden_attr, what_is_right_costs_nothing)
{
	static const struct { const struct bgp_ctx *ctx; const char *attrs; } right[] = {
		{ &fabric, MUST "80 04 04 00000001 40 06 00 c0 07 08 0000fdf2 0a000001 c0 08 04 fdea0001 c0 10 08 0002fdea00000001"
			   "c0 20 0c 000000010000000200000003 c0 23 04 0000fdea 80 0e 17 0002 01 10" LL "00 08 20 80 0f 05 0002 01 08 20" },
		{ &internal, INTERNAL "40 05 04 00000064 80 09 04 0a000001 80 0a 08 0a0000010a000002" },
		{ &old, MUST2 "c0 07 06 5ba0 0a000001 c0 11 06 02 01 0000fdea c0 12 08 0001fdf2 0a000001" },
	};

	for (size_t i = 0; i < ARRAY_LEN(right); i++) {
		struct bytes b = update_hex("", right[i].attrs, NLRI);
		struct bgp_err err;
		struct bgp_msg m;
		uint8_t *mem;

		cr_assert_eq(decode(&b, right[i].ctx, &m, &err, &mem), 0);
		cr_expect(!m.update.treat_as_withdraw && !m.update.discarded && !m.update.what, "%zu: %s", i, m.update.what);
		free(mem);
	}
}

static bool applies(const struct attr_row *row, uint8_t code, enum kind kind)
{
	for (size_t i = 0; i < ARRAY_LEN(never); i++)
		if (never[i].code == code && never[i].kind == kind)
			return false;
	if (kind == MISSING)
		return row->class == ATTR_MANDATORY;
	return kind != FROM_OTHERS || row->from != FROM_ANY;
}

/* "withdraw", "reset 3/9", "reset 3/9, withdraw"; "–": cannot be wrong. */
static void cell(uint8_t code, enum kind kind, char *buf, size_t size)
{
	char one[32];

	buf[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bytes said = hex(rows[i].said ? rows[i].said : "");

		if (rows[i].code != code || rows[i].kind != kind)
			continue;
		if (said.n)
			snprintf(one, sizeof(one), "%s %u/%u", fix_name(rows[i].fix), said.p[0], said.p[1]);
		else
			snprintf(one, sizeof(one), "%s", fix_name(rows[i].fix));
		if (!strstr(buf, one))
			snprintf(buf + strlen(buf), size - strlen(buf), "%s%s", buf[0] ? ", " : "", one);
	}
	if (!buf[0])
		snprintf(buf, size, "–");
}

Test(golden_attr, there_is_a_row_for_every_attribute_and_everything_that_can_be_wrong_with_it_and_the_readme_says_so)
{
	const char *text = readme_text();
	unsigned known = 0;

	for (unsigned code = 0; code <= UINT8_MAX; code++) {
		const struct attr_row *row = attr_row((uint8_t)code);
		char line[256], one[64];

		if (!row)
			continue;
		known++;
		snprintf(line, sizeof(line), "\n| %u %s |", code, row->name);
		for (enum kind kind = 0; kind < N_KINDS; kind++) {
			cell((uint8_t)code, kind, one, sizeof(one));
			cr_expect_eq(strcmp(one, "–") != 0, applies(row, (uint8_t)code, kind), "%s, kind %d: %s", row->name, kind, one);
			snprintf(line + strlen(line), sizeof(line) - strlen(line), " %s |", one);
		}
		cr_expect_not_null(strstr(text, line), "no line%s", line);
	}
	cr_expect_eq(readme_rows(text, README_HEADER), known);
}
