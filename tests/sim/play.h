/* tests/sim/play.h: one seed from its start to its end, and what came of it. */
#ifndef WEFT_SIM_PLAY_H
#define WEFT_SIM_PLAY_H

#include "tests/sim/coverage.h"
#include "tests/sim/sim.h"

struct outcome {                         /* lies in memory that processes share: no pointers */
	bool finished;                   /* else whoever played it ended before it did */
	char failure[512];               /* the invariant that broke; "" none */
	int64_t at_us;                   /* when, or the end */
	uint64_t trace;
	uint64_t events, kernel_errors, corrupted, stale, long_lived, held, announced, walks, circles;
	unsigned n_planned, n_played;
	struct { unsigned fault, kind; int64_t at_us; } played[SIM_FAULTS];
	int64_t mend_us;                 /* when half of it was mended; 0: it did not come to that */
	uint64_t cpu_us;
	struct cover cover;
};

/* *ret, all zero before, is filled as the seed is played, so that something can be said of one that is never finished. */
void play(const struct sim_config *cfg, struct outcome *ret);
bool classic_of_seed(uint64_t seed);     /* when nothing else is wanted: one in four */

#endif
