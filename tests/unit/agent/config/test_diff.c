/* Every key has an answer, and what differs is found. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/diff.h"

static struct config *parse(const char *text)
{
	struct config_errors *errors = NULL;
	struct config *c = NULL;

	if (config_parse(text, strlen(text), "test", &c, &errors) < 0)
		cr_assert_fail("%s", config_errors_line(errors, 0));
	return c;
}

static void check_key(void *ctx, const char *key, bool whole)
{
	size_t *n = ctx;

	++*n;
	cr_expect(whole || config_takes(key), "%s: what does its change take? A row in agent/config/answers.c says it", key);
}

Test(config_diff, every_key_of_the_configuration_has_an_answer)
{
	size_t n = 0;

	config_keys(check_key, &n);
	cr_expect_gt(n, 50u);
}

/* The manual names every key as ".It Ic key"; templates/man is where the tests run. */
static void check_manual(void *ctx, const char *key, bool whole)
{
	const char *name = strrchr(key, '.') ? strrchr(key, '.') + 1 : key;
	char line[64];

	(void)whole;
	snprintf(line, sizeof(line), ".It Ic %s\n", name);
	cr_expect_not_null(strstr(ctx, line), "weft.json(5) does not tell of %s", key);
}

Test(config_diff, every_key_is_in_the_manual)
{
	static char text[512 * 1024];
	FILE *f = fopen("templates/man/weft.json.5", "re");

	cr_assert_not_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = 0;
	fclose(f);
	config_keys(check_manual, text);
}

Test(config_diff, a_key_that_nobody_knows_has_none)
{
	cr_expect_eq(config_takes("timers.holt"), 0u);
	cr_expect_eq(config_takes("links.*.hold"), 0u);
}

#define BASE "\"asn\": 65001, \"router_id\": \"10.0.0.1\", \"hostname\": \"a\""
#define POLICIES "\"policy\": {\"p\": [{\"action\": \"accept\"}], \"q\": [{\"action\": \"reject\"}]}"

/* What differs between {BASE, from} and {BASE, to}: "path=takes ...". */
static const char *differ(const char *from, const char *to)
{
	static char text[1024];
	char a[1024], b[1024];
	struct config_diff *d = NULL;
	struct config *x, *y;

	snprintf(a, sizeof(a), "{" BASE "%s%s}", *from ? ", " : "", from);
	snprintf(b, sizeof(b), "{" BASE "%s%s}", *to ? ", " : "", to);
	x = parse(a);
	y = parse(b);
	cr_assert_eq(config_diff_new(&d, x, y), 0);
	text[0] = 0;
	for (size_t i = 0; i < d->n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "", d->changes[i].path);
	config_diff_free(d);
	config_free(x);
	config_free(y);
	return text;
}

Test(config_diff, what_differs_is_named_by_its_path)
{
	static const struct { const char *from, *to, *paths; } rows[] = {
		{ "", "", "" },
		{ "", "\"multipath\": 64, \"timers\": {\"hold\": 9}, \"links\": \"auto\"", "" },
		{ "", "\"multipath\": 8", "multipath" },
		{ "", "\"timers\": {\"hold\": 30, \"keepalive\": 3}", "timers.hold" },
		{ "", "\"timers\": {\"hold\": 30}", "timers.hold timers.keepalive" },
		{ "", "\"graceful_restart\": {\"long_lived_seconds\": 60}", "graceful_restart.long_lived_seconds" },
		{ "", "\"bfd\": true", "bfd" },
		{ "\"bfd\": true", "\"bfd\": {\"interval_ms\": 50}", "bfd" },
		{ "", "\"originate\": [\"lo\", \"vlan*\"]", "originate" },
		{ "", "\"links\": [\"swp*\"]", "links" },
		{ "\"links\": [\"a\", \"b\"]", "\"links\": [\"b\", \"a\"]", "links" },
		{ "\"links\": [\"swp*\"]", "\"links\": {\"swp*\": {}}", "" },
		{ "\"links\": {\"swp1\": {}, \"swp*\": {}}", "\"links\": {\"swp1\": {\"gtsm\": true, \"routers\": 2}, \"swp*\": {}}", "links.swp1.gtsm links.swp1.routers" },
		{ "\"links\": {\"swp*\": {}}", "\"links\": {\"swp*\": {\"asn\": 7}}", "links.swp*.asn" },
		{ "\"links\": {\"swp*\": {\"asn\": 7}}", "\"links\": {\"swp*\": {}}", "links.swp*.asn" },
		{ "\"links\": {\"swp*\": {\"password\": \"one\"}}", "\"links\": {\"swp*\": {\"password\": \"two\"}}", "links.swp*.password" },
		{ "\"links\": {\"swp*\": {\"password\": \"one\"}}", "\"links\": {\"swp*\": {}}", "links.swp*.password" },
		{ "\"links\": [\"swp*\"], \"bfd\": true", "\"links\": [\"swp*\"]", "bfd links.swp*.bfd" },
		{ "", POLICIES, "policy.p policy.q" },
		{ POLICIES, "\"policy\": {\"p\": [{\"action\": \"accept\"}], \"q\": [{\"action\": \"accept\"}]}", "policy.q" },
		{ "", "\"neighbors\": [{\"address\": \"192.0.2.1\", \"remote_asn\": 65002}]", "neighbors.192.0.2.1" },
		{ "\"neighbors\": [{\"address\": \"192.0.2.1\", \"remote_asn\": 65002}]", "", "neighbors.192.0.2.1" },
		{ "\"neighbors\": [{\"address\": \"192.0.2.1\", \"remote_asn\": 65002}, {\"address\": \"2001:db8::1\", \"remote_asn\": 65002}]",
		  "\"neighbors\": [{\"address\": \"2001:db8::1\", \"remote_asn\": 65002}, {\"address\": \"192.0.2.1\", \"remote_asn\": 65002}]", "" },
		{ "\"neighbors\": [{\"address\": \"192.0.2.1\", \"remote_asn\": 65002}]",
		  "\"neighbors\": [{\"address\": \"192.0.2.1\", \"remote_asn\": 65003, \"passive\": true, \"password\": \"x\"}]",
		  "neighbors.192.0.2.1.remote_asn neighbors.192.0.2.1.passive neighbors.192.0.2.1.password" },
		{ "\"neighbors\": [{\"address\": \"192.0.2.1\", \"remote_asn\": 65002, \"password\": \"x\"}]",
		  "\"neighbors\": [{\"address\": \"192.0.2.1\", \"remote_asn\": 65002, \"password\": \"y\"}]", "neighbors.192.0.2.1.password" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		cr_expect_str_eq(differ(rows[i].from, rows[i].to), rows[i].paths, "%s, then %s", rows[i].from, rows[i].to);
}

Test(config_diff, a_password_is_in_no_difference)
{
	struct config *a = parse("{" BASE ", \"links\": {\"swp*\": {\"password\": \"secret-1\"}}}");
	struct config *b = parse("{" BASE ", \"links\": {\"swp*\": {\"password\": \"secret-2\"}}}");
	struct config_diff *d = NULL;

	cr_assert_eq(config_diff_new(&d, a, b), 0);
	cr_assert_eq(d->n, 1u);
	cr_expect_str_eq(json_string_value(d->changes[0].from), CONFIG_HIDDEN);
	cr_expect_str_eq(json_string_value(d->changes[0].to), CONFIG_HIDDEN);
	config_diff_free(d);
	config_free(a);
	config_free(b);
}

Test(config_diff, what_a_link_has_to_go_through_follows_from_the_entry_that_is_for_it)
{
	static const struct { const char *from, *to, *link; unsigned takes; } rows[] = {
		{ "{\"swp1\": {}, \"swp*\": {}}", "{\"swp1\": {\"import\": \"none\"}, \"swp*\": {}}", "swp1", TAKES_IMPORT },
		{ "{\"swp1\": {}, \"swp*\": {}}", "{\"swp1\": {\"import\": \"none\"}, \"swp*\": {}}", "swp2", 0 },
		{ "{\"swp1\": {\"export\": \"none\"}, \"swp*\": {}}", "{\"swp*\": {}}", "swp1", TAKES_EXPORT },
		{ "{\"swp1\": {\"gtsm\": true}, \"swp*\": {}}", "{\"swp*\": {}, \"swp1\": {\"gtsm\": true}}", "swp1", TAKES_SESSION },
		{ "{\"swp*\": {\"password\": \"one\"}}", "{\"swp*\": {\"password\": \"two\"}}", "swp1", TAKES_SESSION },
		{ "{\"swp*\": {\"import\": \"p\", \"export\": \"q\"}}", "{\"swp*\": {\"import\": \"p\", \"export\": \"q\"}}", "swp1", TAKES_IMPORT },
		{ "{\"swp*\": {\"bfd\": true}}", "{\"swp*\": {}}", "swp1", TAKES_BFD },
		{ "{\"swp*\": {\"asn\": 7}}", "{\"swp*\": {}}", "swp1", TAKES_ASN },
	};
	struct config_takes t;
	struct config_diff *d;
	char text[1024];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct config *a, *b;

		snprintf(text, sizeof(text), "{" BASE ", \"policy\": {\"p\": [{\"action\": \"accept\"}], \"q\": [{\"action\": \"reject\"}]}, \"links\": %s}", rows[i].from);
		a = parse(text);
		snprintf(text, sizeof(text), "{" BASE ", \"policy\": {\"p\": [{\"action\": \"reject\"}], \"q\": [{\"action\": \"reject\"}]}, \"links\": %s}", rows[i].to);
		b = parse(text);
		t = (struct config_takes){ .of = ~0u };
		cr_assert_eq(config_diff_new(&d, a, b), 0);
		cr_assert_eq(config_link_takes(d, rows[i].link, &t), 0);
		cr_expect_eq(t.takes, rows[i].takes, "row %zu: %#x", i, t.takes);
		cr_expect_eq(*t.why != 0, t.takes != 0);
		config_diff_free(d);
		config_free(a);
		config_free(b);
	}
}
