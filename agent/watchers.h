/* agent/watchers.h: those who watch (`weft watch`), each with its filter and a bounded queue on its connection. Nobody is ever waited for. */
#ifndef WEFT_WATCHERS_H
#define WEFT_WATCHERS_H

#include <uv.h>

#include "agent/agent.h"
#include "agent/ctl/ctl.h"
#include "agent/logger.h"

#define WATCHERS_MAX 16

struct watchers;
struct watcher;

int  watchers_new(struct watchers **ret, struct agent *agent, struct logger *logger);
void watchers_free(struct watchers *w);
void watchers_turn(struct watchers *w);          /* writes what has come together, to those who are ready for it */

/* Somebody watches on a stream, on which nothing else is written from then on. CTL_DONE: the first line is queued. Else an exit code with a sentence in
 * *ret_error (static), and nothing has happened. */
enum ctl_exit watcher_new(struct watchers *w, uv_stream_t *stream, const struct ctl_request *req, struct watcher **ret, const char **ret_error);
void watcher_free(struct watcher *watcher);      /* after the stream is closed; NULL is fine */

#endif
