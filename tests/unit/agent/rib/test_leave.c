/* What is near is decided and told first, and a peer that goes is swept out of a large table bit by bit. */
#include "tests/unit/agent/rib/help.h"

enum { FAR = 5000, NEAR = 3 };

static struct rib *rib;
static rib_peer a, b;
static struct { struct prefix p[4]; size_t n, calls; } changed;  /* the first of what was decided */

static void on_changed(void *ctx, const struct prefix *p, const struct rib_via *via, size_t n)
{
	(void)ctx;
	(void)via;
	(void)n;
	if (changed.n < ARRAY_LEN(changed.p))
		changed.p[changed.n++] = *p;
	changed.calls++;
}

static void rib_of(unsigned at_once)
{
	struct rib_config cfg = { .asn = OWN_ASN, .multipath = 64, .at_once = at_once };

	memset(&changed, 0, sizeof(changed));
	cr_assert_eq(rib_new(&rib, &cfg, &(struct rib_out){ .changed = on_changed }), 0);
	a = add_peer(rib, 1);
	b = add_peer(rib, 2);
	rib_export_open(rib, b, true, true);
}

static void setup(void)
{
	rib_of(0);
}

static void teardown(void)
{
	rib_free(rib);
}

TestSuite(leave, .init = setup, .fini = teardown);

static struct prefix near(uint32_t i)
{
	return prefix4((struct in_addr){ htonl(0x64000000 + (i << 8)) }, 24);
}

/* Many prefixes behind three ASes. */
static void announce_far(rib_peer peer, struct span as_path)
{
	struct attrs attrs = via_as(as_path);
	struct prefix p;
	attrs_id id;

	cr_assert_eq(attrs_intern(rib_attrs(rib), &attrs, &id), 0);
	for (uint32_t i = 0; i < FAR; i++) {
		p = nth4(i);
		rib_update(rib, peer, &p, id);
	}
	attrs_unref(rib_attrs(rib), id);
}

static void announce_near(rib_peer peer, struct span as_path)
{
	struct attrs attrs = via_as(as_path);
	struct prefix p;
	attrs_id id;

	cr_assert_eq(attrs_intern(rib_attrs(rib), &attrs, &id), 0);
	for (uint32_t i = 0; i < NEAR; i++) {
		p = near(i);
		rib_update(rib, peer, &p, id);
	}
	attrs_unref(rib_attrs(rib), id);
}

static bool is_near(const struct prefix *p)
{
	return p->family == AF_INET && p->addr[0] == 0x64;
}

/* How many near prefixes stand before the first far one, in the first batch of the next window. */
static void count_near(void *ctx, const struct rib_batch *batch)
{
	size_t *n = ctx;

	for (size_t i = 0; i < batch->n && *n == i && is_near(&batch->prefixes[i]); i++)
		(*n)++;
}

static void count(void *ctx, const struct rib_batch *batch)
{
	*(size_t *)ctx += batch->n;
}

static void export_all(rib_peer peer)
{
	size_t n;

	rib_decide(rib, 0);
	while (rib_export(rib, peer, count, &n))
		;
}

Test(leave, the_nearest_prefixes_of_a_peer_that_goes_are_decided_and_told_first)
{
	size_t n = 0;

	announce_far(a, SEQ(1, 2, 3));           /* learned earlier, and many */
	announce_near(a, SEQ(1));
	export_all(b);
	memset(&changed, 0, sizeof(changed));
	rib_peer_del(rib, a);
	cr_assert_gt(rib_decide(rib, 16), FAR / 4);
	cr_assert_leq(changed.calls, 16);
	rib_export(rib, b, count_near, &n);
	cr_assert_eq(n, NEAR);
}

Test(leave, near_prefixes_do_not_wait_for_all_that_is_undecided)
{
	size_t n = 0;

	announce_far(a, SEQ(1, 2, 3));
	announce_near(a, SEQ(1));
	rib_decide(rib, 2 * NEAR);
	cr_assert_eq(changed.calls, 2 * NEAR);
	rib_export(rib, b, count_near, &n);
	cr_assert_eq(n, NEAR);
}

Test(leave, far_prefixes_are_decided_and_told_while_near_ones_change_all_the_time)
{
	struct rib_mark mark;
	size_t n = 0;

	announce_far(a, SEQ(1, 2, 3));
	rib_mark(rib, &mark);
	cr_assert_not(rib_passed(rib, &mark));
	for (uint32_t round = 0; round < FAR / NEAR + 1; round++) {
		announce_near(a, SEQ(1 + round));
		rib_decide(rib, 2 * NEAR);
	}
	cr_assert(rib_passed(rib, &mark));
	for (uint32_t round = 0; round <= FAR / (RIB_EXPORT_WINDOW - NEAR); round++) {
		announce_near(a, SEQ(7, 2 + round));
		rib_decide(rib, 0);
		rib_export(rib, b, count, &n);
	}
	cr_assert_geq(n, FAR);
}

Test(leave, a_slow_peer_hears_of_near_changes_before_the_rest_of_the_far_ones)
{
	size_t n = 0;

	announce_far(a, SEQ(1, 2, 3));
	rib_decide(rib, 0);
	rib_export(rib, b, count, &n);
	cr_assert_eq(n, RIB_EXPORT_WINDOW);
	announce_near(a, SEQ(1));
	rib_decide(rib, 0);
	n = 0;
	rib_export(rib, b, count_near, &n);
	cr_assert_eq(n, NEAR);
}

static bool one_path(void *ctx, const struct rib_route_view *view)
{
	*(rib_peer *)ctx = view->n_paths == 1 ? view->paths[0].peer : RIB_LOCAL;
	return true;
}

Test(leave, what_is_not_swept_yet_counts_for_nothing)
{
	struct prefix last = nth4(FAR - 1);
	struct rib_peer_stats stats;
	struct rib_stats s;
	rib_peer seen = RIB_LOCAL;

	rib_free(rib);
	rib_of(1);
	announce_far(a, SEQ(1));
	announce_far(b, SEQ(1, 2));
	rib_decide(rib, 0);
	rib_peer_del(rib, a);
	cr_assert(rib_leaving(rib));
	cr_assert(rib_find(rib, &last, one_path, &seen));
	cr_assert_eq(seen, b);
	cr_assert_neq(add_peer(rib, 3), a, "the number is not free");
	rib_peer_stats(rib, a, &stats);
	cr_assert_eq(stats.received[0], 0);
	memset(&changed, 0, sizeof(changed));
	rib_withdraw(rib, b, &last);             /* decided before it is swept: */
	rib_decide(rib, 8);
	cr_assert(rib_leaving(rib));
	cr_assert_not(rib_find(rib, &last, one_path, &seen), "nothing is left of it");
	cr_assert_eq(rib_decide(rib, 0), 0);
	cr_assert_not(rib_leaving(rib));
	cr_assert_eq(changed.calls, FAR);
	cr_assert_eq(add_peer(rib, 1), a, "now it is");
	rib_stats(rib, &s);
	cr_assert_eq(s.paths, FAR - 1);
}

Test(leave, several_that_go_at_once_are_swept_one_after_the_other)
{
	struct rib_stats s;
	rib_peer peer[4];

	rib_free(rib);
	rib_of(1);
	for (unsigned i = 0; i < 4; i++) {
		peer[i] = add_peer(rib, 3 + i);
		announce_far(peer[i], SEQ(1 + i));
		rib_export_open(rib, peer[i], true, true);
	}
	announce_near(b, SEQ(9));
	for (unsigned i = 0; i < 4; i++)
		export_all(peer[i]);
	for (unsigned i = 4; i-- > 0;)
		rib_peer_del(rib, peer[i]);
	rib_peer_del(rib, b);
	cr_assert_eq(rib_decide(rib, 0), 0);
	rib_stats(rib, &s);
	cr_assert_eq(s.prefixes[0] + s.paths + s.attrs, 0);
	announce_near(a, SEQ(1));
	rib_decide(rib, 0);
	withdraw(rib, a, "100.0.0.0/24");
	cr_assert_eq(rib_decide(rib, 0), 0);
	rib_stats(rib, &s);
	cr_assert_eq(s.prefixes[0], NEAR - 1);
}
