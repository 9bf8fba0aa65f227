/* nexthop/route_msg.c: one fib_op is one netlink message. Sets are create-or-replace: a delete before an add would be a gap in the forwarding;
 * but a route of which there is none of ours yet is made and nothing else: a replace would take somebody else's of the same metric. The dump side accepts only what this side could have written. */
#include "nexthop/route_msg.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>

#include "agent/base/own.h"

#define SET_FLAGS (NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE)
#define NEW_FLAGS (NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL)
#define MSG_BASE 192                     /* more than the headers and the fixed attributes of any message here */
#define USER_TICKS 100                   /* a second in the clock_t of messages, on every machine (USER_HZ) */
#define MSG_PER_HOP (sizeof(struct rtnexthop) + 32)

/* A message with its fixed header in place; NULL: no memory. */
static struct nl_msg *msg_new(int type, int flags, size_t n_hops, const void *hdr, size_t hdr_len)
{
	struct nl_msg *msg = nlmsg_alloc_size(MSG_BASE + n_hops * MSG_PER_HOP);

	if (!msg)
		return NULL;
	if (nlmsg_put(msg, 0, 0, type, 0, flags) && nlmsg_append(msg, (void *)hdr, hdr_len, NLMSG_ALIGNTO) == 0)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

/* Everything fits a message of msg_new; should it not, put_... say so and the message is not sent. */
static int finish(struct nl_msg *msg, int r, struct nl_msg **ret)
{
	if (r < 0) {
		nlmsg_free(msg);
		return r == -EINVAL ? r : -ENOMEM;       /* libnl's own numbers: there is but one reason */
	}
	*ret = msg;
	return 0;
}

/* How a hop is reached: not at all, by its own IPv6 address, by its own IPv4 address, or by the on-link address that stands for it. */
enum gateway { BY_NOTHING, BY_INET6, BY_INET, BY_ON_LINK };

static enum gateway gateway_of(const struct fib_op *op, const struct hop *hop)
{
	if (hop_is_blackhole(hop))
		return BY_NOTHING;
	if (op->family == AF_INET && hop_is_v4(hop))
		return BY_INET;
	return op->family == AF_INET6 || op->via_inet6 || !hop_is_stood_for(hop) ? BY_INET6 : BY_ON_LINK;
}

static int put_gateway4(struct nl_msg *msg, int attr, const struct fib_op *op, const struct hop *hop)
{
	if (gateway_of(op, hop) == BY_INET)
		return nla_put(msg, attr, 4, hop->via.s6_addr + 12);
	return nla_put(msg, attr, sizeof(op->on_link), &op->on_link);
}

static int build_hop_set(const struct fib_op *op, struct nl_msg **ret)
{
	struct nhmsg nhm = { .nh_protocol = WEFT_PROTOCOL };
	enum gateway by;
	struct nl_msg *msg;
	int r;

	if (op->id == 0 || op->n != 1)
		return -EINVAL;
	by = gateway_of(op, &op->hops[0]);
	/* The gateway's: an AF_INET6 next hop serves routes of both families. */
	nhm.nh_family = by == BY_INET6 || (by == BY_NOTHING && op->family == AF_INET6) ? AF_INET6 : AF_INET;
	if (by == BY_ON_LINK)
		nhm.nh_flags = RTNH_F_ONLINK;
	msg = msg_new(RTM_NEWNEXTHOP, SET_FLAGS, 1, &nhm, sizeof(nhm));
	if (!msg)
		return -ENOMEM;
	r = nla_put_u32(msg, NHA_ID, op->id);
	if (by == BY_NOTHING)
		return finish(msg, r == 0 ? nla_put_flag(msg, NHA_BLACKHOLE) : r, ret);
	if (r == 0)
		r = nla_put_u32(msg, NHA_OIF, op->hops[0].ifindex);
	if (r == 0 && by == BY_INET6)
		r = nla_put(msg, NHA_GATEWAY, sizeof(op->hops[0].via), &op->hops[0].via);
	else if (r == 0)
		r = put_gateway4(msg, NHA_GATEWAY, op, &op->hops[0]);
	return finish(msg, r, ret);
}

/* Said with every change: the kernel checks that a group stays of its kind and has so many buckets, and takes the timers. */
static int put_resilient(struct nl_msg *msg, const struct fib_resilient *res)
{
	struct nlattr *nest;
	int r;

	if (res->buckets == 0)
		return 0;
	r = nla_put_u16(msg, NHA_GROUP_TYPE, NEXTHOP_GRP_TYPE_RES);
	nest = r == 0 ? nla_nest_start(msg, NHA_RES_GROUP) : NULL;
	if (!nest)
		return -ENOMEM;
	r = nla_put_u16(msg, NHA_RES_GROUP_BUCKETS, res->buckets);
	if (r == 0)
		r = nla_put_u32(msg, NHA_RES_GROUP_IDLE_TIMER, res->idle_s * USER_TICKS);
	if (r == 0)
		r = nla_put_u32(msg, NHA_RES_GROUP_UNBALANCED_TIMER, res->unbalanced_s * USER_TICKS);
	return r == 0 ? nla_nest_end(msg, nest) : r;
}

static int build_group_set(const struct fib_op *op, struct nl_msg **ret)
{
	struct nhmsg nhm = { .nh_family = AF_UNSPEC, .nh_protocol = WEFT_PROTOCOL };       /* groups have no family */
	struct nexthop_grp *grp;
	struct nlattr *attr;
	struct nl_msg *msg;
	int r;

	if (op->id == 0 || op->n == 0 || op->n > HOP_MAX)
		return -EINVAL;
	msg = msg_new(RTM_NEWNEXTHOP, op->create ? SET_FLAGS : SET_FLAGS & ~NLM_F_CREATE, op->n, &nhm, sizeof(nhm));
	if (!msg)
		return -ENOMEM;
	r = nla_put_u32(msg, NHA_ID, op->id);
	attr = r == 0 ? nla_reserve(msg, NHA_GROUP, (int)(op->n * sizeof(*grp))) : NULL;
	if (!attr)
		return finish(msg, -ENOMEM, ret);
	grp = nla_data(attr);
	for (size_t i = 0; i < op->n && r == 0; i++) {
		if (op->hops[i].weight == 0)
			r = -EINVAL;
		grp[i] = (struct nexthop_grp){ .id = op->members[i], .weight = (uint8_t)(op->hops[i].weight - 1) };
	}
	return finish(msg, r == 0 ? put_resilient(msg, &op->resilient) : r, ret);
}

static int build_object_del(const struct fib_op *op, struct nl_msg **ret)
{
	struct nhmsg nhm = { .nh_family = AF_UNSPEC };   /* the kernel demands zeros here */
	struct nl_msg *msg;

	if (op->id == 0)
		return -EINVAL;
	msg = msg_new(RTM_DELNEXTHOP, NLM_F_REQUEST, 0, &nhm, sizeof(nhm));
	return msg ? finish(msg, nla_put_u32(msg, NHA_ID, op->id), ret) : -ENOMEM;
}

static int put_gateway(struct nl_msg *msg, const struct fib_op *op, const struct hop *hop)
{
	struct { uint16_t family; uint8_t addr[16]; } __attribute__((packed)) via = { .family = AF_INET6 };      /* struct rtvia */

	if (op->family == AF_INET6)
		return nla_put(msg, RTA_GATEWAY, sizeof(hop->via), &hop->via);
	if (gateway_of(op, hop) != BY_INET6)
		return put_gateway4(msg, RTA_GATEWAY, op, hop);
	memcpy(via.addr, &hop->via, sizeof(via.addr));
	return nla_put(msg, RTA_VIA, sizeof(via), &via);
}

static int put_multipath(struct nl_msg *msg, const struct fib_op *op)
{
	struct nlattr *all = nla_nest_start(msg, RTA_MULTIPATH);
	int r = all ? 0 : -ENOMEM;

	for (size_t i = 0; i < op->n && r == 0; i++) {
		const struct hop *hop = &op->hops[i];
		struct rtnexthop *nh = nlmsg_reserve(msg, sizeof(*nh), NLMSG_ALIGNTO);

		if (!nh)
			return -ENOMEM;
		if (hop->weight == 0 || hop_is_blackhole(hop))
			return -EINVAL;
		*nh = (struct rtnexthop){ .rtnh_ifindex = (int)hop->ifindex, .rtnh_hops = (uint8_t)(hop->weight - 1) };
		if (gateway_of(op, hop) == BY_ON_LINK)
			nh->rtnh_flags = RTNH_F_ONLINK;
		r = put_gateway(msg, op, hop);
		nh->rtnh_len = (uint16_t)((uint8_t *)nlmsg_tail(nlmsg_hdr(msg)) - (uint8_t *)nh);
	}
	return r == 0 ? nla_nest_end(msg, all) : r;
}

static int put_hops(struct nl_msg *msg, const struct fib_op *op)
{
	int r;

	if (op->id != 0)
		return nla_put_u32(msg, RTA_NH_ID, op->id);
	if (op->n > 1)
		return put_multipath(msg, op);
	if (hop_is_blackhole(&op->hops[0]))
		return 0;                        /* the route's type says it all */
	r = nla_put_u32(msg, RTA_OIF, op->hops[0].ifindex);
	return r == 0 ? put_gateway(msg, op, &op->hops[0]) : r;
}

static int put_dst(struct nl_msg *msg, const struct fib_op *op)
{
	int r = nla_put(msg, RTA_DST, op->prefix.family == AF_INET ? 4 : 16, op->prefix.addr);

	return r == 0 ? nla_put_u32(msg, RTA_PRIORITY, WEFT_METRIC) : r;
}

static bool route_ok(const struct fib_op *op)
{
	const struct prefix *p = &op->prefix;

	return (p->family == AF_INET || p->family == AF_INET6) && p->family == op->family && p->len <= prefix_max(p->family);
}

/* IPv6 too is replaced whole. For it the kernel looks for a route of the same metric, preferring one that is "multipath or not" as the new
 * one is, then takes the first of the metric, with all its siblings: all routes of our metric to a prefix are one route, always. */
static int build_route_set(const struct fib_op *op, struct nl_msg **ret)
{
	struct rtmsg rtm = {
		.rtm_family = op->family, .rtm_dst_len = op->prefix.len, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = WEFT_PROTOCOL,
		.rtm_scope = RT_SCOPE_UNIVERSE, .rtm_type = RTN_UNICAST,
	};
	struct nl_msg *msg;
	int r;

	if (!route_ok(op) || (op->id == 0 && (op->n == 0 || op->n > HOP_MAX)))
		return -EINVAL;
	if (op->id == 0 && op->n == 1 && gateway_of(op, &op->hops[0]) == BY_ON_LINK)
		rtm.rtm_flags = RTNH_F_ONLINK;
	if (op->id == 0 && op->n == 1 && hop_is_blackhole(&op->hops[0]))
		rtm.rtm_type = RTN_BLACKHOLE;    /* with an object the kernel finds out by itself */
	msg = msg_new(RTM_NEWROUTE, op->create ? NEW_FLAGS : SET_FLAGS, op->id ? 0 : op->n, &rtm, sizeof(rtm));
	if (!msg)
		return -ENOMEM;
	r = put_dst(msg, op);
	if (r == 0 && op->family == AF_INET && op->src.s_addr != INADDR_ANY)
		r = nla_put(msg, RTA_PREFSRC, sizeof(op->src), &op->src);
	if (r == 0)
		r = put_hops(msg, op);
	return finish(msg, r, ret);
}

static int build_route_del(const struct fib_op *op, struct nl_msg **ret)
{
	/* Protocol and metric are compared by the kernel: a foreign route to the same prefix is safe. No next hop and no type: whatever it is. */
	struct rtmsg rtm = {
		.rtm_family = op->family, .rtm_dst_len = op->prefix.len, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = WEFT_PROTOCOL,
		.rtm_scope = RT_SCOPE_NOWHERE, .rtm_type = RTN_UNSPEC,
	};
	struct nl_msg *msg;

	if (!route_ok(op))
		return -EINVAL;
	msg = msg_new(RTM_DELROUTE, NLM_F_REQUEST, 0, &rtm, sizeof(rtm));
	return msg ? finish(msg, put_dst(msg, op), ret) : -ENOMEM;
}

static int build_neigh(const struct fib_op *op, bool set, struct nl_msg **ret)
{
	struct ndmsg ndm = { .ndm_family = op->family, .ndm_state = set ? NUD_PERMANENT : 0 };
	bool v6 = op->family == AF_INET6;
	struct nl_msg *msg;
	int r;

	if (op->n != 1)
		return -EINVAL;
	ndm.ndm_ifindex = (int)op->hops[0].ifindex;
	ndm.ndm_flags = v6 && set ? NTF_ROUTER : 0;
	msg = msg_new(set ? RTM_NEWNEIGH : RTM_DELNEIGH, set ? SET_FLAGS : NLM_F_REQUEST, 0, &ndm, sizeof(ndm));
	if (!msg)
		return -ENOMEM;
	r = v6 ? nla_put(msg, NDA_DST, sizeof(op->hops[0].via), &op->hops[0].via) : nla_put(msg, NDA_DST, sizeof(op->on_link), &op->on_link);
	if (r == 0 && set)
		r = nla_put(msg, NDA_LLADDR, sizeof(op->mac), op->mac);
	if (r == 0 && set)
		r = nla_put_u8(msg, NDA_PROTOCOL, WEFT_PROTOCOL);
	return finish(msg, r, ret);
}

int route_msg_build(const struct fib_op *op, struct nl_msg **ret)
{
	switch (op->kind) {
	case FIB_HOP_SET:
		return build_hop_set(op, ret);
	case FIB_GROUP_SET:
		return build_group_set(op, ret);
	case FIB_HOP_DEL:
	case FIB_GROUP_DEL:
		return build_object_del(op, ret);
	case FIB_ROUTE_SET:
		return build_route_set(op, ret);
	case FIB_ROUTE_DEL:
		return build_route_del(op, ret);
	case FIB_NEIGH_SET:
		return build_neigh(op, true, ret);
	case FIB_NEIGH_DEL:
		return build_neigh(op, false, ret);
	}
	return -EINVAL;
}

int route_msg_in_place(struct nlmsghdr *nlh, struct fib_seen *ret)
{
	static const struct nla_policy policy[RTA_MAX + 1] = {
		[RTA_TABLE] = { .minlen = 4, .maxlen = 4 }, [RTA_PRIORITY] = { .minlen = 4, .maxlen = 4 }, [RTA_NH_ID] = { .minlen = 4, .maxlen = 4 },
	};
	struct nlattr *tb[RTA_MAX + 1];
	const struct rtmsg *rtm;
	int size;

	if (nlmsg_parse(nlh, sizeof(*rtm), tb, RTA_MAX, policy) < 0)
		return -EBADMSG;
	rtm = nlmsg_data(nlh);
	if (rtm->rtm_family != AF_INET && rtm->rtm_family != AF_INET6)
		return 0;
	size = rtm->rtm_family == AF_INET ? 4 : 16;
	if (rtm->rtm_dst_len > size * 8 || (tb[RTA_DST] && nla_len(tb[RTA_DST]) != size) || (rtm->rtm_dst_len && !tb[RTA_DST]))
		return -EBADMSG;
	if (rtm->rtm_src_len || rtm->rtm_tos || rtm->rtm_flags & RTM_F_CLONED)          /* stands beside ours */
		return 0;
	if ((tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) : rtm->rtm_table) != RT_TABLE_MAIN)
		return 0;
	if (!tb[RTA_PRIORITY] || nla_get_u32(tb[RTA_PRIORITY]) != WEFT_METRIC)
		return 0;
	ret->prefix = (struct prefix){ .family = rtm->rtm_family, .len = rtm->rtm_dst_len };
	if (tb[RTA_DST])
		memcpy(ret->prefix.addr, nla_data(tb[RTA_DST]), (size_t)size);
	prefix_mask(&ret->prefix);
	ret->id = tb[RTA_NH_ID] ? nla_get_u32(tb[RTA_NH_ID]) : 0;
	if (tb[RTA_PREFSRC] && nla_len(tb[RTA_PREFSRC]) == sizeof(ret->src))
		memcpy(&ret->src, nla_data(tb[RTA_PREFSRC]), sizeof(ret->src));
	ret->odd = tb[RTA_METRICS] || tb[RTA_ENCAP] || rtm->rtm_scope != RT_SCOPE_UNIVERSE;
	return 1;
}

static int seen_route(struct nlmsghdr *nlh, struct fib_seen *ret)
{
	int r = route_msg_in_place(nlh, ret);
	const struct rtmsg *rtm;

	if (r <= 0)
		return r;
	rtm = nlmsg_data(nlh);
	if (rtm->rtm_protocol != WEFT_PROTOCOL)
		ret->kind = SEEN_FOREIGN_ROUTE;
	else if (rtm->rtm_type == RTN_UNICAST || rtm->rtm_type == RTN_BLACKHOLE)
		ret->kind = SEEN_ROUTE;
	return 0;
}

static bool seen_resilient(struct nlattr *attr, struct fib_resilient *ret)
{
	static const struct nla_policy policy[NHA_RES_GROUP_MAX + 1] = {
		[NHA_RES_GROUP_BUCKETS] = { .minlen = 2, .maxlen = 2 }, [NHA_RES_GROUP_IDLE_TIMER] = { .minlen = 4, .maxlen = 4 },
		[NHA_RES_GROUP_UNBALANCED_TIMER] = { .minlen = 4, .maxlen = 4 },
	};
	struct nlattr *tb[NHA_RES_GROUP_MAX + 1];

	if (!attr || nla_parse_nested(tb, NHA_RES_GROUP_MAX, attr, policy) < 0 || !tb[NHA_RES_GROUP_BUCKETS] || !tb[NHA_RES_GROUP_IDLE_TIMER] ||
	    !tb[NHA_RES_GROUP_UNBALANCED_TIMER])
		return false;
	ret->buckets = nla_get_u16(tb[NHA_RES_GROUP_BUCKETS]);
	ret->idle_s = nla_get_u32(tb[NHA_RES_GROUP_IDLE_TIMER]) / USER_TICKS;
	ret->unbalanced_s = nla_get_u32(tb[NHA_RES_GROUP_UNBALANCED_TIMER]) / USER_TICKS;
	return ret->buckets > 0;
}

/* What build_group_set makes; of another type, or with other attributes: odd. */
static int seen_group(struct nlattr *const *tb, struct fib_seen *ret)
{
	const struct nexthop_grp *grp = nla_data(tb[NHA_GROUP]);
	size_t n = (size_t)nla_len(tb[NHA_GROUP]) / sizeof(*grp);
	uint16_t type = NEXTHOP_GRP_TYPE_MPATH;

	if ((size_t)nla_len(tb[NHA_GROUP]) % sizeof(*grp))
		return -EBADMSG;
	ret->kind = SEEN_GROUP;
	if (tb[NHA_GROUP_TYPE] && nla_len(tb[NHA_GROUP_TYPE]) >= 2)
		type = nla_get_u16(tb[NHA_GROUP_TYPE]);
	ret->odd = !n || n > HOP_MAX || tb[NHA_FDB] || (type == NEXTHOP_GRP_TYPE_RES ? !seen_resilient(tb[NHA_RES_GROUP], &ret->resilient) :
						       type != NEXTHOP_GRP_TYPE_MPATH);
	for (size_t i = 0; i < n && !ret->odd; i++) {
		ret->odd = grp[i].weight == UINT8_MAX || grp[i].resvd1;
		ret->member[i] = (struct fib_member){ .id = grp[i].id, .weight = (uint8_t)(grp[i].weight + 1) };
	}
	ret->n = ret->odd ? 0 : n;
	return 0;
}

/* What build_hop_set makes. */
static void seen_hop(struct nlattr *const *tb, const struct nhmsg *nhm, struct in_addr on_link, struct fib_seen *ret)
{
	int size = tb[NHA_GATEWAY] ? nla_len(tb[NHA_GATEWAY]) : 0;
	struct hop *hop = &ret->hop;

	ret->kind = SEEN_HOP;
	ret->family = nhm->nh_family;
	*hop = (struct hop){ .weight = 1 };
	ret->odd = tb[NHA_FDB] || tb[NHA_ENCAP] || tb[NHA_MASTER];
	if (tb[NHA_BLACKHOLE])
		return;
	hop->ifindex = tb[NHA_OIF] && nla_len(tb[NHA_OIF]) == 4 ? nla_get_u32(tb[NHA_OIF]) : 0;
	ret->odd |= !hop->ifindex;
	if (nhm->nh_family == AF_INET6 && size == 16) {
		memcpy(&hop->via, nla_data(tb[NHA_GATEWAY]), 16);
	} else if (nhm->nh_family == AF_INET && size == 4 && nhm->nh_flags & RTNH_F_ONLINK) {
		hop->via = hop_anybody;
		ret->odd |= memcmp(nla_data(tb[NHA_GATEWAY]), &on_link, 4) != 0;
	} else if (nhm->nh_family == AF_INET && size == 4) {
		hop->via.s6_addr[10] = hop->via.s6_addr[11] = 0xff;
		memcpy(hop->via.s6_addr + 12, nla_data(tb[NHA_GATEWAY]), 4);
	} else {
		ret->odd = true;
	}
}

static int seen_object(struct nlmsghdr *nlh, struct in_addr on_link, struct fib_seen *ret)
{
	static const struct nla_policy policy[NHA_MAX + 1] = { [NHA_ID] = { .minlen = 4, .maxlen = 4 } };
	struct nlattr *tb[NHA_MAX + 1];
	const struct nhmsg *nhm;
	uint32_t id;

	if (nlmsg_parse(nlh, sizeof(*nhm), tb, NHA_MAX, policy) < 0 || !tb[NHA_ID])
		return -EBADMSG;
	nhm = nlmsg_data(nlh);
	id = nla_get_u32(tb[NHA_ID]);
	if (id < FIB_ID_FIRST || id > FIB_ID_LAST)
		return 0;
	ret->id = id;
	if (nhm->nh_protocol != WEFT_PROTOCOL) {
		ret->kind = SEEN_FOREIGN_OBJECT;
		return 0;
	}
	if (tb[NHA_GROUP])
		return seen_group(tb, ret);
	seen_hop(tb, nhm, on_link, ret);
	return 0;
}

/* What stands for the peer, the peer itself, or a group of the link. */
static bool is_peer(const struct nlattr *dst, struct in_addr on_link, struct in6_addr *ret)
{
	if (nla_len(dst) == sizeof(on_link))
		return memcmp(nla_data(dst), &on_link, sizeof(on_link)) == 0;
	memcpy(ret, nla_data(dst), sizeof(*ret));
	return in6_is_ll(ret) || IN6_IS_ADDR_MC_LINKLOCAL(ret);
}

static int seen_neigh(struct nlmsghdr *nlh, struct in_addr on_link, struct fib_seen *ret)
{
	static const struct nla_policy policy[NDA_MAX + 1] = { [NDA_PROTOCOL] = { .minlen = 1, .maxlen = 1 } };
	struct nlattr *tb[NDA_MAX + 1];
	const struct ndmsg *ndm;

	if (nlmsg_parse(nlh, sizeof(*ndm), tb, NDA_MAX, policy) < 0)
		return -EBADMSG;
	ndm = nlmsg_data(nlh);
	if ((ndm->ndm_family != AF_INET && ndm->ndm_family != AF_INET6) || !(ndm->ndm_state & NUD_PERMANENT) || ndm->ndm_flags & NTF_PROXY)
		return 0;
	if (ndm->ndm_ifindex <= 0 || !tb[NDA_DST] || nla_len(tb[NDA_DST]) != (ndm->ndm_family == AF_INET ? (int)sizeof(on_link) : (int)sizeof(ret->addr)))
		return -EBADMSG;
	if (!is_peer(tb[NDA_DST], on_link, &ret->addr))
		return 0;
	if (!tb[NDA_PROTOCOL] || nla_get_u8(tb[NDA_PROTOCOL]) != WEFT_PROTOCOL)
		return 0;
	ret->kind = SEEN_NEIGH;
	ret->ifindex = (uint32_t)ndm->ndm_ifindex;
	ret->odd = !tb[NDA_LLADDR] || nla_len(tb[NDA_LLADDR]) != sizeof(ret->mac);
	if (!ret->odd)
		memcpy(ret->mac, nla_data(tb[NDA_LLADDR]), sizeof(ret->mac));
	return 0;
}

int route_msg_seen(struct nlmsghdr *nlh, struct in_addr on_link, struct fib_seen *ret)
{
	int r = 0;

	memset(ret, 0, offsetof(struct fib_seen, member));       /* the members are many, and there are few groups among many routes */
	switch (nlh->nlmsg_type) {
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		r = seen_route(nlh, ret);
		break;
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		r = seen_object(nlh, on_link, ret);
		break;
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		r = seen_neigh(nlh, on_link, ret);
		break;
	}
	ret->deleted = nlh->nlmsg_type == RTM_DELROUTE || nlh->nlmsg_type == RTM_DELNEXTHOP || nlh->nlmsg_type == RTM_DELNEIGH;
	return r;
}
