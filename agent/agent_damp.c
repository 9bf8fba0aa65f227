/* May a link be used? Whatever says that it fails (its carrier, BFD, a session on which nothing came through) is one record, and so is the time for
 * which it then has to be well (damp.h): without a carrier there is nothing on it, with one there is discovery and BFD, and no BGP. */
#include "agent/agent_priv.h"

#include "agent/base/log.h"

static bool is_damped(const struct port *port)
{
	return !port->neighbor && !port->first;
}

void port_failed(struct port *port, const char *why, int64_t noticed_ms)
{
	if (is_damped(port))
		damp_down(&port->damp, config_damping_for(port->agent->cfg, port->name), why, noticed_ms);
}

bool port_gate(struct port *port, mono now)
{
	enum damp_state was = port->damp.state;
	bool shut = detect_blocks(port);

	if (shut && was == DAMP_WAITS)           /* it is not well: it waits anew when it is. Its end would fall due again and again */
		port_failed(port, "BFD", 0);
	if (!shut && port->usable && is_damped(port))
		shut = !damp_up(&port->damp, now);
	if (shut && was == DAMP_DOWN && port->damp.state == DAMP_WAITS)
		log_event(EVENT_LINK_HELD, port_about(port), "%u failures: not used before it has been well for %lld ms", port->damp.failures,
			  (long long)port->damp.wait_ms);
	peers_block(port->agent->peers, port->key, shut, now);
	return shut;
}

/* Not in peer_down, from which peers may not be called. */
void port_ended(struct port *port, mono now)
{
	/* A second connection may be on its way; the first one has said why. */
	if (port_gate(port, now))
		peers_reset(port->agent->peers, port->key, 0, "the link fails again and again", now);
}

/* What lets nothing through while both ends have their carrier. */
void port_silent(struct port *port, const struct peer_view *v)
{
	if (v->end == EV_SEND_HOLD)
		port_failed(port, "full-size packets are lost (MTU?)", STALL_WAIT_MS);
	else if (v->end == EV_HOLD || (v->end == EV_NOTIFICATION && (v->end_code == NOTIFY_HOLD || v->end_code == NOTIFY_SEND_HOLD)))
		port_failed(port, "hold timer", 0);
}

void port_pardon(struct port *port, mono now)
{
	if (!is_damped(port))
		return;
	damp_pardon(&port->damp, now);
	port_gate(port, now);
}

void damp_turn(struct agent *a, mono now)
{
	for (size_t i = 0; i < a->n_ports; i++) {
		struct port *port = a->ports[i];

		if (!mono_due(damp_next(&port->damp), now))
			continue;
		damp_step(&port->damp, now);
		if (port->damp.state != DAMP_WAITS)
			continue;
		if (port->usable)
			port_gate(port, now);
		else
			port_retry(port, now);
	}
}

mono damp_due(const struct agent *a)
{
	mono next = MONO_NEVER;

	for (size_t i = 0; i < a->n_ports; i++)
		next = mono_min(next, damp_next(&a->ports[i]->damp));
	return next;
}
