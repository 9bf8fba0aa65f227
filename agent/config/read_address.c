#include "agent/config/read.h"

#include <arpa/inet.h>
#include <string.h>

const char *router_id_refused(struct in_addr a)
{
	struct prefix p = prefix4(a, 32);

	if (a.s_addr == 0)                               /* RFC 6286 section 2.1: non-zero */
		return "is no identifier (RFC 6286)";
	/* It becomes the address of lo and is announced: what every peer refuses as a route is useless here. */
	return prefix_is_martian(&p) ? "is no address that a fabric can route" : NULL;
}

bool read_router_id(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config *c = into;
	char shown[VAL_SHOWN];
	struct in_addr a;
	const char *why;

	if (inet_pton(AF_INET, json_string_value(v->json), &a) != 1)
		return val_bad(r, v, "%s is no IPv4 address, allowed: %s", val_shown(v, shown), row->allowed);
	why = router_id_refused(a);
	if (why)
		return val_bad(r, v, "%s %s, allowed: %s", json_string_value(v->json), why, row->allowed);
	c->router_id = a;
	return true;
}

/* It only has to be an address that can stand behind an onlink route: link-local ones too, which is the usual choice. */
static bool next_hop_usable(struct in_addr a)
{
	uint32_t host = ntohl(a.s_addr);

	return host >> 24 != 0 && host >> 24 != 127 && host >> 29 != 7;
}

bool read_next_hop(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config *c = into;
	const char *s = json_string_value(v->json);
	char shown[VAL_SHOWN];
	struct in_addr a;

	if (strcmp(s, "inet6") == 0) {
		c->ipv4_next_hop_inet6 = true;
		return true;
	}
	if (inet_pton(AF_INET, s, &a) != 1)
		return val_bad(r, v, "%s is neither an IPv4 address nor \"inet6\", allowed: %s", val_shown(v, shown), row->allowed);
	if (!next_hop_usable(a))
		return val_bad(r, v, "%s is not unicast, allowed: %s", s, row->allowed);
	c->ipv4_next_hop = a;
	return true;
}
