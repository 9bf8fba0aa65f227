/* nexthop/deed_msg.h: notifications about routes, next-hop objects and neighbours to struct fib_deed. Pure; no socket. */
#ifndef WEFT_NEXTHOP_DEED_MSG_H
#define WEFT_NEXTHOP_DEED_MSG_H

#include <linux/netlink.h>

#include "nexthop/fib.h"

/* Whoever did it. DEED_NONE: not about anything that could be ours, or stand in its place. -EBADMSG: malformed. The length of the message has
 * been checked by the caller (nlmsg_ok). */
int deed_msg_parse(struct nlmsghdr *nlh, struct in_addr on_link, struct fib_deed *ret);

#endif
