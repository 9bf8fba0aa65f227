/* agent/chores.h: netlink requests of the rim that may not be made from within a netlink callback: notes of them, and then the requests. */
#ifndef WEFT_CHORES_H
#define WEFT_CHORES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include "nexthop/kernel.h"

struct chores { struct chore *list; size_t n, room; };   /* zeroed: none */

void chores_loopback(struct chores *c, unsigned ifindex, struct in_addr addr, bool on);
void chores_no_dad(struct chores *c, unsigned ifindex, const struct in6_addr *addr);
/* Before anything else of a turn: routes need the address on lo as their preferred source. */
void chores_do(struct chores *c, struct kernel *kernel);
void chores_free(struct chores *c);

#endif
