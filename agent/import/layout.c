/* JSON as people write it: what fits on a line stands on one. */
#include "agent/import/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 110

static void indent(FILE *to, unsigned depth)
{
	fputc('\n', to);
	for (unsigned i = 0; i < depth; i++)
		fputs("  ", to);
}

static void put(FILE *to, const json_t *j, unsigned depth, size_t column);

static void put_object(FILE *to, const json_t *j, unsigned depth)
{
	const char *key;
	json_t *v;
	size_t left = json_object_size(j);

	fputc('{', to);
	json_object_foreach((json_t *)j, key, v) {
		json_t *name_json = json_string(key);
		char *name = json_dumps(name_json, JSON_ENCODE_ANY);

		indent(to, depth + 1);
		fprintf(to, "%s: ", name ? name : "");
		put(to, v, depth + 1, 2 * (depth + 1) + strlen(key) + 4);
		fputs(--left ? "," : "", to);
		free(name);
		json_decref(name_json);
	}
	indent(to, depth);
	fputc('}', to);
}

static void put_list(FILE *to, const json_t *j, unsigned depth)
{
	json_t *v;
	size_t i;

	fputc('[', to);
	json_array_foreach(j, i, v) {
		indent(to, depth + 1);
		put(to, v, depth + 1, 2 * (depth + 1));
		fputs(i + 1 < json_array_size(j) ? "," : "", to);
	}
	indent(to, depth);
	fputc(']', to);
}

/* column: where it begins. */
static void put(FILE *to, const json_t *j, unsigned depth, size_t column)
{
	char *line = json_dumps(j, JSON_ENCODE_ANY);
	bool fits = !line || column + strlen(line) <= WIDTH || (!json_is_object(j) && !json_is_array(j));

	if (depth > 0 && fits)
		fputs(line ? line : "null", to);
	else if (json_is_object(j))
		put_object(to, j, depth);
	else
		put_list(to, j, depth);
	free(line);
}

char *import_layout(const json_t *j)
{
	char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);

	if (!to)
		return NULL;
	put(to, j, 0, 0);
	fputc('\n', to);
	if (fclose(to) == 0)
		return text;
	free(text);
	return NULL;
}
