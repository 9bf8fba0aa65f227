/* From interfaces to peers: which links are fabric links, who is on them, what this node originates. */
#include "agent/agent_priv.h"

#include <linux/if_arp.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/log.h"
#include "agent/base/own.h"

#define LOG_TOPIC TOPIC_LINK

#define MAC_FMT "%02x:%02x:%02x:%02x:%02x:%02x"
#define MAC_ARG(m) (m)[0], (m)[1], (m)[2], (m)[3], (m)[4], (m)[5]

bool links_want(const struct agent *a, const struct config *c, const struct link *link)
{
	if (c->links_auto)
		return link_is_auto(a->links, link) && !neighbors_own(c, link);
	return !link->info.loopback && link->info.type == ARPHRD_ETHER && config_link_for(c, link->info.name);
}

static struct port *port_new(struct agent *a, const struct link *link)
{
	struct port **grown, *port;
	size_t i = a->n_ports;

	if (a->n_ports >= PORTS_MAX) {
		log_error_of(((struct log_about){ .name = link->info.name, .link = link->info.name }), "more than %d fabric links, this one is left out", PORTS_MAX);
		return NULL;
	}
	grown = realloc(a->ports, (a->n_ports + 1) * sizeof(struct port *));
	if (!grown)
		return NULL;
	a->ports = grown;
	port = calloc(1, sizeof(*port));
	if (!port)
		return NULL;
	port->agent = a;
	port->ifindex = link->info.ifindex;
	port->key = port->ifindex;
	memcpy(port->name, link->info.name, sizeof(link->info.name));
	for (; i > 0 && a->ports[i - 1]->ifindex > port->ifindex; i--)
		a->ports[i] = a->ports[i - 1];
	a->ports[i] = port;
	a->n_ports++;
	log_event(EVENT_LINK_ADDED, port_about(port), "is a fabric link");
	a->out.fabric(a->out.ctx, port->ifindex, port->name, true);
	port_guard(port);
	return port;
}

static void port_free(struct agent *a, struct port *port)
{
	size_t i = 0;

	while (a->ports[i] != port)
		i++;
	memmove(a->ports + i, a->ports + i + 1, (a->n_ports - i - 1) * sizeof(struct port *));
	a->n_ports--;
	log_event(EVENT_LINK_REMOVED, port_about(port), "is no fabric link any more");
	a->out.fabric(a->out.ctx, port->ifindex, port->name, false);
	free(port);
}

void port_session_start(struct port *port, mono now)
{
	struct peer_config cfg;

	if (!port_guard(port->first ? port->first : port))
		return;
	port_config(port, &cfg);
	if (peers_set(port->agent->peers, &cfg, &port->peer, now) < 0)
		log_error_of(port_about(port), "out of memory: no session");
	detect_start(port, now);
	port_gate(port, now);
}

void port_session_end(struct port *port, uint8_t cease_subcode, mono now)
{
	peers_del(port->agent->peers, port->key, cease_subcode, now);
	detect_end(port, now);
	stale_drop(port);
}

static void set_mac(struct port *port, const uint8_t *mac)
{
	struct agent *a = port->agent;

	port->mac_known = true;
	memcpy(port->peer_mac, mac, 6);
	if (a->fib && fib_neigh(a->fib, port->ifindex, mac) < 0)
		log_error_of(port_about(port), "out of memory: no neighbour entry");
}

/* Where our own advertisements and solicitations go. */
static void pin_groups(struct port *port)
{
	static const struct in6_addr groups[] = { { { { 0xff, 0x02, [15] = 1 } } }, { { { 0xff, 0x02, [15] = 2 } } } };

	for (size_t i = 0; port->agent->fib && i < sizeof(groups) / sizeof(groups[0]); i++)
		if (fib_pin_group(port->agent->fib, port->ifindex, &groups[i]) < 0)
			log_error_of(port_about(port), "out of memory: no neighbour entry");
}

/* A peer is (link, link-local address, MAC): another address or another MAC is another peer, and the session of the old one ends.
 * mac NULL: not known. */
static void port_peer(struct port *port, const struct in6_addr *addr, const uint8_t *mac, mono now)
{
	struct agent *a = port->agent;
	bool other_mac = mac && port->mac_known && memcmp(port->peer_mac, mac, 6) != 0;

	if (port->known && in6_eq(&port->peer, addr)) {
		if (other_mac) {
			log_event(EVENT_ROUTER_CHANGED, port_about(port), "the peer's MAC is " MAC_FMT " now", MAC_ARG(mac));
			port_session_end(port, CEASE_PEER_DECONFIGURED, now);
		}
	} else if (port->known) {
		port_session_end(port, CEASE_PEER_DECONFIGURED, now);
	}
	if (!port->known || !in6_eq(&port->peer, addr)) {
		port->mac_known = false;
		port->mac_from_ra = false;
		if (!mac && a->fib) {            /* not the old peer's, until the new one's is known */
			fib_neigh_del(a->fib, port->ifindex);
			pin_groups(port);
		}
	}
	port->known = true;
	port->peer = *addr;
	restart_router(port, addr);
	if (mac) {
		port->mac_from_ra = true;
		if (!port->mac_known || other_mac)
			set_mac(port, mac);
	} else if (!port->mac_known) {
		a->out.neigh_get(a->out.ctx, port->ifindex, addr);
	}
	port_session_start(port, now);
}

/* The link cannot be used any more. lost: the kernel has dropped our next hops on it by itself. */
static void port_down(struct port *port, bool lost, bool neigh_too, mono now)
{
	struct agent *a = port->agent;

	port_failed(port, "carrier", 0);
	if (!port->usable) {
		if (a->fib && neigh_too)         /* set down after its carrier was lost: the kernel flushes what that had left */
			fib_neigh_lost(a->fib, port->ifindex);
		return;
	}
	port->usable = false;
	log_event(EVENT_LINK_DOWN, port_about(port), "link is down");
	if (a->fib && lost)
		fib_link_lost(a->fib, port->ifindex, neigh_too);
	else if (a->fib)
		fib_link_out(a->fib, port->ifindex);
	routers_down(port, 0, now);
	port_session_end(port, 0, now);
	ra_link_down(a->ra, port->ifindex);
	if (a->fib)
		fib_neigh_del(a->fib, port->ifindex);
	port->known = port->mac_known = port->mac_from_ra = false;
}

static unsigned allowed_routers(const struct port *port)
{
	const struct config_link *rule = config_link_for(port->agent->cfg, port->name);

	return rule ? rule->routers : 1;
}

static void port_up(struct port *port, const struct link *link, const struct in6_addr *local, mono now)
{
	struct agent *a = port->agent;
	bool same_addr = port->usable && in6_eq(&port->local, local);
	bool same_mac = memcmp(port->mac, link->info.mac, 6) == 0, was_up = !IN6_IS_ADDR_UNSPECIFIED(&port->local);

	if (same_addr && same_mac)
		return;
	if (!port->usable)
		log_event(EVENT_LINK_UP, port_about(port), "link is up");
	if (port->usable && !same_addr)          /* our end of the session's TCP connection is gone */
		port_session_end(port, 0, now);
	if (was_up && !same_mac && a->fib)       /* the kernel flushes what it has there, also of a link without a carrier */
		fib_neigh_lost(a->fib, port->ifindex);
	if (!port->usable)
		port->up_since = now;
	port->usable = true;
	port->local = *local;
	memcpy(port->mac, link->info.mac, 6);
	if (ra_link_up(a->ra, port->ifindex, local, port->mac, false, now) < 0)
		log_error_of(port_about(port), "out of memory: no discovery");
	pin_groups(port);
	ra_allow(a->ra, port->ifindex, allowed_routers(port));
	if (port->known && !same_addr)
		port_session_start(port, now);
	if (!same_addr)
		routers_moved(port, now);
}

/* Once per link-up: whoever wants duplicate address detection on the link nevertheless wins. */
static void port_hurry(struct port *port, const struct link *link)
{
	struct agent *a = port->agent;
	struct in6_addr addr;

	if (!link->info.up || !link->info.running) {
		port->hurried = false;
		port->carrier.us = port->established_us = 0;
		return;
	}
	if (!port->carrier.us && !port->established_us)
		port->carrier = a->now;
	if (!a->cfg->manage_sysctls || port->hurried || !link_tentative(link, &addr))
		return;
	port->hurried = true;
	a->out.no_dad(a->out.ctx, port->ifindex, &addr);
}

static void port_update(struct agent *a, const struct link *link, mono now)
{
	struct port *port = port_find(a, link->info.ifindex);
	bool wanted = links_want(a, a->cfg, link);
	struct in6_addr local;

	/* A new name may fall under other settings: the link starts over. */
	if (port && (!wanted || strncmp(port->name, link->info.name, sizeof(port->name)) != 0)) {
		port_down(port, !link->info.up || !link->info.running, !link->info.up, now);
		port_free(a, port);
		port = NULL;
	}
	if (wanted && !port)
		port = port_new(a, link);
	if (!port)
		return;
	port_hurry(port, link);
	if (!link_usable(link) || !link_local(link, &local))
		port_down(port, !link->info.up || !link->info.running, !link->info.up, now);
	else if (port->usable || damp_up(&port->damp, now))
		port_up(port, link, &local, now);
}

void port_reconfigure(struct port *port, bool session, mono now)
{
	struct port *first = port->first ? port->first : port;

	if (session && port == first)
		port_reguard(port);
	if (port == first && port->usable)
		ra_allow(port->agent->ra, port->ifindex, allowed_routers(port));
	if (port->known && port->usable && first->guard_error)   /* fail closed */
		port_session_end(port, CEASE_CONFIG_CHANGE, now);
	else if (port->known && port->usable)
		port_session_start(port, now);
}

void links_reconfigure(struct agent *a, mono now)
{
	const struct link *link = NULL;

	while ((link = links_after(a->links, link))) {
		struct port *port = port_find(a, link->info.ifindex);

		if (port && !links_want(a, a->cfg, link)) {      /* to its peers' ears, before it is let go */
			routers_down(port, CEASE_PEER_DECONFIGURED, now);
			port_session_end(port, CEASE_PEER_DECONFIGURED, now);
		}
		port_update(a, link, now);
	}
}

bool agent_link_bare(const struct agent *a, unsigned ifindex, struct in6_addr *ret)
{
	const struct port *port = port_find(a, ifindex);
	const struct link *link = links_find(a->links, ifindex);
	struct in6_addr addr;

	if (!port || !link || !link->info.up || !link->info.running || link_local(link, &addr) || link_tentative(link, &addr) || IN6_IS_ADDR_UNSPECIFIED(&port->local))
		return false;
	*ret = port->local;
	return true;
}

static void link_gone(struct agent *a, uint32_t ifindex, mono now)
{
	struct port *port = port_find(a, ifindex);

	if (!port)
		return;
	port_down(port, true, true, now);
	port_free(a, port);
}

static void neigh_change(struct agent *a, const struct link_change *change)
{
	const struct link_neigh *n = &change->neigh;
	struct port *port = router_find(a, n->ifindex, &n->addr);

	if (change->kind == NEIGH_DEL || a->stopped || !port || port->mac_from_ra || !n->usable)
		return;
	if (port->first) {                       /* for show alone: the kernel resolves the address by itself */
		memcpy(port->peer_mac, n->mac, 6);
		port->mac_known = true;
	} else if (!port->mac_known) {
		set_mac(port, n->mac);
	} else if (memcmp(port->peer_mac, n->mac, 6) != 0) {
		port_peer(port, &n->addr, n->mac, a->now);
		port->mac_from_ra = false;
	}
}

static bool wants_mac(const struct port *port)
{
	return !port->neighbor && port->known && !port->mac_from_ra;
}

bool agent_wants_macs(const struct agent *a)
{
	const struct port *port;

	for (size_t i = 0; (port = port_at(a, i)); i++)
		if (wants_mac(port))
			return true;
	return false;
}

void agent_neigh_unsure(struct agent *a)
{
	struct port *port;

	a->counters.neighbors_lost++;
	for (size_t i = 0; (port = port_at(a, i)); i++)
		if (wants_mac(port))
			a->out.neigh_get(a->out.ctx, port->ifindex, &port->peer);
}

static void originate_link(struct agent *a, const struct link *link)
{
	if (link && config_originates(a->cfg, link->info.name))
		a->originate_dirty = true;
}

void agent_link_change(struct agent *a, const struct link_change *change, mono now)
{
	const struct link *link, *master;
	uint32_t ifindex, old_master = 0;
	const struct port *port;
	bool changed = false, ran;

	a->now = now;
	a->cables.dirty = true;
	log_link_change(change);
	if (change->kind == NEIGH_NEW || change->kind == NEIGH_DEL) {
		neigh_change(a, change);
		return;
	}
	ifindex = change->kind == LINK_NEW || change->kind == LINK_DEL ? change->link.ifindex : change->addr.ifindex;
	link = links_find(a->links, ifindex);
	if (link)
		old_master = link->info.master;
	ran = link && link->info.up && link->info.running;
	originate_link(a, link);                 /* under its old name */
	if (links_apply(a->links, change, &changed) < 0)
		log_error("out of memory: a change of link %u is lost", ifindex);
	if (!a->started || a->stopped || !changed)
		return;
	link = links_find(a->links, ifindex);
	originate_link(a, link);
	port = port_find(a, ifindex);
	if (!port || !port->usable)
		neighbors_link(a, ifindex, ran, change->kind == ADDR_DEL);
	if (!link)
		link_gone(a, ifindex, now);
	else
		port_update(a, link, now);
	/* Whether a link is a master is said by its members. */
	master = old_master ? links_find(a->links, old_master) : NULL;
	if (master)
		port_update(a, master, now);
	if (link && link->info.master && link->info.master != old_master && (master = links_find(a->links, link->info.master)))
		port_update(a, master, now);
	neighbors_update(a, now);
	if (change->kind == LINK_NEW)
		weighted_link(a, ifindex);
	links_source(a);
	if (change->kind == ADDR_DEL || change->kind == LINK_NEW || change->kind == LINK_DEL)
		links_loopback(a);
}

void port_retry(struct port *port, mono now)
{
	port_update(port->agent, links_find(port->agent->links, port->ifindex), now);
}

void agent_carrier_lost(struct agent *a, unsigned ifindex, mono now)
{
	const struct link *link = links_find(a->links, ifindex);
	struct link_change change = { .kind = LINK_NEW };

	if (!link || !link->info.running)
		return;
	change.link = link->info;
	change.link.running = false;
	agent_link_change(a, &change, now);
}

void links_start(struct agent *a, mono now)
{
	const struct link *link = NULL;

	links_source(a);
	links_loopback(a);
	while ((link = links_after(a->links, link)))
		port_update(a, link, now);
}

void links_stop(struct agent *a)
{
	if (a->loopback_ours)
		a->out.loopback(a->out.ctx, a->lo, a->cfg->router_id, false);
	a->loopback_ours = false;
	for (size_t i = 0; i < a->n_ports; i++)
		a->out.fabric(a->out.ctx, a->ports[i]->ifindex, a->ports[i]->name, false);
}

void agent_ra_packet(struct agent *a, const struct ra_packet *packet, mono now)
{
	const struct port *port = port_find(a, packet->ifindex);

	a->now = now;
	trace_ra(a, packet->ifindex, &packet->from, (struct span){ packet->payload, (uint16_t)packet->len }, RA_HEARD);
	if (port && port->usable && !a->stopped)
		ra_input(a->ra, packet, now);
}

static int ra_send(void *ctx, unsigned ifindex, const struct in6_addr *to, const uint8_t *payload, size_t n)
{
	struct agent *a = ctx;
	int r = a->out.ra_send(a->out.ctx, ifindex, to, payload, n);

	trace_ra(a, ifindex, to, (struct span){ payload, (uint16_t)n }, r < 0 ? r : RA_SENT);
	return r;
}

static void ra_found(void *ctx, unsigned ifindex, const struct ra_router *router)
{
	struct agent *a = ctx;
	struct port *port = port_find(a, ifindex);

	if (!port || !port->usable)
		return;
	log_router_found(port, router);
	port_peer(port, &router->addr, router->has_mac ? router->mac : NULL, a->now);
	if (a->fib && router->has_mac && fib_pin(a->fib, ifindex, &router->addr, router->mac) < 0)
		log_error_of(port_about(port), "out of memory: the kernel may forget where the peer is");
}

static void ra_heard(void *ctx, unsigned ifindex, const struct ra_router *router)
{
	struct agent *a = ctx;
	struct port *port = port_find(a, ifindex);

	(void)router;
	if (port)
		detect_retry(port, a->now);
	if (port && port->known && port->guard_error)
		port_session_start(port, a->now);
	else
		peers_hint(a->peers, ifindex, a->now);
}

static void ra_silent(void *ctx, unsigned ifindex, const struct ra_router *router)
{
	struct agent *a = ctx;
	struct port *port = port_find(a, ifindex);
	const struct config_link *rule = port ? config_link_for(a->cfg, port->name) : NULL;

	(void)router;
	if (!port || !rule || !rule->ra_loss_teardown)
		return;
	peers_lost(a->peers, ifindex, "no Router Advertisement heard (ra_loss: teardown)", a->now);
	stale_drop(port);
}

static void ra_conflict(void *ctx, unsigned ifindex, const struct ra_router *peer, const struct ra_router *other)
{
	log_router_conflict(port_find(ctx, ifindex), peer, other);
}

const struct ra_out *links_ra_out(struct agent *a, struct ra_out *buf)
{
	*buf = (struct ra_out){
		.send = ra_send, .found = ra_found, .heard = ra_heard, .silent = ra_silent, .conflict = ra_conflict,
		.further = routers_ra, .ctx = a,
	};
	return buf;
}
