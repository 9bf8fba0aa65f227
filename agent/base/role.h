/* agent/base/role.h: what two external peers are to each other (RFC 9234), as said in capability 9. */
#ifndef WEFT_BASE_ROLE_H
#define WEFT_BASE_ROLE_H

#include <stdbool.h>

enum role {                              /* the value of RFC 9234 4.1 and one */
	ROLE_NONE, ROLE_PROVIDER, ROLE_RS, ROLE_RS_CLIENT, ROLE_CUSTOMER, ROLE_PEER, N_ROLES,
};

/* "provider", "rs-server" ...; "unknown" for a value that is none. role: enum role, or what a peer said. */
const char *role_str(unsigned role);
bool role_pair_ok(enum role ours, unsigned theirs);      /* RFC 9234 4.2 */

#endif
