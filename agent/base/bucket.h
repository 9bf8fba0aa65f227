/* agent/base/bucket.h: at most so many in a second, and so many at once. */
#ifndef WEFT_BASE_BUCKET_H
#define WEFT_BASE_BUCKET_H

#include "agent/base/mono.h"

struct bucket { mono full_at; };         /* zero is full */

/* Takes one out. False: it is empty. */
static inline bool bucket_take(struct bucket *b, unsigned per_second, unsigned burst, mono now)
{
	int64_t each = 1000000 / per_second, from = b->full_at.us > now.us ? b->full_at.us : now.us;

	if (from - now.us > each * (burst - 1))
		return false;
	b->full_at.us = from + each;
	return true;
}

#endif
