/* Changes by hand beside the configuration, after a reload (agent_announce.h, agent_runtime.h): what is right in the end is the same with each of them, no
 * session ends, and no reload undoes them. Which ones follows from the seed without drawing from it. */
#include "tests/sim/sim.h"

#include <errno.h>
#include <stdio.h>

#include "agent/agent_announce.h"
#include "agent/agent_runtime.h"

static const char *const addresses[] = { "192.0.2.5", "2001:db8:99::1", "192.0.2.1" };
#define NEVER_IN_A_FILE 2                /* of these; a reload may name the last one (keys_put) */

static bool is_there(const struct node *n, const char *address)
{
	struct config_neighbor is;
	char error[CONFIG_NEIGHBOR_ERROR];

	return config_neighbor_read(agent_config(n->agent), address, "external", &is, error) == 0 && config_neighbor_find(agent_config(n->agent), &is.address);
}

/* Added, or removed if it was there. */
static void toggle_neighbor(struct node *n, unsigned i)
{
	struct by_hand said;
	int r = agent_neighbor_add(n->agent, addresses[i], "external", node_now(n), &said);

	if (r == 0)
		r = agent_neighbor_del(n->agent, addresses[i], node_now(n), &said);
	if (r < 0 && !(r == -EEXIST && i >= NEVER_IN_A_FILE))
		sim_fail(n->world, "%s: neighbor %s by hand: error %d", n->name, addresses[i], r);
	n->by_hand = (n->by_hand & ~(1u << i)) | (r == 1 ? 1u << i : 0);
}

/* Its own address, which is announced in any case. */
static void toggle_prefix(struct node *n, unsigned x)
{
	struct announced what = { .prefix = prefix4(n->router_id, 32) };
	struct community c = { .part = { 65001, x & 0xffff } };

	announced_add(&what, &c, COMMUNITY_STANDARD);
	if (agent_withdraw(n->agent, &what.prefix) < 0 && agent_announce(n->agent, &what) != 1)
		sim_fail(n->world, "%s: cannot be announced by hand", n->name);
}

void node_by_hand(struct node *n)
{
	unsigned x = (unsigned)(n->world->cfg.seed + 5 * n->id + 3 * n->incarnation + ++n->by_hands), before = node_established(n);
	char link[16];

	if (n->by_hand_of != n->incarnation)     /* another process: it knows nothing of them */
		n->by_hand = 0;
	n->by_hand_of = n->incarnation;
	for (unsigned i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
		if (i < NEVER_IN_A_FILE && is_there(n, addresses[i]) != (n->by_hand >> i & 1))
			sim_fail(n->world, "%s: neighbor %s by hand is%s there", n->name, addresses[i], n->by_hand >> i & 1 ? " not" : "");
	toggle_neighbor(n, x % 3);
	toggle_prefix(n, x);
	snprintf(link, sizeof(link), "swp%u", 1 + x % n->n_ports);
	agent_soft_reset(n->agent, link, x & 1);
	if (node_established(n) != before)
		sim_fail(n->world, "%s: a change by hand ended a session", n->name);
}
