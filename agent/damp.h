/* agent/damp.h: a link that fails again and again is not used at once when it is back. The first failures cost nothing; from then on the link has to
 * stay up for a while before it is used, twice as long each time it fails soon after. A value without a clock: time is handed in. */
#ifndef WEFT_DAMP_H
#define WEFT_DAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/base/mono.h"

#define DAMP_FREE 2                      /* failures in a row that have no consequence */
#define DAMP_SOON_S 10                   /* in use for so long: what was before is forgotten */
#define DAMP_FIRST_MS 150                /* a link that is up for 100 ms at a time carries nothing, and is back soon after the last time */
#define DAMP_MAX_MS 10000

enum damp_state { DAMP_DOWN, DAMP_WAITS, DAMP_USED };

struct damp {
	enum damp_state state;
	unsigned failures;               /* of a link in use, each soon after the one before */
	mono until;                      /* the end of waiting, or of what is soon */
};

int64_t damp_wait_ms(const struct damp *d);      /* how long the link has to be up before it is used; 0: not at all */
bool damp_up(struct damp *d, mono now);          /* the link can be used, as far as anybody can see: is it to be? */
void damp_down(struct damp *d);                  /* it failed. One that was still waiting has done no harm: that does not count */
mono damp_next(const struct damp *d);            /* when damp_up is to be asked again, or damp_step has something to do */
void damp_step(struct damp *d, mono now);

#endif
