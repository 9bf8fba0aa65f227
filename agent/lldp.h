/* agent/lldp.h: what lldpd knows of who is at the other end of links with a cabling plan (`expect`), told to the agent.
 *
 * lldpd is asked anew every few seconds, by liblldpctl, on a connection of its own each time: so it may be absent, begin later, or start over, and
 * nothing has to be kept. Nobody waits for it: what is not answered by the next time is given up. */
#ifndef WEFT_LLDP_H
#define WEFT_LLDP_H

#include <uv.h>

#include "agent/agent.h"

struct lldp;

int  lldp_new(struct lldp **ret, uv_loop_t *loop, struct agent *agent);
void lldp_turn(struct lldp *l);          /* is there a plan? Without one nothing is asked, nor the library opened */
void lldp_stop(struct lldp *l);          /* the loop has to run once more before lldp_free; NULL is fine for both */
void lldp_free(struct lldp *l);

#endif
