/* nexthop/route_msg.h: struct fib_op to netlink bytes, and dumps of our own objects back. Pure; building is not sending. */
#ifndef WEFT_NEXTHOP_ROUTE_MSG_H
#define WEFT_NEXTHOP_ROUTE_MSG_H

#include <linux/netlink.h>
#include <netlink/msg.h>

#include "nexthop/fib.h"

int route_msg_build(const struct fib_op *op, struct nl_msg **ret);       /* nlmsg_free it; flags without NLM_F_ACK; -ENOMEM, -EINVAL */

enum seen_kind { SEEN_NONE = 0, SEEN_ROUTE, SEEN_HOP, SEEN_GROUP, SEEN_NEIGH };
struct seen {                            /* one of ours in a dump or a notification */
	enum seen_kind kind;
	bool deleted;                    /* RTM_DEL* */
	struct prefix prefix;
	uint32_t id;                     /* HOP, GROUP: the object; ROUTE: its next-hop object or 0 */
	uint32_t ifindex;                /* NEIGH: this and */
	struct in6_addr addr;            /* the peer's own address; ::, on_link */
};
/* SEEN_NONE for what is not ours: another protocol, metric, table, id range, or a neighbour that is not permanent, or neither on_link nor of the link. -EBADMSG. */
int route_msg_seen(struct nlmsghdr *nlh, struct in_addr on_link, struct seen *ret);

#endif
