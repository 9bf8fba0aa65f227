#include "nexthop/look_sock.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "nexthop/look_msg.h"
#include "nexthop/nlsock.h"

struct asker {
	struct nlsock *nl;
	struct timespec until;
	uint32_t seq;
};

typedef int answer_fn(struct nlmsghdr *nlh, void *to);
struct question { uint32_t seq; answer_fn *read; void *to; int r; };

static int ms_left(const struct asker *a)
{
	struct timespec now;
	int64_t ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (a->until.tv_sec - now.tv_sec) * 1000 + (a->until.tv_nsec - now.tv_nsec) / 1000000;
	return ms > 0 ? (int)ms : 0;
}

static void on_msg(void *ctx, struct nlmsghdr *nlh)
{
	struct question *q = ctx;

	if (q->r == 0 && nlh->nlmsg_seq == q->seq)
		q->r = q->read(nlh, q->to);
}

/* Takes msg. 0, or -errno; -ETIMEDOUT. */
static int ask(struct asker *a, struct nl_msg *msg, answer_fn *read, void *to)
{
	struct question q = { .seq = a->seq, .read = read, .to = to };
	int r = nlsock_send(a->nl, nlmsg_hdr(msg), nlmsg_hdr(msg)->nlmsg_len), left;

	nlmsg_free(msg);
	while (r >= 0 && q.r == 0) {
		left = ms_left(a);
		r = left ? nlsock_wait(a->nl, left) : -ETIMEDOUT;
		if (r == 0)
			r = nlsock_recv(a->nl, on_msg, &q);
	}
	return r < 0 ? r : q.r < 0 ? q.r : 0;
}

static int read_route(struct nlmsghdr *nlh, void *to)
{
	return look_msg_route_is(nlh, to);
}

static int read_group(struct nlmsghdr *nlh, void *to)
{
	return look_msg_group_is(nlh, to);
}

static int read_hop(struct nlmsghdr *nlh, void *to)
{
	return look_msg_hop_is(nlh, to);
}

static int read_neigh(struct nlmsghdr *nlh, void *to)
{
	return look_msg_neigh_is(nlh, to);
}

static int ask_route(struct asker *a, const struct prefix *host, struct looked *ret)
{
	struct nl_msg *msg;
	int r = look_msg_route(host, ++a->seq, &msg);

	ret->asked = *host;
	return r < 0 ? r : ask(a, msg, read_route, ret);
}

static int ask_object(struct asker *a, uint32_t id, answer_fn *read, void *to)
{
	struct nl_msg *msg;
	int r = look_msg_object(id, ++a->seq, &msg);

	return r < 0 ? r : ask(a, msg, read, to);
}

static int ask_hop(struct asker *a, struct look_hop *hop)
{
	struct nl_msg *msg;
	int r = hop->id && !hop->ifindex && !hop->blackhole ? ask_object(a, hop->id, read_hop, hop) : 0;

	hop->missing = r == -ENOENT;
	if (r < 0 || !hop->ifindex || IN6_IS_ADDR_UNSPECIFIED(&hop->via))
		return r == -ENOENT ? 0 : r;
	r = look_msg_neigh(hop, ++a->seq, &msg);
	if (r >= 0)
		r = ask(a, msg, read_neigh, hop);
	return r == -ENOENT ? 0 : r;             /* it has no entry */
}

/* The route of this very prefix, if longer ones do not hide it everywhere that is looked. */
static int find_route(struct asker *a, const struct prefix *p, struct looked *ret)
{
	struct prefix host;
	bool more = look_first(p, &host);
	int r = -ENETUNREACH;

	for (int i = 0; i < LOOK_PROBES && more; i++) {
		r = ask_route(a, &host, ret);
		more = r == 0 && look_next(p, &ret->found, &host);
	}
	return r;
}

int look_ask(void *unused, const struct prefix *p, struct looked *ret)
{
	struct asker a = { 0 };
	int r = nlsock_new(&a.nl, (const int[]){ 0 });

	(void)unused;
	memset(ret, 0, sizeof(*ret));
	if (r < 0)
		return r;
	clock_gettime(CLOCK_MONOTONIC, &a.until);
	a.until.tv_nsec += LOOK_MAX_MS * 1000000L;
	r = find_route(&a, p, ret);
	ret->cut = r == -ETIMEDOUT;
	ret->error = r;
	if (r == 0 && ret->group)
		r = ask_object(&a, ret->group, read_group, ret);
	for (size_t i = 0; i < ret->n && r == 0; i++)
		r = ask_hop(&a, &ret->hops[i]);
	ret->cut |= ret->error == 0 && r < 0;
	nlsock_free(a.nl);
	return 0;
}
