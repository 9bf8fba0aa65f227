#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/sendq.h"

Test(sendq, takes_all_or_nothing_up_to_its_bound)
{
	struct sendq q = { .max = 10 };
	size_t n;

	cr_expect_eq(sendq_put(&q, "12345678", 8), 0);
	cr_expect_eq(sendq_put(&q, "abc", 3), -ENOBUFS);
	cr_expect_eq(sendq_put(&q, "ab", 2), 0);
	cr_expect_eq(memcmp(sendq_peek(&q, &n), "12345678ab", 10), 0);
	cr_expect_eq(n, 10u);
	cr_expect_eq(sendq_put(&q, "abcdefghijk", 11), -ENOBUFS);
	sendq_clear(&q);
}

Test(sendq, bytes_come_out_in_the_order_they_went_in_whatever_the_pieces)
{
	struct sendq q = { .max = 1 << 20 };
	uint32_t in = 0, out = 0, rnd = 1;
	uint8_t buf[5000];
	const uint8_t *p;
	size_t n, take;

	for (int i = 0; i < 20000; i++) {
		rnd = rnd * 1664525 + 1013904223;
		n = rnd >> 16;
		n %= i % 100 < 60 ? sizeof(buf) : 10;
		for (size_t j = 0; j < n; j++)
			buf[j] = (uint8_t)in++;
		if (sendq_put(&q, buf, n) < 0)
			in -= (uint32_t)n;
		p = sendq_peek(&q, &n);
		rnd = rnd * 1664525 + 1013904223;
		take = n ? (rnd >> 8) % (n + 1) : 0;
		if (take > 3000 && i % 7)
			take = 3000;
		for (size_t j = 0; j < take; j++)
			cr_assert_eq(p[j], (uint8_t)out++);
		sendq_drop(&q, take);
	}
	cr_expect_lt(q.size, 4u << 20);
	sendq_clear(&q);
}

Test(sendq, empty_again_holds_little_memory)
{
	struct sendq q = { .max = 1 << 20 };
	uint8_t *big = calloc(1, 1 << 20);
	size_t n;

	cr_assert_eq(sendq_put(&q, big, 1 << 20), 0);
	sendq_drop(&q, 1 << 20);
	cr_expect_null(sendq_peek(&q, &n));
	cr_expect_eq(n, 0u);
	cr_expect_leq(q.size, 4096u);
	sendq_clear(&q);
	free(big);
}

Test(sendq, cut_keeps_the_first_bytes)
{
	struct sendq q = { .max = 100 };
	size_t n;

	sendq_put(&q, "abcdef", 6);
	sendq_drop(&q, 1);
	sendq_cut(&q, 2);
	cr_expect_eq(memcmp(sendq_peek(&q, &n), "bc", 2), 0);
	cr_expect_eq(n, 2u);
	sendq_clear(&q);
}
