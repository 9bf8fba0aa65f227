#include <criterion/criterion.h>

#include "agent/base/wr.h"

Test(wr, numbers_are_big_endian)
{
	uint8_t buf[8];
	struct wr w = wr_of(buf, sizeof(buf));

	wr_u8(&w, 0x01);
	wr_u16(&w, 0x0203);
	wr_u32(&w, 0x04050607);
	cr_assert_eq(wr_len(&w), 7);
	cr_assert_eq(wr_room(&w), 1);
	cr_assert_arr_eq(buf, ((uint8_t[]){ 1, 2, 3, 4, 5, 6, 7 }), 7);
}

Test(wr, what_does_not_fit_is_not_written_and_nothing_follows_it)
{
	uint8_t buf[4] = { 0, 0, 9, 9 };
	struct wr w = wr_of(buf, 2);

	wr_u8(&w, 1);
	wr_u32(&w, 0xffffffff);
	wr_u8(&w, 2);
	cr_assert(w.bad);
	cr_assert_eq(wr_room(&w), 0);
	cr_assert_eq(wr_len(&w), 1);
	cr_assert_arr_eq(buf, ((uint8_t[]){ 1, 0, 9, 9 }), 4);
}

Test(wr, a_patched_length_counts_what_was_written_behind_it)
{
	uint8_t buf[16];
	struct wr w = wr_of(buf, sizeof(buf));
	size_t outer = wr_mark(&w, 2), inner;

	wr_u8(&w, 0xaa);
	inner = wr_mark(&w, 1);
	wr_bytes(&w, "xyz", 3);
	wr_patch8(&w, inner);
	wr_patch16(&w, outer);
	cr_assert_not(w.bad);
	cr_assert_arr_eq(buf, ((uint8_t[]){ 0, 5, 0xaa, 3, 'x', 'y', 'z' }), 7);
}

Test(wr, a_length_that_does_not_fit_its_field_is_bad)
{
	static const uint8_t some[UINT16_MAX + 1];
	static uint8_t buf[UINT16_MAX + 8];
	struct wr w = wr_of(buf, sizeof(buf));
	size_t mark = wr_mark(&w, 1);

	wr_bytes(&w, some, UINT8_MAX);
	wr_patch8(&w, mark);
	cr_assert_not(w.bad);
	cr_assert_eq(buf[0], UINT8_MAX);
	wr_u8(&w, 0);
	wr_patch8(&w, mark);
	cr_assert(w.bad);

	w = wr_of(buf, sizeof(buf));
	mark = wr_mark(&w, 2);
	wr_bytes(&w, some, sizeof(some));
	wr_patch16(&w, mark);
	cr_assert(w.bad);
}

Test(wr, patching_after_an_overflow_writes_nothing)
{
	uint8_t buf[3] = { 7, 7, 7 };
	struct wr w = wr_of(buf, 1);
	size_t mark = wr_mark(&w, 2);

	wr_patch16(&w, mark);
	cr_assert(w.bad);
	cr_assert_arr_eq(buf, ((uint8_t[]){ 7, 7, 7 }), 3);
}
