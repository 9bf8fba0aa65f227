/* agent/bgp/tcp.h: the TCP sockets of BGP. The only file of this folder that touches the world. All sockets are non-blocking, close-on-exec. */
#ifndef WEFT_BGP_TCP_H
#define WEFT_BGP_TCP_H

#include <netinet/in.h>
#include <stdbool.h>

/* IPv6 only, any link, port 179; what it accepts inherits hop limit 255 and traffic class CS6. Returns the descriptor or -errno. */
int tcp_listen(void);
/* *ret_ifindex: the link it came in on, 0 for an address that is not link-local. -EAGAIN when there is none. */
int tcp_accept(int listener, unsigned *ret_ifindex, struct in6_addr *ret_remote);
/* Starts to connect from local to remote on the link. Writable means decided: then tcp_result. */
int tcp_connect(unsigned ifindex, const struct in6_addr *local, const struct in6_addr *remote);
int tcp_result(int fd);                  /* 0 connected, -errno */
int tcp_set_gtsm(int fd);                /* RFC 5082: packets with hop limit under 255 are dropped */

#endif
