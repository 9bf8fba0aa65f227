#include "agent/ctl/ctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

static bool printable(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
	return true;
}

/* A string that fits room and can be repeated in a message or a log line. */
static bool take_text(const json_t *j, char *to, size_t room)
{
	const char *s = json_string_value(j);

	if (!s || strlen(s) >= room || !printable(s))
		return false;
	strcpy(to, s);
	return true;
}

static const char *read_request(const json_t *j, struct ctl_request *req)
{
	const json_t *args = json_object_get(j, "args");

	if (!json_is_object(j))
		return "the request is no JSON object, send {\"command\": \"...\", \"args\": [...]}";
	if (!take_text(json_object_get(j, "command"), req->command, sizeof(req->command)) || !req->command[0])
		return "the request has no \"command\", send a string of 1 to 63 printable characters";
	if (json_object_size(j) != 1 + (args != NULL))
		return "the request has an unknown key, allowed: command, args";
	if (args && !json_is_array(args))
		return "\"args\" is no list";
	if (json_array_size(args) > CTL_ARGS_MAX)
		return "\"args\" has more than 16 entries";
	for (req->n_args = 0; req->n_args < json_array_size(args); req->n_args++)
		if (!take_text(json_array_get(args, req->n_args), req->args[req->n_args], sizeof(req->args[0])))
			return "\"args\" may only hold strings of at most 259 printable characters";
	return NULL;
}

int ctl_request_parse(const char *line, size_t n, struct ctl_request *ret, const char **ret_error)
{
	struct ctl_request req = { 0 };
	const char *what;
	json_t *j;

	if (n > CTL_LINE_MAX) {
		*ret_error = "the request is longer than 64 KB";
		return -EBADMSG;
	}
	j = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
	what = j ? read_request(j, &req) : "the request is not valid JSON";
	json_decref(j);
	if (what) {
		*ret_error = what;
		return -EBADMSG;
	}
	*ret = req;
	return 0;
}

/* j on one line, with newline; steals j; NULL when there was no memory, also for j. */
static char *line_of(json_t *j, int bad)
{
	const size_t flags = JSON_COMPACT | JSON_ENSURE_ASCII;
	char *s = NULL;
	size_t n;

	if (j && !bad) {
		s = json_dumps(j, flags);
		n = s ? strlen(s) : 0;
		if (s) {
			char *more = realloc(s, n + 2);

			if (!more)
				free(s);
			s = more;
		}
		if (s)
			memcpy(s + n, "\n", 2);
	}
	json_decref(j);
	return s;
}

char *ctl_request_line(const struct ctl_request *req)
{
	json_t *j = json_object(), *args = json_array();
	int bad = 0;

	for (size_t i = 0; i < req->n_args && i < CTL_ARGS_MAX; i++)
		bad |= json_array_append_new(args, json_string(req->args[i]));
	bad |= json_object_set_new(j, "command", json_string(req->command));
	bad |= json_object_set_new(j, "args", args);
	return line_of(j, bad);
}

char *ctl_answer_line(json_t *result)
{
	json_t *j = json_object();
	int bad = json_object_set_new(j, "ok", json_true());

	bad |= json_object_set_new(j, "result", result);
	return line_of(j, bad);
}

char *ctl_error_line(enum ctl_exit exit, const char *error)
{
	json_t *j = json_object(), *text = json_string(error);
	int bad = json_object_set_new(j, "ok", json_false());

	/* Not UTF-8: it came from outside. The code still says what happened. */
	bad |= json_object_set_new(j, "error", text ? text : json_string("failed"));
	bad |= json_object_set_new(j, "exit", json_integer(exit));
	return line_of(j, bad);
}

static int exit_of(const json_t *j)
{
	json_int_t n = json_integer_value(j);

	return n > CTL_DONE && n <= CTL_FOUND ? (int)n : CTL_FAILED;
}

int ctl_answer_parse(const char *line, size_t n, json_t **ret_result, char **ret_error)
{
	json_t *j = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
	json_t *ok = json_object_get(j, "ok"), *result = json_object_get(j, "result");
	const char *error = json_string_value(json_object_get(j, "error"));
	int r = -EBADMSG;

	if (json_is_true(ok) && result) {
		*ret_result = json_incref(result);
		r = 0;
	} else if (json_is_false(ok) && error) {
		char *copy = strdup(error);

		r = copy ? exit_of(json_object_get(j, "exit")) : -ENOMEM;
		if (copy)
			*ret_error = copy;
	}
	json_decref(j);
	return r;
}
