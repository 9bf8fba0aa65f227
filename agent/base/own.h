/* agent/base/own.h: ownership that can be read from the declaration. */
#ifndef WEFT_BASE_OWN_H
#define WEFT_BASE_OWN_H

#include <stdlib.h>

static inline void own_free(void *pp)
{
	free(*(void **)pp);
}

/* Freed with free() when the variable leaves its scope. */
#define AUTO_FREE __attribute__((cleanup(own_free)))

/* The value of an AUTO variable, which is NULL afterwards: ownership moves to whoever takes the value. */
#define TAKE(p) ({ __typeof__(p) taken_ = (p); (p) = NULL; taken_; })

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
