/* Messages of more than 4096 bytes (RFC 8654): only when both sides announced them, and only where a short one will not do. */
#include <criterion/criterion.h>
#include <string.h>

#include "agent/base/own.h"
#include "codec.h"
#include "solo.h"

static bgp_conn establish(struct solo *s, bool extended)
{
	struct bgp_open open = {
		.version = 4, .asn = PEER_AS, .my_as = PEER_AS, .hold_time = 9, .id.s_addr = htonl(0x0a000002),
		.caps = { .mp = { true, true }, .mp_any = true, .ext_nh_v4 = true, .as4 = true, .asn4 = PEER_AS, .extended_message = extended },
	};
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	solo_set(s);
	peers_connected(s->peers, s->connect, s->now);
	cr_assert_eq(bgp_put_open(&w, &open), 0);
	solo_input(s, s->connect, buf, wr_len(&w));
	solo_keepalive(s, s->connect);
	cr_assert_eq(solo_view(s).state, BGP_ESTABLISHED);
	solo_drain(s, s->connect);
	return s->connect;
}

/* An UPDATE of n bytes that withdraws 10.0.0.0/8 again and again. */
static uint8_t *long_update(size_t n)
{
	uint8_t *p = malloc(n);
	size_t withdrawn = (n - 23) / 2 * 2;

	cr_assert_not_null(p);
	memset(p, 0, n);
	memset(p, 0xff, 16);
	p[16] = (uint8_t)(n >> 8);
	p[17] = (uint8_t)n;
	p[18] = BGP_UPDATE;
	p[19] = (uint8_t)(withdrawn >> 8);
	p[20] = (uint8_t)withdrawn;
	for (size_t i = 0; i < withdrawn; i += 2) {
		p[21 + i] = 8;
		p[22 + i] = 10;
	}
	return p;
}

Test(extended, long_messages_are_read_whole_and_in_pieces)
{
	static const size_t pieces[] = { 1, 18, 20, 4095, 4096, 4097, 65535 };

	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		struct solo *s = solo_new("10.0.0.1");
		bgp_conn conn = establish(s, true);
		uint8_t *p = long_update(65535);

		for (size_t at = 0, n; at < 65535; at += n) {
			n = 65535 - at < pieces[i] ? 65535 - at : pieces[i];
			solo_input(s, conn, p + at, n);
		}
		solo_keepalive(s, conn);
		cr_expect_eq(s->n_update, 1u, "pieces of %zu", pieces[i]);
		cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED);
		free(p);
		solo_free(s);
	}
}

Test(extended, long_messages_that_were_not_agreed_on_are_a_bad_length)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn = establish(s, false);
	uint8_t *p = long_update(4097);
	size_t n;

	solo_input(s, conn, p, 4097);
	cr_expect_eq(s->closed, conn);
	assert_hex(peers_pending(s->peers, conn, &n), 23, MARKER "0017 03 01 02 1001");
	solo_close_mine(s);
	free(p);
	solo_free(s);
}

Test(extended, open_and_keepalive_are_never_long)
{
	static const uint8_t types[] = { BGP_OPEN, BGP_KEEPALIVE };

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		uint8_t *p = long_update(4097);
		struct bgp_err err;

		p[18] = types[i];
		cr_expect_lt(bgp_frame(rd_of(p, 4097), true, &err), 0);
		cr_expect(err.code == NOTIFY_HEADER && err.subcode == 2);
		free(p);
	}
}

Test(extended, only_long_attributes_make_a_long_message)
{
	static uint8_t communities[8000], out[BGP_EXT_LEN];
	static struct prefix prefixes[3000];
	struct bgp_ctx ctx = ctx_fabric;
	struct bgp_egress egress = { .prepend = 65001 };
	struct attrs attrs = { 0 };
	struct wr w = wr_of(out, sizeof(out));

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		prefixes[i] = (struct prefix){ .family = AF_INET, .len = 32, .addr = { 10, (uint8_t)(i >> 8), (uint8_t)i } };
	ctx.extended = true;
	cr_expect_gt(bgp_put_reach(&w, &ctx, &attrs, &egress, prefixes, ARRAY_LEN(prefixes)), 0);
	cr_expect_leq(wr_len(&w), BGP_MAX_LEN);
	attrs.communities = (struct span){ communities, sizeof(communities) };
	w = wr_of(out, sizeof(out));
	cr_expect_eq(bgp_put_reach(&w, &ctx, &attrs, &egress, prefixes, ARRAY_LEN(prefixes)), 3000);
	cr_expect_gt(wr_len(&w), sizeof(communities) + 5 * 3000);
	ctx.extended = false;
	w = wr_of(out, sizeof(out));
	cr_expect_eq(bgp_put_reach(&w, &ctx, &attrs, &egress, prefixes, 1), -90);
}
