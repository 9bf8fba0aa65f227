#include "agent/bgp/peers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/prefix.h"
#include "agent/bgp/peer.h"

#define AS_TRANS 23456                   /* RFC 6793 9 */
#define CALLED_MS 1000                   /* what the connection of a peer that became known by it has for its OPEN and KEEPALIVE, before we open ours */

static void configure(struct peers *t, const struct peers_config *cfg)
{
	struct bgp_open *offer;

	t->session.keepalive = cfg->keepalive;
	t->session.connect_retry = cfg->connect_retry;
	offer = &t->session.offer;
	offer->version = 4;
	offer->asn = cfg->asn;
	offer->my_as = cfg->asn > UINT16_MAX ? AS_TRANS : (uint16_t)cfg->asn;
	offer->hold_time = cfg->hold;
	offer->id = cfg->router_id;
	offer->caps = (struct bgp_caps){
		.mp = { true, cfg->ipv6 }, .mp_any = true, .ext_nh_v4 = true, .as4 = true, .asn4 = cfg->asn, .refresh = true,
		.enhanced_refresh = true, .extended_message = true, .ll_next_hop = true,
		/* RFC 4724 3, RFC 8538 2. Without a time no family is listed: we keep the routes of a peer that restarts, and restart without
		 * keeping any. */
		.gr = true, .gr_notification = true, .gr_time = cfg->restart, .gr_mp = { cfg->restart, cfg->restart && cfg->ipv6 },
		.llgr = cfg->long_lived,         /* RFC 9494 3.1: zero families, for the same reason */
	};
	memcpy(offer->caps.hostname, cfg->hostname, sizeof(offer->caps.hostname));
	memcpy(offer->caps.software, cfg->software, sizeof(offer->caps.software));
}

int peers_new(struct peers **ret, const struct peers_config *cfg, const struct peers_out *out)
{
	struct peers *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	t->out = *out;
	configure(t, cfg);
	*ret = t;
	return 0;
}

void peers_restarting(struct peers *t, bool restarting, const bool forwarding[2])
{
	t->session.offer.caps.gr_restarted = restarting;
	memcpy(t->forwarding, forwarding, sizeof(t->forwarding));
	for (size_t i = 0; i < t->n; i++)
		peer_offer_restart(t->peer[i]);
}

void peers_reconfigure(struct peers *t, const struct peers_config *cfg, mono now)
{
	bool restarted = t->session.offer.caps.gr_restarted;

	t->now = now;
	configure(t, cfg);
	t->session.offer.caps.gr_restarted = restarted;
	for (size_t i = 0; i < t->n; i++)
		peer_retime(t->peer[i], now);
}

void peers_free(struct peers *t)
{
	if (!t)
		return;
	conns_clear(&t->conns);
	for (size_t i = 0; i < t->n; i++)
		peer_free(t->peer[i]);
	free(t->peer);
	free(t);
}

/* Index of the first peer whose key is at least this. */
static size_t lower(const struct peers *t, uint32_t key)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (t->peer[mid]->cfg.key < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct peer *peers_find(const struct peers *t, uint32_t key)
{
	size_t i = lower(t, key);

	return i < t->n && t->peer[i]->cfg.key == key ? t->peer[i] : NULL;
}

struct peer *peers_after(const struct peers *t, const struct peer *peer)
{
	size_t i = peer ? lower(t, peer->cfg.key) + 1 : 0;

	return i < t->n ? t->peer[i] : NULL;
}

static int insert(struct peers *t, struct peer *p)
{
	size_t i = lower(t, p->cfg.key);

	if (t->n == t->size) {
		size_t size = t->size ? t->size * 2 : 16;
		struct peer **list = realloc(t->peer, size * sizeof(*list));

		if (!list)
			return -ENOMEM;
		t->peer = list;
		t->size = size;
	}
	memmove(t->peer + i + 1, t->peer + i, (t->n - i) * sizeof(*t->peer));
	t->peer[i] = p;
	t->n++;
	return 0;
}

int peers_set(struct peers *t, const struct peer_config *cfg, const struct in6_addr *remote, mono now)
{
	struct peer *p = peers_find(t, peer_key(cfg));
	int r;

	t->now = now;
	if (t->stopped)
		return -ESHUTDOWN;
	if (p) {
		r = peer_configure(p, cfg, remote, now);
		if (r < 0)
			return r;
	} else {
		r = peer_new(t, cfg, remote, &p);
		if (r < 0)
			return r;
		r = insert(t, p);
		if (r < 0) {
			peer_free(p);
			return r;
		}
	}
	if (cfg->called && p->main->state == BGP_IDLE)
		p->start_at = mono_add_ms(now, CALLED_MS);
	else
		peer_kick(p, now);
	peer_publish(p);
	return 0;
}

void peers_hint(struct peers *t, uint32_t key, mono now)
{
	struct peer *p = peers_find(t, key);

	t->now = now;
	if (!p)
		return;
	p->held = false;
	peer_kick(p, now);
	peer_publish(p);
}

void peers_del(struct peers *t, uint32_t key, uint8_t cease_subcode, mono now)
{
	struct peer *p = peers_find(t, key);
	size_t i = lower(t, key);

	t->now = now;
	if (!p)
		return;
	peer_stop(p, cease_subcode, cease_subcode ? "" : "link gone", now);
	peer_publish(p);
	memmove(t->peer + i, t->peer + i + 1, (t->n - i - 1) * sizeof(*t->peer));
	t->n--;
	peer_free(p);
}

int peers_reset(struct peers *t, uint32_t key, uint8_t cease_subcode, const char *why, mono now)
{
	struct peer *p = peers_find(t, key);

	t->now = now;
	if (!p)
		return -ENOENT;
	peer_stop(p, cease_subcode, why, now);
	if (cease_subcode == CEASE_ADMIN_RESET) {        /* else the peer would run into the same limit again at once */
		peer_pardon(p);
		p->barred_until = (mono){ INT64_MIN };
	}
	peer_kick(p, now);
	peer_publish(p);
	return 0;
}

void peers_bar(struct peers *t, uint32_t key, mono until)
{
	struct peer *p = peers_find(t, key);

	if (p)
		p->barred_until = until;
}

void peers_block(struct peers *t, uint32_t key, bool on, mono now)
{
	struct peer *p = peers_find(t, key);

	if (!p || p->blocked == on)
		return;
	p->blocked = on;
	peer_kick(p, now);
	peer_publish(p);
}

void peers_stop(struct peers *t, uint8_t cease_subcode, const char *why, mono now)
{
	t->now = now;
	t->stopped = true;
	for (size_t i = 0; i < t->n; i++) {
		peer_stop(t->peer[i], cease_subcode, why, now);
		peer_publish(t->peer[i]);
	}
}

void peers_lost(struct peers *t, uint32_t key, const char *why, mono now)
{
	struct peer *p = peers_find(t, key);

	t->now = now;
	if (!p)
		return;
	peer_stop(p, 0, why, now);
	p->held = true;
	peer_publish(p);
}

bgp_conn peers_accepted(struct peers *t, uint32_t key, const struct in6_addr *remote, mono now)
{
	struct peer *p = peers_find(t, key);
	bgp_conn id;

	t->now = now;
	if (!p || !in6_eq(&p->remote, remote))
		return 0;
	id = peer_accept(p, now);
	peer_publish(p);
	return id;
}

void peers_connected(struct peers *t, bgp_conn conn, mono now)
{
	struct conn *c = conns_find(&t->conns, conn);

	t->now = now;
	if (!c || !c->session || c->up)
		return;
	session_event(c->session, EV_TCP_UP, NULL, now);
	if (c->session)
		peer_publish(c->session->ctx);
}

void peers_closed(struct peers *t, bgp_conn conn, int error, mono now)
{
	struct conn *c = conns_find(&t->conns, conn);
	struct session *s;

	t->now = now;
	if (!c)
		return;
	s = c->session;
	conns_remove(&t->conns, c);
	if (!s)
		return;
	session_tcp_failed(s, error, now);
	peer_publish(s->ctx);
}

void peers_stalled(struct peers *t, bgp_conn conn, mono now)
{
	struct conn *c = conns_find(&t->conns, conn);
	struct peer *peer;

	t->now = now;
	if (!c || !c->session)
		return;
	peer = c->session->ctx;
	if (peer->cfg.numbered.on)               /* what is wrong may be many hops away, and no link of ours would be left out */
		return;
	session_stalled(c->session, now);
	peer_publish(peer);
}

void peers_input(struct peers *t, bgp_conn conn, const uint8_t *p, size_t n, mono now)
{
	struct conn *c = conns_find(&t->conns, conn);
	struct peer *peer;

	t->now = now;
	if (!c || !c->session)
		return;
	peer = c->session->ctx;
	session_input(c, p, n, now);
	peer_publish(peer);
}

const uint8_t *peers_pending(struct peers *t, bgp_conn conn, size_t *ret_n)
{
	struct conn *c = conns_find(&t->conns, conn);

	*ret_n = 0;
	return c ? sendq_peek(&c->q, ret_n) : NULL;
}

void peers_sent(struct peers *t, bgp_conn conn, size_t n, mono now)
{
	struct conn *c = conns_find(&t->conns, conn);

	t->now = now;
	if (!c || !n)
		return;
	conn_sent(c, n);
	if (c->session)
		session_sent(c->session, now);
}

bgp_conn peers_next_pending(struct peers *t, bgp_conn after)
{
	struct conn *c = conns_next_pending(&t->conns, after);

	return c ? c->id : 0;
}

mono peers_next(const struct peers *t)
{
	mono next = MONO_NEVER;

	for (size_t i = 0; i < t->n; i++)
		next = mono_min(next, peer_next(t->peer[i]));
	return next;
}

void peers_step(struct peers *t, mono now)
{
	t->now = now;
	for (size_t i = 0; i < t->n; i++) {
		peer_step(t->peer[i], now);
		peer_publish(t->peer[i]);
	}
}

void peer_trace(void *ctx, const struct session *s, bool in, const uint8_t *data, size_t n)
{
	struct peer *p = ctx;

	if (p->all->trace)
		p->all->trace(p->all->trace_ctx, p, in, &s->bgp, data, n);
}

void peers_trace(struct peers *t, peers_trace_fn fn, void *ctx)
{
	t->trace = fn;
	t->trace_ctx = ctx;
}

bool peer_wants(const struct peer *p)
{
	return p->main->state == BGP_ESTABLISHED && !p->main->overflow && p->main->conn->q.len < PEER_SEND_LOW;
}

int peer_send(struct peer *p, const void *data, size_t n, unsigned count)
{
	return session_send(p->main, data, n, count, p->all->now);
}

const struct bgp_ctx *peer_ctx(const struct peer *p)
{
	return &p->main->bgp;
}

void peer_set_user(struct peer *p, void *user)
{
	p->user = user;
}

void *peer_user(const struct peer *p)
{
	return p->user;
}
