/* nexthop/deed_sock.h: hears what others do to routes, next-hop objects and neighbours. On a socket of its own, and bounded: whoever changes many of
 * them at once makes this one overflow and no other. What this process did, and what the kernel does by itself (who loses a link is told so by
 * kernel.h), does not even wake us: a notification carries the number of the socket that asked for the change. */
#ifndef WEFT_NEXTHOP_DEED_SOCK_H
#define WEFT_NEXTHOP_DEED_SOCK_H

#include <stdbool.h>

#include "nexthop/fib.h"

struct deed_sock;

/* own_fd: the socket by which this process makes its changes. */
int  deed_sock_new(struct deed_sock **ret, int own_fd, void (*heard)(void *ctx, const struct fib_deed *deed), void *ctx);
void deed_sock_free(struct deed_sock *ds);
int  deed_sock_fd(const struct deed_sock *ds);
/* Reads what is waiting. True: some of it was lost: nothing is known any more of what is ours. */
bool deed_sock_read(struct deed_sock *ds, struct in_addr on_link);

#endif
