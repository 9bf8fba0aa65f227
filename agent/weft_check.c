#include "agent/weft_check.h"

#include <jansson.h>
#include <stdio.h>

#include "agent/config/config.h"
#include "agent/weft_say.h"

static int check_result(const char *file, const struct config_errors *errors, bool as_json)
{
	size_t n = errors ? config_errors_count(errors) : 0;
	json_t *j, *list;

	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "%s\n", config_errors_line(errors, i));
	if (as_json) {
		list = json_array();
		for (size_t i = 0; i < n; i++)
			json_array_append_new(list, json_string(config_errors_line(errors, i)));
		j = json_pack("{s:i, s:s, s:b, s:o}", "json_version", CTL_JSON_VERSION, "file", file, "ok", n == 0, "errors", list);
		if (!j)
			return weft_fail(CTL_FAILED, "no JSON for the name of ", file);
		weft_print_json(j);
		json_decref(j);
	} else if (n == 0) {
		printf("%s: ok\n", file);
	}
	return n ? CTL_BAD_CONFIG : CTL_DONE;
}

int weft_check_quietly(const char *file)
{
	struct config_errors *errors = NULL;
	struct config *c = NULL;

	config_load(file, &c, &errors);
	for (size_t i = 0; errors && i < config_errors_count(errors); i++)
		fprintf(stderr, "%s\n", config_errors_line(errors, i));
	config_errors_free(errors);
	config_free(c);
	return c ? CTL_DONE : CTL_BAD_CONFIG;
}

int weft_check(char **args, int n, bool as_json)
{
	struct config_errors *errors = NULL;
	struct config *c = NULL;
	int r;

	if (n != 1)
		return weft_fail(CTL_USAGE, "check takes one argument, a file", "");
	r = config_load(args[0], &c, &errors);
	if (r < 0 && !errors)
		return weft_fail(CTL_FAILED, "no memory to read ", args[0]);
	r = check_result(args[0], errors, as_json);
	config_errors_free(errors);
	config_free(c);
	return r;
}
