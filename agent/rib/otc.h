/* agent/rib/otc.h: Only to Customer (RFC 9234 section 5): a route that once went down or sideways never goes up again. */
#ifndef WEFT_RIB_OTC_H
#define WEFT_RIB_OTC_H

#include "agent/base/role.h"
#include "agent/rib/attrs.h"

/* A route of an external peer to which we are `ours` comes in. false: it has leaked, and is not to be used. */
bool otc_in(enum role ours, uint32_t remote_asn, struct attrs *attrs);
bool otc_may_go(enum role ours, const struct attrs *attrs);      /* to such a peer */
uint32_t otc_out(enum role ours, uint32_t local_asn);            /* what a route without OTC is given on its way there; 0: nothing */

#endif
