#include "nexthop/deed_msg.h"

#include <errno.h>
#include <string.h>

#include <criterion/criterion.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>

#include "tests/unit/nexthop/route_msg_rig.h"

static struct fib_deed deed_of(struct nlmsghdr *nlh)
{
	struct fib_deed deed;

	cr_assert_eq(deed_msg_parse(nlh, msg_on_link(), &deed), 0);
	return deed;
}

Test(deed_msg, what_was_built_is_read_as_ours)
{
	static const struct { const char *prefix; uint32_t id; } rows[] = { { "10.1.0.0/16", FIB_ID_FIRST }, { "2001:db8::/32", 0 }, { "0.0.0.0/0", 7 } };
	struct fib_op hop = msg_op(FIB_HOP_SET, AF_INET, 1), neigh = msg_op(FIB_NEIGH_SET, AF_INET, 1), pin = msg_op(FIB_NEIGH_SET, AF_INET6, 1);
	struct fib_deed deed;
	struct nl_msg *msg;

	for (size_t i = 0; i < 3; i++) {
		struct fib_op op = msg_route_op(FIB_ROUTE_SET, rows[i].prefix, rows[i].id, rows[i].id ? 0 : 2);

		deed = deed_of(msg_build(&op, &msg));
		cr_assert(deed.kind == DEED_ROUTE && deed.ours && !deed.gone && !deed.odd && deed.replaced, "%s", rows[i].prefix);
		cr_assert(deed.id == rows[i].id && prefix_eq(&deed.prefix, &op.prefix), "%s", rows[i].prefix);
		cr_assert(op.family == AF_INET6 || deed.src.s_addr == op.src.s_addr);
		nlmsg_free(msg);
	}
	deed = deed_of(msg_build(&hop, &msg));
	cr_assert(deed.kind == DEED_OBJECT && deed.id == hop.id && !deed.gone);
	nlmsg_free(msg);
	deed = deed_of(msg_build(&neigh, &msg));
	cr_assert(deed.kind == DEED_NEIGH && deed.ifindex == 3 && IN6_IS_ADDR_UNSPECIFIED(&deed.addr));
	nlmsg_free(msg);
	deed = deed_of(msg_build(&pin, &msg));
	cr_assert(deed.kind == DEED_NEIGH && deed.ifindex == 3 && in6_eq(&deed.addr, &pin.hops[0].via));
	nlmsg_free(msg);
}

Test(deed_msg, deletions)
{
	static const enum fib_op_kind kinds[] = { FIB_ROUTE_DEL, FIB_GROUP_DEL, FIB_NEIGH_DEL };

	for (size_t i = 0; i < 3; i++) {
		struct fib_op op = kinds[i] == FIB_ROUTE_DEL ? msg_route_op(kinds[i], "10.1.0.0/16", 0, 0) : msg_op(kinds[i], AF_INET, 1);
		struct nl_msg *msg;
		struct fib_deed deed = deed_of(msg_build(&op, &msg));

		cr_assert(deed.gone && deed.kind != DEED_NONE, "%zu", i);
		nlmsg_free(msg);
	}
}

Test(deed_msg, a_neighbour_of_another_state_and_protocol_is_one_that_was_changed)
{
	struct fib_op op = msg_op(FIB_NEIGH_SET, AF_INET, 1);
	struct nl_msg *msg;
	struct nlmsghdr *nlh = msg_build(&op, &msg);

	((struct ndmsg *)nlmsg_data(nlh))->ndm_state = NUD_FAILED;
	*(uint8_t *)nla_data(nlmsg_find_attr(nlh, sizeof(struct ndmsg), NDA_PROTOCOL)) = RTPROT_STATIC;
	cr_assert_eq(deed_of(nlh).kind, DEED_NEIGH);
	nlmsg_free(msg);
}

/* One change to the message of a route of ours. */
static struct fib_deed changed(int how)
{
	struct fib_op op = msg_route_op(FIB_ROUTE_SET, "10.1.0.0/16", FIB_ID_FIRST, 0);
	struct nlattr *tb[RTA_MAX + 1];
	struct nl_msg *msg;
	struct nlmsghdr *nlh = msg_build(&op, &msg);
	struct rtmsg *rtm = msg_parse_route(nlh, tb);
	struct fib_deed deed;

	switch (how) {
	case 0:
		*(uint32_t *)nla_data(tb[RTA_PRIORITY]) = 21;
		break;
	case 1:
		nla_put_u32(msg, RTA_TABLE, 1000);
		break;
	case 2:
		rtm->rtm_tos = 4;
		break;
	case 3:
		rtm->rtm_flags = RTM_F_CLONED;
		break;
	case 4:
		rtm->rtm_family = AF_MPLS;
		break;
	case 5:
		rtm->rtm_protocol = RTPROT_STATIC;
		nlh->nlmsg_flags = NLM_F_CREATE | NLM_F_APPEND;
		break;
	case 6:
		rtm->rtm_protocol = RTPROT_STATIC;
		nlh->nlmsg_flags = NLM_F_CREATE;
		break;
	case 7:
		rtm->rtm_type = RTN_PROHIBIT;
		break;
	}
	deed = deed_of(nlmsg_hdr(msg));
	nlmsg_free(msg);
	return deed;
}

Test(deed_msg, what_cannot_stand_in_our_place_is_nothing)
{
	for (int how = 0; how <= 5; how++)
		cr_assert_eq(changed(how).kind, DEED_NONE, "%d", how);
}

Test(deed_msg, what_stands_there_is_told_with_what_it_is)
{
	struct fib_deed theirs = changed(6), odd = changed(7);

	cr_assert(theirs.kind == DEED_ROUTE && !theirs.ours && !theirs.replaced);
	cr_assert(odd.kind == DEED_ROUTE && odd.ours && odd.odd);
}

Test(deed_msg, ids_out_of_our_range_and_other_addresses_are_nothing)
{
	struct fib_op hop = msg_op(FIB_HOP_SET, AF_INET, 1), neigh = msg_op(FIB_NEIGH_SET, AF_INET, 1);
	struct nl_msg *msg;

	hop.id = FIB_ID_LAST + 1;
	cr_assert_eq(deed_of(msg_build(&hop, &msg)).kind, DEED_NONE);
	nlmsg_free(msg);
	neigh.on_link.s_addr++;
	cr_assert_eq(deed_of(msg_build(&neigh, &msg)).kind, DEED_NONE);
	nlmsg_free(msg);
}

Test(deed_msg, short_messages_are_malformed)
{
	struct fib_op ops[] = { msg_route_op(FIB_ROUTE_SET, "10.1.0.0/16", 7, 0), msg_op(FIB_HOP_SET, AF_INET, 1), msg_op(FIB_NEIGH_SET, AF_INET, 1) };
	struct fib_deed deed;

	for (size_t i = 0; i < 3; i++) {
		struct nl_msg *msg;
		struct nlmsghdr *nlh = msg_build(&ops[i], &msg);

		nlh->nlmsg_len = NLMSG_HDRLEN + 4;
		cr_assert_eq(deed_msg_parse(nlh, msg_on_link(), &deed), -EBADMSG, "%zu", i);
		nlmsg_free(msg);
	}
}
