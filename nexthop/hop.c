#include "nexthop/hop.h"

#include <arpa/inet.h>

/* 169.254.0.1, byte by byte: the constant is in network order on any machine. */
const struct in_addr hop_onlink = { .s_addr =
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	0x0100fea9
#else
	0xa9fe0001
#endif
};

const struct in6_addr hop_anybody = { .s6_addr = { 0xfe, 0x80 } };
