/* One session against hand-made bytes. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "agent/base/own.h"
#include "solo.h"

#define MARKER "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
#define BYTES(s) s, sizeof(s) - 1

static const uint8_t withdraw[] = MARKER "\x00\x1b\x02\x00\x04\x18\x0a\x01\x01\x00\x00";       /* UPDATE: withdraws 10.1.1.0/24 */

enum at { AT_OPENSENT, AT_OPENCONFIRM, AT_ESTABLISHED };

static bgp_conn bring_to(struct solo *s, enum at at)
{
	bgp_conn conn;

	solo_set(s);
	conn = s->connect;
	peers_connected(s->peers, conn, s->now);
	if (at >= AT_OPENCONFIRM)
		solo_open(s, conn, PEER_AS, "10.0.0.2");
	if (at >= AT_ESTABLISHED)
		solo_keepalive(s, conn);
	solo_drain(s, conn);
	return conn;
}

Test(session, open_then_keepalive_each_way_is_established)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn = solo_establish(s);
	struct peer_view v = solo_view(s);

	cr_expect_neq(conn, 0u);
	cr_expect_eq(s->n_established, 1u);
	cr_expect_eq(s->sent[BGP_OPEN], 1u);
	cr_expect_eq(s->sent[BGP_KEEPALIVE], 1u);
	cr_expect_eq(v.remote_asn, (uint32_t)PEER_AS);
	cr_expect_eq(ntohl(v.remote_id.s_addr), 0x0a000002u);
	cr_expect_eq(v.hold, 9);
	cr_expect_eq(v.keepalive, 3);
	cr_expect_str_eq(v.hostname, "spine1");
	cr_expect_str_eq(v.link, "swp7");
	cr_expect_str_eq(v.fault, "");
	cr_expect_str_eq(v.last_error, "");
	cr_expect_eq(v.received[BGP_OPEN], 1u);
	cr_expect_eq(v.received[BGP_KEEPALIVE], 1u);
	cr_expect_eq(v.received[0], 2u);
	cr_expect_eq(v.sent[0], 2u);
	cr_expect(v.ever && v.caps_sent && v.caps_received && v.caps_received->ext_nh_v4);
	solo_free(s);
}

Test(session, our_open_says_who_we_are_and_what_we_can)
{
	struct solo *s = solo_new("10.0.0.1");
	struct bgp_ctx ctx = { 0 };
	struct bgp_err err;
	struct bgp_msg msg;
	const uint8_t *p;
	size_t n;

	solo_set(s);
	peers_connected(s->peers, s->connect, s->now);
	p = peers_pending(s->peers, s->connect, &n);
	cr_assert_eq(bgp_decode(rd_of(p, n), &ctx, &msg, &err), 0);
	cr_expect_eq(msg.type, BGP_OPEN);
	cr_expect_eq(msg.open.asn, (uint32_t)OUR_AS);
	cr_expect_eq(msg.open.my_as, OUR_AS);
	cr_expect_eq(msg.open.hold_time, 9);
	cr_expect(msg.open.caps.mp[0] && msg.open.caps.mp[1] && msg.open.caps.ext_nh_v4 && msg.open.caps.as4 && msg.open.caps.refresh);
	cr_expect(msg.open.caps.enhanced_refresh);
	cr_expect(msg.open.caps.gr && msg.open.caps.gr_notification && !msg.open.caps.gr_restarted, "a helper that loses its own routes");
	cr_expect(!msg.open.caps.gr_time && !msg.open.caps.gr_mp[0] && !msg.open.caps.gr_mp[1]);
	cr_expect_str_eq(msg.open.caps.hostname, "leaf1");
	solo_free(s);
}

Test(session, input_byte_by_byte_is_the_same_as_input_at_once)
{
	struct solo *s = solo_new("10.0.0.1");
	uint8_t buf[2 * BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));
	bgp_conn conn;

	solo_put_open(&w, PEER_AS, "10.0.0.2");
	bgp_put_keepalive(&w);
	wr_bytes(&w, withdraw, sizeof(withdraw) - 1);
	wr_bytes(&w, withdraw, sizeof(withdraw) - 1);
	for (size_t piece = 1; piece <= wr_len(&w); piece++) {
		solo_free(s);
		s = solo_new("10.0.0.1");
		solo_set(s);
		conn = s->connect;
		peers_connected(s->peers, conn, s->now);
		for (size_t at = 0, n; at < wr_len(&w); at += n) {
			n = wr_len(&w) - at < piece ? wr_len(&w) - at : piece;
			solo_input(s, conn, buf + at, n);
		}
		cr_assert_eq(s->n_update, 2u, "pieces of %zu", piece);
		cr_assert_eq(s->withdrawn, 4);
	}
	solo_free(s);
}

static const struct { const char *what, *bytes; size_t n; enum at at; uint8_t code, subcode; } garbage[] = {
	{ "marker not all ones", BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x13\x04"), AT_ESTABLISHED, 1, 1 },
	{ "marker not all ones, first message", BYTES("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), AT_OPENSENT, 1, 1 },
	{ "length 18", BYTES(MARKER "\x00\x12\x04"), AT_ESTABLISHED, 1, 2 },
	{ "length 4097", BYTES(MARKER "\x10\x01\x02"), AT_ESTABLISHED, 1, 2 },
	{ "KEEPALIVE with a body", BYTES(MARKER "\x00\x14\x04\x00"), AT_OPENCONFIRM, 1, 2 },
	{ "type 9", BYTES(MARKER "\x00\x13\x09"), AT_ESTABLISHED, 1, 3 },
	{ "version 3", BYTES(MARKER "\x00\x1d\x01\x03\xfd\xea\x00\x09\x0a\x00\x00\x02\x00"), AT_OPENSENT, 2, 1 },
	{ "identifier 0", BYTES(MARKER "\x00\x1d\x01\x04\xfd\xea\x00\x09\x00\x00\x00\x00\x00"), AT_OPENSENT, 2, 3 },
	{ "hold time 2", BYTES(MARKER "\x00\x1d\x01\x04\xfd\xea\x00\x02\x0a\x00\x00\x02\x00"), AT_OPENSENT, 2, 6 },
	{ "our own AS", BYTES(MARKER "\x00\x1d\x01\x04\xfd\xe9\x00\x09\x0a\x00\x00\x02\x00"), AT_OPENSENT, 2, 2 },
	{ "AS 0", BYTES(MARKER "\x00\x1d\x01\x04\x00\x00\x00\x09\x0a\x00\x00\x02\x00"), AT_OPENSENT, 2, 2 },
	{ "KEEPALIVE before OPEN", BYTES(MARKER "\x00\x13\x04"), AT_OPENSENT, 5, 1 },
	{ "UPDATE before OPEN", BYTES(MARKER "\x00\x17\x02\x00\x00\x00\x00"), AT_OPENSENT, 5, 1 },
	{ "ROUTE-REFRESH before OPEN", BYTES(MARKER "\x00\x17\x05\x00\x01\x00\x01"), AT_OPENSENT, 5, 1 },
	{ "UPDATE before KEEPALIVE", BYTES(MARKER "\x00\x17\x02\x00\x00\x00\x00"), AT_OPENCONFIRM, 5, 2 },
	{ "a second OPEN", BYTES(MARKER "\x00\x1d\x01\x04\xfd\xea\x00\x09\x0a\x00\x00\x02\x00"), AT_OPENCONFIRM, 5, 2 },
	{ "OPEN when Established", BYTES(MARKER "\x00\x1d\x01\x04\xfd\xea\x00\x09\x0a\x00\x00\x02\x00"), AT_ESTABLISHED, 5, 3 },
	{ "UPDATE whose withdrawn length is too long", BYTES(MARKER "\x00\x17\x02\x00\x09\x00\x00"), AT_ESTABLISHED, 3, 1 },
};

Test(session, garbage_is_answered_with_the_right_notification_and_nothing_after_it_is_read)
{
	for (size_t i = 0; i < ARRAY_LEN(garbage); i++) {
		struct solo *s = solo_new("10.0.0.1");
		bgp_conn conn = bring_to(s, garbage[i].at);
		uint8_t buf[256];

		memcpy(buf, garbage[i].bytes, garbage[i].n);
		memcpy(buf + garbage[i].n, withdraw, sizeof(withdraw) - 1);
		solo_input(s, conn, buf, garbage[i].n + sizeof(withdraw) - 1);
		cr_expect_eq(s->closed, conn, "%s", garbage[i].what);
		solo_close_mine(s);
		cr_expect_eq(s->said[0], garbage[i].code, "%s: said %u/%u", garbage[i].what, s->said[0], s->said[1]);
		cr_expect_eq(s->said[1], garbage[i].subcode, "%s: said %u/%u", garbage[i].what, s->said[0], s->said[1]);
		cr_expect_eq(s->n_update, 0u);
		cr_expect_eq(s->n_down, garbage[i].at == AT_ESTABLISHED ? 1u : 0u);
		cr_expect_eq(strncmp(solo_view(s).last_error, "we said: ", 9), 0, "%s: %s", garbage[i].what, solo_view(s).last_error);
		cr_expect_eq(solo_view(s).errors, 1u);
		solo_free(s);
	}
}

Test(session, malformed_notification_is_not_answered)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn = bring_to(s, AT_ESTABLISHED);

	solo_input(s, conn, BYTES(MARKER "\x00\x13\x03"));
	cr_expect_eq(s->closed, conn);
	solo_close_mine(s);
	cr_expect_eq(s->said[0], 0);
	solo_free(s);
}

Test(session, notification_is_shown_in_words_with_what_the_operator_wrote)
{
	static const struct { const char *bytes; size_t n; const char *want; } rows[] = {
		{ BYTES(MARKER "\x00\x15\x03\x06\x04"), "peer says: Cease/Administrative Reset" },
		{ BYTES(MARKER "\x00\x1c\x03\x06\x02\x06" "fan\x1b\xc3:"), "peer says: Cease/Administrative Shutdown (\"fan?:\")" },
		{ BYTES(MARKER "\x00\x1f\x03\x06\x09\x06\x02\x07" "gr\xc3\xbc\xc3\x9f" "e"),
		  "peer says: Cease/Hard Reset, Cease/Administrative Shutdown (\"gr\xc3\xbc\xc3\x9f" "e\")" },
		{ BYTES(MARKER "\x00\x15\x03\x06\x09"), "peer says: Cease/Hard Reset" },
		{ BYTES(MARKER "\x00\x17\x03\x06\x02\xff" "a"), "peer says: Cease/Administrative Shutdown" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct solo *s = solo_new("10.0.0.1");
		bgp_conn conn = bring_to(s, AT_ESTABLISHED);

		solo_input(s, conn, rows[i].bytes, rows[i].n);
		cr_expect_eq(s->closed, conn);
		cr_expect_str_eq(solo_view(s).last_error, rows[i].want);
		solo_close_mine(s);
		cr_expect_eq(s->said[0], 0, "a NOTIFICATION is not answered");
		solo_free(s);
	}
}

Test(session, keepalives_leave_within_the_jittered_interval)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn = solo_establish(s);
	unsigned before = s->sent[BGP_KEEPALIVE];

	for (int t = 0; t < 60; t++) {           /* RFC 4271 10: each 2.25 to 3 s */
		solo_until(s, 1000);
		solo_keepalive(s, conn);
		solo_drain(s, conn);
	}
	cr_expect(s->sent[BGP_KEEPALIVE] - before >= 20 && s->sent[BGP_KEEPALIVE] - before <= 27, "%u", s->sent[BGP_KEEPALIVE] - before);
	cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED);
	solo_free(s);
}

static void open_with(struct solo *s, bgp_conn conn, uint16_t hold, struct bgp_caps caps)
{
	struct bgp_open open = { .version = 4, .my_as = PEER_AS, .asn = PEER_AS, .hold_time = hold, .id.s_addr = htonl(0x0a000002), .caps = caps };
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	cr_assert_eq(bgp_put_open(&w, &open), 0);
	solo_input(s, conn, buf, wr_len(&w));
	solo_keepalive(s, conn);
}

Test(session, never_more_than_one_keepalive_a_second)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn = bring_to(s, AT_OPENSENT);
	struct bgp_caps caps = { .mp = { true }, .mp_any = true, .ext_nh_v4 = true, .as4 = true, .asn4 = PEER_AS };
	unsigned before;

	open_with(s, conn, 3, caps);
	before = s->sent[BGP_KEEPALIVE];
	for (int t = 0; t < 60; t++) {           /* RFC 4271 4.4 */
		solo_until(s, 1000);
		solo_keepalive(s, conn);
		solo_drain(s, conn);
	}
	cr_expect(s->sent[BGP_KEEPALIVE] - before >= 55 && s->sent[BGP_KEEPALIVE] - before <= 61, "%u", s->sent[BGP_KEEPALIVE] - before);
	cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED);
	solo_free(s);
}

Test(session, silence_for_the_hold_time_ends_it_and_says_so)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn = solo_establish(s);

	solo_until(s, 5000);
	solo_input(s, conn, withdraw, sizeof(withdraw) - 1);     /* an UPDATE counts as a sign of life */
	solo_until(s, 8999);
	cr_expect_eq(s->n_down, 0u);
	solo_drain(s, conn);
	solo_until(s, 1);
	cr_expect_eq(s->n_down, 1u);
	cr_expect_eq(s->closed, conn);
	solo_close_mine(s);
	cr_expect_eq(s->said[0], NOTIFY_HOLD);
	cr_expect_str_eq(solo_view(s).last_error, "hold timer expired (9 s)");
	cr_expect_eq(solo_view(s).flaps, 1u);
	solo_free(s);
}

Test(session, hold_time_is_the_smaller_one_and_keepalive_a_third_at_most)
{
	static const struct { uint16_t theirs, hold, keepalive; } rows[] = { { 180, 9, 3 }, { 9, 9, 3 }, { 6, 6, 2 }, { 3, 3, 1 }, { 0, 0, 0 } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct solo *s = solo_new("10.0.0.1");
		bgp_conn conn = bring_to(s, AT_OPENSENT);

		open_with(s, conn, rows[i].theirs, (struct bgp_caps){ .mp = { true }, .mp_any = true, .ext_nh_v4 = true, .as4 = true, .asn4 = PEER_AS });
		cr_expect_eq(solo_view(s).hold, rows[i].hold);
		cr_expect_eq(solo_view(s).keepalive, rows[i].keepalive);
		solo_free(s);
	}
}

Test(session, hold_time_zero_means_no_timers)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn = bring_to(s, AT_OPENSENT);

	open_with(s, conn, 0, (struct bgp_caps){ .mp = { true }, .mp_any = true, .ext_nh_v4 = true });
	cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED);
	cr_expect(mono_is_never(peers_next(s->peers)));
	solo_until(s, 3600 * 1000);
	cr_expect_eq(s->n_down, 0u);
	solo_free(s);
}

Test(session, hold_time_zero_leaves_open_confirm_bounded)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn = bring_to(s, AT_OPENSENT);
	uint8_t open[] = MARKER "\x00\x1d\x01\x04\xfd\xea\x00\x00\x0a\x00\x00\x02\x00";

	solo_input(s, conn, open, sizeof(open) - 1);
	cr_expect_eq(solo_view(s).state, BGP_OPENCONFIRM);
	solo_until(s, 15000);
	cr_expect_eq(s->n_closed, 1u);
	solo_free(s);
}

Test(session, what_is_used_is_what_both_offer)
{
	static const struct { struct bgp_caps caps; bool mp4, mp6, as4; const char *fault; } rows[] = {
		{ { .mp = { true, true }, .mp_any = true, .ext_nh_v4 = true, .as4 = true, .asn4 = PEER_AS }, true, true, true, "" },
		{ { .mp = { true }, .mp_any = true, .ext_nh_v4 = true }, true, false, false, "" },
		{ { .mp = { false, true }, .mp_any = true }, false, true, false, "" },
		{ { .mp = { true, true }, .mp_any = true }, false, true, false,
		  "peer did not offer extended next hop (RFC 8950): no IPv4 routes on this link" },
		{ { .ext_nh_v4 = true }, true, false, false, "" },       /* no multiprotocol capability at all: IPv4 unicast */
		{ { .as4 = true, .asn4 = PEER_AS }, false, false, true,
		  "peer did not offer extended next hop (RFC 8950): no IPv4 routes on this link" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct solo *s = solo_new("10.0.0.1");
		bgp_conn conn = bring_to(s, AT_OPENSENT);
		const struct bgp_ctx *ctx;

		open_with(s, conn, 9, rows[i].caps);
		ctx = peer_ctx(peers_find(s->peers, LINK));
		cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED);
		cr_expect_eq(ctx->mp[0], rows[i].mp4, "row %zu", i);
		cr_expect_eq(ctx->mp[1], rows[i].mp6, "row %zu", i);
		cr_expect_eq(ctx->as4, rows[i].as4, "row %zu", i);
		cr_expect_eq(ctx->remote_asn, (uint32_t)PEER_AS);
		cr_expect_str_eq(solo_view(s).fault, rows[i].fault);
		solo_free(s);
	}
}

Test(session, refresh_is_delivered_only_for_a_family_in_use)
{
	static const struct { const char *bytes; size_t n; unsigned delivered; } rows[] = {
		{ BYTES(MARKER "\x00\x17\x05\x00\x01\x00\x01"), 1 },     /* IPv4 unicast */
		{ BYTES(MARKER "\x00\x17\x05\x00\x02\x00\x01"), 1 },     /* IPv6 unicast */
		{ BYTES(MARKER "\x00\x17\x05\x00\x01\x00\x02"), 0 },     /* IPv4 multicast */
		{ BYTES(MARKER "\x00\x17\x05\x00\x19\x00\x46"), 0 },     /* EVPN */
		{ BYTES(MARKER "\x00\x17\x05\x00\x01\x01\x01"), 0 },     /* RFC 7313 BoRR, which the peer did not offer */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct solo *s = solo_new("10.0.0.1");
		bgp_conn conn = bring_to(s, AT_ESTABLISHED);

		solo_input(s, conn, rows[i].bytes, rows[i].n);
		cr_expect_eq(s->n_refresh, rows[i].delivered, "row %zu", i);
		cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED);
		solo_free(s);
	}
}

Test(session, queue_is_bounded_and_its_overflow_ends_the_session_in_the_next_step)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn = solo_establish(s);
	struct peer *peer = peers_find(s->peers, LINK);
	uint8_t update[BGP_MAX_LEN] = MARKER "\x10\x00\x02";
	size_t n;
	int r = 0;

	cr_expect(peer_wants(peer));
	for (n = 0; n < 2 * PEER_SEND_MAX / sizeof(update) && r == 0; n++)
		r = peer_send(peer, update, sizeof(update), 1);
	cr_expect_eq(r, -ENOBUFS);
	cr_expect_eq(n, PEER_SEND_MAX / sizeof(update) + 1);
	cr_expect(!peer_wants(peer));
	cr_expect_eq(s->n_down, 0u, "not under the hands of the caller");
	cr_expect(mono_due(peers_next(s->peers), s->now));
	peers_sent(s->peers, conn, 100, s->now);                 /* one message is half on its way */
	peers_step(s->peers, s->now);
	cr_expect_eq(s->n_down, 1u);
	cr_expect_eq(peers_next_pending(s->peers, 0), conn);
	peers_pending(s->peers, conn, &n);
	cr_expect_eq(n, sizeof(update) - 100 + 21, "the rest of that message, then the NOTIFICATION: %zu", n);
	peers_sent(s->peers, conn, sizeof(update) - 100, s->now);
	solo_close_mine(s);
	cr_expect_eq(s->said[0], NOTIFY_CEASE);
	cr_expect_eq(s->said[1], CEASE_OUT_OF_RESOURCES);
	solo_free(s);
}

Test(session, peer_that_reads_nothing_for_eight_minutes_is_given_up)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn = solo_establish(s);

	for (int t = 0; t < 240 && !s->n_down; t++) {    /* RFC 9687: it still talks, but takes nothing */
		solo_until(s, 2000);
		solo_keepalive(s, conn);
	}
	cr_expect_eq(s->n_down, 0u);
	solo_until(s, 4000);
	cr_expect_eq(s->n_down, 1u);
	solo_close_mine(s);
	cr_expect_eq(s->said[0], 8);
	solo_free(s);
}

Test(session, late_calls_with_an_old_connection_do_nothing)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn = solo_establish(s);
	size_t n;

	peers_closed(s->peers, conn, ECONNRESET, s->now);
	cr_expect_eq(s->n_down, 1u);
	cr_expect_eq(s->n_closed, 0u, "the caller knows already");
	cr_expect_str_eq(solo_view(s).last_error, "connection reset by peer");
	solo_keepalive(s, conn);
	peers_connected(s->peers, conn, s->now);
	peers_closed(s->peers, conn, 0, s->now);
	peers_sent(s->peers, conn, 5, s->now);
	cr_expect_null(peers_pending(s->peers, conn, &n));
	cr_expect_eq(n, 0u);
	cr_expect_eq(s->n_down, 1u);
	solo_free(s);
}
