/* agent/clock.h: the rim's clock. */
#ifndef WEFT_CLOCK_H
#define WEFT_CLOCK_H

#include <uv.h>

#include "agent/base/mono.h"

static inline mono now_mono(void)
{
	return (mono){ (int64_t)(uv_hrtime() / 1000) };
}

#endif
