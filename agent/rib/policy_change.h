/* agent/rib/policy_change.h: what a rule changes of a route's attributes. Private to policy.c and policy_change.c. */
#ifndef WEFT_RIB_POLICY_CHANGE_H
#define WEFT_RIB_POLICY_CHANGE_H

#include "agent/rib/policy.h"

/* false: it cannot be written down. */
bool policy_change(const struct policy_set *set, uint32_t prepend, struct attrs *attrs, struct policy_scratch *s);

#endif
