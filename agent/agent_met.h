/* agent/agent_met.h: whom this node has met, by the place where: what is remembered of a peer while there is none, so that its counters keep their
 * names. A fabric link without a carrier has no peer (peers.h). */
#ifndef WEFT_AGENT_MET_H
#define WEFT_AGENT_MET_H

#include "agent/agent.h"

struct met {                             /* of the last session that was Established there; all zero: none was */
	bool any;
	char hostname[65];
	uint32_t asn;
	uint32_t flaps;                  /* sessions that were Established and ended, of whoever it was */
	enum bgp_event end;              /* the last of these, with flaps > 0 */
};

struct agent_met_view {
	uint32_t key;                    /* struct peer_view */
	const char *name;                /* of the link, the numbered peer's address, "fe80::1%swp1"; as the next: borrowed */
	const char *link;                /* the interface that leads there; "" behind routers */
	bool numbered;
	const struct met *met;
};
/* Every place where a session may be, one after the other: a fabric link, a further router there, a numbered peer. False: no more. */
bool agent_met(const struct agent *a, size_t i, struct agent_met_view *ret);

#endif
