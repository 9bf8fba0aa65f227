/* A drain ends when there is a way on for whoever is drawn here by that: the kernel has a route to all that is known of (agent_drain.c). */
#include "tests/sim/sim.h"

#include "agent/agent_drain.h"
#include "tests/sim/coverage.h"

static bool is_learned(void *ctx, const struct rib_route_view *view)
{
	*(bool *)ctx = view->n_paths && view->paths[0].best && view->paths[0].peer != RIB_LOCAL;
	return true;
}

static unsigned n_drains(const struct node *n)
{
	unsigned i = 0;

	while (agent_drain_name(n->agent, i))
		i++;
	return i;
}

bool undrain_look(struct node *n)
{
	struct world *w = n->world;
	struct agent_drain_view view;
	unsigned was = n->drains;
	struct portset ports;
	bool known;

	n->drains = n_drains(n);
	agent_drain_view(n->agent, DRAIN_NODE, &view, node_now(n));
	if (n->drains >= was || (view.missed && *view.missed) || n->untold)      /* its time was over; or the kernel has lost what it has not said yet */
		return true;
	cover(w, "drain", "comes back");
	for (unsigned i = 0; i < w->n_nodes; i++) {
		struct prefix p = prefix4(w->nodes[i].router_id, 32);

		known = false;
		rib_find(agent_rib(n->agent), &p, is_learned, &known);
		if (known && !model_route(n->kernel, &p, &ports))
			return sim_fail(w, "%s ends a drain while its kernel has no route to %s", n->name, w->nodes[i].name);
	}
	return true;
}
