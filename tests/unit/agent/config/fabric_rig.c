#include "fabric_rig.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

void fabric_says(const struct fabric_file *files, size_t n, const char *outside, const char *lines)
{
	struct fabric *f = NULL;
	AUTO_FREE char *said = NULL;
	size_t size, count = 0;
	FILE *to = open_memstream(&said, &size);

	cr_assert_eq(fabric_new(&f, &outside, outside != NULL), 0);
	for (; count < n && files[count].name; count++) {
		const char *text = files[count].text;

		cr_assert_eq(fabric_add(f, files[count].name, strdup(text), strlen(text)), 0);
	}
	cr_assert_eq(fabric_check(f), 0);
	cr_assert_eq(fabric_count(f), count);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < config_errors_count(fabric_errors(f, i)); k++)
			fprintf(to, "%s%s", ftell(to) ? "\n" : "", config_errors_line(fabric_errors(f, i), k));
	fclose(to);
	cr_expect_str_eq(said, lines);
	fabric_free(f);
}
