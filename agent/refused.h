/* agent/refused.h: prefixes that peers announced and that were not taken: the latest ones, for `explain`. They are not kept in the RIB.
 *
 * A small table by prefix and peer, where the newest takes the place of another: some kilobytes, however much is refused. It says what happened,
 * not what is: that a peer has withdrawn such a prefix since is not followed. */
#ifndef WEFT_REFUSED_H
#define WEFT_REFUSED_H

#include "agent/agent.h"

enum refusal {
	REFUSED_AS_LOOP, REFUSED_MARTIAN, REFUSED_LIMIT, REFUSED_CLUSTER_LOOP, REFUSED_FILTERED, REFUSED_LEAK, REFUSED_OWN_NEXT_HOP, REFUSED_OTHER_FAMILY,
	REFUSED_MALFORMED,
};
const char *refused_str(enum refusal why);               /* words for people */
enum refusal refused_by_rib(enum rib_verdict verdict);   /* any but RIB_ACCEPTED */

struct port;
void refused_note(const struct port *port, const struct prefix *p, enum refusal why);
void refused_free(struct agent *a);

struct refused_view { uint32_t key; enum refusal why; mono at; };
/* Of this prefix, one after the other: *at is 0 to begin with; false: no more. Of sessions that are over there are none. */
bool refused_next(const struct agent *a, const struct prefix *p, size_t *at, struct refused_view *ret);

/* The same of one peer. */
bool refused_of(const struct agent *a, uint32_t key, size_t *at, struct prefix *ret_prefix, struct refused_view *ret);

#endif
