/* Weighted ECMP at quiescence: what every node says of every other one, and the weights in every kernel, follow from the graph alone. */
#include "tests/sim/sim.h"

#include "agent/rib/bandwidth.h"

static float carries(const struct node *n, unsigned port)
{
	return BANDWIDTH_MBIT * (float)n->ports[port].cable->mbps;
}

static float own(const struct node *n)
{
	float sum = 0;

	for (unsigned i = 0; i < n->n_ports; i++)
		if (port_usable(n, i))
			sum += carries(n, i);
	return sum;
}

/* The ports by which n reaches the target, and what is known of each. */
static size_t shares_of(const struct node *n, const struct paths *p, const float *says, struct share *s, unsigned *ports)
{
	size_t k = 0;
	unsigned other_port;

	for (unsigned i = 0; i < n->n_ports; i++) {
		const struct node *other = port_other(n, i, &other_port);

		if (!graph_uses(n, i, p))
			continue;
		ports[k] = i;
		s[k++] = (struct share){ .said = { .known = true, .bytes = says[other->id - 1] }, .link = carries(n, i), .weight = 1 };
	}
	return k;
}

static bool check_node(struct world *w, struct node *n, const struct paths *paths, float *says)
{
	const struct node *to = paths->to;
	struct prefix p = prefix4(to->router_id, 32);
	struct share s[SIM_PORTS];
	unsigned ports[SIM_PORTS], have;
	size_t k = shares_of(n, paths, says, s, ports);

	if (!k || !bandwidth_share(s, k, &says[n->id - 1]))
		return sim_fail(w, "%s has no way to %s", n->name, to->name);
	for (size_t i = 0; i < k; i++) {
		have = model_weight(n->kernel, &p, ports[i]);
		if (have != s[i].weight)
			return sim_fail(w, "%s has weight %u for port %u to %s instead of %u", n->name, have, ports[i], to->name, s[i].weight);
	}
	return true;
}

bool check_weights(struct world *w, const struct paths *p)
{
	float says[SIM_NODES];

	says[p->to->id - 1] = own(p->to);
	for (unsigned far = 1; far < w->n_nodes; far++)          /* the nearer ones say first */
		for (unsigned i = 0; i < w->n_nodes; i++)
			if (p->far[i] == far && w->nodes[i].agent && !check_node(w, &w->nodes[i], p, says))
				return false;
	return true;
}
