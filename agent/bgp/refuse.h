/* agent/bgp/refuse.h: whom a peer's configuration does not let in. Private to agent/bgp. */
#ifndef WEFT_BGP_REFUSE_H
#define WEFT_BGP_REFUSE_H

#include "agent/bgp/peer.h"

const char *refuse_asn(const struct peer *p, uint32_t asn);      /* why, behind "remote AS N"; NULL: welcome */
/* An OPEN. true: *err is what to say, and why the words for people. */
bool refuse_open(const struct peer *p, const struct bgp_open *open, struct bgp_err *err, char *why, size_t size);

#endif
