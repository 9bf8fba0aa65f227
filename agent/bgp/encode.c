#include "agent/bgp/msg.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "agent/bgp/attr.h"

#define PREFIX_MAX 17                    /* bytes of the longest prefix in an UPDATE */

/* A message is written into what w has left, and w moves only when it is whole. */
static struct wr msg_begin_long(struct wr *w, enum bgp_type type, size_t max)
{
	size_t room = wr_room(w);
	struct wr m = wr_of(w->at, room < max ? room : max);
	uint8_t *marker = wr_skip(&m, 16);

	if (marker)
		memset(marker, 0xff, 16);
	wr_u16(&m, 0);
	wr_u8(&m, (uint8_t)type);
	return m;
}

static struct wr msg_begin(struct wr *w, enum bgp_type type)
{
	return msg_begin_long(w, type, BGP_MAX_LEN);
}

static int msg_end(struct wr *w, const struct wr *m)
{
	size_t n = wr_len(m);

	if (m->bad)
		return -EMSGSIZE;
	m->base[16] = (uint8_t)(n >> 8);
	m->base[17] = (uint8_t)n;
	w->at += n;
	return 0;
}

int bgp_put_open(struct wr *w, const struct bgp_open *open)
{
	struct wr m = msg_begin(w, BGP_OPEN);
	size_t mark;

	wr_u8(&m, 4);
	wr_u16(&m, open->my_as);
	wr_u16(&m, open->hold_time);
	wr_bytes(&m, &open->id, 4);
	mark = wr_mark(&m, 1);
	caps_put(&m, &open->caps);                               /* never near 255 bytes: RFC 9072 is for reading only */
	wr_patch8(&m, mark);
	return msg_end(w, &m);
}

int bgp_put_keepalive(struct wr *w)
{
	struct wr m = msg_begin(w, BGP_KEEPALIVE);

	return msg_end(w, &m);
}

int bgp_put_notification(struct wr *w, uint8_t code, uint8_t subcode, const void *data, size_t n)
{
	struct wr m = msg_begin(w, BGP_NOTIFICATION);

	wr_u8(&m, code);
	wr_u8(&m, subcode);
	wr_bytes(&m, data, n);
	return msg_end(w, &m);
}

int bgp_put_refresh(struct wr *w, const struct bgp_refresh *refresh)
{
	struct wr m = msg_begin(w, BGP_ROUTE_REFRESH);

	wr_u16(&m, refresh->afi);
	wr_u8(&m, refresh->subtype);
	wr_u8(&m, refresh->safi);
	return msg_end(w, &m);
}

int bgp_put_eor(struct wr *w, uint8_t family)                    /* RFC 4724 2 */
{
	struct wr m = msg_begin(w, BGP_UPDATE);
	size_t mark;

	wr_u16(&m, 0);
	mark = wr_mark(&m, 2);
	if (family != AF_INET)
		mp_unreach_put(&m, family, 0);
	wr_patch16(&m, mark);
	return msg_end(w, &m);
}

/* How many of the n prefixes fit into room bytes, and how many bytes those are. Stops where the family changes. */
static size_t nlri_fit(const struct prefix *p, size_t n, size_t room, size_t *ret_bytes)
{
	size_t i, bytes = 0;

	for (i = 0; i < n && p[i].family == p[0].family; i++) {
		size_t more = 1 + (p[i].len + 7u) / 8;

		if (bytes + more > room)
			break;
		bytes += more;
	}
	*ret_bytes = bytes;
	return i;
}

static void nlri_put(struct wr *w, const struct prefix *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		wr_u8(w, p[i].len);
		wr_bytes(w, p[i].addr, (p[i].len + 7u) / 8);
	}
}

int bgp_put_reach(struct wr *w, const struct bgp_ctx *ctx, const struct attrs *attrs, const struct bgp_egress *egress,
		  const struct prefix *prefixes, size_t n)
{
	uint8_t buf[BGP_EXT_LEN];
	struct wr m, rest = wr_of(buf, ctx->extended ? sizeof(buf) : BGP_MAX_LEN);
	uint8_t family = n ? prefixes[0].family : AF_INET;
	/* With RFC 8950 too an IPv4 next hop is told as it always was: everybody reads that. */
	bool classic = family == AF_INET && (!ctx->ext_nh_v4 || egress->next_hop_v4.s_addr);
	size_t fit, bytes, mark, fixed;
	int r;

	attr_put_all(&rest, &(struct attr_out){ ctx, attrs, egress, classic });
	fixed = wr_len(&rest) + (classic ? 0 : MP_REACH_MAX);
	/* RFC 8654: a long message only where a short one has no room for one prefix: whatever else reads along may not know them. */
	m = msg_begin_long(w, BGP_UPDATE, ctx->extended && BGP_HEADER_LEN + 4 + fixed + PREFIX_MAX > BGP_MAX_LEN ? BGP_EXT_LEN : BGP_MAX_LEN);
	wr_u16(&m, 0);
	mark = wr_mark(&m, 2);
	if (rest.bad || wr_room(&m) < fixed)
		return -EMSGSIZE;
	fit = nlri_fit(prefixes, n, wr_room(&m) - fixed, &bytes);
	if (!fit)
		return -EMSGSIZE;
	if (!classic) {                                          /* RFC 7606 5.1: first, so that its NLRI survive other errors */
		mp_reach_put(&m, family, ctx, egress, bytes);
		nlri_put(&m, prefixes, fit);
	}
	wr_bytes(&m, buf, wr_len(&rest));
	wr_patch16(&m, mark);
	if (classic)
		nlri_put(&m, prefixes, fit);
	r = msg_end(w, &m);
	return r < 0 ? r : (int)fit;
}

void bgp_put_attrs(struct wr *w, const struct bgp_ctx *ctx, const struct attrs *attrs, const struct bgp_egress *egress)
{
	attr_put_all(w, &(struct attr_out){ ctx, attrs, egress, egress->next_hop_v4.s_addr != 0 });
}

int bgp_put_unreach(struct wr *w, const struct bgp_ctx *ctx, const struct prefix *prefixes, size_t n)
{
	struct wr m = msg_begin(w, BGP_UPDATE);
	uint8_t family = n ? prefixes[0].family : AF_INET;
	bool classic = family == AF_INET && !ctx->ext_nh_v4;
	size_t fit, bytes, mark;
	int r;

	if (wr_room(&m) < 4 + MP_UNREACH_MAX)
		return -EMSGSIZE;
	fit = nlri_fit(prefixes, n, wr_room(&m) - 4 - (classic ? 0 : MP_UNREACH_MAX), &bytes);
	if (!fit)
		return -EMSGSIZE;
	if (!classic)
		wr_u16(&m, 0);
	mark = wr_mark(&m, 2);
	if (!classic)
		mp_unreach_put(&m, family, bytes);
	nlri_put(&m, prefixes, fit);
	wr_patch16(&m, mark);
	if (classic)
		wr_u16(&m, 0);
	r = msg_end(w, &m);
	return r < 0 ? r : (int)fit;
}
