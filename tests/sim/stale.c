/* Graceful restart: in half of the worlds every process says in its OPEN that it comes back (RFC 4724), in half of these that it may take long
 * (RFC 9494; weft itself does not offer that, it only helps others: what it sends is changed here, what it does with it is not). So a process
 * that is killed, stopped, or talks nonsense leaves routes behind in its kernel and in its neighbours, and those must go in time. */
#include "tests/sim/sim.h"

#include <stdio.h>

#include "agent/base/community.h"
#include "agent/bgp/peer.h"

#define RESYNC_S 300                     /* what the core grants a peer that is back for telling everything */
#define SLACK_S 2                        /* timers of the loop, and a look once a second */

void stale_offer(struct node *n)
{
	struct peers *peers = (struct peers *)agent_peers(n->agent);
	struct bgp_caps *caps = &peers->session.offer.caps;
	bool forwarding = model_n_routes(n->kernel) > 0 && !saved_of_another(n);         /* of the process before */

	for (int i = 0; i < 2 && n->world->long_s; i++) {
		caps->llgr_forwarding[i] = forwarding;
		caps->llgr_time[i] = n->world->long_s;
	}
}

static bool fail(struct node *n, unsigned port, const char *what)
{
	if (!*n->world->failure)
		snprintf(n->world->failure, sizeof(n->world->failure), "%s swp%u: %s", n->name, port + 1, what);
	return false;
}

/* May there be routes of this peer now? quiet: everything is over. */
static bool check_port(struct node *n, unsigned port, bool quiet)
{
	struct world *w = n->world;
	const struct peer *peer = peers_find(agent_peers(n->agent), SIM_PORT0 + port);
	struct rib_peer_stats s;
	struct peer_view v;
	rib_peer rib;
	int64_t age;

	if (!peer || !agent_rib_peer(n->agent, SIM_PORT0 + port, &rib))
		return true;
	peer_view(peer, &v);
	rib_peer_stats(agent_rib(n->agent), rib, &s);
	age = (node_now(n).us - v.since.us) / 1000000;
	if (v.state == BGP_ESTABLISHED && s.stale[0] + s.stale[1] == 0)
		return true;
	w->n_stale++;
	if (quiet)
		return fail(n, port, "stale routes, and nothing is going on");
	if (n->corrupted[port])                  /* times too may have been changed on their way */
		return true;
	if (v.state == BGP_ESTABLISHED)
		return age <= RESYNC_S + SLACK_S || fail(n, port, "the peer is back, its stale routes are still there");
	if (s.received[0] + s.received[1] != s.stale[0] + s.stale[1])
		return fail(n, port, "the peer is away, and not all of its routes are stale");
	w->n_long += age > w->restart_s + SLACK_S;
	return age <= w->restart_s + w->long_s + SLACK_S || fail(n, port, "routes are kept longer than the peer may be away");
}

static bool has_mark(void *ctx, const struct rib_route_view *view)
{
	struct node *n = ctx;
	struct attrs_tab *attrs = rib_attrs((struct rib *)agent_rib(n->agent));

	for (size_t i = 0; i < view->n_paths; i++)
		if (attrs_has_community(attrs_get(attrs, view->paths[i].attrs), COMMUNITY_LLGR_STALE))
			snprintf(n->world->failure, sizeof(n->world->failure), "%s has a path with LLGR_STALE left", n->name);
	return !*n->world->failure;
}

bool stale_check(struct world *w, bool quiet)
{
	for (unsigned i = 0; i < w->n_nodes; i++) {
		struct node *n = &w->nodes[i];

		if (!n->agent || w->now.us < n->frozen.us + 1000000)
			continue;
		for (unsigned k = 0; k < n->n_ports; k++)
			if (!check_port(n, k, quiet))
				return false;
		if (quiet)
			rib_walk(agent_rib(n->agent), has_mark, n);
	}
	return !*w->failure;
}

static void on_watch(struct world *w, struct event *e)
{
	(void)e;
	stale_check(w, false);
	world_at(w, 1000000, on_watch, NULL);
}

void stale_watch(struct world *w)
{
	if (w->restart_s)
		world_at(w, 1000000, on_watch, NULL);
}
