/* The set that a wish is for. Each other set of weights is another group, and whoever says another bandwidth for every prefix is not to have one
 * for each: beyond a number of sets no new one has weights. */
#include "nexthop/fib_priv.h"

#include <string.h>

static size_t sets_used(const struct fib *f)
{
	size_t n = 0;

	for (size_t i = 1; i < f->n_sets; i++)
		n += f->sets[i].used;
	return n;
}

static bool is_even(const struct set *s)
{
	size_t i = 1;

	while (i < s->n && s->members[i].weight == s->members[0].weight)
		i++;
	return i >= s->n;
}

static bool one_too_many(const struct fib *f, uint32_t set)
{
	const struct set *s = &f->sets[set];

	return !s->routes && !s->groups && !is_even(s) && sets_used(f) > FIB_WEIGHTED_SETS;
}

/* In its place the same without weights. */
static int make_even(struct fib *f, const struct hop *hops, size_t n, uint32_t *set)
{
	struct set like = { .family = f->sets[*set].family, .kin = f->sets[*set].kin };
	struct hop even[HOP_MAX];

	for (size_t i = 0; i < n; i++) {
		even[i] = hops[i];
		even[i].weight = 1;
	}
	set_release(f, *set);
	f->evened = true;
	f->evenings++;
	return set_intern(f, &like, even, n, set);
}

static int set_of(struct fib *f, const struct set *like, const struct hop *hops, size_t n, uint32_t *ret)
{
	int r;

	if (f->last.set && f->last.family == like->family && f->last.kin == like->kin && f->last.n == n && !memcmp(f->last.hops, hops, n * sizeof(*hops))) {
		*ret = f->last.set;
		return 0;
	}
	r = set_intern(f, like, hops, n, ret);
	if (r < 0)
		return r;
	f->last.family = like->family;
	f->last.kin = like->kin;
	f->last.n = n;
	f->last.set = *ret;
	memcpy(f->last.hops, hops, n * sizeof(*hops));
	return 0;
}

int set_wanted(struct fib *f, const struct set *like, const struct hop *hops, size_t n, uint32_t *ret)
{
	int r = set_of(f, like, hops, n, ret);

	return r >= 0 && one_too_many(f, *ret) ? make_even(f, hops, n, ret) : r;
}

bool fib_room_again(struct fib *f)
{
	if (!f->evened || sets_used(f) > FIB_WEIGHTED_SETS / 2)
		return false;
	f->evened = false;
	return true;
}
