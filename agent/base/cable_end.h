/* agent/base/cable_end.h: who is at the other end of a cable: a node and its port, by name. */
#ifndef WEFT_BASE_CABLE_END_H
#define WEFT_BASE_CABLE_END_H

struct cable_end {
	char host[130];                  /* a hostname with its domain, as long as the FQDN capability can say; "" not known, or not said */
	char port[65];
};

#endif
