/* What the kernel answers: late, no, or not at all like what was asked. And what an earlier run left behind. */
#include "nexthop/fib.h"

#include <errno.h>
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "tests/unit/nexthop/fib_rig.h"

static struct rig *with_neighs(uint32_t n)
{
	struct rig *r = rig_new(true, false);

	for (uint32_t i = 1; i <= n; i++)
		rig_neigh(r, i);
	rig_run(r);
	return r;
}

static struct fib_stats stats(const struct rig *r)
{
	struct fib_stats s;

	fib_stats(r->fib, &s);
	return s;
}

/* --- errors --------------------------------------------------------------------------------------------------------------------- */
Test(fib_retry, a_refused_route_is_not_installed_and_says_why)
{
	struct rig *r = with_neighs(1);

	r->refuse[FIB_ROUTE_SET] = ENOMEM;
	rig_set(r, "10.0.0.0/24", "1");
	rig_run(r);
	cr_assert_not(rig_installed(r, "10.0.0.0/24"));
	cr_assert_eq(rig_error(r, "10.0.0.0/24"), -ENOMEM);
	cr_assert_eq(stats(r).errors, 1);
	cr_assert_eq(stats(r).installed, 0);
	cr_assert_eq(mono_diff_ms(fib_next(r->fib), r->now), 1000);
	r->refuse[FIB_ROUTE_SET] = 0;
	cr_assert_str_eq(rig_in(r, 999), "", "too early");
	cr_assert_str_eq(rig_in(r, 1), "route+10.0.0.0/24=a");
	cr_assert(rig_installed(r, "10.0.0.0/24"));
	cr_assert_eq(rig_error(r, "10.0.0.0/24"), 0);
	cr_assert(mono_is_never(fib_next(r->fib)));
	cr_assert_geq(stats(r).retries, 1);
	rig_free(r);
}

/* What the kernel answers to each kind of change: those that it gives for it, and those of a kernel in need or of a daemon that lost its rights. */
static const int answers[] = { ENOBUFS, EEXIST, ESRCH, ENOENT, ENOMEM, EINVAL, EPERM, ENOSPC, EBUSY, EAGAIN, ENODEV, ENETDOWN, ENETUNREACH, EOPNOTSUPP };

static bool means_gone(enum fib_op_kind kind, int error)          /* and it is there: the kernel does not lie */
{
	bool deletion = kind == FIB_HOP_DEL || kind == FIB_GROUP_DEL || kind == FIB_ROUTE_DEL;

	return deletion && (error == ENOENT || error == ESRCH || error == EEXIST || error == ENODEV);
}

static void expect_right(struct rig *r, const char *what, int kind, int error)
{
	cr_expect(rig_installed(r, "10.0.0.0/24") && rig_installed(r, "10.0.1.0/24"), "%s of kind %d answered by %s", what, kind, strerror(error));
	cr_expect(r->kernel.n_routes == 2 && r->kernel.n_groups == 2 && r->kernel.n_neighs == 2 && r->kernel.n_hops == 2,
		  "%s of kind %d answered by %s: %zu %zu %zu %zu", what, kind, strerror(error), r->kernel.n_routes, r->kernel.n_groups,
		  r->kernel.n_neighs, r->kernel.n_hops);
	cr_expect(mono_is_never(fib_next(r->fib)), "%s of kind %d answered by %s: it rests", what, kind, strerror(error));
}

Test(fib_retry, whatever_is_refused_and_why_the_end_is_right)
{
	static const enum fib_op_kind kinds[] = { FIB_NEIGH_SET, FIB_HOP_SET, FIB_GROUP_SET, FIB_ROUTE_SET };

	for (size_t i = 0; i < ARRAY_LEN(kinds) * ARRAY_LEN(answers); i++) {
		enum fib_op_kind kind = kinds[i / ARRAY_LEN(answers)];
		int error = answers[i % ARRAY_LEN(answers)];
		struct rig *r = rig_new(true, false);

		rig_neigh(r, 1);
		rig_neigh(r, 2);
		rig_set(r, "10.0.0.0/24", "1 2");
		rig_set(r, "10.0.1.0/24", "1");
		r->refuse[kind] = error;
		rig_run(r);
		rig_in(r, 1000);
		cr_expect_gt(stats(r).errors, 0);
		cr_expect(kind != FIB_ROUTE_SET || rig_error(r, "10.0.0.0/24") == -error, "the reason can be seen");
		r->refuse[kind] = 0;
		for (int k = 0; k < 4; k++)
			rig_in(r, 60000);
		expect_right(r, "the making", kind, error);
		rig_free(r);
	}
}

Test(fib_retry, whatever_change_or_deletion_is_refused_and_why_the_end_is_right)
{
	static const enum fib_op_kind kinds[] = { FIB_HOP_SET, FIB_GROUP_SET, FIB_ROUTE_SET, FIB_NEIGH_SET, FIB_HOP_DEL, FIB_GROUP_DEL, FIB_ROUTE_DEL };

	for (size_t i = 0; i < ARRAY_LEN(kinds) * ARRAY_LEN(answers); i++) {
		enum fib_op_kind kind = kinds[i / ARRAY_LEN(answers)];
		int error = answers[i % ARRAY_LEN(answers)];
		struct rig *r = rig_new(true, false);

		rig_neigh(r, 1);
		rig_neigh(r, 2);
		rig_neigh(r, 3);
		rig_set(r, "10.0.0.0/24", "1 3");
		rig_set(r, "10.0.1.0/24", "3");
		rig_set(r, "10.0.2.0/24", "2");
		rig_run(r);
		r->refuse[kind] = means_gone(kind, error) ? 0 : error;
		rig_set(r, "10.0.0.0/24", "1 2");
		rig_set(r, "10.0.1.0/24", "1");
		rig_del(r, "10.0.2.0/24");
		fib_neigh_del(r->fib, 3);
		rig_run(r);
		rig_in(r, 1000);
		r->refuse[kind] = 0;
		for (int k = 0; k < 4; k++)
			rig_in(r, 60000);
		expect_right(r, "the change", kind, error);
		rig_free(r);
	}
}

Test(fib_retry, a_refused_move_to_other_hops_loses_no_route)
{
	struct rig *r = with_neighs(3);

	rig_set_range(r, 0, 20, "1 2");
	rig_run(r);
	r->refuse[FIB_GROUP_SET] = ENOMEM;
	rig_set_range(r, 0, 20, "3");
	rig_run(r);
	cr_assert_eq(r->kernel.n_routes, 20, "they stay on the hops that they had");
	r->refuse[FIB_GROUP_SET] = 0;
	for (int i = 0; i < 4; i++)
		rig_in(r, 60000);
	cr_assert_eq(r->kernel.n_routes, 20);
	cr_assert_eq(r->kernel.n_hops, 1);
	cr_assert_eq(r->kernel.hops[0].ifindex, 3);
	rig_free(r);
}

Test(fib_retry, a_refused_change_of_a_group_leaves_its_routes_where_they_are)
{
	struct rig *r = with_neighs(2);

	rig_set(r, "10.0.0.0/24", "1 2");
	rig_run(r);
	r->refuse[FIB_GROUP_SET] = ENOMEM;
	rig_set(r, "10.0.0.0/24", "1");
	rig_run(r);
	cr_assert_eq(r->kernel.n_routes, 1);
	cr_assert_eq(r->kernel.n_hops, 2, "a hop that the kernel still uses");
	r->refuse[FIB_GROUP_SET] = 0;
	rig_in(r, 1000);
	cr_assert_eq(r->kernel.n_hops, 1);
	cr_assert_eq(r->kernel.groups[0].n, 1);
	cr_assert(rig_installed(r, "10.0.0.0/24"));
	rig_free(r);
}

Test(fib_retry, a_deletion_of_what_is_gone_is_done)
{
	static const struct { enum fib_op_kind kind; int error; } rows[] = {
		{ FIB_ROUTE_DEL, ESRCH }, { FIB_ROUTE_DEL, ENOENT }, { FIB_GROUP_DEL, ENOENT }, { FIB_HOP_DEL, ENOENT }, { FIB_NEIGH_DEL, ENOENT },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *r = with_neighs(1);

		rig_set(r, "10.0.0.0/24", "1");
		rig_run(r);
		r->refuse[rows[i].kind] = rows[i].error;
		rig_del(r, "10.0.0.0/24");
		fib_neigh_del(r->fib, 1);
		rig_run(r);
		cr_assert(mono_is_never(fib_next(r->fib)), "row %zu", i);
		cr_assert_str_eq(rig_in(r, 60000), "", "row %zu", i);
		cr_assert_eq(stats(r).errors, 0, "row %zu", i);
		rig_free(r);
	}
}

Test(fib_retry, a_refused_deletion_is_tried_again)
{
	struct rig *r = with_neighs(1);

	rig_set(r, "10.0.0.0/24", "1");
	rig_run(r);
	r->refuse[FIB_ROUTE_DEL] = ENOMEM;
	rig_del(r, "10.0.0.0/24");
	rig_run(r);
	cr_assert_eq(r->kernel.n_routes, 1, "and nothing that it uses was taken away");
	r->refuse[FIB_ROUTE_DEL] = 0;
	rig_in(r, 1000);
	rig_in(r, 60000);
	cr_assert_eq(r->kernel.n_routes + r->kernel.n_groups + r->kernel.n_hops, 0);
	rig_free(r);
}

Test(fib_retry, an_answer_to_nothing_is_ignored)
{
	struct rig *r = with_neighs(1);

	rig_set(r, "10.0.0.0/24", "1");
	rig_run(r);
	fib_acked(r->fib, 1, -EINVAL, r->now);
	fib_acked(r->fib, 4000000000u, -EINVAL, r->now);
	cr_assert_str_eq(rig_in(r, 60000), "");
	cr_assert(rig_installed(r, "10.0.0.0/24"));
	rig_free(r);
}

/* --- in flight ------------------------------------------------------------------------------------------------------------------ */
Test(fib_flight, wishes_that_change_while_ops_are_in_flight_converge)
{
	struct rig *r = with_neighs(3);

	rig_set_range(r, 0, 50, "1 2");
	fib_commit(r->fib, r->now);
	rig_take(r);
	rig_set_range(r, 0, 25, "3");
	rig_set_range(r, 25, 50, "1");
	fib_commit(r->fib, r->now);
	rig_take(r);
	rig_set_range(r, 0, 50, "1 2");
	fib_commit(r->fib, r->now);
	rig_take(r);
	rig_ack(r);
	rig_run(r);
	cr_assert_eq(r->refused, 0);
	cr_assert_eq(r->kernel.n_routes, 50);
	for (size_t i = 0; i < r->kernel.n_groups; i++)
		cr_assert_eq(r->kernel.groups[i].n, 2);
	cr_assert_eq(r->kernel.n_hops, 2);
	rig_free(r);
}

Test(fib_flight, deleted_and_wanted_again_while_in_flight)
{
	struct rig *r = with_neighs(1);

	rig_set(r, "10.0.0.0/24", "1");
	fib_commit(r->fib, r->now);
	rig_take(r);
	rig_del(r, "10.0.0.0/24");
	fib_commit(r->fib, r->now);
	rig_take(r);
	rig_set(r, "10.0.0.0/24", "1");
	fib_commit(r->fib, r->now);
	rig_take(r);
	rig_ack(r);
	rig_run(r);
	cr_assert_eq(r->refused, 0);
	cr_assert_eq(r->kernel.n_routes, 1);
	cr_assert(rig_installed(r, "10.0.0.0/24"));
	rig_free(r);
}

/* It was done, and the kernel's queue of answers was full (-ENOBUFS). */
Test(fib_flight, a_route_whose_answer_was_lost_goes_when_nobody_wants_it_any_more)
{
	struct rig *r = with_neighs(1);

	rig_set(r, "10.0.0.0/24", "1");
	rig_run(r);
	rig_set(r, "10.0.1.0/24", "1");
	fib_commit(r->fib, r->now);
	cr_assert_str_eq(rig_take(r), "route+10.0.1.0/24=a");
	r->unacked[r->n_unacked - 1].error = -ENOBUFS;
	rig_ack(r);
	rig_del(r, "10.0.1.0/24");
	rig_run(r);
	rig_in(r, 1000);
	cr_assert_eq(r->kernel.n_routes, 1);
	rig_free(r);
}

Test(fib_flight, wanted_again_while_its_deletion_waits_to_be_taken)
{
	struct rig *r = with_neighs(3);
	struct fib_op op;
	const char *ops;

	rig_set_range(r, 0, 3, "1");
	rig_set_range(r, 3, 6, "2");
	rig_run(r);
	for (unsigned i = 0; i < 3; i++)
		fib_del(r->fib, &(struct prefix){ AF_INET, 32, { 10, 1, 0, (uint8_t)i } });
	fib_commit(r->fib, r->now);
	cr_assert_eq(fib_take(r->fib, &op, 1), 1);
	cr_assert_eq(op.kind, FIB_ROUTE_DEL);
	fake_exec(&r->kernel, &op);
	fib_acked(r->fib, ++r->seq, 0, r->now);
	rig_set_range(r, 0, 3, "3");
	ops = rig_run(r);
	cr_assert_eq(rig_count(ops, "route-"), 0, "%s", ops);
	cr_assert_eq(r->kernel.n_routes, 6, "%s", ops);
	rig_free(r);
}

Test(fib_flight, a_late_refusal_after_the_wish_has_changed)
{
	struct rig *r = with_neighs(2);

	r->refuse[FIB_ROUTE_SET] = ENOMEM;
	rig_set(r, "10.0.0.0/24", "1");
	fib_commit(r->fib, r->now);
	rig_take(r);
	r->refuse[FIB_ROUTE_SET] = 0;
	rig_set(r, "10.0.0.0/24", "2");
	fib_commit(r->fib, r->now);
	rig_take(r);
	rig_ack(r);
	for (int i = 0; i < 4; i++)
		rig_in(r, 60000);
	cr_assert(rig_installed(r, "10.0.0.0/24"));
	cr_assert_eq(r->kernel.n_routes, 1);
	cr_assert_eq(r->kernel.n_groups, 1);
	cr_assert_eq(r->kernel.hops[0].ifindex, 2);
	rig_free(r);
}

/* --- leftovers ------------------------------------------------------------------------------------------------------------------ */
/* A new process over the kernel that the old one left: everything is told as a dump tells it. */
static void restart(struct rig *r)
{
	rig_restart(r);
	fake_tell(&r->kernel, r->fib);
}

/* odd: with another preferred source than the new process is told, so its IPv4 routes cannot be adopted. */
static struct rig *with_leftovers(bool odd)
{
	struct rig *r = with_neighs(2);

	rig_set(r, "10.0.0.0/24", "1 2");
	rig_set(r, "10.0.1.0/24", "1 2");
	rig_set(r, "2001:db8::/64", "1");
	rig_run(r);
	if (odd)
		r->cfg.src.s_addr = htonl(0x0a00fe02);
	restart(r);
	return r;
}

static size_t objects(const struct rig *r)
{
	return r->kernel.n_routes + r->kernel.n_groups + r->kernel.n_hops + r->kernel.n_neighs;
}

Test(fib_start, leftovers_stay_until_the_sweep)
{
	struct rig *r = with_leftovers(false);
	size_t n = objects(r);

	cr_assert_str_eq(rig_run(r), "");
	cr_assert_eq(objects(r), n);
	fib_sweep(r->fib);
	rig_run(r);
	cr_assert_eq(objects(r), 0);
	cr_assert_eq(r->refused, 0);
	rig_free(r);
}

Test(fib_start, an_odd_leftover_that_is_wanted_is_one_replace_and_never_deleted)
{
	struct rig *r = with_leftovers(true);
	const char *ops;

	rig_neigh(r, 1);
	rig_neigh(r, 2);
	rig_set(r, "10.0.0.0/24", "1 2");
	ops = rig_run(r);
	cr_assert_eq(rig_count(ops, "route+10.0.0.0/24"), 1, "%s", ops);
	cr_assert_eq(rig_count(ops, "route-"), 0, "%s", ops);
	fib_sweep(r->fib);
	ops = rig_run(r);
	cr_assert_eq(rig_count(ops, "route-10.0.1.0/24"), 1, "%s", ops);
	cr_assert_eq(rig_count(ops, "route-2001:db8::/64"), 1, "%s", ops);
	cr_assert_eq(rig_count(ops, "route-"), 2, "%s", ops);
	cr_assert_eq(rig_count(ops, "neigh-"), 0, "%s", ops);
	cr_assert_eq(r->refused, 0);
	cr_assert_eq(r->kernel.n_routes, 1);
	cr_assert_eq(r->kernel.n_groups, 1);
	cr_assert_eq(r->kernel.n_hops, 2);
	cr_assert_eq(r->kernel.n_neighs, 2);
	cr_assert_str_eq(rig_in(r, 60000), "");
	rig_free(r);
}

Test(fib_start, ids_that_were_seen_are_not_used_again_before_they_are_swept)
{
	struct rig *r = with_leftovers(true);
	uint32_t old[16], n_old = 0;

	for (size_t i = 0; i < r->kernel.n_hops; i++)
		old[n_old++] = r->kernel.hops[i].id;
	for (size_t i = 0; i < r->kernel.n_groups; i++)
		old[n_old++] = r->kernel.groups[i].id;
	rig_neigh(r, 1);
	rig_neigh(r, 2);
	rig_set_range(r, 0, 4, "1");
	rig_set_range(r, 4, 8, "1 2");
	fib_commit(r->fib, r->now);
	for (struct fib_op op; fib_take(r->fib, &op, 1);)
		for (size_t i = 0; i < n_old; i++)
			cr_assert_neq(op.id, old[i]);
	rig_free(r);
}

Test(fib_start, a_leftover_classic_route_is_replaced_or_swept_too)
{
	struct rig *r = rig_new(true, false);

	r->kernel.routes[0] = (struct fake_route){ .prefix = rig_prefix("10.0.0.0/24"), .n = 1 };
	r->kernel.routes[1] = (struct fake_route){ .prefix = rig_prefix("10.0.1.0/24"), .n = 1 };
	r->kernel.n_routes = 2;
	restart(r);
	rig_neigh(r, 1);
	rig_set(r, "10.0.0.0/24", "1");
	cr_assert_str_eq(rig_run(r), "neigh+1 hop+1 group+{1}=a route+10.0.0.0/24=a");
	fib_sweep(r->fib);
	cr_assert_str_eq(rig_run(r), "route-10.0.1.0/24");
	rig_free(r);
}

Test(fib_start, classic_leftovers_are_replaced_and_swept)
{
	struct rig *r = rig_new(false, false);
	const char *ops;

	rig_neigh(r, 1);
	rig_set(r, "10.0.0.0/24", "1");
	rig_set(r, "10.0.1.0/24", "1");
	rig_run(r);
	restart(r);
	rig_neigh(r, 1);
	rig_set(r, "10.0.0.0/24", "1");
	ops = rig_run(r);
	cr_assert_eq(rig_count(ops, "route+10.0.0.0/24={1}"), 1, "%s", ops);
	fib_sweep(r->fib);
	cr_assert_str_eq(rig_run(r), "route-10.0.1.0/24");
	rig_free(r);
}

Test(fib_start, flush_removes_everything)
{
	struct rig *r = with_leftovers(true);

	rig_neigh(r, 2);
	rig_set(r, "10.0.0.0/24", "2");
	rig_set(r, "10.3.0.0/24", "2");
	rig_run(r);
	rig_set(r, "10.4.0.0/24", "2");
	fib_flush(r->fib);
	/* As on exit: nobody commits any more, ops are taken until there are none. */
	for (int i = 0; i < 8; i++)
		rig_drain(r);
	cr_assert_eq(r->kernel.n_routes, 0);
	cr_assert_eq(objects(r), 0);
	cr_assert_eq(r->refused, 0);
	rig_free(r);
}
