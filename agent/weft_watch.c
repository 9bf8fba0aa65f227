#include "agent/weft_watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/base/own.h"
#include "agent/ctl/words.h"
#include "agent/weft_sock.h"
#include "agent/weft_table.h"

struct watching {
	bool json, begun;
	enum ctl_exit exit;              /* of a refusal */
	char *error;
};

/* "19:20:21.123" here, of "2026-11-22T18:20:21.123456Z". */
static const char *clock_of(const json_t *event, char buf[32])
{
	const char *s = json_string_value(json_object_get(event, "time"));
	struct tm utc = { 0 }, local;
	char *rest = s ? strptime(s, "%Y-%m-%dT%H:%M:%S", &utc) : NULL;
	time_t t;

	if (!rest)
		return "-";
	t = timegm(&utc);
	localtime_r(&t, &local);
	strftime(buf, 16, "%H:%M:%S", &local);
	snprintf(buf + strlen(buf), 16, "%.4s", rest);
	return buf;
}

static void print_event(json_t *event)
{
	const char *message = json_string_value(json_object_get(event, "message"));
	AUTO_FREE char *text = strdup(message ? message : "");
	char at[32];

	if (has(event, "lines")) {
		printf("-- %s events were lost: they came faster than they were read\n", TEXT(event, "lines"));
		return;
	}
	if (text)
		words_tame(text);
	printf("%s %-8s %-17s %s\n", clock_of(event, at), has(event, "name") ? TEXT(event, "name") : TEXT(event, "link"), TEXT(event, "event"), text ? text : "");
}

/* The first line is the answer, all others are events. */
static bool on_line(void *ctx, const char *line, size_t n)
{
	struct watching *w = ctx;
	json_t *j = NULL;
	int r;

	if (!w->begun) {
		w->begun = true;
		r = ctl_answer_parse(line, n, &j, &w->error);
		json_decref(j);
		w->exit = r == 0 ? CTL_DONE : r > 0 ? (enum ctl_exit)r : CTL_FAILED;
		return r == 0;
	}
	if (w->json) {
		printf("%.*s\n", (int)n, line);
	} else {
		j = json_loadb(line, n, 0, NULL);
		if (j)
			print_event(j);
		json_decref(j);
	}
	return fflush(stdout) == 0;
}

enum ctl_exit watch_run(const struct watch_job *job, int *ret_errno, char *said, size_t size)
{
	struct ctl_request req = { .command = "watch" };
	struct watching w = { .json = job->json };
	AUTO_FREE char *line = NULL;

	*ret_errno = 0;
	for (int i = 0; i < job->n && i < CTL_ARGS_MAX - 2; i++)
		snprintf(req.args[req.n_args++], sizeof(req.args[0]), "%s", job->what[i]);
	if (job->packets) {
		strcpy(req.args[req.n_args++], "--packets");
		snprintf(req.args[req.n_args++], sizeof(req.args[0]), "%s", job->packets);
	}
	line = ctl_request_line(&req);
	snprintf(said, size, "%s", line ? "weftd has ended" : "cannot send this argument");
	if (!line)
		return CTL_USAGE;
	*ret_errno = sock_stream(job->socket, line, on_line, &w);
	if (w.error)
		snprintf(said, size, "%s", w.error);
	else if (*ret_errno)
		said[0] = '\0';
	free(w.error);
	return w.exit == CTL_DONE ? CTL_FAILED : w.exit;
}
