/* A kernel in a few arrays: what Linux does with next-hop objects, groups, routes and neighbours, and what it refuses. For test_fib*.c. */
#ifndef WEFT_TEST_FIB_FAKE_H
#define WEFT_TEST_FIB_FAKE_H

#include "nexthop/fib.h"

#define FAKE_LINKS 16                    /* ifindex 1..15 */
#define FAKE_ROOM 512                    /* of each kind of object */
#define FAKE_MEMBERS 16
#define FAKE_BUCKETS 64

struct fake_hop {
	uint32_t id;
	uint8_t family;
	bool via_inet6;
	bool on_link;                    /* by way of the on-link address: `via` is not in the kernel */
	uint32_t ifindex;
	struct in6_addr via;
};

struct fake_group {
	uint32_t id;
	uint8_t family;
	size_t n;
	uint32_t members[FAKE_MEMBERS];
	uint8_t weights[FAKE_MEMBERS];
	struct fib_resilient resilient;
	uint32_t buckets[FAKE_BUCKETS];  /* of the resilient kind: whose each is */
};

struct fake_route {
	struct prefix prefix;
	struct in_addr src;
	uint32_t group;                  /* 0: hops of its own */
	bool foreign;                    /* of another protocol: not deleted, but replaced like any of the metric */
	bool via_inet6;
	size_t n;
	struct hop hops[FAKE_MEMBERS];
};

struct fake_neigh { uint32_t ifindex; struct in_addr on_link; struct in6_addr addr; uint8_t mac[6]; };     /* addr: the peer's own; ::, on_link */

struct fake {                            /* all zero is an empty kernel, every link up */
	bool idle;                       /* buckets of resilient groups are; else all are in use, and stay with a hop as long as it is there */
	bool no_carrier[FAKE_LINKS], admin_down[FAKE_LINKS];
	struct fake_hop hops[FAKE_ROOM];
	struct fake_group groups[FAKE_ROOM];
	struct fake_route routes[FAKE_ROOM];
	struct fake_neigh neighs[FAKE_ROOM];
	size_t n_hops, n_groups, n_routes, n_neighs;
};

int  fake_exec(struct fake *k, const struct fib_op *op);         /* 0 or -errno, as Linux answers; refused ops change nothing */
void fake_link_lost(struct fake *k, uint32_t ifindex, bool admin);       /* carrier lost, or set down */
void fake_link_back(struct fake *k, uint32_t ifindex);

void fake_tell(const struct fake *k, struct fib *fib);           /* all that it holds, as a dump tells it to a new process */

struct fake_hop *fake_hop(struct fake *k, uint32_t id);
struct fake_group *fake_group(struct fake *k, uint32_t id);
struct fake_route *fake_route(struct fake *k, const struct prefix *p);
struct fake_neigh *fake_neigh(struct fake *k, uint32_t ifindex, const struct in6_addr *addr);

#endif
