/* agent/import/import.h: a configuration of FRR becomes one of weft, and every line that weft has no words for becomes a note. */
#ifndef WEFT_IMPORT_IMPORT_H
#define WEFT_IMPORT_IMPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define IMPORT_MAX (4u << 20)            /* bytes of a file, as of weft.json */
#define IMPORT_REFUSED "weft would refuse what comes of it: "         /* how `why` begins if this folder has a fault */

struct import_note {
	size_t line;                     /* from 1 on */
	char *text, *why;                /* the line as it stands there; why it is not in the result, and what to do instead */
};

struct import {
	json_t *config;                  /* what differs from the defaults; config_parse reads it. NULL: there is none, see `why` */
	char why[512];
	struct import_note *notes;       /* in order of their lines */
	size_t n_notes;
};

/* text: n bytes, any bytes. 0 with *ret (import_free it), -ENOMEM, or -EFBIG. */
int  import_frr(const char *text, size_t n, struct import **ret);
void import_free(struct import *im);
char *import_layout(const json_t *j);    /* as a person would write it; NULL: no memory. free it */

#endif
