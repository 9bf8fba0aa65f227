/* Numbered peers in the wiring: peer 1 is 203.0.113.2, AS 65002, on swp1, where we are 203.0.113.1/30. */
#include "tests/unit/agent/world.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/bgp/peer.h"
#include "agent/show.h"

#define CONFIG(more) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"neighbors\": [{\"address\": \"203.0.113.2\", \"remote_asn\": 65002" more "}]}"

static struct in6_addr addr(const char *s)
{
	struct in6_addr a;

	cr_assert_eq(inet_pton(AF_INET6, s, &a), 1);
	return a;
}

static struct peer_view view(const struct world *w)
{
	const struct peer *p = peers_find(agent_peers(w->agent), PEER_KEY_NUMBERED);
	struct peer_view v;

	cr_assert_not_null(p);
	peer_view(p, &v);
	return v;
}

static struct world *up_at(const char *config, const char *address)
{
	struct world *w = world_new(config);
	struct link_info info = world_swp(1);

	world_link(w, &info);
	world_addr(w, ADDR_NEW, SWP(1), address);
	return w;
}

static struct world *up(const char *config)
{
	return up_at(config, "203.0.113.1/30");
}

/* The peer opens, with extended next hop or without. */
static void open_as(struct world *w, uint32_t asn, bool ext_nh)
{
	world_answer(w, asn, (struct bgp_caps){ .ext_nh_v4 = ext_nh });
	cr_assert_eq(view(w).state, BGP_ESTABLISHED, "%s", view(w).last_error);
}

static struct world *established(const char *config, uint32_t asn)
{
	struct world *w = up(config);

	open_as(w, asn, false);
	return w;
}

/* 10.2.0.0/16 by a next hop, from AS 65002 or, internal, with an empty path. */
static void announce(struct world *w, const char *next_hop, bool internal)
{
	uint8_t external[] = { 0, 0, 0, 20, 0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xfd, 0xea, 0x40, 3, 4, 0, 0, 0, 0, 16, 10, 2 };
	uint8_t inner[] = { 0, 0, 0, 14, 0x40, 1, 1, 0, 0x40, 2, 0, 0x40, 3, 4, 0, 0, 0, 0, 16, 10, 2 };

	cr_assert_eq(inet_pton(AF_INET, next_hop, internal ? inner + 14 : external + 20), 1);
	world_update(w, 1, internal ? inner : external, internal ? sizeof(inner) : sizeof(external));
	world_turn(w);
}

Test(agent_neighbors, a_session_starts_when_an_interface_leads_there_and_the_link_is_no_fabric_link)
{
	struct world *w = world_new(CONFIG(""));
	struct link_info info = world_swp(1);

	cr_expect_eq(view(w).state, BGP_IDLE, "known, but nowhere");
	world_link(w, &info);
	cr_expect_eq(world_count(w, "connect *"), 0);
	world_addr(w, ADDR_NEW, SWP(1), "203.0.113.1/30");
	cr_expect_eq(world_count(w, "connect 203.0.113.2 ::ffff:203.0.113.2"), 1);
	cr_expect_not(agent_is_fabric(w->agent, SWP(1)));
	cr_expect_eq(view(w).ifindex, SWP(1));
	world_free(w);
}

Test(agent_neighbors, an_interface_with_only_ipv6_is_no_fabric_link_either_when_a_peer_is_on_its_network)
{
	struct world *w = world_new("{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"neighbors\": [{\"address\": \"2001:db8::2\", \"remote_asn\": 65002}]}");

	world_swp_up(w, 1);
	cr_expect(agent_is_fabric(w->agent, SWP(1)));
	world_addr(w, ADDR_NEW, SWP(1), "2001:db8::1/64");
	cr_expect_not(agent_is_fabric(w->agent, SWP(1)));
	cr_expect_eq(world_count(w, "connect 2001:db8::2 2001:db8::2"), 1);
	world_free(w);
}

Test(agent_neighbors, routes_go_by_the_next_hop_on_the_network_and_leave_with_the_interface)
{
	struct world *w = established(CONFIG(""), 65002);

	announce(w, "203.0.113.2", false);
	cr_expect_str_eq(world_route(w, "10.2.0.0/16"), "swp1");
	world_carrier(w, 1, false);
	cr_expect_eq(view(w).state, BGP_IDLE, "fast fallover");
	cr_expect_eq(world_routes(w), 0);
	world_carrier(w, 1, true);
	world_wait(w, 500);
	cr_expect_eq(world_count(w, "connect 203.0.113.2 *"), 2);
	world_free(w);
}

Test(agent_neighbors, a_next_hop_that_nobody_knows_is_not_used_until_a_network_has_it)
{
	struct world *w = established(CONFIG(""), 65002);
	struct link_info info = world_swp(2);

	announce(w, "198.51.100.9", false);
	cr_expect_str_eq(world_route(w, "10.2.0.0/16"), "");
	world_link(w, &info);
	world_addr(w, ADDR_NEW, SWP(2), "198.51.100.1/24");
	cr_expect_str_eq(world_route(w, "10.2.0.0/16"), "swp2");
	world_addr(w, ADDR_DEL, SWP(2), "198.51.100.1/24");
	cr_expect_str_eq(world_route(w, "10.2.0.0/16"), "");
	world_free(w);
}

Test(agent_neighbors, an_internal_peers_next_hop_is_reached_by_a_route_of_the_fabric_an_external_ones_is_not)
{
	for (int internal = 0; internal < 2; internal++) {
		struct world *w = established(internal ? "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"neighbors\": "
							 "[{\"address\": \"203.0.113.2\", \"remote_asn\": \"internal\", \"multihop\": 1}]}" : CONFIG(""),
					      internal ? 65001 : 65002);

		announce(w, "10.0.0.9", internal);
		cr_expect_str_eq(world_route(w, "10.2.0.0/16"), "");
		world_peer(w, 3);
		world_announce(w, 3, "10.0.0.0/24", NULL, 0);
		cr_expect_str_eq(world_route(w, "10.2.0.0/16"), internal ? "swp3" : "");
		world_withdraw(w, 3, "10.0.0.0/24");
		cr_expect_str_eq(world_route(w, "10.2.0.0/16"), "");
		world_free(w);
	}
}

Test(agent_neighbors, only_configured_addresses_are_let_in_and_only_while_they_can_be_reached)
{
	struct world *w = up(CONFIG(", \"passive\": true"));
	struct in6_addr peer = addr("::ffff:203.0.113.2"), other = addr("::ffff:203.0.113.3");

	cr_expect_eq(world_count(w, "connect *"), 0);
	cr_expect_eq(agent_tcp_accepted(w->agent, 0, &other, w->now), 0);
	world_carrier(w, 1, false);
	cr_expect_eq(agent_tcp_accepted(w->agent, 0, &peer, w->now), 0);
	world_carrier(w, 1, true);
	cr_expect_neq(agent_tcp_accepted(w->agent, 0, &peer, w->now), 0);
	cr_expect_eq(agent_reset(w->agent, "203.0.113.2", NULL, w->now), 0);
	cr_expect_lt(agent_reset(w->agent, "203.0.113.3", NULL, w->now), 0);
	world_free(w);
}

Test(agent_neighbors, families_without_a_next_hop_of_ours_are_not_offered)
{
	struct world *w = established(CONFIG(""), 65002);
	const struct peer *p = peers_find(agent_peers(w->agent), PEER_KEY_NUMBERED);

	cr_expect(peer_ctx(p)->mp[0] && !peer_ctx(p)->mp[1]);
	world_addr(w, ADDR_NEW, SWP(1), "2001:db8::1/64");       /* the session starts over, with IPv6 */
	cr_expect(view(w).state != BGP_ESTABLISHED && p->session_cfg.offer.caps.mp[1]);
	world_free(w);
}

static const char *shown(const struct world *w, const char *path)
{
	return world_shows(show_neighbors(w->agent, "203.0.113.2", w->now), path);
}

Test(agent_neighbors, the_password_is_set_before_any_interface_leads_to_the_peer_and_once)
{
	struct world *w = world_new_bare(CONFIG(", \"password\": \"secret\""), true);
	struct link_info info = world_swp(1);

	agent_start(w->agent, w->now);
	cr_expect_eq(world_count(w, "key ::ffff:203.0.113.2 secret"), 1u);
	world_link(w, &info);
	world_addr(w, ADDR_NEW, SWP(1), "203.0.113.1/30");
	cr_expect_eq(world_count(w, "key *"), 1u);
	cr_expect_eq(world_count(w, "connect 203.0.113.2 *"), 1u);
	cr_expect_str_eq(shown(w, "0.fault"), "\"\"");
	world_free(w);
}

Test(agent_neighbors, without_its_password_set_the_peer_has_no_session_in_either_direction_and_says_why)
{
	struct world *w = world_new_bare(CONFIG(", \"password\": \"secret\""), true);
	struct link_info info = world_swp(1);
	struct in6_addr peer = addr("::ffff:203.0.113.2");

	w->guard_error = -ENOMEM;
	agent_start(w->agent, w->now);
	world_link(w, &info);
	world_addr(w, ADDR_NEW, SWP(1), "203.0.113.1/30");
	cr_expect_eq(world_count(w, "connect *"), 0u);
	cr_expect_eq(agent_tcp_accepted(w->agent, 0, &peer, w->now), 0u);
	cr_expect_str_eq(shown(w, "0.fault"), "\"no session: the password cannot be set on the listening socket: Cannot allocate memory\"");
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "counters.link_alarms"), "1");
	w->guard_error = 0;
	world_wait(w, 6000);                             /* it is tried again by itself */
	cr_expect_eq(world_count(w, "connect 203.0.113.2 *"), 1u);
	cr_expect_str_eq(shown(w, "0.fault"), "\"\"");
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "counters.link_alarms"), "0");
	world_free(w);
}

Test(agent_neighbors, an_ipv6_peer_on_a_link_that_guards_itself_has_no_session_in_either_direction_and_says_why)
{
	static const struct { const char *terms; size_t v6, v4; } rows[] = {
		{ "", 1, 1 }, { "\"gtsm\": true", 0, 1 }, { "\"password\": \"secret\"", 0, 1 },
	};
	struct in6_addr peer = addr("2001:db8::2");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[512];
		struct link_info info = world_swp(1);
		struct world *w;

		snprintf(text, sizeof(text), "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"links\": {\"swp1\": {%s}}, \"neighbors\": [{\"address\": "
			 "\"2001:db8::2\", \"remote_asn\": 65002}, {\"address\": \"203.0.113.2\", \"remote_asn\": 65002}]}", rows[i].terms);
		w = world_new(text);
		world_link(w, &info);
		world_addr(w, ADDR_NEW, SWP(1), "203.0.113.1/30");
		world_addr(w, ADDR_NEW, SWP(1), "2001:db8::1/64");
		cr_expect_eq(world_count(w, "connect 2001:db8::2 *"), rows[i].v6, "%s", rows[i].terms);
		cr_expect_eq(world_count(w, "connect 203.0.113.2 *"), rows[i].v4, "%s", rows[i].terms);
		cr_expect_eq(agent_tcp_accepted(w->agent, 0, &peer, w->now) != 0, rows[i].v6, "%s", rows[i].terms);
		cr_expect_str_eq(world_shows(show_neighbors(w->agent, "2001:db8::2", w->now), "0.fault"), rows[i].v6 ? "\"\"" :
				 "\"no session: its address is on the fabric link swp1, which has a password or gtsm of its own\"");
		cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "counters.link_alarms"), rows[i].v6 ? "0" : "1");
		world_free(w);
	}
}

Test(agent_neighbors, the_listener_demands_what_all_its_peers_demand)
{
	static const struct { const char *links, *v4, *v6; uint8_t least4, least6; } rows[] = {
		{ "[]", ", \"gtsm\": true", ", \"gtsm\": true, \"multihop\": 3, \"local_address\": \"2001:db8:1::1\"", 255, 253 },
		{ "[]", "", "", 0, 0 },
		{ "[\"swp*\"]", ", \"gtsm\": true", ", \"gtsm\": true", 255, 0 },
		{ "\"auto\"", ", \"gtsm\": true", ", \"gtsm\": true", 255, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[512];
		struct world *w;

		snprintf(text, sizeof(text), "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"links\": %s, \"neighbors\": [{\"address\": \"203.0.113.2\", "
			 "\"remote_asn\": 65002%s}, {\"address\": \"2001:db8::2\", \"remote_asn\": 65002%s}]}", rows[i].links, rows[i].v4, rows[i].v6);
		w = world_new(text);
		cr_expect_eq(agent_least_hops(w->agent, AF_INET), rows[i].least4, "row %zu", i);
		cr_expect_eq(agent_least_hops(w->agent, AF_INET6), rows[i].least6, "row %zu", i);
		world_free(w);
	}
}

Test(agent_neighbors, hops_are_counted_down_from_255_with_gtsm)
{
	static const struct { const char *more; uint8_t ttl, least; } rows[] = {
		{ "", 1, 0 }, { ", \"multihop\": 4", 4, 0 }, { ", \"gtsm\": true", 255, 255 }, { ", \"gtsm\": true, \"multihop\": 4", 255, 252 },
	};
	struct in6_addr peer = addr("::ffff:203.0.113.2");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[256];
		uint8_t ttl, least;
		struct world *w;

		snprintf(text, sizeof(text), CONFIG("%s"), rows[i].more);
		w = world_new(text);
		cr_assert(agent_neighbor_hops(w->agent, &peer, &ttl, &least));
		cr_expect(ttl == rows[i].ttl && least == rows[i].least, "%s: %u %u", rows[i].more, ttl, least);
		world_free(w);
	}
}

/* Policies stand beside the neighbours. */
#define WITH_POLICY(rules, more) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"policy\": {\"p\": [" rules "]}, " \
	"\"originate\": [\"lo\"], \"neighbors\": [{\"address\": \"203.0.113.2\", \"remote_asn\": 65002" more "}]}"

Test(agent_neighbors, import_changes_and_refuses_by_the_interface_that_leads_there)
{
	struct world *w = established(WITH_POLICY("{\"match\": {\"link\": \"swp1\"}, \"set\": {\"local_pref\": 200}, \"action\": \"accept\"}",
						  ", \"import\": \"p\""), 65002);

	announce(w, "203.0.113.2", false);
	cr_expect_str_eq(world_route(w, "10.2.0.0/16"), "swp1");
	cr_expect_str_eq(world_shows(show_routes(w->agent, NULL), "1.paths.0.local_pref"), "200");
	cr_expect_str_eq(shown(w, "0.policy"), "{\"export\":\"all\",\"import\":\"p\"}");
	world_free(w);

	w = established(WITH_POLICY("{\"match\": {\"link\": \"swp2\"}, \"action\": \"accept\"}", ", \"import\": \"p\""), 65002);
	announce(w, "203.0.113.2", false);
	cr_expect_str_eq(world_route(w, "10.2.0.0/16"), "");
	cr_expect_str_eq(shown(w, "0.prefixes_refused.filtered"), "1");
	world_free(w);
}

Test(agent_neighbors, a_server_may_announce_single_addresses_alone)
{
	struct world *w = established(CONFIG(", \"import\": \"host\""), 65002);

	announce(w, "203.0.113.2", false);
	cr_expect_str_eq(world_route(w, "10.2.0.0/16"), "");
	cr_expect_str_eq(shown(w, "0.max_prefixes"), "{\"max\":16,\"warned\":false}");
	world_free(w);
}

Test(agent_neighbors, export_adds_and_withholds)
{
	struct world *w = established(WITH_POLICY("{\"set\": {\"med\": 50, \"communities\": [\"65001:7\"]}, \"action\": \"accept\"}",
						  ", \"export\": \"p\""), 65002);

	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.0.254.1/32 path 65001 via ::ffff:203.0.113.1 med 50 65001:7"), 1u);
	world_free(w);

	w = established(CONFIG(", \"export\": \"none\""), 65002);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +*"), 0u);
	cr_expect_str_eq(shown(w, "0.prefixes_withheld"), "1");
	world_free(w);
}

Test(agent_neighbors, another_as_es_med_is_not_sent_on_an_own_one_is)
{
	struct world *w = established(WITH_POLICY("{\"match\": {\"prefixes\": [{\"prefix\": \"10.9.0.0/16\"}]}, \"set\": {\"med\": 5}, "
						  "\"action\": \"accept\"}, {\"action\": \"accept\"}", ", \"export\": \"p\""), 65002);

	world_peer(w, 3);
	world_announce_as(w, 3, "10.9.0.0/16 10.8.0.0/16", (struct attrs){ .has = ATTRS_MED, .med = 77 });
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.9.0.0/16 path 65001 65103 via ::ffff:203.0.113.1 med 5"), 1u);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.8.0.0/16 path 65001 65103 via ::ffff:203.0.113.1"), 1u);
	world_free(w);
}

Test(agent_neighbors, max_prefixes_warns_refuses_or_ends_the_session_for_a_time)
{
	struct world *w = established(CONFIG(", \"max_prefixes\": {\"max\": 1, \"warning\": 100, \"teardown\": false}"), 65002);
	uint8_t second[] = { 0, 0, 0, 20, 0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xfd, 0xea, 0x40, 3, 4, 203, 0, 113, 2, 16, 10, 3 };

	announce(w, "203.0.113.2", false);
	cr_expect_str_eq(shown(w, "0.max_prefixes.warned"), "true");
	world_update(w, 1, second, sizeof(second));
	world_turn(w);
	cr_expect_eq(view(w).state, BGP_ESTABLISHED);
	cr_expect_str_eq(shown(w, "0.prefixes_refused.over_limit"), "1");
	world_free(w);

	w = established(CONFIG(", \"max_prefixes\": {\"max\": 1, \"restart\": 300}"), 65002);
	announce(w, "203.0.113.2", false);
	world_update(w, 1, second, sizeof(second));
	world_turn(w);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/1"), 1u);
	world_clear(w);
	world_wait(w, 299000);
	cr_expect_eq(world_count(w, "connect *"), 0u);
	world_wait(w, 2000);
	cr_expect_eq(world_count(w, "connect 203.0.113.2 *"), 1u);
	world_free(w);
}

Test(agent_neighbors, connections_are_let_in_at_a_rate_and_the_links_view_names_who_is_behind_the_interface)
{
	struct world *w = up(CONFIG(", \"passive\": true"));
	struct in6_addr peer = addr("::ffff:203.0.113.2");
	unsigned in = 0;
	char out[16];

	for (int i = 0; i < 1000; i++) {
		bgp_conn conn = agent_tcp_accepted(w->agent, 0, &peer, w->now);

		in += conn != 0;
		agent_tcp_closed(w->agent, conn, 0, w->now);
	}
	cr_expect(in >= 64 && in <= 192, "%u", in);
	snprintf(out, sizeof(out), "%u", 1000 - in);
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "counters.connections_refused"), out);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.neighbors"), "[\"203.0.113.2\"]");
	world_free(w);
}

/* Over IPv6; swp1 has no IPv4 address. ORIGIN IGP, AS_PATH 65002, 10.2.0.0/16 in MP_REACH_NLRI by 2001:db8::2. */
static const uint8_t ipv4_by_ipv6[] = { 0, 0, 0, 40, 0x40, 1, 1, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xfd, 0xea,
					0x80, 14, 24, 0, 1, 1, 16, 0x20, 1, 0xd, 0xb8, [39] = 2, 0, 16, 10, 2 };
#define CONFIG6 "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"neighbors\": [{\"address\": \"2001:db8::2\", \"remote_asn\": 65002}]}"

Test(agent_neighbors, ipv4_over_ipv6_has_the_ipv6_next_hop_when_there_is_no_other)
{
	struct world *w = up_at(CONFIG6, "2001:db8::1/64");

	open_as(w, 65002, true);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.0.254.1/32 path 65001 via 2001:db8::1"), 1u);
	cr_assert_eq(sizeof(ipv4_by_ipv6), 44u);
	world_update(w, 1, ipv4_by_ipv6, sizeof(ipv4_by_ipv6));
	world_turn(w);
	cr_expect_str_eq(world_route(w, "10.2.0.0/16"), "swp1");
	cr_expect_str_eq(world_shows(show_routes(w->agent, NULL), "1.next_hops.0.address"), "\"2001:db8::2\"");
	world_free(w);
}

Test(agent_neighbors, ipv4_over_ipv6_has_the_ipv4_next_hop_when_there_is_one_and_the_peers_choice_is_taken)
{
	struct world *w = up_at(CONFIG6, "2001:db8::1/64");

	world_addr(w, ADDR_NEW, SWP(1), "203.0.113.1/30");
	world_wait(w, 1000);                             /* the session starts over */
	open_as(w, 65002, true);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.0.254.1/32 path 65001 via ::ffff:203.0.113.1"), 1u);
	world_update(w, 1, ipv4_by_ipv6, sizeof(ipv4_by_ipv6));
	world_turn(w);
	cr_expect_str_eq(world_route(w, "10.2.0.0/16"), "swp1");
	announce(w, "203.0.113.2", false);
	cr_expect_str_eq(world_shows(show_routes(w->agent, NULL), "1.next_hops.0.address"), "\"203.0.113.2\"");
	world_free(w);
}

Test(agent_neighbors, ipv6_over_ipv4_has_the_interfaces_address)
{
	struct world *w = up(CONFIG(""));

	world_addr(w, ADDR_NEW, SWP(1), "2001:db8::1/64");
	world_addr(w, ADDR_NEW, LO, "2001:db8:f::1/128");
	world_wait(w, 1000);
	open_as(w, 65002, false);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +2001:db8:f::1/128 path 65001 via 2001:db8::1"), 1u);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.0.254.1/32 path 65001 via ::ffff:203.0.113.1"), 1u);
	cr_expect_not(view(w).caps_sent->ext_nh_v4);
	world_free(w);
}

/* The kernel tries a link-local address for duplicates: it comes one or two seconds after the link and its other addresses. */
Test(agent_neighbors, a_link_local_address_that_comes_and_goes_leaves_a_session_over_ipv4_alone)
{
	struct world *w = established(CONFIG(""), 65002);

	world_clear(w);
	world_addr(w, ADDR_NEW, SWP(1), "fe80::1/64");
	world_addr(w, ADDR_DEL, SWP(1), "fe80::1/64");
	cr_expect_eq(view(w).state, BGP_ESTABLISHED, "%s", view(w).last_error);
	cr_expect_eq(view(w).flaps, 0);
	cr_expect_eq(world_count(w, "to swp1: *"), 0);
	world_free(w);
}

Test(agent_neighbors, a_link_local_next_hop_that_comes_and_goes_is_told_in_the_same_session)       /* RFC 2545 3 */
{
	struct world *w = up_at(CONFIG6, "2001:db8::1/64");

	world_addr(w, ADDR_NEW, LO, "2001:db8:1::1/128");
	open_as(w, 65002, false);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +2001:db8:1::1/128 path 65001 via 2001:db8::1"), 1);
	world_clear(w);
	world_addr(w, ADDR_NEW, SWP(1), "fe80::1/64");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +2001:db8:1::1/128 path 65001 via 2001:db8::1 and fe80::1"), 1);
	world_clear(w);
	world_addr(w, ADDR_DEL, SWP(1), "fe80::1/64");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +2001:db8:1::1/128 path 65001 via 2001:db8::1"), 1);
	cr_expect_eq(world_count(w, "to swp1: *"), 1);
	cr_expect_eq(view(w).flaps, 0);
	world_free(w);
}

Test(agent_neighbors, another_next_hop_of_the_other_family_is_told_in_the_same_session)
{
	struct world *w = up_at(CONFIG(""), "2001:db8::1/64");

	world_addr(w, ADDR_NEW, SWP(1), "2001:db8::9/64");
	world_addr(w, ADDR_NEW, SWP(1), "203.0.113.1/30");
	world_addr(w, ADDR_NEW, LO, "2001:db8:1::1/128");
	open_as(w, 65002, false);
	world_clear(w);
	world_addr(w, ADDR_DEL, SWP(1), "2001:db8::1/64");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +2001:db8:1::1/128 path 65001 via 2001:db8::9"), 1);
	cr_expect_eq(view(w).flaps, 0);
	world_free(w);
}
