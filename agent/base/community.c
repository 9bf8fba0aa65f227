#include "agent/base/community.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"

static const struct {
	uint32_t value;
	const char *name;
} well_known[] = {
	{ COMMUNITY_GRACEFUL_SHUTDOWN, "graceful_shutdown" }, { COMMUNITY_BLACKHOLE, "blackhole" },
	{ COMMUNITY_NO_EXPORT, "no_export" }, { COMMUNITY_NO_ADVERTISE, "no_advertise" },
	{ COMMUNITY_NO_EXPORT_SUBCONFED, "no_export_subconfed" }, { COMMUNITY_LLGR_STALE, "llgr_stale" }, { COMMUNITY_NO_LLGR, "no_llgr" },
};

static uint32_t number_of(const struct community *c)
{
	return c->part[0] << 16 | c->part[1];
}

/* Decimal digits, at most ten of them; *s is behind them afterwards. */
static bool take_part(const char **s, uint32_t most, uint32_t *ret)
{
	size_t n = strspn(*s, "0123456789");
	uint64_t v = 0;

	if (n == 0 || n > 10)
		return false;
	for (size_t i = 0; i < n; i++)
		v = 10 * v + (uint64_t)((*s)[i] - '0');
	*s += n;
	*ret = (uint32_t)v;
	return v <= most;
}

int community_parse(const char *s, unsigned parts, bool stars, struct community *ret)
{
	uint32_t most = parts == COMMUNITY_STANDARD ? UINT16_MAX : UINT32_MAX;
	struct community c = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(well_known) && parts == COMMUNITY_STANDARD; i++) {
		if (strcmp(s, well_known[i].name) == 0) {
			*ret = (struct community){ .part = { well_known[i].value >> 16, well_known[i].value & 0xffff } };
			return 0;
		}
	}
	for (unsigned i = 0; i < parts; i++) {
		if (i > 0 && *s++ != ':')
			return -EINVAL;
		if (stars && *s == '*') {
			c.any |= (uint8_t)(1 << i);
			s++;
		} else if (!take_part(&s, most, &c.part[i])) {
			return -EINVAL;
		}
	}
	if (*s)
		return -EINVAL;
	*ret = c;
	return 0;
}

const char *community_str(const struct community *c, unsigned parts, char buf[COMMUNITY_STRLEN])
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(well_known) && parts == COMMUNITY_STANDARD && !c->any; i++) {
		if (well_known[i].value == number_of(c)) {
			snprintf(buf, COMMUNITY_STRLEN, "%s", well_known[i].name);
			return buf;
		}
	}
	for (unsigned i = 0; i < parts; i++) {
		if (c->any >> i & 1)
			n += (size_t)snprintf(buf + n, COMMUNITY_STRLEN - n, "%s*", i ? ":" : "");
		else
			n += (size_t)snprintf(buf + n, COMMUNITY_STRLEN - n, "%s%u", i ? ":" : "", c->part[i]);
	}
	return buf;
}

void community_put(const struct community *c, unsigned parts, uint8_t *to)
{
	uint32_t v[3] = { c->part[0], c->part[1], c->part[2] };

	if (parts == COMMUNITY_STANDARD)
		v[0] = number_of(c);
	for (size_t i = 0; i < community_size(parts); i++)
		to[i] = (uint8_t)(v[i / 4] >> (24 - 8 * (i % 4)));
}

struct community community_get(const uint8_t *from, unsigned parts)
{
	struct community c = { 0 };

	if (parts == COMMUNITY_STANDARD)
		return (struct community){ .part = { (uint32_t)(from[0] << 8 | from[1]), (uint32_t)(from[2] << 8 | from[3]) } };
	for (unsigned i = 0; i < 12; i++)
		c.part[i / 4] = c.part[i / 4] << 8 | from[i];
	return c;
}

bool community_matches(const struct community *pattern, unsigned parts, const uint8_t *value)
{
	struct community c = community_get(value, parts);

	for (unsigned i = 0; i < parts; i++)
		if (!(pattern->any >> i & 1) && pattern->part[i] != c.part[i])
			return false;
	return true;
}
