#include "agent/base/hash.h"

#include <string.h>

uint32_t hash_bytes(const void *p, size_t n, uint64_t seed)
{
	const uint64_t factor = hash_factor(seed);
	const uint8_t *b = p;
	uint64_t h = hash_fold(seed ^ 0x2545f4914f6cdd1du, 0xd6e8feb86659fd93u) ^ n, v;

	for (; n >= 8; n -= 8, b += 8) {
		memcpy(&v, b, 8);
		h = hash_fold(h ^ v, factor);
	}
	if (n) {
		v = 0;
		memcpy(&v, b, n);
		h = hash_fold(h ^ v, factor);
	}
	return (uint32_t)hash_fold(h, 0x9e3779b97f4a7c15u);
}
