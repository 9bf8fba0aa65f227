#include <errno.h>
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/community.h"
#include "agent/base/own.h"

Test(community, text_and_value_and_bytes_say_the_same)
{
	static const struct { const char *text; unsigned parts; uint8_t bytes[12]; } rows[] = {
		{ "65000:1", 2, { 0xfd, 0xe8, 0, 1 } },
		{ "0:0", 2, { 0 } },
		{ "no_export", 2, { 0xff, 0xff, 0xff, 0x01 } },
		{ "no_advertise", 2, { 0xff, 0xff, 0xff, 0x02 } },
		{ "no_export_subconfed", 2, { 0xff, 0xff, 0xff, 0x03 } },
		{ "graceful_shutdown", 2, { 0xff, 0xff, 0, 0 } },
		{ "blackhole", 2, { 0xff, 0xff, 0x02, 0x9a } },
		{ "4200000000:1:4294967295", 3, { 0xfa, 0x56, 0xea, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff } },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct community c, again;
		char buf[COMMUNITY_STRLEN];
		uint8_t bytes[12] = { 0 };

		cr_assert_eq(community_parse(rows[i].text, rows[i].parts, false, &c), 0, "%s", rows[i].text);
		community_put(&c, rows[i].parts, bytes);
		cr_expect_arr_eq(bytes, rows[i].bytes, 12, "%s", rows[i].text);
		again = community_get(rows[i].bytes, rows[i].parts);
		cr_expect_str_eq(community_str(&again, rows[i].parts, buf), rows[i].text);
		cr_expect(community_matches(&c, rows[i].parts, rows[i].bytes));
	}
}

Test(community, what_is_none_is_refused)
{
	static const struct { const char *text; unsigned parts; } rows[] = {
		{ "", 2 }, { "65000", 2 }, { "65536:1", 2 }, { "1:65536", 2 }, { "1:2:3", 2 }, { "1:", 2 }, { ":1", 2 }, { "1:2 ", 2 },
		{ "*:1", 2 }, { "no-export", 2 }, { "1:2", 3 }, { "1:2:4294967296", 3 }, { "no_export", 3 }, { "1:2:99999999999", 3 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		cr_expect_eq(community_parse(rows[i].text, rows[i].parts, false, &(struct community){ 0 }), -EINVAL, "%s", rows[i].text);
}

Test(community, star_stands_for_any_value_of_its_part)
{
	struct community c;
	char buf[COMMUNITY_STRLEN];

	cr_assert_eq(community_parse("65000:*", 2, true, &c), 0);
	cr_expect(community_matches(&c, 2, (uint8_t[]){ 0xfd, 0xe8, 0x12, 0x34 }));
	cr_expect_not(community_matches(&c, 2, (uint8_t[]){ 0xfd, 0xe9, 0x12, 0x34 }));
	cr_expect_str_eq(community_str(&c, 2, buf), "65000:*");
	cr_assert_eq(community_parse("1:*:3", 3, true, &c), 0);
	cr_expect(community_matches(&c, 3, (uint8_t[]){ 0, 0, 0, 1, 9, 9, 9, 9, 0, 0, 0, 3 }));
	cr_expect_not(community_matches(&c, 3, (uint8_t[]){ 0, 0, 0, 1, 9, 9, 9, 9, 0, 0, 0, 4 }));
}
