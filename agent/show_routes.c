/* Routes and next hops to JSON. */
#include "agent/agent_hold.h"
#include "agent/show_priv.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/community.h"
#include "agent/base/rd.h"
#include "agent/rib/bandwidth.h"

static const char *origin_str(uint8_t origin)
{
	return origin == ORIGIN_IGP ? "igp" : origin == ORIGIN_EGP ? "egp" : "incomplete";
}

/* ASNs in order; an AS_SET is an array within. */
static json_t *as_path_json(struct span path)
{
	struct rd r = rd_of(path.p, path.n);
	json_t *list = json_array(), *into;
	uint8_t type, count;

	while (rd_left(&r)) {
		type = rd_u8(&r);
		count = rd_u8(&r);
		into = list;
		if (type == 1) {                 /* AS_SET, RFC 4271 4.3 (b) */
			into = json_array();
			json_array_append_new(list, into);
		}
		while (count-- && !r.bad)
			json_array_append_new(into, json_integer(rd_u32(&r)));
	}
	return list;
}

/* As numbers, the well-known ones too: a script compares what is on the wire. */
static json_t *communities_json(struct span c, unsigned parts)
{
	struct rd r = rd_of(c.p, c.n);
	json_t *list = json_array();
	char s[COMMUNITY_STRLEN];

	while (rd_left(&r) >= community_size(parts)) {
		struct community value = community_get(rd_take(&r, community_size(parts)), parts);

		if (parts == COMMUNITY_STANDARD)
			snprintf(s, sizeof(s), "%u:%u", value.part[0], value.part[1]);
		else
			community_str(&value, parts, s);
		json_array_append_new(list, json_string(s));
	}
	return list;
}

/* What the route's Link Bandwidth community says; null: it has none. */
json_t *show_bandwidth(const struct attrs *attrs)
{
	struct bandwidth b = bandwidth_get(attrs->ext_communities);

	return b.known ? json_real((double)b.bytes / BANDWIDTH_MBIT) : json_null();
}

void show_communities(struct span standard, struct span large, json_t *o)
{
	json_object_set_new(o, "communities", communities_json(standard, COMMUNITY_STANDARD));
	json_object_set_new(o, "large_communities", communities_json(large, COMMUNITY_LARGE));
}

void show_attrs(const struct attrs *attrs, json_t *o)
{
	json_object_set_new(o, "as_path", as_path_json(attrs->as_path));
	json_object_set_new(o, "origin", json_string(origin_str(attrs->origin)));
	json_object_set_new(o, "med", attrs->has & ATTRS_MED ? json_integer(attrs->med) : json_null());
	json_object_set_new(o, "local_pref", attrs->has & ATTRS_LOCAL_PREF ? json_integer(attrs->local_pref) : json_null());
	show_communities(attrs->communities, attrs->large_communities, o);
}

json_t *show_path(const struct agent *a, const struct rib_path_view *p)
{
	const struct attrs *attrs = attrs_get(rib_attrs((struct rib *)agent_rib(a)), p->attrs);
	json_t *o = json_object();
	struct hop hop;
	bool has_hop = agent_hops(a, p->peer, p->attrs, &hop, 1);

	json_object_set_new(o, "link", has_hop ? json_string(show_link_name(a, hop.ifindex)) : json_null());
	json_object_set_new(o, "address", has_hop ? show_addr6(&hop.via) : json_null());
	json_object_set_new(o, "peer", json_string(agent_peer_name(a, p->peer)));
	show_attrs(attrs, o);
	json_object_set_new(o, "weight", json_integer(p->weight));
	json_object_set_new(o, "bandwidth_mbps", show_bandwidth(attrs));
	json_object_set_new(o, "best", json_boolean(p->best));
	json_object_set_new(o, "multipath", json_boolean(p->multipath));
	json_object_set_new(o, "stale", json_boolean(p->stale));
	json_object_set_new(o, "reason", json_string(decision_step_str(p->lost_by)));
	return o;
}

json_t *show_hop(const struct agent *a, const struct hop *hop, unsigned weight)
{
	if (hop_is_blackhole(hop))
		return json_pack("{s:n, s:n, s:i}", "link", "address", "weight", (int)weight);
	return json_pack("{s:s, s:o, s:i}", "link", show_link_name(a, hop->ifindex), "address", show_addr6(&hop->via), "weight", (int)weight);
}

static bool discards(const struct agent *a, const struct rib_route_view *view)
{
	for (size_t i = 0; i < view->n_paths; i++)
		if (view->paths[i].multipath && agent_discards(a, &view->prefix, view->paths[i].peer, view->paths[i].attrs))
			return true;
	return false;
}

/* Nothing is announced at all; NULL: it is. */
const char *show_all_withheld(const struct agent *a)
{
	struct agent_restart_view restart;
	struct agent_hold_view hold;

	if (agent_hold(a, &hold))
		return "start_hold: nothing is announced yet";
	if (agent_restart(a, &restart, agent_started(a)) && restart.deferred)
		return "this node restarts: nothing is announced yet";
	return NULL;
}

/* Why nobody is told the route, "" if somebody may be: then policies and communities decide. */
static void set_withheld(const struct agent *a, const struct rib_route_view *view, const struct fib_route_view *fib, const char *withheld, json_t *o)
{
	const struct rib_path_view *best = &view->paths[0];
	bool installed = agent_config(a)->advertise_installed && best->peer != RIB_LOCAL;
	char why[128] = "";

	if (withheld)
		snprintf(why, sizeof(why), "%s", withheld);
	else if (!view->announced && !best->best)
		snprintf(why, sizeof(why), "no path can be used");
	else if (installed && fib->error)
		snprintf(why, sizeof(why), "%s: %s", view->announced ? "announced as it was, the kernel refuses the change" : "the kernel refuses it",
			 strerror(-fib->error));
	else if (!view->announced)
		snprintf(why, sizeof(why), "%s", installed ? "the kernel has not confirmed it" : "not decided yet");
	json_object_set_new(o, "announced", json_boolean(view->announced && !withheld));
	json_object_set_new(o, "withheld", json_string(why));
}

json_t *show_route(const struct agent *a, const struct rib_route_view *view, const char *withheld)
{
	const struct attrs_tab *tab = rib_attrs((struct rib *)agent_rib(a));
	const struct attrs *best = attrs_get(tab, view->paths[0].attrs);
	struct fib_route_view fib = { 0 };
	json_t *o = json_object(), *hops = json_array(), *paths = json_array();
	bool blackhole = discards(a, view);
	struct hop hop[HOP_MAX];
	size_t n;
	char s[PREFIX_STRLEN];

	for (size_t i = 0; i < view->n_paths; i++) {
		json_array_append_new(paths, show_path(a, &view->paths[i]));
		n = view->paths[i].multipath && !blackhole ? agent_hops(a, view->paths[i].peer, view->paths[i].attrs, hop, HOP_MAX) : 0;
		for (size_t k = 0; k < n; k++)
			json_array_append_new(hops, show_hop(a, &hop[k], view->paths[i].weight));
	}
	if (blackhole)
		json_array_append_new(hops, show_hop(a, &(struct hop){ .weight = 1 }, 1));
	if (agent_fib(a))
		fib_route(agent_fib(a), &view->prefix, &fib);
	json_object_set_new(o, "prefix", json_string(prefix_str(&view->prefix, s)));
	json_object_set_new(o, "installed", json_boolean(fib.installed));
	json_object_set_new(o, "error", json_string(fib.error ? strerror(-fib.error) : ""));
	json_object_set_new(o, "origin", json_string(origin_str(best->origin)));
	json_object_set_new(o, "as_path", as_path_json(best->as_path));
	set_withheld(a, view, &fib, withheld, o);
	json_object_set_new(o, "announced_mbps", view->announced ? show_bandwidth(attrs_get(tab, view->announced)) : json_null());
	json_object_set_new(o, "next_hops", hops);
	json_object_set_new(o, "blackhole", json_boolean(blackhole));
	json_object_set_new(o, "paths", paths);
	return o;
}

struct routes { const struct agent *agent; json_t *list; };

static bool append(void *ctx, const struct rib_route_view *view)
{
	const struct routes *r = ctx;

	json_array_append_new(r->list, show_route(r->agent, view, show_all_withheld(r->agent)));
	return true;
}

json_t *show_routes(const struct agent *a, const struct prefix *prefix)
{
	struct routes r = { a, json_array() };

	if (prefix)
		rib_find(agent_rib(a), prefix, append, &r);
	else
		rib_walk(agent_rib(a), append, &r);
	return r.list;
}

struct groups { const struct agent *agent; json_t *list; };

static void group_json(void *ctx, const struct fib_group_view *view)
{
	struct groups *r = ctx;
	json_t *hops = json_array();

	for (size_t i = 0; i < view->n; i++)
		json_array_append_new(hops, show_hop(r->agent, &view->hops[i], view->hops[i].weight));
	json_array_append_new(r->list, json_pack("{s:I, s:s, s:s, s:b, s:I, s:s, s:o}", "id", (json_int_t)view->id, "family",
						 view->family == AF_INET ? "ipv4" : "ipv6", "type",
						 view->resilient ? "resilient" : "plain", "installed", view->installed, "routes",
						 (json_int_t)view->routes, "error", view->error ? strerror(-view->error) : "", "hops", hops));
}

static json_t *neighbours_json(const struct agent *a)
{
	json_t *list = json_array();
	const struct link *link = NULL;
	char s[18];
	uint8_t m[6];

	while ((link = links_after(agent_links(a), link))) {
		if (agent_config(a)->ipv4_next_hop_inet6 || !agent_peer_mac(a, link->info.ifindex, m))
			continue;
		snprintf(s, sizeof(s), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
		json_array_append_new(list, json_pack("{s:s, s:o, s:s}", "link", link->info.name, "address",
						      show_addr4(agent_config(a)->ipv4_next_hop), "mac", s));
	}
	return list;
}

static json_t *fib_stats_json(const struct agent *a)
{
	struct fib_stats s = { 0 };
	json_t *ops = json_object();

	if (agent_fib(a))
		fib_stats(agent_fib(a), &s);
	for (int i = FIB_HOP_SET; i <= FIB_NEIGH_DEL; i++)
		json_object_set_new(ops, fib_op_str((enum fib_op_kind)i), json_integer((json_int_t)s.ops[i]));
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "routes", (json_int_t)s.routes, "installed", (json_int_t)s.installed,
			 "groups", (json_int_t)s.groups, "evened", (json_int_t)s.evened, "hops", (json_int_t)s.hops, "neighbours", (json_int_t)s.neighbours, "queued",
			 (json_int_t)s.queued, "errors", (json_int_t)s.errors, "retries", (json_int_t)s.retries, "put_back", (json_int_t)s.put_back,
			 "operations", ops);
}

json_t *show_nexthops(const struct agent *a)
{
	struct groups r = { .agent = a, .list = json_array() };

	if (agent_fib(a))
		fib_groups(agent_fib(a), group_json, &r);
	return json_pack("{s:i, s:o, s:o, s:o}", "json_version", CTL_JSON_VERSION, "groups", r.list, "neighbors", neighbours_json(a), "stats", fib_stats_json(a));
}
