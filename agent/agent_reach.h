/* agent/agent_reach.h: next hops that are addresses: on which link they are, or by which of our own routes they are reached. */
#ifndef WEFT_AGENT_REACH_H
#define WEFT_AGENT_REACH_H

#include "agent/agent.h"

struct reach;
struct port;

int  reach_new(struct reach **ret);
void reach_free(struct reach *r);

/* For struct rib_out: what the RIB asks and says. */
uint32_t reach_cost(void *ctx, rib_peer peer, const struct attrs *attrs, bool direct);
void reach_settled(void *ctx, const struct prefix *p);

/* The hops of a numbered peer's path, none twice; 0: unreachable. */
size_t reach_hops(const struct agent *a, const struct port *port, const struct attrs *attrs, struct hop *ret, size_t max);
/* Does the next hop suit the routes of a family at all? */
bool reach_suits(const struct attrs *attrs, uint8_t family, bool ext_nh);
/* Links or addresses changed: nothing that was found out counts any more. */
void reach_forget(struct agent *a);
/* After rib_decide: what routes have changed about next hops; decides again what that concerns. */
void reach_turn(struct agent *a);

#endif
