/* Paths that are to be told again: what marks them, what clears the mark, what a sweep takes. */
#include <errno.h>

#include "tests/unit/agent/rib/help.h"

static unsigned reports;

static void changed(void *ctx, const struct prefix *p, const struct rib_via *via, size_t n)
{
	(void)ctx;
	(void)p;
	(void)via;
	(void)n;
	reports++;
}

static struct rib *rib;
static rib_peer a, b;

static void setup(void)
{
	reports = 0;
	cr_assert_eq(rib_new(&rib, &(struct rib_config){ .asn = OWN_ASN, .multipath = 64 }, &(struct rib_out){ .changed = changed }), 0);
	a = add_peer(rib, 1);
	b = add_peer(rib, 2);
	for (rib_peer p = a; p <= b; p++) {
		update(rib, p, "10.0.0.0/8", via_as(SEQ(1)));
		update(rib, p, "11.0.0.0/8", via_as(SEQ(1)));
		update(rib, p, "2001:db8::/32", via_as(SEQ(1)));
	}
	rib_decide(rib, 0);
	reports = 0;
}

static void teardown(void)
{
	rib_free(rib);
}

TestSuite(stale, .init = setup, .fini = teardown);

static struct rib_peer_stats stats(rib_peer p)
{
	struct rib_peer_stats s;

	rib_peer_stats(rib, p, &s);
	return s;
}

Test(stale, marked_paths_forward_as_before)
{
	rib_peer_stale(rib, a, AF_INET);
	rib_decide(rib, 0);
	cr_expect_eq(reports, 0u);
	cr_expect_eq(stats(a).stale[0], 2u);
	cr_expect_eq(stats(a).stale[1], 0u, "the other family");
	cr_expect_eq(stats(b).stale[0], 0u, "another peer");
	cr_expect_eq(stats(a).received[0], 2u);
}

Test(stale, sweep_takes_what_was_not_told_again_and_nothing_else)
{
	rib_peer_stale(rib, a, AF_INET);
	rib_peer_stale(rib, a, AF_INET6);
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));            /* the same attributes: that is telling it again too */
	update(rib, a, "12.0.0.0/8", via_as(SEQ(1)));
	cr_expect_eq(rib_peer_sweep(rib, a, AF_INET), 1u);
	cr_expect_eq(stats(a).received[0], 2u);
	cr_expect_eq(stats(a).received[1], 1u);
	cr_expect_eq(stats(a).stale[0], 0u);
	cr_expect_eq(stats(a).stale[1], 1u);
	cr_expect_not(withdraw(rib, a, "11.0.0.0/8"));
	cr_expect(withdraw(rib, b, "11.0.0.0/8"));
	cr_expect_eq(rib_peer_sweep(rib, a, AF_INET), 0u, "once");
}

Test(stale, a_path_told_again_with_the_same_attributes_changes_nothing)
{
	rib_peer_stale(rib, a, AF_INET);
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	update(rib, a, "11.0.0.0/8", via_as(SEQ(1)));
	rib_peer_sweep(rib, a, AF_INET);
	rib_decide(rib, 0);
	cr_expect_eq(reports, 0u);
	cr_expect_eq(stats(a).received[0], 2u);
}

Test(stale, mark_outlives_a_decision_and_goes_with_a_withdrawal)
{
	rib_peer_stale(rib, a, AF_INET);
	update(rib, b, "10.0.0.0/8", via_as(SEQ(1, 2)));         /* decides 10/8 again, and the forwarding set with it */
	rib_decide(rib, 0);
	cr_expect_eq(stats(a).stale[0], 2u);
	withdraw(rib, a, "10.0.0.0/8");
	cr_expect_eq(stats(a).stale[0], 1u);
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	cr_expect_eq(rib_peer_sweep(rib, a, AF_INET), 1u);
	rib_decide(rib, 0);
	cr_expect_eq(stats(a).received[0], 1u);
}

Test(stale, marking_twice_counts_once)
{
	rib_peer_stale(rib, a, AF_INET);
	update(rib, a, "10.0.0.0/8", via_as(SEQ(1)));
	rib_peer_stale(rib, a, AF_INET);
	cr_expect_eq(stats(a).stale[0], 2u);
	cr_expect_eq(rib_peer_sweep(rib, a, AF_INET), 2u);
}

Test(stale, stale_paths_do_not_count_for_the_limit)
{
	rib_limit(rib, a, 3);
	rib_peer_stale(rib, a, AF_INET);
	rib_peer_stale(rib, a, AF_INET6);
	cr_expect_eq(update(rib, a, "20.0.0.0/8", via_as(SEQ(1))), RIB_ACCEPTED);
	cr_expect_eq(update(rib, a, "21.0.0.0/8", via_as(SEQ(1))), RIB_ACCEPTED);
	cr_expect_eq(update(rib, a, "10.0.0.0/8", via_as(SEQ(1))), RIB_ACCEPTED);
	cr_expect_eq(update(rib, a, "10.0.0.0/8", via_as(SEQ(2))), RIB_ACCEPTED, "one that is there already");
	cr_expect_eq(update(rib, a, "11.0.0.0/8", via_as(SEQ(1))), RIB_LIMIT, "a stale one that comes back counts");
	cr_expect_eq(update(rib, a, "22.0.0.0/8", via_as(SEQ(1))), RIB_LIMIT);
}

Test(stale, a_deleted_peer_takes_its_marks_along)
{
	rib_peer_stale(rib, a, AF_INET);
	rib_peer_del(rib, a);
	rib_decide(rib, 0);
	rib_peer_stale(rib, a, AF_INET);
	cr_expect_eq(rib_peer_sweep(rib, a, AF_INET), 0u);
	cr_expect_eq(add_peer(rib, 1), a);
	cr_expect_eq(stats(a).stale[0], 0u);
}
