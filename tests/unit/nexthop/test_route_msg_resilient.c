/* A group of the resilient kind, byte by byte as `ip nexthop ... type resilient buckets 32 idle_timer 120 unbalanced_timer 7` sends it. */
#include "nexthop/route_msg.h"

#include <criterion/criterion.h>
#include <string.h>

#include "agent/base/own.h"

static const struct hop hops[2] = {
	{ .ifindex = 3, .via = { { { 0xfe, 0x80, [15] = 1 } } }, .weight = 1 }, { .ifindex = 4, .via = { { { 0xfe, 0x80, [15] = 2 } } }, .weight = 4 },
};
static const uint32_t members[2] = { 0x01020304, 0x05060708 };

/* Behind struct nlmsghdr. Of a little-endian machine, as in <linux/nexthop.h>. */
static const uint8_t nhmsg[] = { 0, 0, 186, 0, 0, 0, 0, 0 };
static const uint8_t id_and_group[] = {
	8, 0, 1, 0, 0x0d, 0x0c, 0x0b, 0x0a,
	20, 0, 2, 0, 4, 3, 2, 1, 0, 0, 0, 0, 8, 7, 6, 5, 3, 0, 0, 0,
};
static const uint8_t kind[] = {
	6, 0, 3, 0, 1, 0, 0, 0,                                          /* NHA_GROUP_TYPE: NEXTHOP_GRP_TYPE_RES */
	28, 0, 12, 0x80,                                                 /* NHA_RES_GROUP, nested */
	6, 0, 1, 0, 32, 0, 0, 0,                                         /* NHA_RES_GROUP_BUCKETS */
	8, 0, 2, 0, 0xe0, 0x2e, 0, 0,                                    /* NHA_RES_GROUP_IDLE_TIMER: 12000 hundredths */
	8, 0, 3, 0, 0xbc, 2, 0, 0,                                       /* NHA_RES_GROUP_UNBALANCED_TIMER: 700 */
};

static void expect(struct fib_resilient res, const uint8_t *tail, size_t n_tail)
{
	struct fib_op op = { .kind = FIB_GROUP_SET, .family = AF_INET, .id = 0x0a0b0c0d, .hops = hops, .members = members, .n = 2, .resilient = res };
	uint8_t want[256];
	struct nl_msg *msg;
	size_t n = 0;

	cr_assert_eq(route_msg_build(&op, &msg), 0);
	memcpy(want, nhmsg, sizeof(nhmsg));
	memcpy(want + (n += sizeof(nhmsg)), id_and_group, sizeof(id_and_group));
	memcpy(want + (n += sizeof(id_and_group)), tail, n_tail);
	n += n_tail;
	cr_assert_eq(nlmsg_hdr(msg)->nlmsg_len, sizeof(struct nlmsghdr) + n);
	cr_assert_arr_eq(nlmsg_data(nlmsg_hdr(msg)), want, n);
	nlmsg_free(msg);
}

Test(route_msg_resilient, kind_buckets_and_timers_stand_in_every_message_about_the_group)
{
	expect((struct fib_resilient){ .buckets = 32, .idle_s = 120, .unbalanced_s = 7 }, kind, sizeof(kind));
}

Test(route_msg_resilient, a_plain_group_has_none_of_it)
{
	expect((struct fib_resilient){ 0 }, kind, 0);
	expect((struct fib_resilient){ .idle_s = 120 }, kind, 0);
}

Test(route_msg_resilient, the_widest_group_fits)
{
	struct hop many[HOP_MAX];
	uint32_t ids[HOP_MAX];
	struct fib_op op = { .kind = FIB_GROUP_SET, .family = AF_INET, .id = 1, .hops = many, .members = ids, .n = HOP_MAX, .resilient = { 4096, 86400, 86400 } };
	struct nl_msg *msg;

	for (size_t i = 0; i < HOP_MAX; i++) {
		many[i] = hops[0];
		ids[i] = (uint32_t)i + 2;
	}
	cr_assert_eq(route_msg_build(&op, &msg), 0);
	nlmsg_free(msg);
}
