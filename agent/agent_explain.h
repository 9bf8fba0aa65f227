/* agent/agent_explain.h: what a peer is told of a prefix and why not, and what the kernel holds for it: for `explain`, `show routes --advertised`. */
#ifndef WEFT_AGENT_EXPLAIN_H
#define WEFT_AGENT_EXPLAIN_H

#include "agent/agent.h"

struct agent_told_view {
	bool told;                       /* the peer was told the prefix, and it was not withdrawn since */
	bool pending;                    /* not all that is new has been handed to the session yet */
	const char *why;                 /* it is not told now; "": it is */
	const struct attrs *attrs;       /* as they are sent: what the peer reads; NULL: nothing. Until the next call */
};
/* One peer's, with room for a message; agent_told is for one turn: the peer must not go in between. -ENOENT, -ENOMEM. */
struct agent_teller;
int  agent_teller_new(struct agent_teller **ret, struct agent *a, uint32_t key);
void agent_teller_free(struct agent_teller *t);
/* False: there is no such prefix in the table. Without a session there is an answer too. */
bool agent_told(struct agent_teller *t, const struct prefix *p, struct agent_told_view *ret);

/* What the rim says; -EOPNOTSUPP: there is nobody to ask. */
int agent_look(struct agent *a, const struct prefix *p, struct looked *ret);
/* How the kernel's hop reads if it is as wished: the on-link address instead of the neighbour's own, IPv4-mapped. */
struct in6_addr agent_gateway(const struct agent *a, uint8_t family, const struct hop *hop);
/* The first difference behind `at` between what is wished for and what the kernel holds, in words; false: no more. *at: 0 at first. */
bool agent_differs(const struct agent *a, const struct prefix *p, const struct looked *look, size_t *at, char words[160]);

#endif
