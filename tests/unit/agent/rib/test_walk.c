/* A walk in steps: everything in order, each once, whatever comes and goes in between. */
#include "tests/unit/agent/rib/help.h"

enum { N = 20000 };                      /* of each family: several batches */

static struct rib *rib;
static rib_peer peer;
static attrs_id attrs;

static void setup(void)
{
	struct attrs a = via_as(SEQ(65001));

	cr_assert_eq(rib_new(&rib, &(struct rib_config){ .asn = OWN_ASN, .multipath = 64 }, &(struct rib_out){ 0 }), 0);
	peer = add_peer(rib, 1);
	cr_assert_eq(attrs_intern(rib_attrs(rib), &a, &attrs), 0);
}

static void teardown(void)
{
	attrs_unref(rib_attrs(rib), attrs);
	rib_free(rib);
}

TestSuite(walk, .init = setup, .fini = teardown);

static void tell(struct prefix p)
{
	cr_assert_eq(rib_update(rib, peer, &p, attrs), RIB_ACCEPTED);
}

static void take_back(struct prefix p)
{
	rib_withdraw(rib, peer, &p);
	rib_decide(rib, 0);
}

/* Only even numbers, in an order of their own: 7919 is prime. */
static void fill(void)
{
	for (uint32_t i = 0; i < N; i++) {
		tell(nth4(2 * (i * 7919 % N)));
		tell(nth6(2 * (i * 7919 % N)));
	}
	rib_decide(rib, 0);
}

struct seen { struct prefix last; size_t n, kept; bool disorder; };

/* Multiples of 8 are never touched. */
static bool note(void *ctx, const struct rib_route_view *view)
{
	struct seen *s = ctx;
	const uint8_t *a = view->prefix.addr;
	uint32_t n = view->prefix.family == AF_INET ? ((uint32_t)(a[0] & 0x0f) << 24 | (uint32_t)a[1] << 16 | (uint32_t)a[2] << 8 | a[3]) - 0x0a000000 : 0;

	n = view->prefix.family == AF_INET ? n >> 4 : (uint32_t)a[6] << 8 | a[7];
	s->disorder |= s->n && prefix_cmp(&s->last, &view->prefix) >= 0;
	s->last = view->prefix;
	s->n++;
	s->kept += n % 8 == 0;
	return true;
}

static struct seen walk(size_t most, void (*between)(unsigned step))
{
	struct rib_walker *w = rib_walker_new(rib);
	struct seen s = { 0 };
	unsigned step = 0;

	cr_assert_not_null(w);
	while (rib_walker_step(w, most, note, &s))
		between(step++);
	rib_walker_free(w);
	return s;
}

static void nothing(unsigned step)
{
	(void)step;
}

static void churn(unsigned step)
{
	for (uint32_t i = 0; i < 40; i++) {
		uint32_t n = (step * 40 + i) * 101 % (2 * N);

		if (n % 8 == 0)
			continue;
		if (n % 2)
			tell(nth4(n));
		else
			take_back(nth4(n));
	}
	rib_decide(rib, 0);
}

Test(walk, shows_everything_in_order_and_once)
{
	static const size_t most[] = { 1000, 4096, 4097, 100000 };

	fill();
	for (size_t i = 0; i < ARRAY_LEN(most); i++) {
		struct seen s = walk(most[i], nothing);

		cr_expect_eq(s.n, 2u * N, "%zu a step: %zu", most[i], s.n);
		cr_expect_not(s.disorder);
	}
}

Test(walk, of_an_empty_table_is_over_at_once)
{
	cr_expect_eq(walk(10, nothing).n, 0u);
}

Test(walk, shows_what_stays_though_the_rest_changes)
{
	struct seen s;

	fill();
	s = walk(100, churn);
	cr_expect_eq(s.kept, 2u * N / 4, "%zu", s.kept);
	cr_expect_not(s.disorder);
}
