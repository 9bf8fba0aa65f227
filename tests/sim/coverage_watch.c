/* States that can be seen from outside; of a quarter of the nodes each second. */
#include "tests/sim/coverage.h"

#include <string.h>

#include "agent/agent_drain.h"
#include "agent/agent_hold.h"
#include "tests/sim/sim.h"

static void watch_restart(const struct node *n)
{
	const struct world *w = n->world;
	struct agent_restart_view restart;
	struct agent_hold_view hold;

	if (agent_restart(n->agent, &restart, node_now(n))) {
		cover(w, "restart", restart.deferred ? "decisions deferred" : "decided, routes of the earlier run stay");
		if (restart.deferred && restart.waits_for)
			cover(w, "restart", "waits for somebody");
	}
	if (agent_hold(n->agent, &hold))
		cover(w, "restart", "announcements held");
}

static void watch_drain(const struct node *n)
{
	const struct world *w = n->world;
	struct agent_drain_view v;
	const char *name;

	for (size_t i = 0; (name = agent_drain_name(n->agent, i)); i++)
		if (agent_drain_view(n->agent, name, &v, node_now(n))) {
			cover(w, "drain", !*name ? "a node" : "a link");
			if (v.ends && v.waits_for)
				cover(w, "drain", "comes back, waits for somebody");
		}
	if (agent_drain_view(n->agent, DRAIN_NODE, &v, node_now(n)) && v.missed && *v.missed)
		cover(w, "drain", "came back for its time was over");
}

static void watch_link(const struct node *n, unsigned port)
{
	static const char *const why[] = { "restarting", "long_lived", "resyncing", "refreshing" };
	const struct world *w = n->world;
	struct agent_link_view link;
	struct agent_stale_view stale;

	if (agent_link_view(n->agent, SIM_PORT0 + port, &link) && link.damp && link.damp->state == DAMP_WAITS)
		cover(w, "damping", link.damp->why ? link.damp->why : "waits");
	agent_stale(n->agent, SIM_PORT0 + port, &stale);
	for (size_t i = 0; i < sizeof(why) / sizeof(why[0]); i++)
		if ((stale.why[0] && !strcmp(stale.why[0], why[i])) || (stale.why[1] && !strcmp(stale.why[1], why[i])))
			cover(w, "stale", why[i]);
}

static void on_watch(struct world *w, struct event *e)
{
	(void)e;
	for (unsigned i = (unsigned)(w->now.us / 1000000) % 4; i < w->n_nodes; i += 4) {
		struct node *n = &w->nodes[i];

		if (!n->agent)
			continue;
		watch_restart(n);
		watch_drain(n);
		for (unsigned k = 0; k < n->n_ports; k++)
			watch_link(n, k);
	}
	world_at(w, 1000000, on_watch, NULL);
}

void cover_start(const struct node *n)
{
	if (fib_adopted(agent_fib(n->agent), AF_INET))
		cover(n->world, "restart", "routes adopted");
	if (fib_unadopted(agent_fib(n->agent), AF_INET))
		cover(n->world, "restart", "routes that cannot be adopted");
	watch_restart(n);
}

void cover_watch(struct world *w)
{
	world_at(w, 1000000, on_watch, NULL);
}
