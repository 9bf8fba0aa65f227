/* RFC 9234 from end to end: roles of the configuration, ONLY_TO_CUSTOMER in and out. */
#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/show.h"
#include "world.h"

#define P "10.1.0.0/24"
#define CONFIG(one, two) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"links\": {\"swp1\": {" one "}, \"swp2\": {" two "}, \"swp*\": {}}}"
#define ROLE(r) "\"role\": \"" r "\""

static const char *neighbor(const struct world *w, const char *path)
{
	return world_shows(show_neighbors(w->agent, "swp1", w->now), path);
}

static struct world *three(const char *config)
{
	struct world *w = world_new(config);

	for (unsigned n = 1; n <= 3; n++)
		world_peer(w, n);
	return w;
}

Test(agent_role, a_leak_is_withdrawn_and_counted_and_the_session_stays)
{
	struct world *w = three(CONFIG(ROLE("provider"), ""));

	world_announce(w, 1, P, NULL, 0);
	cr_expect_str_eq(world_route(w, P), "swp1");
	world_announce_as(w, 1, P, (struct attrs){ .otc = 65009, .has = ATTRS_OTC });
	cr_expect_str_eq(world_route(w, P), "");
	cr_expect_str_eq(neighbor(w, "0.prefixes_refused.route_leak"), "1");
	cr_expect_str_eq(neighbor(w, "0.state"), "\"Established\"");
	world_free(w);
}

Test(agent_role, what_a_provider_says_goes_to_customers_and_to_whom_has_no_role_but_not_to_another_provider)
{
	struct world *w = three(CONFIG(ROLE("customer"), ROLE("customer")));

	world_announce(w, 1, P, NULL, 0);
	cr_expect_str_eq(world_route(w, P), "swp1");
	cr_expect_eq(world_count(w, "to swp2: UPDATE +" P "*"), 0u);
	cr_expect_eq(world_count(w, "to swp3: UPDATE +" P "* otc 65101*"), 1u);
	world_free(w);
	w = three(CONFIG(ROLE("customer"), ROLE("provider")));
	world_announce(w, 1, P, NULL, 0);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +" P "* otc 65101*"), 1u, "set once, never another");
	world_free(w);
}

Test(agent_role, a_route_that_becomes_only_to_customer_is_withdrawn_from_the_others)
{
	struct world *w = three(CONFIG("", ROLE("peer")));

	world_announce(w, 1, P, NULL, 0);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +" P "* otc 65001*"), 1u, "our own mark for a peer");
	cr_expect_eq(world_count(w, "to swp3: UPDATE +" P "*"), 1u);
	cr_expect_eq(world_count(w, "to swp3: UPDATE +" P "* otc *"), 0u);
	world_announce_as(w, 1, P, (struct attrs){ .otc = 65009, .has = ATTRS_OTC });
	cr_expect_eq(world_count(w, "to swp2: UPDATE -" P), 1u);
	cr_expect_eq(world_count(w, "to swp3: UPDATE +" P "* otc 65009*"), 1u);
	world_free(w);
}

Test(agent_role, both_roles_are_shown)
{
	struct world *w = world_new(CONFIG(ROLE("provider") ", \"role_strict\": true", ""));

	w->caps.role = ROLE_CUSTOMER;
	world_peer(w, 1);
	cr_expect_str_eq(neighbor(w, "0.state"), "\"Established\"");
	cr_expect_str_eq(neighbor(w, "0.role"), "{\"local\":\"provider\",\"remote\":\"customer\"}");
	cr_expect_neq(strstr(neighbor(w, "0.capabilities.received"), "\"role\""), NULL);
	cr_expect_neq(strstr(neighbor(w, "0.capabilities.sent"), "\"role\""), NULL);
	world_free(w);
}

Test(agent_role, the_version_is_told_only_when_asked_for_and_the_peers_is_shown)
{
	struct world *w = world_new("{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"software_version\": true}");

	strcpy(w->caps.software, "FRRouting/8.4.4");
	world_peer(w, 1);
	cr_expect_str_eq(neighbor(w, "0.software_version"), "\"FRRouting/8.4.4\"");
	cr_expect_neq(strstr(neighbor(w, "0.capabilities.sent"), "\"software-version\""), NULL);
	world_free(w);
	w = world_new(NULL);
	world_peer(w, 1);
	cr_expect_str_eq(neighbor(w, "0.software_version"), "\"\"");
	cr_expect_eq(strstr(neighbor(w, "0.capabilities.sent"), "\"software-version\""), NULL);
	world_free(w);
}
