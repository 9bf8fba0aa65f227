/* agent/base/idx.h: an open-addressing hash of 32-bit numbers; the records that they stand for live elsewhere. 0 is never a number. */
#ifndef WEFT_BASE_IDX_H
#define WEFT_BASE_IDX_H

#include <stddef.h>
#include <stdint.h>

struct idx {
	uint32_t *slots;                 /* 0: free; a power of two of them, at most three quarters in use */
	uint32_t mask, used;
};

typedef uint32_t (*idx_hash_fn)(const void *ctx, uint32_t number);

#define IDX_LINE 16                      /* slots in a cache line */

/* A search walks `for (i = idx_at(x, h); x->slots[i]; i = idx_next(x, i))`; there is always a free slot. What finds its place taken goes to the
 * same one in the next line: hashes that share all but the last four bits (prefix_hash) share lines, wherever they are pushed to. */
static inline uint32_t idx_at(const struct idx *x, uint32_t hash)
{
	return hash & x->mask;
}

static inline uint32_t idx_next(const struct idx *x, uint32_t i)
{
	uint32_t next = i + IDX_LINE;

	return next <= x->mask ? next : (i + 1) % IDX_LINE;      /* behind the last line, the next place in the first one */
}

int  idx_init(struct idx *x);            /* -ENOMEM */
void idx_fini(struct idx *x);
int  idx_reserve(struct idx *x, idx_hash_fn hash, const void *ctx);      /* room for one more; -ENOMEM changes nothing */
void idx_put(struct idx *x, uint32_t hash, uint32_t number);             /* after idx_reserve */
void idx_del(struct idx *x, uint32_t number, idx_hash_fn hash, const void *ctx);
size_t idx_bytes(const struct idx *x);

#endif
