#include "nexthop/deed_sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/filter.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "agent/base/log.h"
#include "agent/base/own.h"
#include "nexthop/deed_msg.h"
#include "nexthop/nlsock.h"

#define LOG_TOPIC TOPIC_KERNEL

#define READ_MAX 4096                    /* datagrams per call: more than the queue holds */
#define QUEUE_BYTES (1 << 20)

struct deed_sock {
	struct nlsock *nl;
	struct in_addr on_link;
	void (*heard)(void *ctx, const struct fib_deed *deed);
	void *ctx;
};

/* Of others: all about next-hop objects, IPv4 and IPv6 neighbours, and routes of our metric in the main table. What is loaded is taken for
 * big-endian, what the kernel writes is not. */
static int filter(int fd, uint32_t own)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct nlmsghdr, nlmsg_pid)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 18, 0),                   /* the kernel by itself */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(own), 17, 0),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(struct nlmsghdr, nlmsg_type)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_NEWROUTE), 6, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_DELROUTE), 5, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_NEWNEIGH), 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_DELNEIGH), 0, 13),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NLMSG_HDRLEN + offsetof(struct ndmsg, ndm_family)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 11, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 10, 9),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NLMSG_HDRLEN + offsetof(struct rtmsg, rtm_table)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, RT_TABLE_MAIN, 0, 7),
		BPF_STMT(BPF_LD | BPF_IMM, NLMSG_LENGTH(sizeof(struct rtmsg))),
		BPF_STMT(BPF_LDX | BPF_IMM, RTA_PRIORITY),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_NLATTR)),     /* where that attribute begins; 0: there is none */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 3, 0),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_IND, NLA_HDRLEN),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(WEFT_METRIC), 1, 0),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	const struct sock_fprog program = { ARRAY_LEN(code), code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0 ? -errno : 0;
}

static int number_of(int fd, uint32_t *ret)
{
	struct sockaddr_nl addr = { 0 };
	socklen_t len = sizeof(addr);

	if (getsockname(fd, (struct sockaddr *)&addr, &len) < 0)
		return -errno;
	*ret = addr.nl_pid;
	return 0;
}

int deed_sock_new(struct deed_sock **ret, int own_fd, void (*heard)(void *ctx, const struct fib_deed *deed), void *ctx)
{
	static const int groups[] = { RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE, RTNLGRP_NEXTHOP, RTNLGRP_NEIGH, 0 };
	static const int without_objects[] = { RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE, RTNLGRP_NEIGH, 0 };      /* kernels before 5.3 */
	struct deed_sock *ds = calloc(1, sizeof(*ds));
	int size = QUEUE_BYTES, r;
	uint32_t own = 0;

	if (!ds)
		return -ENOMEM;
	ds->heard = heard;
	ds->ctx = ctx;
	r = number_of(own_fd, &own);
	if (r == 0 && nlsock_new(&ds->nl, groups) < 0)
		r = nlsock_new(&ds->nl, without_objects);
	if (r == 0)
		r = filter(nlsock_fd(ds->nl), own);
	if (r < 0) {
		deed_sock_free(ds);
		return r;
	}
	setsockopt(nlsock_fd(ds->nl), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	*ret = ds;
	return 0;
}

void deed_sock_free(struct deed_sock *ds)
{
	if (!ds)
		return;
	nlsock_free(ds->nl);
	free(ds);
}

int deed_sock_fd(const struct deed_sock *ds)
{
	return nlsock_fd(ds->nl);
}

static void on_msg(void *ctx, struct nlmsghdr *nlh)
{
	struct deed_sock *ds = ctx;
	struct fib_deed deed;

	if (deed_msg_parse(nlh, ds->on_link, &deed) < 0)
		log_debug("netlink: malformed message of type %u, %u bytes", nlh->nlmsg_type, nlh->nlmsg_len);
	else if (deed.kind != DEED_NONE)
		ds->heard(ds->ctx, &deed);
}

bool deed_sock_read(struct deed_sock *ds, struct in_addr on_link)
{
	bool lost = false;
	int r = 1;

	ds->on_link = on_link;
	for (int i = 0; i < READ_MAX && r != 0; i++) {
		r = nlsock_recv(ds->nl, on_msg, ds);
		lost |= r < 0;
	}
	return lost;
}
