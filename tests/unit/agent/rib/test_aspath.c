#include "tests/unit/agent/rib/help.h"

#define PATH(...) { (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) }

static const struct {
	const char *text;
	struct span path;
	unsigned len;
	uint32_t first, last;
} rows[] = {
	{ "", { NULL, 0 }, 0, 0, 0 },
	{ "1", PATH(2, 1, 0, 0, 0, 1), 1, 1, 1 },
	{ "4200000000 65000", PATH(2, 2, 0xfa, 0x56, 0xea, 0x00, 0, 0, 0xfd, 0xe8), 2, 4200000000, 65000 },
	{ "1 {2 3}", PATH(2, 1, 0, 0, 0, 1, 1, 2, 0, 0, 0, 2, 0, 0, 0, 3), 2, 1, 3 },
	{ "{2 3} 1", PATH(1, 2, 0, 0, 0, 2, 0, 0, 0, 3, 2, 1, 0, 0, 0, 1), 2, 0, 1 },
	{ "(7) 1", PATH(3, 1, 0, 0, 0, 7, 2, 1, 0, 0, 0, 1), 1, 0, 1 },
	{ "[7 8] {1}", PATH(4, 2, 0, 0, 0, 7, 0, 0, 0, 8, 1, 1, 0, 0, 0, 1), 1, 0, 1 },
	{ "1 2", PATH(2, 1, 0, 0, 0, 1, 2, 1, 0, 0, 0, 2), 2, 1, 2 },
};

Test(aspath, length_first_and_last_as_and_text_of_every_kind_of_segment)
{
	char buf[64];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		cr_assert_str_eq(aspath_str(rows[i].path, buf, sizeof(buf)), rows[i].text);
		cr_assert_eq(aspath_len(rows[i].path), rows[i].len, "%s", rows[i].text);
		cr_assert_eq(aspath_first(rows[i].path), rows[i].first, "%s", rows[i].text);
		cr_assert_eq(aspath_last(rows[i].path), rows[i].last, "%s", rows[i].text);
	}
}

Test(aspath, an_as_is_found_in_any_segment)
{
	struct span mixed = PATH(3, 1, 0, 0, 0, 7, 2, 2, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 3);

	cr_assert(aspath_has(mixed, 7));
	cr_assert(aspath_has(mixed, 1));
	cr_assert(aspath_has(mixed, 65536));
	cr_assert(aspath_has(mixed, 3));
	cr_assert_not(aspath_has(mixed, 2));
	cr_assert_not(aspath_has(mixed, 0x00010000 + 1));
	cr_assert_not(aspath_has((struct span){ 0 }, 1));
}

Test(aspath, text_is_cut_to_any_size_and_always_ends)
{
	struct span path = PATH(2, 1, 0, 0, 0, 1, 1, 2, 0, 0, 0xfd, 0xe8, 0, 0, 0, 3);
	const char *whole = "1 {65000 3}";

	for (size_t size = 1; size <= strlen(whole) + 1; size++) {
		char *buf = malloc(size);            /* exactly: the sanitizer sees one byte too many */

		aspath_str(path, buf, size);
		cr_assert_eq(strlen(buf), size - 1, "%zu", size);
		cr_assert_eq(strncmp(buf, whole, size - 1), 0, "%s", buf);
		free(buf);
	}
}

Test(aspath, what_ends_too_early_is_not_read_beyond)
{
	struct span cut = PATH(2, 2, 0, 0, 0, 1, 0);

	cr_assert_eq(aspath_len(cut), 0);
	cr_assert_not(aspath_has(cut, 1));
	cr_assert_eq(aspath_first(cut), 0);
	cr_assert_eq(aspath_last(cut), 0);
}

Test(aspath, only_one_as_however_often_and_nothing_else)
{
	static const uint8_t set[] = { 1, 1, 0, 0, 0, 7 };

	cr_expect(aspath_only(SEQ(7), 7));
	cr_expect(aspath_only(SEQ(7, 7, 7), 7));
	cr_expect_not(aspath_only(SEQ(7, 8), 7));
	cr_expect_not(aspath_only(SEQ(8), 7));
	cr_expect_not(aspath_only((struct span){ 0 }, 7));
	cr_expect_not(aspath_only((struct span){ set, sizeof(set) }, 7));
}
