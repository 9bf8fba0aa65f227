/* The ICMPv6 socket, by libndp: it opens, receives and sends; what it has no call for is set on its socket.
 *
 * libndp drops what has another hop limit than 255 or no link-local source, so such packets are not counted. It accepts any code and a
 * truncated last option: ra_decode is handed the bytes as they came. */
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

static int received(struct ndp *ndp, struct ndp_msg *msg, void *priv)
{
	const struct ra_sock *sock = priv;
	struct ra_packet packet = {
		.ifindex = ndp_msg_ifindex(msg),
		.from = *ndp_msg_addrto(msg),            /* of a received message: where it came from */
		.hop_limit = HOP_LIMIT,                  /* libndp has dropped the others */
		.payload = ndp_msg_payload(msg),
		.len = ndp_msg_payload_len(msg),
	};

	(void)ndp;
	sock->fn(sock->ctx, &packet);
	return 0;
}

/* What libndp does not set itself (it asks for hop limit 255 on multicast, and for the interface of what it receives). */
static int set_options(int fd)
{
	static const int loop = 0, hops = HOP_LIMIT;
	struct icmp6_filter filter;

	/* Neighbour solicitations, echoes and the like do not even wake us. */
	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ND_ROUTER_SOLICIT, &filter);
	ICMP6_FILTER_SETPASS(ND_ROUTER_ADVERT, &filter);
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &hops, sizeof(hops)) < 0 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &loop, sizeof(loop)) < 0 ||
	    setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter)) < 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
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
	if (r >= 0)
		r = ndp_msgrcv_handler_register(sock->ndp, received, NDP_MSG_RS, 0, sock);
	if (r >= 0)
		r = ndp_msgrcv_handler_register(sock->ndp, received, NDP_MSG_RA, 0, sock);
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
	ndp_msgrcv_handler_unregister(sock->ndp, received, NDP_MSG_RS, 0, sock);         /* ndp_close does not free them */
	ndp_msgrcv_handler_unregister(sock->ndp, received, NDP_MSG_RA, 0, sock);
	ndp_close(sock->ndp);
	free(sock);
}

int ra_sock_fd(const struct ra_sock *sock)
{
	return ndp_get_eventfd(sock->ndp);
}

int ra_sock_read(struct ra_sock *sock)
{
	int r;

	for (int i = 0; i < READ_MAX; i++) {
		r = ndp_call_eventfd_handler(sock->ndp);
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

/* The kernel chooses the source: for a link-local or link-scope multicast destination a link-local address of that link (RFC 6724 rule 2). */
int ra_sock_send(struct ra_sock *sock, unsigned ifindex, const struct in6_addr *to, const uint8_t *payload, size_t n)
{
	struct ndp_msg *msg;
	int r;

	if (n == 0 || n > RA_MSG_MAX || (payload[0] != RA_ADVERT && payload[0] != RA_SOLICIT))
		return -EINVAL;
	r = ndp_msg_new(&msg, payload[0] == RA_ADVERT ? NDP_MSG_RA : NDP_MSG_RS);
	if (r < 0)
		return r;
	memcpy(ndp_msg_payload(msg), payload, n);
	ndp_msg_payload_len_set(msg, n);
	ndp_msg_ifindex_set(msg, ifindex);
	*ndp_msg_addrto(msg) = *to;
	r = ndp_msg_send(sock->ndp, msg);
	ndp_msg_destroy(msg);
	return r;
}
