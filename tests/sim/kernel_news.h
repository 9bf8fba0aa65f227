/* tests/sim/kernel_news.h: what a kernel has to say to the process, and when that hears it: the part of deeds.c, daemon.c (on_lost, on_resynced) and
 * flush.c in a simulated node. */
#ifndef WEFT_SIM_KERNEL_NEWS_H
#define WEFT_SIM_KERNEL_NEWS_H

#include "tests/sim/sim.h"

void news_begin(struct node *n);                         /* a process starts: its sockets are new */
void news_free(struct node *n);
unsigned news_age(const struct node *n);                 /* a notification about a link of another age was thrown away unread */
bool news_deaf(const struct node *n);                    /* the queue of link notifications is full: nothing is added */
/* Somebody else has done something to the kernel's tables. */
void news_deed(struct node *n, const struct fib_deed *deed);
void news_deeds_lost(struct node *n);                    /* more than the queue holds */
/* Notifications about links are lost from now on, until the process finds out, and reads every link again. */
void news_deafen(struct node *n, int64_t us);
/* Answers to what was taken: at once, or in order after a moment. */
void news_answers(struct node *n, const struct fib_op *ops, const int *errors, size_t k);
void news_settle(struct node *n);                        /* waits for all that are on their way */

/* world.c */
struct link_change link_of(const struct node *n, unsigned port);
struct link_change addr_of(const struct node *n, unsigned port);

#endif
