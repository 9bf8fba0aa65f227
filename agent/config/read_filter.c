#include "agent/config/read.h"

#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/suggest.h"

/* Whether a policy of that name is there is known only at the end: check_filters. */
static bool read_filter(struct reading *r, const struct val *v, const struct row *row, struct config_filter *f)
{
	const char *name = json_string_value(v->json);
	char shown[VAL_SHOWN];

	if (strcmp(name, "all") == 0) {
		f->kind = FILTER_ALL;
	} else if (strcmp(name, "none") == 0) {
		f->kind = FILTER_NONE;
	} else if (*name && strlen(name) < sizeof(f->policy)) {
		f->kind = FILTER_POLICY;
		strcpy(f->policy, name);
	} else {
		return val_bad(r, v, "%s is no name of a policy, allowed: %s", val_shown(v, shown), row->allowed);
	}
	return true;
}

static bool read_host_prefixes(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config_filter *f = into;

	if (json_array_size(v->json) == 0)
		return val_bad(r, v, "is an empty list, allowed: %s; \"host\" alone allows any single address, \"none\" nothing", row->allowed);
	return read_prefix_ranges(r, v, &f->prefixes, &f->n_prefixes);
}

static const struct row host_rows[] = {
	{ .key = "host", .types = T_LIST, .read = read_host_prefixes, .required = true,
	  .allowed = "a list of objects such as {\"prefix\": \"10.1.0.0/16\", \"ge\": 24}" },
};

bool read_import(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config_filter *f = &((struct config_terms *)((char *)into + row->offset))->import;

	if (json_is_object(v->json)) {
		f->kind = FILTER_HOST;
		read_object(r, v, host_rows, ARRAY_LEN(host_rows), f);
		return true;
	}
	if (strcmp(json_string_value(v->json), "host") == 0) {
		f->kind = FILTER_HOST;
		return true;
	}
	return read_filter(r, v, row, f);
}

bool read_export(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	if (strcmp(json_string_value(v->json), "host") == 0)
		return val_bad(r, v, "\"host\" says what a server may announce, allowed: %s", row->allowed);
	return read_filter(r, v, row, &((struct config_terms *)((char *)into + row->offset))->export);
}

static bool has_policy(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_policies; i++)
		if (strcmp(c->policies[i].name, name) == 0)
			return true;
	return false;
}

static void check_filter(struct reading *r, const struct val *peer, const char *key)
{
	const struct config *c = r->c;
	const char *name = json_string_value(json_object_get(peer->json, key)), *near;
	const char *names[64 + 3] = { "all", "none", "host" };
	size_t n = 3;
	struct val at;

	if (!name || !val_get(peer, key, &at) || has_policy(c, name))
		return;
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return;
	for (size_t i = 0; i < c->n_policies && n < ARRAY_LEN(names); i++)
		names[n++] = c->policies[i].name;
	near = suggest(name, names, n);
	if (near)
		val_bad(r, &at, "there is no such policy, did you mean \"%s\"?", near);
	else
		val_bad(r, &at, "there is no such policy, allowed: a name that stands under \"policy\", \"all\" or \"none\"");
}

void check_filters(struct reading *r, const struct val *root)
{
	static const struct { const char *key; enum val_type type; } lists[] = { { "links", T_OBJECT }, { "neighbors", T_LIST } };
	struct val list, peer;

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		if (!val_get(root, lists[i].key, &list) || val_type(&list) != lists[i].type)
			continue;
		for (bool more = val_first(&list, &peer); more; more = val_next(&peer)) {
			if (!json_is_object(peer.json))
				continue;
			check_filter(r, &peer, "import");
			check_filter(r, &peer, "export");
		}
	}
}
