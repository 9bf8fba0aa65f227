#include "agent/base/histo.h"

const int64_t histo_bounds_us[HISTO_BOUNDS] = {
	25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000, 30000000, 60000000,
};

void histo_add(struct histo *h, int64_t us)
{
	unsigned i = 0;

	while (i < HISTO_BOUNDS && us > histo_bounds_us[i])
		i++;
	h->count[i]++;
	h->sum_us += us > 0 ? (uint64_t)us : 0;
}
