#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/asre.h"
#include "agent/base/own.h"

static bool matches(const char *text, const char *path)
{
	struct asre_run run = { 0 };
	struct asre re;
	const char *bad;
	size_t at;
	char *end;

	bad = asre_compile(text, &re, &at);
	cr_assert_null(bad, "%s: %s at %zu", text, bad, at);
	for (; *path; path = end + strspn(end, " "))
		asre_step(&re, &run, (uint32_t)strtoul(path, &end, 10));
	return asre_end(&re, &run);
}

Test(asre, letters_are_whole_as_numbers)
{
	static const struct { const char *re, *path; bool is; } rows[] = {
		{ "650", "65001", false }, { "65001", "1 65001 2", true }, { "_65001_", "65001", true }, { "^65001", "1 65001", false },
		{ "^65001", "65001 1", true }, { "65001$", "1 65001", true }, { "65001$", "65001 1", false }, { "^65001$", "65001", true },
		{ "^65001$", "65001 65001", false }, { "^65001+$", "65001 65001", true }, { "^$", "", true }, { "^$", "1", false },
		{ "", "", true }, { "", "1 2", true }, { ".*", "", true }, { ".", "", false }, { "^.$", "7", true }, { "^.$", "7 8", false },
		{ "^1 .* 9$", "1 9", true }, { "^1.*9$", "1 5 6 9", true }, { "^1 .* 9$", "1 5 6", false }, { "^1_2$", "1 2", true },
		{ "^(1|2)+$", "1 2 2 1", true }, { "^(1|2)+$", "1 3", false }, { "^(1 2|3)$", "3", true }, { "^(1 2|3)$", "1 2", true },
		{ "^(1 2|3)$", "1 3", false }, { "^1?2$", "2", true }, { "^1?2$", "1 1 2", false }, { "^[1 7-9]$", "8", true },
		{ "^[1 7-9]$", "6", false }, { "^[^1 7-9]$", "6", true }, { "^[^1 7-9]$", "7", false }, { "[64512-65534]", "1 64600", true },
		{ "^(1*)*$", "1 1 1", true }, { "^(1*)*$", "2", false }, { "^(|5)$", "5", true }, { "^(|5)$", "", true },
		{ "1*$", "2 3", true }, { "^1*", "2 3", true }, { "^1 (2 3)* 4$", "1 2 3 2 3 4", true }, { "^1 (2 3)* 4$", "1 2 3 2 4", false },
		{ "4294967295", "4294967295", true }, { "2 3", "1 2 2 3", true }, { "^ 1 $", "1", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		cr_expect_eq(matches(rows[i].re, rows[i].path), rows[i].is, "\"%s\" on \"%s\"", rows[i].re, rows[i].path);
}

Test(asre, what_makes_no_sense_is_named_with_its_place)
{
	static const struct { const char *re, *why; size_t at; } rows[] = {
		{ "1 ^2", "a ^ that is not at the start", 2 }, { "1$ 2", "a $ that is not at the end", 1 }, { "(1", "a ( without )", 2 },
		{ "1)", "a ) without (", 1 }, { "*", "nothing before *, + or ?", 0 }, { "[1", "a [ without ]", 2 }, { "[]", "an empty [ ]", 1 },
		{ "[9-1]", "a range that is upside down", 4 }, { "[a]", "an AS number is missing", 1 }, { "x", "a character that has no meaning here", 0 },
		{ "4294967296", "a number that is no AS number", 0 }, { "12345678901", "a number that is no AS number", 0 },
		{ "((((((((((((((((((1))))))))))))))))))", "too many groups in groups", 16 },
	};
	struct asre re;
	size_t at;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *why = asre_compile(rows[i].re, &re, &at);

		cr_assert_not_null(why, "%s", rows[i].re);
		cr_expect_str_eq(why, rows[i].why, "%s: %s", rows[i].re, why);
		cr_expect_eq(at, rows[i].at, "%s: %zu", rows[i].re, at);
	}
}

Test(asre, sixty_four_letters_fit_and_no_more)
{
	char text[512] = "";
	struct asre re;
	size_t at;

	for (int i = 0; i < 64; i++)
		strcat(text, "1 ");
	cr_expect_null(asre_compile(text, &re, &at));
	strcat(text, "1");
	cr_expect_str_eq(asre_compile(text, &re, &at), "too long: more than 64 places for an AS");
	*text = '\0';
	strcat(text, "[");
	for (int i = 0; i < 128; i++)
		strcat(text, "1 ");
	strcat(text, "1]");
	cr_expect_str_eq(asre_compile(text, &re, &at), "too long: more than 128 AS numbers and ranges");
}

Test(asre, nested_repetition_costs_no_more_than_its_letters)
{
	struct asre_run run = { 0 };
	struct asre re;
	size_t at;

	cr_assert_null(asre_compile("^((1|1)*(1|1)*(1|1)*)*2$", &re, &at));      /* backtracking would take until the end of days */
	for (int i = 0; i < 100000; i++)
		asre_step(&re, &run, 1);
	cr_expect_not(asre_end(&re, &run));
	asre_step(&re, &run, 2);
	cr_expect(asre_end(&re, &run));
}
