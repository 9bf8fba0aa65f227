#include "agent/config/errors.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct error {
	size_t offset, seq;
	char *line;                      /* until errors_finish: without FILE:LINE:COL */
};

struct config_errors {
	const char *file;
	struct error *v;
	size_t n, cap, noted;
	bool no_memory;
};

int errors_new(struct config_errors **ret, const char *file)
{
	struct config_errors *e = calloc(1, sizeof(*e));

	if (!e)
		return -ENOMEM;
	e->file = file;
	*ret = e;
	return 0;
}

void config_errors_free(struct config_errors *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->n; i++)
		free(e->v[i].line);
	free(e->v);
	free(e);
}

size_t config_errors_count(const struct config_errors *e)
{
	return e->n;
}

const char *config_errors_line(const struct config_errors *e, size_t i)
{
	return i < e->n ? e->v[i].line : NULL;
}

size_t errors_noted(const struct config_errors *e)
{
	return e->noted;
}

static bool grow(struct config_errors *e)
{
	size_t cap = e->cap ? e->cap * 2 : 8;
	struct error *v;

	if (e->n < e->cap)
		return true;
	v = realloc(e->v, cap * sizeof(*v));
	if (!v)
		return false;
	e->v = v;
	e->cap = cap;
	return true;
}

void errors_add(struct config_errors *e, size_t offset, const char *fmt, ...)
{
	char *line;
	va_list ap;
	int n;

	if (e->noted++ >= ERRORS_MAX)
		return;
	va_start(ap, fmt);
	n = vasprintf(&line, fmt, ap);
	va_end(ap);
	if (n < 0 || !grow(e)) {
		if (n >= 0)
			free(line);
		e->no_memory = true;
		return;
	}
	e->v[e->n] = (struct error){ .offset = offset, .seq = e->n, .line = line };
	e->n++;
}

static int by_place(const void *x, const void *y)
{
	const struct error *a = x, *b = y;

	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static int give_place(const struct config_errors *e, struct error *error, size_t line, size_t column)
{
	char *s;

	if ((error->offset == ERRORS_NO_PLACE ? asprintf(&s, "%s: %s", e->file, error->line)
	                                      : asprintf(&s, "%s:%zu:%zu: %s", e->file, line, column, error->line)) < 0)
		return -ENOMEM;
	free(error->line);
	error->line = s;
	return 0;
}

void spot_go(struct spot *s, const char *text, size_t n, size_t to)
{
	for (; s->at < n && s->at < to; s->at++)
		if (text[s->at] == '\n') {
			s->line++;
			s->column = 1;
		} else if (((unsigned char)text[s->at] & 0xc0) != 0x80) {        /* columns count characters, as editors do */
			s->column++;
		}
}

int errors_finish(struct config_errors *e, const char *text, size_t n)
{
	struct spot spot = SPOT_START;
	char *s;

	if (e->no_memory)
		return -ENOMEM;
	if (e->n > 0)
		qsort(e->v, e->n, sizeof(*e->v), by_place);
	for (size_t i = 0; i < e->n; i++) {
		spot_go(&spot, text, n, e->v[i].offset);
		if (give_place(e, &e->v[i], spot.line, spot.column) < 0)
			return -ENOMEM;
	}
	if (e->noted > e->n) {
		if (!grow(e) || asprintf(&s, "%s: and %zu more errors", e->file, e->noted - e->n) < 0)
			return -ENOMEM;
		e->v[e->n++] = (struct error){ .offset = ERRORS_NO_PLACE, .line = s };
	}
	return 0;
}
