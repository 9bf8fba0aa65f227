/* agent/ctl/lineq.h: lines for somebody who may read slowly, or not at all: bounded; what has no room is counted, and the reader is told. */
#ifndef WEFT_CTL_LINEQ_H
#define WEFT_CTL_LINEQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINEQ_MAX (128 * 1024)           /* bytes that wait */

struct lineq {                           /* zero is empty */
	char *buf;
	size_t n, size;
	uint64_t lost;                   /* since the last line that found room */
};

void lineq_free(struct lineq *q);
/* With its newline. What comes after a line that had no room has none either, until the queue is taken: lines stay in order. NULL: there was no memory
 * to make one. */
void lineq_put(struct lineq *q, const char *line);
bool lineq_full(const struct lineq *q);  /* lineq_put would only count: the line need not be made, NULL will do */
/* All of it, then {"event":"lost","lines":N} if lines were lost. free() it; NULL: nothing waits. */
char *lineq_take(struct lineq *q, size_t *ret_n);

#endif
