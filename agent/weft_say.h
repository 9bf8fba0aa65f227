/* agent/weft_say.h: what `weft` says: errors, JSON, and nothing that a terminal would obey. */
#ifndef WEFT_WEFT_SAY_H
#define WEFT_WEFT_SAY_H

#include <jansson.h>

#include "agent/ctl/ctl.h"

int  weft_fail(enum ctl_exit code, const char *what, const char *detail);        /* to stderr; returns code */
void weft_print_json(const json_t *j);
void weft_tame(json_t *j);               /* every string of an answer, before any of it is shown */

#endif
