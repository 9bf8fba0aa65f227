/* agent/agent_pace.h: how fast this node is: three times that are taken wherever it runs, and cost an addition each.
 *
 *   install       from the turn in which a change is handed to the kernel to the kernel's answer that it is done; each change
 *   change        from the turn in which prefixes have to be decided again to the kernel's last answer to what came of it. One for all that is
 *                 decided until the kernel has caught up; none when nothing in the kernel had to change, nor for what a restart defers
 *   established   from a fabric link's carrier to its first session */
#ifndef WEFT_AGENT_PACE_H
#define WEFT_AGENT_PACE_H

#include <stdbool.h>

#include "agent/base/histo.h"
#include "agent/base/mono.h"

#define PACE_MARKS 64                    /* a power of two */

struct agent;

struct pace {
	struct histo install, change, established;
	struct { uint32_t seq; mono at; } mark[PACE_MARKS];      /* from this change on they were handed out at that time */
	uint32_t first, n;               /* of the marks */
	bool changing, told;             /* the kernel is behind since; it was told something of it: */
	mono since, answered;
};

const struct pace *agent_pace(const struct agent *a);

#endif
