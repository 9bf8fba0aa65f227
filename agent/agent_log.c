/* What the log is told of peers and routers: each change once, with its reason. */
#include "agent/agent_priv.h"

#include <stdio.h>
#include <string.h>

#include "agent/base/hash.h"
#include "agent/base/log.h"

#define LOG_TOPIC TOPIC_DISCOVERY

/* "fe80::1 (spine01)" */
static void peer_text(const struct peer_view *v, char *ret, size_t size)
{
	char addr[INET6_ADDRSTRLEN];

	in6_str(&v->remote, addr);
	if (*v->hostname)
		snprintf(ret, size, "%s (%s)", addr, v->hostname);
	else
		snprintf(ret, size, "%s", addr);
}

/* An attempt that fails again and again for one reason is told once. */
static void attempt_failed(struct port *port, const struct peer_view *v, const char *peer)
{
	uint64_t why = hash_bytes(v->last_error, strlen(v->last_error), 1);

	if (!*v->last_error || (v->state != BGP_IDLE && v->state != BGP_ACTIVE) || why == port->told_why)
		return;
	port->told_why = why;
	log_event(EVENT_PEER_FAILS, port_about(port), "no session with peer %s: %s", peer, v->last_error);
}

void log_peer_state(struct port *port, const struct peer_view *v)
{
	struct log_about about = port_about(port);
	bool was_up = port->told_up;
	char peer[INET6_ADDRSTRLEN + 80];

	about.peer = &v->remote;
	port->told_up = v->state == BGP_ESTABLISHED;
	if (!log_wants_event(EVENT_PEER_UP) && !log_wants_event(EVENT_PEER_DOWN) && !log_wants_event(EVENT_PEER_STATE))
		return;
	peer_text(v, peer, sizeof(peer));
	if (port->told_up) {
		port->told_why = 0;
		log_event(EVENT_PEER_UP, about, "peer %s, AS %u, is Established", peer, v->remote_asn);
	} else if (was_up) {
		port->told_why = hash_bytes(v->last_error, strlen(v->last_error), 1);
		log_event(EVENT_PEER_DOWN, about, "peer %s is down%s%s", peer, *v->last_error ? ": " : "", v->last_error);
	} else {
		log_event(EVENT_PEER_STATE, about, "the session with peer %s is %s%s%s", peer, bgp_state_str(v->state),
			  *v->last_error && v->state < BGP_OPENSENT ? ": " : "", v->state < BGP_OPENSENT ? v->last_error : "");
		attempt_failed(port, v, peer);
	}
}

static void router_text(const struct ra_router *router, char *ret, size_t size)
{
	char addr[INET6_ADDRSTRLEN];
	const uint8_t *m = router->mac;

	in6_str(&router->addr, addr);
	if (router->has_mac)
		snprintf(ret, size, "%s (%02x:%02x:%02x:%02x:%02x:%02x)", addr, m[0], m[1], m[2], m[3], m[4], m[5]);
	else
		snprintf(ret, size, "%s", addr);
}

void log_ra(const struct port *port, const struct in6_addr *other, struct span payload, int what)
{
	struct log_about about = port_about(port);
	char addr[INET6_ADDRSTRLEN];

	if (!log_wants(LOG_TOPIC, LOG_LVL_DEBUG) || !payload.n)
		return;
	about.peer = other;
	in6_str(other, addr);
	log_debug_of(about, "%s of %u bytes %s %s%s%s", payload.p[0] == RA_ADVERT ? "Router Advertisement" : "Router Solicitation", payload.n,
		     what == RA_HEARD ? "from" : "to", addr, what < 0 ? ", not sent: " : "", what < 0 ? strerror(-what) : "");
}

void log_link_change(const struct link_change *change)
{
	const struct link_info *l = &change->link;

	if (change->kind == LINK_NEW)
		log_line(TOPIC_LINK, LOG_LVL_DEBUG, (struct log_about){ .name = l->name, .link = l->name }, "ifindex %u, %s, %s", l->ifindex,
			 l->up ? "up" : "down", l->running ? "carrier" : "no carrier");
	else if (change->kind == LINK_DEL)
		log_line(TOPIC_LINK, LOG_LVL_DEBUG, LOG_ABOUT_NOTHING, "link %u is deleted", l->ifindex);
}

void log_refused(const struct port *port, const struct in6_addr *remote)
{
	struct log_about about = port_about(port);
	char addr[INET6_ADDRSTRLEN];

	if (!log_wants(TOPIC_BGP, LOG_LVL_DEBUG))
		return;
	about.peer = remote;
	in6_str(remote, addr);
	log_line(TOPIC_BGP, LOG_LVL_DEBUG, about, "a connection from %s is closed at once: %s", addr,
		 !port->usable ? "the link is not used" : !port->known || !in6_eq(&port->peer, remote) ? "it is not the peer" :
		 "too many, or another one is pending");
}

static void fib_op_text(const struct fib_op *op, char *ret, size_t size)
{
	static const char *const verbs[] = {
		[FIB_HOP_SET] = "set next hop", [FIB_HOP_DEL] = "delete next hop", [FIB_GROUP_SET] = "set group", [FIB_GROUP_DEL] = "delete group",
		[FIB_ROUTE_SET] = "set route", [FIB_ROUTE_DEL] = "delete route", [FIB_NEIGH_SET] = "set neighbour", [FIB_NEIGH_DEL] = "delete neighbour",
	};
	char s[PREFIX_STRLEN];

	if (op->kind == FIB_ROUTE_SET || op->kind == FIB_ROUTE_DEL)
		snprintf(ret, size, "%s %s, group %u", verbs[op->kind], prefix_str(&op->prefix, s), op->id);
	else if (op->kind == FIB_NEIGH_SET || op->kind == FIB_NEIGH_DEL)
		snprintf(ret, size, "%s on link %u", verbs[op->kind], op->n ? op->hops[0].ifindex : 0);
	else
		snprintf(ret, size, "%s %u", verbs[op->kind], op->id);
}

void log_fib_ops(const struct fib_op *ops, size_t n)
{
	bool routes;
	char text[PREFIX_STRLEN + 64];

	for (size_t i = 0; log_wants(TOPIC_KERNEL, LOG_LVL_DEBUG) && i < n; i++) {
		routes = ops[i].kind == FIB_ROUTE_SET || ops[i].kind == FIB_ROUTE_DEL;
		fib_op_text(&ops[i], text, sizeof(text));
		log_line(TOPIC_KERNEL, LOG_LVL_DEBUG, (struct log_about){ .prefix = routes ? &ops[i].prefix : NULL }, "change %u: %s", ops[i].seq, text);
	}
}

void log_router_found(const struct port *port, const struct ra_router *router)
{
	struct log_about about = port_about(port);
	char text[INET6_ADDRSTRLEN + 24];

	if (!log_wants_event(EVENT_ROUTER_FOUND))
		return;
	about.peer = &router->addr;
	router_text(router, text, sizeof(text));
	log_event(EVENT_ROUTER_FOUND, about, "a router is heard: %s", text);
}

void log_router_conflict(const struct port *port, const struct ra_router *peer, const struct ra_router *other)
{
	char one[INET6_ADDRSTRLEN + 24], two[INET6_ADDRSTRLEN + 24];

	if (!port)
		return;
	router_text(other, one, sizeof(one));
	router_text(peer, two, sizeof(two));
	log_event(EVENT_ROUTER_CONFLICT, port_about(port), "a second router is on the link: %s, beside the peer %s", one, two);
}
