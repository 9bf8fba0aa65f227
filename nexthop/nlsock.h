/* nexthop/nlsock.h: one NETLINK_ROUTE socket: datagrams in and out, whole messages up. Knows nothing of what they mean. */
#ifndef WEFT_NEXTHOP_NLSOCK_H
#define WEFT_NEXTHOP_NLSOCK_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>

struct nlsock;
typedef void (*nlsock_fn)(void *ctx, struct nlmsghdr *nlh);

/* groups: RTNLGRP_* to hear, 0 ends the list. */
int  nlsock_new(struct nlsock **ret, const int *groups);
void nlsock_free(struct nlsock *sock);
int  nlsock_fd(const struct nlsock *sock);
int  nlsock_send(struct nlsock *sock, const void *p, size_t n);         /* to the kernel; whole or not at all */
/* Reads one datagram and calls fn for every message in it. 1: read; 0: nothing is waiting; -ENOBUFS: something was lost; other -errno. */
int  nlsock_recv(struct nlsock *sock, nlsock_fn fn, void *ctx);
int  nlsock_wait(const struct nlsock *sock, int timeout_ms);            /* 0: something is waiting; -ETIMEDOUT */

/* The verdict of an NLMSG_ERROR: 0 for an ACK, or -errno; *ret_text: the kernel's words (NLMSGERR_ATTR_MSG) or NULL, borrowed. -EBADMSG. */
int  nlsock_verdict(struct nlmsghdr *nlh, const char **ret_text);

#endif
