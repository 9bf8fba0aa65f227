/* ra/ra_sock.h: the ICMPv6 socket, by libndp. The only file of this folder that touches the world. */
#ifndef WEFT_RA_SOCK_H
#define WEFT_RA_SOCK_H

#include "ra/ra_msg.h"

struct ra_sock;
typedef void (*ra_sock_fn)(void *ctx, const struct ra_packet *packet);

int  ra_sock_new(struct ra_sock **ret, ra_sock_fn fn, void *ctx);        /* -EPERM without CAP_NET_RAW */
void ra_sock_free(struct ra_sock *sock);
int  ra_sock_fd(const struct ra_sock *sock);
int  ra_sock_read(struct ra_sock *sock);         /* hands every waiting packet to fn, at most 256 per call; 0 or -errno */
/* Join or leave all-routers on a link, so that Router Solicitations are heard. */
int  ra_sock_join(struct ra_sock *sock, unsigned ifindex, bool join);
struct ra_bytes { const uint8_t *p; size_t n; };         /* what ra_encode wrote */
/* from: our link-local address on the link. */
int  ra_sock_send(struct ra_sock *sock, unsigned ifindex, const struct in6_addr *from, const struct in6_addr *to, const struct ra_bytes *bytes);

#endif
