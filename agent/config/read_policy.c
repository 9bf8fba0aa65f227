#include "agent/config/read.h"

#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

#define NAME_ALLOWED "1 to 31 letters, digits, _, - and ., and not \"all\", \"none\" or \"host\""
#define RULES_MAX 256                    /* of one policy */

static bool read_action(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	static const char *const words[] = { "next", "accept", "reject" };       /* in the order of enum policy_action */
	struct policy_rule *rule = into;
	int i = read_word(r, v, words, ARRAY_LEN(words), row->allowed);

	rule->action = i < 0 ? POLICY_NEXT : (enum policy_action)i;
	return i >= 0;
}

static const struct row rule_rows[] = {
	{ .key = "match", .types = T_OBJECT, .read = read_match, .allowed = "an object such as {\"prefixes\": [{\"prefix\": \"10.1.0.0/16\"}]}" },
	{ .key = "set", .types = T_OBJECT, .read = read_set, .allowed = "an object such as {\"local_pref\": 200}" },
	{ .key = "action", .types = T_STRING, .read = read_action, .required = true, .allowed = "\"accept\", \"reject\" or \"next\"" },
};

static void read_rules(struct reading *r, const struct val *v, struct config_policy *p)
{
	struct val kid;

	if (json_array_size(v->json) == 0 || json_array_size(v->json) > RULES_MAX) {
		val_bad(r, v, "has %zu rules, allowed: 1 to %d; \"none\" lets no route pass", json_array_size(v->json), RULES_MAX);
		return;
	}
	p->rules = val_list(r, v, sizeof(*p->rules));
	for (bool more = p->rules && val_first(v, &kid); more; more = val_next(&kid)) {
		struct policy_rule *rule = &p->rules[p->n_rules++];

		if (val_is(r, &kid, T_OBJECT, "an object of match, set and action"))
			read_object(r, &kid, rule_rows, ARRAY_LEN(rule_rows), rule);
	}
}

static bool read_name(struct reading *r, const struct val *v, char ret[CONFIG_NAME_LEN])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	size_t n = strlen(v->key);

	if (n == 0 || n >= CONFIG_NAME_LEN || strspn(v->key, letters) < n)
		return val_bad(r, v, "is no name of a policy, allowed: %s", NAME_ALLOWED);
	if (strcmp(v->key, "all") == 0 || strcmp(v->key, "none") == 0 || strcmp(v->key, "host") == 0)
		return val_bad(r, v, "is built in, allowed: %s", NAME_ALLOWED);
	memcpy(ret, v->key, n + 1);
	return true;
}

bool read_policies(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config *c = into;
	struct val kid;
	(void)row;

	c->policies = val_list(r, v, sizeof(*c->policies));
	for (bool more = c->policies && val_first(v, &kid); more; more = val_next(&kid)) {
		struct config_policy *p = &c->policies[c->n_policies++];

		read_name(r, &kid, p->name);
		if (val_is(r, &kid, T_LIST, "a list of rules"))
			read_rules(r, &kid, p);
	}
	return true;
}

static void rule_free(struct policy_rule *rule)
{
	free(rule->match.prefixes);
	free(rule->match.as_path);
	for (int i = 0; i < N_EDITS; i++) {
		free(rule->match.communities[i].c);
		free(rule->set.communities[i].set.c);
		free(rule->set.communities[i].del.c);
		free(rule->set.communities[i].add.c);
	}
}

void policies_free(struct config *c)
{
	for (size_t i = 0; i < c->n_policies; i++) {
		for (size_t k = 0; k < c->policies[i].n_rules; k++)
			rule_free(&c->policies[i].rules[k]);
		free(c->policies[i].rules);
	}
	free(c->policies);
}
