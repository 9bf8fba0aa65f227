#include "agent/weft_table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"

struct table {
	struct libscols_table *scols;
	struct libscols_line *line;
	bool bad;
};

struct table *table_new(const struct table_col *cols, size_t n, bool colour)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->scols = scols_new_table();
	t->bad = !t->scols || scols_table_enable_colors(t->scols, colour) < 0;
	for (size_t i = 0; i < n && !t->bad; i++) {
		struct libscols_column *c = scols_table_new_column(t->scols, cols[i].name, 0, cols[i].flags);

		t->bad = !c;
		if (c && (cols[i].flags & SCOLS_FL_WRAP))
			t->bad = scols_column_set_wrapfunc(c, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL) < 0 ||
			         scols_column_set_safechars(c, "\n") < 0;
	}
	return t;
}

void table_row(struct table *t)
{
	if (!t || t->bad)
		return;
	t->line = scols_table_new_line(t->scols, NULL);
	t->bad = !t->line;
}

void table_text(struct table *t, size_t col, const char *text)
{
	if (t && !t->bad && t->line)
		t->bad = scols_line_set_data(t->line, col, text) < 0;
}

void table_json(struct table *t, size_t col, const json_t *object, const char *key)
{
	table_text(t, col, TEXT(object, key));
}

void table_colour(struct table *t, size_t col, const char *colour)
{
	if (t && !t->bad && t->line)
		t->bad = scols_cell_set_color(scols_line_get_cell(t->line, col), colour) < 0;
}

int table_print(struct table *t)
{
	int r = -ENOMEM;

	if (t && !t->bad)
		r = scols_table_is_empty(t->scols) ? 0 : scols_print_table(t->scols);
	if (t)
		scols_unref_table(t->scols);
	free(t);
	return r;
}

static const char *text_of_value(const json_t *j, char buf[TEXT_LEN])
{
	if (json_is_string(j))
		return *json_string_value(j) ? json_string_value(j) : "-";
	if (json_is_boolean(j))
		return json_is_true(j) ? "yes" : "no";
	if (json_is_integer(j))
		snprintf(buf, TEXT_LEN, "%lld", (long long)json_integer_value(j));
	else if (json_is_real(j))
		snprintf(buf, TEXT_LEN, "%.3f", json_real_value(j));
	else
		return "-";
	return buf;
}

const char *text_of(const json_t *object, const char *key, char buf[TEXT_LEN])
{
	return text_of_value(json_object_get(object, key), buf);
}

bool has(const json_t *object, const char *key)
{
	const json_t *j = json_object_get(object, key);
	const char *s = json_string_value(j);

	if (s)
		return *s != 0;
	return json_is_number(j) || json_is_boolean(j) || json_array_size(j) > 0 || json_object_size(j) > 0;
}

char *text_list(const json_t *list, const char *between)
{
	char *text = NULL, buf[TEXT_LEN];
	const char *key;
	size_t n = 0, i;
	json_t *v;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return NULL;
	json_array_foreach(list, i, v)
		fprintf(f, "%s%s", i ? between : "", text_of_value(v, buf));
	i = 0;
	json_object_foreach((json_t *)list, key, v)
		if (!json_is_object(v))          /* an object within is a list of its own */
			fprintf(f, "%s%s %s", i++ ? between : "", key, text_of_value(v, buf));
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

void text_break(char *s, size_t width)
{
	char *start = s, *space = NULL;

	for (char *p = s; *p; p++) {
		if (*p == ' ')
			space = p;
		if ((size_t)(p - start) >= width && space) {
			*space = '\n';
			start = space + 1;
			space = NULL;
		}
	}
}
