#include "tests/unit/nexthop/route_msg_rig.h"

#include <arpa/inet.h>

#include <criterion/criterion.h>

const struct hop msg_hops[2] = {
	{ .ifindex = 3, .via = { { { 0xfe, 0x80, [15] = 1 } } }, .weight = 1 },
	{ .ifindex = 4, .via = { { { 0xfe, 0x80, [15] = 2 } } }, .weight = 255 },
};
const uint32_t msg_members[2] = { FIB_ID_FIRST, FIB_ID_FIRST + 1 };

/* Not the usual on-link address: nothing here may know that one by heart. */
struct in_addr msg_on_link(void)
{
	return (struct in_addr){ htonl(0xa9fe4d07) };
}

struct fib_op msg_op(enum fib_op_kind kind, uint8_t family, size_t n)
{
	return (struct fib_op){ .kind = kind, .family = family, .id = FIB_ID_FIRST + 5, .on_link = msg_on_link(), .src = { htonl(0x0a00fe01) },
		.mac = { 2, 0, 0, 0, 0, 9 }, .hops = msg_hops, .members = msg_members, .n = n };
}

struct fib_op msg_route_op(enum fib_op_kind kind, const char *prefix, uint32_t id, size_t n)
{
	struct fib_op op = msg_op(kind, AF_UNSPEC, n);

	cr_assert_eq(prefix_parse(prefix, &op.prefix), 0);
	op.family = op.prefix.family;
	op.id = id;
	return op;
}

struct nlmsghdr *msg_build(const struct fib_op *op, struct nl_msg **ret)
{
	cr_assert_eq(route_msg_build(op, ret), 0);
	return nlmsg_hdr(*ret);
}

struct rtmsg *msg_parse_route(struct nlmsghdr *nlh, struct nlattr **tb)
{
	cr_assert_eq(nlmsg_parse(nlh, sizeof(struct rtmsg), tb, RTA_MAX, NULL), 0);
	return nlmsg_data(nlh);
}
