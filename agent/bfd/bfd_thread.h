/* agent/bfd/bfd_thread.h: BFD in a thread of its own, so that it is never late because somebody else is busy. Nothing is shared but two lists
 * under a lock that this thread never waits for. */
#ifndef WEFT_BFD_THREAD_H
#define WEFT_BFD_THREAD_H

#include "agent/bfd/bfd.h"

struct bfd_thread;

int  bfd_thread_new(struct bfd_thread **ret);
void bfd_thread_free(struct bfd_thread *t);      /* every peer is told AdminDown */

/* As bfd_set and bfd_del; what cannot be done is told as a view with an error. They wait when very many are on their way. */
void bfd_thread_set(struct bfd_thread *t, const struct bfd_peer *peer);
void bfd_thread_del(struct bfd_thread *t, uint32_t key);

int  bfd_thread_fd(const struct bfd_thread *t);  /* readable: there are news */
bool bfd_thread_news(struct bfd_thread *t, struct bfd_view *ret);        /* one after the other, until false */
void bfd_thread_stats(struct bfd_thread *t, struct bfd_stats *ret);      /* not older than a second */

#endif
