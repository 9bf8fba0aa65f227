/* What a link lets in: a password or hop limit 255 means a listener of its own or no session at all; so many connections; no next hop of ours. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>

#include "agent/show.h"
#include "world.h"

#define PEER1 "fe80::ff:1"
#define MAC1 "02:00:00:00:ff:01"
#define LINKS(settings) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"links\": {\"swp1\": {" settings "}, \"swp*\": {}}}"

Test(agent_guard, the_listener_is_asked_for_as_soon_as_the_link_is_ours_and_once)
{
	struct world *w = world_new(LINKS("\"password\": \"secret\", \"gtsm\": true"));
	struct link_info info = world_swp(1);

	world_link(w, &info);
	cr_expect_eq(world_count(w, "guard swp1 gtsm password secret"), 1u, "before the link has an address or a peer");
	world_swp_up(w, 1);
	world_ra(w, 1, PEER1, MAC1);
	world_carrier(w, 1, false);
	world_carrier(w, 1, true);
	world_ra(w, 1, PEER1, MAC1);
	cr_expect_eq(world_count(w, "guard *"), 1u);
	cr_expect_eq(world_count(w, "connect swp1 " PEER1), 2u);
	cr_expect(agent_link_guarded(w->agent, SWP(1)));
	world_free(w);
}

Test(agent_guard, a_link_without_either_has_none)
{
	struct world *w = world_new(LINKS("\"password\": \"secret\""));

	world_swp_up(w, 2);
	world_ra(w, 2, "fe80::ff:2", "02:00:00:00:ff:02");
	cr_expect_eq(world_count(w, "guard *"), 0u);
	cr_expect_eq(world_count(w, "connect swp2 *"), 1u);
	cr_expect(!agent_link_guarded(w->agent, SWP(2)));
	world_free(w);
}

Test(agent_guard, gtsm_alone_is_a_guard_too)
{
	struct world *w = world_new(LINKS("\"gtsm\": true"));

	world_swp_up(w, 1);
	cr_expect_eq(world_count(w, "guard swp1 gtsm"), 1u);
	world_free(w);
}

Test(agent_guard, without_its_listener_the_link_has_no_session_in_either_direction_and_says_why)
{
	struct world *w = world_new(LINKS("\"password\": \"secret\""));

	w->guard_error = -ENOPROTOOPT;
	world_swp_up(w, 1);
	world_ra(w, 1, PEER1, MAC1);
	cr_expect_eq(world_count(w, "connect *"), 0u);
	cr_expect_eq(world_accept(w, 1, PEER1), 0u);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.alarms.0"),
			 "\"no session: the link's own listening socket (password, gtsm) cannot be made: Protocol not available\"");
	world_free(w);
}

Test(agent_guard, it_is_tried_again_with_the_peers_next_advertisement)
{
	struct world *w = world_new(LINKS("\"password\": \"secret\""));

	w->guard_error = -EMFILE;
	world_swp_up(w, 1);
	world_ra(w, 1, PEER1, MAC1);
	w->guard_error = 0;
	world_ra(w, 1, PEER1, MAC1);
	cr_expect_eq(world_count(w, "connect swp1 " PEER1), 1u);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.alarms"), "[]");
	world_free(w);
}

Test(agent_guard, a_link_that_is_renamed_under_a_rule_gets_one_and_loses_it_with_the_name)
{
	struct world *w = world_new(LINKS("\"password\": \"secret\""));
	struct link_info info = world_swp(2);

	world_swp_up(w, 2);
	snprintf(info.name, sizeof(info.name), "swp1");
	world_link(w, &info);
	cr_expect_eq(world_count(w, "guard swp1 password secret"), 1u);
	cr_expect(agent_link_guarded(w->agent, SWP(2)));
	snprintf(info.name, sizeof(info.name), "swp9");
	world_clear(w);
	world_link(w, &info);
	cr_expect_eq(world_count(w, "fabric swp1 off"), 1u, "which takes the listener away");
	cr_expect(!agent_link_guarded(w->agent, SWP(2)));
	world_link_del(w, SWP(2));
	info.ifindex = SWP(3);
	snprintf(info.name, sizeof(info.name), "swp1");
	world_link(w, &info);
	cr_expect_eq(world_count(w, "guard swp1 password secret"), 1u, "one that appears later");
	world_free(w);
}

Test(agent_guard, inbound_connections_are_let_in_at_a_rate_and_the_excess_counted)
{
	struct world *w = world_new(NULL);
	unsigned in = 0;
	char out[16];

	world_swp_up(w, 1);
	world_swp_up(w, 2);
	world_ra(w, 1, PEER1, MAC1);
	for (int i = 0; i < 1000; i++) {
		struct in6_addr peer = { .s6_addr = { 0xfe, 0x80, [13] = 0xff, [15] = 1 } };
		bgp_conn conn = agent_tcp_accepted(w->agent, SWP(1), &peer, w->now);

		in += conn != 0;
		agent_tcp_closed(w->agent, conn, 0, w->now);
	}
	cr_expect(in >= 64 && in <= 192, "%u", in);
	snprintf(out, sizeof(out), "%u", 1000 - in);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.connections_refused"), out);
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "counters.connections_refused"), out);
	world_wait(w, 2000);
	cr_expect_neq(world_accept(w, 1, PEER1), 0u, "the link is open again");
	cr_expect_neq(world_accept(w, 2, "fe80::ff:2"), 0u, "others never were closed");
	world_free(w);
}

static void announce_via(struct world *w, const char *next_hop)
{
	/* ORIGIN IGP, AS_PATH 65101, MP_REACH_NLRI IPv4 by 16 bytes of next hop, 10.1.0.0/16 */
	uint8_t body[] = { 0, 0, 0, 42, 0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xfe, 0x4d, 0x80, 14, 24, 0, 1, 1, 16,
			   [40] = 0, 16, 10, 1, 0, 0 };

	inet_pton(AF_INET6, next_hop, body + 24);
	body[3] = sizeof(body) - 4 - 2;
	world_update(w, 1, body, sizeof(body) - 2);
	world_turn(w);
}

Test(agent_guard, a_route_whose_next_hop_is_ourselves_is_refused_and_withdraws_what_was_there)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	announce_via(w, PEER1);
	cr_expect_str_eq(world_route(w, "10.1.0.0/16"), "swp1");
	announce_via(w, "fe80::1");
	cr_expect_str_eq(world_route(w, "10.1.0.0/16"), "");
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, NULL, w->now), "0.prefixes_refused.own_next_hop"), "1");
	announce_via(w, PEER1);
	cr_expect_str_eq(world_route(w, "10.1.0.0/16"), "swp1");
	announce_via(w, "::ffff:10.0.254.1");
	cr_expect_str_eq(world_route(w, "10.1.0.0/16"), "", "our router-id");
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	world_free(w);
}
