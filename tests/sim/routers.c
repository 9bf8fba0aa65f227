/* A second router on a link: somebody stands beside a cable, advertises himself to one end or both, wants to be connected to or connects, has nothing
 * to say or the wrong things, and goes again, with a word or without. Or he is many. Who has a session there keeps it, and nothing of the other one comes
 * into the kernel. */
#include "tests/sim/sim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "tests/sim/coverage.h"

#define FLOOD 40                         /* addresses at once */

enum manner { REFUSES, SILENT, OWN_ASN, NONSENSE, N_MANNERS };

static const char *const manners[] = {
	[REFUSES] = "connected to, and refuses", [SILENT] = "connected to, and says nothing", [OWN_ASN] = "connected to, and has our AS",
	[NONSENSE] = "connected to, and talks nonsense",
};

struct foreign {
	struct foreign *next;
	struct cable *cable;
	bool ends[2];                    /* who hears it */
	enum manner manner;
	bool flood, calls, word;         /* many addresses; it connects; it takes its leave */
	int64_t period_us;
	mono until;
	unsigned id, times;
};

static struct in6_addr foreign_ll(const struct foreign *f, unsigned i)
{
	return (struct in6_addr){ .s6_addr = { 0xfe, 0x80, [8] = 0xff, [10] = (uint8_t)(f->id >> 8), (uint8_t)f->id, [14] = (uint8_t)(i >> 8), (uint8_t)i } };
}

static void foreign_mac(const struct foreign *f, unsigned i, uint8_t ret[6])
{
	memcpy(ret, (uint8_t[]){ 6, (uint8_t)(f->id >> 8), (uint8_t)f->id, 0xff, (uint8_t)(i >> 8), (uint8_t)i }, 6);
}

static bool is_foreign(const struct in6_addr *addr)
{
	return addr->s6_addr[8] == 0xff;
}

/* --- connections ---------------------------------------------------------------------------------------------------------------- */
static size_t words(const struct node *n, enum manner manner, uint8_t buf[BGP_MAX_LEN])
{
	struct bgp_open open = { .version = 4, .my_as = AS_TRANS, .asn = n->asn, .hold_time = 9, .id = { htonl(0x0afffffe) },
				 .caps = { .mp = { true, true }, .ext_nh_v4 = true, .as4 = true, .asn4 = n->asn } };
	struct wr w = wr_of(buf, BGP_MAX_LEN);

	if (manner == OWN_ASN)
		return bgp_put_open(&w, &open) < 0 ? 0 : wr_len(&w);
	memset(buf, 0x55, 64);
	return 64;
}

static void on_talk(struct world *w, struct event *e)
{
	uint8_t buf[BGP_MAX_LEN];
	size_t n;

	(void)w;
	if (!e->node->agent || e->n != e->node->incarnation)
		return;
	if (e->b == REFUSES)
		agent_tcp_closed(e->node->agent, e->a, ECONNREFUSED, node_now(e->node));
	else
		agent_tcp_connected(e->node->agent, e->a, node_now(e->node));
	if (e->b == OWN_ASN || e->b == NONSENSE) {
		n = words(e->node, (enum manner)e->b, buf);
		agent_tcp_input(e->node->agent, e->a, buf, n, node_now(e->node));
	}
	node_turn(e->node);
}

static void talk(struct node *n, bgp_conn conn, enum manner manner)
{
	struct event *e = world_at(n->world, world_latency(n->world), on_talk, n);

	e->a = conn;
	e->b = manner;
	e->n = n->incarnation;
}

static void on_closed(struct world *w, struct event *e)
{
	(void)w;
	if (!e->node->agent || e->n != e->node->incarnation)
		return;
	agent_tcp_closed(e->node->agent, e->a, 0, node_now(e->node));
	node_turn(e->node);
}

static bool is_at(const struct foreign *f, const struct node *n, unsigned port)
{
	return f->cable == n->ports[port].cable && f->ends[n->ports[port].end];
}

/* Whoever has gone answers nothing. */
bool foreign_connect(struct node *n, bgp_conn conn, unsigned port, const struct in6_addr *remote)
{
	const struct foreign *f = n->world->foreign;

	if (!is_foreign(remote))
		return false;
	while (f && !(is_at(f, n, port) && f->id == (unsigned)(remote->s6_addr[10] << 8 | remote->s6_addr[11])))
		f = f->next;
	cover(n->world, "beside", f ? manners[f->manner] : "connected to, and gone");
	if (f)
		talk(n, conn, f->manner);
	return true;
}

/* A stream has no such connection. */
void foreign_close(struct node *n, bgp_conn conn)
{
	struct event *e = world_at(n->world, 0, on_closed, n);

	e->a = conn;
	e->n = n->incarnation;
}

/* --- advertisements ------------------------------------------------------------------------------------------------------------- */
/* Of what the node has at the port now: its session with who is at the other end of the cable. */
static bool has_session(struct node *n, unsigned port)
{
	struct peer_view v;

	pair_view(n, port, &v);
	return v.state == BGP_ESTABLISHED && !is_foreign(&v.remote);
}

static bool check(struct node *n, unsigned port, const struct in6_addr *addr, const uint8_t mac[6])
{
	struct world *w = n->world;
	struct ra_view v;
	uint8_t is[6];

	if (ra_view(agent_ra(n->agent), SIM_PORT0 + port, &v) && (v.n_others > RA_ROUTERS_MAX || v.n_further >= RA_ALLOWED_MAX))
		return sim_fail(w, "%s swp%u remembers %zu routers", n->name, port + 1, v.n_others + v.n_further);
	if (!has_session(n, port))
		return sim_fail(w, "%s swp%u: a second router has cost it its session", n->name, port + 1);
	/* A kernel that refuses may have kept what was there when this one was the only router: that is tried again, and looked at in the end. */
	if (w->kernel_errors)
		return true;
	if (model_neigh(n->kernel, SIM_PORT0 + port, addr, is) ||
	    (model_neigh(n->kernel, SIM_PORT0 + port, &in6addr_any, is) && !memcmp(is, mac, 6)))
		return sim_fail(w, "%s swp%u: a second router is in the kernel", n->name, port + 1);
	cover(w, "beside", "a session stays");
	return true;
}

static void advertise(struct foreign *f, int end, unsigned i, bool call)
{
	struct node *n = f->cable->node[end];
	unsigned port = f->cable->port[end];
	struct world *w = n->world;
	struct in6_addr addr = foreign_ll(f, i);
	struct ra_msg msg = { .type = RA_ADVERT, .lifetime = f->word && w->now.us >= f->until.us ? 0 : 30, .has_mac = true };
	uint8_t payload[RA_MSG_MAX];
	struct ra_packet p = { .ifindex = SIM_PORT0 + port, .from = addr, .hop_limit = 255, .payload = payload };
	bool had;

	if (!n->agent || n->frozen.us > w->now.us || !n->powered || !n->ports[port].admin_up)
		return;
	had = has_session(n, port);
	foreign_mac(f, i, msg.mac);
	p.len = ra_encode(&msg, payload);
	agent_ra_packet(n->agent, &p, node_now(n));
	if (call) {
		bgp_conn conn = agent_tcp_accepted(n->agent, SIM_PORT0 + port, &addr, node_now(n));

		cover(w, "beside", conn ? "a connection is let in" : "a connection is refused");
		if (conn)
			talk(n, conn, f->manner == REFUSES ? SILENT : f->manner);
	}
	if (had)
		check(n, port, &addr, msg.mac);
}

static void on_foreign(struct world *w, struct event *e)
{
	struct foreign *f = w->foreign;
	bool over;

	while (f && f->id != e->a)
		f = f->next;
	if (!f)
		return;
	over = w->now.us >= f->until.us;
	for (int end = 0; end < 2; end++) {
		if (!f->ends[end] || !port_carrier(f->cable->node[end], f->cable->port[end]) || (over && !f->word))
			continue;
		for (unsigned i = 0; i < (f->flood ? FLOOD : 1u); i++)
			advertise(f, end, f->flood ? f->times * FLOOD + i : 0, f->calls && i == 0);
		node_turn(f->cable->node[end]);
	}
	f->times++;
	if (over)
		foreign_leave(w, f);
	else
		world_at(w, f->period_us, on_foreign, NULL)->a = f->id;
}

void foreign_leave(struct world *w, struct foreign *f)
{
	for (struct foreign **at = &w->foreign; *at;) {
		struct foreign *one = *at;

		if (f && one != f) {
			at = &one->next;
			continue;
		}
		*at = one->next;
		free(one);
	}
}

void foreign_come(struct world *w, struct rng *r)
{
	struct foreign *f = calloc(1, sizeof(*f));
	unsigned ends = 1 + rng_below(r, 3);

	if (!f)
		abort();
	*f = (struct foreign){
		.next = w->foreign, .cable = some_cable(w, r), .ends = { ends & 1, ends & 2 }, .manner = (enum manner)rng_below(r, N_MANNERS),
		.flood = rng_chance(r, 20), .calls = rng_chance(r, 40), .word = rng_chance(r, 50), .id = ++w->n_foreign,
	};
	f->period_us = f->flood ? 10000 + rng_below(r, 200000) : 100000 + rng_below(r, 4000000);
	f->until.us = w->now.us + (f->flood ? rng_below(r, 3000000) : rng_below(r, 20000000));
	w->foreign = f;
	f->cable->touched = w->now;
	world_say(w, "%s - %s: a router stands beside the cable", f->cable->node[0]->name, f->cable->node[1]->name);
	world_at(w, 0, on_foreign, NULL)->a = f->id;
}

bool foreign_quiet(struct world *w)
{
	uint8_t mac[6];

	for (unsigned i = 0; i < w->n_nodes; i++)
		for (unsigned p = 0; p < w->nodes[i].n_ports; p++) {
			struct node *n = &w->nodes[i];

			if (port_usable(n, p) && port_key(n, p) == SIM_PORT0 + p && model_neigh(n->kernel, SIM_PORT0 + p, &in6addr_any, mac) && mac[0] == 6)
				return sim_fail(w, "%s swp%u: a second router that is gone is in the kernel", n->name, p + 1);
		}
	return true;
}
