#include "nexthop/flight.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

struct told {
	char text[256];
	uint32_t last;
	size_t n;
};

static void on_told(void *ctx, uint32_t op_seq, int error)
{
	struct told *told = ctx;
	size_t len = strlen(told->text);

	snprintf(told->text + len, sizeof(told->text) - len, "%u:%d ", op_seq, error);
	told->last = op_seq;
	told->n++;
}

Test(flight, ack_of_the_last_says_that_all_before_are_done)
{
	struct flight *f = calloc(1, sizeof(*f));
	struct told told = { 0 };

	for (uint32_t i = 1; i <= 4; i++)
		cr_assert_eq(flight_add(f, 10 + i, i), 0);
	flight_answer(f, 13, 0, on_told, &told);
	cr_assert_str_eq(told.text, "1:0 2:0 3:0 ");
	cr_assert_eq(f->n, 1);
	free(f);
}

Test(flight, error_in_the_middle_is_its_own_and_decides_those_before)
{
	struct flight *f = calloc(1, sizeof(*f));
	struct told told = { 0 };

	for (uint32_t i = 1; i <= 4; i++)
		flight_add(f, 10 + i, i);
	flight_answer(f, 12, -EINVAL, on_told, &told);
	cr_assert_str_eq(told.text, "1:0 2:-22 ");
	flight_answer(f, 14, -ENODEV, on_told, &told);
	cr_assert_str_eq(told.text, "1:0 2:-22 3:0 4:-19 ");
	free(f);
}

Test(flight, answers_to_others_decide_what_was_sent_before_them_and_nothing_else)
{
	struct flight *f = calloc(1, sizeof(*f));
	struct told told = { 0 };

	flight_add(f, 20, 1);
	flight_add(f, 22, 2);
	flight_answer(f, 19, -EINVAL, on_told, &told);
	cr_assert_str_eq(told.text, "");
	flight_answer(f, 21, -EEXIST, on_told, &told);   /* a request that was waited for, between the two */
	cr_assert_str_eq(told.text, "1:0 ");
	flight_answer(f, 21, 0, on_told, &told);
	cr_assert_str_eq(told.text, "1:0 ");
	free(f);
}

Test(flight, sequence_numbers_wrap)
{
	struct flight *f = calloc(1, sizeof(*f));
	struct told told = { 0 };

	flight_add(f, UINT32_MAX - 1, UINT32_MAX);
	flight_add(f, UINT32_MAX, 1);
	flight_add(f, 1, 2);
	flight_answer(f, UINT32_MAX, 0, on_told, &told);
	cr_assert_eq(told.n, 2);
	flight_answer(f, 1, 0, on_told, &told);
	cr_assert_eq(told.last, 2);
	free(f);
}

Test(flight, what_was_not_sent_after_all_is_dropped_and_what_is_lost_is_told)
{
	struct flight *f = calloc(1, sizeof(*f));
	struct told told = { 0 };

	for (uint32_t i = 1; i <= 5; i++)
		flight_add(f, i, i);
	flight_drop_last(f, 3);
	cr_assert_eq(f->n, 2);
	flight_lost(f, 1, -ENOBUFS, on_told, &told);
	cr_assert_str_eq(told.text, "1:-105 ", "the others are not worked off yet");
	flight_lost(f, 5, -ENOBUFS, on_told, &told);
	cr_assert_str_eq(told.text, "1:-105 2:-105 ");
	cr_assert_eq(f->n, 0);
	free(f);
}

Test(flight, full_is_refused_and_the_ring_goes_round)
{
	struct flight *f = calloc(1, sizeof(*f));
	struct told told = { 0 };
	uint32_t seq = 0;

	for (int round = 0; round < 3; round++) {
		while (flight_add(f, seq + 1, seq + 1) == 0)
			seq++;
		cr_assert_eq(f->n, FLIGHT_MAX);
		flight_answer(f, seq - 1000, 0, on_told, &told);
		cr_assert_eq(f->n, 1000);
		cr_assert_eq(told.last, seq - 1000);
	}
	free(f);
}
