/* What breaks when, drawn from the seed; every fault is undone or left, also by chance. */
#include "tests/sim/sim.h"

#include <stdio.h>

#include "agent/agent_drain.h"

#define STORM_SESSIONS 6                 /* of a link that flaps 100 times, 100 ms or less between: the first are free, one may be under way */

static struct cable *some_cable(struct world *w)
{
	return &w->cables[rng_below(&w->rng, w->n_cables)];
}

static struct node *some_node(struct world *w)
{
	return &w->nodes[rng_below(&w->rng, w->n_nodes)];
}

static void flap(struct world *w)
{
	struct cable *c = some_cable(w);
	unsigned times = 1 + rng_below(&w->rng, 6);

	for (unsigned i = 0; i < times; i++) {
		cable_plug(w, c, false);
		world_run(w, (mono){ w->now.us + rng_below(&w->rng, 200000) });
		cable_plug(w, c, true);
		world_run(w, (mono){ w->now.us + rng_below(&w->rng, 200000) });
	}
}

static bool established(const struct node *n, unsigned port)
{
	struct peer *peer = n->agent ? peers_find(agent_peers(n->agent), SIM_PORT0 + port) : NULL;
	struct peer_view v;

	if (!peer || n->frozen.us > n->world->now.us)    /* what a stopped process takes for established */
		return false;
	peer_view(peer, &v);
	return v.state == BGP_ESTABLISHED;
}

/* A link that flaps faster than agent/damp.h allows: almost none of it may reach the fabric. */
static void storm(struct world *w)
{
	struct cable *c = some_cable(w);
	unsigned sessions = 0;

	for (unsigned i = 0; i < 100; i++) {
		cable_plug(w, c, false);
		world_run(w, mono_add_ms(w->now, 1 + rng_below(&w->rng, 100)));
		cable_plug(w, c, true);
		world_run(w, mono_add_ms(w->now, 50 + rng_below(&w->rng, 50)));
		sessions += established(c->node[0], c->port[0]) && established(c->node[1], c->port[1]);
	}
	if (sessions > STORM_SESSIONS)
		snprintf(w->failure, sizeof(w->failure), "%s: a session after %u of 100 flaps", c->node[0]->name, sessions);
}

static void drain(struct world *w)
{
	struct node *n = some_node(w);
	char link[16] = DRAIN_NODE;

	if (!n->agent)
		return;
	if (rng_chance(&w->rng, 50))
		snprintf(link, sizeof(link), "swp%u", 1 + rng_below(&w->rng, n->n_ports));
	if (rng_chance(&w->rng, 60))
		agent_drain(n->agent, link, w->now);
	else
		agent_undrain(n->agent, link, w->now);
	node_turn(n);
}

static void undrain_all(struct world *w)
{
	const char *name;

	for (unsigned i = 0; i < w->n_nodes; i++) {
		if (!w->nodes[i].agent)
			continue;
		for (size_t k = 0; (name = agent_drain_name(w->nodes[i].agent, k)); k++)
			agent_undrain(w->nodes[i].agent, name, w->now);
		node_turn(&w->nodes[i]);
	}
}

static void one_fault(struct world *w)
{
	struct node *n;
	struct cable *c;
	unsigned end;

	w->n_faults++;
	switch (rng_below(&w->rng, 17)) {
	case 0:
	case 1:
		c = some_cable(w);
		cable_plug(w, c, !c->plugged);
		break;
	case 2:
		flap(w);
		break;
	case 3:
	case 4:
		c = some_cable(w);
		end = rng_below(&w->rng, 2);
		port_admin(c->node[end], c->port[end], !c->node[end]->ports[c->port[end]].admin_up);
		break;
	case 5:
		n = some_node(w);
		if (n->agent)
			node_kill(n);
		else
			node_boot(n);
		break;
	case 6:                                  /* restarted at once, as systemd does */
		n = some_node(w);
		node_kill(n);
		world_run(w, (mono){ w->now.us + rng_below(&w->rng, 100000) });
		node_boot(n);
		break;
	case 7:
		n = some_node(w);
		node_power(n, !n->powered);
		node_boot(n);
		break;
	case 8:                                  /* the kernel refuses one operation in ten or twenty for a while */
		w->kernel_error_percent = w->kernel_error_percent ? 0 : 5 + rng_below(&w->rng, 6);
		world_say(w, "kernel errors: %u %%", w->kernel_error_percent);
		break;
	case 9:
	case 10:                                 /* slow to read and to answer: a moment, or longer than the hold time */
		node_freeze(some_node(w), 1000 + rng_below(&w->rng, rng_chance(&w->rng, 50) ? 500000 : 15000000));
		break;
	case 12:
		storm(w);
		break;
	case 13:
	case 14:
		node_reload(some_node(w));
		break;
	case 15:
	case 16:
		drain(w);
		break;
	case 11:
		w->corrupt_permille = w->corrupt_permille ? 0 : 1 + rng_below(&w->rng, 50);
		world_say(w, "corrupt messages: %u of 1000 pieces", w->corrupt_permille);
		break;
	}
}

/* What a peer gone mad has said stays believed as long as it is well-formed: those sessions start over. */
static void forget_corrupted(struct world *w)
{
	char link[16];

	for (unsigned i = 0; i < w->n_nodes; i++)
		for (unsigned k = 0; k < w->nodes[i].n_ports; k++) {
			if (!w->nodes[i].corrupted[k] || !w->nodes[i].agent)
				continue;
			snprintf(link, sizeof(link), "swp%u", k + 1);
			agent_reset(w->nodes[i].agent, link, NULL, w->now);
			node_turn(&w->nodes[i]);
		}
}

/* Half of what is broken is mended at the end, so that the last picture is neither whole nor empty. */
static void mend(struct world *w)
{
	w->kernel_error_percent = w->corrupt_permille = 0;
	forget_corrupted(w);
	undrain_all(w);
	for (unsigned i = 0; i < w->n_cables; i++)
		if (!w->cables[i].plugged && rng_chance(&w->rng, 50))
			cable_plug(w, &w->cables[i], true);
	for (unsigned i = 0; i < w->n_nodes; i++) {
		if (!rng_chance(&w->rng, 70))
			continue;
		node_power(&w->nodes[i], true);
		for (unsigned k = 0; k < w->nodes[i].n_ports; k++)
			port_admin(&w->nodes[i], k, true);
		node_boot(&w->nodes[i]);
	}
}

void faults_schedule(struct world *w)
{
	unsigned n = 5 + rng_below(&w->rng, 40);
	/* Some seeds break things faster than the fabric can follow, some wait for hold timers in between. */
	uint32_t pace_us = rng_chance(&w->rng, 50) ? 300000 : 8000000;

	for (unsigned i = 0; i < n; i++) {
		one_fault(w);
		world_run(w, (mono){ w->now.us + rng_below(&w->rng, pace_us) });
		stream_reap(w);
	}
	mend(w);
}
