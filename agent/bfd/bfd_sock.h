/* agent/bfd/bfd_sock.h: the UDP sockets of a session over a link-local address (RFC 5881 4 and 5): one that hears, one that speaks. Non-blocking,
 * close-on-exec. */
#ifndef WEFT_BFD_SOCK_H
#define WEFT_BFD_SOCK_H

#include "agent/bfd/bfd.h"

#define BFD_PORT 3784

/* Port 3784 of the session's address on its link, and of no other: who floods a link fills that link's buffer alone. A descriptor or -errno;
 * -EADDRINUSE: somebody else does BFD here. */
int bfd_sock_hear(const struct bfd_peer *peer);
/* Bound to the session's local address and a source port from the range of RFC 5881 4 that no other session has. first: where to begin to look. */
int bfd_sock_speak(const struct bfd_peer *peer, unsigned first);
int bfd_sock_send(int fd, const uint8_t *p, size_t n);   /* 0 or -errno */

#define BFD_READ_MAX 16
struct bfd_inbox;                        /* buffers for one read */
int  bfd_inbox_new(struct bfd_inbox **ret);
void bfd_inbox_free(struct bfd_inbox *in);
/* Takes what waits, at most BFD_READ_MAX packets. Their number, 0 when there is none; *ret is borrowed until the next read. */
int  bfd_sock_read(int fd, unsigned ifindex, struct bfd_inbox *in, const struct bfd_packet **ret);

#endif
