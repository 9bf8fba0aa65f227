#include "nexthop/link_stats.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "nexthop/nlsock.h"

#define DATAGRAMS_MAX 16                 /* read for one answer: what is left of an earlier one, and the answer */

struct link_stats {
	struct nlsock *nl;
	uint32_t seq;
};

int link_stats_new(struct link_stats **ret)
{
	struct link_stats *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	r = nlsock_new(&s->nl, (const int[]){ 0 });
	if (r < 0) {
		free(s);
		return r;
	}
	*ret = s;
	return 0;
}

void link_stats_free(struct link_stats *s)
{
	if (!s)
		return;
	nlsock_free(s->nl);
	free(s);
}

int link_stats_parse(struct nlmsghdr *nlh, uint32_t ifindex, uint64_t *ret_packets)
{
	const struct if_stats_msg *head;
	struct rtnl_link_stats64 stats;
	const struct nlattr *attr;
	const char *text;
	int r;

	if (nlh->nlmsg_type == NLMSG_ERROR) {
		r = nlsock_verdict(nlh, &text);
		return r;
	}
	if (nlh->nlmsg_type != RTM_NEWSTATS)
		return 0;
	if (!nlmsg_valid_hdr(nlh, sizeof(*head)))
		return -EBADMSG;
	head = nlmsg_data(nlh);
	if (head->ifindex != ifindex)
		return 0;
	attr = nlmsg_find_attr(nlh, sizeof(*head), IFLA_STATS_LINK_64);
	if (!attr || nla_len(attr) < (int)(offsetof(struct rtnl_link_stats64, tx_packets) + sizeof(stats.tx_packets)))
		return -EBADMSG;
	memset(&stats, 0, sizeof(stats));        /* an older kernel's has fewer of them */
	memcpy(&stats, nla_data(attr), (size_t)nla_len(attr) < sizeof(stats) ? (size_t)nla_len(attr) : sizeof(stats));
	*ret_packets = stats.rx_packets + stats.tx_packets;
	return 1;
}

struct answer { uint32_t ifindex, seq; uint64_t packets; int r; };

static void on_msg(void *ctx, struct nlmsghdr *nlh)
{
	struct answer *a = ctx;

	if (a->r == 0 && nlh->nlmsg_seq == a->seq)
		a->r = link_stats_parse(nlh, a->ifindex, &a->packets);
}

int link_stats_packets(struct link_stats *s, uint32_t ifindex, uint64_t *ret_packets)
{
	struct { struct nlmsghdr nlh; struct if_stats_msg head; } ask = {
		.nlh = { .nlmsg_len = sizeof(ask), .nlmsg_type = RTM_GETSTATS, .nlmsg_flags = NLM_F_REQUEST, .nlmsg_seq = ++s->seq },
		.head = { .ifindex = ifindex, .filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64) },
	};
	struct answer a = { .ifindex = ifindex, .seq = s->seq };
	int r = nlsock_send(s->nl, &ask, sizeof(ask));

	for (int i = 0; i < DATAGRAMS_MAX && r >= 0 && a.r == 0; i++) {
		r = nlsock_recv(s->nl, on_msg, &a);
		if (r == 0)
			r = -ENODATA;
	}
	if (r < 0 || a.r <= 0)
		return r < 0 ? r : a.r ? a.r : -ENODATA;
	*ret_packets = a.packets;
	return 0;
}
