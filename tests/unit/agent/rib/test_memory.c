#include "tests/unit/agent/rib/help.h"

enum { PREFIXES = 100000 };

static struct rib *rib;

static void setup(void)
{
	cr_assert_eq(rib_new(&rib, &(struct rib_config){ .asn = OWN_ASN, .multipath = 64 }, &(struct rib_out){ 0 }), 0);
}

static void teardown(void)
{
	rib_free(rib);
}

TestSuite(memory, .init = setup, .fini = teardown);

static void announce_all(rib_peer peer)
{
	struct attrs a = via_as(SEQ(65001, 65002));
	attrs_id id;

	cr_assert_eq(attrs_intern(rib_attrs(rib), &a, &id), 0);
	for (uint32_t i = 0; i < PREFIXES; i++) {
		struct prefix p = nth4(i);

		cr_assert_eq(rib_update(rib, peer, &p, id), RIB_ACCEPTED);
	}
	attrs_unref(rib_attrs(rib), id);
}

static size_t bytes_per_prefix(void)
{
	struct rib_stats s;

	cr_assert_eq(rib_decide(rib, 0), 0);
	rib_stats(rib, &s);
	cr_assert_eq(s.prefixes[0], PREFIXES);
	return s.bytes / PREFIXES;
}

static void ignore(void *ctx, const struct rib_batch *batch)
{
	(void)ctx;
	(void)batch;
}

Test(memory, a_prefix_with_one_path_costs_at_most_75_bytes_and_with_four_115)
{
	struct rib_stats s;
	size_t n;

	announce_all(add_peer(rib, 1));
	n = bytes_per_prefix();
	cr_log_info("one path: %zu bytes per prefix", n);
	cr_assert_leq(n, 75);
	for (unsigned i = 2; i <= 4; i++)
		announce_all(add_peer(rib, i));
	n = bytes_per_prefix();
	cr_log_info("four paths: %zu bytes per prefix", n);
	cr_assert_leq(n, 115);
	rib_stats(rib, &s);
	cr_assert_eq(s.paths, 4 * PREFIXES);
	cr_assert_eq(s.attrs, 1, "the same attributes are kept once");
}

Test(memory, a_peer_that_is_told_everything_costs_a_bit_per_prefix)
{
	struct rib_stats before, after;
	rib_peer to;

	announce_all(add_peer(rib, 1));
	rib_decide(rib, 0);
	to = add_peer(rib, 2);
	rib_stats(rib, &before);
	rib_export_open(rib, to, true, true);
	while (rib_export(rib, to, ignore, NULL))
		;
	rib_stats(rib, &after);
	cr_assert_leq(after.bytes - before.bytes, 2 * PREFIXES / 8 + 1024);
}

Test(memory, what_is_freed_is_used_again)
{
	struct rib_stats first, s;
	rib_peer peer;

	for (unsigned round = 0; round < 3; round++) {
		peer = add_peer(rib, 1);
		announce_all(peer);
		rib_decide(rib, 0);
		rib_stats(rib, round ? &s : &first);
		cr_assert(round == 0 || s.bytes == first.bytes);
		rib_peer_del(rib, peer);
		cr_assert_eq(rib_decide(rib, 0), 0);
		rib_stats(rib, &s);
		cr_assert_eq(s.prefixes[0] + s.paths + s.attrs, 0);
	}
}
