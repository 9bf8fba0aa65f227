/* The kernel's answers about a route, an object, a neighbour; what is no answer, and what is malformed. */
#include "nexthop/look_msg.h"

#include <errno.h>
#include <string.h>

#include <criterion/criterion.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>

static struct nl_msg *begin(int type, const void *head, size_t n)
{
	struct nl_msg *msg = nlmsg_alloc();

	nlmsg_put(msg, 0, 7, type, 0, 0);
	nlmsg_append(msg, (void *)head, n, NLMSG_ALIGNTO);
	return msg;
}

static struct nl_msg *route(uint8_t len, const char dst[4])
{
	struct rtmsg rtm = { .rtm_family = AF_INET, .rtm_dst_len = len, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = 186, .rtm_type = RTN_UNICAST };
	struct nl_msg *msg = begin(RTM_NEWROUTE, &rtm, sizeof(rtm));

	nla_put(msg, RTA_DST, 4, dst);
	nla_put_u32(msg, RTA_PRIORITY, 20);
	return msg;
}

static int parse(struct nl_msg *msg, struct looked *ret)
{
	int r = look_msg_route_is(nlmsg_hdr(msg), ret);

	nlmsg_free(msg);
	return r;
}

static bool is(const struct in6_addr *addr, const uint8_t v4[4])
{
	return IN6_IS_ADDR_V4MAPPED(addr) && memcmp(addr->s6_addr + 12, v4, 4) == 0;
}

Test(look_msg, a_route_by_an_object)
{
	struct looked look = { .asked = { .family = AF_INET } };
	struct nl_msg *msg = route(24, "\12\1\2\0");
	char s[PREFIX_STRLEN];

	nla_put_u32(msg, RTA_NH_ID, 70000005);
	nla_put(msg, RTA_PREFSRC, 4, "\12\0\376\1");
	cr_assert_eq(parse(msg, &look), 1);
	cr_expect_str_eq(prefix_str(&look.found, s), "10.1.2.0/24");
	cr_expect_eq(look.group, 70000005u);
	cr_expect_eq(look.metric, 20u);
	cr_expect_eq(look.protocol, 186);
	cr_expect_eq(look.table, RT_TABLE_MAIN);
	cr_expect(is(&look.src, (const uint8_t[]){ 10, 0, 254, 1 }));
	cr_expect_eq(look.n, 0u);
}

Test(look_msg, a_route_with_hops_of_its_own)
{
	struct looked look = { .asked = { .family = AF_INET } };
	struct nl_msg *msg = route(24, "\12\1\2\0");
	struct nlattr *all = nla_nest_start(msg, RTA_MULTIPATH);

	for (int i = 3; i <= 4; i++) {
		struct rtnexthop *nh = nlmsg_reserve(msg, sizeof(*nh), NLMSG_ALIGNTO);

		*nh = (struct rtnexthop){ .rtnh_len = sizeof(*nh) + 8, .rtnh_ifindex = i, .rtnh_hops = 1, .rtnh_flags = i == 4 ? RTNH_F_ONLINK : RTNH_F_DEAD };
		nla_put(msg, RTA_GATEWAY, 4, "\251\376\0\1");
	}
	nla_nest_end(msg, all);
	cr_assert_eq(parse(msg, &look), 1);
	cr_assert_eq(look.n, 2u);
	cr_expect_eq(look.hops[0].ifindex, 3u);
	cr_expect_eq(look.hops[0].weight, 2);
	cr_expect(look.hops[0].dead && !look.hops[0].onlink);
	cr_expect(look.hops[1].onlink && is(&look.hops[1].via, (const uint8_t[]){ 169, 254, 0, 1 }));
}

Test(look_msg, groups_hops_and_neighbours)
{
	struct nexthop_grp grp[2] = { { .id = 70000001, .weight = 0 }, { .id = 70000002, .weight = 4 } };
	struct looked look = { .group = 70000005 };
	struct nhmsg nhm = { .nh_flags = RTNH_F_ONLINK };
	struct ndmsg ndm = { .ndm_state = NUD_PERMANENT };
	struct look_hop hop = { .id = 70000001, .weight = 1 };
	struct nl_msg *msg = begin(RTM_NEWNEXTHOP, &nhm, sizeof(nhm));

	nla_put(msg, NHA_GROUP, sizeof(grp), grp);
	cr_assert_eq(look_msg_group_is(nlmsg_hdr(msg), &look), 1);
	nlmsg_free(msg);
	cr_assert_eq(look.n, 2u);
	cr_expect(look.hops[1].id == 70000002 && look.hops[1].weight == 5);
	msg = begin(RTM_NEWNEXTHOP, &nhm, sizeof(nhm));
	nla_put_u32(msg, NHA_OIF, 3);
	nla_put(msg, NHA_GATEWAY, 4, "\251\376\0\1");
	cr_assert_eq(look_msg_hop_is(nlmsg_hdr(msg), &hop), 1);
	cr_expect(hop.ifindex == 3 && hop.onlink && is(&hop.via, (const uint8_t[]){ 169, 254, 0, 1 }));
	cr_assert_eq(look_msg_group_is(nlmsg_hdr(msg), &look), 1, "the route may name a hop");
	cr_expect(look.n == 1 && look.hops[0].id == 70000005 && look.hops[0].ifindex == 3);
	nlmsg_free(msg);
	msg = begin(RTM_NEWNEIGH, &ndm, sizeof(ndm));
	nla_put(msg, NDA_LLADDR, 6, "\2\0\0\0\0\7");
	cr_assert_eq(look_msg_neigh_is(nlmsg_hdr(msg), &hop), 1);
	cr_expect(hop.has_neigh && hop.has_mac && hop.mac[5] == 7 && hop.neigh_state == NUD_PERMANENT);
	nlmsg_free(msg);
}

Test(look_msg, refusals_are_told_and_what_is_cut_or_odd_is_refused)
{
	struct { struct nlmsghdr nlh; struct nlmsgerr err; } no = {
		.nlh = { .nlmsg_len = sizeof(no), .nlmsg_type = NLMSG_ERROR }, .err = { .error = -ENETUNREACH },
	};
	struct { struct nlmsghdr nlh; uint32_t head; } cut = { .nlh = { .nlmsg_len = sizeof(cut), .nlmsg_type = RTM_NEWROUTE } };
	struct looked look = { .asked = { .family = AF_INET } };
	struct look_hop hop = { 0 };

	cr_expect_eq(look_msg_route_is(&no.nlh, &look), -ENETUNREACH);
	cr_expect_eq(look_msg_hop_is(&no.nlh, &hop), -ENETUNREACH);
	cr_expect_eq(look_msg_route_is(&cut.nlh, &look), -EBADMSG);
	cut.nlh.nlmsg_type = RTM_NEWNEXTHOP;
	cr_expect_eq(look_msg_route_is(&cut.nlh, &look), 0);
	cr_expect_eq(look_msg_hop_is(&cut.nlh, &hop), -EBADMSG);
	cut.nlh.nlmsg_type = RTM_NEWNEIGH;
	cr_expect_eq(look_msg_neigh_is(&cut.nlh, &hop), -EBADMSG);
	cr_expect_eq(parse(route(33, "\12\1\2\0"), &look), -EBADMSG);
	look.asked.family = AF_INET6;
	cr_expect_eq(parse(route(24, "\12\1\2\0"), &look), -EBADMSG, "that was not asked for");
}

Test(look_msg, questions_are_about_one_thing)
{
	struct prefix host = { .family = AF_INET6, .len = 128, .addr = { 0x20, 0x01 } };
	struct look_hop hop = { .ifindex = 3, .via = { .s6_addr = { [10] = 0xff, [11] = 0xff, [12] = 169, [13] = 254, [15] = 1 } } };
	struct nl_msg *msg;

	cr_assert_eq(look_msg_route(&host, 9, &msg), 0);
	cr_expect_eq(((struct rtmsg *)nlmsg_data(nlmsg_hdr(msg)))->rtm_dst_len, 128);
	cr_expect_eq(nlmsg_hdr(msg)->nlmsg_seq, 9u);
	nlmsg_free(msg);
	cr_assert_eq(look_msg_neigh(&hop, 9, &msg), 0);
	cr_expect_eq(((struct ndmsg *)nlmsg_data(nlmsg_hdr(msg)))->ndm_family, AF_INET);
	cr_expect_eq(((struct ndmsg *)nlmsg_data(nlmsg_hdr(msg)))->ndm_ifindex, 3);
	nlmsg_free(msg);
	cr_assert_eq(look_msg_object(70000001, 9, &msg), 0);
	cr_expect_eq(nlmsg_hdr(msg)->nlmsg_type, RTM_GETNEXTHOP);
	nlmsg_free(msg);
}
