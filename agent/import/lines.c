#include "agent/import/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* Of the line that ends at `end`; both copies are changed in place. */
static void cut_words(struct line *line, char *at, char *end, char ***words)
{
	line->words = *words;
	while (at < end) {
		while (at < end && is_space(*at))
			*at++ = 0;
		if (at < end)
			*(*words)++ = at;
		while (at < end && !is_space(*at))
			at++;
	}
	*end = 0;
	line->n_words = (unsigned)(*words - line->words);
	if (line->n_words > 1 && strcmp(line->words[0], "no") == 0) {
		line->no = true;
		line->words++;
		line->n_words--;
	}
}

static bool tame(char *at, char *end)
{
	bool odd = false;

	for (; at < end; at++)
		if (!is_space(*at) && (*at <= ' ' || *at > '~')) {
			*at = '?';
			odd = true;
		}
	return odd;
}

/* The line from `from` to `to` of texts. false: there is nothing in it. */
static bool take_line(struct lines *l, size_t from, size_t to, char ***words, struct line *ret)
{
	char *at = l->texts + from, *end = l->texts + to;

	ret->odd = tame(at, end);
	while (end > at && is_space(end[-1]))
		end--;
	while (at < end && is_space(*at))
		at++;
	if (at == end || *at == '!' || *at == '#')
		return false;
	ret->indent = (unsigned)(at - (l->texts + from));
	ret->text = at;
	memcpy(l->cut + (at - l->texts), at, (size_t)(end - at));
	cut_words(ret, l->cut + (at - l->texts), l->cut + (end - l->texts), words);
	*end = 0;
	for (; at < end; at++)
		if (is_space(*at))
			*at = ' ';
	return true;
}

int lines_new(const char *text, size_t n, struct lines *ret)
{
	size_t count = 1, number = 0;
	char **words;

	*ret = (struct lines){ 0 };
	for (size_t i = 0; i < n; i++)
		count += text[i] == '\n';
	ret->line = calloc(count, sizeof(*ret->line));
	ret->texts = malloc(n + 1);
	ret->cut = malloc(n + 1);
	ret->words = calloc(n / 2 + 2, sizeof(*ret->words));
	if (!ret->line || !ret->texts || !ret->cut || !ret->words)
		return -ENOMEM;
	if (n)
		memcpy(ret->texts, text, n);
	ret->texts[n] = 0;
	words = ret->words;
	for (size_t from = 0, to; from <= n; from = to + 1) {
		for (to = from; to < n && text[to] != '\n'; to++)
			;
		ret->line[ret->n] = (struct line){ .number = ++number };
		ret->n += take_line(ret, from, to, &words, &ret->line[ret->n]);
	}
	return 0;
}

void lines_free(struct lines *l)
{
	free(l->line);
	free(l->texts);
	free(l->cut);
	free(l->words);
}
