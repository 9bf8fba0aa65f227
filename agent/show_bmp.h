/* agent/show_bmp.h: `weft show bmp`. */
#ifndef WEFT_SHOW_BMP_H
#define WEFT_SHOW_BMP_H

#include "agent/show.h"

json_t *show_bmp(const struct agent *a, mono now);       /* a new reference */

#endif
