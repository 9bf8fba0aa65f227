/* `resilient`: what is meant by it, that it is shown as what it was, and what is refused. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/config.h"

#define HEAD "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", "

static struct config *parse(const char *text, char error[256])
{
	struct config_errors *errors = NULL;
	struct config *c = NULL;

	*error = '\0';
	if (config_parse(text, strlen(text), "f", &c, &errors) < 0) {
		snprintf(error, 256, "%s", config_errors_line(errors, 0));
		config_errors_free(errors);
	}
	return c;
}

Test(config_resilient, has_defaults_for_what_is_not_said_and_is_shown_whole)
{
	static const struct { const char *member; struct config_resilient want; const char *shown; } rows[] = {
		{ "\"ipv6\": true", { 0 }, "false" },
		{ "\"resilient\": false", { 0 }, "false" },
		{ "\"resilient\": true", { 128, 120, 0 }, "{\"buckets\":128,\"idle_timer_seconds\":120,\"unbalanced_timer_seconds\":0}" },
		{ "\"resilient\": {}", { 128, 120, 0 }, "{\"buckets\":128,\"idle_timer_seconds\":120,\"unbalanced_timer_seconds\":0}" },
		{ "\"resilient\": {\"buckets\": 4096, \"idle_timer_seconds\": 0, \"unbalanced_timer_seconds\": 86400}", { 4096, 0, 86400 },
		  "{\"buckets\":4096,\"idle_timer_seconds\":0,\"unbalanced_timer_seconds\":86400}" },
		{ "\"resilient\": {\"buckets\": 8}, \"multipath\": 8", { 8, 120, 0 },
		  "{\"buckets\":8,\"idle_timer_seconds\":120,\"unbalanced_timer_seconds\":0}" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[256], error[256];
		struct config *c, *again;
		json_t *j;
		char *dump, *shown;

		snprintf(text, sizeof(text), HEAD "\"hostname\": \"h\", \"ipv4_next_hop\": \"169.254.0.1\", %s}", rows[i].member);
		c = parse(text, error);
		cr_assert(c, "%s: %s", text, error);
		cr_expect(c->resilient.buckets == rows[i].want.buckets && c->resilient.idle_s == rows[i].want.idle_s &&
			  c->resilient.unbalanced_s == rows[i].want.unbalanced_s, "%s", text);
		j = config_json(c);
		shown = json_dumps(json_object_get(j, "resilient"), JSON_COMPACT | JSON_ENCODE_ANY);
		cr_expect_str_eq(shown, rows[i].shown, "%s", shown);
		dump = json_dumps(j, 0);
		again = parse(dump, error);
		cr_assert(again, "%s: %s", dump, error);
		cr_expect_eq(again->resilient.buckets, rows[i].want.buckets);
		free(dump);
		free(shown);
		json_decref(j);
		config_free(c);
		config_free(again);
	}
}

Test(config_resilient, what_cannot_be_is_refused_with_what_can)
{
	static const struct { const char *members, *line; } rows[] = {
		{ "\"resilient\": 1",
		  "f:1:43: resilient: is a number, allowed: true, false, or an object such as {\"buckets\": 128, \"idle_timer_seconds\": 120}" },
		{ "\"resilient\": {\"buckets\": 0}", "f:1:57: resilient.buckets: is 0, allowed: 8 to 4096" },
		{ "\"resilient\": {\"buckets\": 4097}", "f:1:57: resilient.buckets: is 4097, allowed: 8 to 4096" },
		{ "\"resilient\": {\"idle_timer_seconds\": 86401}", "f:1:57: resilient.idle_timer_seconds: is 86401, allowed: 0 to 86400 seconds" },
		{ "\"resilient\": {\"unbalanced_timer_seconds\": -1}",
		  "f:1:57: resilient.unbalanced_timer_seconds: is -1, allowed: 1 to 86400 seconds, or 0 for never" },
		{ "\"resilient\": {\"idle_timer\": 1}", "f:1:57: resilient.idle_timer: unknown key, allowed: buckets, idle_timer_seconds, unbalanced_timer_seconds" },
		{ "\"resilient\": {\"buckets\": 63}",
		  "f:1:43: resilient: has 63 buckets for a multipath of 64, allowed: a bucket for each next hop" },
		{ "\"multipath\": 256, \"resilient\": true",
		  "f:1:61: resilient: has 128 buckets for a multipath of 256, allowed: a bucket for each next hop" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[256], error[256];
		struct config *c;

		snprintf(text, sizeof(text), HEAD "%s}", rows[i].members);
		c = parse(text, error);
		cr_expect_null(c, "%s", text);
		cr_expect_str_eq(error, rows[i].line, "%s", error);
		config_free(c);
	}
}
