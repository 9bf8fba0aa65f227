#include "nexthop/fib.h"

#include <criterion/criterion.h>

#include "tests/unit/nexthop/fib_rig.h"

/* "0" is the blackhole. */
Test(fib_blackhole, it_waits_for_no_neighbour_and_nothing_that_happens_to_links_touches_it)
{
	struct rig *r = rig_new(true, false);

	rig_set(r, "10.0.0.1/32", "0");
	rig_set(r, "2001:db8::1/128", "0");
	cr_assert_str_eq(rig_run(r), "hop+0 hop+0/6 group+{0/6}=a group+{0}=b route+10.0.0.1/32=b route+2001:db8::1/128=a");
	cr_assert(rig_installed(r, "10.0.0.1/32"));
	fib_link_out(r->fib, 1);
	rig_link_lost(r, 2, true);
	cr_assert_str_eq(rig_run(r), "");
	cr_assert(rig_installed(r, "10.0.0.1/32") && rig_installed(r, "2001:db8::1/128"));
	cr_assert_eq(r->refused, 0);
	rig_free(r);
}

Test(fib_blackhole, a_route_goes_there_and_back_without_a_gap)
{
	for (int objects = 0; objects < 2; objects++) {
		struct rig *r = rig_new(objects, false);
		const char *log;

		rig_neigh(r, 1);
		rig_set(r, "10.0.0.1/32", "1");
		rig_set(r, "10.0.0.2/32", "1");
		rig_run(r);
		rig_set(r, "10.0.0.1/32", "0");
		log = rig_run(r);
		cr_assert_null(strstr(log, "route-"), "%s", log);
		cr_assert(rig_installed(r, "10.0.0.1/32") && rig_installed(r, "10.0.0.2/32"));
		rig_set(r, "10.0.0.1/32", "1");
		log = rig_run(r);
		cr_assert_null(strstr(log, "route-"), "%s", log);
		cr_assert_eq(r->refused, 0);
		rig_free(r);
	}
}

Test(fib_blackhole, what_an_earlier_run_left_is_taken_over)
{
	struct rig *r = rig_new(true, false);
	struct prefix p = rig_prefix("10.0.0.1/32");
	const char *log;

	fib_seen(r->fib, &(struct fib_seen){ .kind = SEEN_ROUTE, .prefix = p });
	rig_set(r, "10.0.0.1/32", "0");
	fib_sweep(r->fib);
	log = rig_run(r);
	cr_assert_null(strstr(log, "route-"), "%s", log);
	cr_assert_not_null(strstr(log, "route+10.0.0.1/32"), "%s", log);
	rig_free(r);
}
