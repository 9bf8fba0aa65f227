#include "agent/weft_doctor.h"

#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/doctor.h"
#include "agent/host.h"
#include "agent/weft_table.h"

#define INDENT 9                         /* as wide as "warning" and what stands around it */

/* Words of text in lines of at most `width` columns, the first of them begun already. */
static void print_wrapped(const char *text, int width)
{
	AUTO_FREE char *lines = strdup(text);
	char *rest = lines, *line;
	bool first = true;

	if (!lines)
		return;
	if (width > INDENT + 20)
		text_break(lines, (size_t)(width - INDENT));
	while ((line = strsep(&rest, "\n"))) {
		printf("%*s%s\n", first ? 0 : INDENT, "", line);
		first = false;
	}
}

static void print_finding(const json_t *f, const struct look *look)
{
	const char *severity = TEXT(f, "severity"), *on = "", *off = "";
	AUTO_FREE char *remedy = NULL;

	if (look->colour && strcmp(severity, "error") == 0)
		on = "\033[31m", off = "\033[0m";
	else if (look->colour && strcmp(severity, "warning") == 0)
		on = "\033[33m", off = "\033[0m";
	printf("%s%-*s%s", on, INDENT, severity, off);
	print_wrapped(json_string_value(json_object_get(f, "what")), look->width);
	if (asprintf(&remedy, "> %s", json_string_value(json_object_get(f, "do"))) < 0)
		return;
	printf("%*s", INDENT, "");
	print_wrapped(remedy, look->width);
}

int text_doctor(const json_t *result, const struct look *look)
{
	json_int_t errors = json_integer_value(json_object_get(result, "errors")), warnings = json_integer_value(json_object_get(result, "warnings"));
	json_t *f;
	size_t i;

	json_array_foreach(json_object_get(result, "findings"), i, f)
		print_finding(f, look);
	if (!errors && !warnings)
		puts("all is well");
	else
		printf("%lld error%s, %lld warning%s\n", (long long)errors, errors == 1 ? "" : "s", (long long)warnings, warnings == 1 ? "" : "s");
	return 0;
}

enum ctl_exit doctor_exit(const json_t *result)
{
	return json_is_true(json_object_get(result, "ok")) ? CTL_DONE : CTL_FOUND;
}

json_t *doctor_here(void)
{
	struct agent_host_out host;

	host_out(&host);
	return doctor_host_alone(&host);
}
