/* Links that fail again and again: used at once at first, then only after they have stayed up for a while. */
#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/damp.h"
#include "agent/show.h"
#include "world.h"

#define DAMP_FREE 2                      /* the defaults of "damping" */
#define DAMP_FIRST_MS 150

static bool used(const struct world *w)
{
	return w->n_ra[1] > 0;           /* cleared with every failure */
}

/* The carrier goes and comes back. */
static void fail(struct world *w, int64_t down_ms)
{
	world_carrier(w, 1, false);
	world_wait(w, down_ms);
	w->n_ra[1] = 0;
	world_carrier(w, 1, true);
}

static struct world *world_damp(void)
{
	struct world *w = world_new(NULL);

	world_swp_up(w, 1);
	return w;
}

Test(agent_damp, first_failures_have_no_consequence)
{
	struct world *w = world_damp();

	for (int i = 0; i < DAMP_FREE; i++) {
		fail(w, 100);
		cr_expect(used(w), "failure %d", i + 1);
	}
	world_free(w);
}

Test(agent_damp, further_ones_make_the_link_wait_each_time_twice_as_long)
{
	static const int64_t waits[] = { 150, 300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 60000, 60000 };
	struct world *w = world_damp();

	for (int i = 0; i < DAMP_FREE; i++)
		fail(w, 100);
	for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
		fail(w, 100);
		world_wait(w, waits[i] - 1);
		cr_expect(!used(w), "%zu: not before", i);
		world_wait(w, 1);
		cr_expect(used(w), "%zu: then", i);
	}
	world_free(w);
}

Test(agent_damp, link_that_fails_while_it_waits_waits_anew_and_no_longer)
{
	struct world *w = world_damp();

	for (int i = 0; i <= DAMP_FREE; i++)
		fail(w, 100);
	for (int i = 0; i < 17; i++) {
		world_wait(w, 100);
		cr_expect(!used(w), "%d", i);
		fail(w, 100);
	}
	world_wait(w, DAMP_FIRST_MS - 1);
	cr_expect(!used(w));
	world_wait(w, 1);
	cr_expect(used(w), "the last of 20 flaps, 100 ms down and 100 ms up, is over: 50 ms later");
	world_free(w);
}

Test(agent_damp, link_that_was_in_use_for_a_while_has_a_clean_record)
{
	struct world *w = world_damp();

	for (int i = 0; i <= DAMP_FREE; i++)
		fail(w, 100);
	world_wait(w, DAMP_FIRST_MS + DAMP_SOON_S * 1000);
	for (int i = 0; i < DAMP_FREE; i++) {
		fail(w, 100);
		cr_expect(used(w), "failure %d", i + 1);
	}
	world_free(w);
}

Test(agent_damp, other_links_are_not_concerned)
{
	struct world *w = world_damp();

	world_swp_up(w, 2);
	for (int i = 0; i <= DAMP_FREE; i++)
		fail(w, 100);
	world_carrier(w, 2, false);
	w->n_ra[2] = 0;
	world_carrier(w, 2, true);
	cr_expect(!used(w) && w->n_ra[2] > 0);
	world_free(w);
}

Test(agent_damp, peer_that_calls_on_a_link_that_waits_is_refused_and_session_comes_when_it_is_used)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	for (int i = 0; i <= DAMP_FREE; i++)
		fail(w, 100);
	cr_expect_eq(world_accept(w, 1, "fe80::ff:1"), 0u);
	world_wait(w, DAMP_FIRST_MS);
	world_open(w, 1);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	world_free(w);
}

/* Waited for as long as it had to, it is in use, and fails soon. */
Test(agent_damp, what_had_to_wait_long_has_to_be_well_for_long_before_that_is_forgotten)
{
	struct world *w = world_damp();

	for (int i = 0; i < DAMP_FREE; i++)
		fail(w, 100);
	for (int64_t wait = DAMP_FIRST_MS; wait <= 9600; wait *= 2) {
		fail(w, 100);
		world_wait(w, wait);
	}
	world_wait(w, 9600 * DAMP_SOON_WAITS - 1);
	fail(w, 100);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.flaps.wait_ms"), "19200", "nearly");
	world_wait(w, 19200 + 19200 * DAMP_SOON_WAITS);
	fail(w, 100);
	cr_expect(used(w), "it has a clean record");
	world_free(w);
}

Test(agent_damp, the_configuration_has_the_last_word)
{
	struct world *w = world_new("{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"links\": {\"swp1\": {\"damping\": {\"free\": 0, \"first_ms\": 40, "
				    "\"max_seconds\": 1}}, \"swp2\": {\"damping\": false}}}");
	static const int64_t waits[] = { 40, 80, 160, 320, 640, 1000, 1000 };

	world_swp_up(w, 1);
	for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
		fail(w, 10);
		world_wait(w, waits[i] - 1);
		cr_expect(!used(w), "%zu: not before", i);
		world_wait(w, 1);
		cr_expect(used(w), "%zu: then", i);
	}
	world_swp_up(w, 2);
	for (int i = 0; i < 50; i++) {
		world_carrier(w, 2, false);
		w->n_ra[2] = 0;
		world_carrier(w, 2, true);
		cr_expect(w->n_ra[2] > 0, "off: at once");
	}
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "2.flaps.failures"), "50", "counted all the same");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "2.alarms"), "[]");
	world_free(w);
}

static struct world *world_bfd_used(void)
{
	struct world *w = world_new("{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"bfd\": true}");

	world_peer(w, 1);
	world_bfd_up(w, 1);
	return w;
}

/* A session is had and lost by BFD, which is back at once. */
static void bfd_flap(struct world *w)
{
	if (world_state(w, 1) != BGP_ESTABLISHED)
		world_open(w, 1);
	world_wait(w, 1000);
	world_clear(w);
	world_bfd_fails(w, 1);
	world_bfd_up(w, 1);
}

Test(agent_damp, failures_of_bfd_count_too_and_bfd_has_to_stay_up)
{
	struct world *w = world_bfd_used();

	for (int i = 0; i < DAMP_FREE; i++) {
		bfd_flap(w);
		world_wait(w, 100);
		cr_expect_eq(world_count(w, "connect swp1 *"), 1u, "failure %d: at once", i + 1);
	}
	bfd_flap(w);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.flaps"),
			 "{\"failures\":3,\"held\":true,\"last\":\"BFD\",\"remaining_ms\":150,\"wait_ms\":150}");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.state"), "\"held\"");
	cr_expect_eq(world_accept(w, 1, "fe80::ff:1"), 0u);
	world_wait(w, DAMP_FIRST_MS - 1);
	cr_expect_eq(world_count(w, "connect swp1 *"), 0u, "not before");
	world_wait(w, 1);
	cr_expect_eq(world_count(w, "connect swp1 *"), 1u, "then");
	world_free(w);
}

Test(agent_damp, the_wait_begins_when_bfd_is_back_and_its_time_away_is_no_use)
{
	struct world *w = world_bfd_used();

	for (int i = 0; i < DAMP_FREE; i++)
		bfd_flap(w);
	world_open(w, 1);
	world_bfd_fails(w, 1);
	world_wait(w, 2 * DAMP_SOON_S * 1000);
	world_clear(w);
	world_bfd_up(w, 1);
	world_wait(w, DAMP_FIRST_MS - 1);
	cr_expect_eq(world_count(w, "connect swp1 *"), 0u);
	world_wait(w, 1);
	cr_expect_eq(world_count(w, "connect swp1 *"), 1u);
	world_free(w);
}

Test(agent_damp, bfd_that_fails_while_the_link_waits_lets_it_wait_anew_and_no_longer)
{
	struct world *w = world_bfd_used();

	for (int i = 0; i <= DAMP_FREE; i++)
		bfd_flap(w);
	for (int i = 0; i < 20; i++) {
		world_wait(w, DAMP_FIRST_MS - 1);
		world_bfd_fails(w, 1);
		world_bfd_up(w, 1);
	}
	cr_expect_eq(world_count(w, "connect swp1 *"), 0u);
	world_wait(w, DAMP_FIRST_MS);
	cr_expect_eq(world_count(w, "connect swp1 *"), 1u);
	world_free(w);
}

Test(agent_damp, carrier_lost_after_bfd_is_the_same_failure)
{
	struct world *w = world_bfd_used();

	world_bfd_fails(w, 1);
	fail(w, 100);
	cr_expect(used(w));
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.flaps.failures"), "1");
	world_free(w);
}

Test(agent_damp, sessions_that_end_because_nothing_came_through_count_and_others_do_not)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	agent_reset(w->agent, "swp1", NULL, w->now);
	world_turn(w);
	world_open(w, 1);
	world_notify(w, 1, NOTIFY_CEASE, CEASE_ADMIN_SHUTDOWN);
	world_turn(w);
	world_open(w, 1);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.flaps.failures"), "0");
	world_notify(w, 1, NOTIFY_HOLD, 0);
	world_turn(w);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.flaps.failures"), "1", "nothing of ours came there");
	world_open(w, 1);
	world_wait(w, 9500);
	cr_expect_neq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.flaps.last"), "\"hold timer\"");
	world_free(w);
}

Test(agent_damp, hold_timers_that_expire_soon_after_each_other_keep_bgp_off_the_link_and_discovery_on_it)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	for (int i = 0; i < DAMP_FREE; i++) {
		world_notify(w, 1, NOTIFY_HOLD, 0);
		world_turn(w);
		world_open(w, 1);
	}
	world_notify(w, 1, NOTIFY_HOLD, 0);
	world_turn(w);
	world_clear(w);
	world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:01");
	cr_expect_eq(world_accept(w, 1, "fe80::ff:1"), 0u);
	world_wait(w, DAMP_FIRST_MS - 1);
	cr_expect_eq(world_count(w, "connect swp1 *"), 0u);
	world_wait(w, 1);
	cr_expect_eq(world_count(w, "connect swp1 *"), 1u);
	world_free(w);
}

/* TCP sends it again and again; small packets pass. */
Test(agent_damp, what_loses_large_packets_is_left_alone_the_first_time_too_and_for_longer_each_time)
{
	static const int64_t waits[] = { 10000, 20000, 40000, 60000, 60000 };
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
		world_clear(w);
		agent_tcp_stalled(w->agent, w->conn[1], w->now);
		world_turn(w);
		cr_expect_neq(world_state(w, 1), BGP_ESTABLISHED);
		cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), "0.last_error"),
				 "\"full-size packets are lost (MTU?): nothing of what was sent is acknowledged, and the peer is heard\"");
		cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.flaps.last"), "\"full-size packets are lost (MTU?)\"");
		cr_expect_eq(world_accept(w, 1, "fe80::ff:1"), 0u);
		world_wait(w, waits[i] - 1);
		cr_expect_eq(world_count(w, "connect swp1 *"), 0u, "%zu: not before", i);
		world_wait(w, 1);
		cr_expect_eq(world_count(w, "connect swp1 *"), 1u, "%zu: then", i);
		world_open(w, 1);
	}
	world_free(w);
}

Test(agent_damp, only_an_established_session_of_a_fabric_link_can_stall)
{
	struct world *w = world_new(NULL);
	bgp_conn conn;

	world_swp_up(w, 1);
	world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:01");
	conn = world_accept(w, 1, "fe80::ff:1");
	cr_assert_neq(conn, 0u);
	agent_tcp_stalled(w->agent, conn, w->now);
	agent_tcp_stalled(w->agent, 4711, w->now);
	world_turn(w);
	cr_expect_geq(world_state(w, 1), BGP_OPENSENT);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.flaps.failures"), "0");
	world_free(w);
}

Test(agent_damp, the_operators_reset_ends_the_wait)
{
	struct world *w = world_bfd_used();

	for (int i = 0; i <= DAMP_FREE; i++)
		bfd_flap(w);
	cr_expect_eq(agent_reset(w->agent, "swp1", NULL, w->now), 0);
	world_turn(w);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.flaps"),
			 "{\"failures\":0,\"held\":false,\"last\":null,\"remaining_ms\":0,\"wait_ms\":0}");
	world_wait(w, 100);
	cr_expect_geq(world_count(w, "connect swp1 *"), 1u);
	world_carrier(w, 1, false);
	world_carrier(w, 1, true);
	for (int i = 0; i <= DAMP_FREE; i++)
		fail(w, 100);
	cr_expect_not(used(w));
	cr_expect_eq(agent_reset(w->agent, "swp1", NULL, w->now), 0, "though nobody is known there");
	world_turn(w);
	cr_expect(used(w), "also of a link whose carrier failed");
	world_free(w);
}

Test(agent_damp, links_show_it)
{
	struct world *w = world_damp();

	for (int i = 0; i <= DAMP_FREE; i++)
		fail(w, 100);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.state"), "\"held\"");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.flaps"), "{\"failures\":3,\"held\":true,\"last\":\"carrier\",\"remaining_ms\":150,\"wait_ms\":150}");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.alarms"),
			 "[\"it failed 3 times soon after it was up (last: carrier): it is used again if it is well for another 150 ms\"]");
	world_wait(w, DAMP_FIRST_MS + DAMP_SOON_S * 1000);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.flaps"), "{\"failures\":0,\"held\":false,\"last\":null,\"remaining_ms\":0,\"wait_ms\":0}");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.alarms"), "[]");
	world_free(w);
}
