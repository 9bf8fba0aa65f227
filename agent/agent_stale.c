/* A peer tells everything again, and what it told before stays in use until it has: after a restart (RFC 4724 4.2, RFC 8538 4; we are the
 * "receiving speaker", or helper), and between BoRR and EoRR (RFC 7313). What it did not tell again is withdrawn then. A peer that has not come
 * back in its restart time may be granted more (RFC 9494): its routes are then the last choice, and say so to others.
 *
 *        the session ends           restart time                    long-lived time
 *   NO ───────────────────▶ AWAY ──────────────────▶ LONG ──────────────────────────▶ NO, and the peer leaves the RIB
 *                             └──── Established ───────┴───▶ BACK ── End-of-RIB, 300 s ──▶ NO */
#include "agent/agent_priv.h"

#include "agent/base/log.h"

#define LOG_TOPIC TOPIC_BGP

#define STALE_MAX_S 300                  /* of the peer's restart time, and of the time it then takes to tell everything */

static uint8_t family_of(int i)
{
	return i ? AF_INET6 : AF_INET;
}

/* A session that hears nothing any more. On a fabric link it goes the way that the traffic goes, so this is the end of both: there RFC 8538 4,
 * which would keep the routes, is not followed. */
static bool silence(const struct peer_view *v)
{
	return v->end == EV_HOLD || (v->end == EV_NOTIFICATION && v->end_code == NOTIFY_HOLD);
}

static bool both_have_n(const struct peer_view *v)
{
	return v->caps_sent && v->caps_sent->gr_notification && v->caps_received->gr_notification;
}

/* Does the way the session ended leave the peer's forwarding alone? */
static bool gentle_end(const struct peer_view *v)
{
	if (!v->numbered && silence(v))
		return false;
	if (v->end == EV_TCP_FAIL)               /* RFC 4724 4.2 */
		return true;
	if (v->end == EV_STOP && v->end_subcode != CEASE_RENEWAL)        /* our own will */
		return false;
	if (v->end == EV_NOTIFICATION && v->end_code == NOTIFY_CEASE && v->end_subcode == CEASE_HARD_RESET)
		return false;
	/* RFC 8538 4: hold timers, as far as they are numbered, and NOTIFICATIONs of either side, if both sides said so */
	return both_have_n(v);
}

static void set_stale(struct port *port, int i, enum stale why, mono until)
{
	rib_peer_stale(port->agent->rib, port->rib, family_of(i));
	port->stale[i] = why;
	port->stale_until[i] = until;
}

static void flush(struct port *port, int i)
{
	set_stale(port, i, STALE_AWAY, MONO_NEVER);
	stale_sweep(port, i, STALE_AWAY);
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* RFC 9494 4.2: a family that is not listed in a capability has none of its time. */
static uint32_t restart_time(const struct bgp_caps *caps, const struct bgp_ctx *bgp, int i)
{
	return caps->gr_mp[i] && bgp->mp[i] ? least(caps->gr_time, STALE_MAX_S) : 0;
}

static uint32_t long_time(const struct port *port, const struct bgp_caps *caps, const struct bgp_ctx *bgp, int i)
{
	return bgp->mp[i] ? least(caps->llgr_time[i], port->agent->cfg->long_lived[i]) : 0;
}

/* RFC 9494 4.2: the restart time is over. A timer that runs already is not started anew. */
static void begin_long(struct port *port, int i, mono now)
{
	if (!port->long_runs[i])
		port->long_until[i] = mono_add_s(now, port->long_s[i]);
	port->long_runs[i] = true;
	rib_peer_long_lived(port->agent->rib, port->rib, family_of(i));
	port->stale[i] = STALE_LONG;
	port->stale_until[i] = port->long_until[i];
	log_event(EVENT_PEER_LATE, port_about(port), "the peer did not come back: its IPv%d routes are used when there are no others", i ? 6 : 4);
}

static void keep(struct port *port, int i, uint32_t restart_s, const struct peer_view *v)
{
	mono until = mono_add_s(v->since, restart_s);

	/* It restarts again before it has told everything. RFC 8538 4.1: with the N bit on both sides what was stale stays so, until STALE_MAX_S
	 * after the first time; RFC 4724 4.2: else it goes; RFC 9494 4.2: but not before its timer expires. */
	if (!port->long_s[i] && (!both_have_n(v) || mono_due(port->keep_until[i], v->since)))
		stale_sweep(port, i, STALE_BACK);
	if (!restart_s && !port->long_s[i]) {
		flush(port, i);
		return;
	}
	if (port->stale[i] != STALE_BACK)
		port->keep_until[i] = mono_add_s(v->since, STALE_MAX_S);
	else if (!port->long_s[i])
		until = mono_min(until, port->keep_until[i]);
	if (port->long_runs[i])
		until = mono_min(until, port->long_until[i]);
	set_stale(port, i, STALE_AWAY, until);
	if (!restart_s)
		begin_long(port, i, v->since);
}

bool stale_keep(struct port *port, const struct peer_view *v, const struct bgp_ctx *bgp)
{
	const struct bgp_caps *caps = v->caps_received;
	uint32_t restart_s[2], most = 0, most_long = 0;

	if (!caps || !caps->gr || !port->usable || !gentle_end(v))
		return false;
	for (int i = 0; i < 2; i++) {
		restart_s[i] = restart_time(caps, bgp, i);
		port->long_s[i] = long_time(port, caps, bgp, i);
		most = restart_s[i] > most ? restart_s[i] : most;
		most_long = port->long_s[i] > most_long ? port->long_s[i] : most_long;
	}
	if (!most && !most_long)
		return false;
	rib_export_open(port->agent->rib, port->rib, false, false);
	port->away = true;
	for (int i = 0; i < 2; i++)
		keep(port, i, restart_s[i], v);
	log_event(EVENT_PEER_RESTARTS, port_about(port), "the peer restarts: its routes are kept for %u s, and then as a last resort for %u s", most, most_long);
	return true;
}

static bool same_info(const struct rib_peer_info *a, const struct rib_peer_info *b)
{
	return a->asn == b->asn && a->router_id.s_addr == b->router_id.s_addr && a->ebgp == b->ebgp && in6_eq(&a->address, &b->address) &&
	       a->link == b->link;
}

/* RFC 4724 4.2, RFC 9494 4.2: did the peer keep its forwarding state for the family? The capability of the time that began last says so. */
static bool has_forwarded(const struct port *port, int i, const struct bgp_caps *caps, const struct bgp_ctx *bgp)
{
	if (!caps->gr || !bgp->mp[i] || (port->long_runs[i] && !caps->llgr_forwarding[i]))
		return false;
	return port->stale[i] == STALE_LONG || (caps->gr_mp[i] && caps->gr_forwarding[i]);
}

bool stale_back(struct port *port, const struct rib_peer_info *info, const struct peer_view *v, const struct bgp_ctx *bgp)
{
	const struct bgp_caps *caps = v->caps_received;

	if (!port->away)
		return false;
	if (!same_info(&port->rib_info, info)) { /* another router has taken its place */
		stale_drop(port);
		return false;
	}
	port->away = false;
	for (int i = 0; i < 2; i++) {
		if (!caps || !has_forwarded(port, i, caps, bgp)) {
			stale_sweep(port, i, port->stale[i]);
		} else if (port->stale[i] != STALE_NO) {
			port->stale[i] = STALE_BACK;
			port->stale_until[i] = mono_add_s(v->since, STALE_MAX_S);
		}
	}
	return true;
}

void stale_sweep(struct port *port, int i, enum stale why)
{
	size_t n;

	if (why == STALE_NO || port->stale[i] != why)
		return;
	n = rib_peer_sweep(port->agent->rib, port->rib, family_of(i));
	if (n)
		log_info_of(port_about(port), "%zu routes are gone: the peer did not tell them again", n);
	port->stale[i] = STALE_NO;
	port->long_runs[i] = false;
}

void stale_eor(struct port *port, int i)
{
	port->eor_heard[i] = true;
	stale_sweep(port, i, STALE_BACK);
}

void stale_mark(struct port *port, int i, const struct peer *peer, mono now)
{
	struct peer_view v;

	peer_view(peer, &v);
	/* RFC 7313 4: a peer that does graceful restart says End-of-RIB first. */
	if (port->stale[i] == STALE_BACK || (v.caps_received && v.caps_received->gr && !port->eor_heard[i]))
		return;
	set_stale(port, i, STALE_REFRESH, mono_add_s(now, STALE_MAX_S));
}

void stale_drop(struct port *port)
{
	if (!port->away)
		return;
	port->away = false;
	port->ended = !port->neighbor;
	rib_leave(port);
}

static void expire(struct port *port, mono now)
{
	for (int i = 0; i < 2; i++) {
		if (port->stale[i] == STALE_NO || !mono_due(port->stale_until[i], now))
			continue;
		if (port->stale[i] == STALE_AWAY && port->long_s[i] && !(port->long_runs[i] && mono_due(port->long_until[i], now)))
			begin_long(port, i, port->stale_until[i]);       /* not from now: we may have been stopped */
		else
			stale_sweep(port, i, port->stale[i]);
	}
	if (port->away && port->stale[0] == STALE_NO && port->stale[1] == STALE_NO) {
		log_event(EVENT_PEER_LATE, port_about(port), "the peer did not come back: its routes are gone");
		stale_drop(port);
	}
}

void stale_step(struct agent *a, mono now)
{
	struct port *port;

	for (size_t k = 0; (port = port_at(a, k)); k++)
		expire(port, now);
}

mono stale_next(const struct agent *a)
{
	mono next = MONO_NEVER;
	const struct port *port;

	for (size_t k = 0; (port = port_at(a, k)); k++)
		for (int i = 0; i < 2; i++)
			if (port->stale[i] != STALE_NO)
				next = mono_min(next, port->stale_until[i]);
	return next;
}

static const char *why_str(enum stale why)
{
	switch (why) {
	case STALE_NO:
		return NULL;
	case STALE_AWAY:
		return "restarting";
	case STALE_LONG:
		return "long_lived";
	case STALE_BACK:
		return "resyncing";
	case STALE_REFRESH:
		return "refreshing";
	}
	return NULL;
}

void agent_stale(const struct agent *a, uint32_t key, struct agent_stale_view *ret)
{
	const struct port *port = port_by_key(a, key);

	*ret = (struct agent_stale_view){ 0 };
	for (int i = 0; port && i < 2; i++) {
		ret->why[i] = why_str(port->stale[i]);
		ret->until[i] = port->stale_until[i];
	}
}
