/* agent/rib/decide.h: RFC 4271 9.1.2.2 as a pure comparison of two paths. */
#ifndef WEFT_RIB_DECIDE_H
#define WEFT_RIB_DECIDE_H

#include "agent/rib/rib.h"

struct candidate {
	const struct attrs *attrs;
	const struct rib_peer_info *peer;        /* NULL: originated here */
};

/* Less than 0: a is preferred; more than 0: b is. *ret_step is the step that decided. Never 0 for two paths of different peers. */
int decide_cmp(const struct candidate *a, const struct candidate *b, enum decision_step *ret_step);
/* May both be used at once? Equal up to and including STEP_EBGP; AS paths of equal length are equal whatever ASes they hold. */
bool decide_equal_cost(const struct candidate *a, const struct candidate *b);

#endif
