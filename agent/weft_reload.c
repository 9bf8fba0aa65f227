/* What a reload did, or would do, as text. */
#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/weft_show.h"
#include "agent/weft_table.h"

#define SHOWN 60                         /* characters of a value */

static const char *value(const json_t *change, const char *key, char buf[SHOWN + 8])
{
	const json_t *v = json_object_get(change, key);
	AUTO_FREE char *text = json_is_string(v) ? NULL : json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
	const char *s = json_is_string(v) ? json_string_value(v) : text ? text : "";
	size_t n = strlen(s);

	if (json_is_null(v))
		s = "-", n = 1;
	snprintf(buf, SHOWN + 8, n > SHOWN ? "%.*s ..." : "%.*s", SHOWN, s);
	return buf;
}

static void print_names(const char *title, const json_t *list)
{
	AUTO_FREE char *names = text_list(list, ", ");

	if (names && *names)
		printf("%s: %s\n", title, names);
}

static void print_changes(const json_t *result, const char *nothing)
{
	const json_t *changes = json_object_get(result, "changes"), *sessions = json_object_get(result, "sessions");
	char from[SHOWN + 8], to[SHOWN + 8];
	json_t *v;
	size_t i;

	if (!json_array_size(changes))
		puts(nothing);
	json_array_foreach(changes, i, v)
		printf("%s: %s -> %s (%s)\n", TEXT(v, "path"), value(v, "from", from), value(v, "to", to), TEXT(v, "effect"));
	json_array_foreach(sessions, i, v)
		printf("session %s %s (%s)\n", TEXT(v, "name"), TEXT(v, "fate"), TEXT(v, "why"));
	if (json_array_size(changes) && !json_array_size(sessions))
		puts("no session ends");
	print_names("new", json_object_get(result, "begins"));
}

int text_diff(const json_t *result, const struct look *look)
{
	(void)look;
	print_changes(result, "nothing differs");
	if (json_is_false(json_object_get(result, "possible")))
		puts("a reload would be rejected: weftd has to be restarted for this");
	return 0;
}

int text_reload(const json_t *result, const struct look *look)
{
	const json_t *s = json_object_get(result, "confirm_seconds");

	(void)look;
	print_changes(result, "nothing differs, nothing was changed");
	printf("configuration %lld is in effect\n", (long long)json_integer_value(json_object_get(result, "generation")));
	if (json_is_integer(s))
		printf("what was before comes back in %lld s, unless you say: weft confirm\n", (long long)json_integer_value(s));
	return 0;
}

int text_confirm(const json_t *result, const struct look *look)
{
	(void)look;
	printf("configuration %lld is confirmed\n", (long long)json_integer_value(json_object_get(result, "generation")));
	return 0;
}

void text_reloads(const json_t *configuration)
{
	const json_t *last = json_object_get(configuration, "last_reload"), *left = json_object_get(configuration, "confirm_seconds_left");

	if (json_is_false(json_object_get(last, "ok")))
		printf("the last reload failed: %s\n", TEXT(last, "error"));
	if (json_is_integer(left))
		printf("the configuration is not confirmed: what was before comes back in %lld s (weft confirm)\n", (long long)json_integer_value(left));
}
