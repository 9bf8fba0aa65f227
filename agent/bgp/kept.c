#include "agent/bgp/kept.h"

#include <stdlib.h>
#include <string.h>

static void forget(struct span *s)
{
	free((uint8_t *)s->p);
	*s = (struct span){ 0 };
}

void kept_take(struct kept *k, bool received, const uint8_t *p, size_t n)
{
	struct span *s = p[18] == BGP_OPEN ? &k->open[received] : p[18] == BGP_NOTIFICATION ? &k->note[received] : NULL;
	uint8_t *copy;

	if (!s || n > BGP_MAX_LEN)
		return;
	forget(s);
	if (p[18] == BGP_OPEN)
		forget(&k->note[received]);
	copy = malloc(n);
	if (!copy)
		return;
	memcpy(copy, p, n);
	*s = (struct span){ copy, (uint16_t)n };
}

void kept_free(struct kept *k)
{
	for (int i = 0; i < 2; i++) {
		forget(&k->open[i]);
		forget(&k->note[i]);
	}
}
