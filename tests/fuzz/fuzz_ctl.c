/* tests/fuzz/fuzz_ctl.c: any bytes as a request, and as an answer. What is accepted must survive being written and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/ctl/ctl.h"
#include "agent/ctl/watch.h"
#include "agent/ctl/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void request(const char *line, size_t n)
{
	struct ctl_request req, second;
	struct watch_filter filter;
	AUTO_FREE char *written = NULL;
	const char *error = NULL;

	if (ctl_request_parse(line, n, &req, &error) < 0) {
		must(error != NULL);
		return;
	}
	written = ctl_request_line(&req);
	must(written && ctl_request_parse(written, strlen(written) - 1, &second, &error) == 0);
	must(memcmp(&req, &second, sizeof(req)) == 0);
	error = NULL;
	must(watch_filter_parse(&req, &filter, &error) == 0 || error);
}

static void answer(const char *line, size_t n)
{
	AUTO_FREE char *error = NULL, *error2 = NULL, *written = NULL;
	json_t *result = NULL, *second = NULL;
	int r = ctl_answer_parse(line, n, &result, &error);

	if (r < 0)
		return;
	written = r ? ctl_error_line((enum ctl_exit)r, error) : ctl_answer_line(json_incref(result));
	must(written && strchr(written, '\n') == written + strlen(written) - 1);
	must(ctl_answer_parse(written, strlen(written), &second, &error2) == r);
	must(r ? strcmp(error, error2) == 0 : json_equal(result, second));
	if (error)
		words_tame(error);
	json_decref(result);
	json_decref(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	request((const char *)data, n);
	answer((const char *)data, n);
	return 0;
}
