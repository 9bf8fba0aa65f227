/* tests/bench/routes.h: the N prefixes of a benchmark, and what a peer says about them, encoded before the clock runs. */
#ifndef WEFT_BENCH_ROUTES_H
#define WEFT_BENCH_ROUTES_H

#include <netinet/in.h>
#include <stdint.h>
#include <stddef.h>

#include "agent/base/prefix.h"

#define ROUTES_BASE 0x20000000u          /* 32.0.0.0: the prefixes are N host routes from here on */
#define ROUTES_MAX (1u << 24)

struct route_plan {
	uint32_t n;
	uint32_t per_set;                /* prefixes that share their attributes: what one leaf announces */
	uint32_t asn;                    /* of the peer: AS_PATH is the peer, then the leaf */
	struct in6_addr next_hop;        /* the peer's link-local address */
};

struct routes {                          /* whole UPDATEs one after the other, as they go to the socket */
	uint8_t *announce, *withdraw;
	size_t announce_len, withdraw_len;
	uint32_t updates;                /* messages in announce */
};

static inline uint32_t route_addr(uint32_t i)            /* host byte order */
{
	return ROUTES_BASE + i;
}

int  routes_new(struct routes *ret, const struct route_plan *plan);      /* -ENOMEM, -EMSGSIZE */
void routes_free(struct routes *routes);

#endif
