/* nexthop/look_msg.h: questions about one route, one next-hop object, one neighbour as netlink bytes, and their answers. Pure; look_sock.c asks. */
#ifndef WEFT_NEXTHOP_LOOK_MSG_H
#define WEFT_NEXTHOP_LOOK_MSG_H

#include <netlink/msg.h>

#include "nexthop/look.h"

/* nlmsg_free them; -ENOMEM. */
int look_msg_route(const struct prefix *host, uint32_t seq, struct nl_msg **ret);        /* which route would packets to it take? */
int look_msg_object(uint32_t id, uint32_t seq, struct nl_msg **ret);
int look_msg_neigh(const struct look_hop *hop, uint32_t seq, struct nl_msg **ret);

/* Into ret what the answer says. 1; 0: it is no answer to that; -errno: the kernel's verdict, or -EBADMSG. */
int look_msg_route_is(struct nlmsghdr *nlh, struct looked *ret);
/* A group's members are ret->hops[0 .. n), with their ids and weights; a hop is *hop (its id and weight stay). */
int look_msg_group_is(struct nlmsghdr *nlh, struct looked *ret);
int look_msg_hop_is(struct nlmsghdr *nlh, struct look_hop *hop);
int look_msg_neigh_is(struct nlmsghdr *nlh, struct look_hop *hop);

#endif
