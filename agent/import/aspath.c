/* FRR matches a POSIX expression with the path's text, "65001 65002"; weft one whose letters are whole AS numbers. What says where each number begins
 * and ends means the same in both; what could match a part of a number is refused. */
#include "agent/import/build.h"

#include <ctype.h>
#include <string.h>

#include "agent/base/asre.h"

#define DEPTH 16

/* Where in the text of the path the expression is: may a number begin here, or has one to end first? */
struct scan {
	const char *at;
	char *to, *start, *end;
	bool open;                       /* a number has just been; another one may not follow without a separator */
	bool begun;                      /* it is said where a number begins: ^ or a separator was here */
	struct { bool open, begun, separated, either; } group[DEPTH];
	unsigned depth;
	bool separated;                  /* the group began with a separator */
};

static const char partial[] = "it can match a part of an AS number: say where numbers end with _, ^ or $";

static bool put(struct scan *s, const char *text, size_t n)
{
	if (s->to + n + 1 >= s->end)
		return false;
	memcpy(s->to, text, n);
	s->to += n;
	return true;
}

/* A number, or [0-9]+, which is any. */
static const char *take_letter(struct scan *s, const char *letter, size_t n, size_t used)
{
	if (s->open || !s->begun)
		return partial;
	s->at += used;
	s->open = true;
	s->begun = false;
	return put(s, letter, n) ? NULL : "it is too long";
}

static const char *take_separator(struct scan *s)
{
	bool first = s->depth && s->at[-1] == '(';

	s->separated |= first;
	s->at++;
	if (s->begun && !s->open && (s->to == s->start || s->to[-1] != '^'))
		return "weft cannot say that there are two separators";
	s->open = false;
	s->begun = true;
	return s->to == s->start || put(s, " ", 1) ? NULL : "it is too long";
}

static const char *take_open(struct scan *s)
{
	if (s->depth == DEPTH)
		return "it is nested too deeply";
	s->group[s->depth].open = s->open;
	s->group[s->depth].begun = s->begun;
	s->group[s->depth].either = false;
	s->group[s->depth++].separated = s->separated;
	s->separated = false;
	s->at++;
	return put(s, "(", 1) ? NULL : "it is too long";
}

static const char *take_either(struct scan *s)
{
	if (!s->depth)
		return "weft binds ^ and $ to the whole expression: put ( ) around what | stands between";
	if (!s->open)
		return "an alternative that ends with a separator: put the separator behind the group";
	if (s->separated)
		return "weft cannot say this: put the separator in front of the group";
	s->open = s->group[s->depth - 1].open;
	s->begun = s->group[s->depth - 1].begun;
	s->group[s->depth - 1].either = true;
	s->at++;
	return put(s, "|", 1) ? NULL : "it is too long";
}

static const char *take_close(struct scan *s)
{
	bool separated = s->separated, was_open;
	char c;

	if (!s->depth)
		return "a ) without a (";
	if (s->group[--s->depth].either && !s->open)
		return "an alternative that ends with a separator: put the separator behind the group";
	was_open = s->group[s->depth].open;
	s->separated = s->group[s->depth].separated;
	s->at++;
	if (!put(s, ")", 1))
		return "it is too long";
	c = *s->at;
	if (c != '*' && c != '+' && c != '?')
		return NULL;
	/* Again and again: (_N)* behind a number, or (N_)* in front of one. */
	if (!(separated && s->open && was_open) && !(!separated && !s->open && !was_open))
		return partial;
	s->at++;
	return put(s, &c, 1) ? NULL : "it is too long";
}

/* .* where the expression begins or ends: what comes before or behind. */
static const char *take_any(struct scan *s, bool first)
{
	bool last;

	s->at += 2;
	last = !*s->at || strcmp(s->at, "$") == 0;
	if (!first && !last)
		return "weft cannot say .* between numbers: .* there may be a part of one";
	if (first && !last && *s->at != '_' && *s->at != ' ')
		return partial;
	if (last && s->open)
		return partial;
	s->begun = false;
	return put(s, ".*", 2) ? NULL : "it is too long";
}

static const char *take(struct scan *s, const char *from)
{
	bool first = s->at == from || (s->at == from + 1 && *from == '^');
	size_t digits = strspn(s->at, "0123456789");

	if (digits)
		return take_letter(s, s->at, digits, digits);
	if (strncmp(s->at, "[0-9]+", 6) == 0)
		return take_letter(s, ".", 1, 6);
	if (strncmp(s->at, ".*", 2) == 0)
		return take_any(s, first);
	switch (*s->at) {
	case '_':
	case ' ':
		return take_separator(s);
	case '(':
		return take_open(s);
	case '|':
		return take_either(s);
	case ')':
		return take_close(s);
	default:
		return "weft has no such expression: numbers, [0-9]+, _, ( ), |, and .* at an end";
	}
}

const char *as_path_expression(const char *from, char ret[EXPRESSION_MAX])
{
	struct scan s = { .at = from, .to = ret, .start = ret, .end = ret + EXPRESSION_MAX };
	const char *why = NULL;
	struct asre re;
	size_t at;

	if (*s.at == '^') {
		put(&s, "^", 1);
		s.at++;
		s.begun = true;
	}
	while (!why && *s.at && strcmp(s.at, "$") != 0)
		why = take(&s, from);
	if (why)
		return why;
	if (s.depth)
		return "a ( without a )";
	if (!*s.at && s.open)
		return partial;
	if (*s.at && !s.open && s.begun && *from != '^')
		return "weft cannot say this";
	if (*s.at)
		put(&s, "$", 1);
	while (s.to > ret && s.to[-1] == ' ')
		s.to--;
	*s.to = 0;
	return s.to - ret > 255 ? "it is too long" : asre_compile(ret, &re, &at);
}
