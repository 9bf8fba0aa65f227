/* `advertise_installed`: peers hear of a route when the kernel has it. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/show.h"
#include "world.h"
#include "world_kernel.h"

#define P "10.1.0.0/24"
#define WITH(more) "{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"timers\": {\"hold\": 90, \"keepalive\": 30}" more "}"
#define ON WITH(", \"advertise_installed\": true")
#define TOLD "to swp2: UPDATE +" P " path 65001 65101*"
#define WITHDRAWN "to swp2: UPDATE -" P

static struct world *two(const char *config)
{
	struct world *w = world_new(config);

	world_peer(w, 1);
	world_peer(w, 2);
	return w;
}

static const char *shows(const struct world *w, const char *key)
{
	char path[32];
	struct prefix p;

	cr_assert_eq(prefix_parse(P, &p), 0);
	snprintf(path, sizeof(path), "0.%s", key);
	return world_shows(show_routes(w->agent, &p), path);
}

Test(agent_installed, a_route_is_told_when_the_kernel_has_it_and_our_own_at_once)
{
	struct world *w = two(ON);

	cr_expect_eq(world_count(w, "to swp2: UPDATE *10.0.254.1/32*"), 1u);
	w->kernel_busy = true;
	world_announce(w, 1, P, NULL, 0);
	cr_expect_eq(world_count(w, TOLD), 0u);
	cr_expect_str_eq(shows(w, "withheld"), "\"the kernel has not confirmed it\"");
	cr_expect_str_eq(shows(w, "announced"), "false");
	w->kernel_busy = false;
	world_turn(w);
	world_wait(w, 1);
	cr_expect_eq(world_count(w, TOLD), 1u);
	cr_expect_gt(world_at(w, TOLD), world_at(w, "route_set " P));
	cr_expect_str_eq(shows(w, "withheld"), "\"\"");
	world_free(w);
	w = two(WITH(""));
	w->kernel_busy = true;
	world_announce(w, 1, P, NULL, 0);
	cr_expect_eq(world_count(w, TOLD), 1u, "without the key");
	world_free(w);
}

Test(agent_installed, what_the_kernel_refuses_is_not_told_until_a_retry_succeeds)
{
	static const struct { int error; const char *why; } rows[] = {
		{ -ENOSPC, "\"the kernel refuses it: No space left on device\"" }, { -ENOMEM, "\"the kernel refuses it: Cannot allocate memory\"" },
		{ -EEXIST, "\"the kernel refuses it: File exists\"" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world *w = two(ON);

		world_announce(w, 2, "10.9.0.0/24", NULL, 0);    /* the group is there: what is refused is the route */
		world_announce(w, 1, "10.8.0.0/24", NULL, 0);
		w->fib_error = rows[i].error;
		world_announce(w, 1, P, NULL, 0);
		world_wait(w, 500);
		cr_expect_eq(world_count(w, TOLD), 0u);
		cr_expect_str_eq(shows(w, "withheld"), rows[i].why);
		w->fib_error = 0;
		world_wait(w, 2000);
		cr_expect_eq(world_count(w, TOLD), 1u);
		cr_expect_str_eq(shows(w, "announced"), "true");
		world_free(w);
	}
}

Test(agent_installed, what_was_told_is_withdrawn_when_the_kernel_has_it_no_longer)
{
	struct world *w = two(ON);

	world_announce(w, 1, P, NULL, 0);
	world_wait(w, 1);
	cr_assert_eq(world_count(w, TOLD), 1u);
	world_peer(w, 3);
	world_announce(w, 3, P, (const uint32_t[]){ 7 }, 1);
	world_clear(w);
	w->fib_error = -ENOSPC;
	world_carrier(w, 1, false);              /* the kernel drops the route with its only link, and refuses the other way */
	world_wait(w, 500);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +" P "*"), 0u);
	cr_expect_eq(world_count(w, WITHDRAWN), 1u);
	w->fib_error = 0;
	world_wait(w, 5000);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +" P " path 65001 65103 7*"), 1u);
	world_free(w);
}

Test(agent_installed, a_change_is_no_withdrawal_and_is_told_when_the_kernel_has_it)
{
	struct world *w = two(ON);

	world_announce(w, 1, P, (const uint32_t[]){ 7, 8 }, 2);
	world_peer(w, 3);
	world_wait(w, 1);
	world_clear(w);
	world_announce(w, 3, P, NULL, 0);
	world_wait(w, 1);
	cr_expect_str_eq(world_route(w, P), "swp3");
	cr_expect_eq(world_count(w, WITHDRAWN), 0u);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +" P " path 65001 65103 via*"), 1u);
	world_withdraw(w, 1, P);
	world_withdraw(w, 3, P);
	cr_expect_eq(world_count(w, WITHDRAWN), 1u);
	world_free(w);
}

Test(agent_installed, another_way_after_a_failure_is_no_withdrawal)
{
	struct world *w = two(ON);

	world_peer(w, 3);
	world_announce(w, 1, P, NULL, 0);
	world_announce(w, 3, P, (const uint32_t[]){ 7 }, 1);
	world_wait(w, 1);
	world_clear(w);
	world_carrier(w, 1, false);
	world_wait(w, 1);
	cr_expect_str_eq(world_route(w, P), "swp3");
	cr_expect_eq(world_count(w, WITHDRAWN), 0u);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +" P " path 65001 65103 7*"), 1u);
	world_free(w);
}

Test(agent_installed, end_of_rib_follows_on_what_the_kernel_is_busy_with)
{
	struct world *w = two(ON);

	w->kernel_busy = true;
	world_announce(w, 1, P, NULL, 0);
	world_peer(w, 3);
	world_wait(w, 500);
	cr_expect_eq(world_count(w, "to swp3: UPDATE *10.0.254.1/32*"), 1u);
	cr_expect_eq(world_count(w, "to swp3: EOR*"), 0u);
	cr_expect(agent_next(w->agent).us > w->now.us, "and it is not waited for in circles");
	w->kernel_busy = false;
	world_turn(w);
	world_wait(w, 1);
	cr_expect_geq(world_at(w, "to swp3: UPDATE +" P "*"), 0);
	cr_expect_gt(world_at(w, "to swp3: EOR ipv4"), world_at(w, "to swp3: UPDATE +" P "*"));
	world_free(w);
}

/* The operator's own address ("loopback": false): the kernel drops the routes that have it as their source, and takes no others. */
Test(agent_installed, without_the_source_of_its_routes_nothing_is_told_and_everything_as_soon_as_it_is_back)
{
	struct world *w = two(WITH(", \"advertise_installed\": true, \"loopback\": false"));

	world_announce(w, 1, P, NULL, 0);
	world_wait(w, 1);
	cr_assert_eq(world_count(w, TOLD), 1u);
	w->fib_error = -EINVAL;
	world_addr(w, ADDR_DEL, LO, OUR_ID "/32");
	world_wait(w, 20000);
	cr_expect_eq(world_count(w, WITHDRAWN), 1u);
	world_clear(w);
	w->fib_error = 0;
	world_addr(w, ADDR_NEW, LO, OUR_ID "/32");
	world_wait(w, 1);
	cr_expect_eq(world_count(w, TOLD), 1u);
	world_free(w);
}

Test(agent_installed, a_reload_withdraws_what_is_not_installed_and_tells_it_again)
{
	struct world *w = two(WITH(""));

	w->fib_error = -ENOMEM;
	world_announce(w, 1, P, NULL, 0);
	cr_assert_eq(world_count(w, TOLD), 1u);
	world_reload(w, ON);
	cr_expect_eq(world_count(w, WITHDRAWN), 1u);
	world_clear(w);
	world_reload(w, WITH(""));
	cr_expect_eq(world_count(w, TOLD), 1u);
	world_free(w);
}
