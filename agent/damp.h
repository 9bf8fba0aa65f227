/* agent/damp.h: a link that fails again and again is not used at once when it is back. The first failures cost nothing; from then on the link has to
 * be well for a while before it is used, twice as long each time it fails soon after. A value without a clock: time is handed in. */
#ifndef WEFT_DAMP_H
#define WEFT_DAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/base/mono.h"
#include "agent/config/config.h"

#define DAMP_SOON_S 30                   /* in use for so long, and for DAMP_SOON_WAITS times what it had to wait: what was before is forgotten */
#define DAMP_SOON_WAITS 10

enum damp_state { DAMP_DOWN, DAMP_WAITS, DAMP_USED };

struct damp {
	enum damp_state state;
	unsigned failures;               /* of a link in use, each soon after the one before */
	int64_t wait_ms;                 /* therefore it has to be well for so long before it is used; 0: not at all */
	mono until;                      /* the end of waiting, or of what is soon */
	const char *why;                 /* the last of the failures; NULL: none */
};

bool damp_up(struct damp *d, mono now);          /* the link can be used, as far as anybody can see: is it to be? */
/* It failed. One that was still waiting has done no harm: that does not count, but it waits anew. noticed_ms: a failure that took so long to be noticed,
 * and can be noticed in use only; the link is not used again for at least as long, the first time too. 0: it is noticed at once. */
void damp_down(struct damp *d, const struct config_damping *rule, const char *why, int64_t noticed_ms);
mono damp_next(const struct damp *d);            /* when damp_up is to be asked again, or damp_step has something to do */
void damp_step(struct damp *d, mono now);
void damp_pardon(struct damp *d, mono now);      /* nothing is held against it, and a wait is over */

#endif
