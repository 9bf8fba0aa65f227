/* agent/base/slab.h: records of one size, addressed by a dense 32-bit number. Their addresses never move; freed ones are reused first. */
#ifndef WEFT_BASE_SLAB_H
#define WEFT_BASE_SLAB_H

#include <stddef.h>
#include <stdint.h>

#define SLAB_SHIFT 10
#define SLAB_CHUNK (1u << SLAB_SHIFT)    /* records per allocation */

struct slab {
	uint8_t **chunks;
	uint32_t n_chunks, cap_chunks;
	uint32_t stride;                 /* bytes per record, a multiple of 4 */
	uint32_t high;                   /* every number in use is below it; 0 is never used */
	uint32_t free;                   /* first freed record; its first 4 bytes are the next one */
	uint32_t used;
};

void slab_init(struct slab *s, uint32_t stride);
void slab_fini(struct slab *s);
uint32_t slab_take(struct slab *s);      /* a record of zeros; 0: no memory */
void slab_give(struct slab *s, uint32_t i);
size_t slab_bytes(const struct slab *s);

static inline void *slab_at(const struct slab *s, uint32_t i)
{
	return s->chunks[i >> SLAB_SHIFT] + (size_t)(i & (SLAB_CHUNK - 1)) * s->stride;
}

#endif
