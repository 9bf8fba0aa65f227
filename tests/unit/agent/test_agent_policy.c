/* What passes between peers and the RIB: policies, the profile of servers, well-known communities, max_prefixes. */
#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/show.h"
#include "world.h"

#define WITH(more) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", " more "}"
#define P "10.1.0.0/24"
#define Q "10.2.0.0/24"

static const char *neighbor(const struct world *w, const char *path)
{
	return world_shows(show_neighbors(w->agent, "swp1", w->now), path);
}

static const char *route(const struct world *w, const char *path)
{
	return world_shows(show_routes(w->agent, NULL), path);
}

Test(agent_policy, import_prefers_one_peer_and_the_changes_are_shown)
{
	struct world *w = world_new(WITH("\"policy\": {\"high\": [{\"match\": {\"prefixes\": [{\"prefix\": \"10.1.0.0/16\", \"ge\": 16}]}, \"set\": "
		"{\"local_pref\": 200, \"communities\": {\"add\": [\"65001:7\"]}, \"large_communities\": [\"1:2:3\"]}, \"action\": \"accept\"}, "
		"{\"action\": \"accept\"}]}, \"links\": {\"swp1\": {\"import\": \"high\"}, \"swp*\": {}}"));

	for (unsigned n = 1; n <= 3; n++)
		world_peer(w, n);
	world_announce(w, 1, P " " Q, NULL, 0);
	world_announce(w, 2, P " " Q, NULL, 0);
	cr_expect_str_eq(world_route(w, P), "swp1");
	cr_expect_str_eq(world_route(w, Q), "swp1 swp2");
	cr_expect_str_eq(route(w, "1.paths.0.local_pref"), "200");
	cr_expect_str_eq(route(w, "1.paths.0.communities.0"), "\"65001:7\"");
	cr_expect_str_eq(route(w, "1.paths.0.large_communities"), "[\"1:2:3\"]");
	cr_expect_eq(world_count(w, "to swp3: UPDATE +" P " path 65001 65101 via fe80::3 65001:7"), 1u);
	cr_expect_str_eq(neighbor(w, "0.policy"), "{\"export\":\"all\",\"import\":\"high\"}");
	world_free(w);
}

Test(agent_policy, rejected_import_withdraws_what_the_peer_said_before_and_is_counted)
{
	struct world *w = world_new(WITH("\"policy\": {\"no_long\": [{\"match\": {\"as_path\": \"^. .\"}, \"action\": \"reject\"}, {\"action\": \"accept\"}]}, "
					 "\"links\": {\"swp*\": {\"import\": \"no_long\"}}"));

	world_peer(w, 1);
	world_announce(w, 1, P, NULL, 0);
	cr_expect_str_eq(world_route(w, P), "swp1");
	world_announce(w, 1, P " " Q, (const uint32_t[]){ 9 }, 1);
	cr_expect_str_eq(world_route(w, P), "");
	cr_expect_str_eq(world_route(w, Q), "");
	cr_expect_str_eq(neighbor(w, "0.prefixes_refused.filtered"), "2");
	cr_expect_str_eq(neighbor(w, "0.prefixes_received"), "0");
	world_free(w);
}

Test(agent_policy, weight_goes_with_the_path_into_the_group)
{
	struct world *w = world_new(WITH("\"policy\": {\"w10\": [{\"match\": {\"link\": \"swp1\"}, \"set\": {\"weight\": 10}, \"action\": \"next\"}, "
					 "{\"action\": \"accept\"}]}, \"links\": {\"swp*\": {\"import\": \"w10\"}}"));

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, P, NULL, 0);
	world_announce(w, 2, P, NULL, 0);
	cr_expect_str_eq(world_route(w, P), "swp1 swp2");
	cr_expect_str_eq(world_shows(show_nexthops(w->agent), "groups.0.hops.0.weight"), "10");
	cr_expect_str_eq(world_shows(show_nexthops(w->agent), "groups.0.hops.1.weight"), "1");
	cr_expect_str_eq(route(w, "1.next_hops.0.weight"), "10");
	cr_expect_str_eq(route(w, "1.paths.1.weight"), "1");
	world_free(w);
}

Test(agent_policy, export_changes_what_one_peer_is_told_and_not_the_others)
{
	struct world *w = world_new(WITH("\"policy\": {\"away\": [{\"match\": {\"prefixes\": [{\"prefix\": \"" Q "\"}]}, \"action\": \"reject\"}, {\"set\": "
		"{\"prepend\": 2, \"med\": 5, \"communities\": [\"65001:9\"]}, \"action\": \"accept\"}]}, \"links\": {\"swp2\": {\"export\": \"away\"}, \"swp*\": {}}"));

	for (unsigned n = 1; n <= 3; n++)
		world_peer(w, n);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +10.0.254.1/32 path 65001 65001 65001 via fe80::2 med 5 65001:9"), 1u);
	world_announce(w, 1, P " " Q, NULL, 0);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +" P " path 65001 65001 65001 65101 via fe80::2 med 5 65001:9"), 1u);
	cr_expect_eq(world_count(w, "to swp3: UPDATE +" P " +" Q " path 65001 65101 via fe80::3"), 1u);
	cr_expect_eq(world_count(w, "to swp2: *" Q "*"), 0u);
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp2", w->now), "0.prefixes_withheld"), "1");
	world_withdraw(w, 1, P " " Q);
	cr_expect_eq(world_count(w, "to swp2: UPDATE -" P), 1u);
	cr_expect_eq(world_count(w, "to swp2: *" Q "*"), 0u, "what was not told is not withdrawn");
	world_free(w);
}

Test(agent_policy, route_that_export_refuses_from_now_on_is_withdrawn)
{
	struct world *w = world_new(WITH("\"policy\": {\"short\": [{\"match\": {\"as_path\": \"^.?$\"}, \"action\": \"accept\"}]}, "
					 "\"links\": {\"swp2\": {\"export\": \"short\"}, \"swp*\": {}}"));

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, P, NULL, 0);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +" P " *"), 1u);
	world_announce(w, 1, P, (const uint32_t[]){ 9 }, 1);
	cr_expect_eq(world_count(w, "to swp2: UPDATE -" P), 1u);
	world_free(w);
}

Test(agent_policy, med_of_another_as_does_not_go_on_through_a_policy)
{
	struct world *w = world_new(WITH("\"policy\": {\"p\": [{\"action\": \"accept\"}]}, \"links\": {\"swp2\": {\"export\": \"p\"}, \"swp*\": {}}"));

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce_as(w, 1, P, (struct attrs){ .med = 7, .has = ATTRS_MED });
	cr_expect_str_eq(route(w, "1.paths.0.med"), "7");
	cr_expect_eq(world_count(w, "to swp2: UPDATE +" P " path 65001 65101 via fe80::2"), 1u);
	world_free(w);
}

Test(agent_policy, none_lets_nothing_pass)
{
	struct world *w = world_new(WITH("\"links\": {\"swp1\": {\"import\": \"none\", \"export\": \"none\"}, \"swp*\": {}}"));

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, P, NULL, 0);
	world_announce(w, 2, Q, NULL, 0);
	cr_expect_str_eq(world_route(w, P), "");
	cr_expect_str_eq(world_route(w, Q), "swp2");
	cr_expect_eq(world_count(w, "to swp1: UPDATE *"), 0u);
	cr_expect_eq(world_count(w, "to swp1: EOR *"), 2u);
	world_free(w);
}

Test(agent_policy, server_announces_its_own_addresses_and_nothing_else)
{
	struct world *w = world_new(WITH("\"links\": {\"swp1\": {\"import\": \"host\"}, \"swp*\": {}}"));
	char many[1024] = "";

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, "10.1.0.1/32 10.1.0.0/24 0.0.0.0/0", NULL, 0);
	world_announce(w, 1, "2001:db8::1/128 2001:db8::/64 ::/0", NULL, 0);
	cr_expect_str_eq(world_route(w, "10.1.0.1/32"), "swp1");
	cr_expect_str_eq(world_route(w, "2001:db8::1/128"), "swp1");
	cr_expect_eq(world_routes(w), 2u);
	world_announce(w, 1, "10.1.0.2/32", (const uint32_t[]){ 9 }, 1);
	cr_expect_eq(world_routes(w), 2u, "transit");
	world_announce(w, 1, "10.1.0.2/32", (const uint32_t[]){ PEER_AS(1) }, 1);
	cr_expect_eq(world_routes(w), 3u, "prepended by itself");
	cr_expect_str_eq(neighbor(w, "0.prefixes_refused.filtered"), "5");
	cr_expect_str_eq(neighbor(w, "0.policy.import"), "\"host\"");
	cr_expect_str_eq(neighbor(w, "0.max_prefixes.max"), "16");
	world_announce(w, 2, Q, NULL, 0);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +" Q " *"), 1u, "it is told everything");
	for (unsigned i = 10; i < 24; i++)
		snprintf(many + strlen(many), sizeof(many) - strlen(many), "10.1.0.%u/32 ", i);
	world_announce(w, 1, many, NULL, 0);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/1"), 1u);
	world_free(w);
}

Test(agent_policy, server_with_a_list_announces_what_is_in_it)
{
	struct world *w = world_new(WITH("\"links\": {\"swp1\": {\"import\": {\"host\": [{\"prefix\": \"10.1.0.0/16\", \"ge\": 24}]}}}"));

	world_peer(w, 1);
	world_announce(w, 1, P " 10.1.0.0/16 10.2.0.1/32", NULL, 0);
	world_announce(w, 1, "10.1.9.0/24", (const uint32_t[]){ 9 }, 1);
	cr_expect_str_eq(world_route(w, P), "swp1");
	cr_expect_eq(world_routes(w), 1u);
	world_free(w);
}

static struct attrs with_community(uint32_t c, uint8_t bytes[4])
{
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(c >> (24 - 8 * i));
	return (struct attrs){ .communities = { bytes, 4 } };
}

Test(agent_policy, graceful_shutdown_makes_every_other_path_better_whatever_the_policy_prefers)
{
	const char *configs[] = {
		WITH("\"links\": \"auto\""),
		WITH("\"policy\": {\"p\": [{\"set\": {\"local_pref\": 500, \"communities\": []}, \"action\": \"accept\"}]}, \"links\": {\"swp1\": {\"import\": \"p\"}, \"swp*\": {}}"),
		WITH("\"policy\": {\"p\": [{\"action\": \"accept\"}]}, \"links\": {\"swp*\": {\"import\": \"p\"}}"),
	};
	uint8_t bytes[4];

	for (size_t i = 0; i < ARRAY_LEN(configs); i++) {
		struct world *w = world_new(configs[i]);

		world_peer(w, 1);
		world_peer(w, 2);
		world_announce_as(w, 1, P, with_community(0xffff0000, bytes));
		cr_expect_str_eq(world_route(w, P), "swp1", "better than nothing");
		world_announce(w, 2, P, (const uint32_t[]){ 7, 8, 9 }, 3);
		cr_expect_str_eq(world_route(w, P), "swp2", "config %zu", i);
		cr_expect_str_eq(route(w, "1.paths.1.local_pref"), "0");
		world_free(w);
	}
}

Test(agent_policy, graceful_shutdown_that_the_policy_adds_counts_too)
{
	struct world *w = world_new(WITH("\"policy\": {\"drain\": [{\"set\": {\"local_pref\": 500, \"communities\": {\"add\": [\"graceful_shutdown\"]}}, "
					 "\"action\": \"accept\"}]}, \"links\": {\"swp1\": {\"import\": \"drain\"}, \"swp*\": {}}"));

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, P, NULL, 0);
	world_announce(w, 2, P, (const uint32_t[]){ 7, 8, 9 }, 3);
	cr_expect_str_eq(world_route(w, P), "swp2");
	world_free(w);
}

Test(agent_policy, blackhole_and_no_export_stay_within_the_as)
{
	static const uint32_t rows[] = { 0xffff029a, 0xffffff01, 0xffffff02, 0xffffff03 };
	uint8_t bytes[4];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world *w = world_new(NULL);

		world_peer(w, 1);
		world_peer(w, 2);
		world_announce_as(w, 1, P, with_community(rows[i], bytes));
		cr_expect_str_eq(world_route(w, P), "swp1");
		cr_expect_eq(world_count(w, "to swp2: *" P "*"), 0u, "%08x", rows[i]);
		world_free(w);
	}
}

Test(agent_policy, warning_comes_once_before_the_limit)
{
	struct world *w = world_new(WITH("\"links\": {\"swp1\": {\"max_prefixes\": {\"max\": 4, \"warning\": 75}}}"));

	world_peer(w, 1);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	cr_expect_str_eq(neighbor(w, "0.max_prefixes"), "{\"max\":4,\"warned\":false}");
	world_announce(w, 1, "10.3.0.0/24", NULL, 0);
	world_announce(w, 1, "10.4.0.0/24", NULL, 0);
	cr_expect_str_eq(neighbor(w, "0.max_prefixes.warned"), "true");
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "counters.max_prefixes_warnings"), "1");
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	world_free(w);
}

Test(agent_policy, without_teardown_the_excess_is_refused_and_counted)
{
	struct world *w = world_new(WITH("\"links\": {\"swp1\": {\"max_prefixes\": {\"max\": 2, \"teardown\": false}}}"));

	world_peer(w, 1);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24 10.3.0.0/24", NULL, 0);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_eq(world_routes(w), 2u);
	cr_expect_str_eq(neighbor(w, "0.prefixes_refused.over_limit"), "1");
	world_free(w);
}

Test(agent_policy, after_a_teardown_nobody_connects_before_the_restart_time)
{
	struct world *w = world_new(WITH("\"links\": {\"swp1\": {\"max_prefixes\": {\"max\": 1, \"restart\": 300}}}"));

	world_peer(w, 1);
	world_announce(w, 1, P " " Q, NULL, 0);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/1"), 1u);
	world_clear(w);
	world_wait(w, 200000);
	world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:01");
	cr_expect_eq(world_accept(w, 1, "fe80::ff:1"), 0u);
	cr_expect_eq(world_count(w, "connect *"), 0u);
	world_wait(w, 101000);
	cr_expect_geq(world_count(w, "connect swp1 *"), 1u);
	world_free(w);
}

Test(agent_policy, operator_ends_the_wait_for_the_restart_time)
{
	struct world *w = world_new(WITH("\"links\": {\"swp1\": {\"max_prefixes\": {\"max\": 1, \"restart\": 300}}}"));

	world_peer(w, 1);
	world_announce(w, 1, P " " Q, NULL, 0);
	world_clear(w);
	cr_assert_eq(agent_reset(w->agent, "swp1", NULL, w->now), 0);
	world_wait(w, 1000);
	cr_expect_eq(world_count(w, "connect swp1 *"), 1u);
	world_free(w);
}
