/* One route from the wish to its group. */
#include <errno.h>

#include <criterion/criterion.h>

#include "tests/unit/nexthop/fib_rig.h"

#define P "10.0.0.0/24"

static struct fib_explain_view of(struct rig *r, const char *prefix)
{
	struct prefix p = rig_prefix(prefix);
	struct fib_explain_view v;

	fib_explain(r->fib, &p, &v);
	return v;
}

Test(fib_explain, from_the_wish_to_what_the_kernel_has)
{
	struct rig *r = rig_new(true, false);
	struct fib_explain_view v;
	struct prefix none = rig_prefix("10.9.0.0/24");

	for (uint32_t i = 1; i <= 2; i++)
		rig_neigh(r, i);
	rig_set(r, P, "1 2*3");
	v = of(r, P);
	cr_expect(v.wanted && v.standing == FIB_COMES && v.group == 0 && v.n_wants == 2 && v.n_holds == 0);
	rig_run(r);
	v = of(r, P);
	cr_expect(v.wanted && v.standing == FIB_STANDS && v.group >= FIB_ID_FIRST && v.group_installed && v.routes == 1);
	cr_expect(v.n_wants == 2 && v.n_meant == 2 && v.n_holds == 2 && v.holds[1].weight == 3);
	cr_expect_not(fib_explain(r->fib, &none, &v));
	rig_free(r);
}

Test(fib_explain, a_group_that_lost_a_hop_is_still_meant_for_both)
{
	struct rig *r = rig_new(true, false);
	struct fib_explain_view v;

	for (uint32_t i = 1; i <= 2; i++)
		rig_neigh(r, i);
	rig_set(r, P, "1 2");
	rig_run(r);
	rig_link_lost(r, 2, false);
	v = of(r, P);
	cr_expect(v.n_wants == 2 && v.n_meant == 2);
	cr_expect(v.n_holds == 1 && v.holds[0].ifindex == 1);
	rig_free(r);
}

Test(fib_explain, a_refusal_is_told)
{
	struct rig *r = rig_new(true, false);
	struct fib_explain_view v;

	rig_neigh(r, 1);
	r->refuse[FIB_ROUTE_SET] = EINVAL;
	rig_set(r, P, "1");
	rig_run(r);
	v = of(r, P);
	cr_expect_eq(v.error, -EINVAL);
	cr_expect(v.wanted && v.standing == FIB_MISSING && v.group == 0);
	rig_free(r);
}
