/* agent/metrics_http.h: the metrics over HTTP: GET /metrics, in the daemon's own loop and thread. Whoever asks is answered in pieces, as TCP takes them,
 * and never waited for: so many at once, from one address so many, each for so long, each with so much memory. */
#ifndef WEFT_METRICS_HTTP_H
#define WEFT_METRICS_HTTP_H

#include <uv.h>

#include "agent/agent.h"
#include "agent/logger.h"
#include "agent/serve.h"

struct metrics_http;

struct metrics_sources {                 /* what is shown; the first two may be made later */
	struct agent *const *agent;
	struct serve *const *serve;
	struct logger *logger;
};

/* Nobody listens before out->listen is called. */
int  metrics_http_new(struct metrics_http **ret, uv_loop_t *loop, const struct metrics_sources *sources, struct agent_metrics_out *out);
void metrics_http_stop(struct metrics_http *h);
void metrics_http_free(struct metrics_http *h);          /* after the loop has run down */

#endif
