/* A process that is killed in a fabric at rest and comes back costs nothing (RFC 4724): while it is away, and while it and its neighbours find each
 * other again, no kernel loses a route or a next hop. */
#include "tests/sim/sim.h"

#include <stdlib.h>

#include "agent/agent_drain.h"

#define SMALL 64                         /* nodes: in a larger fabric to look at every route takes too long, they are counted */
#define AGAIN_S 20                       /* beside its restart time: to discover, to connect, to tell */

static bool is_drained(const struct world *w)
{
	for (unsigned i = 0; i < w->n_nodes; i++)
		if (w->nodes[i].agent && agent_drain_name(w->nodes[i].agent, 0))
			return true;
	return false;
}

/* It and its peers come back, as each has said to the other: the configuration of a reload may say nothing of it. The peers too, for when both connect
 * at once a session may come up and fail again (RFC 4271 6.8). */
static bool says_so(const struct node *n)
{
	struct peer *peer = NULL;
	struct peer_view v;

	while ((peer = peers_after(agent_peers(n->agent), peer))) {
		peer_view(peer, &v);
		if (v.state == BGP_ESTABLISHED && (!v.caps_sent->gr_mp[0] || !v.caps_received->gr_mp[0]))
			return false;
	}
	return true;
}

static void remember(struct node *n)
{
	const struct world *w = n->world;

	n->least = model_n_routes(n->kernel);
	for (unsigned i = 0; w->hitless && i < w->n_nodes; i++) {
		struct prefix p = prefix4(w->nodes[i].router_id, 32);

		model_route(n->kernel, &p, &w->hitless[(n->id - 1) * w->n_nodes + i]);
	}
}

bool hitless_look(struct node *n)
{
	struct world *w = n->world;
	struct portset have;

	if (!w->restarting)
		return true;
	if (model_n_routes(n->kernel) < n->least)
		return sim_fail(w, "%s loses routes while %s restarts gracefully: %zu of %zu", n->name, w->restarting->name,
				n->least - model_n_routes(n->kernel), n->least);
	for (unsigned i = 0; w->hitless && i < w->n_nodes; i++) {
		struct prefix p = prefix4(w->nodes[i].router_id, 32);

		model_route(n->kernel, &p, &have);
		for (unsigned k = 0; k < n->n_ports; k++)
			if (portset_has(&w->hitless[(n->id - 1) * w->n_nodes + i], k) && !portset_has(&have, k))
				return sim_fail(w, "%s loses swp%u of its route to %s while %s restarts gracefully", n->name, k + 1,
						w->nodes[i].name, w->restarting->name);
	}
	return true;
}

bool hitless_check(struct world *w)
{
	struct rng r = { .s = w->cfg.seed ^ 0x686974 };
	struct node *n = some_node(w, &r);
	/* A neighbour that still has BFD of the process before takes the first words of the next one for a failure (RFC 5882 4.3.2 leaves that open). */
	int64_t away_us = 10 * 1000 * (int64_t)w->bfd_ms + rng_below(&r, 1000000);

	/* A drain is not kept over a restart here, so what is drained would change. Who is away for longer than he has said is not waited for. */
	if (away_us > ((int64_t)w->restart_s - 1) * 1000000 || !n->agent || !says_so(n) || is_drained(w))
		return true;
	if (w->n_nodes <= SMALL && !(w->hitless = calloc(w->n_nodes, w->n_nodes * sizeof(*w->hitless))))
		abort();
	for (unsigned i = 0; i < w->n_nodes; i++)
		remember(&w->nodes[i]);
	w->restarting = n;
	w->n_restarts++;
	world_say(w, "--- graceful restart of %s", n->name);
	node_kill(n);
	world_run(w, (mono){ w->now.us + away_us });
	node_boot(n);
	world_run(w, mono_add_s(w->now, w->restart_s + AGAIN_S));
	w->restarting = NULL;
	free(w->hitless);
	w->hitless = NULL;
	return !*w->failure && check_quiet(w) && stale_check(w, true);
}
