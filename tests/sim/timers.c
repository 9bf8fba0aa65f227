/* Timers are not late, and do not spin: whenever one looks, a process that is not stopped is going to wake up as soon as its core wants to be called. */
#include "tests/sim/sim.h"

#define TURN_US 1000                     /* the loop's timers have milliseconds */
#define SPINS_MAX 100                    /* turns one after the other after which there is more to do at once */

static bool check_node(struct world *w, const struct node *n)
{
	mono next;

	if (!n->agent || n->frozen.us >= w->now.us)
		return true;
	if (n->spins > SPINS_MAX)
		return sim_fail(w, "%s: a timer is due again and again", n->name);
	if (n->turn_due)                         /* in a moment */
		return true;
	next = agent_next(n->agent);
	if (mono_is_never(next))
		return true;
	next = world_time(n, next);
	if (next.us < w->now.us + TURN_US)
		next.us = w->now.us + TURN_US;
	if (n->wake.us < w->now.us || n->wake.us > next.us)
		return sim_fail(w, "%s: a timer is late", n->name);
	return true;
}

static void on_look(struct world *w, struct event *e)
{
	(void)e;
	for (unsigned i = 0; i < w->n_nodes; i++)
		if (!check_node(w, &w->nodes[i]))
			return;
	world_at(w, 1 + rng_below(&w->rng, 2000000), on_look, NULL);
}

void timers_watch(struct world *w)
{
	world_at(w, 0, on_look, NULL);
}
