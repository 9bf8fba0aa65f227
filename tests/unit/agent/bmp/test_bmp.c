/* The connection to a collector: when it is tried, what waits for it, when it is given up. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "agent/bmp/bmp.h"

static struct { unsigned connects, closes; int error; } rim;

static int on_connect(void *ctx)
{
	(void)ctx;
	rim.connects++;
	return rim.error;
}

static void on_close(void *ctx)
{
	(void)ctx;
	rim.closes++;
}

static const struct bmp_out out = { .connect = on_connect, .close = on_close };
static const mono start = { 1000000000 };

static mono at(int64_t s)
{
	return mono_add_s(start, s);
}

static struct bmp up(void)
{
	struct bmp b;

	bmp_init(&b, &out, start);
	bmp_step(&b, start);
	bmp_connected(&b, start);
	cr_assert_eq(b.view.state, BMP_UP);
	return b;
}

Test(bmp, connects_at_once_and_after_failures_later_and_later_up_to_a_minute)
{
	static const int64_t waits[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60 };
	mono now = start;
	struct bmp b;

	bmp_init(&b, &out, start);
	rim.error = -ENETUNREACH;
	for (size_t i = 0; i < sizeof(waits) / sizeof(*waits); i++) {
		cr_expect_eq(bmp_next(&b).us, now.us);
		bmp_step(&b, now);
		cr_expect_eq(rim.connects, i + 1);
		cr_expect_str_eq(b.view.last_error, "Network is unreachable");
		cr_expect_eq(mono_diff_ms(bmp_next(&b), now), waits[i] * 1000);
		now = bmp_next(&b);
	}
}

Test(bmp, one_that_lived_for_a_minute_begins_with_a_second_again)
{
	struct bmp b = up();

	bmp_closed(&b, ECONNRESET, at(1));
	cr_expect_eq(mono_diff_ms(b.view.retry_at, at(1)), 1000);
	bmp_step(&b, at(2));
	bmp_connected(&b, at(2));
	bmp_closed(&b, 0, at(3));
	cr_expect_eq(mono_diff_ms(b.view.retry_at, at(3)), 2000);
	bmp_step(&b, at(5));
	bmp_connected(&b, at(5));
	bmp_closed(&b, 0, at(100));
	cr_expect_eq(mono_diff_ms(b.view.retry_at, at(100)), 1000);
	cr_expect_eq(b.view.sessions, 3);
	cr_expect_eq(rim.closes, 0, "who is closed need not be");
	bmp_end(&b);
}

Test(bmp, what_is_over_the_bound_ends_the_session_and_nothing_is_kept)
{
	static const uint8_t block[65536];
	struct bmp b = up();
	size_t n;

	while (!b.overflow) {
		bmp_put(&b, block, sizeof(block), at(1));
		cr_assert_leq(b.q.len, (size_t)BMP_QUEUE_MAX);
	}
	cr_expect_eq(b.q.len, (size_t)BMP_QUEUE_MAX);
	cr_expect_eq(bmp_next(&b).us, 0);
	cr_expect_not(bmp_wants(&b));
	cr_expect(bmp_step(&b, at(1)));
	cr_expect_eq(rim.closes, 1);
	cr_expect_eq(b.view.overflows, 1);
	cr_expect_eq(mono_diff_ms(b.view.retry_at, at(1)), 30000, "a whole table each time is not for every second");
	bmp_pending(&b, &n);
	cr_expect(n == 0 && !b.q.buf, "no memory is held for it");
	bmp_put(&b, block, 1, at(2));
	cr_expect_eq(b.q.len, 0, "nobody is there");
}

Test(bmp, tables_wait_above_the_low_mark)
{
	static const uint8_t block[BMP_QUEUE_LOW];
	struct bmp b = up();

	cr_expect(bmp_wants(&b));
	bmp_put(&b, block, BMP_QUEUE_LOW - 1, at(1));
	cr_expect(bmp_wants(&b));
	bmp_put(&b, block, 1, at(1));
	cr_expect_not(bmp_wants(&b));
	bmp_sent(&b, 1, at(1));
	cr_expect(bmp_wants(&b));
	cr_expect_eq(b.view.messages, 2);
	cr_expect_eq(b.view.bytes, (uint64_t)BMP_QUEUE_LOW);
	bmp_end(&b);
	cr_expect_eq(rim.closes, 1);
}

Test(bmp, a_minute_without_a_byte_read_is_the_end_but_not_with_one)
{
	struct bmp b = up();

	bmp_put(&b, "ab", 2, at(0));
	cr_expect_not(bmp_step(&b, at(59)));
	bmp_sent(&b, 1, at(59));
	cr_expect_not(bmp_step(&b, at(118)));
	cr_expect(bmp_step(&b, at(119)));
	cr_expect_eq(b.view.overflows, 1);
	b = up();
	bmp_put(&b, "ab", 2, at(0));
	bmp_sent(&b, 2, at(1));
	cr_expect_not(bmp_step(&b, at(1000)), "nothing waits");
	bmp_end(&b);
}
