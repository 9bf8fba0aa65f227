/* Another configuration for a running agent: each kind of change, what it touches and what it leaves alone. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "agent/agent_reload.h"
#include "agent/base/own.h"
#include "agent/show.h"
#include "world.h"

#define WITH(more) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\"" more "}"
#define LINKS(of_1, more) WITH(", \"links\": {\"swp1\": {" of_1 "}, \"swp*\": {}}" more)
#define P "10.1.0.0/24"
#define Q "10.2.0.0/24"

/* Two peers that tell P and Q; then only what the reload does is in the lines. */
static struct world *two_peers(const char *config)
{
	struct world *w = world_new(config);

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, P " " Q, NULL, 0);
	world_announce(w, 2, P " " Q, NULL, 0);
	world_clear(w);
	return w;
}

static void same_sessions(const struct world *w, const char *which)
{
	for (unsigned n = 1; n <= 2; n++)
		cr_expect_eq(world_state(w, n), BGP_ESTABLISHED, "%s: swp%u", which, n);
	cr_expect_eq(world_count(w, "to swp?: NOTIFICATION *"), 0u, "%s", which);
	cr_expect_eq(world_count(w, "close *"), 0u, "%s", which);
}

static uint64_t generation(const struct world *w)
{
	struct agent_reload_view v;

	agent_reloads(w->agent, &v);
	return v.generation;
}

Test(agent_reload, a_file_that_reads_the_same_touches_nothing)
{
	struct world *w = two_peers(WITH(""));

	cr_expect_str_eq(world_reload(w, WITH(", \"timers\": {\"hold\": 9}, \"links\": \"auto\"")), "");
	cr_expect_eq(w->n_lines, 0u);
	cr_expect_eq(generation(w), 1u);
	world_free(w);
}

Test(agent_reload, a_file_with_an_error_changes_nothing_and_says_where_it_is)
{
	struct world *w = two_peers(WITH(""));
	const char *before = strdup(world_shows(show_config(w->agent), "multipath"));

	cr_expect_str_eq(world_reload(w, WITH(",\n \"multipath\": 0")), "-");
	cr_expect_str_eq(world_reload_error(), "weft.json:2:2: multipath: is 0, allowed: 1 to 256 next hops");
	cr_expect_eq(w->n_lines, 0u);
	cr_expect_eq(generation(w), 1u);
	cr_expect_str_eq(world_shows(show_config(w->agent), "multipath"), before);
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "configuration"),
			 "{\"confirm_seconds_left\":null,\"generation\":1,\"last_reload\":{\"error\":\"weft.json:2:2: multipath: is 0, allowed: 1 to 256 "
			 "next hops\",\"ok\":false,\"seconds_ago\":0},\"rejected\":1,\"reloads\":0}");
	free((char *)before);
	world_free(w);
}

Test(agent_reload, what_needs_a_restart_is_rejected_by_its_name_and_with_it_all_the_rest)
{
	static const struct { const char *config, *error; } rows[] = {
		{ "{\"asn\": 65009, \"router_id\": \"10.0.254.1\", \"multipath\": 2}", "asn: a change from 65001 to 65009 needs a restart of weftd" },
		{ "{\"asn\": 65001, \"router_id\": \"10.0.254.9\", \"multipath\": 2}",
		  "router_id: a change from \"10.0.254.1\" to \"10.0.254.9\" needs a restart of weftd" },
		{ WITH(", \"multipath\": 2, \"loopback\": false"), "loopback: a change from true to false needs a restart of weftd" },
		{ WITH(", \"multipath\": 2, \"ipv4_next_hop\": \"inet6\""), "ipv4_next_hop: a change from \"169.254.0.1\" to \"inet6\" needs a restart of weftd" },
		{ WITH(", \"multipath\": 2, \"resilient\": {\"buckets\": 64}"),
		  "resilient: a change from false to {\"buckets\":64,\"idle_timer_seconds\":120,\"unbalanced_timer_seconds\":0} needs a restart of weftd" },
		{ WITH(", \"multipath\": 2, \"manage_sysctls\": false"), "manage_sysctls: a change from true to false needs a restart of weftd" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world *w = two_peers(WITH(""));

		cr_expect_str_eq(world_reload(w, rows[i].config), "-");
		cr_expect_str_eq(world_reload_error(), rows[i].error);
		cr_expect_eq(w->n_lines, 0u);
		cr_expect_str_eq(world_shows(show_config(w->agent), "multipath"), "64");
		world_free(w);
	}
}

/* Each changes swp1 alone or no session at all: the routes and the sessions are as they were. */
Test(agent_reload, most_keys_touch_no_session)
{
	static const struct { const char *from, *to; } rows[] = {
		{ WITH(""), WITH(", \"timers\": {\"keepalive\": 1, \"connect_retry\": 7, \"ra_interval\": 9, \"ra_lifetime\": 60}") },
		{ WITH(""), WITH(", \"hostname\": \"other\", \"software_version\": true") },
		{ WITH(""), WITH(", \"multipath\": 2, \"med\": \"always\", \"graceful_restart\": {\"long_lived_seconds\": 60}") },
		{ WITH(""), WITH(", \"damping\": {\"free\": 9}") },
		{ WITH(""), WITH(", \"bfd\": true") },
		{ WITH(", \"bfd\": true"), WITH("") },
		{ WITH(", \"bfd\": true"), WITH(", \"bfd\": {\"interval_ms\": 300}") },
		{ WITH(""), WITH(", \"links\": [\"swp*\"]") },
		{ LINKS("", ""), LINKS("\"asn\": \"65100-65200\", \"ra_loss\": \"teardown\", \"routers\": 4, \"max_prefixes\": 9", "") },
		{ LINKS("\"asn\": 65101, \"routers\": 4, \"max_prefixes\": 2", ""), LINKS("", "") },
		{ LINKS("", ""), LINKS("\"blackhole\": true, \"import\": \"all\", \"export\": \"none\", \"damping\": false", "") },
		{ LINKS("", ""), LINKS("\"import\": \"none\"", "") },
		{ LINKS("", ""), LINKS("", ", \"neighbors\": [{\"address\": \"203.0.113.2\", \"remote_asn\": 65002}]") },
		{ WITH(""), WITH(", \"originate\": []") },
		{ WITH(""), WITH(", \"policy\": {\"p\": [{\"action\": \"reject\"}]}") },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world *w = two_peers(rows[i].from);

		cr_expect_str_eq(world_reload(w, rows[i].to), "", "row %zu: %s", i, world_reload_error());
		same_sessions(w, rows[i].to);
		cr_expect_eq(generation(w), 2u);
		world_free(w);
	}
}

Test(agent_reload, what_was_agreed_on_or_is_in_the_socket_restarts_the_session_it_is_about)
{
	static const struct { const char *from, *to, *which, *why; } rows[] = {
		{ WITH(""), WITH(", \"timers\": {\"hold\": 30}"), "swp1 restarts, swp2 restarts", "timers.hold" },
		{ WITH(""), WITH(", \"ipv6\": false"), "swp1 restarts, swp2 restarts", "ipv6" },
		{ LINKS("", ""), LINKS("\"password\": \"secret\"", ""), "swp1 restarts", "password" },
		{ LINKS("\"password\": \"secret\"", ""), LINKS("", ""), "swp1 restarts", "password" },
		{ LINKS("\"password\": \"secret\"", ""), LINKS("\"password\": \"another\"", ""), "swp1 restarts", "password" },
		{ LINKS("", ""), LINKS("\"gtsm\": true", ""), "swp1 restarts", "gtsm" },
		{ LINKS("", ""), LINKS("\"role\": \"customer\"", ""), "swp1 restarts", "role" },
		{ LINKS("", ""), LINKS("\"asn\": 7", ""), "swp1 restarts", "asn" },
		{ LINKS("", ""), LINKS("\"max_prefixes\": 1", ""), "swp1 restarts", "max_prefixes" },
		{ LINKS("", ""), WITH(", \"links\": [\"swp2\"]"), "swp1 ends", "links" },
		{ WITH(""), WITH(", \"links\": [\"swp2\"]"), "swp1 ends", "links" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world *w = two_peers(rows[i].from);
		json_t *result = NULL;
		char *error = NULL;
		size_t two;

		w->file = rows[i].to;
		cr_expect_eq(agent_diff(w->agent, NULL, &result, &error), CTL_DONE);
		cr_expect_str_eq(json_string_value(world_json(result, "sessions.0.why")), rows[i].why);
		json_decref(result);
		cr_expect_eq(w->n_lines, 0u, "diff changes nothing");
		cr_expect_str_eq(world_reload(w, rows[i].to), rows[i].which, "row %zu: %s", i, world_reload_error());
		two = strstr(rows[i].which, "swp2") != NULL;
		cr_expect_neq(world_state(w, 1), BGP_ESTABLISHED, "row %zu", i);
		cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/*"), 1u, "row %zu", i);
		cr_expect_eq(world_count(w, "to swp2: NOTIFICATION *"), two, "row %zu", i);
		cr_expect_eq(world_state(w, 2) == BGP_ESTABLISHED, !two, "row %zu", i);
		cr_expect_str_eq(world_route(w, P), two ? "" : "swp2", "row %zu", i);
		world_free(w);
	}
}

Test(agent_reload, import_asks_the_peer_again_and_what_it_tells_then_goes_by_the_new_rules)
{
	struct world *w = two_peers(LINKS("\"import\": \"p\"", ", \"policy\": {\"p\": [{\"action\": \"accept\"}]}"));

	cr_expect_str_eq(world_reload(w, LINKS("\"import\": \"p\"", ", \"policy\": {\"p\": [{\"match\": {\"prefixes\": [{\"prefix\": \"" P "\"}]}, "
		"\"set\": {\"local_pref\": 200}, \"action\": \"accept\"}]}")), "");
	same_sessions(w, "import");
	cr_expect_eq(world_count(w, "to swp1: REFRESH ipv4"), 1u);
	cr_expect_eq(world_count(w, "to swp1: REFRESH ipv6"), 1u);
	cr_expect_eq(world_count(w, "to swp2: REFRESH *"), 0u);
	cr_expect_str_eq(world_route(w, P), "swp1 swp2", "until the peer has told it again");
	world_announce(w, 1, P " " Q, NULL, 0);
	cr_expect_str_eq(world_route(w, P), "swp1");
	cr_expect_str_eq(world_route(w, Q), "swp2");
	world_free(w);
}

Test(agent_reload, import_restarts_the_session_of_a_peer_that_cannot_be_asked_again)
{
	struct world *w = world_new(LINKS("", ""));

	w->no_refresh = true;
	world_peer(w, 1);
	world_clear(w);
	cr_expect_str_eq(world_reload(w, LINKS("\"import\": \"none\"", "")), "swp1 restarts");
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/*"), 1u);
	cr_expect_eq(world_count(w, "to swp1: REFRESH *"), 0u);
	world_free(w);
}

Test(agent_reload, export_tells_the_peer_again_and_takes_back_what_it_is_told_no_more)
{
	struct world *w = two_peers(LINKS("", ""));

	cr_expect_str_eq(world_reload(w, LINKS("\"export\": \"p\"", ", \"policy\": {\"p\": [{\"match\": {\"prefixes\": [{\"prefix\": \"" Q "\"}]}, "
		"\"action\": \"reject\"}, {\"set\": {\"prepend\": 1}, \"action\": \"accept\"}]}")), "");
	same_sessions(w, "export");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.0.254.1/32 path 65001 65001 *"), 1u);
	cr_expect_eq(world_count(w, "to swp2: UPDATE *"), 0u);
	world_clear(w);
	cr_expect_str_eq(world_reload(w, LINKS("\"export\": \"none\"", "")), "");
	cr_expect_eq(world_count(w, "to swp1: UPDATE -*10.0.254.1/32*"), 1u);
	world_free(w);
}

Test(agent_reload, a_limit_that_is_lifted_lets_in_what_was_refused)
{
	struct world *w = world_new(LINKS("\"max_prefixes\": {\"max\": 1, \"teardown\": false}", ""));

	world_peer(w, 1);
	world_announce(w, 1, P " " Q, NULL, 0);
	cr_expect_eq(world_routes(w), 1u);
	cr_expect_str_eq(world_reload(w, LINKS("\"max_prefixes\": 2", "")), "");
	cr_expect_eq(world_count(w, "to swp1: REFRESH ipv4"), 1u);
	world_announce(w, 1, P " " Q, NULL, 0);
	cr_expect_eq(world_routes(w), 2u);
	world_free(w);
}

Test(agent_reload, a_peer_that_was_barred_for_its_old_limit_may_come_back)
{
	struct world *w = world_new(LINKS("\"max_prefixes\": {\"max\": 1, \"restart\": 3000}", ""));

	world_peer(w, 1);
	world_announce(w, 1, P " " Q, NULL, 0);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/1"), 1u);
	world_clear(w);
	cr_expect_str_eq(world_reload(w, LINKS("\"max_prefixes\": 2", "")), "");
	world_wait(w, 2000);
	cr_expect_eq(world_count(w, "connect swp1 *"), 1u);
	world_free(w);
}

Test(agent_reload, more_next_hops_are_used_at_once)
{
	struct world *w = two_peers(WITH(", \"multipath\": 1"));

	cr_expect_str_eq(world_route(w, P), "swp1");
	cr_expect_str_eq(world_reload(w, WITH("")), "");
	cr_expect_str_eq(world_route(w, P), "swp1 swp2");
	cr_expect_str_eq(world_reload(w, WITH(", \"multipath\": 1")), "");
	cr_expect_str_eq(world_route(w, P), "swp1");
	world_free(w);
}

Test(agent_reload, what_is_announced_is_found_again)
{
	struct world *w = two_peers(WITH(""));

	cr_expect_str_eq(world_reload(w, WITH(", \"originate\": []")), "");
	cr_expect_eq(world_count(w, "to swp?: UPDATE -10.0.254.1/32"), 2u);
	world_clear(w);
	cr_expect_str_eq(world_reload(w, WITH(", \"originate\": [\"l*\"]")), "");
	cr_expect_eq(world_count(w, "to swp?: UPDATE +10.0.254.1/32 *"), 2u);
	world_free(w);
}

Test(agent_reload, links_come_and_go)
{
	struct world *w = two_peers(WITH(", \"links\": [\"swp1\", \"swp2\"]"));

	world_swp_up(w, 3);
	world_clear(w);
	cr_expect_str_eq(world_reload(w, WITH(", \"links\": [\"swp2\", \"swp3\"]")), "swp1 ends");
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/*"), 1u, "Peer De-configured");
	cr_expect_eq(world_count(w, "fabric swp1 off"), 1u);
	cr_expect_eq(world_count(w, "fabric swp3 on"), 1u);
	cr_expect_eq(world_count(w, "fabric swp2 *"), 0u);
	cr_expect_eq(world_state(w, 2), BGP_ESTABLISHED);
	cr_expect_str_eq(world_route(w, P), "swp2");
	world_open(w, 3);
	cr_expect_eq(world_state(w, 3), BGP_ESTABLISHED);
	cr_expect_str_eq(world_reload(w, WITH(", \"links\": [\"swp*\"]")), "");
	cr_expect_eq(world_count(w, "fabric swp1 on"), 1u);
	world_free(w);
}

Test(agent_reload, guard_of_a_link_follows_its_password)
{
	struct world *w = two_peers(LINKS("", ""));

	world_reload(w, LINKS("\"password\": \"secret\"", ""));
	cr_expect_eq(world_count(w, "guard swp1 password secret"), 1u);
	cr_expect(agent_link_guarded(w->agent, SWP(1)) && !agent_link_guarded(w->agent, SWP(2)));
	world_reload(w, LINKS("\"password\": \"another\", \"gtsm\": true", ""));
	cr_expect_eq(world_count(w, "guard swp1 gtsm password another"), 1u);
	world_reload(w, LINKS("", ""));
	cr_expect_eq(world_count(w, "guard swp1"), 1u);
	cr_expect(!agent_link_guarded(w->agent, SWP(1)));
	cr_expect_eq(world_count(w, "guard swp2*"), 0u);
	world_free(w);
}

Test(agent_reload, a_guard_that_cannot_be_made_leaves_no_session)
{
	struct world *w = two_peers(LINKS("", ""));

	w->guard_error = -ENOMEM;
	world_reload(w, LINKS("\"password\": \"secret\"", ""));
	cr_expect_eq(world_state(w, 1), BGP_IDLE);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/*"), 1u);
	world_wait(w, 3000);
	cr_expect_eq(world_count(w, "connect swp1 *"), 0u);
	w->guard_error = 0;
	world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:01");
	cr_expect_geq(world_count(w, "connect swp1 *"), 1u);
	world_free(w);
}

Test(agent_reload, bfd_begins_changes_its_pace_and_ends_without_a_word_to_bgp)
{
	struct world *w = two_peers(LINKS("", ""));
	uint32_t serial;

	world_reload(w, LINKS("\"bfd\": true", ""));
	cr_expect_eq(world_count(w, "bfd swp1 fe80::ff:1 100 ms x 3"), 1u);
	world_bfd_up(w, 1);
	serial = w->bfd[1].serial;
	world_clear(w);
	world_reload(w, LINKS("\"bfd\": {\"interval_ms\": 300, \"multiplier\": 5}", ""));
	cr_expect_eq(world_count(w, "bfd swp1 fe80::ff:1 300 ms x 5"), 1u);
	cr_expect_eq(world_count(w, "bfd_end *"), 0u);
	cr_expect_eq(w->bfd[1].serial, serial, "the same session");
	world_reload(w, LINKS("", ""));
	cr_expect_eq(world_count(w, "bfd_end swp1"), 1u);
	cr_expect_eq(world_count(w, "bfd* swp2*"), 0u);
	same_sessions(w, "bfd");
	world_free(w);
}

Test(agent_reload, keepalives_come_at_their_new_pace)
{
	struct world *w = two_peers(WITH(", \"timers\": {\"hold\": 90, \"keepalive\": 30}"));

	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), "0.keepalive_time"), "30");
	cr_expect_str_eq(world_reload(w, WITH(", \"timers\": {\"hold\": 90, \"keepalive\": 2}")), "");
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), "0.keepalive_time"), "2");
	world_wait(w, 9000);
	cr_expect_geq(world_count(w, "to swp1: KEEPALIVE"), 4u);
	world_free(w);
}

Test(agent_reload, advertisements_go_out_at_once_and_at_their_new_pace)
{
	struct world *w = two_peers(WITH(", \"timers\": {\"ra_interval\": 1000}"));
	unsigned before;

	world_wait(w, 5000);
	before = w->n_ra[1];
	world_reload(w, WITH(", \"timers\": {\"ra_interval\": 1}"));
	cr_expect_eq(w->n_ra[1], before + 1);
	world_wait(w, 5000);
	cr_expect_geq(w->n_ra[1], before + 5);
	world_free(w);
}

#define NEIGHBORS(list) WITH(", \"links\": [\"swp*\"], \"neighbors\": [" list "]")
#define N2 "{\"address\": \"203.0.113.2\", \"remote_asn\": 65002"
#define N3 "{\"address\": \"203.0.113.3\", \"remote_asn\": 65003"

static struct world *numbered(const char *config)
{
	struct link_info eth = { .ifindex = SWP(8), .name = "eth0", .type = 1, .up = true, .running = true };
	struct world *w = world_new(config);

	world_link(w, &eth);
	world_addr(w, ADDR_NEW, SWP(8), "203.0.113.1/24");
	world_clear(w);
	return w;
}

static const char *names(struct world *w)
{
	static char text[256];
	json_t *list = show_neighbors(w->agent, NULL, w->now), *v;
	size_t i;

	text[0] = 0;
	json_array_foreach(list, i, v)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "", json_string_value(json_object_get(v, "name")));
	json_decref(list);
	return text;
}

Test(agent_reload, numbered_peers_come_and_go)
{
	struct world *w = numbered(WITH(", \"links\": [\"swp*\"]"));

	cr_expect_str_eq(names(w), "");
	world_reload(w, NEIGHBORS(N2 "}"));
	cr_expect_eq(world_count(w, "listen ipv6 ipv4 least 0 0"), 1u);
	cr_expect_eq(world_count(w, "connect 203.0.113.2 *"), 1u);
	world_reload(w, NEIGHBORS(N3 "}, " N2 "}"));
	cr_expect_str_eq(names(w), "203.0.113.2 203.0.113.3");
	cr_expect_eq(world_count(w, "connect 203.0.113.2 *"), 1u, "the one that was there goes on");
	cr_expect_eq(world_count(w, "connect 203.0.113.3 *"), 1u);
	world_reload(w, NEIGHBORS(N3 "}"));
	cr_expect_str_eq(names(w), "203.0.113.3");
	world_reload(w, NEIGHBORS("{\"address\": \"203.0.113.4\", \"remote_asn\": 65004}, " N3 "}"));
	cr_expect_str_eq(names(w), "203.0.113.4 203.0.113.3", "the number that was given up is another's now");
	world_reload(w, WITH(", \"links\": [\"swp*\"]"));
	cr_expect_str_eq(names(w), "");
	cr_expect_geq(world_count(w, "listen ipv6 least 0 0"), 1u);
	world_free(w);
}

Test(agent_reload, password_of_a_numbered_peer_is_set_changed_and_taken_away)
{
	struct world *w = numbered(NEIGHBORS(N2 "}"));

	world_reload(w, NEIGHBORS(N2 ", \"password\": \"one\"}"));
	cr_expect_eq(world_count(w, "key ::ffff:203.0.113.2 one"), 1u);
	world_reload(w, NEIGHBORS(N2 ", \"password\": \"two\"}"));
	cr_expect_eq(world_count(w, "key ::ffff:203.0.113.2 two"), 1u);
	world_clear(w);
	world_reload(w, NEIGHBORS(N2 "}"));
	cr_expect_eq(world_count(w, "key ::ffff:203.0.113.2 (null)"), 1u);
	world_reload(w, NEIGHBORS(N2 ", \"password\": \"two\"}"));
	world_clear(w);
	world_reload(w, NEIGHBORS(""));
	cr_expect_eq(world_count(w, "key ::ffff:203.0.113.2 (null)"), 1u, "the kernel forgets it with the peer");
	world_free(w);
}

Test(agent_reload, nothing_changes_when_port_179_cannot_be_heard)
{
	struct world *w = numbered(WITH(", \"links\": [\"swp*\"]"));

	w->listen_error = -EADDRINUSE;
	cr_expect_str_eq(world_reload(w, WITH(", \"links\": [\"swp*\"], \"multipath\": 2, \"neighbors\": [" N2 "}]")), "-");
	cr_expect_str_eq(world_reload_error(), "Address already in use");
	cr_expect_str_eq(names(w), "");
	cr_expect_str_eq(world_shows(show_config(w->agent), "multipath"), "64");
	w->listen_error = 0;
	cr_expect_str_eq(world_reload(w, NEIGHBORS(N2 "}")), "");
	cr_expect_str_eq(names(w), "203.0.113.2");
	world_free(w);
}

Test(agent_reload, a_fabric_link_that_gets_a_numbered_peer_is_none_any_more_when_links_are_auto)
{
	struct world *w = two_peers(WITH(""));

	world_addr(w, ADDR_NEW, SWP(1), "2001:db8::1/64");
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_str_eq(world_reload(w, WITH(", \"neighbors\": [{\"address\": \"2001:db8::2\", \"remote_asn\": 65002}]")), "swp1 ends");
	cr_expect_eq(world_count(w, "fabric swp1 off"), 1u);
	cr_expect_eq(world_count(w, "connect 2001:db8::2 *"), 1u);
	cr_expect_eq(world_state(w, 2), BGP_ESTABLISHED);
	world_free(w);
}
