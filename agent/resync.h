/* agent/resync.h: after lost notifications the kernel's links and addresses are read again; what is not mentioned any more is gone. */
#ifndef WEFT_RESYNC_H
#define WEFT_RESYNC_H

#include "agent/agent.h"

struct resync;
int  resync_new(struct resync **ret);
void resync_free(struct resync *r);
void resync_begin(struct resync *r);
void resync_mention(struct resync *r, const struct link_change *change);         /* outside of begin .. end: nothing */
/* Tells the agent what is gone. When memory was short for the list, nothing is taken for gone. */
void resync_end(struct resync *r, struct agent *agent, mono now);

#endif
