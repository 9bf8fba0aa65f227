/* What one neighbor has announced, and what it is told: Adj-RIB-In and Adj-RIB-Out (RFC 4271 3.2), row by row.
 *
 * Of the first there is what the import policy has made of it: nothing else is kept. Of the second what is sent: each route is written into a
 * message and read again. */
#include "agent/agent_explain.h"
#include "agent/show_priv.h"

static json_t *row_of(const struct prefix *p)
{
	char s[PREFIX_STRLEN];

	return json_pack("{s:s}", "prefix", prefix_str(p, s));
}

json_t *show_received(const struct agent *a, const struct rib_route_view *view, rib_peer peer)
{
	const struct rib_path_view *p = view->paths;
	const struct attrs *attrs;
	json_t *o, *path;

	while (p < view->paths + view->n_paths && p->peer != peer)
		p++;
	if (p == view->paths + view->n_paths)
		return NULL;
	attrs = attrs_get(rib_attrs((struct rib *)agent_rib(a)), p->attrs);
	o = row_of(&view->prefix);
	path = show_path(a, p);
	json_object_set_new(o, "accepted", json_true());
	json_object_set_new(o, "next_hop", attrs->has & ATTRS_NEXT_HOP ? show_addr6(&attrs->next_hop) : json_null());
	json_object_update(o, path);
	json_decref(path);
	return o;
}

json_t *show_refused(const struct prefix *p, const char *why, mono at, mono now)
{
	json_t *o = row_of(p);

	json_object_set_new(o, "accepted", json_false());
	json_object_set_new(o, "reason", json_string(why));
	json_object_set_new(o, "seconds_ago", json_integer(show_seconds(at, now)));
	return o;
}

json_t *show_advertised(struct agent_teller *teller, const struct rib_route_view *view)
{
	struct agent_told_view told;
	json_t *o;

	if (!agent_told(teller, &view->prefix, &told) || !told.attrs)
		return NULL;
	o = row_of(&view->prefix);
	json_object_set_new(o, "told", json_boolean(told.told));
	json_object_set_new(o, "next_hop", told.attrs->has & ATTRS_NEXT_HOP ? show_addr6(&told.attrs->next_hop) : json_null());
	show_attrs(told.attrs, o);
	json_object_set_new(o, "bandwidth_mbps", show_bandwidth(told.attrs));
	return o;
}
