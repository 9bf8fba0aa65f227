/* tests/sim/meddle.h: what other programs do to a kernel that weft works with. Faults, each a row in faults.c. */
#ifndef WEFT_SIM_MEDDLE_H
#define WEFT_SIM_MEDDLE_H

#include "tests/sim/sim.h"

void meddle_delete(struct world *w, struct rng *r);
void meddle_change(struct world *w, struct rng *r);
void meddle_flush(struct world *w, struct rng *r);
void meddle_put_route(struct world *w, struct rng *r);   /* of another protocol, where ours is or is to be; or takes one away again */
void meddle_put_object(struct world *w, struct rng *r);  /* of our range of numbers */
void meddle_addresses(struct world *w, struct rng *r);   /* the router-id goes from lo, a link-local address from a link */
void meddle_deafen(struct world *w, struct rng *r);      /* notifications are lost */
void meddle_end(struct world *w);                        /* what stands in the place of ours goes */

#endif
