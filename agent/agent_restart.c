/* This node restarts (RFC 4724 4.1: we are the "restarting speaker"). What an earlier run left in the kernel goes on forwarding, the peers are
 * told so (R and F bits), and nothing is decided, announced or taken away before they have told everything again: until every peer that some
 * of these routes lead to, and every other one that is Established, has said End-of-RIB, or the restart time is over. Peers that restart too
 * would wait for us as we for them: these are waited for with the sweep alone. A node that finds nothing has not restarted, it starts. What it finds
 * and cannot adopt stays as well; then everybody is waited for.
 *
 *   agent_start ──▶ on ── End-of-RIB of all, or the time ──▶ decide all, announce ── End-of-RIB of peers that restart, or the time ──▶ sweep */
#include "agent/agent_priv.h"

#include "agent/base/log.h"

static bool link_alive(void *ctx, uint32_t ifindex)
{
	const struct agent *a = ctx;
	const struct link *link = links_find(a->links, ifindex);

	return link && link->info.up && link->info.running;
}

/* RFC 4724 3: what the next OPENs say, R bit and F bits. A link that died may have taken along what was there a moment ago. */
static void tell_peers(struct agent *a)
{
	struct restart *r = &a->restart;

	r->forwarding[0] = !r->unsaid && (r->odd[0] || fib_adopted(a->fib, AF_INET) > 0);
	r->forwarding[1] = !r->unsaid && (r->odd[1] || fib_adopted(a->fib, AF_INET6) > 0);
	peers_restarting(a->peers, r->on && !r->unsaid, r->forwarding);
}

static bool has_lost(const struct agent *a)
{
	const struct restart *r = &a->restart;

	return (r->forwarding[0] && !r->odd[0] && !fib_adopted(a->fib, AF_INET)) || (r->forwarding[1] && !r->odd[1] && !fib_adopted(a->fib, AF_INET6));
}

void agent_claims_nothing(struct agent *a)
{
	a->restart.unsaid = true;
}

void restart_begin(struct agent *a, mono now)
{
	size_t n[2];

	fib_adopted_links(a->fib, link_alive, a);
	for (int i = 0; i < 2; i++) {
		n[i] = fib_unadopted(a->fib, i ? AF_INET6 : AF_INET);
		a->restart.odd[i] = n[i] > 0;
		n[i] += fib_adopted(a->fib, i ? AF_INET6 : AF_INET);
	}
	/* Nothing outlived it: nobody is told otherwise. */
	if (!a->cfg->restart_s || n[0] + n[1] == 0) {
		fib_sweep(a->fib);
		return;
	}
	a->restart.on = a->restart.sweep = true;
	a->restart.until = mono_add_s(now, a->cfg->restart_s);
	tell_peers(a);
	log_event(EVENT_RESTART_BEGINS, LOG_ABOUT_NOTHING, "%zu IPv4 and %zu IPv6 routes of an earlier run stay in use until the peers have told theirs, for %u s at most",
		  n[0], n[1], a->cfg->restart_s);
}

/* Of routes that could not be adopted it is not known to whom they lead: everybody is waited for. */
static const char *waits_for_any(const struct agent *a, mono now)
{
	size_t at = 0;
	const struct port *port = whole_lacks(a, &at, now);

	if (port)
		return port->name;
	return port_at(a, 0) || mono_due(whole_discovered(a), now) ? NULL : "any link";
}

/* The link or the address of the first peer that is waited for: one whose session has not told everything, one that has none yet and that an
 * adopted route leads to, or a numbered one, which may have told anything. NULL: there is none. */
static const char *waits_for(const struct agent *a, mono now)
{
	const struct port *port;
	struct hop hop;

	if (a->restart.odd[0] || a->restart.odd[1])
		return waits_for_any(a, now);
	for (size_t i = 0; (port = port_at(a, i)); i++)
		if (port->in_rib ? !port_told(port, now) : port->neighbor && port_numbered_owes(port))
			return port->name;
	for (size_t at = 0; fib_adopted_hop(a->fib, &at, &hop);) {
		if (!IN6_IS_ADDR_LINKLOCAL(&hop.via))
			continue;
		port = in6_eq(&hop.via, &hop_anybody) ? port_find(a, hop.ifindex) : router_find(a, hop.ifindex, &hop.via);
		if (port && port->in_rib)
			continue;
		port = port_find(a, hop.ifindex);
		if (port)                        /* nobody will come on a link that is none of ours any more */
			return port->name;
	}
	return NULL;
}

void restart_step(struct agent *a, mono now)
{
	const char *who = a->restart.on ? waits_for(a, now) : NULL;
	struct port *port;

	if (a->restart.on && has_lost(a))
		tell_peers(a);
	if (!a->restart.on || (who && !mono_due(a->restart.until, now)))
		return;
	if (who)
		log_event(EVENT_RESTART_LATE, LOG_ABOUT_NOTHING, "the restart time is over: %s has not told everything, and is not waited for any more", who);
	a->restart.on = false;
	rib_mark(a->rib, &a->plan_by);
	tell_peers(a);
	for (size_t i = 0; (port = port_at(a, i)); i++)          /* End-of-RIB follows on what is decided now */
		eor_begin(port);
}

void restart_sweep(struct agent *a, mono now)
{
	size_t left;

	if (!a->restart.sweep || a->restart.on || rib_undecided(a->rib) || (!mono_due(a->restart.until, now) && waits_for(a, now)))
		return;
	a->restart.sweep = false;
	left = fib_adopted(a->fib, AF_INET) + fib_adopted(a->fib, AF_INET6);
	log_event(EVENT_RESTART_OVER, LOG_ABOUT_NOTHING, "the restart is over after %lld ms; %zu routes of the earlier run go", (long long)mono_diff_ms(now, a->since), left);
	fib_sweep(a->fib);
}

bool agent_restart(const struct agent *a, struct agent_restart_view *ret, mono now)
{
	if (!a->restart.sweep)
		return false;
	*ret = (struct agent_restart_view){ .deferred = a->restart.on, .until = a->restart.until, .waits_for = waits_for(a, now),
					    .routes = { fib_adopted(a->fib, AF_INET), fib_adopted(a->fib, AF_INET6) } };
	return true;
}

mono restart_next(const struct agent *a)
{
	mono next = a->restart.until;
	const struct port *port;

	if (!a->restart.sweep)
		return MONO_NEVER;
	for (size_t i = 0; (port = port_at(a, i)); i++)
		if (port->in_rib && !port_told(port, a->now))
			next = mono_min(next, port_told_by(port));
	if ((a->restart.odd[0] || a->restart.odd[1]) && !mono_due(whole_discovered(a), a->now))
		next = mono_min(next, whole_discovered(a));
	return next;
}

void restart_router(struct port *port, const struct in6_addr *addr)
{
	const struct config_link *rule = config_link_for(port->agent->cfg, port_link_name(port));

	if (port->agent->restart.on && (!rule || rule->routers <= 1))
		fib_adopted_router(port->agent->fib, port->ifindex, addr);
}
