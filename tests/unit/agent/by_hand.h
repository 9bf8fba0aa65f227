/* What an operator says by hand, as `weft` says it to the daemon. */
#ifndef TEST_AGENT_BY_HAND_H
#define TEST_AGENT_BY_HAND_H

#include "agent/ctl/ctl.h"
#include "world.h"

/* "announce 10.9.0.0/24 65001:1": the first word is the command, but for "neighbor add", "neighbor del", "soft reset", "show ...", of two words. Then a turn. The answer's
 * sentence, or "N: " and the error with its exit code. Valid until the next call, as with by_hand_json. */
const char *by_hand(struct world *w, const char *words);
const char *by_hand_shows(struct world *w, const char *words, const char *path);         /* what it answers there, as compact JSON */

#endif
