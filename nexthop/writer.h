/* nexthop/writer.h: a thread that hands batches of requests to the kernel. The kernel works a batch off before sendmsg returns; who has
 * sessions to keep need not wait for that. Batches are worked off in the order in which they were put. Answers are not read here. */
#ifndef WEFT_NEXTHOP_WRITER_H
#define WEFT_NEXTHOP_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nexthop/nlsock.h"

#define WRITER_BYTES 65536               /* the longest batch */
#define WRITER_BATCHES 4                 /* put and not reaped */

struct writer;
/* The socket is borrowed, and others may send by it too. wake is called from the thread, after each batch. */
int  writer_new(struct writer **ret, struct nlsock *sock, void (*wake)(void *ctx), void *ctx);
void writer_free(struct writer *w);      /* after the last batch */
size_t writer_room(struct writer *w);    /* batches */
/* n bytes, copied. last: the number of the last request in it. -ENOBUFS: no room. */
int  writer_put(struct writer *w, const void *p, size_t n, uint32_t last);
/* The next batch that the kernel has worked off, or refused whole (error). Its answers, if any, wait on the socket. */
bool writer_reap(struct writer *w, uint32_t *ret_last, int *ret_error);
bool writer_idle(struct writer *w);      /* everything is worked off, and reaped */
void writer_wait(struct writer *w);      /* until everything is worked off */

#endif
