/* An answer that is a list, row by row, reads like any other. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "agent/ctl/ctl.h"

static char *list_of(size_t n)
{
	struct ctl_list *list = ctl_list_begin();

	cr_assert_not_null(list);
	for (size_t i = 0; i < n; i++)
		ctl_list_add(list, json_pack("{s:i, s:s}", "n", (int)i, "s", "\xc3\xa4\n"));
	return ctl_list_end(list);
}

Test(list, is_one_line_and_the_answer_that_ctl_answer_line_would_give)
{
	for (size_t n = 0; n < 3; n++) {
		char *line = list_of(n), *whole, *error;
		json_t *result;

		cr_assert_eq(strchr(line, '\n'), line + strlen(line) - 1);
		cr_assert_eq(ctl_answer_parse(line, strlen(line), &result, &error), 0, "%s", line);
		cr_expect_eq(json_array_size(result), n);
		whole = ctl_answer_line(result);
		cr_expect_str_eq(line, whole);
		free(whole);
		free(line);
	}
}

Test(list, a_row_that_could_not_be_made_is_no_answer)
{
	struct ctl_list *list = ctl_list_begin();

	ctl_list_add(list, json_true());
	ctl_list_add(list, NULL);
	ctl_list_add(list, json_true());
	cr_expect_null(ctl_list_end(list));
}
