/* "expect": who is to be at the other end of a link. */
#include "agent/config/read.h"

#include <string.h>

bool read_expect(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct cable_end *end = (struct cable_end *)((char *)into + row->offset);
	const char *s = json_string_value(v->json), *colon = s ? strchr(s, ':') : NULL;  /* no hostname has one, some ports do */
	size_t n = s ? strcspn(s, ":") : 0, m = colon ? strlen(colon + 1) : 0;
	char shown[VAL_SHOWN];

	if (!s)
		return true;
	for (const char *p = s; *p; p++)
		if (*p <= ' ' || *p > '~')
			return val_bad(r, v, "is %s, allowed: %s", val_shown(v, shown), row->allowed);
	if (n == 0 || (colon && m == 0) || n >= sizeof(end->host) || m >= sizeof(end->port))
		return val_bad(r, v, "is %s, allowed: %s; at most 129 and 64 characters", val_shown(v, shown), row->allowed);
	memcpy(end->host, s, n);
	memcpy(end->port, colon ? colon + 1 : "", m);
	return true;
}

void check_expect(struct reading *r, const struct val *v, const struct config_link *link)
{
	struct val at;

	if (link->strict && !*link->expect.host && val_get(v, "strict", &at))
		val_bad(r, &at, "is true without a plan, allowed: false, or give expect");
	if (*link->expect.port && strpbrk(link->glob, "*?[") && val_get(v, "expect", &at))
		val_bad(r, &at, "names one port, and \"%s\" may be several links, allowed: the host alone, or an entry for each link", link->glob);
	if (*link->expect.host && link->routers > 1 && val_get(v, "expect", &at))
		val_bad(r, &at, "says who is at the other end of a cable, where there may be several routers, allowed: null, or routers 1");
}
