/* `bmp`: what is meant by it, that it is shown as what it was, and what is refused. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/config.h"

#define HEAD "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", "

static struct config *parse(const char *member, char error[256])
{
	struct config_errors *errors = NULL;
	struct config *c = NULL;
	char text[512];

	snprintf(text, sizeof(text), HEAD "%s}", member);
	*error = '\0';
	if (config_parse(text, strlen(text), "f", &c, &errors) < 0) {
		snprintf(error, 256, "%s", config_errors_line(errors, 0));
		config_errors_free(errors);
	}
	return c;
}

Test(config_bmp, is_off_by_default_and_else_tells_everything_once_a_minute)
{
	static const struct { const char *member, *shown; } rows[] = {
		{ "\"ipv6\": true", "false" },
		{ "\"bmp\": false", "false" },
		{ "\"bmp\": {\"collector\": \"192.0.2.1\"}",
		  "{\"collector\":\"192.0.2.1\",\"port\":1790,\"monitor\":[\"pre-policy\",\"post-policy\",\"loc-rib\"],\"statistics\":60}" },
		{ "\"bmp\": {\"collector\": \"127.0.0.1\", \"port\": 65535, \"statistics\": 0}",
		  "{\"collector\":\"127.0.0.1\",\"port\":65535,\"monitor\":[\"pre-policy\",\"post-policy\",\"loc-rib\"],\"statistics\":0}" },
		{ "\"bmp\": {\"collector\": \"2001:DB8::1\", \"monitor\": [\"loc-rib\", \"pre-policy\"], \"statistics\": 3600}",
		  "{\"collector\":\"2001:db8::1\",\"port\":1790,\"monitor\":[\"pre-policy\",\"loc-rib\"],\"statistics\":3600}" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char error[256], again[300];
		struct config *c = parse(rows[i].member, error), *second;
		json_t *j = c ? config_json(c) : NULL;
		AUTO_FREE char *shown = j ? json_dumps(json_object_get(j, "bmp"), JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

		cr_assert(shown, "%s: %s", rows[i].member, error);
		cr_expect_str_eq(shown, rows[i].shown);
		snprintf(again, sizeof(again), "\"bmp\": %s", shown);
		second = parse(again, error);
		cr_assert(second, "%s: %s", again, error);
		cr_expect_eq(memcmp(&second->bmp, &c->bmp, sizeof(c->bmp)), 0, "%s", again);
		json_decref(j);
		config_free(c);
		config_free(second);
	}
}

#define ADDRESS ", allowed: the IPv4 or IPv6 address of a collector, such as \"192.0.2.1\" or \"2001:db8::1\""
#define LIST ", allowed: some of [\"pre-policy\", \"post-policy\", \"loc-rib\"], each once"
#define OBJECT ", allowed: false, or an object such as {\"collector\": \"192.0.2.1\", \"port\": 1790}"

Test(config_bmp, what_cannot_be_is_refused_with_what_can)
{
	static const struct { const char *member, *error; } rows[] = {
		{ "\"bmp\": true", "f:1:43: bmp: is true" OBJECT },
		{ "\"bmp\": \"192.0.2.1\"", "f:1:43: bmp: is a string" OBJECT },
		{ "\"bmp\": {}", "f:1:43: bmp.collector: is missing" ADDRESS },
		{ "\"bmp\": {\"collector\": \"collector.example\"}", "f:1:51: bmp.collector: is \"collector.example\"" ADDRESS },
		{ "\"bmp\": {\"collector\": \"fe80::1\"}", "f:1:51: bmp.collector: is \"fe80::1\"" ADDRESS },
		{ "\"bmp\": {\"collector\": \"224.0.0.1\"}", "f:1:51: bmp.collector: is \"224.0.0.1\"" ADDRESS },
		{ "\"bmp\": {\"collector\": \"0.0.0.0\"}", "f:1:51: bmp.collector: is \"0.0.0.0\"" ADDRESS },
		{ "\"bmp\": {\"collector\": \"::\"}", "f:1:51: bmp.collector: is \"::\"" ADDRESS },
		{ "\"bmp\": {\"collector\": \"ff02::1\"}", "f:1:51: bmp.collector: is \"ff02::1\"" ADDRESS },
		{ "\"bmp\": {\"collector\": \"::ffff:192.0.2.1\"}", "f:1:51: bmp.collector: is \"::ffff:192.0.2.1\"" ADDRESS },
		{ "\"bmp\": {\"collector\": \"192.0.2.1\", \"port\": 0}", "f:1:77: bmp.port: is 0, allowed: 1 to 65535" },
		{ "\"bmp\": {\"collector\": \"192.0.2.1\", \"statistics\": 3601}", "f:1:77: bmp.statistics: is 3601, allowed: 0 to 3600 seconds, 0 for none" },
		{ "\"bmp\": {\"collector\": \"192.0.2.1\", \"monitor\": []}", "f:1:77: bmp.monitor: is empty" LIST },
		{ "\"bmp\": {\"collector\": \"192.0.2.1\", \"monitor\": [\"adj-rib-out\"]}", "f:1:89: bmp.monitor[0]: is \"adj-rib-out\"" LIST },
		{ "\"bmp\": {\"collector\": \"192.0.2.1\", \"monitor\": [\"loc-rib\", \"loc-rib\"]}", "f:1:100: bmp.monitor[1]: is \"loc-rib\"" LIST },
		{ "\"bmp\": {\"collector\": \"192.0.2.1\", \"colector\": 1}", "f:1:77: bmp.colector: unknown key, did you mean \"collector\"?" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char error[256];

		cr_expect_null(parse(rows[i].member, error), "%s", rows[i].member);
		cr_expect_str_eq(error, rows[i].error, "%s: %s", rows[i].member, error);
	}
}
