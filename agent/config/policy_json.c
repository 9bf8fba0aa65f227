#include "agent/config/read.h"

/* json_object_set_new and json_array_append_new take NULL for a value that had no memory and answer -1: `bad` gathers these. */
static json_t *done(json_t *j, int bad)
{
	if (!bad)
		return j;
	json_decref(j);
	return NULL;
}

json_t *prefix_ranges_json(const struct prefix_range *list, size_t n)
{
	json_t *j = json_array();
	char s[PREFIX_STRLEN];
	int bad = !j;

	for (size_t i = 0; i < n; i++)
		bad |= json_array_append_new(j, json_pack("{s:s, s:i, s:i}", "prefix", prefix_str(&list[i].prefix, s), "ge", list[i].ge,
		                                          "le", list[i].le));
	return done(j, bad);
}

json_t *filter_json(const struct config_filter *f)
{
	switch (f->kind) {
	case FILTER_ALL:
		return json_string("all");
	case FILTER_NONE:
		return json_string("none");
	case FILTER_HOST:
		return f->n_prefixes ? json_pack("{s:o}", "host", prefix_ranges_json(f->prefixes, f->n_prefixes)) : json_string("host");
	case FILTER_POLICY:
		return json_string(f->policy);
	}
	return NULL;
}

json_t *blackhole_json(const struct config_blackhole *b)
{
	return b->n_prefixes ? prefix_ranges_json(b->prefixes, b->n_prefixes) : json_boolean(b->on);
}

static json_t *communities_json(const struct community_list *list, unsigned parts)
{
	json_t *j = json_array();
	char s[COMMUNITY_STRLEN];
	int bad = !j;

	for (size_t i = 0; i < list->n; i++)
		bad |= json_array_append_new(j, json_string(community_str(&list->c[i], parts, s)));
	return done(j, bad);
}

static const char *const edit_keys[N_EDITS] = { "communities", "large_communities" };

static json_t *match_json(const struct policy_match *m)
{
	static const char *const origins[] = { "igp", "egp", "incomplete" };
	json_t *j = json_object();
	int bad = !j;

	if (m->n_prefixes)
		bad |= json_object_set_new(j, "prefixes", prefix_ranges_json(m->prefixes, m->n_prefixes));
	for (int i = 0; i < N_EDITS; i++)
		if (m->communities[i].n)
			bad |= json_object_set_new(j, edit_keys[i], communities_json(&m->communities[i], edit_parts(i)));
	if (m->as_path)
		bad |= json_object_set_new(j, "as_path", json_string(m->as_path));
	if (m->link[0])
		bad |= json_object_set_new(j, "link", json_string(m->link));
	if (m->family)
		bad |= json_object_set_new(j, "family", json_string(m->family == AF_INET ? "ipv4" : "ipv6"));
	if (m->has_origin)
		bad |= json_object_set_new(j, "origin", json_string(origins[m->origin]));
	return done(j, bad);
}

static json_t *edit_json(const struct community_edit *e, unsigned parts)
{
	json_t *j = json_object();
	int bad = !j;

	if (e->replace)
		bad |= json_object_set_new(j, "set", communities_json(&e->set, parts));
	if (e->del.n)
		bad |= json_object_set_new(j, "delete", communities_json(&e->del, parts));
	if (e->add.n)
		bad |= json_object_set_new(j, "add", communities_json(&e->add, parts));
	return done(j, bad);
}

static json_t *set_json(const struct policy_set *set)
{
	json_t *j = json_object();
	int bad = !j;

	if (set->has_local_pref)
		bad |= json_object_set_new(j, "local_pref", json_integer(set->local_pref));
	if (set->has_med)
		bad |= json_object_set_new(j, "med", json_integer(set->med));
	if (set->weight)
		bad |= json_object_set_new(j, "weight", json_integer(set->weight));
	if (set->prepend)
		bad |= json_object_set_new(j, "prepend", json_integer(set->prepend));
	for (int i = 0; i < N_EDITS; i++) {
		const struct community_edit *e = &set->communities[i];

		if (e->replace || e->add.n || e->del.n)
			bad |= json_object_set_new(j, edit_keys[i], edit_json(e, edit_parts(i)));
	}
	return done(j, bad);
}

static json_t *rule_json(const struct policy_rule *rule)
{
	static const char *const actions[] = { "next", "accept", "reject" };

	return json_pack("{s:o, s:o, s:s}", "match", match_json(&rule->match), "set", set_json(&rule->set), "action", actions[rule->action]);
}

json_t *policies_json(const struct config *c)
{
	json_t *j = json_object(), *rules;
	int bad = !j;

	for (size_t i = 0; i < c->n_policies; i++) {
		rules = json_array();
		for (size_t k = 0; k < c->policies[i].n_rules; k++)
			bad |= json_array_append_new(rules, rule_json(&c->policies[i].rules[k]));
		bad |= json_object_set_new(j, c->policies[i].name, rules);
	}
	return done(j, bad);
}
