/* Both ends connect at once: every order in which the messages of the two connections can arrive, with every kind of speaker at the other end. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "solo.h"

#define MAX_STEPS 64
#define MAX_MAIL 16

enum speaker {
	WEFT,
	EXAMINES_OPENSENT,               /* RFC 4271 6.8 with what it only allows: FRR */
	EXAMINES_OPENCONFIRM,            /* BIRD, which also stops an attempt when an OPEN comes on the other connection */
	TAKES_THE_FIRST,                 /* and closes any other at once, whoever opened it: GoBGP */
};

enum mail { SYN, SYN_ACK, BYTES, FIN };

struct channel { struct { enum mail kind; uint8_t *p; size_t n; } mail[MAX_MAIL]; size_t first, n; };

struct side {
	struct crossing *all;
	enum speaker kind;
	uint32_t id, asn;
	bool started;
	struct peers *peers;             /* weft */
	bgp_conn conn[2];                /* of the connection that side 0 opened, that side 1 opened */
	bool closing[2];
	enum bgp_state state[2];         /* others: the same */
	unsigned n_established, n_down;
};

struct crossing {
	struct side side[2];
	struct channel to[2][2];         /* by connection and receiver: in order within one, in any order among them */
	mono now;
};

/* An order: at each step which of the things that may come next did. */
struct order { unsigned choice[MAX_STEPS], of[MAX_STEPS], n; };

static struct in6_addr address(int side)
{
	struct in6_addr a;

	inet_pton(AF_INET6, side ? "fe80::b" : "fe80::a", &a);
	return a;
}

static int index_of(const struct side *s)
{
	return s == &s->all->side[1];
}

static void post(const struct side *from, int conn, enum mail kind, const void *p, size_t n)
{
	struct channel *c = &from->all->to[conn][!index_of(from)];

	cr_assert_lt(c->n, (size_t)MAX_MAIL);
	c->mail[c->n].kind = kind;
	c->mail[c->n].p = n ? malloc(n) : NULL;
	c->mail[c->n].n = n;
	if (n)
		memcpy(c->mail[c->n].p, p, n);
	c->n++;
}

/* --- weft ---------------------------------------------------------------------------------------------------------------------- */
static void on_connect(void *ctx, bgp_conn conn, const struct peer_config *cfg, const struct in6_addr *remote)
{
	struct side *s = ctx;

	(void)cfg, (void)remote;
	s->conn[index_of(s)] = conn;
	post(s, index_of(s), SYN, NULL, 0);
}

static void on_close(void *ctx, bgp_conn conn)
{
	struct side *s = ctx;

	s->closing[conn == s->conn[1]] = true;
}

static void on_established(void *ctx, struct peer *peer)
{
	(void)peer;
	((struct side *)ctx)->n_established++;
}

static void on_down(void *ctx, struct peer *peer)
{
	(void)peer;
	((struct side *)ctx)->n_down++;
}

static void on_update(void *ctx, struct peer *peer, const struct bgp_update *update)
{
	(void)ctx, (void)peer, (void)update;
}

static void on_refresh(void *ctx, struct peer *peer, uint8_t family, enum bgp_refresh_kind kind)
{
	(void)ctx, (void)peer, (void)family, (void)kind;
}

static void on_state(void *ctx, struct peer *peer)
{
	(void)ctx, (void)peer;
}

static void weft_new(struct side *s)
{
	struct peers_config cfg = { .asn = s->asn, .router_id.s_addr = htonl(s->id), .hold = 9, .keepalive = 3, .connect_retry = 5, .ipv6 = true };
	struct peers_out out = { on_connect, on_close, on_established, on_down, on_update, on_refresh, NULL, on_state, s };

	cr_assert_eq(peers_new(&s->peers, &cfg, &out), 0);
}

static void weft_start(struct side *s)
{
	struct peer_config cfg = { .ifindex = LINK, .link = "swp7", .local = address(index_of(s)) };
	struct in6_addr remote = address(!index_of(s));

	cr_assert_eq(peers_set(s->peers, &cfg, &remote, s->all->now), 0);
}

static void weft_hear(struct side *s, int c, enum mail kind, const uint8_t *p, size_t n)
{
	struct in6_addr remote = address(!index_of(s));
	bgp_conn conn = s->conn[c];

	switch (kind) {
	case SYN:
		s->conn[c] = peers_accepted(s->peers, LINK, &remote, s->all->now);
		post(s, c, s->conn[c] ? SYN_ACK : FIN, NULL, 0);
		break;
	case SYN_ACK:
		peers_connected(s->peers, conn, s->all->now);
		break;
	case BYTES:
		peers_input(s->peers, conn, p, n, s->all->now);
		break;
	case FIN:
		s->conn[c] = 0;
		s->closing[c] = false;
		peers_closed(s->peers, conn, ECONNRESET, s->all->now);
		break;
	}
}

static void weft_flush(struct side *s)
{
	const uint8_t *p;
	size_t n;

	if (mono_due(peers_next(s->peers), s->all->now))
		peers_step(s->peers, s->all->now);
	for (int c = 0; c < 2; c++) {
		p = s->conn[c] ? peers_pending(s->peers, s->conn[c], &n) : NULL;
		for (size_t at = 0, len; p && at < n; at += len) {       /* a message each */
			len = (size_t)(p[at + 16] << 8 | p[at + 17]);
			post(s, c, BYTES, p + at, len);
		}
		if (p)
			peers_sent(s->peers, s->conn[c], n, s->all->now);
		if (!s->closing[c])
			continue;
		post(s, c, FIN, NULL, 0);
		s->closing[c] = false;
		peers_closed(s->peers, s->conn[c], 0, s->all->now);
		s->conn[c] = 0;
	}
}

/* --- others -------------------------------------------------------------------------------------------------------------------- */
static void say_open(struct side *s, int c)
{
	struct in_addr id = { htonl(s->id) };
	char text[INET_ADDRSTRLEN];
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	solo_put_open(&w, s->asn, inet_ntop(AF_INET, &id, text, sizeof(text)));
	post(s, c, BYTES, buf, wr_len(&w));
	s->state[c] = BGP_OPENSENT;
}

static void say_keepalive(struct side *s, int c)
{
	uint8_t buf[BGP_HEADER_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	cr_assert_eq(bgp_put_keepalive(&w), 0);
	post(s, c, BYTES, buf, wr_len(&w));
}

static void give_up(struct side *s, int c)
{
	static const uint8_t data[1];
	uint8_t buf[64];
	struct wr w = wr_of(buf, sizeof(buf));

	if (s->state[c] >= BGP_OPENSENT) {
		cr_assert_eq(bgp_put_notification(&w, NOTIFY_CEASE, CEASE_COLLISION, data, 0), 0);
		post(s, c, BYTES, buf, wr_len(&w));
	}
	post(s, c, FIN, NULL, 0);
	s->state[c] = BGP_IDLE;
}

/* A TCP connection stands. */
static void other_connected(struct side *s, int c)
{
	if (s->kind == TAKES_THE_FIRST && s->state[!c] >= BGP_OPENSENT)
		give_up(s, c);
	else
		say_open(s, c);
}

static void other_open(struct side *s, int c)
{
	const struct side *peer = &s->all->side[!index_of(s)];
	enum bgp_state other = s->state[!c];
	bool stays = (s->id > peer->id) == (c == index_of(s));   /* by the identifiers */

	if (other == BGP_ESTABLISHED) {
		give_up(s, c);
		return;
	}
	if (other == BGP_OPENCONFIRM || (other == BGP_OPENSENT && s->kind == EXAMINES_OPENSENT)) {
		give_up(s, stays ? !c : c);
		if (!stays)
			return;
	}
	if (other == BGP_CONNECT && s->kind == EXAMINES_OPENCONFIRM)
		give_up(s, !c);
	say_keepalive(s, c);
	s->state[c] = BGP_OPENCONFIRM;
}

static void other_hear(struct side *s, int c, enum mail kind, const uint8_t *p)
{
	if (kind == SYN) {
		post(s, c, SYN_ACK, NULL, 0);
		other_connected(s, c);
	} else if (s->state[c] == BGP_IDLE) {
		return;
	} else if (kind == SYN_ACK) {
		other_connected(s, c);
	} else if (kind == FIN || p[18] == BGP_NOTIFICATION) {
		s->state[c] = BGP_IDLE;
	} else if (p[18] == BGP_OPEN) {
		other_open(s, c);
	} else if (p[18] == BGP_KEEPALIVE && s->state[c] == BGP_OPENCONFIRM) {
		s->state[c] = BGP_ESTABLISHED;
	}
}

/* --- orders -------------------------------------------------------------------------------------------------------------------- */
static void start(struct side *s)
{
	s->started = true;
	if (s->kind == WEFT) {
		weft_start(s);
		return;
	}
	if (s->kind == TAKES_THE_FIRST && s->state[!index_of(s)] >= BGP_OPENSENT)
		return;
	s->state[index_of(s)] = BGP_CONNECT;
	post(s, index_of(s), SYN, NULL, 0);
}

/* What may come next: 0, 1: a side starts; 2 + 2 * connection + receiver: the first message of a channel. */
static bool possible(const struct crossing *x, unsigned what)
{
	const struct channel *c;

	if (what < 2)
		return !x->side[what].started;
	c = &x->to[(what - 2) / 2][what % 2];
	return c->first < c->n && x->side[what % 2].started;     /* nobody listens before it knows its neighbour */
}

static void happen(struct crossing *x, unsigned what)
{
	int conn = (int)(what - 2) / 2;
	struct side *s = &x->side[what % 2];

	if (what < 2) {
		start(s);
	} else {
		struct channel *c = &x->to[conn][what % 2];
		size_t i = c->first++;

		if (s->kind == WEFT)
			weft_hear(s, conn, c->mail[i].kind, c->mail[i].p, c->mail[i].n);
		else
			other_hear(s, conn, c->mail[i].kind, c->mail[i].p);
	}
	if (s->kind == WEFT)
		weft_flush(s);
}

/* Plays one order, or as much of it as is another one than those before: of two things at different ends, neither of which comes of the other, side 0's
 * comes first. Returns false if it is not. */
static bool play(struct crossing *x, struct order *o)
{
	unsigned last = UINT32_MAX;
	bool before[6] = { false };

	for (o->n = 0;; o->n++) {
		unsigned may[6], n = 0, any = 0;

		for (unsigned i = 0; i < 6; i++) {
			if (!possible(x, i))
				continue;
			any++;
			if (!(last != UINT32_MAX && last % 2 == 1 && i % 2 == 0 && before[i]))
				may[n++] = i;
		}
		if (!n)
			return !any;
		for (unsigned i = 0; i < 6; i++)
			before[i] = possible(x, i);
		cr_assert_lt(o->n, (unsigned)MAX_STEPS);
		o->of[o->n] = n;
		last = may[o->choice[o->n]];
		happen(x, last);
	}
}

static bool next_order(struct order *o)
{
	while (o->n > 0 && o->choice[o->n - 1] + 1 >= o->of[o->n - 1])
		o->choice[--o->n] = 0;
	if (!o->n)
		return false;
	o->choice[o->n - 1]++;
	return true;
}

static bool established_on(const struct side *s, int c)
{
	struct peer_view v;

	if (s->kind != WEFT)
		return s->state[c] == BGP_ESTABLISHED;
	peer_view(peers_find(s->peers, LINK), &v);
	return v.state == BGP_ESTABLISHED && s->conn[c];
}

static struct crossing *crossing_new(enum speaker peer, bool higher)
{
	struct crossing *x = calloc(1, sizeof(*x));

	cr_assert_not_null(x);
	x->now = (mono){ 5000000 };
	x->side[0] = (struct side){ .all = x, .kind = WEFT, .id = higher ? 3 : 1, .asn = OUR_AS };
	x->side[1] = (struct side){ .all = x, .kind = peer, .id = 2, .asn = PEER_AS };
	for (int i = 0; i < 2; i++)
		if (x->side[i].kind == WEFT)
			weft_new(&x->side[i]);
	return x;
}

static void crossing_free(struct crossing *x)
{
	for (int i = 0; i < 4; i++)
		for (size_t k = 0; k < x->to[i / 2][i % 2].n; k++)
			free(x->to[i / 2][i % 2].mail[k].p);
	peers_free(x->side[0].peers);
	peers_free(x->side[1].peers);
	free(x);
}

struct sum { unsigned orders, lost, downs; };

static struct sum play_all(enum speaker peer, bool higher)
{
	struct order o = { .n = 0 };
	struct sum sum = { 0 };

	do {
		struct crossing *x = crossing_new(peer, higher);
		bool stands = false;

		if (play(x, &o)) {
			for (int c = 0; c < 2; c++)
				stands |= established_on(&x->side[0], c) && established_on(&x->side[1], c) && !x->side[0].conn[!c];
			sum.orders++;
			sum.lost += !stands;
			sum.downs += x->side[0].n_down + x->side[1].n_down;
		}
		crossing_free(x);
	} while (next_order(&o));
	return sum;
}

/* What is lost is decided by a higher peer alone: when its OPEN on our connection is here before its own connection is, there is nothing to wait for. */
static const struct { const char *what; enum speaker peer; bool higher; unsigned lost; } rows[] = {
	{ "weft, and we have the higher identifier", WEFT, true, 0 },
	{ "weft, and it has the higher identifier", WEFT, false, 0 },
	{ "one that examines OpenSent, lower", EXAMINES_OPENSENT, true, 0 },
	{ "one that examines OpenSent, higher", EXAMINES_OPENSENT, false, 72 },
	{ "one that examines OpenConfirm only, lower", EXAMINES_OPENCONFIRM, true, 0 },
	{ "one that examines OpenConfirm only, higher", EXAMINES_OPENCONFIRM, false, 36 },
	{ "one that takes the first, lower", TAKES_THE_FIRST, true, 0 },
	{ "one that takes the first, higher", TAKES_THE_FIRST, false, 0 },
};

Test(collision_orders, one_connection_stays_in_every_order)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sum sum = play_all(rows[i].peer, rows[i].higher);

		cr_expect_gt(sum.orders, 50u);
		cr_expect_leq(sum.lost, rows[i].lost, "%s: none in %u of %u orders", rows[i].what, sum.lost, sum.orders);
		cr_expect_leq(sum.downs, sum.lost, "%s: %u sessions ended", rows[i].what, sum.downs);
	}
}
