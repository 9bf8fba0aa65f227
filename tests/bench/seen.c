#include "tests/bench/seen.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "tests/bench/routes.h"

enum { ATTR_MP_REACH = 14, ATTR_MP_UNREACH = 15, FLAG_EXTENDED = 0x10, IP4_UNICAST = 1 << 8 | 1 };

int seen_new(struct seen *ret, uint32_t n)
{
	size_t words = (n + 63) / 64 + 1;

	*ret = (struct seen){ .n = n, .have_bits = calloc(words, 8), .told_bits = calloc(words, 8) };
	if (ret->have_bits && ret->told_bits)
		return 0;
	seen_free(ret);
	return -ENOMEM;
}

void seen_free(struct seen *seen)
{
	free(seen->have_bits);
	free(seen->told_bits);
	*seen = (struct seen){ 0 };
}

void seen_mark(struct seen *seen)
{
	memset(seen->told_bits, 0, (seen->n + 63) / 64 * 8);
	seen->told = 0;
	seen->updates = seen->nlri = 0;
}

void seen_reset(struct seen *seen)
{
	memset(seen->have_bits, 0, (seen->n + 63) / 64 * 8);
	seen->have = 0;
	seen_mark(seen);
}

static void note(struct seen *seen, uint32_t i, bool announced)
{
	uint64_t bit = 1ull << i % 64, *have = &seen->have_bits[i / 64], *told = &seen->told_bits[i / 64];

	if (!(*told & bit)) {
		*told |= bit;
		seen->told++;
	}
	if (!(*have & bit) == announced) {
		*have ^= bit;
		seen->have += announced ? 1 : -1u;
	}
}

static void walk(struct seen *seen, struct rd nlri, bool announced)
{
	while (rd_left(&nlri) > 0) {
		uint8_t bits = rd_u8(&nlri);

		if (bits == 32) {
			uint32_t i = rd_u32(&nlri) - ROUTES_BASE;

			if (i < seen->n)
				note(seen, i, announced);
		} else {
			rd_take(&nlri, (bits + 7u) / 8);
		}
		seen->nlri++;
	}
}

static void mp_reach(struct seen *seen, struct rd body)
{
	if (((uint32_t)rd_u16(&body) << 8 | rd_u8(&body)) != IP4_UNICAST)
		return;
	rd_take(&body, rd_u8(&body));    /* the next hop */
	rd_u8(&body);
	walk(seen, body, true);
}

static void mp_unreach(struct seen *seen, struct rd body)
{
	if (((uint32_t)rd_u16(&body) << 8 | rd_u8(&body)) == IP4_UNICAST)
		walk(seen, body, false);
}

int seen_update(struct seen *seen, struct rd body)
{
	struct rd withdrawn = rd_sub(&body, rd_u16(&body)), attrs = rd_sub(&body, rd_u16(&body));

	seen->updates++;
	walk(seen, withdrawn, false);
	while (rd_left(&attrs) > 0) {
		uint8_t flags = rd_u8(&attrs), code = rd_u8(&attrs);
		struct rd value = rd_sub(&attrs, flags & FLAG_EXTENDED ? rd_u16(&attrs) : rd_u8(&attrs));

		if (code == ATTR_MP_REACH)
			mp_reach(seen, value);
		else if (code == ATTR_MP_UNREACH)
			mp_unreach(seen, value);
	}
	walk(seen, body, true);
	return body.bad || attrs.bad ? -EBADMSG : 0;
}
