#include "nexthop/mould.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <string.h>

static size_t addr_size(const struct fib_op *op)
{
	return op->family == AF_INET ? 4 : 16;
}

/* NULL: op is no route, or one that spells out its next hops. */
static struct mould *mould_of(struct moulds *moulds, const struct fib_op *op)
{
	if (op->kind == FIB_ROUTE_SET && op->id)
		return &moulds->set[op->family == AF_INET6][op->create];
	return op->kind == FIB_ROUTE_DEL ? &moulds->del[op->family == AF_INET6] : NULL;
}

static bool fits(const struct mould *m, const struct fib_op *op)
{
	return m->len && m->src.s_addr == op->src.s_addr && op->prefix.family == op->family && op->prefix.len <= prefix_max(op->family);
}

static void make(struct mould *m, const struct fib_op *op, struct nlmsghdr *nlh)
{
	const uint8_t *base = (const uint8_t *)nlh;
	const struct nlattr *dst = nlmsg_find_attr(nlh, sizeof(struct rtmsg), RTA_DST), *group = nlmsg_find_attr(nlh, sizeof(struct rtmsg), RTA_NH_ID);

	if (nlh->nlmsg_len > sizeof(m->bytes) || !dst)
		return;
	m->src = op->src;
	m->dst = (uint16_t)((const uint8_t *)nla_data(dst) - base);
	m->group = group ? (uint16_t)((const uint8_t *)nla_data(group) - base) : 0;
	m->len = (uint16_t)nlh->nlmsg_len;
	memcpy(m->bytes, base, m->len);
}

static int cast(const struct mould *m, const struct fib_op *op, uint8_t *p, size_t room)
{
	if (m->len > room)
		return -EMSGSIZE;
	memcpy(p, m->bytes, m->len);
	((struct rtmsg *)(p + NLMSG_HDRLEN))->rtm_dst_len = op->prefix.len;
	memcpy(p + m->dst, op->prefix.addr, addr_size(op));
	if (m->group)
		memcpy(p + m->group, &op->id, sizeof(op->id));
	return m->len;
}

int mould_cast(struct moulds *moulds, const struct fib_op *op, void *p, size_t room)
{
	struct mould *m = mould_of(moulds, op);
	struct nl_msg *msg;
	struct nlmsghdr *nlh;
	int r;

	if (m && fits(m, op))
		return cast(m, op, p, room);
	r = route_msg_build(op, &msg);
	if (r < 0)
		return r;
	nlh = nlmsg_hdr(msg);
	r = nlh->nlmsg_len <= room ? (int)nlh->nlmsg_len : -EMSGSIZE;
	if (r > 0)
		memcpy(p, nlh, nlh->nlmsg_len);
	if (m)
		make(m, op, nlh);
	nlmsg_free(msg);
	return r;
}
