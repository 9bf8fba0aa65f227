#include "nexthop/nlsock.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#define RECV_SIZE 65536                  /* a dump fills up to 32 KiB of it when it is offered that much */
/* Room for the answers to all requests in flight, should each be an error, and for the links of a big switch all flapping at once. */
#define RECV_QUEUE (8 << 20)

struct nlsock {
	struct nl_sock *nl;
	int fd;
	_Alignas(struct nlmsghdr) char buf[RECV_SIZE];
};

static void set_options(int fd)
{
	int size = RECV_QUEUE, on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));      /* up to net.core.rmem_max */
	/* All three are comforts: short errors, errors in words, dumps that are filtered in the kernel. We do without on kernels before 4.20. */
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
}

int nlsock_new(struct nlsock **ret, const int *groups)
{
	struct nlsock *sock = calloc(1, sizeof(*sock));
	int r = -ENOMEM;

	if (!sock)
		return r;
	sock->nl = nl_socket_alloc();
	if (!sock->nl)
		goto fail;
	r = -EIO;                                /* libnl's error numbers are its own; errno is not kept */
	if (nl_connect(sock->nl, NETLINK_ROUTE) < 0 || nl_socket_set_nonblocking(sock->nl) < 0)
		goto fail;
	sock->fd = nl_socket_get_fd(sock->nl);
	set_options(sock->fd);
	for (; *groups; groups++)
		if (nl_socket_add_membership(sock->nl, *groups) < 0)
			goto fail;
	*ret = sock;
	return 0;
fail:
	nlsock_free(sock);
	return r;
}

void nlsock_free(struct nlsock *sock)
{
	if (!sock)
		return;
	nl_socket_free(sock->nl);                /* NULL is fine */
	free(sock);
}

int nlsock_fd(const struct nlsock *sock)
{
	return sock->fd;
}

int nlsock_send(struct nlsock *sock, const void *p, size_t n)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	ssize_t sent;

	do
		sent = sendto(sock->fd, p, n, 0, (struct sockaddr *)&kernel, sizeof(kernel));
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : 0;
}

int nlsock_recv(struct nlsock *sock, nlsock_fn fn, void *ctx)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { .iov_base = sock->buf, .iov_len = sizeof(sock->buf) };
	struct msghdr mh = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1 };
	struct nlmsghdr *nlh = (struct nlmsghdr *)sock->buf;
	ssize_t n = recvmsg(sock->fd, &mh, 0);
	int left;

	if (n < 0)
		return errno == EAGAIN ? 0 : errno == EINTR ? 1 : -errno;
	if (mh.msg_namelen != sizeof(from) || from.nl_pid != 0)
		return 1;                        /* another program is not the kernel */
	if (mh.msg_flags & MSG_TRUNC)
		return -ENOBUFS;
	for (left = (int)n; nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left))
		fn(ctx, nlh);
	return 1;
}

int nlsock_wait(const struct nlsock *sock, int timeout_ms)
{
	struct pollfd pfd = { .fd = sock->fd, .events = POLLIN };
	int n;

	do
		n = poll(&pfd, 1, timeout_ms);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n == 0 ? -ETIMEDOUT : 0;
}

int nlsock_verdict(struct nlmsghdr *nlh, const char **ret_text)
{
	static const struct nla_policy policy[NLMSGERR_ATTR_MAX + 1] = { [NLMSGERR_ATTR_MSG] = { .type = NLA_STRING } };
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];
	const struct nlmsgerr *err;
	int skip = sizeof(*err);

	*ret_text = NULL;
	if (!nlmsg_valid_hdr(nlh, sizeof(*err)))
		return -EBADMSG;
	err = nlmsg_data(nlh);
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return err->error;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && err->msg.nlmsg_len >= NLMSG_HDRLEN && err->msg.nlmsg_len <= nlh->nlmsg_len)
		skip += (int)err->msg.nlmsg_len - NLMSG_HDRLEN;          /* the request is quoted whole before the words */
	if (nlmsg_valid_hdr(nlh, skip) && nlmsg_parse(nlh, skip, tb, NLMSGERR_ATTR_MAX, policy) == 0 && tb[NLMSGERR_ATTR_MSG])
		*ret_text = nla_get_string(tb[NLMSGERR_ATTR_MSG]);
	return err->error;
}
