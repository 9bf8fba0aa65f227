/* This node restarts over what an earlier run left in the kernel (RFC 4724 4.1): left.h says what. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "agent/agent_hold.h"
#include "agent/base/own.h"
#include "left.h"

Test(agent_restart, equal_routes_are_not_touched_and_nothing_is_said_before_all_peers_are_done)
{
	struct world *w = left_restart(LEFT_CONFIG(30), true);

	peer_comes(w, 1);
	cr_expect(peer_sent(w, 1).gr_restarted && peer_sent(w, 1).gr_forwarding[0] && peer_sent(w, 1).gr_forwarding[1] && peer_sent(w, 1).gr_time == 30);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24 10.3.0.0/24", NULL, 0);
	world_announce(w, 1, "2001:db8:1::/48", NULL, 0);
	peer_is_done(w, 1);
	cr_expect_not(left_is_over(w), "swp2 has not come");
	peer_comes(w, 2);
	world_announce(w, 2, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	cr_expect_eq(world_count(w, "to *: UPDATE*") + world_count(w, "to *: EOR*"), 0u);
	peer_is_done(w, 2);
	cr_expect(left_is_over(w));
	cr_expect_eq(left_ops(w), 0u);
	cr_expect_geq(world_count(w, "to swp1: UPDATE*"), 1u);
	cr_expect_eq(world_count(w, "to swp1: EOR ipv4") + world_count(w, "to swp2: EOR ipv4"), 2u);
	cr_expect_gt(world_at(w, "to swp1: EOR ipv4"), world_at(w, "to swp1: UPDATE*10.0.254.1/32*"), "after the routes");
	agent_tcp_closed(w->agent, w->conn[1], ECONNRESET, w->now);
	world_turn(w);
	world_open(w, 1);
	cr_expect(!peer_sent(w, 1).gr_restarted && peer_sent(w, 1).gr_forwarding[0], "a later OPEN");
	world_free(w);
}

static void many(unsigned i, char ret[10 * PREFIX_STRLEN])
{
	ret[0] = '\0';
	for (unsigned k = 0; k < 10; k++)
		sprintf(ret + strlen(ret), "10.%u.%u.0/24 ", 20 + i, k);
}

/* More than a turn decides. RFC 4724 4.1: End-of-RIB comes behind all of it. */
Test(agent_restart, what_takes_several_turns_to_decide_is_neither_swept_nor_announced_as_the_end)
{
	struct world *w = left_kernel(LEFT_CONFIG(30), true);
	char prefixes[10 * PREFIX_STRLEN], prefix[PREFIX_STRLEN];
	size_t last = 0;

	for (unsigned i = 0; i < 20; i++)
		for (unsigned k = 0; k < 10; k++) {
			snprintf(prefix, sizeof(prefix), "10.%u.%u.0/24", 20 + i, k);
			left_route(w, prefix);
		}
	left_start(w);
	for (unsigned n = 1; n <= 2; n++)
		peer_comes(w, n);
	for (uint32_t i = 0; i < 20; i++) {
		many(i, prefixes);
		for (unsigned n = 1; n <= 2; n++)
			world_announce(w, n, prefixes, (const uint32_t[]){ 1 + i }, 1);
	}
	for (unsigned n = 1; n <= 2; n++)
		peer_is_done(w, n);
	world_wait(w, 100);
	for (size_t i = 0; i < w->n_lines; i++)
		if (strncmp(w->lines[i], "to swp2: UPDATE", strlen("to swp2: UPDATE")) == 0)
			last = i;
	cr_expect_gt(last, 0u);
	cr_expect_gt(world_at(w, "to swp2: EOR ipv4"), (int)last);
	cr_expect_eq(world_count(w, "route_del 10.[23]?.*"), 0u);
	cr_expect_eq(world_routes(w), 200u);
	world_free(w);
}

Test(agent_restart, what_nobody_tells_again_goes_and_what_is_told_otherwise_is_changed)
{
	struct world *w = left_restart(LEFT_CONFIG(30), true);

	peer_comes(w, 1);
	peer_comes(w, 2);
	world_announce(w, 2, "10.1.0.0/24 10.3.0.0/24", NULL, 0);
	peer_is_done(w, 1);
	cr_expect_eq(left_ops(w), 0u);
	peer_is_done(w, 2);
	cr_expect_eq(world_count(w, "route_del 10.2.0.0/24"), 1u);
	cr_expect_eq(world_count(w, "route_del 2001:db8:1::/48"), 1u);
	cr_expect_eq(world_count(w, "route_del *"), 2u);
	world_free(w);
}

/* It has waited for the same already. */
Test(agent_restart, start_hold_adds_nothing_to_it)
{
	struct world *w = left_restart("{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"graceful_restart\": {\"restart_seconds\": 7}, \"start_hold\": 600}", true);
	struct agent_hold_view v;

	cr_expect_not(agent_hold(w->agent, &v));
	peer_comes(w, 1);
	cr_expect(peer_sent(w, 1).gr_restarted && peer_sent(w, 1).gr_forwarding[0]);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	peer_is_done(w, 1);
	world_wait(w, 7100);
	cr_expect(left_is_over(w));
	cr_expect_not(agent_hold(w->agent, &v));
	cr_expect_geq(world_count(w, "to swp1: UPDATE*10.0.254.1/32*"), 1u);
	world_free(w);
}

Test(agent_restart, it_ends_with_its_time)
{
	struct world *w = left_restart(LEFT_CONFIG(7), true);

	peer_comes(w, 1);
	cr_expect_eq(peer_sent(w, 1).gr_time, 7);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24 10.3.0.0/24", NULL, 0);
	peer_is_done(w, 1);
	world_wait(w, 6900);
	cr_expect_not(left_is_over(w));
	cr_expect_eq(left_ops(w), 0u);
	world_wait(w, 200);
	cr_expect(left_is_over(w));
	cr_expect_eq(world_count(w, "route_del 2001:db8:1::/48"), 1u);
	cr_expect_eq(world_count(w, "route_del *"), 1u);
	cr_expect_geq(world_count(w, "to swp1: EOR ipv4"), 1u);
	world_free(w);
}

/* RFC 4724 4.1: two that restart do not wait for each other's announcements; but what came from there stays until the other one is done. */
Test(agent_restart, peers_that_restart_too_are_not_waited_for_but_with_the_sweep)
{
	struct world *w = left_restart(LEFT_CONFIG(30), true);

	w->caps.gr_restarted = true;
	peer_comes(w, 1);
	peer_comes(w, 2);
	cr_expect_eq(world_count(w, "to swp1: EOR ipv4") + world_count(w, "to swp2: EOR ipv4"), 2u);
	cr_expect_not(left_is_over(w));
	cr_expect_eq(left_ops(w), 0u);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24 10.3.0.0/24", NULL, 0);
	peer_is_done(w, 1);
	world_announce(w, 2, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	cr_expect_eq(world_count(w, "route_del *"), 0u);
	peer_is_done(w, 2);
	cr_expect(left_is_over(w));
	cr_expect_eq(world_count(w, "route_del 2001:db8:1::/48"), 1u);
	world_free(w);
}

/* As FRR does for a while after its start, though it only helps. */
Test(agent_restart, a_peer_that_says_it_restarts_and_names_no_family_is_waited_for)
{
	struct world *w = left_restart(LEFT_CONFIG(30), true);

	w->caps = (struct bgp_caps){ .gr = true, .gr_restarted = true, .gr_notification = true, .gr_time = 120 };
	peer_comes(w, 1);
	peer_comes(w, 2);
	world_wait(w, 2000);
	cr_expect_eq(world_count(w, "to *: UPDATE*") + world_count(w, "to *: EOR*"), 0u);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24 10.3.0.0/24", NULL, 0);
	world_announce(w, 1, "2001:db8:1::/48", NULL, 0);
	peer_is_done(w, 1);
	cr_expect_not(left_is_over(w));
	world_announce(w, 2, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	peer_is_done(w, 2);
	cr_expect(left_is_over(w));
	cr_expect_eq(left_ops(w), 0u);
	cr_expect_gt(world_at(w, "to swp1: EOR ipv4"), world_at(w, "to swp1: UPDATE*10.0.254.1/32*"));
	world_free(w);
}

Test(agent_restart, a_peer_without_graceful_restart_gets_five_seconds)
{
	struct world *w = left_restart(LEFT_CONFIG(30), true);

	peer_comes(w, 2);
	peer_is_done(w, 2);
	w->caps = (struct bgp_caps){ 0 };
	peer_comes(w, 1);
	world_wait(w, 4999);
	cr_expect_not(left_is_over(w));
	world_wait(w, 1);
	cr_expect(left_is_over(w));
	world_free(w);
}

Test(agent_restart, nothing_found_or_nothing_wanted_is_a_start_like_any)
{
	struct world *w = world_new(LEFT_CONFIG(30));

	world_peer(w, 1);
	cr_expect(!peer_sent(w, 1).gr_restarted && !peer_sent(w, 1).gr_forwarding[0] && peer_sent(w, 1).gr_mp[0], "a first start");
	world_free(w);
	w = left_restart(NULL, true);
	cr_expect(left_is_over(w), "not switched on");
	cr_expect_eq(world_count(w, "route_del *"), 4u);
	peer_comes(w, 1);
	cr_expect(!peer_sent(w, 1).gr_restarted && !peer_sent(w, 1).gr_forwarding[0]);
	world_free(w);
}

/* A session that ends without us is no loss of ours: what we forwarded by then is what we forward by now. One that the peer may know nothing
 * of says nothing. */
/* Nothing is deleted before the sweep: what the kernel flushes meanwhile is not taken for there. */
Test(agent_restart, neighbour_entries_that_an_interface_without_carrier_loses_when_it_is_set_down_come_back)
{
	struct world *w = left_restart(LEFT_CONFIG(30), true);
	struct link_info down = world_swp(1);

	peer_comes(w, 1);
	world_carrier(w, 1, false);
	down.up = down.running = false;
	world_link(w, &down);
	world_clear(w);
	world_swp_up(w, 1);
	peer_comes(w, 1);
	cr_expect_eq(world_count(w, "pin_set swp1 33:33:00:00:00:01 ff02::1"), 1u);
	cr_expect_eq(world_count(w, "neigh_set swp1 02:00:00:00:ff:01"), 1u);
	world_free(w);
}

Test(agent_restart, neighbour_entries_that_an_interface_without_carrier_loses_with_its_mac_come_back)
{
	struct world *w = left_restart(LEFT_CONFIG(30), true);
	struct link_info other = world_swp(1);

	peer_comes(w, 1);
	world_carrier(w, 1, false);
	other.mac[5] ^= 0x40;
	world_clear(w);
	world_link(w, &other);
	peer_comes(w, 1);
	cr_expect_eq(world_count(w, "pin_set swp1 33:33:00:00:00:01 ff02::1"), 1u);
	world_free(w);
}

Test(agent_restart, forwarding_outlives_a_session_that_ends)
{
	struct world *w = world_new(LEFT_CONFIG(30));

	w->caps = peer_graceful;
	world_peer(w, 1);
	for (unsigned i = 0; i < 3; i++) {
		cr_expect_eq(peer_sent(w, 1).gr_forwarding[0] && peer_sent(w, 1).gr_forwarding[1], i == 2, "OPEN %u", i);
		cr_expect_not(peer_sent(w, 1).gr_restarted);
		if (i == 1)
			world_eor(w, 1, AF_INET);
		agent_tcp_closed(w->agent, w->conn[1], ECONNRESET, w->now);
		world_turn(w);
		world_open(w, 1);
	}
	world_free(w);
}

Test(agent_restart, whoever_leaves_says_nothing_and_takes_nothing_along)
{
	struct world *w = world_new(LEFT_CONFIG(30));

	w->caps = peer_graceful;
	world_peer(w, 1);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	world_clear(w);
	agent_leave(w->agent, w->now);
	world_turn(w);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION*"), 0u);
	cr_expect_eq(world_count(w, "close swp1"), 1u);
	cr_expect_eq(left_ops(w) + world_count(w, "loopback*") + world_count(w, "fabric*"), 0u);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	world_free(w);
}

Test(agent_restart, a_reload_meanwhile_changes_whom_it_waits_for)
{
	struct world *w = left_restart(LEFT_CONFIG(30), true);

	peer_comes(w, 1);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24 10.3.0.0/24", NULL, 0);
	peer_is_done(w, 1);
	cr_expect_not(left_is_over(w), "swp2 has not come");
	world_reload(w, "{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"graceful_restart\": {\"restart_seconds\": 30}, \"links\": [\"swp1\"]}");
	cr_expect(left_is_over(w));
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	cr_expect_geq(world_count(w, "to swp1: EOR ipv4"), 1u);
	world_free(w);
}
