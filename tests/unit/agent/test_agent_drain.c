/* Drained: what the peers hear, what is chosen here, when all traffic is gone, and when it all comes back. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "agent/agent_drain.h"
#include "agent/base/community.h"
#include "agent/base/own.h"
#include "agent/show.h"
#include "world.h"

#define P "10.1.0.0/24"
#define Q "10.2.0.0/24"
#define GSHUT "graceful_shutdown"
#define WITH(more) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", " more "}"

#define PATIENT WITH("\"timers\": {\"hold\": 90, \"keepalive\": 30}")     /* who says nothing for a while lives on */

static struct world *three(const char *config)
{
	struct world *w = world_new(config);

	for (unsigned n = 1; n <= 3; n++)
		world_peer(w, n);
	return w;
}

static void told(struct world *w, unsigned n)            /* End-of-RIB of both families */
{
	world_eor(w, n, AF_INET);
	world_eor(w, n, AF_INET6);
}

static void drain(struct world *w, const char *name)
{
	world_clear(w);
	cr_assert_eq(agent_drain(w->agent, name, w->now), 0);
	world_turn(w);
}

static void undrain(struct world *w, const char *name)
{
	world_clear(w);
	cr_assert_eq(agent_undrain(w->agent, name, w->now), 0);
	world_turn(w);
}

static bool is_drained(const struct world *w, const char *name)
{
	struct agent_drain_view v;

	cr_assert(agent_drain_view(w->agent, name, &v, w->now));
	return v.on;
}

static const char *waits_for(const struct world *w, const char *name)
{
	return world_shows(show_drain(w->agent, name, w->now), "waits_for");
}

Test(agent_drain, node_tells_everybody_everything_again_with_graceful_shutdown)
{
	struct world *w = three(NULL);

	world_announce(w, 1, P, NULL, 0);
	drain(w, DRAIN_NODE);
	for (unsigned n = 1; n <= 3; n++) {
		char own[96];

		snprintf(own, sizeof(own), "to swp%u: UPDATE +10.0.254.1/32 path 65001 via fe80::%u " GSHUT, n, n);
		cr_expect_eq(world_count(w, own), 1u, "%s", own);
	}
	cr_expect_eq(world_count(w, "to swp2: UPDATE +" P " path 65001 65101 via fe80::2 " GSHUT), 1u);
	cr_expect_eq(world_count(w, "to swp1: *" P "*"), 0u, "nobody is told its own");
	cr_expect_str_eq(world_route(w, P), "swp1");
	world_clear(w);
	world_announce(w, 2, Q, NULL, 0);
	cr_expect_eq(world_count(w, "to swp3: UPDATE +" Q " path 65001 65102 via fe80::3 " GSHUT), 1u, "and what comes later too");
	world_free(w);
}

Test(agent_drain, node_prefers_as_before)
{
	struct world *w = three(WITH("\"policy\": {\"high\": [{\"set\": {\"local_pref\": 200}, \"action\": \"accept\"}]}, "
				     "\"links\": {\"swp1\": {\"import\": \"high\"}, \"swp*\": {}}"));

	world_announce(w, 1, P, (const uint32_t[]){ 9 }, 1);
	world_announce(w, 2, P, NULL, 0);
	cr_assert_str_eq(world_route(w, P), "swp1");
	drain(w, DRAIN_NODE);
	cr_expect_str_eq(world_route(w, P), "swp1");
	world_free(w);
}

Test(agent_drain, a_session_that_begins_later_is_told_so_from_the_first_update)
{
	struct world *w = three(NULL);

	drain(w, DRAIN_NODE);
	drain(w, "swp3");
	world_clear(w);
	world_peer(w, 4);
	cr_expect_eq(world_count(w, "to swp4: UPDATE +10.0.254.1/32 path 65001 via fe80::4 " GSHUT), 1u);
	world_carrier(w, 3, false);
	world_wait(w, 1);
	world_carrier(w, 3, true);
	world_clear(w);
	world_peer(w, 3);
	cr_expect_eq(world_count(w, "to swp3: UPDATE +10.0.254.1/32 path 65001 via fe80::3 " GSHUT), 1u);
	world_announce(w, 3, P, NULL, 0);
	world_announce(w, 4, P, (const uint32_t[]){ 7, 8 }, 2);
	cr_expect_str_eq(world_route(w, P), "swp4", "what is heard there is the last choice as before");
	world_free(w);
}

Test(agent_drain, no_policy_takes_the_community_away_and_none_is_told_twice)
{
	struct world *w = three(WITH("\"policy\": {\"bare\": [{\"set\": {\"communities\": []}, \"action\": \"accept\"}]}, "
				     "\"links\": {\"swp2\": {\"export\": \"bare\"}, \"swp*\": {}}"));
	static const uint8_t gshut[] = { 0xff, 0xff, 0, 0 };

	world_announce_as(w, 1, P, (struct attrs){ .communities = { gshut, sizeof(gshut) } });
	cr_expect_eq(world_count(w, "to swp2: UPDATE +" P " path 65001 65101 via fe80::2"), 1u);
	cr_expect_eq(world_count(w, "to swp3: UPDATE +" P " path 65001 65101 via fe80::3 " GSHUT), 1u);
	drain(w, DRAIN_NODE);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +" P " path 65001 65101 via fe80::2 " GSHUT), 1u);
	cr_expect_eq(world_count(w, "to swp3: UPDATE +" P " path 65001 65101 via fe80::3 " GSHUT), 1u);
	world_free(w);
}

Test(agent_drain, link_is_the_last_choice_here_and_its_peer_alone_is_told)
{
	struct world *w = three(NULL);

	world_announce(w, 1, P " " Q, NULL, 0);
	world_announce(w, 2, P, (const uint32_t[]){ 7, 8, 9 }, 3);
	cr_assert_str_eq(world_route(w, P), "swp1");
	drain(w, "swp1");
	cr_expect_str_eq(world_route(w, P), "swp2", "however long the way");
	cr_expect_str_eq(world_route(w, Q), "swp1", "but where there is no other it stays");
	cr_expect_str_eq(world_shows(show_routes(w->agent, NULL), "1.paths.1.reason"), "\"its link is drained\"");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.0.254.1/32 path 65001 via fe80::1 " GSHUT), 1u);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +" P " path 65001 65102 7 8 9 via fe80::1 " GSHUT), 1u);
	cr_expect_eq(world_count(w, "to swp[23]: *10.0.254.1/32*"), 0u, "the others are told nothing again but what is of it:");
	cr_expect_eq(world_count(w, "to swp3: UPDATE +" P " path 65001 65102 7 8 9 via fe80::3"), 1u);
	cr_expect_eq(world_count(w, "to swp[23]: UPDATE +" Q " path 65001 65101 via fe80::[23] " GSHUT), 2u);
	cr_expect_eq(world_count(w, "to swp[23]: *" GSHUT "*"), 2u);
	for (unsigned n = 1; n <= 3; n++)
		told(w, n);
	undrain(w, "swp1");
	world_turn(w);
	cr_expect_str_eq(world_route(w, P), "swp1");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.0.254.1/32 path 65001 via fe80::1"), 1u);
	cr_expect_eq(world_count(w, "to swp[23]: UPDATE +" Q " path 65001 65101 via fe80::[23]"), 2u);
	world_free(w);
}

/* No node may have an order of its own that its neighbours cannot know (agent/rib/decide.c): they would wait for each other in a circle. */
Test(agent_drain, what_others_ask_to_leave_is_not_preferred_to_a_shorter_way_over_a_drained_link)
{
	static const uint8_t gshut[] = { 0xff, 0xff, 0, 0 };
	struct world *w = three(NULL);

	world_announce(w, 1, P, NULL, 0);
	world_announce_as(w, 2, P, (struct attrs){ .communities = { gshut, sizeof(gshut) } });
	cr_assert_str_eq(world_route(w, P), "swp1");
	drain(w, "swp1");
	cr_expect_str_eq(world_route(w, P), "swp1 swp2");
	drain(w, "swp2");
	cr_expect_str_eq(world_route(w, P), "swp1 swp2");
	world_free(w);
}

Test(agent_drain, node_comes_back_when_every_peer_has_told_everything)
{
	struct world *w = world_new(PATIENT);

	w->caps = (struct bgp_caps){ .gr = true, .gr_time = 60 };
	world_peer(w, 1);
	world_peer(w, 2);
	told(w, 1);
	drain(w, DRAIN_NODE);
	undrain(w, DRAIN_NODE);
	world_wait(w, 20000);
	cr_expect(is_drained(w, DRAIN_NODE));
	cr_expect_str_eq(waits_for(w, DRAIN_NODE), "\"swp2\"");
	cr_expect_eq(world_count(w, "to swp?: UPDATE *"), 0u);
	told(w, 2);
	world_wait(w, 100);
	cr_expect_not(is_drained(w, DRAIN_NODE));
	cr_expect_eq(world_count(w, "to swp?: UPDATE +10.0.254.1/32 path 65001 via fe80::?"), 2u);
	cr_expect_str_eq(world_shows(show_drain(w->agent, DRAIN_NODE, w->now), "missed"), "null");
	world_free(w);
}

Test(agent_drain, node_comes_back_after_a_while_in_any_case)
{
	struct world *w = world_new(PATIENT);

	w->caps = (struct bgp_caps){ .gr = true, .gr_time = 60 };
	world_peer(w, 1);
	drain(w, DRAIN_NODE);
	undrain(w, DRAIN_NODE);
	world_wait(w, UNDRAIN_MAX_S * 1000 - 100);
	cr_expect(is_drained(w, DRAIN_NODE));
	world_wait(w, 200);
	cr_expect_not(is_drained(w, DRAIN_NODE));
	cr_expect_str_eq(world_shows(show_drain(w->agent, DRAIN_NODE, w->now), "missed"), "\"swp1\"");
	world_free(w);
}

Test(agent_drain, a_peer_that_need_not_say_that_it_is_done_is_given_some_seconds)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	drain(w, DRAIN_NODE);
	undrain(w, DRAIN_NODE);
	world_wait(w, 4000);
	cr_expect(is_drained(w, DRAIN_NODE));
	world_wait(w, 1100);
	cr_expect_not(is_drained(w, DRAIN_NODE));
	world_free(w);
}

Test(agent_drain, nobody_is_drawn_to_routes_that_the_kernel_has_not)
{
	struct world *w = world_new(PATIENT);

	world_peer(w, 1);
	told(w, 1);
	world_wait(w, 11000);                    /* links are waited for in the first ten seconds */
	drain(w, DRAIN_NODE);
	w->fib_error = -ENOMEM;
	world_announce(w, 1, P, NULL, 0);
	undrain(w, DRAIN_NODE);
	world_wait(w, 200);
	cr_expect_str_eq(waits_for(w, DRAIN_NODE), "\"the kernel\"");
	w->fib_error = 0;
	world_wait(w, 5000);
	cr_expect_not(is_drained(w, DRAIN_NODE));
	cr_expect_str_eq(world_route(w, P), "swp1");
	world_free(w);
}

Test(agent_drain, after_a_start_links_whose_peers_are_not_known_yet_are_waited_for)
{
	struct world *w = world_new_bare(PATIENT, true);
	struct link_info lo = { .ifindex = LO, .name = "lo", .up = true, .running = true, .loopback = true };

	cr_assert_eq(agent_drain_restore(w->agent, DRAIN_NODE, w->now), 0);
	agent_start(w->agent, w->now);
	world_link(w, &lo);
	world_addr(w, ADDR_NEW, LO, OUR_ID "/32");
	world_swp_up(w, 1);
	undrain(w, DRAIN_NODE);
	world_wait(w, 5000);
	cr_expect_str_eq(waits_for(w, DRAIN_NODE), "\"swp1\"");
	world_peer(w, 1);
	cr_expect_eq(world_count(w, "to swp1: UPDATE * " GSHUT), 1u);
	told(w, 1);
	world_wait(w, 100);
	cr_expect_not(is_drained(w, DRAIN_NODE));
	world_swp_up(w, 2);
	world_wait(w, 10000);
	drain(w, DRAIN_NODE);
	undrain(w, DRAIN_NODE);
	cr_expect_not(is_drained(w, DRAIN_NODE), "a link on which nobody ever was is not waited for later");
	world_free(w);
}

Test(agent_drain, what_was_drained_before_a_restart_is_known_by_name_and_changes_are_counted)
{
	struct world *w = world_new_bare(NULL, true);
	unsigned changes = agent_drain_changes(w->agent);

	cr_assert_eq(agent_drain_restore(w->agent, "swp1", w->now), 0);
	cr_assert_eq(agent_drain_restore(w->agent, "swp1", w->now), 0);
	cr_expect_eq(agent_drain_changes(w->agent), changes + 1);
	cr_expect_str_eq(agent_drain_name(w->agent, 0), "swp1");
	cr_expect_null(agent_drain_name(w->agent, 1));
	agent_start(w->agent, w->now);
	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, P, NULL, 0);
	world_announce(w, 2, P, NULL, 0);
	cr_expect_str_eq(world_route(w, P), "swp2");
	told(w, 1);
	undrain(w, "swp1");
	world_wait(w, 100);
	cr_expect_str_eq(world_route(w, P), "swp1 swp2");
	cr_expect_eq(agent_drain_changes(w->agent), changes + 2);
	cr_expect_null(agent_drain_name(w->agent, 0));
	world_free(w);
}

Test(agent_drain, what_is_no_link_is_refused_and_asking_twice_does_nothing)
{
	struct world *w = three(NULL);

	cr_expect_eq(agent_drain(w->agent, "lo", w->now), -ENOENT);
	cr_expect_eq(agent_drain(w->agent, "swp9", w->now), -ENOENT);
	cr_expect_eq(agent_undrain(w->agent, "swp9", w->now), -ENOENT);
	cr_expect_eq(agent_drain_restore(w->agent, "a-name-that-is-longer-than-the-longest-address-is-in-letters", w->now), -ENOENT);
	drain(w, "swp1");
	drain(w, "swp1");
	cr_expect_eq(world_count(w, "to swp*"), 0u);
	undrain(w, "swp2");
	cr_expect(is_drained(w, "swp1"));
	undrain(w, "swp1");
	drain(w, "swp1");
	world_wait(w, 60000);
	cr_expect(is_drained(w, "swp1"), "drain takes undrain back");
	world_free(w);
}

/* A reading of every interface that is to be counted; returns how many there were. */
static unsigned count(struct world *w, uint64_t packets)
{
	uint32_t ifindex;
	unsigned n = 0;

	for (size_t at = 0; (ifindex = agent_drain_next(w->agent, &at)); n++)
		agent_drain_counted(w->agent, ifindex, packets, w->now);
	w->now = mono_add_s(w->now, 1);
	return n;
}

static bool is_gone(const struct world *w, const char *name)
{
	struct agent_drain_view v;

	cr_assert(agent_drain_view(w->agent, name, &v, w->now));
	return v.gone;
}

Test(agent_drain, traffic_is_gone_when_no_link_carries_more_than_control_traffic)
{
	struct world *w = three(NULL);

	cr_expect_eq(count(w, 0), 0u, "nothing is counted while nothing is drained");
	drain(w, "swp2");
	cr_expect_eq(count(w, 1000), 1u);
	cr_expect_not(is_gone(w, "swp2"), "not before it was measured");
	count(w, 1500);
	cr_expect_not(is_gone(w, "swp2"));
	cr_expect_str_eq(world_shows(show_drain(w->agent, "swp2", w->now), "links"),
			 "[{\"link\":\"swp2\",\"packets_per_second\":500,\"quiet\":false}]");
	count(w, 1510);
	cr_expect(is_gone(w, "swp2"));
	count(w, 12);
	cr_expect_not(is_gone(w, "swp2"), "counters that began anew say nothing");
	drain(w, DRAIN_NODE);
	cr_expect_eq(count(w, 0), 3u);
	count(w, 10);
	cr_expect(is_gone(w, DRAIN_NODE));
	world_carrier(w, 3, false);
	cr_expect_eq(count(w, 20), 2u);
	cr_expect(is_gone(w, DRAIN_NODE), "a link that is down carries nothing");
	world_free(w);
}

Test(agent_drain, bfd_is_no_traffic)
{
	struct world *w = world_new(WITH("\"bfd\": {\"interval_ms\": 50, \"multiplier\": 3}"));

	world_swp_up(w, 1);
	world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:01");
	w->bfd[1].tx_us = w->bfd[1].remote_tx_us = 50000;
	w->bfd[1].heard = true;
	world_bfd_up(w, 1);
	drain(w, DRAIN_NODE);
	count(w, 0);
	count(w, 53 + 10);                       /* 20 each way, 27 with all the jitter */
	cr_expect(is_gone(w, DRAIN_NODE));
	count(w, 53 + 10 + 100);
	cr_expect_not(is_gone(w, DRAIN_NODE));
	world_free(w);
}

Test(agent_drain, summary_neighbors_and_links_say_so)
{
	struct world *w = three(NULL);

	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "drained"), "false");
	drain(w, "swp2");
	w->now = mono_add_s(w->now, 7);
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "drained"), "false");
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "drained_links"), "[\"swp2\"]");
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), "0.drained"), "false");
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp2", w->now), "0.drained"), "true");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.drained"), "false");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "2.drained"), "true");
	drain(w, DRAIN_NODE);
	w->now = mono_add_s(w->now, 5);
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "drained"), "true");
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "drain.drained_seconds"), "5");
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), "0.drained"), "true");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.drained"), "true");
	world_free(w);
}

/* `weft undrain` asks again and again how far it is, also when the last answer is that it is done. */
Test(agent_drain, a_link_that_left_the_configuration_can_be_undrained)
{
	struct world *w = three(PATIENT);
	struct agent_drain_view v;

	drain(w, "swp3");
	cr_expect_str_eq(world_reload(w, WITH("\"timers\": {\"hold\": 90, \"keepalive\": 30}, \"links\": [\"swp1\", \"swp2\"]")), "swp3 ends");
	cr_expect(is_drained(w, "swp3"));
	undrain(w, "swp3");
	world_wait(w, 100);
	cr_expect(agent_drain_view(w->agent, "swp3", &v, w->now) && !v.on, "that it is done is an answer, too");
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "drained_links"), "[]");
	cr_expect_not(agent_drain_view(w->agent, "swp9", &v, w->now));
	cr_expect_eq(agent_drain(w->agent, "swp3", w->now), -ENOENT);
	world_free(w);
}
