#include "agent/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_reload.h"
#include "agent/base/log.h"
#include "agent/base/own.h"
#include "agent/base/utf8.h"
#include "agent/commands_runtime.h"
#include "agent/ctl/ctl.h"
#include "agent/doctor.h"
#include "agent/show.h"
#include "agent/show_bmp.h"
#include "agent/show_log.h"

#define LOG_TOPIC TOPIC_AGENT
#define CONFIRM_MAX_S 86400

/* own: an error that is to be freed; table: the answer is that, instead of all others. */
struct reply { json_t *result; enum ctl_exit exit; const char *error; char *own; struct show_table *table; };

static struct reply good(json_t *result)
{
	return result ? (struct reply){ .result = result } : (struct reply){ .exit = CTL_FAILED, .error = "the daemon is out of memory" };
}

static struct reply bad(enum ctl_exit exit, const char *error)
{
	return (struct reply){ .exit = exit, .error = error };
}

static struct reply do_summary(struct agent *a, const struct ctl_request *q, mono now)
{
	(void)q;
	return good(show_summary(a, now));
}

static struct reply do_neighbors(struct agent *a, const struct ctl_request *q, mono now)
{
	json_t *list = show_neighbors(a, q->n_args ? q->args[0] : NULL, now);

	if (q->n_args && json_array_size(list) == 0 && !links_by_name(agent_links(a), q->args[0])) {
		json_decref(list);
		return bad(CTL_FAILED, "there is no such link or neighbor; `weft show links` and `weft show neighbors` list them");
	}
	return good(list);
}

static struct reply table(struct agent *a, enum show_what what, const char *name)
{
	struct reply reply = { 0 };
	int r = show_table_new(&reply.table, a, what, name);

	if (r == -ENOENT)
		return bad(CTL_FAILED, "there is no such neighbor; `weft show neighbors` lists them");
	if (r == -ENOTCONN)
		return bad(CTL_FAILED, "there is no session with that neighbor; `weft show neighbors` says why");
	return r < 0 ? good(NULL) : reply;
}

static struct reply do_routes(struct agent *a, const struct ctl_request *q, mono now)
{
	struct prefix p;

	(void)now;
	if (!q->n_args)
		return table(a, SHOW_ROUTES, NULL);
	if (prefix_parse(q->args[0], &p) < 0)
		return bad(CTL_USAGE, "that is no prefix; a prefix reads like 10.0.254.1/32 or 2001:db8::/32, without host bits");
	return good(show_routes(a, &p));
}

static struct reply do_received(struct agent *a, const struct ctl_request *q, mono now)
{
	(void)now;
	return table(a, SHOW_RECEIVED, q->args[0]);
}

static struct reply do_advertised(struct agent *a, const struct ctl_request *q, mono now)
{
	(void)now;
	return table(a, SHOW_ADVERTISED, q->args[0]);
}

static struct reply do_dump(struct agent *a, const struct ctl_request *q, mono now)
{
	struct reply reply = { 0 };
	int r = show_table_new(&reply.table, a, SHOW_DUMP, q->args[0]);

	(void)now;
	if (r == -EINVAL)
		return bad(CTL_USAGE, "dump takes the time: seconds since 1970");
	return r < 0 ? good(NULL) : reply;
}

static struct reply do_explain(struct agent *a, const struct ctl_request *q, mono now)
{
	struct prefix p;

	if (prefix_parse(q->args[0], &p) < 0)
		return bad(CTL_USAGE, "that is no prefix and no address; they read like 10.0.254.1/32, 10.0.254.1 or 2001:db8::/32, without host bits");
	return good(show_explain(a, &p, now));
}

static struct reply do_links(struct agent *a, const struct ctl_request *q, mono now)
{
	(void)q;
	return good(show_links(a, now));
}

static struct reply do_nexthops(struct agent *a, const struct ctl_request *q, mono now)
{
	(void)q;
	(void)now;
	return good(show_nexthops(a));
}

static struct reply do_bmp(struct agent *a, const struct ctl_request *q, mono now)
{
	(void)q;
	return good(show_bmp(a, now));
}

static struct reply do_config(struct agent *a, const struct ctl_request *q, mono now)
{
	(void)q;
	(void)now;
	return good(show_config(a));
}

static struct reply do_version(struct agent *a, const struct ctl_request *q, mono now)
{
	(void)a;
	(void)q;
	(void)now;
	return good(show_version());
}

static struct reply do_reset(struct agent *a, const struct ctl_request *q, mono now)
{
	const char *message = q->n_args > 1 ? q->args[1] : NULL;

	if (message && (strlen(message) > PEER_WORDS_MAX || !utf8_plain(message)))
		return bad(CTL_USAGE, "a message is at most 255 bytes long, and has no control characters");
	if (agent_reset(a, q->args[0], message, now) < 0)
		return bad(CTL_FAILED, "there is no peer on that link; `weft show neighbors` lists them");
	return good(json_true());
}

/* Of commands_runtime.c. */
static struct reply by_hand(runtime_fn *fn, struct agent *a, const struct ctl_request *q, mono now)
{
	struct reply reply = { 0 };

	reply.exit = fn(a, q, now, &reply.result, &reply.own);
	return reply;
}

static struct reply do_announce(struct agent *a, const struct ctl_request *q, mono now)
{
	return by_hand(runtime_announce, a, q, now);
}

static struct reply do_withdraw(struct agent *a, const struct ctl_request *q, mono now)
{
	return by_hand(runtime_withdraw, a, q, now);
}

static struct reply do_neighbor_add(struct agent *a, const struct ctl_request *q, mono now)
{
	return by_hand(runtime_neighbor_add, a, q, now);
}

static struct reply do_neighbor_del(struct agent *a, const struct ctl_request *q, mono now)
{
	return by_hand(runtime_neighbor_del, a, q, now);
}

static struct reply do_soft_reset(struct agent *a, const struct ctl_request *q, mono now)
{
	return by_hand(runtime_soft_reset, a, q, now);
}

static struct reply do_stop(struct agent *a, const struct ctl_request *q, mono now)
{
	const char *message = q->n_args > 1 ? q->args[1] : NULL;

	(void)now;
	if (!q->n_args) {
		agent_ask_end(a, AGENT_LEAVES, NULL);
		return good(json_true());
	}
	if (strcmp(q->args[0], "cold"))
		return bad(CTL_USAGE, "the end is \"cold\" or nothing is said about it");
	if (message && (strlen(message) > PEER_WORDS_MAX || !utf8_plain(message)))
		return bad(CTL_USAGE, "a message is at most 255 bytes long, and has no control characters");
	agent_ask_end(a, AGENT_STOPS, message);
	return good(json_true());
}

static struct reply do_reload(struct agent *a, const struct ctl_request *q, mono now)
{
	struct reply reply = { 0 };
	unsigned confirm_s = 0;
	char *end = NULL;
	unsigned long s;

	if (q->n_args) {
		s = strtoul(q->args[0], &end, 10);
		if (*end || q->args[0][0] < '0' || q->args[0][0] > '9' || s < 1 || s > CONFIRM_MAX_S)
			return bad(CTL_USAGE, "--confirm takes 1 to 86400 seconds");
		confirm_s = (unsigned)s;
	}
	reply.exit = agent_reload(a, confirm_s, now, &reply.result, &reply.own);
	return reply;
}

static struct reply do_confirm(struct agent *a, const struct ctl_request *q, mono now)
{
	struct reply reply = { 0 };

	(void)q;
	(void)now;
	reply.exit = agent_confirm(a, &reply.result, &reply.own);
	return reply;
}

static struct reply do_diff(struct agent *a, const struct ctl_request *q, mono now)
{
	struct reply reply = { 0 };

	(void)now;
	reply.exit = agent_diff(a, q->n_args ? q->args[0] : NULL, &reply.result, &reply.own);
	return reply;
}

/* r: of what was to be done first. */
static struct reply drain_reply(const struct agent *a, const char *name, int r, mono now)
{
	json_t *view = r == -ENOENT ? NULL : show_drain(a, name, now);

	if (!view)
		return bad(CTL_FAILED, "there is no such fabric link or numbered neighbor; `weft show links` and `weft show neighbors` list them");
	if (r < 0) {
		json_decref(view);
		return bad(CTL_FAILED, r == -ENOSPC ? "too many links are drained" : "the daemon is out of memory");
	}
	return good(view);
}

static const char *drain_name(const struct ctl_request *q)
{
	return q->n_args ? q->args[0] : DRAIN_NODE;
}

static struct reply do_drain(struct agent *a, const struct ctl_request *q, mono now)
{
	return drain_reply(a, drain_name(q), agent_drain(a, drain_name(q), now), now);
}

static struct reply do_undrain(struct agent *a, const struct ctl_request *q, mono now)
{
	return drain_reply(a, drain_name(q), agent_undrain(a, drain_name(q), now), now);
}

static struct reply do_show_drain(struct agent *a, const struct ctl_request *q, mono now)
{
	return drain_reply(a, drain_name(q), 0, now);
}

static struct reply do_doctor(struct agent *a, const struct ctl_request *q, mono now)
{
	(void)q;
	return good(doctor(a, now));
}

/* A topic, a level, or both. */
static struct reply do_log(struct agent *a, const struct ctl_request *q, mono now)
{
	enum log_level level;
	const char *first = q->n_args ? q->args[0] : NULL, *topic = first && !log_level_of(first, &level) ? first : NULL;
	const char *wrong = log_order(q->n_args > 1 ? first : topic, q->n_args > 1 ? q->args[1] : topic ? NULL : first);

	(void)a;
	(void)now;
	return wrong ? bad(CTL_USAGE, wrong) : good(show_log(topic));
}

/* Whom the answer is for. What a new row does not say is CHANGES. LOOKS: it changes nothing, and reads nothing that only weftd may. LOOKS_BARE: so
 * without arguments. */
enum effect { CHANGES, LOOKS, LOOKS_BARE };

static const struct row {
	const char *name;
	size_t least, most;              /* arguments */
	struct reply (*run)(struct agent *a, const struct ctl_request *q, mono now);
	enum effect effect;
} rows[] = {
	{ "show summary", 0, 0, do_summary, LOOKS },
	{ "show neighbors", 0, 1, do_neighbors, LOOKS },
	{ "show routes", 0, 1, do_routes, LOOKS },
	{ "show received", 1, 1, do_received, LOOKS },
	{ "show advertised", 1, 1, do_advertised, LOOKS },
	{ "dump", 1, 1, do_dump, LOOKS },
	{ "explain", 1, 1, do_explain, LOOKS },
	{ "show links", 0, 0, do_links, LOOKS },
	{ "show nexthops", 0, 0, do_nexthops, LOOKS },
	{ "show bmp", 0, 0, do_bmp, LOOKS },
	{ "show config", 0, 0, do_config, LOOKS },
	{ "show version", 0, 0, do_version, LOOKS },
	{ "reset", 1, 2, do_reset, CHANGES },
	{ "soft reset", 2, 2, do_soft_reset, CHANGES },
	{ "announce", 1, CTL_ARGS_MAX, do_announce, CHANGES },
	{ "withdraw", 1, 1, do_withdraw, CHANGES },
	{ "neighbor add", 2, 2, do_neighbor_add, CHANGES },
	{ "neighbor del", 1, 1, do_neighbor_del, CHANGES },
	{ "stop", 0, 2, do_stop, CHANGES },
	{ "reload", 0, 1, do_reload, CHANGES },
	{ "confirm", 0, 0, do_confirm, CHANGES },
	{ "diff", 0, 1, do_diff, CHANGES },              /* reads any file that weftd may, and says what is in it */
	{ "drain", 0, 1, do_drain, CHANGES },
	{ "undrain", 0, 1, do_undrain, CHANGES },
	{ "show drain", 0, 1, do_show_drain, LOOKS },
	{ "doctor", 0, 0, do_doctor, LOOKS },
	{ "log", 0, 2, do_log, LOOKS_BARE },
};

const char *command_name(size_t i)
{
	return i < ARRAY_LEN(rows) ? rows[i].name : NULL;
}

bool command_looks(const struct ctl_request *q)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(q->command, rows[i].name) == 0)
			return rows[i].effect == LOOKS || (rows[i].effect == LOOKS_BARE && !q->n_args);
	return true;                             /* it is refused anyway, with its own sentence */
}

static struct reply dispatch(struct agent *a, const struct ctl_request *q, mono now)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strcmp(q->command, rows[i].name))
			continue;
		if (q->n_args < rows[i].least || q->n_args > rows[i].most)
			return bad(CTL_USAGE, "wrong number of arguments for this command; see `weft --help`");
		return rows[i].run(a, q, now);
	}
	return bad(CTL_USAGE, "this daemon does not know that command; see `weft --help`");
}

struct command_more { struct show_table *table; struct ctl_list *list; };

void command_more_free(struct command_more *m)
{
	if (!m)
		return;
	show_table_free(m->table);
	ctl_list_free(m->list);
	free(m);
}

static void add_row(void *list, json_t *row)
{
	ctl_list_add(list, row);
}

char *command_more(struct command_more *m, mono now, bool *ret_end)
{
	int r = show_table_step(m->table, add_row, m->list, now);

	*ret_end = r <= 0;
	return r < 0 ? NULL : ctl_list_take(m->list, r == 0);
}

/* All of it, in one line. */
static char *whole(struct command_more *m, mono now)
{
	bool end;

	while (show_table_step(m->table, add_row, m->list, now) > 0)
		;
	return command_more(m, now, &end);
}

/* Takes over the table. */
static char *answer_table(struct show_table *t, mono now, struct command_more **ret_more)
{
	struct command_more *m = calloc(1, sizeof(*m));
	char *piece = NULL;
	bool end = true;

	if (!m) {
		show_table_free(t);
		return NULL;
	}
	m->table = t;
	m->list = ctl_list_begin();
	if (m->list)
		piece = ret_more ? command_more(m, now, &end) : whole(m, now);
	if (end || !piece)
		command_more_free(m);
	else
		*ret_more = m;
	return piece;
}

char *command_run(struct agent *agent, const char *line, size_t n, mono now, struct command_more **ret_more)
{
	struct ctl_request q;
	struct reply reply;
	const char *error = NULL;
	char *answer;

	if (ret_more)
		*ret_more = NULL;
	if (ctl_request_parse(line, n, &q, &error) < 0)
		reply = bad(CTL_USAGE, error);
	else
		reply = dispatch(agent, &q, now);
	if (!error)                              /* of what was refused nobody knows what it does to a terminal */
		log_debug("request: %.*s", (int)n, line);
	if (reply.table)
		return answer_table(reply.table, now, ret_more);
	if (reply.exit == CTL_USAGE)
		agent_counters(agent)->bad_requests++;
	if (reply.own)
		reply.error = reply.own;
	if (!reply.result && !reply.error)
		reply = bad(CTL_FAILED, "the daemon is out of memory");
	answer = reply.result ? ctl_answer_line(reply.result) : ctl_error_line(reply.exit, reply.error);
	free(reply.own);
	return answer;
}
