/* agent/import/ranges.h: sets of prefixes, as lists of ranges (a prefix, and the lengths within it). A prefix list with `deny` lines is the
 * set of what it permits; weft's lists only permit. */
#ifndef WEFT_IMPORT_RANGES_H
#define WEFT_IMPORT_RANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "agent/base/policy_rule.h"

#define RANGES_MAX 4096                  /* what a list of weft.json holds */

struct ranges {
	struct prefix_range *r;
	size_t n, room;
	bool full;                       /* more than RANGES_MAX, or no memory: it is not the whole set */
};

void ranges_add(struct ranges *s, const struct prefix_range *r);
void ranges_minus(struct ranges *s, const struct prefix_range *r);       /* what r has is no more in s */
void ranges_both(struct ranges *s, const struct ranges *other);          /* s has what both have */
void ranges_all(struct ranges *s, uint8_t family);                       /* adds every prefix of the family */
bool ranges_is_all(const struct ranges *s, uint8_t family);              /* one entry says so */
void ranges_free(struct ranges *s);

#endif
