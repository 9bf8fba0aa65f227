/* nexthop/hop.h: one next hop as a value, and the on-link address that stands for every peer. */
#ifndef WEFT_NEXTHOP_HOP_H
#define WEFT_NEXTHOP_HOP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

extern const struct in_addr hop_onlink;  /* 169.254.0.1: spelt here and nowhere else */
extern const struct in6_addr hop_anybody;        /* fe80::, the address of a router whose own is not known: the on-link address stands for it */

#define HOP_MAX 256                      /* next hops of one route */
#define WEFT_METRIC 20
#define WEFT_PROTOCOL 186                /* RTPROT_BGP */

struct hop {                             /* a neighbour on a link, and its share of the traffic; or the blackhole */
	uint32_t ifindex;                /* 0: the blackhole, `via` is :: then; always the only hop of a route */
	struct in6_addr via;             /* its link-local address; of a numbered neighbour its own, IPv4-mapped (::ffff:a.b.c.d) or global */
	uint8_t weight;                  /* 1..255 */
	bool direct;                     /* IPv4 too goes by way of `via` itself: the on-link address stands for another one on the link */
};

/* Does the on-link address stand for the gateway in IPv4 routes? Not for addresses that the kernel resolves by itself. */
static inline bool hop_is_stood_for(const struct hop *hop)
{
	return IN6_IS_ADDR_LINKLOCAL(&hop->via) && !hop->direct;
}

/* Is the gateway an IPv4 address of its own? */
static inline bool hop_is_v4(const struct hop *hop)
{
	return IN6_IS_ADDR_V4MAPPED(&hop->via);
}

/* What is sent there is discarded. */
static inline bool hop_is_blackhole(const struct hop *hop)
{
	return hop->ifindex == 0;
}

#endif
