/* tests/sim/right.h: is every kernel right, now? Looked at again after every event, so only where something has changed. */
#ifndef WEFT_SIM_RIGHT_H
#define WEFT_SIM_RIGHT_H

#include <stdio.h>

#include "tests/sim/sim.h"

struct right {
	struct world *w;
	unsigned subnets;                /* that each leaf announces beside its loopback address */
	struct portset *want;            /* [of node id - 1][to node id - 1] */
	size_t n_routes[SIM_NODES];      /* that are right */
	unsigned wrong_at[SIM_NODES];    /* by id - 1: where the last look found something wrong; */
	bool wrong[SIM_NODES];
	unsigned n_wrong;                /* kernels */
};
void right_init(struct right *r, struct world *w, unsigned subnets);
void right_free(struct right *r);
void right_want(struct right *r);        /* the graph has changed: what is right now? Looks at every kernel */
void right_look(struct right *r, const struct node *n);
/* The k-th prefix that a node announces: its loopback address, then its subnets; false: there are not so many. */
bool right_prefix(const struct right *r, const struct node *of, unsigned k, struct prefix *ret);
/* Lines "BEFORE<tab>route<tab>NODE TO loopback|subnet PORT...", one of each prefix in each kernel. */
void right_print(const struct right *r, const char *before, FILE *f);

#endif
