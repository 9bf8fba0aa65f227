#include "agent/rib/bandwidth.h"
#include "tests/unit/agent/rib/help.h"

#define LIST(...) ((struct span){ (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }) })
#define GBIT_10 0x4e, 0x95, 0x02, 0xf9           /* 1.25e9 */
#define GBIT_1 0x4c, 0xee, 0x6b, 0x28            /* 1.25e8 */

Test(bandwidth, the_community_is_read_whatever_its_transitivity_and_nonsense_is_counted)
{
	const struct { struct span list; bool known; float bytes; unsigned n, bad; const char *what; } rows[] = {
		{ { 0 }, false, 0, 0, 0, "no communities" },
		{ LIST(0x00, 0x04, 0xfd, 0xe9, GBIT_10), true, 1.25e9f, 1, 0, "transitive" },
		{ LIST(0x40, 0x04, 0xfd, 0xe9, GBIT_10), true, 1.25e9f, 1, 0, "not transitive" },
		{ LIST(0x00, 0x04, 0xfd, 0xe9, GBIT_10, 0x40, 0x04, 0, 1, GBIT_1), true, 1.25e8f, 2, 0, "the lower of two" },
		{ LIST(0x40, 0x04, 0, 1, GBIT_1, 0x00, 0x04, 0xfd, 0xe9, GBIT_10), true, 1.25e8f, 2, 0, "in any order" },
		{ LIST(0x00, 0x02, 0xfd, 0xe9, GBIT_10), false, 0, 0, 0, "a route target" },
		{ LIST(0x01, 0x04, 0xfd, 0xe9, GBIT_10), false, 0, 0, 0, "the subtype of another type" },
		{ LIST(0x80, 0x04, 0xfd, 0xe9, GBIT_10), false, 0, 0, 0, "a type of IANA's other half" },
		{ LIST(0x00, 0x04, 0, 1, 0, 0, 0, 0), true, 0, 1, 0, "zero" },
		{ LIST(0x00, 0x04, 0, 1, 0x80, 0, 0, 0), true, 0, 1, 0, "minus zero" },
		{ LIST(0x00, 0x04, 0, 1, 0, 0, 0, 1), true, 1.4e-45f, 1, 0, "the smallest number that there is" },
		{ LIST(0x00, 0x04, 0, 1, 0x7f, 0x7f, 0xff, 0xff), true, 3.4028235e38f, 1, 0, "the greatest" },
		{ LIST(0x00, 0x04, 0, 1, 0x7f, 0x80, 0, 0), false, 0, 1, 1, "infinite" },
		{ LIST(0x00, 0x04, 0, 1, 0xff, 0x80, 0, 0), false, 0, 1, 1, "minus infinite" },
		{ LIST(0x00, 0x04, 0, 1, 0x7f, 0xc0, 0, 0), false, 0, 1, 1, "not a number" },
		{ LIST(0x00, 0x04, 0, 1, 0x7f, 0x80, 0, 1), false, 0, 1, 1, "a signalling one" },
		{ LIST(0x00, 0x04, 0, 1, 0xce, 0x95, 0x02, 0xf9), false, 0, 1, 1, "negative" },
		{ LIST(0x00, 0x04, 0, 1, 0x7f, 0xc0, 0, 0, 0x00, 0x04, 0, 1, GBIT_10), true, 1.25e9f, 2, 1, "nonsense beside a good one" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bandwidth b = bandwidth_get(rows[i].list);

		cr_expect_eq(b.known, rows[i].known, "%s", rows[i].what);
		cr_expect(b.bytes == rows[i].bytes, "%s: %g", rows[i].what, (double)b.bytes);
		cr_expect_eq(b.n, rows[i].n, "%s", rows[i].what);
		cr_expect_eq(b.bad, rows[i].bad, "%s", rows[i].what);
	}
}

Test(bandwidth, what_is_written_takes_the_place_of_every_other_one_and_leaves_the_rest)
{
	const struct { struct span list; uint32_t asn; float bytes; struct span want; const char *what; } rows[] = {
		{ { 0 }, 65001, 1.25e9f, LIST(0x00, 0x04, 0xfd, 0xe9, GBIT_10), "the only one" },
		{ { 0 }, 4210000001, 1.25e9f, LIST(0x00, 0x04, 0x5b, 0xa0, GBIT_10), "AS_TRANS for an AS of four octets" },
		{ LIST(0x40, 0x04, 0, 1, GBIT_1, 0x00, 0x02, 0, 1, 0, 0, 0, 1, 0x00, 0x04, 0, 1, GBIT_1), 65001, 1.25e9f,
		  LIST(0x00, 0x02, 0, 1, 0, 0, 0, 1, 0x00, 0x04, 0xfd, 0xe9, GBIT_10), "in the place of two" },
		{ LIST(0x00, 0x02, 0, 1, 0, 0, 0, 1, 0x00, 0x04, 0, 1, GBIT_1), 65001, -1, LIST(0x00, 0x02, 0, 1, 0, 0, 0, 1), "none at all" },
	};
	uint8_t to[64];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct span got = bandwidth_put(rows[i].list, rows[i].asn, rows[i].bytes < 0 ? NULL : &rows[i].bytes, to);

		cr_expect_eq(got.n, rows[i].want.n, "%s: %u bytes", rows[i].what, got.n);
		cr_expect_arr_eq(got.p, rows[i].want.p, rows[i].want.n, "%s", rows[i].what);
	}
}

#define NONE (-1.0f)
#define PATHS 4

struct row { float said[PATHS], link[PATHS]; uint8_t policy[PATHS]; uint8_t weight[PATHS]; float bytes; const char *what; };

static size_t shares_of(const struct row *row, struct share *s)
{
	size_t n = 0;

	for (; n < PATHS && row->weight[n]; n++)
		s[n] = (struct share){
			.said = { .known = row->said[n] >= 0, .bytes = row->said[n] >= 0 ? row->said[n] : 0 },
			.link = row->link[n], .weight = row->policy[n] ? row->policy[n] : 1,
		};
	return n;
}

Test(bandwidth, weights_are_the_smallest_numbers_that_say_what_each_path_carries)
{
	static const struct row rows[] = {
		{ { 10, 10, 10, 10 }, { 10, 10, 10, 10 }, { 0 }, { 1, 1, 1, 1 }, 40, "all the same" },
		{ { 40, 30 }, { 0 }, { 0 }, { 4, 3 }, 70, "one of four uplinks is lost there" },
		{ { 20, 10 }, { 0 }, { 0 }, { 2, 1 }, 30, "one of two" },
		{ { 10, 9 }, { 0 }, { 0 }, { 8, 7 }, 19, "near enough: within a half of a sixteenth" },
		{ { 100, 99 }, { 0 }, { 0 }, { 1, 1 }, 199, "nearly the same" },
		{ { 1000, 1 }, { 0 }, { 0 }, { 16, 1 }, 1001, "a path that is used gets something" },
		{ { 10, 0 }, { 0 }, { 0 }, { 16, 1 }, 10, "zero is a bandwidth: as little as can be" },
		{ { 0, 0 }, { 0 }, { 0 }, { 1, 1 }, 0, "all zero: equal" },
		{ { 3e38f, 3e38f }, { 0 }, { 0 }, { 1, 1 }, 3.4028235e38f, "the sum of the greatest is no infinity" },
		{ { 1e-45f, 3e38f }, { 0 }, { 0 }, { 1, 16 }, 3e38f, "as far apart as numbers can be" },
		{ { 10, 10 }, { 10, 4 }, { 0 }, { 5, 2 }, 14, "our own link is the narrow part" },
		{ { 10, 10 }, { 0, 5 }, { 0 }, { 2, 1 }, 15, "one of them is not known: it limits nothing" },
		{ { 20, 10 }, { 10, 10 }, { 0 }, { 2, 1 }, 20, "behind equal links more than one of them carries: shared with others, so it counts" },
		{ { 20, 20 }, { 10, 1 }, { 0 }, { 8, 1 }, 11, "and then our links are compared with each other" },
		{ { 10, 10 }, { 40, 10 }, { 0 }, { 1, 1 }, 20, "a link that is wider than what is behind it makes no difference" },
		{ { 10, 10 }, { 0 }, { 3 }, { 3, 1 }, 20, "a policy's weight multiplies" },
		{ { 20, 10 }, { 0 }, { 1, 2 }, { 1, 1 }, 30, "and may level out" },
		{ { 20, 10, 10, 5 }, { 0 }, { 0 }, { 4, 2, 2, 1 }, 45, "four of them" },
		{ { 7 }, { 0 }, { 0 }, { 1 }, 7, "a single one" },
		{ { 7 }, { 5 }, { 200 }, { 1 }, 5, "whatever its weight" },
	};
	struct share s[PATHS];
	float bytes;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = shares_of(&rows[i], s);

		bytes = -1;
		cr_expect(bandwidth_share(s, n, &bytes), "%s", rows[i].what);
		cr_expect(bytes == rows[i].bytes, "%s: %g in all", rows[i].what, (double)bytes);
		for (size_t k = 0; k < n; k++)
			cr_expect_eq(s[k].weight, rows[i].weight[k], "%s: path %zu has weight %u", rows[i].what, k, s[k].weight);
	}
}

Test(bandwidth, a_path_that_says_none_leaves_all_weights_as_they_are)
{
	static const struct row row = { { 10, NONE, 5 }, { 0 }, { 3, 1, 1 }, { 3, 1, 1 }, 0, "" };
	struct share s[PATHS];
	size_t n = shares_of(&row, s);
	float bytes = 42;

	cr_expect_not(bandwidth_share(s, n, &bytes));
	cr_expect(bytes == 42);
	for (size_t k = 0; k < n; k++)
		cr_expect_eq(s[k].weight, row.weight[k]);
	cr_expect_not(bandwidth_share(s, 0, &bytes));
}

Test(bandwidth, no_weight_is_further_off_than_half_a_step_and_there_are_few_of_them)
{
	struct share s[2];
	bool seen[BANDWIDTH_STEPS + 1][BANDWIDTH_STEPS + 1] = { { false } };
	unsigned pairs = 0;
	float bytes;

	for (unsigned low = 1; low <= 1000; low++) {
		s[0] = (struct share){ .said = { .known = true, .bytes = 1000 }, .weight = 1 };
		s[1] = (struct share){ .said = { .known = true, .bytes = (float)low }, .weight = 1 };
		cr_assert(bandwidth_share(s, 2, &bytes));
		cr_assert(s[0].weight >= 1 && s[0].weight <= BANDWIDTH_STEPS && s[1].weight >= 1 && s[1].weight <= BANDWIDTH_STEPS);
		if (low >= 32)
			cr_expect_float_eq((double)s[1].weight / s[0].weight, low / 1000.0, 0.5 / BANDWIDTH_STEPS + 1e-6, "%u", low);
		pairs += !seen[s[0].weight][s[1].weight];
		seen[s[0].weight][s[1].weight] = true;
	}
	cr_expect_leq(pairs, 81u, "%u", pairs);
}
