#include "agent/weft_help.h"

#include <string.h>

#include "agent/base/own.h"
#include "agent/ctl/ctl.h"

#define BRIEF_COLUMN 27

static const char *const verbs[] = { "show", "version", "reset", "stop", "check", "explain", "dump", "doctor", "watch", "drain", "undrain", "reload",
				     "confirm", "diff", "log", "announce", "withdraw", "neighbor", "import" };
static const char *const nouns[] = { "summary", "neighbors", "routes", "links", "nexthops", "bmp", "config", "version" };

static const char *const neighbor_nouns[] = { "add", "del" };

static const struct topic {
	const char *verb, *noun;         /* noun: NULL: it has none */
	const char *args;                /* "": none */
	const char *brief;               /* lines behind the first are indented as it is */
	const char *more;                /* whole lines; "": there is nothing more to say */
	const char *example;
} topics[] = {
	{ "show", "summary", "", "this node and its sessions",
	  "State/PfxRcd is the number of prefixes received, or the state of a session that is not Established.\n",
	  "weft show summary --json | jq .peers_established" },
	{ "show", "neighbors", "[LINK]", "every session, or all about one",
	  "LINK: an interface, a numbered peer's address, or a router on a link (fe80::1%swp1).\n", "weft show neighbors swp1" },
	{ "show", "routes", "[PREFIX]", "the table, or all paths of one prefix",
	  "PREFIX is one of the table, as 10.0.254.1/32; for an address and the way of its packets see `weft explain`.\n", "weft show routes 10.0.254.3/32" },
	{ "show", "routes", "--received LINK | --advertised LINK", "what one neighbor has announced, or is told",
	  "Received is what the import policy has made of it, and the latest refusals: nothing else is kept.\n"
	  "Advertised are the attributes as they are sent.\n", "weft show routes --advertised swp1" },
	{ "explain", NULL, "PREFIX|ADDRESS", "from the longest match to the wire: paths, next hops, what the kernel holds, who is told",
	  "Exits with 1 when there is no route. The kernel is asked at this moment.\n", "weft explain 10.0.254.3" },
	{ "dump", NULL, "FILE", "the table as MRT, for bgpdump and others (RFC 6396)",
	  "TABLE_DUMP_V2: every path of both families. FILE is there when all of it is; -: standard output.\n", "weft dump /var/tmp/rib.mrt; bgpdump -m /var/tmp/rib.mrt" },
	{ "show", "links", "", "interfaces and the routers heard on them", "", "weft show links" },
	{ "show", "nexthops", "", "next-hop groups and neighbour entries in the kernel", "", "weft show nexthops" },
	{ "show", "bmp", "", "the session with the BMP collector", "", "weft show bmp --json | jq .state" },
	{ "show", "config", "", "the configuration in effect", "Passwords are shown as ***; what was changed by hand stands at the end, as \"runtime\".\n", "weft show config | jq .timers" },
	{ "show", "version", "", "of the daemon, and of this program", "", "weft show version --json" },
	{ "version", NULL, "", "the same as show version", "", "weft version" },
	{ "reset", NULL, "LINK [--message TEXT]", "take the session of a link down, it comes back by itself; TEXT is for the peer's operator",
	  "LINK: as of `weft show neighbors`. TEXT: at most 255 bytes (RFC 9003).\n", "weft reset swp1 --message 'new optics'" },
	{ "reset", NULL, "LINK --soft in|out", "have the routes of that session told again, which goes on",
	  "in: the peer is asked for its routes (RFC 2918), and the import policy judges them anew. out: it is told ours, as the export policy has them.\n",
	  "weft reset swp1 --soft in" },
	{ "announce", NULL, "PREFIX [COMMUNITY ...]", "announce a prefix by hand, beside the file",
	  "COMMUNITY: 65001:100, 4200000000:1:2, or a name such as no_export, graceful_shutdown, blackhole; at most 15. Again: with others.\n"
	  "It stays until `weft withdraw` or the end of weftd. No route is made for it in this host.\n", "weft announce 10.9.0.0/24 65001:100 no_export" },
	{ "withdraw", NULL, "PREFIX", "take that back", "", "weft withdraw 10.9.0.0/24" },
	{ "neighbor", "add", "ADDRESS ASN", "a numbered peer by hand, beside the file",
	  "ASN: a number, internal or external. It has the defaults of `neighbors`, and stays until `weft neighbor del` or the end of weftd.\n",
	  "weft neighbor add 203.0.113.2 65002" },
	{ "neighbor", "del", "ADDRESS", "take that back", "Of those that were added by hand; others are in the file.\n", "weft neighbor del 203.0.113.2" },
	{ "stop", NULL, "", "weftd ends as with SIGTERM: with graceful_restart routes stay, peers wait for the next one", "", "weft stop" },
	{ "stop", NULL, "--cold [--message TEXT]", "weftd says goodbye and leaves nothing behind", "", "weft stop --cold --message 'rack moves'" },
	{ "drain", NULL, "[LINK] [--timeout SECONDS]",
	  "move traffic away from this node or a link, and wait until it is gone; 30 seconds if nothing is said",
	  "Exits with 1 when traffic is left after SECONDS; 0 does not wait. It stays drained until `weft undrain`.\n", "weft drain swp1 --timeout 60" },
	{ "undrain", NULL, "[LINK]", "take that back, as soon as all routes are there", "", "weft undrain swp1" },
	{ "doctor", NULL, "", "what is wrong with this host, its links and its peers, and what to do about it",
	  "Exits with 5 when anything is.\n", "weft doctor --json | jq -r '.findings[].sentence'" },
	{ "check", NULL, "[--outside GLOB] FILE|DIRECTORY ...", "are these good configurations, each and together? Needs no daemon",
	  "Exits with 4 when not: FILE:LINE:COL: key: what is wrong. Several files are the nodes of one fabric; of a DIRECTORY all *.json:\n"
	  "names, router-ids, AS numbers and both ends of each cable are compared. GLOB: nodes that links may expect without a file here.\n",
	  "weft check --outside 'fw*' nodes/" },
	{ "import", NULL, "FILE", "a configuration of FRR, as one of weft; - reads what it is given. Needs no daemon",
	  "What cannot be translated is told, FILE:LINE: the line: why, and the exit code is then 5; 4 if there is no BGP in it.\n"
	  "With --json both in one object.\n", "weft import /etc/frr/frr.conf >weft.json; weft check weft.json" },
	{ "diff", NULL, "[FILE]", "what a reload with FILE would change, and which sessions; weftd's own file if none is named", "",
	  "weft diff weft.json.new" },
	{ "reload", NULL, "[--confirm SECONDS]", "weftd reads its file again and changes what differs",
	  "With --confirm it is as before after SECONDS, unless `weft confirm` has come.\n",
	  "weft reload --confirm 60" },
	{ "confirm", NULL, "", "what was reloaded with --confirm may stay", "", "weft confirm" },
	{ "watch", NULL, "[LINK|PREFIX ...] [--packets LINK]", "what happens, line by line, until interrupted",
	  "With names only what is about one of these: a link, a peer, prefixes within PREFIX.\n"
	  "With --packets also BGP messages, Router Advertisements and BFD of LINK, decoded.\n", "weft watch swp1 10.0.254.3/32" },
	{ "log", NULL, "[TOPIC] [LEVEL]", "what weftd logs of each topic, and changes it until weftd ends",
	  "TOPIC: agent, link, discovery, bgp, bfd, route, kernel, config; all if none is named. LEVEL: error, warning, notice, info, debug.\n",
	  "weft log bgp debug" },
};

const char *const *help_verbs(size_t *ret_n)
{
	*ret_n = ARRAY_LEN(verbs);
	return verbs;
}

const char *const *help_nouns(const char *verb, size_t *ret_n)
{
	bool show = strcmp(verb, "show") == 0, neighbor = strcmp(verb, "neighbor") == 0;

	*ret_n = show ? ARRAY_LEN(nouns) : neighbor ? ARRAY_LEN(neighbor_nouns) : 0;
	return show ? nouns : neighbor_nouns;
}

/* "show routes [PREFIX]" */
static void synopsis(const struct topic *t, char *to, size_t size)
{
	snprintf(to, size, "%s%s%s%s%s", t->verb, t->noun ? " " : "", t->noun ? t->noun : "", *t->args ? " " : "", t->args);
}

void help_usage(FILE *to)
{
	char line[96];

	fputs("usage: weft [--socket PATH] [--json] COMMAND\n", to);
	for (size_t i = 0; i < ARRAY_LEN(topics); i++) {
		synopsis(&topics[i], line, sizeof(line));
		if (strlen(line) + 4 <= BRIEF_COLUMN)
			fprintf(to, "  %-*s%s\n", BRIEF_COLUMN - 2, line, topics[i].brief);
		else
			fprintf(to, "  %s\n%*s%s\n", line, BRIEF_COLUMN, "", topics[i].brief);
	}
	fputs("options, before or after the command:\n"
	      "  --socket PATH            where weftd listens (" CTL_SOCKET ")\n"
	      "  --json                   the answer as JSON\n"
	      "  --help                   this list; behind a command all about it, with an example\n"
	      "  --version\n"
	      "  --complete WORD ...      what could stand in the place of the last WORD: for shells\n"
	      "words may be cut short: weft sh sum\n"
	      "exit: 0 done, 1 refused or failed, 2 usage, 3 no daemon, 4 bad configuration, 5 doctor or import found something\n", to);
}

bool help_command(const char *verb, const char *noun)
{
	const struct topic *t;
	char line[96];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(topics); i++) {
		t = &topics[i];
		if (strcmp(t->verb, verb) != 0 || (noun && strcmp(t->noun, noun) != 0))
			continue;
		synopsis(t, line, sizeof(line));
		printf("%susage: weft %s\n  %s.\n", n++ ? "\n" : "", line, t->brief);
		for (const char *at = t->more; *at; at += strcspn(at, "\n") + 1)
			printf("  %.*s\n", (int)strcspn(at, "\n"), at);
		printf("example:\n  $ %s\n", t->example);
	}
	return n > 0;
}

const char *help_options(void)
{
	return "--socket PATH --json --help --version";
}

bool help_topic(size_t i, const char *verb, const char *noun, const char **ret_args, const char **ret_more)
{
	const struct topic *t;

	if (i >= ARRAY_LEN(topics))
		return false;
	t = &topics[i];
	*ret_args = verb && strcmp(t->verb, verb) == 0 && (!noun || (t->noun && strcmp(t->noun, noun) == 0)) ? t->args : NULL;
	*ret_more = t->more;
	return true;
}

/* "--soft in|out", "[--message TEXT]": a value stands right behind it. */
static bool takes_value_in(const char *args, const char *option)
{
	size_t n = strlen(option);

	for (const char *at = args; (at = strstr(at, option)); at += n)
		if (at[n] == ' ' && at[n + 1] != '[' && at[n + 1] != '|' && at[n + 1] != '-')
			return true;
	return false;
}

bool help_takes_value(const char *option)
{
	bool takes = takes_value_in(help_options(), option);

	for (size_t i = 0; i < ARRAY_LEN(topics); i++)
		takes = takes || takes_value_in(topics[i].args, option);
	return takes;
}
