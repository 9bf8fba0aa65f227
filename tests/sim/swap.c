/* Somebody else is at the other end: new MACs, a new link-local address, another machine in the place of one, cables that were moved. What was there
 * before must be gone in the end, from every kernel and every RIB; who is there now, check.c compares with what is plugged in where. */
#include "tests/sim/sim.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/coverage.h"
#include "tests/sim/refusals.h"

#define CROSS_US 5000                    /* nothing is under way in a cable any more */

/* --- addresses ----------------------------------------------------------------------------------------------------------------- */
static void remac(struct node *n, unsigned port, bool told)
{
	struct sim_port *p = &n->ports[port];
	unsigned times = ++n->world->n_swaps;

	memcpy(p->mac, (uint8_t[]){ 2, (uint8_t)(times >> 8), (uint8_t)(n->id >> 8), (uint8_t)n->id, (uint8_t)times, (uint8_t)port }, 6);
	p->cable->touched = n->world->now;
	if (!told)
		return;
	world_say(n->world, "%s swp%u: another MAC", n->name, port + 1);
	cover(n->world, "replaced", n->agent ? "a MAC" : "a MAC, no process sees it");
	model_mac_changed(n->kernel, SIM_PORT0 + port);
	port_tell(n, port);
}

struct addrs { struct in6_addr old, new; };

static void on_addr(struct world *w, struct event *e)
{
	const struct addrs *d = e->data;
	struct link_change del = { .kind = ADDR_DEL, .addr = { .ifindex = SIM_PORT0 + e->a, .family = AF_INET6, .len = 64 } }, new = del;

	(void)w;
	memcpy(del.addr.addr, &d->old, 16);
	memcpy(new.addr.addr, &d->new, 16);
	new.kind = ADDR_NEW;
	if (e->node->agent && e->n == e->node->incarnation) {
		e->node->untold--;
		if (e->b)                        /* the other one while there still is the first */
			agent_link_change(e->node->agent, &new, node_now(e->node));
		agent_link_change(e->node->agent, &del, node_now(e->node));
		if (!e->b && e->node->ports[e->a].admin_up)
			agent_link_change(e->node->agent, &new, node_now(e->node));
		node_turn(e->node);
	}
	free(e->data);
}

static void readdress(struct node *n, unsigned port, const struct in6_addr *ll, bool overlap)
{
	struct sim_port *p = &n->ports[port];
	struct addrs *d = malloc(sizeof(*d));
	struct event *e;

	if (!d)
		abort();
	*d = (struct addrs){ p->ll, *ll };
	p->ll = *ll;
	p->cable->touched = n->world->now;
	stream_strand(n->world, p->cable);
	if (!n->agent) {
		free(d);
		return;
	}
	world_say(n->world, "%s swp%u: another link-local address", n->name, port + 1);
	cover(n->world, "replaced", "an address");
	e = world_at(n->world, 50, on_addr, n);
	e->a = port;
	e->b = overlap && p->admin_up;
	e->n = n->incarnation;
	e->data = d;
	n->untold++;
}

static struct in6_addr some_ll(struct node *n)
{
	unsigned times = ++n->world->n_swaps;

	return (struct in6_addr){ .s6_addr = { 0xfe, 0x80, [10] = (uint8_t)(times >> 8), (uint8_t)times, (uint8_t)(n->id >> 8), (uint8_t)n->id, [15] = 1 } };
}

void swap_mac(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r);
	unsigned only = rng_below(r, n->n_ports);
	bool all = rng_chance(r, 30);

	for (unsigned i = 0; i < n->n_ports && n->powered; i++)
		if (all || i == only)
			remac(n, i, true);
}

/* Of one port, or of the whole node, with its MAC or without. */
void swap_address(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r);
	unsigned only = rng_below(r, n->n_ports);
	bool all = rng_chance(r, 30), mac = rng_chance(r, 30), overlap = rng_chance(r, 50);
	struct in6_addr ll = some_ll(n);

	for (unsigned i = 0; i < n->n_ports && n->powered; i++) {
		if (!all && i != only)
			continue;
		if (mac)
			remac(n, i, true);
		readdress(n, i, &ll, overlap);
	}
}

/* --- machines ------------------------------------------------------------------------------------------------------------------ */
void swap_identity(struct node *n, bool id, bool asn)
{
	struct world *w = n->world;
	unsigned times = ++w->n_swaps;
	char text[32];

	if (id) {
		w->gone = realloc(w->gone, (w->n_gone + 1) * sizeof(*w->gone));
		if (!w->gone)
			abort();
		w->gone[w->n_gone++] = n->router_id;
		snprintf(text, sizeof(text), "10.%u.%u.%u", 8 + times % 240, times / 240, n->id & 255);
		inet_pton(AF_INET, text, &n->router_id);
		lo_renumber(n, w->gone[w->n_gone - 1]);
	}
	if (asn && !n->group)                    /* who shares an AS goes on with that, or the fabric is none that graph.c understands */
		n->asn = 4220000000u + times;
	world_say(w, "%s: is AS %u, %s%s now", n->name, n->asn, id ? "" : "as before ", inet_ntop(AF_INET, &n->router_id, text, sizeof(text)));
}

/* Another one in its place, with the same cables. Nothing of the old one is told to anybody. */
void swap_machine(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r);
	bool who = rng_chance(r, 60), asn = rng_chance(r, 50);
	struct in6_addr ll;

	node_power(n, false);
	world_run(w, (mono){ w->now.us + 1000 + rng_below(r, rng_chance(r, 50) ? 100000 : 20000000) });
	ll = some_ll(n);
	for (unsigned i = 0; i < n->n_ports; i++) {
		remac(n, i, false);
		readdress(n, i, &ll, false);
	}
	world_say(w, "%s: another machine", n->name);
	cover(w, "replaced", who ? "a machine, and who it is" : "a machine");
	if (who)
		swap_identity(n, true, asn);
	lo_first(n);
	node_power(n, true);
	node_boot(n);
}

/* --- cables -------------------------------------------------------------------------------------------------------------------- */
/* Between the same kinds of nodes, so that what comes of it is a fabric still. */
static bool alike(const struct cable *c, const struct cable *d)
{
	for (int i = 0; i < 2; i++)
		if (c->node[i]->tier != d->node[i]->tier || c->node[i]->group != d->node[i]->group)
			return false;
	return c != d && c->node[0] != d->node[1] && d->node[0] != c->node[1];
}

/* A kernel with classic routes goes on using a port that has a carrier again, if nobody tells it otherwise; a process that restarts does not yet. The
 * old peer's MAC would keep these packets from going in circles, but walk.c does not look at MACs. */
static bool follow(const struct cable *c)
{
	const struct world *w = c->node[0]->world;
	struct agent_restart_view v;

	for (int i = 0; i < 2 && !w->cfg.objects; i++)
		if (!c->node[i]->agent || c->node[i]->frozen.us > w->now.us || refuses(c->node[i]) || agent_restart(c->node[i]->agent, &v, w->now))
			return false;
	return true;
}

static void cross(struct cable *c, struct cable *d)
{
	struct node *node = c->node[1];
	unsigned port = c->port[1];

	c->node[1] = d->node[1];
	c->port[1] = d->port[1];
	d->node[1] = node;
	d->port[1] = port;
	c->node[1]->ports[c->port[1]].cable = c;
	d->node[1]->ports[d->port[1]].cable = d;
}

void swap_cables(struct world *w, struct rng *r)
{
	struct cable *c = some_cable(w, r), *d = some_cable(w, r);
	int64_t wait_us = CROSS_US + rng_below(r, rng_chance(r, 50) ? 100000 : 15000000);

	for (unsigned i = 0; i < w->n_cables && !alike(c, d); i++)
		d = &w->cables[(d - w->cables + 1) % w->n_cables];
	if (!alike(c, d))
		return;
	cable_plug(w, c, false);
	cable_plug(w, d, false);
	world_run(w, (mono){ w->now.us + wait_us });
	if (follow(c) && follow(d)) {
		stream_strand(w, c);
		stream_strand(w, d);
		cross(c, d);
		cover(w, "replaced", "cables");
		world_say(w, "%s - %s and %s - %s: joined so now", c->node[0]->name, c->node[1]->name, d->node[0]->name, d->node[1]->name);
	}
	cable_plug(w, c, true);
	cable_plug(w, d, true);
}

/* --- what is gone --------------------------------------------------------------------------------------------------------------- */
static bool is_there(void *ctx, const struct rib_route_view *view)
{
	(void)view;
	*(bool *)ctx = true;
	return false;
}

bool swap_quiet(struct world *w)
{
	char s[PREFIX_STRLEN];
	struct portset ports;

	for (unsigned i = 0; i < w->n_nodes; i++)
		for (size_t k = 0; w->nodes[i].agent && k < w->n_gone; k++) {
			struct prefix p = prefix4(w->gone[k], 32);
			bool known = false;

			rib_find(agent_rib(w->nodes[i].agent), &p, is_there, &known);
			if (known || model_route(w->nodes[i].kernel, &p, &ports))
				return sim_fail(w, "%s knows %s, which nobody is any more", w->nodes[i].name, prefix_str(&p, s));
		}
	return true;
}
