/* agent/ctl/ctl.h: the control protocol: a JSON line in, a JSON line out.
 *   request   {"command": "show neighbors", "args": ["swp1"]}
 *   answer    {"ok": true, "result": ...}  or  {"ok": false, "error": "what is wrong, what to do", "exit": 1}
 * but for the command "watch", whose answer goes on, a line for each event (watch.h).
 * Pure: bytes to value and back. The pipe is the rim's (agent/serve.c) and the CLI's. */
#ifndef WEFT_CTL_H
#define WEFT_CTL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define CTL_LINE_MAX (64 * 1024)         /* a longer request is refused */
#define CTL_ARGS_MAX 16
#define CTL_SOCKET "/run/weft/weft.sock"
#define CTL_VIEW_SUFFIX ".view"          /* beside it: another one, for those who may look and change nothing */

/* Of every answer that is an object, as "json_version"; the arrays are of the same. Another number when a key is taken away or means something else:
 * the schemas are in templates/schema. What is only added changes nothing. */
#define CTL_JSON_VERSION 1

enum ctl_exit { CTL_DONE = 0, CTL_FAILED = 1, CTL_USAGE = 2, CTL_NO_DAEMON = 3, CTL_BAD_CONFIG = 4, CTL_FOUND = 5 };

struct ctl_request {
	char command[64];
	size_t n_args;
	char args[CTL_ARGS_MAX][260];
};

/* One line without its newline. 0, or -EBADMSG with a sentence in *ret_error (static). */
int ctl_request_parse(const char *line, size_t n, struct ctl_request *ret, const char **ret_error);
char *ctl_request_line(const struct ctl_request *req);                   /* with newline; free() it; NULL: no memory */
char *ctl_answer_line(json_t *result);                                   /* steals result; with newline; free() it */
/* An answer that is a list, written row by row and taken piece by piece: a long table is never in memory whole. The pieces, one behind the other, are
 * the answer line. NULL: no memory. */
struct ctl_list;
struct ctl_list *ctl_list_begin(void);
void ctl_list_add(struct ctl_list *list, json_t *row);                   /* steals row */
char *ctl_list_take(struct ctl_list *list, bool end);                    /* what there is since the last one, at least a byte; free() it. end: the last */
void ctl_list_free(struct ctl_list *list);
char *ctl_error_line(enum ctl_exit exit, const char *error);
/* An answer: 0 with *ret_result (new reference); > 0: the exit code, with *ret_error (free() it); -EBADMSG, -ENOMEM. */
int ctl_answer_parse(const char *line, size_t n, json_t **ret_result, char **ret_error);

#endif
