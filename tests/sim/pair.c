/* Two neighbours in a fabric at rest. Something is the matter with one of them; when that is over, everything comes back by itself. */
#include "tests/sim/sim.h"

#include "agent/base/own.h"

#define TRIES 16                         /* ports, until one has a session that is fit for it */
#define BACK_S 85                        /* until then, as in play.c */
#define STEP_S 5

void pair_view(const struct node *n, unsigned port, struct peer_view *ret)
{
	const struct peer *peer = n->agent ? peers_find(agent_peers(n->agent), SIM_PORT0 + port) : NULL;

	*ret = (struct peer_view){ 0 };
	if (peer)
		peer_view(peer, ret);
}

/* Not with a further router's session: that has another key. What servers say of others is filtered. */
static bool is_fit(const struct pair *p)
{
	struct peer_view from, to;

	if (!port_usable(p->from, p->port) || p->to->tier == TIER_HOST || p->from->tier == TIER_HOST)
		return false;
	pair_view(p->from, p->port, &from);
	pair_view(p->to, p->to_port, &to);
	return from.state == BGP_ESTABLISHED && to.state == BGP_ESTABLISHED;
}

bool pair_draw(struct world *w, struct rng *r, struct pair *ret)
{
	for (unsigned i = 0; i < TRIES; i++) {
		ret->from = some_node(w, r);
		ret->port = rng_below(r, ret->from->n_ports);
		ret->to = port_other(ret->from, ret->port, &ret->to_port);
		if (is_fit(ret))
			return true;
	}
	return false;
}

struct find { rib_peer peer; bool is; };

static bool is_path_of(void *ctx, const struct rib_route_view *view)
{
	struct find *f = ctx;

	for (size_t i = 0; i < view->n_paths; i++)
		f->is |= view->paths[i].peer == f->peer;
	return true;
}

bool pair_has_path(const struct pair *p, const struct prefix *prefix)
{
	struct find f = { 0 };

	if (agent_rib_peer(p->to->agent, SIM_PORT0 + p->to_port, &f.peer))
		rib_find(agent_rib(p->to->agent), prefix, is_path_of, &f);
	return f.is;
}

void pair_reset(const struct pair *p)
{
	char link[16];

	snprintf(link, sizeof(link), "swp%u", p->to_port + 1);
	agent_reset(p->to->agent, link, NULL, node_now(p->to));
	node_turn(p->to);
}

static bool all_up(const struct world *w)
{
	const struct peer *peer;
	struct peer_view v;

	for (unsigned i = 0; i < w->n_nodes; i++)
		for (unsigned k = 0; k < w->nodes[i].n_ports; k++) {
			if (!port_usable(&w->nodes[i], k))
				continue;
			peer = peers_find(agent_peers(w->nodes[i].agent), port_key(&w->nodes[i], k));
			if (!peer)
				return false;
			peer_view(peer, &v);
			if (v.state != BGP_ESTABLISHED)
				return false;
		}
	return true;
}

bool pair_rest(struct world *w, const char *after)
{
	mono until = mono_add_s(w->now, BACK_S);

	while (!*w->failure && w->now.us < until.us && !all_up(w))
		world_run(w, mono_add_s(w->now, STEP_S));
	if (!*w->failure && !all_up(w))
		check_quiet(w);
	world_run(w, mono_add_s(w->now, STEP_S));
	if (!*w->failure && check_quiet(w) && stale_check(w, true) && check_ribs(w))
		return watch_quiet(w);
	world_say(w, "that was after %s", after);
	return false;
}
