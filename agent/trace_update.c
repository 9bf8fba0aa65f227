/* An UPDATE, for `weft watch --packets`: what it announces and withdraws, and with what. */
#include "agent/trace.h"

#include <stdio.h>
#include <string.h>

#include "agent/base/community.h"
#include "agent/base/text.h"

#define ADD(...) text_add(text, TRACE_TEXT, __VA_ARGS__)

struct prefixes { json_t *list; char text[TRACE_PREFIXES_TEXT * (PREFIX_STRLEN + 2) + 16]; size_t n; };

static void collect(struct prefixes *l, char sign, struct span nlri, uint8_t family)
{
	struct rd r = rd_of(nlri.p, nlri.n);
	char s[PREFIX_STRLEN];
	struct prefix p;

	for (; nlri_next(&r, family, &p); l->n++) {
		if (l->n < TRACE_PREFIXES)
			json_array_append_new(l->list, json_string(prefix_str(&p, s)));
		if (l->n < TRACE_PREFIXES_TEXT)
			text_add(l->text, sizeof(l->text), " %c%s", sign, prefix_str(&p, s));
	}
}

static void put_prefixes(const struct prefixes *l, const char *key, json_t *detail, char *text)
{
	char count[40];

	snprintf(count, sizeof(count), "%s_count", key);
	json_object_set_new(detail, key, l->list);
	json_object_set_new(detail, count, json_integer((json_int_t)l->n));
	if (!l->n)
		return;
	ADD("%s%s", *text ? ", " : "", l->text + 1);
	if (l->n > TRACE_PREFIXES_TEXT)
		ADD(" and %zu more", l->n - TRACE_PREFIXES_TEXT);
}

static void communities(struct span c, unsigned parts, json_t *list, char *text)
{
	struct rd r = rd_of(c.p, c.n);
	char s[COMMUNITY_STRLEN];

	while (rd_left(&r) >= community_size(parts)) {
		struct community value = community_get(rd_take(&r, community_size(parts)), parts);

		json_array_append_new(list, json_string(community_str(&value, parts, s)));
		ADD(" %s", s);
	}
}

static void attributes(const struct bgp_update *u, json_t *detail, char *text)
{
	static const char *const origins[] = { [ORIGIN_IGP] = "igp", [ORIGIN_EGP] = "egp", [ORIGIN_INCOMPLETE] = "incomplete" };
	const struct attrs *a = &u->attrs;
	const char *origin = a->origin <= ORIGIN_INCOMPLETE ? origins[a->origin] : "?";
	json_t *list = json_array();
	char path[256], hop[INET6_ADDRSTRLEN];

	aspath_str(a->as_path, path, sizeof(path));
	json_object_set_new(detail, "origin", json_string(origin));
	json_object_set_new(detail, "as_path", json_string(path));
	json_object_set_new(detail, "next_hop", json_string(in6_str(u->mp_reach_family ? &a->next_hop : &u->classic_next_hop, hop)));
	ADD(", path %s, origin %s, next hop %s", *path ? path : "empty", origin, hop);
	if (a->has & ATTRS_MED) {
		json_object_set_new(detail, "med", json_integer(a->med));
		ADD(", MED %u", a->med);
	}
	if (a->has & ATTRS_LOCAL_PREF) {
		json_object_set_new(detail, "local_pref", json_integer(a->local_pref));
		ADD(", local preference %u", a->local_pref);
	}
	json_object_set_new(detail, "communities", list);
	if (a->communities.n || a->large_communities.n)
		ADD(", communities");
	communities(a->communities, COMMUNITY_STANDARD, list, text);
	communities(a->large_communities, COMMUNITY_LARGE, list, text);
	if (a->unknown.n)
		ADD(", %u bytes of attributes that weft does not know", a->unknown.n);
}

void trace_update(const struct bgp_update *u, json_t *detail, char *text)
{
	struct prefixes out = { .list = json_array() }, in = { .list = json_array() };

	collect(&out, '-', u->withdrawn, AF_INET);
	if (u->mp_unreach_family)
		collect(&out, '-', u->mp_unreach, u->mp_unreach_family);
	collect(&in, '+', u->nlri, AF_INET);
	if (u->mp_reach_family)
		collect(&in, '+', u->mp_reach, u->mp_reach_family);
	put_prefixes(&out, "withdrawn", detail, text);
	put_prefixes(&in, "announced", detail, text);
	if (in.n)
		attributes(u, detail, text);
	for (int i = 0; i < 2; i++)
		if (u->eor[i]) {
			json_object_set_new(detail, "end_of_rib", json_string(i ? "ipv6" : "ipv4"));
			ADD("%sEnd-of-RIB %s", *text ? ", " : "", i ? "ipv6" : "ipv4");
		}
	if (u->treat_as_withdraw) {
		json_object_set_new(detail, "error", json_string(u->what ? u->what : "malformed"));
		ADD(", treated as withdrawn (RFC 7606): %s (attribute %u)", u->what ? u->what : "malformed", u->what_attr);
	}
}
