/* Further routers on a fabric link ("routers"): a port each, beside the link's own, as long as ra says that they are there. What the link's
 * configuration says holds for each. The on-link address stands for the first router alone: the hops of these are their own addresses. */
#include "agent/agent_priv.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/log.h"

#define LOG_TOPIC TOPIC_DISCOVERY

#define FURTHER_MAX 4096                 /* of one node */

/* Where the key is, or belongs. */
static size_t place(const struct agent *a, uint32_t key)
{
	size_t lo = 0, hi = a->n_further;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (a->further[mid]->key < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct port *router_by_key(const struct agent *a, uint32_t key)
{
	size_t i = place(a, key);

	return i < a->n_further && a->further[i]->key == key ? a->further[i] : NULL;
}

static struct port *further_find(const struct agent *a, uint32_t ifindex, const struct in6_addr *addr)
{
	for (size_t i = 0; i < a->n_further; i++)
		if (a->further[i]->ifindex == ifindex && in6_eq(&a->further[i]->peer, addr))
			return a->further[i];
	return NULL;
}

struct port *router_find(const struct agent *a, uint32_t ifindex, const struct in6_addr *addr)
{
	struct port *first = port_find(a, ifindex);

	return first && first->known && in6_eq(&first->peer, addr) ? first : further_find(a, ifindex, addr);
}

/* With the lowest key that is free. NULL: too many, or no memory. */
static struct port *further_add(struct agent *a)
{
	struct port **grown;
	size_t i = 0;

	if (a->n_further == FURTHER_MAX)
		return NULL;
	grown = realloc(a->further, (a->n_further + 1) * sizeof(struct port *));
	if (!grown)
		return NULL;
	a->further = grown;
	while (i < a->n_further && a->further[i]->key == PEER_KEY_FURTHER + i)
		i++;
	memmove(a->further + i + 1, a->further + i, (a->n_further - i) * sizeof(struct port *));
	a->further[i] = calloc(1, sizeof(*a->further[i]));
	if (!a->further[i]) {
		memmove(a->further + i, a->further + i + 1, (a->n_further - i) * sizeof(struct port *));
		return NULL;
	}
	a->n_further++;
	a->further[i]->key = PEER_KEY_FURTHER + (uint32_t)i;
	return a->further[i];
}

static struct port *further_new(struct port *first, const struct in6_addr *addr)
{
	struct agent *a = first->agent;
	struct port *port = further_add(a);
	char text[INET6_ADDRSTRLEN];

	if (!port) {
		log_error_of(port_about(first), "no room for a further router");
		return NULL;
	}
	port->agent = a;
	port->first = first;
	port->ifindex = first->ifindex;
	port->known = port->usable = true;
	port->local = first->local;
	port->peer = *addr;
	/* A link-local address has at most 24 characters, a link's name 15. */
	snprintf(port->name, sizeof(port->name), "%.29s%%%.15s", inet_ntop(AF_INET6, addr, text, sizeof(text)), first->name);
	log_event(EVENT_ROUTER_ADDED, port_about(port), "is a further router on the link");
	return port;
}

static void further_free(struct port *port, uint8_t cease_subcode, mono now)
{
	struct agent *a = port->agent;
	size_t i = place(a, port->key);

	port_session_end(port, cease_subcode, now);
	memmove(a->further + i, a->further + i + 1, (a->n_further - i - 1) * sizeof(struct port *));
	a->n_further--;
	free(port);
}

void routers_moved(const struct port *first, mono now)
{
	struct agent *a = first->agent;

	for (size_t i = 0; i < a->n_further; i++) {
		struct port *port = a->further[i];

		if (port->first != first)
			continue;
		port_session_end(port, 0, now);  /* our end of its TCP connection is gone */
		port->local = first->local;
		port_session_start(port, now);
	}
}

void routers_down(struct port *first, uint8_t cease_subcode, mono now)
{
	struct agent *a = first->agent;

	for (size_t i = a->n_further; i-- > 0;) {
		if (a->further[i]->first != first)
			continue;
		if (!first->usable)              /* its next hops went with those of the link */
			a->further[i]->usable = false;
		further_free(a->further[i], cease_subcode, now);
	}
}

void routers_free(struct agent *a)
{
	for (size_t i = 0; i < a->n_further; i++)
		free(a->further[i]);
	free(a->further);
}

/* Only for show: the kernel finds out by itself where the packets go. */
static void set_mac(struct port *port, const struct ra_router *router)
{
	if (!router->has_mac)
		return;
	port->mac_known = port->mac_from_ra = true;
	memcpy(port->peer_mac, router->mac, 6);
}

static void heard(struct port *first, const struct ra_router *router)
{
	struct agent *a = first->agent;
	struct port *port = further_find(a, first->ifindex, &router->addr);
	bool fresh = !port;

	if (fresh)
		port = further_new(first, &router->addr);
	if (!port)
		return;
	set_mac(port, router);
	if (fresh && !port->mac_known)
		a->out.neigh_get(a->out.ctx, port->ifindex, &port->peer);
	detect_retry(port, a->now);
	if (fresh || first->guard_error)
		port_session_start(port, a->now);
	else
		peers_hint(a->peers, port->key, a->now);
}

static void hushed(struct port *port)
{
	struct agent *a = port->agent;
	const struct config_link *rule = config_link_for(a->cfg, port_link_name(port));

	if (!rule || !rule->ra_loss_teardown)
		return;
	peers_lost(a->peers, port->key, "no Router Advertisement heard (ra_loss: teardown)", a->now);
	stale_drop(port);
}

void routers_ra(void *ctx, unsigned ifindex, const struct ra_router *router, enum ra_further what)
{
	struct agent *a = ctx;
	struct port *first = port_find(a, ifindex), *port;

	if (!first || !first->usable)
		return;
	port = further_find(a, ifindex, &router->addr);
	switch (what) {
	case RA_FURTHER_FOUND:
	case RA_FURTHER_HEARD:
		heard(first, router);
		break;
	case RA_FURTHER_SILENT:
		if (port)
			hushed(port);
		break;
	case RA_FURTHER_LOST:
		if (!port)
			break;
		log_event(EVENT_ROUTER_GONE, port_about(port), "the router is gone");
		further_free(port, CEASE_PEER_DECONFIGURED, a->now);
		break;
	}
}
