/* What is to be reached by many seeds. A row: the group and the name that cover() is given. */
#include "tests/sim/coverage.h"

#include "agent/base/own.h"
#include "tests/sim/sim.h"

static const struct { const char *group, *name; } rows[] = {
	{ "said", "OPEN" },
};

const char *cover_expected(unsigned i, const char **ret_group)
{
	const struct fault_kind *kind;

	if (i < ARRAY_LEN(rows)) {
		*ret_group = rows[i].group;
		return rows[i].name;
	}
	*ret_group = "fault";
	kind = fault_kind(i - (unsigned)ARRAY_LEN(rows));
	return kind ? kind->name : NULL;
}
