/* agent/weft_watch.h: `weft watch`: events as they happen, until interrupted. */
#ifndef WEFT_WATCH_TEXT_H
#define WEFT_WATCH_TEXT_H

#include <stdbool.h>

#include "agent/ctl/ctl.h"

struct watch_job {
	const char *socket;
	const char *packets;             /* of this link; NULL: none */
	char **what;                     /* links and prefixes */
	int n;
	bool json;
};

/* CTL_DONE never: it ends when weftd does. A reason is in *said unless that is "": -errno of the socket is in *ret_errno then. */
enum ctl_exit watch_run(const struct watch_job *job, int *ret_errno, char *said, size_t size);

#endif
