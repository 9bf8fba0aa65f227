#include "agent/bgp/decode.h"

#include <string.h>

#include "agent/base/own.h"
#include "agent/bgp/notify.h"

/* RFC 4271 6.1, RFC 8654 4; ROUTE-REFRESH: RFC 2918 3, and longer with ORF entries (RFC 5291 4). */
static const struct { uint16_t min, max; } lengths[] = {
	[BGP_OPEN]          = { 29, BGP_MAX_LEN },
	[BGP_UPDATE]        = { 23, BGP_EXT_LEN },
	[BGP_NOTIFICATION]  = { 21, BGP_EXT_LEN },
	[BGP_KEEPALIVE]     = { BGP_HEADER_LEN, BGP_HEADER_LEN },
	[BGP_ROUTE_REFRESH] = { 23, BGP_EXT_LEN },
};

static int fail_length(struct bgp_err *err, const uint8_t *length)
{
	bgp_fail(err, NOTIFY_HEADER, HEADER_BAD_LENGTH, 16, "bad message length");
	return bgp_fail_data(err, length, 2);
}

int bgp_frame(struct rd r, bool extended, struct bgp_err *err)
{
	static const uint8_t marker[16] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	};
	const uint8_t *at, *length;
	uint16_t n;
	uint8_t type;

	if (rd_left(&r) < BGP_HEADER_LEN)
		return 0;
	at = rd_take(&r, sizeof(marker));
	if (memcmp(at, marker, sizeof(marker)) != 0)
		return bgp_fail(err, NOTIFY_HEADER, HEADER_NOT_SYNCHRONIZED, 0, "the marker is not all ones");
	length = r.at;
	n = rd_u16(&r);
	type = rd_u8(&r);
	if (n < BGP_HEADER_LEN || n > (extended ? BGP_EXT_LEN : BGP_MAX_LEN))
		return fail_length(err, length);
	if (type >= ARRAY_LEN(lengths) || !lengths[type].max) {
		bgp_fail(err, NOTIFY_HEADER, HEADER_BAD_TYPE, 18, "unknown message type");
		return bgp_fail_data(err, &type, 1);
	}
	if (n < lengths[type].min || n > lengths[type].max)
		return fail_length(err, length);
	return n;
}

static int notification_decode(struct msg_in *in, struct bgp_notification *ret)
{
	ret->code = rd_u8(&in->body);
	ret->subcode = rd_u8(&in->body);
	ret->data = (struct span){ in->body.at, (uint16_t)rd_left(&in->body) };
	return 0;
}

static int refresh_decode(struct msg_in *in, struct bgp_refresh *ret)
{
	size_t n = rd_left(&in->body);

	ret->afi = rd_u16(&in->body);
	ret->subtype = rd_u8(&in->body);
	ret->safi = rd_u8(&in->body);
	if (n != 4 && (ret->subtype == 1 || ret->subtype == 2)) {        /* RFC 7313 5: the data is the whole message */
		bgp_fail(in->err, NOTIFY_REFRESH, REFRESH_BAD_LENGTH, BGP_HEADER_LEN, "bad length of a BoRR or EoRR");
		return bgp_fail_data(in->err, in->base, BGP_HEADER_LEN + n);
	}
	return 0;
}

int bgp_decode(struct rd in, const struct bgp_ctx *ctx, struct bgp_msg *ret, struct bgp_err *err)
{
	struct msg_in msg = { .base = in.at, .body = in, .err = err };
	size_t have = rd_left(&in);
	int n = bgp_frame(in, ctx && ctx->extended, err);

	if (n < 0)
		return n;
	if (n == 0 || (size_t)n != have)
		return bgp_fail(err, NOTIFY_HEADER, HEADER_BAD_LENGTH, 0, "not one whole message");
	rd_take(&msg.body, BGP_HEADER_LEN - 1);
	ret->type = rd_u8(&msg.body);
	switch (ret->type) {
	case BGP_OPEN:
		return open_decode(&msg, &ret->open);
	case BGP_UPDATE:
		return update_decode(&msg, ctx, &ret->update);
	case BGP_NOTIFICATION:
		return notification_decode(&msg, &ret->notification);
	case BGP_KEEPALIVE:
		return 0;
	case BGP_ROUTE_REFRESH:
		return refresh_decode(&msg, &ret->refresh);
	}
	return bgp_fail(err, NOTIFY_HEADER, HEADER_BAD_TYPE, 18, "unknown message type");       /* bgp_frame saw to it */
}
