/* What is right, from the graph alone: the best AS paths that path-vector routing finds among those who run. */
#include "tests/sim/sim.h"

bool port_usable(const struct node *n, unsigned port)
{
	unsigned k;
	const struct node *other = port_other(n, port, &k);

	return n->agent && other->agent && port_carrier(n, port);
}

/* May n take what its neighbour at the port says of the way to p->to? Not a path that holds its own AS (RFC 4271 9.1.2), nor what a server says of others. */
static bool acceptable(const struct node *n, unsigned port, const struct paths *p)
{
	unsigned k;
	const struct node *other = port_other(n, port, &k);

	return port_usable(n, port) && p->far[other->id - 1] < SIM_FAR && !(p->groups[other->id - 1] & n->group) &&
	       (other->tier != TIER_HOST || other == p->to);
}

/* Level by level: whoever is so many ASes away is told by those who are one less. In these fabrics all best paths of one length go through the same
 * shared ASes, so it does not matter which of them a node announces. */
void graph_paths(const struct world *w, const struct node *to, struct paths *ret)
{
	bool more = true;
	unsigned k;

	ret->to = to;
	for (unsigned i = 0; i < w->n_nodes; i++)
		ret->far[i] = SIM_FAR;
	ret->far[to->id - 1] = 0;
	ret->groups[to->id - 1] = to->group;
	for (unsigned level = 1; more; level++) {
		more = false;
		for (unsigned i = 0; i < w->n_nodes; i++) {
			const struct node *n = &w->nodes[i];

			for (unsigned p = 0; p < n->n_ports && ret->far[i] == SIM_FAR; p++) {
				const struct node *other = port_other(n, p, &k);

				if (ret->far[other->id - 1] != level - 1 || !acceptable(n, p, ret))
					continue;
				ret->far[i] = level;
				ret->groups[i] = ret->groups[other->id - 1] | n->group;
				more = true;
			}
		}
	}
}

bool graph_uses(const struct node *n, unsigned port, const struct paths *p)
{
	unsigned k;
	const struct node *other = port_other(n, port, &k);

	return n != p->to && p->far[n->id - 1] < SIM_FAR && p->far[other->id - 1] + 1 == p->far[n->id - 1] && acceptable(n, port, p);
}
