/* TCP between two cores: in order, with latency and a bounded window; what is lost is sent again, with a timer that doubles, and what comes after it
 * waits; reset when a process dies. As in Linux no end gives up by itself within minutes: the core does. */
#include "tests/sim/stream_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/trace.h"

#define WINDOW (128 * 1024)              /* bytes on the way in one direction */
#define HEAD 29                          /* bytes of an OPEN before its parameters */
#define RETRANSMIT_US 200000             /* at first; twice as long after each time */
#define SOON_US 10000
#define BACKOFF_MAX 9                    /* doublings: nearly 2 minutes */
#define SYN_US 1000000
#define SYN_TRIES 6
#define STALL_TIMEOUTS 4                 /* these two as in agent/bgp/tcp.c */
#define STALL_BYTES 512
#define WATCH_US 1000000

/* Does the kernel at this end of the cable send to the MAC that the other one has? What it has no entry of it finds out by itself. */
static bool addressed(const struct cable *c, int end)
{
	const struct sim_port *other = &c->node[!end]->ports[c->port[!end]];
	uint8_t mac[6];

	return !model_neigh(c->node[end]->kernel, SIM_PORT0 + c->port[end], &other->ll, mac) || !memcmp(mac, other->mac, 6);
}

static bool cable_works(const struct world *w, const struct stream *s)
{
	const struct cable *c = s->cable;

	return !s->stranded && port_carrier(c->node[0], c->port[0]) && (!w->n_swaps || (addressed(c, 0) && addressed(c, 1)));
}

static struct stream *by_conn(struct node *n, bgp_conn conn, int *ret_end)
{
	for (struct stream_end *e = n->streams; e; e = e->next)
		if (e->conn == conn && e->open) {
			*ret_end = e == &e->stream->end[1];
			return e->stream;
		}
	return NULL;
}

/* An event of a stream for one end: never before an earlier one for the same end. */
static struct event *later(struct world *w, struct stream *s, int end, event_fn fn, int64_t in_us)
{
	int64_t at = w->now.us + in_us + s->cable->grey.late_us;
	struct event *e;

	if (at < s->end[end].last_us)
		at = s->end[end].last_us;
	s->end[end].last_us = at;
	e = world_at(w, at - w->now.us, fn, s->end[end].node);
	e->stream = s;
	e->b = (uint32_t)end;
	e->seq = s->end[end].seq_sent++;
	s->pending++;
	return e;
}

static void again(struct world *w, struct stream *s, const struct event *e, int64_t in_us)
{
	struct event *copy = world_at(w, in_us, e->fn, e->node);
	uint64_t order = copy->order;
	mono at = copy->at;

	*copy = *e;
	copy->order = order;
	copy->at = at;
	s->pending++;
}

/* The end of the cable that speaks to this end of the stream. */
static int speaker(const struct stream *s, int end)
{
	return s->cable->node[1] == s->end[!end].node;
}

static bool gets_through(struct world *w, const struct stream *s, int end, size_t n)
{
	return cable_works(w, s) && !grey_loses(w, s->cable, speaker(s, end), n);
}

static int64_t backoff_us(int64_t first_us, unsigned times)
{
	return first_us << (times < BACKOFF_MAX ? times : BACKOFF_MAX);
}

static void on_watch(struct world *w, struct event *ev);

/* Somebody looks once a second whether what is sent arrives (agent/sockets.c); it is of interest only now. */
static void watch(struct world *w, struct stream *s, int sender)
{
	struct event *e = world_at(w, WATCH_US, on_watch, s->end[sender].node);

	e->stream = s;
	e->b = (uint32_t)sender;
	s->pending++;
}

/* Is it this event's turn? Not while it is lost, or something sent before it has not come: it is tried again then. */
static bool arrives(struct world *w, struct stream *s, const struct event *ev)
{
	struct stream_end *e = &s->end[ev->b];

	if (ev->seq != e->seq_come) {
		again(w, s, ev, e->retry_us > w->now.us ? e->retry_us - w->now.us : SOON_US);    /* else it is on its way, or a SYN */
		return false;
	}
	if (e->open && e->node->agent && !gets_through(w, s, (int)ev->b, ev->data ? ev->n : 0)) {
		e->retry_us = w->now.us + backoff_us(RETRANSMIT_US, e->timeouts++);
		if (e->timeouts == STALL_TIMEOUTS)
			watch(w, s, !ev->b);
		again(w, s, ev, e->retry_us - w->now.us);
		return false;
	}
	e->timeouts = 0;
	e->heard_us = w->now.us;
	e->seq_come++;
	return true;
}

/* TCP has room again: what waits for it is written, and the process may have more to say then (agent_next is now). */
static void write_on(struct node *n)
{
	stream_pump(n);
	if (agent_next(n->agent).us == 0)
		node_turn_soon(n);
}

static void tell_closed(struct stream *s, int end, int error)
{
	struct stream_end *e = &s->end[end];

	if (!e->open || !e->node->agent)
		return;
	e->open = false;
	agent_tcp_closed(e->node->agent, e->conn, error, node_now(e->node));
	node_turn(e->node);
}

/* A byte of a peer gone mad. TCP has its checksum: what is false on the wire was false at the sender. */
static void corrupt(struct world *w, struct stream *s, const struct event *ev)
{
	uint8_t *p = ev->data;
	uint32_t n = (uint32_t)ev->n;

	if (!w->corrupt_permille || rng_below(&w->rng, 1000) >= w->corrupt_permille)
		return;
	if (n > HEAD && rng_chance(&w->rng, 40))         /* types, lengths, what an OPEN says of itself: there a byte is worth more */
		n = HEAD;
	p[rng_below(&w->rng, n)] ^= (uint8_t)(1 + rng_below(&w->rng, rng_chance(&w->rng, 50) ? 7 : 255));
	w->n_corrupted++;
	w->mad = true;
	for (int i = 0; i < 2; i++)
		s->cable->node[i]->corrupted[s->cable->port[i]] = true;
}

/* ev->b: who waits for it. */
static void on_ack(struct world *w, struct event *ev)
{
	struct stream *s = ev->stream;
	struct stream_end *e = &s->end[ev->b];

	s->pending--;
	if (!cable_works(w, s) || !grey_carries(s->cable)) {
		if (e->open && e->node->agent)
			again(w, s, ev, WATCH_US);
		return;
	}
	e->in_flight -= ev->n;
	e->heard_us = w->now.us;
	if (e->open && e->node->agent)
		write_on(e->node);
}

/* Acknowledgements travel at once, and are never late alone: the next one says the same. But none comes out of the dark. */
static void acknowledge(struct world *w, struct stream *s, int from, size_t n)
{
	struct event ack = { .fn = on_ack, .stream = s, .b = (uint32_t)!from, .n = n };

	if (s->cable->grey.dark[speaker(s, !from)]) {
		again(w, s, &ack, WATCH_US);
		return;
	}
	s->end[!from].in_flight -= n;
	s->end[!from].heard_us = w->now.us;
}

static void on_data(struct world *w, struct event *ev)
{
	struct stream *s = ev->stream;
	struct stream_end *e = &s->end[ev->b];
	const uint8_t *p = ev->data;

	s->pending--;
	if (!arrives(w, s, ev))
		return;
	acknowledge(w, s, (int)ev->b, ev->n);
	if (e->open && e->node->agent) {
		corrupt(w, s, ev);
		trace_bytes(w, p, ev->n);
		cover_bytes(w, &e->heard, "heard", p, ev->n);
		for (size_t done = 0, chunk; done < ev->n && e->open; done += chunk) {   /* segments of any size */
			chunk = w->cfg.plain ? ev->n : 1 + rng_below(&w->rng, (uint32_t)(ev->n - done));
			agent_tcp_input(e->node->agent, e->conn, p + done, chunk, node_now(e->node));
		}
		node_turn_soon(e->node);
	}
	free(ev->data);
	if (s->end[!ev->b].open && s->end[!ev->b].node->agent)
		write_on(s->end[!ev->b].node);
}

static void on_close(struct world *w, struct event *ev)
{
	struct stream *s = ev->stream;

	s->pending--;
	if (arrives(w, s, ev))
		tell_closed(s, (int)ev->b, (int)ev->n);
}

/* A reset waits for nothing. */
static void on_reset(struct world *w, struct event *ev)
{
	struct stream *s = ev->stream;
	struct stream_end *e = &s->end[ev->b];

	s->pending--;
	if (e->open && e->node->agent && !gets_through(w, s, (int)ev->b, 0))
		again(w, s, ev, WATCH_US);       /* the answer to whatever this end says next */
	else
		tell_closed(s, (int)ev->b, ECONNRESET);
}

/* As tcp_stalled: sent again and again, more than keepalives, and the peer was heard well after that began. */
static void on_watch(struct world *w, struct event *ev)
{
	struct stream *s = ev->stream;
	struct stream_end *e = &s->end[ev->b];
	unsigned timeouts = s->end[!ev->b].timeouts;

	s->pending--;
	if (!e->open || e->closing || !e->node->agent || timeouts < STALL_TIMEOUTS)
		return;
	if (e->in_flight >= STALL_BYTES && w->now.us - e->heard_us < backoff_us(RETRANSMIT_US, timeouts) / 2) {
		cover(w, "grey", "nothing of what is sent arrives");
		agent_tcp_stalled(e->node->agent, e->conn, node_now(e->node));
		e->abort = e->closing;
		node_turn(e->node);
	}
	if (!e->closing)
		watch(w, s, (int)ev->b);
}

static void on_connected(struct world *w, struct event *ev)
{
	struct stream *s = ev->stream;
	struct stream_end *e = &s->end[0];

	s->pending--;
	if (!arrives(w, s, ev) || !e->open || !e->node->agent)
		return;
	agent_tcp_connected(e->node->agent, e->conn, node_now(e->node));
	node_turn(e->node);
}

static void on_syn(struct world *w, struct event *ev)
{
	struct stream *s = ev->stream;
	struct stream_end *from = &s->end[0], *to = &s->end[1];
	bool accepted = false;
	unsigned k = s->cable->port[s->cable->node[0] == from->node];

	s->pending--;
	if (!from->open)
		return;
	if (!gets_through(w, s, 1, 0) || !gets_through(w, s, 0, 0)) {    /* accept() waits for the third packet, so the second must arrive */
		if (++s->tries < SYN_TRIES)
			again(w, s, ev, backoff_us(SYN_US, s->tries - 1));
		else
			tell_closed(s, 0, ETIMEDOUT);
		return;
	}
	to->seq_come++;
	if (to->node->agent) {
		unsigned other = s->cable->port[s->cable->node[0] != from->node];

		to->conn = agent_tcp_accepted(to->node->agent, SIM_PORT0 + k, &from->node->ports[other].ll, node_now(to->node));
		accepted = to->conn != 0;
		to->open = accepted;
	}
	if (!to->node->agent || !accepted) {
		later(w, s, 0, on_close, world_latency(w))->n = ECONNREFUSED;
		return;
	}
	later(w, s, 0, on_connected, world_latency(w));
	node_turn(to->node);
}

void stream_connect(struct node *n, bgp_conn conn, unsigned port, const struct in6_addr *remote)
{
	struct world *w = n->world;
	struct stream *s = calloc(1, sizeof(*s));
	unsigned k;

	if (!s)
		abort();
	s->cable = n->ports[port].cable;
	s->end[0] = (struct stream_end){ .stream = s, .node = n, .conn = conn, .open = true };
	s->end[1] = (struct stream_end){ .stream = s, .node = port_other(n, port, &k) };
	for (int i = 0; i < 2; i++) {
		s->end[i].next = s->end[i].node->streams;
		s->end[i].node->streams = &s->end[i];
	}
	s->stranded = !in6_eq(remote, &s->end[1].node->ports[k].ll);     /* nobody has that address */
	s->next = w->streams;
	w->streams = s;
	later(w, s, 1, on_syn, world_latency(w));
}

static void put(struct world *w, struct stream *s, int end, const void *p, size_t n)
{
	struct event *ev = later(w, s, !end, on_data, world_latency(w));

	ev->data = malloc(n);
	if (!ev->data)
		abort();
	memcpy(ev->data, p, n);
	ev->n = n;
	s->end[end].in_flight += n;
}

/* How much its peer takes. */
static size_t window(const struct stream *s, int end)
{
	return s->end[!end].node->ports[s->cable->port[speaker(s, end)]].deaf ? 0 : WINDOW;
}

/* Whose OPENs are others on the way than the core has said: this was one. */
static bool put_twisted(struct world *w, struct stream *s, int end, const uint8_t *p, size_t have)
{
	struct stream_end *e = &s->end[end];
	uint8_t buf[BGP_MAX_LEN];
	size_t len = have, n = opens_twist(e->node, s->cable, p, &len, buf);

	if (!n)
		return false;
	cover_bytes(w, &e->sent, "said", buf, n);
	put(w, s, end, buf, n);
	agent_tcp_sent(e->node->agent, e->conn, len, node_now(e->node));
	return true;
}

static void pump_end(struct world *w, struct stream *s, int end)
{
	struct stream_end *e = &s->end[end];
	const uint8_t *p;
	size_t have, n;

	while (e->in_flight < window(s, end) && (p = agent_tcp_pending(e->node->agent, e->conn, &have)) && have) {
		if (w->twist.from && put_twisted(w, s, end, p, have))
			continue;
		n = have < WINDOW - e->in_flight ? have : WINDOW - e->in_flight;
		if (w->cfg.plain)
			wire_sent(e->node, s->end[!end].node, &e->left, p, have, n);
		else
			n = 1 + rng_below(&w->rng, (uint32_t)n);
		cover_bytes(w, &e->sent, "said", p, n);
		put(w, s, end, p, n);
		agent_tcp_sent(e->node->agent, e->conn, n, node_now(e->node));
	}
}

bool stream_say(struct node *n, unsigned port, const void *p, size_t len)
{
	for (struct stream_end *e = n->streams; e; e = e->next) {
		int end = e == &e->stream->end[1];

		if (e->stream->cable != n->ports[port].cable || !e->open || !e->stream->end[!end].open)
			continue;
		pump_end(n->world, e->stream, end);
		put(n->world, e->stream, end, p, len);
		return true;
	}
	return false;
}

void stream_pump(struct node *n)
{
	struct stream *s;
	int end;

	for (bgp_conn conn = 0; (conn = agent_tcp_next_pending(n->agent, conn));) {
		s = by_conn(n, conn, &end);
		if (s && s->end[!end].conn)
			pump_end(n->world, s, end);
	}
}

static void reset(struct world *w, struct stream *s, int end)
{
	struct event *e = world_at(w, world_latency(w), on_reset, s->end[end].node);

	e->stream = s;
	e->b = (uint32_t)end;
	s->pending++;
}

static void on_gone(struct world *w, struct event *ev)
{
	struct stream *s = ev->stream;
	struct stream_end *e = &s->end[ev->b];

	s->pending--;
	if (!e->node->agent || !e->open)
		return;
	if (!e->abort)
		pump_end(w, s, (int)ev->b);      /* the NOTIFICATION */
	e->open = false;
	agent_tcp_closed(e->node->agent, e->conn, 0, node_now(e->node));
	if (s->end[!ev->b].open && e->abort)
		reset(w, s, !ev->b);
	else if (s->end[!ev->b].open)
		later(w, s, !ev->b, on_close, world_latency(w))->n = 0;
	node_turn(e->node);
}

/* The core may not be called back from here: a moment later. */
bool stream_close(struct node *n, bgp_conn conn)
{
	struct stream *s;
	struct event *e;
	int end;

	s = by_conn(n, conn, &end);
	if (!s)
		return false;
	s->end[end].closing = true;
	e = world_at(n->world, 0, on_gone, n);
	e->stream = s;
	e->b = (uint32_t)end;
	s->pending++;
	return true;
}

void stream_kill_node(struct node *n, bool reset)
{
	for (struct stream *s = n->world->streams; s; s = s->next)
		for (int i = 0; i < 2; i++) {
			if (s->end[i].node != n || !s->end[i].open)
				continue;
			s->end[i].open = false;
			if (reset && s->end[!i].open)
				later(n->world, s, !i, on_close, world_latency(n->world))->n = ECONNRESET;
		}
	stream_reap(n->world);
}
