#include "nexthop/route_msg.h"

#include <criterion/criterion.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>

static const struct hop blackhole = { .weight = 1 };
static const struct in_addr on_link = { 0x01020304 };

static struct fib_op op_of(enum fib_op_kind kind, uint8_t family)
{
	struct fib_op op = { .kind = kind, .family = family, .hops = &blackhole, .n = 1 };

	if (kind == FIB_HOP_SET)
		op.id = FIB_ID_FIRST + 5;
	else
		cr_assert_eq(prefix_parse(family == AF_INET ? "10.9.9.9/32" : "2001:db8::9/128", &op.prefix), 0);
	return op;
}

static struct nlmsghdr *build(const struct fib_op *op, struct nl_msg **ret)
{
	cr_assert_eq(route_msg_build(op, ret), 0);
	return nlmsg_hdr(*ret);
}

Test(route_msg_blackhole, is_an_object_of_its_family_without_a_link)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };

	for (size_t i = 0; i < sizeof(families); i++) {
		struct fib_op op = op_of(FIB_HOP_SET, families[i]);
		struct nlattr *tb[NHA_MAX + 1];
		struct nl_msg *msg;
		struct nlmsghdr *nlh = build(&op, &msg);
		const struct nhmsg *nhm = nlmsg_data(nlh);
		struct fib_seen seen;

		cr_assert_eq(nlmsg_parse(nlh, sizeof(*nhm), tb, NHA_MAX, NULL), 0);
		cr_assert(nhm->nh_family == families[i] && nhm->nh_protocol == 186 && nhm->nh_flags == 0);
		cr_assert(tb[NHA_ID] && nla_get_u32(tb[NHA_ID]) == FIB_ID_FIRST + 5);
		cr_assert(tb[NHA_BLACKHOLE] && nla_len(tb[NHA_BLACKHOLE]) == 0 && !tb[NHA_OIF] && !tb[NHA_GATEWAY]);
		cr_assert_eq(route_msg_seen(nlh, on_link, &seen), 0);
		cr_assert(seen.kind == SEEN_HOP && seen.id == FIB_ID_FIRST + 5);
		nlmsg_free(msg);
	}
}

Test(route_msg_blackhole, is_a_route_of_that_type_where_there_are_no_objects)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };

	for (size_t i = 0; i < sizeof(families); i++) {
		struct fib_op op = op_of(FIB_ROUTE_SET, families[i]);
		struct nlattr *tb[RTA_MAX + 1];
		struct nl_msg *msg;
		struct nlmsghdr *nlh = build(&op, &msg);
		const struct rtmsg *rtm = nlmsg_data(nlh);
		struct fib_seen seen;

		cr_assert_eq(nlmsg_parse(nlh, sizeof(*rtm), tb, RTA_MAX, NULL), 0);
		cr_assert(rtm->rtm_type == RTN_BLACKHOLE && rtm->rtm_flags == 0);
		cr_assert(tb[RTA_DST] && !tb[RTA_OIF] && !tb[RTA_GATEWAY] && !tb[RTA_NH_ID]);
		cr_assert_eq(route_msg_seen(nlh, on_link, &seen), 0);
		cr_assert(seen.kind == SEEN_ROUTE && prefix_eq(&seen.prefix, &op.prefix));
		nlmsg_free(msg);
	}
}

Test(route_msg_blackhole, deleted_routes_of_either_type_are_seen)
{
	static const uint8_t types[] = { RTN_UNICAST, RTN_BLACKHOLE };
	struct fib_op del = op_of(FIB_ROUTE_DEL, AF_INET);

	for (size_t i = 0; i < sizeof(types); i++) {
		struct fib_seen seen;
		struct nl_msg *msg;
		struct nlmsghdr *nlh = build(&del, &msg);

		((struct rtmsg *)nlmsg_data(nlh))->rtm_type = types[i];  /* as the kernel tells it */
		cr_assert_eq(route_msg_seen(nlh, on_link, &seen), 0);
		cr_assert(seen.kind == SEEN_ROUTE && seen.deleted);
		nlmsg_free(msg);
	}
}
