/* nexthop/link_stats.h: how many packets an interface has received and sent (RTM_GETSTATS, Linux 4.7), asked for one at a time. */
#ifndef WEFT_NEXTHOP_LINK_STATS_H
#define WEFT_NEXTHOP_LINK_STATS_H

#include <linux/netlink.h>
#include <stdint.h>

struct link_stats;

int  link_stats_new(struct link_stats **ret);
void link_stats_free(struct link_stats *stats);
/* The kernel answers at once. 0; -ENODEV: there is no such interface; other -errno. */
int  link_stats_packets(struct link_stats *stats, uint32_t ifindex, uint64_t *ret_packets);

/* One message of the answer. 1: *ret_packets; 0: not of interest; -errno: the kernel's, or -EBADMSG. The length has been checked by the caller (nlmsg_ok). */
int  link_stats_parse(struct nlmsghdr *nlh, uint32_t ifindex, uint64_t *ret_packets);

#endif
