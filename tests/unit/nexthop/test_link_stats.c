#include "nexthop/link_stats.h"

#include <errno.h>
#include <stddef.h>

#include <criterion/criterion.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#define PACKETS offsetof(struct rtnl_link_stats64, rx_bytes)             /* as far as the packets go: they come first */

/* n: bytes of the counters; less than 0: no attribute. */
static int parse(int type, unsigned ifindex, int n, uint64_t *ret)
{
	static const struct rtnl_link_stats64 stats = { .rx_packets = 30, .tx_packets = 12, .rx_bytes = 999 };
	struct if_stats_msg head = { .ifindex = ifindex, .filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64) };
	struct nl_msg *msg = nlmsg_alloc();
	int r;

	nlmsg_put(msg, 0, 7, type, 0, 0);
	nlmsg_append(msg, &head, sizeof(head), NLMSG_ALIGNTO);
	if (n >= 0)
		nla_put(msg, IFLA_STATS_LINK_64, n, &stats);
	r = link_stats_parse(nlmsg_hdr(msg), 5, ret);
	nlmsg_free(msg);
	return r;
}

Test(link_stats, packets_in_and_out_are_told_together)
{
	uint64_t packets = 0;

	cr_assert_eq(parse(RTM_NEWSTATS, 5, sizeof(struct rtnl_link_stats64), &packets), 1);
	cr_assert_eq(packets, 42u);
	packets = 0;
	cr_assert_eq(parse(RTM_NEWSTATS, 5, PACKETS, &packets), 1, "of a kernel with fewer counters");
	cr_assert_eq(packets, 42u);
}

Test(link_stats, other_messages_and_other_links_are_passed_over)
{
	uint64_t packets = 1;

	cr_assert_eq(parse(RTM_NEWSTATS, 6, sizeof(struct rtnl_link_stats64), &packets), 0);
	cr_assert_eq(parse(RTM_NEWLINK, 5, sizeof(struct rtnl_link_stats64), &packets), 0);
	cr_assert_eq(packets, 1u);
}

Test(link_stats, malformed_answers_are_refused)
{
	struct { struct nlmsghdr nlh; uint32_t head; } cut = { .nlh = { .nlmsg_len = sizeof(cut), .nlmsg_type = RTM_NEWSTATS } };
	uint64_t packets = 1;

	cr_assert_eq(parse(RTM_NEWSTATS, 5, PACKETS - 8, &packets), -EBADMSG);
	cr_assert_eq(parse(RTM_NEWSTATS, 5, 0, &packets), -EBADMSG);
	cr_assert_eq(parse(RTM_NEWSTATS, 5, -1, &packets), -EBADMSG);
	cr_assert_eq(link_stats_parse(&cut.nlh, 5, &packets), -EBADMSG);
	cr_assert_eq(packets, 1u);
}

Test(link_stats, the_kernels_refusal_is_told)
{
	struct { struct nlmsghdr nlh; struct nlmsgerr err; } no = {
		.nlh = { .nlmsg_len = sizeof(no), .nlmsg_type = NLMSG_ERROR }, .err = { .error = -ENODEV },
	};
	uint64_t packets;

	cr_assert_eq(link_stats_parse(&no.nlh, 5, &packets), -ENODEV);
}
