/* agent/serve.h: the control socket on the event loop: requests from `weft`, answers by show.c. */
#ifndef WEFT_SERVE_H
#define WEFT_SERVE_H

#include <uv.h>

#include "agent/agent.h"
#include "agent/logger.h"

struct serve;
/* -EADDRINUSE: a daemon serves there. Takes away the socket of one that is dead. */
int  serve_clear(const char *path);
/* Makes the socket (mode 0660, and for the group weft) and its folder, and beside it one for the group weft-view, for what changes nothing; where there
 * are these groups. A socket that nobody listens on any more is replaced; -EADDRINUSE when somebody does. */
int  serve_new(struct serve **ret, uv_loop_t *loop, const char *path, struct agent *agent, struct logger *logger);
unsigned serve_watching(const struct serve *s);          /* how many watch */
void serve_turn(struct serve *s);                        /* those who watch are told what happened */
void serve_stop(struct serve *s);                        /* closes everything, removes the socket */
void serve_free(struct serve *s);                        /* after the loop has run down */
#endif
