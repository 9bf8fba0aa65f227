#include <criterion/criterion.h>

#include "agent/base/rd.h"

static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8 };

Test(rd, numbers_are_big_endian)
{
	struct rd r = rd_of(bytes, sizeof(bytes));

	cr_assert_eq(rd_u8(&r), 0x01);
	cr_assert_eq(rd_u16(&r), 0x0203);
	cr_assert_eq(rd_u32(&r), 0x04050607);
	cr_assert_eq(rd_left(&r), 1);
	cr_assert_not(r.bad);
}

Test(rd, a_read_beyond_the_end_gives_zero_and_stays_bad)
{
	struct rd r = rd_of(bytes, 3);

	cr_assert_eq(rd_u32(&r), 0);
	cr_assert(r.bad);
	cr_assert_eq(rd_left(&r), 0);
	cr_assert_eq(rd_u8(&r), 0, "what would have fitted is not read any more");
	cr_assert_null(rd_take(&r, 0));
}

Test(rd, the_last_byte_can_be_read_and_not_one_more)
{
	struct rd r = rd_of(bytes, 2);

	cr_assert_eq(rd_u16(&r), 0x0102);
	cr_assert_not(r.bad);
	cr_assert_not_null(rd_take(&r, 0));
	rd_u8(&r);
	cr_assert(r.bad);
}

Test(rd, a_huge_length_does_not_wrap)
{
	struct rd r = rd_of(bytes, sizeof(bytes));

	cr_assert_null(rd_take(&r, SIZE_MAX));
	cr_assert(r.bad);
}

Test(rd, a_sub_reader_ends_where_its_length_says)
{
	struct rd r = rd_of(bytes, sizeof(bytes)), sub = rd_sub(&r, 3);

	cr_assert_eq(rd_u16(&sub), 0x0102);
	cr_assert_eq(rd_u16(&sub), 0);
	cr_assert(sub.bad);
	cr_assert_not(r.bad, "the outer one goes on");
	cr_assert_eq(rd_u8(&r), 4);
}

Test(rd, a_sub_reader_that_does_not_fit_makes_both_bad)
{
	struct rd r = rd_of(bytes, 4), sub = rd_sub(&r, 5);

	cr_assert(sub.bad);
	cr_assert(r.bad);
}

Test(rd, copy_writes_only_what_there_is)
{
	struct rd r = rd_of(bytes, 4);
	uint8_t to[5] = { 9, 9, 9, 9, 9 };

	cr_assert(rd_copy(&r, to, 4));
	cr_assert_arr_eq(to, ((uint8_t[]){ 1, 2, 3, 4, 9 }), 5);
	cr_assert_not(rd_copy(&r, to, 1));
	cr_assert_eq(to[0], 1);
}
