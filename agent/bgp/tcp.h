/* agent/bgp/tcp.h: the TCP sockets of BGP. The only file of this folder that touches the world. All sockets are non-blocking, close-on-exec. */
#ifndef WEFT_BGP_TCP_H
#define WEFT_BGP_TCP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct tcp_guard {                       /* what every packet of a connection must have, from the SYN on */
	uint8_t min_ttl;                 /* as its hop limit (RFC 5082); 0: any */
	const char *password;            /* an MD5 signature (RFC 2385); NULL: none */
	uint8_t ttl;                     /* of our own packets; 0: 255 */
};
#define TCP_PASSWORD_MAX 80              /* bytes; the kernel's limit */

/* Addresses of IPv4 are IPv4-mapped everywhere here. */

/* Of one family, any link, port 179; what it accepts inherits hop limit 255 and traffic class CS6. Returns the descriptor or -errno. */
int tcp_listen(int family);              /* AF_INET6, AF_INET */
/* Such a socket for one link alone, which gets all of the link's connections. The kernel drops what the guard does not let through, unanswered.
 * The other listeners of port 179, if any, must have been told to share. */
int tcp_listen_link(unsigned ifindex, const struct tcp_guard *guard);
int tcp_share(int listener);
/* From now on the listener hears the address only with signatures of this key; NULL: only without one. What was let in before is still in its queue. */
int tcp_set_key(int listener, const struct in6_addr *remote, const char *password);
/* *ret_ifindex: the link it came in on, 0 for an address that is not link-local. -EAGAIN when there is none. */
int tcp_accept(int listener, unsigned *ret_ifindex, struct in6_addr *ret_remote);
/* Starts to connect from local to remote on the link. Writable means decided: then tcp_result. */
int tcp_connect(unsigned ifindex, const struct in6_addr *local, const struct in6_addr *remote, const struct tcp_guard *guard);
/* The kernel answers nothing that comes to the listener with less. */
int tcp_set_least(int listener, uint8_t min_ttl);
/* A numbered peer's connection, just accepted: how many routers our packets may pass, and the least hop limit of the peer's (0: any). -EPERM: its
 * first packet came with less, or nobody knows with what. */
int tcp_admit(int fd, uint8_t ttl, uint8_t min_ttl);
int tcp_result(int fd);                  /* 0 connected, -errno */
bool tcp_ends(int fd, struct in6_addr *ret_local, uint16_t ret_ports[2]);        /* our address; the ports, ours first. False: not connected */
/* What was sent does not arrive, however often it is sent, for some seconds, while the peer is heard; and it is too much for a packet that would be small
 * anywhere. A peer that is dead, or reads nothing, is another matter: that is what BGP has timers for. */
bool tcp_stalled(int fd);
void tcp_abort(int fd);                  /* what is on its way will not arrive: close is to say so to the peer at once, and wait for nothing */

#endif
