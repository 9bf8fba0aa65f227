/* `weft explain`: one prefix from the longest match down to the wire, and who is told of it. */
#include <stdio.h>
#include <string.h>

#include "agent/agent_announce.h"
#include "agent/agent_explain.h"
#include "agent/base/rd.h"
#include "agent/refused.h"
#include "agent/show_priv.h"

struct explain {
	struct agent *agent;
	struct prefix asked, prefix;     /* prefix: the longest match; `asked` if there is none */
	mono now;
	json_t *o;
	size_t hops, told, peers;        /* for the sentence */
	bool found, local, by_hand;
	int as_wanted;                   /* -1: nothing is wanted, or nobody knows */
};

static json_t *refused_json(const struct explain *e)
{
	json_t *list = json_array();
	struct refused_view v;
	struct peer_view peer;

	for (size_t at = 0; refused_next(e->agent, &e->prefix, &at, &v);) {
		peer_view(peers_find(agent_peers(e->agent), v.key), &peer);
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:I}", "name", peer.link, "hostname", peer.hostname, "reason", refused_str(v.why),
						      "seconds_ago", (json_int_t)show_seconds(v.at, e->now)));
	}
	return list;
}

static json_t *hops_json(const struct agent *a, const struct hop *hops, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, show_hop(a, &hops[i], hops[i].weight));
	return list;
}

static const char *standing_str(enum fib_standing s)
{
	switch (s) {
	case FIB_STANDS:
		return "confirmed";
	case FIB_COMES:
		return "on its way";
	case FIB_MISSING:
		return "missing";
	}
	return "";
}

static json_t *group_json(const struct agent *a, const struct fib_explain_view *f)
{
	json_t *o;

	if (!f->group)
		return json_null();
	o = json_pack("{s:I, s:s, s:b, s:s, s:I}", "id", (json_int_t)f->group, "type", f->resilient ? "resilient" : "plain", "installed",
		      f->group_installed, "error", f->group_error ? strerror(-f->group_error) : "", "routes", (json_int_t)f->routes);
	json_object_set_new(o, "members", hops_json(a, f->holds, f->n_holds));
	json_object_set_new(o, "meant_for", hops_json(a, f->meant, f->n_meant));
	return o;
}

/* Those that the wanted hops lead over. */
static json_t *links_json(const struct explain *e, const struct fib_explain_view *f)
{
	const struct agent *a = e->agent;
	json_t *list = json_array(), *o, *bfd;
	const struct link *link;
	uint8_t mac[6];
	size_t k;

	for (size_t i = 0; i < f->n_wants; i++) {
		for (k = 0; k < i && f->wants[k].ifindex != f->wants[i].ifindex; k++)
			;
		link = k == i ? links_find(agent_links(a), f->wants[i].ifindex) : NULL;
		if (!link)
			continue;
		bfd = show_bfd(a, link->info.ifindex, e->now);
		o = json_pack("{s:s, s:s, s:b, s:b, s:o, s:o, s:o}", "link", link->info.name, "state", show_link_state(a, link), "carrier",
			      link->info.running, "drained", agent_is_drained(a, link->info.ifindex), "neighbor", show_addr6(&f->wants[i].via), "mac",
			      show_mac(agent_peer_mac(a, link->info.ifindex, mac) ? mac : NULL), "bfd",
			      json_is_object(bfd) ? json_incref(json_object_get(bfd, "state")) : json_null());
		json_decref(bfd);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *kernel_hop_json(const struct agent *a, const struct look_hop *h)
{
	json_t *o = json_object();

	json_object_set_new(o, "object", h->id ? json_integer(h->id) : json_null());
	json_object_set_new(o, "link", h->ifindex ? json_string(show_link_name(a, h->ifindex)) : json_null());
	json_object_set_new(o, "address", IN6_IS_ADDR_UNSPECIFIED(&h->via) ? json_null() : show_addr6(&h->via));
	json_object_set_new(o, "weight", json_integer(h->weight));
	json_object_set_new(o, "onlink", json_boolean(h->onlink));
	json_object_set_new(o, "blackhole", json_boolean(h->blackhole));
	json_object_set_new(o, "missing", json_boolean(h->missing));
	json_object_set_new(o, "dead", json_boolean(h->dead || h->linkdown));
	json_object_set_new(o, "mac", show_mac(h->has_mac ? h->mac : NULL));
	json_object_set_new(o, "neighbor_state", h->has_neigh ? json_string(look_neigh_str(h->neigh_state)) : json_null());
	return o;
}

static void kernel_route(const struct agent *a, const struct looked *look, json_t *o)
{
	json_t *hops = json_array();
	char s[PREFIX_STRLEN];

	json_object_set_new(o, "prefix", json_string(prefix_str(&look->found, s)));
	json_object_set_new(o, "type", json_string(look_type_str(look->type)));
	json_object_set_new(o, "protocol", *look_protocol_str(look->protocol) ? json_string(look_protocol_str(look->protocol))
									      : json_sprintf("%u", look->protocol));
	json_object_set_new(o, "metric", json_integer(look->metric));
	json_object_set_new(o, "table", json_integer(look->table));
	json_object_set_new(o, "source", IN6_IS_ADDR_UNSPECIFIED(&look->src) ? json_null() : show_addr6(&look->src));
	json_object_set_new(o, "group", look->group ? json_integer(look->group) : json_null());
	for (size_t i = 0; i < look->n; i++)
		json_array_append_new(hops, kernel_hop_json(a, &look->hops[i]));
	json_object_set_new(o, "next_hops", hops);
}

/* What the kernel says; null: it cannot be asked. */
static json_t *kernel_json(struct explain *e, bool wanted)
{
	/* An address is looked up itself: the kernel may have a longer route to it. */
	const struct prefix *p = e->asked.len == prefix_max(e->asked.family) ? &e->asked : &e->prefix;
	json_t *o, *differences;
	char s[PREFIX_STRLEN], words[160];
	struct looked look;

	if (agent_look(e->agent, p, &look) < 0)
		return json_null();
	o = json_object();
	differences = json_array();
	json_object_set_new(o, "asked", json_string(prefix_str(&look.asked, s)));
	json_object_set_new(o, "error", json_string(look.error ? strerror(-look.error) : ""));
	json_object_set_new(o, "complete", json_boolean(!look.cut));
	if (!look.error)
		kernel_route(e->agent, &look, o);
	for (size_t at = 0; !look.cut && agent_differs(e->agent, &e->prefix, &look, &at, words);)
		json_array_append_new(differences, json_string(words));
	if (!look.cut && (wanted || json_array_size(differences)))
		e->as_wanted = json_array_size(differences) == 0;
	json_object_set_new(o, "as_wanted", e->as_wanted < 0 ? json_null() : json_boolean(e->as_wanted));
	json_object_set_new(o, "differences", differences);
	return o;
}

static bool path_has(struct span path, uint32_t asn)
{
	struct rd r = rd_of(path.p, path.n);

	while (rd_left(&r)) {
		uint8_t count;

		rd_u8(&r);
		count = rd_u8(&r);
		while (count-- && !r.bad)
			if (rd_u32(&r) == asn)
				return true;
	}
	return false;
}

/* What becomes of it there. */
static json_t *note_json(const struct explain *e, const struct peer_view *v, const struct agent_told_view *told)
{
	if (told->attrs && path_has(told->attrs->as_path, v->remote_asn) && v->remote_asn != agent_config(e->agent)->asn)
		return json_string("its own AS is in the AS path: it does not use it");
	if (told->attrs && agent_is_drained(e->agent, v->key))
		return json_string("drained: it is told with GRACEFUL_SHUTDOWN, and uses any other way first");
	if (told->pending && told->told && !told->attrs)
		return json_string("a withdrawal is on its way");
	return json_string(told->pending && told->attrs ? "an UPDATE is on its way" : "");
}

static json_t *neighbor_json(struct explain *e, const struct peer_view *v, const char *withheld)
{
	struct agent_told_view told = { .why = "nothing is announced of it" };
	struct agent_teller *teller;
	json_t *o;

	if (agent_teller_new(&teller, e->agent, v->key) < 0)
		return NULL;
	agent_told(teller, &e->prefix, &told);
	if (withheld && v->state == BGP_ESTABLISHED && !told.told)
		told.why = withheld;
	e->told += told.told;
	e->peers += v->state == BGP_ESTABLISHED;
	o = json_pack("{s:s, s:s, s:I, s:s, s:b, s:s, s:o}", "name", v->link, "hostname", v->hostname, "asn", (json_int_t)v->remote_asn, "state",
		      bgp_state_str(v->state), "told", told.told, "reason", told.why, "note", note_json(e, v, &told));
	agent_teller_free(teller);
	return o;
}

static const char *nobody_str(const struct agent *a, const struct link *link)
{
	if (!link->info.up)
		return "the link is down";
	if (!link->info.running)
		return "the link has no carrier";
	return strcmp(show_link_state(a, link), "held") == 0 ? "the link failed, and has to be well for a while" : "nobody is heard on the link";
}

/* Fabric links without a neighbor. */
static void add_links(const struct explain *e, json_t *list)
{
	const struct link *link = NULL;

	while ((link = links_after(agent_links(e->agent), link)))
		if (agent_is_fabric(e->agent, link->info.ifindex) && !peers_find(agent_peers(e->agent), link->info.ifindex))
			json_array_append_new(list, json_pack("{s:s, s:s, s:i, s:s, s:b, s:s, s:s}", "name", link->info.name, "hostname", "", "asn", 0,
							      "state", "Idle", "told", 0, "reason", nobody_str(e->agent, link), "note", ""));
}

static json_t *announced_json(struct explain *e)
{
	const char *withheld = show_all_withheld(e->agent);
	json_t *list = json_array(), *o;
	const struct peer *peer = NULL;
	struct peer_view v;

	while ((peer = peers_after(agent_peers(e->agent), peer))) {
		peer_view(peer, &v);
		o = neighbor_json(e, &v, withheld);
		if (o)
			json_array_append_new(list, o);
	}
	add_links(e, list);
	return list;
}

/* All of it in a line. */
static json_t *sentence(const struct explain *e)
{
	char s[PREFIX_STRLEN];

	prefix_str(e->found ? &e->prefix : &e->asked, s);
	if (!e->found)
		return json_sprintf("no neighbor has announced a route to %s, and this node does not originate one", s);
	if (e->local)
		return json_sprintf("%s is originated here%s, announced to %zu of %zu neighbors", s, e->by_hand ? " by hand (weft announce)" : "", e->told, e->peers);
	return json_sprintf("%s has %zu next hop%s, %s, announced to %zu of %zu neighbors", s, e->hops, e->hops == 1 ? "" : "s",
			    e->as_wanted < 0 ? "the kernel was not asked" : e->as_wanted ? "the kernel has it as wanted" : "the kernel differs from what is wanted",
			    e->told, e->peers);
}

json_t *show_explain(struct agent *a, const struct prefix *asked, mono now)
{
	struct explain e = { .agent = a, .asked = *asked, .prefix = *asked, .now = now, .o = json_object(), .as_wanted = -1 };
	struct fib_explain_view fib = { .standing = FIB_MISSING };
	json_t *route, *list;
	char s[PREFIX_STRLEN];

	e.found = rib_longest(agent_rib(a), asked, &e.prefix);
	if (!e.found)
		e.prefix = *asked;
	list = show_routes(a, &e.prefix);
	route = e.found ? json_incref(json_array_get(list, 0)) : json_null();
	json_decref(list);
	e.hops = json_array_size(json_object_get(route, "next_hops"));
	e.local = e.found && e.hops == 0 && !strcmp(json_string_value(json_object_get(json_array_get(json_object_get(route, "paths"), 0), "peer")) ?: "", "");
	e.by_hand = e.local && agent_announced(a, &e.prefix);
	if (agent_fib(a))
		fib_explain(agent_fib(a), &e.prefix, &fib);
	json_object_set_new(e.o, "json_version", json_integer(CTL_JSON_VERSION));
	json_object_set_new(e.o, "asked", json_string(prefix_str(asked, s)));
	json_object_set_new(e.o, "found", json_boolean(e.found));
	json_object_set_new(e.o, "prefix", e.found ? json_string(prefix_str(&e.prefix, s)) : json_null());
	json_object_set_new(e.o, "originated", json_boolean(e.local));
	json_object_set_new(e.o, "originated_by_hand", json_boolean(e.by_hand));
	json_object_set_new(e.o, "sentence", json_null());
	json_object_set_new(e.o, "route", route);
	json_object_set_new(e.o, "refused", refused_json(&e));
	json_object_set_new(e.o, "install", json_string(fib.n_wants ? standing_str(fib.standing) : ""));
	json_object_set_new(e.o, "group", group_json(a, &fib));
	json_object_set_new(e.o, "links", links_json(&e, &fib));
	json_object_set_new(e.o, "kernel", kernel_json(&e, fib.n_wants > 0));
	json_object_set_new(e.o, "announced_to", e.found ? announced_json(&e) : json_array());
	json_object_set_new(e.o, "sentence", sentence(&e));
	return e.o;
}
