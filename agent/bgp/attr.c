#include "agent/bgp/attr.h"

#include <string.h>

#include "agent/base/community.h"
#include "agent/base/own.h"
#include "agent/bgp/notify.h"

static const uint8_t class_flags[] = {                           /* RFC 4271 5: what Optional and Transitive have to be */
	[ATTR_MANDATORY] = FLAG_TRANSITIVE,
	[ATTR_DISCRETIONARY] = FLAG_TRANSITIVE,
	[ATTR_OPT_TRANSITIVE] = FLAG_OPTIONAL | FLAG_TRANSITIVE,
	[ATTR_OPT_NON_TRANSITIVE] = FLAG_OPTIONAL,
};

size_t attr_begin(struct wr *w, enum attr_class class, uint8_t code)
{
	size_t mark = wr_len(w);

	wr_u8(w, class_flags[class]);
	wr_u8(w, code);
	wr_mark(w, 1);
	return mark;
}

void attr_end(struct wr *w, size_t mark)
{
	uint8_t *at = w->base + mark;
	size_t n = wr_len(w) - mark - 3;

	if (n > UINT8_MAX && wr_skip(w, 1)) {                    /* RFC 4271 4.3: the extended length only where it is needed */
		memmove(at + 4, at + 3, n);
		at[0] |= FLAG_EXTENDED;
		at[2] = (uint8_t)(n >> 8);
		at[3] = (uint8_t)n;
	} else if (!w->bad) {
		at[2] = (uint8_t)n;
	}
}

static const char *get_origin(struct attr_in *in, struct rd body)        /* RFC 7606 7.1 */
{
	in->update->attrs.origin = rd_u8(&body);
	if (body.bad || rd_left(&body) > 0)
		return "ORIGIN is not 1 byte long";
	return in->update->attrs.origin > ORIGIN_INCOMPLETE ? "ORIGIN has an unknown value" : NULL;
}

static void put_origin(struct wr *w, const struct attr_out *out)
{
	size_t mark = attr_begin(w, ATTR_MANDATORY, ATTR_ORIGIN);

	wr_u8(w, out->attrs->origin);
	attr_end(w, mark);
}

static const char *get_next_hop(struct attr_in *in, struct rd body)      /* RFC 7606 7.3; its value counts only with classic NLRI */
{
	const uint8_t *v4 = rd_take(&body, 4);

	if (!v4 || rd_left(&body) > 0)
		return "NEXT_HOP is not 4 bytes long";
	in->update->classic_next_hop = in6_mapped(v4);
	return NULL;
}

static void put_next_hop(struct wr *w, const struct attr_out *out)
{
	size_t mark;

	if (!out->classic)
		return;
	mark = attr_begin(w, ATTR_MANDATORY, ATTR_NEXT_HOP);
	wr_bytes(w, &out->egress->next_hop_v4, 4);
	attr_end(w, mark);
}

static void put_u32(struct wr *w, enum attr_class class, uint8_t code, uint32_t v)
{
	size_t mark = attr_begin(w, class, code);

	wr_u32(w, v);
	attr_end(w, mark);
}

static const char *get_med(struct attr_in *in, struct rd body)           /* RFC 7606 7.4 */
{
	uint32_t v = rd_u32(&body);

	if (body.bad || rd_left(&body) > 0)
		return "MULTI_EXIT_DISC is not 4 bytes long";
	in->update->attrs.med = v;
	in->update->attrs.has |= ATTRS_MED;
	return NULL;
}

static void put_med(struct wr *w, const struct attr_out *out)
{
	/* RFC 4271 5.1.4: what another AS said never goes on to a third one. */
	if ((out->attrs->has & ATTRS_MED) && (!ctx_external(out->ctx) || out->egress->own_med || out->egress->as_is || out->attrs->as_path.n == 0))
		put_u32(w, ATTR_OPT_NON_TRANSITIVE, ATTR_MED, out->attrs->med);
}

static const char *get_local_pref(struct attr_in *in, struct rd body)    /* RFC 7606 7.5 */
{
	uint32_t v = rd_u32(&body);

	if (body.bad || rd_left(&body) > 0)
		return "LOCAL_PREF is not 4 bytes long";
	in->update->attrs.local_pref = v;
	in->update->attrs.has |= ATTRS_LOCAL_PREF;
	return NULL;
}

static void put_local_pref(struct wr *w, const struct attr_out *out)
{
	uint32_t local_pref = out->attrs->has & ATTRS_LOCAL_PREF ? out->attrs->local_pref : DEFAULT_LOCAL_PREF;

	if (out->egress->as_is ? out->attrs->has & ATTRS_LOCAL_PREF : !ctx_external(out->ctx))   /* RFC 4271 5.1.5: to every internal peer, to no other */
		put_u32(w, ATTR_DISCRETIONARY, ATTR_LOCAL_PREF, out->egress->graceful_shutdown ? 0 : local_pref);
}

static const char *get_atomic(struct attr_in *in, struct rd body)        /* RFC 7606 7.6 */
{
	if (rd_left(&body) > 0)
		return "ATOMIC_AGGREGATE is not empty";
	in->update->attrs.has |= ATTRS_ATOMIC;
	return NULL;
}

static void put_atomic(struct wr *w, const struct attr_out *out)
{
	if (out->attrs->has & ATTRS_ATOMIC)
		attr_end(w, attr_begin(w, ATTR_DISCRETIONARY, ATTR_ATOMIC_AGGREGATE));
}

static const char *get_aggregator(struct attr_in *in, struct rd body)    /* RFC 7606 7.7, RFC 6793 4.1 */
{
	uint32_t asn = in->ctx->as4 ? rd_u32(&body) : rd_u16(&body);
	struct in_addr id = { 0 };

	rd_copy(&body, &id, sizeof(id));
	if (body.bad || rd_left(&body) > 0)
		return "AGGREGATOR has a wrong length";
	if (asn == 0)
		return "AGGREGATOR has AS 0";                    /* RFC 7607 2 */
	in->update->attrs.aggregator_as = asn;
	in->update->attrs.aggregator_id = id;
	in->update->attrs.has |= ATTRS_AGGREGATOR;
	return NULL;
}

static void put_aggregator(struct wr *w, const struct attr_out *out)
{
	uint32_t asn = out->attrs->aggregator_as;
	size_t mark;

	if (!(out->attrs->has & ATTRS_AGGREGATOR))
		return;
	mark = attr_begin(w, ATTR_OPT_TRANSITIVE, ATTR_AGGREGATOR);
	if (out->ctx->as4)
		wr_u32(w, asn);
	else
		wr_u16(w, asn > UINT16_MAX ? AS_TRANS : (uint16_t)asn);  /* RFC 6793 4.2.2 */
	wr_bytes(w, &out->attrs->aggregator_id, 4);
	attr_end(w, mark);
}

static const char *get_as4_aggregator(struct attr_in *in, struct rd body)        /* RFC 6793 6 */
{
	uint32_t asn = rd_u32(&body);
	struct in_addr id = { 0 };

	rd_copy(&body, &id, sizeof(id));
	if (body.bad || rd_left(&body) > 0)
		return "AS4_AGGREGATOR is not 8 bytes long";
	if (asn == 0)
		return "AS4_AGGREGATOR has AS 0";                /* RFC 7607 2 */
	in->as4_aggregator_as = asn;
	in->as4_aggregator_id = id;
	return NULL;
}

static void put_as4_aggregator(struct wr *w, const struct attr_out *out)
{
	size_t mark;

	if (!(out->attrs->has & ATTRS_AGGREGATOR) || out->ctx->as4 || out->attrs->aggregator_as <= UINT16_MAX)
		return;
	mark = attr_begin(w, ATTR_OPT_TRANSITIVE, ATTR_AS4_AGGREGATOR);
	wr_u32(w, out->attrs->aggregator_as);
	wr_bytes(w, &out->attrs->aggregator_id, 4);
	attr_end(w, mark);
}

/* Opaque lists of values of one size: never empty (RFC 7606 4), never a broken last one. */
static bool list_get(struct rd body, size_t size, struct span *ret)
{
	size_t n = rd_left(&body);

	if (n == 0 || n % size != 0)
		return false;
	*ret = (struct span){ body.at, (uint16_t)n };
	return true;
}

static void list_put(struct wr *w, uint8_t code, struct span list)
{
	size_t mark;

	if (!list.n)
		return;
	mark = attr_begin(w, ATTR_OPT_TRANSITIVE, code);
	wr_bytes(w, list.p, list.n);
	attr_end(w, mark);
}

static const char *get_communities(struct attr_in *in, struct rd body)   /* RFC 7606 7.8 */
{
	return list_get(body, 4, &in->update->attrs.communities) ? NULL : "COMMUNITIES is not a list of 4 bytes each";
}

static void put_communities(struct wr *w, const struct attr_out *out)
{
	const struct span list = out->attrs->communities;
	size_t mark;

	if (!out->egress->graceful_shutdown || attrs_has_community(out->attrs, COMMUNITY_GRACEFUL_SHUTDOWN)) {
		list_put(w, ATTR_COMMUNITIES, list);
		return;
	}
	mark = attr_begin(w, ATTR_OPT_TRANSITIVE, ATTR_COMMUNITIES);
	if (list.n)
		wr_bytes(w, list.p, list.n);
	wr_u32(w, COMMUNITY_GRACEFUL_SHUTDOWN);  /* RFC 8326 4.1 */
	attr_end(w, mark);
}

static const char *get_ext_communities(struct attr_in *in, struct rd body)       /* RFC 7606 7.14 */
{
	return list_get(body, 8, &in->update->attrs.ext_communities) ? NULL : "EXTENDED COMMUNITIES is not a list of 8 bytes each";
}

static const char *get_large_communities(struct attr_in *in, struct rd body)     /* RFC 8092 6 */
{
	return list_get(body, 12, &in->update->attrs.large_communities) ? NULL : "LARGE_COMMUNITY is not a list of 12 bytes each";
}

static void put_large_communities(struct wr *w, const struct attr_out *out)
{
	list_put(w, ATTR_LARGE_COMMUNITIES, out->attrs->large_communities);
}

static const char *get_originator_id(struct attr_in *in, struct rd body) /* RFC 7606 7.9 */
{
	struct in_addr id;

	if (rd_left(&body) != 4 || !rd_copy(&body, &id, sizeof(id)))
		return "ORIGINATOR_ID is not 4 bytes long";
	in->update->attrs.originator_id = id;
	in->update->attrs.has |= ATTRS_ORIGINATOR;
	return NULL;
}

static void put_originator_id(struct wr *w, const struct attr_out *out)
{
	const struct in_addr *id = out->attrs->has & ATTRS_ORIGINATOR ? &out->attrs->originator_id : &out->egress->originator_id;
	size_t mark;

	if (out->egress->as_is ? !(out->attrs->has & ATTRS_ORIGINATOR) : !out->egress->reflect)
		return;
	mark = attr_begin(w, ATTR_OPT_NON_TRANSITIVE, ATTR_ORIGINATOR_ID);
	wr_bytes(w, id, 4);                                      /* RFC 4456 8: whoever has written it first */
	attr_end(w, mark);
}

static const char *get_cluster_list(struct attr_in *in, struct rd body)  /* RFC 7606 7.10 */
{
	return list_get(body, 4, &in->update->attrs.cluster_list) ? NULL : "CLUSTER_LIST is not a list of 4 bytes each";
}

static void put_cluster_list(struct wr *w, const struct attr_out *out)   /* RFC 4456 8: ours in front */
{
	size_t mark;

	if (out->egress->as_is ? !out->attrs->cluster_list.n : !out->egress->reflect)
		return;
	mark = attr_begin(w, ATTR_OPT_NON_TRANSITIVE, ATTR_CLUSTER_LIST);
	if (!out->egress->as_is)
		wr_bytes(w, &out->egress->cluster_id, 4);
	if (out->attrs->cluster_list.n)
		wr_bytes(w, out->attrs->cluster_list.p, out->attrs->cluster_list.n);
	attr_end(w, mark);
}

static const char *get_otc(struct attr_in *in, struct rd body)           /* RFC 9234 5 */
{
	uint32_t v = rd_u32(&body);

	if (body.bad || rd_left(&body) > 0)
		return "ONLY_TO_CUSTOMER is not 4 bytes long";
	in->update->attrs.otc = v;
	in->update->attrs.has |= ATTRS_OTC;
	return NULL;
}

static void put_otc(struct wr *w, const struct attr_out *out)            /* RFC 9234 5: whoever has set it first */
{
	if (out->attrs->has & ATTRS_OTC)
		put_u32(w, ATTR_OPT_TRANSITIVE, ATTR_OTC, out->attrs->otc);
	else if (out->egress->otc)
		put_u32(w, ATTR_OPT_TRANSITIVE, ATTR_OTC, out->egress->otc);
}

static const struct attr_row rows[] = {                          /* README.md has the same table, and a test compares them */
	[ATTR_ORIGIN] = { "ORIGIN", ATTR_MANDATORY, FIX_WITHDRAW, FROM_ANY, get_origin, put_origin },
	[ATTR_AS_PATH] = { "AS_PATH", ATTR_MANDATORY, FIX_WITHDRAW, FROM_ANY, as_path_get, as_path_put },
	[ATTR_NEXT_HOP] = { "NEXT_HOP", ATTR_MANDATORY, FIX_WITHDRAW, FROM_ANY, get_next_hop, put_next_hop },
	[ATTR_MED] = { "MULTI_EXIT_DISC", ATTR_OPT_NON_TRANSITIVE, FIX_WITHDRAW, FROM_ANY, get_med, put_med },
	[ATTR_LOCAL_PREF] = { "LOCAL_PREF", ATTR_DISCRETIONARY, FIX_WITHDRAW, FROM_INTERNAL, get_local_pref, put_local_pref },
	[ATTR_ATOMIC_AGGREGATE] = { "ATOMIC_AGGREGATE", ATTR_DISCRETIONARY, FIX_DISCARD, FROM_ANY, get_atomic, put_atomic },
	[ATTR_AGGREGATOR] = { "AGGREGATOR", ATTR_OPT_TRANSITIVE, FIX_DISCARD, FROM_ANY, get_aggregator, put_aggregator },
	[ATTR_COMMUNITIES] = { "COMMUNITIES", ATTR_OPT_TRANSITIVE, FIX_WITHDRAW, FROM_ANY, get_communities, put_communities },
	[ATTR_ORIGINATOR_ID] = { "ORIGINATOR_ID", ATTR_OPT_NON_TRANSITIVE, FIX_WITHDRAW, FROM_INTERNAL, get_originator_id, put_originator_id },
	[ATTR_CLUSTER_LIST] = { "CLUSTER_LIST", ATTR_OPT_NON_TRANSITIVE, FIX_WITHDRAW, FROM_INTERNAL, get_cluster_list, put_cluster_list },
	[ATTR_MP_REACH] = { "MP_REACH_NLRI", ATTR_OPT_NON_TRANSITIVE, FIX_RESET, FROM_ANY, mp_reach_get, NULL },
	[ATTR_MP_UNREACH] = { "MP_UNREACH_NLRI", ATTR_OPT_NON_TRANSITIVE, FIX_RESET, FROM_ANY, mp_unreach_get, NULL },
	[ATTR_EXT_COMMUNITIES] = {
		"EXTENDED COMMUNITIES", ATTR_OPT_TRANSITIVE, FIX_WITHDRAW, FROM_ANY, get_ext_communities, ext_communities_put,
	},
	[ATTR_AS4_PATH] = { "AS4_PATH", ATTR_OPT_TRANSITIVE, FIX_DISCARD, FROM_AS2, as4_path_get, as4_path_put },
	[ATTR_AS4_AGGREGATOR] = {
		"AS4_AGGREGATOR", ATTR_OPT_TRANSITIVE, FIX_DISCARD, FROM_AS2, get_as4_aggregator, put_as4_aggregator,
	},
	[ATTR_LARGE_COMMUNITIES] = {
		"LARGE_COMMUNITY", ATTR_OPT_TRANSITIVE, FIX_WITHDRAW, FROM_ANY, get_large_communities, put_large_communities,
	},
	[ATTR_OTC] = { "ONLY_TO_CUSTOMER", ATTR_OPT_TRANSITIVE, FIX_WITHDRAW, FROM_ANY, get_otc, put_otc },
};

const struct attr_row *attr_row(uint8_t code)
{
	return code < ARRAY_LEN(rows) && rows[code].name ? &rows[code] : NULL;
}

bool attr_next(struct rd *r, struct attr_tlv *ret)
{
	ret->p = r->at;
	ret->flags = rd_u8(r);
	ret->code = rd_u8(r);
	ret->body = rd_sub(r, ret->flags & FLAG_EXTENDED ? rd_u16(r) : rd_u8(r));
	return !r->bad;
}

void attr_withdraw(struct attr_in *in, uint8_t code, const char *what)
{
	if (in->update->treat_as_withdraw)
		return;
	in->update->treat_as_withdraw = true;
	in->update->what = what;
	in->update->what_attr = code;
}

void attr_discard(struct attr_in *in, uint8_t code, const char *what)
{
	in->update->discarded++;
	if (in->update->what)
		return;
	in->update->what = what;
	in->update->what_attr = code;
}

/* RFC 4271 6.3: the NOTIFICATION's data is the attribute, from its flags on. */
static int attr_fail(struct attr_in *in, const struct attr_tlv *a, uint8_t subcode, const char *what)
{
	bgp_fail(in->msg->err, NOTIFY_UPDATE, subcode, msg_at(in->msg, a->p), what);
	return bgp_fail_data(in->msg->err, a->p, (size_t)(a->body.end - a->p));
}

static int get_unknown(struct attr_in *in, const struct attr_tlv *a)
{
	if (!(a->flags & FLAG_OPTIONAL))                         /* RFC 4271 6.3 */
		return attr_fail(in, a, UPDATE_UNKNOWN_WELL_KNOWN, "unknown well-known attribute");
	if (a->flags & FLAG_TRANSITIVE) {                        /* RFC 4271 5: others are quietly ignored */
		in->unknown_at[a->code] = (uint16_t)msg_at(in->msg, a->p);
		in->n_unknown++;
	}
	return 0;
}

static bool heard_from(const struct bgp_ctx *ctx, enum attr_from from)
{
	switch (from) {
	case FROM_ANY:
		return true;
	case FROM_INTERNAL:                                      /* RFC 7606 7.5, 7.9, 7.10 */
		return !ctx_external(ctx);
	case FROM_AS2:                                           /* RFC 6793 4.1 */
		return !ctx->as4;
	}
	return false;
}

int attr_get(struct attr_in *in, const struct attr_tlv *a)
{
	const struct attr_row *row = attr_row(a->code);
	bool bad_flags;
	const char *what;

	if (in->seen[a->code]) {                                 /* RFC 7606 3 (g): the first one counts */
		if (row && row->fix == FIX_RESET)
			return bgp_fail(in->msg->err, NOTIFY_UPDATE, UPDATE_MALFORMED_LIST, msg_at(in->msg, a->p), "MP attribute twice");
		attr_discard(in, a->code, "attribute twice");
		return 0;
	}
	in->seen[a->code] = true;
	in->other |= a->code != ATTR_MP_UNREACH;
	if (!row)
		return get_unknown(in, a);
	if (!heard_from(in->ctx, row->from)) {
		attr_discard(in, a->code, "attribute that this peer must not send");
		return 0;
	}
	bad_flags = (a->flags & (FLAG_OPTIONAL | FLAG_TRANSITIVE)) != class_flags[row->class];
	what = bad_flags && row->fix != FIX_RESET ? NULL : row->get(in, a->body);
	if (what && row->fix == FIX_RESET)                       /* RFC 7606 5.3, 3 (j), RFC 4760 7 */
		return attr_fail(in, a, UPDATE_OPTIONAL_ERROR, what);
	if (bad_flags)                                           /* RFC 7606 3 (c): of MP attributes too, whose NLRI were found */
		attr_withdraw(in, a->code, "wrong attribute flags");
	else if (what && row->fix == FIX_DISCARD)
		attr_discard(in, a->code, what);
	else if (what)
		attr_withdraw(in, a->code, what);
	return 0;
}

void attr_put_all(struct wr *w, const struct attr_out *out)
{
	struct span rest = out->attrs->unknown;
	struct rd unknown = rest.n ? rd_of(rest.p, rest.n) : (struct rd){ .bad = true };
	struct attr_tlv a;
	bool more = attr_next(&unknown, &a);

	for (unsigned code = 0; code <= UINT8_MAX; code++) {     /* RFC 4271 5: in ascending order; the decoder has sorted the unknown */
		const struct attr_row *row = attr_row((uint8_t)code);

		for (; more && a.code <= code; more = attr_next(&unknown, &a))
			wr_bytes(w, a.p, (size_t)(a.body.end - a.p));
		if (row && row->put)
			row->put(w, out);
	}
}
