/* agent/source.h: the configuration as the daemon reads it: a file, and what only the system knows. */
#ifndef WEFT_SOURCE_H
#define WEFT_SOURCE_H

#include "agent/config/config.h"

void source_fill(struct config *cfg);            /* the system's hostname, unless the file has one */
/* While the daemon runs: config_load and source_fill. -ENOTSUP: no regular file, one that may keep its reader waiting. */
int  source_read(const char *file, struct config **ret, struct config_errors **ret_errors);

#endif
