/* `resilient` from the configuration to the groups: their kind, and which routes share one. */
#include <criterion/criterion.h>
#include <net/if_arp.h>
#include <stdio.h>

#include "agent/show.h"
#include "world.h"

#define CONFIG(member) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", " member "}"

static struct world *two_spines(const char *config)
{
	struct world *w = world_new(config);

	world_peer(w, 1);
	world_peer(w, 2);
	return w;
}

static void announce(struct world *w, unsigned n, const char *prefix, uint32_t leaf)
{
	world_announce(w, n, prefix, &leaf, 1);
}

static const char *shows(struct world *w, const char *path)
{
	return world_shows(show_nexthops(w->agent), path);
}

Test(agent_resilient, routes_of_a_leaf_have_a_group_of_that_kind_to_themselves)
{
	struct world *w = two_spines(CONFIG("\"resilient\": true"));

	for (unsigned n = 1; n <= 2; n++) {
		announce(w, n, "10.2.0.0/24 10.2.1.0/24", 65102);
		announce(w, n, "10.3.0.0/24", 65103);
	}
	cr_expect_str_eq(shows(w, "groups.0.type"), "\"resilient\"");
	cr_expect_str_eq(shows(w, "groups.0.routes"), "2");
	cr_expect_str_eq(shows(w, "groups.1.routes"), "1");
	cr_expect_str_eq(shows(w, "groups.1.hops.1.link"), "\"swp2\"");
	cr_expect_str_eq(shows(w, "stats.groups"), "2");
	world_free(w);
}

/* The spine behind swp2 has lost its link to one leaf: the group of that leaf's routes shrinks, nobody moves. */
Test(agent_resilient, a_far_link_that_fails_is_a_change_of_groups_and_of_no_route)
{
	struct world *w = two_spines(CONFIG("\"resilient\": true"));
	char before[16];

	for (unsigned n = 1; n <= 2; n++) {
		announce(w, n, "10.2.0.0/24 10.2.1.0/24", 65102);
		announce(w, n, "10.3.0.0/24", 65103);
	}
	snprintf(before, sizeof(before), "%s", shows(w, "stats.operations.route_set"));
	world_withdraw(w, 2, "10.2.0.0/24 10.2.1.0/24");
	cr_expect_str_eq(world_route(w, "10.2.1.0/24"), "swp1");
	cr_expect_str_eq(world_route(w, "10.3.0.0/24"), "swp1 swp2");
	cr_expect_str_eq(shows(w, "stats.operations.route_set"), before);
	announce(w, 2, "10.2.0.0/24 10.2.1.0/24", 65102);
	cr_expect_str_eq(world_route(w, "10.2.1.0/24"), "swp1 swp2");
	cr_expect_str_eq(shows(w, "stats.operations.route_set"), before);
	world_free(w);
}

Test(agent_resilient, without_it_all_routes_over_the_same_links_share_a_plain_group)
{
	static const char *const configs[] = { CONFIG("\"ipv6\": true"), CONFIG("\"resilient\": false") };

	for (size_t i = 0; i < 2; i++) {
		struct world *w = two_spines(configs[i]);

		for (unsigned n = 1; n <= 2; n++) {
			announce(w, n, "10.2.0.0/24 10.2.1.0/24", 65102);
			announce(w, n, "10.3.0.0/24", 65103);
		}
		cr_expect_str_eq(shows(w, "groups.0.type"), "\"plain\"");
		cr_expect_str_eq(shows(w, "groups.0.routes"), "3");
		world_free(w);
	}
}

/* Routes are installed as ever, and those of all leaves share a group. */
Test(agent_resilient, a_kernel_that_has_no_such_groups_gets_plain_ones)
{
	static const enum fib_groups kernels[] = { FIB_CLASSIC, FIB_OBJECTS };

	for (size_t i = 0; i < 2; i++) {
		struct world *w = world_new_on(CONFIG("\"resilient\": true"), kernels[i]);
		struct link_info lo = { .ifindex = LO, .name = "lo", .type = ARPHRD_LOOPBACK, .up = true, .running = true, .loopback = true };

		world_link(w, &lo);
		world_addr(w, ADDR_NEW, LO, OUR_ID "/32");
		agent_start(w->agent, w->now);
		world_turn(w);
		world_peer(w, 1);
		announce(w, 1, "10.2.0.0/24", 65102);
		announce(w, 1, "10.3.0.0/24", 65103);
		cr_expect_str_eq(world_route(w, "10.2.0.0/24"), "swp1");
		cr_expect_str_eq(shows(w, "groups.0.type"), "\"plain\"");
		cr_expect_str_eq(shows(w, "groups.0.routes"), "2");
		world_free(w);
	}
}
