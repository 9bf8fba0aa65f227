/* At quiescence every kernel must hold exactly the shortest paths of the surviving graph, and nothing else. */
#include "tests/sim/sim.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PORT_NEIGHS 4                    /* 169.254.0.1, the peer, all nodes and all routers */

bool sim_fail(struct world *w, const char *fmt, ...)
{
	va_list ap;

	if (*w->failure)
		return false;
	va_start(ap, fmt);
	vsnprintf(w->failure, sizeof(w->failure), fmt, ap);
	va_end(ap);
	world_say(w, "WRONG: %s", w->failure);
	return false;
}

bool portset_empty(const struct portset *s)
{
	return portset_eq(s, &(struct portset){ 0 });
}

bool portset_eq(const struct portset *a, const struct portset *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

char *portset_str(const struct portset *s, char *buf, size_t size)
{
	size_t at = (size_t)snprintf(buf, size, "%s", portset_empty(s) ? "none" : "");

	for (unsigned i = 0; i < SIM_PORTS && at + 8 < size; i++)
		if (portset_has(s, i))
			at += (size_t)snprintf(buf + at, size - at, "%sswp%u", at ? " " : "", i + 1);
	return buf;
}

static bool check_route(struct world *w, const struct node *n, const struct paths *paths, const struct prefix *p)
{
	const struct node *to = paths->to;
	struct portset want = { 0 }, have;
	bool is = model_route(n->kernel, p, &have);
	char s[160], t[160];

	for (unsigned i = 0; i < n->n_ports; i++)
		if (graph_uses(n, i, paths))
			portset_add(&want, i);
	if (is && portset_empty(&want))
		return sim_fail(w, "%s has a stale route to %s", n->name, to->name);
	if (!is && !portset_empty(&want))
		return sim_fail(w, "%s has no route to %s (over %s)", n->name, to->name, portset_str(&want, s, sizeof(s)));
	if (!portset_eq(&have, &want))
		return sim_fail(w, "%s reaches %s over %s, the shortest paths are %s", n->name, to->name, portset_str(&have, s, sizeof(s)),
				portset_str(&want, t, sizeof(t)));
	return true;
}

/* Its router-id, and some of many prefixes. */
static bool check_routes(struct world *w, const struct node *n, const struct paths *paths)
{
	struct prefix p = prefix4(paths->to->router_id, 32);

	if (!check_route(w, n, paths, &p))
		return false;
	for (unsigned i = 0; full_sample(paths->to, i, &p); i++)
		if (!portset_has(&paths->to->vlans_off, i) && !check_route(w, n, paths, &p))
			return false;
	return true;
}

/* The groups that a port advertises to (RFC 2464 7); counted into want. */
static bool check_groups(struct world *w, const struct node *n, unsigned port, size_t *want)
{
	for (uint8_t last = 1; last <= 2; last++) {
		const struct in6_addr group = { .s6_addr = { 0xff, 0x02, [15] = last } };
		uint8_t mac[6];
		bool is = model_neigh(n->kernel, SIM_PORT0 + port, &group, mac);

		if (!is)
			return sim_fail(w, "%s has no neighbour entry of ff02::%u on swp%u", n->name, last, port + 1);
		if (memcmp(mac, (uint8_t[6]){ 0x33, 0x33, [5] = last }, 6))
			return sim_fail(w, "%s has a wrong MAC of ff02::%u on swp%u", n->name, last, port + 1);
		++*want;
	}
	return true;
}

static bool check_neighs(struct world *w, const struct node *n)
{
	const struct sim_port *other;
	uint8_t mac[6];
	size_t want = 0;
	unsigned k;

	for (unsigned i = 0; i < n->n_ports; i++) {
		if (!port_carrier(n, i))
			continue;
		/* Whoever is there has not said so, or is the second router that was heard on the link and has its place beside the first, which is gone:
		 * what is known may be of who was there before. */
		if (!port_usable(n, i) || port_key(n, i) != SIM_PORT0 + i) {
			want += k = model_n_neighs_of(n->kernel, SIM_PORT0 + i);
			if (k > PORT_NEIGHS)
				return sim_fail(w, "%s has %u neighbour entries on swp%u", n->name, k, i + 1);
			continue;
		}
		if (!check_groups(w, n, i, &want))
			return false;
		other = &port_other(n, i, &k)->ports[k];
		for (unsigned v6 = 0; v6 < 2; v6++) {
			if (!model_neigh(n->kernel, SIM_PORT0 + i, v6 ? &other->ll : &in6addr_any, mac))
				return sim_fail(w, "%s has no neighbour entry of IPv%u on swp%u", n->name, v6 ? 6 : 4, i + 1);
			want++;
			if (memcmp(mac, other->mac, 6))
				return sim_fail(w, "%s has a wrong MAC on swp%u", n->name, i + 1);
		}
	}
	if (model_n_neighs(n->kernel) != want)
		return sim_fail(w, "%s has %zu neighbour entries, %zu links", n->name, model_n_neighs(n->kernel), want);
	return true;
}

uint32_t port_key(const struct node *n, unsigned port)
{
	uint32_t first = SIM_PORT0 + port;
	const struct sim_port *other;
	struct peer *peer = NULL;
	struct peer_view v;
	unsigned k;

	other = &port_other(n, port, &k)->ports[k];
	while ((peer = peers_after(agent_peers(n->agent), peer))) {
		peer_view(peer, &v);
		if (v.key >= PEER_KEY_FURTHER && v.ifindex == first && in6_eq(&v.remote, &other->ll))
			return v.key;
	}
	return first;
}

static bool check_sessions(struct world *w, const struct node *n)
{
	struct peer_view v;
	struct peer *peer;

	for (unsigned i = 0; i < n->n_ports; i++) {
		if (!port_usable(n, i))
			continue;
		peer = peers_find(agent_peers(n->agent), port_key(n, i));
		if (!peer)
			return sim_fail(w, "%s knows no peer on swp%u", n->name, i + 1);
		peer_view(peer, &v);
		if (v.state != BGP_ESTABLISHED)
			return sim_fail(w, "%s swp%u is %s: %s", n->name, i + 1, bgp_state_str(v.state), v.last_error);
	}
	return true;
}

bool check_quiet(struct world *w)
{
	struct paths paths;
	size_t routes[SIM_NODES] = { 0 };

	for (unsigned i = 0; i < w->n_nodes; i++)
		if (w->nodes[i].agent && (!check_sessions(w, &w->nodes[i]) || !check_neighs(w, &w->nodes[i])))
			return false;
	if (!swap_quiet(w) || !foreign_quiet(w))
		return false;
	graph_look(w);
	for (unsigned t = 0; t < w->n_nodes; t++) {
		graph_paths(w, &w->nodes[t], &paths);
		for (unsigned i = 0; i < w->n_nodes; i++) {
			if (i == t || !w->nodes[i].agent)
				continue;
			if (!check_routes(w, &w->nodes[i], &paths))
				return false;
			if (paths.far[i] < SIM_FAR)
				routes[i] += 1 + full_count(paths.to);
		}
		if (w->weighted && !check_weights(w, &paths))
			return false;
	}
	if (!announce_quiet(w) || !bfd_quiet(w))
		return false;
	for (unsigned i = 0; i < w->n_nodes; i++)
		if (w->nodes[i].agent && model_n_routes(w->nodes[i].kernel) != routes[i])
			return sim_fail(w, "%s has %zu routes, %zu are right", w->nodes[i].name, model_n_routes(w->nodes[i].kernel), routes[i]);
	for (unsigned i = 0; i < w->n_nodes; i++)
		if (w->nodes[i].agent && !model_check(w->nodes[i].kernel))
			return false;
	return true;
}
