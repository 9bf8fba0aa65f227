#include "agent/bfd/bfd_sock.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/pkt_sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/base/own.h"

#define CS6 0xc0                         /* RFC 4594 3.1: network control */
#define PRIORITY TC_PRIO_INTERACTIVE      /* of our own link's queue: the highest that needs no privilege */
#define SOURCE_FIRST 49152               /* RFC 5881 4 */
#define SOURCE_PORTS 16384
#define PACKET_MAX 128                   /* a longer one is cut, and then refused by its length if that matters */

struct option { int level, name, value; };

static int set(int fd, const struct option *options, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(options[i].value)) < 0)
			return -errno;
	return 0;
}

static int udp_socket(unsigned ifindex)
{
	const struct option options[] = { { IPPROTO_IPV6, IPV6_V6ONLY, 1 }, { SOL_SOCKET, SO_BINDTOIFINDEX, (int)ifindex } };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), r;

	if (fd < 0)
		return -errno;
	r = set(fd, options, ARRAY_LEN(options));
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

static struct sockaddr_in6 address(const struct in6_addr *addr, unsigned ifindex, uint16_t port)
{
	return (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_addr = *addr, .sin6_scope_id = ifindex, .sin6_port = htons(port) };
}

int bfd_sock_hear(const struct bfd_peer *peer)
{
	const struct option options[] = { { IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1 } };
	/* The address too: the kernel finds one of hundreds of sockets by address and port, not by link. */
	struct sockaddr_in6 at = address(&peer->local, peer->ifindex, BFD_PORT);
	int fd = udp_socket(peer->ifindex), r;

	if (fd < 0)
		return fd;
	r = set(fd, options, ARRAY_LEN(options));
	if (r >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		r = -errno;
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

static int bind_source(int fd, const struct bfd_peer *peer, unsigned first)
{
	for (unsigned i = 0; i < SOURCE_PORTS; i++) {
		struct sockaddr_in6 from = address(&peer->local, peer->ifindex, (uint16_t)(SOURCE_FIRST + (first + i) % SOURCE_PORTS));

		if (bind(fd, (struct sockaddr *)&from, sizeof(from)) == 0)
			return 0;
		if (errno != EADDRINUSE)
			return -errno;
	}
	return -EADDRINUSE;
}

int bfd_sock_speak(const struct bfd_peer *peer, unsigned first)
{
	static const struct option options[] = {
		{ IPPROTO_IPV6, IPV6_UNICAST_HOPS, BFD_TTL },    /* RFC 5881 5 */
		{ IPPROTO_IPV6, IPV6_TCLASS, CS6 },
		{ SOL_SOCKET, SO_PRIORITY, PRIORITY },
	};
	/* Nobody has business with this port: what comes is dropped before it is queued. */
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog filter = { .len = 1, .filter = &nothing };
	struct sockaddr_in6 to = address(&peer->remote, peer->ifindex, BFD_PORT);
	int fd = udp_socket(peer->ifindex), r;

	if (fd < 0)
		return fd;
	r = set(fd, options, ARRAY_LEN(options));
	if (r >= 0 && setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) < 0)
		r = -errno;
	if (r >= 0)
		r = bind_source(fd, peer, first);
	if (r >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)       /* the route is looked up once */
		r = -errno;
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

int bfd_sock_send(int fd, const uint8_t *p, size_t n)
{
	ssize_t r = send(fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);

	/* What an ICMP message said about an earlier packet (nobody does BFD there, or so somebody claims) is no reason to leave this one out. */
	if (r < 0 && errno != EAGAIN && errno != ENOBUFS)
		r = send(fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	return r < 0 ? -errno : 0;
}

struct bfd_inbox {
	struct mmsghdr msgs[BFD_READ_MAX];
	struct bfd_packet packets[BFD_READ_MAX];
	struct letter {
		struct sockaddr_in6 from;
		struct iovec iov;
		_Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(int)) + 32];
		uint8_t payload[PACKET_MAX];
	} letters[BFD_READ_MAX];
};

int bfd_inbox_new(struct bfd_inbox **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

void bfd_inbox_free(struct bfd_inbox *in)
{
	free(in);
}

static void prepare(struct bfd_inbox *in)
{
	for (size_t i = 0; i < BFD_READ_MAX; i++) {
		struct letter *l = &in->letters[i];

		l->iov = (struct iovec){ l->payload, sizeof(l->payload) };
		in->msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &l->from, .msg_namelen = sizeof(l->from), .msg_iov = &l->iov, .msg_iovlen = 1, .msg_control = l->control,
			.msg_controllen = sizeof(l->control),
		};
	}
}

static int hop_limit(struct msghdr *msg)
{
	int ttl = -1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT && c->cmsg_len >= CMSG_LEN(sizeof(ttl)))
			memcpy(&ttl, CMSG_DATA(c), sizeof(ttl));
	return ttl;
}

int bfd_sock_read(int fd, unsigned ifindex, struct bfd_inbox *in, const struct bfd_packet **ret)
{
	int n;

	prepare(in);
	n = recvmmsg(fd, in->msgs, BFD_READ_MAX, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n; i++)
		in->packets[i] = (struct bfd_packet){
			.ifindex = ifindex, .from = in->letters[i].from.sin6_addr, .ttl = hop_limit(&in->msgs[i].msg_hdr),
			.p = in->letters[i].payload, .n = in->msgs[i].msg_len,
		};
	*ret = in->packets;
	return n < 0 ? 0 : n;                    /* an error is taken off the socket by reading it */
}
