/* agent/bgp/msg.h: BGP-4 messages, from bytes to values and back (RFC 4271 section 4). No socket, no session, no log. */
#ifndef WEFT_BGP_MSG_H
#define WEFT_BGP_MSG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/base/prefix.h"
#include "agent/base/rd.h"
#include "agent/base/wr.h"
#include "agent/bgp/caps.h"
#include "agent/rib/attrs.h"

#define BGP_PORT 179
#define BGP_HEADER_LEN 19
#define BGP_MAX_LEN 4096                 /* RFC 4271 4 */
#define BGP_EXT_LEN 65535                /* RFC 8654 3: all but OPEN and KEEPALIVE, when both sides announced it */
#define AS_TRANS 23456                   /* RFC 6793 9 */

enum bgp_type { BGP_OPEN = 1, BGP_UPDATE = 2, BGP_NOTIFICATION = 3, BGP_KEEPALIVE = 4, BGP_ROUTE_REFRESH = 5 };

/* What was negotiated; decides how an UPDATE reads and is written. */
struct bgp_ctx {
	bool as4;                        /* RFC 6793: AS_PATH in 4-octet form */
	bool mp[2];                      /* families in use: [0] IPv4 unicast, [1] IPv6 unicast */
	bool ext_nh_v4;                  /* RFC 8950: IPv4 routes carry an IPv6 next hop */
	bool extended;                   /* RFC 8654: messages of up to BGP_EXT_LEN */
	bool ll_next_hop;                /* draft-ietf-idr-linklocal-capability: our link-local address alone is a next hop */
	bool enhanced_refresh;           /* RFC 7313: a refresh begins with BoRR and ends with EoRR */
	uint32_t local_asn;
	uint32_t remote_asn;             /* the peer is external unless equal to local_asn */
};

/* An error that ends the session: what the NOTIFICATION says (RFC 4271 6) and, for people, what was wrong and where. */
struct bgp_err {
	uint8_t code, subcode;
	uint8_t data[260];               /* NOTIFICATION data; longer ones are cut. A Hard Reset with the longest words fits (RFC 8538, RFC 9003) */
	uint16_t data_len;
	const char *what;                /* static text */
	size_t at;                       /* offset in the message, header included */
};

struct bgp_open {
	uint8_t version;
	uint16_t my_as;                  /* AS_TRANS (23456) with a 4-octet AS */
	uint32_t asn;                    /* the real one: capability 65 when present */
	uint16_t hold_time;              /* seconds */
	struct in_addr id;
	struct bgp_caps caps;
};

struct bgp_notification {
	uint8_t code, subcode;
	struct span data;                /* borrowed from the message */
};

enum bgp_refresh_kind { REFRESH_REQUEST = 0, REFRESH_BEGIN = 1, REFRESH_END = 2 };         /* RFC 2918; RFC 7313: BoRR, EoRR */
struct bgp_refresh { uint16_t afi; uint8_t subtype, safi; };     /* subtype: enum bgp_refresh_kind, or one that nobody knows */

/* NLRI spans are raw (RFC 4271 4.3) and already checked: nlri_next cannot fail on them. To be applied in this order: withdrawn, mp_unreach,
 * nlri, mp_reach; a prefix that is withdrawn and announced in one message is announced. Empty ones are not NULL: rd_of takes them all. */
struct bgp_update {
	struct attrs attrs;              /* spans point into the message or into scratch. next_hop: that of MP_REACH_NLRI */
	struct span message;             /* all of it, as it came; of a session's */
	struct span withdrawn, nlri;     /* the classic fields: IPv4 */
	struct in6_addr classic_next_hop;        /* IPv4-mapped; goes with nlri */
	uint8_t mp_reach_family, mp_unreach_family;      /* AF_INET, AF_INET6, 0: none (also for families that were not negotiated) */
	struct span mp_reach, mp_unreach;
	bool eor[2];                     /* End-of-RIB of a family (RFC 4724 2) */
	bool treat_as_withdraw;          /* RFC 7606 2: every reach NLRI is to be withdrawn */
	unsigned discarded;              /* attributes dropped (RFC 7606 2: attribute discard) */
	const char *what;                /* static text for treat_as_withdraw or discarded, else NULL */
	uint8_t what_attr;               /* the attribute's type code */
	uint8_t scratch[BGP_EXT_LEN * 2];       /* 2-octet AS paths widened, unknown attributes with Partial set */
};

struct bgp_msg {
	enum bgp_type type;
	union {
		struct bgp_open open;
		struct bgp_update update;
		struct bgp_notification notification;
		struct bgp_refresh refresh;
	};
};

/* Length of the message that starts in r, header included: 0 when fewer than 19 bytes are there; -EBADMSG with *err for a bad marker,
 * length or type (RFC 4271 6.1). extended: as in struct bgp_ctx. r is not moved. */
int bgp_frame(struct rd r, bool extended, struct bgp_err *err);

/* One whole message, header included. 0, or -EBADMSG with *err. OPEN is checked as far as it can be without knowing the peer
 * (version, hold time, id; RFC 4271 6.2, RFC 6286); spans in *ret are borrowed from the message. ctx is for UPDATEs only. After an error
 * *ret holds nothing of use. */
int bgp_decode(struct rd in, const struct bgp_ctx *ctx, struct bgp_msg *ret, struct bgp_err *err);

/* Walks checked NLRI: false at the end. */
bool nlri_next(struct rd *r, uint8_t family, struct prefix *ret);

/* Writers: a whole message each. 0, or -EMSGSIZE and nothing written. */
int bgp_put_open(struct wr *w, const struct bgp_open *open);
int bgp_put_keepalive(struct wr *w);
int bgp_put_notification(struct wr *w, uint8_t code, uint8_t subcode, const void *data, size_t n);
int bgp_put_refresh(struct wr *w, const struct bgp_refresh *refresh);
int bgp_put_eor(struct wr *w, uint8_t family);

/* What our own end adds to a route on its way to a peer. */
struct bgp_egress {
	uint32_t prepend;                /* our ASN (RFC 4271 5.1.2 b); 0: none */
	struct in6_addr next_hop_v6;     /* a global address; ::: there is none, the link-local one stands in its place too */
	struct in6_addr next_hop_ll;     /* our link-local address on the link; ::: none is told */
	struct in_addr next_hop_v4;      /* numbered peers: of IPv4; 0: next_hop_v6, by RFC 8950 */
	bool reflect;                    /* RFC 4456: from one internal peer to another; the next two then */
	struct in_addr originator_id;    /* of a route that has no ORIGINATOR_ID yet */
	struct in_addr cluster_id;       /* to be put in front of the CLUSTER_LIST */
	uint32_t otc;                    /* Only to Customer of a route that has none (RFC 9234 5); 0: none */
	bool graceful_shutdown;          /* GRACEFUL_SHUTDOWN is added (RFC 8326), and LOCAL_PREF is 0, whatever the attributes say */
	bool as_is;                      /* nothing is left out and nothing added but the next hop: what is held is shown to somebody (BMP, MRT) */
	bool own_med;                    /* the MED is ours, not another AS's: it goes to external peers too (RFC 4271 5.1.4) */
};
/* One UPDATE with as many of the n prefixes (one family) as fit into BGP_MAX_LEN: returns how many, at least 1; -EMSGSIZE when the attributes
 * alone leave no room for one. Longer only for such attributes, if ctx->extended. LOCAL_PREF never goes to an eBGP peer, MED of another AS neither (RFC 4271 5.1.4, 5.1.5). */
int bgp_put_reach(struct wr *w, const struct bgp_ctx *ctx, const struct attrs *attrs, const struct bgp_egress *egress,
		  const struct prefix *prefixes, size_t n);
/* The attributes alone, without MP_REACH_NLRI; NEXT_HOP if the next hop is one of IPv4. *w becomes bad when they have no room. */
void bgp_put_attrs(struct wr *w, const struct bgp_ctx *ctx, const struct attrs *attrs, const struct bgp_egress *egress);
int bgp_put_unreach(struct wr *w, const struct bgp_ctx *ctx, const struct prefix *prefixes, size_t n);

/* Words for people: "Cease/Connection Collision Resolution" (IANA's names, RFC 4271 4.5, RFC 4486, RFC 6608, RFC 9003 ...). */
const char *bgp_notification_str(uint8_t code, uint8_t subcode, char *buf, size_t size);

enum { NOTIFY_HEADER = 1, NOTIFY_OPEN = 2, NOTIFY_UPDATE = 3, NOTIFY_HOLD = 4, NOTIFY_FSM = 5, NOTIFY_CEASE = 6, NOTIFY_REFRESH = 7,
       NOTIFY_SEND_HOLD = 8 };          /* RFC 9687 */

enum {                                   /* NOTIFY_CEASE subcodes, RFC 4486 and successors */
	CEASE_MAX_PREFIXES = 1, CEASE_ADMIN_SHUTDOWN = 2, CEASE_PEER_DECONFIGURED = 3, CEASE_ADMIN_RESET = 4,
	CEASE_CONNECTION_REJECTED = 5, CEASE_CONFIG_CHANGE = 6, CEASE_COLLISION = 7, CEASE_OUT_OF_RESOURCES = 8,
	CEASE_HARD_RESET = 9,            /* RFC 8538 3 */
	CEASE_BFD_DOWN = 10,             /* RFC 9384 */
	CEASE_RENEWAL = 0xff,            /* not for the wire: CEASE_CONFIG_CHANGE, and routes are kept until the next session (RFC 8538 4) */
};

#endif
