/* BFD of a process as agent/bfd/bfd_thread.c runs it: the real sessions (agent/bfd/bfd.h), packets over the cables, what the main thread wants and what
 * it is told a moment later. What comes waits in the sockets while the process is stopped, and all of it is heard before anybody is judged. */
#include "tests/sim/sim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/coverage.h"

#define HAND_OVER_US 100                 /* from one thread to the other */
#define NAP_US 1000                      /* the thread may be late by so much */
#define SETTLED_US 6000000               /* what happened longer ago than any detection time explains no failure */
#define LOSS_SETTLED 200                 /* intervals: two windows in which losses are counted */
#define ONE_WITHOUT 8                    /* of so many processes */

struct packet {
	struct packet *next;
	struct node *to;
	struct in6_addr from, dest;
	unsigned port;
	size_t n;
	uint8_t p[BFD_MSG_LEN];
};

struct detector {
	struct bfd *bfd;
	struct packet *first, **last;    /* in its sockets */
	mono wake;                       /* when it wakes up, unless a packet is first, */
	uint64_t order;                  /* and by which event: earlier ones count no more */
};

static bool has_bfd(const struct node *n)
{
	return n->world->bfd_ms && (n->world->cfg.seed + n->id) % ONE_WITHOUT;
}

/* The same process may have other timers after a reload or a restart, but it does not lose BFD for good: what a peer that has seen it cannot tell
 * from a dead link. */
void bfd_configure(const struct node *n, uint64_t variant, FILE *f)
{
	unsigned ms = n->world->bfd_ms;

	if (has_bfd(n))
		fprintf(f, ", \"bfd\": {\"interval_ms\": %u, \"multiplier\": %u}", ms + (unsigned)(variant % 4) * ms / 10, 3 + (unsigned)(variant / 4 % 2));
}

/* --- the thread ------------------------------------------------------------------------------------------------------------------ */
static void turn(struct node *n);

static void on_wake(struct world *w, struct event *e)
{
	(void)w;
	if (!e->node->detector || e->n != e->node->incarnation || e->order != e->node->detector->order)
		return;
	e->node->detector->wake = (mono){ 0 };
	turn(e->node);
}

static void sleep_until(struct node *n, mono next)
{
	struct detector *d = n->detector;
	struct world *w = n->world;
	int64_t in_us;
	struct event *e;

	if (mono_is_never(next))
		return;
	in_us = world_time(n, next).us - w->now.us;
	if (in_us < 0)
		in_us = 0;
	if (d->wake.us >= w->now.us && d->wake.us <= w->now.us + in_us + NAP_US)
		return;
	e = world_at(w, in_us + rng_below(&w->rng, NAP_US), on_wake, n);
	e->n = n->incarnation;
	d->wake = e->at;
	d->order = e->order;
}

/* Nothing explains that this link failed: no fault touched the cable, nobody was stopped, killed or started. */
static bool is_innocent(const struct node *n, unsigned port, int64_t settled_us)
{
	unsigned k;
	const struct node *other = port_other(n, port, &k);
	int64_t since = n->world->now.us - settled_us;
	const struct cable *c = n->ports[port].cable;

	return port_usable(n, port) && c->touched.us < since && !c->grey.late_us && !c->grey.most && !c->grey.percent[0] && !c->grey.percent[1] &&
	       n->touched.us < since && n->frozen.us < since && other->touched.us < since && other->frozen.us < since;
}

static bool judge(struct node *n, const struct bfd_view *v)
{
	struct world *w = n->world;
	struct agent_bfd_view old;
	unsigned port = v->key - SIM_PORT0;
	bool fails, lossy;

	if (!agent_bfd(n->agent, v->key, &old) || old.peer->serial != v->serial || port >= n->n_ports)
		return true;
	fails = v->failures != old.session->failures;
	lossy = v->lossy && !old.session->lossy;
	if (v->ups != old.session->ups)
		cover(w, "bfd", "Up");
	if (fails)
		cover(w, "bfd", bfd_diag_str(v->failure_diag));
	if (lossy)
		cover(w, "bfd", "packets are lost");
	if (old.session->lossy && !v->lossy)
		cover(w, "bfd", "no more packets are lost");
	if (fails && is_innocent(n, port, SETTLED_US))
		return sim_fail(w, "%s swp%u: BFD fails (%s), and nothing is wrong", n->name, port + 1, bfd_diag_str(v->failure_diag));
	if (lossy && is_innocent(n, port, SETTLED_US + (int64_t)w->bfd_ms * 1000 * LOSS_SETTLED))
		return sim_fail(w, "%s swp%u: BFD misses packets, and nothing is lost", n->name, port + 1);
	return true;
}

static void on_news(struct world *w, struct event *e)
{
	struct bfd_view *v = e->data;
	struct node *n = e->node;

	(void)w;
	if (n->agent && e->n == n->incarnation && judge(n, v)) {
		agent_bfd_news(n->agent, v, node_now(n));
		node_turn(n);
	}
	free(v);
}

static void push_news(struct node *n, const struct bfd_view *v)
{
	struct event *e = world_at(n->world, HAND_OVER_US, on_news, n);

	e->n = n->incarnation;
	e->data = malloc(sizeof(*v));
	if (!e->data)
		abort();
	memcpy(e->data, v, sizeof(*v));
}

static void turn(struct node *n)
{
	struct detector *d = n->detector;
	mono now = node_now(n);
	struct packet *packet;
	struct bfd_view v;

	while ((packet = d->first)) {
		d->first = packet->next;
		bfd_input(d->bfd, &(struct bfd_packet){ .ifindex = SIM_PORT0 + packet->port, .from = packet->from, .ttl = BFD_TTL, .p = packet->p,
							.n = packet->n }, now);
		free(packet);
	}
	d->last = &d->first;
	bfd_step(d->bfd, now);
	while (bfd_news(d->bfd, &v))
		push_news(n, &v);
	sleep_until(n, bfd_next(d->bfd));
}

/* --- packets --------------------------------------------------------------------------------------------------------------------- */
/* The kernel's part: also for a stopped process. */
static void on_packet(struct world *w, struct event *e)
{
	struct packet *packet = e->data;
	struct node *n = packet->to;

	if (n->ports[packet->port].cable != e->cable || !in6_eq(&n->ports[packet->port].ll, &packet->dest) || !n->detector ||
	    !port_carrier(n, packet->port)) {
		free(packet);
		return;
	}
	*n->detector->last = packet;
	n->detector->last = &packet->next;
	if (n->frozen.us <= w->now.us)
		turn(n);
}

static int on_send(void *ctx, uint32_t slot, const struct bfd_peer *peer, const uint8_t *p, size_t n)
{
	struct node *node = ctx;
	unsigned port = peer->ifindex - SIM_PORT0, k;
	const struct sim_port *from = &node->ports[port];
	struct packet *packet;
	struct event *e;

	(void)slot;
	if (!from->admin_up)
		return -ENETUNREACH;
	if (!in6_eq(&from->ll, &peer->local))    /* that address is gone */
		return -EADDRNOTAVAIL;
	if (!port_carrier(node, port) || grey_loses(node->world, from->cable, from->end, n))
		return 0;
	packet = calloc(1, sizeof(*packet));
	if (!packet || n > sizeof(packet->p))
		abort();
	packet->to = port_other(node, port, &k);
	packet->from = peer->local;
	packet->dest = peer->remote;
	packet->port = k;
	packet->n = n;
	memcpy(packet->p, p, n);
	e = world_at(node->world, cable_latency(node->world, from->cable, from->end), on_packet, NULL);
	e->cable = from->cable;
	e->data = packet;
	return 0;
}

/* --- from the main thread -------------------------------------------------------------------------------------------------------- */
/* e->data: the peer, or NULL: e->a ends. */
static void on_command(struct world *w, struct event *e)
{
	struct bfd_peer *peer = e->data;
	struct node *n = e->node;
	struct bfd_view failed = { .state = BFD_DOWN, .remote_state = BFD_DOWN, .since = node_now(n) };

	(void)w;
	if (n->detector && e->n == n->incarnation) {
		if (!peer)
			bfd_del(n->detector->bfd, e->a);
		else if ((failed.error = bfd_set(n->detector->bfd, peer, node_now(n))) < 0) {
			failed.key = peer->key;
			failed.serial = peer->serial;
			push_news(n, &failed);
		}
		turn(n);
	}
	free(peer);
}

static struct event *command(struct node *n)
{
	struct event *e = world_at(n->world, HAND_OVER_US, on_command, n);

	e->n = n->incarnation;
	return e;
}

static int out_set(void *ctx, const struct bfd_peer *peer)
{
	struct node *n = ctx;
	struct event *e;

	if (!n->detector) {                      /* a node without BFD has no thread for it */
		struct bfd_out out = { .send = on_send, .ctx = n };

		n->detector = calloc(1, sizeof(*n->detector));
		if (!n->detector || bfd_new(&n->detector->bfd, n->world->cfg.seed << 20 | n->id << 10 | (n->incarnation & 1023), &out) < 0)
			abort();
		n->detector->last = &n->detector->first;
	}
	e = command(n);
	e->data = malloc(sizeof(*peer));
	if (!e->data)
		abort();
	memcpy(e->data, peer, sizeof(*peer));
	return 0;
}

static void out_del(void *ctx, uint32_t key)
{
	struct node *n = ctx;

	if (n->detector)
		command(n)->a = key;
}

static void out_stats(void *ctx, struct bfd_stats *ret)
{
	struct node *n = ctx;

	if (n->detector)
		bfd_stats(n->detector->bfd, ret);
}

void detector_out(struct node *n, struct agent_bfd_out *ret)
{
	*ret = (struct agent_bfd_out){ .set = out_set, .del = out_del, .stats = out_stats, .ctx = n };
}

void detector_wake(struct node *n)
{
	if (n->detector)
		turn(n);
}

void detector_stop(struct node *n)
{
	if (!n->detector)
		return;
	bfd_stop(n->detector->bfd);
	detector_kill(n);
}

/* The thread dies with its process, and says nothing. */
void detector_kill(struct node *n)
{
	struct detector *d = n->detector;
	struct packet *packet;

	if (!d)
		return;
	while ((packet = d->first)) {
		d->first = packet->next;
		free(packet);
	}
	bfd_free(d->bfd);
	free(d);
	n->detector = NULL;
}

/* --- what must be so ------------------------------------------------------------------------------------------------------------- */
bool bfd_both_up(const struct cable *c, int64_t *ret_detect_us)
{
	struct agent_bfd_view v;
	struct peer_view p;

	*ret_detect_us = 0;
	for (int i = 0; i < 2; i++) {
		const struct node *n = c->node[i];
		const struct peer *peer;

		if (!port_usable(n, c->port[i]) || !agent_bfd(n->agent, port_key(n, c->port[i]), &v) || v.session->state != BFD_UP || v.blocks)
			return false;
		peer = peers_find(agent_peers(n->agent), port_key(n, c->port[i]));
		if (!peer || node_now(n).us - v.session->since.us < SETTLED_US)
			return false;
		peer_view(peer, &p);
		if (p.state != BGP_ESTABLISHED)
			return false;
		if (*ret_detect_us < v.session->detect_us)
			*ret_detect_us = v.session->detect_us;
	}
	return true;
}

static bool check_end(struct world *w, const struct cable *c, int i)
{
	const struct node *n = c->node[i], *other = c->node[!i];
	bool usable = port_usable(n, c->port[i]);
	struct agent_bfd_view v;

	if (!agent_bfd(n->agent, port_key(n, c->port[i]), &v))
		return !(usable && has_bfd(n)) || sim_fail(w, "%s swp%u has no BFD", n->name, c->port[i] + 1);
	if (v.session->state == BFD_UP && !(usable && has_bfd(other)))
		return sim_fail(w, "%s swp%u: BFD is Up with nobody", n->name, c->port[i] + 1);
	if (usable && has_bfd(other) && (v.session->state != BFD_UP || v.session->lossy || v.blocks))
		return sim_fail(w, "%s swp%u: BFD is %s%s", n->name, c->port[i] + 1, bfd_state_str(v.session->state), v.session->lossy ? ", lossy" : "");
	return true;
}

bool bfd_quiet(struct world *w)
{
	for (unsigned i = 0; w->bfd_ms && i < w->n_cables; i++)
		for (int k = 0; k < 2; k++)
			if (w->cables[i].node[k]->agent && !check_end(w, &w->cables[i], k))
				return false;
	return true;
}
