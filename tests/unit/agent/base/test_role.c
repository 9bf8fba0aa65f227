#include <criterion/criterion.h>

#include "agent/base/role.h"

Test(role, only_the_pairs_of_rfc_9234_go_together)
{
	static const enum role partner[N_ROLES] = {
		[ROLE_PROVIDER] = ROLE_CUSTOMER, [ROLE_CUSTOMER] = ROLE_PROVIDER, [ROLE_RS] = ROLE_RS_CLIENT, [ROLE_RS_CLIENT] = ROLE_RS,
		[ROLE_PEER] = ROLE_PEER,
	};

	for (enum role a = ROLE_PROVIDER; a < N_ROLES; a++)
		for (unsigned b = ROLE_NONE; b <= 256; b++)
			cr_expect_eq(role_pair_ok(a, b), b == partner[a], "%s, %u", role_str(a), b);
}

Test(role, words_are_those_of_the_configuration)
{
	cr_expect_str_eq(role_str(ROLE_PROVIDER), "provider");
	cr_expect_str_eq(role_str(ROLE_RS), "rs-server");
	cr_expect_str_eq(role_str(ROLE_RS_CLIENT), "rs-client");
	cr_expect_str_eq(role_str(ROLE_CUSTOMER), "customer");
	cr_expect_str_eq(role_str(ROLE_PEER), "peer");
	cr_expect_str_eq(role_str(N_ROLES), "unknown");
	cr_expect_str_eq(role_str(256), "unknown");
}
