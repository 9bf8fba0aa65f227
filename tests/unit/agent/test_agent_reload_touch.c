/* What a change touches, and that it touches nothing else: a row for each kind of change (each answer of agent/config/answers.c), counted in messages
 * to peers, messages to the kernel, advertisements. The same once more when it is taken back because nobody has confirmed it. The table of
 * agent/README.md ("What a change touches") is these rows. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_reload.h"
#include "agent/base/own.h"
#include "agent/rib/bandwidth.h"
#include "agent/show.h"
#include "world.h"

#define TIMERS "\"hold\": 90, \"keepalive\": 30, \"ra_interval\": 700"
#define WITH_TIMERS(timers, more) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"timers\": {" timers "}" more "}"
#define WITH(more) WITH_TIMERS(TIMERS, more)
#define LINK(of_1) WITH(", \"links\": {\"swp1\": {" of_1 "}, \"swp*\": {}}")
#define LINK_WEIGHTED(of_1) WITH(", \"weighted\": true, \"links\": {\"swp1\": {" of_1 "}, \"swp*\": {}}")

#define POLICY(which, med) WITH(", \"policy\": {\"p\": [{\"set\": {\"med\": " med "}, \"action\": \"accept\"}]}, " \
	"\"links\": {\"swp1\": {\"" which "\": \"p\"}, \"swp*\": {}}")

#define CONFIRM_S 50                     /* no timer of TIMERS is due then */
#define SOON_MS 100                      /* in which everything has been said and done; a new connection is not tried again in it */

#define SAME NULL
#define REJECTED "is rejected: nothing"

static const struct row {
	const char *key;                 /* as config_takes knows it */
	const char *what;                /* of the key, for the table */
	const char *from, *to;
	const char *touches, *back;      /* the change; what takes it back */
} rows[] = {
	{ "hostname", "", WITH(""), WITH(", \"hostname\": \"other\""),
	  "nothing", SAME },
	{ "metrics", "", WITH(""), WITH(", \"metrics\": {\"listen\": \"[::1]:9473\"}"),
	  "metrics [::1]:9473", "metrics off" },
	{ "bmp", "", WITH(""), WITH(", \"bmp\": {\"collector\": \"192.0.2.1\"}"),
	  "bmp connect 192.0.2.1 1790", "bmp close" },
	{ "asn", "", WITH(""), "{\"asn\": 65009, \"router_id\": \"10.0.254.1\"}",
	  REJECTED, "-" },
	{ "timers.hold", "", WITH(""), WITH_TIMERS("\"hold\": 99, \"keepalive\": 30, \"ra_interval\": 700", ""),
	  "session of swp1; session of swp2; kernel 2", SAME },
	{ "timers.keepalive", "", WITH(""), WITH_TIMERS("\"hold\": 90, \"keepalive\": 20, \"ra_interval\": 700", ""),
	  "nothing", SAME },
	{ "timers.ra_interval", "", WITH(""), WITH_TIMERS("\"hold\": 90, \"keepalive\": 30, \"ra_interval\": 600", ""),
	  "RA swp1 1; RA swp2 1", SAME },
	{ "ipv6", "", WITH(""), WITH(", \"ipv6\": false"),
	  "session of swp1; session of swp2; kernel 2", SAME },
	{ "links.*.password", "of swp1", LINK(""), LINK("\"password\": \"secret\""),
	  "session of swp1; UPDATE swp2 1; kernel 1; guard swp1 1", SAME },
	{ "links.*.asn", "of swp1, whose peer's is in it", LINK(""), LINK("\"asn\": 65101"),
	  "nothing", SAME },
	{ "links.*.asn", "of swp1, whose peer's is not in it", LINK(""), LINK("\"asn\": 7"),
	  "session of swp1; UPDATE swp2 1; kernel 1", "attempt of swp1" },
	{ "links.*.import", "of swp1", LINK(""), LINK("\"import\": \"none\""),
	  "ROUTE-REFRESH swp1 2", SAME },
	{ "links.*.export", "of swp1", LINK(""), LINK("\"export\": \"none\""),
	  "UPDATE swp1 1", SAME },
	{ "policy", "that the import of swp1 names", POLICY("import", "1"), POLICY("import", "2"),
	  "ROUTE-REFRESH swp1 2", SAME },
	{ "policy", "that the export of swp1 names", POLICY("export", "1"), POLICY("export", "2"),
	  "UPDATE swp1 1", SAME },
	{ "links.*.max_prefixes", "of swp1, not reached", LINK(""), LINK("\"max_prefixes\": 9"),
	  "nothing", SAME },
	{ "links.*.max_prefixes", "of swp1, exceeded", LINK(""), LINK("\"max_prefixes\": 1"),
	  "session of swp1; UPDATE swp2 1; kernel 1", "attempt of swp1" },
	{ "links.*.blackhole", "of swp1, which has told one", LINK(""), LINK("\"blackhole\": true"),
	  "kernel 3", SAME },
	{ "links.*.routers", "of swp1, which has one", LINK(""), LINK("\"routers\": 2"),
	  "nothing", SAME },
	{ "links.*.expect", "of swp1, where somebody else is", LINK(""), LINK("\"expect\": \"other\""),
	  "nothing", SAME },
	{ "links.*.strict", "of swp1, where somebody else is", LINK("\"expect\": \"other\""), LINK("\"expect\": \"other\", \"strict\": true"),
	  "session of swp1; UPDATE swp2 1; kernel 1", "nothing" },
	{ "links.*.bfd", "of swp1", LINK(""), LINK("\"bfd\": true"),
	  "BFD swp1 1", SAME },
	{ "links.*.damping", "of swp1", LINK(""), LINK("\"damping\": false"),
	  "nothing", SAME },
	{ "links.*.bandwidth_mbps", "of swp1", LINK_WEIGHTED(""), LINK_WEIGHTED("\"bandwidth_mbps\": 2000"),
	  "UPDATE swp1 1; UPDATE swp2 2; kernel 1", SAME },
	{ "links", "without swp2", WITH(", \"links\": [\"swp*\"]"), WITH(", \"links\": [\"swp1\"]"),
	  "session of swp2; kernel 5; fabric swp2 off", "kernel 2; RA swp2 2; fabric swp2 on" },
	{ "neighbors", "with one more", WITH(""), WITH(", \"neighbors\": [{\"address\": \"203.0.113.2\", \"remote_asn\": 65002}]"),
	  "listen ipv6 ipv4 least 0 0", "listen ipv6 least 0 0" },
	{ "originate", "", WITH(""), WITH(", \"originate\": []"),
	  "UPDATE swp1 1; UPDATE swp2 1", SAME },
	{ "multipath", "from 64 to 1", WITH(""), WITH(", \"multipath\": 1"),
	  "kernel 2", SAME },
	{ "weighted", "", WITH(""), WITH(", \"weighted\": true"),
	  "UPDATE swp1 1; UPDATE swp2 2; kernel 3", SAME },
};

/* --- what is seen ------------------------------------------------------------------------------------------------------------------ */
static void put(FILE *to, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(FILE *to, const char *fmt, ...)
{
	va_list ap;

	fflush(to);
	if (ftell(to) > 0)
		fputs("; ", to);
	va_start(ap, fmt);
	vfprintf(to, fmt, ap);
	va_end(ap);
}

static size_t count_to(const struct world *w, unsigned n, const char *what)
{
	char pattern[64];

	snprintf(pattern, sizeof(pattern), what, n);
	return world_count(w, pattern);
}

/* "REFRESH swp1 2": of each link that has any. */
static void put_each(FILE *to, const struct world *w, const char *name, const char *what)
{
	for (unsigned n = 1; n <= 2; n++)
		if (count_to(w, n, what))
			put(to, "%s swp%u %zu", name, n, count_to(w, n, what));
}

static bool is_known(const char *line)
{
	static const char *const known[] = {
		"to swp?: NOTIFICATION *", "close swp?", "connect swp? *", "to swp?: REFRESH *", "to swp?: UPDATE *", "to swp?: EOR *", "hop_*", "group_*",
		"route_*", "neigh_*", "pin_*", "bfd swp? *", "bfd_end swp?", "guard swp? *", "guard swp?",
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (fnmatch(known[i], line, 0) == 0)
			return true;
	return false;
}

struct before {
	bool established[3];             /* by the number of the link */
	char listens[64];                /* how; the rim is asked each time, and has nothing to do for the same again */
};

static struct before forget(struct world *w)
{
	struct before b = { .listens = "listen ipv6 least 0 0" };

	for (unsigned n = 1; n <= 2; n++)
		b.established[n] = world_state(w, n) == BGP_ESTABLISHED;
	for (size_t i = 0; i < w->n_lines; i++)
		if (strncmp(w->lines[i], "listen ", 7) == 0)
			snprintf(b.listens, sizeof(b.listens), "%.63s", w->lines[i]);
	world_clear(w);
	memset(w->n_ra, 0, sizeof(w->n_ra));
	return b;
}

/* All that was said and done since `before`, in one sentence. */
static char *touched(const struct world *w, const struct before *before)
{
	static const char *const kernel[] = { "hop_*", "group_*", "route_*", "neigh_*", "pin_*" };
	char *text = NULL;
	size_t size, n = 0;
	FILE *to = open_memstream(&text, &size);

	for (unsigned swp = 1; swp <= 2; swp++)
		if (count_to(w, swp, "close swp%u"))
			put(to, "%s of swp%u", before->established[swp] ? "session" : "attempt", swp);
	put_each(to, w, "ROUTE-REFRESH", "to swp%u: REFRESH *");
	put_each(to, w, "UPDATE", "to swp%u: UPDATE *");
	put_each(to, w, "End-of-RIB", "to swp%u: EOR *");
	for (size_t i = 0; i < ARRAY_LEN(kernel); i++)
		n += world_count(w, kernel[i]);
	if (n)
		put(to, "kernel %zu", n);
	for (unsigned swp = 1; swp <= 2; swp++)
		if (w->n_ra[swp])
			put(to, "RA swp%u %u", swp, w->n_ra[swp]);
	put_each(to, w, "BFD", "bfd* swp%u*");
	put_each(to, w, "guard", "guard swp%u*");
	for (size_t i = 0; i < w->n_lines; i++)
		if (!is_known(w->lines[i]) && strcmp(w->lines[i], before->listens) != 0)
			put(to, "%s", w->lines[i]);
	fflush(to);
	if (ftell(to) == 0)
		fputs("nothing", to);
	fclose(to);
	return text;
}

/* --- the world --------------------------------------------------------------------------------------------------------------------- */
static const struct attrs blackhole = { .communities = { (const uint8_t[]){ 0xff, 0xff, 0x02, 0x9a }, 4 } };

static void tell_routes(struct world *w, unsigned n)
{
	float bytes = BANDWIDTH_MBIT * (n == 1 ? 8000 : 4000);
	uint8_t list[BANDWIDTH_SIZE];
	struct attrs wide = { 0 };

	wide.ext_communities = bandwidth_put((struct span){ 0 }, PEER_AS(n), &bytes, list);
	world_announce_as(w, n, "10.1.0.0/24 10.2.0.0/24", wide);
	world_announce_as(w, n, "10.9.0.1/32", blackhole);
}

static struct world *two_peers(const char *config)
{
	struct world *w = world_new(config);

	for (unsigned n = 1; n <= 2; n++) {
		struct link_info info = world_swp(n);

		world_peer(w, n);
		info.mbps = 10000;
		world_link(w, &info);
		tell_routes(w, n);
	}
	world_wait(w, 5000);
	return w;
}

/* Sessions that have ended are there again, and have told what they had told. */
static void recover(struct world *w)
{
	for (unsigned n = 1; n <= 2; n++)
		if (agent_is_fabric(w->agent, SWP(n)) && world_state(w, n) != BGP_ESTABLISHED && world_try(w, n))
			tell_routes(w, n);
	world_wait(w, 1000);
}

static char *config_of(const struct world *w)
{
	json_t *j = show_config(w->agent);
	char *text = json_dumps(j, JSON_SORT_KEYS);

	json_decref(j);
	return text;
}

static void check_text(const struct row *row, const char *when, const char *want, const char *got)
{
	cr_expect(strcmp(want, got) == 0, "%s %s, %s: touches \"%s\" instead of \"%s\"", row->key, row->what, when, got, want);
}

static void check(const struct row *row)
{
	struct world *w = two_peers(row->from);
	json_t *result = NULL;
	AUTO_FREE char *error = NULL, *before = config_of(w), *after = NULL, *first = NULL, *second = NULL;
	struct before was = forget(w);
	bool rejected;

	w->file = row->to;
	rejected = agent_reload(w->agent, CONFIRM_S, w->now, &result, &error) != CTL_DONE;
	json_decref(result);
	world_turn(w);
	world_wait(w, SOON_MS);
	first = touched(w, &was);
	check_text(row, "the change", rejected ? "nothing" : row->touches, first);
	cr_expect_eq(rejected, strcmp(row->touches, REJECTED) == 0, "%s: %s", row->key, error);
	if (!rejected)
		recover(w);
	world_wait(w, CONFIRM_S * 1000 - SOON_MS - 1000 - 1);
	was = forget(w);
	world_wait(w, 1 + SOON_MS);
	second = touched(w, &was);
	check_text(row, "taken back", rejected ? "nothing" : row->back ? row->back : row->touches, second);
	after = config_of(w);
	cr_expect_str_eq(after, before, "%s %s: what was before is not back", row->key, row->what);
	world_free(w);
}

/* --- the rows themselves ------------------------------------------------------------------------------------------------------------- */
static const struct { unsigned takes; const char *name; } kinds[] = {
	{ TAKES_NOTHING, "NOTHING" }, { TAKES_RESTART, "RESTART" }, { TAKES_SESSION, "SESSION" }, { TAKES_ASN, "ASN" }, { TAKES_IMPORT, "IMPORT" },
	{ TAKES_EXPORT, "EXPORT" }, { TAKES_LIMIT, "LIMIT" }, { TAKES_KEEPALIVE, "KEEPALIVE" }, { TAKES_BFD, "BFD" }, { TAKES_DAMPING, "DAMPING" },
	{ TAKES_ROUTERS, "ROUTERS" }, { TAKES_DECISION, "DECISION" }, { TAKES_FORWARDING, "FORWARDING" }, { TAKES_ORIGINATE, "ORIGINATE" },
	{ TAKES_RA, "RA" }, { TAKES_LINKS, "LINKS" }, { TAKES_NEIGHBORS, "NEIGHBORS" }, { TAKES_BANDWIDTH, "BANDWIDTH" }, { TAKES_OPEN, "OPEN" },
	{ TAKES_METRICS, "METRICS" }, { TAKES_EXPECT, "EXPECT" }, { TAKES_MONITOR, "MONITOR" },
};

static void check_kind(void *ctx, const char *key, bool whole)
{
	unsigned takes = config_takes(key), named = 0;
	bool shown = whole;

	(void)ctx;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		shown |= config_takes(rows[i].key) == takes;
	cr_expect(shown, "%s: no row here shows what such a change touches (the same answer as in agent/config/answers.c)", key);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		named |= kinds[i].takes;
	cr_expect_eq(takes & ~named, 0u, "%s: its kind has no name in kinds[]", key);
}

Test(agent_reload_touch, each_kind_of_change_is_a_bit_of_its_own)
{
	unsigned all = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		cr_expect(kinds[i].takes && !(all & kinds[i].takes) && !(kinds[i].takes & (kinds[i].takes - 1)), "%s", kinds[i].name);
		all |= kinds[i].takes;
	}
}

Test(agent_reload_touch, every_kind_of_change_that_a_key_may_take_has_a_row)
{
	config_keys(check_kind, NULL);
}

/* "| `SESSION`, `ORIGINATE` | `ipv6` | ... | the same |" */
static void table_line(const struct row *row, char *to, size_t size)
{
	size_t n = (size_t)snprintf(to, size, "|");

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (config_takes(row->key) & kinds[i].takes)
			n += (size_t)snprintf(to + n, size - n, "%s `%s`", n > 1 ? "," : "", kinds[i].name);
	snprintf(to + n, size - n, " | `%s`%s%s | %s | %s |\n", row->key, *row->what ? " " : "", row->what, row->touches,
		 row->back ? row->back : "the same");
}

Test(agent_reload_touch, the_table_in_the_readme_is_these_rows)
{
	static char text[512 * 1024];
	FILE *f = fopen("agent/README.md", "re");
	char line[512];

	cr_assert_not_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = 0;
	fclose(f);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		table_line(&rows[i], line, sizeof(line));
		cr_expect(strstr(text, line), "agent/README.md, \"What a change touches\", lacks:\n%s", line);
	}
}

Test(agent_reload_touch, each_kind_of_change_touches_what_it_must_and_nothing_else_also_when_it_is_taken_back)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check(&rows[i]);
}
