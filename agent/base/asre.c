#include "agent/base/asre.h"

#include <string.h>

struct part {                            /* what a piece of the text contributes */
	uint64_t first, last;
	bool nullable;
};

struct parse {
	struct asre *re;
	const char *at;
	const char *bad;                 /* NULL: fine so far */
	unsigned depth;
};

static struct part fail(struct parse *p, const char *why)
{
	if (!p->bad)
		p->bad = why;
	return (struct part){ .nullable = true };
}

static char peek(struct parse *p)
{
	p->at += strspn(p->at, " _\t");
	return p->bad ? '\0' : *p->at;
}

static uint32_t number(struct parse *p)
{
	size_t n = strspn(p->at, "0123456789");
	uint64_t v = 0;

	if (n == 0 || n > 10) {
		fail(p, n ? "a number that is no AS number" : "an AS number is missing");
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		v = 10 * v + (uint64_t)(p->at[i] - '0');
	if (v > UINT32_MAX)
		fail(p, "a number that is no AS number");
	else
		p->at += n;
	return (uint32_t)v;
}

static void add_range(struct parse *p, uint32_t first, uint32_t last)
{
	struct asre *re = p->re;

	if (re->n_ranges == ASRE_RANGES) {
		fail(p, "too long: more than 128 AS numbers and ranges");
		return;
	}
	re->range[re->n_ranges].first = first;
	re->range[re->n_ranges++].last = last;
	re->letter[re->n_letters].n++;
}

/* Behind '['. */
static void set(struct parse *p)
{
	uint32_t first, last;

	if (*p->at == '^') {
		p->re->letter[p->re->n_letters].none_of = true;
		p->at++;
	}
	while (peek(p) && *p->at != ']') {
		first = last = number(p);
		if (!p->bad && peek(p) == '-') {
			p->at++;
			peek(p);
			last = number(p);
		}
		if (!p->bad && last < first)
			fail(p, "a range that is upside down");
		if (!p->bad)
			add_range(p, first, last);
	}
	if (!p->bad && *p->at != ']')
		fail(p, "a [ without ]");
	else if (!p->bad && p->re->letter[p->re->n_letters].n == 0)
		fail(p, "an empty [ ]");
	else if (!p->bad)
		p->at++;
}

static struct part letter(struct parse *p)
{
	struct asre *re = p->re;
	uint64_t bit;
	uint32_t asn;

	if (re->n_letters == ASRE_LETTERS)
		return fail(p, "too long: more than 64 places for an AS");
	re->letter[re->n_letters].first = re->n_ranges;
	if (*p->at == '.') {
		p->at++;
		re->letter[re->n_letters].none_of = true;
	} else if (*p->at == '[') {
		p->at++;
		set(p);
	} else {
		asn = number(p);
		add_range(p, asn, asn);
	}
	bit = (uint64_t)1 << re->n_letters++;
	return (struct part){ bit, bit, false };
}

static struct part either(struct parse *p);

static struct part atom(struct parse *p)
{
	struct part x;

	if (peek(p) != '(') {
		if (strchr(".[0123456789", *p->at))
			return letter(p);
		return fail(p, *p->at == '^' ? "a ^ that is not at the start" : *p->at == '$' ? "a $ that is not at the end" :
			    strchr("*+?", *p->at) ? "nothing before *, + or ?" : "a character that has no meaning here");
	}
	if (p->depth == ASRE_DEPTH)
		return fail(p, "too many groups in groups");
	p->at++;
	p->depth++;
	x = either(p);
	p->depth--;
	if (!p->bad && peek(p) != ')')
		return fail(p, "a ( without )");
	p->at += !p->bad;
	return x;
}

static void follows(struct asre *re, uint64_t after, uint64_t what)
{
	for (; after; after &= after - 1)
		re->follow[__builtin_ctzll(after)] |= what;
}

static struct part repeated(struct parse *p)
{
	struct part x = atom(p);

	for (char c = peek(p); c == '*' || c == '+' || c == '?'; c = peek(p)) {
		p->at++;
		if (c != '?')
			follows(p->re, x.last, x.first);
		x.nullable |= c != '+';
	}
	return x;
}

/* Where a sequence ends. The last $ is nobody's letter. */
static bool at_end(struct parse *p)
{
	char c = peek(p);

	return !c || c == '|' || c == ')' || (c == '$' && !p->at[1 + strspn(p->at + 1, " _\t")]);
}

static struct part sequence(struct parse *p)
{
	struct part all = { .nullable = true }, x;

	while (!at_end(p)) {
		x = repeated(p);
		follows(p->re, all.last, x.first);
		all.first |= all.nullable ? x.first : 0;
		all.last = x.last | (x.nullable ? all.last : 0);
		all.nullable &= x.nullable;
	}
	return all;
}

static struct part either(struct parse *p)
{
	struct part all = sequence(p), x;

	while (peek(p) == '|') {
		p->at++;
		x = sequence(p);
		all.first |= x.first;
		all.last |= x.last;
		all.nullable |= x.nullable;
	}
	return all;
}

const char *asre_compile(const char *text, struct asre *ret, size_t *ret_at)
{
	struct parse p = { .re = ret, .at = text };
	struct part all;

	*ret = (struct asre){ 0 };
	if (peek(&p) == '^') {
		ret->from_start = true;
		p.at++;
	}
	all = either(&p);
	if (peek(&p) == '$') {
		ret->to_end = true;
		p.at++;
	}
	if (!p.bad && peek(&p))
		fail(&p, *p.at == ')' ? "a ) without (" : "a $ that is not at the end");
	ret->first = all.first;
	ret->last = all.last;
	ret->nullable = all.nullable;
	*ret_at = (size_t)(p.at - text);
	return p.bad;
}

static bool is_letter(const struct asre *re, unsigned i, uint32_t asn)
{
	bool in = false;

	for (unsigned k = 0; k < re->letter[i].n && !in; k++)
		in = re->range[re->letter[i].first + k].first <= asn && asn <= re->range[re->letter[i].first + k].last;
	return in != re->letter[i].none_of;
}

void asre_step(const struct asre *re, struct asre_run *run, uint32_t asn)
{
	uint64_t next = run->n == 0 || !re->from_start ? re->first : 0, now = 0;
	unsigned i;

	for (uint64_t left = run->now; left; left &= left - 1)
		next |= re->follow[__builtin_ctzll(left)];
	for (; next; next &= next - 1) {
		i = (unsigned)__builtin_ctzll(next);
		if (is_letter(re, i, asn))
			now |= (uint64_t)1 << i;
	}
	run->now = now;
	run->n++;
	run->found |= now & re->last;
}

bool asre_end(const struct asre *re, const struct asre_run *run)
{
	if (re->nullable && (run->n == 0 || !re->from_start || !re->to_end))
		return true;             /* nothing, at the start or at the end */
	return re->to_end ? (run->now & re->last) != 0 : run->found;
}
