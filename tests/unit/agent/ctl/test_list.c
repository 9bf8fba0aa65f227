/* An answer that is a list, row by row and piece by piece, reads like any other. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "agent/ctl/ctl.h"

/* With a piece after so many rows; 0: in one. */
static char *list_of(size_t n, size_t rows)
{
	struct ctl_list *list = ctl_list_begin();
	char *line = strdup(""), *piece, *longer;

	cr_assert_not_null(list);
	for (size_t i = 0; i <= n; i++) {
		if (i < n)
			ctl_list_add(list, json_pack("{s:i, s:s}", "n", (int)i, "s", "\xc3\xa4\n"));
		if (i < n && (!rows || (i + 1) % rows))
			continue;
		piece = ctl_list_take(list, i == n);
		cr_assert(piece && *piece);
		cr_assert_geq(asprintf(&longer, "%s%s", line, piece), 0);
		free(line);
		free(piece);
		line = longer;
	}
	ctl_list_free(list);
	return line;
}

Test(list, is_one_line_and_the_answer_that_ctl_answer_line_would_give)
{
	for (size_t n = 0; n < 3; n++) {
		char *line = list_of(n, 0), *whole, *error;
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

Test(list, its_pieces_one_behind_the_other_are_the_line)
{
	char *whole = list_of(7, 0);

	for (size_t rows = 1; rows < 9; rows++) {
		char *line = list_of(7, rows);

		cr_expect_str_eq(line, whole, "a piece after %zu rows", rows);
		free(line);
	}
	free(whole);
}

Test(list, a_piece_without_rows_is_something_that_can_be_written)
{
	struct ctl_list *list = ctl_list_begin();
	char *first = ctl_list_take(list, false), *none = ctl_list_take(list, false), *last, *line, *error;
	json_t *result;

	ctl_list_add(list, json_object());
	last = ctl_list_take(list, true);
	cr_assert_geq(asprintf(&line, "%s%s%s", first, none, last), 0);
	cr_assert_eq(ctl_answer_parse(line, strlen(line), &result, &error), 0, "%s", line);
	cr_expect_eq(json_array_size(result), 1u);
	cr_expect_neq(*none, '\0');
	json_decref(result);
	ctl_list_free(list);
	free(first);
	free(none);
	free(last);
	free(line);
}

Test(list, a_row_that_could_not_be_made_is_no_answer)
{
	struct ctl_list *list = ctl_list_begin();

	ctl_list_add(list, json_object());
	ctl_list_add(list, NULL);
	ctl_list_add(list, json_object());
	cr_expect_null(ctl_list_take(list, true));
	ctl_list_free(list);
}
