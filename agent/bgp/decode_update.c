#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "agent/bgp/attr.h"
#include "agent/bgp/notify.h"

bool nlri_ok(struct rd nlri, uint8_t family)
{
	unsigned max = prefix_max(family);

	while (rd_left(&nlri) > 0) {
		uint8_t bits = rd_u8(&nlri);

		if (bits > max || !rd_take(&nlri, (bits + 7u) / 8))
			return false;
	}
	return !nlri.bad;
}

bool nlri_next(struct rd *r, uint8_t family, struct prefix *ret)
{
	uint8_t bits;
	size_t n;

	if (rd_left(r) == 0)
		return false;
	bits = rd_u8(r);
	n = (bits + 7u) / 8;
	*ret = (struct prefix){ .family = family, .len = bits };
	if (bits > prefix_max(family) || !rd_copy(r, ret->addr, n))
		return false;
	if (bits % 8)
		ret->addr[n - 1] &= (uint8_t)(0xff00 >> bits % 8);       /* RFC 4271 4.3: the value of trailing bits is irrelevant */
	return true;
}

static int fail(struct attr_in *in, uint8_t subcode, const uint8_t *at, const char *what)
{
	return bgp_fail(in->msg->err, NOTIFY_UPDATE, subcode, msg_at(in->msg, at), what);
}

static int attrs_decode(struct attr_in *in, struct rd list)
{
	while (rd_left(&list) > 0) {
		struct attr_tlv a;
		int r;

		if (!attr_next(&list, &a)) {
			const struct attr_row *row = attr_row(a.code);

			in->other = true;
			if (row && row->fix == FIX_RESET)                /* RFC 7606 3 (j): its NLRI are lost */
				return fail(in, UPDATE_MALFORMED_LIST, a.p, "MP attribute runs past the end of the attributes");
			attr_withdraw(in, a.code, "attribute runs past the end of the attributes");      /* RFC 7606 4 */
			return 0;
		}
		r = attr_get(in, &a);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The withdrawn and NLRI fields (RFC 4271 4.3), which are always IPv4 unicast. */
static int classic_decode(struct attr_in *in, struct span withdrawn, struct span nlri)
{
	if (!nlri_ok(rd_of(withdrawn.p, withdrawn.n), AF_INET))          /* RFC 7606 3 (i), 5.3 */
		return fail(in, UPDATE_BAD_NETWORK, withdrawn.p, "malformed withdrawn routes");
	if (!nlri_ok(rd_of(nlri.p, nlri.n), AF_INET))
		return fail(in, UPDATE_BAD_NETWORK, nlri.p, "malformed NLRI");
	in->reach |= nlri.n > 0;
	if (in->ctx->mp[0]) {
		in->update->withdrawn = withdrawn;
		in->update->nlri = nlri;
	} else if (withdrawn.n || nlri.n) {
		attr_discard(in, 0, "IPv4 routes, which were not negotiated");
	}
	return 0;
}

/* What can only be judged with all attributes at hand, of an UPDATE that announces something. */
static void reach_check(struct attr_in *in)
{
	struct bgp_update *u = in->update;

	if (!in->seen[ATTR_ORIGIN])                              /* RFC 7606 3 (d) */
		attr_withdraw(in, ATTR_ORIGIN, "ORIGIN is missing");
	if (!in->seen[ATTR_AS_PATH])
		attr_withdraw(in, ATTR_AS_PATH, "AS_PATH is missing");
	if (u->nlri.n && !in->seen[ATTR_NEXT_HOP])               /* RFC 4760 3: only NLRI outside of MP_REACH_NLRI need it */
		attr_withdraw(in, ATTR_NEXT_HOP, "NEXT_HOP is missing");
	if (u->nlri.n && !next_hop_v4_ok(&u->classic_next_hop))
		attr_withdraw(in, ATTR_NEXT_HOP, "NEXT_HOP is not a unicast address");
	if (ctx_external(in->ctx) && !as_path_starts_with(u->attrs.as_path, in->ctx->remote_asn))
		attr_withdraw(in, ATTR_AS_PATH, "AS_PATH does not start with the peer's AS");    /* RFC 4271 6.3, RFC 7606 7.2 */
}

/* Unknown optional transitive attributes, sorted by code, Partial set (RFC 4271 5, 9), the four unused bits cleared (4.3). */
static void unknown_finish(struct attr_in *in, const uint8_t *list_end, struct wr *scratch)
{
	uint8_t *start = scratch->at;

	for (unsigned code = 0; in->n_unknown && code <= UINT8_MAX; code++) {
		const uint8_t *at = in->msg->base + in->unknown_at[code];
		struct rd r = rd_of(at, (size_t)(list_end - at));
		uint8_t *copy = scratch->at;
		struct attr_tlv a;

		if (!in->unknown_at[code] || !attr_next(&r, &a))
			continue;
		wr_bytes(scratch, a.p, (size_t)(a.body.end - a.p));
		*copy = (*copy & FLAGS_USED) | FLAG_PARTIAL;
		in->n_unknown--;
	}
	in->update->attrs.unknown = (struct span){ start, (uint16_t)(scratch->at - start) };
}

/* RFC 4724 2: an UPDATE without anything, or with an MP_UNREACH_NLRI without anything. */
static void eor_check(struct attr_in *in, struct span withdrawn, struct span list, struct span nlri)
{
	struct bgp_update *u = in->update;

	if (withdrawn.n || nlri.n || in->other || u->mp_unreach.n)
		return;
	if (!list.n)
		u->eor[0] = in->ctx->mp[0];
	else if (u->mp_unreach_family)
		u->eor[u->mp_unreach_family == AF_INET6] = true;
}

static int update_finish(struct attr_in *in, struct span list)
{
	struct bgp_update *u = in->update;
	struct wr scratch = wr_of(u->scratch, sizeof(u->scratch));

	as_path_finish(in, &scratch);
	if (in->reach)
		reach_check(in);
	else if (u->treat_as_withdraw && in->other)              /* RFC 7606 5.2: nobody knows what was to be announced */
		return fail(in, UPDATE_MALFORMED_LIST, list.p, u->what);
	unknown_finish(in, list.p + list.n, &scratch);
	u->attrs.large_communities = large_unique(u->attrs.large_communities, &scratch);
	return 0;
}

int update_decode(struct msg_in *msg, const struct bgp_ctx *ctx, struct bgp_update *ret)
{
	struct attr_in in = { .msg = msg, .ctx = ctx, .update = ret };
	struct rd body = msg->body, withdrawn = rd_sub(&body, rd_u16(&body)), list = rd_sub(&body, rd_u16(&body));
	struct span w, l, n;
	int r;

	if (body.bad)                                            /* RFC 4271 6.3 */
		return fail(&in, UPDATE_MALFORMED_LIST, msg->body.at, "lengths exceed the message");
	w = (struct span){ withdrawn.at, (uint16_t)rd_left(&withdrawn) };
	l = (struct span){ list.at, (uint16_t)rd_left(&list) };
	n = (struct span){ body.at, (uint16_t)rd_left(&body) };
	memset(ret, 0, offsetof(struct bgp_update, scratch));    /* 8 kB of scratch stay as they are: this is the hot path */
	ret->withdrawn = ret->nlri = ret->mp_reach = ret->mp_unreach = (struct span){ body.at, 0 };      /* never NULL: rd_of takes them all */
	r = attrs_decode(&in, list);
	if (r < 0)
		return r;
	r = classic_decode(&in, w, n);
	if (r < 0)
		return r;
	eor_check(&in, w, l, n);
	return update_finish(&in, l);
}
