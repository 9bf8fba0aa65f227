/* agent/flush.h: what the core wants changed, on its way to the kernel. */
#ifndef WEFT_AGENT_FLUSH_H
#define WEFT_AGENT_FLUSH_H

#include <stdbool.h>

#include "agent/agent.h"
#include "nexthop/kernel.h"
#include "nexthop/sysctl.h"

struct flush;
/* All borrowed. sysctls: NULL when they are the operator's. */
int  flush_new(struct flush **ret, struct agent *agent, struct kernel *kernel, struct sysctls *sysctls);
void flush_free(struct flush *flush);
/* Hands the kernel what there is, within bounds. True: there is more, and nothing else will say when to go on (kernel_out.wake does). */
bool flush_turn(struct flush *flush);
void flush_all(struct flush *flush);     /* waits until nothing is left; bounded */

#endif
