/* AS_PATH values in the 4-octet form. Walked with the bounded reader although the decoder has checked them: it costs nothing. */
#include <stdio.h>

#include "agent/base/rd.h"
#include "agent/rib/attrs.h"

enum { AS_SET = 1, AS_SEQUENCE = 2, AS_CONFED_SEQUENCE = 3, AS_CONFED_SET = 4 };   /* RFC 4271 4.3 (b), RFC 5065 section 3 */

struct segment {
	uint8_t type, count;
	struct rd asns;
};

static bool next_segment(struct rd *path, struct segment *ret)
{
	if (rd_left(path) == 0)
		return false;
	ret->type = rd_u8(path);
	ret->count = rd_u8(path);
	ret->asns = rd_sub(path, 4 * (size_t)ret->count);
	return !path->bad;
}

unsigned aspath_len(struct span as_path)
{
	struct rd path = rd_of(as_path.p, as_path.n);
	struct segment s;
	unsigned n = 0;

	while (next_segment(&path, &s)) {
		if (s.type == AS_SEQUENCE)
			n += s.count;
		else if (s.type == AS_SET)
			n++;                     /* RFC 4271 9.1.2.2 (a); RFC 5065 5.3: confederation segments do not count */
	}
	return n;
}

bool aspath_has(struct span as_path, uint32_t asn)
{
	struct rd path = rd_of(as_path.p, as_path.n);
	struct segment s;

	while (next_segment(&path, &s))
		while (rd_left(&s.asns) > 0)
			if (rd_u32(&s.asns) == asn)
				return true;
	return false;
}

bool aspath_only(struct span as_path, uint32_t asn)
{
	struct rd path = rd_of(as_path.p, as_path.n);
	struct segment s;

	while (next_segment(&path, &s)) {
		if (s.type != AS_SEQUENCE)
			return false;
		while (rd_left(&s.asns) > 0)
			if (rd_u32(&s.asns) != asn)
				return false;
	}
	return as_path.n > 0;
}

uint32_t aspath_first(struct span as_path)
{
	struct rd path = rd_of(as_path.p, as_path.n);
	struct segment s;

	return next_segment(&path, &s) && s.type == AS_SEQUENCE ? rd_u32(&s.asns) : 0;
}

uint32_t aspath_last(struct span as_path)
{
	struct rd path = rd_of(as_path.p, as_path.n);
	struct segment s;
	uint32_t last = 0;

	while (next_segment(&path, &s))
		while (rd_left(&s.asns) > 0)
			last = rd_u32(&s.asns);
	return last;
}

/* Where the text goes; what does not fit is left out. */
struct text {
	char *at, *end;
};

static void put(struct text *t, const char *before, uint32_t asn)
{
	int n = snprintf(t->at, (size_t)(t->end - t->at), "%s%u", before, asn);

	t->at += n < t->end - t->at ? n : t->end - t->at - 1;
}

static void put_char(struct text *t, char c)
{
	if (!c || t->end - t->at < 2)
		return;
	*t->at++ = c;
	*t->at = 0;
}

const char *aspath_str(struct span as_path, char *buf, size_t size)
{
	static const char brackets[][2] = {
		[AS_SET] = { '{', '}' }, [AS_SEQUENCE] = { 0, 0 }, [AS_CONFED_SEQUENCE] = { '(', ')' }, [AS_CONFED_SET] = { '[', ']' },
	};
	struct rd path = rd_of(as_path.p, as_path.n);
	struct text t = { buf, buf + size };
	struct segment s;
	const char *b;

	if (size == 0)
		return buf;
	*buf = 0;
	while (next_segment(&path, &s)) {
		b = brackets[s.type >= AS_SET && s.type <= AS_CONFED_SET ? s.type : AS_SEQUENCE];
		if (t.at > buf)
			put_char(&t, ' ');
		put_char(&t, b[0]);
		for (unsigned i = 0; i < s.count; i++)
			put(&t, i ? " " : "", rd_u32(&s.asns));
		put_char(&t, b[1]);
	}
	return buf;
}
