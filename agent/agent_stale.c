/* A peer tells everything again, and what it told before stays in use until it has: after a restart (RFC 4724 4.2, RFC 8538 4; we are the
 * "receiving speaker", or helper), and between BoRR and EoRR (RFC 7313). What it did not tell again is withdrawn then. */
#include "agent/agent_priv.h"

#include "agent/base/log.h"

#define STALE_MAX_S 300                  /* of the peer's restart time, and of the time it then takes to tell everything */

static uint8_t family_of(int i)
{
	return i ? AF_INET6 : AF_INET;
}

/* Does the way the session ended leave the peer's forwarding alone? */
static bool gentle_end(const struct peer_view *v)
{
	if (v->end == EV_TCP_FAIL)               /* RFC 4724 4.2 */
		return true;
	if (v->end == EV_STOP)                   /* our own will */
		return false;
	if (v->end == EV_NOTIFICATION && v->end_code == NOTIFY_CEASE && v->end_subcode == CEASE_HARD_RESET)
		return false;
	/* RFC 8538 4: hold timers and NOTIFICATIONs of either side, if both sides said so */
	return v->caps_sent && v->caps_sent->gr_notification && v->caps_received->gr_notification;
}

static void set_stale(struct port *port, int i, enum stale why, mono until)
{
	rib_peer_stale(port->agent->rib, port->rib, family_of(i));
	port->stale[i] = why;
	port->stale_until[i] = until;
}

static void flush(struct port *port, int i)
{
	rib_peer_stale(port->agent->rib, port->rib, family_of(i));
	rib_peer_sweep(port->agent->rib, port->rib, family_of(i));
	port->stale[i] = STALE_NO;
}

static bool restarts(const struct bgp_caps *caps, const struct bgp_ctx *bgp, int i)
{
	return caps->gr_mp[i] && bgp->mp[i];
}

bool stale_keep(struct port *port, const struct peer_view *v, const struct bgp_ctx *bgp)
{
	const struct bgp_caps *caps = v->caps_received;
	uint16_t seconds = caps && caps->gr_time < STALE_MAX_S ? caps->gr_time : STALE_MAX_S;

	if (!caps || !caps->gr || !caps->gr_time || !port->usable || !(restarts(caps, bgp, 0) || restarts(caps, bgp, 1)) || !gentle_end(v))
		return false;
	rib_export_open(port->agent->rib, port->rib, false, false);
	port->away = true;
	for (int i = 0; i < 2; i++) {
		stale_sweep(port, i, STALE_BACK);        /* RFC 4724 4.2: it restarts again: what was stale already is not kept once more */
		if (restarts(caps, bgp, i))
			set_stale(port, i, STALE_AWAY, mono_add_s(v->since, seconds));
		else
			flush(port, i);
	}
	log_notice("%s: the peer restarts: its routes are kept for %u s", port->name, seconds);
	return true;
}

static bool same_info(const struct rib_peer_info *a, const struct rib_peer_info *b)
{
	return a->asn == b->asn && a->router_id.s_addr == b->router_id.s_addr && a->ebgp == b->ebgp && in6_eq(&a->address, &b->address) &&
	       a->link == b->link;
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
		/* RFC 4724 4.2: at once, if it did not keep its forwarding state for the family. */
		if (!caps || !caps->gr || !restarts(caps, bgp, i) || !caps->gr_forwarding[i]) {
			stale_sweep(port, i, STALE_AWAY);
		} else if (port->stale[i] == STALE_AWAY) {
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
		log_info("%s: %zu routes are gone: the peer did not tell them again", port->name, n);
	port->stale[i] = STALE_NO;
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
	rib_leave(port);
}

static void expire(struct port *port, mono now)
{
	for (int i = 0; i < 2; i++) {
		if (port->stale[i] == STALE_NO || !mono_due(port->stale_until[i], now))
			continue;
		if (port->away) {
			log_warning("%s: the peer did not come back: its routes are gone", port->name);
			stale_drop(port);
			return;
		}
		stale_sweep(port, i, port->stale[i]);
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
