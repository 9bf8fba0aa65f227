/* Which errors: those that Linux can answer to such an operation. A deletion that is refused as if there were nothing would be a lie: then what is
 * left is nobody's fault. */
#include "tests/sim/refusals.h"

#include <errno.h>

#include "agent/base/own.h"
#include "tests/sim/model_priv.h"

#define OP(kind) (1u << (kind))
#define SETS (OP(FIB_HOP_SET) | OP(FIB_GROUP_SET) | OP(FIB_ROUTE_SET) | OP(FIB_NEIGH_SET))
#define ALL (SETS | OP(FIB_HOP_DEL) | OP(FIB_GROUP_DEL) | OP(FIB_ROUTE_DEL) | OP(FIB_NEIGH_DEL))

static const struct { int error; unsigned ops; bool done; } answers[] = {
	{ -ENOMEM, ALL, false }, { -ENOBUFS, ALL, false }, { -ENOBUFS, ALL, true }, { -EPERM, ALL, false }, { -EINVAL, SETS, false },
	{ -ENODEV, OP(FIB_HOP_SET) | OP(FIB_NEIGH_SET), false }, { -ENETDOWN, OP(FIB_HOP_SET), false }, { -ESRCH, OP(FIB_ROUTE_SET), false },
	{ -EEXIST, OP(FIB_ROUTE_SET), false }, { -ENOSPC, OP(FIB_GROUP_SET) | OP(FIB_ROUTE_SET), false },
};

static int some_error(struct rng *r, const struct fib_op *op, bool *ret_done)
{
	unsigned i;

	do
		i = rng_below(r, ARRAY_LEN(answers));
	while (!(answers[i].ops & OP(op->kind)) || (answers[i].error == -EEXIST && !op->create));
	*ret_done = answers[i].done;
	return answers[i].error;
}

/* A table takes no more: what is there can be replaced. */
static bool is_full(const struct node *n, const struct fib_op *op)
{
	const struct model *m = n->kernel;

	if (n->full_until.us <= n->world->now.us)
		return false;
	if (op->kind == FIB_ROUTE_SET)
		return m->route.used >= n->room && !m_route_find(m, &op->prefix);
	return (op->kind == FIB_HOP_SET || op->kind == FIB_GROUP_SET) && m->object.used >= n->room && !m_object_find(m, op->id);
}

bool refuses(const struct node *n)
{
	return n->world->kernel_error_percent || n->refuses_until.us > n->world->now.us;
}

/* For no reason, because this process may not for a while, or because a table is full: 0, or the answer. *ret_done: it was done nevertheless, and
 * the answer got lost. */
static int refusal(const struct node *n, const struct fib_op *op, bool *ret_done)
{
	struct world *w = n->world;

	*ret_done = false;
	if (n->refuses_until.us > w->now.us)
		return n->refuses;
	if (is_full(n, op))
		return op->kind == FIB_ROUTE_SET ? -ENOBUFS : -ENOMEM;
	return w->kernel_error_percent && rng_chance(&w->rng, w->kernel_error_percent) ? some_error(&w->rng, op, ret_done) : 0;
}

int kernel_do(struct node *n, const struct fib_op *op)
{
	struct world *w = n->world;
	bool done;
	int r = refusal(n, op, &done), real = !r || done ? model_exec(n->kernel, op, n) : 0;

	r = r ? r : real;
	w->kernel_errors += r != 0;
	w->kernel_ops++;
	return r;
}

void refuse_percent(struct world *w, struct rng *r)
{
	w->kernel_error_percent = w->kernel_error_percent ? 0 : 5 + rng_below(r, 6);
	world_say(w, "kernel errors: %u %%", w->kernel_error_percent);
}

void refuse_all(struct world *w, struct rng *r)
{
	static const int errors[] = { -EPERM, -ENOMEM, -ENOBUFS };
	struct node *n = some_node(w, r);

	n->refuses = errors[rng_below(r, ARRAY_LEN(errors))];
	n->refuses_until = mono_add_ms(w->now, 100 + rng_below(r, 20000));
	world_say(w, "%s: kernel refuses everything for %.3f s", n->name, (double)(n->refuses_until.us - w->now.us) / 1e6);
}

void refuse_more(struct world *w, struct rng *r)
{
	struct node *n = some_node(w, r);

	n->room = rng_below(r, 2 * w->n_nodes);
	n->full_until = mono_add_ms(w->now, 100 + rng_below(r, 20000));
	world_say(w, "%s: tables have room for %u for %.3f s", n->name, n->room, (double)(n->full_until.us - w->now.us) / 1e6);
}

void refusals_end(struct world *w)
{
	w->kernel_error_percent = 0;
	for (unsigned i = 0; i < w->n_nodes; i++)
		w->nodes[i].refuses_until = w->nodes[i].full_until = (mono){ 0 };
}
