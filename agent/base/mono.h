/* agent/base/mono.h: time is a type, and it is handed in. Only the rim reads a clock. */
#ifndef WEFT_BASE_MONO_H
#define WEFT_BASE_MONO_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
	int64_t us;                      /* microseconds of CLOCK_MONOTONIC, or of the simulation's clock */
} mono;

#define MONO_NEVER ((mono){ INT64_MAX })

static inline mono mono_add_ms(mono t, int64_t ms)
{
	return (mono){ t.us + ms * 1000 };
}

static inline mono mono_add_s(mono t, int64_t s)
{
	return (mono){ t.us + s * 1000000 };
}

static inline int64_t mono_diff_ms(mono later, mono earlier)
{
	return (later.us - earlier.us) / 1000;
}

static inline bool mono_is_never(mono t)
{
	return t.us == INT64_MAX;
}

/* Is a deadline that falls due at `at` due at `now`? Never is never due. */
static inline bool mono_due(mono at, mono now)
{
	return !mono_is_never(at) && at.us <= now.us;
}

static inline mono mono_min(mono a, mono b)
{
	return a.us < b.us ? a : b;
}

#endif
