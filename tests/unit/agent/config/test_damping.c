/* `damping`, global and of a link: what holds on which link, and what is allowed. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/config.h"

#define HEAD "{\"asn\": 65001, \"router_id\": \"10.0.254.1\""

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

/* "off", or "2 free, 150 ms to 60 s", for the link swp1. */
static const char *on_swp1(const struct config *c)
{
	static char s[64];
	const struct config_damping *d = config_damping_for(c, "swp1");

	if (!d->on)
		return "off";
	snprintf(s, sizeof(s), "%u free, %u ms to %u s", d->free, d->first_ms, d->max_s);
	return s;
}

Test(config_damping, a_link_has_what_it_says_itself_else_what_all_have)
{
	static const struct { const char *members, *swp1; } rows[] = {
		{ "", "2 free, 150 ms to 60 s" },
		{ ", \"damping\": true", "2 free, 150 ms to 60 s" },
		{ ", \"damping\": {}", "2 free, 150 ms to 60 s" },
		{ ", \"damping\": false", "off" },
		{ ", \"damping\": {\"free\": 0}", "0 free, 150 ms to 60 s" },
		{ ", \"damping\": {\"free\": 1000, \"first_ms\": 60000, \"max_seconds\": 3600}", "1000 free, 60000 ms to 3600 s" },
		{ ", \"links\": [\"swp*\"], \"damping\": false", "off" },
		{ ", \"links\": [\"swp*\"]", "2 free, 150 ms to 60 s" },
		{ ", \"links\": {\"swp*\": {}}, \"damping\": {\"free\": 5}", "5 free, 150 ms to 60 s" },
		{ ", \"links\": {\"swp*\": {\"damping\": true}}, \"damping\": {\"free\": 5}", "5 free, 150 ms to 60 s" },
		{ ", \"links\": {\"swp*\": {\"damping\": true}}, \"damping\": false", "2 free, 150 ms to 60 s" },
		{ ", \"links\": {\"swp*\": {\"damping\": false}}", "off" },
		{ ", \"links\": {\"swp2\": {\"damping\": false}, \"swp*\": {\"damping\": {\"max_seconds\": 5}}}", "2 free, 150 ms to 5 s" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[256], error[256];
		struct config *c, *again;
		json_t *j, *second;
		char *dump;

		/* the rest is what the wiring fills in */
		snprintf(text, sizeof(text), HEAD ", \"hostname\": \"h\", \"ipv4_next_hop\": \"169.254.0.1\"%s}", rows[i].members);
		c = parse(text, error);
		cr_assert(c, "%s: %s", text, error);
		cr_expect_str_eq(on_swp1(c), rows[i].swp1, "%s: %s", text, on_swp1(c));
		j = config_json(c);
		dump = json_dumps(j, 0);
		again = parse(dump, error);
		cr_assert(again, "%s: %s", dump, error);
		second = config_json(again);
		cr_expect(json_equal(j, second), "what is shown is the same configuration again: %s", dump);
		cr_expect_str_eq(on_swp1(again), rows[i].swp1, "%s", dump);
		json_decref(j);
		json_decref(second);
		free(dump);
		config_free(c);
		config_free(again);
	}
}

Test(config_damping, without_a_file_it_is_on)
{
	struct config *c;

	cr_assert_eq(config_minimal(65001, (struct in_addr){ htonl(0x0a00fe01) }, &c), 0);
	cr_expect_str_eq(on_swp1(c), "2 free, 150 ms to 60 s");
	config_free(c);
}

Test(config_damping, what_cannot_be_is_refused_with_what_is_allowed)
{
	static const struct { const char *value, *error; } rows[] = {
		{ "5", "f:1:43: damping: is a number, allowed: true, false, or an object such as {\"free\": 2, \"first_ms\": 150, \"max_seconds\": 60}" },
		{ "{\"free\": 1001}", "f:1:55: damping.free: is 1001, allowed: 0 to 1000 failures" },
		{ "{\"first_ms\": 0}", "f:1:55: damping.first_ms: is 0, allowed: 1 to 60000 milliseconds" },
		{ "{\"max_seconds\": 3601}", "f:1:55: damping.max_seconds: is 3601, allowed: 1 to 3600 seconds" },
		{ "{\"max_second\": 1}", "f:1:55: damping.max_second: unknown key, did you mean \"max_seconds\"?" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[256], error[256];

		snprintf(text, sizeof(text), HEAD ", \"damping\": %s}", rows[i].value);
		cr_expect_null(parse(text, error), "%s", text);
		cr_expect_str_eq(error, rows[i].error, "%s: %s", text, error);
	}
}
