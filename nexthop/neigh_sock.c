#include "nexthop/neigh_sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/filter.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "agent/base/own.h"
#include "nexthop/link_msg.h"
#include "nexthop/nlsock.h"

#define READ_MAX 64                      /* datagrams per call: a flood of them gets no more of a turn */
#define QUEUE_BYTES (256 << 10)          /* and no more memory */

struct neigh_sock {
	struct nlsock *nl;
	bool lost;
	void (*heard)(void *ctx, const struct link_change *change);
	void *ctx;
};

/* New or changed entries of fe80::/10 alone: the rest does not even wake us. What is loaded is taken for big-endian, nlmsg_type is not. */
static int filter(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(struct nlmsghdr, nlmsg_type)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_NEWNEIGH), 0, 9),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NLMSG_HDRLEN + offsetof(struct ndmsg, ndm_family)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 7),
		BPF_STMT(BPF_LD | BPF_IMM, NLMSG_LENGTH(sizeof(struct ndmsg))),
		BPF_STMT(BPF_LDX | BPF_IMM, NDA_DST),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_NLATTR)),     /* where that attribute begins; 0: there is none */
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, NLA_HDRLEN),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xffc0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xfe80, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	const struct sock_fprog program = { ARRAY_LEN(code), code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0 ? -errno : 0;
}

int neigh_sock_new(struct neigh_sock **ret, void (*heard)(void *ctx, const struct link_change *change), void *ctx)
{
	struct neigh_sock *ns = calloc(1, sizeof(*ns));
	int size = QUEUE_BYTES, r;

	if (!ns)
		return -ENOMEM;
	ns->heard = heard;
	ns->ctx = ctx;
	r = nlsock_new(&ns->nl, (const int[]){ RTNLGRP_NEIGH, 0 });
	if (r == 0)
		r = filter(nlsock_fd(ns->nl));
	if (r < 0) {
		neigh_sock_free(ns);
		return r;
	}
	setsockopt(nlsock_fd(ns->nl), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	*ret = ns;
	return 0;
}

void neigh_sock_free(struct neigh_sock *ns)
{
	if (!ns)
		return;
	nlsock_free(ns->nl);
	free(ns);
}

int neigh_sock_fd(const struct neigh_sock *ns)
{
	return nlsock_fd(ns->nl);
}

static void on_msg(void *ctx, struct nlmsghdr *nlh)
{
	struct neigh_sock *ns = ctx;
	struct link_change change;

	if (link_msg_parse(nlh, &change) > 0)
		ns->heard(ns->ctx, &change);
}

bool neigh_sock_read(struct neigh_sock *ns)
{
	int r = 1;
	bool lost;

	for (int i = 0; i < READ_MAX && r != 0; i++) {
		r = nlsock_recv(ns->nl, on_msg, ns);
		if (r < 0)
			ns->lost = true;
	}
	if (r != 0)
		return false;
	lost = ns->lost;
	ns->lost = false;
	return lost;
}
