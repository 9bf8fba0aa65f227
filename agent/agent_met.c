#include "agent/agent_met.h"

#include <string.h>

#include "agent/agent_priv.h"

void met_established(struct port *port, const struct peer_view *v)
{
	struct met *met = &port->met;

	met->any = true;
	met->asn = v->remote_asn;
	memset(met->hostname, 0, sizeof(met->hostname));
	memcpy(met->hostname, v->hostname, strnlen(v->hostname, sizeof(met->hostname) - 1));
}

void met_ended(struct port *port, const struct peer_view *v)
{
	port->met.flaps++;
	port->met.end = v->end;
}

static const char *link_of(const struct agent *a, const struct port *port)
{
	const struct link *link;

	if (!port->neighbor)
		return port_link_name(port);
	link = port->ifindex ? links_find(a->links, port->ifindex) : NULL;
	return link ? link->info.name : "";
}

bool agent_met(const struct agent *a, size_t i, struct agent_met_view *ret)
{
	const struct port *port = port_at(a, i);

	if (!port)
		return false;
	*ret = (struct agent_met_view){ .key = port->key, .name = port->name, .link = link_of(a, port), .numbered = port->neighbor != NULL, .met = &port->met };
	return true;
}
