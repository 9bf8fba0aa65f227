/* Two connections with one peer: the OPEN on the one that is to lose waits. Which one stays: test_peers.c; in every order: test_collision_orders.c. */
#include <criterion/criterion.h>
#include <errno.h>

#include "agent/base/own.h"
#include "solo.h"

enum way { FAILS, SILENT, SPEAKS };

static const struct { const char *what, *ours; bool connected; enum way way; } ways[] = {
	{ "ours is to win, and is refused", "10.0.0.3", false, FAILS },
	{ "ours is to win, and is closed", "10.0.0.3", true, FAILS },
	{ "ours is to win, and there is no answer to it", "10.0.0.3", false, SILENT },
	{ "ours is to win, and nothing comes on it", "10.0.0.3", true, SILENT },
	{ "ours is to win, and does", "10.0.0.3", true, SPEAKS },
	{ "the peer's is to win, and is closed", "10.0.0.1", true, FAILS },
	{ "the peer's is to win, and nothing comes on it", "10.0.0.1", true, SILENT },
	{ "the peer's is to win, and does", "10.0.0.1", true, SPEAKS },
};

Test(collision, open_on_the_connection_that_is_to_lose_waits_for_the_other_one)
{
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct solo *s = solo_new(ways[i].ours);
		bool ours = ways[i].ours[7] == '3';
		bgp_conn out, in, waits, wins;

		solo_set(s);
		out = s->connect;
		if (ways[i].connected)
			peers_connected(s->peers, out, s->now);
		in = peers_accepted(s->peers, LINK, &s->remote, s->now);
		waits = ours ? in : out;
		wins = ours ? out : in;
		solo_open(s, waits, PEER_AS, "10.0.0.2");
		solo_keepalive(s, waits);
		solo_drain(s, waits);
		cr_expect(s->sent[BGP_OPEN] == 1 && s->sent[BGP_KEEPALIVE] == 0, "%s", ways[i].what);
		solo_until(s, 999);
		cr_expect_eq(solo_view(s).state, BGP_OPENSENT, "%s", ways[i].what);
		if (ways[i].way == FAILS)
			peers_closed(s->peers, wins, ECONNREFUSED, s->now);
		else if (ways[i].way == SPEAKS)
			solo_open(s, wins, PEER_AS, "10.0.0.2");
		solo_until(s, ways[i].way == SILENT);
		if (ways[i].way == SPEAKS) {
			cr_expect_eq(s->closed, waits, "%s", ways[i].what);
			solo_close_mine(s);
			cr_expect(s->said[0] == NOTIFY_CEASE && s->said[1] == CEASE_COLLISION);
			solo_keepalive(s, wins);
		}
		cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED, "%s", ways[i].what);
		cr_expect_eq(solo_view(s).received[BGP_OPEN], 1u, "%s", ways[i].what);
		cr_expect_str_eq(solo_view(s).last_error, "", "%s", ways[i].what);
		solo_free(s);
	}
}

Test(collision, what_comes_behind_an_open_that_waits_is_bounded)
{
	struct solo *s = solo_new("10.0.0.3");
	bgp_conn in;

	solo_set(s);
	in = peers_accepted(s->peers, LINK, &s->remote, s->now);
	solo_open(s, in, PEER_AS, "10.0.0.2");
	for (int i = 0; i < BGP_MAX_LEN / BGP_HEADER_LEN; i++)
		solo_keepalive(s, in);
	cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED, "it has waited enough");
	cr_expect_eq(solo_view(s).received[BGP_KEEPALIVE], (uint64_t)BGP_MAX_LEN / BGP_HEADER_LEN);
	solo_free(s);
}

Test(collision, open_that_waits_may_come_in_single_bytes)
{
	struct solo *s = solo_new("10.0.0.3");
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));
	bgp_conn in;

	solo_set(s);
	in = peers_accepted(s->peers, LINK, &s->remote, s->now);
	solo_put_open(&w, PEER_AS, "10.0.0.2");
	cr_assert_eq(bgp_put_keepalive(&w), 0);
	for (size_t i = 0; i < wr_len(&w); i++)
		solo_input(s, in, buf + i, 1);
	cr_expect_eq(solo_view(s).state, BGP_OPENSENT);
	peers_closed(s->peers, s->connect, ECONNREFUSED, s->now);
	solo_until(s, 0);
	cr_expect_eq(solo_view(s).state, BGP_ESTABLISHED);
	solo_free(s);
}
