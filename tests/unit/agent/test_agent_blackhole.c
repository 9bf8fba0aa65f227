/* RFC 7999: what a peer marks BLACKHOLE is discarded where that was agreed on. */
#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/show.h"
#include "world.h"

#define P "10.1.0.9/32"
#define CONFIG(one) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"links\": {\"swp1\": {" one "}, \"swp*\": {}}}"

static const struct attrs blackhole = { .communities = { (const uint8_t[]){ 0xff, 0xff, 0x02, 0x9a }, 4 } };

static struct world *two(const char *config)
{
	struct world *w = world_new(config);

	world_peer(w, 1);
	world_peer(w, 2);
	return w;
}

static const char *route(const struct world *w, const char *path)
{
	struct prefix p;

	cr_assert_eq(prefix_parse(P, &p), 0);
	return world_shows(show_routes(w->agent, &p), path);
}

Test(agent_blackhole, only_where_it_was_agreed_on_and_only_as_long_as_agreed)
{
	static const struct { const char *config, *prefix, *route; } rows[] = {
		{ CONFIG(""), P, "swp1" },
		{ CONFIG("\"blackhole\": false"), P, "swp1" },
		{ CONFIG("\"blackhole\": true"), P, "blackhole" },
		{ CONFIG("\"blackhole\": true"), "2001:db8::1/128", "blackhole" },
		{ CONFIG("\"blackhole\": true"), "10.1.0.0/24", "swp1" },
		{ CONFIG("\"blackhole\": [{\"prefix\": \"10.1.0.0/16\", \"ge\": 24}]"), "10.1.0.0/24", "blackhole" },
		{ CONFIG("\"blackhole\": [{\"prefix\": \"10.1.0.0/16\", \"ge\": 24}]"), "10.2.0.0/24", "swp1" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world *w = two(rows[i].config);

		world_announce_as(w, 1, rows[i].prefix, blackhole);
		cr_expect_str_eq(world_route(w, rows[i].prefix), rows[i].route, "row %zu", i);
		cr_expect_eq(world_count(w, "to swp2: UPDATE +*1*"), 1u, "row %zu: nothing but our own", i);
		world_free(w);
	}
}

Test(agent_blackhole, comes_and_goes_with_the_community_whatever_was_there)
{
	static const struct attrs plain = { 0 };
	struct world *w = two(CONFIG("\"blackhole\": true"));

	world_announce_as(w, 1, P, plain);
	cr_expect_str_eq(world_route(w, P), "swp1");
	world_announce_as(w, 1, P, blackhole);
	cr_expect_str_eq(world_route(w, P), "blackhole");
	cr_expect_str_eq(route(w, "0.blackhole"), "true");
	cr_expect_str_eq(route(w, "0.next_hops"), "[{\"address\":null,\"link\":null,\"weight\":1}]");
	world_announce_as(w, 1, P, plain);
	cr_expect_str_eq(world_route(w, P), "swp1");
	cr_expect_str_eq(route(w, "0.blackhole"), "false");
	world_announce_as(w, 1, P, blackhole);
	world_withdraw(w, 1, P);
	cr_expect_str_eq(world_route(w, P), "");
	cr_expect_eq(world_objects(w), 0u);
	world_free(w);
}

Test(agent_blackhole, withdrawn_and_told_without_it_in_one_turn)
{
	struct world *w = two(CONFIG("\"blackhole\": true"));

	world_announce_as(w, 1, P, blackhole);
	world_update(w, 1, (const uint8_t[]){ 0, 5, 32, 10, 1, 0, 9, 0, 0 }, 9);
	world_announce(w, 1, P, NULL, 0);
	cr_expect_str_eq(world_route(w, P), "swp1");
	world_free(w);
}

Test(agent_blackhole, one_of_several_equal_paths_is_enough)
{
	struct world *w = two(CONFIG("\"blackhole\": true"));

	world_announce(w, 2, P, NULL, 0);
	cr_expect_str_eq(world_route(w, P), "swp2");
	world_announce_as(w, 1, P, blackhole);
	cr_expect_str_eq(world_route(w, P), "blackhole");
	world_withdraw(w, 1, P);
	cr_expect_str_eq(world_route(w, P), "swp2");
	world_free(w);
}

Test(agent_blackhole, stays_when_the_link_of_who_asked_for_it_is_not_the_only_one)
{
	struct world *w = two("{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"links\": {\"swp*\": {\"blackhole\": true}}}");

	world_announce_as(w, 1, P, blackhole);
	world_announce_as(w, 2, P, blackhole);
	cr_expect_str_eq(world_route(w, P), "blackhole");
	world_clear(w);
	world_carrier(w, 1, false);
	cr_expect_str_eq(world_route(w, P), "blackhole");
	cr_expect_eq(world_count(w, "route_*"), 0u, "nothing changes for the kernel");
	world_carrier(w, 2, false);
	cr_expect_str_eq(world_route(w, P), "");
	world_free(w);
}

Test(agent_blackhole, a_kernel_without_objects_gets_a_route_of_that_type)
{
	struct world *w = world_new_bare(CONFIG("\"blackhole\": true"), false);

	agent_start(w->agent, w->now);
	world_peer(w, 1);
	world_announce_as(w, 1, P, blackhole);
	cr_expect_str_eq(world_route(w, P), "blackhole");
	world_free(w);
}
