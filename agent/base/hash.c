#include "agent/base/hash.h"

#include <string.h>

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

uint32_t hash_bytes(const void *p, size_t n, uint32_t seed)
{
	const uint8_t *b = p;
	uint64_t h = mix(seed + 0x2545f4914f6cdd1du, n), v;

	for (; n >= 8; n -= 8, b += 8) {
		memcpy(&v, b, 8);
		h = mix(h, v);
	}
	if (n) {
		v = 0;
		memcpy(&v, b, n);
		h = mix(h, v);
	}
	return hash_u64(h);
}
