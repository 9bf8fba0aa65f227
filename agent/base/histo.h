/* agent/base/histo.h: how long things took: counted by bounds that are the same everywhere, so that one picture can hold them all. */
#ifndef WEFT_BASE_HISTO_H
#define WEFT_BASE_HISTO_H

#include <stdint.h>

#define HISTO_BOUNDS 20                  /* from 25 us to 60 s */
extern const int64_t histo_bounds_us[HISTO_BOUNDS];

struct histo {                           /* all zero is empty */
	uint64_t count[HISTO_BOUNDS + 1];        /* not more than the bound, and more than the one before; the last: more than any */
	uint64_t sum_us;
};

void histo_add(struct histo *h, int64_t us);             /* below zero: as zero */

#endif
