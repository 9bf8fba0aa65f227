/* Expressions of FRR in weft's words, and sets of prefixes. */
#include "agent/import/build.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

Test(as_path, what_binds_numbers_at_both_ends_means_the_same)
{
	static const struct { const char *frr, *weft; } cases[] = {
		{ "^$", "^$" }, { "^65001$", "^65001$" }, { "^65001_", "^65001" }, { "_65001_", "65001" }, { "_65001$", "65001$" },
		{ "^65001_65002$", "^65001 65002$" }, { "^65001 65002$", "^65001 65002$" }, { "^[0-9]+$", "^.$" }, { "^65001_[0-9]+$", "^65001 .$" },
		{ "^65001(_65001)*$", "^65001( 65001)*$" }, { "^(65001_)*65002$", "^(65001 )*65002$" }, { "_(65001|65002)_", "(65001|65002)" },
		{ ".*", ".*" }, { "^.*$", "^.*$" }, { "^65001_.*", "^65001 .*" }, { "^.*_65001$", "^.* 65001$" }, { "^65001(_[0-9]+)?$", "^65001( .)?$" },
	};
	char got[EXPRESSION_MAX];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *why = as_path_expression(cases[i].frr, got);

		cr_expect_null(why, "%s: %s", cases[i].frr, why);
		cr_expect(why || strcmp(got, cases[i].weft) == 0, "%s: %s", cases[i].frr, got);
	}
}

Test(as_path, what_may_match_a_part_of_a_number_is_refused)
{
	static const char *const cases[] = { "65001", "^65001", "65001$", "^65001.*", "_65001", "^6500[1-4]$", "65001_65002", "^65001_.*_65002$", "(65001)+",
					     "^(65001)*$", "_(65001|65002_)65003$", "^65001|65002$", "^(65001", "65001)", "_65001__65002_", "^650.1$", "{1}" };
	char got[EXPRESSION_MAX];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect(as_path_expression(cases[i], got), "%s: %s", cases[i], got);
}

Test(community, patterns_of_whole_numbers)
{
	static const struct { const char *frr, *weft; unsigned parts; } cases[] = {
		{ "_65001:1_", "65001:1", 2 }, { "65001:.*", "65001:*", 2 }, { "65001:[0-9]+_", "65001:*", 2 }, { "_1:.*", "1:*", 2 }, { ".*:100_", "*:100", 2 },
		{ "_4200000000:1:.*", "4200000000:1:*", 3 }, { "_4200000000:[0-9]+:2_", "4200000000:*:2", 3 },
		{ "65001:1", NULL, 2 }, { "^65001:1$", NULL, 2 }, { "650:.*", NULL, 2 }, { "_65001:1.*", NULL, 2 }, { "4200000000:1:.*", NULL, 3 },
		{ "_1:.*:2_", NULL, 3 }, { "_65001:10[0-9]_", NULL, 2 }, { "_99999:1_", NULL, 2 }, { "", NULL, 2 }, { "_", NULL, 2 },
	};
	char got[COMMUNITY_STRLEN];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *why = community_expression(cases[i].frr, cases[i].parts, got);

		cr_expect(cases[i].weft ? !why && strcmp(got, cases[i].weft) == 0 : why != NULL, "%s: %s", cases[i].frr, why ? why : got);
	}
}

Test(community, names_and_numbers)
{
	static const struct { const char *frr, *weft; unsigned parts; } cases[] = {
		{ "65001:10", "65001:10", 2 }, { "no-export", "no_export", 2 }, { "local-AS", "no_export_subconfed", 2 }, { "4259840100", "65000:100", 2 },
		{ "accept-own", "65535:1", 2 }, { "internet", NULL, 2 }, { "65001", "0:65001", 2 }, { "1:2:3", "1:2:3", 3 }, { "1:2", NULL, 3 }, { "65536:1", NULL, 2 },
	};
	char got[COMMUNITY_STRLEN];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *why = community_word(cases[i].frr, cases[i].parts, got);

		cr_expect(cases[i].weft ? !why && strcmp(got, cases[i].weft) == 0 : why != NULL, "%s: %s", cases[i].frr, why ? why : got);
	}
}

/* A few bits of an address, so that all prefixes of them can be asked. */
#define BITS 6

static struct prefix small(unsigned bits, unsigned len)
{
	struct prefix p = { .family = AF_INET, .len = (uint8_t)len, .addr = { (uint8_t)(bits << (8 - BITS)) } };

	prefix_mask(&p);
	return p;
}

static struct prefix_range small_range(unsigned seed)
{
	unsigned len = (seed >> 6) % (BITS + 1), ge = len + (seed >> 9) % (BITS + 1 - len), le = ge + (seed >> 12) % (BITS + 1 - ge);

	return (struct prefix_range){ small(seed & 63, len), (uint8_t)ge, (uint8_t)le };
}

static bool has(const struct prefix_range *r, const struct prefix *p)
{
	return prefix_contains(&r->prefix, p) && p->len >= r->ge && p->len <= r->le;
}

static bool in(const struct ranges *s, const struct prefix *p)
{
	for (size_t i = 0; i < s->n; i++)
		if (has(&s->r[i], p))
			return true;
	return false;
}

Test(ranges, difference_and_intersection_are_those_of_the_sets)
{
	unsigned random = 1;

	for (int round = 0; round < 3000; round++) {
		struct prefix_range r[4];
		struct ranges less = { 0 }, both = { 0 }, other = { 0 };

		for (int i = 0; i < 4; i++)
			r[i] = small_range((random = random * 1664525 + 1013904223) >> 8);
		for (int i = 0; i < 2; i++) {
			ranges_add(&less, &r[i]);
			ranges_add(&both, &r[i]);
			ranges_add(&other, &r[i + 2]);
		}
		ranges_minus(&less, &r[2]);
		ranges_minus(&less, &r[3]);
		ranges_both(&both, &other);
		for (unsigned len = 0; len <= BITS; len++)
			for (unsigned bits = 0; bits < 1u << BITS; bits++) {
				struct prefix p = small(bits, len);
				bool a = has(&r[0], &p) || has(&r[1], &p), b = has(&r[2], &p) || has(&r[3], &p);

				cr_assert_eq(in(&less, &p), a && !b, "round %d", round);
				cr_assert_eq(in(&both, &p), a && b, "round %d", round);
			}
		ranges_free(&less);
		ranges_free(&both);
		ranges_free(&other);
	}
}
