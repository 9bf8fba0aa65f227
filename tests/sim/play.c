#include "tests/sim/play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/log.h"

/* Hold timers, retries of both ends and of the kernel have run out; BFD has seen for a minute that nothing is lost any more, and the link was well for 40 s. */
#define QUIET_S 105
#define REST_S 5                         /* nothing happens then */
#define PAIR_NODES_MAX 100               /* what two nodes say to each other at the end is the same in a larger fabric, and takes minutes there */

static void to_stdout(void *ctx, const struct log_entry *e)
{
	const struct world *w = ctx;

	world_say(w, "%s: %s%s%s", w->turn ? w->turn->name : "?", e->about.name ? e->about.name : "", e->about.name ? ": " : "", e->text);
}

bool classic_of_seed(uint64_t seed)
{
	struct rng r = { .s = seed ^ 0x636c6173 };

	return rng_below(&r, 4) == 0;
}

static void tell(const struct world *w, struct outcome *ret)
{
	snprintf(ret->failure, sizeof(ret->failure), "%s", w->failure);
	ret->at_us = *w->failure && w->failed.us ? w->failed.us : w->now.us;
	ret->trace = w->trace;
	ret->events = w->n_events;
	ret->kernel_errors = w->kernel_errors;
	ret->corrupted = w->n_corrupted;
	ret->stale = w->n_stale;
	ret->long_lived = w->n_long;
	ret->walks = w->n_walks;
	ret->circles = w->n_circles;
	ret->held = w->n_held;
	ret->announced = w->n_announced;
}

static void check_pairs(struct world *w)
{
	if (nonsense_check(w) && opens_check(w) && limit_check(w) && unheard_check(w))
		deaf_check(w);
}

void play(const struct sim_config *cfg, struct outcome *ret)
{
	struct world *w;

	if (world_new(&w, cfg) < 0)
		abort();
	w->outcome = ret;
	ret->n_planned = w->n_faults;
	if (cfg->verbose)
		log_to(to_stdout, w, LOG_LVL_DEBUG);
	for (unsigned i = 0; i < w->n_nodes; i++)
		node_boot(&w->nodes[i]);
	stale_watch(w);
	timers_watch(w);
	watch_begin(w);
	walk_watch(w);
	cover_watch(w);
	faults_play(w);
	world_run(w, mono_add_s(w->now, QUIET_S));
	rest_begin(w);
	world_run(w, mono_add_s(w->now, REST_S));
	if (!*w->failure && check_quiet(w) && stale_check(w, true) && check_ribs(w) && watch_quiet(w) && walk_look(w) && rest_check(w) && hitless_check(w) &&
	    w->n_nodes <= PAIR_NODES_MAX)
		check_pairs(w);
	cover_wrapped(w);
	tell(w, ret);
	world_say(w, "%s%s, trace 0x%016llx", *w->failure ? "FAILED: " : "the end", w->failure, (unsigned long long)w->trace);
	log_to(NULL, NULL, LOG_LVL_ERROR);
	world_free(w);
	ret->finished = true;
}
