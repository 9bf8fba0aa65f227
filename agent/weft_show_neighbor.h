/* agent/weft_show_neighbor.h: one neighbor as text, and what all texts about neighbors share. */
#ifndef WEFT_SHOW_NEIGHBOR_H
#define WEFT_SHOW_NEIGHBOR_H

#include <jansson.h>
#include <stdbool.h>

#include "agent/ctl/words.h"

int  print_neighbor(const json_t *p);    /* 0 or -ENOMEM */
const char *text_since(const json_t *o, const char *key, char buf[DURATION_STRLEN]);
bool text_established(const json_t *peer);
const char *text_up_or_down(const json_t *peer, char buf[DURATION_STRLEN]);      /* since when */

#endif
