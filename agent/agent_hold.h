/* agent/agent_hold.h: a node that starts announces nothing before its own table is whole (`start_hold`), so that nobody is drawn into a hole.
 *
 * What it learns is decided and given to the kernel at once. Peers are told with the R bit (RFC 4724 3) that they need not wait for it. */
#ifndef WEFT_AGENT_HOLD_H
#define WEFT_AGENT_HOLD_H

#include "agent/agent.h"

struct agent_hold_view { mono since, until; };           /* until: at the latest */
bool agent_hold(const struct agent *a, struct agent_hold_view *ret);     /* false: announcements are not held, or not any more */
/* Who is waited for, by name, one after the other: *at is 0 to begin with; NULL: no more. A link, a numbered peer, "the kernel". */
const char *agent_hold_waits_for(const struct agent *a, size_t *at, mono now);

#endif
