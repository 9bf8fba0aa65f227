#include "agent/bgp/attr.h"

#include <string.h>
#include <sys/socket.h>

/* The family, 0 when it was not negotiated: the attribute is ignored then. */
static uint8_t family_of(const struct bgp_ctx *ctx, uint16_t afi, uint8_t safi)
{
	if (safi != SAFI_UNICAST)
		return 0;
	if (afi == AFI_IP4 && ctx->mp[0])
		return AF_INET;
	return afi == AFI_IP6 && ctx->mp[1] ? AF_INET6 : 0;
}

struct in6_addr in6_mapped(const uint8_t v4[4])
{
	struct in6_addr a = { .s6_addr = { [10] = 0xff, 0xff } };

	memcpy(a.s6_addr + 12, v4, 4);
	return a;
}

/* RFC 4271 6.3, semantic: a unicast host address, not this host. */
bool next_hop_v4_ok(const struct in6_addr *mapped)
{
	uint8_t first = mapped->s6_addr[12];

	return first != 0 && first != 127 && first < 224;
}

static bool next_hop_v6_ok(const struct in6_addr *a)
{
	return !IN6_IS_ADDR_UNSPECIFIED(a) && !IN6_IS_ADDR_LOOPBACK(a) && !IN6_IS_ADDR_MULTICAST(a);
}

/* RFC 2545 3 says global and link-local; what peers send is LL, LL twice, :: and LL, LL and ::, global, global and LL. A second address that
 * is not link-local says nothing. False for a wrong length: then nobody knows where the NLRI begin (RFC 7606 7.11). */
static bool next_hop_get(struct attr_in *in, uint8_t family, struct rd nh)
{
	size_t n = rd_left(&nh);
	struct attrs *attrs = &in->update->attrs;
	struct in6_addr first = { 0 }, second = { 0 };
	bool ok;

	if (n == 4 && family == AF_INET) {
		first = in6_mapped(rd_take(&nh, 4));
		ok = next_hop_v4_ok(&first);
	} else if (n == 16 || n == 32) {
		rd_copy(&nh, &first, 16);
		if (n == 32)
			rd_copy(&nh, &second, 16);
		if (!in6_is_ll(&second))
			second = (struct in6_addr){ 0 };
		ok = next_hop_v6_ok(&first) || (IN6_IS_ADDR_UNSPECIFIED(&first) && in6_is_ll(&second));
	} else {
		return false;
	}
	if (!ok)
		attr_withdraw(in, ATTR_MP_REACH, "next hop is not a unicast address");
	attrs->next_hop = first;
	attrs->next_hop_ll = second;
	attrs->has |= ATTRS_NEXT_HOP;
	return true;
}

const char *mp_reach_get(struct attr_in *in, struct rd body)             /* RFC 4760 3 */
{
	uint16_t afi = rd_u16(&body);
	uint8_t safi = rd_u8(&body), family = family_of(in->ctx, afi, safi);
	struct rd nh = rd_sub(&body, rd_u8(&body));

	rd_u8(&body);                                            /* reserved */
	if (body.bad)
		return "MP_REACH_NLRI ends before its NLRI";
	in->reach |= rd_left(&body) > 0;
	if (!family) {
		attr_discard(in, ATTR_MP_REACH, "routes of an address family that was not negotiated");
		return NULL;
	}
	if (!next_hop_get(in, family, nh))
		return "next hop of MP_REACH_NLRI has a wrong length";
	if (!nlri_ok(body, family))
		return "malformed NLRI in MP_REACH_NLRI";
	in->update->mp_reach_family = family;
	in->update->mp_reach = (struct span){ body.at, (uint16_t)rd_left(&body) };
	return NULL;
}

const char *mp_unreach_get(struct attr_in *in, struct rd body)           /* RFC 4760 4 */
{
	uint16_t afi = rd_u16(&body);
	uint8_t safi = rd_u8(&body), family = family_of(in->ctx, afi, safi);

	if (body.bad)
		return "MP_UNREACH_NLRI is shorter than 3 bytes";
	if (!family) {
		attr_discard(in, ATTR_MP_UNREACH, "withdrawals of an address family that was not negotiated");
		return NULL;
	}
	if (!nlri_ok(body, family))
		return "malformed NLRI in MP_UNREACH_NLRI";
	in->update->mp_unreach_family = family;
	in->update->mp_unreach = (struct span){ body.at, (uint16_t)rd_left(&body) };
	return NULL;
}

/* Flags, code, and a length that covers n bytes; the bytes follow. */
static void head_put(struct wr *w, uint8_t code, size_t n)
{
	wr_u8(w, FLAG_OPTIONAL | (n > UINT8_MAX ? FLAG_EXTENDED : 0));
	wr_u8(w, code);
	if (n > UINT8_MAX)
		wr_u16(w, (uint16_t)n);
	else
		wr_u8(w, (uint8_t)n);
}

void mp_reach_put(struct wr *w, uint8_t family, const struct bgp_ctx *ctx, const struct bgp_egress *egress, size_t n)
{
	const struct in6_addr *ll = &egress->next_hop_ll, *first = &egress->next_hop_v6;
	uint8_t len = IN6_IS_ADDR_UNSPECIFIED(ll) ? 16 : 32;     /* RFC 2545 3: the link-local one only where both ends are on one link */

	if (IN6_IS_ADDR_UNSPECIFIED(first)) {
		first = ll;                                      /* the link-local address twice: the form that every peer takes */
		if (ctx->ll_next_hop)
			len = 16;                                /* draft-ietf-idr-linklocal-capability: once, to who has said that it knows */
	}
	head_put(w, ATTR_MP_REACH, 5u + len + n);
	wr_u16(w, family == AF_INET ? AFI_IP4 : AFI_IP6);
	wr_u8(w, SAFI_UNICAST);
	wr_u8(w, len);
	wr_bytes(w, first, 16);
	if (len == 32)
		wr_bytes(w, ll, 16);
	wr_u8(w, 0);
}

void mp_unreach_put(struct wr *w, uint8_t family, size_t n)
{
	head_put(w, ATTR_MP_UNREACH, 3 + n);
	wr_u16(w, family == AF_INET ? AFI_IP4 : AFI_IP6);
	wr_u8(w, SAFI_UNICAST);
}
