/* What graceful restart (RFC 4724, RFC 8538), enhanced refresh (RFC 7313) and shutdown communication (RFC 9003) change in a session. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "agent/base/own.h"
#include "codec.h"
#include "solo.h"

static void open_as(struct solo *s, bgp_conn conn, uint32_t asn, bool gr, bool families)
{
	struct bgp_open open = {
		.version = 4, .asn = asn, .my_as = (uint16_t)asn, .hold_time = 90, .id.s_addr = htonl(0x0a000002),
		.caps = { .mp = { true, true }, .mp_any = true, .ext_nh_v4 = true, .as4 = true, .asn4 = asn, .refresh = true, .enhanced_refresh = gr,
			  .gr = gr, .gr_notification = gr, .gr_time = 120, .gr_mp = { families, families }, .gr_forwarding = { true, true } },
	};
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	cr_assert_eq(bgp_put_open(&w, &open), 0);
	solo_input(s, conn, buf, wr_len(&w));
}

static void open_with(struct solo *s, bgp_conn conn, uint32_t asn, bool gr)
{
	open_as(s, conn, asn, gr, true);
}

static bgp_conn establish(struct solo *s, bool gr)
{
	bgp_conn conn;

	solo_set(s);
	conn = s->connect;
	peers_connected(s->peers, conn, s->now);
	open_with(s, conn, PEER_AS, gr);
	solo_keepalive(s, conn);
	cr_assert_eq(solo_view(s).state, BGP_ESTABLISHED);
	solo_drain(s, conn);
	return conn;
}

static const struct { const char *what; bool gr; int64_t after_ms; uint32_t asn; bool replaces; } rows[] = {
	{ "a peer that restarts", true, 2500, PEER_AS, true },
	{ "one that does not know graceful restart", false, 2500, PEER_AS, false },
	{ "a connection that was under way when the session came up", true, 500, PEER_AS, false },
	{ "an AS that may not be there", true, 2500, OUR_AS, false },
};

Test(restart, new_connection_of_a_peer_that_only_helps_others_is_a_collision)      /* RFC 4724 5: no family was named */
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn new;

	solo_set(s);
	peers_connected(s->peers, s->connect, s->now);
	open_as(s, s->connect, PEER_AS, true, false);
	solo_keepalive(s, s->connect);
	solo_until(s, 2500);
	new = peers_accepted(s->peers, LINK, &s->remote, s->now);
	solo_drain(s, new);
	open_as(s, new, PEER_AS, true, false);
	cr_expect_eq(s->closed, new);
	cr_expect_eq(s->n_down, 0u);
	solo_free(s);
}

Test(restart, new_connection_of_an_established_peer)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct solo *s = solo_new("10.0.0.1");
		bgp_conn old = establish(s, rows[i].gr), new;

		solo_until(s, rows[i].after_ms);
		new = peers_accepted(s->peers, LINK, &s->remote, s->now);
		cr_assert_neq(new, 0u);
		cr_expect_eq(s->n_down, 0u, "%s: nothing is decided before its OPEN", rows[i].what);
		solo_drain(s, new);
		open_with(s, new, rows[i].asn, rows[i].gr);
		cr_expect_eq(s->closed, rows[i].replaces ? old : new, "%s", rows[i].what);
		cr_expect_eq(s->n_down, rows[i].replaces, "%s", rows[i].what);
		cr_expect_eq(solo_view(s).remote_asn, (uint32_t)PEER_AS);
		solo_close_mine(s);
		if (rows[i].replaces) {
			cr_expect_eq(s->said[0], 0, "%s: without a NOTIFICATION (RFC 4724 5)", rows[i].what);
			cr_expect_eq(solo_view(s).end, EV_TCP_FAIL);
			solo_keepalive(s, new);
			cr_expect_eq(s->n_established, 2u);
			solo_until(s, 1000);
			cr_expect_eq(s->n_connect, 1u, "we do not connect beside it");
		} else {
			cr_expect(s->said[0] == NOTIFY_CEASE && s->said[1] == CEASE_COLLISION, "%s", rows[i].what);
		}
		cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED, "%s", rows[i].what);
		solo_free(s);
	}
}

static void expect_last(struct solo *s, const char *want)
{
	size_t n;
	const uint8_t *p = peers_pending(s->peers, s->closed, &n);

	assert_hex(p, n, want);
	solo_close_mine(s);
}

Test(restart, words_of_a_reset_are_sent)
{
	struct solo *s = solo_new("10.0.0.1");

	establish(s, false);
	cr_assert_eq(peers_reset(s->peers, LINK, CEASE_ADMIN_RESET, "f\xc3\xbcr dich", s->now), 0);
	expect_last(s, MARKER "001f 03 06 04 09 66 c3bc 72 20 64 69 63 68");
	cr_expect_str_eq(solo_view(s).last_error, "we said: Cease/Administrative Reset (f\xc3\xbcr dich)");
	solo_free(s);
}

Test(restart, words_are_for_administrative_ends_only)
{
	struct solo *s = solo_new("10.0.0.1");

	establish(s, false);
	cr_assert_eq(peers_reset(s->peers, LINK, CEASE_MAX_PREFIXES, "too many", s->now), 0);
	expect_last(s, MARKER "0015 03 06 01");
	solo_free(s);
}

Test(restart, the_longest_words_fit_and_longer_ones_are_cut)
{
	struct solo *s = solo_new("10.0.0.1");
	char words[301];
	size_t n;

	memset(words, 'x', sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	establish(s, true);
	peers_stop(s->peers, CEASE_ADMIN_SHUTDOWN, words, s->now);
	peers_pending(s->peers, s->closed, &n);
	cr_expect_eq(n, 21u + 2 + 1 + 255);
	solo_close_mine(s);
	solo_free(s);
}

Test(restart, an_end_for_good_is_a_hard_reset_to_a_peer_that_keeps_routes_over_notifications)
{
	struct solo *s = solo_new("10.0.0.1");

	establish(s, true);
	peers_stop(s->peers, CEASE_ADMIN_SHUTDOWN, "ends", s->now);
	expect_last(s, MARKER "001c 03 06 09 06 02 04 65 6e 64 73");       /* RFC 8538 3: what it is about, inside */
	cr_expect_str_eq(solo_view(s).last_error, "we said: Cease/Administrative Shutdown (ends)");
	solo_free(s);
}

Test(restart, an_error_is_no_hard_reset)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn = establish(s, true);

	solo_input(s, conn, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x13\x09", 19);
	expect_last(s, MARKER "0016 03 01 03 09");
	cr_expect_eq(solo_view(s).end, EV_BAD_MESSAGE);
	solo_free(s);
}

Test(restart, begin_and_end_of_a_refresh_are_heard_when_both_know_them)
{
	static const uint8_t subtypes[] = { REFRESH_REQUEST, REFRESH_BEGIN, REFRESH_END, 3, 255 };

	for (size_t i = 0; i < ARRAY_LEN(subtypes); i++) {
		struct solo *s = solo_new("10.0.0.1");
		bgp_conn conn = establish(s, true);
		uint8_t msg[] = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x17\x05\x00\x01\x00\x01";

		msg[21] = subtypes[i];
		solo_input(s, conn, msg, sizeof(msg) - 1);
		cr_expect_eq(s->n_refresh, subtypes[i] <= REFRESH_END, "subtype %u", subtypes[i]);     /* RFC 7313 5: others are ignored */
		if (s->n_refresh)
			cr_expect_eq(s->refresh_kind, (enum bgp_refresh_kind)subtypes[i]);
		cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED);
		solo_free(s);
	}
}

Test(restart, begin_with_more_behind_it_is_answered_with_the_message)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn = establish(s, true);

	solo_input(s, conn, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x18\x05\x00\x01\x01\x01\x00", 24);
	expect_last(s, MARKER "002d 03 07 01 " MARKER "0018 05 0001 01 01 00");
	solo_free(s);
}
