/* nexthop/speed.h: how fast an interface is, as its driver says (ethtool). Rim: asks the kernel. */
#ifndef WEFT_NEXTHOP_SPEED_H
#define WEFT_NEXTHOP_SPEED_H

#include <stdint.h>

uint32_t speed_read(const char *ifname); /* Mbit/s; 0: nobody knows (virtual machines, no carrier) */

#endif
