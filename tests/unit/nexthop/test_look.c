/* Which addresses are looked up for a prefix, and how what is found is called. */
#include "nexthop/look.h"

#include <criterion/criterion.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "agent/base/own.h"

static struct prefix pfx(const char *s)
{
	struct prefix p;

	cr_assert_eq(prefix_parse(s, &p), 0, "%s", s);
	return p;
}

static const struct { const char *prefix, *first; } firsts[] = {
	{ "10.1.0.0/16", "10.1.0.0/32" }, { "10.0.254.1/32", "10.0.254.1/32" }, { "0.0.0.0/0", "1.0.0.0/32" }, { "::/0", "2000::/128" },
	{ "2001:db8::/32", "2001:db8::/128" },
};

Test(look, the_first_address_that_the_kernel_takes_is_asked_for)
{
	struct prefix p, host;
	char s[PREFIX_STRLEN];

	for (size_t i = 0; i < ARRAY_LEN(firsts); i++) {
		p = pfx(firsts[i].prefix);
		cr_assert(look_first(&p, &host), "%s", firsts[i].prefix);
		cr_expect_str_eq(prefix_str(&host, s), firsts[i].first, "%s", firsts[i].prefix);
	}
	p = pfx("0.0.0.0/8");
	cr_expect_not(look_first(&p, &host));
}

/* NULL: there is none. */
static const struct { const char *prefix, *found, *next; } nexts[] = {
	{ "10.1.0.0/16", "10.1.0.0/24", "10.1.1.0/32" }, { "10.1.0.0/16", "10.1.255.0/24", NULL }, { "10.1.0.0/16", "10.1.7.255/32", "10.1.8.0/32" },
	{ "10.1.0.0/16", "10.1.0.0/16", NULL }, { "10.1.0.0/16", "0.0.0.0/0", NULL }, { "10.1.0.0/16", "2001:db8::/32", NULL },
	{ "0.0.0.0/0", "10.0.0.0/8", "11.0.0.0/32" }, { "0.0.0.0/0", "255.0.0.0/8", NULL }, { "10.1.0.1/32", "10.1.0.1/32", NULL },
	{ "2001:db8::/32", "2001:db8:ffff::/48", NULL }, { "2001:db8::/32", "2001:db8:0:ffff::/64", "2001:db8:1::/128" },
};

Test(look, longer_prefixes_within_are_passed_over)
{
	struct prefix p, found, host;
	char s[PREFIX_STRLEN];

	for (size_t i = 0; i < ARRAY_LEN(nexts); i++) {
		p = pfx(nexts[i].prefix);
		found = pfx(nexts[i].found);
		cr_assert_eq(look_next(&p, &found, &host), nexts[i].next != NULL, "%s %s", nexts[i].prefix, nexts[i].found);
		if (nexts[i].next)
			cr_expect_str_eq(prefix_str(&host, s), nexts[i].next, "%s %s", nexts[i].prefix, nexts[i].found);
	}
}

Test(look, states_types_and_protocols_have_the_names_that_people_know)
{
	cr_expect_str_eq(look_neigh_str(NUD_PERMANENT), "permanent");
	cr_expect_str_eq(look_neigh_str(0), "none");
	cr_expect_str_eq(look_type_str(RTN_LOCAL), "local");
	cr_expect_str_eq(look_type_str(200), "other");
	cr_expect_str_eq(look_protocol_str(WEFT_PROTOCOL), "bgp");
	cr_expect_str_eq(look_protocol_str(250), "");
}
