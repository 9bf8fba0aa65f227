/* agent/bgp/caps.h: capabilities of an OPEN (RFC 5492), as a table of rows: code, name, reader, writer. */
#ifndef WEFT_BGP_CAPS_H
#define WEFT_BGP_CAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/base/rd.h"
#include "agent/base/role.h"
#include "agent/base/wr.h"

#define AFI_IP4 1
#define AFI_IP6 2
#define SAFI_UNICAST 1

#define CAP_PORT 250                     /* weft's own, for experimental use (RFC 8810): another user of the number is told by what it begins with */

struct bgp_caps {
	bool mp[2];                      /* 1: IPv4 unicast, IPv6 unicast (RFC 4760) */
	bool mp_any;                     /* some multiprotocol capability was there: without one, IPv4 unicast is meant */
	bool ext_nh_v4;                  /* 5: IPv4 unicast over an IPv6 next hop (RFC 8950) */
	bool as4;                        /* 65 (RFC 6793) */
	uint32_t asn4;
	bool refresh;                    /* 2 (RFC 2918), or Cisco's 128 */
	bool enhanced_refresh;           /* 70 (RFC 7313) */
	bool extended_message;           /* 6 (RFC 8654):  */
	bool gr;                         /* 64 (RFC 4724) */
	bool gr_restarted, gr_notification;      /* R and N bits (RFC 8538) */
	uint16_t gr_time;                /* seconds */
	bool gr_mp[2], gr_forwarding[2]; /* families listed; their F bits */
	bool llgr;                       /* 71 (RFC 9494); only together with 64 */
	bool llgr_forwarding[2];         /* F bits */
	uint32_t llgr_time[2];           /* long-lived stale time, seconds; with 0 and no F bit the family is not listed */
	char hostname[65], domain[65];   /* 73 (FQDN): printable ASCII only, everything else becomes '?' */
	bool role_twice;                 /* 9: several that differ (RFC 9234 4.2) */
	uint16_t role;                   /* 9: enum role, or a value that is none; 0: absent */
	char software[65];               /* 75 (draft-abraitis-bgp-version-capability): UTF-8 as a terminal may show it, "" absent */
	bool ll_next_hop;                /* 77 (draft-ietf-idr-linklocal-capability): a next hop may be a link-local address alone */
	char port[65];                   /* weft's own, CAP_PORT: the name of the port at that end of the link; as hostname */
	uint8_t unknown[16], n_unknown;  /* codes that we do not know, first 16 */
};

/* Body of one capability's value list: a whole optional parameter of type 2. 0, or -EBADMSG when lengths do not add up. A known capability
 * with a wrong length is ignored as if absent (RFC 5492 leaves the session alone), repeated ones merge. */
int caps_get(struct rd params, struct bgp_caps *caps);
/* All capabilities that *caps has, each in an optional parameter of its own, as old peers expect. */
void caps_put(struct wr *w, const struct bgp_caps *caps);
/* What a capability is called, of those in bgp_caps.unknown too; NULL: no idea. */
const char *caps_name(uint8_t code);

#endif
