/* The simulation of plan.c, event by event: how long nodes are busy, when kernels are right, what was said; and what nodes hold. */
#include "tests/sim/plan.h"

#include <malloc.h>
#include <stdlib.h>

#include "agent/base/own.h"

const char *tier_str(enum tier tier)
{
	switch (tier) {
	case TIER_NONE: return "node";
	case TIER_LEAF: return "leaf";
	case TIER_SPINE: return "spine";
	case TIER_SUPER: return "super";
	case TIER_HOST: return "host";
	}
	abort();
}

static mono mono_max(mono a, mono b)
{
	return a.us > b.us ? a : b;
}

static void on_idle(struct world *w, struct event *e)
{
	(void)w;
	(void)e;                         /* step() knows it */
}

static struct event *at_end(struct plan_queue *q)
{
	if (q->first == q->n)
		q->first = q->n = 0;
	if (q->n == q->room) {
		q->room = q->room ? 2 * q->room : 16;
		q->e = realloc(q->e, q->room * sizeof(*q->e));
		if (!q->e)
			abort();
	}
	return &q->e[q->n++];
}

/* What the node has done in this turn takes time. */
static void done(struct plan *p, struct node *n, uint64_t ops, uint64_t bytes, bool said)
{
	struct world *w = p->w;
	unsigned i = n->id - 1;
	bool all_were_right = !p->right.n_wrong;

	if (ops || bytes)
		p->busy[i].us = w->now.us + (int64_t)(p->slow * (PLAN_TURN_US + ops * PLAN_OP_US + bytes * PLAN_BYTE_NS / 1000));
	p->ops[i] += ops;
	if (ops || said)
		p->settled_at = mono_max(w->now, p->busy[i]);
	if (ops)
		right_look(&p->right, n);
	if (!p->right.n_wrong && !all_were_right)
		p->right_at = mono_max(w->now, p->busy[i]);
}

static void wake_later(struct plan *p, struct node *n)
{
	world_at(p->w, mono_max(p->busy[n->id - 1], p->w->now).us - p->w->now.us, on_idle, n);
}

/* One event. What is for a busy node waits for it, in order; as long as anything does, one on_idle is on its way. */
static void step(struct plan *p)
{
	struct world *w = p->w;
	struct event e = world_pop(w);
	struct node *n = e.node;
	struct plan_queue *q = &p->waiting[n->id - 1];
	struct wire_count before;
	uint64_t ops = w->kernel_ops;
	bool waited = e.fn == on_idle;

	w->now = e.at;
	if (waited) {
		e = q->e[q->first++];
	} else if (q->first < q->n || p->busy[n->id - 1].us > w->now.us) {
		*at_end(q) = e;
		if (q->n - q->first == 1)
			wake_later(p, n);
		return;
	}
	before = n->sent;
	w->n_events++;
	w->turn = n;
	e.fn(w, &e);
	done(p, n, w->kernel_ops - ops, n->sent.bytes - before.bytes + (e.stream && e.data ? e.n : 0),
	     n->sent.messages[BGP_UPDATE] != before.messages[BGP_UPDATE]);
	if (waited && q->first < q->n)
		wake_later(p, n);
}

void plan_run(struct plan *p, mono until)
{
	struct world *w = p->w;

	while (w->n_heap && w->heap[0].at.us <= until.us)
		step(p);
	w->now = until;
}

void plan_end(struct plan *p)
{
	for (unsigned i = 0; i < p->w->n_nodes; i++) {
		for (size_t k = p->waiting[i].first; k < p->waiting[i].n; k++)
			free(p->waiting[i].e[k].data);
		free(p->waiting[i].e);
	}
	right_free(&p->right);
}

static struct plan_count count_of(const struct plan *p, unsigned i)
{
	return (struct plan_count){ .sent = p->w->nodes[i].sent, .received = p->w->nodes[i].received, .ops = p->ops[i] };
}

void plan_begin(struct plan *p)
{
	for (unsigned i = 0; i < p->w->n_nodes; i++)
		p->before[i] = count_of(p, i);
	p->began = p->right_at = p->settled_at = p->w->now;
}

static struct plan_count since(const struct plan *p, unsigned i)
{
	struct plan_count c = count_of(p, i);

	wire_sub(&c.sent, &p->before[i].sent);
	wire_sub(&c.received, &p->before[i].received);
	c.ops -= p->before[i].ops;
	return c;
}

static json_t *count_json(const struct wire_count *c, uint64_t ops)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "open", (json_int_t)c->messages[BGP_OPEN], "update", (json_int_t)c->messages[BGP_UPDATE],
			 "keepalive", (json_int_t)c->messages[BGP_KEEPALIVE], "notification", (json_int_t)c->messages[BGP_NOTIFICATION], "announced",
			 (json_int_t)c->announced, "withdrawn", (json_int_t)c->withdrawn, "bytes", (json_int_t)c->bytes, "kernel_ops", (json_int_t)ops);
}

/* "total": each message once. By role, the node that said and heard most: both. */
json_t *plan_counted(const struct plan *p)
{
	struct plan_count c, most[TIER_LAST + 1] = { 0 }, total = { 0 };
	json_t *busiest = json_object();

	for (unsigned i = 0; i < p->w->n_nodes; i++) {
		struct plan_count *m = &most[p->w->nodes[i].tier];

		c = since(p, i);
		wire_add(&total.sent, &c.sent);
		total.ops += c.ops;
		wire_add(&c.sent, &c.received);
		if (c.sent.bytes > m->sent.bytes)
			*m = c;
	}
	for (enum tier t = 0; t <= TIER_LAST; t++)
		if (most[t].sent.bytes)
			json_object_set_new(busiest, tier_str(t), count_json(&most[t].sent, most[t].ops));
	return json_pack("{s:o, s:o}", "total", count_json(&total.sent, total.ops), "busiest", busiest);
}

/* --- what nodes hold ------------------------------------------------------------------------------------------------------------- */
/* malloc's cache of small pieces counts what is freed as used; when it is full, everything that is freed is seen. */
static void fill_cache(void)
{
	void *kept[64][7];

	for (unsigned i = 0; i < 64; i++)
		for (unsigned k = 0; k < 7; k++)
			kept[i][k] = malloc(16 * i + 24);
	for (unsigned i = 0; i < 64; i++)
		for (unsigned k = 0; k < 7; k++)
			free(kept[i][k]);
}

static size_t in_use(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

struct sizes { unsigned nodes; size_t sessions, bytes, rib_bytes, paths, routes, groups, hops; };

static struct sizes size_of(struct node *n)
{
	struct sizes s = { .nodes = 1, .routes = model_n_routes(n->kernel), .sessions = n->n_ports };
	struct fib_stats fib;
	struct rib_stats rib;
	size_t before;

	fib_stats(agent_fib(n->agent), &fib);
	rib_stats(agent_rib(n->agent), &rib);
	s.groups = fib.groups;
	s.hops = fib.hops;
	s.paths = rib.paths;
	s.rib_bytes = rib.bytes;
	fill_cache();
	before = in_use();
	agent_free(n->agent);
	s.bytes = before - in_use();
	n->agent = NULL;
	return s;
}

json_t *plan_sizes(struct plan *p)
{
	struct sizes s, most[TIER_LAST + 1] = { 0 };
	json_t *o = json_object();

	for (unsigned i = 0; i < p->w->n_nodes; i++) {
		struct sizes *m = &most[p->w->nodes[i].tier];
		unsigned nodes = m->nodes;

		s = size_of(&p->w->nodes[i]);
		*m = s.bytes > m->bytes ? s : *m;
		m->nodes = nodes + 1;
	}
	for (enum tier t = 0; t <= TIER_LAST; t++)
		if (most[t].nodes)
			json_object_set_new(o, tier_str(t), json_pack("{s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "nodes", most[t].nodes, "sessions",
				(json_int_t)most[t].sessions, "bytes", (json_int_t)most[t].bytes, "rib_bytes", (json_int_t)most[t].rib_bytes, "paths",
				(json_int_t)most[t].paths, "routes", (json_int_t)most[t].routes, "groups", (json_int_t)most[t].groups, "hops",
				(json_int_t)most[t].hops));
	return o;
}
