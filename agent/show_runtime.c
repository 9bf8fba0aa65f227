/* What was changed by hand, to JSON: for `show config`. */
#include "agent/agent_announce.h"
#include "agent/show_priv.h"

static json_t *announced_json(const struct announced *at)
{
	json_t *o = json_object();
	char s[PREFIX_STRLEN];

	json_object_set_new(o, "prefix", json_string(prefix_str(&at->prefix, s)));
	show_communities((struct span){ at->standard, (uint16_t)(at->n_standard * 4) }, (struct span){ at->large, (uint16_t)(at->n_large * 12) }, o);
	return o;
}

void show_runtime(const struct agent *a, json_t *o)
{
	json_t *list = json_array(), *neighbors = config_by_hand_json(agent_config(a));
	const struct announced *at;

	for (size_t i = 0; (at = agent_announced_at(a, i)); i++)
		json_array_append_new(list, announced_json(at));
	if (json_array_size(list) || json_array_size(neighbors))
		json_object_set_new(o, CONFIG_BY_HAND, json_pack("{s:O, s:O}", "announce", list, "neighbors", neighbors));
	json_decref(list);
	json_decref(neighbors);
}
