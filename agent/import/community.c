#include "agent/import/build.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"

static const struct { const char *frr, *weft; } names[] = {
	{ "no-export", "no_export" }, { "no-advertise", "no_advertise" }, { "local-AS", "no_export_subconfed" }, { "local-as", "no_export_subconfed" },
	{ "graceful-shutdown", "graceful_shutdown" }, { "blackhole", "blackhole" }, { "llgr-stale", "llgr_stale" }, { "no-llgr", "no_llgr" },
	{ "accept-own", "65535:1" }, { "no-peer", "65535:65284" }, { "route-filter-translated-v4", "65535:2" }, { "route-filter-v4", "65535:3" },
	{ "route-filter-translated-v6", "65535:4" }, { "route-filter-v6", "65535:5" }, { "accept-own-nexthop", "65535:8" },
};

const char *community_word(const char *from, unsigned parts, char ret[COMMUNITY_STRLEN])
{
	struct community c;
	uint64_t number;

	for (size_t i = 0; i < ARRAY_LEN(names) && parts == COMMUNITY_STANDARD; i++)
		if (strcmp(names[i].frr, from) == 0)
			from = names[i].weft;
	if (parts == COMMUNITY_STANDARD && frr_number(from, UINT32_MAX, &number)) {
		snprintf(ret, COMMUNITY_STRLEN, "%u:%u", (unsigned)(number >> 16), (unsigned)(number & 0xffff));
		return NULL;
	}
	if (community_parse(from, parts, false, &c) < 0)
		return "weft knows no such community";
	community_str(&c, parts, ret);
	return NULL;
}

static const char cannot[] = "weft matches numbers of communities, * for any: say where each begins and ends with _";

/* One part of an expression: digits, or what stands for any. */
static bool take_part(const char **at, bool *ret_any)
{
	static const char *const any[] = { "[0-9]+", "[0-9]*", ".*", ".+" };
	size_t n = strspn(*at, "0123456789");

	*ret_any = !n;
	*at += n;
	for (size_t i = 0; !n && i < ARRAY_LEN(any); i++)
		if (strncmp(*at, any[i], strlen(any[i])) == 0) {
			*at += strlen(any[i]);
			return true;
		}
	return n > 0;
}

/* FRR matches the text of all communities of the route; _ stands around each. */
const char *community_expression(const char *from, unsigned parts, char ret[COMMUNITY_STRLEN])
{
	bool bound = *from == '_', any = false;
	const char *at = from + bound, *start;
	struct community c;
	size_t n = 0;

	for (unsigned i = 0; i < parts; i++) {
		if (i > 0 && *at++ != ':')
			return cannot;
		start = at;
		if (!take_part(&at, &any))
			return cannot;
		/* Five digits cannot be the end of more, in 16 bits; any number can be cut wherever. */
		if (i == 0 && !bound && !any && !(parts == COMMUNITY_STANDARD && at - start == 5))
			return cannot;
		if (any && i > 0 && i + 1 < parts && *start == '.')
			return cannot;
		if (n + (size_t)(at - start) + 2 >= COMMUNITY_STRLEN)
			return cannot;
		n += (size_t)(any ? snprintf(ret + n, COMMUNITY_STRLEN - n, "%s*", i ? ":" : "")
		                  : snprintf(ret + n, COMMUNITY_STRLEN - n, "%s%.*s", i ? ":" : "", (int)(at - start), start));
	}
	if (strcmp(at, "_") != 0 && !(any && !*at))
		return cannot;
	return community_parse(ret, parts, true, &c) < 0 ? cannot : NULL;
}
