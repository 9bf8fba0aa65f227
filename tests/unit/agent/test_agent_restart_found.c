/* What a restarted node finds and cannot rely on: dead links, other machines, another speaker's routes, groups of another kind (RFC 4724 4.1). */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "agent/base/own.h"
#include "left.h"

Test(agent_restart_found, another_machine_a_dead_link_and_a_session_that_dies_end_it_for_their_routes)
{
	static const char *const what[] = { "another MAC", "another address", "carrier lost", "session over", "link gone before the start" };

	for (size_t i = 0; i < ARRAY_LEN(what); i++) {
		struct world *w = left_restart(LEFT_CONFIG(30), true);

		switch (i) {
		case 0: world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:77"); break;
		case 1: world_ra(w, 1, "fe80::ff:77", "02:00:00:00:ff:01"); break;
		case 2: world_carrier(w, 1, false); break;
		case 3:
			peer_comes(w, 1);
			world_notify(w, 1, NOTIFY_CEASE, CEASE_HARD_RESET);
			world_turn(w);
			break;
		case 4: world_link_del(w, SWP(1)); break;
		}
		cr_expect_eq(world_count(w, "hop_set *") + world_count(w, "group_set *") + world_count(w, "route_set *"), 0u, "%s", what[i]);
		cr_expect_eq(world_count(w, "hop_del swp1*"), i == 1 ? 1u : i == 0 || i == 3 ? 2u : 0u, "%s: %zu", what[i], world_count(w, "hop_del *"));
		cr_expect_not(left_is_over(w), "%s: swp2", what[i]);
		world_free(w);
	}
}

/* Groups of another kind, or a kernel without any: nothing can be adopted, and nobody knows to whom the routes lead. */
Test(agent_restart_found, what_cannot_be_adopted_stays_until_everybody_has_told_everything)
{
	static const char resilient[] = "{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"resilient\": true, \"graceful_restart\": {\"restart_seconds\": 30}}";

	for (int i = 0; i < 3; i++) {
		struct world *w = left_restart(i ? resilient : LEFT_CONFIG(30), i > 0);

		cr_expect_eq(world_count(w, "route_*") + world_count(w, "group_*") + world_count(w, "hop_del *"), 0u, "%d: they stay", i);
		world_wait(w, 5000);
		peer_comes(w, 1);
		cr_expect(peer_sent(w, 1).gr_restarted && peer_sent(w, 1).gr_forwarding[0] && peer_sent(w, 1).gr_forwarding[1], "%d: and they are used", i);
		world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
		peer_is_done(w, 1);
		cr_expect_eq(world_count(w, "route_*"), 0u, "%d", i);
		if (i == 2) {                    /* on swp2 nobody is heard */
			world_wait(w, 5000);
		} else {
			peer_comes(w, 2);
			peer_is_done(w, 2);
		}
		cr_expect(left_is_over(w), "%d", i);
		cr_expect(world_count(w, "route_set 10.1.0.0/24*") == 1 && world_count(w, "route_set 10.2.0.0/24*") == 1, "%d: replaced", i);
		cr_expect_eq(world_count(w, "route_del 10.1.*") + world_count(w, "route_del 10.2.*"), 0u, "%d: without a gap", i);
		cr_expect(world_count(w, "route_del 10.3.0.0/24*") == 1 && world_count(w, "route_del 2001:db8:1::/48*") == 1, "%d: nobody told these", i);
		world_free(w);
	}
}

Test(agent_restart_found, a_link_that_was_dead_before_the_start_is_not_waited_for_and_not_used)
{
	struct world *w = left_kernel(LEFT_CONFIG(30), true);
	struct link_info swp1 = world_swp(1);

	swp1.running = false;
	world_link(w, &swp1);
	left_start(w);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp2");
	cr_expect_str_eq(world_route(w, "10.3.0.0/24"), "");
	peer_comes(w, 2);
	world_announce(w, 2, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	peer_is_done(w, 2);
	cr_expect(left_is_over(w));
	world_free(w);
}

/* What a numbered peer has told cannot be seen in the kernel's routes. */
Test(agent_restart_found, a_numbered_peer_that_can_be_reached_is_waited_for)
{
	struct world *w = left_kernel("{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"graceful_restart\": {\"restart_seconds\": 30}, \"neighbors\": ["
				"{\"address\": \"203.0.113.2\", \"remote_asn\": 65002}]}", true);
	struct link_info swp3 = world_swp(3);

	world_link(w, &swp3);
	world_addr(w, ADDR_NEW, SWP(3), "203.0.113.1/30");
	left_start(w);
	peer_comes(w, 1);
	peer_is_done(w, 1);
	peer_comes(w, 2);
	peer_is_done(w, 2);
	cr_expect_not(left_is_over(w));
	world_carrier(w, 3, false);
	cr_expect(left_is_over(w), "it cannot be reached any more");
	world_free(w);
}

Test(agent_restart_found, what_dies_in_the_meantime_is_not_promised_to_peers_that_come_later)
{
	struct world *w = left_restart(LEFT_CONFIG(30), true);

	peer_comes(w, 1);
	cr_expect(peer_sent(w, 1).gr_forwarding[0] && peer_sent(w, 1).gr_forwarding[1]);
	world_carrier(w, 1, false);              /* with it the only IPv6 route */
	peer_comes(w, 2);
	cr_expect(peer_sent(w, 2).gr_restarted && peer_sent(w, 2).gr_forwarding[0] && !peer_sent(w, 2).gr_forwarding[1]);
	world_free(w);
}

Test(agent_restart_found, what_another_speaker_left_is_used_until_the_peers_have_told_theirs_and_they_are_told_nothing_of_it)
{
	struct world *w = left_kernel(LEFT_CONFIG(30), true);

	agent_claims_nothing(w->agent);
	left_start(w);
	peer_comes(w, 1);
	cr_expect(!peer_sent(w, 1).gr_restarted && !peer_sent(w, 1).gr_forwarding[0] && !peer_sent(w, 1).gr_forwarding[1]);
	cr_expect(peer_sent(w, 1).gr_time == 30 && peer_sent(w, 1).gr_mp[0] && peer_sent(w, 1).gr_mp[1], "as at any first start");
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24 10.3.0.0/24", NULL, 0);
	peer_is_done(w, 1);
	cr_expect_eq(left_ops(w), 0u);
	peer_comes(w, 2);
	world_announce(w, 2, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	peer_is_done(w, 2);
	cr_expect(left_is_over(w));
	cr_expect_eq(world_count(w, "route_del 2001:db8:1::/48"), 1u);
	cr_expect_eq(world_count(w, "route_*"), 1u);
	agent_tcp_closed(w->agent, w->conn[2], ECONNRESET, w->now);
	world_turn(w);
	world_open(w, 2);
	cr_expect(!peer_sent(w, 2).gr_restarted && peer_sent(w, 2).gr_forwarding[0], "but a session that ends later is another matter");
	world_free(w);
}

/* The configuration is another one, or the link has an address of its own now: nobody there will ever have a session. */
Test(agent_restart_found, a_link_that_is_none_of_ours_any_more_is_not_waited_for)
{
	struct world *w = left_restart("{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"graceful_restart\": {\"restart_seconds\": 30}, \"links\": [\"swp2\"]}", true);

	peer_comes(w, 2);
	world_announce(w, 2, "10.1.0.0/24", NULL, 0);
	cr_expect_eq(left_ops(w), 0u);
	cr_expect_str_eq(world_route(w, "10.3.0.0/24"), "swp1", "it is used until then");
	peer_is_done(w, 2);
	cr_expect(left_is_over(w));
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp2");
	cr_expect_str_eq(world_route(w, "10.3.0.0/24"), "");
	world_free(w);
}

Test(agent_restart_found, a_link_that_is_none_of_ours_any_more_takes_its_routes_along_when_it_dies)
{
	struct world *w = left_restart("{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"graceful_restart\": {\"restart_seconds\": 30}, \"links\": [\"swp2\"]}", true);
	struct agent_restart_view v;

	cr_assert(agent_restart(w->agent, &v, w->now) && v.routes[0] == 3 && v.routes[1] == 1);
	world_carrier(w, 1, false);
	cr_assert(agent_restart(w->agent, &v, w->now));
	cr_expect_eq(v.routes[0], 2u, "10.3.0.0/24 led there alone");
	cr_expect_eq(v.routes[1], 0u);
	cr_expect_eq(left_ops(w), 0u, "the kernel has done it itself");
	world_free(w);
}
