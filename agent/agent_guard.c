/* What the configuration demands of whoever comes in on a fabric link: what a session there has to be like, and the link's own listening socket. */
#include "agent/agent_priv.h"

#include <stdio.h>
#include <string.h>

#include "agent/base/log.h"

void port_config(const struct port *port, struct peer_config *ret)
{
	const struct config_link *rule = config_link_for(port->agent->cfg, port_link_name(port));

	*ret = (struct peer_config){ .key = port->key, .ifindex = port->ifindex, .local = port->local, .called = port->agent->called };
	memcpy(ret->link, port->name, sizeof(ret->link));
	snprintf(ret->port, sizeof(ret->port), "%.15s", port_link_name(port));
	ret->waits = cabling_waits(port);
	if (!rule)
		return;
	_Static_assert(sizeof(struct asn_range) == sizeof(struct config_asn_range), "the same shape on both sides of the wiring");
	ret->asn = (struct asn_range *)rule->asn;
	ret->n_asn = rule->n_asn;
	ret->gtsm = rule->terms.gtsm;
	ret->password = *rule->terms.password ? rule->terms.password : NULL;
	ret->role = rule->terms.role;
	ret->role_strict = rule->terms.role_strict;
}

bool port_guard(struct port *port)
{
	struct agent *a = port->agent;
	struct peer_config cfg;
	int r;

	port_config(port, &cfg);
	if (port->guarded || (!cfg.gtsm && !cfg.password))
		return true;
	r = a->out.guard(a->out.ctx, &cfg);
	if (r < 0 && r != port->guard_error)
		log_event(EVENT_GUARD_FAILED, port_about(port), "no session: %s: %s", cfg.password ? "password" : "gtsm", strerror(-r));
	port->guarded = r >= 0;
	port->guard_error = r < 0 ? r : 0;
	return port->guarded;
}

void port_reguard(struct port *port)
{
	struct agent *a = port->agent;
	bool was = port->guarded;
	struct peer_config cfg;

	port->guarded = false;
	port->guard_error = 0;
	port_guard(port);
	port_config(port, &cfg);
	if (was && !cfg.gtsm && !cfg.password)
		a->out.guard(a->out.ctx, &cfg);
}
