/* Every configuration that a unit test reads, here and of the wiring, is an example for the schema: the linker leads config_parse through here
 * (-Wl,--wrap). */
#include "examples.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "agent/config/config.h"

int __real_config_parse(const char *text, size_t n, const char *file, struct config **ret, struct config_errors **ret_errors);
int __wrap_config_parse(const char *text, size_t n, const char *file, struct config **ret, struct config_errors **ret_errors);

/* One write each: tests run side by side. */
void facts_tell(json_t *fact)
{
	const char *file = getenv("CONFIG_FACTS");
	char *text = json_dumps(fact, JSON_COMPACT), *line = NULL;
	int fd = file ? open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666) : -1;

	if (fd >= 0 && text) {
		int n = asprintf(&line, "%s\n", text);

		cr_assert(n > 0 && write(fd, line, (size_t)n) == n);
		close(fd);
	}
	free(line);
	free(text);
	json_decref(fact);
}

int __wrap_config_parse(const char *text, size_t n, const char *file, struct config **ret, struct config_errors **ret_errors)
{
	int err = __real_config_parse(text, n, file, ret, ret_errors);
	json_t *said = json_stringn(text, n), *errors = json_array();        /* NULL: not UTF-8, which no schema is about */

	for (size_t i = 0; err == -EINVAL && i < config_errors_count(*ret_errors); i++)
		json_array_append_new(errors, json_string(config_errors_line(*ret_errors, i)));
	if (said)
		facts_tell(json_pack("{s:O, s:b, s:O}", "example", said, "good", err == 0, "errors", errors));
	json_decref(said);
	json_decref(errors);
	return err;
}
