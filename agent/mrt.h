/* agent/mrt.h: the table as an MRT file has it (RFC 6396 4.3, TABLE_DUMP_V2), record by record. Pure.
 *
 * A path's own time is not kept: each has that of the dump. IPv4 paths whose next hop is one of IPv6 (RFC 8950) have it in MP_REACH_NLRI, in the short form of
 * RFC 6396 4.3.4 like those of IPv6. What is originated here is of the first peer, which is this node by its router-id. */
#ifndef WEFT_MRT_H
#define WEFT_MRT_H

#include <stddef.h>
#include <stdint.h>

#include "agent/agent.h"

struct mrt;
/* time_s: seconds since 1970, of every record. The peers are those of this moment: paths of others, who come while the dump goes on, are left out. -ENOMEM. */
int  mrt_new(struct mrt **ret, struct agent *a, uint32_t time_s);
void mrt_free(struct mrt *m);

typedef void mrt_record_fn(void *ctx, const uint8_t *p, size_t n);       /* borrowed */
void mrt_peers(struct mrt *m, mrt_record_fn *fn, void *ctx);             /* PEER_INDEX_TABLE: before everything else */
/* RIB_IPV4_UNICAST or RIB_IPV6_UNICAST; several of one prefix when its paths have no room in one. */
void mrt_route(struct mrt *m, const struct rib_route_view *view, mrt_record_fn *fn, void *ctx);

#endif
