/* agent/base/hash.h: one hash function for all tables. Not for untrusted collision resistance beyond its seed. */
#ifndef WEFT_BASE_HASH_H
#define WEFT_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint32_t hash_bytes(const void *p, size_t n, uint32_t seed);

static inline uint32_t hash_u64(uint64_t v)
{
	v *= 0x9e3779b97f4a7c15u;
	v ^= v >> 32;
	v *= 0xd6e8feb86659fd93u;
	return (uint32_t)(v >> 32);
}

#endif
