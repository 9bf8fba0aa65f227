/* rib_config.installed: what is learned is announced when the kernel has it. */
#include "tests/unit/agent/rib/help.h"

#define P "10.0.0.0/8"

static struct rib *rib;
static rib_peer a, b, c;
static enum rib_installed is;            /* what the kernel has of P; of everything else: INSTALLED */
static size_t asked;
static char text[4096];

static enum rib_installed installed(void *ctx, const struct prefix *p)
{
	struct prefix it = pfx(P);

	(void)ctx;
	asked++;
	return prefix_eq(p, &it) ? is : RIB_INSTALLED;
}

static void changed(void *ctx, const struct prefix *p, const struct rib_via *via, size_t n)
{
	char buf[PREFIX_STRLEN];

	(void)ctx;
	(void)via;
	sprintf(text + strlen(text), "(%s %zu) ", prefix_str(p, buf), n);
}

static void setup(void)
{
	cr_assert_eq(rib_new(&rib, &(struct rib_config){ .asn = OWN_ASN, .multipath = 64, .installed = true },
			     &(struct rib_out){ .installed = installed, .changed = changed }), 0);
	a = add_peer(rib, 1);
	b = add_peer(rib, 2);
	c = add_peer(rib, 3);
	rib_export_open(rib, b, true, true);
	rib_export_open(rib, c, true, true);
	asked = 0;
	is = RIB_INSTALLING;
}

static void teardown(void)
{
	rib_free(rib);
}

TestSuite(installed, .init = setup, .fini = teardown);

static void to_text(void *ctx, const struct rib_batch *batch)
{
	char path[64], buf[PREFIX_STRLEN];

	(void)ctx;
	strcat(text, batch->withdraw ? "-" : "+");
	for (size_t i = 0; i < batch->n; i++)
		sprintf(text + strlen(text), "%s ", prefix_str(&batch->prefixes[i], buf));
	if (!batch->withdraw)
		sprintf(text + strlen(text), "[%s] ", aspath_str(attrs_get(rib_attrs(rib), batch->attrs)->as_path, path, sizeof(path)));
}

/* What the kernel is to have, and what the peer is told. */
static const char *told(rib_peer peer)
{
	text[0] = 0;
	rib_decide(rib, 0);
	while (rib_export(rib, peer, to_text, NULL))
		;
	return text;
}

static void now_is(enum rib_installed what)
{
	struct prefix p = pfx(P);

	is = what;
	rib_recheck(rib, &p);
}

Test(installed, a_route_is_told_when_the_kernel_has_it)
{
	update(rib, a, P, via_as(SEQ(1)));
	update(rib, a, "11.0.0.0/8", via_as(SEQ(1)));
	cr_expect_str_eq(told(c), "(10.0.0.0/8 1) (11.0.0.0/8 1) +11.0.0.0/8 [1] ");
	now_is(RIB_INSTALLED);
	cr_expect_str_eq(told(c), "+10.0.0.0/8 [1] ", "and the kernel is not told again");
}

Test(installed, what_is_refused_is_not_told_and_withdrawn_if_it_is_gone)
{
	update(rib, a, P, via_as(SEQ(1)));
	is = RIB_NOT_INSTALLED;
	cr_expect_str_eq(told(c), "(10.0.0.0/8 1) ");
	now_is(RIB_INSTALLED);
	cr_expect_str_eq(told(c), "+10.0.0.0/8 [1] ");
	now_is(RIB_NOT_INSTALLED);
	cr_expect_str_eq(told(c), "-10.0.0.0/8 ");
	now_is(RIB_INSTALLED);
	cr_expect_str_eq(told(c), "+10.0.0.0/8 [1] ", "a retry succeeds");
}

Test(installed, a_change_is_told_when_the_kernel_has_that_and_what_was_told_stays_until_then)
{
	is = RIB_INSTALLED;
	update(rib, a, P, via_as(SEQ(1, 2)));
	told(c);
	told(b);
	is = RIB_INSTALLING;
	update(rib, b, P, via_as(SEQ(3)));
	cr_expect_str_eq(told(c), "(10.0.0.0/8 1) ");
	cr_expect_str_eq(told(b), "", "nor is it withdrawn from who is the next hop now");
	now_is(RIB_INSTALLED);
	cr_expect_str_eq(told(c), "+10.0.0.0/8 [3] ");
	cr_expect_str_eq(told(b), "-10.0.0.0/8 ");
}

Test(installed, a_withdrawal_never_waits)
{
	is = RIB_INSTALLED;
	update(rib, a, P, via_as(SEQ(1)));
	told(c);
	is = RIB_INSTALLING;
	withdraw(rib, a, P);
	cr_expect_str_eq(told(c), "(10.0.0.0/8 0) -10.0.0.0/8 ");
}

Test(installed, what_is_our_own_needs_no_route)
{
	update(rib, RIB_LOCAL, P, via_as(SEQ(0)));
	cr_expect_str_eq(told(c), "+10.0.0.0/8 [] ");
	cr_expect_eq(asked, 0);
}

Test(installed, the_number_of_a_peer_that_left_is_its_own_while_something_is_announced_as_from_it)
{
	rib_peer d;

	is = RIB_INSTALLED;
	update(rib, a, P, via_as(SEQ(1)));
	update(rib, b, P, via_as(SEQ(2, 4)));
	told(c);
	told(b);
	is = RIB_INSTALLING;
	rib_peer_del(rib, a);
	cr_expect_str_eq(told(c), "(10.0.0.0/8 1) ");
	d = add_peer(rib, 4);
	cr_expect_neq(d, a);
	rib_export_open(rib, d, true, true);
	cr_expect_str_eq(told(d), "+10.0.0.0/8 [1] ", "it is not the one that said so");
	now_is(RIB_INSTALLED);
	cr_expect_str_eq(told(c), "+10.0.0.0/8 [2 4] ");
	cr_expect_str_eq(told(b), "-10.0.0.0/8 ");
	cr_expect_eq(add_peer(rib, 5), a);
}

Test(installed, switched_off_everything_is_told_and_on_again_what_is_missing_is_withdrawn)
{
	struct rib_config cfg = { .asn = OWN_ASN, .multipath = 64 };

	is = RIB_NOT_INSTALLED;
	update(rib, a, P, via_as(SEQ(1)));
	told(c);
	rib_reconfigure(rib, &cfg);
	cr_expect_str_eq(told(c), "+10.0.0.0/8 [1] ");
	cfg.installed = true;
	rib_reconfigure(rib, &cfg);
	cr_expect_str_eq(told(c), "-10.0.0.0/8 ");
}
