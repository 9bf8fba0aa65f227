/* agent/bgp/decode.h: the parts of bgp_decode that have a file of their own. Private to the codec. */
#ifndef WEFT_BGP_DECODE_H
#define WEFT_BGP_DECODE_H

#include "agent/bgp/msg.h"

/* A message that passed bgp_frame: its first byte, for offsets, and what follows the header. */
struct msg_in {
	const uint8_t *base;
	struct rd body;
	struct bgp_err *err;
};

static inline size_t msg_at(const struct msg_in *in, const uint8_t *p)
{
	return (size_t)(p - in->base);
}

int open_decode(struct msg_in *in, struct bgp_open *ret);
int update_decode(struct msg_in *in, const struct bgp_ctx *ctx, struct bgp_update *ret);

/* RFC 7606 5.3: no prefix longer than its family allows, none that runs past the end. */
bool nlri_ok(struct rd nlri, uint8_t family);

#endif
