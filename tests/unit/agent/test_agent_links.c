/* Which links are fabric links, and what changes when a link or our own address on it changes. */
#include <arpa/inet.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <net/if_arp.h>
#include <string.h>

#include "agent/base/own.h"
#include "world.h"

#define PEER1 "fe80::ff:1"
#define MAC1 "02:00:00:00:ff:01"

/* --- fabric links ---------------------------------------------------------------------------------------------------------------- */
Test(agent_links, lo_is_no_fabric_link_and_an_ethernet_without_addresses_is_one)
{
	struct world *w = world_new(NULL);

	world_swp_up(w, 1);
	cr_expect_eq(world_count(w, "fabric swp1 on"), 1u);
	cr_expect_eq(world_count(w, "fabric *"), 1u);
	cr_expect(agent_is_fabric(w->agent, SWP(1)) && !agent_is_fabric(w->agent, LO));
	cr_expect_geq(w->n_ra[1], 2u, "an advertisement and a solicitation at once");
	world_free(w);
}

static const struct { const char *what; struct link_info info; } no_fabric[] = {
	{ "loopback", { .ifindex = SWP(1), .name = "dummy0", .type = ARPHRD_LOOPBACK, .up = true, .running = true, .loopback = true } },
	{ "tunnel", { .ifindex = SWP(1), .name = "tun0", .type = ARPHRD_NONE, .up = true, .running = true } },
	{ "bridge", { .ifindex = SWP(1), .name = "br0", .type = ARPHRD_ETHER, .up = true, .running = true, .is_master = true } },
	{ "slave", { .ifindex = SWP(1), .name = "swp1", .type = ARPHRD_ETHER, .up = true, .running = true, .master = 90 } },
};

Test(agent_links, loopbacks_tunnels_masters_and_slaves_are_none)
{
	for (size_t i = 0; i < ARRAY_LEN(no_fabric); i++) {
		struct world *w = world_new(NULL);

		world_link(w, &no_fabric[i].info);
		world_addr(w, ADDR_NEW, SWP(1), "fe80::1/64");
		cr_expect_eq(world_count(w, "fabric *"), 0u, "%s", no_fabric[i].what);
		cr_expect_eq(w->n_ra[1], 0u, "%s", no_fabric[i].what);
		world_free(w);
	}
}

Test(agent_links, link_with_an_ipv4_address_is_none_until_the_address_goes)
{
	struct world *w = world_new(NULL);

	world_swp_up(w, 1);
	world_addr(w, ADDR_NEW, SWP(1), "192.0.2.1/24");
	cr_expect_eq(world_count(w, "fabric swp1 off"), 1u);
	world_addr(w, ADDR_DEL, SWP(1), "192.0.2.1/24");
	cr_expect_eq(world_count(w, "fabric swp1 on"), 2u);
	world_free(w);
}

Test(agent_links, link_becomes_none_when_it_is_enslaved_and_its_master_never_is_one)
{
	struct link_info bridge = world_swp(2), slave = world_swp(1);
	struct world *w = world_new(NULL);

	world_swp_up(w, 1);
	world_link(w, &bridge);                          /* of a kind that nobody knows as a master */
	cr_expect_eq(world_count(w, "fabric swp2 on"), 1u);
	slave.master = SWP(2);
	world_link(w, &slave);
	cr_expect_eq(world_count(w, "fabric swp1 off"), 1u);
	cr_expect_eq(world_count(w, "fabric swp2 off"), 1u);
	slave.master = 0;
	world_link(w, &slave);
	cr_expect_eq(world_count(w, "fabric swp1 on"), 2u);
	cr_expect_eq(world_count(w, "fabric swp2 on"), 2u);
	world_free(w);
}

Test(agent_links, globs_name_fabric_links_whatever_addresses_they_have)
{
	struct world *w = world_new("{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"links\": [\"swp[12]\"]}");

	for (unsigned n = 1; n <= 3; n++)
		world_swp_up(w, n);
	world_addr(w, ADDR_NEW, SWP(1), "192.0.2.1/24");
	cr_expect_eq(world_count(w, "fabric swp1 on"), 1u);
	cr_expect_eq(world_count(w, "fabric swp2 on"), 1u);
	cr_expect_eq(world_count(w, "fabric *"), 2u);
	world_free(w);
}

Test(agent_links, links_that_are_there_before_the_start_are_taken_at_the_start)
{
	struct world *w = world_new_bare(NULL, true);

	world_swp_up(w, 1);
	cr_expect_eq(w->n_lines, 0u, "nothing happens before agent_start");
	cr_expect(mono_is_never(agent_next(w->agent)));
	agent_start(w->agent, w->now);
	cr_expect_eq(world_count(w, "fabric swp1 on"), 1u);
	cr_expect_geq(w->n_ra[1], 2u);
	world_free(w);
}

Test(agent_links, renamed_link_starts_over)
{
	struct link_info renamed = world_swp(1);
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	world_clear(w);
	strcpy(renamed.name, "uplink");
	world_link(w, &renamed);
	cr_expect_eq(world_state(w, 1), BGP_IDLE);
	cr_expect_eq(world_count(w, "fabric swp1 off"), 1u);
	cr_expect_eq(world_count(w, "fabric uplink on"), 1u);
	cr_expect_eq(world_count(w, "neigh_del swp1"), 1u);
	cr_expect_geq(w->n_ra[1], 2u);
	world_ra(w, 1, PEER1, MAC1);
	cr_expect_eq(world_count(w, "connect uplink " PEER1), 1u);
	world_free(w);
}

Test(agent_links, renamed_link_that_no_glob_matches_is_left)
{
	struct link_info renamed = world_swp(1);
	struct world *w = world_new("{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"links\": [\"swp*\"]}");

	world_peer(w, 1);
	strcpy(renamed.name, "mgmt0");
	world_link(w, &renamed);
	cr_expect_eq(world_count(w, "fabric swp1 off"), 1u);
	cr_expect_not(agent_is_fabric(w->agent, SWP(1)));
	world_free(w);
}

Test(agent_links, vanished_link_takes_everything_of_it_along)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	cr_assert_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	world_clear(w);
	world_link_del(w, SWP(1));
	cr_expect_eq(world_count(w, "fabric swp1 off"), 1u);
	cr_expect_eq(world_state(w, 1), BGP_IDLE);
	cr_expect_null(peers_find(agent_peers(w->agent), SWP(1)));
	cr_expect_eq(world_routes(w) + world_objects(w), 0u);
	cr_expect_eq(world_count(w, "neigh_del *"), 0u, "the kernel has dropped it itself");
	world_peer(w, 1);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED, "and it may come back");
	world_free(w);
}

Test(agent_links, carrier_loss_keeps_the_neighbour_entry_in_the_kernel_but_not_the_peer)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	world_clear(w);
	world_carrier(w, 1, false);
	cr_expect_eq(world_state(w, 1), BGP_IDLE);
	cr_expect_eq(world_count(w, "fabric *"), 0u, "still a fabric link");
	cr_expect_eq(world_count(w, "neigh_del swp1"), 1u, "not the kernel's to drop");
	cr_expect_eq(world_count(w, "to swp1: *"), 0u, "nobody can hear a NOTIFICATION");
	world_carrier(w, 1, true);
	cr_expect_geq(w->n_ra[1], 2u, "discovery begins at once");
	world_ra(w, 1, PEER1, MAC1);
	cr_expect_eq(world_count(w, "neigh_set swp1 " MAC1), 1u);
	world_open(w, 1);
	world_free(w);
}

/* --- our own address ------------------------------------------------------------------------------------------------------------- */
Test(agent_links, tentative_address_asks_for_no_detection_once_per_link_up)
{
	struct link_info info = world_swp(1);
	struct world *w = world_new(NULL);

	world_link(w, &info);
	world_addr_tentative(w, SWP(1), "fe80::1/64");
	world_addr(w, ADDR_DEL, SWP(1), "fe80::1/64");
	world_addr_tentative(w, SWP(1), "fe80::1/64");
	cr_expect_eq(world_count(w, "no_dad swp1 fe80::1"), 1u);
	cr_expect_eq(w->n_ra[1], 0u, "not usable yet");
	world_addr(w, ADDR_NEW, SWP(1), "fe80::1/64");
	cr_expect_geq(w->n_ra[1], 2u);
	world_carrier(w, 1, false);
	world_addr(w, ADDR_DEL, SWP(1), "fe80::1/64");
	world_addr_tentative(w, SWP(1), "fe80::1/64");
	cr_expect_eq(world_count(w, "no_dad *"), 1u, "not while it is down");
	world_carrier(w, 1, true);
	cr_expect_eq(world_count(w, "no_dad *"), 2u);
	world_free(w);
}

Test(agent_links, tentative_address_is_left_alone_when_settings_are_not_managed)
{
	struct link_info info = world_swp(1);
	struct world *w = world_new("{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"manage_sysctls\": false}");

	world_link(w, &info);
	world_addr_tentative(w, SWP(1), "fe80::1/64");
	cr_expect_eq(world_count(w, "no_dad *"), 0u);
	world_free(w);
}

Test(agent_links, link_that_lost_its_address_says_which_it_had)
{
	struct link_info info = world_swp(1);
	struct world *w = world_new(NULL);
	struct in6_addr addr, had;

	inet_pton(AF_INET6, "fe80::1", &had);
	world_link(w, &info);
	cr_expect_not(agent_link_bare(w->agent, SWP(1), &addr), "it never had one");
	world_addr(w, ADDR_NEW, SWP(1), "fe80::1/64");
	cr_expect_not(agent_link_bare(w->agent, SWP(1), &addr), "it has it");
	world_addr(w, ADDR_DEL, SWP(1), "fe80::1/64");
	cr_expect(agent_link_bare(w->agent, SWP(1), &addr) && in6_eq(&addr, &had));
	world_addr_tentative(w, SWP(1), "fe80::2/64");
	cr_expect_not(agent_link_bare(w->agent, SWP(1), &addr), "another one is coming");
	world_addr(w, ADDR_DEL, SWP(1), "fe80::2/64");
	world_carrier(w, 1, false);
	cr_expect_not(agent_link_bare(w->agent, SWP(1), &addr), "it is down");
	cr_expect_not(agent_link_bare(w->agent, SWP(7), &addr), "it is none of ours");
	world_free(w);
}

Test(agent_links, own_address_change_ends_the_session_in_silence_and_starts_over_from_the_new_one)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	world_addr(w, ADDR_NEW, SWP(1), "fe80::9/64");
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED, "a second address changes nothing");
	world_clear(w);
	world_addr(w, ADDR_DEL, SWP(1), "fe80::1/64");
	cr_expect_neq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_eq(world_count(w, "to swp1: *"), 0u, "our end of the connection is gone");
	cr_expect_geq(w->n_ra[1], 2u, "the new address is advertised at once");
	world_wait(w, 100);
	cr_expect_eq(world_count(w, "connect swp1 " PEER1), 1u);
	world_open(w, 1);
	world_clear(w);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	world_peer(w, 2);
	world_addr(w, ADDR_NEW, LO, "10.0.254.9/32");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.0.254.9/32 * via fe80::9"), 1u, "and announced as next hop");
	world_free(w);
}

Test(agent_links, own_mac_change_is_advertised_and_leaves_the_session)
{
	struct link_info info = world_swp(1);
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	world_clear(w);
	info.mac[4] = 7;
	world_link(w, &info);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_geq(w->n_ra[1], 2u);
	world_clear(w);
	info.mtu = 9000;
	world_link(w, &info);
	cr_expect_eq(w->n_ra[1], 0u, "nothing that a peer would have to know");
	world_free(w);
}

/* --- the loopback address -------------------------------------------------------------------------------------------------------- */
Test(agent_links, router_id_is_put_on_lo_when_no_interface_has_it_and_taken_away_at_the_end)
{
	struct link_info lo = { .ifindex = LO, .name = "lo", .type = ARPHRD_LOOPBACK, .up = true, .running = true, .loopback = true };
	struct world *w = world_new_bare(NULL, true);

	world_link(w, &lo);
	agent_start(w->agent, w->now);
	cr_expect_eq(world_count(w, "loopback " OUR_ID " on"), 1u);
	world_addr(w, ADDR_NEW, LO, OUR_ID "/32");
	cr_expect_eq(world_count(w, "loopback *"), 1u);
	world_addr(w, ADDR_DEL, LO, OUR_ID "/32");
	cr_expect_eq(world_count(w, "loopback " OUR_ID " on"), 2u, "somebody removed it");
	agent_stop(w->agent, w->now);
	cr_expect_eq(world_count(w, "loopback " OUR_ID " off"), 1u);
	world_free(w);
}

Test(agent_links, address_that_was_there_is_not_ours_to_remove)
{
	struct world *w = world_new(NULL);

	agent_stop(w->agent, w->now);
	cr_expect_eq(world_count(w, "loopback *"), 0u);
	world_free(w);
}

Test(agent_links, no_loopback_address_when_it_is_not_wanted)
{
	struct link_info lo = { .ifindex = LO, .name = "lo", .type = ARPHRD_LOOPBACK, .up = true, .running = true, .loopback = true };
	struct world *w = world_new_bare("{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"loopback\": false}", true);

	world_link(w, &lo);
	agent_start(w->agent, w->now);
	cr_expect_eq(world_count(w, "loopback *"), 0u);
	world_free(w);
}

/* --- the end --------------------------------------------------------------------------------------------------------------------- */
Test(agent_links, stop_does_not_wait_for_a_kernel_that_refuses)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	w->fib_error = -ENOMEM;
	agent_stop(w->agent, w->now);
	world_turn(w);
	cr_expect(mono_is_never(agent_next(w->agent)));
	world_free(w);
}

Test(agent_links, neighbour_that_is_told_after_the_stop_is_not_put_back)
{
	struct world *w = world_new(NULL);

	world_swp_up(w, 1);
	world_ra(w, 1, PEER1, NULL);
	agent_stop(w->agent, w->now);
	world_neigh(w, 1, PEER1, MAC1);
	cr_expect_eq(world_count(w, "neigh_set *"), 0u);
	world_free(w);
}

Test(agent_links, stop_says_cease_leaves_every_link_once_and_is_silent_from_then_on)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	world_clear(w);
	agent_stop(w->agent, w->now);
	agent_stop(w->agent, w->now);
	world_kernel(w);
	world_drain(w);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/2"), 1u);
	cr_expect_eq(world_count(w, "fabric swp1 off"), 1u);
	cr_expect_eq(world_routes(w) + world_objects(w), 0u);
	cr_expect_eq(world_count(w, "neigh_del swp1"), 1u);
	world_clear(w);
	world_ra(w, 1, PEER1, MAC1);
	world_carrier(w, 1, false);
	world_carrier(w, 1, true);
	w->now = mono_add_s(w->now, 60);
	world_turn(w);
	cr_expect_eq(world_accept(w, 1, PEER1), 0u);
	cr_expect_eq(w->n_ra[1], 0u, "a peer that hears us would connect again");
	cr_expect_eq(world_count(w, "fabric *") + world_count(w, "connect *"), 0u);
	world_free(w);
}
