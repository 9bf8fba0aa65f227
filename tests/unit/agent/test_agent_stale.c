/* A peer that tells everything again: after a restart (RFC 4724, RFC 8538), between BoRR and EoRR (RFC 7313), and ours towards it. */
#include <criterion/criterion.h>
#include <errno.h>

#include "agent/base/own.h"
#include "world.h"

#define MAC1 "02:00:00:00:ff:01"

static const struct bgp_caps restarting = {
	.gr = true, .gr_notification = true, .gr_time = 60, .gr_mp = { true, true }, .gr_forwarding = { true, true }, .enhanced_refresh = true,
};

static struct world *with_routes(const struct bgp_caps *caps)
{
	struct world *w = world_new(NULL);

	w->caps = *caps;
	world_peer(w, 1);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	world_announce(w, 1, "2001:db8:1::/48", NULL, 0);
	world_eor(w, 1, AF_INET);
	world_eor(w, 1, AF_INET6);
	cr_assert_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	world_clear(w);
	return w;
}

static void drop(struct world *w)
{
	agent_tcp_closed(w->agent, w->conn[1], ECONNRESET, w->now);
	world_turn(w);
	cr_assert_neq(world_state(w, 1), BGP_ESTABLISHED);
}

static bool kept(const struct world *w)
{
	return *world_route(w, "10.1.0.0/24") && *world_route(w, "10.2.0.0/24") && *world_route(w, "2001:db8:1::/48");
}

Test(agent_stale, routes_of_a_peer_that_restarts_stay_untouched_in_the_kernel)
{
	struct world *w = with_routes(&restarting);

	drop(w);
	cr_expect(kept(w));
	cr_expect_eq(world_count(w, "route_*") + world_count(w, "group_*") + world_count(w, "hop_*") + world_count(w, "neigh_*"), 0u);
	world_wait(w, 59000);
	cr_expect(kept(w));
	world_open(w, 1);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	world_eor(w, 1, AF_INET6);
	cr_expect_str_eq(world_route(w, "10.2.0.0/24"), "swp1", "until its End-of-RIB");
	cr_expect_str_eq(world_route(w, "2001:db8:1::/48"), "");
	world_eor(w, 1, AF_INET);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	cr_expect_str_eq(world_route(w, "10.2.0.0/24"), "", "not told again");
	cr_expect_eq(world_count(w, "route_set 10.*"), 0u, "what was told again was never touched");
	cr_expect_geq(world_count(w, "to swp1: EOR ipv4"), 1u, "and the peer is told everything");
	world_free(w);
}

Test(agent_stale, routes_go_when_the_peer_does_not_come_back_in_time)
{
	struct world *w = with_routes(&restarting);

	drop(w);
	world_wait(w, 59900);
	cr_expect(kept(w));
	world_wait(w, 200);
	cr_expect_eq(world_routes(w), 0u);
	cr_expect_eq(world_objects(w), 0u);
	world_free(w);
}

Test(agent_stale, routes_go_when_the_peer_came_back_but_never_says_that_it_is_done)
{
	struct world *w = with_routes(&restarting);

	drop(w);
	world_open(w, 1);
	for (int i = 0; i < 299; i++) {
		world_keepalive(w, 1);
		world_wait(w, 1000);
	}
	cr_expect(kept(w));
	world_keepalive(w, 1);
	world_wait(w, 2000);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_eq(world_routes(w), 0u);
	world_free(w);
}

static void by_notification(struct world *w, uint8_t code, uint8_t subcode)
{
	world_notify(w, 1, code, subcode);
	world_turn(w);
}

static void by_cease(struct world *w) { by_notification(w, NOTIFY_CEASE, CEASE_ADMIN_SHUTDOWN); }
static void by_hard_reset(struct world *w) { by_notification(w, NOTIFY_CEASE, CEASE_HARD_RESET); }

static void by_bad_message(struct world *w)
{
	world_input(w, 1, "GET / HTTP/1.1\r\n\r\n\r\n\r\n", 22);
	world_turn(w);
}

static void by_silence(struct world *w) { world_wait(w, 9500); }

static void by_reset(struct world *w)
{
	agent_reset(w->agent, "swp1", "bye", w->now);
	world_turn(w);
}

static void by_other_hold_time(struct world *w)
{
	world_clear(w);
	cr_expect_str_eq(world_reload(w, "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"timers\": {\"hold\": 30}}"), "swp1 restarts");
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/6"), 1u, "no Hard Reset: the peer is to keep our routes");
}

static void by_link(struct world *w)
{
	drop(w);
	world_carrier(w, 1, false);
}

static void by_other_mac(struct world *w)
{
	drop(w);
	world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:77");
}

static void by_other_address(struct world *w)
{
	drop(w);
	world_addr(w, ADDR_NEW, SWP(1), "fe80::7/64");
	world_addr(w, ADDR_DEL, SWP(1), "fe80::1/64");
}

static void by_restart_without_forwarding(struct world *w)
{
	drop(w);
	w->caps.gr_forwarding[0] = w->caps.gr_forwarding[1] = false;
	world_open(w, 1);
}

static void by_restart_without_restart(struct world *w)
{
	drop(w);
	w->caps.gr = false;
	world_open(w, 1);
}

static const struct { const char *what; void (*end)(struct world *w); bool with_n, without_n; } ends[] = {
	{ "close", drop, true, true },
	{ "NOTIFICATION", by_cease, true, false },
	{ "Hard Reset", by_hard_reset, false, false },
	{ "bad message", by_bad_message, true, false },
	{ "hold timer", by_silence, false, false },
	{ "our reset", by_reset, false, false },
	{ "our other hold time", by_other_hold_time, true, false },
	{ "link down meanwhile", by_link, false, false },
	{ "another MAC meanwhile", by_other_mac, false, false },
	{ "another address of ours meanwhile", by_other_address, false, false },
	{ "back without its forwarding state", by_restart_without_forwarding, false, false },
	{ "back without graceful restart", by_restart_without_restart, false, false },
};

Test(agent_stale, what_ended_the_session_decides_whether_routes_are_kept)
{
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		for (int n = 0; n < 2; n++) {
			struct bgp_caps caps = restarting;
			struct world *w;

			caps.gr_notification = n;
			w = with_routes(&caps);
			ends[i].end(w);
			cr_expect_eq(kept(w), n ? ends[i].with_n : ends[i].without_n, "%s, N bit %d", ends[i].what, n);
			if (!kept(w))
				cr_expect_eq(world_routes(w), 0u, "%s, N bit %d", ends[i].what, n);
			world_free(w);
		}
	}
}

Test(agent_stale, only_families_that_the_peer_listed_are_kept)
{
	struct bgp_caps caps = restarting;
	struct world *w;

	caps.gr_mp[1] = false;
	w = with_routes(&caps);
	drop(w);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	cr_expect_str_eq(world_route(w, "2001:db8:1::/48"), "");
	world_free(w);
}

Test(agent_stale, no_family_or_no_time_keeps_nothing)
{
	for (int k = 0; k < 2; k++) {
		struct bgp_caps caps = restarting;
		struct world *w;

		if (k)
			caps.gr_time = 0;
		else
			caps.gr_mp[0] = caps.gr_mp[1] = false;
		w = with_routes(&caps);
		drop(w);
		cr_expect_eq(world_routes(w), 0u);
		world_free(w);
	}
}

Test(agent_stale, a_second_restart_keeps_only_what_was_told_after_the_first)            /* RFC 4724 4.2 */
{
	struct bgp_caps caps = restarting;
	struct world *w;

	caps.gr_notification = false;
	w = with_routes(&caps);
	drop(w);
	world_open(w, 1);
	world_announce(w, 1, "10.2.0.0/24", NULL, 0);
	drop(w);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "");
	cr_expect_str_eq(world_route(w, "10.2.0.0/24"), "swp1");
	world_free(w);
}

/* As with a peer that crashes again while it still waits for others; FRR may do so when two connections collide. */
Test(agent_stale, with_the_n_bit_a_second_restart_keeps_all_for_its_restart_time)       /* RFC 8538 4.1 */
{
	struct world *w = with_routes(&restarting);

	drop(w);
	world_wait(w, 50000);
	world_open(w, 1);
	world_announce(w, 1, "10.2.0.0/24", NULL, 0);
	drop(w);
	cr_expect(kept(w));
	cr_expect_eq(world_count(w, "route_*") + world_count(w, "group_*") + world_count(w, "hop_*") + world_count(w, "neigh_*"), 0u);
	world_wait(w, 59900);
	cr_expect(kept(w));
	world_wait(w, 200);
	cr_expect_eq(world_routes(w), 0u);
	world_free(w);
}

Test(agent_stale, restarts_that_follow_each_other_for_ever_keep_nothing_longer_than_the_longest_restart_time)
{
	struct world *w = with_routes(&restarting);

	drop(w);
	for (int i = 0; i < 5; i++) {
		world_wait(w, 50000);
		world_open(w, 1);
		drop(w);
	}
	world_wait(w, 49900);
	cr_expect(kept(w));
	world_wait(w, 200);
	cr_expect_eq(world_routes(w), 0u, "300 s after the first of them, not 60 s after the last one");
	world_free(w);
}

Test(agent_stale, a_restart_that_was_over_is_not_counted_with_the_next_one)
{
	struct world *w = with_routes(&restarting);

	for (int i = 0; i < 7; i++) {
		drop(w);
		world_wait(w, 50000);
		world_open(w, 1);
		world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
		world_announce(w, 1, "2001:db8:1::/48", NULL, 0);
		world_eor(w, 1, AF_INET);
		world_eor(w, 1, AF_INET6);
	}
	drop(w);
	world_wait(w, 59900);
	cr_expect(kept(w));
	world_free(w);
}

Test(agent_stale, another_router_id_is_another_router)
{
	struct world *w = with_routes(&restarting);

	drop(w);
	w->other_id = true;
	world_open(w, 1);
	cr_expect_eq(world_routes(w), 0u);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	world_free(w);
}

Test(agent_stale, a_new_connection_of_a_peer_that_restarts_replaces_the_session)
{
	struct world *w = with_routes(&restarting);

	world_wait(w, 3000);
	world_clear(w);
	world_open(w, 1);
	world_eor(w, 1, AF_INET6);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION*"), 0u);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	cr_expect_str_eq(world_route(w, "2001:db8:1::/48"), "");
	world_free(w);
}

Test(agent_stale, refresh_of_the_peer_sweeps_what_was_not_told_again)
{
	struct world *w = with_routes(&restarting);

	world_refresh(w, 1, AF_INET, REFRESH_BEGIN);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	cr_expect(kept(w));
	world_refresh(w, 1, AF_INET, REFRESH_END);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	cr_expect_str_eq(world_route(w, "10.2.0.0/24"), "");
	cr_expect_str_eq(world_route(w, "2001:db8:1::/48"), "swp1");
	world_refresh(w, 1, AF_INET, REFRESH_END);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1", "an EoRR without BoRR is nothing");
	world_free(w);
}

Test(agent_stale, refresh_that_never_ends_is_ended)
{
	struct world *w = with_routes(&restarting);

	world_refresh(w, 1, AF_INET, REFRESH_BEGIN);
	for (int i = 0; i < 302; i++) {
		world_keepalive(w, 1);
		world_wait(w, 1000);
	}
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "");
	world_free(w);
}

Test(agent_stale, a_peer_that_goes_away_in_the_middle_of_its_refresh_keeps_all)
{
	struct world *w = with_routes(&restarting);

	world_refresh(w, 1, AF_INET, REFRESH_BEGIN);
	drop(w);
	cr_expect(kept(w));
	world_free(w);
}

Test(agent_stale, refresh_before_end_of_rib_is_ignored_from_a_peer_that_restarts)
{
	struct world *w = world_new(NULL);

	w->caps = restarting;
	world_peer(w, 1);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	world_refresh(w, 1, AF_INET, REFRESH_BEGIN);     /* RFC 7313 4 */
	world_refresh(w, 1, AF_INET, REFRESH_END);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	world_free(w);
}

Test(agent_stale, what_a_peer_asks_for_is_told_between_begin_and_end)
{
	struct world *w = with_routes(&restarting);
	int begin, end, told;

	world_refresh(w, 1, AF_INET, REFRESH_REQUEST);
	begin = world_at(w, "to swp1: BoRR ipv4");
	told = world_at(w, "to swp1: UPDATE +10.0.254.1/32*");
	end = world_at(w, "to swp1: EoRR ipv4");
	cr_expect(begin >= 0 && begin < told && told < end, "%d %d %d", begin, told, end);
	cr_expect_eq(world_count(w, "to swp1: *RR *"), 2u);
	world_free(w);
}

Test(agent_stale, two_requests_at_once_are_both_answered_with_everything)
{
	struct world *w = with_routes(&restarting);

	world_refresh_quietly(w, 1, AF_INET, REFRESH_REQUEST);
	world_refresh(w, 1, AF_INET6, REFRESH_REQUEST);
	world_wait(w, 10);
	cr_expect_eq(world_count(w, "to swp1: BoRR ipv4"), 1u);
	cr_expect_eq(world_count(w, "to swp1: EoRR ipv4"), 1u);
	cr_expect_eq(world_count(w, "to swp1: BoRR ipv6"), 1u);
	cr_expect_eq(world_count(w, "to swp1: EoRR ipv6"), 1u);
	world_free(w);
}

Test(agent_stale, old_refresh_is_answered_without_marks)
{
	struct bgp_caps caps = { 0 };
	struct world *w = with_routes(&caps);

	world_refresh(w, 1, AF_INET, REFRESH_REQUEST);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.0.254.1/32*"), 1u);
	cr_expect_eq(world_count(w, "to swp1: *RR *"), 0u);
	world_free(w);
}

Test(agent_stale, our_own_end_is_a_hard_reset_with_the_words_inside)
{
	struct world *w = with_routes(&restarting);

	agent_reset(w->agent, "swp1", "bye", w->now);
	world_turn(w);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/9"), 1u);
	world_free(w);
}
