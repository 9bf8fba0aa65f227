/* Link bandwidth: what our links carry, as the RIB has to know it, and what we say of our own prefixes. */
#include "agent/agent_priv.h"

#include "agent/rib/bandwidth.h"

/* Mbit/s: what the configuration says, or what the kernel knows; 0: nobody does. */
static uint32_t mbps_of(const struct port *port)
{
	const struct config_link *rule = port->neighbor ? NULL : config_link_for(port->agent->cfg, port_link_name(port));
	const struct config_terms *terms = port->neighbor ? &port->neighbor->terms : rule ? &rule->terms : NULL;
	const struct link *link = links_find(port->agent->links, port->ifindex);

	if (terms && terms->bandwidth_mbps)
		return terms->bandwidth_mbps;
	return link ? link->info.mbps : 0;
}

static bool is_used(const struct port *port)
{
	return port->in_rib || port->away;       /* one that restarts forwards meanwhile */
}

void weighted_port(struct port *port)
{
	struct agent *a = port->agent;

	if (!a->cfg->weighted)
		return;
	if (is_used(port))
		rib_peer_bandwidth(a->rib, port->rib, BANDWIDTH_MBIT * (float)mbps_of(port));
	a->originate_dirty = true;
}

void weighted_link(struct agent *a, uint32_t ifindex)
{
	struct port *port;

	for (size_t i = 0; a->cfg->weighted && (port = port_at(a, i)); i++)
		if (port->ifindex == ifindex)
			weighted_port(port);
}

/* A fabric link counts once, whichever of its routers is used. */
static bool is_uplink(const struct port *port)
{
	const struct agent *a = port->agent;
	bool used = is_used(port);

	for (size_t i = 0; !used && i < a->n_further; i++)
		used = a->further[i]->first == port && is_used(a->further[i]);
	return used && !port->neighbor && !port->first && !(port->terms && port->terms->import.kind == FILTER_HOST);
}

/* The way to our own prefixes: all fabric links in use but those to servers, through which nobody else comes here. So a node that has lost some
 * draws less. Nothing is said while one of them is not known: a sum without it would look like a link that is lost. */
static bool own_bytes(const struct agent *a, float *ret)
{
	float sum = 0;

	for (size_t i = 0; i < a->n_ports; i++) {
		const struct port *port = a->ports[i];

		if (!is_uplink(port))
			continue;
		if (!mbps_of(port))
			return false;
		sum += BANDWIDTH_MBIT * (float)mbps_of(port);
	}
	*ret = sum;
	return sum > 0;
}

struct span weighted_own(const struct agent *a, uint8_t to[BANDWIDTH_SIZE])
{
	float bytes;

	if (!a->cfg->weighted || !own_bytes(a, &bytes))
		return (struct span){ 0 };
	return bandwidth_put((struct span){ 0 }, a->cfg->asn, &bytes, to);
}

void weighted_heard(struct port *port, const struct attrs *attrs)
{
	if (port->agent->cfg->weighted)
		port->bad_bandwidths += bandwidth_get(attrs->ext_communities).bad;
}

bool agent_bandwidth(const struct agent *a, uint32_t key, struct agent_bandwidth_view *ret)
{
	const struct port *port = port_by_key(a, key);

	if (!port)
		return false;
	*ret = (struct agent_bandwidth_view){
		.mbps = mbps_of(port), .missing = a->cfg->weighted && is_uplink(port) && !mbps_of(port), .ignored = port->bad_bandwidths,
	};
	return true;
}
