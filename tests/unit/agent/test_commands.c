/* The control socket's commands: what each answers, and how everything else is refused. */
#include <criterion/criterion.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/commands.h"
#include "agent/ctl/ctl.h"
#include "world.h"

/* The exit code of a request; *ret_result (if not NULL) is a new reference. */
static int ask_bytes(struct world *w, const char *line, size_t n, json_t **ret_result)
{
	AUTO_FREE char *answer = command_run(w->agent, line, n, w->now, NULL);
	AUTO_FREE char *error = NULL;
	json_t *result = NULL;
	int r;

	cr_assert_not_null(answer);
	cr_assert_eq(strchr(answer, '\n'), answer + strlen(answer) - 1, "one line");
	r = ctl_answer_parse(answer, strlen(answer), &result, &error);
	cr_assert_geq(r, 0, "%s", answer);
	cr_assert_eq(r == CTL_DONE, result != NULL);
	cr_assert(r == CTL_DONE || *error);
	if (ret_result)
		*ret_result = json_incref(result);
	json_decref(result);
	return r;
}

static int ask(struct world *w, const char *line, json_t **ret_result)
{
	return ask_bytes(w, line, strlen(line), ret_result);
}

/* The table in pieces, the way the rim asks for it, while `between` happens. */
static json_t *in_pieces(struct world *w, const char *line, void (*between)(struct world *w, unsigned piece), unsigned *ret_pieces)
{
	struct command_more *more = NULL;
	char *text = command_run(w->agent, line, strlen(line), w->now, &more), *piece, *longer, *error = NULL;
	json_t *result = NULL;
	bool end = !more;

	for (*ret_pieces = 1; !end; ++*ret_pieces) {
		between(w, *ret_pieces);
		piece = command_more(more, w->now, &end);
		cr_assert(piece && *piece);
		cr_assert_geq(asprintf(&longer, "%s%s", text, piece), 0);
		free(text);
		free(piece);
		text = longer;
	}
	command_more_free(more);
	cr_assert_eq(ctl_answer_parse(text, strlen(text), &result, &error), 0);
	free(text);
	return result;
}

/* What was told by now changes behind the reader, and in front of him. */
static void churn(struct world *w, unsigned piece)
{
	char s[32];

	snprintf(s, sizeof(s), "10.1.%u.7/32", piece);
	world_announce(w, 1, s, NULL, 0);
	snprintf(s, sizeof(s), "10.77.%u.0/24", 4 * piece);
	world_withdraw(w, 1, s);
}

static void nothing(struct world *w, unsigned piece)
{
	(void)w;
	(void)piece;
}

/* 10.77.0.0/24 .. 10.80.255.0/24 */
static struct world *with_many(void)
{
	struct world *w = world_new(NULL);
	char s[32];

	world_peer(w, 1);
	w->kernel_busy = true;                   /* the tests' one holds a few routes */
	for (unsigned i = 1024; i-- > 0;) {              /* not in their order */
		snprintf(s, sizeof(s), "10.%u.%u.0/24", 77 + i / 256, i % 256);
		world_announce(w, 1, s, NULL, 0);
	}
	return w;
}

static size_t missing_of(const json_t *rows, unsigned every)
{
	const char *last = "";
	size_t there = 0, i;
	unsigned a, b;
	json_t *row;

	json_array_foreach(rows, i, row) {
		const char *prefix = json_string_value(json_object_get(row, "prefix"));

		cr_expect_str_neq(prefix, last, "shown twice");
		last = prefix;
		there += sscanf(prefix, "10.%u.%u.0/24", &a, &b) == 2 && a >= 77 && b % every == 1;
	}
	return 1024 / every - there;
}

Test(commands, a_long_table_is_told_in_pieces_that_are_one_line)
{
	static const char *const lines[] = {
		"{\"command\": \"show routes\"}", "{\"command\": \"show received\", \"args\": [\"swp1\"]}",
	};
	struct world *w = with_many();

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		unsigned pieces;
		json_t *rows = in_pieces(w, lines[i], nothing, &pieces), *whole;

		cr_expect_geq(pieces, 4u);
		cr_assert_eq(ask(w, lines[i], &whole), CTL_DONE);
		cr_expect(json_equal(rows, whole), "line %zu", i);
		json_decref(rows);
		json_decref(whole);
	}
	world_free(w);
}

Test(commands, what_is_there_all_the_time_is_in_a_long_table_that_changes_meanwhile)
{
	struct world *w = with_many();
	unsigned pieces;
	json_t *rows = in_pieces(w, "{\"command\": \"show routes\"}", churn, &pieces);

	cr_expect_eq(missing_of(rows, 4), 0u);
	json_decref(rows);
	world_free(w);
}

Test(commands, a_neighbors_table_ends_unfinished_with_its_session)
{
	static const char *const line = "{\"command\": \"show received\", \"args\": [\"swp1\"]}";
	struct world *w = with_many();
	struct command_more *more = NULL;
	bool end = false;

	free(command_run(w->agent, line, strlen(line), w->now, &more));
	cr_assert_not_null(more);
	world_notify(w, 1, NOTIFY_CEASE, CEASE_ADMIN_RESET);
	cr_expect_null(command_more(more, w->now, &end));
	cr_expect(end);
	command_more_free(more);
	world_free(w);
}

static const struct { const char *line; int exit; const char *path, *json; } requests[] = {
	{ "{\"command\": \"show summary\"}", CTL_DONE, "peers", "1" },
	{ "{\"command\": \"show summary\", \"args\": []}", CTL_DONE, "asn", "65001" },
	{ "{\"command\": \"show neighbors\"}", CTL_DONE, "0.link", "\"swp1\"" },
	{ "{\"command\": \"show neighbors\", \"args\": [\"swp1\"]}", CTL_DONE, "0.link", "\"swp1\"" },
	{ "{\"command\": \"show neighbors\", \"args\": [\"lo\"]}", CTL_DONE, "", "[]" },
	{ "{\"command\": \"show routes\"}", CTL_DONE, "0.prefix", "\"10.0.254.1/32\"" },
	{ "{\"command\": \"show routes\", \"args\": [\"10.1.0.0/24\"]}", CTL_DONE, "0.prefix", "\"10.1.0.0/24\"" },
	{ "{\"command\": \"show routes\", \"args\": [\"10.0.254.1\"]}", CTL_DONE, "0.prefix", "\"10.0.254.1/32\"" },
	{ "{\"command\": \"show routes\", \"args\": [\"2001:db8::/32\"]}", CTL_DONE, "", "[]" },
	{ "{\"command\": \"show received\", \"args\": [\"swp1\"]}", CTL_DONE, "0.prefix", "\"10.1.0.0/24\"" },
	{ "{\"command\": \"show advertised\", \"args\": [\"swp1\"]}", CTL_DONE, "0.prefix", "\"10.0.254.1/32\"" },
	{ "{\"command\": \"explain\", \"args\": [\"10.1.0.7\"]}", CTL_DONE, "prefix", "\"10.1.0.0/24\"" },
	{ "{\"command\": \"explain\", \"args\": [\"192.0.2.0/24\"]}", CTL_DONE, "found", "false" },
	{ "{\"command\": \"show links\"}", CTL_DONE, "1.state", "\"peer\"" },
	{ "{\"command\": \"show nexthops\"}", CTL_DONE, "stats.routes", "1" },
	{ "{\"command\": \"show config\"}", CTL_DONE, "router_id", "\"10.0.254.1\"" },
	{ "{\"command\": \"show version\"}", CTL_DONE, "version", "\"" WEFT_VERSION "\"" },
	{ "{\"command\": \"reset\", \"args\": [\"swp1\"]}", CTL_DONE, "", "true" },
	{ "{\"command\": \"soft reset\", \"args\": [\"swp1\", \"in\"]}", CTL_DONE, "changed", "true" },
	{ "{\"command\": \"announce\", \"args\": [\"10.9.0.0/24\", \"65001:1\"]}", CTL_DONE, "changed", "true" },
	{ "{\"command\": \"withdraw\", \"args\": [\"10.9.0.0/24\"]}", CTL_FAILED, NULL, NULL },
	{ "{\"command\": \"neighbor add\", \"args\": [\"203.0.113.2\", \"65002\"]}", CTL_DONE, "changed", "true" },
	{ "{\"command\": \"neighbor del\", \"args\": [\"203.0.113.2\"]}", CTL_FAILED, NULL, NULL },
	/* refused: there is no file, and nothing to confirm */
	{ "{\"command\": \"reload\"}", CTL_FAILED, NULL, NULL },
	{ "{\"command\": \"reload\", \"args\": [\"60\"]}", CTL_FAILED, NULL, NULL },
	{ "{\"command\": \"diff\"}", CTL_FAILED, NULL, NULL },
	{ "{\"command\": \"diff\", \"args\": [\"/some/file\"]}", CTL_FAILED, NULL, NULL },
	{ "{\"command\": \"confirm\"}", CTL_FAILED, NULL, NULL },
	{ "{\"command\": \"drain\"}", CTL_DONE, "drained", "true" },
	{ "{\"command\": \"drain\", \"args\": [\"swp1\"]}", CTL_DONE, "link", "\"swp1\"" },
	{ "{\"command\": \"undrain\"}", CTL_DONE, "drained", "false" },
	{ "{\"command\": \"undrain\", \"args\": [\"swp1\"]}", CTL_DONE, "link", "\"swp1\"" },
	{ "{\"command\": \"show drain\"}", CTL_DONE, "link", "null" },
	{ "{\"command\": \"log\", \"args\": [\"info\"]}", CTL_DONE, "levels.bgp", "\"info\"" },
	{ "{\"command\": \"log\"}", CTL_DONE, "levels.bgp", "\"info\"" },
	{ "{\"command\": \"log\", \"args\": [\"bgp\", \"debug\"]}", CTL_DONE, "levels.bgp", "\"debug\"" },
	{ "{\"command\": \"log\", \"args\": [\"bgp\"]}", CTL_DONE, "levels", "{\"bgp\":\"debug\"}" },
	{ "{\"command\": \"log\", \"args\": [\"link\"]}", CTL_DONE, "levels", "{\"link\":\"info\"}" },
	{ "{\"command\": \"log\", \"args\": [\"notice\"]}", CTL_DONE, "levels.route", "\"notice\"" },
	{ "{\"command\": \"log\", \"args\": [\"sausage\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"log\", \"args\": [\"sausage\", \"debug\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"log\", \"args\": [\"bgp\", \"loud\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"log\", \"args\": [\"notice\", \"bgp\"]}", CTL_USAGE, NULL, NULL },
	/* refused: there is no such thing */
	{ "{\"command\": \"drain\", \"args\": [\"swp9\"]}", CTL_FAILED, NULL, NULL },
	{ "{\"command\": \"undrain\", \"args\": [\"lo\"]}", CTL_FAILED, NULL, NULL },
	{ "{\"command\": \"show drain\", \"args\": [\"swp9\"]}", CTL_FAILED, NULL, NULL },
	{ "{\"command\": \"show neighbors\", \"args\": [\"swp9\"]}", CTL_FAILED, NULL, NULL },
	{ "{\"command\": \"show received\", \"args\": [\"swp9\"]}", CTL_FAILED, NULL, NULL },
	{ "{\"command\": \"show advertised\", \"args\": [\"lo\"]}", CTL_FAILED, NULL, NULL },
	{ "{\"command\": \"reset\", \"args\": [\"swp9\"]}", CTL_FAILED, NULL, NULL },
	{ "{\"command\": \"reset\", \"args\": [\"lo\"]}", CTL_FAILED, NULL, NULL },
	/* refused: that is no request */
	{ "{\"command\": \"show summary\", \"args\": [\"swp1\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"show neighbors\", \"args\": [\"swp1\", \"swp2\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"show routes\", \"args\": [\"10.1.0.0/24\", \"all\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"show routes\", \"args\": [\"10.1.0.1/24\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"show routes\", \"args\": [\"swp1\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"show received\"}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"explain\"}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"explain\", \"args\": [\"10.1.0.7/24\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"show links\", \"args\": [\"swp1\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"show nexthops\", \"args\": [\"1\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"show config\", \"args\": [\"asn\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"show version\", \"args\": [\"x\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"reset\"}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"reset\", \"args\": [\"swp1\", \"a\", \"b\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"reset\", \"args\": [\"swp1\", \"a\\u202eb\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"reload\", \"args\": [\"0\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"reload\", \"args\": [\"86401\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"reload\", \"args\": [\"-5\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"reload\", \"args\": [\"5s\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"reload\", \"args\": [\"\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"confirm\", \"args\": [\"1\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"drain\", \"args\": [\"swp1\", \"swp2\"]}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"show\"}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"show sumary\"}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"\"}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": 1}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"reset\", \"args\": [1]}", CTL_USAGE, NULL, NULL },
	{ "{\"args\": []}", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"show summary\", \"and\": 1}", CTL_USAGE, NULL, NULL },
	{ "[]", CTL_USAGE, NULL, NULL },
	{ "{\"command\": \"show summary\"", CTL_USAGE, NULL, NULL },
	{ "show summary", CTL_USAGE, NULL, NULL },
	{ "", CTL_USAGE, NULL, NULL },
};

Test(commands, each_request_has_its_answer_and_its_exit_code_and_bad_ones_are_counted)
{
	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		struct world *w = world_new(NULL);
		json_t *result = NULL;

		world_peer(w, 1);
		world_announce(w, 1, "10.1.0.0/24", NULL, 0);
		cr_expect_eq(ask(w, requests[i].line, &result), requests[i].exit, "%s", requests[i].line);
		cr_expect_eq(agent_counted(w->agent)->bad_requests, (uint64_t)(requests[i].exit == CTL_USAGE), "%s", requests[i].line);
		if (requests[i].path)
			cr_expect_str_eq(world_shows(json_incref(result), requests[i].path), requests[i].json, "%s", requests[i].line);
		json_decref(result);
		world_free(w);
	}
}

Test(commands, bytes_that_are_no_text_are_refused)
{
	struct world *w = world_new(NULL);

	cr_expect_eq(ask_bytes(w, "\0\xff\xfe", 3, NULL), CTL_USAGE);
	cr_expect_eq(ask_bytes(w, "{\"command\": \"show summary\"}\0", 28, NULL), CTL_USAGE);
	cr_expect_eq(agent_counted(w->agent)->bad_requests, 2u);
	world_free(w);
}

Test(commands, summary_tells_of_bad_requests)
{
	struct world *w = world_new(NULL);
	json_t *result;

	ask(w, "nonsense", NULL);
	cr_assert_eq(ask(w, "{\"command\": \"show summary\"}", &result), CTL_DONE);
	cr_expect_str_eq(world_shows(result, "counters.bad_requests"), "1");
	world_free(w);
}

Test(commands, the_end_is_asked_for_in_two_ways)
{
	static const char *const graceful = "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"graceful_restart\": {\"restart_seconds\": 30}}";
	static const struct { const char *line; enum ctl_exit exit; enum agent_end end, without; } rows[] = {
		{ "{\"command\": \"stop\"}", CTL_DONE, AGENT_LEAVES, AGENT_STOPS },
		{ "{\"command\": \"stop\", \"args\": [\"cold\"]}", CTL_DONE, AGENT_STOPS, AGENT_STOPS },
		{ "{\"command\": \"stop\", \"args\": [\"cold\", \"for good\"]}", CTL_DONE, AGENT_STOPS, AGENT_STOPS },
		{ "{\"command\": \"stop\", \"args\": [\"warm\"]}", CTL_USAGE, AGENT_RUNS, AGENT_RUNS },
		{ "{\"command\": \"stop\", \"args\": [\"cold\", \"a\\u202eb\"]}", CTL_USAGE, AGENT_RUNS, AGENT_RUNS },
	};

	for (size_t i = 0; i < 2 * ARRAY_LEN(rows); i++) {
		struct world *w = world_new(i % 2 ? NULL : graceful);

		cr_expect_eq(ask(w, rows[i / 2].line, NULL), rows[i / 2].exit, "%s", rows[i / 2].line);
		cr_expect_eq(agent_end_asked(w->agent), i % 2 ? rows[i / 2].without : rows[i / 2].end, "%s", rows[i / 2].line);
		world_free(w);
	}
}

Test(commands, reload_diff_and_confirm_answer_with_what_changes)
{
	struct world *w = world_new(NULL);
	json_t *result = NULL;

	w->file = "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"multipath\": 8}";
	cr_assert_eq(ask(w, "{\"command\": \"diff\"}", &result), CTL_DONE);
	cr_expect_str_eq(world_shows(result, "changes"), "[{\"effect\":\"every route is decided again\",\"from\":64,\"path\":\"multipath\",\"to\":8}]");
	cr_assert_eq(ask(w, "{\"command\": \"reload\", \"args\": [\"60\"]}", &result), CTL_DONE);
	cr_expect_str_eq(json_string_value(world_json(result, "changes.0.path")), "multipath");
	cr_expect_str_eq(world_shows(result, "confirm_seconds"), "60");
	cr_assert_eq(ask(w, "{\"command\": \"confirm\"}", &result), CTL_DONE);
	cr_expect_str_eq(world_shows(result, "generation"), "2");
	w->file = "{\"asn\": 65001}";
	cr_assert_eq(ask(w, "{\"command\": \"reload\"}", NULL), CTL_BAD_CONFIG);
	world_free(w);
}

Test(commands, reset_says_cease_and_starts_again)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	world_clear(w);
	cr_assert_eq(ask(w, "{\"command\": \"reset\", \"args\": [\"swp1\"]}", NULL), CTL_DONE);
	world_turn(w);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/4"), 1u);
	world_wait(w, 200);
	cr_expect_eq(world_count(w, "connect swp1 *"), 1u);
	world_open(w, 1);
	world_free(w);
}

/* A new command fails here until somebody has decided who may use it. */
Test(commands, each_is_for_those_who_may_look_or_it_is_not)
{
	static const struct { const char *name; bool bare, with_argument; } rows[] = {
		{ "show summary", true, true }, { "show neighbors", true, true }, { "show routes", true, true }, { "show received", true, true },
		{ "show advertised", true, true }, { "dump", true, true }, { "explain", true, true }, { "show links", true, true }, { "show nexthops", true, true },
		{ "show bmp", true, true }, { "show config", true, true }, { "show version", true, true }, { "show drain", true, true }, { "doctor", true, true },
		{ "log", true, false },
		{ "reset", false, false }, { "soft reset", false, false }, { "announce", false, false }, { "withdraw", false, false },
		{ "neighbor add", false, false }, { "neighbor del", false, false }, { "stop", false, false }, { "reload", false, false },
		{ "confirm", false, false }, { "diff", false, false }, { "drain", false, false }, { "undrain", false, false },
	};
	struct ctl_request q = { 0 };
	const char *name;
	size_t at;

	for (size_t i = 0; (name = command_name(i)); i++) {
		for (at = 0; at < ARRAY_LEN(rows) && strcmp(rows[at].name, name); at++)
			;
		cr_assert_lt(at, ARRAY_LEN(rows), "%s: may those use it who only look?", name);
		snprintf(q.command, sizeof(q.command), "%s", name);
		for (q.n_args = 0; q.n_args <= 1; q.n_args++)
			cr_expect_eq(command_looks(&q), q.n_args ? rows[at].with_argument : rows[at].bare, "%s with %zu arguments", name, q.n_args);
	}
}
