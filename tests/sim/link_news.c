/* Links and addresses of a node as its kernel tells them: all at once, as in a dump, and those that somebody else takes away. */
#include "tests/sim/kernel_news.h"

#include <linux/if_arp.h>
#include <string.h>

#include "agent/resync.h"

void node_hear(struct node *n, const struct link_change *c)
{
	if (n->telling)
		resync_mention(n->telling, c);
	agent_link_change(n->agent, c, node_now(n));
}

void node_tell_links(struct node *n)
{
	struct link_change c = { .kind = LINK_NEW };

	c.link = (struct link_info){ .ifindex = SIM_LO, .name = "lo", .type = ARPHRD_LOOPBACK, .up = true, .running = true, .loopback = true };
	node_hear(n, &c);
	lo_tell(n);
	full_tell(n);
	for (unsigned i = 0; i < n->n_ports; i++) {
		c = link_of(n, i);
		node_hear(n, &c);
		c = addr_of(n, i);
		if (c.kind == ADDR_NEW)
			node_hear(n, &c);
	}
}

static void on_source_gone(struct world *w, struct event *e)
{
	struct link_change c = { .kind = ADDR_DEL, .addr = { .ifindex = SIM_LO, .family = AF_INET, .len = 32 } };

	(void)w;
	if (!e->node->agent || e->n != e->node->incarnation || e->seq != news_age(e->node))
		return;
	e->node->told++;
	memcpy(c.addr.addr, &e->a, sizeof(e->a));
	agent_link_change(e->node->agent, &c, node_now(e->node));
	node_turn(e->node);
}

void source_take(struct node *n)
{
	struct event *e;

	if (!n->powered || !lo_has(n, n->router_id))
		return;
	for (int i = 0; i < 2; i++)
		if (n->lo[i].s_addr == n->router_id.s_addr)
			n->lo[i].s_addr = INADDR_ANY;
	model_source_lost(n->kernel, n->router_id);
	if (!n->agent || news_deaf(n))
		return;
	n->untold++;
	e = world_at(n->world, 50, on_source_gone, n);
	e->a = n->router_id.s_addr;
	e->n = n->incarnation;
	e->seq = news_age(n);
}

void port_bare(struct node *n, unsigned port, bool bare)
{
	if (!n->powered || !n->ports[port].admin_up || n->ports[port].bare == bare)
		return;
	world_say(n->world, "%s swp%u: link-local address %s", n->name, port + 1, bare ? "gone" : "back");
	n->ports[port].bare = bare;
	if (bare)
		stream_strand(n->world, n->ports[port].cable);
	port_tell(n, port);
}
