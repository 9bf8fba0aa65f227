#include <criterion/criterion.h>

#include "agent/base/histo.h"

Test(histo, a_time_counts_at_the_first_bound_that_it_does_not_exceed)
{
	static const struct { int64_t us; unsigned bucket; } rows[] = {
		{ -5, 0 }, { 0, 0 }, { 25, 0 }, { 26, 1 }, { 100, 2 }, { 1000000, 14 }, { 60000000, HISTO_BOUNDS - 1 }, { 60000001, HISTO_BOUNDS },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct histo h = { 0 };

		histo_add(&h, rows[i].us);
		for (unsigned k = 0; k <= HISTO_BOUNDS; k++)
			cr_expect_eq(h.count[k], k == rows[i].bucket ? 1u : 0u, "%lld us in bucket %u", (long long)rows[i].us, k);
		cr_expect_eq(h.sum_us, rows[i].us < 0 ? 0u : (uint64_t)rows[i].us);
	}
}

Test(histo, bounds_ascend)
{
	for (unsigned i = 1; i < HISTO_BOUNDS; i++)
		cr_expect_gt(histo_bounds_us[i], histo_bounds_us[i - 1]);
}
