/* What somebody else deleted or changed is put back by the next commit, and nobody else's route is taken for ours. */
#include <criterion/criterion.h>

#include <errno.h>

#include "tests/unit/nexthop/fib_rig.h"

static struct rig *with_routes(void)
{
	struct rig *r = rig_new(true, false);

	rig_neigh(r, 1);
	rig_neigh(r, 2);
	rig_set(r, "10.0.0.0/24", "1 2");
	rig_set(r, "10.0.1.0/24", "1 2");
	rig_set(r, "10.0.2.0/24", "2");
	cr_assert_str_eq(rig_run(r), "neigh+1 neigh+2 hop+1 hop+2 group+{1,2}=a group+{2}=b route+10.0.0.0/24=a route+10.0.1.0/24=a route+10.0.2.0/24=b");
	return r;
}

static struct fib_deed on_route(const char *prefix, bool gone)
{
	return (struct fib_deed){ .kind = DEED_ROUTE, .gone = gone, .ours = true, .replaced = !gone, .prefix = rig_prefix(prefix) };
}

static bool route_deleted(struct rig *r, const char *prefix)
{
	struct fib_deed deed = on_route(prefix, true);

	*fake_route(&r->kernel, &deed.prefix) = r->kernel.routes[r->kernel.n_routes - 1];
	r->kernel.n_routes--;
	return fib_deed(r->fib, &deed);
}

static bool object(struct rig *r, uint32_t id, bool gone)
{
	return fib_deed(r->fib, &(struct fib_deed){ .kind = DEED_OBJECT, .gone = gone, .id = id });
}

static uint64_t put_back(struct rig *r)
{
	struct fib_stats s;

	fib_stats(r->fib, &s);
	return s.put_back;
}

/* Makes of the fake kernel's route one that somebody else has there. */
static struct fake_route *foreign(struct rig *r, const char *prefix)
{
	struct prefix p = rig_prefix(prefix);
	struct fake_route *x = fake_route(&r->kernel, &p);

	if (!x)
		x = &r->kernel.routes[r->kernel.n_routes++];
	*x = (struct fake_route){ .prefix = p, .n = 1, .foreign = true };
	return x;
}

Test(fib_deed, a_deleted_route_is_written_again_and_counted)
{
	struct rig *r = with_routes();

	cr_assert(route_deleted(r, "10.0.1.0/24"));
	cr_assert_not(rig_installed(r, "10.0.1.0/24"));
	cr_assert_eq(fib_next(r->fib).us, 0, "at once");
	cr_assert_str_eq(rig_run(r), "route-10.0.1.0/24 route+10.0.1.0/24=a");
	cr_assert(rig_installed(r, "10.0.1.0/24"));
	cr_assert_eq(put_back(r), 1);
	rig_free(r);
}

Test(fib_deed, a_changed_route_is_replaced)
{
	struct rig *r = with_routes();
	struct fib_deed ours = on_route("10.0.1.0/24", false), theirs = ours;

	cr_assert(fib_deed(r->fib, &ours));
	cr_assert_not(fib_deed(r->fib, &ours), "said twice: counted once");
	cr_assert_str_eq(rig_run(r), "route+10.0.1.0/24=a");
	theirs.ours = false;
	cr_assert(fib_deed(r->fib, &theirs), "another protocol now, but it was ours");
	cr_assert_str_eq(rig_run(r), "route+10.0.1.0/24=a");
	cr_assert_eq(put_back(r), 2);
	rig_free(r);
}

Test(fib_deed, a_route_that_is_told_again_as_it_is_stays)
{
	struct rig *r = with_routes();
	struct fib_deed deed = on_route("10.0.1.0/24", false);

	deed.id = fake_route(&r->kernel, &deed.prefix)->group;
	deed.src = r->cfg.src;
	cr_assert_not(fib_deed(r->fib, &deed));
	cr_assert_str_eq(rig_run(r), "");
	deed.odd = true;
	cr_assert(fib_deed(r->fib, &deed));
	deed.odd = false;
	deed.src.s_addr = 0;
	cr_assert_str_eq(rig_run(r), "route+10.0.1.0/24=a");
	cr_assert(fib_deed(r->fib, &deed), "it has lost its source");
	rig_free(r);
}

Test(fib_deed, what_was_never_ours_or_is_not_wanted_is_nothing)
{
	struct rig *r = with_routes();
	struct fib_deed deed = on_route("10.9.0.0/24", true);

	cr_assert_not(fib_deed(r->fib, &deed));
	cr_assert_not(object(r, FIB_ID_LAST, true));
	cr_assert_not(fib_deed(r->fib, &(struct fib_deed){ .kind = DEED_NEIGH, .ifindex = 9 }));
	cr_assert_not(fib_deed(r->fib, &(struct fib_deed){ 0 }));
	rig_del(r, "10.0.1.0/24");
	cr_assert_not(route_deleted(r, "10.0.1.0/24"));
	cr_assert_str_eq(rig_run(r), "route-10.0.1.0/24", "it may have been written since");
	cr_assert_eq(put_back(r), 0);
	rig_free(r);
}

Test(fib_deed, a_deleted_group_comes_back_with_its_routes)
{
	struct rig *r = with_routes();
	uint32_t a = r->kernel.groups[0].id;

	cr_assert_eq(fake_exec(&r->kernel, &(struct fib_op){ .kind = FIB_GROUP_DEL, .id = a }), 0);
	cr_assert(object(r, a, true));
	cr_assert_not(object(r, a, true));
	cr_assert_str_eq(rig_run(r), "group+{1,2}=a route+10.0.0.0/24=a route+10.0.1.0/24=a");
	cr_assert_eq(put_back(r), 1);
	rig_free(r);
}

Test(fib_deed, a_changed_group_is_one_message)
{
	struct rig *r = with_routes();

	cr_assert(object(r, r->kernel.groups[0].id, false));
	cr_assert_str_eq(rig_run(r), "group+{1,2}=a");
	rig_free(r);
}

Test(fib_deed, a_deleted_hop_comes_back_to_its_groups_and_to_routes_that_went_with_it)
{
	struct rig *r = with_routes();
	uint32_t id = r->kernel.hops[1].id;

	cr_assert_eq(fake_exec(&r->kernel, &(struct fib_op){ .kind = FIB_HOP_DEL, .id = id }), 0);
	cr_assert(object(r, id, true));
	cr_assert_str_eq(rig_run(r), "hop+2 group+{1,2}=a group+{2}=b route+10.0.2.0/24=b");
	cr_assert(object(r, id, false));
	cr_assert_str_eq(rig_run(r), "hop+2", "changed: the groups still have it");
	rig_free(r);
}

Test(fib_deed, a_neighbour_is_written_again_also_when_it_comes_to_be_wanted_later)
{
	struct rig *r = with_routes();
	struct fib_deed deed = { .kind = DEED_NEIGH, .gone = true, .ifindex = 1 };

	cr_assert(fib_deed(r->fib, &deed));
	cr_assert_str_eq(rig_run(r), "neigh+1");
	fib_neigh_del(r->fib, 1);
	cr_assert_not(fib_deed(r->fib, &deed));
	rig_neigh(r, 1);
	cr_assert_str_eq(rig_run(r), "neigh+1");
	rig_free(r);
}

Test(fib_deed, what_was_refused_because_more_was_deleted_is_tried_again_at_once)
{
	struct rig *r = with_routes();
	uint32_t a = r->kernel.groups[0].id, hop = r->kernel.hops[0].id;

	fake_exec(&r->kernel, &(struct fib_op){ .kind = FIB_GROUP_DEL, .id = a });
	fake_exec(&r->kernel, &(struct fib_op){ .kind = FIB_HOP_DEL, .id = hop });
	cr_assert(object(r, a, true));
	rig_run(r);
	cr_assert_eq(rig_error(r, "10.0.0.0/24"), -EINVAL);
	cr_assert(object(r, hop, true));
	cr_assert_str_eq(rig_run(r), "hop+1 group+{1,2}=a route+10.0.0.0/24=a route+10.0.1.0/24=a");
	cr_assert(rig_installed(r, "10.0.0.0/24"));
	rig_free(r);
}

Test(fib_deed, a_route_of_others_in_our_place_stays_and_ours_says_so)
{
	struct rig *r = with_routes();
	struct prefix p = rig_prefix("10.0.5.0/24");

	foreign(r, "10.0.5.0/24");
	rig_set(r, "10.0.5.0/24", "2");
	cr_assert_str_eq(rig_run(r), "route+10.0.5.0/24=b");
	cr_assert_eq(rig_error(r, "10.0.5.0/24"), -EEXIST);
	cr_assert_str_eq(rig_in(r, 1000), "route-10.0.5.0/24 route+10.0.5.0/24=b", "a deletion names our protocol");
	cr_assert(fake_route(&r->kernel, &p)->foreign);
	rig_set(r, "10.0.5.0/24", "1 2");
	rig_run(r);
	cr_assert(fake_route(&r->kernel, &p)->foreign, "nor does another wish take it");
	rig_free(r);
}

Test(fib_deed, when_the_route_of_others_goes_ours_comes_at_once)
{
	struct rig *r = with_routes();
	struct fib_deed deed = on_route("10.0.5.0/24", true);

	deed.ours = false;
	foreign(r, "10.0.5.0/24");
	rig_set(r, "10.0.5.0/24", "2");
	rig_run(r);
	r->kernel.n_routes--;
	cr_assert_not(fib_deed(r->fib, &deed));
	cr_assert_str_eq(rig_run(r), "route-10.0.5.0/24 route+10.0.5.0/24=b");
	cr_assert(rig_installed(r, "10.0.5.0/24"));
	cr_assert_eq(rig_error(r, "10.0.5.0/24"), 0);
	rig_free(r);
}

Test(fib_deed, a_route_of_others_that_came_beside_ours_is_never_replaced)
{
	struct rig *r = with_routes();
	struct fib_deed deed = on_route("10.0.2.0/24", false);
	struct prefix p = rig_prefix("10.0.2.0/24");

	deed.ours = deed.replaced = false;
	cr_assert_not(fib_deed(r->fib, &deed));
	cr_assert_str_eq(rig_run(r), "", "ours is still there");
	foreign(r, "10.0.2.0/24");
	rig_set(r, "10.0.2.0/24", "1 2");
	cr_assert_str_eq(rig_run(r), "route-10.0.2.0/24 route+10.0.2.0/24=a group-b");
	cr_assert(fake_route(&r->kernel, &p)->foreign);
	cr_assert_eq(rig_error(r, "10.0.2.0/24"), -EEXIST);
	rig_free(r);
}

Test(fib_deed, a_route_of_others_is_remembered_while_ours_is_not_wished_for)
{
	struct rig *r = with_routes();
	struct prefix p = rig_prefix("10.0.5.0/24");

	foreign(r, "10.0.5.0/24");
	rig_set(r, "10.0.5.0/24", "2");
	rig_run(r);
	rig_del(r, "10.0.5.0/24");
	rig_run(r);
	rig_set(r, "10.0.5.0/24", "2");
	r->refuse[FIB_ROUTE_SET] = ENOBUFS;      /* who knows whether it was done */
	rig_run(r);
	r->refuse[FIB_ROUTE_SET] = 0;
	cr_assert_str_eq(rig_in(r, 1000), "route-10.0.5.0/24 route+10.0.5.0/24=b");
	cr_assert(fake_route(&r->kernel, &p)->foreign);
	cr_assert_eq(rig_error(r, "10.0.5.0/24"), -EEXIST);
	rig_free(r);
}

Test(fib_deed, ours_that_was_there_against_all_that_is_known_is_found_again)
{
	struct rig *r = with_routes();

	foreign(r, "10.0.5.0/24")->foreign = false;
	rig_set(r, "10.0.5.0/24", "2");
	rig_run(r);
	cr_assert_eq(rig_error(r, "10.0.5.0/24"), -EEXIST);
	rig_in(r, 1000);
	cr_assert(rig_installed(r, "10.0.5.0/24"));
	rig_free(r);
}

/* The deletion was before ours were made again, and is heard after that. */
Test(fib_deed, old_news_leave_nothing_behind)
{
	for (int what = 0; what < 4; what++) {
		struct rig *r = rig_new(true, false);

		rig_neigh(r, 1);
		rig_set(r, "10.0.0.0/24", "1");
		rig_run(r);
		cr_assert(object(r, what % 2 ? r->kernel.groups[0].id : r->kernel.hops[0].id, true));
		if (what / 2)
			fib_link_out(r->fib, 1);
		rig_del(r, "10.0.0.0/24");
		rig_run(r);
		cr_expect(r->kernel.n_routes == 0 && r->kernel.n_groups == 0 && r->kernel.n_hops == 0, "%d: %zu routes, %zu groups, %zu hops", what,
			  r->kernel.n_routes, r->kernel.n_groups, r->kernel.n_hops);
		rig_free(r);
	}
}

/* Somebody took the number of a group that could not be made: it would never be one of ours, and our routes would go his way. */
Test(fib_deed, who_has_the_number_of_what_is_not_there_keeps_it)
{
	struct rig *r = rig_new(true, false);
	uint32_t hop, group;

	rig_neigh(r, 1);
	r->refuse[FIB_HOP_SET] = r->refuse[FIB_GROUP_SET] = -ENOBUFS;
	rig_set(r, "10.0.0.0/24", "1");
	rig_run(r);
	hop = FIB_ID_FIRST;
	group = FIB_ID_FIRST + 1;
	cr_assert(!object(r, hop, false) && !object(r, group, false), "nothing of ours was changed");
	r->refuse[FIB_HOP_SET] = r->refuse[FIB_GROUP_SET] = 0;
	rig_in(r, 2000);
	cr_assert(rig_installed(r, "10.0.0.0/24"));
	cr_assert(!fake_hop(&r->kernel, hop) && !fake_group(&r->kernel, group), "others' numbers");
	cr_assert_eq(put_back(r), 0);
	rig_free(r);
}
