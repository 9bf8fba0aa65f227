/* agent/drains.h: the world's part of draining: what is drained outlives the process in a small file beside the control socket, and packets are
 * counted while something is. */
#ifndef WEFT_DRAINS_H
#define WEFT_DRAINS_H

#include <uv.h>

#include "agent/agent.h"

struct drains;

/* Reads what was drained when the last process ended; before agent_start. A file that cannot be read is as none: that is said in the log. */
int  drains_new(struct drains **ret, uv_loop_t *loop, const char *socket, struct agent *agent);
void drains_turn(struct drains *drains);                 /* writes the file again if something changed, or it could not be written */
mono drains_next(const struct drains *drains);           /* when it is to be called though nothing has changed */
void drains_stop(struct drains *drains);
void drains_forget(const char *socket);                  /* nothing is drained any more: weftd --flush */
void drains_free(struct drains *drains);                 /* after the loop has run down */

#endif
