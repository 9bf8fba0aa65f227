/* agent/listener.h: a listening socket on the event loop: what it accepts is handed on, at most so many in a turn, with a pause when the
 * process has no descriptor left. */
#ifndef WEFT_LISTENER_H
#define WEFT_LISTENER_H

#include <netinet/in.h>
#include <uv.h>

struct listener;
/* fd: of the connection, the callee's to close. ifindex: the link it came in on, 0 for an address that is not link-local. */
typedef void (*listener_fn)(void *ctx, int fd, unsigned ifindex, const struct in6_addr *remote);

/* Takes over fd, also when it fails. */
int  listener_new(struct listener **ret, uv_loop_t *loop, int fd, listener_fn fn, void *ctx);
/* On port 179 of a family, any link; with what has a lower hop limit than `least` not even answered. */
int  listener_any(struct listener **ret, uv_loop_t *loop, int family, uint8_t least, listener_fn fn, void *ctx);
int  listener_fd(const struct listener *l);
void listener_drain(struct listener *l);         /* closes what waits to be accepted */
void listener_free(struct listener *l);          /* closed at once; the memory goes when the loop has let go of it */

#endif
