/* Who may connect, which connection stays, when to try again. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "agent/base/own.h"
#include "solo.h"

static bgp_conn inbound(struct solo *s)
{
	return peers_accepted(s->peers, LINK, &s->remote, s->now);
}

Test(peers, inbound_of_an_unknown_peer_is_refused)
{
	struct solo *s = solo_new("10.0.0.1");
	struct in6_addr stranger = s->remote;

	cr_expect_eq(inbound(s), 0u);
	solo_set(s);
	stranger.s6_addr[15] = 9;
	cr_expect_eq(peers_accepted(s->peers, LINK, &stranger, s->now), 0u);
	cr_expect_eq(peers_accepted(s->peers, LINK + 1, &s->remote, s->now), 0u);
	cr_expect_neq(inbound(s), 0u);
	solo_free(s);
}

Test(peers, inbound_alone_becomes_the_session)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn out, in;

	solo_set(s);
	out = s->connect;
	in = inbound(s);
	solo_open(s, in, PEER_AS, "10.0.0.2");
	solo_keepalive(s, in);
	cr_expect_eq(s->n_established, 1u);
	cr_expect_eq(s->closed, out, "our own attempt is over");
	solo_close_mine(s);
	solo_until(s, 5000);
	cr_expect_eq(s->n_connect, 1u, "and is not repeated");
	cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED);
	cr_expect_str_eq(solo_view(s).last_error, "");
	solo_free(s);
}

static const struct { const char *ours, *theirs; uint32_t their_as; bool our_connection_stays; } collisions[] = {
	{ "10.0.0.1", "10.0.0.2", PEER_AS, false },
	{ "10.0.0.3", "10.0.0.2", PEER_AS, true },
	{ "2.0.0.1", "1.0.0.255", PEER_AS, true },               /* numbers, not bytes from the right */
	{ "10.0.0.1", "10.0.0.1", OUR_AS + 1, false },           /* RFC 6286 2.3: equal: the higher AS */
	{ "10.0.0.1", "10.0.0.1", OUR_AS - 1, true },
};

Test(peers, collision_keeps_the_connection_of_the_higher_identifier_whichever_open_comes_first)
{
	for (size_t i = 0; i < 2 * ARRAY_LEN(collisions); i++) {
		struct solo *s = solo_new(collisions[i / 2].ours);
		uint32_t as = collisions[i / 2].their_as;
		bgp_conn out, in, stays;

		solo_set(s);
		out = s->connect;
		peers_connected(s->peers, out, s->now);
		in = inbound(s);
		solo_open(s, i % 2 ? in : out, as, collisions[i / 2].theirs);
		cr_expect_eq(s->n_closed, 0u);
		solo_open(s, i % 2 ? out : in, as, collisions[i / 2].theirs);
		stays = collisions[i / 2].our_connection_stays ? out : in;
		cr_expect_eq(s->closed, stays == out ? in : out, "row %zu", i);
		solo_close_mine(s);
		cr_expect(s->said[0] == NOTIFY_CEASE && s->said[1] == CEASE_COLLISION);
		solo_keepalive(s, stays);
		cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED);
		cr_expect_str_eq(solo_view(s).last_error, "", "a collision is no error");
		solo_until(s, 5000);
		cr_expect_eq(s->n_connect, 1u);
		cr_expect_eq(s->n_closed, 1u);
		cr_expect_eq(solo_view(s).remote_asn, as);
		solo_free(s);
	}
}

Test(peers, new_connection_while_established_is_closed_upon_its_open)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn old = solo_establish(s), in = inbound(s);

	cr_assert_neq(in, 0u);
	cr_expect_eq(s->n_closed, 0u);
	solo_open(s, in, PEER_AS, "10.0.0.2");
	cr_expect_eq(s->closed, in);
	solo_close_mine(s);
	cr_expect(s->said[0] == NOTIFY_CEASE && s->said[1] == CEASE_COLLISION);
	cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED);
	cr_expect_eq(s->n_down, 0u);
	solo_keepalive(s, old);
	cr_expect_eq(solo_view(s).received[BGP_KEEPALIVE], 2u);
	solo_free(s);
}

Test(peers, new_connection_while_an_inbound_session_is_established_is_closed_too)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn in, again;

	solo_set(s);
	in = inbound(s);
	solo_open(s, in, PEER_AS, "10.0.0.2");
	solo_keepalive(s, in);
	solo_close_mine(s);
	again = inbound(s);
	cr_assert_neq(again, 0u);
	solo_open(s, again, PEER_AS, "10.0.0.2");
	cr_expect_eq(s->closed, again);
	cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED);
	peers_closed(s->peers, in, ECONNRESET, s->now);
	cr_expect_eq(s->n_down, 1u);
	solo_until(s, 100);
	cr_expect_eq(s->n_connect, 2u, "then we connect again");
	solo_free(s);
}

Test(peers, silent_inbound_makes_room_for_the_next_one_but_a_talking_one_does_not)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn first, second;

	solo_set(s);
	first = inbound(s);
	second = inbound(s);
	cr_assert(first && second && first != second);
	cr_expect_eq(s->closed, first);
	solo_input(s, second, "\xff", 1);
	cr_expect_eq(inbound(s), 0u);
	solo_free(s);
}

Test(peers, inbound_that_never_sends_an_open_is_closed_after_fifteen_seconds)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn in;

	solo_set(s);
	in = inbound(s);
	peers_closed(s->peers, s->connect, ECONNREFUSED, s->now);
	solo_until(s, 14999);
	cr_expect_neq(s->closed, in);
	solo_until(s, 1);
	cr_expect_eq(s->closed, in);
	solo_free(s);
}

Test(peers, refused_connect_is_tried_again_at_the_next_advertisement)
{
	struct solo *s = solo_new("10.0.0.1");

	solo_set(s);
	solo_until(s, 1);
	peers_closed(s->peers, s->connect, ECONNREFUSED, s->now);
	cr_expect_eq(solo_view(s).state, BGP_ACTIVE);
	cr_expect_str_eq(solo_view(s).last_error, "connection refused");
	solo_until(s, 150);
	cr_expect_eq(s->n_connect, 1u);
	peers_hint(s->peers, LINK, s->now);
	cr_expect_eq(s->n_connect, 2u, "at once");
	peers_closed(s->peers, s->connect, ECONNREFUSED, s->now);
	peers_hint(s->peers, LINK, s->now);
	peers_hint(s->peers, LINK, s->now);
	cr_expect_eq(s->n_connect, 2u, "but not more than once in 100 ms");
	solo_until(s, 100);
	cr_expect_eq(s->n_connect, 3u);
	solo_free(s);
}

Test(peers, refused_connect_is_tried_again_soon_then_more_and_more_seldom)
{
	static const unsigned wait_ms[] = { 250, 500, 1000, 2000, 4000, 5000, 5000 };
	struct solo *s = solo_new("10.0.0.1");

	solo_set(s);
	for (unsigned i = 0; i < ARRAY_LEN(wait_ms); i++) {
		cr_expect_eq(s->n_connect, i + 1);
		peers_closed(s->peers, s->connect, ECONNREFUSED, s->now);
		solo_until(s, wait_ms[i] * 3 / 4 - 1);
		cr_expect_eq(s->n_connect, i + 1, "RFC 4271 10: 75 %% of %u ms at least", wait_ms[i]);
		solo_until(s, wait_ms[i] / 4 + 1);
		cr_expect_eq(s->n_connect, i + 2, "%u ms at most", wait_ms[i]);
	}
	solo_free(s);
}

Test(peers, connect_that_nobody_answers_is_given_up_and_repeated)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn first;

	solo_set(s);
	first = s->connect;
	peers_hint(s->peers, LINK, s->now);
	solo_until(s, 500);
	peers_hint(s->peers, LINK, s->now);
	cr_expect_eq(s->n_connect, 1u, "an attempt that is under way is left alone");
	solo_until(s, 4500);
	cr_expect_eq(s->n_connect, 2u);
	cr_expect_eq(s->closed, first);
	cr_expect_neq(s->connect, first);
	cr_expect_str_eq(solo_view(s).last_error, "no answer to our connection attempt");
	peers_connected(s->peers, first, s->now);
	cr_expect_eq(solo_view(s).state, BGP_CONNECT, "the old one means nothing any more");
	solo_until(s, 1500);
	peers_hint(s->peers, LINK, s->now);
	cr_expect_eq(s->n_connect, 3u, "a SYN lost a second ago: the advertisement shows that the peer is there now");
	solo_free(s);
}

Test(peers, errors_in_a_row_are_retried_ever_later_up_to_a_minute)
{
	static const int64_t want[] = { 100, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 };
	struct solo *s = solo_new("10.0.0.1");

	solo_set(s);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		unsigned before = s->n_connect;

		peers_connected(s->peers, s->connect, s->now);
		solo_open(s, s->connect, OUR_AS, "10.0.0.2");
		solo_close_mine(s);
		solo_until(s, want[i] * 3 / 4 - 1);
		peers_hint(s->peers, LINK, s->now);
		cr_expect_eq(s->n_connect, before, "attempt %zu came too early", i);
		solo_until(s, want[i] / 4 + 1);
		cr_expect_gt(s->n_connect, before, "attempt %zu", i);    /* more than one: nobody answers the first */
	}
	solo_free(s);
}

Test(peers, session_that_lived_clears_the_record)
{
	struct solo *s = solo_new("10.0.0.1");
	unsigned before;

	solo_set(s);
	for (int i = 0; i < 4; i++) {
		peers_connected(s->peers, s->connect, s->now);
		solo_notification(s, s->connect, NOTIFY_CEASE, CEASE_CONNECTION_REJECTED);
		solo_close_mine(s);
		solo_until(s, 4000);
	}
	peers_connected(s->peers, s->connect, s->now);
	solo_open(s, s->connect, PEER_AS, "10.0.0.2");
	for (int i = 0; i < 16; i++) {
		solo_keepalive(s, s->connect);
		solo_until(s, 2000);
	}
	cr_expect_eq(s->n_established, 1u);
	before = s->n_connect;
	solo_notification(s, s->connect, NOTIFY_CEASE, CEASE_ADMIN_RESET);
	solo_until(s, 100);
	cr_expect_eq(s->n_connect, before + 1);
	solo_free(s);
}

Test(peers, plain_closes_are_never_punished)
{
	struct solo *s = solo_new("10.0.0.1");

	for (int i = 0; i < 10; i++) {
		bgp_conn conn = solo_establish(s);

		peers_closed(s->peers, conn, i % 2 ? ECONNRESET : 0, s->now);
		cr_expect_eq(s->n_down, (unsigned)i + 1);
		solo_until(s, 100);
		cr_expect_eq(s->n_connect, (unsigned)i + 2);
	}
	solo_free(s);
}

/* The peer calls with our own AS, every `every` ms; how often it is let in of n times. */
static unsigned bad_calls(struct solo *s, unsigned n, unsigned every)
{
	unsigned sessions = 0;

	for (unsigned t = 0; t < n; t++) {
		bgp_conn in = inbound(s);

		if (in) {
			sessions++;
			solo_open(s, in, OUR_AS, "10.0.0.2");
			cr_assert_eq(s->closed, in);
			solo_close_mine(s);
		}
		solo_until(s, every);
	}
	return sessions;
}

Test(peers, inbound_is_refused_only_when_errors_come_in_a_storm)
{
	struct solo *s = solo_new("10.0.0.1");
	unsigned n;
	bgp_conn in;

	solo_set(s);
	peers_closed(s->peers, s->connect, ECONNREFUSED, s->now);
	cr_expect_eq(bad_calls(s, 60, 1), 60u, "a peer that is being repaired is let in");
	cr_expect_eq(bad_calls(s, 200, 200), 200u);
	n = bad_calls(s, 3000, 10);
	cr_expect(n >= 200 && n <= 450, "%u in half a minute", n);
	for (int t = 0; t < 51 && !(in = inbound(s)); t++)
		solo_until(s, 100);
	cr_assert_neq(in, 0u, "a peer that was repaired is not kept out for a minute");
	solo_open(s, in, PEER_AS, "10.0.0.2");
	solo_keepalive(s, in);
	cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED);
	solo_free(s);
}

Test(peers, allow_list_names_the_ases_that_may_be_there)
{
	struct asn_range allowed[] = { { 65010, 65020 }, { 4200000000, 4200000009 } };
	static const struct { uint32_t asn; bool ok; } rows[] = {
		{ 65009, false }, { 65010, true }, { 65020, true }, { 65021, false }, { 4200000009, true }, { 4200000010, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct solo *s = solo_new("10.0.0.1");

		s->link.asn = allowed;
		s->link.n_asn = 2;
		solo_set(s);
		peers_connected(s->peers, s->connect, s->now);
		solo_open(s, s->connect, rows[i].asn, "10.0.0.2");
		cr_expect_eq(s->n_closed, rows[i].ok ? 0u : 1u, "AS %u", rows[i].asn);
		cr_expect_eq(solo_view(s).remote_asn, rows[i].asn, "shown even if refused");
		if (rows[i].asn == 65009)
			cr_expect_str_eq(solo_view(s).last_error,
					 "we said: OPEN Message Error/Bad Peer AS (remote AS 65009 not allowed on this link)");
		solo_free(s);
	}
}

Test(peers, own_as_is_named_as_such)
{
	struct solo *s = solo_new("10.0.0.1");

	solo_set(s);
	peers_connected(s->peers, s->connect, s->now);
	solo_open(s, s->connect, OUR_AS, "10.0.0.2");
	solo_close_mine(s);
	cr_expect(s->said[0] == NOTIFY_OPEN && s->said[1] == 2);
	cr_expect_str_eq(solo_view(s).last_error, "we said: OPEN Message Error/Bad Peer AS (remote AS 65001 is our own)");
	solo_free(s);
}

Test(peers, reset_says_cease_and_starts_again)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn = solo_establish(s);

	cr_expect_eq(peers_reset(s->peers, LINK + 1, CEASE_ADMIN_RESET, "by hand", s->now), -ENOENT);
	cr_expect_eq(peers_reset(s->peers, LINK, CEASE_ADMIN_RESET, "by hand", s->now), 0);
	cr_expect_eq(s->n_down, 1u);
	cr_expect_eq(s->closed, conn);
	solo_close_mine(s);
	cr_expect(s->said[0] == NOTIFY_CEASE && s->said[1] == CEASE_ADMIN_RESET);
	cr_expect_str_eq(solo_view(s).last_error, "we said: Cease/Administrative Reset (by hand)");
	solo_until(s, 100);
	cr_expect_eq(s->n_connect, 2u);
	solo_free(s);
}

Test(peers, stop_says_cease_to_everybody_and_nothing_starts_again)
{
	struct solo *s = solo_new("10.0.0.1");

	solo_establish(s);
	peers_stop(s->peers, CEASE_ADMIN_SHUTDOWN, "maintenance", s->now);
	cr_expect_eq(s->n_down, 1u);
	solo_close_mine(s);
	cr_expect(s->said[0] == NOTIFY_CEASE && s->said[1] == CEASE_ADMIN_SHUTDOWN);
	cr_expect(mono_is_never(peers_next(s->peers)));
	peers_hint(s->peers, LINK, s->now);
	cr_expect_eq(peers_set(s->peers, &s->link, &s->remote, s->now), -ESHUTDOWN);
	cr_expect_eq(inbound(s), 0u);
	cr_expect_eq(s->n_connect, 1u);
	solo_free(s);
}

Test(peers, lost_link_ends_the_session_without_a_word_until_a_sign_of_life)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn = solo_establish(s);

	peers_lost(s->peers, LINK, "carrier lost", s->now);
	cr_expect_eq(s->n_down, 1u);
	cr_expect_eq(s->closed, conn);
	solo_close_mine(s);
	cr_expect_eq(s->said[0], 0);
	cr_expect_str_eq(solo_view(s).last_error, "carrier lost");
	cr_expect(mono_is_never(peers_next(s->peers)));
	solo_until(s, 60000);
	cr_expect_eq(s->n_connect, 1u);
	peers_hint(s->peers, LINK, s->now);
	cr_expect_eq(s->n_connect, 2u);
	solo_free(s);
}

Test(peers, another_router_on_the_link_replaces_the_peer)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn = solo_establish(s);

	s->remote.s6_addr[15] = 9;
	solo_set(s);
	cr_expect_eq(s->closed, conn);
	solo_close_mine(s);
	cr_expect(s->said[0] == NOTIFY_CEASE && s->said[1] == CEASE_PEER_DECONFIGURED);
	cr_expect_eq(solo_view(s).remote_asn, 0u);
	solo_until(s, 100);
	cr_expect_eq(s->n_connect, 2u);
	solo_free(s);
}

Test(peers, new_settings_end_only_a_session_that_they_concern)
{
	struct asn_range allowed = { PEER_AS, PEER_AS }, other = { 1, 1 };
	struct solo *s = solo_new("10.0.0.1");

	solo_establish(s);
	solo_set(s);
	s->link.asn = &allowed;
	s->link.n_asn = 1;
	solo_set(s);
	cr_expect_eq(s->n_down, 0u);
	s->link.asn = &other;
	solo_set(s);
	cr_expect_eq(s->n_down, 1u);
	solo_close_mine(s);
	cr_expect(s->said[0] == NOTIFY_CEASE && s->said[1] == CEASE_CONFIG_CHANGE);
	solo_free(s);
}

Test(peers, deleted_peer_is_forgotten_but_its_last_words_can_be_sent)
{
	struct solo *s = solo_new("10.0.0.1");
	bgp_conn conn = solo_establish(s);

	peers_del(s->peers, LINK, CEASE_PEER_DECONFIGURED, s->now);
	cr_expect_null(peers_find(s->peers, LINK));
	cr_expect_eq(s->n_down, 1u);
	cr_expect_eq(peers_next_pending(s->peers, 0), conn);
	solo_close_mine(s);
	cr_expect(s->said[0] == NOTIFY_CEASE && s->said[1] == CEASE_PEER_DECONFIGURED);
	cr_expect_eq(peers_next_pending(s->peers, 0), 0u);
	peers_del(s->peers, LINK, 0, s->now);
	solo_free(s);
}

Test(peers, walk_is_by_ifindex)
{
	static const unsigned order[] = { 40, 3, LINK, 100, 12 }, want[] = { 3, LINK, 12, 40, 100 };
	struct solo *s = solo_new("10.0.0.1");
	struct peer_view v;
	struct peer *p = NULL;

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		s->link.ifindex = order[i];
		solo_set(s);
	}
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		p = peers_after(s->peers, p);
		cr_assert_not_null(p);
		peer_view(p, &v);
		cr_expect_eq(v.ifindex, want[i]);
	}
	cr_expect_null(peers_after(s->peers, p));
	solo_free(s);
}
