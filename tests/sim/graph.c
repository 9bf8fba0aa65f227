/* What is right, from the graph alone: the best AS paths that path-vector routing finds among those who run. */
#include "tests/sim/sim.h"

#include <stdio.h>
#include <string.h>

#include "agent/agent_drain.h"

bool port_usable(const struct node *n, unsigned port)
{
	unsigned k;
	const struct node *other = port_other(n, port, &k);

	return n->agent && other->agent && port_carrier(n, port) && grey_carries(n->ports[port].cable);
}

static bool drained_alone(const struct node *n, unsigned port)
{
	const char *name;
	char link[16];

	snprintf(link, sizeof(link), "swp%u", port + 1);
	for (size_t i = 0; (name = agent_drain_name(n->agent, i)); i++)
		if (!strcmp(name, link))
			return true;
	return false;
}

/* Is what is announced over this cable to be left (RFC 8326)? Either end may have drained it, or the whole of the other node. */
void graph_look(struct world *w)
{
	const struct node *other;
	unsigned k;

	for (unsigned i = 0; i < w->n_nodes; i++)
		for (unsigned p = 0; p < w->nodes[i].n_ports; p++) {
			struct node *n = &w->nodes[i];

			other = port_other(n, p, &k);
			n->ports[p].left = port_usable(n, p) && (drained_alone(n, p) || agent_is_drained(other->agent, SIM_PORT0 + k));
		}
}

/* May n take what its neighbour at the port says of the way to p->to? Not a path that holds its own AS (RFC 4271 9.1.2), nor what a server says of others. */
static bool acceptable(const struct node *n, unsigned port, const struct paths *p)
{
	unsigned k;
	const struct node *other = port_other(n, port, &k);

	return port_usable(n, port) && p->far[other->id - 1] < SIM_FAR && !(p->groups[other->id - 1] & n->group) &&
	       (other->tier != TIER_HOST || other == p->to);
}

static void level_by_level(const struct world *w, bool left, struct paths *ret)
{
	bool reached[SIM_NODES];
	unsigned k, last = 0;

	for (unsigned i = 0; i < w->n_nodes; i++) {
		reached[i] = ret->far[i] < SIM_FAR;
		last = reached[i] && ret->far[i] > last ? ret->far[i] : last;
	}
	for (unsigned level = 1; level <= last + 1; level++) {
		for (unsigned i = 0; i < w->n_nodes; i++) {
			const struct node *n = &w->nodes[i];

			for (unsigned p = 0; p < n->n_ports && !reached[i] && ret->far[i] == SIM_FAR; p++) {
				const struct node *other = port_other(n, p, &k);

				if (ret->far[other->id - 1] != level - 1 || !acceptable(n, p, ret) || (ret->left[other->id - 1] || n->ports[p].left) != left)
					continue;
				ret->far[i] = level;
				ret->left[i] = left;
				ret->groups[i] = ret->groups[other->id - 1] | n->group;
				last = level > last ? level : last;
			}
		}
	}
}

/* Level by level: whoever is so many ASes away is told by those who are one less; first over ways that nobody wants to be left, then over any. In these
 * fabrics all best paths of one length go through the same shared ASes, so it does not matter which of them a node announces. */
void graph_paths(const struct world *w, const struct node *to, struct paths *ret)
{
	ret->to = to;
	for (unsigned i = 0; i < w->n_nodes; i++) {
		ret->far[i] = SIM_FAR;
		ret->left[i] = false;
	}
	ret->far[to->id - 1] = 0;
	ret->groups[to->id - 1] = to->group;
	level_by_level(w, false, ret);
	level_by_level(w, true, ret);
}

bool graph_uses(const struct node *n, unsigned port, const struct paths *p)
{
	unsigned k;
	const struct node *other = port_other(n, port, &k);

	return n != p->to && p->far[n->id - 1] < SIM_FAR && p->far[other->id - 1] + 1 == p->far[n->id - 1] && acceptable(n, port, p) &&
	       (p->left[other->id - 1] || n->ports[port].left) == p->left[n->id - 1];
}
