/* agent/carriers.h: the links that many routes hang on alone: their carriers are watched (nexthop/carrier.h). */
#ifndef WEFT_AGENT_CARRIERS_H
#define WEFT_AGENT_CARRIERS_H

#include <uv.h>

#include "agent/agent.h"

struct carriers;
int  carriers_new(struct carriers **ret, uv_loop_t *loop, struct agent *agent);
void carriers_turn(struct carriers *c, mono now);        /* which links are these now? */
void carriers_stop(struct carriers *c);                  /* closes its handle */
void carriers_free(struct carriers *c);

#endif
