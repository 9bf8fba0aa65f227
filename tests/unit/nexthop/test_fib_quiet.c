/* Which groups the kernel would announce the routes of when they are given other members. */
#include "nexthop/fib.h"

#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "tests/unit/nexthop/fib_rig.h"

static struct rig *r;

/* The first group that is set by the next ops; all of these are done then. */
static struct fib_op group_op(void)
{
	struct fib_op ops[64], found = { 0 };
	size_t n;

	fib_commit(r->fib, r->now);
	n = fib_take(r->fib, ops, ARRAY_LEN(ops));
	for (size_t i = 0; i < n; i++) {
		if (ops[i].kind == FIB_GROUP_SET && !found.id)
			found = ops[i];
		fib_acked(r->fib, ops[i].seq, 0, r->now);
	}
	cr_assert_neq(found.id, 0);
	return found;
}

Test(fib_quiet, group_that_routes_point_at_says_so)
{
	r = rig_new(true, false);
	rig_neigh(r, 1);
	rig_neigh(r, 2);
	rig_set_range(r, 0, 30, "1");
	cr_assert_not(group_op().has_routes, "it is new");
	rig_set_range(r, 0, 30, "1 2");
	cr_assert(group_op().has_routes);
	rig_set_range(r, 100, 110, "2");
	cr_assert_not(group_op().has_routes, "another one is new");
	fib_unsure(r->fib);
	cr_assert(group_op().has_routes, "nobody knows");
	rig_free(r);
}
