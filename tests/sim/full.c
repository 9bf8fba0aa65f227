/* Full tables: some leaves have many connected networks, which they announce. Every kernel must have exactly these routes in the end, and no queue may
 * grow on the way, whatever breaks while they are told. */
#include "tests/sim/sim.h"

#include <linux/if_arp.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/coverage.h"

#define VLAN0 1000                       /* ifindex */
#define VLAN_NETS 1000                   /* an interface has room for a little more (nexthop/link.h) */
#define NET_LEN 28
#define QUEUE_MAX (2 * PEER_SEND_LOW)    /* a peer that reads nothing is told no more than what is queued, and what was being packed */

static unsigned n_vlans(const struct node *n)
{
	return (n->nets + VLAN_NETS - 1) / VLAN_NETS;
}

static unsigned nets_of(const struct node *n, unsigned vlan)
{
	return vlan + 1 < n_vlans(n) ? VLAN_NETS : n->nets - vlan * VLAN_NETS;
}

/* 10.128.0.0/9 in pieces of 16 addresses, of all nodes one after the other. */
static struct in_addr net(const struct node *n, unsigned i)
{
	return (struct in_addr){ htonl(0x0a800000 + ((n->net0 + i) << (32 - NET_LEN))) };
}

unsigned full_count(const struct node *n)
{
	unsigned sum = 0;

	for (unsigned v = 0; v < n_vlans(n); v++)
		sum += portset_has(&n->vlans_off, v) ? 0 : nets_of(n, v);
	return sum;
}

bool full_sample(const struct node *n, unsigned i, struct prefix *ret)
{
	if (i >= n_vlans(n))
		return false;
	*ret = prefix4(net(n, i * VLAN_NETS + i % nets_of(n, i)), NET_LEN);
	return true;
}

void full_originate(const struct node *n, bool filtered, FILE *f)
{
	const char *vlans = n->nets ? ", \"vlan*\"" : "";

	if (filtered)
		fprintf(f, ", \"originate\": {\"interfaces\": [\"l*\"%s], \"prefixes\": [{\"prefix\": \"10.0.0.0/8\", \"ge\": 8}]}", vlans);
	else if (n->nets)
		fprintf(f, ", \"originate\": [\"lo\"%s]", vlans);
}

static void tell_vlan(struct node *n, unsigned v)
{
	struct link_change c = { .kind = portset_has(&n->vlans_off, v) ? LINK_DEL : LINK_NEW };
	uint32_t ifindex = VLAN0 + v;
	struct in_addr addr;

	c.link = (struct link_info){ .ifindex = ifindex, .type = ARPHRD_ETHER, .up = true, .running = true, .mtu = 1500 };
	snprintf(c.link.name, sizeof(c.link.name), "vlan%u", v + 1);
	node_hear(n, &c);
	for (unsigned i = 0; c.kind != LINK_DEL && i < nets_of(n, v); i++) {
		struct link_change a = { .kind = ADDR_NEW, .addr = { .ifindex = ifindex, .family = AF_INET, .len = NET_LEN } };

		addr = net(n, v * VLAN_NETS + i);
		addr.s_addr |= htonl(1);
		memcpy(a.addr.addr, &addr, 4);
		node_hear(n, &a);
	}
}

void full_tell(struct node *n)
{
	for (unsigned v = 0; v < n_vlans(n); v++)
		if (!portset_has(&n->vlans_off, v))
			tell_vlan(n, v);
}

static void on_vlan(struct world *w, struct event *e)
{
	(void)w;
	if (!e->node->agent || e->n != e->node->incarnation)
		return;
	tell_vlan(e->node, e->a);
	node_turn(e->node);
}

/* A thousand networks go at once, or come. */
void full_vlan(struct world *w, struct rng *r)
{
	struct node *n = NULL;
	struct event *e;
	unsigned v;

	for (unsigned i = 0, at = rng_below(r, w->n_nodes); i < w->n_nodes && !n; i++)
		if (w->nodes[(at + i) % w->n_nodes].nets)
			n = &w->nodes[(at + i) % w->n_nodes];
	if (!n)
		return;
	v = rng_below(r, n_vlans(n));
	n->vlans_off.bits[v / 64] ^= 1ull << v % 64;
	cover(w, "full", portset_has(&n->vlans_off, v) ? "networks go" : "networks come");
	world_say(w, "%s: vlan%u %s", n->name, v + 1, portset_has(&n->vlans_off, v) ? "is gone" : "is there");
	if (!n->agent)
		return;
	e = world_at(w, 50, on_vlan, n);
	e->a = v;
	e->n = n->incarnation;
}

static void on_watch(struct world *w, struct event *e)
{
	struct peer_view v;

	(void)e;
	for (unsigned i = 0; i < w->n_nodes; i++) {
		struct peer *peer = NULL;

		while (w->nodes[i].agent && (peer = peers_after(agent_peers(w->nodes[i].agent), peer))) {
			peer_view(peer, &v);
			if (v.send_queued > PEER_SEND_LOW)
				cover(w, "full", "a queue that has to wait");
			if (v.send_queued > QUEUE_MAX)
				sim_fail(w, "%s has %zu bytes queued for %s", w->nodes[i].name, v.send_queued, v.link);
		}
	}
	world_at(w, 10000 + world_latency(w), on_watch, NULL);
}

/* A few seeds without being asked. The ones that announce: leaves, or whoever is no server where there are no leaves. */
void full_new(struct world *w)
{
	struct rng r = { .s = w->cfg.seed ^ 0x66756c6c };
	unsigned all = w->cfg.full ? w->cfg.full : rng_chance(&r, 4) && w->n_nodes < 64 ? 500 + rng_below(&r, 1500) : 0;
	unsigned share = all / (1 + rng_below(&r, 3)) + 1, net0 = 0;

	for (unsigned i = w->n_nodes; all && i-- > 0 && net0 < all;) {
		struct node *n = &w->nodes[i];

		if (n->tier != TIER_LEAF && n->tier != TIER_NONE)
			continue;
		n->net0 = net0;
		n->nets = share < all - net0 ? share : all - net0;
		net0 += n->nets;
	}
	w->n_nets = net0;
	if (all)
		world_at(w, 10000, on_watch, NULL);
}
