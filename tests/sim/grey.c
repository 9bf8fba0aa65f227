/* Cables that keep their carrier and lose packets: all of one direction, all, some, the large ones; or are late. Most are mended after a while, by
 * chance; what is dark in the end may stay so. Where BFD runs, a cable that goes dark is out of both kernels within the detection time. */
#include "tests/sim/sim.h"

#include <stdlib.h>
#include <string.h>

#include "tests/sim/coverage.h"

#define SLACK_US 100000                  /* beyond the detection time: what two threads, two processes and a kernel need */
#define LOOKS 3                          /* at the kernels, while the cable is dark */
#define LOSS_WINDOWS 250                 /* intervals: BFD needs two windows of 100 packets to see that nothing is lost any more */

bool grey_carries(const struct cable *c)
{
	return !c->grey.dark[0] && !c->grey.dark[1];
}

bool grey_loses(struct world *w, const struct cable *c, int end, size_t n)
{
	const struct grey *g = &c->grey;
	bool lost = g->dark[end] || (g->most && n > g->most) || (g->percent[end] && rng_chance(&w->rng, g->percent[end]));

	if (lost)
		cover(w, "grey", "packet lost");
	return lost;
}

int64_t cable_latency(struct world *w, struct cable *c, int end)
{
	int64_t at = w->now.us + world_latency(w) + c->grey.late_us;

	if (at < c->last_us[end])
		at = c->last_us[end];
	c->last_us[end] = at;
	return at - w->now.us;
}

static void change(struct world *w, struct cable *c, struct grey g)
{
	world_say(w, "%s - %s: %s%s%s%s%s", c->node[0]->name, c->node[1]->name, g.dark[0] ? "nothing from the first " : "",
		  g.dark[1] ? "nothing from the second " : "", g.percent[0] + g.percent[1] ? "loses some " : "", g.most ? "loses what is large " : "",
		  g.late_us ? "is late" : "");
	if (c->grey.percent[0] || c->grey.percent[1])
		w->lossy = w->now;
	c->grey = g;
	c->touched = w->now;
}

static void on_mend(struct world *w, struct event *e)
{
	if (e->cable->grey.until.us == e->at.us)
		change(w, e->cable, (struct grey){ 0 });
}

/* For a while, or until the end. */
static void begin(struct world *w, struct cable *c, struct grey g, struct rng *r)
{
	int64_t us = rng_below(r, rng_chance(r, 50) ? 3000000 : 40000000);
	bool mended = rng_chance(r, 80);

	g.until.us = mended ? w->now.us + us : 0;
	change(w, c, g);
	if (mended)
		world_at(w, us, on_mend, NULL)->cable = c;
}

/* --- BFD sees it ----------------------------------------------------------------------------------------------------------------- */
struct look {                            /* at a cable that went dark while all was well */
	mono since;
	unsigned incarnation[2];
	uint64_t kernel_errors;
	struct bfd_peer peer[2];
};

/* Nothing else has happened to this end that would explain what its kernel has. */
static bool is_same(const struct world *w, const struct cable *c, int i, const struct look *look)
{
	const struct node *n = c->node[i];
	struct agent_restart_view restart;
	struct agent_stale_view stale;
	struct agent_bfd_view v;

	/* BFD ends with the process (no C bit): while routes of a peer that restarts are kept, its silence says nothing of them (RFC 5882 4.3.2). */
	if (n->agent)
		agent_stale(n->agent, port_key(n, c->port[i]), &stale);
	if (n->agent && (stale.why[0] || stale.why[1]))
		return false;
	/* Routes that it found and may not decide about yet lose a next hop only if that is an object. */
	if (n->agent && !w->cfg.objects && agent_restart(n->agent, &restart, node_now(n)) && restart.deferred)
		return false;
	return n->agent && n->incarnation == look->incarnation[i] && n->frozen.us <= look->since.us && n->touched.us <= look->since.us &&
	       agent_bfd(n->agent, port_key(n, c->port[i]), &v) && v.peer->interval_us == look->peer[i].interval_us &&
	       v.peer->multiplier == look->peer[i].multiplier && w->kernel_errors == look->kernel_errors;
}

static void check_out(struct world *w, const struct cable *c, int i, const struct look *look)
{
	const struct node *n = c->node[i];
	struct portset ports;

	for (unsigned t = 0; t < w->n_nodes; t++) {
		struct prefix p = prefix4(w->nodes[t].router_id, 32);

		if (model_route(n->kernel, &p, &ports) && portset_has(&ports, c->port[i]))
			sim_fail(w, "%s reaches %s over swp%u, %lld ms after that went dark, with BFD", n->name, w->nodes[t].name, c->port[i] + 1,
				 (long long)(w->now.us - look->since.us) / 1000);
	}
}

static void on_look(struct world *w, struct event *e)
{
	struct look *look = e->data;
	const struct cable *c = e->cable;

	/* It may have been mended in the same microsecond. */
	if (c->touched.us == look->since.us && !grey_carries(c) && is_same(w, c, 0, look) && is_same(w, c, 1, look)) {
		cover(w, "grey", "dark link, looked at the kernels");
		check_out(w, c, 0, look);
		check_out(w, c, 1, look);
	}
	free(look);
}

/* Before it goes dark. */
static void watch(struct world *w, struct cable *c, struct rng r)
{
	struct look look = { .since = w->now, .kernel_errors = w->kernel_errors };
	struct agent_bfd_view v;
	int64_t detect_us, late_us = 0;
	struct event *e;

	if (!bfd_both_up(c, &detect_us) || w->kernel_error_percent)
		return;
	for (int i = 0; i < 2; i++)              /* what is on its way, on a cable that was late, still arrives */
		if (c->last_us[i] - w->now.us > late_us)
			late_us = c->last_us[i] - w->now.us;
	for (int i = 0; i < 2; i++) {
		if (c->node[i]->frozen.us > w->now.us)
			return;
		agent_bfd(c->node[i]->agent, port_key(c->node[i], c->port[i]), &v);
		look.peer[i] = *v.peer;
		look.incarnation[i] = c->node[i]->incarnation;
	}
	for (int i = 0; i < LOOKS; i++) {
		e = world_at(w, late_us + detect_us + SLACK_US + rng_below(&r, i ? 10000000 : 1000), on_look, NULL);
		e->cable = c;
		e->data = malloc(sizeof(look));
		if (!e->data)
			abort();
		memcpy(e->data, &look, sizeof(look));
	}
}

/* --- faults ---------------------------------------------------------------------------------------------------------------------- */
static void dark(struct world *w, struct rng *r, bool first, bool second)
{
	struct cable *c = some_cable(w, r);

	watch(w, c, *r);
	begin(w, c, (struct grey){ .dark = { first, second } }, r);
}

void grey_one_way(struct world *w, struct rng *r)
{
	bool first = rng_chance(r, 50);

	dark(w, r, first, !first);
}

void grey_silent(struct world *w, struct rng *r)
{
	dark(w, r, true, true);
}

void grey_lossy(struct world *w, struct rng *r)
{
	unsigned percent = 1 + rng_below(r, 60), which = rng_below(r, 3);

	begin(w, some_cable(w, r), (struct grey){ .percent = { which != 1 ? percent : 0, which != 0 ? percent : 0 } }, r);
}

void grey_small(struct world *w, struct rng *r)
{
	begin(w, some_cable(w, r), (struct grey){ .most = 150 + rng_below(r, 1300) }, r);
}

void grey_late(struct world *w, struct rng *r)
{
	begin(w, some_cable(w, r), (struct grey){ .late_us = 100000 + rng_below(r, 1400000) }, r);
}

void grey_mend(struct world *w)
{
	struct rng r = { .s = w->cfg.seed ^ 0x67726579 };
	mono well;

	for (unsigned i = 0; i < w->n_cables; i++) {
		struct cable *c = &w->cables[i];
		bool stays = rng_chance(&r, 50) && !grey_carries(c);

		c->grey.until = (mono){ 0 };
		if (!stays && (!grey_carries(c) || c->grey.percent[0] || c->grey.percent[1] || c->grey.most || c->grey.late_us))
			change(w, c, (struct grey){ 0 });
	}
	well = mono_add_ms(w->lossy, (int64_t)LOSS_WINDOWS * w->bfd_ms);
	if (w->lossy.us && well.us > w->now.us)
		world_run(w, well);
}
