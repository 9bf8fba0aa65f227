#include "agent/config/read.h"

#include <stdlib.h>

#include "agent/base/own.h"

#define LEN_ALLOWED "a prefix length from 0 to 128"

struct rule {                                    /* a rule as it is written */
	struct prefix prefix;
	uint8_t ge, le;
	bool has_prefix;
};

static bool read_prefix(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct rule *rule = into;
	char shown[VAL_SHOWN];

	if (prefix_parse(json_string_value(v->json), &rule->prefix) < 0)
		return val_bad(r, v, "%s is no prefix, or has bits set behind its length, allowed: %s", val_shown(v, shown), row->allowed);
	rule->has_prefix = true;
	return true;
}

static const struct row rule_rows[] = {
	{ .key = "prefix", .types = T_STRING, .read = read_prefix, .required = true, .allowed = "a prefix such as \"10.1.0.0/16\"" },
	{ .key = "ge", .types = T_NUMBER, .read = read_u8, .offset = offsetof(struct rule, ge), .max = 128, .allowed = LEN_ALLOWED },
	{ .key = "le", .types = T_NUMBER, .read = read_u8, .offset = offsetof(struct rule, le), .max = 128, .allowed = LEN_ALLOWED },
};

static bool read_rule(struct reading *r, const struct val *v, struct config_rule *ret)
{
	size_t before = errors_noted(r->errors);
	struct rule rule = { 0 };
	struct val ge, le;
	bool has_ge, has_le;
	unsigned max;

	if (!val_is(r, v, T_OBJECT, "an object such as {\"prefix\": \"10.1.0.0/16\", \"ge\": 26}"))
		return false;
	read_object(r, v, rule_rows, ARRAY_LEN(rule_rows), &rule);
	if (!rule.has_prefix || errors_noted(r->errors) > before)
		return false;
	has_ge = val_get(v, "ge", &ge);
	has_le = val_get(v, "le", &le);
	max = prefix_max(rule.prefix.family);
	if (!has_le)
		rule.le = has_ge ? (uint8_t)max : rule.prefix.len;
	if (!has_ge)
		rule.ge = rule.prefix.len;
	if (has_ge && (rule.ge < rule.prefix.len || rule.ge > max))
		return val_bad(r, &ge, "is %u, allowed: from the prefix's own length %u to %u", rule.ge, rule.prefix.len, max);
	if (has_le && (rule.le < rule.ge || rule.le > max))
		return val_bad(r, &le, "is %u, allowed: from %u to %u", rule.le, rule.ge, max);
	*ret = (struct config_rule){ rule.prefix, rule.ge, rule.le };
	return true;
}

static bool read_interfaces(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config *c = into;
	(void)row;

	return read_globs(r, v, &c->originate, &c->n_originate);
}

static bool read_rules(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config *c = into;
	struct val kid;
	bool good = true;

	if (json_array_size(v->json) == 0)               /* "nothing" would be read as "everything": say it */
		return val_bad(r, v, "is an empty list, allowed: %s; leave it out to announce every connected prefix", row->allowed);
	c->rules = val_list(r, v, sizeof(*c->rules));
	for (bool more = c->rules && val_first(v, &kid); more; more = val_next(&kid))
		good &= read_rule(r, &kid, &c->rules[c->n_rules++]);
	return good;
}

static const struct row originate_rows[] = {
	{ .key = "interfaces", .types = T_LIST, .read = read_interfaces, .allowed = "a list of interface globs" },
	{ .key = "prefixes", .types = T_LIST, .read = read_rules,
	  .allowed = "a list of objects such as {\"prefix\": \"10.1.0.0/16\", \"ge\": 26}" },
};

bool read_originate(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	size_t before = errors_noted(r->errors);

	if (json_is_array(v->json))
		return read_interfaces(r, v, row, into);
	read_object(r, v, originate_rows, ARRAY_LEN(originate_rows), into);
	return errors_noted(r->errors) == before;
}
