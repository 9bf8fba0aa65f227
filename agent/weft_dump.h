/* agent/weft_dump.h: `weft dump`: records in hex from the daemon, bytes into a file. */
#ifndef WEFT_WEFT_DUMP_H
#define WEFT_WEFT_DUMP_H

#include <stdbool.h>
#include <stddef.h>

#include "agent/ctl/ctl.h"

struct dump_job { const char *socket, *file; bool as_json; };
/* *ret_errno < 0: the socket's (weft_sock.h); else said: a sentence, "" if there is none. The file is put in its place when it is whole. */
enum ctl_exit dump_run(const struct dump_job *job, int *ret_errno, char *said, size_t size);

#endif
