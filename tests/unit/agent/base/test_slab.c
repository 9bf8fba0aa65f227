#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/slab.h"

enum { MANY = 3 * SLAB_CHUNK + 7, STRIDE = 12 };

Test(slab, numbers_are_dense_and_addresses_never_move)
{
	static void *at[MANY + 1];
	struct slab s;

	slab_init(&s, STRIDE);
	for (uint32_t i = 1; i <= MANY; i++) {
		cr_assert_eq(slab_take(&s), i);
		at[i] = slab_at(&s, i);
		memset(at[i], (int)i, STRIDE);
	}
	for (uint32_t i = 1; i <= MANY; i++) {
		cr_assert_eq(slab_at(&s, i), at[i]);
		cr_assert_eq(((uint8_t *)at[i])[0], (uint8_t)i);
		cr_assert_eq(((uint8_t *)at[i])[STRIDE - 1], (uint8_t)i);
	}
	cr_assert_eq(s.used, MANY);
	slab_fini(&s);
}

Test(slab, a_freed_record_is_used_first_and_comes_back_as_zeros)
{
	static const uint8_t zeros[STRIDE];
	struct slab s;
	size_t bytes;

	slab_init(&s, STRIDE);
	for (uint32_t i = 1; i <= 10; i++)
		memset(slab_at(&s, slab_take(&s)), 0xff, STRIDE);
	bytes = slab_bytes(&s);
	slab_give(&s, 3);
	slab_give(&s, 7);
	cr_assert_eq(s.used, 8);
	cr_assert_eq(slab_take(&s), 7);
	cr_assert_eq(slab_take(&s), 3);
	cr_assert_arr_eq(slab_at(&s, 7), zeros, STRIDE);
	cr_assert_arr_eq(slab_at(&s, 3), zeros, STRIDE);
	cr_assert_eq(slab_take(&s), 11);
	cr_assert_eq(slab_bytes(&s), bytes);
	slab_fini(&s);
}
