/* Numbered peers in the same table as fabric links. */
#include "solo.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdlib.h>

static struct solo *numbered(void)
{
	struct solo *s = solo_new("10.0.0.1");

	s->link = (struct peer_config){
		.key = PEER_KEY_NUMBERED + 3, .ifindex = LINK, .link = "203.0.113.2",
		.numbered = { .on = true, .mp = { true, true }, .ttl = 1, .hold = 30, .keepalive = 10 },
	};
	inet_pton(AF_INET6, "::ffff:203.0.113.1", &s->link.local);
	inet_pton(AF_INET6, "::ffff:203.0.113.2", &s->remote);
	return s;
}

static struct peer_view view(const struct solo *s)
{
	const struct peer *p = peers_find(s->peers, PEER_KEY_NUMBERED + 3);
	struct peer_view v;

	cr_assert_not_null(p);
	peer_view(p, &v);
	return v;
}

Test(numbered, is_found_by_its_key_beside_the_link_that_it_is_on)
{
	struct solo *s = numbered();
	struct peer_config link = { .ifindex = LINK, .link = "swp7" };
	struct in6_addr ll = { .s6_addr = { 0xfe, 0x80, [15] = 2 } };
	struct peer *first;
	struct peer_view v;

	solo_set(s);
	cr_assert_null(peers_find(s->peers, LINK));
	s->link = link;
	s->remote = ll;
	cr_assert_eq(peers_set(s->peers, &link, &ll, s->now), 0);
	first = peers_after(s->peers, NULL);
	peer_view(first, &v);
	cr_assert(v.key == LINK && !v.numbered, "links come first");
	peer_view(peers_after(s->peers, first), &v);
	cr_assert(v.key == PEER_KEY_NUMBERED + 3 && v.numbered && v.ifindex == LINK && v.ttl == 1);
	solo_free(s);
}

Test(numbered, offers_its_own_hold_time_and_no_extended_next_hop_and_speaks_classic_ipv4)
{
	struct solo *s = numbered();
	struct peer *p;

	solo_set(s);
	peers_connected(s->peers, s->connect, s->now);
	solo_open(s, s->connect, PEER_AS, "10.0.0.2");           /* the peer offers extended next hop all the same, hold 9 */
	solo_keepalive(s, s->connect);
	p = peers_find(s->peers, PEER_KEY_NUMBERED + 3);
	cr_assert_eq(view(s).state, BGP_ESTABLISHED);
	cr_assert_not(view(s).caps_sent->ext_nh_v4);
	cr_assert(peer_ctx(p)->mp[0] && peer_ctx(p)->mp[1] && !peer_ctx(p)->ext_nh_v4);
	cr_assert_eq(view(s).hold, 9, "the lower of 30 and 9");
	cr_assert_str_eq(view(s).fault, "");
	solo_free(s);
}

Test(numbered, extended_next_hop_is_offered_where_the_session_can_use_it)
{
	for (int own_v4 = 0; own_v4 < 2; own_v4++) {
		struct solo *s = numbered();
		struct peer *p;

		s->link.numbered.mp[0] = own_v4;
		s->link.numbered.ext_nh = true;
		solo_set(s);
		peers_connected(s->peers, s->connect, s->now);
		solo_open(s, s->connect, PEER_AS, "10.0.0.2");
		solo_keepalive(s, s->connect);
		p = peers_find(s->peers, PEER_KEY_NUMBERED + 3);
		cr_assert(view(s).caps_sent->ext_nh_v4 && view(s).caps_sent->mp[0]);
		cr_assert(peer_ctx(p)->mp[0] && peer_ctx(p)->ext_nh_v4);
		solo_free(s);
	}
}

Test(numbered, without_an_ipv4_address_and_extended_next_hop_there_is_no_ipv4_and_no_fault)
{
	for (int own_v4 = 0; own_v4 < 2; own_v4++) {
		struct solo *s = numbered();
		struct bgp_open open = {
			.version = 4, .my_as = PEER_AS, .asn = PEER_AS, .hold_time = 9, .id = { htonl(0x0a000002) },
			.caps = { .mp = { true, true }, .mp_any = true, .as4 = true, .asn4 = PEER_AS },
		};
		uint8_t buf[BGP_MAX_LEN];
		struct wr w = wr_of(buf, sizeof(buf));

		s->link.numbered.mp[0] = own_v4;
		s->link.numbered.ext_nh = true;
		solo_set(s);
		peers_connected(s->peers, s->connect, s->now);
		cr_assert_eq(bgp_put_open(&w, &open), 0);
		solo_input(s, s->connect, buf, wr_len(&w));
		solo_keepalive(s, s->connect);
		cr_assert_eq(view(s).state, BGP_ESTABLISHED);
		cr_expect_eq(peer_ctx(peers_find(s->peers, PEER_KEY_NUMBERED + 3))->mp[0], own_v4);
		cr_expect_str_eq(view(s).fault, "");
		solo_free(s);
	}
}

Test(numbered, an_internal_peer_must_have_our_as_and_an_external_one_its_own)
{
	static const struct { bool internal; uint32_t asn; enum bgp_state state; } rows[] = {
		{ true, OUR_AS, BGP_ESTABLISHED }, { true, PEER_AS, BGP_IDLE }, { false, OUR_AS, BGP_IDLE }, { false, PEER_AS, BGP_ESTABLISHED },
		{ false, PEER_AS + 1, BGP_IDLE },
	};
	struct asn_range only = { PEER_AS, PEER_AS };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct solo *s = numbered();

		s->link.numbered.internal = rows[i].internal;
		s->link.asn = rows[i].internal ? NULL : &only;
		s->link.n_asn = 1;
		solo_set(s);
		peers_connected(s->peers, s->connect, s->now);
		solo_open(s, s->connect, rows[i].asn, "10.0.0.2");
		if (rows[i].state == BGP_ESTABLISHED)
			solo_keepalive(s, s->connect);
		cr_expect_eq(view(s).state, rows[i].state, "row %zu: %s", i, view(s).last_error);
		solo_free(s);
	}
}

Test(numbered, an_internal_peer_with_our_router_id_is_refused_and_an_external_one_is_not)
{
	for (int internal = 0; internal < 2; internal++) {       /* RFC 6286 2.1, 2.2 */
		struct solo *s = numbered();

		s->link.numbered.internal = internal;
		solo_set(s);
		peers_connected(s->peers, s->connect, s->now);
		solo_open(s, s->connect, internal ? OUR_AS : PEER_AS, "10.0.0.1");
		if (internal) {
			solo_close_mine(s);
			cr_expect(s->said[0] == NOTIFY_OPEN && s->said[1] == 3, "%u/%u", s->said[0], s->said[1]);
			cr_expect_eq(view(s).state, BGP_IDLE);
		} else {
			solo_keepalive(s, s->connect);
			cr_expect_eq(view(s).state, BGP_ESTABLISHED);
		}
		solo_free(s);
	}
}

Test(numbered, a_passive_peer_is_active_and_never_connects_but_is_let_in)
{
	struct solo *s = numbered();
	bgp_conn conn;

	s->link.numbered.passive = true;
	solo_set(s);
	solo_until(s, 60000);
	cr_assert_eq(s->n_connect, 0);
	cr_assert_eq(view(s).state, BGP_ACTIVE);
	conn = peers_accepted(s->peers, PEER_KEY_NUMBERED + 3, &s->remote, s->now);
	cr_assert_neq(conn, 0);
	solo_open(s, conn, PEER_AS, "10.0.0.2");
	solo_keepalive(s, conn);
	cr_assert_eq(view(s).state, BGP_ESTABLISHED);
	solo_free(s);
}

Test(numbered, one_that_cannot_be_reached_stays_idle_until_it_can)
{
	struct solo *s = numbered();

	s->link.numbered.unreachable = true;
	solo_set(s);
	solo_until(s, 60000);
	cr_assert_eq(s->n_connect, 0);
	cr_assert_eq(view(s).state, BGP_IDLE);
	s->link.numbered.unreachable = false;
	solo_set(s);
	cr_assert_eq(s->n_connect, 1);
	peers_connected(s->peers, s->connect, s->now);
	s->link.numbered.unreachable = true;
	solo_set(s);
	cr_assert_eq(s->closed, s->connect);
	cr_assert_eq(view(s).state, BGP_IDLE);
	solo_until(s, 60000);
	cr_assert_eq(s->n_connect, 1);
	solo_free(s);
}
