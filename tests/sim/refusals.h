/* tests/sim/refusals.h: kernels that refuse what they could do. */
#ifndef WEFT_SIM_REFUSALS_H
#define WEFT_SIM_REFUSALS_H

#include "tests/sim/sim.h"

/* An operation of the process: 0 or -errno. */
int kernel_do(struct node *n, const struct fib_op *op);
bool refuses(const struct node *n);                      /* maybe, now */

/* Faults (faults.c). */
void refuse_percent(struct world *w, struct rng *r);     /* by all, for a while */
void refuse_all(struct world *w, struct rng *r);         /* by one node, for seconds */
void refuse_more(struct world *w, struct rng *r);        /* a node's table is full for seconds */
void refusals_end(struct world *w);

#endif
