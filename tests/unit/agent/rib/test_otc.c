#include <criterion/criterion.h>

#include "agent/rib/otc.h"

#define US 65001
#define THEM 65002
#define OTHER 65003

/* RFC 9234 section 5, every rule with every role. otc 0: the route has none. */
Test(otc, what_comes_in_is_marked_or_has_leaked)
{
	static const struct { enum role ours; uint32_t otc, becomes; bool ok; } rows[] = {
		{ ROLE_NONE, 0, 0, true },              { ROLE_NONE, THEM, THEM, true },            { ROLE_NONE, OTHER, OTHER, true },
		{ ROLE_PROVIDER, 0, 0, true },          { ROLE_PROVIDER, THEM, THEM, false },       { ROLE_PROVIDER, OTHER, OTHER, false },
		{ ROLE_RS, 0, 0, true },                { ROLE_RS, THEM, THEM, false },             { ROLE_RS, OTHER, OTHER, false },
		{ ROLE_PEER, 0, THEM, true },           { ROLE_PEER, THEM, THEM, true },            { ROLE_PEER, OTHER, OTHER, false },
		{ ROLE_CUSTOMER, 0, THEM, true },       { ROLE_CUSTOMER, THEM, THEM, true },        { ROLE_CUSTOMER, OTHER, OTHER, true },
		{ ROLE_RS_CLIENT, 0, THEM, true },      { ROLE_RS_CLIENT, THEM, THEM, true },       { ROLE_RS_CLIENT, OTHER, OTHER, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct attrs a = { .otc = rows[i].otc, .has = rows[i].otc ? ATTRS_OTC : 0 };

		cr_expect_eq(otc_in(rows[i].ours, THEM, &a), rows[i].ok, "row %zu", i);
		cr_expect_eq(a.otc, rows[i].becomes, "row %zu", i);
		cr_expect_eq((bool)(a.has & ATTRS_OTC), rows[i].becomes != 0, "row %zu", i);
	}
}

Test(otc, what_goes_out_is_marked_or_stays)
{
	static const struct { enum role ours; uint32_t added; bool marked_goes; } rows[] = {
		{ ROLE_NONE, 0, true },         { ROLE_PROVIDER, US, true },    { ROLE_RS, US, true },
		{ ROLE_PEER, US, false },       { ROLE_CUSTOMER, 0, false },    { ROLE_RS_CLIENT, 0, false },
	};
	const struct attrs plain = { 0 }, marked = { .otc = OTHER, .has = ATTRS_OTC };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_eq(otc_out(rows[i].ours, US), rows[i].added, "row %zu", i);
		cr_expect(otc_may_go(rows[i].ours, &plain), "row %zu", i);
		cr_expect_eq(otc_may_go(rows[i].ours, &marked), rows[i].marked_goes, "row %zu", i);
	}
}
