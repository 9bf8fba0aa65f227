/* Ops for the tests of nexthop/route_msg.h, and their messages. */
#pragma once

#include "nexthop/route_msg.h"

#include <linux/rtnetlink.h>

extern const struct hop msg_hops[2];             /* of every op here */
extern const uint32_t msg_members[2];

struct in_addr msg_on_link(void);
struct fib_op msg_op(enum fib_op_kind kind, uint8_t family, size_t n);
struct fib_op msg_route_op(enum fib_op_kind kind, const char *prefix, uint32_t id, size_t n);
struct nlmsghdr *msg_build(const struct fib_op *op, struct nl_msg **ret);        /* free with nlmsg_free(*ret) */
struct rtmsg *msg_parse_route(struct nlmsghdr *nlh, struct nlattr **tb);         /* RTA_MAX + 1 of them */
