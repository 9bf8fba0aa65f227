/* `bfd`, global and of a link: what holds on which link, and which timers are allowed. */
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

/* "off", or "100 x 3", for the link swp1. */
static const char *on_swp1(const struct config *c)
{
	static char s[32];
	const struct config_bfd *bfd = config_bfd_for(c, "swp1");

	if (!bfd->on)
		return "off";
	snprintf(s, sizeof(s), "%u x %u", bfd->interval_ms, bfd->multiplier);
	return s;
}

Test(config_bfd, a_link_has_what_it_says_itself_else_what_all_have)
{
	static const struct { const char *members, *swp1; } rows[] = {
		{ "", "off" },
		{ ", \"bfd\": false", "off" },
		{ ", \"bfd\": true", "100 x 3" },
		{ ", \"bfd\": {}", "100 x 3" },
		{ ", \"bfd\": {\"interval_ms\": 20}", "20 x 3" },
		{ ", \"bfd\": {\"multiplier\": 5}", "100 x 5" },
		{ ", \"bfd\": {\"interval_ms\": 10, \"multiplier\": 3}", "10 x 3" },
		{ ", \"bfd\": {\"interval_ms\": 60000, \"multiplier\": 255}", "60000 x 255" },
		{ ", \"bfd\": {\"interval_ms\": 30, \"multiplier\": 1}", "30 x 1" },
		{ ", \"links\": [\"swp*\"], \"bfd\": true", "100 x 3" },
		{ ", \"links\": {\"swp*\": {}}, \"bfd\": {\"interval_ms\": 50}", "50 x 3" },
		{ ", \"links\": {\"swp*\": {\"bfd\": false}}, \"bfd\": true", "off" },
		{ ", \"links\": {\"swp*\": {\"bfd\": true}}", "100 x 3" },
		{ ", \"links\": {\"swp*\": {\"bfd\": true}}, \"bfd\": {\"interval_ms\": 50}", "50 x 3" },
		{ ", \"links\": {\"swp*\": {\"bfd\": true}}, \"bfd\": false", "100 x 3" },
		{ ", \"links\": {\"swp*\": {\"bfd\": {\"multiplier\": 4}}}, \"bfd\": {\"interval_ms\": 50}", "100 x 4" },
		{ ", \"links\": {\"swp2\": {\"bfd\": false}, \"swp*\": {}}, \"bfd\": true", "100 x 3" },
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

Test(config_bfd, what_cannot_be_is_refused_with_what_is_allowed)
{
	static const struct { const char *value, *error; } rows[] = {
		{ "null", "f:1:43: bfd: is null, allowed: true, false, or an object such as {\"interval_ms\": 100, \"multiplier\": 3}" },
		{ "100", "f:1:43: bfd: is a number, allowed: true, false, or an object such as {\"interval_ms\": 100, \"multiplier\": 3}" },
		{ "{\"interval_ms\": 9}", "f:1:51: bfd.interval_ms: is 9, allowed: 10 to 60000 milliseconds" },
		{ "{\"interval_ms\": 60001}", "f:1:51: bfd.interval_ms: is 60001, allowed: 10 to 60000 milliseconds" },
		{ "{\"multiplier\": 0}", "f:1:51: bfd.multiplier: is 0, allowed: 1 to 255 intervals" },
		{ "{\"multiplier\": 256}", "f:1:51: bfd.multiplier: is 256, allowed: 1 to 255 intervals" },
		{ "{\"interval_ms\": 10, \"multiplier\": 2}", "f:1:43: bfd: is 10 ms for 2 intervals, allowed: 30 ms or more" },
		{ "{\"intervall\": 10}", "f:1:51: bfd.intervall: unknown key, did you mean \"interval_ms\"?" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[256], error[256];

		snprintf(text, sizeof(text), HEAD ", \"bfd\": %s}", rows[i].value);
		cr_expect_null(parse(text, error), "%s", text);
		cr_expect_str_eq(error, rows[i].error, "%s: %s", text, error);
	}
}
