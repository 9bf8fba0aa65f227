/* What the kernel refuses again and again is tried more and more seldom, whatever it is. */
#include "nexthop/fib.h"

#include <errno.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "tests/unit/nexthop/fib_rig.h"

static int64_t pause_of(const struct rig *r)
{
	return mono_diff_ms(fib_next(r->fib), r->now);
}

/* From 1 s to 60 s; returns the last one. */
static int64_t expect_growing(struct rig *r, int kind)
{
	int64_t pause, last = 0;

	for (int i = 0; i < 20; i++) {
		pause = pause_of(r);
		cr_assert(pause >= last && pause >= 1000 && pause <= 60000, "kind %d, %d: %lld after %lld", kind, i, (long long)pause, (long long)last);
		cr_assert(i < 1 || pause > last || pause == 60000, "kind %d, %d: it grows", kind, i);
		last = pause;
		rig_in(r, pause);
	}
	cr_assert_eq(last, 60000);
	return last;
}

static struct rig *with_route(void)
{
	struct rig *r = rig_new(true, false);

	rig_neigh(r, 1);
	rig_set(r, "10.0.0.0/24", "1");
	rig_run(r);
	return r;
}

Test(fib_pause, it_grows_and_success_resets_it_whatever_is_refused)
{
	static const enum fib_op_kind kinds[] = { FIB_NEIGH_SET, FIB_HOP_SET, FIB_GROUP_SET, FIB_ROUTE_SET };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct rig *r = rig_new(true, false);

		r->refuse[kinds[i]] = EINVAL;
		rig_neigh(r, 1);
		rig_set(r, "10.0.0.0/24", "1");
		rig_run(r);
		expect_growing(r, kinds[i]);
		r->refuse[kinds[i]] = 0;
		rig_in(r, 60000);
		cr_assert(rig_installed(r, "10.0.0.0/24"), "kind %d", kinds[i]);
		cr_assert(mono_is_never(fib_next(r->fib)));
		r->refuse[kinds[i]] = EINVAL;
		rig_neigh(r, 2);
		rig_set(r, "10.0.1.0/24", "2");
		rig_run(r);
		cr_assert_eq(pause_of(r), 1000, "kind %d: something else", kinds[i]);
		rig_free(r);
	}
}

Test(fib_pause, it_grows_when_deletions_are_refused)
{
	static const enum fib_op_kind kinds[] = { FIB_NEIGH_DEL, FIB_HOP_DEL, FIB_GROUP_DEL };   /* a route goes with its group */

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct rig *r = with_route();

		fib_sweep(r->fib);
		r->refuse[kinds[i]] = EBUSY;
		rig_del(r, "10.0.0.0/24");
		fib_neigh_del(r->fib, 1);
		rig_run(r);
		expect_growing(r, kinds[i]);
		rig_free(r);
	}
}

Test(fib_pause, it_grows_when_what_an_earlier_run_left_cannot_be_removed)
{
	static const enum fib_op_kind kinds[] = { FIB_HOP_DEL, FIB_GROUP_DEL };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct rig *r = with_route();

		r->cfg.src.s_addr = htonl(0x0a00fe02);   /* not as this run would make it: not adopted */
		rig_restart(r);
		fake_tell(&r->kernel, r->fib);
		r->refuse[kinds[i]] = EBUSY;
		fib_sweep(r->fib);
		rig_run(r);
		expect_growing(r, kinds[i]);
		rig_free(r);
	}
}

Test(fib_pause, another_mac_is_another_chance)
{
	static const uint8_t mac[6] = { 2, 0, 0, 0, 9, 9 };
	struct rig *r = rig_new(true, false);

	r->refuse[FIB_NEIGH_SET] = EINVAL;
	rig_neigh(r, 1);
	rig_set(r, "10.0.0.0/24", "1");
	rig_run(r);
	expect_growing(r, FIB_NEIGH_SET);
	r->refuse[FIB_NEIGH_SET] = 0;
	cr_assert_str_eq(rig_run(r), "", "not before the pause is over");
	fib_neigh(r->fib, 1, mac);
	rig_run(r);
	cr_assert(rig_installed(r, "10.0.0.0/24"), "at once");
	rig_free(r);
}
