/* agent/host.h: what the host says of itself, for `weft doctor`. */
#ifndef WEFT_HOST_H
#define WEFT_HOST_H

#include "agent/agent.h"

void host_out(struct agent_host_out *ret);

#endif
