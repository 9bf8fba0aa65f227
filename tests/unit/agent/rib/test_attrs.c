#include "tests/unit/agent/rib/help.h"

static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8 };

/* Each differs from the first in one field. */
static const struct attrs values[] = {
	{ .origin = ORIGIN_IGP },
	{ .next_hop = { .s6_addr = { [15] = 1 } } },
	{ .next_hop_ll = { .s6_addr = { [15] = 1 } } },
	{ .med = 1 },
	{ .local_pref = 1 },
	{ .aggregator_as = 1 },
	{ .aggregator_id = { 1 } },
	{ .origin = ORIGIN_EGP },
	{ .has = ATTRS_MED },
	{ .as_path = { bytes, 4 } },
	{ .communities = { bytes, 4 } },
	{ .ext_communities = { bytes, 4 } },
	{ .large_communities = { bytes, 4 } },
	{ .unknown = { bytes, 4 } },
	{ .unknown = { bytes, 5 } },
	{ .unknown = { bytes + 1, 4 } },
};

static struct attrs_tab *tab;

static void setup(void)
{
	cr_assert_eq(attrs_tab_new(&tab, 0), 0);
}

static void teardown(void)
{
	attrs_tab_free(tab);
}

TestSuite(attrs, .init = setup, .fini = teardown);

Test(attrs, every_field_makes_a_value_another_one)
{
	attrs_id ids[ARRAY_LEN(values)];

	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		cr_assert_eq(attrs_intern(tab, &values[i], &ids[i]), 0);
		cr_assert_neq(ids[i], 0);
		for (size_t j = 0; j < i; j++) {
			cr_assert_neq(ids[i], ids[j], "%zu and %zu", i, j);
			cr_assert_not(attrs_eq(&values[i], &values[j]), "%zu and %zu", i, j);
		}
	}
	cr_assert_eq(attrs_count(tab), ARRAY_LEN(values));
}

Test(attrs, equal_values_share_one_number_wherever_their_bytes_stand)
{
	uint8_t mine[] = { 1, 2, 3, 4 };
	struct attrs a = { .as_path = { bytes, 4 } }, b = { .as_path = { mine, 4 } };
	attrs_id x, y;

	cr_assert(attrs_eq(&a, &b));
	attrs_intern(tab, &a, &x);
	attrs_intern(tab, &b, &y);
	cr_assert_eq(x, y);
	cr_assert_eq(attrs_count(tab), 1);
}

Test(attrs, the_bytes_are_copied)
{
	uint8_t path[] = { 1, 2, 3, 4 }, unknown[] = { 5, 6 };
	struct attrs a = { .as_path = { path, 4 }, .unknown = { unknown, 2 } };
	attrs_id id;

	attrs_intern(tab, &a, &id);
	memset(path, 0, sizeof(path));
	memset(unknown, 0, sizeof(unknown));
	cr_assert_arr_eq(attrs_get(tab, id)->as_path.p, ((uint8_t[]){ 1, 2, 3, 4 }), 4);
	cr_assert_arr_eq(attrs_get(tab, id)->unknown.p, ((uint8_t[]){ 5, 6 }), 2);
	cr_assert_eq(attrs_get(tab, id)->communities.n, 0);
}

Test(attrs, a_value_lives_as_long_as_its_last_reference)
{
	attrs_id id, again;

	attrs_intern(tab, &values[9], &id);
	attrs_intern(tab, &values[9], &again);
	attrs_ref(tab, id);
	attrs_unref(tab, id);
	attrs_unref(tab, id);
	cr_assert_eq(attrs_count(tab), 1);
	cr_assert_eq(attrs_get(tab, id)->as_path.n, 4);
	attrs_unref(tab, again);
	cr_assert_eq(attrs_count(tab), 0);
}

Test(attrs, spans_of_the_longest_size_are_kept)
{
	static uint8_t big[UINT16_MAX];
	struct attrs a = { .as_path = { big, UINT16_MAX }, .communities = { big, UINT16_MAX }, .unknown = { big, UINT16_MAX } };
	attrs_id id;

	big[UINT16_MAX - 1] = 42;
	cr_assert_eq(attrs_intern(tab, &a, &id), 0);
	cr_assert(attrs_eq(attrs_get(tab, id), &a));
}

Test(attrs, many_values_come_and_go_and_the_memory_is_used_again)
{
	enum { MANY = 5000 };
	static attrs_id ids[MANY];
	size_t bytes_full = 0;

	for (unsigned round = 0; round < 4; round++) {
		for (uint32_t i = 0; i < MANY; i++)
			cr_assert_eq(attrs_intern(tab, &(struct attrs){ .med = i, .as_path = { bytes, (uint16_t)(i % 8) } }, &ids[i]), 0);
		for (uint32_t i = 0; i < MANY; i++)
			cr_assert_eq(attrs_get(tab, ids[i])->med, i);
		if (round == 0)
			bytes_full = attrs_bytes(tab);
		cr_assert_eq(attrs_bytes(tab), bytes_full);
		for (uint32_t i = 0; i < MANY; i += 2)               /* every second one first, so that the hash has holes */
			attrs_unref(tab, ids[i]);
		cr_assert_eq(attrs_count(tab), MANY / 2);
		for (uint32_t i = 1; i < MANY; i += 2) {
			attrs_id same;

			attrs_intern(tab, &(struct attrs){ .med = i, .as_path = { bytes, (uint16_t)(i % 8) } }, &same);
			cr_assert_eq(same, ids[i]);
			attrs_unref(tab, same);
			attrs_unref(tab, same);
		}
		cr_assert_eq(attrs_count(tab), 0);
	}
	cr_assert_lt(attrs_bytes(tab), bytes_full / 2);
}
