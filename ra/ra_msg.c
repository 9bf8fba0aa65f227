/* Router Advertisements and Solicitations, bytes to value and back. Everything that RFC 4861 demands of a received message is checked here,
 * whatever the kernel or libndp has looked at before: an RA opens a session. */
#include "ra/ra_msg.h"

#include <string.h>

#include "agent/base/own.h"
#include "agent/base/prefix.h"
#include "agent/base/rd.h"
#include "agent/base/wr.h"

#define OPT_SOURCE_LLADDR 1
#define HOP_LIMIT 255                    /* nobody behind a router can send it */
#define CUR_HOP_LIMIT 64                 /* what hosts on the link should use */
#define SOLICIT_LEN 8                    /* without options */
#define ADVERT_LEN 16

const char *ra_bad_str(enum ra_bad bad)
{
	static const char *const names[RA_N_BAD] = {
		[RA_OK]            = "ok",
		[RA_BAD_TYPE]      = "neither a Router Advertisement nor a Router Solicitation",
		[RA_BAD_HOP_LIMIT] = "hop limit is not 255",
		[RA_BAD_SOURCE]    = "source is not a link-local address of a neighbour",
		[RA_BAD_CODE]      = "code is not 0",
		[RA_BAD_LENGTH]    = "too short",
		[RA_BAD_OPTION]    = "malformed option",
		[RA_BAD_RATE]      = "rate",
	};

	return (size_t)bad < ARRAY_LEN(names) ? names[bad] : "unknown";
}

/* A group address or zero cannot be the address of a machine, and must never become a neighbour entry. */
static bool mac_is_host(const uint8_t mac[6])
{
	return !(mac[0] & 1) && (mac[0] | mac[1] | mac[2] | mac[3] | mac[4] | mac[5]) != 0;
}

static enum ra_bad decode_options(struct rd r, bool from_nobody, struct ra_msg *msg)
{
	while (rd_left(&r) > 0) {
		uint8_t type = rd_u8(&r), units = rd_u8(&r);
		struct rd body;

		if (r.bad || units == 0)                         /* RFC 4861 6.1.1, 6.1.2: all options have a length greater than zero */
			return RA_BAD_OPTION;
		body = rd_sub(&r, units * 8u - 2);
		if (r.bad)
			return RA_BAD_OPTION;
		if (type != OPT_SOURCE_LLADDR)                   /* RFC 4861 6.1.2: others are ignored */
			continue;
		if (from_nobody)                                 /* RFC 4861 6.1.1: none if the source is unspecified */
			return RA_BAD_OPTION;
		if (units != 1 || msg->has_mac)                  /* not Ethernet; or once more: the first counts, as in the kernel */
			continue;
		if (!rd_copy(&body, msg->mac, sizeof(msg->mac)) || !mac_is_host(msg->mac))
			return RA_BAD_OPTION;
		msg->has_mac = true;
	}
	return RA_OK;
}

enum ra_bad ra_decode(const struct ra_packet *packet, struct ra_msg *ret)
{
	bool from_nobody = IN6_IS_ADDR_UNSPECIFIED(&packet->from);
	struct ra_msg msg = { 0 };
	enum ra_bad bad;
	uint8_t type, code;
	struct rd r;

	if (packet->len == 0)
		return RA_BAD_LENGTH;
	r = rd_of(packet->payload, packet->len);
	type = rd_u8(&r);
	code = rd_u8(&r);
	if (type != RA_SOLICIT && type != RA_ADVERT)
		return RA_BAD_TYPE;
	msg.type = type;
	if (packet->hop_limit != HOP_LIMIT)                      /* RFC 4861 6.1.1, 6.1.2: not forwarded by a router */
		return RA_BAD_HOP_LIMIT;
	/* RFC 4861 6.1.2. A solicitation (6.1.1) may come from any address of a neighbour, or from one who has none yet. */
	if (type == RA_ADVERT ? !in6_is_ll(&packet->from) : IN6_IS_ADDR_MULTICAST(&packet->from) || IN6_IS_ADDR_LOOPBACK(&packet->from))
		return RA_BAD_SOURCE;
	if (packet->len < (type == RA_ADVERT ? ADVERT_LEN : SOLICIT_LEN))
		return RA_BAD_LENGTH;
	if (code != 0)                                           /* RFC 4861 6.1.1, 6.1.2 */
		return RA_BAD_CODE;
	rd_take(&r, 2);                                          /* checksum: the kernel has checked it */
	if (type == RA_ADVERT) {
		rd_take(&r, 2);                                  /* cur hop limit, flags: for hosts */
		msg.lifetime = rd_u16(&r);
		rd_take(&r, 8);                                  /* reachable time, retrans timer: for hosts */
	} else {
		rd_take(&r, 4);                                  /* reserved */
	}
	bad = decode_options(r, from_nobody, &msg);
	if (bad == RA_OK)
		*ret = msg;
	return bad;
}

size_t ra_encode(const struct ra_msg *msg, uint8_t buf[RA_MSG_MAX])
{
	uint8_t out[RA_MSG_MAX];         /* of known size: gcc 12 warns about overflow when it has to trust the parameter's */
	struct wr w = wr_of(out, sizeof(out));

	wr_u8(&w, (uint8_t)msg->type);
	wr_bytes(&w, (uint8_t[3]){ 0 }, 3);                      /* code, checksum */
	if (msg->type == RA_ADVERT) {                            /* RFC 4861 4.2 */
		wr_u8(&w, CUR_HOP_LIMIT);
		wr_u8(&w, 0);                                    /* flags: no DHCP behind us */
		wr_u16(&w, msg->lifetime);
		wr_u32(&w, 0);                                   /* reachable time: unspecified by us */
	}
	wr_u32(&w, 0);                                           /* retrans timer, unspecified; or (RFC 4861 4.1) reserved */
	if (msg->has_mac) {                                      /* RFC 4861 4.6.1 */
		wr_u8(&w, OPT_SOURCE_LLADDR);
		wr_u8(&w, 1);                                    /* unit of 8 bytes */
		wr_bytes(&w, msg->mac, sizeof(msg->mac));
	}
	memcpy(buf, out, wr_len(&w));
	return wr_len(&w);
}
