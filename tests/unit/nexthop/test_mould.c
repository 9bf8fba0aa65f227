#include "nexthop/mould.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"

static const struct hop hops[2] = {
	{ .ifindex = 3, .via = { { { 0xfe, 0x80, [15] = 1 } } }, .weight = 1 },
	{ .ifindex = 4, .via = { { { 0xfe, 0x80, [15] = 2 } } }, .weight = 2 },
};
static const uint32_t members[2] = { FIB_ID_FIRST, FIB_ID_FIRST + 1 };

static struct fib_op route(enum fib_op_kind kind, const char *prefix, uint32_t id, uint32_t src)
{
	struct fib_op op = { .kind = kind, .id = id, .on_link = hop_onlink, .src = { htonl(src) }, .hops = hops, .members = members,
			     .n = id ? 0 : 2 };

	cr_assert_eq(prefix_parse(prefix, &op.prefix), 0);
	op.family = op.prefix.family;
	return op;
}

static struct fib_op created(const char *prefix, uint32_t id, uint32_t src)
{
	struct fib_op op = route(FIB_ROUTE_SET, prefix, id, src);

	op.create = true;
	return op;
}

static void expect_built(struct moulds *moulds, const struct fib_op *op)
{
	_Alignas(struct nlmsghdr) uint8_t bytes[512];
	struct nl_msg *msg;
	int n = mould_cast(moulds, op, bytes, sizeof(bytes));

	cr_assert_eq(route_msg_build(op, &msg), 0);
	cr_assert_eq(n, (int)nlmsg_hdr(msg)->nlmsg_len);
	cr_assert_arr_eq(bytes, nlmsg_hdr(msg), (size_t)n);
	nlmsg_free(msg);
}

Test(mould, what_is_cast_is_what_is_built_whatever_came_before)
{
	const struct fib_op ops[] = {
		route(FIB_ROUTE_SET, "10.1.0.0/16", 7, 1), route(FIB_ROUTE_SET, "10.2.3.4/32", 8, 1), route(FIB_ROUTE_SET, "0.0.0.0/0", 8, 1),
		route(FIB_ROUTE_SET, "10.1.0.0/16", 7, 2), route(FIB_ROUTE_SET, "10.1.0.0/17", 7, 0), route(FIB_ROUTE_SET, "10.1.0.0/16", 7, 2),
		route(FIB_ROUTE_DEL, "10.1.0.0/16", 0, 2), route(FIB_ROUTE_DEL, "10.9.0.0/18", 0, 2), route(FIB_ROUTE_SET, "10.9.0.0/18", 9, 2),
		route(FIB_ROUTE_SET, "2001:db8::/32", 9, 0), route(FIB_ROUTE_SET, "2001:db8::1/128", 10, 0), route(FIB_ROUTE_DEL, "2001:db8::/32", 0, 0),
		route(FIB_ROUTE_DEL, "::/0", 0, 0), route(FIB_ROUTE_SET, "::/0", 10, 0), route(FIB_ROUTE_SET, "10.1.0.0/16", 0, 2),
		route(FIB_ROUTE_SET, "2001:db8::/32", 0, 0), route(FIB_ROUTE_SET, "10.3.0.0/16", 7, 2),
		created("10.1.0.0/16", 7, 2), created("2001:db8::/32", 9, 0), created("10.4.0.0/16", 8, 2), created("2001:db8::1/128", 9, 0),
		{ .kind = FIB_HOP_SET, .family = AF_INET, .id = 5, .on_link = hop_onlink, .hops = hops, .n = 1 },
		{ .kind = FIB_GROUP_SET, .family = AF_INET, .id = 7, .hops = hops, .members = members, .n = 2 },
		{ .kind = FIB_GROUP_DEL, .family = AF_INET, .id = 7 },
	};
	struct moulds moulds = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(ops); i++)
		for (size_t j = 0; j < ARRAY_LEN(ops); j++) {
			expect_built(&moulds, &ops[i]);
			expect_built(&moulds, &ops[j]);
		}
}

Test(mould, what_has_no_room_or_cannot_be_is_refused_first_and_later)
{
	struct fib_op good = route(FIB_ROUTE_SET, "10.1.0.0/16", 7, 1), longer = route(FIB_ROUTE_SET, "10.1.0.0/16", 7, 1),
		      other = route(FIB_ROUTE_DEL, "2001:db8::/32", 0, 0);
	_Alignas(struct nlmsghdr) uint8_t bytes[512];
	struct moulds moulds = { 0 };
	int n;

	longer.prefix.len = 33;
	other.prefix.family = AF_INET;
	for (int again = 0; again < 2; again++) {
		cr_assert_eq(mould_cast(&moulds, &longer, bytes, sizeof(bytes)), -EINVAL);
		cr_assert_eq(mould_cast(&moulds, &other, bytes, sizeof(bytes)), -EINVAL);
		cr_assert_eq(mould_cast(&moulds, &good, bytes, 8), -EMSGSIZE);
		n = mould_cast(&moulds, &good, bytes, sizeof(bytes));
		cr_assert_gt(n, 0);
		cr_assert_eq(mould_cast(&moulds, &good, bytes, (size_t)n), n);
		cr_assert_eq(mould_cast(&moulds, &good, bytes, (size_t)n - 1), -EMSGSIZE);
	}
}
