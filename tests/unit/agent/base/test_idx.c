#include <criterion/criterion.h>

#include "agent/base/idx.h"

/* Numbers that share their last bits collide: seven of eight do. */
static uint32_t hash(const void *ctx, uint32_t number)
{
	(void)ctx;
	return number & ~7u;
}

static bool has(const struct idx *x, uint32_t number)
{
	uint32_t i = idx_at(x, hash(NULL, number));

	while (x->slots[i] && x->slots[i] != number)
		i = idx_next(x, i);
	return x->slots[i] != 0;
}

Test(idx, finds_what_is_in_it_and_nothing_else_whatever_is_deleted)
{
	enum { MANY = 3000 };
	static bool in[MANY + 1];
	uint32_t random = 1, n, used = 0;
	struct idx x;

	cr_assert_eq(idx_init(&x), 0);
	for (unsigned step = 0; step < 40000; step++) {
		random = random * 1664525 + 1013904223;
		n = 1 + (random >> 8) % MANY;
		if (in[n]) {
			idx_del(&x, n, hash, NULL);
			used--;
		} else {
			cr_assert_eq(idx_reserve(&x, hash, NULL), 0);
			idx_put(&x, hash(NULL, n), n);
			used++;
		}
		in[n] = !in[n];
		cr_assert_eq(has(&x, n), in[n]);
		cr_assert_eq(x.used, used);
		cr_assert_leq(x.used, x.mask / 4 * 3, "there is always a free slot");
		if (step % 2000 == 0)
			for (uint32_t i = 1; i <= MANY; i++)
				cr_assert_eq(has(&x, i), in[i], "step %u: %u", step, i);
	}
	idx_fini(&x);
}
