/* agent/rib/bandwidth.h: the Link Bandwidth extended community (RFC 10005), and what follows from it: shares of the traffic. */
#ifndef WEFT_RIB_BANDWIDTH_H
#define WEFT_RIB_BANDWIDTH_H

#include "agent/rib/attrs.h"

#define BANDWIDTH_SIZE 8                 /* bytes of one */
#define BANDWIDTH_STEPS 16               /* most that a weight can be, where bandwidths decide */
#define BANDWIDTH_MBIT 125000.0f         /* 1 Mbit/s: the community counts bytes */

struct bandwidth {
	bool known;
	float bytes;                     /* per second; the lowest of all that were said */
	unsigned n, bad;                 /* communities of this kind; those that are no bandwidth: negative, infinite, not a number */
};

struct bandwidth bandwidth_get(struct span ext_communities);
/* The list without any, and with one of these bytes per second if there are any (NULL: none). to: room for list.n + BANDWIDTH_SIZE. */
struct span bandwidth_put(struct span list, uint32_t asn, const float *bytes, uint8_t *to);

struct share {                           /* of one path among those that are used at once */
	struct bandwidth said;
	float link;                      /* bytes per second of our own link there; 0: not known, it limits nothing */
	uint8_t weight;                  /* in: a policy's, at least 1. Out: of the next hop */
};

/* Weights of n paths, all of which say their bandwidth; and what we can forward by all of them. False: one of them does not, and the weights
 * stay what they are. */
bool bandwidth_share(struct share *s, size_t n, float *ret_bytes);

#endif
