#include "agent/rib/policy_change.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

#define AREA UINT16_MAX                  /* the longest attribute (RFC 4271 4.3) */
#define AS_SEQUENCE 2                    /* RFC 4271 4.3 (b) */

struct policy_scratch { uint8_t path[AREA], communities[N_EDITS][AREA]; };

int policy_scratch_new(struct policy_scratch **ret)
{
	struct policy_scratch *s = malloc(sizeof(*s));

	if (!s)
		return -ENOMEM;
	*ret = s;
	return 0;
}

void policy_scratch_free(struct policy_scratch *s)
{
	free(s);
}

static bool value_in(const struct community_list *list, unsigned parts, const uint8_t *value)
{
	for (size_t i = 0; i < list->n; i++)
		if (community_matches(&list->c[i], parts, value))
			return true;
	return false;
}

static bool add(uint8_t *area, uint16_t *n, const struct community *c, unsigned parts)
{
	size_t size = community_size(parts);

	for (size_t at = 0; at < *n; at += size)
		if (community_matches(c, parts, area + at))
			return true;
	if (*n + size > AREA)
		return false;
	community_put(c, parts, area + *n);
	*n = (uint16_t)(*n + size);
	return true;
}

/* RFC 9494 4.3: a route that is passed on keeps LLGR_STALE. */
static bool stays(unsigned parts, const uint8_t *value)
{
	static const struct community llgr_stale = { .part = { COMMUNITY_LLGR_STALE >> 16, COMMUNITY_LLGR_STALE & 0xffff } };

	return parts == COMMUNITY_STANDARD && community_matches(&llgr_stale, parts, value);
}

/* The old value may stand in the area itself, further on than what is written. */
static bool edit(const struct community_edit *e, unsigned parts, uint8_t *area, struct span *value)
{
	size_t size = community_size(parts);
	uint16_t n = 0;
	bool fits = true;

	if (!e->replace && !e->add.n && !e->del.n)
		return true;
	for (size_t at = 0; at + size <= value->n; at += size) {
		if ((e->replace || value_in(&e->del, parts, value->p + at)) && !stays(parts, value->p + at))
			continue;
		memmove(area + n, value->p + at, size);
		n = (uint16_t)(n + size);
	}
	for (size_t i = 0; i < e->set.n && e->replace; i++)
		fits &= add(area, &n, &e->set.c[i], parts);
	for (size_t i = 0; i < e->add.n; i++)
		fits &= add(area, &n, &e->add.c[i], parts);
	*value = (struct span){ area, n };
	return fits;
}

/* `times` more of the AS in front of the path, in its first segment if that has room. */
static bool prepend_as(uint32_t asn, unsigned times, uint8_t *area, struct span *path)
{
	bool join = path->n > 0 && path->p[0] == AS_SEQUENCE && path->p[1] + times <= UINT8_MAX;
	size_t old = path->n - (join ? 2u : 0), n = 2 + 4 * (size_t)times + old;
	uint8_t count = (uint8_t)(times + (join ? path->p[1] : 0));

	if (n > AREA)
		return false;
	if (old)
		memmove(area + n - old, path->p + (join ? 2 : 0), old);
	area[0] = AS_SEQUENCE;
	area[1] = count;
	for (unsigned i = 0; i < 4 * times; i++)
		area[2 + i] = (uint8_t)(asn >> (24 - 8 * (i % 4)));
	*path = (struct span){ area, (uint16_t)n };
	return true;
}

bool policy_change(const struct policy_set *set, uint32_t prepend, struct attrs *attrs, struct policy_scratch *s)
{
	if (set->has_local_pref) {
		attrs->local_pref = set->local_pref;
		attrs->has |= ATTRS_LOCAL_PREF;
	}
	if (set->has_med) {
		attrs->med = set->med;
		attrs->has |= ATTRS_MED;
	}
	if (set->weight)
		attrs->weight = set->weight;
	if (set->prepend && prepend && !prepend_as(prepend, set->prepend, s->path, &attrs->as_path))
		return false;
	return edit(&set->communities[EDIT_STANDARD], COMMUNITY_STANDARD, s->communities[EDIT_STANDARD], &attrs->communities) &&
	       edit(&set->communities[EDIT_LARGE], COMMUNITY_LARGE, s->communities[EDIT_LARGE], &attrs->large_communities);
}
