#include "agent/config/place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/base/rd.h"

struct scan {
	const uint8_t *start;
	struct rd in;
	struct place *v;
	uint32_t n, cap;
};

static int peek(const struct scan *s)
{
	return rd_left(&s->in) ? *s->in.at : -1;
}

static void skip_space(struct scan *s)
{
	int c;

	while ((c = peek(s)) == ' ' || c == '\t' || c == '\n' || c == '\r')
		rd_u8(&s->in);
}

static uint32_t here(const struct scan *s)
{
	return (uint32_t)(s->in.at - s->start);
}

static void skip_string(struct scan *s)
{
	uint8_t c;

	rd_u8(&s->in);
	while ((c = rd_u8(&s->in)) != '"' && !s->in.bad)
		if (c == '\\')
			rd_u8(&s->in);
}

static void skip_word(struct scan *s)            /* a number, true, false, null */
{
	int c;

	while ((c = peek(s)) >= 0 && !strchr(",]} \t\r\n", c))
		rd_u8(&s->in);
}

static int push(struct scan *s, uint32_t at)
{
	if (s->n == s->cap) {
		uint32_t cap = s->cap ? s->cap * 2 : 64;
		struct place *v = realloc(s->v, cap * sizeof(*v));

		if (!v)
			return -ENOMEM;
		s->v = v;
		s->cap = cap;
	}
	s->v[s->n++] = (struct place){ .at = at };
	return 0;
}

static int scan_value(struct scan *s, uint32_t at);

/* The recursion is as deep as jansson's, which refuses more than JSON_PARSER_MAX_DEPTH. */
static int scan_container(struct scan *s, uint8_t close)
{
	rd_u8(&s->in);
	for (;;) {
		uint32_t at;
		int r;

		skip_space(s);
		if (peek(s) == ',') {
			rd_u8(&s->in);
			skip_space(s);
		}
		if (peek(s) == close) {
			rd_u8(&s->in);
			return 0;
		}
		at = here(s);
		if (close == '}') {
			skip_string(s);
			skip_space(s);
			if (rd_u8(&s->in) != ':')
				return -EINVAL;
			skip_space(s);
		}
		r = scan_value(s, at);
		if (r < 0)
			return r;
	}
}

static int scan_value(struct scan *s, uint32_t at)
{
	uint32_t mine = s->n;
	const uint8_t *before;
	int r = push(s, at);

	if (r < 0)
		return r;
	before = s->in.at;
	if (peek(s) == '{')
		r = scan_container(s, '}');
	else if (peek(s) == '[')
		r = scan_container(s, ']');
	else if (peek(s) == '"')
		skip_string(s);
	else
		skip_word(s);
	if (r < 0 || s->in.bad || s->in.at == before)
		return r < 0 ? r : -EINVAL;
	s->v[mine].span = s->n - mine;
	return 0;
}

int place_all(const char *text, size_t n, struct place **ret)
{
	struct scan s = { .start = (const uint8_t *)text, .in = rd_of(text, n) };
	int r;

	if (n > UINT32_MAX)
		return -EINVAL;
	skip_space(&s);
	r = scan_value(&s, here(&s));
	if (r < 0) {
		free(s.v);
		return r;
	}
	*ret = s.v;
	return 0;
}
