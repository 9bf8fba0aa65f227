/* Thousands of random histories against a fake kernel. Whatever happened, in the end the kernel holds what is wanted and nothing else; and
 * while nothing was lost, no op was ever refused, no wanted route deleted, nothing deleted that was used. */
#include <criterion/criterion.h>

#include "tests/unit/nexthop/fib_world.h"

#define SEEDS 3000

static void histories(const struct world_mode *mode)
{
	const char *wrong;
	uint64_t seed;

	for (seed = 1; seed <= SEEDS; seed++) {
		wrong = world_run(mode, seed, false);
		if (!wrong)
			continue;
		world_run(mode, seed, true);
		cr_assert_fail("seed %llu: %s", (unsigned long long)seed, wrong);
	}
}

Test(fib_model, links_die_and_wishes_follow)
{
	histories(&(struct world_mode){ .objects = true });
}

Test(fib_model, wishes_stay_on_dead_links)
{
	histories(&(struct world_mode){ .objects = true, .stubborn = true });
}

Test(fib_model, dead_links_are_told_late)
{
	histories(&(struct world_mode){ .objects = true, .late = true });
}

Test(fib_model, wishes_stay_on_dead_links_that_are_told_late)
{
	histories(&(struct world_mode){ .objects = true, .stubborn = true, .late = true });
}

Test(fib_model, the_kernel_refuses_at_random)
{
	histories(&(struct world_mode){ .objects = true, .faults = true });
}

Test(fib_model, the_process_dies_and_finds_what_it_left)
{
	histories(&(struct world_mode){ .objects = true, .restarts = true });
}

Test(fib_model, everything_at_once)
{
	histories(&(struct world_mode){ .objects = true, .faults = true, .stubborn = true, .late = true, .restarts = true });
}

Test(fib_model, somebody_else_deletes_and_changes)
{
	histories(&(struct world_mode){ .objects = true, .meddled = true });
}

Test(fib_model, somebody_else_deletes_and_changes_and_everything_at_once)
{
	histories(&(struct world_mode){ .objects = true, .meddled = true, .faults = true, .stubborn = true, .late = true, .restarts = true });
}

Test(fib_model, via_inet6)
{
	histories(&(struct world_mode){ .objects = true, .via_inet6 = true, .restarts = true });
}

Test(fib_model, via_inet6_everything_at_once)
{
	histories(&(struct world_mode){ .objects = true, .via_inet6 = true, .faults = true, .stubborn = true, .late = true, .restarts = true });
}

Test(fib_model, a_successor_has_groups_of_another_kind)
{
	histories(&(struct world_mode){ .objects = true, .resilient = true, .restarts = true });
}

Test(fib_model, resilient_everything_at_once)
{
	histories(&(struct world_mode){ .objects = true, .resilient = true, .faults = true, .stubborn = true, .late = true, .restarts = true });
}

Test(fib_model, classic)
{
	histories(&(struct world_mode){ .restarts = true });
}

Test(fib_model, classic_somebody_else_deletes_and_changes)
{
	histories(&(struct world_mode){ .meddled = true, .late = true });
}

Test(fib_model, classic_everything_at_once)
{
	histories(&(struct world_mode){ .faults = true, .stubborn = true, .late = true, .restarts = true });
}
