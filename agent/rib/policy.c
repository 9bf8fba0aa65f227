#include "agent/rib/policy.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/asre.h"
#include "agent/base/own.h"
#include "agent/base/rd.h"
#include "agent/rib/policy_change.h"

struct policy {
	const struct policy_rule *rules;
	size_t n;
	struct asre *as_path[];          /* of each rule; NULL: none */
};

int policy_new(struct policy **ret, const struct policy_rule *rules, size_t n)
{
	struct policy *p = calloc(1, sizeof(*p) + n * sizeof(struct asre *));
	int r = 0;
	size_t at;

	if (!p)
		return -ENOMEM;
	*p = (struct policy){ rules, n };
	for (size_t i = 0; i < n && r == 0; i++) {
		if (!rules[i].match.as_path)
			continue;
		p->as_path[i] = malloc(sizeof(struct asre));
		if (!p->as_path[i])
			r = -ENOMEM;
		else if (asre_compile(rules[i].match.as_path, p->as_path[i], &at))
			r = -EINVAL;
	}
	if (r < 0)
		policy_free(p);
	else
		*ret = p;
	return r;
}

void policy_free(struct policy *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++)
		free(p->as_path[i]);
	free(p);
}

static bool prefix_in(const struct policy_match *m, const struct prefix *p)
{
	for (size_t i = 0; i < m->n_prefixes; i++) {
		const struct prefix_range *range = &m->prefixes[i];

		if (p->len >= range->ge && p->len <= range->le && prefix_contains(&range->prefix, p))
			return true;
	}
	return m->n_prefixes == 0;
}

static bool has_one_of(const struct community_list *list, unsigned parts, struct span value)
{
	size_t size = community_size(parts);

	for (size_t i = 0; i < list->n; i++)
		for (size_t at = 0; at + size <= value.n; at += size)
			if (community_matches(&list->c[i], parts, value.p + at))
				return true;
	return list->n == 0;
}

/* The ASes of the path from left to right; the members of an AS_SET one after the other too. */
static bool path_matches(const struct asre *re, struct span as_path)
{
	struct rd path = rd_of(as_path.p, as_path.n), asns;
	struct asre_run run = { 0 };

	while (rd_left(&path) > 0) {
		rd_u8(&path);
		asns = rd_sub(&path, 4 * (size_t)rd_u8(&path));
		while (rd_left(&asns) > 0)
			asre_step(re, &run, rd_u32(&asns));
	}
	return asre_end(re, &run);
}

/* The cheap questions first. */
static bool matches(const struct policy *p, size_t rule, const struct policy_route *route, const struct attrs *a)
{
	const struct policy_match *m = &p->rules[rule].match;

	if (m->family && m->family != route->prefix->family)
		return false;
	if (m->has_origin && m->origin != a->origin)
		return false;
	if (!prefix_in(m, route->prefix))
		return false;
	if (!has_one_of(&m->communities[EDIT_STANDARD], COMMUNITY_STANDARD, a->communities) ||
	    !has_one_of(&m->communities[EDIT_LARGE], COMMUNITY_LARGE, a->large_communities))
		return false;
	if (m->link[0] && fnmatch(m->link, route->link, FNM_NOESCAPE) != 0)
		return false;
	if (m->peer_as_only && !aspath_only(a->as_path, route->peer_asn))
		return false;
	return !p->as_path[rule] || path_matches(p->as_path[rule], a->as_path);
}

enum policy_verdict policy_apply(const struct policy *p, const struct policy_route *route, struct attrs *attrs, struct policy_scratch *s)
{
	struct attrs before = *attrs;

	for (size_t i = 0; i < p->n; i++) {
		const struct policy_rule *rule = &p->rules[i];

		if (!matches(p, i, route, attrs))
			continue;
		if (rule->action == POLICY_REJECT)
			return POLICY_REFUSED;
		if (!policy_change(&rule->set, route->prepend, attrs, s))
			return POLICY_REFUSED;
		if (rule->action == POLICY_ACCEPT)
			return attrs_eq(attrs, &before) ? POLICY_PASSED : POLICY_CHANGED;
	}
	return POLICY_REFUSED;
}
