/* agent/agent_drain.h: traffic is moved away before maintenance (RFC 8326), from this node or from one of its links, and comes back when asked to.
 *
 * Everything is announced again with GRACEFUL_SHUTDOWN, and to internal peers with the lowest preference; what is heard on a drained link is as if
 * its peer had said so, here and for whoever is told of it. Sessions and routes stay, so whatever still comes is forwarded. */
#ifndef WEFT_AGENT_DRAIN_H
#define WEFT_AGENT_DRAIN_H

#include "agent/agent.h"

#define DRAIN_NODE ""                    /* the name of this node: all its links at once */
#define UNDRAIN_MAX_S 30

/* name: a fabric link's, or a numbered peer's address. 0, also when it is drained already; -ENOENT: no such; -ENOSPC, -ENOMEM. */
int  agent_drain(struct agent *a, const char *name, mono now);
/* Takes it back as soon as the peers concerned have told all their routes and the kernel has them, after UNDRAIN_MAX_S in any case. 0, also when
 * it is not drained; -ENOENT: no such. */
int  agent_undrain(struct agent *a, const char *name, mono now);

/* What an earlier process had drained, before agent_start: of links that need not be there yet. */
int  agent_drain_restore(struct agent *a, const char *name, mono now);
const char *agent_drain_name(const struct agent *a, size_t i);           /* of what is drained, one after the other; NULL: that was the last */
unsigned agent_drain_changes(const struct agent *a);     /* of these names, so far */

/* How much is left: the rim counts the packets, in and out together, of these interfaces about once a second. *at: 0 at first; 0: no more. */
uint32_t agent_drain_next(const struct agent *a, size_t *at);
void agent_drain_counted(struct agent *a, uint32_t ifindex, uint64_t packets, mono now);

struct agent_drain_view {
	bool on;                         /* it is drained: */
	mono since;
	bool gone;                       /* peers were told, and no more packets are seen than BGP, BFD and discovery need */
	bool ends;                       /* it is to come back, at the latest at */
	mono until;
	const char *waits_for;           /* a link or a peer that has not told everything, or "the kernel"; NULL: nobody */
	const char *missed;              /* the same when the last one came back for its time was over; "": it did not */
};
/* False: no such, as agent_drain; one that came back last is known though its link may be gone. */
bool agent_drain_view(const struct agent *a, const char *name, struct agent_drain_view *ret, mono now);
struct agent_traffic_view {              /* of an interface that is drained by this name: */
	const char *link;
	bool known, quiet;               /* known: it was counted for a second; quiet: as few as agent_drain_view.gone wants */
	uint64_t pps;                    /* packets per second, in and out */
};
bool agent_drain_traffic(const struct agent *a, const char *name, size_t *at, struct agent_traffic_view *ret);    /* *at: 0 at first; false: no more */
bool agent_is_drained(const struct agent *a, uint32_t key);      /* a peer, by its link or with the whole node; a fabric link's ifindex */

#endif
