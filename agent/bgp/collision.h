/* agent/bgp/collision.h: two connections with one peer (RFC 4271 6.8): which of them stays. Private to agent/bgp. */
#ifndef WEFT_BGP_COLLISION_H
#define WEFT_BGP_COLLISION_H

#include "agent/bgp/peer.h"

/* Verbs of struct session_out; ctx is the peer. */
enum bgp_event collision_judge(void *ctx, struct session *s, const struct bgp_open *open, struct bgp_err *err, mono now);
mono collision_waits(void *ctx, struct session *s, const struct bgp_open *open);
void collision_moved(struct peer *p, const struct session *s, mono now);         /* s has another state: does its rival still have to wait? */

#endif
