/* tests/sim/workers.h: many seeds at once. Each is played in a process of its own, so one that crashes, hangs or leaks is a failure of its seed and
 * of no other. */
#ifndef WEFT_SIM_WORKERS_H
#define WEFT_SIM_WORKERS_H

#include "tests/sim/play.h"

struct crew {
	unsigned jobs;                   /* at once */
	bool twice;                      /* each seed, with another heap, and both runs must be the same */
	int out;                         /* where a verbose run writes to; -1: stdout */
	bool (*next)(void *ctx, struct sim_config *ret);         /* false: no more */
	/* complaint: the end of what it said on stderr, or "". */
	void (*done)(void *ctx, const struct sim_config *cfg, const struct outcome *o, const char *complaint);
	void (*tick)(void *ctx);         /* a few times a second; NULL: nobody waits */
	void *ctx;
};

int crew_run(const struct crew *crew);   /* until all are done; -errno */
int crew_play(const struct sim_config *cfg, int out, struct outcome *ret);       /* one */
double seconds(void);                    /* of the real clock */

#endif
