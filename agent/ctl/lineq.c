#include "agent/ctl/lineq.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTE_MAX 64                      /* of lost lines */

void lineq_free(struct lineq *q)
{
	free(q->buf);
	*q = (struct lineq){ 0 };
}

bool lineq_full(const struct lineq *q)
{
	return q->lost || q->n >= LINEQ_MAX;
}

/* Room for so many more bytes, and for the note. */
static bool reserve(struct lineq *q, size_t n)
{
	size_t size = q->size ? q->size : 1024;
	char *more;

	while (size < q->n + n + NOTE_MAX)
		size *= 2;
	if (size == q->size)
		return true;
	more = realloc(q->buf, size);
	if (!more)
		return false;
	q->buf = more;
	q->size = size;
	return true;
}

void lineq_put(struct lineq *q, const char *line)
{
	size_t n = line ? strlen(line) : 0;

	if (!line || q->lost || q->n + n > LINEQ_MAX || !reserve(q, n)) {
		q->lost++;
		return;
	}
	memcpy(q->buf + q->n, line, n);
	q->n += n;
}

char *lineq_take(struct lineq *q, size_t *ret_n)
{
	char *buf;

	if (q->lost && reserve(q, 0)) {
		q->n += (size_t)snprintf(q->buf + q->n, NOTE_MAX, "{\"event\":\"lost\",\"lines\":%" PRIu64 "}\n", q->lost);
		q->lost = 0;
	}
	buf = q->n ? q->buf : NULL;
	*ret_n = q->n;
	if (!buf)
		return NULL;
	q->buf = NULL;
	q->n = q->size = 0;
	return buf;
}
