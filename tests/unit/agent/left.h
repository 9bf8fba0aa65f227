/* What an earlier run left in the kernel, and peers that know graceful restart (RFC 4724). Routes 10.1.0.0/24 and 10.2.0.0/24 over swp1 and swp2,
 * 10.3.0.0/24 and 2001:db8:1::/48 over swp1 alone. */
#ifndef WEFT_TEST_LEFT_H
#define WEFT_TEST_LEFT_H

#include "world.h"

#define LEFT_CONFIG(seconds) "{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"graceful_restart\": {\"restart_seconds\": " #seconds "}}"

struct world *left_kernel(const char *config, bool objects);    /* everything has been told, but agent_start */
void left_route(struct world *w, const char *prefix);    /* one more over swp1 and swp2, before left_start */
void left_start(struct world *w);
struct world *left_restart(const char *config, bool objects);   /* the two together */
size_t left_ops(const struct world *w);                 /* that the kernel was given since the start */
bool left_is_over(const struct world *w);

extern const struct bgp_caps peer_graceful;
void peer_comes(struct world *w, unsigned n);           /* it is heard, connects, opens */
void peer_is_done(struct world *w, unsigned n);         /* End-of-RIB of both families */
struct bgp_caps peer_sent(const struct world *w, unsigned n);   /* our last OPEN to it */

#endif
