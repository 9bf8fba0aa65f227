/* `start_hold`: a node that starts announces nothing before its table is whole, but learns and installs at once. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "agent/agent_drain.h"
#include "agent/agent_hold.h"
#include "agent/base/own.h"
#include "agent/show.h"
#include "left.h"
#include "world_kernel.h"

#define P "10.1.0.0/24"
#define Q "10.2.0.0/24"
#define WITH(more) "{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"timers\": {\"hold\": 90, \"keepalive\": 30}" more "}"
#define HOLD WITH(", \"start_hold\": 60")

/* Links swp1 to swpN are there, with nobody heard on them, and the node starts. Peers will say End-of-RIB. */
static struct world *starts(const char *config, unsigned n)
{
	struct world *w = world_new_bare(config, true);
	struct link_info lo = { .ifindex = LO, .name = "lo", .type = 772, .up = true, .running = true, .loopback = true };

	world_link(w, &lo);
	world_addr(w, ADDR_NEW, LO, OUR_ID "/32");
	for (unsigned i = 1; i <= n; i++)
		world_swp_up(w, i);
	w->caps = (struct bgp_caps){ .gr = true, .gr_notification = true };
	world_clear(w);
	agent_start(w->agent, w->now);
	world_turn(w);
	return w;
}

static void is_done(struct world *w, unsigned n)
{
	peer_is_done(w, n);
	world_wait(w, 1);                        /* the kernel has answered */
}

static bool holds(const struct world *w)
{
	struct agent_hold_view v;

	return agent_hold(w->agent, &v);
}

static size_t said(const struct world *w)
{
	return world_count(w, "to *: UPDATE*") + world_count(w, "to *: EOR*");
}

static const char *waits_for(const struct world *w)
{
	return world_shows(show_summary(w->agent, w->now), "start_hold.waits_for");
}

Test(agent_hold, nothing_is_announced_before_every_peer_has_told_everything_but_all_is_installed)
{
	struct world *w = starts(HOLD, 2);

	peer_comes(w, 1);
	world_announce(w, 1, P, NULL, 0);
	is_done(w, 1);
	cr_expect_str_eq(world_route(w, P), "swp1", "installed at once");
	cr_expect_str_eq(waits_for(w), "[\"swp2\"]", "nobody was heard there yet");
	peer_comes(w, 2);
	world_announce(w, 2, P " " Q, NULL, 0);
	cr_expect_str_eq(world_route(w, P), "swp1 swp2");
	world_wait(w, 30000);
	cr_expect(holds(w));
	cr_expect_eq(said(w), 0u);
	is_done(w, 2);
	cr_expect_not(holds(w));
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "start_hold"), "null");
	for (unsigned n = 1; n <= 2; n++) {
		char own[64], eor[64];

		snprintf(own, sizeof(own), "to swp%u: UPDATE *10.0.254.1/32*", n);
		snprintf(eor, sizeof(eor), "to swp%u: EOR ipv4", n);
		cr_expect_eq(world_count(w, own), 1u);
		cr_expect_eq(world_count(w, eor), 1u);
		cr_expect_gt(world_at(w, eor), world_at(w, own));
	}
	cr_expect_eq(world_count(w, "to swp1: UPDATE *" Q "*"), 1u);
	world_free(w);
}

Test(agent_hold, without_the_key_what_is_known_is_announced_at_once)
{
	struct world *w = starts(WITH(""), 2);

	peer_comes(w, 1);
	cr_expect_not(holds(w));
	cr_expect_not(peer_sent(w, 1).gr_restarted);
	cr_expect_eq(world_count(w, "to swp1: UPDATE *10.0.254.1/32*"), 1u);
	world_free(w);
}

Test(agent_hold, its_time_ends_it_and_says_who_was_missing)
{
	struct world *w = starts(WITH(", \"start_hold\": 15"), 3);
	struct agent_hold_view v;

	peer_comes(w, 1);
	peer_comes(w, 2);
	is_done(w, 2);
	world_wait(w, 12000);
	cr_expect_str_eq(waits_for(w), "[\"swp1\"]", "swp3 is dark: ten seconds were enough");
	cr_expect(agent_hold(w->agent, &v));
	cr_expect_eq(mono_diff_ms(v.until, v.since), 15000);
	world_wait(w, 2900);
	cr_expect_eq(said(w), 0u);
	world_wait(w, 200);
	cr_expect_not(holds(w));
	cr_expect_eq(world_count(w, "to swp*: EOR ipv4"), 2u);
	world_free(w);
}

Test(agent_hold, dark_links_ports_without_carrier_and_no_link_at_all_are_waited_for_in_the_first_ten_seconds)
{
	for (unsigned links = 0; links <= 1; links++) {
		for (unsigned down = 0; down <= links; down++) {
			struct world *w = starts(HOLD, links);

			if (down)
				world_carrier(w, 1, false);
			world_wait(w, 9900);
			cr_expect_str_eq(waits_for(w), links ? "[\"swp1\"]" : "[\"any link\"]");
			world_wait(w, 200);
			cr_expect_not(holds(w), "%u links, %u down", links, down);
			world_free(w);
		}
	}
}

Test(agent_hold, the_r_bit_is_said_without_f_while_it_lasts_and_not_later)
{
	static const struct { const char *config; bool families; } rows[] = {
		{ HOLD, false }, { WITH(", \"start_hold\": 60, \"graceful_restart\": {\"restart_seconds\": 30}"), true },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world *w = starts(rows[i].config, 1);
		struct bgp_caps caps;

		peer_comes(w, 1);
		caps = peer_sent(w, 1);
		cr_expect(caps.gr && caps.gr_restarted && caps.gr_mp[0] == rows[i].families && !caps.gr_forwarding[0] && !caps.gr_forwarding[1]);
		is_done(w, 1);
		cr_expect_not(holds(w));
		agent_tcp_closed(w->agent, w->conn[1], ECONNRESET, w->now);
		world_turn(w);
		world_open(w, 1);
		cr_expect_not(peer_sent(w, 1).gr_restarted);
		cr_expect_geq(world_count(w, "to swp1: UPDATE *10.0.254.1/32*"), 2u, "a later session holds nothing up");
		world_free(w);
	}
}

/* RFC 4724 4.1 */
Test(agent_hold, a_peer_that_restarts_or_holds_too_is_not_waited_for)
{
	static const struct { const char *what; struct bgp_caps caps; int64_t ms; bool eor_needed; } rows[] = {
		{ "it restarts gracefully, or holds and would", { .gr = true, .gr_restarted = true, .gr_time = 60, .gr_mp = { true, true } }, 1, false },
		{ "it holds, without peer_graceful restart", { .gr = true, .gr_restarted = true }, 5000, false },
		{ "it knows no peer_graceful restart", { .gr = false }, 5000, false },
		{ "it only helps", { .gr = true }, 0, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world *w = starts(HOLD, 1);

		w->caps = rows[i].caps;
		peer_comes(w, 1);
		if (rows[i].ms > 1) {
			world_wait(w, rows[i].ms - 100);
			cr_expect(holds(w), "%s", rows[i].what);
		}
		world_wait(w, rows[i].eor_needed ? 40000 : 200);
		cr_expect_eq(holds(w), rows[i].eor_needed, "%s", rows[i].what);
		is_done(w, 1);
		cr_expect_not(holds(w), "%s", rows[i].what);
		world_free(w);
	}
}

Test(agent_hold, somebody_who_was_heard_is_waited_for_and_so_is_one_whose_session_flaps)
{
	struct world *w = starts(HOLD, 2);

	peer_comes(w, 1);
	is_done(w, 1);
	world_ra(w, 2, "fe80::ff:2", "02:00:00:00:ff:02");
	world_wait(w, 12000);
	cr_expect_str_eq(waits_for(w), "[\"swp2\"]", "heard, and no session yet");
	world_open(w, 2);
	world_notify(w, 2, NOTIFY_CEASE, CEASE_ADMIN_RESET);
	world_turn(w);
	cr_expect(holds(w));
	world_wait(w, 20000);
	cr_assert(world_try(w, 2));
	cr_expect(holds(w));
	is_done(w, 2);
	cr_expect_not(holds(w));
	cr_expect_eq(world_count(w, "to swp2: UPDATE *10.0.254.1/32*"), 1u);
	world_free(w);
}

Test(agent_hold, a_link_that_is_lost_later_on_holds_nothing_up)
{
	struct world *w = starts(HOLD, 2);

	peer_comes(w, 1);
	is_done(w, 1);
	peer_comes(w, 2);
	world_wait(w, 11000);
	cr_expect(holds(w));
	world_carrier(w, 2, false);
	world_wait(w, 100);
	cr_expect_not(holds(w));
	world_free(w);
}

Test(agent_hold, the_kernel_has_to_have_it_all)
{
	struct world *w = starts(HOLD, 1);

	peer_comes(w, 1);
	w->kernel_busy = true;
	world_announce(w, 1, P, NULL, 0);
	is_done(w, 1);
	world_wait(w, 200);
	cr_expect_str_eq(waits_for(w), "[\"the kernel\"]", "it has not answered");
	w->kernel_busy = false;
	w->fib_error = -ENOMEM;
	world_wait(w, 200);
	cr_expect_str_eq(waits_for(w), "[\"the kernel\"]");
	cr_expect_eq(said(w), 0u);
	w->fib_error = 0;
	world_wait(w, 5000);
	cr_expect_not(holds(w));
	world_free(w);
}

Test(agent_hold, numbered_peers_are_waited_for)
{
	struct world *w = starts(WITH(", \"start_hold\": 60, \"neighbors\": [{\"address\": \"203.0.113.2\", \"remote_asn\": 65002}]"), 1);

	world_addr(w, ADDR_NEW, SWP(1), "203.0.113.1/24");
	world_wait(w, 30000);
	cr_expect_str_eq(waits_for(w), "[\"203.0.113.2\"]");
	world_wait(w, 31000);
	cr_expect_not(holds(w));
	world_free(w);
}

Test(agent_hold, a_refresh_that_is_asked_for_meanwhile_is_answered_afterwards)
{
	struct world *w = starts(HOLD, 2);

	w->caps.enhanced_refresh = true;
	peer_comes(w, 1);
	is_done(w, 1);
	world_refresh(w, 1, AF_INET, REFRESH_REQUEST);
	cr_expect_eq(said(w) + world_count(w, "to swp1: BoRR*"), 0u);
	peer_comes(w, 2);
	is_done(w, 2);
	world_wait(w, 10);
	cr_expect_eq(world_count(w, "to swp1: UPDATE *10.0.254.1/32*"), 2u);
	cr_expect_gt(world_at(w, "to swp1: BoRR ipv4"), world_at(w, "to swp1: EOR ipv4"));
	cr_expect_gt(world_at(w, "to swp1: EoRR ipv4"), world_at(w, "to swp1: BoRR ipv4"));
	world_free(w);
}

Test(agent_hold, a_drained_node_holds_too_and_is_drained_afterwards)
{
	struct world *w = world_new_bare(HOLD, true);
	struct link_info lo = { .ifindex = LO, .name = "lo", .type = 772, .up = true, .running = true, .loopback = true };

	world_link(w, &lo);
	world_addr(w, ADDR_NEW, LO, OUR_ID "/32");
	world_swp_up(w, 1);
	w->caps = peer_graceful;
	agent_drain_restore(w->agent, DRAIN_NODE, w->now);
	agent_start(w->agent, w->now);
	peer_comes(w, 1);
	cr_expect_eq(said(w), 0u);
	is_done(w, 1);
	cr_expect_not(holds(w));
	cr_expect_eq(world_count(w, "to swp1: UPDATE *10.0.254.1/32* graceful_shutdown"), 1u);
	world_free(w);
}

Test(agent_hold, another_value_counts_while_it_lasts_and_starts_nothing_later)
{
	struct world *w = starts(HOLD, 1);

	peer_comes(w, 1);
	world_wait(w, 12000);
	world_reload(w, WITH(", \"start_hold\": 20"));
	cr_expect(holds(w));
	cr_expect(peer_sent(w, 1).gr_restarted);
	world_wait(w, 8100);
	cr_expect_not(holds(w));
	world_clear(w);
	world_reload(w, HOLD);
	cr_expect_not(holds(w));
	world_announce(w, 1, P, NULL, 0);
	world_swp_up(w, 2);
	peer_comes(w, 2);
	cr_expect_geq(world_count(w, "to swp2: UPDATE *" P "*"), 1u);
	cr_expect_not(peer_sent(w, 2).gr_restarted);
	world_free(w);
}
