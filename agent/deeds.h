/* agent/deeds.h: the rim's ear for what others do to what is ours in the kernel; the core puts it back in the turn that follows. */
#ifndef WEFT_DEEDS_H
#define WEFT_DEEDS_H

#include <uv.h>

#include "agent/agent.h"
#include "nexthop/kernel.h"

struct deeds;

int  deeds_new(struct deeds **ret, uv_loop_t *loop, struct agent *agent, const struct kernel *kernel);
void deeds_stop(struct deeds *d);        /* NULL is fine; the loop has to run once more before deeds_free */
void deeds_free(struct deeds *d);

#endif
