/* Who is on a link: by advertisement, by connection, one of two; what a change of the peer costs. */
#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "world.h"

#define PEER1 "fe80::ff:1"
#define MAC1 "02:00:00:00:ff:01"

Test(agent_peers, advertisement_makes_a_peer_known_and_its_mac_a_neighbour)
{
	struct world *w = world_new(NULL);

	world_swp_up(w, 1);
	world_ra(w, 1, PEER1, MAC1);
	cr_expect_eq(world_count(w, "connect swp1 " PEER1), 1u);
	cr_expect_eq(world_count(w, "neigh_set swp1 " MAC1), 1u);
	cr_expect_eq(world_count(w, "neigh_get *"), 0u);
	world_ra(w, 1, PEER1, MAC1);
	cr_expect_eq(world_count(w, "neigh_set *"), 1u);
	world_free(w);
}

Test(agent_peers, advertisement_on_a_link_that_is_none_or_unusable_is_nothing)
{
	struct link_info info = world_swp(1);
	struct world *w = world_new(NULL);

	world_link(w, &info);
	world_ra(w, 1, PEER1, MAC1);                     /* no address of our own there yet */
	world_ra(w, 2, PEER1, MAC1);
	cr_expect_eq(world_count(w, "connect *"), 0u);
	cr_expect_eq(world_accept(w, 1, PEER1), 0u);
	cr_expect_eq(world_accept(w, 2, PEER1), 0u);
	world_free(w);
}

Test(agent_peers, advertisement_without_mac_asks_the_kernel_whose_answer_becomes_the_neighbour)
{
	struct world *w = world_new(NULL);

	world_swp_up(w, 1);
	world_ra(w, 1, PEER1, NULL);
	cr_expect_eq(world_count(w, "neigh_get swp1 " PEER1), 1u);
	cr_expect_eq(world_count(w, "connect swp1 " PEER1), 1u, "the session does not wait for it");
	cr_expect_eq(world_count(w, "neigh_set *"), 0u);
	world_neigh(w, 1, "fe80::ff:9", "02:00:00:00:ff:09");
	cr_expect_eq(world_count(w, "neigh_set *"), 0u, "somebody else's");
	world_neigh(w, 1, PEER1, MAC1);
	cr_expect_eq(world_count(w, "neigh_set swp1 " MAC1), 1u);
	world_neigh(w, 1, PEER1, "02:00:00:00:ff:77");
	cr_expect_eq(world_count(w, "neigh_set swp1 02:00:00:00:ff:77"), 1u);
	world_free(w);
}

Test(agent_peers, mac_that_the_peer_says_itself_is_pinned_to_its_address_and_follows_it)
{
	struct world *w = world_new(NULL);

	world_swp_up(w, 1);
	world_ra(w, 1, PEER1, NULL);
	world_neigh(w, 1, PEER1, MAC1);
	cr_expect_eq(world_count(w, "pin_set swp1 " MAC1 " " PEER1), 0u, "what the kernel found may change without a word from the peer");
	world_ra(w, 1, PEER1, MAC1);
	world_ra(w, 1, PEER1, MAC1);
	cr_expect_eq(world_count(w, "pin_set swp1 " MAC1 " " PEER1), 1u);
	world_ra(w, 1, PEER1, "02:00:00:00:ff:77");
	cr_expect_eq(world_count(w, "pin_set swp1 02:00:00:00:ff:77 " PEER1), 1u);
	cr_expect_eq(world_count(w, "pin_del *"), 0u);
	cr_expect_eq(world_count(w, "pin_set swp1 33:33:00:00:00:01 ff02::1"), 1u, "where our advertisements go");
	cr_expect_eq(world_count(w, "pin_set swp1 33:33:00:00:00:02 ff02::2"), 1u);
	agent_stop(w->agent, w->now);
	world_kernel(w);
	cr_expect_eq(world_count(w, "pin_del swp1 " PEER1), 1u);
	world_free(w);
}

Test(agent_peers, lost_news_of_neighbours_are_asked_for_where_nothing_else_says_the_mac)
{
	struct world *w = world_new(NULL);

	world_swp_up(w, 1);
	world_swp_up(w, 2);
	world_ra(w, 2, "fe80::ff:2", "02:00:00:00:ff:02");
	cr_expect_not(agent_wants_macs(w->agent));
	world_ra(w, 1, PEER1, NULL);
	cr_expect(agent_wants_macs(w->agent));
	world_clear(w);
	agent_neigh_unsure(w->agent);
	cr_expect_eq(world_count(w, "neigh_get swp1 " PEER1), 1u);
	cr_expect_eq(world_count(w, "neigh_get *"), 1u);
	cr_expect_eq(agent_counted(w->agent)->neighbors_lost, 1u);
	world_free(w);
}

Test(agent_peers, mac_of_an_advertisement_counts_more_than_the_kernels)
{
	struct world *w = world_new(NULL);

	world_swp_up(w, 1);
	world_ra(w, 1, PEER1, MAC1);
	world_neigh(w, 1, PEER1, "02:00:00:00:ff:77");
	cr_expect_eq(world_count(w, "neigh_set *"), 1u);
	world_free(w);
}

Test(agent_peers, routes_wait_for_the_mac)
{
	struct world *w = world_new(NULL);

	world_swp_up(w, 1);
	world_ra(w, 1, PEER1, NULL);
	world_open(w, 1);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "");
	world_neigh(w, 1, PEER1, MAC1);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	world_free(w);
}

Test(agent_peers, inbound_connection_makes_a_peer_known_before_its_advertisement)
{
	struct world *w = world_new(NULL);

	world_swp_up(w, 1);
	world_open(w, 1);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_eq(world_count(w, "neigh_get swp1 " PEER1), 1u);
	world_ra(w, 1, PEER1, MAC1);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_eq(world_count(w, "neigh_set swp1 " MAC1), 1u);
	world_free(w);
}

Test(agent_peers, inbound_connection_from_elsewhere_is_refused)
{
	struct world *w = world_new(NULL);

	world_swp_up(w, 1);
	cr_expect_eq(world_accept(w, 1, "2001:db8::1"), 0u);
	cr_expect_eq(world_accept(w, 1, "fe80::1"), 0u, "our own address");
	world_ra(w, 1, PEER1, MAC1);
	cr_expect_eq(world_accept(w, 1, "fe80::ff:9"), 0u, "a second machine on the link");
	cr_expect_neq(world_accept(w, 1, PEER1), 0u);
	world_free(w);
}

Test(agent_peers, peers_mac_change_resets_the_session_and_replaces_the_neighbour_once)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	world_clear(w);
	world_ra(w, 1, PEER1, "02:00:00:00:ff:77");
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/3"), 1u);
	cr_expect_neq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_eq(world_count(w, "neigh_set swp1 02:00:00:00:ff:77"), 1u);
	cr_expect_eq(world_count(w, "neigh_*"), 1u, "one replace, no delete");
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "");
	world_open(w, 1);
	world_free(w);
}

Test(agent_peers, peers_address_change_moves_the_session)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	world_clear(w);
	world_ra(w, 1, "fe80::ff:9", MAC1);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/3"), 1u);
	cr_expect_eq(world_count(w, "connect swp1 fe80::ff:9"), 1u);
	cr_expect_eq(world_accept(w, 1, PEER1), 0u, "the old one is nobody now");
	cr_expect_eq(world_count(w, "neigh_del *"), 0u);
	world_free(w);
}

Test(agent_peers, new_peers_unknown_mac_is_not_the_old_ones)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	agent_tcp_closed(w->agent, w->conn[1], 0, w->now);
	world_wait(w, 20000);                            /* dead: no session, and silent */
	world_clear(w);
	world_ra(w, 1, "fe80::ff:9", NULL);
	cr_expect_eq(world_count(w, "neigh_get swp1 fe80::ff:9"), 1u);
	cr_expect_eq(world_count(w, "neigh_del swp1"), 1u);
	world_neigh(w, 1, "fe80::ff:9", "02:00:00:00:ff:09");
	cr_expect_eq(world_count(w, "neigh_set swp1 02:00:00:00:ff:09"), 1u);
	world_free(w);
}

Test(agent_peers, other_mac_in_the_kernel_is_another_machine_too)
{
	struct world *w = world_new(NULL);

	world_swp_up(w, 1);
	world_ra(w, 1, PEER1, NULL);
	world_neigh(w, 1, PEER1, MAC1);
	world_open(w, 1);
	world_neigh(w, 1, PEER1, MAC1);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	world_clear(w);
	world_neigh(w, 1, PEER1, "02:00:00:00:ff:77");
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/3"), 1u);
	cr_expect_eq(world_count(w, "neigh_set swp1 02:00:00:00:ff:77"), 1u);
	cr_expect_eq(world_count(w, "neigh_*"), 1u);
	world_neigh(w, 1, PEER1, MAC1);
	cr_expect_eq(world_count(w, "neigh_set swp1 " MAC1), 1u, "no advertisement has said otherwise");
	world_free(w);
}

Test(agent_peers, second_router_is_reported_and_not_used)
{
	struct world *w = world_new(NULL);
	struct ra_view v;

	world_peer(w, 1);
	world_clear(w);
	for (int i = 0; i < 3; i++) {
		world_ra(w, 1, "fe80::ff:9", "02:00:00:00:ff:09");
		world_ra(w, 1, PEER1, MAC1);
	}
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_eq(world_count(w, "connect *") + world_count(w, "neigh_*"), 0u);
	cr_assert(ra_view(agent_ra(w->agent), SWP(1), &v));
	cr_expect_eq(v.n_others, 1u);
	cr_expect_eq(v.conflicts, 1u);
	world_free(w);
}

/* The peer is silent but has a session; a second router is heard. When the session ends, the second one takes over in the same turn, and
 * what ended the session has been finished with by then. */
static void end_by_notification(struct world *w)
{
	world_notify(w, 1, NOTIFY_CEASE, CEASE_ADMIN_SHUTDOWN);
	world_turn(w);
}

static void end_by_close(struct world *w)
{
	agent_tcp_closed(w->agent, w->conn[1], 0, w->now);
	world_turn(w);
}

static void end_by_reset(struct world *w)
{
	cr_assert_eq(agent_reset(w->agent, "swp1", NULL, w->now), 0);
	world_turn(w);
}

/* So many seconds: the second router advertises, the peer only keeps its session if it does that. */
static void two_routers(struct world *w, int seconds, bool keepalive)
{
	for (int s = 0; s < seconds; s++) {
		world_ra(w, 1, "fe80::ff:9", "02:00:00:00:ff:09");
		if (keepalive)
			world_keepalive(w, 1);
		world_wait(w, 1000);
	}
}

static void end_by_hold_timer(struct world *w)
{
	two_routers(w, 20, false);
}

static void end_by_address(struct world *w)
{
	world_addr(w, ADDR_NEW, SWP(1), "fe80::7/64");
	world_addr(w, ADDR_DEL, SWP(1), "fe80::1/64");
}

static const struct { const char *what; void (*end)(struct world *w); } ends[] = {
	{ "NOTIFICATION", end_by_notification }, { "close", end_by_close }, { "reset", end_by_reset },
	{ "hold timer", end_by_hold_timer }, { "own address", end_by_address },
};

Test(agent_peers, second_router_replaces_a_silent_peer_when_its_session_ends_however_it_ends)
{
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct world *w = world_new(NULL);
		uint8_t mac[6];

		world_peer(w, 1);
		two_routers(w, 20, true);
		cr_assert_eq(world_state(w, 1), BGP_ESTABLISHED, "%s: silence alone changes nothing", ends[i].what);
		ends[i].end(w);
		world_wait(w, 200);
		cr_expect_geq(world_count(w, "connect swp1 fe80::ff:9"), 1u, "%s", ends[i].what);
		cr_assert(agent_peer_mac(w->agent, SWP(1), mac));
		cr_expect_eq(mac[5], 9, "%s", ends[i].what);
		world_free(w);
	}
}

Test(agent_peers, shutdown_with_a_second_router_on_the_link_ends)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	two_routers(w, 20, true);
	world_clear(w);
	agent_stop(w->agent, w->now);
	world_kernel(w);
	world_drain(w);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/2"), 1u);
	cr_expect_eq(world_count(w, "connect *"), 0u);
	world_free(w);
}

static const struct { const char *config; bool stays; } silences[] = {
	{ "{\"asn\": 65001, \"router_id\": \"10.0.254.1\"}", true },
	{ "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"links\": [\"swp*\"]}", true },
	{ "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"links\": {\"swp*\": {\"ra_loss\": \"teardown\"}}}", false },
};

Test(agent_peers, silence_ends_a_session_only_where_the_link_says_so)
{
	for (size_t i = 0; i < ARRAY_LEN(silences); i++) {
		struct world *w = world_new(silences[i].config);

		world_peer(w, 1);
		for (int s = 0; s < 16 && world_state(w, 1) == BGP_ESTABLISHED; s++) {
			world_keepalive(w, 1);
			world_wait(w, 1000);
		}
		cr_expect_eq(world_state(w, 1) == BGP_ESTABLISHED, silences[i].stays);
		world_ra(w, 1, PEER1, MAC1);
		cr_expect_eq(world_count(w, "connect swp1 *"), silences[i].stays ? 1u : 2u, "and the next sign of life starts another");
		world_free(w);
	}
}
