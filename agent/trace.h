/* agent/trace.h: a packet of a link as a line for people and as JSON: `weft watch --packets`. Pure; what cannot be read is shown as that. */
#ifndef WEFT_TRACE_H
#define WEFT_TRACE_H

#include <jansson.h>

#include "agent/base/log.h"
#include "agent/bfd/bfd.h"
#include "agent/bgp/msg.h"

enum trace_protocol { TRACE_BGP, TRACE_RA, TRACE_BFD };

struct trace_packet {                    /* borrowed, all of it */
	enum trace_protocol protocol;
	bool in;
	struct log_about about;
	const uint8_t *p;                /* BGP: a whole message; RA: the ICMPv6 payload */
	size_t n;
	const struct bgp_ctx *bgp;       /* what was negotiated */
	const struct bfd_view *bfd;      /* BFD: what its packets say from now on; there are too many of them to be shown one by one */
};

#define TRACE_PREFIXES 100               /* of a message in JSON, and */
#define TRACE_PREFIXES_TEXT 8            /* in text; then how many there are */

/* {"time", "event": "packet", "topic", "level", "link", "name", "peer", "prefix": null, "direction": "in", "protocol": "bgp", "type": "OPEN",
 *  "length": 103, "detail": {...}, "message": "in OPEN 103 bytes: AS 65001, ..."}. A new reference. */
json_t *trace_event(const struct trace_packet *packet, int64_t realtime_us);

/* Into detail and text, which has a size of TRACE_TEXT: agent/trace_update.c. */
#define TRACE_TEXT 1024
void trace_update(const struct bgp_update *u, json_t *detail, char *text);

#endif
