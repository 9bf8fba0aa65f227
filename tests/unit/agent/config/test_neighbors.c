#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/config/config.h"

/* remote_asn and address first: most tests are about the rest. timers stand behind: what they say counts all the same. */
#define TEXT "{\"asn\": 65001, \"router_id\": \"10.0.0.1\", \"neighbors\": [%s], \"timers\": {\"hold\": 30, \"keepalive\": 10}}"
#define PEER "\"address\": \"203.0.113.2\", \"remote_asn\": 65002"
#define IBGP "\"address\": \"203.0.113.2\", \"remote_asn\": \"internal\""

static struct config *good(const char *list)
{
	struct config_errors *e = NULL;
	struct config *c = NULL;
	char text[1024];
	int n = snprintf(text, sizeof(text), TEXT, list), r = config_parse(text, (size_t)n, "f", &c, &e);

	cr_assert_eq(r, 0, "%s: %s", text, e ? config_errors_line(e, 0) : "?");
	return c;
}

static struct in6_addr addr(const char *s)
{
	struct in6_addr a;

	cr_assert_eq(inet_pton(AF_INET6, s, &a), 1);
	return a;
}

static void is_addr(const struct in6_addr *a, const char *s)
{
	struct in6_addr want = addr(s);

	cr_expect(in6_eq(a, &want), "%s", s);
}

Test(neighbors, address_and_as_are_a_complete_peer)
{
	struct config *c = good("{" PEER "}");
	const struct config_neighbor *n = c->neighbors;

	cr_assert_eq(c->n_neighbors, 1);
	is_addr(&n->address, "::ffff:203.0.113.2");
	is_addr(&n->local, "::");
	cr_expect(n->remote_asn == 65002 && !n->internal && n->multihop == 1 && n->hold == 30 && n->keepalive == 10 && n->terms.limit.max == 0);
	cr_expect(!n->passive && !n->rr_client && !n->next_hop_self && !n->terms.gtsm && !*n->terms.password);
	cr_expect(n->terms.import.kind == FILTER_ALL && n->terms.export.kind == FILTER_ALL);
	cr_expect_not(c->med_always);
	config_free(c);
}

Test(neighbors, our_own_as_makes_an_internal_peer_in_number_and_word)
{
	struct config *c = good("{" IBGP "}, {\"address\": \"2001:db8::2\", \"remote_asn\": 65001, \"gtsm\": true, \"hold\": 90}, "
				"{\"address\": \"203.0.113.3\", \"remote_asn\": \"external\", \"hold\": 0}");
	const struct config_neighbor *n = c->neighbors;

	cr_expect(n[0].internal && n[0].remote_asn == 65001 && n[0].multihop == 255);
	cr_expect(n[1].internal && n[1].multihop == 1 && n[1].hold == 90 && n[1].keepalive == 30);
	cr_expect(!n[2].internal && n[2].remote_asn == 0 && n[2].hold == 0 && n[2].keepalive == 0);
	config_free(c);
}

Test(neighbors, every_wrong_entry_is_named_with_what_is_allowed)
{
#define ADDRESSES "an IPv4 or IPv6 unicast address such as \"203.0.113.2\" or \"2001:db8::2\""
	static const struct { const char *list, *what; } rows[] = {
		{ "{\"remote_asn\": 1}", "neighbors[0].address: is missing, allowed: " ADDRESSES },
		{ "{\"address\": \"10.0.0.2\"}",
		  "neighbors[0].remote_asn: is missing, allowed: an AS number from 1 to 4294967294 that is not reserved, \"external\" or \"internal\"" },
		{ "{\"address\": \"fe80::1\", \"remote_asn\": 1}", "neighbors[0].address: is \"fe80::1\", allowed: " ADDRESSES },
		{ "{\"address\": \"224.0.0.5\", \"remote_asn\": 1}", "neighbors[0].address: is \"224.0.0.5\", allowed: " ADDRESSES },
		{ "{\"address\": \"::ffff:10.0.0.2\", \"remote_asn\": 1}", "neighbors[0].address: is \"::ffff:10.0.0.2\", allowed: " ADDRESSES },
		{ "{" PEER ", \"route_reflector_client\": true}", "neighbors[0].route_reflector_client: is for internal peers, allowed: leave it out" },
		{ "{" PEER ", \"next_hop_self\": true}", "neighbors[0].next_hop_self: is for internal peers, allowed: leave it out" },
		{ "{" PEER ", \"gtsm\": true, \"multihop\": 255}",
		  "neighbors[0].gtsm: demands nothing with multihop 255, allowed: false, or multihop 1 to 254" },
		{ "{" PEER ", \"password\": \"\"}", "neighbors[0].password: has 0 characters, allowed: 1 to 80 printable characters, or null for none" },
		{ "{" PEER ", \"password\": \"***\"}", "neighbors[0].password: is what stands for a hidden password in the output of weft, "
		  "allowed: 1 to 80 printable characters, or null for none" },
		{ "{" PEER ", \"export\": \"host\"}",
		  "neighbors[0].export: \"host\" says what a server may announce, allowed: the name of a policy, \"all\" or \"none\"" },
		{ "{" PEER ", \"max_prefixes\": {\"max\": 5, \"teardown\": false, \"restart\": 9}}",
		  "neighbors[0].max_prefixes.restart: is 9 although nothing is torn down, allowed: 0, or \"teardown\": true" },
		{ "{" IBGP ", \"role\": \"peer\"}", "neighbors[0].role: is for external peers, allowed: leave it out" },
		{ "{" PEER ", \"role_strict\": true}", "neighbors[0].role_strict: is true without a role, allowed: false, or give role" },
		{ "{" PEER ", \"multihop\": 0}", "neighbors[0].multihop: is 0, allowed: 1 to 255 hops" },
		{ "{" PEER ", \"local_address\": \"2001:db8::1\"}",
		  "neighbors[0].local_address: is of another family than address, allowed: an address of the same family" },
		{ "{" PEER ", \"local_address\": \"203.0.113.2\"}", "neighbors[0].local_address: is the peer's, allowed: an address of this node" },
		{ "{\"address\": \"2001:db8::2\", \"remote_asn\": 1, \"multihop\": 2}",
		  "neighbors[0].multihop: needs local_address with IPv6: it becomes the next hop, allowed: 1, or give local_address" },
		{ "{" PEER ", \"hold\": 2}", "neighbors[0].hold: is 2, allowed: 0 or 3 to 65535 seconds" },
		{ "{" PEER ", \"keepalive\": 11}", "neighbors[0].keepalive: is 11, allowed: at most 10, a third of hold 30" },
		{ "{" PEER ", \"keepalive\": 0}", "neighbors[0].keepalive: is 0 and the session would not live longer than hold 30, allowed: 1 to 10" },
		{ "{" PEER "}, {" PEER "}", "neighbors[1].address: is there already, allowed: every peer once" },
		{ "{" PEER ", \"import\": \"x\"}",
		  "neighbors[0].import: there is no such policy, allowed: a name that stands under \"policy\", \"all\" or \"none\"" },
		{ "{" PEER ", \"bfd\": true}", "neighbors[0].bfd: is not supported by this version yet, allowed: false" },
		{ "{" PEER ", \"pasive\": true}", "neighbors[0].pasive: unknown key, did you mean \"passive\"?" },
		{ "7", "neighbors[0]: is a number, allowed: an object such as {\"address\": \"203.0.113.2\", \"remote_asn\": 65002}" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct config_errors *e = NULL;
		struct config *c = NULL;
		char text[1024];
		int n = snprintf(text, sizeof(text), TEXT, rows[i].list);

		cr_assert_eq(config_parse(text, (size_t)n, "f", &c, &e), -EINVAL, "accepted: %s", text);
		cr_expect_str_eq(strchr(config_errors_line(e, 0), ' ') + 1, rows[i].what);
		cr_expect_eq(config_errors_count(e), 1, "%s", rows[i].list);
		config_errors_free(e);
	}
}

Test(neighbors, what_links_have_they_have_too)
{
	struct config *c = good("{" PEER ", \"password\": \"secret\", \"gtsm\": true, \"multihop\": 254, \"import\": \"host\", \"export\": \"none\"}, "
				"{\"address\": \"2001:db8::2\", \"remote_asn\": 65001, \"max_prefixes\": {\"max\": 5, \"warning\": 80, \"restart\": 30}, "
				"\"import\": {\"host\": [{\"prefix\": \"10.1.0.0/16\", \"ge\": 24}]}}, "
				"{\"address\": \"203.0.113.3\", \"remote_asn\": 65003, \"password\": null, \"max_prefixes\": {\"max\": 5, \"teardown\": false}}");
	const struct config_neighbor *n = c->neighbors;
	json_t *j = config_json(c), *shown = json_object_get(json_array_get(json_object_get(j, "neighbors"), 0), "password");

	cr_expect(n[0].terms.gtsm && n[0].multihop == 254);
	cr_expect_str_eq(n[0].terms.password, "secret");
	cr_expect_str_eq(json_string_value(shown), CONFIG_HIDDEN);
	cr_expect(n[0].terms.import.kind == FILTER_HOST && n[0].terms.export.kind == FILTER_NONE && n[0].terms.limit.max == HOST_MAX_PREFIXES);
	cr_expect(n[1].terms.limit.max == 5 && n[1].terms.limit.warning == 80 && n[1].terms.limit.restart == 30 && !n[1].terms.limit.refuse);
	cr_expect(n[1].terms.import.n_prefixes == 1 && n[1].terms.import.prefixes[0].ge == 24);
	cr_expect(!*n[2].terms.password && n[2].terms.limit.max == 5 && n[2].terms.limit.refuse);
	json_decref(j);
	config_free(c);
}

Test(neighbors, json_is_the_same_configuration_again)
{
	struct config *c = good("{" IBGP ", \"route_reflector_client\": true, \"next_hop_self\": true}, {\"address\": \"2001:db8::2\", \"remote_asn\": 65001}, "
				"{\"address\": \"2001:db8::3\", \"remote_asn\": \"external\", \"multihop\": 3, \"local_address\": \"2001:db8::1\", "
				"\"passive\": true, \"max_prefixes\": {\"max\": 9, \"warning\": 80}, \"import\": {\"host\": [{\"prefix\": \"10.0.0.0/8\"}]}, "
				"\"export\": \"none\"}, {\"address\": \"10.0.0.7\", \"remote_asn\": 65007, \"gtsm\": true, \"multihop\": 4, "
				"\"role\": \"peer\", \"role_strict\": true, \"blackhole\": [{\"prefix\": \"2001:db8::/32\", \"ge\": 128}]}, "
				"{\"address\": \"10.0.0.8\", \"remote_asn\": \"internal\", \"gtsm\": true}"), *again = NULL;
	struct config_errors *e = NULL;
	json_t *j, *second;
	AUTO_FREE char *text = NULL;

	strcpy(c->hostname, "r1");              /* what the wiring fills in */
	c->ipv4_next_hop.s_addr = inet_addr("192.0.2.1");
	j = config_json(c);
	text = json_dumps(j, 0);
	cr_assert_eq(config_parse(text, strlen(text), "f", &again, &e), 0, "%s: %s", text, e ? config_errors_line(e, 0) : "");
	second = config_json(again);
	cr_expect(json_equal(j, second), "%s", text);
	cr_expect_str_eq(json_string_value(json_object_get(json_array_get(json_object_get(j, "neighbors"), 0), "address")), "203.0.113.2");
	json_decref(j);
	json_decref(second);
	config_free(c);
	config_free(again);
}
