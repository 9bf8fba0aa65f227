/* tests/bench/seen.h: which of the N prefixes a peer was told. A bit each, so that a prefix that is told twice counts once. */
#ifndef WEFT_BENCH_SEEN_H
#define WEFT_BENCH_SEEN_H

#include <stdint.h>

#include "agent/base/rd.h"

struct seen {
	uint32_t n;                      /* prefixes of the benchmark */
	uint32_t have;                   /* announced and not withdrawn */
	uint32_t told;                   /* mentioned at all since seen_mark */
	uint64_t updates, nlri;          /* since seen_mark, repetitions and all */
	uint64_t *have_bits, *told_bits;
};

int  seen_new(struct seen *ret, uint32_t n);
void seen_free(struct seen *seen);
void seen_mark(struct seen *seen);
void seen_reset(struct seen *seen);      /* a session that ended takes its routes with it */
/* One UPDATE, without its header. Only what has to be looked at is: the peer under test is not judged here. -EBADMSG. */
int  seen_update(struct seen *seen, struct rd body);

#endif
