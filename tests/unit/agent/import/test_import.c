/* Whole files: tests/data/import/NAME.conf gives NAME.json and NAME.notes, to the letter. They are what `weft import NAME.conf` says in that folder. */
#include "agent/import/import.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

#define FOLDER "tests/data/import/"

static char *slurp(const char *name, const char *ending, size_t *ret_n)
{
	char path[256], *text = calloc(1, IMPORT_MAX);
	FILE *f;

	snprintf(path, sizeof(path), FOLDER "%s%s", name, ending);
	f = fopen(path, "re");
	cr_assert(f && text, "%s", path);
	*ret_n = fread(text, 1, IMPORT_MAX - 1, f);
	fclose(f);
	return text;
}

static char *notes_of(const struct import *im, const char *name)
{
	char *text = NULL;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	for (size_t i = 0; i < im->n_notes; i++)
		fprintf(to, "%s.conf:%zu: %s: %s\n", name, im->notes[i].line, im->notes[i].text, im->notes[i].why);
	fclose(to);
	return text;
}

static void check_file(const char *name)
{
	size_t n, ignored;
	AUTO_FREE char *conf = slurp(name, ".conf", &n), *json = slurp(name, ".json", &ignored), *notes = slurp(name, ".notes", &ignored);
	AUTO_FREE char *got = NULL, *got_notes = NULL;
	struct import *im = NULL;

	cr_assert_eq(import_frr(conf, n, &im), 0);
	cr_assert(im->config, "%s: %s", name, im->why);
	got = import_layout(im->config);
	got_notes = notes_of(im, name);
	cr_expect_str_eq(got, json, "%s: %s", name, got);
	cr_expect_str_eq(got_notes, notes, "%s: %s", name, got_notes);
	import_free(im);
}

Test(import, every_file_gives_what_stands_beside_it)
{
	struct dirent **files;
	int n = scandir(FOLDER, &files, NULL, alphasort), seen = 0;

	for (int i = 0; i < n; i++) {
		char *dot = strrchr(files[i]->d_name, '.');

		if (dot && strcmp(dot, ".conf") == 0) {
			*dot = 0;
			check_file(files[i]->d_name);
			seen++;
		}
		free(files[i]);
	}
	free(files);
	cr_assert_geq(seen, 8);
}

/* What `rows` add to a plain leaf: its result in one line, and the first note. */
static void leaf(const char *rows, char result[2000], char why[512])
{
	AUTO_FREE char *text = NULL, *dump = NULL;
	struct import *im = NULL;
	int n = asprintf(&text, "frr defaults datacenter\nrouter bgp 65001\n bgp router-id 10.0.0.1\n bgp bestpath as-path multipath-relax\n%s", rows);

	cr_assert_eq(import_frr(text, (size_t)n, &im), 0);
	cr_assert(im->config, "%s", im->why);
	dump = json_dumps(im->config, JSON_COMPACT);
	snprintf(result, 2000, "%s", dump);
	snprintf(why, 512, "%s", im->n_notes ? im->notes[0].why : "");
	import_free(im);
}

Test(import, what_one_line_becomes)
{
	static const struct { const char *rows, *has, *note; } cases[] = {
		{ " neighbor swp1 interface remote-as 65002\n", "\"links\":{\"swp1\":{\"asn\":65002}}", NULL },
		{ " neighbor swp1 interface remote-as external\n neighbor swp1 password x\n", "\"swp1\":{\"password\":\"x\"}", NULL },
		{ " neighbor swp1 interface remote-as external\n neighbor swp1 bfd\n", "\"bfd\":{\"interval_ms\":300,\"multiplier\":3}", NULL },
		{ " neighbor swp1 interface remote-as external\n neighbor swp1 bfd 3 100 100\n", "\"bfd\":true", NULL },
		{ " neighbor swp1 interface remote-as external\n neighbor swp1 bfd 3 100 200\n", "\"bfd\":{\"interval_ms\":200", "as often as it wants" },
		{ " neighbor swp1 interface remote-as external\n neighbor swp2 interface remote-as external\n neighbor swp2 bfd\n",
		  "\"swp2\":{\"bfd\":{\"interval_ms\":300", NULL },
		{ " neighbor swp1 interface remote-as 65001\n", "\"links\":[]", "to other ASes" },
		{ " neighbor swp1 interface remote-as external\n neighbor swp1 local-role customer strict-mode\n", "\"role\":\"customer\",\"role_strict\":true", NULL },
		{ " timers bgp 10 30\n", "\"timers\":{\"hold\":30}", NULL },
		{ " timers bgp 10 20\n", "\"timers\":{\"hold\":20}", "third of the hold time" },
		{ " bgp always-compare-med\n", "\"med\":\"always\"", NULL },
		{ " maximum-paths 8\n", "\"multipath\":8", NULL },
		{ " no bgp bestpath as-path multipath-relax\n", "\"asn\":65001", "as long" },
		{ " redistribute connected\n", "\"originate\":{\"interfaces\":[\"*\"],\"prefixes\":[{\"prefix\":\"0.0.0.0/0\",\"le\":32}]}", NULL },
		{ " neighbor swp1 interface remote-as external\n redistribute connected\n", "\"originate\":[\"*\"]", NULL },
		{ " redistribute connected route-map GONE\n", "\"originate\":[]", "no such route-map" },
		{ " neighbor swp1 interface remote-as external\n redistribute connected route-map R\nroute-map R permit 10\n match interface lo\n"
		  "route-map R permit 20\n match interface vlan1\n",
		  "\"originate\":[\"lo\",\"vlan1\"]", NULL },
		{ " redistribute connected route-map R\nroute-map R deny 10\n match interface eth0\nroute-map R permit 20\n", "\"originate\":[]", "not those that are not" },
		{ " redistribute connected route-map R\nroute-map R permit 10\n match interface lo\n match ip address prefix-list P\n"
		  "ip prefix-list P permit 10.0.0.0/8 ge 32\n",
		  "\"originate\":{\"interfaces\":[\"lo\"],\"prefixes\":[{\"prefix\":\"10.0.0.0/8\",\"ge\":32}]}", NULL },
		{ " redistribute connected route-map R\nroute-map R permit 10\n match interface lo\nroute-map R permit 20\n match ip address prefix-list P\n"
		  "ip prefix-list P permit 10.0.0.0/8 ge 32\n", "\"asn\":65001", "cannot be said" },
		{ " network 10.0.0.1/32\n", "\"prefixes\":[{\"prefix\":\"10.0.0.1/32\"}]", NULL },
		{ " neighbor 10.0.0.2 remote-as 65001\n neighbor 10.0.0.2 route-map M in\nroute-map M permit 10\n match tag 5\n", "[{\"action\":\"reject\"}]", "cannot match" },
		{ " neighbor 10.0.0.2 remote-as 65001\n neighbor 10.0.0.2 route-map M in\nroute-map M deny 10\n match tag 5\n match origin igp\n"
		  "route-map M permit 20\n", "[{\"match\":{\"origin\":\"igp\"},\"action\":\"reject\"},{\"action\":\"accept\"}]", "cannot match" },
		{ " neighbor 10.0.0.2 remote-as 65001\n neighbor 10.0.0.2 prefix-list P in\n", "\"import\":\"none\"", "no such prefix list" },
		{ " neighbor 10.0.0.2 remote-as 65001\n neighbor 10.0.0.2 prefix-list P in\nip prefix-list P deny any\n", "\"import\":\"none\"", NULL },
		{ " neighbor 10.0.0.2 remote-as 65001\n neighbor 10.0.0.2 prefix-list P in\nip prefix-list P permit any\n", "\"remote_asn\":65001}", NULL },
		{ " neighbor 10.0.0.2 remote-as 65001\n neighbor 10.0.0.2 prefix-list P in\nip prefix-list P seq 20 permit any\n"
		  "ip prefix-list P seq 10 deny 10.0.0.0/8 le 32\n",
		  "[{\"match\":{\"prefixes\":[{\"prefix\":\"10.0.0.0/8\",\"le\":32}]},\"action\":\"reject\"},{\"action\":\"accept\"}]", NULL },
		{ " neighbor 10.0.0.2 remote-as 65001\n neighbor 10.0.0.2 distribute-list A in\n", "\"import\":\"none\"", "nothing passes" },
		{ " neighbor 10.0.0.2 remote-as 65001\n neighbor 10.0.0.2 route-map M out\nroute-map M permit 10\n set as-path prepend 65001 65001\n",
		  "\"set\":{\"prepend\":2}", NULL },
		{ " neighbor 10.0.0.2 remote-as 65001\n neighbor 10.0.0.2 route-map M in\nroute-map M permit 10\n set as-path prepend 65001\n", "\"asn\":65001",
		  "prepends its own AS" },
		{ " neighbor 10.0.0.2 remote-as 65001\n neighbor 10.0.0.2 route-map M in\nroute-map M permit 10\n set as-path prepend last-as 3\n",
		  "\"set\":{\"prepend\":3}", NULL },
		{ " neighbor 10.0.0.2 remote-as 65001\n neighbor 10.0.0.2 route-map M in\nroute-map M permit 10\n match as-path A\n"
		  "bgp as-path access-list A deny _65009_\nbgp as-path access-list A permit .*\n",
		  "[{\"match\":{\"as_path\":\"65009\"},\"action\":\"reject\"},{\"match\":{\"as_path\":\".*\"},\"action\":\"accept\"}]", NULL },
		{ " neighbor 10.0.0.2 remote-as 65009\n neighbor 10.0.0.2 ebgp-multihop\n", "\"multihop\":255", NULL },
		{ " neighbor 2001:db8::2 remote-as 65009\n neighbor 2001:db8::2 ebgp-multihop 4\n", "\"neighbors\"", "needs `local_address`" },
		{ " neighbor 10.0.0.2 remote-as 65001\n neighbor 10.0.0.2 maximum-prefix 500 09000 restart 15\n", "{\"max\":500,\"warning\":75,", "left out" },
		{ " neighbor 10.0.0.2 remote-as 65001\n neighbor 10.0.0.2 route-map M in\nroute-map M permit 10\n match origin igp\n!\n"
		  "route-map M permit 10\n set metric 7\n set metric 8\n", "[{\"match\":{\"origin\":\"igp\"},\"set\":{\"med\":8},\"action\":\"accept\"}]", NULL },
		{ " neighbor 10.0.0.2 remote-as 65001\n neighbor 10.0.0.2 prefix-list P in\nip prefix-list P seq 7 permit any\n"
		  "ip prefix-list P seq 7 permit 10.0.0.0/8\nip prefix-list P deny any\n", "[{\"match\":{\"prefixes\":[{\"prefix\":\"10.0.0.0/8\"}]},\"action\":\"accept\"}]", NULL },
		{ " neighbor 2001:db8::2 remote-as 65009\n neighbor 2001:db8::2 capability extended-nexthop\n", "\"neighbors\"", "no IPv4 address" },
		{ " frobnicate\n", "\"asn\":65001", "no such setting of BGP" },
	};
	char result[2000], why[512];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		leaf(cases[i].rows, result, why);
		cr_expect(strstr(result, cases[i].has), "%s: %s", cases[i].rows, result);
		cr_expect(cases[i].note ? strstr(why, cases[i].note) != NULL : !*why, "%s: noted: %s", cases[i].rows, why);
	}
}

Test(import, traditional_defaults_are_other_timers_and_a_policy_that_has_to_be_there)
{
	static const char text[] = "router bgp 65001\n bgp router-id 10.0.0.1\n bgp bestpath as-path multipath-relax\n neighbor swp1 interface remote-as external\n";
	AUTO_FREE char *dump = NULL;
	struct import *im = NULL;

	cr_assert_eq(import_frr(text, sizeof(text) - 1, &im), 0);
	dump = json_dumps(im->config, JSON_COMPACT);
	cr_expect(strstr(dump, "\"swp1\":{\"import\":\"none\",\"export\":\"none\"}"), "%s", dump);
	cr_expect(strstr(dump, "\"timers\":{\"hold\":180}"), "%s", dump);
	cr_expect_eq(im->n_notes, 1);
	import_free(im);
}

Test(import, without_a_bgp_of_its_own_there_is_no_result_and_a_reason)
{
	static const struct { const char *text, *why; } cases[] = {
		{ "", "no `router bgp`" }, { "hostname x\n", "no `router bgp`" }, { "router bgp 65001 vrf x\n bgp router-id 10.0.0.1\n", "no `router bgp`" },
		{ "router bgp 65001\n", "router-id" }, { "router bgp 1.10\n bgp router-id 10.0.0.1\n", "one number" },
		{ "router bgp 65535\n bgp router-id 10.0.0.1\n", "none that weft takes" }, { "router bgp 65001\n bgp router-id 127.0.0.1\n", "none that weft takes" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct import *im = NULL;

		cr_assert_eq(import_frr(cases[i].text, strlen(cases[i].text), &im), 0);
		cr_expect_null(im->config, "%s", cases[i].text);
		cr_expect(strstr(im->why, cases[i].why), "%s: %s", cases[i].text, im->why);
		import_free(im);
	}
}

Test(import, a_password_is_in_the_result_and_in_no_note)
{
	static const char text[] = "router bgp 65001\n bgp router-id 10.0.0.1\n neighbor swp1 interface remote-as external\n neighbor swp1 password two words\n";
	struct import *im = NULL;
	bool seen = false;

	cr_assert_eq(import_frr(text, sizeof(text) - 1, &im), 0);
	for (size_t i = 0; i < im->n_notes; i++) {
		seen |= im->notes[i].line == 4;
		cr_expect_null(strstr(im->notes[i].text, "two"), "%s", im->notes[i].text);
	}
	cr_expect(seen);
	import_free(im);
}
