#include "agent/config/read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/asre.h"
#include "agent/base/own.h"
#include "agent/config/suggest.h"

#define AS_PATH_MAX 255                  /* characters of an expression */

int read_word(struct reading *r, const struct val *v, const char *const *words, size_t n, const char *allowed)
{
	const char *s = json_string_value(v->json), *near = suggest(s, words, n);
	char shown[VAL_SHOWN];

	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], s) == 0)
			return (int)i;
	if (near)
		val_bad(r, v, "is %s, did you mean \"%s\"?", val_shown(v, shown), near);
	else
		val_bad(r, v, "is %s, allowed: %s", val_shown(v, shown), allowed);
	return -1;
}

static bool read_community(struct reading *r, const struct val *v, unsigned parts, bool stars, struct community *ret)
{
	static const char *const names[] = { "graceful_shutdown", "blackhole", "no_export", "no_advertise", "no_export_subconfed",
					     "llgr_stale", "no_llgr" };
	const char *allowed = parts == COMMUNITY_LARGE ? "a large community such as \"4200000000:1:2\"" :
			      "a community such as \"65000:1\", or the name of a well-known one such as \"no_export\"";
	const char *near;
	char shown[VAL_SHOWN];

	if (!val_is(r, v, T_STRING, allowed))
		return false;
	if (community_parse(json_string_value(v->json), parts, stars, ret) == 0)
		return true;
	near = parts == COMMUNITY_STANDARD ? suggest(json_string_value(v->json), names, ARRAY_LEN(names)) : NULL;
	if (near)
		return val_bad(r, v, "%s is no community, did you mean \"%s\"?", val_shown(v, shown), near);
	return val_bad(r, v, "%s is no community, allowed: %s%s", val_shown(v, shown), allowed, stars ? "; * for any number" : "");
}

bool read_communities(struct reading *r, const struct val *v, unsigned parts, bool stars, struct community_list *ret)
{
	struct val kid;
	bool good = true;

	if (json_array_size(v->json) > COMMUNITIES_MAX)
		return val_bad(r, v, "has %zu entries, allowed: at most %d", json_array_size(v->json), COMMUNITIES_MAX);
	ret->c = val_list(r, v, sizeof(*ret->c));
	for (bool more = ret->c && val_first(v, &kid); more; more = val_next(&kid))
		good &= read_community(r, &kid, parts, stars, &ret->c[ret->n++]);
	return good;
}

/* In the struct a list that is empty is one that was not given. */
static bool not_empty(struct reading *r, const struct val *v, const struct row *row)
{
	return json_array_size(v->json) > 0 || val_bad(r, v, "is an empty list, allowed: %s; leave it out to match every route", row->allowed);
}

static bool read_prefixes(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct policy_match *m = into;

	return not_empty(r, v, row) && read_prefix_ranges(r, v, &m->prefixes, &m->n_prefixes);
}

static bool read_standard(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct policy_match *m = into;

	return not_empty(r, v, row) && read_communities(r, v, COMMUNITY_STANDARD, true, &m->communities[EDIT_STANDARD]);
}

static bool read_large(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct policy_match *m = into;

	return not_empty(r, v, row) && read_communities(r, v, COMMUNITY_LARGE, true, &m->communities[EDIT_LARGE]);
}

/* [1, 2] is "^1 2$": exactly this path. */
static bool list_to_text(struct reading *r, const struct val *v, char text[AS_PATH_MAX + 1])
{
	size_t n = 1;
	struct val kid;

	strcpy(text, "^");
	for (bool more = val_first(v, &kid); more; more = val_next(&kid)) {
		json_int_t asn = json_integer_value(kid.json);

		if (!val_is(r, &kid, T_NUMBER, "a number from 1 to 4294967295"))
			return false;
		if (asn < 1 || asn > UINT32_MAX)
			return val_bad(r, &kid, "is %lld, allowed: a number from 1 to 4294967295", (long long)asn);
		n += (size_t)snprintf(text + n, AS_PATH_MAX - n, "%s%lld", n > 1 ? " " : "", (long long)asn);
		if (n >= AS_PATH_MAX - 1)
			return val_bad(r, v, "is too long, allowed: as many numbers as fit into %d characters", AS_PATH_MAX);
	}
	strcpy(text + n, "$");
	return true;
}

static bool read_as_path(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	const char *text = json_string_value(v->json), *why;
	struct policy_match *m = into;
	char shown[VAL_SHOWN], buf[AS_PATH_MAX + 1];
	struct asre re;
	size_t at;

	if (!text && !list_to_text(r, v, buf))
		return false;
	if (text && strlen(text) > AS_PATH_MAX)
		return val_bad(r, v, "has %zu characters, allowed: at most %d", strlen(text), AS_PATH_MAX);
	if (!text)
		text = buf;
	why = asre_compile(text, &re, &at);
	if (why)
		return val_bad(r, v, "%s has %s (character %zu), allowed: %s", val_shown(v, shown), why, at + 1, row->allowed);
	m->as_path = strdup(text);
	r->no_memory |= !m->as_path;
	return true;
}

static bool read_link(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct policy_match *m = into;
	(void)row;

	return read_glob(r, v, json_string_value(v->json), m->link);
}

static bool read_origin(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	static const char *const words[] = { "igp", "egp", "incomplete" };       /* RFC 4271 4.3 (a): 0, 1, 2 */
	struct policy_match *m = into;
	int i = read_word(r, v, words, ARRAY_LEN(words), row->allowed);

	m->has_origin = i >= 0;
	m->origin = i >= 0 ? (uint8_t)i : 0;
	return i >= 0;
}

static bool read_family(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	static const char *const words[] = { "ipv4", "ipv6" };
	struct policy_match *m = into;
	int i = read_word(r, v, words, ARRAY_LEN(words), row->allowed);

	m->family = i < 0 ? 0 : i == 0 ? AF_INET : AF_INET6;
	return i >= 0;
}

static const struct row match_rows[] = {
	{ .key = "prefixes", .types = T_LIST, .read = read_prefixes, .allowed = "a list of objects such as {\"prefix\": \"10.1.0.0/16\", \"ge\": 26}" },
	{ .key = "communities", .types = T_LIST, .read = read_standard, .allowed = "a list such as [\"65000:1\", \"no_export\"]" },
	{ .key = "large_communities", .types = T_LIST, .read = read_large, .allowed = "a list such as [\"4200000000:1:2\"]" },
	{ .key = "as_path", .types = T_STRING | T_LIST, .read = read_as_path,
	  .allowed = "a list of AS numbers, or an expression such as \"^65001 .* [65100-65199]$\"" },
	{ .key = "link", .types = T_STRING, .read = read_link, .allowed = "an interface glob" },
	{ .key = "family", .types = T_STRING, .read = read_family, .allowed = "\"ipv4\" or \"ipv6\"" },
	{ .key = "origin", .types = T_STRING, .read = read_origin, .allowed = "\"igp\", \"egp\" or \"incomplete\"" },
};

bool read_match(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct policy_rule *rule = into;
	(void)row;

	read_object(r, v, match_rows, ARRAY_LEN(match_rows), &rule->match);
	return true;
}
