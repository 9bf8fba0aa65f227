#include "agent/show.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "agent/agent_reload.h"
#include "agent/base/own.h"
#include "agent/show_priv.h"

json_t *show_addr6(const struct in6_addr *a)
{
	char s[INET6_ADDRSTRLEN];

	return json_string(in6_str(a, s));
}

json_t *show_addr4(struct in_addr a)
{
	char s[INET_ADDRSTRLEN];

	return json_string(inet_ntop(AF_INET, &a, s, sizeof(s)));
}

json_t *show_mac(const uint8_t *m)
{
	char s[18];

	if (!m)
		return json_null();
	snprintf(s, sizeof(s), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
	return json_string(s);
}

const char *show_link_name(const struct agent *a, uint32_t ifindex)
{
	const struct link *link = links_find(agent_links(a), ifindex);

	return link ? link->info.name : "?";
}

int64_t show_seconds(mono then, mono now)
{
	return (now.us - then.us) / 1000000;
}

static json_t *caps_json(const struct bgp_caps *c)
{
	json_t *list = json_array();
	char s[32];

	if (!c)
		return list;
	const struct { bool has; const char *name; } rows[] = {
		{ c->mp[0], "ipv4-unicast" }, { c->mp[1], "ipv6-unicast" }, { c->ext_nh_v4, "extended-next-hop" }, { c->as4, "4-octet-as" },
		{ c->refresh, "route-refresh" }, { c->enhanced_refresh, "enhanced-route-refresh" }, { c->extended_message, "extended-message" },
		{ c->gr, "graceful-restart" }, { c->llgr, "long-lived-graceful-restart" }, { *c->hostname, "fqdn" }, { c->role, "role" },
		{ *c->software, "software-version" }, { c->ll_next_hop, "link-local-next-hop" }, { *c->port, "port-name" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].has)
			json_array_append_new(list, json_string(rows[i].name));
	for (size_t i = 0; i < c->n_unknown; i++) {
		snprintf(s, sizeof(s), "unknown-%u", c->unknown[i]);
		json_array_append_new(list, json_string(s));
	}
	return list;
}

/* RFC 4724 3, RFC 8538 2 */
static json_t *graceful_json(const struct bgp_caps *c)
{
	static const char *const families[2] = { "ipv4", "ipv6" };
	json_t *listed, *forwarding;

	if (!c || !c->gr)
		return json_null();
	listed = json_array();
	forwarding = json_array();
	for (int i = 0; i < 2; i++) {
		if (c->gr_mp[i])
			json_array_append_new(listed, json_string(families[i]));
		if (c->gr_forwarding[i])
			json_array_append_new(forwarding, json_string(families[i]));
	}
	return json_pack("{s:i, s:b, s:b, s:o, s:o}", "seconds", c->gr_time, "restarting", c->gr_restarted, "notification", c->gr_notification,
			 "families", listed, "forwarding", forwarding);
}

static void prefix_counts(const struct agent *a, uint32_t key, struct rib_peer_stats *ret)
{
	rib_peer rib;

	*ret = (struct rib_peer_stats){ 0 };
	if (agent_rib_peer(a, key, &rib))
		rib_peer_stats(agent_rib(a), rib, ret);
}

/* A numbered peer's: the interface that leads there, "" when it is behind routers. */
static const char *link_of(const struct agent *a, const struct peer_view *v)
{
	if (v->key == v->ifindex)
		return v->link;
	return v->ifindex ? show_link_name(a, v->ifindex) : "";
}

/* The families whose routes are stale: since when is in down_seconds or uptime_seconds. */
static json_t *stale_json(const struct agent *a, uint32_t key, const struct rib_peer_stats *n, mono now)
{
	static const char *const families[2] = { "ipv4", "ipv6" };
	struct agent_stale_view v;
	json_t *o = json_object();

	agent_stale(a, key, &v);
	for (int i = 0; i < 2; i++)
		if (v.why[i])
			json_object_set_new(o, families[i], json_pack("{s:I, s:s, s:I}", "prefixes", (json_int_t)n->stale[i], "why", v.why[i],
								      "seconds_left", (json_int_t)show_seconds(now, v.until[i])));
	return o;
}

static json_t *fault_json(const struct agent *a, const struct peer_view *v, const struct agent_link_view *port)
{
	if (v->numbered && port->guard_error)
		return json_sprintf("no session: the password cannot be set on the listening socket: %s", strerror(-port->guard_error));
	if (port->shut_out)
		return json_sprintf("no session: its address is on the fabric link %s, which has a password or gtsm of its own", show_link_name(a, port->shut_out));
	return json_string(v->fault);
}

/* What we are to the peer, and what it says to be; null: neither says anything. */
static json_t *role_json(const struct peer_view *v)
{
	unsigned theirs = v->caps_received ? v->caps_received->role : ROLE_NONE;

	if (!v->role && !theirs)
		return json_null();
	return json_pack("{s:s, s:s}", "local", role_str(v->role), "remote", role_str(theirs));
}

static bool added_by_hand(const struct agent *a, const struct peer_view *v)
{
	const struct config_neighbor *n = v->numbered ? config_neighbor_find(agent_config(a), &v->remote) : NULL;

	return n && n->by_hand;
}

static json_t *neighbor_json(const struct agent *a, const struct peer *peer, mono now)
{
	struct agent_link_view port;
	struct agent_filters_view f = { .import = "all", .export = "all" };
	struct agent_bandwidth_view bandwidth = { 0 };
	struct rib_peer_stats n;
	struct peer_view v;
	uint8_t mac[6];
	json_t *o = json_object();

	peer_view(peer, &v);
	prefix_counts(a, v.key, &n);
	agent_link_view(a, v.key, &port);
	agent_filters(a, v.key, &f);
	agent_bandwidth(a, v.key, &bandwidth);
	json_object_set_new(o, "name", json_string(v.link));
	json_object_set_new(o, "link", v.ifindex ? json_string(link_of(a, &v)) : json_null());
	json_object_set_new(o, "address", show_addr6(&v.remote));
	json_object_set_new(o, "mac", show_mac(!v.numbered && agent_peer_mac(a, v.key, mac) ? mac : NULL));
	json_object_set_new(o, "local_address", show_addr6(&v.local));
	json_object_set_new(o, "remote_asn", json_integer(v.remote_asn));
	json_object_set_new(o, "remote_router_id", show_addr4(v.remote_id));
	json_object_set_new(o, "hostname", json_string(v.hostname));
	json_object_set_new(o, "remote_port", v.caps_received && *v.caps_received->port ? json_string(v.caps_received->port) : json_null());
	json_object_set_new(o, "software_version", json_string(v.caps_received ? v.caps_received->software : ""));
	json_object_set_new(o, "role", role_json(&v));
	json_object_set_new(o, "state", json_string(bgp_state_str(v.state)));
	json_object_set_new(o, "drained", json_boolean(agent_is_drained(a, v.key)));
	json_object_set_new(o, "added_by_hand", json_boolean(added_by_hand(a, &v)));
	json_object_set_new(o, "uptime_seconds", json_integer(v.state == BGP_ESTABLISHED ? show_seconds(v.since, now) : 0));
	json_object_set_new(o, "down_seconds", v.state != BGP_ESTABLISHED && v.ever ? json_integer(show_seconds(v.since, now)) : json_null());
	json_object_set_new(o, "prefixes_received", json_integer(n.received[0] + n.received[1]));
	json_object_set_new(o, "prefixes_stale", json_integer(n.stale[0] + n.stale[1]));
	json_object_set_new(o, "stale", stale_json(a, v.key, &n, now));
	json_object_set_new(o, "prefixes_sent", json_integer(n.sent[0] + n.sent[1]));
	json_object_set_new(o, "prefixes_refused", json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "as_loop", (json_int_t)n.loops, "martian",
							     (json_int_t)n.martians, "over_limit", (json_int_t)n.over_limit, "own_next_hop",
							     (json_int_t)port.own_next_hops, "filtered", (json_int_t)f.filtered,
							     "route_leak", (json_int_t)f.leaks));
	json_object_set_new(o, "bandwidths_ignored", json_integer((json_int_t)bandwidth.ignored));
	json_object_set_new(o, "prefixes_withheld", json_integer((json_int_t)f.withheld));
	json_object_set_new(o, "policy", json_pack("{s:s, s:s}", "import", f.import, "export", f.export));
	json_object_set_new(o, "max_prefixes", f.max_prefixes ? json_pack("{s:I, s:b}", "max", (json_int_t)f.max_prefixes, "warned", f.max_warned)
							      : json_null());
	show_messages(&v, o);
	json_object_set_new(o, "hold_time", json_integer(v.hold));
	json_object_set_new(o, "keepalive_time", json_integer(v.keepalive));
	json_object_set_new(o, "capabilities", json_pack("{s:o, s:o}", "sent", caps_json(v.caps_sent), "received", caps_json(v.caps_received)));
	json_object_set_new(o, "graceful_restart", json_pack("{s:o, s:o}", "sent", graceful_json(v.caps_sent), "received",
							     graceful_json(v.caps_received)));
	json_object_set_new(o, "bfd", show_bfd(a, v.key, now));
	json_object_set_new(o, "last_error", json_string(v.last_error));
	json_object_set_new(o, "fault", fault_json(a, &v, &port));
	json_object_set_new(o, "errors", json_integer((json_int_t)v.errors));
	json_object_set_new(o, "flaps", json_integer(v.flaps));
	json_object_set_new(o, "out_queue_bytes", json_integer((json_int_t)v.send_queued));
	show_session(a, &v, o, now);
	return o;
}

json_t *show_neighbors(const struct agent *a, const char *link, mono now)
{
	json_t *list = json_array();
	struct peer *peer = NULL;
	struct peer_view v;

	while ((peer = peers_after(agent_peers(a), peer))) {
		peer_view(peer, &v);
		if (!link || !strcmp(link, v.link) || (!v.numbered && !strcmp(link, link_of(a, &v))))
			json_array_append_new(list, neighbor_json(a, peer, now));
	}
	return list;
}

static json_t *restart_json(const struct agent *a, mono now)
{
	struct agent_restart_view v;

	if (!agent_restart(a, &v, now))
		return json_null();
	return json_pack("{s:b, s:I, s:I, s:I, s:s?}", "deferred", v.deferred, "seconds_left", (json_int_t)show_seconds(now, v.until), "routes_ipv4",
			 (json_int_t)v.routes[0], "routes_ipv6", (json_int_t)v.routes[1], "waits_for", v.waits_for);
}

json_t *show_summary(const struct agent *a, mono now)
{
	const struct agent_counters *n = agent_counted(a);
	const struct config *c = agent_config(a);
	struct rib_stats rib;
	struct fib_stats fib = { 0 };
	struct peer *peer = NULL;
	struct peer_view v;
	json_t *o = json_object();
	int peers = 0, established = 0;

	rib_stats(agent_rib(a), &rib);
	if (agent_fib(a))
		fib_stats(agent_fib(a), &fib);
	while ((peer = peers_after(agent_peers(a), peer))) {
		peer_view(peer, &v);
		peers++;
		established += v.state == BGP_ESTABLISHED;
	}
	json_object_set_new(o, "router_id", show_addr4(c->router_id));
	json_object_set_new(o, "asn", json_integer(c->asn));
	json_object_set_new(o, "hostname", json_string(c->hostname));
	json_object_set_new(o, "version", json_string(WEFT_VERSION));
	json_object_set_new(o, "json_version", json_integer(CTL_JSON_VERSION));
	json_object_set_new(o, "uptime_seconds", json_integer(show_seconds(agent_started(a), now)));
	json_object_set_new(o, "prefixes", json_integer((json_int_t)(rib.prefixes[0] + rib.prefixes[1])));
	json_object_set_new(o, "prefixes_ipv4", json_integer((json_int_t)rib.prefixes[0]));
	json_object_set_new(o, "prefixes_ipv6", json_integer((json_int_t)rib.prefixes[1]));
	json_object_set_new(o, "paths", json_integer((json_int_t)rib.paths));
	json_object_set_new(o, "rib_bytes", json_integer((json_int_t)rib.bytes));
	json_object_set_new(o, "peers", json_integer(peers));
	json_object_set_new(o, "peers_established", json_integer(established));
	show_drains(a, o, now);
	json_object_set_new(o, "routes_installed", json_integer((json_int_t)fib.installed));
	json_object_set_new(o, "restart", restart_json(a, now));
	json_object_set_new(o, "start_hold", show_hold(a, now));
	json_object_set_new(o, "bfd", show_bfd_summary(a));
	json_object_set_new(o, "counters", json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "notifications_lost", (json_int_t)n->notifications_lost,
						     "neighbors_lost", (json_int_t)n->neighbors_lost, "bad_requests", (json_int_t)n->bad_requests, "unsendable_prefixes", (json_int_t)n->unsendable,
						     "max_prefixes_warnings", (json_int_t)n->limit_warnings,
						     "settings_put_back", (json_int_t)n->settings_put_back));
	show_link_counters(a, json_object_get(o, "counters"), now);
	json_object_set_new(o, "configuration", show_reloads(a, now));
	json_object_set_new(o, "neighbors", show_neighbors(a, NULL, now));
	return o;
}

json_t *show_config(const struct agent *a)
{
	json_t *o = config_json(agent_config(a));

	if (o)
		show_runtime(a, o);
	return o;
}

json_t *show_version(void)
{
	return json_pack("{s:s, s:i}", "version", WEFT_VERSION, "json_version", CTL_JSON_VERSION);
}
