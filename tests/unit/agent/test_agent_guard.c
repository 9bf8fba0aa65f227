/* Links that demand a password or hop limit 255: a listener of their own, or no session at all. */
#include <criterion/criterion.h>
#include <errno.h>

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
