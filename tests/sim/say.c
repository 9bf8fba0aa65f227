/* What people read (--verbose), and what is counted of the kernels' operations. */
#include "tests/sim/sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"
#include "tests/sim/coverage.h"
#include "tests/sim/trace.h"

void world_say(const struct world *w, const char *fmt, ...)
{
	va_list ap;

	if (!w->cfg.verbose)
		return;
	printf("%10.6f ", (double)w->now.us / 1e6);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

void op_say(const struct node *n, const struct fib_op *op, int error)
{
	static const char *const names[] = {
		[FIB_HOP_SET] = "next hop", [FIB_HOP_DEL] = "no next hop", [FIB_GROUP_SET] = "group", [FIB_GROUP_DEL] = "no group",
		[FIB_ROUTE_SET] = "route", [FIB_ROUTE_DEL] = "no route", [FIB_NEIGH_SET] = "neighbour", [FIB_NEIGH_DEL] = "no neighbour",
	};
	char line[512], prefix[PREFIX_STRLEN] = "";
	int at;

	trace_op(n->world, n, op, error);
	if (error)
		snprintf(line, sizeof(line), "%s: %s", names[op->kind], strerrorname_np(-error));
	cover(n->world, "kernel", error ? line : names[op->kind]);
	if (!n->world->cfg.verbose)
		return;
	if (op->prefix.family)
		prefix_str(&op->prefix, prefix);
	at = snprintf(line, sizeof(line), "%s: kernel: %s %u %s", n->name, names[op->kind], op->id, prefix);
	for (size_t i = 0; i < op->n && at < (int)sizeof(line) - 64; i++)
		at += snprintf(line + at, sizeof(line) - (size_t)at, " swp%u", op->hops[i].ifindex - SIM_PORT0 + 1);
	world_say(n->world, "%s%s%s", line, error ? ": " : "", error ? strerror(-error) : "");
}
