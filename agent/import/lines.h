/* agent/import/lines.h: a text as lines of words. */
#ifndef WEFT_IMPORT_LINES_H
#define WEFT_IMPORT_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct line {
	size_t number;                   /* from 1 on */
	unsigned indent;                 /* columns; a tab is one */
	bool no;                         /* it began with the word `no`, which is none of its words */
	bool odd;                        /* it has bytes that are no printable ASCII: ? stands for them */
	char *text;                      /* without the space around it */
	char **words;
	unsigned n_words;
};

struct lines {
	struct line *line;               /* those that are not empty and no comment (! or #) */
	size_t n;
	char *texts, *cut;               /* what text and words point into */
	char **words;
};

int  lines_new(const char *text, size_t n, struct lines *ret);   /* -ENOMEM; lines_free it in any case */
void lines_free(struct lines *l);

#endif
