/* nexthop/look.h: what the kernel really holds for a prefix, asked at this moment. Values alone; look_sock.h asks. */
#ifndef WEFT_NEXTHOP_LOOK_H
#define WEFT_NEXTHOP_LOOK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/base/prefix.h"
#include "nexthop/hop.h"

struct look_hop {
	uint32_t id;                     /* of the next-hop object; 0: it stands in the route */
	uint32_t ifindex;                /* 0: it is not known, or a blackhole */
	struct in6_addr via;             /* the gateway, IPv4-mapped for IPv4; ::, none */
	uint8_t weight;                  /* 1..255 */
	bool missing;                    /* the group names an object that there is not */
	bool blackhole, onlink, dead, linkdown;
	bool has_neigh;                  /* the gateway has an entry on the link: */
	uint16_t neigh_state;            /* NUD_ */
	bool has_mac;
	uint8_t mac[6];
};

struct looked {
	int error;                       /* -errno: what the kernel answered; -ENETUNREACH: it has no route. Then only `asked` says something */
	struct prefix asked;             /* the address */
	struct prefix found;             /* the route that packets to it take */
	uint8_t type, protocol;          /* RTN_, RTPROT_ */
	uint32_t table, metric;
	struct in6_addr src;             /* preferred, IPv4-mapped for IPv4; ::, none */
	uint32_t group;                  /* the object that the route names: a group, or a hop; 0: none */
	bool resilient;
	bool cut;                        /* it took too long: what follows was not asked */
	size_t n;
	struct look_hop hops[HOP_MAX];
};

/* Only addresses can be looked up, and a longer prefix may hold the first ones of this one. The first to ask for; then the next one behind what was found.
 * False: there is none in the prefix. */
bool look_first(const struct prefix *p, struct prefix *ret);
bool look_next(const struct prefix *p, const struct prefix *found, struct prefix *ret);
const char *look_neigh_str(uint16_t state);              /* as `ip neighbour` has it: "permanent" */
const char *look_type_str(uint8_t type);                 /* "unicast", "local" */
const char *look_protocol_str(uint8_t protocol);         /* "bgp", "kernel"; "" for one without a name here */

#endif
