#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/config/config.h"

static const char full[] =
	"{\"asn\": \"4210000001\", \"router_id\": \"10.0.254.1\", \"hostname\": \"leaf01\","
	" \"links\": {\"swp1\": {\"asn\": 65001, \"gtsm\": true, \"routers\": 3}, \"swp*\": {\"asn\": [\"64512-65534\", \"7\", 8], \"ra_loss\": \"teardown\","
	" \"max_prefixes\": 1000, \"role\": \"rs-client\", \"role_strict\": true, \"blackhole\": [{\"prefix\": \"10.1.0.0/16\", \"ge\": 30}]}, \"e?h[0-3]\": {}},"
	" \"originate\": {\"interfaces\": [\"lo\", \"vlan*\"], \"prefixes\": [{\"prefix\": \"10.1.0.0/16\", \"ge\": 26},"
	" {\"prefix\": \"10.0.254.0/24\", \"ge\": 32, \"le\": 32}, {\"prefix\": \"10.2.0.0/16\"}, {\"prefix\": \"2001:db8::/32\", \"le\": 64}]},"
	" \"loopback\": false, \"timers\": {\"hold\": 30, \"ra_interval\": 10, \"ra_lifetime\": 30}, \"ipv4_next_hop\": \"inet6\","
	" \"multipath\": 256, \"resilient\": {\"buckets\": 512, \"idle_timer_seconds\": 60}, \"graceful_restart\": {\"long_lived_seconds\": {\"ipv4\": 3600}}, \"start_hold\": 60, \"advertise_installed\": true, \"ipv6\": false, \"software_version\": true, \"manage_sysctls\": false,"
	" \"bmp\": {\"collector\": \"2001:db8::9\", \"port\": 5000, \"monitor\": [\"loc-rib\", \"pre-policy\"], \"statistics\": 0}}";

static struct config *parse(const char *text)
{
	struct config_errors *e = NULL;
	struct config *c = NULL;
	int r = config_parse(text, strlen(text), "f", &c, &e);

	cr_assert_eq(r, 0, "%s", e ? config_errors_line(e, 0) : "no memory");
	return c;
}

Test(config_use, the_first_glob_that_matches_a_link_wins)
{
	struct config *c = parse(full);
	const struct config_link *l = config_link_for(c, "swp1");

	cr_assert_not_null(l);
	cr_expect_eq(l->routers, 3);
	cr_expect(l->terms.gtsm && l->n_asn == 1 && l->asn[0].first == 65001 && l->asn[0].last == 65001);
	l = config_link_for(c, "swp10");
	cr_assert_not_null(l);
	cr_expect_eq(l->routers, 1, "unless said");
	cr_expect(!l->terms.gtsm && l->ra_loss_teardown && l->terms.limit.max == 1000 && l->n_asn == 3);
	cr_expect(l->terms.role == ROLE_RS_CLIENT && l->terms.role_strict && l->terms.blackhole.n_prefixes == 1);
	cr_expect(l->asn[0].first == 64512 && l->asn[0].last == 65534 && l->asn[1].first == 7 && l->asn[2].last == 8);
	cr_expect_str_eq(config_link_for(c, "eth3")->glob, "e?h[0-3]");
	cr_expect_null(config_link_for(c, "eth4"));
	config_free(c);
}

Test(config_use, auto_has_no_settings_for_any_link_and_an_empty_list_has_no_links)
{
	struct config *c = parse("{\"asn\": 1, \"router_id\": \"10.0.0.1\", \"links\": \"auto\"}");

	cr_expect(c->links_auto && !config_link_for(c, "swp1"));
	config_free(c);
	c = parse("{\"asn\": 1, \"router_id\": \"10.0.0.1\", \"links\": []}");
	cr_expect(!c->links_auto && c->n_links == 0);
	config_free(c);
	c = parse("{\"asn\": 1, \"router_id\": \"10.0.0.1\", \"links\": [\"swp*\", \"eth0\"]}");
	cr_expect(!c->links_auto && c->n_links == 2 && config_link_for(c, "eth0") == &c->links[1]);
	config_free(c);
}

Test(config_use, a_rule_allows_the_lengths_from_ge_to_le)
{
	static const struct { const char *prefix; bool allowed; } rows[] = {
		{ "10.1.0.0/16", false }, { "10.1.2.0/25", false }, { "10.1.2.0/26", true }, { "10.1.2.3/32", true },
		{ "10.0.254.7/32", true }, { "10.0.254.0/24", false },
		{ "10.2.0.0/16", true }, { "10.2.1.0/24", false },
		{ "2001:db8::/32", true }, { "2001:db8:1::/64", true }, { "2001:db8::1/128", false }, { "10.3.0.0/16", false },
	};
	struct config *c = parse(full);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct prefix p;

		cr_assert_eq(prefix_parse(rows[i].prefix, &p), 0);
		cr_expect_eq(config_rule_allows(c, &p), rows[i].allowed, "%s", rows[i].prefix);
	}
	cr_expect(config_originates(c, "lo") && config_originates(c, "vlan10") && !config_originates(c, "swp1"));
	config_free(c);
}

Test(config_use, without_rules_every_prefix_is_allowed)
{
	struct config *c = parse("{\"asn\": 1, \"router_id\": \"10.0.0.1\", \"originate\": []}");
	struct prefix p = { .family = AF_INET };

	cr_expect(config_rule_allows(c, &p));
	cr_expect_not(config_originates(c, "lo"));
	config_free(c);
}

Test(config_use, single_addresses_are_discarded_where_no_prefixes_say_more)
{
	struct config *c = parse("{\"asn\": 1, \"router_id\": \"10.0.0.1\", \"links\": {\"a\": {\"blackhole\": true}, \"b\": {\"blackhole\": "
				 "[{\"prefix\": \"10.1.0.0/16\", \"ge\": 30}]}, \"c\": {\"blackhole\": false}}}");
	static const struct { const char *prefix; bool a, b; } rows[] = {
		{ "10.1.2.3/32", true, true }, { "10.2.2.3/32", true, false }, { "10.1.2.0/30", false, true }, { "10.1.2.0/29", false, false },
		{ "2001:db8::1/128", true, false }, { "2001:db8::/64", false, false }, { "0.0.0.0/0", false, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct prefix p;

		cr_assert_eq(prefix_parse(rows[i].prefix, &p), 0);
		cr_expect_eq(config_blackhole_allows(&config_link_for(c, "a")->terms.blackhole, &p), rows[i].a, "%s", rows[i].prefix);
		cr_expect_eq(config_blackhole_allows(&config_link_for(c, "b")->terms.blackhole, &p), rows[i].b, "%s", rows[i].prefix);
		cr_expect_not(config_blackhole_allows(&config_link_for(c, "c")->terms.blackhole, &p), "%s", rows[i].prefix);
	}
	config_free(c);
}

Test(config_use, json_shows_every_key_and_is_the_same_configuration_again)
{
	static const char *const keys[] = { "asn", "router_id", "hostname", "links", "originate", "loopback", "timers", "ipv4_next_hop",
	                                    "multipath", "resilient", "graceful_restart", "start_hold", "advertise_installed", "ipv6", "software_version", "bfd", "damping", "neighbors", "med", "policy", "manage_sysctls", "weighted", "bmp",
	                                    "metrics" };
	struct config *c = parse(full), *again;
	json_t *j = config_json(c), *second;
	AUTO_FREE char *text = json_dumps(j, 0);

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		cr_expect_not_null(json_object_get(j, keys[i]), "%s", keys[i]);
	cr_expect_eq(json_object_size(j), ARRAY_LEN(keys));
	again = parse(text);
	second = config_json(again);
	cr_expect(json_equal(j, second), "%s", text);
	json_decref(j);
	json_decref(second);
	config_free(c);
	config_free(again);
}

Test(config_use, json_shows_null_for_what_the_wiring_fills_in)
{
	struct config *c = parse("{\"asn\": 1, \"router_id\": \"10.0.0.1\"}");
	json_t *j = config_json(c);

	cr_expect(json_is_null(json_object_get(j, "hostname")) && json_is_null(json_object_get(j, "ipv4_next_hop")));
	cr_expect_str_eq(json_string_value(json_object_get(j, "links")), "auto");
	json_decref(j);
	c->ipv4_next_hop.s_addr = inet_addr("192.0.2.1");
	j = config_json(c);
	cr_expect_str_eq(json_string_value(json_object_get(j, "ipv4_next_hop")), "192.0.2.1");
	json_decref(j);
	config_free(c);
}

Test(config_use, a_password_is_hidden_from_whoever_looks_at_the_configuration)
{
	struct config *c = parse("{\"asn\": 1, \"router_id\": \"10.0.0.1\", \"links\": {\"swp1\": {\"password\": \"secret\"}, \"*\": {}}}");
	json_t *j = config_json(c), *links = json_object_get(j, "links");

	cr_expect_str_eq(config_link_for(c, "swp1")->terms.password, "secret");
	cr_expect_str_eq(config_link_for(c, "swp2")->terms.password, "");
	cr_expect_str_eq(json_string_value(json_object_get(json_object_get(links, "swp1"), "password")), CONFIG_HIDDEN);
	cr_expect(json_is_null(json_object_get(json_object_get(links, "*"), "password")));
	json_decref(j);
	config_free(c);
}

Test(config_use, long_lived_restart_is_off_by_default_and_named_for_each_family_or_for_both)
{
	static const struct { const char *more; uint32_t seconds[2]; } rows[] = {
		{ "", { 0, 0 } }, { ", \"graceful_restart\": {}", { 0, 0 } },
		{ ", \"graceful_restart\": {\"long_lived_seconds\": 3600}", { 3600, 3600 } },
		{ ", \"graceful_restart\": {\"long_lived_seconds\": {\"ipv4\": 3600}}", { 3600, 0 } },
		{ ", \"graceful_restart\": {\"long_lived_seconds\": {\"ipv6\": 16777215, \"ipv4\": 1}}", { 1, 16777215 } },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct config *c;
		char text[256];

		snprintf(text, sizeof(text), "{\"asn\": 1, \"router_id\": \"10.0.0.1\"%s}", rows[i].more);
		c = parse(text);
		cr_expect_arr_eq(c->long_lived, rows[i].seconds, sizeof(c->long_lived), "%s", rows[i].more);
		config_free(c);
	}
}
