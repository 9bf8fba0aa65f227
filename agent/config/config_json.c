#include "agent/config/config.h"

#include <arpa/inet.h>

#include "agent/config/read.h"

/* json_object_set_new and json_array_append_new take NULL for a value that had no memory and answer -1: `bad` gathers these. */
static json_t *done(json_t *j, int bad)
{
	if (!bad)
		return j;
	json_decref(j);
	return NULL;
}

static json_t *address_json(struct in_addr a)
{
	char s[INET_ADDRSTRLEN];

	return json_string(inet_ntop(AF_INET, &a, s, sizeof(s)));
}

static json_t *asn_json(const struct config_link *link)
{
	json_t *list = json_array();
	int bad = !list;

	for (size_t i = 0; i < link->n_asn && !bad; i++) {
		const struct config_asn_range *a = &link->asn[i];

		bad |= json_array_append_new(list, a->first == a->last ? json_integer(a->first)
		                                                       : json_sprintf("%u-%u", a->first, a->last));
	}
	return done(list, bad);
}

static json_t *limit_json(const struct config_limit *l)
{
	if (!l->warning && !l->refuse && !l->restart)
		return json_integer(l->max);
	return json_pack("{s:I, s:i, s:b, s:I}", "max", (json_int_t)l->max, "warning", l->warning, "teardown", !l->refuse, "restart",
			 (json_int_t)l->restart);
}

/* Adds them to j. */
static int terms_json(json_t *j, const struct config_terms *t)
{
	int bad = json_object_set_new(j, "gtsm", json_boolean(t->gtsm));

	bad |= json_object_set_new(j, "password", *t->password ? json_string(CONFIG_HIDDEN) : json_null());
	bad |= json_object_set_new(j, "role", t->role ? json_string(role_str(t->role)) : json_null());
	bad |= json_object_set_new(j, "role_strict", json_boolean(t->role_strict));
	bad |= json_object_set_new(j, "bandwidth_mbps", json_integer(t->bandwidth_mbps));
	bad |= json_object_set_new(j, "max_prefixes", limit_json(&t->limit));
	bad |= json_object_set_new(j, "import", filter_json(&t->import));
	bad |= json_object_set_new(j, "export", filter_json(&t->export));
	bad |= json_object_set_new(j, "blackhole", blackhole_json(&t->blackhole));
	return bad;
}

static json_t *bfd_json(const struct config_bfd *bfd)
{
	return bfd->on ? json_pack("{s:i, s:i}", "interval_ms", bfd->interval_ms, "multiplier", bfd->multiplier) : json_false();
}

static json_t *damping_json(const struct config_damping *d)
{
	return d->on ? json_pack("{s:i, s:i, s:i}", "free", d->free, "first_ms", d->first_ms, "max_seconds", d->max_s) : json_false();
}

static json_t *resilient_json(const struct config_resilient *res)
{
	return res->buckets ? json_pack("{s:i, s:I, s:I}", "buckets", res->buckets, "idle_timer_seconds", (json_int_t)res->idle_s,
					"unbalanced_timer_seconds", (json_int_t)res->unbalanced_s) : json_false();
}

json_t *expect_json(const struct cable_end *end)
{
	return *end->host ? json_sprintf("%s%s%s", end->host, *end->port ? ":" : "", end->port) : json_null();
}

json_t *link_json(const struct config_link *link)
{
	json_t *j = json_object();
	int bad = 0;

	if (link->n_asn)                                 /* an empty list would allow nobody */
		bad |= json_object_set_new(j, "asn", asn_json(link));
	bad |= terms_json(j, &link->terms);
	bad |= json_object_set_new(j, "expect", expect_json(&link->expect));
	bad |= json_object_set_new(j, "strict", json_boolean(link->strict));
	bad |= json_object_set_new(j, "ra_loss", json_string(link->ra_loss_teardown ? "teardown" : "ignore"));
	bad |= json_object_set_new(j, "routers", json_integer(link->routers));
	bad |= json_object_set_new(j, "bfd", bfd_json(&link->bfd));
	bad |= json_object_set_new(j, "damping", damping_json(&link->damping));
	return done(j, bad);
}

static json_t *links_json(const struct config *c)
{
	json_t *j;
	int bad = 0;

	if (c->links_auto)
		return json_string("auto");
	j = json_object();
	for (size_t i = 0; i < c->n_links; i++)
		if (!json_object_get(j, c->links[i].glob))       /* named twice: the first wins */
			bad |= json_object_set_new(j, c->links[i].glob, link_json(&c->links[i]));
	return done(j, bad);
}

static json_t *originate_json(const struct config *c)
{
	json_t *j, *globs = json_array(), *rules;
	int bad = 0;

	for (size_t i = 0; i < c->n_originate; i++)
		bad |= json_array_append_new(globs, json_string(c->originate[i]));
	if (c->n_rules == 0)
		return done(globs, bad);
	rules = prefix_ranges_json(c->rules, c->n_rules);
	j = json_object();
	bad |= json_object_set_new(j, "interfaces", globs);
	bad |= json_object_set_new(j, "prefixes", rules);
	return done(j, bad);
}

static json_t *address6_json(const struct in6_addr *a)
{
	char s[INET6_ADDRSTRLEN];

	if (IN6_IS_ADDR_V4MAPPED(a))
		return json_string(inet_ntop(AF_INET, a->s6_addr + 12, s, sizeof(s)));
	return json_string(inet_ntop(AF_INET6, a, s, sizeof(s)));
}

json_t *neighbor_json(const struct config_neighbor *n)
{
	json_t *j = json_object();
	int bad = 0;

	bad |= json_object_set_new(j, "address", address6_json(&n->address));
	bad |= json_object_set_new(j, "remote_asn", n->remote_asn ? json_integer(n->remote_asn) : json_string("external"));
	if (!IN6_IS_ADDR_UNSPECIFIED(&n->local))
		bad |= json_object_set_new(j, "local_address", address6_json(&n->local));
	if (n->multihop != 255 || !n->internal || !IN6_IS_ADDR_UNSPECIFIED(&n->local))   /* over IPv6 to be said with local_address only */
		bad |= json_object_set_new(j, "multihop", json_integer(n->multihop));
	bad |= json_object_set_new(j, "passive", json_boolean(n->passive));
	if (n->internal)
		bad |= json_object_set_new(j, "route_reflector_client", json_boolean(n->rr_client));
	if (n->internal)
		bad |= json_object_set_new(j, "next_hop_self", json_boolean(n->next_hop_self));
	bad |= json_object_set_new(j, "hold", json_integer(n->hold));
	bad |= json_object_set_new(j, "keepalive", json_integer(n->keepalive));
	bad |= terms_json(j, &n->terms);
	bad |= json_object_set_new(j, "bfd", json_false());
	return done(j, bad);
}

static json_t *neighbors_json(const struct config *c, bool by_hand)
{
	json_t *list = json_array();
	int bad = !list;

	for (size_t i = 0; i < c->n_neighbors && !bad; i++)
		if (c->neighbors[i].by_hand == by_hand)
			bad |= json_array_append_new(list, neighbor_json(&c->neighbors[i]));
	return done(list, bad);
}

json_t *config_by_hand_json(const struct config *c)
{
	return neighbors_json(c, true);
}

static json_t *next_hop_json(const struct config *c)
{
	if (c->ipv4_next_hop_inet6)
		return json_string("inet6");
	return c->ipv4_next_hop.s_addr ? address_json(c->ipv4_next_hop) : json_null();
}

static json_t *graceful_restart_json(const struct config *c)
{
	json_int_t restart = c->restart_s, v4 = c->long_lived[0], v6 = c->long_lived[1];

	if (v4 == v6)
		return json_pack("{s:I, s:I}", "restart_seconds", restart, "long_lived_seconds", v4);
	return json_pack("{s:I, s:{s:I, s:I}}", "restart_seconds", restart, "long_lived_seconds", "ipv4", v4, "ipv6", v6);
}

static json_t *metrics_json(const struct config_metrics *m)
{
	char text[CONFIG_METRICS_STRLEN];

	return m->on ? json_pack("{s:s}", "listen", config_metrics_str(m, text)) : json_false();
}

json_t *config_json(const struct config *c)
{
	json_t *j = json_object();
	int bad = 0;

	bad |= json_object_set_new(j, "asn", json_integer(c->asn));
	bad |= json_object_set_new(j, "router_id", address_json(c->router_id));
	bad |= json_object_set_new(j, "hostname", c->hostname[0] ? json_string(c->hostname) : json_null());
	bad |= json_object_set_new(j, "links", links_json(c));
	bad |= json_object_set_new(j, "originate", originate_json(c));
	bad |= json_object_set_new(j, "loopback", json_boolean(c->loopback));
	bad |= json_object_set_new(j, "timers", json_pack("{s:i, s:i, s:i, s:i, s:i}", "hold", c->timers.hold, "keepalive", c->timers.keepalive,
	                                                  "connect_retry", c->timers.connect_retry, "ra_interval", c->timers.ra_interval,
	                                                  "ra_lifetime", c->timers.ra_lifetime));
	bad |= json_object_set_new(j, "ipv4_next_hop", next_hop_json(c));
	bad |= json_object_set_new(j, "multipath", json_integer(c->multipath));
	bad |= json_object_set_new(j, "resilient", resilient_json(&c->resilient));
	bad |= json_object_set_new(j, "graceful_restart", graceful_restart_json(c));
	bad |= json_object_set_new(j, "start_hold", json_integer(c->start_hold_s));
	bad |= json_object_set_new(j, "advertise_installed", json_boolean(c->advertise_installed));
	bad |= json_object_set_new(j, "ipv6", json_boolean(c->ipv6));
	bad |= json_object_set_new(j, "software_version", json_boolean(c->software_version));
	bad |= json_object_set_new(j, "bfd", bfd_json(&c->bfd));
	bad |= json_object_set_new(j, "damping", damping_json(&c->damping));
	bad |= json_object_set_new(j, "neighbors", neighbors_json(c, false));
	bad |= json_object_set_new(j, "med", json_string(c->med_always ? "always" : "same_as"));
	bad |= json_object_set_new(j, "policy", policies_json(c));
	bad |= json_object_set_new(j, "manage_sysctls", json_boolean(c->manage_sysctls));
	bad |= json_object_set_new(j, "weighted", json_boolean(c->weighted));
	bad |= json_object_set_new(j, "metrics", metrics_json(&c->metrics));
	bad |= json_object_set_new(j, "bmp", bmp_json(&c->bmp));
	return done(j, bad);
}
