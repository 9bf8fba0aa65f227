/* The same AS number on several nodes. What has the own number in its AS path is refused (RFC 4271 9.1.2), so two nodes with one number never hear each
 * other's routes. That is meant for the spines of a tier (RFC 7938 5.2.1), of which nobody needs more than the next hop, and a mistake elsewhere:
 *
 * 1. between two ends of a cable: links are external, there is no session at all;
 * 2. of two nodes that announce more than their loopback;
 * 3. of a node of a tier where others have a number of their own, with whomever. A tier: nodes with the same planned neighbours; without a plan those
 *    whose names differ in the last number. */
#include "agent/config/fabric_priv.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

struct pair { size_t node, peer; };      /* both ways of every cable whose ends are known */

struct tier_member {
	size_t node;
	const struct pair *peers;        /* its own ones, in order */
	size_t n_peers;
	char *stem;                      /* of its name, when there are none */
	uint32_t asn;
	size_t first, second;            /* the nodes with the same number; NOBODY: it is the only one */
};

struct asns {
	struct fabric *f;
	struct pair *pairs;
	size_t n_pairs;
	struct tier_member *members;
	size_t n;
};

static void tell(struct fabric *f, size_t second, size_t first, const char *why)
{
	struct fabric_node *a = f->nodes[first], *b = f->nodes[second];
	struct val va = node_val(a, "asn"), vb = node_val(b, "asn");
	char at[AT_LEN];

	if (!b->asn_told)
		val_bad(&b->r, &vb, "%u is the AS of %s too, %s, allowed: a number of its own", b->r.c->asn, node_at(a, &va, at), why);
	b->asn_told = true;
}

/* --- 1 ----------------------------------------------------------------------------------------------------------------------------- */
static int by_pair(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return x->peer < y->peer ? -1 : x->peer > y->peer;
}

static int read_pairs(struct asns *a)
{
	size_t n = 0;

	a->pairs = calloc(2 * a->f->n_cables + 1, sizeof(*a->pairs));
	if (!a->pairs)
		return -ENOMEM;
	for (size_t i = 0; i < a->f->n_cables; i++) {
		const struct fabric_cable *c = &a->f->cables[i];

		if (c->peer == NOBODY || c->peer == c->node || !a->f->nodes[c->peer]->r.c)
			continue;
		a->pairs[n++] = (struct pair){ c->node, c->peer };
		a->pairs[n++] = (struct pair){ c->peer, c->node };
	}
	qsort(a->pairs, n, sizeof(*a->pairs), by_pair);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || by_pair(&a->pairs[a->n_pairs - 1], &a->pairs[i]) != 0)
			a->pairs[a->n_pairs++] = a->pairs[i];
	return 0;
}

static void check_connected(struct asns *a)
{
	for (size_t i = 0; i < a->n_pairs; i++) {
		const struct pair *p = &a->pairs[i];

		if (p->peer < p->node && a->f->nodes[p->node]->r.c->asn == a->f->nodes[p->peer]->r.c->asn)
			tell(a->f, p->node, p->peer, "and a cable connects the two");
	}
}

/* --- 2 ----------------------------------------------------------------------------------------------------------------------------- */
static bool announces(const struct config *c)
{
	for (size_t i = 0; i < c->n_originate; i++)
		if (strcmp(c->originate[i], "lo") != 0)
			return true;
	for (size_t i = 0; i < c->n_links; i++)          /* servers do */
		if (c->links[i].terms.import.kind == FILTER_HOST)
			return true;
	return false;
}

static int by_asn(const void *a, const void *b)
{
	const struct tier_member *x = a, *y = b;

	if (x->asn != y->asn)
		return x->asn < y->asn ? -1 : 1;
	return x->node < y->node ? -1 : x->node > y->node;
}

/* The members are in order of their numbers. */
static void find_shared(struct asns *a)
{
	for (size_t i = 0, first = 0; i < a->n; i++) {
		struct tier_member *m = &a->members[i];

		if (a->members[first].asn != m->asn)
			first = i;
		m->first = a->members[first].node;
		m->second = first + 1 < a->n && a->members[first + 1].asn == m->asn ? a->members[first + 1].node : NOBODY;
	}
}

static void check_announcers(struct asns *a)
{
	size_t first = NOBODY;

	for (size_t i = 0; i < a->n; i++) {
		struct tier_member *m = &a->members[i];

		if (m->node == m->first)
			first = NOBODY;
		if (!announces(a->f->nodes[m->node]->r.c))
			continue;
		if (first == NOBODY)
			first = m->node;
		else
			tell(a->f, m->node, first, "and neither would hear what the other one announces");
	}
}

/* --- 3 ----------------------------------------------------------------------------------------------------------------------------- */
/* leaf01 and leaf12 are leaf, pod1-leaf2 is pod1-leaf. */
static char *stem_of(const char *name)
{
	char *stem = strdup(name), *end = stem ? stem + strlen(stem) : NULL, *digits;

	while (end && end > stem && !isdigit((unsigned char)end[-1]))
		end--;
	for (digits = end; digits && digits > stem && isdigit((unsigned char)digits[-1]);)
		digits--;
	if (stem && end > stem)
		memmove(digits, end, strlen(end) + 1);
	return stem;
}

static int read_members(struct asns *a)
{
	const struct pair *at = a->pairs, *end = a->pairs + a->n_pairs;

	a->members = calloc(a->f->n + 1, sizeof(*a->members));
	if (!a->members)
		return -ENOMEM;
	for (size_t i = 0; i < a->f->n; i++) {
		struct tier_member m = { .node = i, .peers = at };

		for (; at < end && at->node == i; at++)
			m.n_peers++;
		if (!a->f->nodes[i]->r.c)
			continue;
		m.asn = a->f->nodes[i]->r.c->asn;
		if (m.n_peers == 0 && !(m.stem = stem_of(a->f->nodes[i]->name)))
			return -ENOMEM;
		a->members[a->n++] = m;
	}
	qsort(a->members, a->n, sizeof(*a->members), by_asn);
	return 0;
}

static int cmp_tier(const struct tier_member *x, const struct tier_member *y)
{
	if (x->n_peers != y->n_peers)
		return x->n_peers < y->n_peers ? -1 : 1;
	if (x->n_peers == 0)
		return strcmp(x->stem, y->stem);
	for (size_t i = 0; i < x->n_peers; i++)
		if (x->peers[i].peer != y->peers[i].peer)
			return x->peers[i].peer < y->peers[i].peer ? -1 : 1;
	return 0;
}

static int by_tier(const void *a, const void *b)
{
	int d = cmp_tier(a, b);

	return d ? d : by_asn(a, b);
}

/* late: those that have their number before anybody else, and whose likeness nobody was told. */
static void check_tier(struct asns *a, const struct tier_member *m, size_t n, bool late)
{
	size_t own = 0;

	for (size_t i = 0; i < n; i++)
		own += m[i].second == NOBODY;
	for (size_t i = 0; own > 0 && i < n; i++) {
		const char *why = m[i].n_peers ? "while others with the same neighbors have one of their own" : "while others with such a name have one of their own";

		if (m[i].second == NOBODY || late != (m[i].node == m[i].first))
			continue;
		if (!late)
			tell(a->f, m[i].node, m[i].first, why);
		else if (!a->f->nodes[m[i].second]->asn_told)
			tell(a->f, m[i].node, m[i].second, why);
	}
}

static void check_tiers(struct asns *a, bool late)
{
	for (size_t i = 0, first = 0; i < a->n; i++)
		if (i + 1 == a->n || cmp_tier(&a->members[first], &a->members[i + 1]) != 0) {
			check_tier(a, &a->members[first], i + 1 - first, late);
			first = i + 1;
		}
}

int fabric_asn_check(struct fabric *f)
{
	struct asns a = { .f = f };
	int r = read_pairs(&a);

	if (r == 0)
		r = read_members(&a);
	if (r == 0) {
		find_shared(&a);
		check_connected(&a);
		check_announcers(&a);
		qsort(a.members, a.n, sizeof(*a.members), by_tier);
		check_tiers(&a, false);
		check_tiers(&a, true);
	}
	for (size_t i = 0; i < a.n; i++)
		free(a.members[i].stem);
	free(a.members);
	free(a.pairs);
	return r;
}
