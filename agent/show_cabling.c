/* The cabling plan and what is heard, of a link. */
#include "agent/show_priv.h"

#include <string.h>

static json_t *name_or_null(const char *s)
{
	return *s ? json_string(s) : json_null();
}

static json_t *source_json(const struct agent_cabling_view *v)
{
	switch (v->source) {
	case CABLE_UNHEARD:
		break;
	case CABLE_BGP:
		return json_string("bgp");
	case CABLE_LLDP:
		return json_string("lldp");
	case CABLE_BGP_AND_LLDP:
		return json_string("bgp+lldp");
	}
	return json_null();
}

void show_cabling(const struct agent *a, unsigned ifindex, json_t *o)
{
	struct agent_cabling_view v;

	if (!agent_cabling(a, ifindex, &v)) {
		json_object_set_new(o, "expect", json_null());
		json_object_set_new(o, "cabling", json_null());
		return;
	}
	json_object_set_new(o, "expect", json_sprintf("%s%s%s", v.plan.host, *v.plan.port ? ":" : "", v.plan.port));
	json_object_set_new(o, "cabling", json_pack("{s:s, s:b, s:o, s:o, s:o, s:o, s:s}", "verdict", cabling_str(v.verdict), "strict", v.strict, "source",
						    source_json(&v), "peer_host", name_or_null(v.heard.host), "peer_port", name_or_null(v.heard.port),
						    "swapped_with", name_or_null(v.swapped_with), "what", v.text));
}

json_t *show_cabling_alarm(const struct agent *a, unsigned ifindex)
{
	struct agent_cabling_view v;

	if (!agent_cabling(a, ifindex, &v) || !v.alarm)
		return NULL;
	return json_sprintf("%s%s", strchr(v.text, ' ') + 1, v.strict ? "; strict: no session" : "");    /* it stands behind the link's name */
}
