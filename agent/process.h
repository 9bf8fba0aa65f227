/* agent/process.h: what the kernel says of this process. */
#ifndef WEFT_PROCESS_H
#define WEFT_PROCESS_H

#include "agent/metrics.h"

void process_read(struct metrics_rim *ret);              /* what cannot be read stays as it is */

#endif
