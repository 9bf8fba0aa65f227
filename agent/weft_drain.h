/* agent/weft_drain.h: `weft drain` and `weft undrain` wait for what they are for, and say what became of it. */
#ifndef WEFT_DRAIN_H
#define WEFT_DRAIN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "agent/ctl/ctl.h"

#define DRAIN_TIMEOUT_MAX_S 86400

struct drain_job {
	bool undrain;
	const char *link;                /* NULL: the node */
	unsigned long timeout_s;         /* of drain */
	/* Asks the daemon: CTL_DONE and *ret (a new reference), or the reason has been said. */
	int (*fetch)(void *ctx, const char *command, const char *link, json_t **ret);
	void *ctx;
};

/* *ret_last: the daemon's last answer (a new reference), NULL: there was none. said: a sentence on the outcome, "" when fetch said the reason. */
enum ctl_exit drain_run(const struct drain_job *job, json_t **ret_last, char *said, size_t size);

void text_drains(const json_t *summary); /* what is drained, if anything is */

#endif
