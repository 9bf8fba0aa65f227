#include "agent/weft_dump.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "agent/base/own.h"
#include "agent/weft_say.h"
#include "agent/weft_sock.h"

#define BEGINNING "{\"ok\":true,\"result\":["
#define ERROR_MAX 65536

struct dumping {
	FILE *to;
	int high;                        /* the first half of a byte; -1: none */
	bool ended, bad;                 /* the list's end was read; what came is no list of hex, or cannot be written */
	size_t records, bytes;
	char head[ERROR_MAX];            /* the beginning; of a refusal all of it */
	size_t n_head;
};

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void take(struct dumping *d, char c)
{
	int half = digit(c);

	if (d->ended) {
		d->bad |= c != '}';
	} else if (half >= 0 && d->high < 0) {
		d->high = half;
	} else if (half >= 0) {
		d->bad |= putc(d->high << 4 | half, d->to) == EOF;
		d->bytes++;
		d->high = -1;
	} else if (c == ']') {
		d->ended = true;
	} else {                                 /* a record is between two quotes, and whole bytes */
		d->records += c == '"';
		d->bad |= d->high >= 0 || !strchr("\", ", c);
	}
}

static bool on_piece(void *ctx, const char *piece, size_t n)
{
	static const size_t n_beginning = sizeof(BEGINNING) - 1;
	struct dumping *d = ctx;
	size_t i = 0;

	for (; i < n && (d->n_head < n_beginning || memcmp(d->head, BEGINNING, n_beginning) != 0); i++) {
		if (d->n_head == sizeof(d->head))
			return false;
		d->head[d->n_head++] = piece[i];
	}
	for (; i < n && !d->bad; i++)
		take(d, piece[i]);
	return !d->bad;
}

/* Of a daemon that refused: its exit code, and its words. */
static enum ctl_exit refusal(const struct dumping *d, char *said, size_t size)
{
	AUTO_FREE char *error = NULL;
	json_t *result = NULL;
	int r = ctl_answer_parse(d->head, d->n_head, &result, &error);

	json_decref(result);
	snprintf(said, size, "%s", r > 0 ? error : "this is no answer of weftd");
	return r > 0 ? (enum ctl_exit)r : CTL_FAILED;
}

static enum ctl_exit receive(struct dumping *d, const struct dump_job *job, int *ret_errno, char *said, size_t size)
{
	struct ctl_request req = { .command = "dump", .n_args = 1 };
	AUTO_FREE char *line = NULL;

	snprintf(req.args[0], sizeof(req.args[0]), "%lld", (long long)time(NULL));
	line = ctl_request_line(&req);
	*ret_errno = line ? sock_pieces(job->socket, line, on_piece, d) : -ENOMEM;
	if (*ret_errno < 0)
		return CTL_FAILED;
	if (!d->bytes && !d->ended)
		return refusal(d, said, size);
	if (fflush(d->to) == EOF || ferror(d->to))
		snprintf(said, size, "cannot write %s: %s", job->file, strerror(errno));
	else if (d->bad || !d->ended)
		snprintf(said, size, "this is no answer of weftd");
	return *said ? CTL_FAILED : CTL_DONE;
}

static void report(const struct dumping *d, const struct dump_job *job)
{
	json_t *j;

	if (!job->as_json) {
		printf("%s: %zu records, %zu bytes\n", job->file, d->records / 2, d->bytes);
		return;
	}
	j = json_pack("{s:i, s:s, s:I, s:I}", "json_version", CTL_JSON_VERSION, "file", job->file, "records", (json_int_t)(d->records / 2), "bytes",
		      (json_int_t)d->bytes);
	if (j)
		weft_print_json(j);
	json_decref(j);
}

static enum ctl_exit to_file(struct dumping *d, const struct dump_job *job, int *ret_errno, char *said, size_t size)
{
	AUTO_FREE char *part = NULL;
	enum ctl_exit code;

	if (asprintf(&part, "%s.part", job->file) < 0) {
		*ret_errno = -ENOMEM;
		return CTL_FAILED;
	}
	d->to = fopen(part, "we");
	if (!d->to) {
		snprintf(said, size, "cannot write %s: %s", part, strerror(errno));
		return CTL_FAILED;
	}
	code = receive(d, job, ret_errno, said, size);
	if (fclose(d->to) == EOF && code == CTL_DONE) {
		snprintf(said, size, "cannot write %s: %s", part, strerror(errno));
		code = CTL_FAILED;
	}
	if (code == CTL_DONE && rename(part, job->file) < 0) {
		snprintf(said, size, "cannot write %s: %s", job->file, strerror(errno));
		code = CTL_FAILED;
	}
	if (code == CTL_DONE)
		report(d, job);
	else
		unlink(part);
	return code;
}

enum ctl_exit dump_run(const struct dump_job *job, int *ret_errno, char *said, size_t size)
{
	AUTO_FREE struct dumping *d = calloc(1, sizeof(*d));

	*said = '\0';
	*ret_errno = d ? 0 : -ENOMEM;
	if (!d)
		return CTL_FAILED;
	d->high = -1;
	if (strcmp(job->file, "-") != 0)
		return to_file(d, job, ret_errno, said, size);
	if (isatty(STDOUT_FILENO)) {
		snprintf(said, size, "a dump is not for a terminal: name a file, or lead it into a program");
		return CTL_USAGE;
	}
	d->to = stdout;
	return receive(d, job, ret_errno, said, size);
}
