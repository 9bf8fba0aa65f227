/* nexthop/flight.h: requests that were sent and are not answered yet. Pure.
 *
 * The kernel works off requests in order and answers in order: an error for the one that failed, an ACK for the one that asked for it. So an
 * answer says two things: what became of its own request, and that every earlier one without an answer of its own is done. */
#ifndef WEFT_NEXTHOP_FLIGHT_H
#define WEFT_NEXTHOP_FLIGHT_H

#include <stddef.h>
#include <stdint.h>

#define FLIGHT_MAX 4096                  /* a power of two */

struct flight_entry {
	uint32_t nl_seq;                 /* of the netlink message; ascending, with gaps, wraps */
	uint32_t op_seq;                 /* of the struct fib_op */
};

struct flight {                          /* all zero is empty */
	struct flight_entry ring[FLIGHT_MAX];
	size_t head, n;
};

int  flight_add(struct flight *f, uint32_t nl_seq, uint32_t op_seq);             /* -ENOBUFS: full */
void flight_drop_last(struct flight *f, size_t n);                               /* the last n were not sent after all */
/* The answer to nl_seq is error (0: done). Calls fn for every request that is decided by it, in order. */
void flight_answer(struct flight *f, uint32_t nl_seq, int error, void (*fn)(void *ctx, uint32_t op_seq, int error), void *ctx);
/* No answer will come any more to the requests up to nl_seq: calls fn with error for them. */
void flight_lost(struct flight *f, uint32_t nl_seq, int error, void (*fn)(void *ctx, uint32_t op_seq, int error), void *ctx);

#endif
