#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/bgp/msg.h"
#include "ra/ra_msg.h"
#include "tests/bench/peers.h"

static int link_local(const char *link, struct in6_addr *ret)
{
	struct ifaddrs *all;
	int r = -EADDRNOTAVAIL;

	if (getifaddrs(&all) < 0)
		return -errno;
	for (const struct ifaddrs *a = all; a && r < 0; a = a->ifa_next) {
		const struct sockaddr_in6 *sin6 = (const void *)a->ifa_addr;

		if (!sin6 || sin6->sin6_family != AF_INET6 || strcmp(a->ifa_name, link) != 0 || !in6_is_ll(&sin6->sin6_addr))
			continue;
		*ret = sin6->sin6_addr;
		r = 0;
	}
	freeifaddrs(all);
	return r;
}

/* An ioctl about a link, on a socket of its own. */
static int link_ioctl(const char *link, unsigned long request, struct ifreq *ifr)
{
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0), r = 0;

	if (fd < 0)
		return -errno;
	snprintf(ifr->ifr_name, sizeof(ifr->ifr_name), "%s", link);
	if (ioctl(fd, request, ifr) < 0)
		r = -errno;
	close(fd);
	return r;
}

int peer_link(struct peer *peer, const char *link)
{
	struct ifreq ifr = { 0 };
	int r;

	snprintf(peer->link, sizeof(peer->link), "%s", link);
	peer->ifindex = if_nametoindex(link);
	if (peer->ifindex == 0)
		return -ENODEV;
	r = link_ioctl(link, SIOCGIFHWADDR, &ifr);
	if (r < 0)
		return r;
	memcpy(peer->mac, ifr.ifr_hwaddr.sa_data, sizeof(peer->mac));
	return link_local(link, &peer->address);
}

int peer_advertise(int ra, const struct peer *peer)
{
	struct ra_msg msg = { .type = RA_ADVERT, .lifetime = 1800, .has_mac = true };
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_scope_id = peer->ifindex };
	uint8_t buf[RA_MSG_MAX];
	size_t n;

	memcpy(msg.mac, peer->mac, sizeof(msg.mac));
	to.sin6_addr.s6_addr[0] = 0xff;          /* ff02::1 */
	to.sin6_addr.s6_addr[1] = 0x02;
	to.sin6_addr.s6_addr[15] = 0x01;
	n = ra_encode(&msg, buf);
	return sendto(ra, buf, n, 0, (struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
}

int peer_call(const struct peer *peer)
{
	const struct sockaddr_in6 to = {
		.sin6_family = AF_INET6, .sin6_addr = peer->called, .sin6_scope_id = peer->ifindex, .sin6_port = htons(BGP_PORT),
	};
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), r;

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

int peer_cut(const struct peer *peer)
{
	struct ifreq ifr = { 0 };
	int r = link_ioctl(peer->link, SIOCGIFFLAGS, &ifr);

	if (r < 0)
		return r;
	ifr.ifr_flags = (short)(ifr.ifr_flags & ~IFF_UP);
	return link_ioctl(peer->link, SIOCSIFFLAGS, &ifr);
}
