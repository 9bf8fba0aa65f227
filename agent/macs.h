/* agent/macs.h: the rim's ear for MACs that the kernel finds: of peers whose advertisements do not say theirs. */
#ifndef WEFT_MACS_H
#define WEFT_MACS_H

#include <uv.h>

#include "agent/agent.h"

struct macs;

int  macs_new(struct macs **ret, uv_loop_t *loop, struct agent *agent);
/* wanted: does anybody want to know? What comes meanwhile otherwise costs nothing. */
void macs_listen(struct macs *m, bool wanted);
void macs_stop(struct macs *m);          /* NULL is fine; the loop has to run once more before macs_free */
void macs_free(struct macs *m);

#endif
