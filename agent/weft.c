/* agent/weft.c: the command that people and scripts talk to weftd with. It knows the words and the exit codes; what an answer looks like
 * is weft_show's, how it is fetched is weft_sock's. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <jansson.h>

#include "agent/base/own.h"
#include "agent/ctl/ctl.h"
#include "agent/ctl/words.h"
#include "agent/weft_check.h"
#include "agent/weft_complete.h"
#include "agent/weft_doctor.h"
#include "agent/weft_drain.h"
#include "agent/weft_dump.h"
#include "agent/weft_help.h"
#include "agent/weft_import.h"
#include "agent/weft_say.h"
#include "agent/weft_show.h"
#include "agent/weft_sock.h"
#include "agent/weft_watch.h"

struct options {
	const char *socket;
	const char *message;             /* NULL: none */
	const char *confirm;             /* the same */
	const char *timeout;             /* the same */
	const char *soft;                /* the same */
	const char *received, *advertised, *packets;     /* links; the same */
	bool json, cold, help;
	struct check_job check;          /* what --outside says */
};

struct command {
	const char *verb, *noun;         /* noun: NULL, or the second word */
	int min, max;                    /* arguments */
	text_fn *text;                   /* NULL: done here, or not in this version */
	const char *ask;                 /* the daemon's name for it */
};

static const struct command commands[] = {
	{ "show", "summary", 0, 0, text_summary, "show summary" },
	{ "show", "neighbors", 0, 1, text_neighbors, "show neighbors" },
	{ "show", "routes", 0, 1, text_routes, "show routes" },
	{ "show", "received", 1, 1, text_received, "show received" },    /* show routes --received LINK, and so on */
	{ "show", "advertised", 1, 1, text_advertised, "show advertised" },
	{ "show", "links", 0, 0, text_links, "show links" },
	{ "show", "nexthops", 0, 0, text_nexthops, "show nexthops" },
	{ "show", "bmp", 0, 0, text_bmp, "show bmp" },
	{ "show", "config", 0, 0, text_config, "show config" },
	{ "show", "version", 0, 0, text_version, "show version" },
	{ "version", NULL, 0, 0, text_version, "show version" },
	{ "explain", NULL, 1, 1, text_explain, "explain" },
	{ "reset", NULL, 1, 1, text_done, "reset" },
	{ "reset --soft", NULL, 1, 1, text_sentence, "soft reset" },    /* reset LINK --soft in|out */
	{ "announce", NULL, 1, CTL_ARGS_MAX, text_sentence, "announce" },
	{ "withdraw", NULL, 1, 1, text_sentence, "withdraw" },
	{ "neighbor", "add", 2, 2, text_sentence, "neighbor add" },
	{ "neighbor", "del", 1, 1, text_sentence, "neighbor del" },
	{ "stop", NULL, 0, 0, text_done, "stop" },
	{ "diff", NULL, 0, 1, text_diff, "diff" },
	{ "reload", NULL, 0, 0, text_reload, "reload" },
	{ "confirm", NULL, 0, 0, text_confirm, "confirm" },
	{ "doctor", NULL, 0, 0, text_doctor, "doctor" },
	{ "log", NULL, 0, 2, text_log, "log" },
};

static int no_answer(int r, const char *path)
{
	char where[512];

	snprintf(where, sizeof(where), "%s: %s", path, strerror(-r));
	if (r == -ENOENT || r == -ECONNREFUSED || r == -ENOTDIR)
		return weft_fail(CTL_NO_DAEMON, "no weftd listens at ", where);
	if (r == -ENAMETOOLONG)
		return weft_fail(CTL_USAGE, "no socket can have such a long name: ", path);
	if (r == -ENOTSOCK || r == -EPROTOTYPE)
		return weft_fail(CTL_NO_DAEMON, "this is no socket of weftd: ", where);
	if (r == -EACCES)
		return weft_fail(CTL_FAILED, "weftd answers root and the groups weft (everything) and weft-view (what changes nothing): ", where);
	if (r == -ETIMEDOUT)
		return weft_fail(CTL_FAILED, "weftd does not answer at ", where);
	return weft_fail(CTL_FAILED, "cannot talk to weftd at ", where);
}

static int terminal_width(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static int show(json_t *result, const struct command *cmd, const struct options *opt, bool detail)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
	const struct look look = {
		.colour = isatty(STDOUT_FILENO) && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0),
		.width = terminal_width(),
		.detail = detail,
	};
	int r = 0;

	if (opt->json) {
		weft_print_json(result);
	} else {
		weft_tame(result);
		r = cmd->text(result, &look);
	}
	if (r < 0)
		return weft_fail(CTL_FAILED, "no memory", "");
	return cmd->text == text_explain && json_is_false(json_object_get(result, "found")) ? CTL_FAILED : CTL_DONE;          /* explain: there is no route */
}

/* A line for each reason. */
static int refused(enum ctl_exit code, char *error)
{
	char *rest = error, *line;

	while ((line = strsep(&rest, "\n")))
		weft_fail(code, "", line);
	return code;
}

/* CTL_DONE and *ret (a new reference), or another exit code, and the reason has been said. */
static int fetch(const struct options *opt, const struct ctl_request *req, json_t **ret)
{
	AUTO_FREE char *line = ctl_request_line(req), *answer = NULL, *error = NULL;
	size_t n = 0;
	int r;

	if (!line)                                       /* jansson takes nothing but UTF-8 */
		return weft_fail(CTL_USAGE, "cannot send this argument: ", req->n_args ? req->args[0] : "");
	r = sock_ask(opt->socket, line, &answer, &n);
	if (r < 0)
		return no_answer(r, opt->socket);
	r = ctl_answer_parse(answer, n, ret, &error);
	if (r < 0)
		return weft_fail(CTL_FAILED, "this is no answer of weftd at ", opt->socket);
	return r > 0 ? refused((enum ctl_exit)r, error) : CTL_DONE;
}

static int ask(const struct command *cmd, const struct options *opt, const struct ctl_request *req)
{
	json_t *result = NULL;
	int r = fetch(opt, req, &result);

	if (r == CTL_NO_DAEMON && cmd->text == text_doctor && (result = doctor_here())) {        /* the host can be looked at all the same */
		show(result, cmd, opt, false);
		json_decref(result);
	}
	if (r != CTL_DONE)
		return r;
	r = show(result, cmd, opt, req->n_args > 0);
	if (r == CTL_DONE && cmd->text == text_doctor)
		r = (int)doctor_exit(result);
	json_decref(result);
	return r;
}

static int wrong_number(const struct command *cmd)
{
	static const char *const numbers[] = { "no argument", "one argument", "two arguments" };

	if (cmd->max < (int)ARRAY_LEN(numbers))
		fprintf(stderr, "weft: %s takes %s%s\n", cmd->ask, cmd->min < cmd->max ? "at most " : "", numbers[cmd->max]);
	else
		fprintf(stderr, "weft: %s takes %d to %d arguments\n", cmd->ask, cmd->min, cmd->max);
	return CTL_USAGE;
}

static int run(const struct command *cmd, const struct options *opt, char **args, int n)
{
	struct ctl_request req = { 0 };
	const char *more;

	if (n < cmd->min || n > cmd->max)
		return wrong_number(cmd);
	snprintf(req.command, sizeof(req.command), "%s", cmd->ask);
	for (int i = 0; i < n; i++) {
		if (strlen(args[i]) >= sizeof(req.args[0]))
			return weft_fail(CTL_USAGE, "the argument is too long: ", args[i]);
		strcpy(req.args[req.n_args++], args[i]);
	}
	if (opt->cold && strcmp(cmd->verb, "stop") != 0)
		return weft_fail(CTL_USAGE, "--cold is for stop alone", "");
	if (opt->message && strcmp(cmd->verb, "reset") != 0 && !opt->cold)
		return weft_fail(CTL_USAGE, "--message is for reset and stop --cold alone", "");
	if (opt->confirm && strcmp(cmd->verb, "reload") != 0)
		return weft_fail(CTL_USAGE, "--confirm is for reload alone", "");
	if (opt->cold)
		strcpy(req.args[req.n_args++], "cold");
	more = opt->message ? opt->message : opt->soft ? opt->soft : opt->confirm;
	if (more && strlen(more) >= sizeof(req.args[0]))
		return weft_fail(CTL_USAGE, "this is too long: ", more);
	if (more)
		strcpy(req.args[req.n_args++], more);
	if (cmd->text == text_version && !opt->json)
		printf("weft %s\n", WEFT_VERSION);
	return ask(cmd, opt, &req);
}

static int fetch_tame(void *ctx, const char *command, const char *link, json_t **ret)
{
	struct ctl_request req = { .n_args = link ? 1 : 0 };
	int r;

	snprintf(req.command, sizeof(req.command), "%s", command);
	if (link)
		strcpy(req.args[0], link);
	r = fetch(ctx, &req, ret);
	if (r == CTL_DONE)
		weft_tame(*ret);
	return r;
}

static int drain(const struct options *opt, const char *verb, char **args, int n)
{
	struct drain_job job = { .undrain = strcmp(verb, "undrain") == 0, .link = n ? args[0] : NULL, .timeout_s = 30, .fetch = fetch_tame, .ctx = (void *)opt };
	enum ctl_exit code;
	json_t *last = NULL;
	char *end = "", said[512];

	if (n > 1)
		return weft_fail(CTL_USAGE, verb, " takes at most one argument, a link");
	if (n && (!*args[0] || strlen(args[0]) >= sizeof(((struct ctl_request *)0)->args[0])))
		return weft_fail(CTL_USAGE, "that is no link: ", args[0]);
	if (opt->message || opt->confirm)
		return weft_fail(CTL_USAGE, opt->message ? "--message is for reset alone" : "--confirm is for reload alone", "");
	if (opt->timeout)
		job.timeout_s = strtoul(opt->timeout, &end, 10);
	if (opt->timeout && (!isdigit((unsigned char)*opt->timeout) || *end || job.timeout_s > DRAIN_TIMEOUT_MAX_S))
		return weft_fail(CTL_USAGE, "--timeout is 0 to 86400 seconds, not ", opt->timeout);
	code = drain_run(&job, &last, said, sizeof(said));
	if (last && opt->json)
		weft_print_json(last);
	if (*said && code != CTL_DONE)
		weft_fail(code, "", said);
	else if (*said && !opt->json)
		puts(said);
	json_decref(last);
	return code;
}

static int watch(const struct options *opt, char **args, int n)
{
	const struct watch_job job = { opt->socket, opt->packets, args, n, opt->json };
	enum ctl_exit code;
	char said[512];
	int r;

	if (n > CTL_ARGS_MAX - 2)
		return weft_fail(CTL_USAGE, "watch takes at most 14 links and prefixes", "");
	code = watch_run(&job, &r, said, sizeof(said));
	return *said ? weft_fail(code, "", said) : no_answer(r, opt->socket);
}

static int check(const struct options *opt, char **args, int n)
{
	struct check_job job = opt->check;

	if (job.n_outside > CHECK_OUTSIDE_MAX)
		return weft_fail(CTL_USAGE, "--outside is said too often, allowed: 32 times", "");
	job.args = args;
	job.n = n;
	job.as_json = opt->json;
	return weft_check(&job);
}

static int dump(const struct options *opt, char **args, int n)
{
	struct dump_job job = { .socket = opt->socket, .file = args[0], .as_json = opt->json };
	char said[512];
	enum ctl_exit code;
	int r;

	if (n != 1)
		return weft_fail(CTL_USAGE, "dump takes one argument, a file; -: standard output", "");
	code = dump_run(&job, &r, said, sizeof(said));
	if (r < 0)
		return no_answer(r, opt->socket);
	return *said ? weft_fail(code, "", said) : (int)code;
}

/* The index of the word that was meant, or -1 when the reason has been said. */
static int word(const char *const *words, size_t n, const char *typed, const char *kind)
{
	int i = words_pick(words, n, typed ? typed : "");

	if (i >= 0)
		return i;
	if (typed)
		fprintf(stderr, "weft: %s is %s %s, allowed:", typed, i == -ENOTUNIQ ? "more than one" : "no", kind);
	else
		fprintf(stderr, "weft: a %s is missing, allowed:", kind);
	for (size_t k = 0; k < n; k++)
		if (i != -ENOTUNIQ || strncmp(words[k], typed, strlen(typed)) == 0)
			fprintf(stderr, " %s", words[k]);
	fputc('\n', stderr);
	return -1;
}

/* The names of the command that was meant, in full; *ret_used: words of it. */
static int name_command(char **words, int n, const char **ret_verb, const char **ret_noun, int *ret_used)
{
	size_t n_names;
	const char *const *names = help_verbs(&n_names);
	int i = word(names, n_names, words[0], "command");

	if (i < 0)
		return CTL_USAGE;
	*ret_verb = names[i];
	*ret_noun = NULL;
	*ret_used = 1;
	names = help_nouns(*ret_verb, &n_names);
	if (!n_names)
		return CTL_DONE;
	i = word(names, n_names, n > 1 ? words[1] : NULL, strcmp(*ret_verb, "show") == 0 ? "thing to show" : "thing to do with it");
	if (i < 0)
		return CTL_USAGE;
	*ret_noun = names[i];
	*ret_used = 2;
	return CTL_DONE;
}

static int dispatch(const struct options *opt, char **words, int n)
{
	AUTO_FREE char *file = NULL;
	const char *verb, *noun;
	char *link[1];
	int used;

	if (n == 0) {
		help_usage(stderr);
		return CTL_USAGE;
	}
	if (name_command(words, n, &verb, &noun, &used) != CTL_DONE)
		return CTL_USAGE;
	if (opt->timeout && strcmp(verb, "drain") != 0)
		return weft_fail(CTL_USAGE, "--timeout is for drain alone", "");
	if (opt->check.n_outside && strcmp(verb, "check") != 0)
		return weft_fail(CTL_USAGE, "--outside is for check alone", "");
	if (opt->packets && strcmp(verb, "watch") != 0)
		return weft_fail(CTL_USAGE, "--packets is for watch alone", "");
	if (opt->soft && (strcmp(verb, "reset") != 0 || opt->message))
		return weft_fail(CTL_USAGE, "--soft in|out is for reset alone, and without --message: nobody reads it", "");
	if (strcmp(verb, "watch") == 0)
		return watch(opt, words + 1, n - 1);
	if (strcmp(verb, "check") == 0)
		return check(opt, words + 1, n - 1);
	if (strcmp(verb, "dump") == 0)
		return dump(opt, words + 1, n - 1);
	if (strcmp(verb, "import") == 0)
		return weft_import(words + 1, n - 1, opt->json);
	if (strcmp(verb, "diff") == 0 && n == 2) {       /* weftd reads it: by a name that is the same there */
		if (weft_check_quietly(words[1]) != CTL_DONE)
			return CTL_BAD_CONFIG;
		file = realpath(words[1], NULL);
		words[1] = file ? file : words[1];
	}
	if (strcmp(verb, "drain") == 0 || strcmp(verb, "undrain") == 0)
		return drain(opt, verb, words + 1, n - 1);
	if (opt->soft)
		verb = "reset --soft";
	if (opt->received || opt->advertised) {
		if (!noun || strcmp(noun, "routes") != 0 || n > used || (opt->received && opt->advertised))
			return weft_fail(CTL_USAGE, "--received LINK and --advertised LINK are for show routes, one of them and nothing else", "");
		noun = opt->received ? "received" : "advertised";
		link[0] = (char *)(opt->received ? opt->received : opt->advertised);
		words = link;
		used = 0;
		n = 1;
	}
	for (size_t k = 0; k < ARRAY_LEN(commands); k++) {
		const struct command *cmd = &commands[k];

		if (strcmp(cmd->verb, verb) == 0 && (noun ? cmd->noun && strcmp(cmd->noun, noun) == 0 : !cmd->noun))
			return run(cmd, opt, words + used, n - used);
	}
	return weft_fail(CTL_USAGE, verb, " is not in this version");
}

static int help(char **words, int n)
{
	const char *verb, *noun;
	int used;

	if (n == 0 || (n == 1 && (strcmp(words[0], "show") == 0 || strcmp(words[0], "neighbor") == 0))) {
		if (n)
			help_command(words[0], NULL);
		else
			help_usage(stdout);
		return CTL_DONE;
	}
	if (name_command(words, n, &verb, &noun, &used) != CTL_DONE)
		return CTL_USAGE;
	return help_command(verb, noun) ? CTL_DONE : weft_fail(CTL_USAGE, verb, " is not in this version");
}

/* -1: go on with the command. */
static int read_options(int argc, char **argv, struct options *opt)
{
	static const struct option known[] = {
		{ "socket", required_argument, NULL, 's' }, { "json", no_argument, NULL, 'j' },
		{ "message", required_argument, NULL, 'm' }, { "confirm", required_argument, NULL, 'c' }, { "cold", no_argument, NULL, 'C' },
		{ "timeout", required_argument, NULL, 't' }, { "received", required_argument, NULL, 'R' }, { "advertised", required_argument, NULL, 'A' },
		{ "packets", required_argument, NULL, 'p' }, { "soft", required_argument, NULL, 'S' }, { "outside", required_argument, NULL, 'O' },
		{ "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'v' }, { 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 's':
			opt->socket = optarg;
			break;
		case 'j':
			opt->json = true;
			break;
		case 'C':
			opt->cold = true;
			break;
		case 'm':
			opt->message = optarg;
			break;
		case 'c':
			opt->confirm = optarg;
			break;
		case 't':
			opt->timeout = optarg;
			break;
		case 'R':
			opt->received = optarg;
			break;
		case 'p':
			opt->packets = optarg;
			break;
		case 'S':
			opt->soft = optarg;
			break;
		case 'O':
			if (opt->check.n_outside++ < CHECK_OUTSIDE_MAX)
				opt->check.outside[opt->check.n_outside - 1] = optarg;
			break;
		case 'A':
			opt->advertised = optarg;
			break;
		case 'h':
			opt->help = true;
			break;
		case 'v':
			printf("weft %s\n", WEFT_VERSION);
			return CTL_DONE;
		default:                                 /* getopt has said what is wrong */
			return CTL_USAGE;
		}
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct options opt = { .socket = CTL_SOCKET };
	const struct complete_job complete = { argv + 2, argc - 2, &opt.socket, fetch_tame, &opt };
	int r;

	if (argc > 1 && strcmp(argv[1], "--complete") == 0) {
		complete_run(&complete);
		return CTL_DONE;
	}
	r = read_options(argc, argv, &opt);

	if (r < 0)
		r = (opt.help ? help(argv + optind, argc - optind) : dispatch(&opt, argv + optind, argc - optind));
	if (fflush(stdout) != 0 || ferror(stdout))       /* a full disk must not look like an empty table */
		return r ? r : weft_fail(CTL_FAILED, "cannot write the answer: ", strerror(errno));
	return r;
}
