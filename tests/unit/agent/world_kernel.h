/* The kernel's tables as far as the tests of the wiring look at them. */
#ifndef TEST_AGENT_WORLD_KERNEL_H
#define TEST_AGENT_WORLD_KERNEL_H

#include "nexthop/fib.h"
#include "nexthop/look.h"

struct kernel_table;
struct kernel_table *kernel_table_new(void);
void kernel_table_free(struct kernel_table *k);
void kernel_table_do(struct kernel_table *k, const struct fib_op *op);
void kernel_table_lost(struct kernel_table *k, uint32_t ifindex);        /* the link's next hops go, in silence */
const char *kernel_table_route(const struct kernel_table *k, const struct prefix *p);    /* "swp1 swp2", "" none; until the next call */
size_t kernel_table_routes(const struct kernel_table *k);
size_t kernel_table_objects(const struct kernel_table *k);

/* What the host says of itself: world's `files` and `networkd`. */
int  world_host_read(void *ctx, const char *path, char *ret, size_t room);
bool world_host_networkd(void *ctx);
int world_look(void *world, const struct prefix *p, struct looked *ret);    /* agent_out.look */

#endif
