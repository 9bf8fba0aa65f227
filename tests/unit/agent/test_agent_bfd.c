/* BFD of a link: when there is a session, what its end does to BGP and to routes, and what a peer that has none is spared. */
#include <criterion/criterion.h>
#include <errno.h>

#include "agent/show_priv.h"
#include "world.h"

#define PEER1 "fe80::ff:1"
#define MAC1 "02:00:00:00:ff:01"
#define CONFIG "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"bfd\": true}"

static const char *bfd_shows(const struct world *w, const char *path)
{
	return world_shows(show_bfd(w->agent, SWP(1), w->now), path);
}

/* Two ways to 10.1.0.0/24, both watched. */
static struct world *two_way(void)
{
	struct world *w = world_new(CONFIG);

	for (unsigned n = 1; n <= 3; n++) {
		world_peer(w, n);
		world_bfd_up(w, n);
	}
	for (unsigned n = 1; n <= 2; n++)
		world_announce(w, n, "10.1.0.0/24", NULL, 0);
	world_announce(w, 1, "10.3.0.0/24", NULL, 0);
	cr_assert_str_eq(world_route(w, "10.1.0.0/24"), "swp1 swp2");
	world_clear(w);
	return w;
}

Test(agent_bfd, a_session_begins_as_soon_as_the_peer_is_heard_and_ends_with_the_link)
{
	struct world *w = world_new(CONFIG);

	world_swp_up(w, 1);
	cr_expect_eq(world_count(w, "bfd *"), 0u);
	world_ra(w, 1, PEER1, MAC1);
	cr_expect_eq(world_count(w, "bfd swp1 " PEER1 " 100 ms x 3"), 1u, "before there is any BGP");
	world_ra(w, 1, PEER1, MAC1);
	world_open(w, 1);
	cr_expect_eq(world_count(w, "bfd *"), 1u, "once");
	world_carrier(w, 1, false);
	cr_expect_eq(world_count(w, "bfd_end swp1"), 1u);
	world_carrier(w, 1, true);
	world_ra(w, 1, PEER1, MAC1);
	cr_expect_eq(world_count(w, "bfd swp1 *"), 2u);
	world_free(w);
}

Test(agent_bfd, another_peer_has_another_session_and_old_news_are_nobodys)
{
	struct world *w = world_new(CONFIG);
	struct bfd_view old;

	world_peer(w, 1);
	world_bfd_up(w, 1);
	old = w->bfd[1];
	world_ra(w, 1, "fe80::ff:99", MAC1);     /* the same machine with another address */
	cr_expect_eq(world_count(w, "bfd_end swp1"), 1u);
	cr_expect_eq(world_count(w, "bfd swp1 fe80::ff:99 *"), 1u);
	old.state = BFD_DOWN;
	old.downs = old.failures = 1;
	agent_bfd_news(w->agent, &old, w->now);
	cr_expect_str_eq(bfd_shows(w, "ups"), "0");
	cr_expect_str_eq(bfd_shows(w, "blocks_bgp"), "false");
	world_free(w);
}

Test(agent_bfd, a_link_without_it_has_none)
{
	struct world *w = world_new("{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"bfd\": true, \"links\": {\"swp1\": {\"bfd\": false}, "
				    "\"swp2\": {\"bfd\": {\"interval_ms\": 20}}, \"swp*\": {}}}");

	for (unsigned n = 1; n <= 3; n++)
		world_peer(w, n);
	cr_expect_eq(world_count(w, "bfd swp1 *"), 0u);
	cr_expect_eq(world_count(w, "bfd swp2 fe80::ff:2 20 ms x 3"), 1u);
	cr_expect_eq(world_count(w, "bfd swp3 fe80::ff:3 100 ms x 3"), 1u);
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, NULL, w->now), "0.bfd"), "null");
	world_free(w);
}

Test(agent_bfd, its_end_takes_the_member_out_before_anybody_is_told_and_the_session_in_the_same_turn)
{
	struct world *w = two_way();

	w->bfd[1].state = BFD_DOWN;
	w->bfd[1].downs = w->bfd[1].failures = 1;
	w->bfd[1].failure_diag = BFD_DIAG_EXPIRED;
	agent_bfd_news(w->agent, &w->bfd[1], w->now);
	world_kernel(w);
	cr_expect_eq(world_count(w, "hop_del swp1"), 1u, "before the turn");
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp2");
	world_turn(w);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/10"), 1u);
	cr_expect_eq(world_count(w, "to swp3: UPDATE -10.3.0.0/24"), 1u);
	cr_expect_eq(world_state(w, 1), BGP_IDLE);
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), "0.last_error"),
			 "\"we said: Cease/BFD Down (BFD: Control Detection Time Expired)\"");
	world_free(w);
}

Test(agent_bfd, a_link_that_died_is_not_used_until_bfd_is_up_again)
{
	struct world *w = two_way();

	world_bfd_fails(w, 1);
	world_clear(w);
	world_ra(w, 1, PEER1, MAC1);             /* one direction may work */
	world_wait(w, 8000);
	cr_expect_eq(world_count(w, "connect swp1 *"), 0u);
	cr_expect_eq(world_accept(w, 1, PEER1), 0u);
	cr_expect_str_eq(bfd_shows(w, "blocks_bgp"), "true");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.alarms.0"),
			 "\"BFD is Down, and the link is not used: Control Detection Time Expired\"");
	w->bfd[1].state = BFD_INIT;
	world_bfd(w, 1);
	cr_expect_eq(world_count(w, "connect swp1 *"), 0u);
	world_bfd_up(w, 1);
	cr_expect_eq(world_count(w, "connect swp1 *"), 1u, "at once");
	world_open(w, 1);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1 swp2");
	world_free(w);
}

static void news(struct world *w, enum bfd_state state, enum bfd_state remote, bool fails)
{
	w->bfd[1].downs += w->bfd[1].state == BFD_UP;
	w->bfd[1].failures += fails;
	w->bfd[1].failure_diag = BFD_DIAG_EXPIRED;
	w->bfd[1].state = state;
	w->bfd[1].remote_state = remote;
	agent_bfd_news(w->agent, &w->bfd[1], w->now);
	world_turn(w);
}

Test(agent_bfd, a_link_that_is_down_again_before_it_is_used_does_not_keep_the_loop_busy)
{
	struct world *w = world_new("{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"bfd\": true, \"damping\": {\"free\": 0, \"first_ms\": 1000}}");

	world_peer(w, 1);
	world_bfd_up(w, 1);
	news(w, BFD_DOWN, BFD_DOWN, true);
	world_bfd_up(w, 1);
	news(w, BFD_DOWN, BFD_ADMIN_DOWN, false);
	news(w, BFD_DOWN, BFD_DOWN, false);      /* a peer that has come back, and is not heard any more */
	cr_expect_str_eq(bfd_shows(w, "blocks_bgp"), "true");
	w->now = mono_add_s(w->now, 3);
	world_turn(w);
	cr_expect_gt(agent_next(w->agent).us, w->now.us, "nothing is due");
	world_free(w);
}

Test(agent_bfd, down_and_up_again_before_anybody_looked_ends_the_session_too)
{
	struct world *w = two_way();

	w->bfd[1].ups++;
	w->bfd[1].downs++;
	w->bfd[1].failures++;
	world_bfd(w, 1);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/10"), 1u);
	world_wait(w, 200);
	cr_expect_eq(world_count(w, "connect swp1 *"), 1u, "and another one begins");
	world_free(w);
}

Test(agent_bfd, a_peer_without_bfd_is_used_and_reported)
{
	struct world *w = world_new(CONFIG);

	world_peer(w, 1);
	world_bfd(w, 1);
	world_wait(w, 8000);
	world_keepalive(w, 1);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_str_eq(bfd_shows(w, "heard"), "false");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.alarms.0"), "\"no BFD: the peer has never answered\"");
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "counters.link_alarms"), "1");
	world_free(w);
}

Test(agent_bfd, a_peer_whose_administrator_ends_bfd_keeps_its_session)
{
	struct world *w = two_way();

	w->bfd[1].state = BFD_DOWN;
	w->bfd[1].remote_state = BFD_ADMIN_DOWN;
	w->bfd[1].downs++;
	world_bfd(w, 1);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	world_notify(w, 1, NOTIFY_CEASE, CEASE_ADMIN_RESET);
	world_turn(w);
	world_open(w, 1);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED, "and may have a new one");
	world_free(w);
}

Test(agent_bfd, a_peer_that_was_back_before_its_bfd_keeps_its_session)
{
	struct world *w = two_way();

	w->bfd[1].state = w->bfd[1].remote_state = BFD_DOWN;     /* of its next process: no failure (RFC 5882 4.3.2) */
	w->bfd[1].downs++;
	world_bfd(w, 1);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1 swp2");
	world_bfd_up(w, 1);
	cr_expect_str_eq(bfd_shows(w, "blocks_bgp"), "false");
	world_bfd_fails(w, 1);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp2", "its next end is one");
	world_free(w);
}

Test(agent_bfd, the_operators_reset_lets_a_peer_in_that_has_no_bfd_any_more)
{
	struct world *w = two_way();

	world_bfd_fails(w, 1);
	world_clear(w);
	cr_assert_eq(agent_reset(w->agent, "swp1", NULL, w->now), 0);
	world_turn(w);
	cr_expect_eq(world_count(w, "bfd swp1 *"), 1u, "BFD begins anew too");
	world_wait(w, 200);
	cr_expect_geq(world_count(w, "connect swp1 *"), 1u);
	world_free(w);
}

static const struct bgp_caps restarting = {
	.gr = true, .gr_notification = true, .gr_time = 60, .gr_mp = { true, true }, .gr_forwarding = { true, true },
};

/* Peer 1 restarts gracefully: its connection ends, its routes stay. */
static struct world *restarts(void)
{
	struct world *w = world_new(CONFIG);

	w->caps = restarting;
	world_peer(w, 1);
	world_bfd_up(w, 1);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	agent_tcp_closed(w->agent, w->conn[1], ECONNRESET, w->now);
	world_turn(w);
	cr_assert_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	return w;
}

Test(agent_bfd, bfd_that_ends_because_the_peer_restarts_leaves_its_routes)
{
	struct world *w = restarts();

	world_bfd_fails(w, 1);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1", "RFC 5882 4.3.2");
	world_bfd_up(w, 1);
	world_bfd_fails(w, 1);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "", "its next end is one");
	world_free(w);
}

Test(agent_bfd, bfd_that_does_not_depend_on_what_restarts_takes_the_routes_along)
{
	struct world *w = restarts();

	w->bfd[1].remote_independent = true;
	world_bfd_fails(w, 1);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "", "RFC 5882 4.3.1");
	world_free(w);
}

Test(agent_bfd, a_peer_that_is_not_restarting_has_no_routes_kept_when_bfd_fails)
{
	struct world *w = world_new(CONFIG);

	w->caps = restarting;
	world_peer(w, 1);
	world_bfd_up(w, 1);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	world_bfd_fails(w, 1);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "");
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/9"), 1u, "Hard Reset, with BFD Down inside: nor is it to keep ours");
	world_free(w);
}

Test(agent_bfd, without_a_thread_the_link_is_used_unwatched_and_says_so_and_it_is_tried_again)
{
	struct world *w = world_new(CONFIG);

	w->bfd_error = -EMFILE;
	world_peer(w, 1);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.alarms.0"), "\"no BFD: Too many open files\"");
	w->bfd_error = 0;
	world_ra(w, 1, PEER1, MAC1);
	cr_expect_geq(world_count(w, "bfd swp1 *"), 2u);
	cr_expect_str_eq(bfd_shows(w, "error"), "\"\"");
	w->bfd[1].error = -EADDRINUSE;
	world_bfd(w, 1);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.alarms.0"), "\"no BFD: Address already in use\"");
	world_free(w);
}

Test(agent_bfd, everything_that_is_known_of_a_session_is_shown)
{
	struct world *w = two_way();

	w->bfd[1].tx_us = 100000;
	w->bfd[1].detect_us = 300000;
	w->bfd[1].remote_tx_us = 50000;
	w->bfd[1].remote_multiplier = 3;
	w->bfd[1].since = w->now;
	world_bfd(w, 1);
	w->now = mono_add_s(w->now, 5);
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), "0.bfd.state"), "\"Up\"");
	cr_expect_str_eq(bfd_shows(w, "transmit_us"), "100000");
	cr_expect_str_eq(bfd_shows(w, "detection_us"), "300000");
	cr_expect_str_eq(bfd_shows(w, "remote_transmit_us"), "50000");
	cr_expect_str_eq(bfd_shows(w, "state_seconds"), "5");
	cr_expect_str_eq(bfd_shows(w, "interval_us"), "100000");
	cr_expect_str_eq(bfd_shows(w, "ups"), "1");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.bfd.state"), "\"Up\"");
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "bfd"),
			 "{\"discarded\":{\"hop_limit\":3},\"late_us\":{\"below_powers_of_two\":[0,0,0,0,0,0,0,999,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0],\"max\":1024,\"p50\":128,\"p99\":128,\"p9999\":1024},"
			 "\"received\":5,\"sent\":7,\"sessions\":2,\"up\":1}");
	world_free(w);
}

Test(agent_bfd, news_after_the_end_change_nothing)
{
	struct world *w = two_way();

	agent_stop(w->agent, w->now);
	world_bfd_fails(w, 1);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/10"), 0u);
	world_free(w);
}

Test(agent_bfd, a_link_that_loses_too_many_packets_is_not_used_though_bfd_is_up)
{
	struct world *w = two_way();

	w->bfd[1].loss_known = true;
	w->bfd[1].loss_permille = 123;
	world_bfd(w, 1);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.alarms.0"), "\"12 % of the peer's BFD packets are lost\"");
	cr_expect_str_eq(bfd_shows(w, "loss_percent"), "12");
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1 swp2", "shown and used");
	w->bfd[1].loss_permille = 314;
	w->bfd[1].lossy = true;
	world_bfd(w, 1);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp2");
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/10"), 1u);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.alarms.0"), "\"31 % of the peer's BFD packets are lost, and the link is not used\"");
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), "0.last_error"),
			 "\"we said: Cease/BFD Down (BFD: 31 % of the peer's packets are lost)\"");
	world_wait(w, 8000);
	cr_expect_eq(world_accept(w, 1, PEER1), 0u);
	w->bfd[1].loss_permille = 49;
	w->bfd[1].lossy = false;
	world_clear(w);
	world_bfd(w, 1);
	world_wait(w, 100);
	cr_expect_eq(world_count(w, "connect swp1 *"), 1u, "it is well again");
	world_open(w, 1);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1 swp2");
	world_free(w);
}
