#include <stdio.h>

#include <criterion/criterion.h>

#include "agent/base/log_limit.h"

static struct log_entry of(enum log_event event, const char *name)
{
	return (struct log_entry){ .event = event, .about.name = name };
}

static unsigned taken(struct log_limit *l, struct log_entry e, unsigned tries, int64_t ms)
{
	unsigned n = 0;

	while (tries--)
		n += log_limit_take(l, &e, (mono){ ms * 1000 });
	return n;
}

Test(log_limit, of_one_event_on_one_link_only_some_are_written)
{
	struct log_limit l = { 0 };

	cr_expect_eq(taken(&l, of(EVENT_LINK_UP, "swp1"), 25, 0), LOG_LIMIT_MOST);
	cr_expect_eq(taken(&l, of(EVENT_LINK_UP, "swp2"), 25, 0), LOG_LIMIT_MOST);
	cr_expect_eq(taken(&l, of(EVENT_LINK_DOWN, "swp1"), 25, 0), LOG_LIMIT_MOST);
	cr_expect_eq(taken(&l, of(EVENT_NONE, "swp1"), 25, 0), 25);
}

Test(log_limit, how_many_were_left_out_is_told_once_and_then_it_begins_anew)
{
	struct log_limit l = { 0 };
	struct log_kind left;

	taken(&l, of(EVENT_LINK_UP, "swp1"), LOG_LIMIT_MOST + 3, 0);
	cr_expect(!log_limit_left(&l, (mono){ (LOG_LIMIT_MS - 1) * 1000 }, &left));
	cr_assert(log_limit_left(&l, (mono){ LOG_LIMIT_MS * 1000 }, &left));
	cr_expect(left.left == 3 && left.event == EVENT_LINK_UP);
	cr_expect_str_eq(left.name, "swp1");
	cr_expect(!log_limit_left(&l, (mono){ LOG_LIMIT_MS * 1000 }, &left));
	cr_expect_eq(taken(&l, of(EVENT_LINK_UP, "swp1"), 25, LOG_LIMIT_MS), LOG_LIMIT_MOST);
}

Test(log_limit, slow_ones_are_never_left_out)
{
	struct log_limit l = { 0 };
	struct log_kind left;

	for (int i = 0; i < 100; i++)
		cr_expect_eq(taken(&l, of(EVENT_PEER_DOWN, "swp1"), 1, i * LOG_LIMIT_MS / (LOG_LIMIT_MOST - 1)), 1);
	cr_expect(!log_limit_left(&l, (mono){ 1000 * 1000000 }, &left));
}

Test(log_limit, more_kinds_than_there_is_room_for_share_what_is_left)
{
	struct log_limit l = { 0 };
	struct log_kind left;
	char name[16];

	for (int i = 0; i < LOG_LIMIT_KINDS; i++) {
		snprintf(name, sizeof(name), "swp%d", i);
		cr_expect_eq(taken(&l, of(EVENT_LINK_UP, name), 1, 0), 1);
	}
	cr_expect_eq(taken(&l, of(EVENT_LINK_UP, "a"), 25, 0) + taken(&l, of(EVENT_LINK_UP, "b"), 25, 0), LOG_LIMIT_MOST);
	cr_assert(log_limit_left(&l, (mono){ LOG_LIMIT_MS * 1000 }, &left));
	cr_expect(left.left == 50 - LOG_LIMIT_MOST && left.event == EVENT_NONE);
	/* And later there is room again. */
	cr_expect_eq(taken(&l, of(EVENT_LINK_UP, "a"), 25, LOG_LIMIT_MS), LOG_LIMIT_MOST);
}
