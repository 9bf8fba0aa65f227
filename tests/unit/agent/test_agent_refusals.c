/* What the log is told of a kernel that refuses routes. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "agent/base/log.h"
#include "world.h"

static struct { unsigned refuses, accepts; char text[256]; } told;

static void sink(void *ctx, const struct log_entry *e)
{
	(void)ctx;
	if (e->event == EVENT_KERNEL_REFUSES) {
		told.refuses++;
		snprintf(told.text, sizeof(told.text), "%s", e->text);
	}
	told.accepts += e->event == EVENT_KERNEL_ACCEPTS;
}

static struct world *begin(void)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	memset(&told, 0, sizeof(told));
	log_to(sink, NULL, LOG_LVL_NOTICE);
	return w;
}

static void end(struct world *w)
{
	log_to(NULL, NULL, LOG_LVL_ERROR);
	world_free(w);
}

Test(agent_refusals, what_is_refused_once_is_not_worth_a_line)
{
	struct world *w = begin();

	w->fib_error = -ENETDOWN;
	world_announce(w, 1, "10.9.0.0/16", NULL, 0);
	w->fib_error = 0;
	world_wait(w, 5000);
	cr_expect_eq(told.refuses + told.accepts, 0);
	end(w);
}

Test(agent_refusals, what_is_refused_again_is_told_once_and_that_it_is_over)
{
	struct world *w = begin();

	w->fib_error = -ENOSPC;
	world_announce(w, 1, "10.9.0.0/16", NULL, 0);
	cr_expect_eq(told.refuses, 0, "at the first time");
	world_wait(w, 4000);
	cr_expect_eq(told.refuses, 1);
	cr_expect_str_eq(told.text, "the kernel refuses 1 of 1 routes again and again, the last time because: No space left on device");
	cr_expect_eq(told.accepts, 0);
	w->fib_error = 0;
	world_announce(w, 1, "10.7.0.0/16", NULL, 0);
	world_wait(w, 8000);
	cr_expect_eq(told.accepts, 1);
	cr_expect_eq(told.refuses, 1);
	w->fib_error = -ENOSPC;
	world_announce(w, 1, "10.8.0.0/16", NULL, 0);
	world_wait(w, 4000);
	cr_expect_eq(told.refuses, 2, "a new trouble");
	end(w);
}

Test(agent_refusals, so_it_is_of_what_routes_stand_on)
{
	struct world *w = world_new(NULL);

	memset(&told, 0, sizeof(told));
	log_to(sink, NULL, LOG_LVL_NOTICE);
	w->fib_error = -ENOSPC;
	world_peer(w, 1);
	world_wait(w, 8000);
	cr_expect_eq(told.refuses, 1);
	cr_expect_str_eq(told.text, "the kernel refuses neighbour entries, next hops or groups again and again, the last time because: No space left on device");
	w->fib_error = 0;
	world_wait(w, 60000);
	cr_expect_eq(told.accepts, 1);
	end(w);
}
