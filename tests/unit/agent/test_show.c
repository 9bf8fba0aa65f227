/* Every view: which keys it has (names are public: people and scripts rely on them), and what stands in them. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/show.h"
#include "world.h"

/* The keys of the object at path, in their order. Steals root. */
static const char *keys(json_t *root, const char *path)
{
	static char text[1024];
	size_t at = 0;
	const char *key;
	json_t *value;

	text[0] = '\0';
	json_object_foreach(world_json(root, path), key, value)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s", at ? " " : "", key);
	json_decref(root);
	return text;
}

static json_t *neighbors(const struct world *w)
{
	return show_neighbors(w->agent, NULL, w->now);
}

static json_t *links(const struct world *w)
{
	return show_links(w->agent, w->now);
}

static json_t *summary(const struct world *w)
{
	return show_summary(w->agent, w->now);
}

static json_t *routes(const struct world *w)
{
	return show_routes(w->agent, NULL);
}

static json_t *nexthops(const struct world *w)
{
	return show_nexthops(w->agent);
}

static json_t *config(const struct world *w)
{
	return show_config(w->agent);
}

static json_t *version(const struct world *w)
{
	(void)w;
	return show_version();
}

static json_t *drained(const struct world *w)
{
	agent_drain(w->agent, DRAIN_NODE, w->now);
	return show_drain(w->agent, DRAIN_NODE, w->now);
}

/* Two peers, one route over both, one over the second alone, one of our own. */
static struct world *fabric(void)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	world_announce(w, 2, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	w->now = mono_add_s(w->now, 7);
	return w;
}

#define NEIGHBOR_KEYS "name link address mac local_address remote_asn remote_router_id hostname remote_port software_version role state drained added_by_hand uptime_seconds down_seconds " \
	"prefixes_received prefixes_stale stale prefixes_sent prefixes_refused bandwidths_ignored prefixes_withheld policy max_prefixes messages_received messages_sent messages hold_time keepalive_time capabilities " \
	"graceful_restart bfd last_error fault errors flaps out_queue_bytes timers carrier_to_established_seconds notifications last_notification route_changes " \
	"in_queue_bytes"
#define MESSAGES_KEYS "open update notification keepalive route_refresh"

static const struct { json_t *(*view)(const struct world *w); const char *path, *keys; } shapes[] = {
	{ summary, "", "router_id asn hostname version json_version uptime_seconds prefixes prefixes_ipv4 prefixes_ipv6 paths rib_bytes peers peers_established "
		       "drained drain drained_links routes_installed restart start_hold bfd counters configuration neighbors" },
	{ summary, "configuration", "generation reloads rejected last_reload confirm_seconds_left" },
	{ summary, "bfd", "sessions up sent received discarded late_us" },
	{ summary, "bfd.late_us", "p50 p99 p9999 max below_powers_of_two" },
	{ summary, "counters", "notifications_lost neighbors_lost bad_requests unsendable_prefixes max_prefixes_warnings settings_put_back link_alarms second_routers ras_rejected "
			       "connections_refused" },
	{ summary, "neighbors.0", NEIGHBOR_KEYS },
	{ neighbors, "0", NEIGHBOR_KEYS },
	{ neighbors, "0.prefixes_refused", "as_loop martian over_limit own_next_hop filtered route_leak" },
	{ neighbors, "0.messages", "received sent" },
	{ neighbors, "0.messages.received", MESSAGES_KEYS },
	{ neighbors, "0.messages.sent", MESSAGES_KEYS },
	{ neighbors, "0.capabilities", "sent received" },
	{ neighbors, "0.graceful_restart.sent", "seconds restarting notification families forwarding" },
	{ links, "0", "link ifindex fabric up carrier mac address state neighbors bfd expect cabling alarms" },
	{ links, "1", "link ifindex fabric up carrier mac address state neighbors bfd expect cabling alarms bandwidth_mbps connections_refused flaps drained peer further others ra" },
	{ links, "1.flaps", "failures wait_ms held remaining_ms last" },
	{ links, "1.peer", "address mac heard_seconds lifetime" },
	{ links, "1.ra", "sent received solicits_sent solicits_received unsent looped conflicts rejected" },
	{ routes, "0", "prefix installed error origin as_path announced withheld announced_mbps next_hops blackhole paths" },
	{ routes, "1.next_hops.0", "link address weight" },
	{ routes, "1.paths.0", "link address peer as_path origin med local_pref communities large_communities weight bandwidth_mbps best multipath stale reason" },
	{ nexthops, "", "json_version groups neighbors stats" },
	{ nexthops, "groups.0", "id family type installed routes error hops" },
	{ nexthops, "groups.0.hops.0", "link address weight" },
	{ nexthops, "neighbors.0", "link address mac" },
	{ nexthops, "stats", "routes installed groups evened hops neighbours queued errors retries put_back operations" },
	{ nexthops, "stats.operations", "hop_set hop_del group_set group_del route_set route_del neigh_set neigh_del" },
	{ version, "", "version json_version" },
	{ drained, "", "json_version link drained missed drained_seconds traffic_gone packets_per_second links returns_in_seconds waits_for" },
	{ drained, "links.0", "link packets_per_second quiet" },
};

Test(show, views_have_the_keys_of_the_contract)
{
	struct world *w = fabric();

	for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
		cr_expect_str_eq(keys(shapes[i].view(w), shapes[i].path), shapes[i].keys, "row %zu", i);
	world_free(w);
}

static const struct { json_t *(*view)(const struct world *w); const char *path, *json; } values[] = {
	{ summary, "router_id", "\"10.0.254.1\"" },
	{ summary, "asn", "65001" },
	{ summary, "hostname", "\"leaf1\"" },
	{ summary, "uptime_seconds", "7" },
	{ summary, "prefixes", "3" },
	{ summary, "prefixes_ipv4", "3" },
	{ summary, "prefixes_ipv6", "0" },
	{ summary, "paths", "4" },
	{ summary, "peers", "2" },
	{ summary, "peers_established", "2" },
	{ summary, "routes_installed", "2" },
	{ neighbors, "0.link", "\"swp1\"" },
	{ neighbors, "0.address", "\"fe80::ff:1\"" },
	{ neighbors, "0.mac", "\"02:00:00:00:ff:01\"" },
	{ neighbors, "0.local_address", "\"fe80::1\"" },
	{ neighbors, "0.remote_asn", "65101" },
	{ neighbors, "0.remote_router_id", "\"10.0.255.1\"" },
	{ neighbors, "0.hostname", "\"spine1\"" },
	{ neighbors, "0.software_version", "\"\"" },
	{ neighbors, "0.role", "null" },
	{ neighbors, "0.state", "\"Established\"" },
	{ neighbors, "0.uptime_seconds", "7" },
	{ neighbors, "0.down_seconds", "null" },
	{ neighbors, "0.prefixes_received", "1" },
	{ neighbors, "1.prefixes_received", "2" },
	{ neighbors, "0.prefixes_sent", "2" },           /* our own, and what the other one has alone */
	{ neighbors, "0.prefixes_refused", "{\"as_loop\":0,\"filtered\":0,\"martian\":0,\"over_limit\":0,\"own_next_hop\":0,\"route_leak\":0}" },
	{ neighbors, "0.messages_received", "3" },
	{ neighbors, "0.messages.received", "{\"keepalive\":1,\"notification\":0,\"open\":1,\"route_refresh\":0,\"update\":1}" },
	{ neighbors, "0.hold_time", "9" },
	{ neighbors, "0.keepalive_time", "3" },
	{ neighbors, "0.capabilities.received",
	  "[\"ipv4-unicast\",\"ipv6-unicast\",\"extended-next-hop\",\"4-octet-as\",\"route-refresh\",\"fqdn\"]" },
	{ neighbors, "0.last_error", "\"\"" },
	{ neighbors, "0.fault", "\"\"" },
	{ neighbors, "0.flaps", "0" },
	{ links, "0.link", "\"lo\"" },
	{ links, "0.fabric", "false" },
	{ links, "0.address", "null" },
	{ links, "0.state", "\"up\"" },
	{ links, "1", "{\"address\":\"fe80::1\",\"alarms\":[],\"bandwidth_mbps\":null,\"bfd\":null,\"cabling\":null,\"carrier\":true,\"connections_refused\":0,\"drained\":false,\"expect\":null,\"fabric\":true,\"flaps\":{\"failures\":0,\"held\":false,\"last\":null,\"remaining_ms\":0,\"wait_ms\":0},\"further\":[],\"ifindex\":11,\"link\":\"swp1\",\"mac\":\"02:00:00:00:00:01\","
		      "\"neighbors\":[],\"others\":[],\"peer\":{\"address\":\"fe80::ff:1\",\"heard_seconds\":7,\"lifetime\":0,\"mac\":\"02:00:00:00:ff:01\"},"
		      "\"ra\":{\"conflicts\":0,\"looped\":0,\"received\":1,\"rejected\":{},\"sent\":1,\"solicits_received\":0,\"solicits_sent\":1,\"unsent\":0},"
		      "\"state\":\"peer\",\"up\":true}" },
	{ routes, "0", "{\"announced\":true,\"announced_mbps\":null,\"as_path\":[],\"blackhole\":false,\"error\":\"\",\"installed\":false,\"next_hops\":[],\"origin\":\"igp\",\"paths\":[{\"address\":null,\"as_path\":[],"
		       "\"bandwidth_mbps\":null,\"best\":true,\"communities\":[],\"large_communities\":[],\"link\":null,\"local_pref\":null,\"med\":null,\"multipath\":false,\"origin\":\"igp\","
		       "\"peer\":\"\",\"reason\":\"best path\",\"stale\":false,\"weight\":1}],\"prefix\":\"10.0.254.1/32\",\"withheld\":\"\"}" },
	{ routes, "1.prefix", "\"10.1.0.0/24\"" },
	{ routes, "1.installed", "true" },
	{ routes, "1.as_path", "[65101]" },
	{ routes, "1.next_hops", "[{\"address\":\"fe80::ff:1\",\"link\":\"swp1\",\"weight\":1},{\"address\":\"fe80::ff:2\",\"link\":\"swp2\",\"weight\":1}]" },
	{ routes, "1.paths.0.best", "true" },
	{ routes, "1.paths.1.best", "false" },
	{ routes, "1.paths.1.multipath", "true" },
	{ routes, "1.paths.1.link", "\"swp2\"" },
	{ routes, "1.paths.1.reason", "\"higher router-id\"" },
	{ routes, "2.prefix", "\"10.2.0.0/24\"" },
	{ routes, "3", "(nothing)" },
	{ nexthops, "groups.0.family", "\"ipv4\"" },
	{ nexthops, "groups.0.type", "\"plain\"" },
	{ nexthops, "groups.0.installed", "true" },
	{ nexthops, "neighbors", "[{\"address\":\"169.254.0.1\",\"link\":\"swp1\",\"mac\":\"02:00:00:00:ff:01\"},"
				 "{\"address\":\"169.254.0.1\",\"link\":\"swp2\",\"mac\":\"02:00:00:00:ff:02\"}]" },
	{ nexthops, "stats.routes", "2" },
	{ nexthops, "stats.queued", "0" },
	{ nexthops, "stats.operations.neigh_set", "8" },
	{ config, "asn", "65001" },
	{ config, "ipv4_next_hop", "\"169.254.0.1\"" },
	{ config, "hostname", "\"leaf1\"" },
};

Test(show, views_say_what_is)
{
	struct world *w = fabric();

	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		cr_expect_str_eq(world_shows(values[i].view(w), values[i].path), values[i].json, "row %zu: %s", i, values[i].path);
	world_free(w);
}

Test(show, filters_give_arrays_of_what_matches)
{
	struct world *w = fabric();
	struct prefix p;

	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp2", w->now), "0.link"), "\"swp2\"");
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp2", w->now), "1"), "(nothing)");
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp9", w->now), ""), "[]");
	prefix_parse("10.2.0.0/24", &p);
	cr_expect_str_eq(world_shows(show_routes(w->agent, &p), "0.prefix"), "\"10.2.0.0/24\"");
	cr_expect_str_eq(world_shows(show_routes(w->agent, &p), "1"), "(nothing)");
	prefix_parse("10.2.0.0/16", &p);
	cr_expect_str_eq(world_shows(show_routes(w->agent, &p), ""), "[]");
	world_free(w);
}

Test(show, agent_that_has_not_started_shows_nothing_much)
{
	struct world *w = world_new_bare(NULL, true);

	cr_expect_str_eq(world_shows(neighbors(w), ""), "[]");
	cr_expect_str_eq(world_shows(routes(w), ""), "[]");
	cr_expect_str_eq(world_shows(links(w), ""), "[]");
	cr_expect_str_eq(world_shows(nexthops(w), "groups"), "[]");
	cr_expect_str_eq(world_shows(summary(w), "peers"), "0");
	world_free(w);
}

/* --- states ------------------------------------------------------------------------------------------------------------------------- */
Test(show, neighbor_goes_through_the_states_of_the_contract)
{
	struct world *w = world_new(NULL);

	world_swp_up(w, 1);
	world_ra(w, 1, "fe80::ff:1", NULL);
	cr_expect_str_eq(world_shows(neighbors(w), "0.state"), "\"Connect\"");
	cr_expect_str_eq(world_shows(neighbors(w), "0.mac"), "null");
	cr_expect_str_eq(world_shows(neighbors(w), "0.remote_asn"), "0");
	cr_expect_str_eq(world_shows(neighbors(w), "0.remote_router_id"), "\"0.0.0.0\"");
	cr_expect_str_eq(world_shows(neighbors(w), "0.down_seconds"), "null", "it never was up");
	agent_tcp_closed(w->agent, w->connect[1], ECONNREFUSED, w->now);
	cr_expect_str_eq(world_shows(neighbors(w), "0.state"), "\"Active\"");
	cr_expect_str_eq(world_shows(neighbors(w), "0.last_error"), "\"connection refused\"");
	world_accept(w, 1, "fe80::ff:1");
	cr_expect_str_eq(world_shows(neighbors(w), "0.state"), "\"OpenSent\"");
	cr_expect_str_eq(world_shows(neighbors(w), "0.capabilities.received"), "[]");
	world_open(w, 1);
	cr_expect_str_eq(world_shows(neighbors(w), "0.state"), "\"Established\"");
	world_free(w);
}

Test(show, neighbor_whose_session_ended_says_why_and_since_when)
{
	struct world *w = fabric();

	world_notify(w, 1, NOTIFY_CEASE, CEASE_ADMIN_SHUTDOWN);
	w->now = mono_add_ms(w->now, 3500);
	cr_expect_str_eq(world_shows(neighbors(w), "0.state"), "\"Idle\"");
	cr_expect_str_eq(world_shows(neighbors(w), "0.last_error"), "\"peer says: Cease/Administrative Shutdown\"");
	cr_expect_str_eq(world_shows(neighbors(w), "0.uptime_seconds"), "0");
	cr_expect_str_eq(world_shows(neighbors(w), "0.down_seconds"), "3");
	cr_expect_str_eq(world_shows(neighbors(w), "0.flaps"), "1");
	cr_expect_str_eq(world_shows(neighbors(w), "0.prefixes_received"), "0");
	cr_expect_str_eq(world_shows(neighbors(w), "0.hold_time"), "0");
	world_free(w);
}

static void no_carrier(struct world *w)
{
	world_carrier(w, 1, false);
}

static void down(struct world *w)
{
	struct link_info info = world_swp(1);

	info.up = info.running = false;
	world_link(w, &info);
}

static void no_address(struct world *w)
{
	world_addr(w, ADDR_DEL, SWP(1), "fe80::1/64");
}

static void addressed(struct world *w)
{
	world_addr(w, ADDR_NEW, SWP(1), "192.0.2.1/24");
}

static void nothing(struct world *w)
{
	(void)w;
}

static const struct { void (*happens)(struct world *w); const char *state, *fabric; } link_states[] = {
	{ nothing, "\"discovering\"", "true" }, { no_carrier, "\"no-carrier\"", "true" }, { down, "\"down\"", "true" },
	{ no_address, "\"no-address\"", "true" }, { addressed, "\"up\"", "false" },
};

Test(show, link_states)
{
	for (size_t i = 0; i < ARRAY_LEN(link_states); i++) {
		struct world *w = world_new(NULL);

		world_swp_up(w, 1);
		link_states[i].happens(w);
		cr_expect_str_eq(world_shows(links(w), "1.state"), link_states[i].state);
		cr_expect_str_eq(world_shows(links(w), "1.fabric"), link_states[i].fabric);
		world_free(w);
	}
}

Test(show, link_shows_who_else_is_there_and_what_was_rejected)
{
	struct world *w = fabric();
	struct in6_addr from = { .s6_addr = { 0xfe, 0x80, [15] = 5 } };

	world_ra(w, 1, "fe80::ff:9", "02:00:00:00:ff:09");
	agent_ra_packet(w->agent, &(struct ra_packet){ .ifindex = SWP(1), .from = from, .hop_limit = 64, .payload = (const uint8_t *)"\x86", .len = 1 },
			w->now);
	cr_expect_str_eq(world_shows(links(w), "1.others"),
			 "[{\"address\":\"fe80::ff:9\",\"heard_seconds\":0,\"lifetime\":0,\"mac\":\"02:00:00:00:ff:09\"}]");
	cr_expect_str_eq(world_shows(links(w), "1.ra.conflicts"), "1");
	cr_expect_str_neq(world_shows(links(w), "1.ra.rejected"), "{}");
	world_free(w);
}

Test(show, link_with_two_alarms_is_one_link_with_an_alarm)
{
	struct world *w = world_new("{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"links\": {\"swp1\": {\"gtsm\": true}, \"swp*\": {}}}");

	w->guard_error = -EACCES;
	world_swp_up(w, 1);
	world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:01");
	world_ra(w, 1, "fe80::ff:9", "02:00:00:00:ff:09");
	cr_expect_str_eq(world_shows(links(w), "1.alarms"),
			 "[\"no session: the link's own listening socket (password, gtsm) cannot be made: Permission denied\","
			 "\"2 routers are heard where one is expected; only the peer is spoken to\"]");
	cr_expect_str_eq(world_shows(summary(w), "counters.link_alarms"), "1");
	world_free(w);
}

Test(show, next_hops_of_a_route_are_those_in_use)
{
	struct world *w = fabric();
	const uint32_t far[] = { 65300 };

	world_announce(w, 1, "10.2.0.0/24", far, 1);
	cr_expect_str_eq(world_shows(routes(w), "2.next_hops"), "[{\"address\":\"fe80::ff:2\",\"link\":\"swp2\",\"weight\":1}]");
	cr_expect_str_eq(world_shows(routes(w), "2.paths.1.multipath"), "false");
	cr_expect_str_eq(world_shows(routes(w), "2.paths.1.reason"), "\"longer AS path\"");
	cr_expect_str_eq(world_shows(routes(w), "2.paths.1.as_path"), "[65101,65300]");
	world_free(w);
}

Test(show, route_that_the_kernel_refuses_says_so)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	w->fib_error = -EINVAL;
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	cr_expect_str_eq(world_shows(routes(w), "1.installed"), "false");
	cr_expect_str_neq(world_shows(nexthops(w), "stats.errors"), "0");
	world_free(w);
}

Test(show, inet6_next_hops_need_no_neighbour_entry)
{
	struct world *w = world_new("{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"ipv4_next_hop\": \"inet6\"}");

	world_peer(w, 1);
	cr_expect_str_eq(world_shows(nexthops(w), "neighbors"), "[]");
	cr_expect_str_eq(world_shows(config(w), "ipv4_next_hop"), "\"inet6\"");
	world_free(w);
}

/* MED 7, communities 65101:9, an AS_SET at the end of the path. */
Test(show, path_shows_its_attributes)
{
	static const uint8_t body[] = {
		0, 0, 0, 70, 0x40, 1, 1, 2, 0x40, 2, 16, 2, 1, 0, 0, 0xfe, 0x4d, 1, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0x80, 4, 4, 0, 0, 0, 7,
		0xc0, 8, 4, 0xfe, 0x4d, 0, 9, 0x80, 14, 25, 0, 1, 1, 16, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0, 1, 0, 24, 10, 1, 0,
	};
	struct world *w = world_new(NULL);
	uint8_t fixed[sizeof(body)];

	memcpy(fixed, body, sizeof(body));
	fixed[3] = sizeof(body) - 4;
	world_peer(w, 1);
	world_update(w, 1, fixed, sizeof(fixed));
	world_turn(w);
	cr_expect_str_eq(world_shows(routes(w), "1.paths.0.as_path"), "[65101,[1,2]]");
	cr_expect_str_eq(world_shows(routes(w), "1.paths.0.med"), "7");
	cr_expect_str_eq(world_shows(routes(w), "1.paths.0.communities"), "[\"65101:9\"]");
	cr_expect_str_eq(world_shows(routes(w), "1.origin"), "\"incomplete\"");
	world_free(w);
}
