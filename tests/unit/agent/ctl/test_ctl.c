#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/own.h"
#include "agent/ctl/ctl.h"

#define SIXTY_FOUR "0123456789012345678901234567890123456789012345678901234567890123"

Test(ctl, a_request_survives_the_line)
{
	struct ctl_request req = { .command = "show neighbors", .n_args = 2, .args = { "swp1", "a \"b\" \\" } }, got;
	AUTO_FREE char *line = ctl_request_line(&req);
	const char *error;

	cr_assert_not_null(line);
	cr_expect_eq(strchr(line, '\n'), line + strlen(line) - 1);
	cr_assert_eq(ctl_request_parse(line, strlen(line) - 1, &got, &error), 0);
	cr_expect_str_eq(got.command, req.command);
	cr_expect(got.n_args == 2 && strcmp(got.args[0], "swp1") == 0 && strcmp(got.args[1], req.args[1]) == 0);
}

Test(ctl, args_may_be_left_out)
{
	struct ctl_request got;
	const char *error;

	cr_assert_eq(ctl_request_parse("{\"command\":\"reload\"}", 20, &got, &error), 0);
	cr_expect(strcmp(got.command, "reload") == 0 && got.n_args == 0);
}

Test(ctl, a_bad_request_is_refused_with_a_sentence)
{
	static const struct { const char *line, *error; } rows[] = {
		{ "", "the request is not valid JSON" },
		{ "{\"command\":\"x\"} y", "the request is not valid JSON" },
		{ "{\"command\":\"x\",\"command\":\"y\"}", "the request is not valid JSON" },
		{ "[]", "the request is no JSON object, send {\"command\": \"...\", \"args\": [...]}" },
		{ "{}", "the request has no \"command\", send a string of 1 to 63 printable characters" },
		{ "{\"command\":\"\"}", "the request has no \"command\", send a string of 1 to 63 printable characters" },
		{ "{\"command\":7}", "the request has no \"command\", send a string of 1 to 63 printable characters" },
		{ "{\"command\":\"a\\u001b\"}", "the request has no \"command\", send a string of 1 to 63 printable characters" },
		{ "{\"command\":\"" SIXTY_FOUR "\"}", "the request has no \"command\", send a string of 1 to 63 printable characters" },
		{ "{\"command\":\"x\",\"arg\":[]}", "the request has an unknown key, allowed: command, args" },
		{ "{\"command\":\"x\",\"args\":{}}", "\"args\" is no list" },
		{ "{\"command\":\"x\",\"args\":[1]}", "\"args\" may only hold strings of at most 259 printable characters" },
		{ "{\"command\":\"x\",\"args\":[\"" SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR "\"]}",
		  "\"args\" may only hold strings of at most 259 printable characters" },
		{ "{\"command\":\"x\",\"args\":[\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"]}",
		  "\"args\" has more than 16 entries" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ctl_request got;
		const char *error = NULL;

		cr_expect_eq(ctl_request_parse(rows[i].line, strlen(rows[i].line), &got, &error), -EBADMSG, "%s", rows[i].line);
		cr_expect_str_eq(error, rows[i].error);
	}
}

Test(ctl, a_request_longer_than_the_limit_is_refused_unread)
{
	AUTO_FREE char *line = malloc(CTL_LINE_MAX + 1);
	struct ctl_request got;
	const char *error;

	memset(line, ' ', CTL_LINE_MAX + 1);
	memcpy(line, "{\"command\":\"x\"}", 15);
	cr_expect_eq(ctl_request_parse(line, CTL_LINE_MAX, &got, &error), 0);
	cr_expect_eq(ctl_request_parse(line, CTL_LINE_MAX + 1, &got, &error), -EBADMSG);
	cr_expect_str_eq(error, "the request is longer than 64 KB");
}

Test(ctl, a_result_survives_the_line_and_stays_one_line)
{
	json_t *result = NULL, *want = json_pack("{s:[s, n]}", "a", "x\ny\xc3\xa4");
	AUTO_FREE char *line = ctl_answer_line(json_incref(want));
	char *error = NULL;

	cr_assert_not_null(line);
	cr_expect_eq(strchr(line, '\n'), line + strlen(line) - 1);
	cr_assert_eq(ctl_answer_parse(line, strlen(line), &result, &error), 0);
	cr_expect(json_equal(result, want));
	json_decref(result);
	json_decref(want);
}

Test(ctl, an_answer_without_a_result_is_no_line)
{
	cr_expect_null(ctl_answer_line(NULL));
}

Test(ctl, an_error_carries_its_exit_code)
{
	static const struct { const char *line; int r; const char *error; } rows[] = {
		{ "{\"ok\":false,\"error\":\"no link swp9\",\"exit\":1}", CTL_FAILED, "no link swp9" },
		{ "{\"ok\":false,\"error\":\"e\",\"exit\":5}", CTL_FOUND, "e" },
		{ "{\"ok\":false,\"error\":\"e\"}", CTL_FAILED, "e" },
		{ "{\"ok\":false,\"error\":\"e\",\"exit\":0}", CTL_FAILED, "e" },
		{ "{\"ok\":false,\"error\":\"e\",\"exit\":300}", CTL_FAILED, "e" },
		{ "{\"ok\":false}", -EBADMSG, NULL }, { "{\"ok\":true}", -EBADMSG, NULL }, { "{}", -EBADMSG, NULL },
		{ "[]", -EBADMSG, NULL }, { "", -EBADMSG, NULL }, { "{\"ok\":true,\"result\":1", -EBADMSG, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_FREE char *error = NULL;
		json_t *result = NULL;

		cr_expect_eq(ctl_answer_parse(rows[i].line, strlen(rows[i].line), &result, &error), rows[i].r, "%s", rows[i].line);
		cr_expect_null(result);
		if (rows[i].error)
			cr_expect_str_eq(error, rows[i].error);
		else
			cr_expect_null(error);
	}
}

Test(ctl, text_that_is_not_utf8_does_not_cost_the_error_line)
{
	AUTO_FREE char *line = ctl_error_line(CTL_USAGE, "bad \xff"), *error = NULL;
	json_t *result = NULL;

	cr_assert_not_null(line);
	cr_expect_eq(ctl_answer_parse(line, strlen(line), &result, &error), CTL_USAGE);
}
