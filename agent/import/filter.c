/* What stands between a peer and the table in FRR (a prefix list and a route-map, for each family) becomes one policy. What FRR lets pass without
 * either passes here; what weft cannot say lets nothing pass, and is told. */
#include "agent/import/build.h"

#include <stdio.h>
#include <string.h>

#include "agent/config/config.h"

#define RULES_MAX 256                    /* of a policy */

static unsigned mask_of(int af)
{
	return af == V4 ? ONLY_V4 : ONLY_V6;
}

static uint8_t family_of(int af)
{
	return af == V4 ? AF_INET : AF_INET6;
}

static bool near(const struct prefix *a, const struct prefix *b)
{
	return prefix_contains(a, b) || prefix_contains(b, a);
}

bool build_prefix_list(struct build *b, int af, const char *name, const struct line *l, struct ranges *ret)
{
	const struct list *list = frr_list(b->f, af == V4 ? LIST_PREFIX4 : LIST_PREFIX6, name);
	size_t denied = 0;

	if (!list) {
		note(&b->f->notes, l, "there is no such prefix list: no route is in it");
		return false;
	}
	for (size_t i = 0; i < list->n && !ret->full; i++) {
		struct ranges one = { 0 };

		if (!list->entries[i].permit) {
			denied++;
			continue;
		}
		ranges_add(&one, &list->entries[i].range);
		for (size_t k = 0; denied && k < i && one.n; k++)        /* the first entry that fits counts */
			if (!list->entries[k].permit && near(&list->entries[k].range.prefix, &list->entries[i].range.prefix))
				ranges_minus(&one, &list->entries[k].range);
		for (size_t k = 0; k < one.n; k++)
			ranges_add(ret, &one.r[k]);
		ret->full |= one.full;
		ranges_free(&one);
	}
	return true;
}

static void add_rule(struct build *b, json_t *rules, json_t *prefixes, int af, const char *action)
{
	json_t *rule = json_object(), *match = json_object();

	if (prefixes)
		build_put(b, match, "prefixes", prefixes);
	else if (b->families != mask_of(af))
		build_put(b, match, "family", json_string(af == V4 ? "ipv4" : "ipv6"));
	if (json_object_size(match))
		build_put(b, rule, "match", match);
	else
		json_decref(match);
	build_put(b, rule, "action", json_string(action));
	build_put(b, rules, NULL, rule);
}

struct ways { const struct said *map, *list, *other; };          /* what one family of one direction goes through */

static struct ways ways_of(const struct peer *p, int af, bool out)
{
	return (struct ways){ peer_said_af(p, af, AF_MAP_IN + out), peer_said_af(p, af, AF_LIST_IN + out),
			      peer_said_af(p, af, AF_OTHER_IN + out) };
}

/* RFC 8212, as FRR has it. */
static bool needs_policy(const struct build *b, const struct peer *p)
{
	const struct said *s = &b->f->said[BGP_POLICY];

	return build_external(b, p) && (s->line ? !s->no : !b->f->datacenter && !b->f->old);
}

/* A list alone: its entries in their order, those that do the same together. */
static void list_rules(struct build *b, int af, const struct list *list, json_t *rules)
{
	for (size_t i = 0, end; i < list->n; i = end) {
		bool permit = list->entries[i].permit;
		struct ranges s = { 0 };

		for (end = i; end < list->n && list->entries[end].permit == permit; end++)
			ranges_add(&s, &list->entries[end].range);
		if (s.full) {
			note(&b->f->notes, list->entries[i].line, "these are more than the 4096 prefixes of a rule: nothing passes from here on");
			end = list->n;
		} else if (permit || end < list->n) {            /* the end rejects by itself */
			add_rule(b, rules, ranges_is_all(&s, family_of(af)) ? NULL : build_ranges(b, &s), af, permit ? "accept" : "reject");
		}
		ranges_free(&s);
	}
}

static void prefix_list_rules(struct build *b, int af, const struct ways *w, bool out, json_t *rules)
{
	const char *name = w->list->args[0];
	struct ranges s = { 0 };

	if (!build_prefix_list(b, af, name, w->list->line, &s))
		return;
	if (!w->map)
		list_rules(b, af, frr_list(b->f, af == V4 ? LIST_PREFIX4 : LIST_PREFIX6, name), rules);
	else if (s.full)
		note(&b->f->notes, w->list->line, "the list is too long for weft (4096 entries) when its `deny` lines are resolved: nothing passes");
	else if (s.n)
		build_rules(b, frr_list(b->f, LIST_MAP, w->map->args[0]), mask_of(af), out, &s, rules);
	ranges_free(&s);
}

static void family_rules(struct build *b, const struct peer *p, int af, bool out, json_t *rules)
{
	struct ways w = ways_of(p, af, out);
	json_t *own = json_array(), *v;
	size_t i;

	if (!build_active(b, p, af)) {
		;
	} else if (w.other) {
		note(&b->f->notes, w.other->line, "weft has one policy for each direction: put this list into the route-map; until then nothing passes");
	} else if (w.map && !frr_list(b->f, LIST_MAP, w.map->args[0])) {
		note(&b->f->notes, w.map->line, "there is no such route-map: nothing passes");
	} else if (w.list) {
		prefix_list_rules(b, af, &w, out, own);
	} else if (w.map) {
		build_rules(b, frr_list(b->f, LIST_MAP, w.map->args[0]), mask_of(af), out, NULL, own);
	} else if (needs_policy(b, p)) {
		note(&b->f->notes, p->line, "without a route-map FRR exchanges nothing with an external peer (bgp ebgp-requires-policy): the same here, \"none\"");
	} else {
		add_rule(b, own, NULL, af, "accept");
	}
	json_array_foreach(own, i, v)
		build_put(b, rules, NULL, json_incref(v));
	json_decref(own);
}

/* Where both families go through the same, once is enough. */
static bool together(struct build *b, const struct peer *p, bool out)
{
	struct ways w4 = ways_of(p, V4, out), w6 = ways_of(p, V6, out);

	if (b->families != BOTH || !build_active(b, p, V4) || !build_active(b, p, V6) || w4.list || w6.list || w4.other || w6.other)
		return false;
	return w4.map && w6.map && strcmp(w4.map->args[0], w6.map->args[0]) == 0 && frr_list(b->f, LIST_MAP, w4.map->args[0]);
}

static bool is_open(struct build *b, const json_t *rules)
{
	const json_t *last = json_array_get(rules, json_array_size(rules) - 1);
	size_t n = b->families == BOTH ? 2 : 1;

	for (size_t i = 0; i < json_array_size(rules); i++) {
		const json_t *rule = json_array_get(rules, i), *match = json_object_get(rule, "match");

		if (strcmp(json_string_value(json_object_get(rule, "action")), "accept") != 0 || json_object_get(rule, "set"))
			return false;
		if (match && (json_object_size(match) != 1 || !json_object_get(match, "family")))
			return false;
	}
	return last && (json_array_size(rules) == n || !json_object_get(last, "match"));
}

/* A name of weft's own making, of what FRR calls it. */
static void policy_name(const char *from, unsigned number, char ret[CONFIG_NAME_LEN])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	size_t n = 0;

	for (; from[n] && n < CONFIG_NAME_LEN - 8; n++)
		ret[n] = strchr(letters, from[n]) ? from[n] : '_';
	ret[n] = 0;
	if (number > 1 || strcmp(ret, "all") == 0 || strcmp(ret, "none") == 0 || strcmp(ret, "host") == 0 || !n)
		snprintf(ret + n, CONFIG_NAME_LEN - n, "-%u", number);
}

static json_t *named(struct build *b, const char *from, json_t *rules)
{
	char name[CONFIG_NAME_LEN];
	const json_t *there = NULL;

	for (unsigned i = 1; i < 10000; i++) {
		policy_name(from, i, name);
		there = json_object_get(b->policies, name);
		if (!there || json_equal(there, rules))
			break;
	}
	if (!there)
		build_put(b, b->policies, name, json_incref(rules));
	return json_string(name);
}

json_t *build_filter(struct build *b, const struct peer *p, bool out)
{
	struct ways w4 = ways_of(p, V4, out), w6 = ways_of(p, V6, out);
	const struct said *any = w4.map ? w4.map : w6.map ? w6.map : w4.list ? w4.list : w6.list;
	json_t *rules = json_array(), *name = NULL;

	if (together(b, p, out))
		build_rules(b, frr_list(b->f, LIST_MAP, w4.map->args[0]), BOTH, out, NULL, rules);
	else
		for (int af = 0; af < N_AF; af++)
			if (b->families & mask_of(af))
				family_rules(b, p, af, out, rules);
	if (json_array_size(rules) > RULES_MAX) {
		note(&b->f->notes, any ? any->line : p->line, "this is more than the 256 rules of a policy: nothing passes");
		json_array_clear(rules);
	}
	if (json_array_size(rules) == 0)
		name = json_string("none");
	else if (!is_open(b, rules))
		name = named(b, any ? any->args[0] : build_active(b, p, V4) ? "ipv4-only" : "ipv6-only", rules);
	json_decref(rules);
	return name;
}
