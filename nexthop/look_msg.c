#include "nexthop/look_msg.h"

#include <errno.h>
#include <string.h>

#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>

#include "nexthop/nlsock.h"

#define ROOM 128                         /* for a fixed header and two addresses */

static int begin(int type, uint32_t seq, const void *head, size_t n, struct nl_msg **ret)
{
	struct nl_msg *msg = nlmsg_alloc_size(ROOM);

	if (!msg)
		return -ENOMEM;
	if (!nlmsg_put(msg, 0, seq, type, 0, NLM_F_REQUEST) || nlmsg_append(msg, (void *)head, n, NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	*ret = msg;
	return 0;
}

static int with(struct nl_msg *msg, int attr, const void *p, size_t n, struct nl_msg **ret)
{
	if (nla_put(msg, attr, (int)n, p) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	*ret = msg;
	return 0;
}

int look_msg_route(const struct prefix *host, uint32_t seq, struct nl_msg **ret)
{
	/* RTM_F_FIB_MATCH (4.13): the route itself, not what became of it for this destination. The kernel's strict check wants nothing else of IPv6. */
	struct rtmsg rtm = {
		.rtm_family = host->family, .rtm_dst_len = (uint8_t)prefix_max(host->family),
		.rtm_flags = host->family == AF_INET ? RTM_F_FIB_MATCH | RTM_F_LOOKUP_TABLE : RTM_F_FIB_MATCH,
	};
	struct nl_msg *msg;
	int r = begin(RTM_GETROUTE, seq, &rtm, sizeof(rtm), &msg);

	return r < 0 ? r : with(msg, RTA_DST, host->addr, host->family == AF_INET ? 4 : 16, ret);
}

int look_msg_object(uint32_t id, uint32_t seq, struct nl_msg **ret)
{
	struct nhmsg nhm = { .nh_family = AF_UNSPEC };
	struct nl_msg *msg;
	int r = begin(RTM_GETNEXTHOP, seq, &nhm, sizeof(nhm), &msg);

	return r < 0 ? r : with(msg, NHA_ID, &id, sizeof(id), ret);
}

int look_msg_neigh(const struct look_hop *hop, uint32_t seq, struct nl_msg **ret)
{
	bool v4 = IN6_IS_ADDR_V4MAPPED(&hop->via);
	struct ndmsg ndm = { .ndm_family = v4 ? AF_INET : AF_INET6, .ndm_ifindex = (int)hop->ifindex };
	struct nl_msg *msg;
	int r = begin(RTM_GETNEIGH, seq, &ndm, sizeof(ndm), &msg);

	return r < 0 ? r : with(msg, NDA_DST, v4 ? hop->via.s6_addr + 12 : hop->via.s6_addr, v4 ? 4 : 16, ret);
}

/* What is not `type` is the kernel's verdict, or nothing of ours. 1: go on. */
static int expect(struct nlmsghdr *nlh, int type, size_t head)
{
	const char *text;

	if (nlh->nlmsg_type == NLMSG_ERROR)
		return nlsock_verdict(nlh, &text);
	if (nlh->nlmsg_type != type)
		return 0;
	return nlmsg_valid_hdr(nlh, (int)head) ? 1 : -EBADMSG;
}

static bool get_address(const struct nlattr *attr, struct in6_addr *ret)
{
	int n = attr ? nla_len(attr) : 0;

	*ret = in6addr_any;
	if (n == 16)
		memcpy(ret, nla_data(attr), 16);
	if (n != 4)
		return n == 16;
	ret->s6_addr[10] = ret->s6_addr[11] = 0xff;
	memcpy(ret->s6_addr + 12, nla_data(attr), 4);
	return true;
}

/* struct rtvia: a family and an address. */
static void get_via(const struct nlattr *attr, struct in6_addr *ret)
{
	if (attr && nla_len(attr) == 2 + 16)
		memcpy(ret, (const uint8_t *)nla_data(attr) + 2, 16);
}

static void get_flags(struct look_hop *hop, unsigned flags)
{
	hop->onlink = flags & RTNH_F_ONLINK;
	hop->dead = flags & RTNH_F_DEAD;
	hop->linkdown = flags & RTNH_F_LINKDOWN;
}

static uint32_t get_u32(const struct nlattr *attr)
{
	return attr && nla_len(attr) == 4 ? nla_get_u32(attr) : 0;
}

static int get_multipath(struct nlattr *attr, struct looked *ret)
{
	struct rtnexthop *nh = nla_data(attr);
	int left = nla_len(attr);
	struct nlattr *tb[RTA_MAX + 1];

	for (; left >= (int)sizeof(*nh) && nh->rtnh_len >= sizeof(*nh) && nh->rtnh_len <= left && ret->n < HOP_MAX; ret->n++) {
		struct look_hop *hop = &ret->hops[ret->n];

		if (nla_parse(tb, RTA_MAX, (struct nlattr *)RTNH_DATA(nh), (int)(nh->rtnh_len - sizeof(*nh)), NULL) < 0)
			return -EBADMSG;
		*hop = (struct look_hop){ .ifindex = (uint32_t)nh->rtnh_ifindex, .weight = (uint8_t)(nh->rtnh_hops + 1) };
		get_flags(hop, nh->rtnh_flags);
		if (!get_address(tb[RTA_GATEWAY], &hop->via))
			get_via(tb[RTA_VIA], &hop->via);
		left -= (int)RTNH_ALIGN(nh->rtnh_len);
		nh = RTNH_NEXT(nh);
	}
	return 0;
}

/* The hops that stand in the route itself. */
static int get_hops(struct nlattr *const *tb, unsigned flags, struct looked *ret)
{
	if (tb[RTA_MULTIPATH])
		return get_multipath(tb[RTA_MULTIPATH], ret);
	if (!tb[RTA_OIF])
		return 0;
	ret->n = 1;
	ret->hops[0] = (struct look_hop){ .ifindex = get_u32(tb[RTA_OIF]), .weight = 1 };
	get_flags(&ret->hops[0], flags);
	if (!get_address(tb[RTA_GATEWAY], &ret->hops[0].via))
		get_via(tb[RTA_VIA], &ret->hops[0].via);
	return 0;
}

int look_msg_route_is(struct nlmsghdr *nlh, struct looked *ret)
{
	struct nlattr *tb[RTA_MAX + 1];
	const struct rtmsg *rtm;
	int r = expect(nlh, RTM_NEWROUTE, sizeof(*rtm)), size;

	if (r <= 0)
		return r;
	if (nlmsg_parse(nlh, sizeof(*rtm), tb, RTA_MAX, NULL) < 0)
		return -EBADMSG;
	rtm = nlmsg_data(nlh);
	size = rtm->rtm_family == AF_INET ? 4 : 16;
	if (rtm->rtm_family != ret->asked.family || rtm->rtm_dst_len > size * 8 || (tb[RTA_DST] && nla_len(tb[RTA_DST]) != size))
		return -EBADMSG;
	ret->found = (struct prefix){ .family = rtm->rtm_family, .len = rtm->rtm_dst_len };
	if (tb[RTA_DST])
		memcpy(ret->found.addr, nla_data(tb[RTA_DST]), (size_t)size);
	prefix_mask(&ret->found);
	ret->type = rtm->rtm_type;
	ret->protocol = rtm->rtm_protocol;
	ret->table = tb[RTA_TABLE] ? get_u32(tb[RTA_TABLE]) : rtm->rtm_table;
	ret->metric = get_u32(tb[RTA_PRIORITY]);
	get_address(tb[RTA_PREFSRC], &ret->src);
	ret->group = get_u32(tb[RTA_NH_ID]);
	ret->n = 0;
	if (!ret->group && get_hops(tb, rtm->rtm_flags, ret) < 0)
		return -EBADMSG;
	return 1;
}

static int parse_object(struct nlmsghdr *nlh, struct nlattr **tb)
{
	int r = expect(nlh, RTM_NEWNEXTHOP, sizeof(struct nhmsg));

	if (r <= 0)
		return r;
	return nlmsg_parse(nlh, sizeof(struct nhmsg), tb, NHA_MAX, NULL) < 0 ? -EBADMSG : 1;
}

int look_msg_group_is(struct nlmsghdr *nlh, struct looked *ret)
{
	struct nlattr *tb[NHA_MAX + 1];
	const struct nexthop_grp *grp;
	int r = parse_object(nlh, tb);

	if (r <= 0)
		return r;
	if (!tb[NHA_GROUP]) {            /* the route names a hop */
		ret->n = 1;
		ret->hops[0] = (struct look_hop){ .id = ret->group, .weight = 1 };
		return look_msg_hop_is(nlh, &ret->hops[0]);
	}
	ret->resilient = tb[NHA_GROUP_TYPE] && nla_len(tb[NHA_GROUP_TYPE]) >= 2 && nla_get_u16(tb[NHA_GROUP_TYPE]) == NEXTHOP_GRP_TYPE_RES;
	grp = nla_data(tb[NHA_GROUP]);
	ret->n = (size_t)nla_len(tb[NHA_GROUP]) / sizeof(*grp);
	if (ret->n > HOP_MAX)
		ret->n = HOP_MAX;
	for (size_t i = 0; i < ret->n; i++)
		ret->hops[i] = (struct look_hop){ .id = grp[i].id, .weight = (uint8_t)(grp[i].weight + 1) };
	return 1;
}

int look_msg_hop_is(struct nlmsghdr *nlh, struct look_hop *hop)
{
	struct nlattr *tb[NHA_MAX + 1];
	int r = parse_object(nlh, tb);

	if (r <= 0)
		return r;
	get_flags(hop, ((const struct nhmsg *)nlmsg_data(nlh))->nh_flags);
	hop->blackhole = tb[NHA_BLACKHOLE];
	hop->ifindex = get_u32(tb[NHA_OIF]);
	get_address(tb[NHA_GATEWAY], &hop->via);
	return 1;
}

int look_msg_neigh_is(struct nlmsghdr *nlh, struct look_hop *hop)
{
	struct nlattr *tb[NDA_MAX + 1];
	int r = expect(nlh, RTM_NEWNEIGH, sizeof(struct ndmsg));

	if (r <= 0)
		return r;
	if (nlmsg_parse(nlh, sizeof(struct ndmsg), tb, NDA_MAX, NULL) < 0)
		return -EBADMSG;
	hop->has_neigh = true;
	hop->neigh_state = ((const struct ndmsg *)nlmsg_data(nlh))->ndm_state;
	hop->has_mac = tb[NDA_LLADDR] && nla_len(tb[NDA_LLADDR]) == sizeof(hop->mac);
	if (hop->has_mac)
		memcpy(hop->mac, nla_data(tb[NDA_LLADDR]), sizeof(hop->mac));
	return 1;
}
