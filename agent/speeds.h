/* agent/speeds.h: how fast links are, asked of the kernel for those alone who weigh by it (`weighted`). */
#ifndef WEFT_SPEEDS_H
#define WEFT_SPEEDS_H

#include "agent/agent.h"

void speeds_add(const struct agent *agent, struct link_change *change);
/* A reload may have begun to weigh: then every link is asked for. known: the caller's, false at first. */
void speeds_turn(struct agent *agent, bool *known, mono now);

#endif
