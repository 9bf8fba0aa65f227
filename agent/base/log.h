/* agent/base/log.h: one line, one fact. Modules return errors; the caller that decides logs, once. */
#ifndef WEFT_BASE_LOG_H
#define WEFT_BASE_LOG_H

#include <stdarg.h>
#include <stdbool.h>

/* syslog's numbers, so that journald's "<N>" prefix is the level itself. */
enum log_level { LOG_LVL_ERROR = 3, LOG_LVL_WARNING = 4, LOG_LVL_NOTICE = 5, LOG_LVL_INFO = 6, LOG_LVL_DEBUG = 7 };

/* A sink gets every line whole, without newline. NULL: lines are dropped (the default: tests and the simulation are silent). This is
 * the only mutable variable of the program outside main. */
typedef void (*log_sink)(void *ctx, enum log_level level, const char *line);
void log_to(log_sink sink, void *ctx, enum log_level most);

/* Is a line of this level wanted? For callers that would have to compute something first. */
bool log_wants(enum log_level level);
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_line(LOG_LVL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LVL_WARNING, __VA_ARGS__)
#define log_notice(...)  log_line(LOG_LVL_NOTICE, __VA_ARGS__)
#define log_info(...)    log_line(LOG_LVL_INFO, __VA_ARGS__)
#define log_debug(...)   log_line(LOG_LVL_DEBUG, __VA_ARGS__)

#endif
