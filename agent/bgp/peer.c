#include "agent/bgp/peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/hash.h"
#include "agent/base/prefix.h"
#include "agent/bgp/collision.h"
#include "agent/bgp/refuse.h"

#define RESTART_MS 100                   /* after a session's end, and between two attempts that hints ask for */
#define GOOD_S 30                        /* a session that lived longer clears the record of failures */
#define PENALTY_MAX_S 60
#define ERROR_RATE 8                     /* sessions that end in errors: more a second, */
#define ERROR_BURST 64                   /* or at once, and inbound connections are refused too, */
#define REFUSE_S 5                       /* for so long at most: a repaired peer is not kept out */

static mono later(mono a, mono b)
{
	return a.us > b.us ? a : b;
}

/* What a guard refuses is dropped by the kernel without a word: silence is all that either side hears. A peer that has connected has the
 * right password. */
static const char *silence_hint(const struct peer *p, enum session_silence silence)
{
	bool password = p->cfg.password && silence == SILENCE_CONNECT;

	if (silence == SILENCE_NONE)
		return "";
	if (password && p->cfg.gtsm)
		return "; does the peer use the same password, and send with hop limit 255?";
	if (password)
		return "; does the peer use the same password?";
	return p->cfg.gtsm ? "; does the peer send with hop limit 255 (gtsm)?" : "";
}

static void keep_why(struct peer *p, const struct session *s)
{
	snprintf(p->last_error, sizeof(p->last_error), "%s%s", s->why, silence_hint(p, s->silence));
	p->trouble = s->trouble;
}

static void forget_why(struct session *s)
{
	s->why[0] = '\0';
	s->silence = SILENCE_NONE;
}

static void own_offer(struct peer *p);

static int open_connection(void *ctx, struct session *s)
{
	struct peer *p = ctx;
	int r;

	own_offer(p);                    /* what all peers are offered may be something else now */
	if (s->why[0]) {                 /* the attempt before this one */
		keep_why(p, s);
		p->connect_error = true;
		forget_why(s);
	}
	r = conns_add(&p->all->conns, s, &s->conn);
	if (r < 0)
		return r;
	p->all->out.connect(p->all->out.ctx, s->conn->id, &p->cfg, &p->remote);
	return 0;
}

static void close_connection(void *ctx, struct conn *conn)
{
	struct peer *p = ctx;

	p->all->out.close(p->all->out.ctx, conn->id);
}

static const char *fault_of(const struct peer *p, const struct session *s)
{
	if (!p->cfg.numbered.on && (s->caps.mp[0] || !s->caps.mp_any) && !s->caps.ext_nh_v4)
		return "peer did not offer extended next hop (RFC 8950): no IPv4 routes on this link";
	if (!s->bgp.mp[0] && !s->bgp.mp[1])
		return "no address family in common with the peer: no routes on this link";
	return "";
}

static void up(struct peer *p, struct session *s, mono now)
{
	p->since = now;
	p->ever = true;
	p->fault = fault_of(p, s);
	if (p->connect_error)
		p->last_error[0] = '\0';
	p->connect_error = false;
	if (s == p->other) {
		p->other = p->main;
		p->main = s;
	}
	/* RFC 4271 8.2.2, event 23. One that has sent its OPEN is decided when the peer's arrives. */
	if (p->other->state < BGP_OPENSENT)
		session_event(p->other, EV_COLLISION, NULL, now);
	p->all->out.established(p->all->out.ctx, p);
}

/* DampPeerOscillations: the first failure is retried at once, then after 1, 2, 4 .. 60 s. Both connections failing for one reason is one. */
static void punish(struct peer *p, const struct session *s, mono now)
{
	int64_t ms = RESTART_MS;

	if (now.us >= p->penalty_until.us) {
		if (p->failures > 0)
			ms = (p->failures > 6 ? PENALTY_MAX_S : 1 << (p->failures - 1)) * 1000;
		p->failures++;
		p->penalty_until = session_jitter(s, now, ms);
	}
	/* What we ended ourselves (max_prefixes) has cost more than a bad message. */
	if ((s->end_event == EV_STOP && p->failures > 1) || !bucket_take(&p->errors, ERROR_RATE, ERROR_BURST, now))
		p->refuse_until = mono_min(p->penalty_until, mono_add_s(now, REFUSE_S));
}

static void forgive(struct peer *p)
{
	p->failures = 0;
	p->penalty_until = p->refuse_until = (mono){ INT64_MIN };
}

static void remember(struct peer *p, struct session *s, enum bgp_state was)
{
	/* A lost collision is not news, nor is one connection that came to nothing while the other is on its way. */
	bool quiet = s->end == END_COLLISION ||
		     (s->end <= END_PLAIN && was <= BGP_OPENSENT && peer_rival(p, s)->state >= BGP_OPENSENT);

	if (s->why[0] && !quiet) {
		keep_why(p, s);
		p->connect_error = s->state == BGP_ACTIVE;
	}
	forget_why(s);
}

static void moved(void *ctx, struct session *s, enum bgp_state was, mono now)
{
	struct peer *p = ctx;

	collision_moved(p, s, now);
	if (s->state == BGP_ESTABLISHED) {
		up(p, s, now);
		return;
	}
	if (was == BGP_ESTABLISHED) {
		if (mono_diff_ms(now, p->since) > GOOD_S * 1000)
			forgive(p);
		p->since = now;
		p->flaps++;
		peer_offer_restart(p);
		p->end = s->end_event;
		p->end_code = s->end_code;
		p->end_subcode = s->end_subcode;
	}
	if (s->end == END_ERROR)
		punish(p, s, now);
	if (s->end != END_NONE || s->state == BGP_ACTIVE)
		remember(p, s, was);
	if (s == p->main && s->state == BGP_IDLE)
		p->start_at = session_jitter(s, now, RESTART_MS);
	if (was == BGP_ESTABLISHED)
		p->all->out.down(p->all->out.ctx, p);
	if (s == p->other && s->state == BGP_ACTIVE && !s->passive)      /* the loser of a collision, failed before it was told */
		session_event(s, EV_STOP, NULL, now);
}

static void deliver_update(void *ctx, const struct bgp_update *update)
{
	struct peer *p = ctx;

	p->all->out.update(p->all->out.ctx, p, update);
}

static void deliver_refresh(void *ctx, uint8_t family, enum bgp_refresh_kind kind)
{
	struct peer *p = ctx;

	p->all->out.refresh(p->all->out.ctx, p, family, kind);
}

static const struct session_out session_out = {
	.connect = open_connection, .close = close_connection, .judge = collision_judge, .waits = collision_waits, .moved = moved,
	.update = deliver_update, .refresh = deliver_refresh, .trace = peer_trace,
};

/* RFC 4724 3: the F bit says that what we forwarded by when the session before this one ended is what we forward by. That is so if the session was
 * one of this process, and the peer's too: an UPDATE of its shows that it has read our OPEN, and keeps nothing from before. */
void peer_offer_restart(struct peer *p)
{
	bool before = p->count.received[BGP_UPDATE] > 0;
	const struct bgp_caps *all = &p->all->session.offer.caps;
	struct bgp_caps *caps = &p->session_cfg.offer.caps;

	caps->gr_restarted = all->gr_restarted;
	for (int i = 0; i < 2; i++) {
		caps->gr_mp[i] = all->gr_mp[i] && caps->mp[i];
		caps->gr_forwarding[i] = caps->gr_mp[i] && (p->all->forwarding[i] || before);
	}
}

/* A numbered peer is offered what there is a next hop for, and no link-local one alone. */
static void own_offer(struct peer *p)
{
	const struct peer_numbered *n = &p->cfg.numbered;
	struct bgp_open *offer = &p->session_cfg.offer;

	p->session_cfg = p->all->session;
	offer->caps.role = p->cfg.role;          /* RFC 9234 4.1 */
	memcpy(offer->caps.port, p->cfg.port, sizeof(p->cfg.port));
	if (n->on) {
		p->session_cfg.keepalive = n->keepalive;
		offer->hold_time = n->hold;
		p->session_cfg.own_v4 = n->mp[0];
		offer->caps.ext_nh_v4 = n->ext_nh;
		offer->caps.ll_next_hop = false;
		offer->caps.mp[0] = offer->caps.mp[0] && (n->mp[0] || n->ext_nh);
		offer->caps.mp[1] = offer->caps.mp[1] && n->mp[1];
	}
	peer_offer_restart(p);
}

static int copy_config(struct peer *p, const struct peer_config *cfg)
{
	struct asn_range *asn = NULL;
	char *password = NULL;

	if (cfg->password && !(password = strdup(cfg->password)))
		return -ENOMEM;
	if (cfg->asn) {                  /* a list that is there and empty allows nobody */
		asn = malloc((cfg->n_asn + 1) * sizeof(*asn));
		if (!asn) {
			free(password);
			return -ENOMEM;
		}
		memcpy(asn, cfg->asn, cfg->n_asn * sizeof(*asn));
	}
	free(p->cfg.asn);
	free((char *)p->cfg.password);
	p->cfg = *cfg;
	p->cfg.key = peer_key(cfg);
	p->cfg.asn = asn;
	p->cfg.password = password;
	own_offer(p);
	return 0;
}

int peer_new(struct peers *all, const struct peer_config *cfg, const struct in6_addr *remote, struct peer **ret)
{
	struct peer *p = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->all = all;
	if (copy_config(p, cfg) < 0) {
		free(p);
		return -ENOMEM;
	}
	p->remote = *remote;
	p->held = cfg->numbered.unreachable;
	p->fault = "";
	p->start_at = MONO_NEVER;
	p->penalty_until = p->refuse_until = p->barred_until = (mono){ INT64_MIN };
	p->main = &p->session[0];
	p->other = &p->session[1];
	for (int i = 0; i < 2; i++) {
		p->session[i].cfg = &p->session_cfg;
		p->session[i].out = &session_out;
		p->session[i].ctx = p;
		p->session[i].count = &p->count;
		p->session[i].offered = &p->offered;
		p->session[i].seed = hash_u64((uint64_t)all->session.offer.id.s_addr << 32 | p->cfg.key);
		session_init(&p->session[i]);
	}
	*ret = p;
	return 0;
}

void peer_free(struct peer *p)
{
	if (!p)
		return;
	free(p->cfg.asn);
	free((char *)p->cfg.password);
	for (size_t i = 0; i < 2; i++)
		kept_free(&p->session[i].kept);
	free(p);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* All that a session rests upon. */
static bool numbered_eq(const struct peer_numbered *a, const struct peer_numbered *b)
{
	return a->on == b->on && a->internal == b->internal && a->mp[0] == b->mp[0] && a->mp[1] == b->mp[1] && a->ext_nh == b->ext_nh &&
	       a->ttl == b->ttl && a->min_ttl == b->min_ttl && a->hold == b->hold;
}

int peer_configure(struct peer *p, const struct peer_config *cfg, const struct in6_addr *remote, mono now)
{
	bool replaced = !in6_eq(&p->remote, remote);
	bool moved_away = !in6_eq(&p->cfg.local, &cfg->local) || p->cfg.gtsm != cfg->gtsm || !same_text(p->cfg.password, cfg->password) ||
			  p->cfg.ifindex != cfg->ifindex || p->cfg.role != cfg->role || p->cfg.role_strict != cfg->role_strict ||
			  !numbered_eq(&p->cfg.numbered, &cfg->numbered);
	int r = copy_config(p, cfg);

	if (r < 0)
		return r;
	if (cfg->numbered.unreachable) {
		peer_stop(p, 0, "no interface leads to the peer", now);
	} else if (replaced) {
		peer_stop(p, CEASE_PEER_DECONFIGURED, "another router is on this link now", now);
		p->remote = *remote;
		p->remote_asn = 0;
		p->remote_id = (struct in_addr){ 0 };
		p->has_caps = false;
		p->fault = "";
		p->barred_until = (mono){ INT64_MIN };
	} else if (moved_away || (p->main->state >= BGP_OPENCONFIRM && refuse_asn(p, p->main->bgp.remote_asn))) {
		peer_stop(p, CEASE_CONFIG_CHANGE, "", now);
	} else if ((cfg->numbered.passive || cfg->waits) && p->main->state < BGP_OPENSENT) {
		session_stop(p->main, 0, "", now);
	}
	session_retime(p->main, now);
	peer_pardon(p);
	p->held = cfg->numbered.unreachable;
	return 0;
}

void peer_retime(struct peer *p, mono now)
{
	p->session_cfg.connect_retry = p->all->session.connect_retry;
	if (!p->cfg.numbered.on)                 /* these have a keepalive time of their own */
		p->session_cfg.keepalive = p->all->session.keepalive;
	session_retime(p->main, now);
}

void peer_stop(struct peer *p, uint8_t cease_subcode, const char *why, mono now)
{
	session_stop(p->other, cease_subcode, why, now);
	session_stop(p->main, cease_subcode, why, now);
}

void peer_pardon(struct peer *p)
{
	p->held = false;
	forgive(p);
}

/* While the peer's connection is about to stand, or stands, there is nothing to open. */
static bool may_connect(const struct peer *p)
{
	return !p->all->stopped && !p->held && !p->blocked && !p->cfg.numbered.passive && !p->cfg.waits && p->other->state < BGP_OPENCONFIRM;
}

void peer_kick(struct peer *p, mono now)
{
	struct session *s = p->main;
	mono soonest = later(mono_add_ms(s->connect_at, RESTART_MS), later(p->penalty_until, p->barred_until));

	if (!may_connect(p))
		return;
	if (s->state == BGP_IDLE)
		p->start_at = mono_min(p->start_at, later(now, soonest));
	else if (s->state == BGP_ACTIVE || (s->state == BGP_CONNECT && mono_diff_ms(now, s->connect_at) >= PEER_STALE_MS))
		s->retry_at = mono_min(s->retry_at, later(now, soonest));
	peer_step(p, now);
}

bgp_conn peer_accept(struct peer *p, mono now)
{
	struct session *s = p->other;
	struct conn *conn;

	if (p->all->stopped || p->blocked || now.us < p->refuse_until.us || now.us < p->barred_until.us)
		return 0;
	/* One that was opened and then said nothing is most likely from before the peer's restart. */
	if (s->state == BGP_OPENSENT && !s->conn->heard)
		session_stop(s, 0, "", now);
	if (s->state != BGP_IDLE || conns_add(&p->all->conns, s, &conn) < 0)
		return 0;
	p->held = false;                 /* a sign of life */
	own_offer(p);
	session_accepted(s, conn, now);
	return conn->id;
}

void peer_publish(struct peer *p)
{
	enum bgp_state state = peer_state(p);

	if (state == p->shown)
		return;
	p->shown = state;
	p->all->out.state(p->all->out.ctx, p);
}

mono peer_start_due(const struct peer *p)
{
	if (p->main->state != BGP_IDLE || !may_connect(p))
		return MONO_NEVER;
	return later(p->start_at, later(p->penalty_until, p->barred_until));
}

mono peer_next(const struct peer *p)
{
	return mono_min(peer_start_due(p), mono_min(session_next(p->main), session_next(p->other)));
}

void peer_step(struct peer *p, mono now)
{
	session_step(&p->session[0], now);
	session_step(&p->session[1], now);
	if (mono_due(peer_start_due(p), now))
		session_event(p->main, EV_START, NULL, now);
}
