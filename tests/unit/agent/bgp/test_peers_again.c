/* When a peer is connected to again, and when not. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/bgp/peers.h"
#include "solo.h"

static void establish_again(struct solo *s)
{
	peers_connected(s->peers, s->connect, s->now);
	solo_open(s, s->connect, PEER_AS, "10.0.0.2");
	solo_keepalive(s, s->connect);
	cr_assert_eq(solo_view(s).state, BGP_ESTABLISHED);
}

Test(peers_again, session_ended_by_a_limit_is_tried_again_ever_later)
{
	static const uint8_t limits[] = { CEASE_MAX_PREFIXES, CEASE_OUT_OF_RESOURCES };
	static const int64_t want[] = { 100, 1000, 2000, 4000 };

	for (size_t i = 0; i < sizeof(limits); i++) {
		struct solo *s = solo_new("10.0.0.1");

		solo_establish(s);
		for (size_t k = 0; k < sizeof(want) / sizeof(*want); k++) {
			unsigned n;

			cr_assert_eq(peers_reset(s->peers, LINK, limits[i], "too much", s->now), 0);
			solo_close_mine(s);
			n = s->n_connect;
			solo_until(s, want[k] * 3 / 4 - 1);
			cr_expect_eq(s->n_connect, n, "subcode %u, %zu: too early", limits[i], k);
			solo_until(s, want[k] / 4 + 1);
			cr_expect_eq(s->n_connect, n + 1, "subcode %u, %zu", limits[i], k);
			establish_again(s);
		}
		solo_free(s);
	}
}

Test(peers_again, operators_reset_is_tried_again_at_once_however_often)
{
	struct solo *s = solo_new("10.0.0.1");

	for (int k = 0; k < 5; k++) {
		unsigned n;

		solo_establish(s);
		cr_assert_eq(peers_reset(s->peers, LINK, CEASE_ADMIN_RESET, "", s->now), 0);
		solo_close_mine(s);
		n = s->n_connect;
		solo_until(s, 101);
		cr_expect_eq(s->n_connect, n + 1, "reset %d", k);
	}
	solo_free(s);
}

Test(peers_again, own_attempt_that_fails_beside_a_session_is_not_repeated)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn ours, theirs;
	unsigned n;

	solo_set(s);
	ours = s->connect;
	peers_connected(s->peers, ours, s->now);
	theirs = peers_accepted(s->peers, LINK, &s->remote, s->now);
	cr_assert_neq(theirs, 0u);
	solo_open(s, theirs, PEER_AS, "10.0.0.2");
	solo_keepalive(s, theirs);
	cr_assert_eq(solo_view(s).state, BGP_ESTABLISHED);
	n = s->n_connect;
	peers_closed(s->peers, ours, 0, s->now);         /* a peer that drops the loser without a word */
	for (int i = 0; i < 10; i++) {
		solo_keepalive(s, theirs);
		solo_until(s, 2000);
	}
	cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED);
	cr_expect_eq(s->n_connect, n);
	solo_free(s);
}

Test(peers_again, silence_where_a_password_or_gtsm_is_set_is_shown_with_a_hint)
{
	static const struct { const char *password; bool gtsm; const char *hint; } rows[] = {
		{ NULL, false, "" }, { "secret", false, "; does the peer use the same password?" },
		{ NULL, true, "; does the peer send with hop limit 255 (gtsm)?" },
		{ "secret", true, "; does the peer use the same password, and send with hop limit 255?" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct solo *s = solo_new("10.0.0.1");
		char want[128];

		s->link.password = rows[i].password;
		s->link.gtsm = rows[i].gtsm;
		solo_set(s);
		solo_until(s, 6000);
		snprintf(want, sizeof(want), "no answer to our connection attempt%s", rows[i].hint);
		cr_expect_str_eq(solo_view(s).last_error, want);
		peers_closed(s->peers, s->connect, ETIMEDOUT, s->now);
		snprintf(want, sizeof(want), "connection timed out%s", rows[i].hint);
		cr_expect_str_eq(solo_view(s).last_error, want);
		solo_until(s, 6000);
		peers_closed(s->peers, s->connect, ECONNREFUSED, s->now);
		cr_expect_str_eq(solo_view(s).last_error, "connection refused", "an answer is no silence");
		solo_free(s);
	}
}

Test(peers_again, another_password_ends_the_session_and_the_same_one_does_not)
{
	struct solo *s = solo_new("10.0.0.1");
	char secret[] = "secret";

	s->link.password = secret;
	solo_establish(s);
	memset(secret, 0, sizeof(secret));               /* it was only lent */
	s->link.password = "secret";
	solo_set(s);
	cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED);
	s->link.password = "another";
	solo_set(s);
	cr_expect_neq(solo_view(s).state, BGP_ESTABLISHED);
	solo_drain(s, s->closed);
	cr_expect(s->said[0] == NOTIFY_CEASE && s->said[1] == CEASE_CONFIG_CHANGE);
	solo_free(s);
}

Test(peers_again, a_hint_belongs_to_one_silence_and_not_to_what_comes_after)
{
	struct solo *s = solo_new("10.0.0.1");

	s->link.gtsm = true;
	s->link.password = "secret";
	solo_set(s);
	solo_until(s, 6000);
	peers_connected(s->peers, s->connect, s->now);
	solo_open(s, s->connect, PEER_AS, "10.0.0.2");
	solo_notification(s, s->connect, 6, 2);
	cr_expect_null(strstr(solo_view(s).last_error, "does the peer"), "%s", solo_view(s).last_error);
	peers_reset(s->peers, LINK, CEASE_ADMIN_RESET, "", s->now);
	solo_until(s, 1000);
	peers_connected(s->peers, s->connect, s->now);
	solo_until(s, 16000);
	cr_expect_str_eq(solo_view(s).last_error, "peer sent no OPEN for 15 s; does the peer send with hop limit 255 (gtsm)?",
			 "what is connected has the right password");
	solo_free(s);
}

Test(peers_again, a_blocked_peer_has_no_connection_either_way_and_a_new_one_as_soon_as_it_is_not)
{
	struct solo *s = solo_new("10.0.0.1");
	unsigned n;

	solo_establish(s);
	peers_block(s->peers, LINK, true, s->now);
	cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED, "what stands is for peers_reset");
	cr_assert_eq(peers_reset(s->peers, LINK, CEASE_BFD_DOWN, "BFD: x", s->now), 0);
	solo_drain(s, s->closed);
	cr_expect(s->said[0] == NOTIFY_CEASE);
	cr_expect_str_eq(solo_view(s).last_error, "we said: Cease/BFD Down (BFD: x)");
	solo_close_mine(s);
	n = s->n_connect;
	peers_hint(s->peers, LINK, s->now);
	solo_until(s, 60000);
	cr_expect_eq(s->n_connect, n);
	cr_expect_eq(solo_view(s).state, BGP_IDLE);
	cr_expect_eq(peers_accepted(s->peers, LINK, &s->remote, s->now), 0u);
	peers_block(s->peers, LINK, false, s->now);
	cr_expect_eq(s->n_connect, n + 1);
	solo_free(s);
}

Test(peers_again, one_that_became_known_by_its_own_connection_is_not_connected_to_at_once)
{
	for (int stands = 0; stands < 2; stands++) {
		struct solo *s = solo_new("10.0.0.1");
		bgp_conn conn;

		s->link.called = true;
		solo_set(s);
		conn = peers_accepted(s->peers, LINK, &s->remote, s->now);
		cr_assert_neq(conn, 0u);
		if (stands) {
			solo_open(s, conn, PEER_AS, "10.0.0.2");
			solo_keepalive(s, conn);
		}
		solo_until(s, 999);
		cr_expect_eq(s->n_connect, 0u);
		solo_until(s, 1);
		cr_expect_eq(s->n_connect, stands ? 0u : 1u, "it says nothing: ours is opened beside it");
		solo_free(s);
	}
}
