#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/config/config.h"

#define HEAD "\"asn\": 65001, \"router_id\": \"10.0.0.1\""

static struct config *good(const char *members)
{
	struct config_errors *e = NULL;
	struct config *c = NULL;
	char text[2048];

	snprintf(text, sizeof(text), "{" HEAD ", %s}", members);
	cr_assert_eq(config_parse(text, strlen(text), "f", &c, &e), 0, "%s: %s", text, e ? config_errors_line(e, 0) : "");
	return c;
}

static void bad(const char *members, const char *line)
{
	struct config_errors *e = NULL;
	struct config *c = NULL;
	char text[2048];

	snprintf(text, sizeof(text), "{" HEAD ", %s}", members);
	cr_assert_eq(config_parse(text, strlen(text), "f", &c, &e), -EINVAL, "accepted: %s", text);
	cr_expect_str_eq(config_errors_line(e, 0), line, "%s", config_errors_line(e, 0));
	cr_expect_eq(config_errors_count(e), 1, "%s", config_errors_line(e, 1));
	config_errors_free(e);
}

static const char whole[] =
	"\"policy\": {\"p\": [{\"match\": {\"prefixes\": [{\"prefix\": \"10.0.0.0/8\", \"ge\": 24}], \"communities\": [\"65000:*\", \"no_export\"], "
	"\"large_communities\": [\"1:2:3\"], \"as_path\": [65002, 65003], \"link\": \"swp*\", \"family\": \"ipv4\", \"origin\": \"igp\"}, "
	"\"set\": {\"local_pref\": 0, \"med\": 5, \"weight\": 10, \"prepend\": 2, \"communities\": [], "
	"\"large_communities\": {\"add\": [\"4:5:6\"], \"delete\": [\"1:*:*\"]}}, \"action\": \"accept\"}, {\"action\": \"reject\"}], "
	"\"q\": [{\"match\": {\"as_path\": \"^65002 .*\"}, \"set\": {\"communities\": {\"set\": [\"1:1\"], \"add\": [\"1:2\"]}}, \"action\": \"next\"}]}, "
	"\"links\": {\"swp1\": {\"import\": \"p\", \"export\": \"none\"}, \"swp2\": {\"import\": {\"host\": [{\"prefix\": \"10.1.0.0/16\", \"le\": 24}]}}, "
	"\"swp3\": {\"import\": \"host\", \"export\": \"q\", \"max_prefixes\": {\"max\": 5, \"warning\": 80, \"restart\": 30}}, "
	"\"swp4\": {\"max_prefixes\": {\"max\": 5, \"teardown\": false}}}";

Test(config_policy, rules_and_filters_are_read)
{
	struct config *c = good(whole);
	const struct policy_rule *rule = c->policies[0].rules;

	cr_assert(c->n_policies == 2 && c->policies[0].n_rules == 2 && c->policies[1].n_rules == 1);
	cr_expect_str_eq(c->policies[0].name, "p");
	cr_assert_eq(rule->match.n_prefixes, 1);
	cr_expect(rule->match.prefixes[0].ge == 24 && rule->match.prefixes[0].le == 32);
	cr_expect(rule->match.communities[EDIT_STANDARD].n == 2 && rule->match.communities[EDIT_LARGE].n == 1);
	cr_expect_str_eq(rule->match.as_path, "^65002 65003$");
	cr_expect_str_eq(rule->match.link, "swp*");
	cr_expect(rule->match.family == AF_INET && rule->match.has_origin && rule->match.origin == 0);
	cr_expect(rule->set.has_local_pref && rule->set.local_pref == 0 && rule->set.has_med && rule->set.med == 5);
	cr_expect(rule->set.weight == 10 && rule->set.prepend == 2 && rule->action == POLICY_ACCEPT);
	cr_expect(rule->set.communities[EDIT_STANDARD].replace && rule->set.communities[EDIT_STANDARD].set.n == 0);
	cr_expect(rule->set.communities[EDIT_LARGE].add.n == 1 && rule->set.communities[EDIT_LARGE].del.c[0].any == 6);
	cr_expect_eq(c->policies[0].rules[1].action, POLICY_REJECT);
	cr_expect(c->links[0].terms.import.kind == FILTER_POLICY && c->links[0].terms.export.kind == FILTER_NONE);
	cr_expect_str_eq(c->links[0].terms.import.policy, "p");
	cr_expect(c->links[1].terms.import.kind == FILTER_HOST && c->links[1].terms.import.n_prefixes == 1 && c->links[1].terms.export.kind == FILTER_ALL);
	config_free(c);
}

Test(config_policy, limit_is_a_number_or_says_what_is_to_be_done)
{
	struct config *c = good(whole);

	cr_expect(c->links[0].terms.limit.max == 0);
	cr_expect_eq(c->links[1].terms.limit.max, HOST_MAX_PREFIXES, "a server's, unless told otherwise");
	cr_expect(c->links[2].terms.limit.max == 5 && c->links[2].terms.limit.warning == 80 && c->links[2].terms.limit.restart == 30 && !c->links[2].terms.limit.refuse);
	cr_expect(c->links[3].terms.limit.max == 5 && c->links[3].terms.limit.warning == 0 && c->links[3].terms.limit.refuse);
	config_free(c);
	c = good("\"links\": {\"swp1\": {\"import\": \"host\", \"max_prefixes\": 0}}");
	cr_expect_eq(c->links[0].terms.limit.max, 0);
	config_free(c);
}

Test(config_policy, what_is_shown_reads_to_the_same)
{
	struct config *c = good(whole), *again = NULL;
	struct config_errors *e = NULL;
	json_t *a, *b;
	char *text;

	strcpy(c->hostname, "leaf01");
	c->ipv4_next_hop.s_addr = inet_addr("169.254.0.1");
	a = config_json(c);
	text = json_dumps(a, 0);
	cr_assert_eq(config_parse(text, strlen(text), "again", &again, &e), 0, "%s: %s", text, e ? config_errors_line(e, 0) : "");
	b = config_json(again);
	cr_expect(json_equal(json_object_get(a, "policy"), json_object_get(b, "policy")));
	cr_expect(json_equal(json_object_get(a, "links"), json_object_get(b, "links")));
	free(text);
	json_decref(a);
	json_decref(b);
	config_free(c);
	config_free(again);
}

#define RULE(x) "\"policy\": {\"p\": [{" x ", \"action\": \"accept\"}]}"
#define COMMUNITY "allowed: a community such as \"65000:1\", or the name of a well-known one such as \"no_export\""

Test(config_policy, every_error_has_its_place_and_says_what_is_allowed)
{
	static const struct { const char *members, *line; } rows[] = {
		{ RULE("\"mach\": {}"), "f:1:59: policy.p[0].mach: unknown key, did you mean \"match\"?" },
		{ RULE("\"match\": {\"prefix\": []}"), "f:1:69: policy.p[0].match.prefix: unknown key, did you mean \"prefixes\"?" },
		{ RULE("\"match\": {\"prefixes\": []}"), "f:1:69: policy.p[0].match.prefixes: is an empty list, allowed: a list of objects such as "
		  "{\"prefix\": \"10.1.0.0/16\", \"ge\": 26}; leave it out to match every route" },
		{ RULE("\"match\": {\"prefixes\": [{\"prefix\": \"10.0.0.0/8\", \"le\": 7}]}"),
		  "f:1:107: policy.p[0].match.prefixes[0].le: is 7, allowed: from 8 to 32" },
		{ RULE("\"match\": {\"communities\": [\"no-export\"]}"),
		  "f:1:85: policy.p[0].match.communities[0]: \"no-export\" is no community, did you mean \"no_export\"?" },
		{ RULE("\"match\": {\"communities\": [\"65536:1\"]}"),
		  "f:1:85: policy.p[0].match.communities[0]: \"65536:1\" is no community, " COMMUNITY "; * for any number" },
		{ RULE("\"match\": {\"communities\": [7]}"), "f:1:85: policy.p[0].match.communities[0]: is a number, " COMMUNITY },
		{ RULE("\"match\": {\"large_communities\": [\"1:2\"]}"), "f:1:91: policy.p[0].match.large_communities[0]: \"1:2\" is no community, "
		  "allowed: a large community such as \"4200000000:1:2\"; * for any number" },
		{ RULE("\"match\": {\"as_path\": \"^65001 (\"}"), "f:1:69: policy.p[0].match.as_path: \"^65001 (\" has a ( without ) (character 9), "
		  "allowed: a list of AS numbers, or an expression such as \"^65001 .* [65100-65199]$\"" },
		{ RULE("\"match\": {\"as_path\": [0]}"), "f:1:81: policy.p[0].match.as_path[0]: is 0, allowed: a number from 1 to 4294967295" },
		{ RULE("\"match\": {\"family\": \"ip4\"}"), "f:1:69: policy.p[0].match.family: is \"ip4\", did you mean \"ipv4\"?" },
		{ RULE("\"match\": {\"origin\": \"static\"}"),
		  "f:1:69: policy.p[0].match.origin: is \"static\", allowed: \"igp\", \"egp\" or \"incomplete\"" },
		{ RULE("\"set\": {\"weight\": 256}"), "f:1:67: policy.p[0].set.weight: is 256, allowed: 1 to 255" },
		{ RULE("\"set\": {\"prepend\": 33}"), "f:1:67: policy.p[0].set.prepend: is 33, allowed: 1 to 32 times" },
		{ RULE("\"set\": {\"local_pref\": -1}"), "f:1:67: policy.p[0].set.local_pref: is -1, allowed: 0 to 4294967295" },
		{ RULE("\"set\": {\"communities\": {\"add\": [\"1:*\"]}}"),
		  "f:1:91: policy.p[0].set.communities.add[0]: \"1:*\" is no community, " COMMUNITY },
		{ RULE("\"set\": {\"communities\": {\"set\": [], \"delete\": [\"1:1\"]}}"),
		  "f:1:94: policy.p[0].set.communities.delete: stands beside \"set\", which replaces all there were, allowed: one of the two" },
		{ "\"policy\": {\"p\": [{}]}", "f:1:58: policy.p[0].action: is missing, allowed: \"accept\", \"reject\" or \"next\"" },
		{ "\"policy\": {\"p\": [{\"action\": \"acept\"}]}", "f:1:59: policy.p[0].action: is \"acept\", did you mean \"accept\"?" },
		{ "\"policy\": {\"p\": []}", "f:1:52: policy.p: has 0 rules, allowed: 1 to 256; \"none\" lets no route pass" },
		{ "\"policy\": {\"all\": [{\"action\": \"accept\"}]}", "f:1:52: policy.all: is built in, "
		  "allowed: 1 to 31 letters, digits, _, - and ., and not \"all\", \"none\" or \"host\"" },
		{ "\"policy\": {\"a b\": [{\"action\": \"accept\"}]}", "f:1:52: policy.a b: is no name of a policy, "
		  "allowed: 1 to 31 letters, digits, _, - and ., and not \"all\", \"none\" or \"host\"" },
		{ "\"links\": {\"swp1\": {\"import\": \"spine\"}}, \"policy\": {\"spines\": [{\"action\": \"accept\"}]}",
		  "f:1:60: links.swp1.import: there is no such policy, did you mean \"spines\"?" },
		{ "\"links\": {\"swp1\": {\"export\": \"zzzzzz\"}}", "f:1:60: links.swp1.export: there is no such policy, "
		  "allowed: a name that stands under \"policy\", \"all\" or \"none\"" },
		{ "\"links\": {\"swp1\": {\"export\": \"host\"}}",
		  "f:1:60: links.swp1.export: \"host\" says what a server may announce, allowed: the name of a policy, \"all\" or \"none\"" },
		{ "\"links\": {\"swp1\": {\"import\": {\"host\": []}}}", "f:1:71: links.swp1.import.host: is an empty list, allowed: a list of objects such as "
		  "{\"prefix\": \"10.1.0.0/16\", \"ge\": 24}; \"host\" alone allows any single address, \"none\" nothing" },
		{ "\"links\": {\"swp1\": {\"max_prefixes\": {\"warning\": 80}}}",
		  "f:1:60: links.swp1.max_prefixes.max: is missing, allowed: a number from 1 to 4294967295" },
		{ "\"links\": {\"swp1\": {\"max_prefixes\": {\"max\": 5, \"warning\": 101}}}",
		  "f:1:87: links.swp1.max_prefixes.warning: is 101, allowed: 1 to 100 percent, or 0 for no warning" },
		{ "\"links\": {\"swp1\": {\"max_prefixes\": {\"max\": 5, \"teardown\": false, \"restart\": 9}}}",
		  "f:1:106: links.swp1.max_prefixes.restart: is 9 although nothing is torn down, allowed: 0, or \"teardown\": true" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		bad(rows[i].members, rows[i].line);
}
