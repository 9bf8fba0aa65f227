/* What is confirmed, and who is told when that is another answer. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "tests/unit/nexthop/fib_rig.h"

#define P "10.0.0.0/24"
#define Q "10.0.1.0/24"

static char heard[4096];                 /* the prefixes that were told */

static void news(void *ctx, const struct prefix *p)
{
	char buf[PREFIX_STRLEN];

	(void)ctx;
	snprintf(heard + strlen(heard), sizeof(heard) - strlen(heard), "%s ", prefix_str(p, buf));
}

static const char *what_was_heard(void)
{
	static char copy[sizeof(heard)];

	strcpy(copy, heard);
	heard[0] = 0;
	return copy;
}

static struct rig *watched(bool objects)
{
	struct rig *r = rig_new(objects, false);

	for (uint32_t i = 1; i <= 3; i++)
		rig_neigh(r, i);
	rig_run(r);
	fib_on_news(r->fib, news, NULL);
	return r;
}

static enum fib_standing of(struct rig *r, const char *prefix)
{
	struct prefix p = rig_prefix(prefix);

	return fib_standing(r->fib, &p);
}

static void take(struct rig *r)
{
	fib_commit(r->fib, r->now);
	rig_take(r);
}

Test(fib_standing, a_new_route_stands_when_it_is_answered_and_not_before)
{
	for (int objects = 0; objects < 2; objects++) {
		struct rig *r = watched(objects);

		cr_expect_eq(of(r, P), FIB_MISSING);
		rig_set(r, P, "1 2");
		cr_expect_eq(of(r, P), FIB_COMES, "a wish");
		take(r);
		cr_expect_eq(of(r, P), FIB_COMES, "the kernel has been asked");
		cr_expect_str_eq(what_was_heard(), "");
		rig_ack(r);
		cr_expect_str_eq(what_was_heard(), P " ");
		cr_expect_eq(of(r, P), FIB_STANDS);
		rig_del(r, P);
		rig_run(r);
		cr_expect_eq(of(r, P), FIB_MISSING);
		cr_expect_str_eq(what_was_heard(), "", "nobody waits for what is not wanted");
		rig_free(r);
	}
}

Test(fib_standing, a_refused_route_is_missing_until_a_retry_succeeds)
{
	static const int errors[] = { ENOSPC, ENOMEM, EINVAL };

	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		struct rig *r = watched(true);

		r->refuse[FIB_ROUTE_SET] = errors[i];
		rig_set(r, P, "1");
		of(r, P);
		rig_run(r);
		cr_expect_str_eq(what_was_heard(), P " ");
		cr_expect_eq(of(r, P), FIB_MISSING);
		r->refuse[FIB_ROUTE_SET] = 0;
		rig_in(r, 1000);
		cr_expect_str_eq(what_was_heard(), P " ");
		cr_expect_eq(of(r, P), FIB_STANDS);
		rig_free(r);
	}
}

Test(fib_standing, what_is_refused_is_tried_at_once_when_there_is_hope)
{
	struct rig *r = watched(true);

	fib_hope(r->fib);
	cr_expect(mono_is_never(fib_next(r->fib)), "nothing was refused");
	r->refuse[FIB_ROUTE_SET] = EINVAL;
	rig_set(r, P, "1");
	rig_run(r);
	r->refuse[FIB_ROUTE_SET] = 0;
	rig_run(r);
	cr_expect_eq(of(r, P), FIB_MISSING);
	fib_hope(r->fib);
	rig_run(r);
	cr_expect_eq(of(r, P), FIB_STANDS);
	rig_free(r);
}

/* The kernel forwards as before; what is announced may stay as it is. */
Test(fib_standing, a_refused_change_leaves_what_was_there)
{
	struct rig *r = watched(true);

	rig_set(r, P, "1");
	rig_set(r, Q, "1");
	rig_run(r);
	r->refuse[FIB_ROUTE_SET] = ENOMEM;
	rig_set(r, P, "2");
	rig_run(r);
	cr_expect_eq(of(r, P), FIB_COMES);
	cr_expect_eq(of(r, Q), FIB_STANDS);
	what_was_heard();
	r->refuse[FIB_ROUTE_SET] = 0;
	rig_in(r, 1000);
	rig_in(r, 1000);
	cr_expect_str_eq(what_was_heard(), P " ");
	cr_expect_eq(of(r, P), FIB_STANDS);
	rig_free(r);
}

Test(fib_standing, routes_that_change_with_their_group_are_told_when_the_group_is_answered)
{
	struct rig *r = watched(true);
	const char *ops;

	rig_set_range(r, 0, 3, "1 2");
	rig_run(r);
	what_was_heard();
	rig_set_range(r, 0, 3, "1 3");
	cr_expect_eq(of(r, "10.1.0.0/32"), FIB_COMES);
	cr_expect_eq(of(r, "10.1.0.2/32"), FIB_COMES);
	fib_commit(r->fib, r->now);
	ops = rig_take(r);
	cr_expect_eq(rig_count(ops, "route"), 0, "%s", ops);
	cr_expect_eq(of(r, "10.1.0.1/32"), FIB_COMES);
	rig_ack(r);
	fib_commit(r->fib, r->now);
	cr_expect_str_eq(what_was_heard(), "10.1.0.0/32 10.1.0.1/32 10.1.0.2/32 ");
	cr_expect_eq(of(r, "10.1.0.0/32"), FIB_STANDS);
	rig_free(r);
}

Test(fib_standing, a_group_that_is_refused_is_told_when_it_is_taken)
{
	struct rig *r = watched(true);

	rig_set_range(r, 0, 2, "1 2");
	rig_run(r);
	what_was_heard();
	r->refuse[FIB_GROUP_SET] = ENOMEM;
	rig_set_range(r, 0, 2, "1 3");
	of(r, "10.1.0.0/32");
	rig_run(r);
	cr_expect_str_eq(what_was_heard(), "");
	cr_expect_eq(of(r, "10.1.0.0/32"), FIB_COMES);
	r->refuse[FIB_GROUP_SET] = 0;
	rig_in(r, 1000);
	cr_expect_not_null(strstr(what_was_heard(), "10.1.0.0/32 "));
	cr_expect_eq(of(r, "10.1.0.0/32"), FIB_STANDS);
	rig_free(r);
}

Test(fib_standing, what_has_lost_its_only_link_is_missing_and_told)
{
	struct rig *r = watched(true);

	rig_set(r, P, "1");
	of(r, P);
	rig_run(r);
	what_was_heard();
	rig_link_lost(r, 1, true);
	fib_neigh_del(r->fib, 1);
	rig_run(r);
	cr_expect_str_eq(what_was_heard(), P " ");
	cr_expect_eq(of(r, P), FIB_MISSING, "nobody is there");
	fake_link_back(&r->kernel, 1);
	rig_neigh(r, 1);
	rig_run(r);
	cr_expect_str_eq(what_was_heard(), P " ");
	cr_expect_eq(of(r, P), FIB_STANDS);
	rig_free(r);
}

Test(fib_standing, a_moment_has_passed_when_all_that_was_awaited_then_is_told_whatever_came_since)
{
	struct rig *r = watched(true);
	uint32_t mark = fib_await_mark(r->fib);

	cr_expect(fib_await_passed(r->fib, mark), "nothing is awaited");
	rig_set(r, P, "1");
	of(r, P);
	take(r);
	mark = fib_await_mark(r->fib);
	cr_expect_not(fib_await_passed(r->fib, mark));
	rig_set(r, Q, "1");
	of(r, Q);
	rig_ack(r);                      /* of P */
	cr_expect(fib_await_passed(r->fib, mark));
	mark = fib_await_mark(r->fib);
	cr_expect_not(fib_await_passed(r->fib, mark));
	rig_del(r, Q);
	cr_expect(fib_await_passed(r->fib, mark), "it is not wanted any more");
	rig_free(r);
}

Test(fib_standing, nothing_is_settled_while_a_route_is_still_where_it_was_because_its_change_was_refused)
{
	struct rig *r = watched(true);

	rig_set(r, P, "1");
	rig_set(r, Q, "1");
	rig_run(r);
	cr_expect(fib_settled(r->fib));
	for (enum fib_op_kind kind = FIB_GROUP_SET; kind <= FIB_ROUTE_SET; kind += FIB_ROUTE_SET - FIB_GROUP_SET) {
		r->refuse[kind] = ENOMEM;
		rig_set(r, P, kind == FIB_GROUP_SET ? "2" : "3");
		rig_run(r);
		cr_expect_not(fib_settled(r->fib), "operation %d", kind);
		r->refuse[kind] = 0;
	}
	rig_free(r);
}

Test(fib_standing, everything_is_settled_when_the_last_answer_is_there)
{
	struct rig *r = watched(true);

	cr_expect(fib_settled(r->fib));
	rig_set(r, P, "1");
	cr_expect_not(fib_settled(r->fib));
	take(r);
	cr_expect_not(fib_settled(r->fib), "not answered");
	rig_ack(r);
	rig_run(r);
	cr_expect(fib_settled(r->fib));
	r->refuse[FIB_ROUTE_SET] = ENOMEM;
	rig_set(r, Q, "1");
	rig_run(r);
	cr_expect_not(fib_settled(r->fib), "refused");
	rig_free(r);
}
