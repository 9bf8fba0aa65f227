/* A peer that has not come back in its restart time: what RFC 9494 grants it, what ends that, who hears of its routes. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/show.h"
#include "world.h"

#define WITH(more) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", " more "}"
#define GRANTED WITH("\"graceful_restart\": {\"long_lived_seconds\": 1000}")
#define P "10.1.0.0/24"

/* 60 s of restart time, 600 s after it. */
static const struct bgp_caps restarting = {
	.gr = true, .gr_notification = true, .gr_time = 60, .gr_mp = { true, true }, .gr_forwarding = { true, true },
	.llgr = true, .llgr_time = { 600, 600 }, .llgr_forwarding = { true, true },
};

static const struct bgp_caps aware = { .gr = true, .llgr = true };

/* Peer 1 announces; 2 knows RFC 9494, 3 does not. */
static struct world *with_routes(const char *config, const struct bgp_caps *caps)
{
	struct world *w = world_new(config);

	w->caps = aware;
	world_peer(w, 2);
	w->caps = (struct bgp_caps){ 0 };
	world_peer(w, 3);
	w->caps = *caps;
	world_peer(w, 1);
	world_announce(w, 1, P " 10.2.0.0/24", NULL, 0);
	world_announce(w, 1, "2001:db8:1::/48", NULL, 0);
	world_eor(w, 1, AF_INET);
	world_eor(w, 1, AF_INET6);
	cr_assert_str_eq(world_route(w, P), "swp1");
	world_clear(w);
	return w;
}

static void drop(struct world *w)
{
	agent_tcp_closed(w->agent, w->conn[1], ECONNRESET, w->now);
	world_turn(w);
	cr_assert_neq(world_state(w, 1), BGP_ESTABLISHED);
}

/* Peers 2 and 3 live on meanwhile. */
static void wait_s(struct world *w, unsigned seconds)
{
	for (unsigned i = 0; i < seconds; i++) {
		world_keepalive(w, 2);
		world_keepalive(w, 3);
		if (world_state(w, 1) == BGP_ESTABLISHED)
			world_keepalive(w, 1);
		world_wait(w, 1000);
	}
}

static unsigned n_kept(const struct world *w)
{
	return !!*world_route(w, P) + !!*world_route(w, "10.2.0.0/24") + !!*world_route(w, "2001:db8:1::/48");
}

static const char *stale(const struct world *w, const char *path)
{
	return world_shows(show_neighbors(w->agent, "swp1", w->now), path);
}

Test(agent_llgr, routes_are_a_last_resort_after_the_restart_time_and_gone_after_the_long_one)
{
	struct world *w = with_routes(GRANTED, &restarting);

	drop(w);
	cr_expect_str_eq(stale(w, "0.stale.ipv4"), "{\"prefixes\":2,\"seconds_left\":60,\"why\":\"restarting\"}");
	wait_s(w, 59);
	cr_expect_eq(world_count(w, "to swp*: UPDATE*"), 0u);
	wait_s(w, 2);
	cr_expect_eq(n_kept(w), 3u);
	cr_expect_eq(world_count(w, "route_*"), 0u, "the kernel's routes are never touched");
	cr_expect_eq(world_count(w, "to swp2: UPDATE +" P " * path 65001 65101 via fe80::2 llgr_stale*"), 1u);
	cr_expect_eq(world_count(w, "to swp3: UPDATE -" P " *"), 1u, "RFC 9494 4.3: not for everybody");
	cr_expect_eq(world_count(w, "to swp3: UPDATE +*"), 0u);
	cr_expect_str_eq(stale(w, "0.stale.ipv4"), "{\"prefixes\":2,\"seconds_left\":599,\"why\":\"long_lived\"}");
	wait_s(w, 598);
	cr_expect_eq(n_kept(w), 3u);
	wait_s(w, 2);
	cr_expect_eq(n_kept(w), 0u);
	cr_expect_eq(world_objects(w), 0u);
	cr_expect_str_eq(stale(w, "0.stale"), "{}");
	world_free(w);
}

Test(agent_llgr, a_stopped_process_does_not_grant_the_time_anew_in_which_it_was_stopped)
{
	struct world *w = with_routes(GRANTED, &restarting);

	drop(w);
	w->now = mono_add_ms(w->now, 500000);
	world_turn(w);
	cr_expect_str_eq(stale(w, "0.stale.ipv4"), "{\"prefixes\":2,\"seconds_left\":160,\"why\":\"long_lived\"}");
	w->now = mono_add_ms(w->now, 200000);
	world_turn(w);
	cr_expect_eq(n_kept(w), 0u);
	world_free(w);
}

Test(agent_llgr, any_other_path_takes_over_when_the_restart_time_ends)
{
	struct world *w = with_routes(GRANTED, &restarting);

	world_announce(w, 2, P, (const uint32_t[]){ 7, 8, 9 }, 3);
	drop(w);
	wait_s(w, 59);
	cr_expect_str_eq(world_route(w, P), "swp1");
	wait_s(w, 2);
	cr_expect_str_eq(world_route(w, P), "swp2");
	cr_expect_str_eq(world_route(w, "10.2.0.0/24"), "swp1");
	cr_expect_str_eq(world_shows(show_routes(w->agent, &(struct prefix){ .family = AF_INET, .len = 24, .addr = { 10, 1 } }), "0.paths.1.reason"),
			 "\"long-lived stale, a fresh path exists\"");
	cr_expect_str_eq(world_shows(show_routes(w->agent, &(struct prefix){ .family = AF_INET, .len = 24, .addr = { 10, 1 } }), "0.paths.1.stale"),
			 "true");
	world_free(w);
}

Test(agent_llgr, a_peer_that_comes_back_late_is_as_before_after_its_end_of_rib)
{
	struct world *w = with_routes(GRANTED, &restarting);

	drop(w);
	wait_s(w, 300);
	world_clear(w);
	world_open(w, 1);
	cr_expect_eq(n_kept(w), 3u);
	world_announce(w, 1, P, NULL, 0);
	cr_expect_eq(world_count(w, "to swp3: UPDATE +" P " path 65001 65101 via fe80::3"), 1u);
	cr_expect_eq(n_kept(w), 3u, "the others until End-of-RIB");
	world_eor(w, 1, AF_INET);
	world_eor(w, 1, AF_INET6);
	cr_expect_eq(n_kept(w), 1u);
	cr_expect_eq(world_count(w, "route_set " P), 0u, "what was told again was never touched");
	world_free(w);
}

/* How long a route is kept in seconds, for the peer's capabilities and our configuration. */
static const struct { const char *what, *config; struct bgp_caps caps; unsigned ipv4, ipv6; } times[] = {
	{ "not granted", NULL, restarting, 60, 60 },
	{ "our bound", WITH("\"graceful_restart\": {\"long_lived_seconds\": 10}"), restarting, 70, 70 },
	{ "one family granted", WITH("\"graceful_restart\": {\"long_lived_seconds\": {\"ipv6\": 10}}"), restarting, 60, 70 },
	{ "no long time of the peer", GRANTED, { .gr = true, .gr_time = 60, .gr_mp = { true, true } }, 60, 60 },
	{ "one family has a long time", GRANTED, { .gr = true, .gr_time = 60, .gr_mp = { true, true }, .llgr = true, .llgr_time = { 20 } }, 80, 60 },
	{ "no restart time", GRANTED, { .gr = true, .gr_mp = { true, true }, .llgr = true, .llgr_time = { 20, 30 } }, 20, 30 },
	{ "no family restarts", GRANTED, { .gr = true, .gr_time = 60, .llgr = true, .llgr_time = { 20, 30 } }, 20, 30 },
	{ "neither time", GRANTED, { .gr = true, .gr_mp = { true, true }, .llgr = true }, 0, 0 },
	{ "long-lived alone", GRANTED, { .llgr = true, .llgr_time = { 20, 20 } }, 0, 0 },        /* RFC 9494 4.5 */
};

Test(agent_llgr, times_of_both_capabilities_add_up_and_are_bounded)
{
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		struct world *w = with_routes(times[i].config, &times[i].caps);

		drop(w);
		for (unsigned s = 0; s < 90; s++) {
			cr_expect_eq(*world_route(w, P) != 0, s < times[i].ipv4, "%s: IPv4 after %u s", times[i].what, s);
			cr_expect_eq(*world_route(w, "2001:db8:1::/48") != 0, s < times[i].ipv6, "%s: IPv6 after %u s", times[i].what, s);
			wait_s(w, 1);
		}
		world_free(w);
	}
}

static void by_link(struct world *w) { world_carrier(w, 1, false); }

static void by_reset(struct world *w)
{
	agent_reset(w->agent, "swp1", NULL, w->now);
	world_turn(w);
}

static void by_other_mac(struct world *w) { world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:77"); }

static void back(struct world *w, struct bgp_caps caps)
{
	w->caps = caps;
	world_open(w, 1);
}

static void by_return(struct world *w) { back(w, restarting); }

static void by_return_without_long(struct world *w)
{
	struct bgp_caps caps = restarting;

	caps.llgr = false;
	back(w, caps);
}

static void by_return_without_graceful(struct world *w)
{
	struct bgp_caps caps = restarting;

	caps.gr = false;
	back(w, caps);
}

static void by_return_without_forwarding(struct world *w)
{
	struct bgp_caps caps = restarting;

	caps.llgr_forwarding[0] = caps.llgr_forwarding[1] = false;
	back(w, caps);
}

static void by_return_without_old_forwarding(struct world *w)
{
	struct bgp_caps caps = restarting;

	caps.gr_forwarding[0] = caps.gr_forwarding[1] = false;
	back(w, caps);
}

static void by_return_with_one_family(struct world *w)
{
	struct bgp_caps caps = restarting;

	caps.llgr_time[1] = 0;
	caps.llgr_forwarding[1] = false;
	back(w, caps);
}

static const struct { const char *what; void (*end)(struct world *w); unsigned kept; } ends[] = {
	{ "carrier lost", by_link, 0 },
	{ "operator's reset", by_reset, 0 },
	{ "another MAC", by_other_mac, 0 },
	{ "back", by_return, 3 },
	{ "back without long-lived", by_return_without_long, 0 },
	{ "back without graceful restart", by_return_without_graceful, 0 },
	{ "back without its forwarding state", by_return_without_forwarding, 0 },
	{ "the F bit that counts is the one of RFC 9494", by_return_without_old_forwarding, 3 },
	{ "back with IPv4 only", by_return_with_one_family, 2 },
};

Test(agent_llgr, what_ends_it)
{
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct world *w = with_routes(GRANTED, &restarting);

		drop(w);
		wait_s(w, 100);
		cr_assert_eq(n_kept(w), 3u);
		ends[i].end(w);
		cr_expect_eq(n_kept(w), ends[i].kept, "%s", ends[i].what);
		world_free(w);
	}
}

Test(agent_llgr, consecutive_restarts_keep_what_is_stale_until_the_first_timer_ends)
{
	struct world *w = with_routes(GRANTED, &restarting);

	drop(w);
	wait_s(w, 160);                          /* 500 s are left */
	world_open(w, 1);
	world_announce(w, 1, "10.2.0.0/24", NULL, 0);
	wait_s(w, 100);                          /* no End-of-RIB: not synchronized, so RFC 9494 4.2: the timer is not updated */
	drop(w);
	cr_expect_eq(n_kept(w), 3u, "RFC 9494 4.2: not deleted before the timer expires");
	wait_s(w, 398);
	cr_expect_eq(n_kept(w), 3u);
	wait_s(w, 4);
	cr_expect_eq(n_kept(w), 0u);
	world_free(w);
}

Test(agent_llgr, after_an_end_of_rib_the_time_is_whole_again)
{
	struct world *w = with_routes(WITH("\"graceful_restart\": {\"long_lived_seconds\": 100}"), &restarting);

	drop(w);
	wait_s(w, 120);
	world_open(w, 1);
	world_announce(w, 1, P, NULL, 0);
	world_eor(w, 1, AF_INET);
	world_eor(w, 1, AF_INET6);
	drop(w);
	wait_s(w, 159);
	cr_expect_eq(n_kept(w), 1u);
	wait_s(w, 2);
	cr_expect_eq(n_kept(w), 0u);
	world_free(w);
}

Test(agent_llgr, routes_that_must_not_be_kept_go_with_the_restart_time)
{
	struct world *w = with_routes(GRANTED, &restarting);
	struct attrs attrs = { .communities = { (const uint8_t[]){ 0xff, 0xff, 0, 7 }, 4 } };

	world_announce_as(w, 1, P, attrs);
	drop(w);
	wait_s(w, 59);
	cr_expect_eq(n_kept(w), 3u);
	wait_s(w, 2);
	cr_expect_str_eq(world_route(w, P), "");
	cr_expect_eq(n_kept(w), 2u);
	world_free(w);
}

Test(agent_llgr, capability_is_offered_when_it_is_configured)
{
	for (int granted = 0; granted < 2; granted++) {
		struct world *w = with_routes(granted ? GRANTED : NULL, &restarting);
		const char *sent = stale(w, "0.capabilities.sent");

		cr_expect_eq(strstr(sent, "\"long-lived-graceful-restart\"") != NULL, granted, "%s", sent);
		world_free(w);
	}
}

Test(agent_llgr, a_peer_that_learns_of_it_in_its_next_session_is_told_then)
{
	struct world *w = with_routes(GRANTED, &restarting);

	drop(w);
	wait_s(w, 62);
	world_notify(w, 3, NOTIFY_CEASE, CEASE_ADMIN_RESET);
	world_turn(w);
	world_wait(w, 500);
	world_clear(w);
	w->caps = aware;
	world_open(w, 3);
	cr_expect_eq(world_count(w, "to swp3: UPDATE +*" P "*llgr_stale*"), 1u);
	world_free(w);
}
