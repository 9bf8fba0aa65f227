/* nexthop/neigh_sock.h: hears which MACs the kernel has found for link-local addresses. On a socket of its own: whoever is on a link can make the
 * kernel say something of neighbours with each packet, and it is this socket alone that overflows then. */
#ifndef WEFT_NEXTHOP_NEIGH_SOCK_H
#define WEFT_NEXTHOP_NEIGH_SOCK_H

#include <stdbool.h>

#include "nexthop/link.h"

struct neigh_sock;

int  neigh_sock_new(struct neigh_sock **ret, void (*heard)(void *ctx, const struct link_change *change), void *ctx);
void neigh_sock_free(struct neigh_sock *ns);
int  neigh_sock_fd(const struct neigh_sock *ns);
/* Reads what is waiting, bounded per call. True: some of it was lost, and nothing waits any more: what one wants to know is to be asked for. */
bool neigh_sock_read(struct neigh_sock *ns);

#endif
