#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/config/place.h"

Test(place, every_value_stands_at_its_key_or_at_itself)
{
	static const char text[] = " {\"a\": [10, \"]\\\"\", {}], \"b\\\\\":{\"c\" : null}}";
	static const struct { const char *at; uint32_t span; } expected[] = {
		{ "{\"a\"", 7 }, { "\"a\"", 4 }, { "10", 1 }, { "\"]", 1 }, { "{}]", 1 }, { "\"b", 2 }, { "\"c\"", 1 },
	};
	AUTO_FREE struct place *p = NULL;

	cr_assert_eq(place_all(text, strlen(text), &p), 0);
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		cr_expect_eq(strncmp(text + p[i].at, expected[i].at, strlen(expected[i].at)), 0, "%zu at %s", i, text + p[i].at);
		cr_expect_eq(p[i].span, expected[i].span, "%zu", i);
	}
}

Test(place, text_that_ends_early_is_refused)
{
	static const char *const rows[] = { "", " ", "{", "[", "{\"a\"", "{\"a\":", "[1", "\"a", "{\"a\" 1}", "[\"\\", "[}" };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct place *p = NULL;

		cr_expect_eq(place_all(rows[i], strlen(rows[i]), &p), -EINVAL, "%s", rows[i]);
		cr_expect_null(p);
	}
}
