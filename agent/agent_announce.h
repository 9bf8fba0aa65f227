/* agent/agent_announce.h: prefixes that this node announces because an operator said so (`weft announce`): kept out of the file, and lost when weftd ends. */
#ifndef WEFT_AGENT_ANNOUNCE_H
#define WEFT_AGENT_ANNOUNCE_H

#include "agent/agent.h"
#include "agent/base/community.h"

#define ANNOUNCED_MAX 4096               /* prefixes */
#define ANNOUNCED_COMMUNITIES 15         /* of each, both kinds together */

struct announced {
	struct prefix prefix;
	uint8_t n_standard, n_large;     /* communities: */
	uint8_t standard[ANNOUNCED_COMMUNITIES * 4], large[ANNOUNCED_COMMUNITIES * 12];   /* as they stand on the wire */
};

/* What stands there twice is once; more than there is room for is none of the caller's: ANNOUNCED_COMMUNITIES at most. */
void announced_add(struct announced *to, const struct community *c, unsigned parts);

/* Whatever was announced of the prefix by hand before is replaced. 1; 0: it was so already; -EINVAL: no peer would take the prefix (a martian);
 * -EAFNOSUPPORT: `ipv6` is off; -ENOSPC, -ENOMEM. */
int  agent_announce(struct agent *a, const struct announced *what);
int  agent_withdraw(struct agent *a, const struct prefix *p);    /* -ENOENT: it is not announced by hand */
const struct announced *agent_announced(const struct agent *a, const struct prefix *p);  /* NULL: it is not */
const struct announced *agent_announced_at(const struct agent *a, size_t i);     /* in order; NULL: no more */
bool agent_on_interface(const struct agent *a, const struct prefix *p);          /* it is announced by hand or not: an interface that `originate` names has it */

#endif
