/* What is done first when a session or a link dies, and what when the kernel refuses, forgets or has leftovers. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "world.h"

static void two_way(struct world *w)
{
	for (unsigned n = 1; n <= 3; n++)
		world_peer(w, n);
	for (unsigned n = 1; n <= 2; n++)
		world_announce(w, n, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	world_announce(w, 1, "10.3.0.0/24", NULL, 0);
	cr_assert_str_eq(world_route(w, "10.1.0.0/24"), "swp1 swp2");
	for (int s = 0; s < 300; s++) {                  /* what changed only lately may be written again, to be sure */
		for (unsigned n = 1; n <= 3; n++)
			world_keepalive(w, n);
		world_wait(w, 1000);
	}
	world_clear(w);
}

Test(agent_failure, ended_session_takes_its_member_out_before_anybody_is_told)
{
	struct world *w = world_new(NULL);
	size_t n;

	two_way(w);
	world_notify(w, 1, NOTIFY_CEASE, CEASE_ADMIN_SHUTDOWN);
	world_kernel(w);
	cr_expect_eq(world_count(w, "hop_del swp1"), 1u, "before the turn");
	cr_expect_eq(w->n_lines, 2u, "one message, however many routes; and the connection's end");
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp2");
	agent_tcp_pending(w->agent, w->conn[3], &n);
	cr_expect_eq(n, 0u);
	world_turn(w);
	cr_expect_eq(world_count(w, "to swp3: UPDATE -10.3.0.0/24"), 1u);
	cr_expect_eq(world_count(w, "to swp3: UPDATE +10.1.0.0/24 +10.2.0.0/24 path 65001 65102 *"), 1u);
	cr_expect_eq(world_count(w, "route_set *"), 0u);
	cr_expect_str_eq(world_route(w, "10.3.0.0/24"), "");
	world_free(w);
}

Test(agent_failure, lost_carrier_sends_the_kernel_nothing_that_it_did_by_itself)
{
	struct world *w = world_new(NULL);

	two_way(w);
	world_carrier(w, 1, false);
	cr_expect_eq(world_count(w, "hop_del *"), 0u);
	cr_expect_eq(world_count(w, "route_set *"), 0u);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp2");
	cr_expect_eq(world_count(w, "to swp3: UPDATE -10.3.0.0/24"), 1u);
	world_clear(w);
	world_carrier(w, 1, true);
	world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:01");
	world_open(w, 1);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24 10.3.0.0/24", NULL, 0);
	cr_expect_eq(world_count(w, "hop_set swp1"), 1u, "the next hop is made again,");
	cr_expect_geq(world_count(w, "group_set swp1 swp2"), 1u, "and the group written again");
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1 swp2");
	cr_expect_str_eq(world_route(w, "10.3.0.0/24"), "swp1");
	world_free(w);
}

Test(agent_failure, refused_route_is_tried_again)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	w->fib_error = -ENOMEM;
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "");
	w->fib_error = 0;
	world_wait(w, 3000);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	world_free(w);
}

Test(agent_failure, everything_is_written_again_when_the_kernel_is_not_sure)
{
	struct world *w = world_new(NULL);

	two_way(w);
	agent_kernel_unsure(w->agent);
	world_turn(w);
	cr_expect_eq(world_count(w, "route_set *"), 3u);
	cr_expect_geq(world_count(w, "hop_set *"), 2u);
	cr_expect_eq(world_count(w, "neigh_set *"), 3u);
	cr_expect_eq(world_count(w, "*_del *") + world_count(w, "to *"), 0u);
	world_clear(w);
	world_turn(w);
	cr_expect_eq(w->n_lines, 0u, "once");
	world_free(w);
}

Test(agent_failure, leftovers_of_an_earlier_run_that_nobody_announces_are_swept)
{
	struct world *w = world_new_bare(NULL, true);
	struct prefix p;

	prefix_parse("10.9.0.0/24", &p);
	agent_fib_seen(w->agent, &(struct fib_seen){ .kind = SEEN_ROUTE, .prefix = p, .id = FIB_ID_FIRST + 7 });
	agent_fib_seen(w->agent, &(struct fib_seen){ .kind = SEEN_GROUP, .id = FIB_ID_FIRST + 7, .odd = true });
	agent_fib_seen(w->agent, &(struct fib_seen){ .kind = SEEN_HOP, .id = FIB_ID_FIRST + 8, .odd = true });
	agent_start(w->agent, w->now);
	world_turn(w);
	cr_expect_eq(world_count(w, "route_del 10.9.0.0/24"), 1u);
	cr_expect_eq(world_count(w, "group_del*"), 1u);
	cr_expect_eq(world_count(w, "hop_del*"), 1u);
	world_free(w);
}

/* Many prefixes, behind so many ASes. */
static void announce_many(struct world *w, unsigned n, size_t n_path)
{
	static const uint32_t path[] = { 65201, 65202, 65203 };
	char prefixes[16 * 20] = "";

	for (unsigned i = 0; i < 16; i++)
		sprintf(prefixes + strlen(prefixes), " 10.99.%u.0/24", i);
	world_announce_path_quietly(w, n, prefixes, path, n_path);
}

Test(agent_failure, the_first_update_after_a_lost_link_has_the_nearest_prefixes_first)
{
	struct world *w = world_new(NULL);
	const char *first;

	for (unsigned n = 1; n <= 2; n++)
		world_peer(w, n);
	announce_many(w, 1, 2);                  /* learned from outside, before the fabric's own */
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	world_clear(w);
	world_carrier(w, 1, false);
	first = w->lines[world_at(w, "to swp2: UPDATE*")];
	cr_expect(strncmp(first, "to swp2: UPDATE -10.1.0.0/24 -10.99.", 36) == 0, "%s", first);
	world_free(w);
}

Test(agent_failure, the_nearest_of_many_changes_is_written_first)
{
	struct world *w = world_new(NULL);

	for (unsigned n = 1; n <= 2; n++) {
		world_peer(w, n);
		announce_many(w, n, 2);
		world_announce(w, n, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	}
	cr_assert_str_eq(world_route(w, "10.1.0.0/24"), "swp1 swp2");
	world_clear(w);
	announce_many(w, 1, 3);                  /* longer now: peer 2 alone is used */
	world_withdraw(w, 1, "10.1.0.0/24");
	cr_expect_str_eq(world_route(w, "10.99.15.0/24"), "swp2");
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp2");
	cr_expect_lt(world_at(w, "route_set 10.1.0.0/24"), world_at(w, "route_set 10.99.1.0/24"));
	world_free(w);
}

Test(agent_failure, a_carrier_that_is_seen_to_be_lost_is_lost_before_the_kernel_says_so)
{
	struct world *w = world_new(NULL);

	two_way(w);
	agent_carrier_lost(w->agent, SWP(1), w->now);
	world_turn(w);
	cr_expect_eq(world_count(w, "to swp3: UPDATE -10.3.0.0/24"), 1u);
	world_clear(w);
	world_carrier(w, 1, false);
	cr_expect_eq(world_count(w, "to swp3: *") + world_count(w, "*_set *"), 0u, "that is no news then");
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp2");
	agent_carrier_lost(w->agent, SWP(1), w->now);
	agent_carrier_lost(w->agent, 77, w->now);
	world_turn(w);
	world_clear(w);
	world_carrier(w, 1, true);
	world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:01");
	world_open(w, 1);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24 10.3.0.0/24", NULL, 0);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1 swp2");
	world_free(w);
}
