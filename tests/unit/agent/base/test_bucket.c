#include <criterion/criterion.h>

#include "agent/base/bucket.h"

static unsigned take_all(struct bucket *b, mono now)
{
	unsigned n = 0;

	while (n < 1000 && bucket_take(b, 10, 4, now))
		n++;
	return n;
}

Test(bucket, gives_a_burst_then_the_rate_and_never_saves_up_more_than_a_burst)
{
	mono now = { 5000000 };
	struct bucket b = { 0 };

	cr_expect_eq(take_all(&b, now), 4u);
	cr_expect_eq(take_all(&b, mono_add_ms(now, 99)), 0u);
	cr_expect_eq(take_all(&b, mono_add_ms(now, 100)), 1u);
	cr_expect_eq(take_all(&b, mono_add_ms(now, 300)), 2u);
	cr_expect_eq(take_all(&b, mono_add_s(now, 3600)), 4u);
}

Test(bucket, a_clock_at_zero_finds_it_full)
{
	struct bucket b = { 0 };

	cr_expect_eq(take_all(&b, (mono){ 0 }), 4u);
}
