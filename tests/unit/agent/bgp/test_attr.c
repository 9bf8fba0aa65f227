#include "agent/bgp/attr.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const char *const classes[] = {
	[ATTR_MANDATORY] = "well-known mandatory",
	[ATTR_DISCRETIONARY] = "well-known discretionary",
	[ATTR_OPT_TRANSITIVE] = "optional transitive",
	[ATTR_OPT_NON_TRANSITIVE] = "optional non-transitive",
};
static const char *const fixes[] = { [FIX_WITHDRAW] = "withdraw", [FIX_DISCARD] = "discard", [FIX_RESET] = "reset" };

Test(attr, the_table_in_the_readme_is_the_table_in_the_code)
{
	static char text[32768];
	FILE *f = fopen("agent/bgp/README.md", "r");
	unsigned rows = 0, lines = 0;

	cr_assert_not_null(f, "the tests run in the root of the repository");
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	for (unsigned code = 0; code <= UINT8_MAX; code++) {
		const struct attr_row *row = attr_row((uint8_t)code);
		char line[128];

		if (!row)
			continue;
		rows++;
		snprintf(line, sizeof(line), "\n| %u | %s | %s | %s |", code, row->name, classes[row->class], fixes[row->fix]);
		cr_expect_not_null(strstr(text, line), "no line%s", line);
	}
	for (const char *p = text; (p = strstr(p, "\n| ")); p++)
		lines += p[3] >= '0' && p[3] <= '9';
	cr_expect_eq(lines, rows);
}
