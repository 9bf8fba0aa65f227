/* tests/sim/shrink.h: of a seed that fails, the fewest faults, and the shortest time, that break the same invariant. */
#ifndef WEFT_SIM_SHRINK_H
#define WEFT_SIM_SHRINK_H

#include "tests/sim/play.h"

/* Of a failure's words those without names and numbers: two that have the same are taken for the same invariant. */
void failure_kind(const char *failure, char *buf, size_t size);
/* Plays it again and again, for a bounded time, and prints what is left of it: the faults, the command that replays them, and the trace. */
void shrink(const struct sim_config *cfg, const struct outcome *failed, double most_s);
/* The command that plays it again. */
char *replay_str(const struct sim_config *cfg, char *buf, size_t size);

#endif
