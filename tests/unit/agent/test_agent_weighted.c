/* "weighted": link bandwidth from the links to the peers' UPDATEs to the kernel's groups. */
#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/rib/bandwidth.h"
#include "agent/show.h"
#include "world.h"

#define WITH(more) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"weighted\": true" more "}"
#define OWN "10.0.254.1/32"
#define P "10.1.0.0/24"

/* A link of that many Mbit/s as the kernel says, and its peer. */
static void fast_peer(struct world *w, unsigned n, uint32_t mbps)
{
	struct link_info info = world_swp(n);

	world_peer(w, n);
	info.mbps = mbps;
	world_link(w, &info);
}

static void announce(struct world *w, unsigned n, float mbps)
{
	struct attrs attrs = { .origin = ORIGIN_IGP };
	float bytes = mbps * BANDWIDTH_MBIT;
	uint8_t list[BANDWIDTH_SIZE];

	attrs.ext_communities = bandwidth_put((struct span){ 0 }, PEER_AS(n), &bytes, list);
	world_announce_as(w, n, P, attrs);
}

/* "2 1": of the prefix's next hops. */
static const char *weights(struct world *w)
{
	json_t *routes = show_routes(w->agent, NULL), *hops, *hop;
	static char text[64];
	size_t i, k;
	json_t *route;

	text[0] = 0;
	json_array_foreach(routes, i, route) {
		if (strcmp(json_string_value(json_object_get(route, "prefix")), P) != 0)
			continue;
		hops = json_object_get(route, "next_hops");
		json_array_foreach(hops, k, hop)
			sprintf(text + strlen(text), "%s%lld", k ? " " : "", json_integer_value(json_object_get(hop, "weight")));
	}
	json_decref(routes);
	return text;
}

static const char *neighbor(const struct world *w, const char *path)
{
	return world_shows(show_neighbors(w->agent, "swp1", w->now), path);
}

static const char *link_says(const struct world *w, const char *path)
{
	return world_shows(show_links(w->agent, w->now), path);      /* 0 is lo */
}

Test(agent_weighted, own_prefixes_say_the_sum_of_the_uplinks_in_use)
{
	struct world *w = world_new(WITH(""));

	fast_peer(w, 1, 10000);
	fast_peer(w, 2, 10000);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +" OWN " * mbps 20000"), 1u);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +" OWN " * mbps 20000"), 1u);
	world_clear(w);
	world_carrier(w, 2, false);
	cr_expect_eq(world_count(w, "to swp1: UPDATE *"), 1u, "once");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +" OWN " * mbps 10000"), 1u);
	world_free(w);
}

Test(agent_weighted, a_link_with_several_routers_counts_once_and_as_long_as_one_is_used)
{
	struct world *w = world_new(WITH(", \"links\": {\"swp1\": {\"routers\": 2}, \"swp*\": {}}"));
	struct link_info info = world_swp(1);

	fast_peer(w, 4, 10000);
	world_swp_up(w, 1);
	info.mbps = 25000;
	world_link(w, &info);
	for (unsigned n = 1; n <= 2; n++) {
		w->behind[n] = 1;
		world_ra(w, 1, n == 1 ? "fe80::ff:1" : "fe80::ff:2", n == 1 ? "02:00:00:00:ff:01" : "02:00:00:00:ff:02");
		world_clear(w);
		world_open(w, n);
		cr_expect_eq(world_count(w, "to swp4: UPDATE +" OWN " * mbps 35000"), n == 1, "%u", n);
	}
	for (unsigned n = 1; n <= 2; n++) {
		world_clear(w);
		agent_tcp_closed(w->agent, w->conn[n], 0, w->now);
		world_turn(w);
		cr_expect_eq(world_count(w, "to swp4: UPDATE +" OWN " * mbps 10000"), n == 2, "%u", n);
		cr_expect_eq(world_count(w, "to swp4: UPDATE +" OWN " *"), n == 2, "%u", n);
	}
	world_free(w);
}

Test(agent_weighted, a_link_that_becomes_faster_is_told)
{
	struct world *w = world_new(WITH(""));
	struct link_info info = world_swp(1);

	fast_peer(w, 1, 10000);
	world_clear(w);
	info.mbps = 25000;
	world_link(w, &info);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +" OWN " * mbps 25000"), 1u);
	world_clear(w);
	info.mtu++;
	world_link(w, &info);
	cr_expect_eq(world_count(w, "to swp1: UPDATE *"), 0u, "and nothing but that");
	world_free(w);
}

Test(agent_weighted, the_configuration_knows_better_than_the_kernel)
{
	struct world *w = world_new(WITH(", \"links\": {\"swp1\": {\"bandwidth_mbps\": 1000}, \"swp*\": {}}"));

	fast_peer(w, 1, 10000);
	fast_peer(w, 2, 10000);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +" OWN " * mbps 11000"), 1u);
	cr_expect_str_eq(link_says(w, "1.bandwidth_mbps"), "1000");
	cr_expect_str_eq(link_says(w, "2.bandwidth_mbps"), "10000");
	world_free(w);
}

Test(agent_weighted, nothing_is_said_while_an_uplink_is_not_known_and_that_is_an_alarm)
{
	struct world *w = world_new(WITH(""));

	fast_peer(w, 1, 10000);
	world_clear(w);
	world_peer(w, 2);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +" OWN " *"), 1u);
	cr_expect_eq(world_count(w, "* mbps *"), 0u);
	cr_expect_str_eq(link_says(w, "1.alarms"), "[]");
	cr_expect_str_neq(link_says(w, "2.alarms"), "[]");
	cr_expect_str_eq(link_says(w, "2.bandwidth_mbps"), "null");
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "counters.link_alarms"), "1");
	world_free(w);
}

Test(agent_weighted, links_to_servers_are_no_uplinks)
{
	struct world *w = world_new(WITH(", \"links\": {\"swp2\": {\"import\": \"host\"}, \"swp*\": {}}"));

	fast_peer(w, 1, 10000);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +" OWN " * mbps 10000"), 1u);
	world_clear(w);
	fast_peer(w, 2, 25000);
	cr_expect_eq(world_count(w, "to swp1: UPDATE *"), 0u);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +" OWN " * mbps 10000"), 1u);
	world_free(w);
}

Test(agent_weighted, a_next_hop_that_carries_more_gets_more_and_the_kernel_hears_of_a_change_in_one_message)
{
	struct world *w = world_new(WITH(""));

	for (unsigned n = 1; n <= 3; n++)
		fast_peer(w, n, 10000);
	announce(w, 1, 20000);
	announce(w, 2, 10000);
	cr_expect_str_eq(world_route(w, P), "swp1 swp2");
	cr_expect_str_eq(weights(w), "2 1");
	cr_expect_str_eq(world_shows(show_nexthops(w->agent), "groups.0.hops.0.weight"), "2");
	cr_expect_eq(world_count(w, "to swp3: UPDATE +" P " * mbps 20000"), 1u, "10000 over each link");
	world_clear(w);
	announce(w, 1, 10000);
	cr_expect_str_eq(weights(w), "1 1");
	cr_expect_eq(world_count(w, "group_set *"), 1u);
	cr_expect_eq(world_count(w, "route_set *"), 0u);
	cr_expect_eq(world_count(w, "to swp3: UPDATE *"), 0u, "the sum is what it was");
	world_free(w);
}

Test(agent_weighted, a_peer_that_says_nothing_makes_all_equal)
{
	struct world *w = world_new(WITH(""));

	for (unsigned n = 1; n <= 3; n++)
		fast_peer(w, n, 10000);
	announce(w, 1, 20000);
	world_announce(w, 2, P, NULL, 0);
	cr_expect_str_eq(weights(w), "1 1");
	cr_expect_eq(world_count(w, "to swp3: UPDATE +" P " path * mbps *"), 1u, "while it was alone");
	world_clear(w);
	announce(w, 2, 10000);
	cr_expect_str_eq(weights(w), "2 1");
	cr_expect_eq(world_count(w, "to swp3: UPDATE +" P " * mbps 20000"), 1u);
	world_free(w);
}

Test(agent_weighted, what_is_no_bandwidth_is_ignored_and_counted)
{
	struct world *w = world_new(WITH(""));

	fast_peer(w, 1, 10000);
	fast_peer(w, 2, 10000);
	announce(w, 1, -1);
	announce(w, 2, 10000);
	cr_expect_str_eq(weights(w), "1 1");
	cr_expect_str_eq(neighbor(w, "0.bandwidths_ignored"), "1");
	cr_expect_str_eq(neighbor(w, "0.state"), "\"Established\"");
	announce(w, 1, 0.0f / 0.0f);
	cr_expect_str_eq(neighbor(w, "0.bandwidths_ignored"), "2");
	world_free(w);
}

Test(agent_weighted, off_the_community_is_passed_on_and_nobody_looks_at_it)
{
	struct world *w = world_new(NULL);

	for (unsigned n = 1; n <= 3; n++)
		fast_peer(w, n, 10000);
	announce(w, 1, 20000);
	announce(w, 2, -1);
	cr_expect_str_eq(weights(w), "1 1");
	cr_expect_eq(world_count(w, "to swp3: UPDATE +" P " * mbps 20000"), 1u);
	cr_expect_eq(world_count(w, "to swp?: UPDATE +" OWN " * mbps *"), 0u);
	cr_expect_str_eq(link_says(w, "1.alarms"), "[]");
	world_free(w);
}

Test(agent_weighted, a_peer_that_restarts_counts_until_it_is_given_up)
{
	struct world *w = world_new(WITH(""));

	w->caps = (struct bgp_caps){ .gr = true, .gr_notification = true, .gr_time = 60, .gr_mp = { true, true }, .gr_forwarding = { true, true } };
	fast_peer(w, 1, 10000);
	world_eor(w, 1, AF_INET);
	world_eor(w, 1, AF_INET6);
	fast_peer(w, 2, 10000);
	announce(w, 2, 10000);
	world_clear(w);
	agent_tcp_closed(w->agent, w->conn[2], 0, w->now);
	world_turn(w);
	cr_expect_eq(world_count(w, "to swp1: UPDATE *"), 0u, "it forwards meanwhile");
	for (unsigned i = 0; i < 70; i++) {
		world_keepalive(w, 1);
		world_wait(w, 1000);
	}
	cr_expect_eq(world_count(w, "to swp1: UPDATE +" OWN " * mbps 10000"), 1u);
	world_free(w);
}
