/* A process ends, in any of the ways there are, and another one comes with an older or a newer configuration, or as another speaker altogether. What
 * outlives a process beside its kernel is the state file (agent/saved.h), the file of what is drained (agent/drains.h) and router_id on lo. */
#include "tests/sim/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_drain.h"
#include "agent/bgp/peer.h"
#include "tests/sim/coverage.h"
#include "tests/sim/kernel_news.h"
#include "tests/sim/refusals.h"

#define FLUSH_TURNS 1000

/* --- lo ------------------------------------------------------------------------------------------------------------------------ */
enum { LO_OPERATOR, LO_WEFT };

static struct link_change lo_change(struct in_addr addr, bool on)
{
	struct link_change c = { .kind = on ? ADDR_NEW : ADDR_DEL, .addr = { .ifindex = SIM_LO, .family = AF_INET, .len = 32 } };

	memcpy(c.addr.addr, &addr, 4);
	return c;
}

bool lo_has(const struct node *n, struct in_addr addr)
{
	return addr.s_addr && (n->lo[LO_OPERATOR].s_addr == addr.s_addr || n->lo[LO_WEFT].s_addr == addr.s_addr);
}

/* Half of all operators do it themselves. */
void lo_first(struct node *n)
{
	n->lo[LO_WEFT].s_addr = INADDR_ANY;
	n->lo[LO_OPERATOR].s_addr = (n->world->cfg.seed + n->id) % 2 ? n->router_id.s_addr : INADDR_ANY;
}

void lo_renumber(struct node *n, struct in_addr old)
{
	if (n->lo[LO_OPERATOR].s_addr != old.s_addr)
		return;
	n->lo[LO_OPERATOR] = n->router_id;
	if (!lo_has(n, old))
		model_source_lost(n->kernel, old);
}

void lo_tell(struct node *n)
{
	for (int i = 0; i < 2; i++) {
		struct link_change c = lo_change(n->lo[i], true);

		if (n->lo[i].s_addr)
			node_hear(n, &c);
	}
}

/* The kernel drops routes whose preferred source goes, without a word. */
static void lo_set(struct node *n, struct in_addr addr, bool on)
{
	if (on ? lo_has(n, addr) : n->lo[LO_WEFT].s_addr != addr.s_addr)
		return;
	n->lo[LO_WEFT].s_addr = on ? addr.s_addr : INADDR_ANY;
	if (!on && !lo_has(n, addr))
		model_source_lost(n->kernel, addr);
}

static void on_lo(struct world *w, struct event *e)
{
	struct in_addr addr = { e->a };
	struct link_change c = lo_change(addr, e->b);

	(void)w;
	lo_set(e->node, addr, e->b);
	if (!e->node->agent || e->n != e->node->incarnation)
		return;
	agent_link_change(e->node->agent, &c, node_now(e->node));
	node_turn(e->node);
}

void lo_want(struct node *n, struct in_addr addr, bool on)
{
	struct event *e = world_at(n->world, 0, on_lo, n);

	e->a = addr.s_addr;
	e->b = on;
	e->n = n->incarnation;
}

/* --- files --------------------------------------------------------------------------------------------------------------------- */
bool saved_of_another(const struct node *n)
{
	const struct saved *s = &n->saved;

	return s->bad || (s->asn && (s->asn != n->asn || s->router_id.s_addr != n->router_id.s_addr));
}

void saved_take(struct node *n)
{
	const struct config *c = agent_config(n->agent);
	const struct saved *s = &n->saved;

	if (saved_of_another(n))
		agent_claims_nothing(n->agent);
	if (!s->bad && s->loopback.s_addr == c->router_id.s_addr)
		agent_loopback_is_ours(n->agent);
	else if (!s->bad && s->loopback.s_addr)
		lo_want(n, s->loopback, false);
	for (unsigned i = 0; i < s->n_drains; i++)
		if (agent_drain_restore(n->agent, s->drains[i], node_now(n)) < 0)
			abort();
	n->saved.drain_changes = 0;
	if (s->n_drains)
		cover(n->world, "older", "drained from the start");
}

void saved_turn(struct node *n)
{
	const struct config *c = agent_config(n->agent);
	struct saved *s = &n->saved;
	const char *name;

	s->bad = false;
	s->asn = c->asn;
	s->router_id = c->router_id;
	s->loopback.s_addr = agent_has_loopback(n->agent) ? c->router_id.s_addr : INADDR_ANY;
	if (s->drain_changes == agent_drain_changes(n->agent))
		return;
	s->drain_changes = agent_drain_changes(n->agent);
	s->n_drains = 0;
	for (size_t i = 0; (name = agent_drain_name(n->agent, i)) && s->n_drains < SIM_PORTS; i++)
		snprintf(s->drains[s->n_drains++], sizeof(s->drains[0]), "%s", name);
}

/* Has this process come as somebody else than the one before? Then nobody may be told that it is the same that restarts (RFC 4724 3). */
bool saved_check(struct node *n)
{
	const struct peers *peers = agent_peers(n->agent);
	const struct saved *s = &n->saved;
	bool other = saved_of_another(n);

	if (other && model_n_routes(n->kernel))
		cover(n->world, "older", s->bad ? "routes of nobody knows whom" : "routes of another speaker");
	if (other && (peers->forwarding[0] || peers->forwarding[1]))
		return sim_fail(n->world, "%s claims the routes of another speaker", n->name);
	return true;
}

/* --- the ends ------------------------------------------------------------------------------------------------------------------ */
/* SIGTERM, `weft stop`; cold: `weft stop --cold`, SIGINT. */
static void end(struct node *n, bool cold)
{
	struct world *w = n->world;
	size_t left;

	agent_ask_end(n->agent, cold ? AGENT_STOPS : AGENT_LEAVES, NULL);
	cold = agent_end_asked(n->agent) == AGENT_STOPS;
	cover(w, "older", cold ? "stops" : "leaves");
	world_say(w, "%s: the process %s", n->name, cold ? "stops" : "leaves");
	if (cold)
		agent_stop(n->agent, node_now(n));
	for (int i = 0; i < FLUSH_TURNS && kernel_turn(n); i++)
		news_settle(n);
	if (!cold)
		agent_leave(n->agent, node_now(n));
	world_run(w, w->now);                    /* connections are closed, lo's address goes; what is queued is said */
	left = model_n_routes(n->kernel) + model_n_objects(n->kernel) + model_n_neighs(n->kernel);
	detector_stop(n);
	node_kill(n);
	if (!cold)
		return;
	n->saved.asn = 0;                        /* that file goes; the other one stays */
	n->saved.loopback.s_addr = INADDR_ANY;
	if (left && !refuses(n))
		sim_fail(w, "%s has stopped, and %zu routes, objects and neighbours are left", n->name, left);
	if (n->lo[LO_WEFT].s_addr)
		sim_fail(w, "%s has stopped, and its address on lo is left", n->name);
}

static void other_keys(struct node *n, struct rng *r)
{
	struct world *w = n->world;
	unsigned hold = 3 * (1 + rng_below(r, 5)), restart_s = rng_chance(r, 30) ? 0 : w->restart_s;
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	fprintf(f, ", \"weighted\": %s, \"graceful_restart\": {\"restart_seconds\": %u, \"long_lived_seconds\": %u}", w->weighted ? "true" : "false",
		restart_s, rng_chance(r, 30) ? 0 : w->long_s);
	if (rng_chance(r, 50))
		fprintf(f, ", \"resilient\": {\"buckets\": %u, \"idle_timer_seconds\": 120}", 64u << rng_below(r, 2));
	keys_put(n, r, hold, f);
	fclose(f);
	free(n->keys);
	n->keys = text;
	world_say(w, "%s: the next configuration: %s", n->name, text);
}

void older(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r);
	unsigned how = rng_below(r, 100);
	bool id = rng_chance(r, 25), asn = rng_chance(r, 25), first = rng_chance(r, 20), bad = rng_chance(r, 10);
	int64_t pause_us = rng_below(r, rng_chance(r, 80) ? 200000 : 20000000);

	if (n->agent && how < 60 && n->frozen.us <= w->now.us)
		end(n, how < 30);
	node_kill(n);
	n->saved.bad = n->saved.asn && bad;      /* half of the file, or another one's: nobody knows any more whose address is on lo, */
	if (n->saved.bad && n->lo[LO_WEFT].s_addr) {
		n->lo[LO_OPERATOR] = n->lo[LO_WEFT];     /* so it is the operator's */
		n->lo[LO_WEFT].s_addr = INADDR_ANY;
	}
	if (id || asn)
		swap_identity(n, id, asn);
	if (first) {
		free(n->keys);
		n->keys = NULL;
	} else {
		other_keys(n, r);
	}
	world_run(w, (mono){ w->now.us + pause_us });
	node_boot(n);
}
