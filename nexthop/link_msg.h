/* nexthop/link_msg.h: RTM_NEWLINK/DELLINK/NEWADDR/DELADDR/NEWNEIGH/DELNEIGH bytes to struct link_change. Pure; no socket. */
#ifndef WEFT_NEXTHOP_LINK_MSG_H
#define WEFT_NEXTHOP_LINK_MSG_H

#include <linux/netlink.h>

#include "nexthop/link.h"

/* 1: *ret is a change; 0: not of interest; -EBADMSG: malformed. The length of the message has been checked by the caller (nlmsg_ok). */
int link_msg_parse(struct nlmsghdr *nlh, struct link_change *ret);

#endif
