/* tests/bench/fwd.h: over which links one kernel forwards, as its notifications tell, for prefixes that are named beforehand; and whether that
 * is what it should be. What the kernel does without a word is done here too: a link that loses its carrier takes its next-hop objects
 * with it, out of every group, and nothing of that comes back by itself. Routes that spell out their next hops keep them. */
#ifndef WEFT_BENCH_FWD_H
#define WEFT_BENCH_FWD_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FWD_RANGES 64
#define FWD_LINKS 64

typedef uint64_t fwd_links;              /* a bit for each link, in the order in which they were first heard of */

struct fwd_range {                       /* count prefixes of this length, one after the other */
	uint32_t base, count;
	uint8_t len;
};

struct fwd_hop {                         /* a next-hop object, a group of them, or what a route spells out (those have no id) */
	uint32_t id;
	bool there, group;
	fwd_links links;                 /* of an object, of a route's own */
	uint32_t *members;               /* of a group: ids */
	size_t n_members;
	uint32_t routes[FWD_RANGES];     /* that use it */
};

struct fwd {
	const struct fwd_range *ranges;  /* borrowed, one list for all kernels */
	const size_t *n_ranges;
	uint16_t *hop_of[FWD_RANGES];    /* of each prefix: its place in hops, 0: no route */
	struct fwd_hop *hops;            /* [0] stays empty */
	size_t n_hops;
	uint32_t ifindex[FWD_LINKS];
	size_t n_links;
	fwd_links admin_up, up;          /* up: with carrier */
	struct { bool on; fwd_links links; } want[FWD_RANGES];
};

void fwd_free(struct fwd *f);
void fwd_clear(struct fwd *f);           /* everything but what is wanted */
/* One message of a notification or a dump, about links, next hops or routes. -ENOMEM. */
int  fwd_message(struct fwd *f, const struct nlmsghdr *nlh);
fwd_links fwd_link(struct fwd *f, uint32_t ifindex);             /* its bit; 0: too many */
/* Of all prefixes for which something is wanted: how many are not forwarded over exactly these links. */
uint32_t fwd_wrong(const struct fwd *f);

#endif
