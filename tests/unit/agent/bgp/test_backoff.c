/* A peer whose sessions end in errors is tried ever later; one that is good again is a session at once. */
#include <errno.h>

#include "agent/base/own.h"
#include "tests/unit/agent/bgp/codec.h"
#include "tests/unit/agent/bgp/solo.h"

static void say(struct solo *s, bgp_conn conn, const char *bytes)
{
	struct bytes b = hex(bytes);

	solo_input(s, conn, b.p, b.n);
}

/* Answers our attempts for so long; each becomes a session, which lives for alive_ms and ends with bytes. How many there were. */
static unsigned sessions_within(struct solo *s, int64_t ms, int64_t alive_ms, const char *bytes)
{
	mono end = mono_add_ms(s->now, ms);
	unsigned n = 0;

	for (; s->now.us < end.us; solo_until(s, 10)) {
		bgp_conn conn = s->connect;

		if (!conn)
			continue;
		s->connect = 0;
		n++;
		peers_connected(s->peers, conn, s->now);
		solo_open(s, conn, PEER_AS, "10.0.0.2");
		solo_keepalive(s, conn);
		solo_drain(s, conn);
		solo_until(s, alive_ms);
		say(s, conn, bytes);
		cr_assert_eq(s->closed, conn);
		solo_close_mine(s);
	}
	return n;
}

Test(backoff, sessions_that_end_in_errors_become_one_a_minute)
{
	static const struct { const char *why, *bytes; } rows[] = {
		{ "an UPDATE that cannot be read", MARKER "0017 02 0009 0000" },
		{ "an OPEN where none may be", MARKER "001d 01 04 fdea 0009 0a000002 00" },
		{ "a NOTIFICATION of its own", MARKER "0015 03 06 05" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct solo *s = solo_new("10.0.0.1");
		unsigned first, later;

		solo_set(s);
		first = sessions_within(s, 60000, 1000, rows[i].bytes);
		later = sessions_within(s, 600000, 1000, rows[i].bytes);
		cr_expect(first >= 5 && first <= 8, "%s: %u in the first minute", rows[i].why, first);         /* 0.1, 1, 2, 4, 8, 16, 32 s */
		cr_expect(later >= 9 && later <= 14, "%s: %u in ten more", rows[i].why, later);        /* 45 to 60 s each */
		solo_free(s);
	}
}

Test(backoff, a_peer_that_is_good_again_is_a_session_at_once)
{
	struct solo *s = solo_new("10.0.0.1");
	unsigned before;
	bgp_conn in;

	solo_set(s);
	sessions_within(s, 300000, 1000, MARKER "0017 02 0009 0000");
	before = s->n_established;
	in = peers_accepted(s->peers, LINK, &s->remote, s->now);         /* it calls, whatever we are waiting for */
	cr_assert_neq(in, 0u);
	solo_open(s, in, PEER_AS, "10.0.0.2");
	solo_keepalive(s, in);
	cr_expect_eq(s->n_established, before + 1);
	for (int t = 0; t < 16; t++) {
		solo_keepalive(s, in);
		solo_drain(s, in);
		solo_until(s, 2000);
	}
	s->connect = 0;
	peers_closed(s->peers, in, ECONNRESET, s->now);                  /* and after half a minute nothing is held against it */
	solo_until(s, 100);
	cr_expect_neq(s->connect, 0u, "tried again at once");
	solo_free(s);
}

Test(backoff, another_router_or_the_operator_ends_the_wait)
{
	struct solo *s = solo_new("10.0.0.1");

	solo_set(s);
	sessions_within(s, 300000, 1000, MARKER "0017 02 0009 0000");
	s->connect = 0;
	peers_reset(s->peers, LINK, CEASE_ADMIN_RESET, "", s->now);
	solo_until(s, 100);
	cr_expect_neq(s->connect, 0u, "the operator");
	sessions_within(s, 300000, 1000, MARKER "0017 02 0009 0000");
	s->connect = 0;
	s->remote.s6_addr[15] = 9;
	solo_set(s);
	solo_until(s, 100);
	cr_expect_neq(s->connect, 0u, "another router");
	solo_free(s);
}
