#include "agent/config/read.h"

#include "agent/base/own.h"

static bool read_local_pref(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct policy_set *set = into;

	set->has_local_pref = read_u32(r, v, row, into);
	return set->has_local_pref;
}

static bool read_med(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct policy_set *set = into;

	set->has_med = read_u32(r, v, row, into);
	return set->has_med;
}

struct edit {                            /* a community_edit that is being read */
	struct community_edit *edit;
	unsigned parts;
};

static bool read_replace(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct edit *e = into;
	(void)row;

	e->edit->replace = true;
	return read_communities(r, v, e->parts, false, &e->edit->set);
}

static bool read_add(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct edit *e = into;
	(void)row;

	return read_communities(r, v, e->parts, false, &e->edit->add);
}

static bool read_delete(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct edit *e = into;
	(void)row;

	return read_communities(r, v, e->parts, true, &e->edit->del);
}

static const struct row edit_rows[] = {
	{ .key = "set", .types = T_LIST, .read = read_replace, .allowed = "a list of communities, [] for none" },
	{ .key = "delete", .types = T_LIST, .read = read_delete, .allowed = "a list of communities, with * for any number" },
	{ .key = "add", .types = T_LIST, .read = read_add, .allowed = "a list of communities" },
};

static bool read_edit(struct reading *r, const struct val *v, int which, struct policy_set *set)
{
	struct edit e = { &set->communities[which], edit_parts(which) };
	struct val at;

	if (json_is_array(v->json))
		return read_replace(r, v, NULL, &e);
	read_object(r, v, edit_rows, ARRAY_LEN(edit_rows), &e);
	if (json_object_get(v->json, "set") && val_get(v, "delete", &at))
		return val_bad(r, &at, "stands beside \"set\", which replaces all there were, allowed: one of the two");
	return true;
}

static bool read_standard(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	(void)row;
	return read_edit(r, v, EDIT_STANDARD, into);
}

static bool read_large(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	(void)row;
	return read_edit(r, v, EDIT_LARGE, into);
}

static const struct row set_rows[] = {
	{ .key = "local_pref", .types = T_NUMBER, .read = read_local_pref, .offset = offsetof(struct policy_set, local_pref), .max = UINT32_MAX,
	  .allowed = "0 to 4294967295" },
	{ .key = "med", .types = T_NUMBER, .read = read_med, .offset = offsetof(struct policy_set, med), .max = UINT32_MAX,
	  .allowed = "0 to 4294967295" },
	{ .key = "weight", .types = T_NUMBER, .read = read_u8, .offset = offsetof(struct policy_set, weight), .min = 1, .max = 255,
	  .allowed = "1 to 255" },
	{ .key = "prepend", .types = T_NUMBER, .read = read_u8, .offset = offsetof(struct policy_set, prepend), .min = 1, .max = POLICY_PREPEND_MAX,
	  .allowed = "1 to 32 times" },
	{ .key = "communities", .types = T_LIST | T_OBJECT, .read = read_standard,
	  .allowed = "a list of communities, or an object such as {\"add\": [\"65000:1\"], \"delete\": [\"65000:*\"]}" },
	{ .key = "large_communities", .types = T_LIST | T_OBJECT, .read = read_large,
	  .allowed = "a list of large communities, or an object such as {\"add\": [\"4200000000:1:2\"]}" },
};

bool read_set(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct policy_rule *rule = into;
	(void)row;

	read_object(r, v, set_rows, ARRAY_LEN(set_rows), &rule->set);
	return true;
}
