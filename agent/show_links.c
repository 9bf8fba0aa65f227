/* What `weft show links` shows: each interface, who is heard there, what is wrong. */
#include <string.h>

#include "agent/show.h"
#include "agent/show_priv.h"

static json_t *router_json(const struct ra_router *r, mono now)
{
	return json_pack("{s:o, s:o, s:I, s:i}", "address", show_addr6(&r->addr), "mac", show_mac(r->has_mac ? r->mac : NULL), "heard_seconds",
			 (json_int_t)show_seconds(r->heard, now), "lifetime", r->lifetime);
}

static json_t *rejected_json(const struct ra_view *v)
{
	json_t *o = json_object();

	for (int i = RA_OK + 1; i < RA_N_BAD; i++)
		if (v->bad[i])
			json_object_set_new(o, ra_bad_str((enum ra_bad)i), json_integer((json_int_t)v->bad[i]));
	return o;
}

static void discovery_json(json_t *o, const struct ra_view *v, mono now)
{
	json_t *others = json_array(), *further = json_array();

	for (size_t i = 0; i < v->n_further; i++)
		json_array_append_new(further, router_json(&v->further[i], now));
	for (size_t i = 0; i < v->n_others; i++)
		json_array_append_new(others, router_json(&v->others[i], now));
	json_object_set_new(o, "peer", v->peer ? router_json(v->peer, now) : json_null());
	json_object_set_new(o, "further", further);
	json_object_set_new(o, "others", others);
	json_object_set_new(o, "ra", json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "sent", (json_int_t)v->sent_ra, "received",
					       (json_int_t)v->received_ra, "solicits_sent", (json_int_t)v->sent_rs, "solicits_received",
					       (json_int_t)v->received_rs, "unsent", (json_int_t)v->unsent, "looped", (json_int_t)v->looped, "conflicts",
					       (json_int_t)v->conflicts, "rejected", rejected_json(v)));
}

static int64_t remaining_ms(const struct damp *d, mono now)
{
	return d->state == DAMP_WAITS && d->until.us > now.us ? mono_diff_ms(d->until, now) : 0;
}

static json_t *damp_json(const struct damp *d, mono now)
{
	return json_pack("{s:i, s:I, s:b, s:I, s:s?}", "failures", (int)d->failures, "wait_ms", (json_int_t)d->wait_ms, "held", d->state == DAMP_WAITS,
			 "remaining_ms", (json_int_t)remaining_ms(d, now), "last", d->why);
}

static void damp_alarm(json_t *list, const struct damp *d, mono now)
{
	if (!d || !d->wait_ms)
		return;
	if (d->state == DAMP_WAITS)
		json_array_append_new(list, json_sprintf("it failed %u time%s soon after it was up (last: %s): it is used again if it is well for another %d ms",
							 d->failures, d->failures == 1 ? "" : "s", d->why, (int)remaining_ms(d, now)));
	else
		json_array_append_new(list, json_sprintf("it failed %u time%s soon after it was up (last: %s): when it comes back it has to be well for %d ms before it is used",
							 d->failures, d->failures == 1 ? "" : "s", d->why, (int)d->wait_ms));
}

/* What an operator should know of this link, in words. */
static json_t *alarms_json(const struct agent *a, unsigned ifindex, const struct ra_view *v, mono now)
{
	struct agent_bandwidth_view speed;
	struct agent_link_view port;
	json_t *list = json_array(), *bfd = show_bfd_alarm(a, ifindex), *cabling = show_cabling_alarm(a, ifindex);

	agent_link_view(a, ifindex, &port);
	if (cabling)
		json_array_append_new(list, cabling);
	if (port.guard_error)
		json_array_append_new(list, json_sprintf("no session: the link's own listening socket (password, gtsm) cannot be made: %s",
							 strerror(-port.guard_error)));
	if (v && v->n_others && v->allowed > 1)
		json_array_append_new(list, json_sprintf("%zu routers are heard where %u are allowed; the others are not spoken to",
							 v->n_others + v->n_further + 1, v->allowed));
	else if (v && v->n_others)
		json_array_append_new(list, json_sprintf("%zu routers are heard where one is expected; only the peer is spoken to", v->n_others + 1));
	if (bfd)
		json_array_append_new(list, bfd);
	damp_alarm(list, port.damp, now);
	if (agent_bandwidth(a, ifindex, &speed) && speed.missing)
		json_array_append_new(list, json_string("its bandwidth is not known, so this node cannot say its own (weighted): set bandwidth_mbps"));
	return list;
}

/* Those of numbered peers. */
static void neighbor_counters(const struct agent *a, json_int_t *alarms, json_int_t *refused)
{
	const struct peer *peer = NULL;
	struct agent_link_view port;
	struct peer_view v;

	while ((peer = peers_after(agent_peers(a), peer))) {
		peer_view(peer, &v);
		if (!v.numbered || !agent_link_view(a, v.key, &port))
			continue;
		*refused += (json_int_t)port.refused;
		*alarms += port.guard_error || port.shut_out;
	}
}

/* Numbered peers that this interface leads to. */
static json_t *neighbors_json(const struct agent *a, unsigned ifindex)
{
	const struct peer *peer = NULL;
	json_t *list = json_array();
	struct peer_view v;

	while ((peer = peers_after(agent_peers(a), peer))) {
		peer_view(peer, &v);
		if (v.numbered && v.ifindex == ifindex)
			json_array_append_new(list, json_string(v.link));
	}
	return list;
}

void show_link_counters(const struct agent *a, json_t *o, mono now)
{
	json_int_t alarms = 0, seconds = 0, rejected = 0, refused = 0;
	const struct link *link = NULL;
	struct agent_link_view port;
	struct ra_view v;
	json_t *list;
	bool ra;

	while ((link = links_after(agent_links(a), link))) {
		if (!agent_link_view(a, link->info.ifindex, &port))
			continue;
		refused += (json_int_t)port.refused;
		ra = ra_view(agent_ra(a), link->info.ifindex, &v);
		list = alarms_json(a, link->info.ifindex, ra ? &v : NULL, now);
		alarms += json_array_size(list) > 0;
		json_decref(list);
		if (!ra)
			continue;
		seconds += (json_int_t)v.conflicts;
		for (int i = RA_OK + 1; i < RA_N_BAD; i++)
			rejected += (json_int_t)v.bad[i];
	}
	neighbor_counters(a, &alarms, &refused);
	json_object_set_new(o, "link_alarms", json_integer(alarms));
	json_object_set_new(o, "second_routers", json_integer(seconds));
	json_object_set_new(o, "ras_rejected", json_integer(rejected));
	json_object_set_new(o, "connections_refused", json_integer(refused));
}

const char *show_link_state(const struct agent *a, const struct link *link)
{
	bool fabric = agent_is_fabric(a, link->info.ifindex), peer = false, held = false;
	struct agent_link_view port;
	struct ra_view v;

	if (ra_view(agent_ra(a), link->info.ifindex, &v))
		peer = v.peer;
	if (agent_link_view(a, link->info.ifindex, &port))
		held = port.damp->state == DAMP_WAITS;
	if (!link->info.up)
		return "down";
	if (!link->info.running)
		return "no-carrier";
	if (!fabric)
		return "up";
	if (!link_usable(link))
		return "no-address";
	if (held)
		return "held";
	return peer ? "peer" : "discovering";
}

json_t *show_links(const struct agent *a, mono now)
{
	const struct link *link = NULL;
	json_t *list = json_array(), *o;
	struct in6_addr local;
	struct ra_view v;
	struct agent_link_view port;
	struct agent_bandwidth_view speed;
	bool fabric, ra, port_known;

	while ((link = links_after(agent_links(a), link))) {
		fabric = agent_is_fabric(a, link->info.ifindex);
		ra = ra_view(agent_ra(a), link->info.ifindex, &v);
		port_known = agent_link_view(a, link->info.ifindex, &port) && agent_bandwidth(a, link->info.ifindex, &speed);
		o = json_pack("{s:s, s:i, s:b, s:b, s:b, s:o, s:o, s:s}", "link", link->info.name, "ifindex", (int)link->info.ifindex, "fabric",
			      fabric, "up", link->info.up, "carrier", link->info.running, "mac", show_mac(link->info.mac), "address",
			      link_local(link, &local) ? show_addr6(&local) : json_null(), "state", show_link_state(a, link));
		json_object_set_new(o, "neighbors", neighbors_json(a, link->info.ifindex));
		json_object_set_new(o, "bfd", show_bfd(a, link->info.ifindex, now));
		show_cabling(a, link->info.ifindex, o);
		json_object_set_new(o, "alarms", alarms_json(a, link->info.ifindex, ra ? &v : NULL, now));
		if (port_known) {
			json_object_set_new(o, "bandwidth_mbps", speed.mbps ? json_integer(speed.mbps) : json_null());
			json_object_set_new(o, "connections_refused", json_integer((json_int_t)port.refused));
			json_object_set_new(o, "flaps", damp_json(port.damp, now));
			json_object_set_new(o, "drained", json_boolean(agent_is_drained(a, link->info.ifindex)));
		}
		if (ra)
			discovery_json(o, &v, now);
		json_array_append_new(list, o);
	}
	return list;
}
