/* Several routers on one link: each has a session and hops of its own, and none of them costs another one anything. */
#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/show.h"
#include "world.h"

#define MAC(n) "02:00:00:00:ff:0" #n
#define LINKS(settings) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"links\": {\"swp1\": {" settings "}, \"swp*\": {}}}"
#define DIRECT2 " fe80::ff:2"

/* Peers 1 to n on swp1, all Established; then peer 4 on swp4. */
static struct world *switched(const char *config, unsigned n)
{
	static const char *const addrs[] = { "fe80::ff:1", "fe80::ff:2", "fe80::ff:3" };
	static const char *const macs[] = { MAC(1), MAC(2), MAC(3) };
	struct world *w = world_new(config);

	world_swp_up(w, 1);
	for (unsigned i = 1; i <= n; i++) {
		w->behind[i] = 1;
		world_ra(w, 1, addrs[i - 1], macs[i - 1]);
		world_open(w, i);
	}
	world_peer(w, 4);
	return w;
}

Test(agent_routers, each_has_a_session_and_one_beyond_is_reported_and_not_used)
{
	struct world *w = switched(LINKS("\"routers\": 2"), 2);

	for (unsigned n = 1; n <= 2; n++)
		cr_expect_eq(world_state(w, n), BGP_ESTABLISHED, "%u", n);
	world_clear(w);
	world_ra(w, 1, "fe80::ff:3", MAC(3));
	cr_expect_eq(world_count(w, "connect *"), 0u);
	cr_expect_eq(world_accept(w, 1, "fe80::ff:3"), 0u);
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.alarms.0"),
			 "\"3 routers are heard where 2 are allowed; the others are not spoken to\"");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.further.0.address"), "\"fe80::ff:2\"");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.others.0.address"), "\"fe80::ff:3\"");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.connections_refused"), "1");
	world_free(w);
}

Test(agent_routers, only_the_first_is_behind_the_on_link_address)
{
	struct world *w = switched(LINKS("\"routers\": 2"), 2);

	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	world_announce(w, 2, "10.1.0.0/24", NULL, 0);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1 swp1");
	cr_expect_eq(world_count(w, "neigh_set swp1 *"), 1u);
	cr_expect_eq(world_count(w, "neigh_set swp1 " MAC(1)), 1u);
	cr_expect_eq(world_count(w, "hop_set swp1"), 1u);
	cr_expect_eq(world_count(w, "hop_set swp1" DIRECT2), 1u);
	cr_expect_str_eq(world_shows(show_routes(w->agent, NULL), "1.next_hops"),
			 "[{\"address\":\"fe80::ff:1\",\"link\":\"swp1\",\"weight\":1},{\"address\":\"fe80::ff:2\",\"link\":\"swp1\",\"weight\":1}]");
	world_free(w);
}

static void end_by_close(struct world *w, unsigned n)
{
	agent_tcp_closed(w->agent, w->conn[n], 0, w->now);
	world_turn(w);
}

Test(agent_routers, end_of_ones_session_takes_its_hop_alone)
{
	for (unsigned n = 1; n <= 3; n++) {
		struct world *w = switched(LINKS("\"routers\": 3"), 3);

		for (unsigned i = 1; i <= 3; i++)
			world_announce(w, i, "10.1.0.0/24", NULL, 0);
		world_announce(w, 4, "10.1.0.0/24", NULL, 0);
		cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1 swp1 swp1 swp4");
		world_clear(w);
		end_by_close(w, n);
		cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1 swp1 swp4");
		cr_expect_eq(world_count(w, "hop_del swp1*"), 1u, "%u", n);
		cr_expect_eq(world_count(w, "hop_del *"), 1u);
		cr_expect_eq(world_count(w, "hop_set *") + world_count(w, "route_*") + world_count(w, "neigh_*"), 0u);
		for (unsigned i = 1; i <= 4; i++)
			cr_expect_eq(world_state(w, i) == BGP_ESTABLISHED, i != n, "%u %u", n, i);
		world_free(w);
	}
}

Test(agent_routers, one_without_session_that_is_silent_is_forgotten_and_may_come_back)
{
	struct world *w = switched(LINKS("\"routers\": 2"), 2);

	end_by_close(w, 2);
	for (int i = 0; i < 5; i++) {
		for (unsigned n = 1; n <= 4; n += 3)
			world_keepalive(w, n);
		world_wait(w, 5000);
	}
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), "1"), "(nothing)");
	world_ra(w, 1, "fe80::ff:3", MAC(3));
	w->behind[3] = 1;
	world_open(w, 3);
	cr_expect_eq(world_state(w, 3), BGP_ESTABLISHED, "another one has its place");
	world_free(w);
}

Test(agent_routers, a_connection_makes_one_known_before_its_advertisement)
{
	struct world *w = switched(LINKS("\"routers\": 2"), 1);

	w->behind[2] = 1;
	world_open(w, 2);
	cr_expect_eq(world_state(w, 2), BGP_ESTABLISHED);
	cr_expect_eq(world_count(w, "neigh_get swp1" DIRECT2), 1u);
	world_neigh(w, 1, "fe80::ff:2", MAC(2));
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), "1.mac"), "\"" MAC(2) "\"");
	cr_expect_eq(world_count(w, "neigh_set swp1 " MAC(2)), 0u);
	world_free(w);
}

Test(agent_routers, the_links_terms_hold_for_each)
{
	struct world *w = switched(LINKS("\"routers\": 2, \"max_prefixes\": 1, \"password\": \"secret\""), 2);

	cr_expect_eq(world_count(w, "guard swp1 *"), 1u, "one listener, whose password is everybody's");
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	world_announce(w, 2, "10.1.0.0/24", NULL, 0);
	cr_expect_eq(world_state(w, 2), BGP_ESTABLISHED);
	world_announce(w, 2, "10.2.0.0/24", NULL, 0);
	cr_expect_neq(world_state(w, 2), BGP_ESTABLISHED, "one prefix each");
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	world_free(w);
}

Test(agent_routers, lost_link_forgets_all_and_they_come_back)
{
	struct world *w = switched(LINKS("\"routers\": 2"), 2);

	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	world_announce(w, 2, "10.1.0.0/24", NULL, 0);
	world_clear(w);
	world_carrier(w, 1, false);
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), ""), "[]");
	cr_expect_eq(world_count(w, "hop_del *"), 0u, "the kernel did that");
	cr_expect_eq(world_count(w, "close swp1"), 2u);
	world_carrier(w, 1, true);
	world_ra(w, 1, "fe80::ff:2", MAC(2));
	world_ra(w, 1, "fe80::ff:1", MAC(1));
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), "0.address"), "\"fe80::ff:2\"", "the first now");
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), "1.name"), "\"fe80::ff:1%swp1\"");
	cr_expect_eq(world_count(w, "neigh_set swp1 " MAC(2)), 1u);
	world_free(w);
}

Test(agent_routers, our_new_address_on_the_link_starts_all_sessions_over)
{
	struct world *w = switched(LINKS("\"routers\": 2"), 2);

	world_clear(w);
	world_addr(w, ADDR_DEL, SWP(1), "fe80::1/64");
	world_addr(w, ADDR_NEW, SWP(1), "fe80::77/64");
	world_ra(w, 1, "fe80::ff:1", MAC(1));
	world_ra(w, 1, "fe80::ff:2", MAC(2));
	cr_expect_eq(world_count(w, "connect swp1 fe80::ff:1"), 1u);
	cr_expect_eq(world_count(w, "connect fe80::ff:2%swp1 fe80::ff:2"), 1u);
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), "1.local_address"), "\"fe80::77\"");
	world_free(w);
}

Test(agent_routers, a_changed_address_without_a_gap_does_too)
{
	struct world *w = switched(LINKS("\"routers\": 2"), 2);

	world_addr(w, ADDR_NEW, SWP(1), "fe80::0:77/64");
	world_clear(w);
	world_addr(w, ADDR_DEL, SWP(1), "fe80::1/64");
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), "0.local_address"), "\"fe80::77\"");
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), "1.local_address"), "\"fe80::77\"");
	for (unsigned n = 1; n <= 2; n++)
		cr_expect_neq(world_state(w, n), BGP_ESTABLISHED);
	world_free(w);
}

static const struct { const char *name; bool ends[5]; } resets[] = {
	{ "swp1", { [1] = true, [2] = true } },
	{ "fe80::ff:1%swp1", { [1] = true } },
	{ "fe80:0::ff:2%swp1", { [2] = true } },
	{ "swp4", { [4] = true } },
};

Test(agent_routers, reset_is_for_all_of_a_link_or_for_one)
{
	for (size_t i = 0; i < ARRAY_LEN(resets); i++) {
		struct world *w = switched(LINKS("\"routers\": 2"), 2);

		cr_expect_eq(agent_reset(w->agent, resets[i].name, NULL, w->now), 0);
		for (unsigned n = 1; n <= 4; n++)
			if (n != 3)
				cr_expect_eq(world_state(w, n) != BGP_ESTABLISHED, resets[i].ends[n], "%s %u", resets[i].name, n);
		world_free(w);
	}
}

Test(agent_routers, reset_of_nobody_is_refused)
{
	static const char *const names[] = { "swp9", "fe80::ff:9%swp1", "fe80::ff:1%swp4", "fe80::ff:1", "%swp1", "x%swp1" };
	struct world *w = switched(LINKS("\"routers\": 2"), 2);

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		cr_expect_lt(agent_reset(w->agent, names[i], NULL, w->now), 0, "%s", names[i]);
	world_free(w);
}

Test(agent_routers, neighbors_tell_them_apart_by_address)
{
	struct world *w = switched(LINKS("\"routers\": 2"), 2);
	static const char *const rows[][2] = {
		{ "0.link", "\"swp1\"" }, { "1.link", "\"swp1\"" }, { "0.name", "\"swp1\"" }, { "1.name", "\"fe80::ff:2%swp1\"" },
		{ "0.address", "\"fe80::ff:1\"" }, { "1.address", "\"fe80::ff:2\"" }, { "0.mac", "\"" MAC(1) "\"" }, { "1.mac", "\"" MAC(2) "\"" },
		{ "0.remote_asn", "65101" }, { "1.remote_asn", "65102" }, { "2", "(nothing)" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), rows[i][0]), rows[i][1], "%s", rows[i][0]);
	world_free(w);
}

Test(agent_routers, one_that_restarts_is_kept_as_long_as_its_routes_are)
{
	struct world *w = world_new(LINKS("\"routers\": 2"));

	w->caps = (struct bgp_caps){ .gr = true, .gr_time = 60, .gr_mp = { true, true }, .gr_forwarding = { true, true } };
	world_peer(w, 1);
	w->behind[2] = 1;
	world_ra(w, 1, "fe80::ff:2", MAC(2));
	world_open(w, 2);
	world_announce(w, 2, "10.2.0.0/24", NULL, 0);
	end_by_close(w, 2);
	for (int i = 0; i < 5; i++) {
		world_keepalive(w, 1);
		world_wait(w, 10000);
	}
	cr_expect_str_eq(world_route(w, "10.2.0.0/24"), "swp1", "after 50 s of 60");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.further.0.address"), "\"fe80::ff:2\"");
	world_keepalive(w, 1);
	world_wait(w, 20000);
	cr_expect_str_eq(world_route(w, "10.2.0.0/24"), "");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.further"), "[]");
	world_free(w);
}

Test(agent_routers, silence_is_taken_for_loss_where_the_link_says_so)
{
	struct world *w = switched(LINKS("\"routers\": 2, \"ra_loss\": \"teardown\""), 2);

	for (int i = 0; i < 4; i++) {
		world_ra(w, 1, "fe80::ff:1", MAC(1));
		for (unsigned n = 1; n <= 2; n++)
			world_keepalive(w, n);
		world_wait(w, 4000);
	}
	world_wait(w, 1000);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_eq(world_state(w, 2), BGP_IDLE);
	world_free(w);
}

Test(agent_routers, each_has_bfd_of_its_own_that_ends_its_session_alone)
{
	struct world *w = switched(LINKS("\"routers\": 2, \"bfd\": true"), 2);

	cr_expect_eq(world_count(w, "bfd swp1 fe80::ff:1 *"), 1u);
	cr_expect_eq(world_count(w, "bfd swp1 fe80::ff:2 *"), 1u);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	world_announce(w, 2, "10.1.0.0/24", NULL, 0);
	world_bfd_up(w, 1);                      /* the link's last: the second router's */
	world_clear(w);
	world_bfd_fails(w, 1);
	cr_expect_eq(world_count(w, "hop_del swp1" DIRECT2), 1u);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_neq(world_state(w, 2), BGP_ESTABLISHED);
	world_free(w);
}

Test(agent_routers, link_that_is_none_any_more_and_the_end_forget_them)
{
	struct world *w = switched(LINKS("\"routers\": 2"), 2);

	world_announce(w, 2, "10.2.0.0/24", NULL, 0);
	world_link_del(w, SWP(1));
	cr_expect_eq(world_routes(w), 0u);
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), ""), "[]");
	world_free(w);

	w = switched(LINKS("\"routers\": 2"), 2);
	world_announce(w, 2, "10.2.0.0/24", NULL, 0);
	world_clear(w);
	agent_stop(w->agent, w->now);
	world_kernel(w);
	world_drain(w);
	cr_expect_eq(world_routes(w) + world_objects(w), 0u);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/2"), 2u);
	world_free(w);
}
