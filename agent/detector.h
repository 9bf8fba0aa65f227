/* agent/detector.h: BFD's thread and the loop: begins with the first session, hands its news to the agent. */
#ifndef WEFT_DETECTOR_H
#define WEFT_DETECTOR_H

#include <uv.h>

#include "agent/agent.h"

struct detector;

int  detector_new(struct detector **ret, uv_loop_t *loop, struct agent_bfd_out *ret_out);
void detector_serve(struct detector *d, struct agent *agent);
void detector_stop(struct detector *d);          /* peers are told AdminDown; the loop is left. NULL is fine */
void detector_free(struct detector *d);          /* after the loop */

#endif
