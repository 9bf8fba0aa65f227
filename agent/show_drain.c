/* What `weft drain` and `weft undrain` say, and the summary of them. */
#include "agent/show.h"
#include "agent/show_priv.h"

static json_t *links_json(const struct agent *a, const char *name, json_int_t *ret_pps)
{
	json_t *list = json_array();
	struct agent_traffic_view v;

	for (size_t at = 0; agent_drain_traffic(a, name, &at, &v);) {
		json_array_append_new(list, json_pack("{s:s, s:o, s:b}", "link", v.link, "packets_per_second",
						      v.known ? json_integer((json_int_t)v.pps) : json_null(), "quiet", v.quiet));
		*ret_pps += (json_int_t)v.pps;
	}
	return list;
}

json_t *show_drain(const struct agent *a, const char *name, mono now)
{
	struct agent_drain_view v;
	json_t *o, *links;
	json_int_t pps = 0;

	if (!agent_drain_view(a, name, &v, now))
		return NULL;
	o = json_pack("{s:i, s:o, s:b}", "json_version", CTL_JSON_VERSION, "link", *name ? json_string(name) : json_null(), "drained", v.on);
	json_object_set_new(o, "missed", *v.missed ? json_string(v.missed) : json_null());
	if (!v.on)
		return o;
	links = links_json(a, name, &pps);
	json_object_set_new(o, "drained_seconds", json_integer(show_seconds(v.since, now)));
	json_object_set_new(o, "traffic_gone", json_boolean(v.gone));
	json_object_set_new(o, "packets_per_second", json_integer(pps));
	json_object_set_new(o, "links", links);
	json_object_set_new(o, "returns_in_seconds", v.ends ? json_integer(show_seconds(now, v.until)) : json_null());
	json_object_set_new(o, "waits_for", v.waits_for ? json_string(v.waits_for) : json_null());
	return o;
}

void show_drains(const struct agent *a, json_t *o, mono now)
{
	json_t *links = json_array(), *node = json_null();
	const char *name;

	for (size_t i = 0; (name = agent_drain_name(a, i)); i++) {
		if (*name)
			json_array_append_new(links, json_string(name));
		else
			node = show_drain(a, name, now);
	}
	json_object_set_new(o, "drained", json_boolean(!json_is_null(node)));
	json_object_set_new(o, "drain", node);
	json_object_set_new(o, "drained_links", links);
}
