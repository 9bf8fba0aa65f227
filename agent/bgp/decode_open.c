#include "agent/bgp/decode.h"

#include <string.h>

#include "agent/bgp/notify.h"

#define PARAM_CAPABILITIES 2             /* RFC 5492 4 */
#define PARAM_EXTENDED 255               /* RFC 9072 2 */

static int params_decode(struct msg_in *in, struct rd params, bool extended, struct bgp_caps *caps)
{
	while (rd_left(&params) > 0) {
		size_t at = msg_at(in, params.at);
		uint8_t type = rd_u8(&params);
		size_t n = extended ? rd_u16(&params) : rd_u8(&params);
		struct rd body = rd_sub(&params, n);

		if (params.bad)
			return bgp_fail(in->err, NOTIFY_OPEN, OPEN_UNSPECIFIC, at, "an optional parameter runs past the end");
		if (type != PARAM_CAPABILITIES)                          /* RFC 4271 6.2 */
			return bgp_fail(in->err, NOTIFY_OPEN, OPEN_BAD_PARAMETER, at, "unknown optional parameter");
		if (caps_get(body, caps) < 0)
			return bgp_fail(in->err, NOTIFY_OPEN, OPEN_UNSPECIFIC, at, "a capability runs past the end of its parameter");
	}
	return 0;
}

/* The length of the optional parameters, in the short form or that of RFC 9072 2, and then the parameters up to the message's end. */
static int params_find(struct msg_in *in, bool *ret_extended, struct rd *ret)
{
	size_t at = msg_at(in, in->body.at), n = rd_u8(&in->body);
	struct rd extended = in->body;

	*ret_extended = n != 0 && rd_u8(&extended) == PARAM_EXTENDED;
	if (*ret_extended) {
		n = rd_u16(&extended);
		in->body = extended;
	}
	*ret = rd_sub(&in->body, n);
	if (ret->bad || rd_left(&in->body) > 0)
		return bgp_fail(in->err, NOTIFY_OPEN, OPEN_UNSPECIFIC, at, "optional parameters do not end with the message");
	return 0;
}

int open_decode(struct msg_in *in, struct bgp_open *ret)
{
	struct rd params;
	bool extended;
	int r;

	memset(ret, 0, sizeof(*ret));
	ret->version = rd_u8(&in->body);
	ret->my_as = rd_u16(&in->body);
	ret->hold_time = rd_u16(&in->body);
	rd_copy(&in->body, &ret->id, sizeof(ret->id));
	if (ret->version != 4) {
		bgp_fail(in->err, NOTIFY_OPEN, OPEN_BAD_VERSION, 19, "BGP version is not 4");
		return bgp_fail_data(in->err, (uint8_t[]){ 0, 4 }, 2);  /* RFC 4271 6.2: the version that we speak */
	}
	if (ret->my_as == 0)
		return bgp_fail(in->err, NOTIFY_OPEN, OPEN_BAD_PEER_AS, 20, "AS 0");            /* RFC 7607 2 */
	if (ret->hold_time == 1 || ret->hold_time == 2)
		return bgp_fail(in->err, NOTIFY_OPEN, OPEN_BAD_HOLD_TIME, 22, "hold time of 1 or 2 seconds");
	if (ret->id.s_addr == 0)
		return bgp_fail(in->err, NOTIFY_OPEN, OPEN_BAD_ID, 24, "BGP identifier 0");     /* RFC 6286 2.1 */
	r = params_find(in, &extended, &params);
	if (r < 0)
		return r;
	r = params_decode(in, params, extended, &ret->caps);
	if (r < 0)
		return r;
	if (!ret->caps.gr) {                     /* RFC 9494 4.5: without graceful restart it is not there */
		ret->caps.llgr = false;
		memset(ret->caps.llgr_forwarding, 0, sizeof(ret->caps.llgr_forwarding));
		memset(ret->caps.llgr_time, 0, sizeof(ret->caps.llgr_time));
	}
	ret->asn = ret->caps.as4 ? ret->caps.asn4 : ret->my_as;
	if (ret->asn == 0)
		return bgp_fail(in->err, NOTIFY_OPEN, OPEN_BAD_PEER_AS, 20, "AS 0 in the 4-octet AS capability");
	return 0;
}
