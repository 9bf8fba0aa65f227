/* Two struct peers back to back over a pretended TCP with latency, under a virtual clock. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/bgp/peers.h"

#define LINK 3
#define MAX_TCP 512
#define MAX_MAIL 4096

struct end {                             /* one side of the link */
	struct pair *pair;
	struct peers *peers;
	struct in6_addr addr;
	unsigned n_established, n_down, n_update;
	bool deaf;                       /* its host is gone: it answers nothing, not even a SYN */
};

enum mail_kind { MAIL_CONNECT, MAIL_OPENED, MAIL_BYTES, MAIL_CLOSED };

struct mail {                            /* on its way */
	mono at;
	enum mail_kind kind;
	int to, tcp, error;
	uint8_t *p;
	size_t n;
};

struct pair {
	struct end end[2];
	bgp_conn tcp[MAX_TCP][2];        /* a TCP connection's number on either side; 0: closed there */
	bool dying[MAX_TCP][2];          /* out->close was said */
	int n_tcp;
	struct mail mail[MAX_MAIL];
	size_t first, last;
	int64_t latency_us[2];           /* to either side */
	size_t piece;                    /* most bytes delivered at once */
	mono now;
};

static void post(struct pair *w, struct mail m)
{
	cr_assert_lt(w->last, (size_t)MAX_MAIL);
	m.at = (mono){ w->now.us + w->latency_us[m.to] };
	w->mail[w->last++] = m;
}

static int tcp_of(const struct end *e, bgp_conn conn)
{
	int side = e == &e->pair->end[1];

	for (int i = 0; i < e->pair->n_tcp; i++)
		if (e->pair->tcp[i][side] == conn)
			return i;
	cr_assert_fail("unknown connection");
	return -1;
}

static void on_connect(void *ctx, bgp_conn conn, const struct peer_config *cfg, const struct in6_addr *remote)
{
	struct end *e = ctx;
	struct pair *w = e->pair;
	int side = e == &w->end[1], tcp = w->n_tcp++;

	(void)cfg;
	(void)remote;
	cr_assert_lt(tcp, MAX_TCP);
	w->tcp[tcp][side] = conn;
	post(w, (struct mail){ .kind = MAIL_CONNECT, .to = !side, .tcp = tcp });
}

static void on_close(void *ctx, bgp_conn conn)
{
	struct end *e = ctx;

	e->pair->dying[tcp_of(e, conn)][e == &e->pair->end[1]] = true;
}

static void on_established(void *ctx, struct peer *peer)
{
	(void)peer;
	((struct end *)ctx)->n_established++;
}

static void on_down(void *ctx, struct peer *peer)
{
	(void)peer;
	((struct end *)ctx)->n_down++;
}

static void on_update(void *ctx, struct peer *peer, const struct bgp_update *update)
{
	(void)peer;
	(void)update;
	((struct end *)ctx)->n_update++;
}

static void on_refresh(void *ctx, struct peer *peer, uint8_t family, enum bgp_refresh_kind kind)
{
	(void)ctx, (void)peer, (void)family, (void)kind;
}

static void on_state(void *ctx, struct peer *peer)
{
	(void)ctx, (void)peer;
}

static void boot(struct pair *w, int side, const char *id, uint32_t asn)
{
	struct end *e = &w->end[side];
	struct peers_config cfg = { .asn = asn, .hold = 9, .keepalive = 3, .connect_retry = 5, .ipv6 = true };
	struct peers_out out = { on_connect, on_close, on_established, on_down, on_update, on_refresh, NULL, on_state, e };

	e->pair = w;
	inet_pton(AF_INET, id, &cfg.router_id);
	inet_pton(AF_INET6, side ? "fe80::b" : "fe80::a", &e->addr);
	cr_assert_eq(peers_new(&e->peers, &cfg, &out), 0);
}

static struct pair *pair_new(const char *id_a, const char *id_b)
{
	struct pair *w = calloc(1, sizeof(*w));

	cr_assert_not_null(w);
	w->now = (mono){ 5000000 };
	w->latency_us[0] = w->latency_us[1] = 1000;
	w->piece = SIZE_MAX;
	boot(w, 0, id_a, 4200000001);
	boot(w, 1, id_b, 4200000002);
	return w;
}

static void pair_free(struct pair *w)
{
	for (size_t i = w->first; i < w->last; i++)
		free(w->mail[i].p);
	peers_free(w->end[0].peers);
	peers_free(w->end[1].peers);
	free(w);
}

static void meet(struct pair *w, int side)
{
	struct peer_config cfg = { .ifindex = LINK, .link = "swp3", .local = w->end[side].addr };

	cr_assert_eq(peers_set(w->end[side].peers, &cfg, &w->end[!side].addr, w->now), 0);
}

/* What the daemon's rim does after every turn: sends what is pending, then closes what is to be closed. */
static void flush(struct pair *w, int side)
{
	struct peers *peers = w->end[side].peers;
	const uint8_t *p;
	bgp_conn c = 0;
	size_t n;
	int tcp;

	while ((c = peers_next_pending(peers, c))) {
		p = peers_pending(peers, c, &n);
		tcp = tcp_of(&w->end[side], c);
		for (size_t at = 0, m; at < n; at += m) {
			m = n - at < w->piece ? n - at : w->piece;
			struct mail mail = { .kind = MAIL_BYTES, .to = !side, .tcp = tcp, .p = malloc(m), .n = m };

			memcpy(mail.p, p + at, m);
			post(w, mail);
		}
		peers_sent(peers, c, n, w->now);
	}
	for (tcp = 0; tcp < w->n_tcp; tcp++) {
		if (!w->dying[tcp][side])
			continue;
		w->dying[tcp][side] = false;
		peers_closed(peers, w->tcp[tcp][side], 0, w->now);
		w->tcp[tcp][side] = 0;
		post(w, (struct mail){ .kind = MAIL_CLOSED, .to = !side, .tcp = tcp });
	}
}

static void deliver(struct pair *w, const struct mail *m)
{
	struct end *e = &w->end[m->to];
	bgp_conn *mine = &w->tcp[m->tcp][m->to], c = *mine;

	if (e->deaf)
		return;
	switch (m->kind) {
	case MAIL_CONNECT:
		*mine = peers_accepted(e->peers, LINK, &w->end[!m->to].addr, w->now);
		post(w, (struct mail){ .kind = *mine ? MAIL_OPENED : MAIL_CLOSED, .to = !m->to, .tcp = m->tcp, .error = ECONNREFUSED });
		break;
	case MAIL_OPENED:
		if (c)
			peers_connected(e->peers, c, w->now);
		break;
	case MAIL_BYTES:
		if (c)
			peers_input(e->peers, c, m->p, m->n, w->now);
		break;
	case MAIL_CLOSED:
		*mine = 0;
		w->dying[m->tcp][m->to] = false;
		if (c)
			peers_closed(e->peers, c, m->error, w->now);
		break;
	}
}

static void run(struct pair *w, int64_t ms)
{
	mono end = mono_add_ms(w->now, ms), next;
	size_t first;

	for (;;) {
		flush(w, 0);
		flush(w, 1);
		for (first = w->first; w->first < w->last && !w->mail[w->first].p && w->mail[w->first].to < 0; w->first++)
			;
		if (w->first == w->last)
			w->first = w->last = 0;
		first = w->first;
		for (size_t i = w->first; i < w->last; i++)      /* the earliest that is not delivered; in order among equals */
			if (w->mail[i].to >= 0 && (w->mail[first].to < 0 || w->mail[i].at.us < w->mail[first].at.us))
				first = i;
		next = mono_min(peers_next(w->end[0].peers), peers_next(w->end[1].peers));
		if (first < w->last && w->mail[first].to >= 0 && w->mail[first].at.us <= next.us && mono_due(w->mail[first].at, end)) {
			w->now = w->mail[first].at;
			deliver(w, &w->mail[first]);
			free(w->mail[first].p);
			w->mail[first].p = NULL;
			w->mail[first].to = -1;
			continue;
		}
		if (!mono_due(next, end))
			break;
		if (next.us > w->now.us)
			w->now = next;
		peers_step(w->end[0].peers, w->now);
		peers_step(w->end[1].peers, w->now);
	}
	w->now = end;
}

static enum bgp_state state(const struct pair *w, int side)
{
	struct peer_view v;

	peer_view(peers_find(w->end[side].peers, LINK), &v);
	return v.state;
}

static int connections(const struct pair *w)
{
	int n = 0;

	for (int i = 0; i < w->n_tcp; i++)
		n += w->tcp[i][0] || w->tcp[i][1];
	return n;
}

static void expect_one_session(struct pair *w)
{
	cr_expect_eq(state(w, 0), BGP_ESTABLISHED);
	cr_expect_eq(state(w, 1), BGP_ESTABLISHED);
	cr_expect_eq(connections(w), 1);
}

Test(pair, both_connect_at_once_and_one_session_remains_whatever_the_identifiers)
{
	static const char *const ids[][2] = { { "10.0.0.1", "10.0.0.2" }, { "10.0.0.2", "10.0.0.1" }, { "10.0.0.1", "10.0.0.1" } };

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		struct pair *w = pair_new(ids[i][0], ids[i][1]);

		meet(w, 0);
		meet(w, 1);
		run(w, 100);
		expect_one_session(w);
		cr_expect(w->end[0].n_established == 1 && w->end[1].n_established == 1 && w->end[0].n_down == 0 && w->end[1].n_down == 0);
		run(w, 60000);
		expect_one_session(w);
		cr_expect_eq(w->n_tcp, 2, "nobody tried again");
		pair_free(w);
	}
}

Test(pair, any_offset_between_the_two_ends_with_one_session_that_stays)
{
	for (int64_t offset = -6000; offset <= 6000; offset += 250) {
		for (int64_t skew = 200; skew <= 2000; skew += 900) {
			struct pair *w = pair_new("10.0.0.1", "10.0.0.2");

			w->latency_us[0] = skew;
			meet(w, offset < 0);
			run(w, llabs(offset));
			meet(w, offset >= 0);
			run(w, 12000);
			expect_one_session(w);
			cr_expect_eq(w->end[0].n_down + w->end[1].n_down, 0u, "offset %ld skew %ld", (long)offset, (long)skew);
			pair_free(w);
		}
	}
}

Test(pair, races_of_a_few_milliseconds_cost_no_session)
{
	for (int64_t offset = -8; offset <= 8; offset++) {
		for (int64_t skew = 100; skew <= 8000; skew += 300) {
			struct pair *w = pair_new("10.0.0.1", "10.0.0.2");

			w->latency_us[0] = skew;
			w->latency_us[1] = 8100 - skew;
			meet(w, offset < 0);
			run(w, llabs(offset));
			meet(w, offset >= 0);
			run(w, 60);
			expect_one_session(w);
			cr_expect_eq(w->end[0].n_down + w->end[1].n_down, 0u, "offset %ld skew %ld", (long)offset, (long)skew);
			pair_free(w);
		}
	}
}

Test(pair, messages_in_single_bytes_change_nothing)
{
	struct pair *w = pair_new("10.0.0.1", "10.0.0.2");

	w->piece = 1;
	meet(w, 0);
	meet(w, 1);
	run(w, 20000);
	expect_one_session(w);
	cr_expect_eq(w->end[0].n_down, 0u);
	pair_free(w);
}

Test(pair, end_of_rib_arrives)
{
	struct pair *w = pair_new("10.0.0.1", "10.0.0.2");
	uint8_t buf[64];
	struct wr wr = wr_of(buf, sizeof(buf));

	meet(w, 0);
	meet(w, 1);
	run(w, 100);
	cr_assert_eq(bgp_put_eor(&wr, AF_INET), 0);
	cr_assert_eq(bgp_put_eor(&wr, AF_INET6), 0);
	cr_expect_eq(peer_send(peers_find(w->end[0].peers, LINK), buf, wr_len(&wr), 2), 0);
	run(w, 10);
	cr_expect_eq(w->end[1].n_update, 2u);
	pair_free(w);
}

Test(pair, host_that_vanishes_is_missed_after_the_hold_time_and_found_again)
{
	struct pair *w = pair_new("10.0.0.1", "10.0.0.2");

	meet(w, 0);
	meet(w, 1);
	run(w, 100);
	w->end[1].deaf = true;
	run(w, 6000);
	cr_expect_eq(w->end[0].n_down, 0u);
	run(w, 4000);
	cr_expect_eq(w->end[0].n_down, 1u);
	run(w, 20000);
	w->end[1].deaf = false;
	run(w, 20000);
	cr_expect_eq(w->end[0].n_established, 2u);
	cr_expect_eq(state(w, 0), BGP_ESTABLISHED);
	cr_expect_eq(state(w, 1), BGP_ESTABLISHED);
	pair_free(w);
}

Test(pair, shutdown_is_heard_in_words)
{
	struct pair *w = pair_new("10.0.0.1", "10.0.0.2");
	struct peer_view v;

	meet(w, 0);
	meet(w, 1);
	run(w, 100);
	peers_stop(w->end[1].peers, CEASE_ADMIN_SHUTDOWN, "", w->now);
	run(w, 50);
	cr_expect_eq(w->end[0].n_down, 1u);
	peer_view(peers_find(w->end[0].peers, LINK), &v);
	cr_expect_str_eq(v.last_error, "peer says: Cease/Hard Reset, Cease/Administrative Shutdown");
	pair_free(w);
}
