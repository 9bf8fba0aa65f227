/* agent/statefile.h: a small JSON file beside the control socket, for what has to outlive the process. Nothing in it is trusted. */
#ifndef WEFT_STATEFILE_H
#define WEFT_STATEFILE_H

#include <jansson.h>
#include <stdbool.h>

#include "agent/base/mono.h"

#define STATEFILE_BYTES_MAX (8 << 20)    /* 4096 links and their settings take half of that */

struct statefile {
	char path[128], beside[136];     /* the file, and the one that becomes it */
	mono again;                      /* it could not be written, and is to be tried again then; else never */
	int64_t pause_ms;
};

/* SOCKET.NAME. -ENAMETOOLONG. */
int  statefile_name(struct statefile *f, const char *socket, const char *name);
bool statefile_is(const struct statefile *f);            /* is there anything by that name? */
/* A regular file of a size that was written here, of ours, and not a pipe, a folder, a link or a file that somebody else has put in its place. NULL: it
 * is not. */
json_t *statefile_load(const struct statefile *f);
/* Whole or not at all: a reader never sees half of it. Takes over j, which may be NULL: out of memory, not written. */
bool statefile_write(const struct statefile *f, json_t *j);
bool statefile_forget(const struct statefile *f);        /* not there: fine */
/* How that went. The first failure in a row is logged with `so`, what follows from it; the next try is after a pause that grows from 1 s to 60 s. */
void statefile_went(struct statefile *f, bool good, const char *so, mono now);

#endif
