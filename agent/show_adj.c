/* What one neighbor has announced, and what it is told: Adj-RIB-In and Adj-RIB-Out (RFC 4271 3.2).
 *
 * Of the first there is what the import policy has made of it: nothing else is kept. Of the second what is sent: each route is written into a
 * message and read again. */
#include <errno.h>
#include <string.h>

#include "agent/agent_explain.h"
#include "agent/refused.h"
#include "agent/show_priv.h"

struct adj {
	struct agent *agent;
	rib_peer peer;
	struct agent_teller *teller;     /* of the second */
	show_row *fn;
	void *ctx;
};

static int find(const struct agent *a, const char *name, struct peer_view *ret, rib_peer *ret_rib)
{
	const struct peer *peer = NULL;

	while ((peer = peers_after(agent_peers(a), peer))) {
		peer_view(peer, ret);
		if (strcmp(ret->link, name) == 0)
			return agent_rib_peer(a, ret->key, ret_rib) ? 0 : -ENOTCONN;
	}
	return links_by_name(agent_links(a), name) ? -ENOTCONN : -ENOENT;
}

static json_t *row_of(const struct prefix *p)
{
	char s[PREFIX_STRLEN];

	return json_pack("{s:s}", "prefix", prefix_str(p, s));
}

static bool received_row(void *ctx, const struct rib_route_view *view)
{
	const struct adj *j = ctx;
	const struct rib_path_view *p = view->paths;
	const struct attrs *attrs;
	json_t *o, *path;

	while (p < view->paths + view->n_paths && p->peer != j->peer)
		p++;
	if (p == view->paths + view->n_paths)
		return true;
	attrs = attrs_get(rib_attrs((struct rib *)agent_rib(j->agent)), p->attrs);
	o = row_of(&view->prefix);
	path = show_path(j->agent, p);
	json_object_set_new(o, "accepted", json_true());
	json_object_set_new(o, "next_hop", attrs->has & ATTRS_NEXT_HOP ? show_addr6(&attrs->next_hop) : json_null());
	json_object_update(o, path);
	json_decref(path);
	j->fn(j->ctx, o);
	return true;
}

int show_received_each(const struct agent *a, const char *name, show_row *fn, void *ctx, mono now)
{
	struct adj j = { .agent = (struct agent *)a, .fn = fn, .ctx = ctx };
	struct refused_view refused;
	struct peer_view v;
	struct prefix p;
	json_t *o;
	int r = find(a, name, &v, &j.peer);

	if (r < 0)
		return r;
	rib_walk(agent_rib(a), received_row, &j);
	for (size_t at = 0; refused_of(a, v.key, &at, &p, &refused);) {
		o = row_of(&p);
		json_object_set_new(o, "accepted", json_false());
		json_object_set_new(o, "reason", json_string(refused_str(refused.why)));
		json_object_set_new(o, "seconds_ago", json_integer(show_seconds(refused.at, now)));
		fn(ctx, o);
	}
	return 0;
}

static bool advertised_row(void *ctx, const struct rib_route_view *view)
{
	const struct adj *j = ctx;
	struct agent_told_view told;
	json_t *o;

	if (!agent_told(j->teller, &view->prefix, &told) || !told.attrs)
		return true;
	o = row_of(&view->prefix);
	json_object_set_new(o, "told", json_boolean(told.told));
	json_object_set_new(o, "next_hop", told.attrs->has & ATTRS_NEXT_HOP ? show_addr6(&told.attrs->next_hop) : json_null());
	show_attrs(told.attrs, o);
	json_object_set_new(o, "bandwidth_mbps", show_bandwidth(told.attrs));
	j->fn(j->ctx, o);
	return true;
}

int show_advertised_each(struct agent *a, const char *name, show_row *fn, void *ctx)
{
	struct adj j = { .agent = a, .fn = fn, .ctx = ctx };
	struct peer_view v;
	int r = find(a, name, &v, &j.peer);

	if (r >= 0 && v.state != BGP_ESTABLISHED)
		r = -ENOTCONN;
	if (r >= 0)
		r = agent_teller_new(&j.teller, a, v.key);
	if (r < 0)
		return r;
	rib_walk(agent_rib(a), advertised_row, &j);
	agent_teller_free(j.teller);
	return 0;
}
