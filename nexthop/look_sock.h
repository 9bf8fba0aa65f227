/* nexthop/look_sock.h: asks the kernel what it holds for a prefix: the route, its next-hop objects, their neighbours.
 *
 * It waits for the answers, on a socket of its own: a handful of questions of some microseconds each, for people. Each may have to wait for whoever
 * changes routes just now; so what is not answered after LOOK_MAX_MS is left out (struct looked.cut). */
#ifndef WEFT_NEXTHOP_LOOK_SOCK_H
#define WEFT_NEXTHOP_LOOK_SOCK_H

#include "nexthop/look.h"

#define LOOK_MAX_MS 200
#define LOOK_PROBES 32                   /* longer prefixes within the one that was asked for, which are passed over; then what is found is shown as it is */

/* 0, also when the kernel has no route (ret->error); -errno: it cannot be asked. A callback (agent_out.look), which needs no context. */
int look_ask(void *unused, const struct prefix *p, struct looked *ret);

#endif
