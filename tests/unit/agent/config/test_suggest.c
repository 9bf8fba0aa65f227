#include <stddef.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/config/suggest.h"

Test(suggest, distance_counts_edits_and_swaps_but_not_case_or_dashes)
{
	static const struct { const char *a, *b; unsigned d; } rows[] = {
		{ "asn", "asn", 0 }, { "asn", "ans", 1 }, { "asn", "as", 1 }, { "asn", "", 3 }, { "", "asn", 3 }, { "asn", "asnx", 1 },
		{ "asn", "axn", 1 }, { "Router-ID", "router_id", 0 }, { "routerid", "router_id", 1 }, { "kitten", "sitting", 3 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		cr_expect_eq(suggest_distance(rows[i].a, rows[i].b), rows[i].d, "%s %s", rows[i].a, rows[i].b);
}

Test(suggest, only_what_is_near_enough_is_suggested)
{
	static const char *const words[] = { "asn", "router_id", NULL, "bfd", "keepalive" };

	cr_expect_str_eq(suggest("as", words, 5), "asn");
	cr_expect_str_eq(suggest("routerId", words, 5), "router_id");
	cr_expect_str_eq(suggest("keep_alive", words, 5), "keepalive");
	cr_expect_null(suggest("foo", words, 5));
	cr_expect_null(suggest("bar", words, 5));
	cr_expect_null(suggest("a_key_that_is_longer_than_any_word_we_know", words, 5));
}
