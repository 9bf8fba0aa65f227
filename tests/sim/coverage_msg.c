#include "tests/sim/coverage.h"

#include <stdio.h>
#include <string.h>

#include "agent/bgp/msg.h"
#include "agent/bgp/notify.h"

static void count(const struct world *w, const char *group, const uint8_t head[21], size_t n)
{
	static const char *const names[] = { [BGP_OPEN] = "OPEN", [BGP_UPDATE] = "UPDATE", [BGP_KEEPALIVE] = "KEEPALIVE", [BGP_ROUTE_REFRESH] = "ROUTE-REFRESH" };
	char name[COVER_NAME];
	uint8_t type = head[18];

	if (type == BGP_UPDATE && n == BGP_HEADER_LEN + 4)
		cover(w, group, "UPDATE, End-of-RIB of IPv4");
	else if (type == BGP_NOTIFICATION && !notify_is_ours(head[19], head[20]))
		cover(w, group, "a NOTIFICATION that weft does not say");
	else if (type == BGP_NOTIFICATION)
		cover(w, group, bgp_notification_str(head[19], head[20], name, sizeof(name)));
	else
		cover(w, group, type >= BGP_OPEN && type <= BGP_ROUTE_REFRESH ? names[type] : "an unknown type");
}

void cover_bytes(const struct world *w, struct msg_tap *t, const char *group, const uint8_t *p, size_t n)
{
	size_t k, len;

	while (n && !t->lost) {
		if (t->skip) {
			k = t->skip < n ? t->skip : n;
			t->skip -= k;
			p += k;
			n -= k;
			continue;
		}
		t->head[t->have++] = *p++;
		n--;
		if (t->have < BGP_HEADER_LEN)
			continue;
		len = (size_t)t->head[16] << 8 | t->head[17];
		t->lost = len < BGP_HEADER_LEN;
		if (t->have < sizeof(t->head) && len >= sizeof(t->head))
			continue;
		if (!t->lost)
			count(w, group, t->head, len);
		t->skip = len > t->have ? len - t->have : 0;
		t->have = 0;
	}
}
