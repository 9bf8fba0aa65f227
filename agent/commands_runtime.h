/* agent/commands_runtime.h: the commands that change something by hand, each an answer with a sentence on what is so now, and until when. */
#ifndef WEFT_COMMANDS_RUNTIME_H
#define WEFT_COMMANDS_RUNTIME_H

#include "agent/agent.h"
#include "agent/ctl/ctl.h"

/* CTL_DONE with *ret_result; else *ret_error (free() it; NULL: no memory). */
typedef enum ctl_exit runtime_fn(struct agent *a, const struct ctl_request *q, mono now, json_t **ret_result, char **ret_error);

runtime_fn runtime_announce;             /* PREFIX [COMMUNITY ...] */
runtime_fn runtime_withdraw;             /* PREFIX */
runtime_fn runtime_neighbor_add;         /* ADDRESS ASN */
runtime_fn runtime_neighbor_del;         /* ADDRESS */
runtime_fn runtime_soft_reset;           /* LINK in|out */

#endif
