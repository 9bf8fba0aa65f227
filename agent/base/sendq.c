#include "agent/base/sendq.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 256

void sendq_clear(struct sendq *q)
{
	free(q->buf);
	*q = (struct sendq){ .max = q->max };
}

/* Room for n more behind the queued ones. Moving them to the front only when the free part before them is at least as long keeps the
 * cost per byte constant. */
static int make_room(struct sendq *q, size_t n)
{
	size_t size = q->size ? q->size * 2 : FIRST_SIZE;
	uint8_t *buf;

	if (q->head + q->len + n <= q->size)
		return 0;
	if (q->head >= q->len && q->len + n <= q->size) {
		memcpy(q->buf, q->buf + q->head, q->len);
		q->head = 0;
		return 0;
	}
	while (size < q->len + n)
		size *= 2;
	buf = malloc(size);
	if (!buf)
		return -ENOMEM;
	if (q->len)
		memcpy(buf, q->buf + q->head, q->len);
	free(q->buf);
	q->buf = buf;
	q->size = size;
	q->head = 0;
	return 0;
}

int sendq_put(struct sendq *q, const void *p, size_t n)
{
	int r;

	if (n > q->max || q->len > q->max - n)
		return -ENOBUFS;
	if (!n)
		return 0;
	r = make_room(q, n);
	if (r < 0)
		return r;
	memcpy(q->buf + q->head + q->len, p, n);
	q->len += n;
	return 0;
}

const uint8_t *sendq_peek(const struct sendq *q, size_t *ret_n)
{
	*ret_n = q->len;
	return q->len ? q->buf + q->head : NULL;
}

void sendq_drop(struct sendq *q, size_t n)
{
	if (n >= q->len) {
		sendq_cut(q, 0);
		return;
	}
	q->head += n;
	q->len -= n;
}

void sendq_cut(struct sendq *q, size_t n)
{
	if (n < q->len)
		q->len = n;
	if (q->len)
		return;
	q->head = 0;
	if (q->size > FIRST_SIZE)        /* an idle session holds no memory of its busiest hour */
		sendq_clear(q);
}
