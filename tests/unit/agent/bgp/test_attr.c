#include "agent/bgp/attr.h"

#include "tests/unit/agent/bgp/readme.h"

static const char *const classes[] = {
	[ATTR_MANDATORY] = "well-known mandatory",
	[ATTR_DISCRETIONARY] = "well-known discretionary",
	[ATTR_OPT_TRANSITIVE] = "optional transitive",
	[ATTR_OPT_NON_TRANSITIVE] = "optional non-transitive",
};
static const char *const fixes[] = { [FIX_WITHDRAW] = "withdraw", [FIX_DISCARD] = "discard", [FIX_RESET] = "reset" };

Test(attr, the_table_in_the_readme_is_the_table_in_the_code)
{
	const char *text = readme_text();
	unsigned rows = 0;

	for (unsigned code = 0; code <= UINT8_MAX; code++) {
		const struct attr_row *row = attr_row((uint8_t)code);
		char line[128];

		if (!row)
			continue;
		rows++;
		snprintf(line, sizeof(line), "\n| %u | %s | %s | %s |", code, row->name, classes[row->class], fixes[row->fix]);
		cr_expect_not_null(strstr(text, line), "no line%s", line);
	}
	cr_expect_eq(readme_rows(text, "| type | name | flags | malformed |"), rows);
}
