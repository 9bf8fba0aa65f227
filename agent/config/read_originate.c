#include "agent/config/read.h"

#include <stdlib.h>

#include "agent/base/own.h"

static bool read_interfaces(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config *c = into;
	(void)row;

	return read_globs(r, v, &c->originate, &c->n_originate);
}

static bool read_rules(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config *c = into;

	if (json_array_size(v->json) == 0)               /* "nothing" would be read as "everything": say it */
		return val_bad(r, v, "is an empty list, allowed: %s; leave it out to announce every connected prefix", row->allowed);
	return read_prefix_ranges(r, v, &c->rules, &c->n_rules);
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
