/* Other programs: they delete and change what is ours, put their own in its place, take addresses away. A notification says so (kernel_news.h), as
 * Linux sends them: of a next-hop object that goes, then of each group that has lost it; never of routes that go with their group. */
#include "tests/sim/meddle.h"

#include <stdlib.h>
#include <string.h>

#include "tests/sim/coverage.h"
#include "tests/sim/kernel_news.h"
#include "tests/sim/model_priv.h"

#define OBJECTS_MAX 512

static void say(struct node *n, const char *what)
{
	world_say(n->world, "%s: somebody %s", n->name, what);
	cover(n->world, "others", what);
}

/* --- one thing of ours, drawn; NULL: there is none ------------------------------------------------------------------------------ */
static struct route *some_route(const struct model *m, struct rng *r)
{
	uint32_t k = rng_below(r, UINT32_MAX), n = (uint32_t)(m->route.used - m->foreign_routes);
	struct route *at = NULL;

	for (k = n ? k % n : 0; n && (at = m_route_after(m, at));)
		if (!at->foreign && !k--)
			return at;
	return NULL;
}

static struct object *some_object(const struct model *m, struct rng *r, bool group)
{
	uint32_t k = rng_below(r, UINT32_MAX), n = 0;
	struct object *at = NULL;

	while ((at = m_object_after(m, at)))
		n += !at->foreign && at->group == group;
	for (k = n ? k % n : 0; n && (at = m_object_after(m, at));)
		if (!at->foreign && at->group == group && !k--)
			return at;
	return NULL;
}

static struct neigh *some_neigh(const struct model *m, struct rng *r)
{
	uint32_t k = rng_below(r, UINT32_MAX), n = (uint32_t)m->neigh.used;
	struct neigh *at = NULL;

	for (k = n ? k % n : 0; n && (at = m_neigh_after(m, at));)
		if (!k--)
			return at;
	return NULL;
}

/* --- what can be done to it ----------------------------------------------------------------------------------------------------- */
static void delete_route(struct node *n, struct route *r)
{
	struct fib_deed deed = { .kind = DEED_ROUTE, .gone = true, .ours = !r->foreign, .id = r->id, .src = r->src, .prefix = r->prefix };

	m_route_forget(n->kernel, r);
	news_deed(n, &deed);
}

static void delete_object(struct node *n, const struct object *o)
{
	struct model *m = n->kernel;
	struct fib_deed deed = { .kind = DEED_OBJECT, .gone = true, .id = o->id };
	uint32_t groups[OBJECTS_MAX];
	size_t k = 0;

	for (struct object *g = NULL; (g = m_object_after(m, g)) && k < OBJECTS_MAX;)
		for (uint16_t i = 0; i < g->n; i++)
			if (g->members[i].id == o->id)
				groups[k++] = g->id;
	m_object_drop(m, o->id);
	news_deed(n, &deed);
	for (size_t i = 0; i < k; i++)
		news_deed(n, &(struct fib_deed){ .kind = DEED_OBJECT, .id = groups[i], .gone = !m_object_find(m, groups[i]) });
}

static void neigh_news(struct node *n, const struct neigh *e, bool gone)
{
	news_deed(n, &(struct fib_deed){ .kind = DEED_NEIGH, .ifindex = e->ifindex, .addr = e->addr, .gone = gone });
}

static void delete_one(struct node *n, struct rng *r)
{
	struct model *m = n->kernel;
	uint32_t what = rng_below(r, 4);
	struct object *o = some_object(m, r, what == 2);
	struct route *route = some_route(m, r);
	struct neigh *e = some_neigh(m, r), gone;

	if (what == 0 && route) {
		say(n, "deletes a route");
		delete_route(n, route);
	} else if ((what == 1 || what == 2) && o) {
		say(n, what == 2 ? "deletes a group" : "deletes a next hop");
		delete_object(n, o);
	} else if (what == 3 && e) {
		say(n, "deletes a neighbour");
		gone = *e;
		m_neigh_forget(m, e);
		neigh_news(n, &gone, true);
	}
}

void meddle_delete(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r);
	unsigned times = 1 + rng_below(r, rng_chance(r, 20) ? 40 : 3);

	for (unsigned i = 0; i < times; i++) {
		delete_one(n, r);
		if (rng_chance(r, 30))
			world_run(w, (mono){ w->now.us + rng_below(r, 60000) });
	}
}

static void mislead(struct model *m, bool *flag)
{
	m->misled += !*flag;
	*flag = true;
}

static void change_route(struct node *n, struct rng *r)
{
	struct route *route = some_route(n->kernel, r);
	const struct object *g = some_object(n->kernel, r, true);

	if (!route || !g || !route->id)
		return;
	say(n, "puts a route of ours on another group");
	mislead(n->kernel, &route->misled);
	route->id = g->id;
	news_deed(n, &(struct fib_deed){ .kind = DEED_ROUTE, .replaced = true, .ours = true, .id = g->id, .src = route->src, .prefix = route->prefix });
}

static void change_group(struct node *n, struct rng *r)
{
	struct object *g = some_object(n->kernel, r, true);
	const struct object *hop = some_object(n->kernel, r, false);

	if (!g || !hop)
		return;
	say(n, "gives a group another member");
	mislead(n->kernel, &g->misled);
	g->n = 1;
	g->members[0] = (struct fib_member){ .id = hop->id, .weight = 1 };
	m_group_look(n->kernel, g);
	news_deed(n, &(struct fib_deed){ .kind = DEED_OBJECT, .id = g->id });
}

static void change_neigh(struct node *n, struct rng *r)
{
	struct neigh *e = some_neigh(n->kernel, r);

	if (!e)
		return;
	say(n, "gives a neighbour another MAC");
	e->mac[5] ^= 0x55;
	neigh_news(n, e, false);
}

void meddle_change(struct world *w, struct rng *r)
{
	static void (*const fns[])(struct node *, struct rng *) = { change_route, change_group, change_neigh };
	struct node *n = some_node(w, r);
	unsigned times = 1 + rng_below(r, 4);

	for (unsigned i = 0; i < times; i++)
		fns[rng_below(r, 3)](n, r);
}

/* `ip route flush proto bgp`, `ip nexthop flush`, or a router's own daemon that starts. */
void meddle_flush(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r);
	struct model *m = n->kernel;
	bool objects = rng_chance(r, 50);

	say(n, objects ? "flushes all next-hop objects" : "flushes all routes of ours");
	for (struct route *at = NULL; !objects && (at = m_route_after(m, at));)
		if (!at->foreign)
			delete_route(n, at);
	for (struct object *o = NULL; objects && (o = m_object_after(m, o));)
		if (!o->foreign)
			delete_object(n, o);
}

static void take_route(struct node *n)
{
	struct route *at = NULL;

	while ((at = m_route_after(n->kernel, at)))
		if (at->foreign)
			delete_route(n, at);
}

void meddle_put_route(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r), *to = some_node(w, r);
	struct prefix p = prefix4(to->router_id, 32);
	const struct route *there = m_route_find(n->kernel, &p);
	bool replaced = there != NULL, ours = there && (!there->foreign || there->took_place), take = rng_chance(r, 30);

	if (n == to || !n->powered)
		return;
	if (take) {
		say(n, "takes routes of his own away");
		take_route(n);
		return;
	}
	say(n, replaced ? "puts a route in the place of one" : "puts a route where there was none");
	m_route_put(n->kernel, &(struct route){ .prefix = p, .foreign = true, .took_place = ours });
	news_deed(n, &(struct fib_deed){ .kind = DEED_ROUTE, .replaced = replaced, .prefix = p });
}

void meddle_put_object(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r);
	struct model *m = n->kernel;
	uint32_t id = (m->highest ? m->highest : FIB_ID_FIRST) + 1 + rng_below(r, 3);

	if (!n->powered || !m->objects || m_object_find(m, id))
		return;
	say(n, "takes a number of our range");
	m_object_put(m, &(struct object){ .id = id, .family = AF_INET, .foreign = true });
	news_deed(n, &(struct fib_deed){ .kind = DEED_OBJECT, .id = id });
}

void meddle_addresses(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r);
	unsigned port = rng_below(r, n->n_ports);
	bool lo = rng_chance(r, 50);

	if (!n->powered)
		return;
	say(n, lo ? "takes the router-id from lo" : "takes a link-local address away");
	if (lo)
		source_take(n);
	else
		port_bare(n, port, true);
	world_run(w, (mono){ w->now.us + rng_below(r, rng_chance(r, 50) ? 1000 : 3000000) });
	port_bare(n, port, false);
}

/* Of links and addresses, or of what others do; some of it happens meanwhile. */
void meddle_deafen(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r);
	bool links = rng_chance(r, 50);
	struct cable *c = n->ports[rng_below(r, n->n_ports)].cable;
	unsigned times = rng_below(r, 4);

	say(n, links ? "makes notifications about links get lost" : "makes notifications about routes get lost");
	if (links)
		news_deafen(n, 1000 + rng_below(r, 2000000));
	else
		news_deeds_lost(n);
	for (unsigned i = 0; i < times; i++) {
		if (links)
			cable_plug(w, c, !c->plugged);
		else
			delete_one(n, r);
		world_run(w, (mono){ w->now.us + rng_below(r, 100000) });
	}
}

void meddle_end(struct world *w)
{
	for (unsigned i = 0; i < w->n_nodes; i++)
		take_route(&w->nodes[i]);
}
