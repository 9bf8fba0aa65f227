/* agent/bgp/kept.h: the messages of a session that somebody may ask for later, byte for byte: both OPENs, and the NOTIFICATION that ended it.
 * Some hundred bytes; BGP_MAX_LEN each at most. Private to agent/bgp: others ask peer_said. */
#ifndef WEFT_BGP_KEPT_H
#define WEFT_BGP_KEPT_H

#include "agent/bgp/msg.h"

struct kept {                            /* zero is empty. [0] sent, [1] received */
	struct span open[2], note[2];
};

/* A whole message; others than these two are nothing to keep, and an OPEN forgets the NOTIFICATION before it. No memory: it is not kept. */
void kept_take(struct kept *k, bool received, const uint8_t *p, size_t n);
void kept_free(struct kept *k);

#endif
