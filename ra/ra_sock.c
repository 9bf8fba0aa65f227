/* The ICMPv6 socket, by libndp: it opens it and sends. Receiving is done here, on libndp's descriptor: libndp drops packets with a wrong hop
 * limit or source, and runts, without a word, and ra_decode is to see, refuse and count them. */
#include "ra/ra_sock.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/icmp6.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <ndp.h>

#define HOP_LIMIT 255                    /* RFC 4861 4.1, 4.2 */
#define RECEIVE_MAX 2048                 /* a longer packet is cut, and then refused if an option is cut */
#define BUFFER (4 << 20)                 /* all links share it: a storm on one of them must not drown the others' */
#define READ_MAX 256                     /* packets per call: a flood must not keep the loop from its other work */

struct ra_sock {
	struct ndp *ndp;
	ra_sock_fn fn;
	void *ctx;
};

/* libndp would write to stderr; errors come back as values. */
static void no_log(struct ndp *ndp, int priority, const char *file, int line, const char *fn, const char *format, va_list args)
{
	(void)ndp, (void)priority, (void)file, (void)line, (void)fn, (void)format, (void)args;
}

/* What libndp does not set itself (it asks for hop limit 255 on multicast). */
static int set_options(int fd)
{
	static const int loop = 0, hops = HOP_LIMIT, on = 1, buffer = BUFFER;
	struct icmp6_filter filter;

	/* Neighbour solicitations, echoes and the like do not even wake us. */
	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ND_ROUTER_SOLICIT, &filter);
	ICMP6_FILTER_SETPASS(ND_ROUTER_ADVERT, &filter);
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &hops, sizeof(hops)) < 0 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &loop, sizeof(loop)) < 0 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter)) < 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer)) < 0)     /* less is no fault: RAs come again */
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	return 0;
}

int ra_sock_new(struct ra_sock **ret, ra_sock_fn fn, void *ctx)
{
	struct ra_sock *sock = calloc(1, sizeof(*sock));
	int r;

	if (!sock)
		return -ENOMEM;
	sock->fn = fn;
	sock->ctx = ctx;
	r = ndp_open(&sock->ndp);
	if (r < 0) {
		free(sock);
		return r;
	}
	ndp_set_log_fn(sock->ndp, no_log);
	r = set_options(ndp_get_eventfd(sock->ndp));
	if (r < 0) {
		ra_sock_free(sock);
		return r;
	}
	*ret = sock;
	return 0;
}

void ra_sock_free(struct ra_sock *sock)
{
	if (!sock)
		return;
	ndp_close(sock->ndp);
	free(sock);
}

int ra_sock_fd(const struct ra_sock *sock)
{
	return ndp_get_eventfd(sock->ndp);
}

/* Where it came in and with which hop limit; 0 and -1 when the kernel did not say. */
static void read_ancillary(struct msghdr *msg, struct ra_packet *packet)
{
	struct in6_pktinfo info;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != IPPROTO_IPV6)
			continue;
		if (c->cmsg_type == IPV6_HOPLIMIT && c->cmsg_len >= CMSG_LEN(sizeof(packet->hop_limit)))
			memcpy(&packet->hop_limit, CMSG_DATA(c), sizeof(packet->hop_limit));
		if (c->cmsg_type == IPV6_PKTINFO && c->cmsg_len >= CMSG_LEN(sizeof(info))) {
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			packet->ifindex = info.ipi6_ifindex;
		}
	}
}

static int read_one(struct ra_sock *sock)
{
	_Alignas(struct cmsghdr) uint8_t control[128];
	uint8_t payload[RECEIVE_MAX];
	struct sockaddr_in6 from;
	struct iovec iov = { payload, sizeof(payload) };
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct ra_packet packet = { .hop_limit = -1, .payload = payload };
	ssize_t n = recvmsg(ra_sock_fd(sock), &msg, 0);

	if (n < 0)
		return -errno;
	packet.len = (size_t)n;
	packet.from = from.sin6_addr;
	read_ancillary(&msg, &packet);
	sock->fn(sock->ctx, &packet);
	return 0;
}

int ra_sock_read(struct ra_sock *sock)
{
	int r;

	for (int i = 0; i < READ_MAX; i++) {
		r = read_one(sock);
		if (r == -EAGAIN)
			return 0;
		if (r < 0 && r != -EINTR)
			return r;
	}
	return 0;
}

int ra_sock_join(struct ra_sock *sock, unsigned ifindex, bool join)
{
	struct ipv6_mreq mreq = { .ipv6mr_multiaddr = { { { 0xff, 0x02, [15] = 2 } } }, .ipv6mr_interface = ifindex };
	int fd = ra_sock_fd(sock);

	if (setsockopt(fd, IPPROTO_IPV6, join ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP, &mreq, sizeof(mreq)) == 0)
		return 0;
	if (join ? errno == EADDRINUSE : errno == EADDRNOTAVAIL || errno == ENODEV)      /* it is so already */
		return 0;
	return -errno;
}

/* libndp leaves the source to the kernel, which may take another link-local address of the link than the one that peers know. */
int ra_sock_send(struct ra_sock *sock, unsigned ifindex, const struct in6_addr *from, const struct in6_addr *to, const struct ra_bytes *bytes)
{
	struct in6_pktinfo source = { .ipi6_addr = *from, .ipi6_ifindex = ifindex };
	struct ndp_msg *msg;
	int r;

	if (bytes->n == 0 || bytes->n > RA_MSG_MAX || (bytes->p[0] != RA_ADVERT && bytes->p[0] != RA_SOLICIT))
		return -EINVAL;
	if (setsockopt(ra_sock_fd(sock), IPPROTO_IPV6, IPV6_PKTINFO, &source, sizeof(source)) < 0)
		return -errno;
	r = ndp_msg_new(&msg, bytes->p[0] == RA_ADVERT ? NDP_MSG_RA : NDP_MSG_RS);
	if (r < 0)
		return r;
	memcpy(ndp_msg_payload(msg), bytes->p, bytes->n);
	ndp_msg_payload_len_set(msg, bytes->n);
	ndp_msg_ifindex_set(msg, ifindex);
	*ndp_msg_addrto(msg) = *to;
	r = ndp_msg_send(sock->ndp, msg);
	ndp_msg_destroy(msg);
	return r;
}
