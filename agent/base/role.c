#include "agent/base/role.h"

static const struct { const char *name; enum role other; } roles[N_ROLES] = {    /* RFC 9234 4.2, table 2: who has to be at the other end */
	[ROLE_NONE] = { "none", ROLE_NONE },
	[ROLE_PROVIDER] = { "provider", ROLE_CUSTOMER },
	[ROLE_RS] = { "rs-server", ROLE_RS_CLIENT },
	[ROLE_RS_CLIENT] = { "rs-client", ROLE_RS },
	[ROLE_CUSTOMER] = { "customer", ROLE_PROVIDER },
	[ROLE_PEER] = { "peer", ROLE_PEER },
};

const char *role_str(unsigned role)
{
	return role < N_ROLES ? roles[role].name : "unknown";
}

bool role_pair_ok(enum role ours, unsigned theirs)
{
	return roles[ours].other == theirs;
}
