/* What those who watch are told of routes: from where to where, and why. */
#include <criterion/criterion.h>
#include <string.h>

#include "agent/base/log.h"
#include "agent/base/own.h"
#include "world.h"

static struct { unsigned n; char text[512]; } told;

static void sink(void *ctx, const struct log_entry *e)
{
	(void)ctx;
	if (e->event != EVENT_ROUTE_CHANGED)
		return;
	told.n++;
	snprintf(told.text, sizeof(told.text), "%s", e->text);
}

static void expect(const char *text)
{
	cr_expect_str_eq(told.text, text);
	told.text[0] = '\0';
	told.n = 0;
}

static struct world *begin(const char *config)
{
	struct world *w = world_new(config);

	for (unsigned i = 1; i <= 3; i++)
		world_peer(w, i);
	log_to(sink, NULL, LOG_LVL_ERROR);
	log_watched(true);
	return w;
}

static void end(struct world *w)
{
	log_to(NULL, NULL, LOG_LVL_ERROR);
	world_free(w);
}

Test(agent_watch, a_route_comes_grows_shrinks_and_goes)
{
	struct world *w = begin(NULL);
	static const uint32_t far[] = { 65999, 65998 };

	world_announce(w, 1, "10.9.0.0/16", NULL, 0);
	expect("10.9.0.0/16: none -> swp1 (new route)");
	world_announce(w, 2, "10.9.0.0/16", NULL, 0);
	expect("10.9.0.0/16: swp1 -> swp1, swp2 (a further path that is as good)");
	world_announce(w, 2, "10.9.0.0/16", far, 2);
	expect("10.9.0.0/16: swp1, swp2 -> swp1 (swp2: longer AS path)");
	world_announce(w, 3, "10.9.0.0/16", far, 2);
	cr_expect_eq(told.n, 0, "nothing changes: %s", told.text);
	world_withdraw(w, 1, "10.9.0.0/16");
	expect("10.9.0.0/16: swp1 -> swp2, swp3 (swp1: withdrawn)");
	world_carrier(w, 3, false);
	expect("10.9.0.0/16: swp2, swp3 -> swp2 (swp3: link is down)");
	world_notify(w, 2, 6, 2);
	world_turn(w);
	expect("10.9.0.0/16: swp2 -> none (swp2: no session)");
	end(w);
}

Test(agent_watch, nothing_is_computed_when_nobody_watches)
{
	struct world *w = begin(NULL);

	log_watched(false);
	world_announce(w, 1, "10.9.0.0/16", NULL, 0);
	cr_expect_eq(told.n, 0);
	log_set_level(TOPIC_ROUTE, LOG_LVL_DEBUG);
	world_withdraw(w, 1, "10.9.0.0/16");
	expect("10.9.0.0/16: swp1 -> none (swp1: withdrawn)");
	end(w);
}

Test(agent_watch, fewer_next_hops_than_there_are_paths)
{
	struct world *w = begin("{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"multipath\": 1}");

	world_announce(w, 2, "10.9.0.0/16", NULL, 0);
	world_announce(w, 1, "10.9.0.0/16", NULL, 0);
	expect("10.9.0.0/16: swp2 -> swp1 (swp2: higher router-id)");
	end(w);
}
