#include "agent/base/slab.h"

#include <stdlib.h>
#include <string.h>

void slab_init(struct slab *s, uint32_t stride)
{
	*s = (struct slab){ .stride = stride, .high = 1 };
}

void slab_fini(struct slab *s)
{
	for (uint32_t i = 0; i < s->n_chunks; i++)
		free(s->chunks[i]);
	free(s->chunks);
	*s = (struct slab){ 0 };
}

static int grow(struct slab *s)
{
	uint32_t cap = s->cap_chunks ? 2 * s->cap_chunks : 8;
	uint8_t **chunks, *chunk;

	if (s->n_chunks == UINT32_MAX >> SLAB_SHIFT)
		return -1;
	if (s->n_chunks == s->cap_chunks) {
		chunks = realloc(s->chunks, cap * sizeof(*chunks));
		if (!chunks)
			return -1;
		s->chunks = chunks;
		s->cap_chunks = cap;
	}
	chunk = malloc((size_t)SLAB_CHUNK * s->stride);
	if (!chunk)
		return -1;
	s->chunks[s->n_chunks++] = chunk;
	return 0;
}

uint32_t slab_take(struct slab *s)
{
	uint32_t i = s->free;

	if (i) {
		memcpy(&s->free, slab_at(s, i), sizeof(s->free));
	} else {
		if (s->high >> SLAB_SHIFT >= s->n_chunks && grow(s) < 0)
			return 0;
		i = s->high++;
	}
	memset(slab_at(s, i), 0, s->stride);
	s->used++;
	return i;
}

void slab_give(struct slab *s, uint32_t i)
{
	uint8_t *record = slab_at(s, i);

	memset(record, 0, s->stride);            /* a walk over all numbers must see that it is not in use */
	memcpy(record, &s->free, sizeof(s->free));
	s->free = i;
	s->used--;
}

size_t slab_bytes(const struct slab *s)
{
	return s->cap_chunks * sizeof(*s->chunks) + (size_t)s->n_chunks * SLAB_CHUNK * s->stride;
}
