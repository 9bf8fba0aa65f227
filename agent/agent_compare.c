/* What another configuration would do to each session there is. */
#include "agent/agent_reload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_priv.h"
#include "agent/base/own.h"

static bool begins_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Keys that are about every session. A numbered peer has timers of its own, which are compared with it. */
static void takes_of_all(const struct config_diff *d, bool numbered, struct config_takes *ret, char why[96])
{
	for (size_t i = 0; i < d->n; i++) {
		const struct config_change *c = &d->changes[i];

		if (begins_with(c->path, "links.") || begins_with(c->path, "neighbors.") || (numbered && begins_with(c->path, "timers.")))
			continue;
		ret->takes |= c->takes & (TAKES_SESSION | TAKES_OPEN);
		if (c->takes & (TAKES_SESSION | TAKES_OPEN) && !*why)
			strcpy(why, c->path);
	}
}

static const struct config_neighbor *neighbor_in(const struct config *c, const struct in6_addr *addr)
{
	for (size_t i = 0; i < c->n_neighbors; i++)
		if (in6_eq(&c->neighbors[i].address, addr))
			return &c->neighbors[i];
	return NULL;
}

/* Of the further routers of a link the last ones go. */
static bool is_surplus(const struct agent *a, const struct port *port, const struct config *to)
{
	const struct config_link *rule = config_link_for(to, port_link_name(port));
	size_t may = rule ? rule->routers : 1;
	struct ra_view v;

	if (!port->first || !ra_view(a->ra, port->ifindex, &v))
		return false;
	for (size_t i = 0; i < v.n_further; i++)
		if (in6_eq(&v.further[i].addr, &port->peer))
			return i + 1 >= may;
	return false;
}

static bool asn_allowed(const struct config *to, const struct port *port)
{
	const struct config_link *rule = port->neighbor ? NULL : config_link_for(to, port_link_name(port));

	for (size_t i = 0; rule && i < rule->n_asn; i++)
		if (port->peer_asn >= rule->asn[i].first && port->peer_asn <= rule->asn[i].last)
			return true;
	return !rule || !rule->n_asn;
}

static const struct config_terms *terms_in(const struct config *to, const struct port *port)
{
	const struct config_neighbor *n = port->neighbor ? neighbor_in(to, &port->peer) : NULL;
	const struct config_link *rule = port->neighbor ? NULL : config_link_for(to, port_link_name(port));

	return n ? &n->terms : rule ? &rule->terms : NULL;
}

static bool over(const struct config *to, const struct port *port)
{
	const struct config_terms *terms = terms_in(to, port);

	return terms && !terms->limit.refuse && filters_over(port, &terms->limit);
}

static bool can_refresh(const struct agent *a, const struct port *port)
{
	struct peer_view v;

	peer_view(peers_find(a->peers, port->key), &v);
	return v.caps_received && v.caps_received->refresh;
}

/* Which of what it takes ends the session that stands. */
static unsigned flaps(const struct agent *a, const struct port *port, const struct config *to, unsigned takes)
{
	if (takes & TAKES_SESSION)
		return TAKES_SESSION;
	if (!port->in_rib)
		return takes & TAKES_OPEN;
	if (takes & TAKES_ASN && !asn_allowed(to, port))
		return TAKES_ASN;
	if (takes & TAKES_EXPECT && cabling_ends(port, to))
		return TAKES_EXPECT;
	if (takes & TAKES_LIMIT && over(to, port))
		return TAKES_LIMIT;
	if (takes & TAKES_IMPORT && !can_refresh(a, port))
		return TAKES_IMPORT;
	return takes & TAKES_OPEN;
}

static int takes_of_port(const struct reload *r, const struct port *port, struct config_takes *ret)
{
	const struct config_neighbor *to;

	if (!port->neighbor)
		return config_link_takes(r->diff, port_link_name(port), ret);
	to = neighbor_in(r->to, &port->peer);
	return to ? config_neighbor_takes(r->diff, port->neighbor, to, ret) : 0;
}

static bool ends(const struct agent *a, const struct port *port, const struct config *to)
{
	const struct link *link = port->neighbor ? NULL : links_find(a->links, port->ifindex);

	if (port->neighbor)
		return !neighbor_in(to, &port->peer);
	return !link || !links_want(a, to, link) || is_surplus(a, port, to);
}

static int plan(const struct agent *a, const struct reload *r, const struct port *port, struct reload_session *ret)
{
	struct config_takes t = { .of = ~0u };
	int e;

	*ret = (struct reload_session){ .key = port->key, .live = port->in_rib, .ends = ends(a, port, r->to) };
	memcpy(ret->name, port->name, sizeof(ret->name));
	if (ret->ends) {
		strcpy(ret->why, port->neighbor ? "neighbors" : "links");
		return 0;
	}
	e = takes_of_port(r, port, &t);
	if (e < 0)
		return e;
	takes_of_all(r->diff, port->neighbor, &t, ret->why);
	ret->takes = t.takes;
	ret->flaps = flaps(a, port, r->to, t.takes);
	if (!ret->flaps || *ret->why)
		return 0;
	t = (struct config_takes){ .of = ret->flaps };
	e = takes_of_port(r, port, &t);          /* once more, for the key that it is because of */
	memcpy(ret->why, t.why, sizeof(t.why));
	return e;
}

static int plan_all(const struct agent *a, struct reload *r)
{
	const struct port *port;
	size_t n = 0;
	int e = 0;

	while (port_at(a, n))
		n++;
	r->sessions = calloc(n + 1, sizeof(*r->sessions));
	if (!r->sessions)
		return -ENOMEM;
	for (; (port = port_at(a, r->n)) && e >= 0; r->n++)
		e = plan(a, r, port, &r->sessions[r->n]);
	return e;
}

/* Links that become fabric links, numbered peers that come. */
static int find_begins(const struct agent *a, struct reload *r)
{
	const struct link *link = NULL;
	char name[INET6_ADDRSTRLEN];
	int bad = 0;

	r->begins = json_array();
	bad |= !r->begins;
	while ((link = links_after(a->links, link)))
		if (!port_find(a, link->info.ifindex) && links_want(a, r->to, link))
			bad |= json_array_append_new(r->begins, json_string(link->info.name));
	for (size_t i = 0; i < r->to->n_neighbors; i++) {
		if (neighbor_find(a, &r->to->neighbors[i].address))
			continue;
		bad |= json_array_append_new(r->begins, json_string(in6_str(&r->to->neighbors[i].address, name)));
	}
	return bad ? -ENOMEM : 0;
}

int reload_new(struct reload **ret, const struct agent *a, struct config *to)
{
	struct reload *r = calloc(1, sizeof(*r));
	int e = r ? config_diff_new(&r->diff, a->cfg, to) : -ENOMEM;

	if (e >= 0) {
		r->to = to;
		e = plan_all(a, r);
	}
	if (e >= 0)
		e = find_begins(a, r);
	if (e >= 0)
		*ret = TAKE(r);
	reload_free(r);
	return e;
}

void reload_free(struct reload *r)
{
	if (!r)
		return;
	config_diff_free(r->diff);
	free(r->sessions);
	json_decref(r->begins);
	free(r);
}
