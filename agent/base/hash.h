/* agent/base/hash.h: the hash functions of all tables. Those that peers fill are keyed with a secret number (`seed`): each step multiplies with
 * a number made of it and folds all 128 bits of the product, so that who does not know it cannot choose values that collide. */
#ifndef WEFT_BASE_HASH_H
#define WEFT_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint32_t hash_bytes(const void *p, size_t n, uint64_t seed);

static inline uint64_t hash_fold(uint64_t a, uint64_t b)
{
	unsigned __int128 m = (unsigned __int128)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* The factor of a seed: odd, and nothing that the value hashed may be equal to. */
static inline uint64_t hash_factor(uint64_t seed)
{
	return (seed ^ 0xa0761d6478bd642fu) | 1;
}

static inline uint32_t hash_keyed(uint64_t v, uint64_t seed)
{
	uint64_t h = hash_fold(v ^ seed ^ 0x2545f4914f6cdd1du, hash_factor(seed << 32 | seed >> 32));

	return (uint32_t)hash_fold(h, 0x9e3779b97f4a7c15u);
}

static inline uint32_t hash_u64(uint64_t v)              /* of what nobody outside can choose */
{
	v *= 0x9e3779b97f4a7c15u;
	v ^= v >> 32;
	v *= 0xd6e8feb86659fd93u;
	return (uint32_t)(v >> 32);
}

#endif
