#include "agent/bgp/attr.h"

#include <limits.h>

/* One segment of a path whose ASNs are width bytes wide. */
struct segment {
	uint8_t type, count;
	struct rd asns;
};

static bool segment_next(struct rd *r, unsigned width, struct segment *ret)
{
	if (rd_left(r) == 0)
		return false;
	ret->type = rd_u8(r);
	ret->count = rd_u8(r);
	ret->asns = rd_sub(r, (size_t)ret->count * width);
	return !r->bad;
}

static uint32_t asn_get(struct rd *r, unsigned width)
{
	return width == 4 ? rd_u32(r) : rd_u16(r);
}

static bool confederation(uint8_t type)
{
	return type == AS_CONFED_SEQUENCE || type == AS_CONFED_SET;
}

/* RFC 7606 7.2: known segments, none of them empty or running past the end. */
static const char *path_check(struct rd r, unsigned width, bool may_confed)
{
	struct segment s;

	while (segment_next(&r, width, &s)) {
		if (s.count == 0)
			return "AS path segment without an AS";
		if (confederation(s.type) && !may_confed)
			return "AS path with a confederation segment";   /* RFC 5065 5.3: from outside of the confederation */
		if (s.type != AS_SET && s.type != AS_SEQUENCE && !confederation(s.type))
			return "AS path segment of unknown type";
		for (unsigned i = 0; i < s.count; i++) {
			if (asn_get(&s.asns, width) == 0)
				return "AS path with AS 0";              /* RFC 7607 2 */
		}
	}
	return r.bad ? "AS path segment runs past the end" : NULL;
}

static unsigned segment_len(const struct segment *s)                     /* RFC 4271 9.1.2.2 (a), RFC 5065 5.3 */
{
	if (confederation(s->type))
		return 0;
	return s->type == AS_SET ? 1 : s->count;
}

static unsigned path_len(struct span path, unsigned width)
{
	struct rd r = rd_of(path.p, path.n);
	struct segment s;
	unsigned n = 0;

	while (segment_next(&r, width, &s))
		n += segment_len(&s);
	return n;
}

const char *as_path_get(struct attr_in *in, struct rd body)
{
	struct span value = { body.at, (uint16_t)rd_left(&body) };
	const char *what = path_check(body, in->ctx->as4 ? 4 : 2, false);

	if (what)
		return what;
	if (in->ctx->as4)
		in->update->attrs.as_path = value;
	else
		in->path2 = value;
	return NULL;
}

const char *as4_path_get(struct attr_in *in, struct rd body)             /* RFC 6793 6 */
{
	struct span value = { body.at, (uint16_t)rd_left(&body) };
	const char *what = value.n ? path_check(body, 4, true) : "AS4_PATH is empty";

	if (!what)
		in->path4 = value;
	return what;
}

/* The first `keep` ASes of a 2-octet path, widened. */
static void path_widen(struct wr *w, struct span path2, unsigned keep)
{
	struct rd r = rd_of(path2.p, path2.n);
	struct segment s;

	while (keep > 0 && segment_next(&r, 2, &s)) {
		if (s.type == AS_SEQUENCE && s.count > keep)
			s.count = (uint8_t)keep;
		keep -= segment_len(&s);
		wr_u8(w, s.type);
		wr_u8(w, s.count);
		for (unsigned i = 0; i < s.count; i++)
			wr_u32(w, rd_u16(&s.asns));
	}
}

/* AS4_PATH, without the confederation segments that nobody may put there (RFC 6793 6). */
static void path_copy(struct wr *w, struct span path4)
{
	struct rd r = rd_of(path4.p, path4.n);
	struct segment s;

	while (segment_next(&r, 4, &s)) {
		if (confederation(s.type))
			continue;
		wr_u8(w, s.type);
		wr_u8(w, s.count);
		wr_bytes(w, s.asns.at, rd_left(&s.asns));
	}
}

void as_path_finish(struct attr_in *in, struct wr *scratch)
{
	struct attrs *attrs = &in->update->attrs;
	uint8_t *start = scratch->at;
	bool join = in->path4.n > 0;
	unsigned n2, n4;

	if ((attrs->has & ATTRS_AGGREGATOR) && in->as4_aggregator_as) {
		if (attrs->aggregator_as == AS_TRANS) {
			attrs->aggregator_as = in->as4_aggregator_as;
			attrs->aggregator_id = in->as4_aggregator_id;
		} else {
			join = false;                            /* RFC 6793 4.2.3: somebody aggregated who did not know of AS4_PATH */
		}
	}
	if (in->path2.n == 0)
		return;
	n2 = path_len(in->path2, 2);
	n4 = join ? path_len(in->path4, 4) : 0;
	if (n4 > n2)                                             /* RFC 6793 4.2.3: AS4_PATH is to be ignored */
		n4 = 0;
	path_widen(scratch, in->path2, n2 - n4);
	if (n4)
		path_copy(scratch, in->path4);
	if (scratch->at - start > UINT16_MAX) {                  /* RFC 8654: it was near that in 2-octet form */
		attr_withdraw(in, ATTR_AS_PATH, "AS_PATH is too long in 4-octet form");
		return;
	}
	attrs->as_path = (struct span){ start, (uint16_t)(scratch->at - start) };
}

bool as_path_starts_with(struct span as_path, uint32_t asn)
{
	struct rd r = as_path.n ? rd_of(as_path.p, as_path.n) : (struct rd){ .bad = true };
	struct segment s;

	return segment_next(&r, 4, &s) && s.type == AS_SEQUENCE && rd_u32(&s.asns) == asn;
}

static void asn_put(struct wr *w, uint32_t asn, unsigned width)
{
	if (width == 4)
		wr_u32(w, asn);
	else
		wr_u16(w, asn > UINT16_MAX ? AS_TRANS : (uint16_t)asn);  /* RFC 6793 4.2.2 */
}

/* The path with the AS that prepends itself in front: RFC 4271 5.1.2 (b). */
static void path_put(struct wr *w, const struct attr_out *out, unsigned width)
{
	struct span path = out->attrs->as_path;
	struct rd r = path.n ? rd_of(path.p, path.n) : (struct rd){ .bad = true };
	struct segment s;
	bool more = segment_next(&r, 4, &s);
	uint32_t own = out->egress->prepend;
	bool join = own && more && s.type == AS_SEQUENCE && s.count < UINT8_MAX;

	if (own) {
		wr_u8(w, AS_SEQUENCE);
		wr_u8(w, join ? (uint8_t)(s.count + 1) : 1);
		asn_put(w, own, width);
	}
	for (; more; more = segment_next(&r, 4, &s), join = false) {
		if (!join) {
			wr_u8(w, s.type);
			wr_u8(w, s.count);
		}
		if (width == 4) {
			wr_bytes(w, s.asns.at, rd_left(&s.asns));
			continue;
		}
		for (unsigned i = 0; i < s.count; i++)
			asn_put(w, rd_u32(&s.asns), width);
	}
}

void as_path_put(struct wr *w, const struct attr_out *out)
{
	size_t mark = attr_begin(w, ATTR_MANDATORY, ATTR_AS_PATH);

	path_put(w, out, out->ctx->as4 ? 4 : 2);
	attr_end(w, mark);
}

static bool path_needs_4(struct span path)
{
	struct rd r = path.n ? rd_of(path.p, path.n) : (struct rd){ .bad = true };
	struct segment s;

	while (segment_next(&r, 4, &s)) {
		for (unsigned i = 0; i < s.count; i++) {
			if (rd_u32(&s.asns) > UINT16_MAX)
				return true;
		}
	}
	return false;
}

void as4_path_put(struct wr *w, const struct attr_out *out)              /* RFC 6793 4.2.2 */
{
	size_t mark;

	if (out->ctx->as4 || (out->egress->prepend <= UINT16_MAX && !path_needs_4(out->attrs->as_path)))
		return;
	mark = attr_begin(w, ATTR_OPT_TRANSITIVE, ATTR_AS4_PATH);
	path_put(w, out, 4);
	attr_end(w, mark);
}
