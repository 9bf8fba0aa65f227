#include "agent/base/idx.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_SLOTS 64u

/* How far a search for what belongs at `home` has come when it looks at i. */
static uint32_t steps(const struct idx *x, uint32_t home, uint32_t i)
{
	uint32_t lines = (x->mask + 1) / IDX_LINE;

	return ((i % IDX_LINE) * lines + i / IDX_LINE - (home % IDX_LINE) * lines - home / IDX_LINE) & x->mask;
}

int idx_init(struct idx *x)
{
	uint32_t *slots = calloc(FIRST_SLOTS, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	*x = (struct idx){ .slots = slots, .mask = FIRST_SLOTS - 1 };
	return 0;
}

void idx_fini(struct idx *x)
{
	free(x->slots);
	*x = (struct idx){ 0 };
}

int idx_reserve(struct idx *x, idx_hash_fn hash, const void *ctx)
{
	struct idx old = *x;
	uint64_t slots = 2 * ((uint64_t)old.mask + 1);

	if (old.used < old.mask / 4 * 3)
		return 0;
	if (slots > UINT32_MAX)
		return -ENOMEM;
	x->slots = calloc(slots, sizeof(*x->slots));
	if (!x->slots) {
		*x = old;
		return -ENOMEM;
	}
	x->mask = (uint32_t)slots - 1;
	x->used = 0;
	for (uint64_t i = 0; i <= old.mask; i++)
		if (old.slots[i])
			idx_put(x, hash(ctx, old.slots[i]), old.slots[i]);
	free(old.slots);
	return 0;
}

void idx_put(struct idx *x, uint32_t hash, uint32_t number)
{
	uint32_t i = idx_at(x, hash);

	while (x->slots[i])
		i = idx_next(x, i);
	x->slots[i] = number;
	x->used++;
}

void idx_del(struct idx *x, uint32_t number, idx_hash_fn hash, const void *ctx)
{
	uint32_t hole = idx_at(x, hash(ctx, number)), i, home;

	while (x->slots[hole] != number)
		hole = idx_next(x, hole);
	/* Whatever was pushed past the hole by a collision moves back into it, so no mark of a deleted entry is needed. */
	for (i = idx_next(x, hole); x->slots[i]; i = idx_next(x, i)) {
		home = idx_at(x, hash(ctx, x->slots[i]));
		if (steps(x, home, i) < steps(x, hole, i))
			continue;
		x->slots[hole] = x->slots[i];
		hole = i;
	}
	x->slots[hole] = 0;
	x->used--;
}

size_t idx_bytes(const struct idx *x)
{
	return ((size_t)x->mask + 1) * sizeof(*x->slots);
}
