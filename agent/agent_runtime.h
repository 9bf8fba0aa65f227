/* agent/agent_runtime.h: changes by hand beside the file: numbered peers that are added and removed while weftd runs (for prefixes: agent_announce.h). */
#ifndef WEFT_AGENT_RUNTIME_H
#define WEFT_AGENT_RUNTIME_H

#include "agent/agent.h"

#define BY_HAND_MAX 256                  /* neighbors */

struct by_hand {                         /* the answer: */
	char name[INET6_ADDRSTRLEN];     /* the neighbor's address, as it is written everywhere */
	uint32_t asn;                    /* 0: any but our own */
	bool usable;                     /* an interface leads there */
	char error[CONFIG_NEIGHBOR_ERROR];       /* -EINVAL: what is wrong with it */
	char touched[256];               /* other sessions that end or restart because of it, ", " between them */
};

/* asn: a number, "internal", "external". 1; 0: it was so already; -EINVAL; -EEXIST: the file has it; -EBUSY: it is one by hand, with another AS;
 * -ENOSPC; -ENOMEM, or what the rim says to `listen`: nothing has changed. */
int agent_neighbor_add(struct agent *a, const char *address, const char *asn, mono now, struct by_hand *ret);
int agent_neighbor_del(struct agent *a, const char *address, mono now, struct by_hand *ret);     /* -EEXIST: the file has it; -ENOENT; the same */

/* peer: as of agent_reset. in: the peer is asked for its routes again, and `import` judges them anew; else it is told ours again, as `export` has them. The
 * session stays. -ENOENT: no such; -ENOTCONN: no session; -EOPNOTSUPP: it does not know route refresh (RFC 2918); else how many. */
int agent_soft_reset(struct agent *a, const char *peer, bool in);

#endif
