#include "agent/bgp/caps.h"

#include <errno.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/base/utf8.h"

#define PARAM_CAPABILITIES 2             /* RFC 5492 4 */

/* get: false when the body has a wrong length; *caps is a copy then, thrown away. put: the whole capability, or nothing when *caps has
 * not got it. A row without either is known by name only. */
struct cap_row {
	const char *name;
	bool (*get)(struct rd body, struct bgp_caps *caps);
	void (*put)(struct wr *w, uint8_t code, const struct bgp_caps *caps);
};

static const uint16_t afis[2] = { AFI_IP4, AFI_IP6 };

/* 0 IPv4 unicast, 1 IPv6 unicast, -1 another family. */
static int family_index(uint16_t afi, uint8_t safi)
{
	if (safi != SAFI_UNICAST)
		return -1;
	return afi == AFI_IP4 ? 0 : afi == AFI_IP6 ? 1 : -1;
}

/* A capability in an optional parameter of its own: parameter type and length, code and length. */
static size_t cap_begin(struct wr *w, uint8_t code)
{
	size_t mark;

	wr_u8(w, PARAM_CAPABILITIES);
	mark = wr_mark(w, 1);
	wr_u8(w, code);
	wr_mark(w, 1);
	return mark;
}

static void cap_end(struct wr *w, size_t mark)
{
	wr_patch8(w, mark + 2);
	wr_patch8(w, mark);
}

static void cap_put_empty(struct wr *w, uint8_t code)
{
	cap_end(w, cap_begin(w, code));
}

static bool get_mp(struct rd body, struct bgp_caps *caps)                /* RFC 4760 8 */
{
	uint16_t afi = rd_u16(&body);
	uint8_t reserved = rd_u8(&body), safi = rd_u8(&body);
	int i = family_index(afi, safi);

	(void)reserved;
	if (body.bad || rd_left(&body) > 0)
		return false;
	caps->mp_any = true;
	if (i >= 0)
		caps->mp[i] = true;
	return true;
}

static void put_mp(struct wr *w, uint8_t code, const struct bgp_caps *caps)
{
	for (int i = 0; i < 2; i++) {
		size_t mark;

		if (!caps->mp[i])
			continue;
		mark = cap_begin(w, code);
		wr_u16(w, afis[i]);
		wr_u8(w, 0);
		wr_u8(w, SAFI_UNICAST);
		cap_end(w, mark);
	}
}

static bool get_refresh(struct rd body, struct bgp_caps *caps)           /* RFC 2918 2 */
{
	caps->refresh = true;
	return rd_left(&body) == 0;
}

static void put_refresh(struct wr *w, uint8_t code, const struct bgp_caps *caps)
{
	if (caps->refresh)
		cap_put_empty(w, code);
}

static bool get_ext_nh(struct rd body, struct bgp_caps *caps)            /* RFC 8950 4 */
{
	while (rd_left(&body) > 0) {
		uint16_t afi = rd_u16(&body), safi = rd_u16(&body), nh = rd_u16(&body);

		if (body.bad)
			return false;
		if (afi == AFI_IP4 && safi == SAFI_UNICAST && nh == AFI_IP6)
			caps->ext_nh_v4 = true;
	}
	return true;
}

static void put_ext_nh(struct wr *w, uint8_t code, const struct bgp_caps *caps)
{
	size_t mark;

	if (!caps->ext_nh_v4)
		return;
	mark = cap_begin(w, code);
	wr_u16(w, AFI_IP4);
	wr_u16(w, SAFI_UNICAST);
	wr_u16(w, AFI_IP6);
	cap_end(w, mark);
}

static bool get_extended_message(struct rd body, struct bgp_caps *caps)  /* RFC 8654 3 */
{
	caps->extended_message = true;
	return rd_left(&body) == 0;
}

static void put_extended_message(struct wr *w, uint8_t code, const struct bgp_caps *caps)
{
	if (caps->extended_message)
		cap_put_empty(w, code);
}

static bool get_gr(struct rd body, struct bgp_caps *caps)                /* RFC 4724 3; N bit: RFC 8538 2 */
{
	uint16_t word = rd_u16(&body);

	caps->gr = true;
	caps->gr_restarted = word & 0x8000;
	caps->gr_notification = word & 0x4000;
	caps->gr_time = word & 0x0fff;
	memset(caps->gr_mp, 0, sizeof(caps->gr_mp));             /* RFC 4724 3: of several, the last one counts */
	memset(caps->gr_forwarding, 0, sizeof(caps->gr_forwarding));
	while (rd_left(&body) > 0) {
		uint16_t afi = rd_u16(&body);
		uint8_t safi = rd_u8(&body), flags = rd_u8(&body);
		int i = family_index(afi, safi);

		if (i >= 0) {
			caps->gr_mp[i] = true;
			caps->gr_forwarding[i] = flags & 0x80;
		}
	}
	return !body.bad;
}

static void put_gr(struct wr *w, uint8_t code, const struct bgp_caps *caps)
{
	uint16_t word = caps->gr_time & 0x0fff;
	size_t mark;

	if (!caps->gr)
		return;
	if (caps->gr_restarted)
		word |= 0x8000;
	if (caps->gr_notification)
		word |= 0x4000;
	mark = cap_begin(w, code);
	wr_u16(w, word);
	for (int i = 0; i < 2; i++) {
		if (!caps->gr_mp[i])
			continue;
		wr_u16(w, afis[i]);
		wr_u8(w, SAFI_UNICAST);
		wr_u8(w, caps->gr_forwarding[i] ? 0x80 : 0);
	}
	cap_end(w, mark);
}

/* RFC 9494 3.1; of several the last one counts, as with graceful restart */
static bool get_llgr(struct rd body, struct bgp_caps *caps)
{
	caps->llgr = true;
	memset(caps->llgr_forwarding, 0, sizeof(caps->llgr_forwarding));
	memset(caps->llgr_time, 0, sizeof(caps->llgr_time));
	while (rd_left(&body) > 0) {
		uint16_t afi = rd_u16(&body);
		uint8_t safi = rd_u8(&body), flags = rd_u8(&body), high = rd_u8(&body);
		uint16_t low = rd_u16(&body);
		int i = family_index(afi, safi);

		if (i >= 0) {
			caps->llgr_forwarding[i] = flags & 0x80;
			caps->llgr_time[i] = (uint32_t)high << 16 | low;
		}
	}
	return !body.bad;
}

static void put_llgr(struct wr *w, uint8_t code, const struct bgp_caps *caps)
{
	size_t mark;

	if (!caps->llgr)
		return;
	mark = cap_begin(w, code);
	for (int i = 0; i < 2; i++) {
		if (!caps->llgr_time[i] && !caps->llgr_forwarding[i])
			continue;
		wr_u16(w, afis[i]);
		wr_u8(w, SAFI_UNICAST);
		wr_u8(w, caps->llgr_forwarding[i] ? 0x80 : 0);
		wr_u8(w, (uint8_t)(caps->llgr_time[i] >> 16));
		wr_u16(w, (uint16_t)caps->llgr_time[i]);
	}
	cap_end(w, mark);
}

static bool get_as4(struct rd body, struct bgp_caps *caps)               /* RFC 6793 3 */
{
	caps->as4 = true;
	caps->asn4 = rd_u32(&body);
	return !body.bad && rd_left(&body) == 0;
}

static void put_as4(struct wr *w, uint8_t code, const struct bgp_caps *caps)
{
	size_t mark;

	if (!caps->as4)
		return;
	mark = cap_begin(w, code);
	wr_u32(w, caps->asn4);
	cap_end(w, mark);
}

static bool get_enhanced_refresh(struct rd body, struct bgp_caps *caps)  /* RFC 7313 3.1 */
{
	caps->enhanced_refresh = true;
	return rd_left(&body) == 0;
}

static void put_enhanced_refresh(struct wr *w, uint8_t code, const struct bgp_caps *caps)
{
	if (caps->enhanced_refresh)
		cap_put_empty(w, code);
}

/* A name goes into logs, terminals and JSON: printable ASCII only, cut to what fits. Nothing stays of one that was there before. */
static void get_name(struct rd *body, char ret[65])
{
	struct rd name = rd_sub(body, rd_u8(body));
	size_t n = rd_left(&name) < 64 ? rd_left(&name) : 64;

	for (size_t i = 0; i < n; i++) {
		uint8_t c = rd_u8(&name);

		ret[i] = c >= 0x20 && c < 0x7f ? (char)c : '?';
	}
	memset(ret + n, 0, 65 - n);
}

static bool get_fqdn(struct rd body, struct bgp_caps *caps)              /* draft-walton-bgp-hostname-capability 2 */
{
	get_name(&body, caps->hostname);
	get_name(&body, caps->domain);
	return !body.bad && rd_left(&body) == 0;
}

static void put_fqdn(struct wr *w, uint8_t code, const struct bgp_caps *caps)
{
	size_t host = strnlen(caps->hostname, sizeof(caps->hostname) - 1), domain = strnlen(caps->domain, sizeof(caps->domain) - 1), mark;

	if (!host && !domain)
		return;
	mark = cap_begin(w, code);
	wr_u8(w, (uint8_t)host);
	wr_bytes(w, caps->hostname, host);
	wr_u8(w, (uint8_t)domain);
	wr_bytes(w, caps->domain, domain);
	cap_end(w, mark);
}

/* Several that say the same are one (RFC 9234 4.2). */
static bool get_role(struct rd body, struct bgp_caps *caps)              /* RFC 9234 4.1 */
{
	uint16_t role = (uint16_t)(rd_u8(&body) + 1);

	if (body.bad || rd_left(&body) > 0)
		return false;
	caps->role_twice |= caps->role && caps->role != role;
	caps->role = role;
	return true;
}

static void put_role(struct wr *w, uint8_t code, const struct bgp_caps *caps)
{
	size_t mark;

	if (!caps->role)
		return;
	mark = cap_begin(w, code);
	wr_u8(w, (uint8_t)(caps->role - 1));
	cap_end(w, mark);
}

static bool get_software(struct rd body, struct bgp_caps *caps)          /* draft-abraitis-bgp-version-capability 2 */
{
	size_t n = rd_u8(&body), most = sizeof(caps->software) - 1;
	const uint8_t *p = rd_take(&body, n);

	if (!p || rd_left(&body) > 0)
		return false;
	while (n > most && most > 0 && (p[most] & 0xc0) == 0x80)         /* not in the middle of a character */
		most--;
	memset(caps->software, 0, sizeof(caps->software));       /* nothing of an earlier one stays */
	utf8_words(p, n < most ? n : most, caps->software);
	return true;
}

static void put_software(struct wr *w, uint8_t code, const struct bgp_caps *caps)
{
	size_t n = strnlen(caps->software, sizeof(caps->software) - 1), mark;

	if (!n)
		return;
	mark = cap_begin(w, code);
	wr_u8(w, (uint8_t)n);
	wr_bytes(w, caps->software, n);
	cap_end(w, mark);
}

static bool get_ll_next_hop(struct rd body, struct bgp_caps *caps)       /* draft-ietf-idr-linklocal-capability */
{
	caps->ll_next_hop = true;
	return rd_left(&body) == 0;
}

static void put_ll_next_hop(struct wr *w, uint8_t code, const struct bgp_caps *caps)
{
	if (caps->ll_next_hop)
		cap_put_empty(w, code);
}

static void unknown_add(struct bgp_caps *caps, uint8_t code)
{
	if (caps->n_unknown < sizeof(caps->unknown) && !memchr(caps->unknown, code, caps->n_unknown))
		caps->unknown[caps->n_unknown++] = code;
}

/* What the body of CAP_PORT begins with; then a length and the name, and whatever later versions add behind it. */
static const uint8_t port_magic[4] = { 'w', 'e', 'f', 't' };

static bool get_port(struct rd body, struct bgp_caps *caps)
{
	const uint8_t *magic = rd_take(&body, sizeof(port_magic));

	if (!magic || memcmp(magic, port_magic, sizeof(port_magic)) != 0)        /* somebody else's experiment */
		unknown_add(caps, CAP_PORT);
	else
		get_name(&body, caps->port);
	return !magic || !body.bad;
}

static void put_port(struct wr *w, uint8_t code, const struct bgp_caps *caps)
{
	size_t n = strnlen(caps->port, sizeof(caps->port) - 1), mark;

	if (!n)
		return;
	mark = cap_begin(w, code);
	wr_bytes(w, port_magic, sizeof(port_magic));
	wr_u8(w, (uint8_t)n);
	wr_bytes(w, caps->port, n);
	cap_end(w, mark);
}

static const struct cap_row rows[256] = {                        /* IANA, "Capability Codes"; the index is the code */
	[1]   = { "multiprotocol",               get_mp,               put_mp },
	[2]   = { "route refresh",               get_refresh,          put_refresh },
	[5]   = { "extended next hop",           get_ext_nh,           put_ext_nh },
	[6]   = { "extended message",            get_extended_message, put_extended_message },
	[9]   = { "role",                        get_role,             put_role },
	[64]  = { "graceful restart",            get_gr,               put_gr },
	[65]  = { "4-octet AS",                  get_as4,              put_as4 },
	[69]  = { "ADD-PATH",                    NULL,                 NULL },
	[70]  = { "enhanced route refresh",      get_enhanced_refresh, put_enhanced_refresh },
	[71]  = { "long-lived graceful restart", get_llgr,             put_llgr },
	[73]  = { "FQDN",                        get_fqdn,             put_fqdn },
	[75]  = { "software version",            get_software,         put_software },
	[77]  = { "link-local next hop",         get_ll_next_hop,      put_ll_next_hop },
	[128] = { "route refresh (Cisco)",       get_refresh,          NULL },
	[CAP_PORT] = { NULL,                     get_port,             put_port },     /* no name: somebody else's may be among the unknown ones */
};

const char *caps_name(uint8_t code)
{
	return rows[code].name;
}

int caps_get(struct rd params, struct bgp_caps *caps)
{
	while (rd_left(&params) > 0) {
		uint8_t code = rd_u8(&params);
		struct rd body = rd_sub(&params, rd_u8(&params));
		struct bgp_caps with = *caps;

		if (params.bad)
			return -EBADMSG;
		if (!rows[code].get)
			unknown_add(caps, code);
		else if (rows[code].get(body, &with))
			*caps = with;
	}
	return 0;
}

void caps_put(struct wr *w, const struct bgp_caps *caps)
{
	for (unsigned code = 0; code < ARRAY_LEN(rows); code++) {
		if (rows[code].put)
			rows[code].put(w, (uint8_t)code, caps);
	}
}
