/* agent/service.h: weftd as a service: the signals that it is given, and what it says of itself to whoever started it (notify.h). */
#ifndef WEFT_SERVICE_H
#define WEFT_SERVICE_H

#include <uv.h>

#include "agent/agent.h"

struct service;
int  service_new(struct service **ret, uv_loop_t *loop, struct agent *agent);
void service_ready(struct service *s);                   /* the links are known, and the control socket answers */
enum agent_end service_asked(const struct service *s);   /* for the end: by a signal, or by `weft stop` */
void service_ending(struct service *s);
void service_stop(struct service *s);
void service_free(struct service *s);                    /* after the loop has run down */

#endif
