#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/ctl/lineq.h"

#define LOST(n) "{\"event\":\"lost\",\"lines\":" #n "}\n"

/* Fills it but for less than a line; returns how many lines that took. */
static unsigned fill(struct lineq *q)
{
	unsigned n = 0;

	while (!q->lost) {
		lineq_put(q, "0123456789abcdef0123456789abcdef\n");
		n++;
	}
	return n - 1;
}

Test(lineq, lines_come_out_in_order_and_together)
{
	struct lineq q = { 0 };
	size_t n = 1;
	AUTO_FREE char *none = lineq_take(&q, &n), *all = NULL;

	cr_expect(!none && n == 0);
	lineq_put(&q, "one\n");
	lineq_put(&q, "two\n");
	all = lineq_take(&q, &n);
	cr_assert(all && n == 8);
	cr_expect(memcmp(all, "one\ntwo\n", 8) == 0);
	cr_expect_null(lineq_take(&q, &n));
	lineq_free(&q);
}

Test(lineq, what_has_no_room_is_counted_and_told)
{
	struct lineq q = { 0 };
	unsigned most = fill(&q);
	AUTO_FREE char *all = NULL, *more = NULL;
	size_t n;

	cr_expect(most > 3000 && q.n <= LINEQ_MAX && q.size <= 2 * LINEQ_MAX);
	cr_expect(lineq_full(&q));
	lineq_put(&q, NULL);
	lineq_put(&q, "x\n");                    /* it would have room: but it came later */
	all = lineq_take(&q, &n);
	cr_assert_eq(n, most * 33 + strlen(LOST(3)));
	cr_expect(memcmp(all + most * 33, LOST(3), strlen(LOST(3))) == 0);
	cr_expect(!lineq_full(&q));
	lineq_put(&q, "x\n");
	more = lineq_take(&q, &n);
	cr_expect(n == 2 && memcmp(more, "x\n", 2) == 0);
	lineq_free(&q);
}

Test(lineq, a_line_that_could_not_be_made_is_lost_too)
{
	struct lineq q = { 0 };
	AUTO_FREE char *all = NULL;
	size_t n;

	lineq_put(&q, NULL);
	all = lineq_take(&q, &n);
	cr_assert(n == strlen(LOST(1)) && memcmp(all, LOST(1), n) == 0);
	lineq_free(&q);
}
