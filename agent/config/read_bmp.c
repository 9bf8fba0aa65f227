/* `bmp`: false, or the collector that is told what BGP does here, and what of it. */
#include "agent/config/read.h"

#include <arpa/inet.h>
#include <string.h>

#include "agent/base/own.h"

#define PORT 1790
#define STATISTICS_S 60
#define COLLECTOR_ALLOWED "the IPv4 or IPv6 address of a collector, such as \"192.0.2.1\" or \"2001:db8::1\""
#define MONITOR_ALLOWED "some of [\"pre-policy\", \"post-policy\", \"loc-rib\"], each once"

/* IPv4 becomes IPv4-mapped; written so, it is none. One on this very node is as good as any. */
static bool read_collector(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct in6_addr a = { .s6_addr = { [10] = 0xff, 0xff } };
	struct config_bmp *bmp = into;
	const char *s = json_string_value(v->json);
	char shown[VAL_SHOWN];
	bool v4 = inet_pton(AF_INET, s, a.s6_addr + 12) == 1;

	if (v4 ? a.s6_addr[12] == 0 || a.s6_addr[12] >= 224
	       : inet_pton(AF_INET6, s, &a) != 1 || IN6_IS_ADDR_V4MAPPED(&a) || IN6_IS_ADDR_UNSPECIFIED(&a) || IN6_IS_ADDR_MULTICAST(&a) || in6_is_ll(&a))
		return val_bad(r, v, "is %s, allowed: %s", val_shown(v, shown), row->allowed);
	bmp->collector = a;
	return true;
}

static bool read_monitor(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config_bmp *bmp = into;
	char shown[VAL_SHOWN];
	struct val kid;

	memset(bmp->monitor, 0, sizeof(bmp->monitor));
	if (!val_first(v, &kid))
		return val_bad(r, v, "is empty, allowed: %s", row->allowed);
	for (bool more = true; more; more = val_next(&kid)) {
		const char *s = json_string_value(kid.json);
		int i = 0;

		while (i < MONITORS && (!s || strcmp(s, config_monitor_str((enum config_monitor)i)) != 0))
			i++;
		if (i == MONITORS || bmp->monitor[i])
			return val_bad(r, &kid, "is %s, allowed: %s", val_shown(&kid, shown), row->allowed);
		bmp->monitor[i] = true;
	}
	return true;
}

static const struct row bmp_rows[] = {
	{ .key = "collector", .types = T_STRING, .read = read_collector, .required = true, .allowed = COLLECTOR_ALLOWED },
	{ .key = "port", .types = T_NUMBER, .read = read_u16, .offset = offsetof(struct config_bmp, port), .min = 1, .max = 65535,
	  .allowed = "1 to 65535" },
	{ .key = "monitor", .types = T_LIST, .read = read_monitor, .allowed = MONITOR_ALLOWED },
	{ .key = "statistics", .types = T_NUMBER, .read = read_u16, .offset = offsetof(struct config_bmp, statistics_s), .max = 3600,
	  .allowed = "0 to 3600 seconds, 0 for none" },
};

const char *config_monitor_str(enum config_monitor m)
{
	static const char *const names[] = { [MONITOR_PRE] = "pre-policy", [MONITOR_POST] = "post-policy", [MONITOR_LOC_RIB] = "loc-rib" };

	return names[m];
}

bool read_bmp(struct reading *r, const struct val *v, const struct row *row, void *into)
{
	struct config_bmp *bmp = (struct config_bmp *)((char *)into + row->offset);

	*bmp = (struct config_bmp){ 0 };
	if (json_is_false(v->json))
		return true;
	if (json_is_true(v->json))
		return val_bad(r, v, "is true, allowed: %s", row->allowed);
	*bmp = (struct config_bmp){ .on = true, .port = PORT, .statistics_s = STATISTICS_S, .monitor = { true, true, true } };
	read_object(r, v, bmp_rows, ARRAY_LEN(bmp_rows), bmp);
	return true;
}

json_t *bmp_json(const struct config_bmp *bmp)
{
	json_t *list = json_array();
	char s[INET6_ADDRSTRLEN];

	if (!bmp->on) {
		json_decref(list);
		return json_false();
	}
	for (int i = 0; i < MONITORS; i++)
		if (bmp->monitor[i])
			json_array_append_new(list, json_string(config_monitor_str((enum config_monitor)i)));
	return json_pack("{s:s, s:i, s:o, s:i}", "collector", in6_str(&bmp->collector, s), "port", bmp->port, "monitor", list, "statistics",
			 bmp->statistics_s);
}
