/* What the lists of communities need beyond being opaque. */
#include "agent/bgp/attr.h"

#include <string.h>

#include "agent/base/hash.h"

#define LARGE_SIZE 12
#define EXT_SIZE 8
#define EXT_NON_TRANSITIVE 0x40          /* RFC 4360 2: the T bit of the type */
#define SLOTS 8192                       /* more than the large communities of the longest message */

_Static_assert(BGP_EXT_LEN / LARGE_SIZE < SLOTS, "a free slot ends every search");

struct span large_unique(struct span list, struct wr *scratch)
{
	uint8_t *start = scratch->at;
	uint16_t slots[SLOTS], n = 0, i;         /* which of the values kept, plus one; 0: free */

	if (list.n <= LARGE_SIZE)
		return list;
	memset(slots, 0, sizeof(slots));
	for (const uint8_t *p = list.p; p < list.p + list.n; p += LARGE_SIZE) {
		for (i = hash_bytes(p, LARGE_SIZE, 0) % SLOTS; slots[i]; i = (i + 1) % SLOTS)
			if (memcmp(start + (slots[i] - 1) * LARGE_SIZE, p, LARGE_SIZE) == 0)
				break;
		if (slots[i])
			continue;
		wr_bytes(scratch, p, LARGE_SIZE);
		slots[i] = ++n;
	}
	return (struct span){ start, (uint16_t)(n * LARGE_SIZE) };
}

static bool goes_out(const struct attr_out *out, const uint8_t *value)
{
	return out->egress->as_is || !ctx_external(out->ctx) || !(*value & EXT_NON_TRANSITIVE);
}

/* RFC 4360 6: what is not transitive stays in its AS. */
void ext_communities_put(struct wr *w, const struct attr_out *out)
{
	const struct span list = out->attrs->ext_communities;
	size_t mark = 0, n = 0;

	for (size_t i = 0; i < list.n; i += EXT_SIZE) {
		if (!goes_out(out, list.p + i))
			continue;
		if (n++ == 0)
			mark = attr_begin(w, ATTR_OPT_TRANSITIVE, ATTR_EXT_COMMUNITIES);
		wr_bytes(w, list.p + i, EXT_SIZE);
	}
	if (n)
		attr_end(w, mark);
}
