/* tests/sim/regress.h: kept cases, a line each:  SEED SHAPE objects|classic [only=LIST] words about the bug  (# at the start: none). */
#ifndef WEFT_SIM_REGRESS_H
#define WEFT_SIM_REGRESS_H

#include "tests/sim/sim.h"

/* The first case of a text. *ret_end: behind it. 1, 0: there are no more, -1: that is none. */
int regress_next(const char *text, const char **ret_end, struct sim_config *ret);

#endif
