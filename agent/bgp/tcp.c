#include "agent/bgp/tcp.h"

#include <errno.h>
#include <linux/pkt_sched.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/base/own.h"
#include "agent/base/prefix.h"
#include "agent/base/rd.h"
#include "agent/bgp/msg.h"

#define CS6 0xc0                         /* RFC 4594 3.1: network control */
#define PRIORITY TC_PRIO_INTERACTIVE      /* of our own link's queue: the highest that needs no privilege */
#define BACKLOG 512                      /* every link's peer at once, twice */
#define STALL_TIMEOUTS 4                 /* of the retransmission timer, which begins at 200 ms and doubles: 3 s */
#define STALL_BYTES 512                  /* not acknowledged: more than keepalives */
#define LINK_BACKLOG 8                   /* of one link: its peer, a few times over */

/* A socket with what all of ours have; an accepted one inherits all of it from the listener but the priority. */
static int tcp_socket(int family)
{
	static const struct { int family, level, name, value; } options[] = {
		{ AF_INET6, IPPROTO_IPV6, IPV6_V6ONLY, 1 },
		{ AF_INET6, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 255 },      /* RFC 5082 3: so that the peer may demand it */
		{ AF_INET6, IPPROTO_IPV6, IPV6_TCLASS, CS6 },
		{ AF_INET, IPPROTO_IP, IP_TTL, 255 },
		{ AF_INET, IPPROTO_IP, IP_TOS, CS6 },
		{ AF_UNSPEC, SOL_SOCKET, SO_PRIORITY, PRIORITY },        /* IPV6_TCLASS, unlike IP_TOS, does not set it */
		{ AF_UNSPEC, IPPROTO_TCP, TCP_NODELAY, 1 },
	};
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		if (options[i].family && options[i].family != family)
			continue;
		if (setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(options[i].value)) < 0) {
			int r = -errno;

			close(fd);
			return r;
		}
	}
	return fd;
}

/* An address with its port as the kernel wants it: IPv4-mapped ones are IPv4's. */
union address { struct sockaddr any; struct sockaddr_in6 in6; struct sockaddr_in in; };

static socklen_t address_put(union address *to, const struct in6_addr *addr, unsigned scope, uint16_t port)
{
	memset(to, 0, sizeof(*to));
	if (IN6_IS_ADDR_V4MAPPED(addr)) {
		to->in = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port) };
		memcpy(&to->in.sin_addr, addr->s6_addr + 12, 4);
		return sizeof(to->in);
	}
	to->in6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_addr = *addr, .sin6_port = htons(port) };
	to->in6.sin6_scope_id = in6_is_ll(addr) ? scope : 0;
	return sizeof(to->in6);
}

static struct in6_addr any_of(int family)
{
	struct in6_addr any = { .s6_addr = { 0 } };

	if (family == AF_INET)
		any.s6_addr[10] = any.s6_addr[11] = 0xff;
	return any;
}

/* Any address, port 179; takes over fd. */
static int start_listening(int fd, int family, int backlog)
{
	struct in6_addr none = any_of(family);
	union address any;
	socklen_t len = address_put(&any, &none, 0, BGP_PORT);
	int on = 1, r;

	/* SO_REUSEADDR: a restarted daemon must listen while its old connections are in TIME_WAIT. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, &any.any, len) < 0 || listen(fd, backlog) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

int tcp_listen(int family)
{
	int fd = tcp_socket(family), on = 1, r;

	/* The listener is of many peers: which hop limit the SYN must have is known when it is known whose it is. */
	if (fd >= 0 && setsockopt(fd, IPPROTO_TCP, TCP_SAVE_SYN, &on, sizeof(on)) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd < 0 ? fd : start_listening(fd, family, BACKLOG);
}

/* After bind, so that a second daemon is still told that the port is taken. */
int tcp_share(int listener)
{
	int on = 1;

	return setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) < 0 ? -errno : 0;
}

/* remote NULL: the key is for every IPv6 address, not only fe80::/10: nothing else is to come in on this link without a signature either. Linux
 * takes an interface in a key only for VRFs, so it is the socket that is tied to the link. password NULL: the key goes. */
static int set_key(int fd, const struct in6_addr *remote, const char *password)
{
	size_t n = password ? strlen(password) : 0;
	struct tcp_md5sig key = { .tcpm_keylen = (uint16_t)n };
	union address to;

	if ((password && !n) || n > TCP_PASSWORD_MAX)
		return -EINVAL;
	address_put(&to, remote ? remote : &in6addr_any, 0, 0);
	_Static_assert(sizeof(to) <= sizeof(key.tcpm_addr), "an address has room in a key");
	memcpy(&key.tcpm_addr, &to, sizeof(to));
	memcpy(key.tcpm_key, password ? password : "", n);
	if (!remote)                             /* of no bits: all of them */
		key.tcpm_flags = TCP_MD5SIG_FLAG_PREFIX;
	return setsockopt(fd, IPPROTO_TCP, remote ? TCP_MD5SIG : TCP_MD5SIG_EXT, &key, sizeof(key)) < 0 ? -errno : 0;
}

int tcp_set_key(int listener, const struct in6_addr *remote, const char *password)
{
	int r = set_key(listener, remote, password);

	return r == -ENOENT && !password ? 0 : r;        /* there was none */
}

static int set_hops(int fd, uint8_t ttl, uint8_t min_ttl)
{
	int family, hops = ttl, least = min_ttl;
	socklen_t len = sizeof(family);
	bool v4;

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) < 0)
		return -errno;
	v4 = family == AF_INET;
	if (ttl && setsockopt(fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TTL : IPV6_UNICAST_HOPS, &hops, sizeof(hops)) < 0)
		return -errno;
	if (min_ttl && setsockopt(fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_MINTTL : IPV6_MINHOPCOUNT, &least, sizeof(least)) < 0)
		return -errno;
	return 0;
}

int tcp_set_least(int listener, uint8_t min_ttl)
{
	int family, least = min_ttl;             /* 0: any again */
	socklen_t len = sizeof(family);
	bool v4;

	if (getsockopt(listener, SOL_SOCKET, SO_DOMAIN, &family, &len) < 0)
		return -errno;
	v4 = family == AF_INET;
	return setsockopt(listener, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_MINTTL : IPV6_MINHOPCOUNT, &least, sizeof(least)) < 0 ? -errno : 0;
}

/* The hop limit of the packet that opened the connection; 0: the kernel has not kept it (a SYN cookie stood for it). */
static uint8_t hops_of_syn(int fd)
{
	uint8_t buf[512];
	socklen_t len = sizeof(buf);
	struct rd syn;
	uint8_t version, hops;

	if (getsockopt(fd, IPPROTO_TCP, TCP_SAVED_SYN, buf, &len) < 0)
		return 0;
	syn = rd_of(buf, len);
	version = rd_u8(&syn) >> 4;
	rd_take(&syn, version == 4 ? 7 : 6);     /* RFC 791 3.1: Time to Live; RFC 8200 3: Hop Limit */
	hops = rd_u8(&syn);
	return syn.bad ? 0 : hops;
}

int tcp_admit(int fd, uint8_t ttl, uint8_t min_ttl)
{
	int r = set_hops(fd, ttl, min_ttl);

	return r < 0 || hops_of_syn(fd) >= min_ttl ? r : -EPERM;
}

/* Before the first packet, so that nothing without it is ever taken. remote: as for set_key. */
static int set_guard(int fd, const struct in6_addr *remote, const struct tcp_guard *guard)
{
	int r = set_hops(fd, guard->ttl, guard->min_ttl);

	return r >= 0 && guard->password ? set_key(fd, remote, guard->password) : r;
}

int tcp_listen_link(unsigned ifindex, const struct tcp_guard *guard)
{
	int fd = tcp_socket(AF_INET6), device = (int)ifindex, r;

	if (fd < 0)
		return fd;
	r = setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &device, sizeof(device)) < 0 ? -errno : tcp_share(fd);
	if (r >= 0)
		r = set_guard(fd, NULL, guard);
	if (r < 0) {
		close(fd);
		return r;
	}
	return start_listening(fd, AF_INET6, LINK_BACKLOG);
}

int tcp_accept(int listener, unsigned *ret_ifindex, struct in6_addr *ret_remote)
{
	union address from;
	int priority = PRIORITY, fd;
	socklen_t len;

	do {                             /* ECONNABORTED: gone before we came; the next one may be there */
		len = sizeof(from);
		fd = accept4(listener, &from.any, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	} while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &priority, sizeof(priority)) < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	if (from.any.sa_family == AF_INET) {
		*ret_remote = any_of(AF_INET);
		memcpy(ret_remote->s6_addr + 12, &from.in.sin_addr, 4);
		*ret_ifindex = 0;
		return fd;
	}
	*ret_remote = from.in6.sin6_addr;
	*ret_ifindex = in6_is_ll(ret_remote) ? from.in6.sin6_scope_id : 0;
	return fd;
}

int tcp_connect(unsigned ifindex, const struct in6_addr *local, const struct in6_addr *remote, const struct tcp_guard *guard)
{
	int family = IN6_IS_ADDR_V4MAPPED(remote) ? AF_INET : AF_INET6, fd = tcp_socket(family), r;
	union address from, to;
	socklen_t len = address_put(&to, remote, ifindex, BGP_PORT);

	if (fd < 0)
		return fd;
	r = set_guard(fd, remote, guard);
	/* Binding to a link-local address with its scope ties the socket to the link, as SO_BINDTODEVICE would, without a privilege. */
	if (r >= 0 && !IN6_IS_ADDR_UNSPECIFIED(local)) {
		address_put(&from, local, ifindex, 0);
		r = bind(fd, &from.any, len) < 0 ? -errno : 0;
	}
	if (r >= 0 && connect(fd, &to.any, len) < 0 && errno != EINPROGRESS)
		r = -errno;
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

int tcp_result(int fd)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return -errno;
	return -error;
}

bool tcp_stalled(int fd)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);
	uint32_t heard_ms;
	int unacked = 0;

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0 || info.tcpi_retransmits < STALL_TIMEOUTS)
		return false;
	if (ioctl(fd, SIOCOUTQ, &unacked) < 0 || unacked < STALL_BYTES)
		return false;
	heard_ms = info.tcpi_last_data_recv < info.tcpi_last_ack_recv ? info.tcpi_last_data_recv : info.tcpi_last_ack_recv;
	return heard_ms < info.tcpi_rto / 2000;          /* it has been stuck for nearly as long as the timer is now; the peer was heard well after */
}

void tcp_abort(int fd)
{
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){ .l_onoff = 1 }, sizeof(struct linger));
}

static struct in6_addr address_of(const struct sockaddr_storage *sa, uint16_t *ret_port)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)sa;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)sa;
	struct in6_addr a = { .s6_addr = { [10] = 0xff, 0xff } };

	if (sa->ss_family == AF_INET6) {
		*ret_port = ntohs(v6->sin6_port);
		return v6->sin6_addr;
	}
	*ret_port = ntohs(v4->sin_port);
	memcpy(a.s6_addr + 12, &v4->sin_addr, 4);
	return a;
}

bool tcp_ends(int fd, struct in6_addr *ret_local, uint16_t ret_ports[2])
{
	struct sockaddr_storage ours, theirs;
	socklen_t n = sizeof(ours), m = sizeof(theirs);

	if (getsockname(fd, (struct sockaddr *)&ours, &n) < 0 || getpeername(fd, (struct sockaddr *)&theirs, &m) < 0)
		return false;
	*ret_local = address_of(&ours, &ret_ports[0]);
	address_of(&theirs, &ret_ports[1]);
	return true;
}
