/* BFD of fabric links: a session as long as discovery has a peer there; what its end means for BGP and for what is kept of the peer (RFC 5882). */
#include "agent/agent_priv.h"

#include <stdio.h>
#include <string.h>

#include "agent/base/log.h"

#define LOG_TOPIC TOPIC_BFD

static bool same_peer(const struct bfd_peer *a, const struct bfd_peer *b)
{
	return in6_eq(&a->local, &b->local) && in6_eq(&a->remote, &b->remote);
}

/* A peer that has answered and now does not is not used, until it answers again; nor is one of whose answers too many are lost. One that never has may
 * have no BFD; one that was taken out of BFD by its administrator has none any more (RFC 5882 3.2). */
static bool is_dead(const struct bfd_view *v)
{
	return v->ups > 0 && v->remote_state != BFD_ADMIN_DOWN && (v->state != BFD_UP || v->lossy);
}

/* The same session at another pace, by a poll sequence (RFC 5880 6.8.3). */
static void retime(struct port *port, struct bfd_peer *peer)
{
	struct agent *a = port->agent;

	if (peer->interval_us == port->bfd.peer.interval_us && peer->multiplier == port->bfd.peer.multiplier)
		return;
	peer->serial = port->bfd.peer.serial;
	if (a->out.bfd.set(a->out.bfd.ctx, peer) >= 0)
		port->bfd.peer = *peer;
}

void detect_start(struct port *port, mono now)
{
	struct agent *a = port->agent;
	const struct config_bfd *cfg = config_bfd_for(a->cfg, port_link_name(port));
	struct bfd_peer peer = {
		.key = port->key, .ifindex = port->ifindex, .local = port->local, .remote = port->peer, .interval_us = cfg->interval_ms * 1000u,
		.multiplier = cfg->multiplier,
	};
	int r, error = port->bfd.error;

	if (port->bfd.on && cfg->on && same_peer(&port->bfd.peer, &peer)) {
		retime(port, &peer);
		return;
	}
	detect_end(port, now);
	if (!cfg->on)
		return;
	peer.serial = ++a->bfd_serial;
	r = a->out.bfd.set(a->out.bfd.ctx, &peer);
	if (r < 0 && r != error)
		log_event(EVENT_BFD_FAILS, port_about(port), "no BFD: %s", strerror(-r));
	port->bfd.on = r >= 0;
	port->bfd.error = r < 0 ? r : 0;
	port->bfd.peer = peer;
}

void detect_end(struct port *port, mono now)
{
	struct agent *a = port->agent;
	bool on = port->bfd.on;

	port->bfd = (struct port_bfd){ 0 };
	if (!on)
		return;
	a->out.bfd.del(a->out.bfd.ctx, port->key);
	port_gate(port, now);
}

bool detect_blocks(const struct port *port)
{
	return port->bfd.on && is_dead(&port->bfd.view);
}

void detect_retry(struct port *port, mono now)
{
	if (port->known && port->bfd.error)
		detect_start(port, now);
}

/* The link or the peer behind it is dead. */
static void failed(struct port *port, const struct bfd_view *v, mono now)
{
	struct agent *a = port->agent;
	char why[80];

	if (v->lossy)
		snprintf(why, sizeof(why), "BFD: %u %% of the peer's packets are lost", v->loss_permille / 10);
	else
		snprintf(why, sizeof(why), "BFD: %s", bfd_diag_str(v->failure_diag));
	log_event(EVENT_BFD_DOWN, port_about(port), "%s", why);
	if (!port->away) {
		peers_reset(a->peers, port->key, CEASE_BFD_DOWN, why, now);      /* RFC 9384 */
		return;
	}
	/* It restarts gracefully. RFC 5882 4.3.1: its forwarding is dead too, if its BFD does not depend on what restarts. 4.3.2: else BFD ended
	 * because the peer restarts, which says nothing; but once BFD is back, its next end means what it says. */
	if (v->remote_independent || v->ups != port->bfd.away_ups)
		stale_drop(port);
}

void agent_bfd_news(struct agent *a, const struct bfd_view *v, mono now)
{
	struct port *port = port_by_key(a, v->key);
	struct bfd_view old;
	bool fails;

	a->now = now;
	if (!port || a->stopped || !port->bfd.on || v->serial != port->bfd.peer.serial)
		return;
	old = port->bfd.view;
	port->bfd.view = *v;
	trace_bfd(port, &old, v);
	log_debug_of(port_about(port), "BFD is %s, the peer says %s%s%s", bfd_state_str(v->state), bfd_state_str(v->remote_state),
		     *bfd_diag_str(v->remote_diag) ? ": " : "", bfd_diag_str(v->remote_diag));
	if (v->error && v->error != old.error)
		log_event(EVENT_BFD_FAILS, port_about(port), "BFD cannot send: %s", strerror(-v->error));
	if (v->state == BFD_UP && v->ups != old.ups)
		log_event(EVENT_BFD_UP, port_about(port), "BFD is Up");
	if (v->downs != old.downs && v->failures == old.failures)
		log_event(EVENT_BFD_ENDED, port_about(port), "BFD is Down: %s", v->remote_state == BFD_ADMIN_DOWN ? "the peer's administrator has ended it" :
			  "the peer's has restarted");
	if (old.lossy && !v->lossy)
		log_event(EVENT_BFD_UP, port_about(port), "BFD hears the peer's packets again: %u %% are lost", v->loss_permille / 10);
	fails = v->failures != old.failures || (v->lossy && !old.lossy);
	if (fails && !port->away)
		port_failed(port, v->lossy ? "packets are lost" : "BFD", 0);
	/* First: the reset would start anew. Both also when it is Up again by now: the peer may be another one than before. */
	port_gate(port, now);
	if (fails)
		failed(port, v, now);
}

bool agent_bfd(const struct agent *a, uint32_t key, struct agent_bfd_view *ret)
{
	const struct port *port = port_by_key(a, key);

	*ret = (struct agent_bfd_view){ 0 };
	if (!port || !(port->bfd.on || port->bfd.error))
		return false;
	*ret = (struct agent_bfd_view){ .error = port->bfd.error ? port->bfd.error : port->bfd.view.error, .session = &port->bfd.view,
					.peer = &port->bfd.peer, .blocks = detect_blocks(port) };
	return true;
}

void agent_bfd_stats(const struct agent *a, struct bfd_stats *ret)
{
	*ret = (struct bfd_stats){ 0 };
	if (a->out.bfd.stats)
		a->out.bfd.stats(a->out.bfd.ctx, ret);
}
