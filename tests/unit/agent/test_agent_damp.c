/* Links that fail again and again: used at once at first, then only after they have stayed up for a while. */
#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/damp.h"
#include "agent/show.h"
#include "world.h"

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
	static const int64_t waits[] = { 150, 300, 600, 1200, 2400, 4800, 9600, 10000, 10000 };
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

Test(agent_damp, links_show_it)
{
	struct world *w = world_damp();

	for (int i = 0; i <= DAMP_FREE; i++)
		fail(w, 100);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.state"), "\"held\"");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.flaps"), "{\"failures\":3,\"held\":true,\"wait_ms\":150}");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.alarms"),
			 "[\"it failed 3 times soon after it was up: when it comes back it has to stay up for 150 ms before it is used\"]");
	world_wait(w, DAMP_FIRST_MS + DAMP_SOON_S * 1000);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.flaps"), "{\"failures\":0,\"held\":false,\"wait_ms\":0}");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.alarms"), "[]");
	world_free(w);
}
