/* Once a second: a process takes for alive only whom it has heard within the hold time, over a link with a carrier; and what it keeps for long of a
 * peer that is away says so, and is the last choice (RFC 9494 4.2, 4.4). In the end a session rests on what both ends are configured to. */
#include "tests/sim/sim.h"

#include "agent/base/community.h"

#define SLACK_S 2                        /* timers of the loop, and a look once a second */

static bool check_heard(struct node *n, unsigned port, const struct peer_view *v)
{
	struct sim_port *p = &n->ports[port];

	if (v->state != BGP_ESTABLISHED || v->received[0] != p->heard || world_time(n, v->since).us > p->heard_at.us) {
		p->heard = v->received[0];
		p->heard_at = n->world->now;
	}
	if (n->world->now.us - p->heard_at.us <= (int64_t)(v->hold + SLACK_S) * 1000000)
		return true;
	return sim_fail(n->world, "%s swp%u: a session with a peer that has said nothing for longer than the hold time of %u s", n->name, port + 1, v->hold);
}

static bool check_carrier(struct node *n, unsigned port, const struct peer_view *v)
{
	struct sim_port *p = &n->ports[port];

	if (port_carrier(n, port) || v->state != BGP_ESTABLISHED)
		p->dark = 0;
	else if (++p->dark > SLACK_S)
		return sim_fail(n->world, "%s swp%u: a session over a link without a carrier", n->name, port + 1);
	return true;
}

struct long_lived { struct node *node; bool *away; size_t n; };

static bool is_marked(struct node *n, attrs_id attrs)
{
	return attrs_has_community(attrs_get(rib_attrs((struct rib *)agent_rib(n->agent)), attrs), COMMUNITY_LLGR_STALE);
}

static bool check_route(void *ctx, const struct rib_route_view *view)
{
	struct long_lived *l = ctx;
	bool others = false;

	for (size_t i = 0; i < view->n_paths; i++) {
		const struct rib_path_view *p = &view->paths[i];
		bool marked = is_marked(l->node, p->attrs);

		others |= !marked;
		if (p->stale && l->away[p->peer] && !marked)
			return sim_fail(l->node->world, "%s keeps a route for long without LLGR_STALE", l->node->name);
	}
	if (others && view->n_paths && is_marked(l->node, view->paths[0].attrs))
		return sim_fail(l->node->world, "%s prefers a route with LLGR_STALE to one without", l->node->name);
	return true;
}

/* The peers whose restart time is over. */
static bool check_long(struct node *n)
{
	struct world *w = n->world;
	bool away[2 * SIM_PORTS] = { 0 }, any = false;
	struct long_lived l = { n, away, sizeof(away) };
	struct peer_view v;
	rib_peer rib;

	for (unsigned i = 0; i < n->n_ports; i++) {
		pair_view(n, i, &v);
		if (!v.key || n->corrupted[i] || !agent_rib_peer(n->agent, SIM_PORT0 + i, &rib) || rib >= l.n)
			continue;
		if (v.state == BGP_ESTABLISHED || node_now(n).us - v.since.us <= (int64_t)(w->restart_s + SLACK_S) * 1000000)
			continue;
		any = away[rib] = true;
	}
	if (any)
		rib_walk(agent_rib(n->agent), check_route, &l);
	return !*w->failure;
}

static bool check_node(struct node *n)
{
	struct peer_view v;

	for (unsigned i = 0; i < n->n_ports; i++) {
		pair_view(n, i, &v);
		if (!check_heard(n, i, &v) || !check_carrier(n, i, &v))
			return false;
	}
	return !n->world->long_s || check_long(n);
}

static void on_watch(struct world *w, struct event *e)
{
	(void)e;
	for (unsigned i = 0; i < w->n_nodes; i++) {
		struct node *n = &w->nodes[i];

		if (n->agent && w->now.us >= n->frozen.us + 1000000 && !check_node(n))
			return;
	}
	world_at(w, 1000000, on_watch, NULL);
}

void watch_begin(struct world *w)
{
	world_at(w, 1000000, on_watch, NULL);
}

bool watch_quiet(struct world *w)
{
	struct peer_view v;
	uint32_t hold, other_hold;
	unsigned other;

	for (unsigned i = 0; i < w->n_nodes; i++)
		for (unsigned k = 0; k < w->nodes[i].n_ports; k++) {
			const struct node *n = &w->nodes[i], *to = port_other(n, k, &other);

			pair_view(n, k, &v);
			if (v.state != BGP_ESTABLISHED || !port_usable(n, k))
				continue;
			hold = agent_config(n->agent)->timers.hold;
			other_hold = agent_config(to->agent)->timers.hold;
			if (v.hold != (hold < other_hold ? hold : other_hold))
				return sim_fail(w, "%s swp%u: the hold time is %u s, the configurations say %u and %u", n->name, k + 1, v.hold, hold, other_hold);
			if (v.caps_received->mp[1] != agent_config(to->agent)->ipv6)
				return sim_fail(w, "%s swp%u: IPv6 is not as the configuration says", n->name, k + 1);
		}
	return true;
}
