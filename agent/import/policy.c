/* Route-maps become policies. What a rule cannot say is never accepted for it: an entry with a condition that weft lacks rejects what its other
 * conditions match, and a note says so. */
#include "agent/import/build.h"

#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/import/rows.h"

#define LIST_OF_RULE 64                  /* communities of one list of a rule */

struct draft {                           /* the rules of one entry */
	struct build *b;
	const struct entry *e;
	unsigned families;
	bool out, last;
	bool never;                      /* no route matches */
	bool unknown;                    /* there is a condition that weft lacks */
	bool listed;                     /* there are prefixes */
	struct ranges prefixes;
	json_t *match, *set;
	const char *key;                 /* of the lists below */
	json_t *permits, *denies;        /* conditions of which one has to hold, and of which none may */
};

typedef void clause_fn(struct draft *d, const struct line *l, char **args, unsigned n);

static void unknown(struct draft *d, const struct line *l, const char *why)
{
	d->unknown = true;
	note(&d->b->f->notes, l, "%s; what the entry's other conditions match is rejected", why);
}

static void match_prefixes(struct draft *d, const struct line *l, const char *name, int af)
{
	if (!(d->families & (af == V4 ? ONLY_V4 : ONLY_V6)) || d->listed) {
		d->never = true;                         /* routes of the other family, or of both at once */
	} else if (!build_prefix_list(d->b, af, name, l, &d->prefixes)) {
		d->never = true;
	} else if (d->prefixes.full) {
		unknown(d, l, "the list is too long for weft (4096 entries) when its `deny` lines are resolved");
		ranges_free(&d->prefixes);
	} else {
		d->listed = true;
	}
}

static void match_prefix4(struct draft *d, const struct line *l, char **args, unsigned n)
{
	(void)n;
	match_prefixes(d, l, args[0], V4);
}

static void match_prefix6(struct draft *d, const struct line *l, char **args, unsigned n)
{
	(void)n;
	match_prefixes(d, l, args[0], V6);
}

static void match_origin(struct draft *d, const struct line *l, char **args, unsigned n)
{
	(void)n;
	if (strcmp(args[0], "igp") != 0 && strcmp(args[0], "egp") != 0 && strcmp(args[0], "incomplete") != 0)
		unknown(d, l, "weft knows no such origin");
	else
		build_put(d->b, d->match, "origin", json_string(args[0]));
}

/* The lists that an entry's rules are made of: one of them may have alternatives, or what it denies. */
static void take_lists(struct draft *d, const struct line *l, const char *key, json_t *permits, json_t *denies)
{
	bool simple = json_array_size(permits) == 1 && json_array_size(denies) == 0;

	if (json_array_size(permits) == 0 && json_array_size(denies) == 0) {
		d->never = true;
	} else if (simple) {
		build_put(d->b, d->match, key, json_incref(json_array_get(permits, 0)));
	} else if (d->key) {
		unknown(d, l, "weft cannot match two lists at once of which both have several lines");
	} else if (json_array_size(denies) && !d->last) {
		unknown(d, l, "a list with `deny` can be matched in the last entry alone: what it denies would go on to the next");
	} else {
		d->key = key;
		d->permits = json_incref(permits);
		d->denies = json_incref(denies);
	}
	json_decref(permits);
	json_decref(denies);
}

static const char *join(const struct entry *e, char *to, size_t size)
{
	size_t n = 0;

	*to = 0;
	for (unsigned i = 0; i < e->n; i++) {
		int more = snprintf(to + n, size - n, "%s%s", i ? " " : "", e->args[i]);

		n += (size_t)more;
		if (n >= size)
			return "it is too long";
	}
	return e->n ? NULL : "it is empty";
}

static void match_as_path(struct draft *d, const struct line *l, char **args, unsigned n)
{
	const struct list *list = frr_list(d->b->f, LIST_AS_PATH, args[0]);
	json_t *permits = json_array(), *denies = json_array();
	char text[EXPRESSION_MAX], expression[EXPRESSION_MAX];
	const char *why = NULL;
	(void)n;

	for (size_t i = 0; list && i < list->n && !why; i++) {
		const struct entry *e = &list->entries[i];

		why = join(e, text, sizeof(text));
		if (!why)
			why = as_path_expression(text, expression);
		if (!why && !e->permit && json_array_size(permits))
			why = "it denies what stands behind a permit: weft looks at all that is denied first";
		if (why)
			note(&d->b->f->notes, e->line, "%s", why);
		else
			build_put(d->b, e->permit ? permits : denies, NULL, json_string(expression));
	}
	if (!list || why) {
		unknown(d, l, list ? "the AS path list cannot be translated" : "there is no such AS path list");
		json_decref(permits);
		json_decref(denies);
	} else {
		take_lists(d, l, "as_path", permits, denies);
	}
}

/* One line of a community list: its pattern. */
static const char *list_line(const struct entry *e, unsigned parts, char ret[COMMUNITY_STRLEN])
{
	char text[EXPRESSION_MAX];
	const char *why = join(e, text, sizeof(text));

	if (why)
		return why;
	if (!e->permit)
		return "weft matches what a list permits";
	if (e->expanded)
		return community_expression(text, parts, ret);
	return e->n == 1 ? community_word(text, parts, ret) : "weft matches one community of a list, not several at once";
}

/* Of a whole list; NULL: it cannot be translated, and was told. */
static json_t *list_json(struct draft *d, const struct line *l, unsigned parts, const char *name)
{
	const struct list *list = frr_list(d->b->f, parts == COMMUNITY_STANDARD ? LIST_COMMUNITY : LIST_LARGE, name);
	json_t *all = json_array();
	char pattern[COMMUNITY_STRLEN];
	const char *why = list ? NULL : "there is no such list";

	if (list && (list->n == 0 || list->n > LIST_OF_RULE))
		why = "weft matches 1 to 64 communities";
	if (why)
		note(&d->b->f->notes, l, "%s", why);
	for (size_t i = 0; !why && i < list->n; i++) {
		why = list_line(&list->entries[i], parts, pattern);
		if (why)
			note(&d->b->f->notes, list->entries[i].line, "%s", why);
		else
			build_put(d->b, all, NULL, json_string(pattern));
	}
	if (!why)
		return all;
	json_decref(all);
	return NULL;
}

static void match_list(struct draft *d, const struct line *l, char **args, unsigned n, unsigned parts)
{
	json_t *all;

	if (n > 1 && strcmp(args[1], "any") != 0) {
		unknown(d, l, "weft cannot say that a route has these communities and no others");
		return;
	}
	all = list_json(d, l, parts, args[0]);
	if (all)
		build_put(d->b, d->match, parts == COMMUNITY_STANDARD ? "communities" : "large_communities", all);
	else
		unknown(d, l, "the list cannot be translated");
}

static void match_community(struct draft *d, const struct line *l, char **args, unsigned n)
{
	match_list(d, l, args, n, COMMUNITY_STANDARD);
}

static void match_large(struct draft *d, const struct line *l, char **args, unsigned n)
{
	match_list(d, l, args, n, COMMUNITY_LARGE);
}

/* set *community: `none`, or words, at the end `additive`. */
static void set_words(struct draft *d, const struct line *l, char **args, unsigned n, unsigned parts)
{
	const char *key = parts == COMMUNITY_STANDARD ? "communities" : "large_communities", *why = NULL;
	bool add = n > 0 && strcmp(args[n - 1], "additive") == 0, none = n == 1 && strcmp(args[0], "none") == 0;
	json_t *list = json_array(), *edit = json_object_get(d->set, key);
	char word[COMMUNITY_STRLEN];

	n -= add || none;
	if (n > LIST_OF_RULE)
		why = "weft sets at most 64 communities";
	for (unsigned i = 0; i < n && !why; i++) {
		why = community_word(args[i], parts, word);
		if (!why)
			build_put(d->b, list, NULL, json_string(word));
	}
	if (!why && edit && (!add || json_is_array(edit)))
		why = "weft cannot delete some communities and replace them all at once";
	if (why) {
		note(&d->b->f->notes, l, "%s: what this entry matches goes on without this", why);
		json_decref(list);
	} else if (add) {
		if (!edit)
			build_put(d->b, d->set, key, edit = json_object());
		build_put(d->b, edit, "add", list);
	} else {
		build_put(d->b, d->set, key, list);
	}
}

static void set_community(struct draft *d, const struct line *l, char **args, unsigned n)
{
	set_words(d, l, args, n, COMMUNITY_STANDARD);
}

static void set_large(struct draft *d, const struct line *l, char **args, unsigned n)
{
	set_words(d, l, args, n, COMMUNITY_LARGE);
}

/* set *comm-list NAME delete */
static void set_delete(struct draft *d, const struct line *l, char **args, unsigned n, unsigned parts)
{
	const char *key = parts == COMMUNITY_STANDARD ? "communities" : "large_communities";
	json_t *edit = json_object_get(d->set, key), *list = n == 2 && !json_is_array(edit) ? list_json(d, l, parts, args[0]) : NULL;

	if (!list) {
		note(&d->b->f->notes, l, "what this entry matches goes on with these communities");
		return;
	}
	if (!edit)
		build_put(d->b, d->set, key, edit = json_object());
	build_put(d->b, edit, "delete", list);
}

static void set_delete_standard(struct draft *d, const struct line *l, char **args, unsigned n)
{
	set_delete(d, l, args, n, COMMUNITY_STANDARD);
}

static void set_delete_large(struct draft *d, const struct line *l, char **args, unsigned n)
{
	set_delete(d, l, args, n, COMMUNITY_LARGE);
}

static void set_number(struct draft *d, const struct line *l, const char *word, const char *key)
{
	uint64_t v;

	if (frr_number(word, UINT32_MAX, &v))
		build_put(d->b, d->set, key, json_integer((json_int_t)v));
	else
		note(&d->b->f->notes, l, "weft sets it to a number: what this entry matches goes on as it is");
}

static void set_local_pref(struct draft *d, const struct line *l, char **args, unsigned n)
{
	(void)n;
	set_number(d, l, args[0], "local_pref");
}

static void set_med(struct draft *d, const struct line *l, char **args, unsigned n)
{
	(void)n;
	set_number(d, l, args[0], "med");
}

/* weft prepends what stands first anyway: its own AS on the way out, the peer's on the way in. */
static void set_prepend(struct draft *d, const struct line *l, char **args, unsigned n)
{
	bool last_as = strcmp(args[0], "last-as") == 0;
	uint64_t v = n, asn;

	if (last_as && (d->out || n != 2 || !frr_number(args[1], 32, &v)))
		v = 0;
	for (unsigned i = 0; i < n && !last_as && v; i++)
		if (!d->out || !frr_number(args[i], UINT32_MAX, &asn) || asn != d->b->asn)
			v = 0;
	if (v >= 1 && v <= 32)
		build_put(d->b, d->set, "prepend", json_integer((json_int_t)v));
	else
		note(&d->b->f->notes, l, "weft prepends its own AS on the way out and the peer's on the way in, up to 32 times: the path goes on as it is");
}

enum { MATCH_P4, MATCH_P6, MATCH_COMMUNITY, MATCH_LARGE, MATCH_AS_PATH, MATCH_ORIGIN, SET_LOCAL_PREF, SET_MED, SET_COMMUNITY, SET_LARGE,
       SET_DELETE, SET_DELETE_LARGE, SET_PREPEND, N_CLAUSES };

static clause_fn *const clause_fns[N_CLAUSES] = { match_prefix4, match_prefix6, match_community, match_large, match_as_path, match_origin,
	set_local_pref, set_med, set_community, set_large, set_delete_standard, set_delete_large, set_prepend };

#define NEXT_HOP "weft chooses next hops itself: its own address on the way out, the peer's on the way in"

static const struct frr_row clauses[] = {
	{ .words = "match ip address prefix-list", .what = MATCH_P4 }, { .words = "match ipv6 address prefix-list", .what = MATCH_P6 },
	{ .words = "match community", .what = MATCH_COMMUNITY }, { .words = "match large-community", .what = MATCH_LARGE },
	{ .words = "match as-path", .what = MATCH_AS_PATH }, { .words = "match origin", .what = MATCH_ORIGIN },
	{ .words = "set local-preference", .what = SET_LOCAL_PREF }, { .words = "set metric", .what = SET_MED },
	{ .words = "set community", .what = SET_COMMUNITY }, { .words = "set large-community", .what = SET_LARGE },
	{ .words = "set comm-list", .what = SET_DELETE }, { .words = "set large-comm-list", .what = SET_DELETE_LARGE },
	{ .words = "set as-path prepend", .what = SET_PREPEND },
	{ .words = "set ip next-hop", .why = NEXT_HOP }, { .words = "set ipv6 next-hop", .why = NEXT_HOP },
	{ .words = "set weight", .why = "a preference of this node alone is `local_pref` of an import policy; `weight` of weft is a share of the traffic" },
	{ .words = "set src", .why = "weft's IPv4 routes have the router-id as their source" },
	{ .words = "set", .why = "weft cannot set this" },
};
static const struct frr_rows clause_rows = { clauses, ARRAY_LEN(clauses) };

static void take_clause(struct draft *d, const struct line *l)
{
	unsigned used;
	const struct frr_row *row = row_find(&clause_rows, l->words, l->n_words, &used);

	if (!row || used == l->n_words)
		unknown(d, l, strcmp(l->words[0], "match") == 0 ? "weft cannot match this" : "a policy of weft has no jumps");
	else if (row->why)
		note(&d->b->f->notes, l, "%s: what this entry matches goes on without this", row->why);
	else
		clause_fns[row->what](d, l, l->words + used, l->n_words - used);
}

/* FRR has one clause of a kind in an entry: the last one. */
static bool superseded(const struct entry *e, size_t i)
{
	unsigned used;
	const struct frr_row *row = row_find(&clause_rows, e->says[i]->words, e->says[i]->n_words, &used);

	for (size_t k = i + 1; row && !row->why && k < e->n_says; k++)
		if (row_find(&clause_rows, e->says[k]->words, e->says[k]->n_words, &used) == row)
			return true;
	return false;
}

static void emit(struct draft *d, const char *key, json_t *condition, const char *action, json_t *rules)
{
	json_t *rule = json_object(), *match = json_copy(d->match);

	if (condition)
		build_put(d->b, match, key, json_incref(condition));
	if (d->families != d->b->families && !json_object_get(match, "prefixes"))
		build_put(d->b, match, "family", json_string(d->families == ONLY_V4 ? "ipv4" : "ipv6"));
	if (json_object_size(match))
		build_put(d->b, rule, "match", match);
	else
		json_decref(match);
	if (json_object_size(d->set) && strcmp(action, "accept") == 0)
		build_put(d->b, rule, "set", json_incref(d->set));
	build_put(d->b, rule, "action", json_string(action));
	build_put(d->b, rules, NULL, rule);
}

/* Of the entry, and of the list that stands before the route-map. */
static void put_prefixes(struct draft *d, const struct ranges *within)
{
	if (within && !d->listed) {
		for (size_t i = 0; i < within->n; i++)
			ranges_add(&d->prefixes, &within->r[i]);
	} else if (within) {
		ranges_both(&d->prefixes, within);
	}
	if (!d->listed && !within)
		return;
	if (d->prefixes.full) {                          /* the list before it alone: what it lets pass goes no further */
		note(&d->b->f->notes, d->e->line, "weft cannot say what this and the prefix list let pass together: this is left out, and what stands behind it");
		d->unknown = true;
		ranges_free(&d->prefixes);
	} else {
		d->never |= d->prefixes.n == 0;
		build_put(d->b, d->match, "prefixes", build_ranges(d->b, &d->prefixes));
	}
}

static void build_entry(struct draft *d, const struct ranges *within, json_t *rules)
{
	const char *action;
	size_t i;
	json_t *v;

	for (i = 0; i < d->e->n_says; i++)
		if ((d->e->permit || strcmp(d->e->says[i]->words[0], "match") == 0) && !superseded(d->e, i))
			take_clause(d, d->e->says[i]);
	put_prefixes(d, within);
	if (d->never)
		return;
	action = d->e->permit && !d->unknown ? "accept" : "reject";
	if (!d->key || d->unknown) {
		emit(d, NULL, NULL, action, rules);
		return;
	}
	json_array_foreach(d->denies, i, v)
		emit(d, d->key, v, "reject", rules);
	json_array_foreach(d->permits, i, v)
		emit(d, d->key, v, action, rules);
}

void build_rules(struct build *b, const struct list *map, unsigned families, bool out, const struct ranges *within, json_t *rules)
{
	for (size_t i = 0; i < map->n; i++) {
		struct draft d = { .b = b, .e = &map->entries[i], .families = families, .out = out, .last = i + 1 == map->n,
				   .match = json_object(), .set = json_object() };

		build_entry(&d, within, rules);
		ranges_free(&d.prefixes);
		json_decref(d.match);
		json_decref(d.set);
		json_decref(d.permits);
		json_decref(d.denies);
	}
}
