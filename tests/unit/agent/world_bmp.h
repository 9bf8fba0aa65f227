/* What the world's BMP collector is told, as lines of the world:
 *   bmp connect 192.0.2.1 1790     bmp close     bmp initiation leaf1     bmp termination 0
 *   bmp up PEER as 65101 name swp1, sent OPEN, received OPEN      bmp down PEER reason 3 6/2
 *   bmp stats PEER 0=0 1=0 7=2 9/1=2
 *   bmp TABLE PEER: +10.0.0.0/8 +11.0.0.0/8 path 65101 [pref 0] [med 5] via fe80::ff:1     bmp TABLE PEER: -10.0.0.0/8     bmp TABLE PEER: EOR ipv4
 * PEER: "11/fe80::ff:1" of ifindex 11, "0/::ffff:203.0.113.2", or "loc-rib"; TABLE: pre, post, loc. */
#ifndef TEST_AGENT_WORLD_BMP_H
#define TEST_AGENT_WORLD_BMP_H

#include "agent/agent_bmp.h"
#include "world.h"

struct agent_bmp_out world_bmp_out(struct world *w);
void world_bmp_connect(struct world *w);                 /* the collector answers; then a turn, and all is read */
size_t world_bmp_read(struct world *w);                  /* what waits for the collector, until there is no more; bytes */
void world_bmp_close(struct world *w);                   /* it hangs up; then a turn */

#endif
