/* `weighted`, and `bandwidth_mbps` of links and numbered peers. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/config.h"

#define HEAD "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", "
#define PEER "\"neighbors\": [{\"address\": \"203.0.113.2\", \"remote_asn\": 65002, \"bandwidth_mbps\": 1000}]"

Test(config_weighted, off_by_default_and_each_way_to_a_peer_may_have_a_bandwidth)
{
	const char *text = HEAD "\"hostname\": \"a\", \"ipv4_next_hop\": \"inet6\", \"weighted\": true, \"links\": {\"swp1\": {\"bandwidth_mbps\": 4294967295}, \"swp*\": {}}, " PEER "}";
	struct config *c = NULL, *again = NULL;
	struct config_errors *errors = NULL;
	json_t *j;

	cr_assert_eq(config_minimal(65001, (struct in_addr){ htonl(0x0a00fe01) }, &c), 0);
	cr_expect_not(c->weighted);
	config_free(c);
	cr_assert_eq(config_parse(text, strlen(text), "f", &c, &errors), 0);
	j = config_json(c);
	AUTO_FREE char *shown = json_dumps(j, 0);
	cr_assert_eq(config_parse(shown, strlen(shown), "f", &again, &errors), 0, "%s", shown);
	for (int i = 0; i < 2; i++) {
		const struct config *which = i ? again : c;

		cr_expect(which->weighted);
		cr_expect_eq(config_link_for(which, "swp1")->terms.bandwidth_mbps, UINT32_MAX);
		cr_expect_eq(config_link_for(which, "swp2")->terms.bandwidth_mbps, 0u);
		cr_expect_eq(which->neighbors[0].terms.bandwidth_mbps, 1000u);
	}
	json_decref(j);
	config_free(c);
	config_free(again);
}

Test(config_weighted, what_is_no_bandwidth_is_refused)
{
	static const struct { const char *members, *error; } rows[] = {
		{ "\"weighted\": 1}", "f:1:43: weighted: is a number, allowed: true or false" },
		{ "\"links\": {\"a\": {\"bandwidth_mbps\": -1}}}",
		  "f:1:59: links.a.bandwidth_mbps: is -1, allowed: 1 to 4294967295 Mbit/s, or 0 for what the kernel says" },
		{ "\"links\": {\"a\": {\"bandwidth_mbps\": 4294967296}}}",
		  "f:1:59: links.a.bandwidth_mbps: is 4294967296, allowed: 1 to 4294967295 Mbit/s, or 0 for what the kernel says" },
		{ "\"links\": {\"a\": {\"bandwidth_mbps\": \"10G\"}}}",
		  "f:1:59: links.a.bandwidth_mbps: is a string, allowed: 1 to 4294967295 Mbit/s, or 0 for what the kernel says" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct config_errors *errors = NULL;
		struct config *c = NULL;
		char text[256];

		snprintf(text, sizeof(text), HEAD "%s", rows[i].members);
		cr_assert_lt(config_parse(text, strlen(text), "f", &c, &errors), 0, "%s", text);
		cr_expect_str_eq(config_errors_line(errors, 0), rows[i].error);
		config_errors_free(errors);
	}
}
