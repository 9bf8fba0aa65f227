/* How long things take: what is counted, once each, and what is not. The kernel of these worlds is busy, and the test answers in its place. */
#include <criterion/criterion.h>

#include "agent/agent_pace.h"
#include "agent/base/own.h"
#include "world.h"

static uint64_t total(const struct histo *h)
{
	uint64_t n = 0;

	for (unsigned i = 0; i <= HISTO_BOUNDS; i++)
		n += h->count[i];
	return n;
}

static struct world *busy(void)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	world_peer(w, 2);
	w->kernel_busy = true;
	return w;
}

static void later(struct world *w, int64_t ms)
{
	w->now = mono_add_ms(w->now, ms);
	agent_step(w->agent, w->now);
}

/* The kernel takes all there is now, and answers ms later. */
static size_t kernel(struct world *w, int64_t ms, int error)
{
	struct fib_op ops[64];
	uint32_t seq[64];
	size_t n = agent_fib_take(w->agent, ops, ARRAY_LEN(ops));

	for (size_t i = 0; i < n; i++)
		seq[i] = ops[i].seq;
	w->now = mono_add_ms(w->now, ms);
	for (size_t i = 0; i < n; i++)
		agent_fib_acked(w->agent, seq[i], error, w->now);
	return n;
}

Test(pace, a_change_counts_from_its_turn_to_the_last_answer_of_the_kernel)
{
	struct world *w = busy();
	const struct pace *p = agent_pace(w->agent);
	uint64_t changes = total(&p->change), installs = total(&p->install), sum = p->change.sum_us, install_sum = p->install.sum_us;
	size_t n;

	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	later(w, 30);                            /* nobody took it so far */
	n = kernel(w, 7, 0);
	cr_assert_gt(n, 0u);
	cr_expect_eq(total(&p->change), changes + 1);
	cr_expect_eq(p->change.sum_us - sum, 37000u);
	cr_expect_eq(total(&p->install), installs + n);
	cr_expect_eq(p->install.sum_us - install_sum, 7000u * n);
	world_free(w);
}

Test(pace, what_comes_while_the_kernel_is_behind_is_one_change)
{
	struct world *w = busy();
	const struct pace *p = agent_pace(w->agent);
	uint64_t changes = total(&p->change), sum = p->change.sum_us;
	struct fib_op ops[64];
	uint32_t seq[64];
	size_t n;

	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	n = agent_fib_take(w->agent, ops, ARRAY_LEN(ops));
	cr_assert_gt(n, 0u);
	for (size_t i = 0; i < n; i++)
		seq[i] = ops[i].seq;
	later(w, 10);
	world_announce(w, 1, "10.2.0.0/24", NULL, 0);
	for (size_t i = 0; i < n; i++)
		agent_fib_acked(w->agent, seq[i], 0, w->now);
	cr_expect_eq(total(&p->change), changes, "the second is not in the kernel yet");
	cr_assert_gt(kernel(w, 5, 0), 0u);
	cr_expect_eq(total(&p->change), changes + 1);
	cr_expect_eq(p->change.sum_us - sum, 15000u);
	world_free(w);
}

Test(pace, what_changes_nothing_in_the_kernel_is_no_change)
{
	struct world *w = busy();
	const struct pace *p = agent_pace(w->agent);
	uint64_t changes;
	const uint32_t longer[] = { 65200, 65201 };

	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	kernel(w, 5, 0);
	changes = total(&p->change);
	world_announce(w, 2, "10.1.0.0/24", longer, 2);          /* a worse path */
	cr_expect_eq(kernel(w, 5, 0), 0u);
	later(w, 1000);
	cr_expect_eq(total(&p->change), changes);
	cr_expect_not(p->changing);
	world_free(w);
}

Test(pace, what_the_kernel_refuses_is_answered_and_not_installed)
{
	struct world *w = busy();
	const struct pace *p = agent_pace(w->agent);
	uint64_t changes = total(&p->change), installs = total(&p->install);

	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	for (int i = 0; i < 8 && kernel(w, 5, -22); i++)
		agent_step(w->agent, w->now);
	cr_expect_eq(total(&p->install), installs);
	cr_expect_eq(total(&p->change), changes + 1);
	cr_expect_not(p->changing);
	world_free(w);
}

Test(pace, more_batches_than_there_are_marks_are_counted_all_the_same)
{
	struct world *w = busy();
	const struct pace *p = agent_pace(w->agent);
	uint64_t installs = total(&p->install);
	struct fib_op ops[64];
	uint32_t seq[1024];
	char prefix[32];
	size_t n = 0;

	for (unsigned i = 0; i < 3 * PACE_MARKS; i++) {
		snprintf(prefix, sizeof(prefix), "10.%u.%u.0/24", 1 + i / 200, i % 200);
		world_announce(w, 1, prefix, NULL, 0);
		later(w, 1);
		for (size_t k = agent_fib_take(w->agent, ops, ARRAY_LEN(ops)), at = 0; at < k; at++)
			seq[n++] = ops[at].seq;
	}
	w->now = mono_add_s(w->now, 1);
	for (size_t i = 0; i < n; i++)
		agent_fib_acked(w->agent, seq[i], 0, w->now);
	cr_expect_eq(total(&p->install), installs + n);
	cr_expect_eq(p->n, 1u);
	world_free(w);
}

Test(pace, a_session_counts_from_the_carrier_once)
{
	struct world *w = world_new(NULL);
	const struct pace *p = agent_pace(w->agent);

	world_swp_up(w, 1);
	w->now = mono_add_ms(w->now, 40);
	world_peer(w, 1);
	cr_expect_eq(total(&p->established), 1u);
	cr_expect_eq(p->established.sum_us, 40000u);
	world_notify(w, 1, 6, 4);
	world_turn(w);
	world_wait(w, 40000);
	cr_assert(world_try(w, 1));
	cr_expect_eq(total(&p->established), 1u, "another session after the same carrier");
	world_free(w);
}
