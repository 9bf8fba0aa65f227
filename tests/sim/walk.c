/* Packets are walked through the kernels' tables while the fabric converges. Where all spines of a tier have one AS, no way goes down and up again
 * (RFC 7938 5.2.1), so that no packet may ever come to a node twice, whatever breaks. Elsewhere a path-vector protocol may make packets circle until
 * the news is around: no prefix may have a circle for longer than news can take. */
#include "tests/sim/sim.h"

#include <stdlib.h>

#define LOOK_US 500000                   /* between looks, beside those after a fault */
#define TARGETS 24                       /* of a large fabric so many prefixes are looked at, others each time */
#define NEWS_S 60                        /* hold time, a stopped process, a retry of the kernel: less than that altogether */

enum colour { NEW, OPEN, DONE };

struct walk { const struct world *w; struct prefix to; enum colour colour[SIM_NODES]; unsigned at; };

/* Does a packet that comes to n come to a node that it has been to? walk->at: which. */
static bool circles(struct walk *walk, const struct node *n)
{
	struct portset ports;
	struct node *other;
	unsigned k;

	walk->colour[n->id - 1] = OPEN;
	model_route(n->kernel, &walk->to, &ports);
	for (unsigned i = 0; i < n->n_ports; i++) {
		if (!portset_has(&ports, i) || !port_carrier(n, i) || n->ports[i].cable->grey.dark[n->ports[i].end])
			continue;
		other = port_other(n, i, &k);
		if (walk->colour[other->id - 1] == OPEN)
			walk->at = other->id;
		if (walk->colour[other->id - 1] == OPEN || (walk->colour[other->id - 1] == NEW && circles(walk, other)))
			return true;
	}
	walk->colour[n->id - 1] = DONE;
	return false;
}

static bool look_at(struct world *w, struct node *to)
{
	struct walk walk = { .w = w, .to = prefix4(to->router_id, 32) };
	bool is = false;

	walk.colour[to->id - 1] = DONE;          /* whoever has the address keeps the packet, */
	for (unsigned i = 0; i < w->n_nodes && !is; i++)
		is = walk.colour[i] == NEW && w->nodes[i].powered && circles(&walk, &w->nodes[i]);
	w->n_walks++;
	w->n_circles += is;
	if (!is)
		to->circle_since = MONO_NEVER;
	else if (mono_is_never(to->circle_since) || w->mad)
		to->circle_since = w->now;
	/* Who stands behind two leaves (a server) is one hop further away for a moment than its other leaf thinks; what a mad peer says may be anything. */
	if (is && w->valley_free && to->tier != TIER_HOST && !w->n_corrupted && !model_misled(w))
		return sim_fail(w, "packets to %s circle at %s", to->name, w->nodes[walk.at - 1].name);
	if (is && w->now.us - to->circle_since.us > (int64_t)(NEWS_S + w->restart_s + w->long_s) * 1000000)
		return sim_fail(w, "packets to %s have circled at %s for %lld s", to->name, w->nodes[walk.at - 1].name,
				(long long)(w->now.us - to->circle_since.us) / 1000000);
	return true;
}

bool walk_look(struct world *w)
{
	unsigned n = w->n_nodes < TARGETS ? w->n_nodes : TARGETS, step = w->n_nodes / n;

	for (unsigned i = 0; i < n; i++)
		if (!look_at(w, &w->nodes[(w->n_looks + i * step) % w->n_nodes]))
			return false;
	w->n_looks++;
	return true;
}

static void on_look(struct world *w, struct event *e)
{
	if (e->a)
		world_at(w, LOOK_US, on_look, NULL)->a = 1;
	walk_look(w);
}

void walk_soon(struct world *w)
{
	static const int64_t after_us[] = { 300, 1000, 3000, 10000, 30000, 100000 };

	for (unsigned i = 0; i < sizeof(after_us) / sizeof(after_us[0]); i++)
		world_at(w, after_us[i], on_look, NULL);
}

void walk_watch(struct world *w)
{
	for (unsigned i = 0; i < w->n_nodes; i++)
		w->nodes[i].circle_since = MONO_NEVER;
	world_at(w, LOOK_US, on_look, NULL)->a = 1;
}
