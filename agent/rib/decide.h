/* agent/rib/decide.h: RFC 4271 9.1.2.2 as a pure comparison of two paths. */
#ifndef WEFT_RIB_DECIDE_H
#define WEFT_RIB_DECIDE_H

#include "agent/rib/rib.h"

struct candidate {
	const struct attrs *attrs;
	const struct rib_peer_info *peer;        /* NULL: originated here */
	uint32_t path;                           /* the caller's own number for it */
	uint32_t cost;                           /* of its next hop, or RIB_UNREACHABLE */
	bool least;                      /* LLGR_STALE (RFC 9494 4.4): any other is better */
	bool drained;                    /* its peer's link is to be used no more (RFC 8326): its LOCAL_PREF is 0, whatever it says */
	bool med_always;                         /* the same for all: MED counts between different ASes */
	enum decision_step lost_by;              /* set by decide_set and decide_order */
};

/* Less than 0: a is preferred; more than 0: b is. *ret_step is the step that decided. Never 0 for two paths of different peers. */
int decide_cmp(const struct candidate *a, const struct candidate *b, enum decision_step *ret_step);
/* May both be used at once? Equal up to and including STEP_COST; AS paths of equal length are equal whatever ASes they hold. */
bool decide_equal_cost(const struct candidate *a, const struct candidate *b);
/* The tie-breaks of peers alone: router-id, address, link. NULL (originated here) comes first. The order in which the RIB keeps paths; the
 * choice itself looks at ORIGINATOR_ID and CLUSTER_LIST too. */
int decide_tie(const struct rib_peer_info *a, const struct rib_peer_info *b, enum decision_step *ret_step);

/* MULTI_EXIT_DISC counts only within one neighbouring AS, so pairs alone give no order: of three paths each may beat the next. The choice
 * is therefore made as RFC 4271 9.1.2.2 words it, by removing paths from a set step by step; the outcome does not depend on the order
 * in which they are given.
 * Moves the paths that remain up to and including STEP_COST to the front, in the order of the tie-breaks, and returns how many they are: the
 * first is the best path, all of them may be used at once. 0: none has a next hop that can be reached. The order of the others is not
 * defined. */
size_t decide_set(struct candidate *c, size_t n);
/* The same, and the others follow in the order in which they would be chosen if all before them were gone; unreachable ones last. */
size_t decide_order(struct candidate *c, size_t n);

#endif
