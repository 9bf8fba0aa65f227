/* agent/logger.h: where log lines go: to the journal with their fields, when standard error is the journal, or as plain lines to standard error. It never
 * waits for either: what they do not take at once is dropped and counted. */
#ifndef WEFT_LOGGER_H
#define WEFT_LOGGER_H

#include "agent/base/log.h"

struct logger;

int  logger_new(struct logger **ret, enum log_level most);       /* becomes the sink */
void logger_free(struct logger *l);
void logger_turn(struct logger *l);      /* now and then: says what was left out */
/* So far: lines that nobody took in time; that there were too many of. */
void logger_dropped(const struct logger *l, uint64_t *ret_lost, uint64_t *ret_limited);
/* Somebody who hears of every event, whatever is logged, and of every line that is; NULL: nobody. */
void logger_watch(struct logger *l, log_sink fn, void *ctx);

#endif
