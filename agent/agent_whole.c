/* Is our table whole? Whoever is drawn here while it is not finds no way on. Asked by a node that restarts (agent_restart.c), that starts
 * (agent_hold.c) and that is undrained (agent_drain.c). */
#include "agent/agent_priv.h"

#define NO_EOR_MS 5000                   /* what a peer that need not say when it is done is given to tell its routes */
#define DISCOVERY_S 10                   /* after the start: links on which nobody is known yet are waited for. Two advertisements of a peer */

static bool names_a_family(const struct bgp_caps *caps)
{
	return caps->gr_mp[0] || caps->gr_mp[1];
}

/* RFC 4724 4.1: a peer with the R bit may wait for us, as we for it while nothing is announced. Not so one that names no family: it has kept
 * nothing to forward by meanwhile. FRR as a helper says so for minutes after its own start, OpenBGPD for ever, and both tell their routes as ever. */
static bool waits_for_us(const struct agent *a, const struct bgp_caps *caps)
{
	return (a->restart.on || a->hold) && caps && caps->gr_restarted && names_a_family(caps);
}

/* RFC 4724 2: End-of-RIB is for those that know graceful restart. One that names no family and says R may be a node that holds its
 * announcements, as we do: then it comes when nobody waits any more. */
static bool need_not_say(const struct agent *a, const struct bgp_caps *caps)
{
	return !caps || !caps->gr || (a->hold && caps->gr_restarted);
}

mono port_told_by(const struct port *port)
{
	struct peer_view v;

	peer_view(peers_find(port->agent->peers, port->key), &v);
	if (waits_for_us(port->agent, v.caps_received))
		return v.since;
	return need_not_say(port->agent, v.caps_received) ? mono_add_ms(v.since, NO_EOR_MS) : MONO_NEVER;
}

bool port_told(const struct port *port, mono now)
{
	const struct bgp_ctx *bgp = peer_ctx(peers_find(port->agent->peers, port->key));

	if ((!bgp->mp[0] || port->eor_heard[0]) && (!bgp->mp[1] || port->eor_heard[1]))
		return true;
	return mono_due(port_told_by(port), now);
}

mono whole_discovered(const struct agent *a)
{
	return mono_add_s(a->since, DISCOVERY_S);
}

bool port_numbered_owes(const struct port *port)
{
	return port->usable && peers_find(port->agent->peers, port->key);
}

static bool owes(const struct port *port, mono now)
{
	if (port->in_rib)
		return !port_told(port, now);
	if (!mono_due(whole_discovered(port->agent), now))       /* also where there is no carrier yet: some ports take seconds */
		return true;
	return port->neighbor ? port_numbered_owes(port) : port->usable && port->known;
}

const struct port *whole_lacks(const struct agent *a, size_t *at, mono now)
{
	const struct port *port;

	while ((port = port_at(a, (*at)++)))
		if (owes(port, now))
			return port;
	return NULL;
}

bool whole_in_kernel(const struct agent *a)
{
	return !rib_undecided(a->rib) && !rib_leaving(a->rib) && (!a->fib || fib_settled(a->fib));
}
