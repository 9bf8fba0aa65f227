/* agent/metrics.h: what Prometheus reads (text format 0.0.4): every name, what it counts, and in which unit: templates/metrics.md. Pure; how it gets to
 * whoever asks is metrics_http.c's. */
#ifndef WEFT_METRICS_H
#define WEFT_METRICS_H

#include "agent/agent.h"

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

struct metrics_rim {                     /* what the core cannot know */
	double cpu_s;                    /* that the process used so far */
	uint64_t resident, virtual_size; /* bytes */
	unsigned open_fds, max_fds;
	double start_time;               /* of the process, as the next: seconds since 1970 */
	double mono_epoch;               /* when mono was zero */
	uint64_t log_lost, log_limited;  /* lines that nobody took; that there were too many of */
	unsigned watchers;
	double render_s;                 /* that the last answer took to write */
};

/* The whole page in *ret (free() it), its length in *ret_n. -ENOMEM. Its size, and the time that it takes, grow with links and peers, not with routes. */
int metrics_render(const struct agent *a, const struct metrics_rim *rim, mono now, char **ret, size_t *ret_n);

/* Every family, one after the other; NULL: no more. */
const char *metrics_name(size_t i, enum metric_type *ret_type, const char **ret_help);

#endif
