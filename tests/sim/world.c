#include "tests/sim/sim.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "tests/sim/coverage.h"
#include "tests/sim/kernel_news.h"
#include "tests/sim/refusals.h"
#include "tests/sim/trace.h"

#define TURN_US 100                      /* of a process that has heard something */

int64_t world_latency(struct world *w)
{
	return 20 + rng_below(&w->rng, 500);
}

struct node *port_other(const struct node *n, unsigned port, unsigned *ret_port)
{
	const struct sim_port *p = &n->ports[port];

	*ret_port = p->cable->port[!p->end];
	return p->cable->node[!p->end];
}

bool port_carrier(const struct node *n, unsigned port)
{
	unsigned k;
	const struct node *other = port_other(n, port, &k);

	return n->ports[port].cable->plugged && n->powered && other->powered && n->ports[port].admin_up && other->ports[k].admin_up;
}

/* --- the rim of one node ------------------------------------------------------------------------------------------------------- */
struct link_change link_of(const struct node *n, unsigned port)
{
	struct link_change c = { .kind = LINK_NEW };

	c.link = (struct link_info){
		.ifindex = SIM_PORT0 + port, .type = ARPHRD_ETHER, .up = n->ports[port].admin_up, .running = port_carrier(n, port), .mtu = 1500,
		.mbps = n->ports[port].cable->mbps,
	};
	snprintf(c.link.name, sizeof(c.link.name), "swp%u", port + 1);
	memcpy(c.link.mac, n->ports[port].mac, 6);
	return c;
}

struct link_change addr_of(const struct node *n, unsigned port)
{
	struct link_change c = { .kind = n->ports[port].admin_up && !n->ports[port].bare ? ADDR_NEW : ADDR_DEL };

	c.addr = (struct link_addr){ .ifindex = SIM_PORT0 + port, .family = AF_INET6, .len = 64 };
	memcpy(c.addr.addr, &n->ports[port].ll, 16);
	return c;
}

static void on_link_event(struct world *w, struct event *e)
{
	struct link_change c = link_of(e->node, e->a);

	(void)w;
	if (!e->node->agent || e->n != e->node->incarnation || e->seq != news_age(e->node))
		return;
	e->node->untold--;
	/* The state as it was when the notification was made. */
	c.link.up = e->b & 1;
	c.link.running = (e->b & 2) != 0;
	agent_link_change(e->node->agent, &c, node_now(e->node));
	c = addr_of(e->node, e->a);
	c.kind = c.kind == ADDR_NEW && (e->b & 1) ? ADDR_NEW : ADDR_DEL;
	if ((e->b & 1) == e->node->ports[e->a].admin_up)
		agent_link_change(e->node->agent, &c, node_now(e->node));
	node_turn(e->node);
}

void port_tell(struct node *n, unsigned port)
{
	struct world *w = n->world;
	struct event *e;

	if (!n->agent || news_deaf(n))
		return;
	e = world_at(w, 50, on_link_event, n);
	e->a = port;
	e->n = n->incarnation;
	e->seq = news_age(n);
	n->untold++;
	e->b = (n->ports[port].admin_up ? 1u : 0) | (port_carrier(n, port) ? 2u : 0);
}

static void carrier_changed(struct node *n, unsigned port, bool had)
{
	n->ports[port].cable->touched = n->world->now;
	if (had && !port_carrier(n, port))
		model_link_lost(n->kernel, SIM_PORT0 + port, n);
	port_tell(n, port);
}

struct ra_data { struct in6_addr from; unsigned port; size_t n; uint8_t payload[RA_MSG_MAX]; };

static void on_ra_event(struct world *w, struct event *e)
{
	struct ra_data *d = e->data;
	struct ra_packet p = { .ifindex = SIM_PORT0 + d->port, .from = d->from, .hop_limit = 255, .payload = d->payload, .len = d->n };

	trace_bytes(w, d->payload, d->n);
	if (e->node->agent && port_carrier(e->node, d->port)) {
		agent_ra_packet(e->node->agent, &p, node_now(e->node));
		node_turn(e->node);
	}
	free(d);
}

static void out_fabric(void *ctx, unsigned ifindex, const char *name, bool on)
{
	(void)ctx;
	(void)ifindex;
	(void)name;
	(void)on;
}

static int out_guard(void *ctx, const struct peer_config *cfg)
{
	(void)ctx;
	(void)cfg;
	return 0;
}

static int out_ra_send(void *ctx, unsigned ifindex, const struct in6_addr *to, const uint8_t *payload, size_t n)
{
	struct node *node = ctx, *other;
	unsigned port = ifindex - SIM_PORT0, k;
	struct ra_data *d;
	struct event *e;

	(void)to;
	if (!port_carrier(node, port) || n > RA_MSG_MAX || grey_loses(node->world, node->ports[port].cable, node->ports[port].end, n))
		return 0;
	other = port_other(node, port, &k);
	d = calloc(1, sizeof(*d));
	if (!d)
		abort();
	d->from = node->ports[port].ll;
	d->port = k;
	d->n = n;
	memcpy(d->payload, payload, n);
	e = world_at(node->world, cable_latency(node->world, node->ports[port].cable, node->ports[port].end), on_ra_event, other);
	e->data = d;
	return 0;
}

static void out_tcp_connect(void *ctx, bgp_conn conn, const struct peer_config *cfg, const struct in6_addr *remote)
{
	if (!foreign_connect(ctx, conn, cfg->ifindex - SIM_PORT0, remote))
		stream_connect(ctx, conn, cfg->ifindex - SIM_PORT0, remote);
}

static void out_tcp_close(void *ctx, bgp_conn conn)
{
	if (!stream_close(ctx, conn))
		foreign_close(ctx, conn);
}

static void out_loopback(void *ctx, unsigned ifindex, struct in_addr addr, bool on)
{
	(void)ifindex;
	lo_want(ctx, addr, on);
}

static void out_no_dad(void *ctx, unsigned ifindex, const struct in6_addr *addr)
{
	(void)ctx;
	(void)ifindex;
	(void)addr;
}

static void on_neigh_event(struct world *w, struct event *e)
{
	unsigned k;
	struct node *other = port_other(e->node, e->a, &k);
	struct link_change c = { .kind = NEIGH_NEW };

	(void)w;
	if (!e->node->agent || !port_carrier(e->node, e->a) || !grey_carries(e->node->ports[e->a].cable))
		return;
	c.neigh = (struct link_neigh){ .ifindex = SIM_PORT0 + e->a, .addr = other->ports[k].ll, .usable = true };
	memcpy(c.neigh.mac, other->ports[k].mac, 6);
	agent_link_change(e->node->agent, &c, node_now(e->node));
	node_turn(e->node);
}

static void out_neigh_get(void *ctx, unsigned ifindex, const struct in6_addr *addr)
{
	struct node *n = ctx;

	(void)addr;
	world_at(n->world, 1000, on_neigh_event, n)->a = ifindex - SIM_PORT0;
}

static void on_wake(struct world *w, struct event *e)
{
	(void)w;
	if (e->node->wake_order != e->order)     /* not by its time: one for a stopped process comes later */
		return;
	e->node->wake = (mono){ 0 };
	if (e->node->agent)
		node_turn(e->node);
}

bool kernel_turn(struct node *n)
{
	struct fib_op ops[64];
	size_t k, all = 0;

	while ((k = agent_fib_take(n->agent, ops, ARRAY_LEN(ops)))) {
		int errors[ARRAY_LEN(ops)];

		all += k;
		for (size_t i = 0; i < k; i++) {
			errors[i] = kernel_do(n, &ops[i]);
			op_say(n, &ops[i], errors[i]);
		}
		news_answers(n, ops, errors, k);
	}
	return all > 0;
}

static void on_due(struct world *w, struct event *e);

/* All that is there already is read before the turn: when a process that was stopped goes on, that is much. */
static bool more_to_hear(const struct node *n)
{
	const struct world *w = n->world;

	return w->n_heap && w->heap[0].node == n && w->heap[0].at.us <= w->now.us;
}

/* One turn of the daemon: decide, tell the kernel, tell the peers; then sleep until the core wants to be called again. */
void node_turn(struct node *n)
{
	struct world *w = n->world;
	mono next;

	if (!n->agent)
		return;
	if (n->frozen.us > w->now.us || more_to_hear(n)) {       /* what an operator tells a stopped process is done when it goes on */
		if (!n->turn_due)
			world_at(w, 0, on_due, n)->n = n->incarnation;
		n->turn_due = true;
		return;
	}
	w->turn = n;
	agent_step(n->agent, node_now(n));
	if (!announce_check(n) || !undrain_look(n))
		return;
	n->untold -= n->told;
	n->told = 0;
	kernel_turn(n);
	if (!hitless_look(n))
		return;
	stream_pump(n);
	saved_turn(n);
	next = agent_next(n->agent);
	if (mono_is_never(next))
		return;
	next = world_time(n, next);
	n->spins = next.us <= w->now.us ? n->spins + 1 : 0;
	if (next.us <= w->now.us)
		next.us = w->now.us + 1000;      /* the loop's timers have milliseconds */
	if (n->wake.us == next.us && n->wake.us > w->now.us)
		return;
	n->wake = next;
	n->wake_order = world_at(w, next.us - w->now.us, on_wake, n)->order;
}

static void first_keys(const struct node *n, struct config *cfg)
{
	if ((n->world->cfg.seed + (n->incarnation - 1) / 2) % 3 == 0)    /* after every other restart groups may be of another kind, which cannot be adopted */
		cfg->resilient = (struct config_resilient){ .buckets = 128, .idle_s = 120 };
	cfg->restart_s = n->world->restart_s;
	cfg->long_lived[0] = cfg->long_lived[1] = n->world->long_s;
	cfg->weighted = n->world->weighted;
}

static void on_due(struct world *w, struct event *e)
{
	if (e->n != e->node->incarnation)        /* an earlier process's */
		return;
	e->node->turn_due = false;
	e->node->busy.us = w->now.us + TURN_US;
	node_turn(e->node);
}

/* A process that is at work reads what has come when it is through with that, all at once. */
void node_turn_soon(struct node *n)
{
	struct world *w = n->world;

	if (n->turn_due)
		return;
	n->turn_due = true;
	if (n->busy.us > w->now.us)
		world_at(w, n->busy.us - w->now.us, on_due, n)->n = n->incarnation;
	else
		on_due(w, &(struct event){ .node = n, .n = n->incarnation });
}

void node_boot(struct node *n)
{
	struct agent_out out = {
		.fabric = out_fabric, .guard = out_guard, .ra_send = out_ra_send, .tcp_connect = out_tcp_connect, .tcp_close = out_tcp_close,
		.loopback = out_loopback, .no_dad = out_no_dad, .neigh_get = out_neigh_get, .config = reload_config, .ctx = n,
	};
	struct config *cfg;

	if (n->agent || !n->powered)
		return;
	world_say(n->world, "%s: process starts", n->name);
	n->world->turn = n;
	n->incarnation++;
	n->touched = n->world->now;
	detector_out(n, &out.bfd);
	cfg = config_first(n);
	snprintf(cfg->hostname, sizeof(cfg->hostname), "%s", n->name);
	if (!n->keys)
		first_keys(n, cfg);
	announce_configure(n, cfg);
	if (n->world->cfg.plain)
		cfg = plan_config(n, cfg);
	n->untold = n->told = 0;
	memset(n->announced, 0, sizeof(n->announced));
	n->watched = true;
	if (agent_new(&n->agent, cfg, n->world->cfg.objects ? FIB_RESILIENT : FIB_CLASSIC, &out) < 0)
		abort();
	stale_offer(n);
	saved_take(n);
	news_begin(n);
	node_tell_links(n);
	model_tell_leftovers(n->kernel, n->agent);
	agent_start(n->agent, node_now(n));
	cover_start(n);
	if (saved_check(n))
		node_turn(n);
}

void node_freeze(struct node *n, int64_t us)
{
	if (!n->agent || n->frozen.us >= n->world->now.us + us)
		return;
	world_say(n->world, "%s: stopped for %.3f s", n->name, (double)us / 1e6);
	n->frozen = (mono){ n->world->now.us + us };
}

static void on_jump(struct world *w, struct event *e)
{
	(void)w;
	detector_wake(e->node);
	node_turn(e->node);
}

void node_clock_jump(struct node *n, int64_t us)
{
	world_say(n->world, "%s: the clock jumps %.3f s ahead", n->name, (double)us / 1e6);
	n->clock_us += us;
	n->touched = n->world->now;
	world_at(n->world, 0, on_jump, n);
}

void node_kill(struct node *n)
{
	n->frozen = (mono){ 0 };
	if (!n->agent)
		return;
	world_say(n->world, "%s: process killed", n->name);
	n->touched = n->world->now;
	stream_kill_node(n, n->powered);
	detector_kill(n);
	agent_free(n->agent);
	n->agent = NULL;
	n->wake = (mono){ 0 };
	n->turn_due = false;
}

void node_power(struct node *n, bool on)
{
	struct node *other;
	unsigned k;
	bool had[SIM_PORTS];

	if (n->powered == on)
		return;
	world_say(n->world, "%s: power %s", n->name, on ? "on" : "off");
	for (unsigned i = 0; i < n->n_ports; i++)
		had[i] = port_carrier(n, i);
	n->powered = on;
	if (!on) {
		node_kill(n);
		model_clear(n->kernel);
		n->saved = (struct saved){ 0 };
		lo_first(n);
	}
	for (unsigned i = 0; i < n->n_ports; i++) {
		n->ports[i].admin_up = true;
		n->ports[i].bare = false;
		other = port_other(n, i, &k);
		carrier_changed(other, k, had[i]);
	}
}

void cable_plug(struct world *w, struct cable *c, bool plugged)
{
	bool had[2];

	if (c->plugged == plugged)
		return;
	world_say(w, "%s - %s: cable %s", c->node[0]->name, c->node[1]->name, plugged ? "in" : "out");
	for (int i = 0; i < 2; i++)
		had[i] = port_carrier(c->node[i], c->port[i]);
	c->plugged = plugged;
	for (int i = 0; i < 2; i++)
		carrier_changed(c->node[i], c->port[i], had[i]);
}

void port_admin(struct node *n, unsigned port, bool up)
{
	unsigned k;
	struct node *other = port_other(n, port, &k);
	bool had = port_carrier(n, port), had_other = port_carrier(other, k);

	if (n->ports[port].admin_up == up || !n->powered)
		return;
	world_say(n->world, "%s swp%u: %s", n->name, port + 1, up ? "up" : "down");
	n->ports[port].admin_up = up;
	n->ports[port].bare = false;             /* the kernel makes another one when it comes up */
	if (!up && !had)                         /* neighbour entries go with the interface, carrier or not */
		model_link_lost(n->kernel, SIM_PORT0 + port, n);
	carrier_changed(n, port, had);
	carrier_changed(other, k, had_other);
}

int world_new(struct world **ret, const struct sim_config *cfg)
{
	struct world *w = calloc(1, sizeof(*w));

	if (!w)
		return -ENOMEM;
	w->cfg = *cfg;
	w->rng.s = cfg->seed;
	w->shared_asn = rng_chance(&w->rng, 50) || cfg->plain;
	w->weighted = cfg->seed % 2;
	w->late_answers = !cfg->plain && cfg->seed / 2 % 2;
	if (rng_chance(&w->rng, 50)) {
		w->restart_s = 5 + rng_below(&w->rng, 16);
		w->long_s = rng_chance(&w->rng, 50) ? 5 + rng_below(&w->rng, 26) : 0;
	}
	topo_build(w);
	for (unsigned i = 0; i < w->n_nodes; i++)
		node_clock(&w->nodes[i]);
	if (!cfg->plain && rng_chance(&(struct rng){ .s = cfg->seed ^ 0x626664 }, 33))
		w->bfd_ms = w->n_cables > 100 ? 1000 : 300;
	if (!cfg->plain)
		full_new(w);
	faults_plan(w);
	*ret = w;
	return 0;
}

void world_free(struct world *w)
{
	for (unsigned i = 0; i < w->n_nodes; i++) {
		node_kill(&w->nodes[i]);
		model_free(w->nodes[i].kernel);
		free(w->nodes[i].keys);
		news_free(&w->nodes[i]);
	}
	for (size_t i = 0; i < w->n_heap; i++)
		free(w->heap[i].data);
	foreign_leave(w, NULL);
	stream_free_all(w);
	free(w->heap);
	free(w->nodes);
	free(w->cables);
	free(w->faults);
	free(w->gone);
	free(w);
}
