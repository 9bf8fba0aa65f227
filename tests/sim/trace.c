#include "tests/sim/trace.h"

void trace_op(struct world *w, const struct node *n, const struct fib_op *op, int error)
{
	trace_mix(w, (uint64_t)n->id << 32 | (uint64_t)op->kind << 24 | (uint32_t)-error);
	trace_mix(w, (uint64_t)op->seq << 32 | op->id);
	trace_bytes(w, &op->prefix, op->prefix.family ? sizeof(op->prefix) : 0);
	for (size_t i = 0; i < op->n && op->hops; i++)
		trace_mix(w, (uint64_t)op->hops[i].ifindex << 8 | op->hops[i].weight);
}
