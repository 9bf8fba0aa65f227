#include "nexthop/flight.h"

#include <errno.h>

_Static_assert((FLIGHT_MAX & (FLIGHT_MAX - 1)) == 0, "indexes wrap by a mask");

int flight_add(struct flight *f, uint32_t nl_seq, uint32_t op_seq)
{
	if (f->n == FLIGHT_MAX)
		return -ENOBUFS;
	f->ring[(f->head + f->n++) & (FLIGHT_MAX - 1)] = (struct flight_entry){ nl_seq, op_seq };
	return 0;
}

void flight_drop_last(struct flight *f, size_t n)
{
	f->n -= n < f->n ? n : f->n;
}

static struct flight_entry pop(struct flight *f)
{
	struct flight_entry e = f->ring[f->head];

	f->head = (f->head + 1) & (FLIGHT_MAX - 1);
	f->n--;
	return e;
}

void flight_answer(struct flight *f, uint32_t nl_seq, int error, void (*fn)(void *ctx, uint32_t op_seq, int error), void *ctx)
{
	while (f->n > 0 && (int32_t)(f->ring[f->head].nl_seq - nl_seq) <= 0) {
		struct flight_entry e = pop(f);

		fn(ctx, e.op_seq, e.nl_seq == nl_seq ? error : 0);
	}
}

void flight_lost(struct flight *f, uint32_t nl_seq, int error, void (*fn)(void *ctx, uint32_t op_seq, int error), void *ctx)
{
	while (f->n > 0 && (int32_t)(f->ring[f->head].nl_seq - nl_seq) <= 0)
		fn(ctx, pop(f).op_seq, error);
}
