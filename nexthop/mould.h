/* nexthop/mould.h: netlink messages as bytes. Those of routes are alike but for the prefix and the group: the first of a kind is built by
 * route_msg, what follows is cast from it. Pure. */
#ifndef WEFT_NEXTHOP_MOULD_H
#define WEFT_NEXTHOP_MOULD_H

#include "nexthop/route_msg.h"

#define MOULD_BYTES 80                   /* the longest message of a route that names a group, and of a deletion */

struct mould {                           /* all zero is none yet */
	struct in_addr src;
	uint16_t len, dst, group;        /* where the prefix and the group's id stand; group 0: a deletion has none */
	_Alignas(struct nlmsghdr) uint8_t bytes[MOULD_BYTES];
};

struct moulds { struct mould set[2][2], del[2]; };       /* IPv4, IPv6; replaced, created */

/* What route_msg_build makes of op, at p (aligned for struct nlmsghdr). Returns its length, -EMSGSIZE when `room` is less, -ENOMEM, -EINVAL. */
int mould_cast(struct moulds *moulds, const struct fib_op *op, void *p, size_t room);

#endif
