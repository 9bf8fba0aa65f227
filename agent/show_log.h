/* agent/show_log.h: `weft log`: which lines are written of each topic, shown and changed. */
#ifndef WEFT_SHOW_LOG_H
#define WEFT_SHOW_LOG_H

#include <jansson.h>

json_t *show_log(const char *topic);     /* topic NULL: of all; a new reference */
/* topic NULL: all; level NULL: it stays. NULL, or what is wrong with one of them: then nothing has changed. */
const char *log_order(const char *topic, const char *level);

#endif
