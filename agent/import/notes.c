#include "agent/import/notes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool known(const struct notes *n, size_t line, const char *why)
{
	for (size_t i = n->count; i > 0 && n->count - i < 64; i--)      /* what repeats itself does so at once */
		if (n->n[i - 1].line == line && strcmp(n->n[i - 1].why, why) == 0)
			return true;
	return false;
}

/* The line as it stands there, but for a password: notes are for logs and tickets, too. */
static char *quote(const struct line *l)
{
	static const char word[] = "password ";
	char *text = strdup(l->text), *secret = text ? strstr(text, word) : NULL;

	if (secret && strlen(secret) > strlen(word) + 3)
		strcpy(secret + strlen(word), "***");
	else if (secret)
		secret[strlen(word)] = 0;
	return text;
}

void note(struct notes *n, const struct line *l, const char *why, ...)
{
	struct import_note *grown;
	char *text = NULL;
	va_list ap;

	va_start(ap, why);
	if (vasprintf(&text, why, ap) < 0)
		text = NULL;
	va_end(ap);
	if (text && known(n, l->number, text)) {
		free(text);
		return;
	}
	if (n->count == n->room) {
		grown = realloc(n->n, (n->room ? n->room * 2 : 32) * sizeof(*grown));
		n->room = grown ? (n->room ? n->room * 2 : 32) : n->room;
		n->n = grown ? grown : n->n;
	}
	if (n->count == n->room || !text) {
		n->no_memory = true;
		free(text);
		return;
	}
	n->n[n->count] = (struct import_note){ l->number, quote(l), text };
	n->no_memory |= !n->n[n->count++].text;
}

static int by_line(const void *a, const void *b)
{
	const struct import_note *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return strcmp(x->why, y->why);
}

void notes_sort(struct notes *n)
{
	size_t kept = 0;

	if (n->count)
		qsort(n->n, n->count, sizeof(*n->n), by_line);
	for (size_t i = 0; i < n->count; i++) {
		if (kept && by_line(&n->n[kept - 1], &n->n[i]) == 0) {
			free(n->n[i].text);
			free(n->n[i].why);
		} else {
			n->n[kept++] = n->n[i];
		}
	}
	n->count = kept;
}

void notes_free(struct notes *n)
{
	for (size_t i = 0; i < n->count; i++) {
		free(n->n[i].text);
		free(n->n[i].why);
	}
	free(n->n);
}
