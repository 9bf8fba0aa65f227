/* ra/ra_msg.h: Router Advertisements and Solicitations (RFC 4861), bytes to value and back. Pure. */
#ifndef WEFT_RA_MSG_H
#define WEFT_RA_MSG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RA_MSG_MAX 64                    /* what we send is far shorter */

enum ra_type { RA_SOLICIT = 133, RA_ADVERT = 134 };

enum ra_bad {                            /* why a message is refused (RFC 4861 6.1.1, 6.1.2); each is counted */
	RA_OK = 0, RA_BAD_TYPE, RA_BAD_HOP_LIMIT, RA_BAD_SOURCE, RA_BAD_CODE, RA_BAD_LENGTH, RA_BAD_OPTION,
	RA_BAD_RATE,                     /* well-formed, but too many: ra.h */
	RA_N_BAD,
};
const char *ra_bad_str(enum ra_bad bad);

struct ra_msg {
	enum ra_type type;
	uint16_t lifetime;               /* seconds; RA only */
	bool has_mac;                    /* source link-layer address option, Ethernet */
	uint8_t mac[6];
};

struct ra_packet {                       /* as it came from the link; payload starts at the ICMPv6 type. The kernel has checked the checksum */
	unsigned ifindex;
	struct in6_addr from;
	int hop_limit;
	const uint8_t *payload;
	size_t len;
};

enum ra_bad ra_decode(const struct ra_packet *packet, struct ra_msg *ret);
size_t ra_encode(const struct ra_msg *msg, uint8_t buf[RA_MSG_MAX]);     /* ICMPv6 payload, checksum 0 (the kernel fills it in); its length */

#endif
