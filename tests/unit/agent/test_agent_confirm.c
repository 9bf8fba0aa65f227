/* A reload that has to be confirmed: what was before comes back otherwise. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "agent/agent_reload.h"
#include "agent/show.h"
#include "world.h"

#define WITH(more) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\"" more "}"
#define P "10.1.0.0/24"

/* Two peers that tell P; then only what the reload does is in the lines. */
static struct world *two_peers(const char *config)
{
	struct world *w = world_new(config);

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, P, NULL, 0);
	world_announce(w, 2, P, NULL, 0);
	world_clear(w);
	return w;
}

static uint64_t generation(const struct world *w)
{
	struct agent_reload_view v;

	agent_reloads(w->agent, &v);
	return v.generation;
}

static void reload_for(struct world *w, const char *config, unsigned confirm_s)
{
	json_t *result = NULL;
	char *error = NULL;

	w->file = config;
	cr_assert_eq(agent_reload(w->agent, confirm_s, w->now, &result, &error), CTL_DONE, "%s", error);
	json_decref(result);
	world_turn(w);
}

static int confirm(struct world *w)
{
	json_t *result = NULL;
	char *error = NULL;
	int r = agent_confirm(w->agent, &result, &error);

	json_decref(result);
	free(error);
	return r;
}

static const char *multipath(const struct world *w)
{
	return world_shows(show_config(w->agent), "multipath");
}

Test(agent_confirm, what_was_before_comes_back_unless_it_is_confirmed)
{
	struct world *w = two_peers(WITH(", \"timers\": {\"hold\": 90}"));

	cr_expect_eq(confirm(w), CTL_FAILED);
	reload_for(w, WITH(", \"timers\": {\"hold\": 90}, \"multipath\": 1, \"links\": [\"swp1\"]"), 60);
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "configuration.confirm_seconds_left"), "60");
	cr_expect_str_eq(world_route(w, P), "swp1");
	world_wait(w, 59000);
	cr_expect_str_eq(multipath(w), "1");
	world_wait(w, 1000);
	cr_expect_str_eq(multipath(w), "64");
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_eq(world_count(w, "fabric swp2 on"), 1u);
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "configuration.confirm_seconds_left"), "null");
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "configuration.last_reload.ok"), "false");
	cr_expect_eq(generation(w), 3u);
	cr_expect_eq(confirm(w), CTL_FAILED);
	world_free(w);
}

Test(agent_confirm, a_confirmation_or_a_plain_reload_lets_it_stay)
{
	struct world *w = two_peers(WITH(""));

	reload_for(w, WITH(", \"multipath\": 1"), 60);
	cr_expect_eq(confirm(w), CTL_DONE);
	world_wait(w, 100000);
	cr_expect_str_eq(multipath(w), "1");
	reload_for(w, WITH(", \"multipath\": 2"), 60);
	reload_for(w, WITH(", \"multipath\": 2"), 0);
	world_wait(w, 100000);
	cr_expect_str_eq(multipath(w), "2");
	world_free(w);
}

Test(agent_confirm, of_several_unconfirmed_ones_the_last_confirmed_comes_back)
{
	struct world *w = two_peers(WITH(", \"multipath\": 7"));

	reload_for(w, WITH(", \"multipath\": 1"), 60);
	world_wait(w, 30000);
	reload_for(w, WITH(", \"multipath\": 2"), 60);
	world_wait(w, 40000);
	cr_expect_str_eq(multipath(w), "2");
	cr_expect_str_eq(world_reload(w, "{"), "-");
	world_wait(w, 30000);
	cr_expect_str_eq(multipath(w), "7", "also though a bad file came in between");
	world_free(w);
}

Test(agent_confirm, a_confirmed_reload_without_a_difference_has_nothing_to_take_back)
{
	struct world *w = two_peers(WITH(""));

	reload_for(w, WITH(""), 60);
	cr_expect_eq(confirm(w), CTL_FAILED);
	world_free(w);
}
