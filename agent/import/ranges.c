#include "agent/import/ranges.h"

#include <stdlib.h>

void ranges_add(struct ranges *s, const struct prefix_range *r)
{
	struct prefix_range *grown;

	if (s->n == s->room) {
		grown = s->n < RANGES_MAX ? realloc(s->r, (s->room ? s->room * 2 : 16) * sizeof(*grown)) : NULL;
		if (!grown) {
			s->full = true;
			return;
		}
		s->r = grown;
		s->room = s->room ? s->room * 2 : 16;
	}
	s->r[s->n++] = *r;
}

static void add_lengths(struct ranges *s, const struct prefix *p, unsigned ge, unsigned le)
{
	struct prefix_range r = { *p, (uint8_t)(ge > p->len ? ge : p->len), (uint8_t)le };

	if (r.ge <= r.le)
		ranges_add(s, &r);
}

/* b's address up to bit `len`, of which the last one is the other one. */
static struct prefix sibling(const struct prefix *b, unsigned len)
{
	struct prefix p = *b;

	p.len = (uint8_t)len;
	p.addr[(len - 1) / 8] ^= (uint8_t)(0x80 >> (len - 1) % 8);
	prefix_mask(&p);
	return p;
}

/* a without b, to s. */
static void add_difference(struct ranges *s, const struct prefix_range *a, const struct prefix_range *b)
{
	unsigned lo = a->ge > b->ge ? a->ge : b->ge, hi = a->le < b->le ? a->le : b->le;
	bool inside = prefix_contains(&b->prefix, &a->prefix);

	if (a->prefix.family != b->prefix.family || lo > hi || (!inside && !prefix_contains(&a->prefix, &b->prefix))) {
		ranges_add(s, a);
		return;
	}
	if (b->ge > 0)
		add_lengths(s, &a->prefix, a->ge, a->le < b->ge ? a->le : b->ge - 1u);
	/* Of the lengths that both have, what leaves the way to b at some bit. None of them is shorter than b. */
	for (unsigned len = a->prefix.len + 1u; !inside && len <= b->prefix.len; len++) {
		struct prefix p = sibling(&b->prefix, len);

		add_lengths(s, &p, lo, hi);
	}
	add_lengths(s, &a->prefix, a->ge > b->le ? a->ge : b->le + 1u, a->le);
}

void ranges_minus(struct ranges *s, const struct prefix_range *r)
{
	struct ranges left = { .full = s->full };

	for (size_t i = 0; i < s->n && !left.full; i++)
		add_difference(&left, &s->r[i], r);
	free(s->r);
	*s = left;
}

void ranges_both(struct ranges *s, const struct ranges *other)
{
	struct ranges left = { .full = s->full || other->full };

	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < other->n && !left.full; k++) {
			const struct prefix_range *a = &s->r[i], *b = &other->r[k];
			const struct prefix *longer = a->prefix.len > b->prefix.len ? &a->prefix : &b->prefix;

			if (prefix_contains(&a->prefix, longer) && prefix_contains(&b->prefix, longer))
				add_lengths(&left, longer, a->ge > b->ge ? a->ge : b->ge, a->le < b->le ? a->le : b->le);
		}
	free(s->r);
	*s = left;
}

void ranges_all(struct ranges *s, uint8_t family)
{
	ranges_add(s, &(struct prefix_range){ .prefix = { .family = family }, .ge = 0, .le = (uint8_t)prefix_max(family) });
}

bool ranges_is_all(const struct ranges *s, uint8_t family)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->r[i].prefix.family == family && s->r[i].prefix.len == 0 && s->r[i].ge == 0 && s->r[i].le == prefix_max(family))
			return true;
	return false;
}

void ranges_free(struct ranges *s)
{
	free(s->r);
	*s = (struct ranges){ 0 };
}
