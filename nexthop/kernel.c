/* nexthop/kernel.c: two sockets, so that the answers to our own changes and the news of the others never wait for each other. Every request
 * is worked off inside its sendmsg, by this thread or by the writer; what comes back on the ask socket is found by sequence number. */
#include "nexthop/kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>

#include "agent/base/log.h"
#include "nexthop/flight.h"
#include "nexthop/link_msg.h"
#include "nexthop/mould.h"
#include "nexthop/nlsock.h"
#include "nexthop/writer.h"

#define LOG_TOPIC TOPIC_KERNEL

#define WAIT_MS 5000                     /* for the next part of an answer */
#define DUMP_TRIES 16                    /* of a dump that changes interrupt */
#define HEAR_MAX 512                     /* datagrams per kernel_hear: the loop has other work */
#define BATCH_MAX 1024                   /* messages per system call: a third faster than 256; of IPv4 routes, so many fit */
#define WRITER_WORTH 128                 /* messages of a batch that the thread is woken for */
#define IN_FLIGHT_MAX FLIGHT_MAX

/* What kernel_... waits for on the ask socket. seq 0: nobody waits. */
struct waiting {
	uint32_t seq;
	bool done, interrupted;
	int error;
	nlsock_fn each;                  /* for the messages of a dump */
};

struct kernel {
	struct nlsock *hear, *ask;
	struct writer *writer;           /* NULL: there was nothing large yet */
	struct kernel_out out;
	struct flight flight;
	struct waiting waiting;
	struct moulds moulds;
	struct in_addr on_link;          /* for kernel_dump_own */
	uint32_t seq;
	bool resync;                     /* notifications were lost and not all has been told again */
	_Alignas(struct nlmsghdr) char batch[WRITER_BYTES];
};

int kernel_new(struct kernel **ret, const struct kernel_out *out)
{
	static const int groups[] = { RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, 0 };
	struct kernel *k = calloc(1, sizeof(*k));
	int r;

	if (!k)
		return -ENOMEM;
	k->out = *out;
	r = nlsock_new(&k->hear, groups);
	if (r == 0)
		r = nlsock_new(&k->ask, (const int[]){ 0 });
	if (r < 0) {
		kernel_free(k);
		return r;
	}
	*ret = k;
	return 0;
}

void kernel_free(struct kernel *k)
{
	if (!k)
		return;
	writer_free(k->writer);
	nlsock_free(k->hear);
	nlsock_free(k->ask);
	free(k);
}

int kernel_hear_fd(const struct kernel *k)
{
	return nlsock_fd(k->hear);
}

int kernel_ask_fd(const struct kernel *k)
{
	return nlsock_fd(k->ask);
}

bool kernel_writing(const struct kernel *k)
{
	return k->writer && !writer_idle(k->writer);
}

size_t kernel_room(const struct kernel *k)
{
	size_t room = IN_FLIGHT_MAX - k->flight.n;

	return kernel_writing(k) && !writer_room(k->writer) ? 0 : room < BATCH_MAX ? room : BATCH_MAX;
}

void kernel_settle(struct kernel *k)
{
	if (k->writer)
		writer_wait(k->writer);
}

/* 0 stands for nobody: it is never the number of a message. */
static uint32_t next_seq(struct kernel *k)
{
	if (++k->seq == 0)
		k->seq = 1;
	return k->seq;
}

/* A message about links, addresses or neighbours, from either socket. */
static void on_link_msg(void *ctx, struct nlmsghdr *nlh)
{
	struct kernel *k = ctx;
	struct link_change change;
	int r = link_msg_parse(nlh, &change);

	if (r > 0)
		k->out.link(k->out.ctx, &change);
	else if (r < 0)
		log_debug("netlink: malformed message of type %u, %u bytes", nlh->nlmsg_type, nlh->nlmsg_len);
}

static void on_own_msg(void *ctx, struct nlmsghdr *nlh)
{
	struct kernel *k = ctx;
	struct fib_seen seen;

	if (route_msg_seen(nlh, k->on_link, &seen) == 0 && seen.kind != SEEN_NONE)
		k->out.seen(k->out.ctx, &seen);
}

static void on_verdict(struct kernel *k, struct nlmsghdr *nlh)
{
	const char *text;
	int error = nlsock_verdict(nlh, &text);

	if (error < 0 && text)
		log_debug("netlink: request %u: %s: %s", nlh->nlmsg_seq, strerror(-error), text);
	if (k->waiting.seq && nlh->nlmsg_seq == k->waiting.seq) {
		k->waiting.done = true;
		k->waiting.error = error;
	}
	flight_answer(&k->flight, nlh->nlmsg_seq, error, k->out.acked, k->out.ctx);
}

/* Any message on the ask socket: an answer to a change, to the request that is waited for, or to kernel_neigh_get. */
static void on_answer(void *ctx, struct nlmsghdr *nlh)
{
	struct kernel *k = ctx;
	struct waiting *w = &k->waiting;

	if (nlh->nlmsg_type == NLMSG_ERROR) {
		on_verdict(k, nlh);
		return;
	}
	if (!w->seq || nlh->nlmsg_seq != w->seq) {
		if (nlh->nlmsg_type == RTM_NEWNEIGH && !(nlh->nlmsg_flags & NLM_F_MULTI))        /* not the rest of a dump given up */
			on_link_msg(k, nlh);
		return;
	}
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		w->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_DONE) {
		w->done = true;
		if (nlmsg_valid_hdr(nlh, sizeof(int)))
			memcpy(&w->error, nlmsg_data(nlh), sizeof(int));
	} else if (w->each) {
		w->each(k, nlh);
	}
}

/* Batches of the writer that the kernel is through with; what it answered to them waits on the socket by now. */
struct reaped { size_t n; uint32_t last[WRITER_BATCHES]; int error[WRITER_BATCHES]; };

static struct reaped reap(struct kernel *k)
{
	struct reaped r = { 0 };

	while (k->writer && r.n < WRITER_BATCHES && writer_reap(k->writer, &r.last[r.n], &r.error[r.n]))
		r.n++;
	return r;
}

/* Requests are worked off within sendmsg, so once the queue is read empty, a request of before without an answer has lost it. */
static int read_answers(struct kernel *k)
{
	struct reaped through = reap(k);
	bool all = !kernel_writing(k);
	int r;

	do
		r = nlsock_recv(k->ask, on_answer, k);
	while (r > 0 || r == -ENOBUFS);
	for (size_t i = 0; r == 0 && i < through.n; i++)
		flight_lost(&k->flight, through.last[i], through.error[i] ? through.error[i] : -ENOBUFS, k->out.acked, k->out.ctx);
	if (r == 0 && all)
		flight_lost(&k->flight, k->seq, -ENOBUFS, k->out.acked, k->out.ctx);
	return r;
}

int kernel_answers(struct kernel *k)
{
	return read_answers(k);
}

static int request_send(struct kernel *k, struct nl_msg *msg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);

	nlh->nlmsg_seq = next_seq(k);
	return nlsock_send(k->ask, nlh, nlh->nlmsg_len);
}

/* Sends and waits for the ACK, the error or the end of the dump, reading whatever else arrives meanwhile. */
static int request_wait(struct kernel *k, struct nl_msg *msg, nlsock_fn each)
{
	int r;

	kernel_settle(k);                        /* in the order in which it was asked for */
	r = request_send(k, msg);
	if (r < 0)
		return r;
	k->waiting = (struct waiting){ .seq = nlmsg_hdr(msg)->nlmsg_seq, .each = each };
	while (r == 0 && !k->waiting.done) {
		r = nlsock_wait(k->ask, WAIT_MS);
		if (r == 0)
			r = nlsock_recv(k->ask, on_answer, k);
		if (r > 0)
			r = 0;
	}
	if (r == 0)
		r = k->waiting.error;
	if (r == 0 && k->waiting.interrupted)
		r = -EINTR;
	k->waiting.seq = 0;
	return r;
}

/* A message with its fixed header; NULL: no memory. */
static struct nl_msg *request_new(int type, int flags, const void *hdr, size_t hdr_len)
{
	struct nl_msg *msg = nlmsg_alloc_size(256);

	if (msg && nlmsg_put(msg, 0, 0, type, 0, NLM_F_REQUEST | flags) && nlmsg_append(msg, (void *)hdr, hdr_len, NLMSG_ALIGNTO) == 0)
		return msg;
	nlmsg_free(msg);                         /* NULL is fine */
	return NULL;
}

/* A dump, again and again until no change came in between. Empty where the kernel has no such table. */
static int dump(struct kernel *k, struct nl_msg *msg, nlsock_fn each)
{
	int r = -ENOMEM;

	for (int i = 0; msg && i < DUMP_TRIES; i++) {
		read_answers(k);                 /* a dump that was given up goes on while its answers are read, and there is one at a time */
		r = request_wait(k, msg, each);
		if (r != -EINTR && r != -ENOBUFS)
			break;
	}
	nlmsg_free(msg);
	return r == -ENOENT || r == -EOPNOTSUPP || r == -EAFNOSUPPORT ? 0 : r;
}

int kernel_dump_links(struct kernel *k)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct ifaddrmsg ifa = { .ifa_family = AF_UNSPEC };
	struct nl_msg *msg = request_new(RTM_GETLINK, NLM_F_DUMP, &ifi, sizeof(ifi));
	int r;

	if (msg && nla_put_u32(msg, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	r = dump(k, msg, on_link_msg);
	if (r < 0)
		return r;
	return dump(k, request_new(RTM_GETADDR, NLM_F_DUMP, &ifa, sizeof(ifa)), on_link_msg);
}

int kernel_dump_own(struct kernel *k, struct in_addr on_link)
{
	struct rtmsg rtm = { .rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN };      /* the kernel filters */
	struct nhmsg nhm = { .nh_family = AF_UNSPEC };
	struct ndmsg ndm = { .ndm_family = AF_INET };
	int r;

	k->on_link = on_link;
	r = dump(k, request_new(RTM_GETNEXTHOP, NLM_F_DUMP, &nhm, sizeof(nhm)), on_own_msg);
	if (r == 0)
		r = dump(k, request_new(RTM_GETNEIGH, NLM_F_DUMP, &ndm, sizeof(ndm)), on_own_msg);
	ndm.ndm_family = AF_INET6;
	if (r == 0)
		r = dump(k, request_new(RTM_GETNEIGH, NLM_F_DUMP, &ndm, sizeof(ndm)), on_own_msg);
	if (r == 0)
		r = dump(k, request_new(RTM_GETROUTE, NLM_F_DUMP, &rtm, sizeof(rtm)), on_own_msg);
	rtm.rtm_family = AF_INET6;
	if (r == 0)
		r = dump(k, request_new(RTM_GETROUTE, NLM_F_DUMP, &rtm, sizeof(rtm)), on_own_msg);
	return r;
}

static void ignore(void *ctx, struct nlmsghdr *nlh)
{
	(void)ctx;
	(void)nlh;
}

/* What is still in the queue is older than what the dump is about to say: it is thrown away first. While it overflows the kernel adds nothing,
 * so this ends. */
static int resync(struct kernel *k)
{
	int r;

	do
		r = nlsock_recv(k->hear, ignore, NULL);
	while (r > 0 || r == -ENOBUFS);
	if (r == 0)
		r = kernel_dump_links(k);
	if (r < 0)
		return r;
	k->resync = false;
	k->out.resynced(k->out.ctx);
	return 0;
}

int kernel_hear(struct kernel *k)
{
	int r = 1;

	for (int i = 0; i < HEAR_MAX && r > 0 && !k->resync; i++)
		r = nlsock_recv(k->hear, on_link_msg, k);
	if (r == -ENOBUFS && !k->resync) {
		k->resync = true;
		k->out.lost(k->out.ctx);
	}
	if (k->resync)
		return resync(k);
	return r < 0 ? r : 0;
}

/* There is none of that id, and no bucket was named: but the kernel knows what is asked for; else -EOPNOTSUPP. */
static bool knows(struct kernel *k, int type)
{
	struct nhmsg nhm = { .nh_family = AF_UNSPEC };
	struct nl_msg *msg = request_new(type, NLM_F_ACK, &nhm, sizeof(nhm));
	int r = -ENOMEM;

	if (msg && nla_put_u32(msg, NHA_ID, FIB_ID_LAST) == 0)
		r = request_wait(k, msg, NULL);
	nlmsg_free(msg);
	return r == 0 || r == -ENOENT || r == -EINVAL;
}

enum fib_groups kernel_groups(struct kernel *k)
{
	if (!knows(k, RTM_GETNEXTHOP))
		return FIB_CLASSIC;
	return knows(k, RTM_GETNEXTHOPBUCKET) ? FIB_RESILIENT : FIB_OBJECTS;
}

/* The messages of one batch, one behind the other; the last asks for an ACK. */
struct batch {
	size_t len, n;
	struct nlmsghdr *last;
};

/* By the writer what is worth it, and what must not overtake it. */
static int batch_write(struct kernel *k, const struct batch *b)
{
	if (!k->writer && b->n >= WRITER_WORTH && k->out.wake && writer_new(&k->writer, k->ask, k->out.wake, k->out.ctx) < 0)
		log_debug("netlink: no thread could be had to write");
	if (k->writer && (b->n >= WRITER_WORTH || kernel_writing(k)) && writer_put(k->writer, k->batch, b->len, b->last->nlmsg_seq) == 0)
		return 0;
	kernel_settle(k);
	return nlsock_send(k->ask, k->batch, b->len);
}

static int batch_send(struct kernel *k, struct batch *b)
{
	int r = 0;

	if (b->n > 0) {
		b->last->nlmsg_flags |= NLM_F_ACK;
		r = batch_write(k, b);
	}
	if (r < 0)
		flight_drop_last(&k->flight, b->n);
	*b = (struct batch){ 0 };
	return r;
}

static int batch_add(struct kernel *k, struct batch *b, const struct fib_op *op)
{
	int r = b->n < BATCH_MAX ? mould_cast(&k->moulds, op, k->batch + b->len, sizeof(k->batch) - b->len) : -EMSGSIZE;
	struct nlmsghdr *nlh;

	if (r == -EMSGSIZE && b->n) {            /* this one is full */
		r = batch_send(k, b);
		if (r == 0)
			r = mould_cast(&k->moulds, op, k->batch, sizeof(k->batch));
	}
	if (r < 0)
		return r;
	nlh = (struct nlmsghdr *)(k->batch + b->len);
	nlh->nlmsg_seq = next_seq(k);
	if (flight_add(&k->flight, nlh->nlmsg_seq, op->seq) < 0)
		return -ENOBUFS;
	b->len += NLMSG_ALIGN((size_t)r);
	b->last = nlh;
	b->n++;
	return 0;
}

int kernel_send(struct kernel *k, const struct fib_op *ops, size_t n, size_t *ret_sent)
{
	struct batch b = { 0 };
	size_t before = k->flight.n, fit = IN_FLIGHT_MAX - before;
	int r = 0, last;

	for (size_t i = 0; i < n && i < fit && r == 0; i++)
		r = batch_add(k, &b, &ops[i]);
	last = batch_send(k, &b);                /* also what stands before an op that cannot be built */
	*ret_sent = k->flight.n - before;
	return r < 0 ? r : last;
}

int kernel_neigh_get(struct kernel *k, uint32_t ifindex, const struct in6_addr *addr)
{
	struct ndmsg ndm = { .ndm_family = AF_INET6, .ndm_ifindex = (int)ifindex };
	struct nl_msg *msg = request_new(RTM_GETNEIGH, 0, &ndm, sizeof(ndm));
	int r = -ENOMEM;

	if (msg && nla_put(msg, NDA_DST, sizeof(*addr), addr) == 0)
		r = request_send(k, msg);
	nlmsg_free(msg);
	return r;
}

int kernel_addr_add(struct kernel *k, uint32_t ifindex, struct in_addr addr, bool add)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_scope = RT_SCOPE_UNIVERSE, .ifa_index = ifindex };
	struct nl_msg *msg = request_new(add ? RTM_NEWADDR : RTM_DELADDR, NLM_F_ACK | (add ? NLM_F_CREATE | NLM_F_EXCL : 0), &ifa, sizeof(ifa));
	int r = -ENOMEM;

	if (msg && nla_put(msg, IFA_LOCAL, sizeof(addr), &addr) == 0 && nla_put(msg, IFA_ADDRESS, sizeof(addr), &addr) == 0)
		r = request_wait(k, msg, NULL);
	nlmsg_free(msg);
	return r == (add ? -EEXIST : -EADDRNOTAVAIL) ? 0 : r;
}

static int addr6(struct kernel *k, uint32_t ifindex, const struct in6_addr *addr, bool add)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_INET6, .ifa_prefixlen = 64, .ifa_scope = RT_SCOPE_LINK, .ifa_index = ifindex };
	struct nl_msg *msg = request_new(add ? RTM_NEWADDR : RTM_DELADDR, NLM_F_ACK | (add ? NLM_F_CREATE | NLM_F_REPLACE : 0), &ifa, sizeof(ifa));
	int r = -ENOMEM;

	if (msg && nla_put(msg, IFA_LOCAL, sizeof(*addr), addr) == 0 && nla_put_u32(msg, IFA_FLAGS, IFA_F_NODAD) == 0)
		r = request_wait(k, msg, NULL);
	nlmsg_free(msg);
	return r;
}

int kernel_addr_no_dad(struct kernel *k, uint32_t ifindex, const struct in6_addr *addr)
{
	int r = addr6(k, ifindex, addr, false);

	return r < 0 && r != -EADDRNOTAVAIL ? r : addr6(k, ifindex, addr, true);
}

int kernel_link_up(struct kernel *k, uint32_t ifindex)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC, .ifi_index = (int)ifindex, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	struct nl_msg *msg = request_new(RTM_NEWLINK, NLM_F_ACK, &ifi, sizeof(ifi));
	int r = msg ? request_wait(k, msg, NULL) : -ENOMEM;

	nlmsg_free(msg);
	return r;
}
