#include "by_hand.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/commands.h"

static int ask(struct world *w, const char *words, json_t **ret, char **ret_error)
{
	struct ctl_request req = { 0 };
	AUTO_FREE char *copy = strdup(words), *line = NULL, *answer = NULL;
	char *rest = copy, *word = strsep(&rest, " ");
	bool two = strcmp(word, "neighbor") == 0 || strcmp(word, "soft") == 0 || strcmp(word, "show") == 0;

	snprintf(req.command, sizeof(req.command), "%s%s%s", word, two ? " " : "", two ? strsep(&rest, " ") : "");
	while ((word = strsep(&rest, " ")))
		snprintf(req.args[req.n_args++], sizeof(req.args[0]), "%s", word);
	line = ctl_request_line(&req);
	answer = command_run(w->agent, line, strlen(line) - 1, w->now, NULL);
	world_turn(w);
	return ctl_answer_parse(answer, strlen(answer), ret, ret_error);
}

const char *by_hand(struct world *w, const char *words)
{
	static char said[1100];
	json_t *result = NULL;
	char *error = NULL;
	int r = ask(w, words, &result, &error);

	cr_assert_geq(r, 0);
	if (r == CTL_DONE)
		snprintf(said, sizeof(said), "%s", json_string_value(json_object_get(result, "sentence")) ?: "");
	else
		snprintf(said, sizeof(said), "%d: %s", r, error);
	json_decref(result);
	free(error);
	return said;
}

const char *by_hand_shows(struct world *w, const char *words, const char *path)
{
	json_t *result = NULL;
	char *error = NULL;

	cr_assert_eq(ask(w, words, &result, &error), CTL_DONE, "%s: %s", words, error);
	return world_shows(result, path);
}
