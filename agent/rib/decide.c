#include "agent/rib/decide.h"

#include <arpa/inet.h>
#include <string.h>

#include "agent/base/own.h"

/* Less than 0: the lower value a is preferred. */
static int lower(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

/* Over a drained link it is as if the peer had asked for it (RFC 8326 4.2), and no less: preferring a longer way to it that others asked to leave
 * would be an order that no announcement can tell, and nodes may wait for each other in a circle for ever. */
static uint32_t local_pref(const struct candidate *c)
{
	if (c->drained)
		return 0;
	return c->attrs->has & ATTRS_LOCAL_PREF ? c->attrs->local_pref : DEFAULT_LOCAL_PREF;
}

static uint32_t med(const struct candidate *c)
{
	return c->attrs->has & ATTRS_MED ? c->attrs->med : 0;    /* RFC 4271 9.1.2.2 (c): none is the lowest possible one */
}

/* RFC 4271 9.1.2.2 (c), neighborAS(n). 0: the local AS. */
static uint32_t neighbour_as(const struct candidate *c)
{
	uint32_t first = aspath_first(c->attrs->as_path);

	return !first && c->peer && c->peer->ebgp ? c->peer->asn : first;
}

static int cmp_llgr_stale(const struct candidate *a, const struct candidate *b)
{
	return a->least - b->least;
}

static int cmp_local(const struct candidate *a, const struct candidate *b)
{
	return (a->peer != NULL) - (b->peer != NULL);
}

static int cmp_drained(const struct candidate *a, const struct candidate *b)
{
	return local_pref(a) != local_pref(b) ? a->drained - b->drained : 0;
}

static int cmp_local_pref(const struct candidate *a, const struct candidate *b)
{
	return lower(local_pref(b), local_pref(a));      /* the higher one, RFC 4271 9.1.2 */
}

static int cmp_as_path_len(const struct candidate *a, const struct candidate *b)
{
	return lower(aspath_len(a->attrs->as_path), aspath_len(b->attrs->as_path));
}

static int cmp_origin(const struct candidate *a, const struct candidate *b)
{
	return lower(a->attrs->origin, b->attrs->origin);
}

static int cmp_med(const struct candidate *a, const struct candidate *b)
{
	if (med(a) == med(b) || (!a->med_always && neighbour_as(a) != neighbour_as(b)))
		return 0;
	return lower(med(a), med(b));
}

static int cmp_ebgp(const struct candidate *a, const struct candidate *b)
{
	return a->peer && b->peer ? b->peer->ebgp - a->peer->ebgp : 0;
}

static int cmp_cost(const struct candidate *a, const struct candidate *b)
{
	return lower(a->cost, b->cost);
}

/* RFC 4271 9.1.1 and 9.1.2 choose by degree of preference, 9.1.2.2 (a) to (e) among what is left. What 9.1.2.1 excludes does not come here. */
static const struct {
	enum decision_step step;
	int (*cmp)(const struct candidate *, const struct candidate *);
} steps[] = {
	{ STEP_LLGR_STALE, cmp_llgr_stale },             /* RFC 9494 4.4: before all of these */
	{ STEP_LOCAL, cmp_local },
	{ STEP_DRAINED, cmp_drained },                   /* RFC 8326 4.1: says why the next one decides */
	{ STEP_LOCAL_PREF, cmp_local_pref },
	{ STEP_AS_PATH_LEN, cmp_as_path_len },           /* (a) */
	{ STEP_ORIGIN, cmp_origin },                     /* (b) */
	{ STEP_MED, cmp_med },                           /* (c) */
	{ STEP_EBGP, cmp_ebgp },                         /* (d) */
	{ STEP_COST, cmp_cost },                         /* (e) */
};

int decide_tie(const struct rib_peer_info *a, const struct rib_peer_info *b, enum decision_step *ret_step)
{
	int d;

	*ret_step = STEP_LOCAL;
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	*ret_step = STEP_ROUTER_ID;
	d = lower(ntohl(a->router_id.s_addr), ntohl(b->router_id.s_addr));       /* (f) */
	if (d)
		return d;
	*ret_step = STEP_ADDRESS;
	d = memcmp(&a->address, &b->address, sizeof(a->address));                /* (g) */
	if (d)
		return d;
	*ret_step = STEP_LINK;
	return lower(a->link, b->link);
}

static uint32_t originator(const struct candidate *c)
{
	return ntohl(c->attrs->has & ATTRS_ORIGINATOR ? c->attrs->originator_id.s_addr : c->peer->router_id.s_addr);
}

/* The tie-breaks with what a reflector has written (RFC 4456 section 9). */
static int cmp_tie(const struct candidate *a, const struct candidate *b, enum decision_step *ret_step)
{
	int d;

	if (!a->peer || !b->peer)
		return decide_tie(a->peer, b->peer, ret_step);
	*ret_step = STEP_ROUTER_ID;
	d = lower(originator(a), originator(b));         /* in place of the peer's own identifier */
	if (d)
		return d;
	*ret_step = STEP_CLUSTER_LIST;
	d = lower(cluster_list_len(a->attrs->cluster_list), cluster_list_len(b->attrs->cluster_list));   /* between (f) and (g) */
	if (d)
		return d;
	*ret_step = STEP_ADDRESS;
	d = memcmp(&a->peer->address, &b->peer->address, sizeof(a->peer->address));      /* (g) */
	if (d)
		return d;
	*ret_step = STEP_LINK;
	return lower(a->peer->link, b->peer->link);
}

int decide_cmp(const struct candidate *a, const struct candidate *b, enum decision_step *ret_step)
{
	int d;

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		d = steps[i].cmp(a, b);
		if (d) {
			*ret_step = steps[i].step;
			return d;
		}
	}
	return cmp_tie(a, b, ret_step);
}

bool decide_equal_cost(const struct candidate *a, const struct candidate *b)
{
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (steps[i].cmp(a, b))
			return false;
	return true;
}

static void swap(struct candidate *a, struct candidate *b)
{
	struct candidate t = *a;

	*a = *b;
	*b = t;
}

/* Keeps those that no other one beats at this step; returns how many. Outside MED the best one beats whatever can be beaten. */
static size_t keep(struct candidate *c, size_t n, size_t step, bool mark)
{
	size_t best = 0, kept = 0;
	bool same = true;
	int d;

	for (size_t i = 1; i < n; i++) {
		d = steps[step].cmp(&c[i], &c[best]);
		same &= d == 0;
		if (d < 0)
			best = i;
	}
	if (same)
		return n;
	for (size_t i = 0; i < n; i++) {
		if (steps[step].cmp(&c[best], &c[i]) < 0) {
			if (mark)
				c[i].lost_by = steps[step].step;
			continue;
		}
		if (best == i)
			best = kept;             /* the swap moves it */
		if (i != kept)
			swap(&c[i], &c[kept]);
		kept++;
	}
	return kept;
}

/* Within each neighbouring AS the lowest MED remains. */
static size_t keep_lowest_med(struct candidate *c, size_t n, bool mark)
{
	size_t kept = 0, i, j;

	for (i = 1; i < n && med(&c[i]) == med(&c[0]); i++)
		;
	if (i == n)
		return n;
	for (i = 0; i < n; i++) {
		for (j = 0; j < n && cmp_med(&c[j], &c[i]) >= 0; j++)
			;
		if (j < n) {
			if (mark)
				c[i].lost_by = STEP_MED;
			continue;
		}
		if (i != kept)
			swap(&c[i], &c[kept]);
		kept++;
	}
	return kept;
}

/* By insertion: the paths come in this order from the RIB, and mostly keep it. */
static void sort_by_tie(struct candidate *c, size_t n)
{
	enum decision_step step;
	struct candidate t;
	size_t j;

	for (size_t i = 1; i < n; i++) {
		if (cmp_tie(&c[i - 1], &c[i], &step) <= 0)
			continue;
		t = c[i];
		for (j = i; j > 0 && cmp_tie(&t, &c[j - 1], &step) < 0; j--)
			c[j] = c[j - 1];
		c[j] = t;
	}
}

/* mark: write lost_by, for this is the first choice. */
static size_t eliminate(struct candidate *c, size_t n, bool mark)
{
	for (size_t i = 0; i < ARRAY_LEN(steps) && n > 1; i++)
		n = steps[i].step == STEP_MED ? keep_lowest_med(c, n, mark) : keep(c, n, i, mark);
	sort_by_tie(c, n);
	return n;
}

/* RFC 4271 9.1.2.1: what has no reachable next hop takes no part. To the end with it; returns how many remain. */
static size_t keep_reachable(struct candidate *c, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (c[i].cost == RIB_UNREACHABLE) {
			c[i].lost_by = STEP_NEXT_HOP;
			continue;
		}
		if (i != kept)
			swap(&c[i], &c[kept]);
		kept++;
	}
	return kept;
}

static size_t decide_reachable(struct candidate *c, size_t n)
{
	size_t left = eliminate(c, n, true);

	if (left)
		c[0].lost_by = STEP_BEST;
	for (size_t i = 1; i < left; i++)
		cmp_tie(&c[0], &c[i], &c[i].lost_by);
	return left;
}

size_t decide_set(struct candidate *c, size_t n)
{
	return decide_reachable(c, keep_reachable(c, n));
}

size_t decide_order(struct candidate *c, size_t n)
{
	size_t left;

	n = keep_reachable(c, n);
	left = decide_reachable(c, n);
	for (size_t done = left; done < n;)
		done += eliminate(c + done, n - done, false);
	return left;
}

const char *decision_step_str(enum decision_step step)
{
	switch (step) {
	case STEP_BEST:
		return "best path";
	case STEP_NEXT_HOP:
		return "next hop unreachable";
	case STEP_LLGR_STALE:
		return "long-lived stale, a fresh path exists";
	case STEP_LOCAL:
		return "not originated here";
	case STEP_DRAINED:
		return "its link is drained";
	case STEP_LOCAL_PREF:
		return "lower local preference";
	case STEP_AS_PATH_LEN:
		return "longer AS path";
	case STEP_ORIGIN:
		return "worse origin";
	case STEP_MED:
		return "higher MED";
	case STEP_EBGP:
		return "internal, an external path exists";
	case STEP_COST:
		return "next hop further away";
	case STEP_ROUTER_ID:
		return "higher router-id";
	case STEP_CLUSTER_LIST:
		return "longer cluster list";
	case STEP_ADDRESS:
		return "higher peer address";
	case STEP_LINK:
		return "higher link index";
	}
	return "unknown";
}
