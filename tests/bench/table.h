/* tests/bench/table.h: one kernel's IPv4 routes of a routing daemon, as its notifications tell: how many prefixes there are, and over how many
 * next hops each. A route that names a next-hop object is as wide as that object is now. */
#ifndef WEFT_BENCH_TABLE_H
#define WEFT_BENCH_TABLE_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TABLE_WIDTHS 257                 /* next hops that a route spells out itself: 0..256 */

struct table_route {
	uint64_t key;                    /* address, length; 0: free */
	uint32_t nhid;
	uint16_t width;                  /* 0: not there */
	bool dead;                       /* spells out a next hop on the watched link */
};

struct table_hop {                       /* a next-hop object or a group */
	uint32_t id;
	uint32_t ifindex;                /* 0: a group */
	uint16_t width;                  /* 0: not there */
	uint32_t routes;                 /* that name it */
};

struct table {
	struct table_route *routes;
	size_t room, used;
	struct table_hop *hops;
	size_t n_hops, hops_room, last_hop;
	uint32_t by_width[TABLE_WIDTHS];         /* of routes that spell their next hops out */
	uint32_t dead;                   /* of these, over the watched link */
	uint32_t watched;                /* ifindex; 0: none */
	uint64_t messages;               /* about routes, whoever's */
};

void table_free(struct table *t);
void table_clear(struct table *t);       /* everything but the watched link */
/* One message of a notification or a dump. -ENOMEM. */
int  table_message(struct table *t, const struct nlmsghdr *nlh);
uint32_t table_count(const struct table *t, unsigned width);     /* prefixes over at least so many next hops */
bool table_uses(const struct table *t, uint32_t ifindex);        /* a single next-hop object on that link exists */

#endif
