/* agent/base/sendq.h: a bounded queue of bytes, always readable in one piece. */
#ifndef WEFT_BASE_SENDQ_H
#define WEFT_BASE_SENDQ_H

#include <stddef.h>
#include <stdint.h>

struct sendq {                           /* zero is an empty queue that takes nothing: set max */
	uint8_t *buf;
	size_t size;                     /* of buf */
	size_t head, len;                /* what is queued: buf[head .. head + len) */
	size_t max;                      /* most bytes ever queued */
};

void sendq_clear(struct sendq *q);                               /* frees the memory; max stays */
int  sendq_put(struct sendq *q, const void *p, size_t n);        /* all or nothing: -ENOBUFS over max, -ENOMEM */
const uint8_t *sendq_peek(const struct sendq *q, size_t *ret_n); /* borrowed until the next call; *ret_n 0: empty */
void sendq_drop(struct sendq *q, size_t n);                      /* the first n, at most all, are done */
void sendq_cut(struct sendq *q, size_t n);                       /* only the first n stay */

#endif
