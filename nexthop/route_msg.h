/* nexthop/route_msg.h: struct fib_op to netlink bytes, and dumps of our own objects back. Pure; building is not sending. */
#ifndef WEFT_NEXTHOP_ROUTE_MSG_H
#define WEFT_NEXTHOP_ROUTE_MSG_H

#include <linux/netlink.h>
#include <netlink/msg.h>

#include "nexthop/fib.h"

int route_msg_build(const struct fib_op *op, struct nl_msg **ret);       /* nlmsg_free it; flags without NLM_F_ACK; -ENOMEM, -EINVAL */

/* One of ours in a dump or a notification, or SEEN_FOREIGN_ what is of another protocol with our metric, or in our range of ids. SEEN_NONE for the
 * rest: another metric, table, id range, or a neighbour that is not permanent, or neither on_link nor of the link. -EBADMSG: *ret means nothing. */
int route_msg_seen(struct nlmsghdr *nlh, struct in_addr on_link, struct fib_seen *ret);

/* A route where one of ours is or could be: main table, our metric, whoever's it is. Fills in prefix, id, src and odd of *ret. 1; 0: it stands elsewhere. */
int route_msg_in_place(struct nlmsghdr *nlh, struct fib_seen *ret);

#endif
