/* tests/sim/trace.h: a running hash over all that happens in a world: events, bytes of TCP, what kernels were told and what they said. Two runs of a
 * seed have the same, or the simulation is not worth its name. Values only, never a pointer. */
#ifndef WEFT_SIM_TRACE_H
#define WEFT_SIM_TRACE_H

#include <string.h>

#include "tests/sim/sim.h"

static inline void trace_mix(struct world *w, uint64_t x)
{
	w->trace = ((w->trace << 5 | w->trace >> 59) ^ x) * 0x9e3779b97f4a7c15u;
}

static inline void trace_bytes(struct world *w, const void *p, size_t n)
{
	uint64_t x;

	trace_mix(w, n);
	for (size_t i = 0; i < n; i += sizeof(x)) {
		x = 0;
		memcpy(&x, (const char *)p + i, n - i < sizeof(x) ? n - i : sizeof(x));
		trace_mix(w, x);
	}
}

void trace_op(struct world *w, const struct node *n, const struct fib_op *op, int error);

#endif
