/* What a process tells others too early: in some processes with `start_hold`, and in half of all with `advertise_installed`. One that holds has told
 * nothing to anybody; one that advertises what is installed announces nothing anew that its kernel has not. */
#include "tests/sim/sim.h"

#include "agent/agent_hold.h"

#define FEW 64                           /* in a larger fabric, where to look takes longer, only one process of so many is watched */

void announce_configure(const struct node *n, struct config *cfg)
{
	uint64_t x = n->world->cfg.seed + 7 * n->incarnation + 3 * n->id;

	cfg->start_hold_s = x % 3 == 0 ? 1 + (uint32_t)(x / 3 % 30) : 0;
	cfg->advertise_installed = x / 2 % 2 && (n->world->n_nodes < FEW || n->id % FEW == 0);
}

static bool check_hold(struct node *n)
{
	struct agent_hold_view hold;
	struct peer *peer = NULL;
	struct peer_view v;

	if (!agent_hold(n->agent, &hold))
		return true;
	n->world->n_held++;
	if (mono_due(mono_add_ms(hold.until, 100), node_now(n)) && n->world->now.us > n->frozen.us + 100000)
		return sim_fail(n->world, "%s holds its announcements for longer than it may", n->name);
	while ((peer = peers_after(agent_peers(n->agent), peer))) {
		peer_view(peer, &v);
		if (v.sent[BGP_UPDATE])
			return sim_fail(n->world, "%s has told %s something while it holds its announcements", n->name, v.link);
	}
	return true;
}

static bool is_announced(void *ctx, const struct rib_route_view *view)
{
	*(bool *)ctx = view->announced && view->paths[0].peer != RIB_LOCAL;
	return true;
}

/* What it learned of another node's own prefix. */
static bool announces(const struct node *n, const struct node *to)
{
	struct prefix p = prefix4(to->router_id, 32);
	bool ret = false;

	rib_find(agent_rib(n->agent), &p, is_announced, &ret);
	return ret;
}

static bool kernel_has(const struct node *n, const struct node *to)
{
	struct prefix p = prefix4(to->router_id, 32);
	struct portset ports;

	return model_route(n->kernel, &p, &ports);
}

bool announce_check(struct node *n)
{
	struct world *w = n->world;
	bool was, is, undecided;

	if (!check_hold(n))
		return false;
	if (!agent_config(n->agent)->advertise_installed) {
		n->watched = false;
		return true;
	}
	undecided = rib_undecided(agent_rib(n->agent));
	for (unsigned i = 0; i < w->n_nodes; i++) {
		was = n->announced[i] || !n->watched;
		is = announces(n, &w->nodes[i]);
		n->announced[i] = is || (was && undecided);      /* what has lost its last path is announced until that is decided, and not shown */
		/* What it has not been told of its links it cannot know, nor that a change of what was announced before was refused. */
		if (is && !was && !n->untold && !kernel_has(n, &w->nodes[i]))
			return sim_fail(w, "%s announces %s, which its kernel has not", n->name, w->nodes[i].name);
		w->n_announced += is && !was;
	}
	n->watched = true;
	return true;
}

bool announce_quiet(struct world *w)
{
	for (unsigned i = 0; i < w->n_nodes; i++) {
		const struct node *n = &w->nodes[i];

		for (unsigned t = 0; n->agent && t < w->n_nodes; t++)
			if (t != i && announces(n, &w->nodes[t]) != kernel_has(n, &w->nodes[t]))
				return sim_fail(w, "%s announces %s, or not, unlike its kernel", n->name, w->nodes[t].name);
	}
	return true;
}
