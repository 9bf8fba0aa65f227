/* What breaks when, drawn from the seed; every fault is undone or left, also by chance. A fault draws from numbers of its own, so that it is the same
 * whatever was left out before it. */
#include "tests/sim/sim.h"

#include <stdio.h>
#include <stdlib.h>

#include "agent/agent_drain.h"
#include "agent/base/own.h"
#include "tests/sim/meddle.h"
#include "tests/sim/play.h"
#include "tests/sim/refusals.h"
#include "tests/sim/trace.h"

#define STORM_SESSIONS 6                 /* of a link that flaps 100 times, 100 ms or less between: the first are free, one may be under way */

struct cable *some_cable(struct world *w, struct rng *r)
{
	return &w->cables[rng_below(r, w->n_cables)];
}

struct node *some_node(struct world *w, struct rng *r)
{
	return &w->nodes[rng_below(r, w->n_nodes)];
}

static void flap(struct world *w, struct rng *r)
{
	struct cable *c = some_cable(w, r);
	unsigned times = 1 + rng_below(r, 6);

	for (unsigned i = 0; i < times; i++) {
		cable_plug(w, c, false);
		world_run(w, (mono){ w->now.us + rng_below(r, 200000) });
		cable_plug(w, c, true);
		world_run(w, (mono){ w->now.us + rng_below(r, 200000) });
	}
}

static bool established(const struct node *n, unsigned port)
{
	struct peer_view v;

	pair_view(n, port, &v);
	return v.state == BGP_ESTABLISHED && n->frozen.us <= n->world->now.us;   /* what a stopped process takes for established is none */
}

/* A link that flaps faster than agent/damp.h allows: almost none of it may reach the fabric. */
static void storm(struct world *w, struct rng *r)
{
	struct cable *c = some_cable(w, r);
	unsigned sessions = 0;

	for (unsigned i = 0; i < 100; i++) {
		cable_plug(w, c, false);
		world_run(w, mono_add_ms(w->now, 1 + rng_below(r, 100)));
		cable_plug(w, c, true);
		world_run(w, mono_add_ms(w->now, 50 + rng_below(r, 50)));
		sessions += established(c->node[0], c->port[0]) && established(c->node[1], c->port[1]);
	}
	if (sessions > STORM_SESSIONS)
		sim_fail(w, "%s: a session after %u of 100 flaps", c->node[0]->name, sessions);
}

static void drain(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r);
	char link[16] = DRAIN_NODE;

	if (!n->agent)
		return;
	if (rng_chance(r, 50))
		snprintf(link, sizeof(link), "swp%u", 1 + rng_below(r, n->n_ports));
	if (rng_chance(r, 60))
		agent_drain(n->agent, link, node_now(n));
	else
		agent_undrain(n->agent, link, node_now(n));
	node_turn(n);
}

static void undrain_all(struct world *w)
{
	const char *name;

	for (unsigned i = 0; i < w->n_nodes; i++) {
		if (!w->nodes[i].agent)
			continue;
		for (size_t k = 0; (name = agent_drain_name(w->nodes[i].agent, k)); k++)
			agent_undrain(w->nodes[i].agent, name, node_now(&w->nodes[i]));
		node_turn(&w->nodes[i]);
	}
}

static void cable(struct world *w, struct rng *r)
{
	struct cable *c = some_cable(w, r);

	cable_plug(w, c, !c->plugged);
}

static void port(struct world *w, struct rng *r)
{
	struct cable *c = some_cable(w, r);
	unsigned end = rng_below(r, 2);

	port_admin(c->node[end], c->port[end], !c->node[end]->ports[c->port[end]].admin_up);
}

static void crash(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r);

	if (n->agent)
		node_kill(n);
	else
		node_boot(n);
}

/* Started again at once, as systemd does. */
static void restart(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r);

	node_kill(n);
	world_run(w, (mono){ w->now.us + rng_below(r, 100000) });
	node_boot(n);
}

static void power(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r);

	node_power(n, !n->powered);
	node_boot(n);
}

/* Slow to read and to answer: a moment, or longer than the hold time. */
static void freeze(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r);

	node_freeze(n, 1000 + rng_below(r, rng_chance(r, 50) ? 500000 : 15000000));
}

/* The clock of a machine that was suspended, or moved: it is later than it was, all at once. */
static void clock_jump(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r);

	node_clock_jump(n, 1000 + rng_below(r, rng_chance(r, 50) ? 500000 : 60000000));
}

static void corrupt(struct world *w, struct rng *r)
{
	w->corrupt_permille = w->corrupt_permille ? 0 : 1 + rng_below(r, 50);
	world_say(w, "corrupt messages: %u of 1000 pieces", w->corrupt_permille);
}

static void reload(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r);

	node_reload(n, r);
}

static const struct fault_kind kinds[] = {
	{ "cable", 20, cable }, { "flap", 10, flap }, { "port", 20, port }, { "crash", 10, crash }, { "restart", 10, restart }, { "power", 10, power },
	{ "kernel errors", 10, refuse_percent }, { "freeze", 20, freeze }, { "corrupt", 10, corrupt }, { "storm", 10, storm }, { "reload", 20, reload },
	{ "drain", 20, drain }, { "mac", 10, swap_mac }, { "address", 10, swap_address }, { "machine", 10, swap_machine }, { "cables", 10, swap_cables },
	{ "older", 20, older }, { "vlan", 10, full_vlan }, { "router", 20, foreign_come },
	{ "one way", 8, grey_one_way }, { "silent", 8, grey_silent }, { "lossy", 8, grey_lossy }, { "small only", 8, grey_small },
	{ "late", 8, grey_late }, { "clock", 10, clock_jump },
	{ "kernel refuses all", 6, refuse_all }, { "kernel full", 6, refuse_more },
	{ "others delete", 10, meddle_delete }, { "others change", 8, meddle_change }, { "others flush", 4, meddle_flush },
	{ "others' route", 8, meddle_put_route }, { "others' object", 4, meddle_put_object }, { "addresses", 8, meddle_addresses },
	{ "news lost", 8, meddle_deafen },
};

const struct fault_kind *fault_kind(unsigned i)
{
	return i < ARRAY_LEN(kinds) ? &kinds[i] : NULL;
}

/* What a peer gone mad has said stays believed as long as it is well-formed: those sessions start over. */
static void forget_corrupted(struct world *w)
{
	char link[16];

	w->mad = false;
	for (unsigned i = 0; i < w->n_nodes; i++)
		for (unsigned k = 0; k < w->nodes[i].n_ports; k++) {
			if (!w->nodes[i].corrupted[k] || !w->nodes[i].agent)
				continue;
			snprintf(link, sizeof(link), "swp%u", k + 1);
			agent_reset(w->nodes[i].agent, link, NULL, node_now(&w->nodes[i]));
			node_turn(&w->nodes[i]);
		}
}

/* Half of what is broken is mended at the end, so that the last picture is neither whole nor empty. Chance is asked about what is not broken too: the
 * answers are the same whatever faults were left out. */
static void mend(struct world *w)
{
	struct rng r = { .s = w->cfg.seed ^ 0x6d656e64 };

	grey_mend(w);
	w->corrupt_permille = 0;
	refusals_end(w);
	meddle_end(w);
	foreign_leave(w, NULL);
	forget_corrupted(w);
	if (rng_chance(&r, 50))                  /* else everybody must keep off what is drained */
		undrain_all(w);
	for (unsigned i = 0; i < w->n_cables; i++)
		if (rng_chance(&r, 50) && !w->cables[i].plugged)
			cable_plug(w, &w->cables[i], true);
	for (unsigned i = 0; i < w->n_nodes; i++) {
		if (!rng_chance(&r, 70))
			continue;
		node_power(&w->nodes[i], true);
		for (unsigned k = 0; k < w->nodes[i].n_ports; k++)
			port_admin(&w->nodes[i], k, true);
		node_boot(&w->nodes[i]);
	}
}

static unsigned some_kind(struct rng *r)
{
	unsigned sum = 0, at, i = 0;

	for (unsigned k = 0; k < ARRAY_LEN(kinds); k++)
		sum += kinds[k].weight;
	for (at = rng_below(r, sum); at >= kinds[i].weight; i++)
		at -= kinds[i].weight;
	return i;
}

void faults_plan(struct world *w)
{
	struct rng r = { .s = w->cfg.seed ^ 0x706c616e };
	/* Some seeds break things faster than the fabric can follow, some wait for hold timers in between. */
	uint32_t pace_us = rng_chance(&r, 50) ? 300000 : 8000000;

	w->before_us = rng_chance(&r, 50) ? 30000000 : 10000;
	w->n_faults = 5 + rng_below(&r, 40);     /* fewer than SIM_FAULTS */
	w->faults = calloc(w->n_faults, sizeof(*w->faults));
	if (!w->faults)
		abort();
	for (unsigned i = 0; i < w->n_faults; i++)
		w->faults[i] = (struct fault){ .kind = some_kind(&r), .seed = rng_next(&r), .pause_us = rng_below(&r, pace_us),
					       .left_out = !only_has(&w->cfg.only, i) };
}

static void play_one(struct world *w, unsigned i)
{
	struct fault *f = &w->faults[i];
	struct rng r = { .s = f->seed };
	struct outcome *o = w->outcome;

	world_say(w, "--- fault %u: %s", i, kinds[f->kind].name);
	trace_mix(w, f->seed);
	cover(w, "fault", kinds[f->kind].name);
	if (o && o->n_played < SIM_FAULTS) {
		o->played[o->n_played].fault = i;
		o->played[o->n_played].kind = f->kind;
		o->played[o->n_played++].at_us = w->now.us;
	}
	kinds[f->kind].fn(w, &r);
	walk_soon(w);
}

static void run_until(struct world *w, int64_t us)
{
	if (us > w->now.us)
		world_run(w, (mono){ us });
}

static void play_timed(struct world *w, const struct only *only)
{
	for (unsigned i = 0; i < only->n && !*w->failure; i++) {
		run_until(w, only->entry[i].at_us);
		if (only->entry[i].fault < w->n_faults && !*w->failure)
			play_one(w, only->entry[i].fault);
		stream_reap(w);
	}
	run_until(w, only->mend_us);
}

static void play_planned(struct world *w)
{
	world_run(w, (mono){ w->before_us });
	for (unsigned i = 0; i < w->n_faults && !*w->failure; i++) {
		if (!w->faults[i].left_out)
			play_one(w, i);
		world_run(w, (mono){ w->now.us + w->faults[i].pause_us });
		stream_reap(w);
	}
}

void faults_play(struct world *w)
{
	if (w->cfg.only.timed)
		play_timed(w, &w->cfg.only);
	else
		play_planned(w);
	if (*w->failure)
		return;
	if (w->outcome)
		w->outcome->mend_us = w->now.us;
	mend(w);
	walk_soon(w);
}
