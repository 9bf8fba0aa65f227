#include "nexthop/route_msg.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>

#include "tests/unit/nexthop/route_msg_rig.h"

#define SET_FLAGS (NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE)

static void expect_u32(struct nlattr *attr, uint32_t want)
{
	cr_assert_not_null(attr);
	cr_assert_eq(nla_len(attr), 4);
	cr_assert_eq(nla_get_u32(attr), want);
}

static void expect_bytes(struct nlattr *attr, const void *want, int n)
{
	cr_assert_not_null(attr);
	cr_assert_eq(nla_len(attr), n);
	cr_assert_arr_eq(nla_data(attr), want, n);
}

Test(route_msg, next_hop_object_has_the_family_of_its_gateway)
{
	static const struct { uint8_t family; bool via_inet6; uint8_t nh_family; uint32_t flags; } rows[] = {
		{ AF_INET, false, AF_INET, RTNH_F_ONLINK },
		{ AF_INET, true, AF_INET6, 0 },          /* for IPv4 routes, by the link-local address */
		{ AF_INET6, false, AF_INET6, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fib_op op = msg_op(FIB_HOP_SET, rows[i].family, 1);
		struct in_addr via4 = msg_on_link();
		struct nlattr *tb[NHA_MAX + 1];
		struct nl_msg *msg;
		struct nlmsghdr *nlh;
		struct nhmsg *nhm;

		op.via_inet6 = rows[i].via_inet6;
		nlh = msg_build(&op, &msg);
		nhm = nlmsg_data(nlh);
		cr_assert_eq(nlh->nlmsg_type, RTM_NEWNEXTHOP);
		cr_assert_eq(nlh->nlmsg_flags, SET_FLAGS);
		cr_assert_eq(nlmsg_parse(nlh, sizeof(*nhm), tb, NHA_MAX, NULL), 0);
		cr_assert(nhm->nh_family == rows[i].nh_family && nhm->nh_protocol == 186 && nhm->nh_flags == rows[i].flags);
		cr_assert(nhm->nh_scope == 0 && nhm->resvd == 0, "the kernel demands zeros");
		expect_u32(tb[NHA_ID], FIB_ID_FIRST + 5);
		expect_u32(tb[NHA_OIF], 3);
		if (nhm->nh_family == AF_INET)
			expect_bytes(tb[NHA_GATEWAY], &via4, 4);
		else
			expect_bytes(tb[NHA_GATEWAY], &msg_hops[0].via, 16);
		nlmsg_free(msg);
	}
}

static const struct hop numbered = { .ifindex = 3, .via = { { { [10] = 0xff, 0xff, 203, 0, 113, 2 } } }, .weight = 1 };

Test(route_msg, next_hop_with_an_ipv4_address_of_its_own_is_neither_on_link_nor_changed_by_via_inet6)
{
	for (int via_inet6 = 0; via_inet6 < 2; via_inet6++) {
		struct fib_op op = msg_op(FIB_HOP_SET, AF_INET, 1);
		struct nlattr *tb[NHA_MAX + 1];
		struct nl_msg *msg;
		struct nlmsghdr *nlh;
		struct nhmsg *nhm;

		op.hops = &numbered;
		op.via_inet6 = via_inet6;
		nlh = msg_build(&op, &msg);
		nhm = nlmsg_data(nlh);
		cr_assert_eq(nlmsg_parse(nlh, sizeof(*nhm), tb, NHA_MAX, NULL), 0);
		cr_assert(nhm->nh_family == AF_INET && nhm->nh_flags == 0);
		expect_bytes(tb[NHA_GATEWAY], "\xcb\0\x71\2", 4);
		nlmsg_free(msg);
	}
}

Test(route_msg, ipv4_next_hop_by_a_global_ipv6_address_is_that_address)
{
	struct hop global = { .ifindex = 3, .via = { { { 0x20, 1, 0xd, 0xb8, [15] = 2 } } }, .weight = 1 };
	struct fib_op op = msg_op(FIB_HOP_SET, AF_INET, 1);
	struct nlattr *tb[NHA_MAX + 1];
	struct nl_msg *msg;
	struct nlmsghdr *nlh;
	struct nhmsg *nhm;

	op.hops = &global;
	nlh = msg_build(&op, &msg);
	nhm = nlmsg_data(nlh);
	cr_assert_eq(nlmsg_parse(nlh, sizeof(*nhm), tb, NHA_MAX, NULL), 0);
	cr_assert(nhm->nh_family == AF_INET6 && nhm->nh_flags == 0);
	expect_bytes(tb[NHA_GATEWAY], &global.via, 16);
	nlmsg_free(msg);
}

Test(route_msg, direct_hop_is_its_own_address_whatever_stands_for_others)
{
	struct hop both[2] = { msg_hops[0], msg_hops[1] };
	struct fib_op op = msg_op(FIB_HOP_SET, AF_INET, 1);
	struct nlattr *tb[NHA_MAX + 1], *attrs[RTA_MAX + 1];
	struct nl_msg *msg;
	struct nlmsghdr *nlh;
	struct nhmsg *nhm;
	struct rtnexthop *nh;

	both[1].direct = true;
	op.hops = &both[1];
	nlh = msg_build(&op, &msg);
	nhm = nlmsg_data(nlh);
	cr_assert_eq(nlmsg_parse(nlh, sizeof(*nhm), tb, NHA_MAX, NULL), 0);
	cr_assert(nhm->nh_family == AF_INET6 && nhm->nh_flags == 0);
	expect_bytes(tb[NHA_GATEWAY], &msg_hops[1].via, 16);
	nlmsg_free(msg);

	op = msg_op(FIB_ROUTE_SET, AF_INET, 2);
	cr_assert_eq(prefix_parse("10.1.0.0/16", &op.prefix), 0);
	op.id = 0;
	op.hops = both;
	nlh = msg_build(&op, &msg);
	cr_assert_eq(nlmsg_parse(nlh, sizeof(struct rtmsg), attrs, RTA_MAX, NULL), 0);
	nh = nla_data(attrs[RTA_MULTIPATH]);
	cr_assert_eq(nh->rtnh_flags, RTNH_F_ONLINK, "the first one on-link");
	nh = (struct rtnexthop *)((char *)nh + nh->rtnh_len);
	cr_assert_eq(nh->rtnh_flags, 0);
	cr_assert_eq(((struct nlattr *)(nh + 1))->nla_type, RTA_VIA);
	nlmsg_free(msg);
}

Test(route_msg, classic_route_by_an_ipv4_address_of_its_own)
{
	struct hop both[2] = { numbered, msg_hops[1] };
	struct fib_op op = msg_op(FIB_ROUTE_SET, AF_INET, 1);
	struct nlattr *tb[RTA_MAX + 1];
	struct rtnexthop *nh;
	struct nl_msg *msg;
	struct nlmsghdr *nlh;

	cr_assert_eq(prefix_parse("10.1.0.0/16", &op.prefix), 0);
	op.id = 0;
	op.hops = both;
	nlh = msg_build(&op, &msg);
	cr_assert_eq(nlmsg_parse(nlh, sizeof(struct rtmsg), tb, RTA_MAX, NULL), 0);
	cr_assert_eq(((struct rtmsg *)nlmsg_data(nlh))->rtm_flags, 0);
	expect_bytes(tb[RTA_GATEWAY], "\xcb\0\x71\2", 4);
	nlmsg_free(msg);
	op.n = 2;
	nlh = msg_build(&op, &msg);
	cr_assert_eq(nlmsg_parse(nlh, sizeof(struct rtmsg), tb, RTA_MAX, NULL), 0);
	nh = nla_data(tb[RTA_MULTIPATH]);
	cr_assert_eq(nh->rtnh_flags, 0);
	cr_assert_eq(RTNH_NEXT(nh)->rtnh_flags, RTNH_F_ONLINK, "the other one goes by the on-link address");
	nlmsg_free(msg);
}

Test(route_msg, group_has_no_family_and_weights_less_one)
{
	struct fib_op op = msg_op(FIB_GROUP_SET, AF_INET, 2);
	const struct nexthop_grp want[2] = { { .id = FIB_ID_FIRST, .weight = 0 }, { .id = FIB_ID_FIRST + 1, .weight = 254 } };
	struct nlattr *tb[NHA_MAX + 1];
	struct nl_msg *msg;
	struct nlmsghdr *nlh = msg_build(&op, &msg);
	struct nhmsg *nhm = nlmsg_data(nlh);

	cr_assert(nlh->nlmsg_type == RTM_NEWNEXTHOP && nlh->nlmsg_flags == (NLM_F_REQUEST | NLM_F_REPLACE), "of one that is there");
	cr_assert(nhm->nh_family == AF_UNSPEC && nhm->nh_protocol == 186 && nhm->nh_flags == 0);
	cr_assert_eq(nlmsg_parse(nlh, sizeof(*nhm), tb, NHA_MAX, NULL), 0);
	expect_u32(tb[NHA_ID], FIB_ID_FIRST + 5);
	expect_bytes(tb[NHA_GROUP], want, sizeof(want));
	cr_assert_null(tb[NHA_OIF]);
	nlmsg_free(msg);
}

Test(route_msg, group_is_made_only_when_that_is_meant)
{
	struct fib_op op = msg_op(FIB_GROUP_SET, AF_INET, 2);
	struct nl_msg *msg;

	op.create = true;
	cr_assert_eq(msg_build(&op, &msg)->nlmsg_flags, SET_FLAGS);
	nlmsg_free(msg);
}

Test(route_msg, object_deletion_is_an_id_and_zeros)
{
	static const enum fib_op_kind kinds[] = { FIB_HOP_DEL, FIB_GROUP_DEL };

	for (size_t i = 0; i < 2; i++) {
		struct fib_op op = msg_op(kinds[i], AF_INET, 0);
		struct nlattr *tb[NHA_MAX + 1];
		struct nl_msg *msg;
		struct nlmsghdr *nlh = msg_build(&op, &msg);

		cr_assert(nlh->nlmsg_type == RTM_DELNEXTHOP && nlh->nlmsg_flags == NLM_F_REQUEST);
		cr_assert_arr_eq(nlmsg_data(nlh), (&(struct nhmsg){ 0 }), sizeof(struct nhmsg));
		cr_assert_eq(nlmsg_parse(nlh, sizeof(struct nhmsg), tb, NHA_MAX, NULL), 0);
		expect_u32(tb[NHA_ID], FIB_ID_FIRST + 5);
		nlmsg_free(msg);
	}
}

Test(route_msg, route_points_at_its_group_with_our_marks)
{
	struct fib_op op = msg_route_op(FIB_ROUTE_SET, "10.1.0.0/16", FIB_ID_FIRST + 7, 2);
	struct nlattr *tb[RTA_MAX + 1];
	struct nl_msg *msg;
	struct nlmsghdr *nlh = msg_build(&op, &msg);
	struct rtmsg *rtm = msg_parse_route(nlh, tb);

	cr_assert(nlh->nlmsg_type == RTM_NEWROUTE && nlh->nlmsg_flags == SET_FLAGS);
	cr_assert(rtm->rtm_family == AF_INET && rtm->rtm_dst_len == 16 && rtm->rtm_table == RT_TABLE_MAIN && rtm->rtm_protocol == 186);
	cr_assert(rtm->rtm_scope == RT_SCOPE_UNIVERSE && rtm->rtm_type == RTN_UNICAST && rtm->rtm_flags == 0);
	expect_bytes(tb[RTA_DST], "\x0a\x01\0\0", 4);
	expect_u32(tb[RTA_PRIORITY], 20);
	expect_bytes(tb[RTA_PREFSRC], "\x0a\0\xfe\1", 4);
	expect_u32(tb[RTA_NH_ID], FIB_ID_FIRST + 7);
	cr_assert(!tb[RTA_OIF] && !tb[RTA_GATEWAY] && !tb[RTA_MULTIPATH] && !tb[RTA_VIA]);
	nlmsg_free(msg);
}

Test(route_msg, preferred_source_is_for_ipv4_and_only_when_there_is_one)
{
	struct fib_op op4 = msg_route_op(FIB_ROUTE_SET, "0.0.0.0/0", FIB_ID_FIRST, 0), op6 = msg_route_op(FIB_ROUTE_SET, "2001:db8::/32", FIB_ID_FIRST, 0);
	struct nlattr *tb[RTA_MAX + 1];
	struct nl_msg *msg;

	op4.src.s_addr = INADDR_ANY;
	cr_assert_eq(msg_parse_route(msg_build(&op4, &msg), tb)->rtm_dst_len, 0);
	cr_assert_null(tb[RTA_PREFSRC]);
	nlmsg_free(msg);
	msg_parse_route(msg_build(&op6, &msg), tb);
	cr_assert_null(tb[RTA_PREFSRC]);
	expect_bytes(tb[RTA_DST], "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0", 16);
	nlmsg_free(msg);
}

static const struct classic {
	const char *prefix;
	bool via_inet6;
	uint8_t flags;
	int gw_attr, gw_len;
} classics[] = {
	{ "10.1.0.0/16", false, RTNH_F_ONLINK, RTA_GATEWAY, 4 },
	{ "10.1.0.0/16", true, 0, RTA_VIA, 18 },
	{ "2001:db8::/32", false, 0, RTA_GATEWAY, 16 },
};

static void expect_gateway(const struct classic *c, struct nlattr *attr, const struct hop *hop)
{
	struct in_addr via4 = msg_on_link();
	struct rtvia via = { 0 };

	if (c->gw_len == 4) {
		expect_bytes(attr, &via4, 4);
	} else if (c->gw_len == 16) {
		expect_bytes(attr, &hop->via, 16);
	} else {
		cr_assert_eq(nla_len(attr), 18);
		memcpy(&via, nla_data(attr), sizeof(via));
		cr_assert_eq(via.rtvia_family, AF_INET6);
		cr_assert_arr_eq((uint8_t *)nla_data(attr) + 2, &hop->via, 16);
	}
}

Test(route_msg, classic_route_of_one_hop)
{
	for (size_t i = 0; i < sizeof(classics) / sizeof(classics[0]); i++) {
		struct fib_op op = msg_route_op(FIB_ROUTE_SET, classics[i].prefix, 0, 1);
		struct nlattr *tb[RTA_MAX + 1];
		struct nl_msg *msg;
		struct rtmsg *rtm;

		op.via_inet6 = classics[i].via_inet6;
		rtm = msg_parse_route(msg_build(&op, &msg), tb);
		cr_assert_eq(rtm->rtm_flags, classics[i].flags);
		expect_u32(tb[RTA_OIF], 3);
		expect_gateway(&classics[i], tb[classics[i].gw_attr], &msg_hops[0]);
		cr_assert(!tb[RTA_NH_ID] && !tb[RTA_MULTIPATH]);
		nlmsg_free(msg);
	}
}

Test(route_msg, classic_multipath_route_has_a_weight_and_flags_per_hop)
{
	for (size_t i = 0; i < sizeof(classics) / sizeof(classics[0]); i++) {
		struct fib_op op = msg_route_op(FIB_ROUTE_SET, classics[i].prefix, 0, 2);
		struct nlattr *tb[RTA_MAX + 1], *nested[RTA_MAX + 1];
		struct rtnexthop *nh;
		struct nl_msg *msg;
		int left;

		op.via_inet6 = classics[i].via_inet6;
		cr_assert_eq(msg_parse_route(msg_build(&op, &msg), tb)->rtm_flags, 0);
		cr_assert(tb[RTA_MULTIPATH] && !tb[RTA_OIF] && !tb[RTA_GATEWAY] && !tb[RTA_VIA]);
		nh = nla_data(tb[RTA_MULTIPATH]);
		left = nla_len(tb[RTA_MULTIPATH]);
		for (size_t j = 0; j < 2; j++) {
			cr_assert(RTNH_OK(nh, left));
			cr_assert(nh->rtnh_ifindex == (int)msg_hops[j].ifindex && nh->rtnh_hops == msg_hops[j].weight - 1 && nh->rtnh_flags == classics[i].flags);
			cr_assert_eq(nla_parse(nested, RTA_MAX, (struct nlattr *)RTNH_DATA(nh), nh->rtnh_len - (int)sizeof(*nh), NULL), 0);
			expect_gateway(&classics[i], nested[classics[i].gw_attr], &msg_hops[j]);
			left -= RTNH_ALIGN(nh->rtnh_len);
			nh = RTNH_NEXT(nh);
		}
		cr_assert_eq(left, 0);
		nlmsg_free(msg);
	}
}

Test(route_msg, widest_route_and_group_fit)
{
	struct hop wide[HOP_MAX];
	uint32_t ids[HOP_MAX];
	struct fib_op ops[] = { msg_route_op(FIB_ROUTE_SET, "10.0.0.0/8", 0, HOP_MAX), msg_route_op(FIB_ROUTE_SET, "2001:db8::/32", 0, HOP_MAX),
		msg_op(FIB_GROUP_SET, AF_INET, HOP_MAX) };

	ops[0].via_inet6 = true;                 /* the longest of all */
	for (size_t i = 0; i < HOP_MAX; i++) {
		wide[i] = msg_hops[i % 2];
		ids[i] = FIB_ID_FIRST + (uint32_t)i;
	}
	for (size_t i = 0; i < 3; i++) {
		struct nl_msg *msg;

		ops[i].hops = wide;
		ops[i].members = ids;
		msg_build(&ops[i], &msg);
		nlmsg_free(msg);
		ops[i].n++;
		cr_assert_eq(route_msg_build(&ops[i], &msg), -EINVAL, "one more does not");
	}
}

Test(route_msg, route_deletion_names_protocol_and_metric_and_no_hop)
{
	struct fib_op op = msg_route_op(FIB_ROUTE_DEL, "2001:db8::/32", FIB_ID_FIRST, 2);
	struct nlattr *tb[RTA_MAX + 1];
	struct nl_msg *msg;
	struct nlmsghdr *nlh = msg_build(&op, &msg);
	struct rtmsg *rtm = msg_parse_route(nlh, tb);

	cr_assert(nlh->nlmsg_type == RTM_DELROUTE && nlh->nlmsg_flags == NLM_F_REQUEST);
	cr_assert(rtm->rtm_protocol == 186 && rtm->rtm_table == RT_TABLE_MAIN && rtm->rtm_dst_len == 32 && rtm->rtm_scope == RT_SCOPE_NOWHERE);
	cr_assert_eq(rtm->rtm_type, RTN_UNSPEC, "a blackhole too");
	expect_u32(tb[RTA_PRIORITY], 20);
	cr_assert(tb[RTA_DST] && !tb[RTA_NH_ID] && !tb[RTA_MULTIPATH] && !tb[RTA_OIF] && !tb[RTA_PREFSRC]);
	nlmsg_free(msg);
}

Test(route_msg, neighbour_is_permanent_and_replaced_not_deleted_first)
{
	struct fib_op set = msg_op(FIB_NEIGH_SET, AF_INET, 1), del = msg_op(FIB_NEIGH_DEL, AF_INET, 1);
	struct in_addr dst = msg_on_link();
	struct nlattr *tb[NDA_MAX + 1];
	struct nl_msg *msg;
	struct nlmsghdr *nlh = msg_build(&set, &msg);
	struct ndmsg *ndm = nlmsg_data(nlh);

	cr_assert(nlh->nlmsg_type == RTM_NEWNEIGH && nlh->nlmsg_flags == SET_FLAGS);
	cr_assert(ndm->ndm_family == AF_INET && ndm->ndm_ifindex == 3 && ndm->ndm_state == NUD_PERMANENT);
	cr_assert_eq(nlmsg_parse(nlh, sizeof(*ndm), tb, NDA_MAX, NULL), 0);
	expect_bytes(tb[NDA_DST], &dst, 4);
	expect_bytes(tb[NDA_LLADDR], set.mac, 6);
	cr_assert(tb[NDA_PROTOCOL] && nla_get_u8(tb[NDA_PROTOCOL]) == 186);
	nlmsg_free(msg);
	nlh = msg_build(&del, &msg);
	cr_assert(nlh->nlmsg_type == RTM_DELNEIGH && nlh->nlmsg_flags == NLM_F_REQUEST);
	cr_assert_eq(nlmsg_parse(nlh, sizeof(*ndm), tb, NDA_MAX, NULL), 0);
	expect_bytes(tb[NDA_DST], &dst, 4);
	nlmsg_free(msg);
}

Test(route_msg, neighbour_of_ipv6_is_the_peers_own_address)
{
	struct fib_op set = msg_op(FIB_NEIGH_SET, AF_INET6, 1), del = msg_op(FIB_NEIGH_DEL, AF_INET6, 1);
	struct in6_addr dst = set.hops[0].via;
	struct nlattr *tb[NDA_MAX + 1];
	struct nl_msg *msg;
	struct nlmsghdr *nlh = msg_build(&set, &msg);
	struct ndmsg *ndm = nlmsg_data(nlh);

	cr_assert(ndm->ndm_family == AF_INET6 && ndm->ndm_ifindex == 3 && ndm->ndm_state == NUD_PERMANENT && ndm->ndm_flags == NTF_ROUTER);
	cr_assert_eq(nlmsg_parse(nlh, sizeof(*ndm), tb, NDA_MAX, NULL), 0);
	expect_bytes(tb[NDA_DST], &dst, 16);
	expect_bytes(tb[NDA_LLADDR], set.mac, 6);
	nlmsg_free(msg);
	nlh = msg_build(&del, &msg);
	cr_assert_eq(nlmsg_parse(nlh, sizeof(*ndm), tb, NDA_MAX, NULL), 0);
	expect_bytes(tb[NDA_DST], &dst, 16);
	nlmsg_free(msg);
}

Test(route_msg, ops_that_make_no_sense_are_refused)
{
	struct hop weightless = { .ifindex = 3 };
	struct fib_op ops[] = {
		msg_op(FIB_HOP_SET, AF_INET, 0), msg_op(FIB_HOP_SET, AF_INET, 2), msg_op(FIB_HOP_SET, AF_INET, 1), msg_op(FIB_GROUP_SET, AF_INET, 0),
		msg_op(FIB_GROUP_SET, AF_INET, 1), msg_op(FIB_HOP_DEL, AF_INET, 0), msg_op(FIB_NEIGH_SET, AF_INET, 0),
		msg_route_op(FIB_ROUTE_SET, "10.0.0.0/8", 0, 0), msg_route_op(FIB_ROUTE_SET, "10.0.0.0/8", FIB_ID_FIRST, 0),
		msg_route_op(FIB_ROUTE_DEL, "10.0.0.0/8", 0, 0),
	};
	struct nl_msg *msg;

	ops[2].id = 0;
	ops[4].hops = &weightless;
	ops[5].id = 0;
	ops[8].family = AF_INET6;                /* not the prefix's */
	ops[9].prefix.len = 33;
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		cr_assert_eq(route_msg_build(&ops[i], &msg), -EINVAL, "row %zu", i);
}
