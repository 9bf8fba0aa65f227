#include "agent/base/utf8.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

static const struct { const char *from, *to; } rows[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x9a\x80", "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x9a\x80" },
	{ "a\x1b[31mb\r\nc\x7f", "a[31mbc" },
	{ "a\xc2\x9b" "31mb", "a31mb" },                                 /* C1: a terminal may take it for ESC [ */
	{ "a\xe2\x80\xae" "b", "ab" },                                  /* right-to-left override */
	{ "a\xff" "b", "a?b" },
	{ "a\xc3", "a?" },                                              /* cut off */
	{ "\xc0\xaf", "??" },                                           /* longer than need be */
	{ "\xe0\x80\xaf", "???" },
	{ "\xed\xa0\x80", "???" },                                      /* a surrogate */
	{ "\xf4\x90\x80\x80", "????" },                                 /* behind the last character */
	{ "\xf5\x80\x80\x80", "????" },
};

Test(utf8, words_are_what_a_terminal_may_show)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = strlen(rows[i].from);
		uint8_t *from = malloc(n ? n : 1);
		char *to = malloc(n + 1);                        /* both exactly as long: the sanitizer sees any byte too many */

		memcpy(from, rows[i].from, n);
		utf8_words(from, n, to);
		cr_expect_str_eq(to, rows[i].to, "row %zu", i);
		cr_expect_eq(utf8_plain(rows[i].from), strcmp(rows[i].from, rows[i].to) == 0, "row %zu", i);
		free(from);
		free(to);
	}
}

Test(utf8, nul_is_a_control_character)
{
	char to[4];

	utf8_words((const uint8_t *)"a\0b", 3, to);
	cr_expect_str_eq(to, "ab");
}
