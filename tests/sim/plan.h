/* tests/sim/plan.h: a fabric without faults is started, things happen to it one after the other, and what each costs is counted.
 *
 * What is assumed and not computed: how long a message takes (world_latency), that a lost carrier is seen at both ends at once, and how long a
 * node is busy, by the constants below. Everything else is done by the agents themselves. */
#ifndef WEFT_SIM_PLAN_H
#define WEFT_SIM_PLAN_H

#include <jansson.h>

#include "tests/sim/right.h"
#include "tests/sim/sim.h"

#define PLAN_TURN_US 20                  /* a wake-up of the process with the system calls that belong to it */
#define PLAN_OP_US 8                     /* a change of the kernel (tests/bench: 6 to 9 us) */
#define PLAN_BYTE_NS 20                  /* a byte said or heard: some 2 us for an UPDATE (build/bench_core) */
#define PLAN_WATCH_S 20                  /* how long each event is looked at */
#define PLAN_REST_S 60

struct plan_count { struct wire_count sent, received; uint64_t ops; };
struct plan {
	struct world *w;
	struct right right;
	unsigned slow;                   /* times the costs above; 0: nodes take no time */
	uint64_t ops[SIM_NODES];         /* by id - 1, as the next two */
	mono busy[SIM_NODES];            /* until then */
	struct plan_queue { struct event *e; size_t first, n, room; } waiting[SIM_NODES];        /* for them, in order */
	struct plan_count before[SIM_NODES];     /* the present event */
	mono began;
	mono right_at, settled_at;       /* all kernels right; the last UPDATE or change of a kernel */
};
void plan_run(struct plan *p, mono until);
void plan_end(struct plan *p);
void plan_begin(struct plan *p);
json_t *plan_counted(const struct plan *p);      /* since plan_begin */
json_t *plan_sizes(struct plan *p);              /* what each role's nodes hold; ends all processes */

const char *tier_str(enum tier tier);
#define TIER_LAST TIER_HOST

#endif
