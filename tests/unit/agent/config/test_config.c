#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/config/config.h"

#define HEAD "\"asn\": 65001, \"router_id\": \"10.0.0.1\""

static struct config *good(const char *text)
{
	struct config_errors *e = NULL;
	struct config *c = NULL;
	int r = config_parse(text, strlen(text), "f", &c, &e);

	cr_assert_eq(r, 0, "%s: %s", text, e ? config_errors_line(e, 0) : strerror(-r));
	return c;
}

/* The one error line of a bad text. */
static void bad(const char *text, const char *expected)
{
	struct config_errors *e = NULL;
	struct config *c = NULL;

	cr_assert_eq(config_parse(text, strlen(text), "f", &c, &e), -EINVAL, "accepted: %s", text);
	cr_assert_null(c);
	cr_expect_str_eq(config_errors_line(e, 0), expected);
	cr_expect_eq(config_errors_count(e), 1, "%s: also %s", text, config_errors_line(e, 1));
	config_errors_free(e);
}

static bool accepted(const char *text)
{
	struct config_errors *e = NULL;
	struct config *c = NULL;
	int r = config_parse(text, strlen(text), "f", &c, &e);

	config_free(c);
	config_errors_free(e);
	return r == 0;
}

Test(config, asn_and_router_id_are_a_complete_configuration)
{
	struct config *c = good("{" HEAD "}");

	cr_expect_eq(c->asn, 65001);
	cr_expect_eq(c->router_id.s_addr, inet_addr("10.0.0.1"));
	cr_expect(c->links_auto && c->n_links == 0);
	cr_expect(c->n_originate == 1 && strcmp(c->originate[0], "lo") == 0 && c->n_rules == 0);
	cr_expect(c->loopback && c->ipv6 && c->manage_sysctls && !c->ipv4_next_hop_inet6);
	cr_expect(c->timers.hold == 9 && c->timers.keepalive == 3 && c->timers.connect_retry == 5);
	cr_expect(c->timers.ra_interval == 5 && c->timers.ra_lifetime == 0 && c->multipath == 64);
	cr_expect_eq(c->ipv4_next_hop.s_addr, 0, "the wiring fills in the default");
	cr_expect_str_eq(c->hostname, "");
	config_free(c);
}

Test(config, minimal_equals_the_two_keys_and_refuses_what_they_refuse)
{
	struct config *c = NULL;

	cr_assert_eq(config_minimal(65001, (struct in_addr){ inet_addr("10.0.0.1") }, &c), 0);
	cr_expect(c->asn == 65001 && c->links_auto && c->timers.hold == 9 && c->n_originate == 1);
	config_free(c);
	cr_expect_eq(config_minimal(23456, (struct in_addr){ inet_addr("10.0.0.1") }, &c), -EINVAL);
	cr_expect_eq(config_minimal(65001, (struct in_addr){ 0 }, &c), -EINVAL);
}

Test(config, every_kind_of_wrong_value_is_named_with_what_is_allowed)
{
	static const struct { const char *members, *line; } rows[] = {
		{ "\"timers\": {\"hold\": 2}", "f:1:52: timers.hold: is 2, allowed: 0 or 3 to 65535 seconds" },
		{ "\"timers\": {\"keepalive\": 4}", "f:1:52: timers.keepalive: is 4, allowed: at most 3, a third of hold 9" },
		{ "\"timers\": {\"keepalive\": 0}",
		  "f:1:52: timers.keepalive: is 0 and the session would not live longer than hold 9, allowed: 1 to 3" },
		{ "\"timers\": {\"ra_lifetime\": 4}",
		  "f:1:52: timers.ra_lifetime: is 4 and would run out before the next RA, allowed: 0, or ra_interval 5 to 9000" },
		{ "\"timers\": {\"connect_retry\": 0}", "f:1:52: timers.connect_retry: is 0, allowed: 1 to 65535 seconds" },
		{ "\"graceful_restart\": 5", "f:1:41: graceful_restart: is a number, allowed: an object such as {\"long_lived_seconds\": 3600}" },
		{ "\"start_hold\": 601", "f:1:41: start_hold: is 601, allowed: 0 to 600 seconds" },
		{ "\"graceful_restart\": {\"long_lived_seconds\": 16777216}",
		  "f:1:62: graceful_restart.long_lived_seconds: is 16777216, allowed: 0 to 16777215 seconds, or an object such as {\"ipv4\": 3600}" },
		{ "\"graceful_restart\": {\"long_lived_seconds\": {\"ipv6\": -1}}",
		  "f:1:85: graceful_restart.long_lived_seconds.ipv6: is -1, allowed: 0 to 16777215 seconds" },
		{ "\"multipath\": 257", "f:1:41: multipath: is 257, allowed: 1 to 256 next hops" },
		{ "\"multipath\": 2.5", "f:1:41: multipath: is a number with a fraction, allowed: 1 to 256 next hops" },
		{ "\"ipv6\": 1", "f:1:41: ipv6: is a number, allowed: true or false" },
		{ "\"hostname\": \"leaf 1\"",
		  "f:1:41: hostname: holds a space or a character that is not printable ASCII, allowed: 1 to 64 printable characters without spaces" },
		{ "\"hostname\": \"\"", "f:1:41: hostname: has 0 characters, allowed: 1 to 64 printable characters without spaces" },
		{ "\"ipv4_next_hop\": \"10.0.0.1\"", "f:1:41: ipv4_next_hop: is the router_id, allowed: an address that is nobody's" },
		{ "\"ipv4_next_hop\": \"224.0.0.1\"",
		  "f:1:41: ipv4_next_hop: 224.0.0.1 is not unicast, allowed: an IPv4 unicast or link-local address, or \"inet6\"" },
		{ "\"ipv4_next_hop\": \"ipv6\"", "f:1:41: ipv4_next_hop: \"ipv6\" is neither an IPv4 address nor \"inet6\", "
		  "allowed: an IPv4 unicast or link-local address, or \"inet6\"" },
		{ "\"ipv4_next_hop\": \"10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6\"",     /* longer than what is quoted of it */
		  "f:1:41: ipv4_next_hop: \"10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.... is neither an IPv4 address nor \"inet6\", "
		  "allowed: an IPv4 unicast or link-local address, or \"inet6\"" },
		{ "\"links\": \"all\"",
		  "f:1:41: links: is \"all\", allowed: \"auto\", a list of interface globs, or an object glob: settings" },
		{ "\"links\": [\"eth0\", \"averylongname016\"]", "f:1:59: links[1]: is 16 characters long and no interface name is, "
		  "allowed: 1 to 15 printable characters as in interface names, with *, ? and [...]" },
		{ "\"links\": [\"swp[1\"]", "f:1:51: links[0]: has a [ without ], "
		  "allowed: 1 to 15 printable characters as in interface names, with *, ? and [...]" },
		{ "\"links\": {\"swp*\": {\"ra_loss\": \"stop\"}}",
		  "f:1:60: links.swp*.ra_loss: is \"stop\", allowed: \"ignore\" or \"teardown\"" },
		{ "\"links\": {\"swp*\": {\"routers\": 0}}", "f:1:60: links.swp*.routers: is 0, allowed: 1 to 16" },
		{ "\"links\": {\"swp*\": {\"routers\": 17}}", "f:1:60: links.swp*.routers: is 17, allowed: 1 to 16" },
		{ "\"links\": {\"swp*\": {\"blackhole\": []}}", "f:1:60: links.swp*.blackhole: is an empty list, allowed: true, false, or a list "
		  "of objects such as {\"prefix\": \"10.1.0.0/16\", \"ge\": 32}; true allows any single address, false nothing" },
		{ "\"links\": {\"swp*\": {\"blackhole\": \"yes\"}}", "f:1:60: links.swp*.blackhole: is a string, allowed: true, false, or a list "
		  "of objects such as {\"prefix\": \"10.1.0.0/16\", \"ge\": 32}" },
		{ "\"links\": {\"swp*\": {\"role\": \"server\"}}", "f:1:60: links.swp*.role: is \"server\", allowed: "
		  "\"provider\", \"customer\", \"peer\", \"rs-server\", \"rs-client\", or null for none" },
		{ "\"links\": {\"swp*\": {\"role\": null, \"role_strict\": true}}",
		  "f:1:74: links.swp*.role_strict: is true without a role, allowed: false, or give role" },
		{ "\"links\": {\"swp1\": {\"strict\": true}}", "f:1:60: links.swp1.strict: is true without a plan, allowed: false, or give expect" },
		{ "\"links\": {\"swp1\": {\"expect\": \":swp1\"}}", "f:1:60: links.swp1.expect: is \":swp1\", allowed: \"HOST:PORT\" or \"HOST\", "
		  "of printable characters without spaces, or null for none; at most 129 and 64 characters" },
		{ "\"links\": {\"swp1\": {\"expect\": \"spine01:\"}}", "f:1:60: links.swp1.expect: is \"spine01:\", allowed: \"HOST:PORT\" or \"HOST\", "
		  "of printable characters without spaces, or null for none; at most 129 and 64 characters" },
		{ "\"links\": {\"swp1\": {\"expect\": \"spine01 swp1\"}}", "f:1:60: links.swp1.expect: is \"spine01 swp1\", allowed: \"HOST:PORT\" or \"HOST\", "
		  "of printable characters without spaces, or null for none" },
		{ "\"links\": {\"swp1\": {\"expect\": {}}}", "f:1:60: links.swp1.expect: is an object, allowed: \"HOST:PORT\" or \"HOST\", "
		  "of printable characters without spaces, or null for none" },
		{ "\"links\": {\"swp*\": {\"expect\": \"spine01:swp1\"}}", "f:1:60: links.swp*.expect: names one port, and \"swp*\" may be several links, "
		  "allowed: the host alone, or an entry for each link" },
		{ "\"links\": {\"swp1\": {\"expect\": \"spine01\", \"routers\": 2}}", "f:1:60: links.swp1.expect: says who is at the other end of a cable, "
		  "where there may be several routers, allowed: null, or routers 1" },
		{ "\"links\": {\"swp*\": {\"gtsm\": \"yes\"}}", "f:1:60: links.swp*.gtsm: is a string, allowed: true or false" },
		{ "\"links\": {\"swp*\": {\"asn\": [1, \"9-2\"]}}", "f:1:71: links.swp*.asn[1]: 9-2 is upside down, "
		  "allowed: an AS number, a range \"64512-65534\", or a list of these" },
		{ "\"originate\": {\"prefixes\": [{\"prefix\": \"10.0.0.0/8\", \"ge\": 7}]}",
		  "f:1:93: originate.prefixes[0].ge: is 7, allowed: from the prefix's own length 8 to 32" },
		{ "\"originate\": {\"prefixes\": [{\"prefix\": \"10.0.0.0/8\", \"le\": 33}]}",
		  "f:1:93: originate.prefixes[0].le: is 33, allowed: from 8 to 32" },
		{ "\"originate\": {\"prefixes\": [{\"prefix\": \"10.0.0.1/8\"}]}", "f:1:69: originate.prefixes[0].prefix: "
		  "\"10.0.0.1/8\" is no prefix, or has bits set behind its length, allowed: a prefix such as \"10.1.0.0/16\"" },
		{ "\"originate\": {\"prefixes\": [{}]}",
		  "f:1:68: originate.prefixes[0].prefix: is missing, allowed: a prefix such as \"10.1.0.0/16\"" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[512];

		snprintf(text, sizeof(text), "{" HEAD ", %s}", rows[i].members);
		bad(text, rows[i].line);
	}
}

Test(config, an_unknown_key_is_an_error_with_the_nearest_known_one)
{
	bad("{" HEAD ",\n \"multipaht\": 3}", "f:2:2: multipaht: unknown key, did you mean \"multipath\"?");
	bad("{" HEAD ", \"timers\": {\"Keep-Alive\": 3}}", "f:1:52: timers.Keep-Alive: unknown key, did you mean \"keepalive\"?");
	bad("{" HEAD ", \"timers\": {\"zzzz\": 3}}",
	    "f:1:52: timers.zzzz: unknown key, allowed: hold, keepalive, connect_retry, ra_interval, ra_lifetime");
	bad("{" HEAD ", \"\\u001b[2J\": 3}", "f:1:41: ?[2J: unknown key, allowed: asn, router_id, hostname, links, originate, loopback, "
	    "timers, ipv4_next_hop, multipath, resilient, graceful_restart, start_hold, advertise_installed, ipv6, software_version, manage_sysctls, weighted, bfd, damping, neighbors, med, policy, metrics, bmp, $schema");
}

Test(config, where_the_schema_is_may_stand_in_the_file_for_editors_and_changes_nothing)
{
	struct config *with = good("{\"$schema\": \"../schema/config.json\", " HEAD "}"), *without = good("{" HEAD "}");
	json_t *a = config_json(with), *b = config_json(without);

	cr_expect(json_equal(a, b));
	bad("{" HEAD ", \"$schema\": 1}", "f:1:41: $schema: is a number, allowed: the place of weft's JSON Schema");
	bad("{" HEAD ", \"links\": {\"e\": {\"$schema\": \"x\"}}}", "f:1:57: links.e.$schema: unknown key, allowed: asn, gtsm, password, role, "
	    "role_strict, bandwidth_mbps, blackhole, max_prefixes, import, export, ra_loss, routers, bfd, damping, expect, strict");
	json_decref(a);
	json_decref(b);
	config_free(with);
	config_free(without);
}

Test(config, all_errors_are_told_in_the_order_of_the_file)
{
	static const char text[] = "{\n\t\"ipv4_next_hop\": \"10.0.0.1\",\n\t\"timers\": {\"keepalive\": 5,\n\t\"hold\": 12},\n"
	                           "\t\"router_id\": \"10.0.0.1\",\n\t\"x\xc3\xa4\": 1, \"ipv6\": 0\n}";
	static const char *const starts[] = { "f:1:1: asn: is missing", "f:2:2: ipv4_next_hop: is the router_id",
	                                      "f:3:13: timers.keepalive: is 5, allowed: at most 4", "f:6:2: x??: unknown key",
	                                      "f:6:11: ipv6: is a number" };
	struct config_errors *e = NULL;
	struct config *c = NULL;

	cr_assert_eq(config_parse(text, strlen(text), "f", &c, &e), -EINVAL);
	cr_assert_eq(config_errors_count(e), ARRAY_LEN(starts));
	for (size_t i = 0; i < ARRAY_LEN(starts); i++)
		cr_expect_eq(strncmp(config_errors_line(e, i), starts[i], strlen(starts[i])), 0, "%s", config_errors_line(e, i));
	config_errors_free(e);
}

Test(config, as_numbers_that_nobody_may_use_are_refused_with_the_reason)
{
	static const struct { const char *asn, *says; } rows[] = {
		{ "0", "0 is reserved (RFC 7607)" },
		{ "23456", "23456 is AS_TRANS, which stands for others (RFC 6793)" },
		{ "65535", "65535 is the last of its range and reserved (RFC 7300)" },
		{ "4294967295", "4294967295 is the last of its range and reserved (RFC 7300)" },
		{ "4294967296", "4294967296 is no 4-octet AS number" },
		{ "-1", "-1 is no 4-octet AS number" },
		{ "\"0\"", "0 is reserved (RFC 7607)" },
		{ "\"023456\"", "23456 is AS_TRANS, which stands for others (RFC 6793)" },
		{ "\"4294967295\"", "4294967295 is the last of its range and reserved (RFC 7300)" },
		{ "\"65001x\"", "\"65001x\" is no AS number" },
		{ "\"1.1\"", "\"1.1\" is no AS number" },
		{ "\"\"", "\"\" is no AS number" },
		{ "\"99999999999\"", "\"99999999999\" is no AS number" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[128], line[256];

		snprintf(text, sizeof(text), "{\"asn\": %s, \"router_id\": \"10.0.0.1\"}", rows[i].asn);
		snprintf(line, sizeof(line), "f:1:2: asn: %s, allowed: a number from 1 to 4294967294 that is not reserved", rows[i].says);
		bad(text, line);
	}
	cr_expect(accepted("{\"asn\": \"4210000001\", \"router_id\": \"10.0.0.1\"}"));
}

Test(config, router_id_must_be_an_address_that_the_fabric_can_route)
{
	static const char *const refused[] = { "0.0.0.0", "127.0.0.1", "224.0.0.5", "255.255.255.255", "169.254.0.1", "10.0.0", "10.0.0.1/32",
	                                       "::1", "" };

	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		char text[128];

		snprintf(text, sizeof(text), "{\"asn\": 1, \"router_id\": \"%s\"}", refused[i]);
		cr_expect_not(accepted(text), "%s", refused[i]);
	}
}

Test(config, what_this_version_lacks_may_only_be_off)
{
	static const struct { const char *members; bool ok; } rows[] = {
		{ "\"links\": {\"e\": {\"export\": []}}", false }, { "\"links\": {\"e\": {\"expect\": \"\"}}", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[256];

		snprintf(text, sizeof(text), "{" HEAD ", %s}", rows[i].members);
		cr_expect_eq(accepted(text), rows[i].ok, "%s", text);
	}
}

Test(config, a_password_is_1_to_80_printable_characters_and_is_in_no_message)
{
#define ALLOWED ", allowed: 1 to 80 printable characters, or null for none"
	char text[256], x81[82] = { 0 };

	memset(x81, 'x', 81);
	cr_expect(accepted("{" HEAD ", \"links\": {\"e\": {\"password\": null}}}"));
	cr_expect(accepted("{" HEAD ", \"links\": {\"e\": {\"password\": \"correct horse\"}}}"));
	snprintf(text, sizeof(text), "{" HEAD ", \"links\": {\"e\": {\"password\": \"%s\"}}}", x81 + 1);
	cr_expect(accepted(text), "80");
	snprintf(text, sizeof(text), "{" HEAD ", \"links\": {\"e\": {\"password\": \"%s\"}}}", x81);
	bad(text, "f:1:57: links.e.password: has 81 characters" ALLOWED);
	bad("{" HEAD ", \"links\": {\"e\": {\"password\": \"\"}}}", "f:1:57: links.e.password: has 0 characters" ALLOWED);
	bad("{" HEAD ", \"links\": {\"e\": {\"password\": \"a\\tb\"}}}",
	    "f:1:57: links.e.password: holds a character that is not printable ASCII" ALLOWED);
	bad("{" HEAD ", \"links\": {\"e\": {\"password\": 12345}}}", "f:1:57: links.e.password: is a number" ALLOWED);
	bad("{" HEAD ", \"links\": {\"e\": {\"password\": \"***\"}}}",
	    "f:1:57: links.e.password: is what stands for a hidden password in the output of weft" ALLOWED);
#undef ALLOWED
}

Test(config, timers_follow_hold_unless_told_otherwise)
{
	static const struct { const char *timers; unsigned hold, keepalive; } rows[] = {
		{ "{}", 9, 3 }, { "{\"hold\": 180}", 180, 60 }, { "{\"hold\": 4}", 4, 1 }, { "{\"hold\": 0}", 0, 0 },
		{ "{\"keepalive\": 2}", 9, 2 }, { "{\"keepalive\": 10, \"hold\": 30}", 30, 10 }, { "{\"keepalive\": 0, \"hold\": 0}", 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct config *c;
		char text[128];

		snprintf(text, sizeof(text), "{" HEAD ", \"timers\": %s}", rows[i].timers);
		c = good(text);
		cr_expect(c->timers.hold == rows[i].hold && c->timers.keepalive == rows[i].keepalive, "%s", rows[i].timers);
		config_free(c);
	}
}

Test(config, text_that_is_no_json_is_refused_at_its_place)
{
	bad("{\n \"asn\": 1,,\n}", "f:2:11: not valid JSON: string or '}' expected near ','");
	bad("{\"asn\": 1, \"asn\": 2}", "f:1:16: not valid JSON: duplicate object key near '\"asn\"'");
	bad("[1]", "f:1:1: is a list, allowed: an object such as {\"asn\": 4210000001, \"router_id\": \"10.0.254.1\"}");
	bad("{\"a\nb\x1b\": 1}", "f:1:3: not valid JSON: unexpected newline near '\"a'");
	bad("{\"\\u00\n\x1b\"", "f:1:7: not valid JSON: invalid escape near '\"\\u00?'");
	cr_expect_not(accepted(""));
	cr_expect_not(accepted("{" HEAD "} {}"));
	cr_expect_not(accepted("\xef\xbb\xbf{" HEAD "}"));
}

Test(config, a_flood_of_errors_is_cut_and_counted)
{
	struct config_errors *e = NULL;
	struct config *c = NULL;
	size_t n = 0, room = 64 * 1024;
	char *text = malloc(room);

	n += (size_t)snprintf(text, room, "{" HEAD);
	for (int i = 0; i < 2000; i++)
		n += (size_t)snprintf(text + n, room - n, ", \"zzzz%d\": 1", i);
	n += (size_t)snprintf(text + n, room - n, "}");
	cr_assert_eq(config_parse(text, n, "f", &c, &e), -EINVAL);
	cr_expect_eq(config_errors_count(e), 1001);
	cr_expect_str_eq(config_errors_line(e, 1000), "f: and 1000 more errors");
	cr_expect_null(config_errors_line(e, 1001));
	config_errors_free(e);
	free(text);
}

Test(config, lists_have_a_limit)
{
	size_t n = 0, room = 128 * 1024;
	char *text = malloc(room);

	n += (size_t)snprintf(text, room, "{" HEAD ", \"links\": [\"a\"");
	for (int i = 0; i < 4096; i++)
		n += (size_t)snprintf(text + n, room - n, ",\"e%d\"", i);
	snprintf(text + n, room - n, "]}");
	bad(text, "f:1:41: links: has 4097 entries, allowed: at most 4096");
	free(text);
}

Test(config, a_file_that_cannot_be_read_or_is_too_large_is_one_error_line)
{
	struct config_errors *e = NULL;
	struct config *c = NULL;
	char name[] = "/tmp/weft_test_config_XXXXXX";
	int fd = mkstemp(name);

	cr_assert_geq(fd, 0);
	cr_assert_eq(ftruncate(fd, (4 << 20) + 1), 0);
	cr_assert_eq(config_load(name, &c, &e), -EINVAL);
	cr_expect_not_null(strstr(config_errors_line(e, 0), ": is larger than 4 MB"));
	config_errors_free(e);
	cr_assert_eq(ftruncate(fd, 0), 0);
	cr_assert_eq(pwrite(fd, "{" HEAD "}", strlen("{" HEAD "}"), 0), (ssize_t)strlen("{" HEAD "}"));
	cr_expect_eq(config_load(name, &c, &e), 0);
	config_free(c);
	close(fd);
	unlink(name);
	cr_assert_eq(config_load("/nonexistent/weft.json", &c, &e), -EINVAL);
	cr_expect_str_eq(config_errors_line(e, 0), "/nonexistent/weft.json: No such file or directory");
	config_errors_free(e);
	cr_assert_eq(config_load("/", &c, &e), -EINVAL);
	config_errors_free(e);
}
