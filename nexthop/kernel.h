/* nexthop/kernel.h: the two netlink sockets: one hears (links, addresses, neighbours), one asks and changes. By libnl. */
#ifndef WEFT_NEXTHOP_KERNEL_H
#define WEFT_NEXTHOP_KERNEL_H

#include "nexthop/fib.h"
#include "nexthop/link.h"
#include "nexthop/route_msg.h"

struct kernel;
/* Called from within kernel_hear, kernel_answers and every call that waits (acked too). Of kernel they may call
 * back kernel_neigh_get alone. */
struct kernel_out {
	void (*link)(void *ctx, const struct link_change *change);
	/* Notifications were lost (ENOBUFS). kernel.c has asked for all links and addresses again: changes follow, then resynced(). Whatever was not
	 * mentioned in between is gone. */
	void (*lost)(void *ctx);
	void (*resynced)(void *ctx);
	void (*seen)(void *ctx, const struct fib_seen *seen);        /* during kernel_dump_own; may come twice */
	void (*acked)(void *ctx, uint32_t seq, int error);       /* seq of struct fib_op */
	/* From another thread: a batch of kernel_send is worked off. kernel_answers is to be called soon. */
	void (*wake)(void *ctx);
	void *ctx;
};

int  kernel_new(struct kernel **ret, const struct kernel_out *out);
void kernel_free(struct kernel *kernel);
int  kernel_hear_fd(const struct kernel *kernel);
int  kernel_ask_fd(const struct kernel *kernel);
int  kernel_hear(struct kernel *kernel);                     /* reads what is waiting on kernel_hear_fd, bounded per call; 0 or -errno.
	 * After a loss it waits for the dump; should that fail, the next call tries again: make it soon, whether the fd is readable or not */
int  kernel_answers(struct kernel *kernel);                  /* reads what is waiting on kernel_ask_fd */
enum fib_groups kernel_groups(struct kernel *kernel);        /* what the kernel has. Asks it */
int  kernel_dump_links(struct kernel *kernel);               /* all links, then addresses, to out->link; waits for the end */
int  kernel_dump_own(struct kernel *kernel, struct in_addr on_link);         /* our next hops, neighbours, then routes, to out->seen; waits */
/* Sends ops in batches of many messages per system call, with an ACK asked for on the last of each batch only: errors come one by one,
 * everything before an ACK without an error of its own is done (acked is called for each). 0 or -errno (nothing after the failure was sent;
 * *ret_sent says how many were). Large batches are worked off by a thread, which the first of them starts; what is sent by any call here while
 * it works is executed after it. */
int  kernel_send(struct kernel *kernel, const struct fib_op *ops, size_t n, size_t *ret_sent);
size_t kernel_room(const struct kernel *kernel);             /* ops that kernel_send takes now without waiting */
bool kernel_writing(const struct kernel *kernel);            /* wake will be called */
void kernel_settle(struct kernel *kernel);                   /* waits until the kernel has executed everything that was sent */
int  kernel_neigh_get(struct kernel *kernel, uint32_t ifindex, const struct in6_addr *addr);         /* the answer comes by out->link as NEIGH_NEW */
int  kernel_addr_add(struct kernel *kernel, uint32_t ifindex, struct in_addr addr, bool add);        /* addr/32; waits; -EEXIST is 0 */
/* An address that is being tried for duplicates becomes usable at once: taken away and put back with IFA_F_NODAD. Waits. */
int  kernel_addr_no_dad(struct kernel *kernel, uint32_t ifindex, const struct in6_addr *addr);
int  kernel_link_up(struct kernel *kernel, uint32_t ifindex);                                        /* waits */

#endif
