#include <errno.h>
#include <stdio.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/ctl/words.h"

Test(words, a_word_may_be_cut_short_while_it_stays_the_only_one)
{
	static const char *const words[] = { "neighbors", "nexthops", "links", "link" };

	cr_expect_eq(words_pick(words, 4, "nei"), 0);
	cr_expect_eq(words_pick(words, 4, "nexthops"), 1);
	cr_expect_eq(words_pick(words, 4, "n"), -ENOTUNIQ);
	cr_expect_eq(words_pick(words, 4, "ne"), -ENOTUNIQ);
	cr_expect_eq(words_pick(words, 4, "lin"), -ENOTUNIQ);
	cr_expect_eq(words_pick(words, 4, "link"), 3, "a whole word wins");
	cr_expect_eq(words_pick(words, 4, "linkss"), -ENOENT);
	cr_expect_eq(words_pick(words, 4, ""), -ENOENT);
}

Test(words, times_read_as_operators_know_them)
{
	static const struct { int64_t seconds; const char *text; } rows[] = {
		{ -1, "never" }, { 0, "00:00:00" }, { 13915, "03:51:55" }, { 86399, "23:59:59" }, { 86400, "1d00h00m" }, { 186900, "2d03h55m" },
		{ 86400 * 400, "400d00h00m" }, { INT64_MAX, "106751991167300d15h30m" },
	};
	char buf[DURATION_STRLEN];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		cr_expect_str_eq(duration_str(rows[i].seconds, buf), rows[i].text);
}

Test(words, text_from_neighbours_cannot_move_the_cursor)
{
	static const struct { const char *in, *out; } rows[] = {
		{ "leaf01", "leaf01" }, { "\x1b[2Jx\n", "?[2Jx?" }, { "a\x7f", "a?" }, { "a\xc2\x9b" "1m", "a??1m" },
		{ "l\xc3\xa4\xc2\xa0", "l\xc3\xa4\xc2\xa0" },
		{ "\xc2", "\xc2" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char buf[32];

		snprintf(buf, sizeof(buf), "%s", rows[i].in);
		words_tame(buf);
		cr_expect_str_eq(buf, rows[i].out);
	}
}
