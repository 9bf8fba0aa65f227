/* Numbered peers (`neighbors`): ports of another kind. No Router Advertisement, no MAC: a session as long as an interface leads to the address. */
#include "agent/agent_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/log.h"
#include "agent/base/own.h"

#define LOG_TOPIC TOPIC_BGP

static struct prefix host_of(const struct in6_addr *addr)
{
	if (IN6_IS_ADDR_V4MAPPED(addr))
		return prefix4(*(const struct in_addr *)(addr->s6_addr + 12), 32);
	return prefix6(addr, 128);
}

static struct in6_addr mapped(struct in_addr a)
{
	struct in6_addr m = { .s6_addr = { [10] = 0xff, 0xff } };

	memcpy(m.s6_addr + 12, &a, 4);
	return m;
}

static struct port *neighbor_new(struct agent *a, const struct config_neighbor *n)
{
	struct port *port = calloc(1, sizeof(*port));

	if (!port)
		return NULL;
	port->agent = a;
	port->fresh = true;
	port->neighbor = n;
	port->peer = n->address;
	in6_str(&port->peer, port->name);
	return port;
}

static bool is_key(const struct neighbors *list, uint32_t key)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->port[i]->key == key)
			return true;
	return false;
}

int neighbors_for(struct agent *a, const struct config *c, struct neighbors *ret)
{
	uint32_t key = PEER_KEY_NUMBERED;

	*ret = (struct neighbors){ .port = calloc(c->n_neighbors + 1, sizeof(struct port *)) };
	if (!ret->port)
		return -ENOMEM;
	for (size_t i = 0; i < c->n_neighbors; i++) {
		struct port *port = neighbor_find(a, &c->neighbors[i].address);

		if (!port)
			port = neighbor_new(a, &c->neighbors[i]);
		if (!port) {
			neighbors_drop(ret);
			return -ENOMEM;
		}
		ret->port[ret->n++] = port;
	}
	for (size_t i = 0; i < ret->n; i++) {            /* the lowest that are free */
		if (ret->port[i]->key)
			continue;
		while (is_key(ret, key))
			key++;
		ret->port[i]->key = key;
	}
	return 0;
}

void neighbors_drop(struct neighbors *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->port[i]->fresh)
			free(list->port[i]);
	free(list->port);
}

static int by_key(const void *a, const void *b)
{
	const struct port *x = *(struct port *const *)a, *y = *(struct port *const *)b;

	return x->key < y->key ? -1 : x->key > y->key;
}

/* The kernel is to forget the password too: another peer may have the address one day. */
static void unlock(struct port *port)
{
	if (port->guarded || port->guard_error)
		port->agent->out.key(port->agent->out.ctx, &port->peer, NULL);
	port->guarded = false;
	port->guard_error = 0;
}

static bool holds(const struct neighbors *list, const struct port *port)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->port[i] == port)
			return true;
	return false;
}

void neighbors_become(struct agent *a, struct neighbors *list, mono now)
{
	const struct config *c = a->cfg;
	struct neighbors was = a->neighbors;

	for (size_t i = 0; i < was.n; i++) {     /* what their ends call for finds all of them yet */
		if (holds(list, was.port[i]))
			continue;
		log_info_of(port_about(was.port[i]), "is no neighbor any more");
		port_session_end(was.port[i], CEASE_PEER_DECONFIGURED, now);
		unlock(was.port[i]);
	}
	for (size_t i = 0; i < was.n; i++)
		if (!holds(list, was.port[i]))
			free(was.port[i]);
	for (size_t i = 0; i < list->n; i++) {
		list->port[i]->neighbor = &c->neighbors[i];
		list->port[i]->fresh = false;
	}
	if (list->n)
		qsort(list->port, list->n, sizeof(struct port *), by_key);
	free(was.port);
	a->neighbors = *list;
}

int neighbors_new(struct agent *a)
{
	struct neighbors list;
	int r = neighbors_for(a, a->cfg, &list);

	if (r >= 0)
		neighbors_become(a, &list, (mono){ 0 });
	return r;
}

void neighbors_free(struct agent *a)
{
	for (size_t i = 0; i < a->neighbors.n; i++)
		free(a->neighbors.port[i]);
	free(a->neighbors.port);
}

struct port *neighbor_by_key(const struct agent *a, uint32_t key)
{
	size_t lo = 0, hi = a->neighbors.n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (a->neighbors.port[mid]->key == key)
			return a->neighbors.port[mid];
		if (a->neighbors.port[mid]->key < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

bool neighbors_own(const struct config *c, const struct link *link)
{
	for (size_t i = 0; i < c->n_neighbors; i++) {
		struct prefix host = host_of(&c->neighbors[i].address);

		if (link_on_network(link, &host))
			return true;
	}
	return false;
}

struct port *neighbor_find(const struct agent *a, const struct in6_addr *addr)
{
	for (size_t i = 0; i < a->neighbors.n; i++)
		if (in6_eq(&a->neighbors.port[i]->peer, addr))
			return a->neighbors.port[i];
	return NULL;
}

/* Where a peer is, and what we are to it. */
struct place {
	bool reachable;
	uint32_t ifindex;                /* 0: behind routers */
	struct in6_addr local;           /* :::  the kernel chooses */
	struct in6_addr next_hop[2];     /* ours, IPv4 (mapped) and IPv6; ::: there is none, so the family is not offered */
	struct in6_addr next_hop_ll;     /* beside the one of IPv6 (RFC 2545 3) */
};

static void find_on_link(const struct agent *a, const struct config_neighbor *n, struct place *ret)
{
	struct prefix host = host_of(&n->address);
	const struct link_addr *addr;
	const struct link *link = link_connected(a->links, &host, &addr);

	if (!link)
		return;
	ret->local = link_addr_in6(addr);
	if (!IN6_IS_ADDR_UNSPECIFIED(&n->local) && !in6_eq(&n->local, &ret->local)) {
		if (!link_has_addr(a->links, &n->local))
			return;
		ret->local = n->local;
	}
	ret->reachable = true;
	ret->ifindex = link->info.ifindex;
	for (int i = 0; i < 2; i++)
		if (!link_global(link, i ? AF_INET6 : AF_INET, &ret->next_hop[i]))
			ret->next_hop[i] = in6addr_any;
	ret->next_hop[addr->family == AF_INET6] = ret->local;
	if (IN6_IS_ADDR_UNSPECIFIED(&ret->next_hop[1]) || !link_local(link, &ret->next_hop_ll))
		ret->next_hop_ll = in6addr_any;
}

/* Behind routers: always, as far as we know; the timers say when it is not there. */
static void find_far(const struct agent *a, const struct config_neighbor *n, struct place *ret)
{
	bool own = !IN6_IS_ADDR_UNSPECIFIED(&n->local);

	if (n->multihop == 1 || (own && !link_has_addr(a->links, &n->local)) || (!own && !IN6_IS_ADDR_V4MAPPED(&n->address)))
		return;
	ret->reachable = true;
	ret->local = n->local;
	ret->next_hop[0] = mapped(a->cfg->router_id);
	if (own)
		ret->next_hop[!IN6_IS_ADDR_V4MAPPED(&n->local)] = n->local;
}

/* RFC 5082 3: sent with 255, a packet has lost one at every router that it passed. */
static uint8_t least_ttl(const struct config_neighbor *n)
{
	return n->terms.gtsm ? (uint8_t)(256 - n->multihop) : 0;
}

static uint8_t own_ttl(const struct config_neighbor *n)
{
	return n->terms.gtsm ? 255 : n->multihop;
}

#define KEY_RETRY_S 5

/* Fail closed: may the peer have a session? Not while it should have a password that the kernel does not ask for. */
static bool locked(struct port *port, mono now)
{
	struct agent *a = port->agent;
	const char *password = port->neighbor->terms.password;
	int r;

	if (port->guarded || !*password)
		return true;
	r = a->out.key(a->out.ctx, &port->peer, password);
	if (r < 0 && r != port->guard_error)
		log_event(EVENT_GUARD_FAILED, port_about(port), "no session: password: %s", strerror(-r));
	port->guarded = r >= 0;
	port->guard_error = r < 0 ? r : 0;
	port->guard_retry = mono_add_s(now, KEY_RETRY_S);
	return port->guarded;
}

/* Fail closed: the listener of a link with a password or `gtsm` asks all IPv6 for them, so a numbered peer there could be called, but not let in. */
static bool shut_out(struct port *port, const struct place *p)
{
	uint32_t by = !IN6_IS_ADDR_V4MAPPED(&port->peer) && agent_link_guarded(port->agent, p->ifindex) ? p->ifindex : 0;

	if (by && by != port->shut_out)
		log_event(EVENT_GUARD_FAILED, port_about(port), "no session: its address is on a fabric link that has a password or gtsm of its own");
	port->shut_out = by;
	return by;
}

static void session_set(struct port *port, mono now)
{
	const struct config_neighbor *n = port->neighbor;
	struct asn_range only = { n->remote_asn, n->remote_asn };
	struct peer_config cfg = {
		.key = port->key, .ifindex = port->ifindex, .local = port->local, .gtsm = n->terms.gtsm,
		.password = *n->terms.password ? n->terms.password : NULL,
		.role = n->terms.role, .role_strict = n->terms.role_strict,
		.numbered = {
			.on = true, .internal = n->internal, .passive = n->passive, .unreachable = !port->usable, .ttl = own_ttl(n),
			.min_ttl = least_ttl(n), .hold = n->hold, .keepalive = n->keepalive,
			.ext_nh = !IN6_IS_ADDR_V4MAPPED(&port->peer) && port->ifindex && !IN6_IS_ADDR_UNSPECIFIED(&port->next_hop[1]),
			.mp = { !IN6_IS_ADDR_UNSPECIFIED(&port->next_hop[0]), !IN6_IS_ADDR_UNSPECIFIED(&port->next_hop[1]) },
		},
	};

	memcpy(cfg.link, port->name, sizeof(cfg.link));
	if (n->remote_asn && !n->internal) {
		cfg.asn = &only;
		cfg.n_asn = 1;
	}
	if (peers_set(port->agent->peers, &cfg, &port->peer, now) < 0)
		log_error_of(port_about(port), "out of memory: no session");
}

static void neighbor_update(struct port *port, mono now)
{
	struct agent *a = port->agent;
	struct place p = { 0 };
	bool may = locked(port, now);

	find_on_link(a, port->neighbor, &p);
	if (!p.reachable)
		find_far(a, port->neighbor, &p);
	if (shut_out(port, &p) || !p.reachable || !may)
		p = (struct place){ 0 };
	if (port->known && port->usable == p.reachable && port->ifindex == p.ifindex && in6_eq(&port->local, &p.local) &&
	    in6_eq(&port->next_hop[0], &p.next_hop[0]) && in6_eq(&port->next_hop[1], &p.next_hop[1]) && in6_eq(&port->next_hop_ll, &p.next_hop_ll))
		return;
	port->known = true;
	port->usable = p.reachable;
	port->ifindex = p.ifindex;
	port->local = p.local;
	memcpy(port->next_hop, p.next_hop, sizeof(port->next_hop));
	port->next_hop_ll = p.next_hop_ll;
	session_set(port, now);                  /* starts over, if our end of it or the families are others now */
	/* What was announced with our old next hops may lead nowhere now. A link-local one comes late: it is tried for duplicates first. */
	for (int i = 0; i < 2 && port->in_rib; i++)
		rib_export_again(a->rib, port->rib, i ? AF_INET6 : AF_INET);
	if (!port->usable)                       /* after its end: what is kept for a peer that restarts has no way there */
		stale_drop(port);
}

void neighbor_reconfigure(struct port *port, bool session, mono now)
{
	if (session)
		unlock(port);
	port->known = false;                     /* so it is looked at from the start */
	neighbor_update(port, now);
}

void neighbors_update(struct agent *a, mono now)
{
	if (!a->neighbors.n)
		return;
	reach_forget(a);
	for (size_t i = 0; i < a->neighbors.n; i++)
		neighbor_update(a->neighbors.port[i], now);
}

void neighbors_step(struct agent *a, mono now)
{
	for (size_t i = 0; i < a->neighbors.n; i++)
		if (a->neighbors.port[i]->guard_error && mono_due(a->neighbors.port[i]->guard_retry, now))
			neighbor_update(a->neighbors.port[i], now);
}

mono neighbors_next(const struct agent *a)
{
	mono next = MONO_NEVER;

	for (size_t i = 0; i < a->neighbors.n; i++)
		if (a->neighbors.port[i]->guard_error)
			next = mono_min(next, a->neighbors.port[i]->guard_retry);
	return next;
}

void neighbors_link(struct agent *a, uint32_t ifindex, bool ran, bool addr_gone)
{
	const struct link *link = links_find(a->links, ifindex);
	bool up = link && link->info.up;

	if (!a->fib || (!a->neighbors.n && !a->restart.sweep))   /* what an earlier run left there is gone too */
		return;
	if (ran && !(up && link->info.running))
		fib_link_lost(a->fib, ifindex, !up);
	if (addr_gone && a->neighbors.n)         /* a gateway of its network was dropped with it, or not */
		a->kernel_unsure = true;
}

/* A next hop that means the same to the peer as to us: an address of the family, or any with RFC 8950. Set only then. */
static void keep_next_hop(const struct attrs *attrs, uint8_t family, bool ext_nh, struct bgp_egress *ret)
{
	if (!reach_suits(attrs, family, ext_nh) || in6_is_ll(&attrs->next_hop) || IN6_IS_ADDR_UNSPECIFIED(&attrs->next_hop))
		return;
	if (IN6_IS_ADDR_V4MAPPED(&attrs->next_hop)) {
		memcpy(&ret->next_hop_v4, attrs->next_hop.s6_addr + 12, 4);
		return;
	}
	ret->next_hop_v4.s_addr = 0;
	ret->next_hop_v6 = attrs->next_hop;
	ret->next_hop_ll = in6addr_any;
}

void neighbor_egress(const struct port *port, const struct rib_batch *b, struct bgp_egress *ret)
{
	const struct agent *a = port->agent;
	const struct config_neighbor *n = port->neighbor;
	const struct port *from = b->from < a->n_by_rib ? a->by_rib[b->from] : NULL;

	*ret = (struct bgp_egress){ .next_hop_v6 = port->next_hop[1], .next_hop_ll = port->next_hop_ll };
	memcpy(&ret->next_hop_v4, port->next_hop[0].s6_addr + 12, 4);
	if (!n->internal) {
		ret->prepend = a->cfg->asn;
		return;
	}
	if (b->withdraw || !from)                /* originated here: we are the next hop */
		return;
	ret->reflect = from->neighbor && from->neighbor->internal;
	ret->originator_id = from->remote_id;    /* RFC 4456 section 8 */
	ret->cluster_id = a->cfg->router_id;
	/* RFC 4271 5.1.3: to internal peers the next hop stays; RFC 4456 section 10: of reflected routes in any case. */
	if (ret->reflect || !n->next_hop_self)
		keep_next_hop(attrs_get(rib_attrs(a->rib), b->attrs), b->family, peer_ctx(peers_find(a->peers, port->key))->ext_nh_v4, ret);
}

bool agent_neighbor_hops(const struct agent *a, const struct in6_addr *addr, uint8_t *ret_ttl, uint8_t *ret_min_ttl)
{
	const struct port *port = neighbor_find(a, addr);

	if (!port)
		return false;
	*ret_ttl = own_ttl(port->neighbor);
	*ret_min_ttl = least_ttl(port->neighbor);
	return true;
}

uint8_t neighbors_least_hops(const struct config *c, int family)
{
	uint8_t least = 0, of_this;

	if (family == AF_INET6 && (c->links_auto || c->n_links))         /* peers on fabric links come in there too */
		return 0;
	for (size_t i = 0; i < c->n_neighbors; i++) {
		if (IN6_IS_ADDR_V4MAPPED(&c->neighbors[i].address) != (family == AF_INET))
			continue;
		of_this = least_ttl(&c->neighbors[i]);
		if (!of_this)
			return 0;
		least = least && least < of_this ? least : of_this;
	}
	return least;
}

uint8_t agent_least_hops(const struct agent *a, int family)
{
	return neighbors_least_hops(a->cfg, family);
}

void agent_tcp_refused(struct agent *a, const struct in6_addr *remote)
{
	struct port *port = neighbor_find(a, remote);

	if (port)
		port->refused++;
}
