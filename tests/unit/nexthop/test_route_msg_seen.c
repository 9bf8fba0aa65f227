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

static struct fib_seen seen_of(const struct fib_op *op)
{
	struct fib_seen seen;
	struct nl_msg *msg;

	cr_assert_eq(route_msg_seen(msg_build(op, &msg), msg_on_link(), &seen), 0);
	nlmsg_free(msg);
	return seen;
}

Test(route_msg_seen, what_was_built_is_seen_as_ours)
{
	struct fib_op hop = msg_op(FIB_HOP_SET, AF_INET, 1), group = msg_op(FIB_GROUP_SET, AF_INET, 2), neigh = msg_op(FIB_NEIGH_SET, AF_INET, 1);
	struct fib_op pin = msg_op(FIB_NEIGH_SET, AF_INET6, 1);
	struct fib_op r4 = msg_route_op(FIB_ROUTE_SET, "10.1.0.0/16", FIB_ID_FIRST + 7, 0), r6 = msg_route_op(FIB_ROUTE_SET, "2001:db8::/32", 0, 2);
	struct fib_op r0 = msg_route_op(FIB_ROUTE_SET, "0.0.0.0/0", 0, 1);
	struct fib_seen seen = seen_of(&hop);

	cr_assert(seen.kind == SEEN_HOP && seen.id == FIB_ID_FIRST + 5 && !seen.deleted);
	seen = seen_of(&group);
	cr_assert(seen.kind == SEEN_GROUP && seen.id == FIB_ID_FIRST + 5);
	seen = seen_of(&neigh);
	cr_assert(seen.kind == SEEN_NEIGH && seen.ifindex == 3 && in6_eq(&seen.addr, &in6addr_any));
	seen = seen_of(&pin);
	cr_assert(seen.kind == SEEN_NEIGH && seen.ifindex == 3 && in6_eq(&seen.addr, &pin.hops[0].via));
	seen = seen_of(&r4);
	cr_assert(seen.kind == SEEN_ROUTE && seen.id == FIB_ID_FIRST + 7 && prefix_eq(&seen.prefix, &r4.prefix));
	seen = seen_of(&r6);
	cr_assert(seen.kind == SEEN_ROUTE && seen.id == 0 && prefix_eq(&seen.prefix, &r6.prefix));
	seen = seen_of(&r0);
	cr_assert(seen.kind == SEEN_ROUTE && prefix_eq(&seen.prefix, &r0.prefix));
}

Test(route_msg_seen, what_is_not_ours_is_not_seen)
{
	struct fib_op route = msg_route_op(FIB_ROUTE_SET, "10.1.0.0/16", FIB_ID_FIRST, 0), hop = msg_op(FIB_HOP_SET, AF_INET, 1);
	struct fib_op neigh = msg_op(FIB_NEIGH_SET, AF_INET, 1);
	struct fib_seen seen;
	struct nl_msg *msg;
	struct nlmsghdr *nlh;
	struct nlattr *tb[RTA_MAX + 1];

	for (int i = 0; i < 5; i++) {
		struct rtmsg *rtm = msg_parse_route(nlh = msg_build(&route, &msg), tb);

		if (i == 0)
			rtm->rtm_protocol = RTPROT_STATIC;
		else if (i == 1)
			*(uint32_t *)nla_data(tb[RTA_PRIORITY]) = 21;
		else if (i == 2)
			nla_put_u32(msg, RTA_TABLE, 1000);
		else if (i == 3)
			rtm->rtm_tos = 4;
		else
			rtm->rtm_flags = RTM_F_CLONED;
		cr_assert_eq(route_msg_seen(nlmsg_hdr(msg), msg_on_link(), &seen), 0);
		cr_assert_eq(seen.kind, i == 0 ? SEEN_FOREIGN_ROUTE : SEEN_NONE, "route %d", i);
		cr_assert(i || prefix_eq(&seen.prefix, &route.prefix));
		nlmsg_free(msg);
	}
	for (int i = 0; i < 3; i++) {
		hop.id = i == 0 ? FIB_ID_FIRST - 1 : i == 1 ? FIB_ID_LAST + 1 : FIB_ID_LAST;
		nlh = msg_build(&hop, &msg);
		if (i == 2)
			((struct nhmsg *)nlmsg_data(nlh))->nh_protocol = RTPROT_STATIC;
		cr_assert_eq(route_msg_seen(nlh, msg_on_link(), &seen), 0);
		cr_assert_eq(seen.kind, i == 2 ? SEEN_FOREIGN_OBJECT : SEEN_NONE, "hop %d", i);
		cr_assert(i < 2 || seen.id == hop.id);
		nlmsg_free(msg);
	}
	nlh = msg_build(&neigh, &msg);
	cr_assert_eq(route_msg_seen(nlh, (struct in_addr){ htonl(0x0a000001) }, &seen), 0);
	cr_assert_eq(seen.kind, SEEN_NONE, "another address");
	((struct ndmsg *)nlmsg_data(nlh))->ndm_state = NUD_REACHABLE;
	cr_assert_eq(route_msg_seen(nlh, msg_on_link(), &seen), 0);
	cr_assert_eq(seen.kind, SEEN_NONE, "not permanent");
	nlmsg_free(msg);
}

/* Every message cut short and with every byte turned over: no read beyond its end (the sanitizer watches a copy that is just as long). */
Test(route_msg_seen, cut_and_garbled_messages_are_survived)
{
	struct fib_op ops[] = { msg_op(FIB_HOP_SET, AF_INET6, 1), msg_op(FIB_GROUP_SET, AF_INET, 2), msg_op(FIB_NEIGH_SET, AF_INET, 1),
		msg_op(FIB_NEIGH_SET, AF_INET6, 1), msg_route_op(FIB_ROUTE_SET, "2001:db8::/32", FIB_ID_FIRST, 0) };

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		struct nl_msg *msg;
		const struct nlmsghdr *whole = msg_build(&ops[i], &msg);

		for (uint32_t len = NLMSG_HDRLEN; len <= whole->nlmsg_len; len++) {
			for (uint32_t at = NLMSG_HDRLEN; at <= len; at++) {
				struct nlmsghdr *cut = malloc(len);
				struct fib_seen seen;

				memcpy(cut, whole, len);
				cut->nlmsg_len = len;
				if (at < len)
					((uint8_t *)cut)[at] ^= 0xff;
				cr_assert_leq(route_msg_seen(cut, msg_on_link(), &seen), 0);
				free(cut);
			}
		}
		nlmsg_free(msg);
	}
}

Test(route_msg_seen, all_that_says_whether_it_would_be_made_so_again_is_read_back)
{
	struct fib_op hop = msg_op(FIB_HOP_SET, AF_INET, 1), hop6 = msg_op(FIB_HOP_SET, AF_INET6, 1), group = msg_op(FIB_GROUP_SET, AF_INET, 2);
	struct fib_op route = msg_route_op(FIB_ROUTE_SET, "10.1.0.0/16", FIB_ID_FIRST + 7, 0), neigh = msg_op(FIB_NEIGH_SET, AF_INET, 1);
	struct fib_seen seen = seen_of(&hop);

	cr_expect(!seen.odd && seen.family == AF_INET && seen.hop.ifindex == hop.hops[0].ifindex && in6_eq(&seen.hop.via, &hop_anybody));
	seen = seen_of(&hop6);
	cr_expect(!seen.odd && seen.family == AF_INET6 && seen.hop.ifindex == hop6.hops[0].ifindex && in6_eq(&seen.hop.via, &hop6.hops[0].via));
	group.resilient = (struct fib_resilient){ .buckets = 64, .idle_s = 30, .unbalanced_s = 9 };
	seen = seen_of(&group);
	cr_assert(!seen.odd && seen.n == 2 && seen.resilient.buckets == 64 && seen.resilient.idle_s == 30 && seen.resilient.unbalanced_s == 9);
	for (size_t i = 0; i < 2; i++)
		cr_expect(seen.member[i].id == group.members[i] && seen.member[i].weight == group.hops[i].weight);
	route.src.s_addr = htonl(0x0a00fe01);
	seen = seen_of(&route);
	cr_expect(!seen.odd && seen.src.s_addr == route.src.s_addr);
	seen = seen_of(&neigh);
	cr_expect(!seen.odd);
	cr_expect_arr_eq(seen.mac, neigh.mac, 6);
}

/* It has our number and our protocol, so it goes in time; it is nothing to rely on. */
Test(route_msg_seen, what_this_run_would_not_have_made_is_odd)
{
	static const char *const what[] = {
		"a hop that is for bridges", "a hop with a tunnel", "a hop by another IPv4 address", "a hop without a link", "a group that is for bridges",
		"a group of a type that nobody knows", "a resilient group without buckets", "a group whose weights are wider", "a route with metrics of its own",
		"a route with a tunnel", "a route of another scope", "a neighbour without a MAC", "a neighbour with a longer one",
	};

	for (size_t i = 0; i < sizeof(what) / sizeof(*what); i++) {
		struct fib_op op = i < 4 ? msg_op(FIB_HOP_SET, AF_INET, 1) : i < 8 ? msg_op(FIB_GROUP_SET, AF_INET, 2) :
				   i < 11 ? msg_route_op(FIB_ROUTE_SET, "10.1.0.0/16", FIB_ID_FIRST, 0) : msg_op(FIB_NEIGH_SET, AF_INET, 1);
		struct fib_seen seen;
		struct nl_msg *msg;
		struct nlmsghdr *nlh = msg_build(&op, &msg);
		size_t hdr = i < 8 ? sizeof(struct nhmsg) : i < 11 ? sizeof(struct rtmsg) : sizeof(struct ndmsg);

		switch (i) {
		case 0: case 4: nla_put(msg, NHA_FDB, 0, NULL); break;
		case 1: nla_put(msg, NHA_ENCAP, 0, NULL); break;
		case 2: *(uint8_t *)nla_data(nlmsg_find_attr(nlh, (int)hdr, NHA_GATEWAY)) = 10; break;
		case 3: nlmsg_find_attr(nlh, (int)hdr, NHA_OIF)->nla_type = 99; break;
		case 5: nla_put_u16(msg, NHA_GROUP_TYPE, 7); break;
		case 6: nla_put_u16(msg, NHA_GROUP_TYPE, NEXTHOP_GRP_TYPE_RES); break;
		case 7: ((struct nexthop_grp *)nla_data(nlmsg_find_attr(nlh, (int)hdr, NHA_GROUP)))->resvd1 = 1; break;
		case 8: nla_put(msg, RTA_METRICS, 0, NULL); break;
		case 9: nla_put(msg, RTA_ENCAP, 0, NULL); break;
		case 10: ((struct rtmsg *)nlmsg_data(nlh))->rtm_scope = RT_SCOPE_LINK; break;
		case 11: nlmsg_find_attr(nlh, (int)hdr, NDA_LLADDR)->nla_type = 99; break;
		case 12: nla_put(msg, NDA_LLADDR, 8, "\2\0\0\0\0\0\0\1"); break;
		}
		cr_assert_eq(route_msg_seen(nlmsg_hdr(msg), msg_on_link(), &seen), 0, "%s", what[i]);
		cr_expect(seen.kind != SEEN_NONE && seen.odd, "%s", what[i]);
		nlmsg_free(msg);
	}
}
