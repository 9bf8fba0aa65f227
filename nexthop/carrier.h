/* nexthop/carrier.h: links that are looked at, because listening is not enough.
 *
 * The kernel tells of a lost carrier only when it is through with what follows from it, and that is to take out, one by one, all routes that
 * had no other way: 40 ms for 100,000 of them. The link's flags show it before, and no lock is needed to read them. So a thread looks once a
 * millisecond at the links that so many routes hang on; a node without such a link never has it. */
#ifndef WEFT_NEXTHOP_CARRIER_H
#define WEFT_NEXTHOP_CARRIER_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CARRIER_LINKS 64                 /* at most; the others are only listened to */

struct carrier;
struct carrier_link {
	uint32_t ifindex;
	char name[IFNAMSIZ];
};
struct carrier_out {                     /* both are called from the thread */
	int (*flags)(void *ctx, const char *name);       /* IFF_..., or a negative errno; carrier_flags unless something else is to be looked at */
	void (*wake)(void *ctx);         /* carrier_lost has something */
	void *ctx;
};

int  carrier_new(struct carrier **ret, const struct carrier_out *out);
void carrier_free(struct carrier *c);
/* These from now on, instead of those before. */
void carrier_watch(struct carrier *c, const struct carrier_link *links, size_t n);
/* A link that was seen without its carrier; each loss is told once. It may have it again by now. */
bool carrier_lost(struct carrier *c, struct carrier_link *ret);

int  carrier_flags(int fd, const char *name);            /* of a link, by any socket */

#endif
