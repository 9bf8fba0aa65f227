/* agent/bmp/bmp_msg.h: BMP messages, version 3 (RFC 7854 section 4, RFC 9069), from values to bytes. Whatever is BGP in them is bytes here. */
#ifndef WEFT_BMP_MSG_H
#define WEFT_BMP_MSG_H

#include <netinet/in.h>

#include "agent/base/wr.h"

#define BMP_HEADER_LEN 6
#define BMP_PEER_LEN 42
#define BMP_ROUTE_LEN (BMP_HEADER_LEN + BMP_PEER_LEN)    /* in front of an UPDATE */

enum bmp_type { BMP_ROUTE_MONITORING, BMP_STATISTICS, BMP_PEER_DOWN, BMP_PEER_UP, BMP_INITIATION, BMP_TERMINATION };

enum bmp_peer_type { BMP_GLOBAL = 0, BMP_LOCAL = 2, BMP_LOC_RIB = 3 };   /* RFC 7854 4.2, RFC 9069 4.1 */

struct bmp_peer {                        /* the per-peer header; the V flag follows from the address */
	enum bmp_peer_type type;
	bool post_policy;                /* the L flag */
	bool as2;                        /* the A flag: the AS_PATH is in the old form */
	uint64_t distinguisher;
	struct in6_addr address;         /* IPv4 as IPv4-mapped; of the Loc-RIB :: */
	uint32_t asn;
	struct in_addr id;
	int64_t at_us;                   /* since 1970; 0: not known */
};

struct bmp_bytes { const void *p; size_t n; };

struct bmp_up {                          /* RFC 7854 4.10 */
	struct in6_addr local;           /* of the peer's family */
	uint16_t local_port, remote_port;        /* 0: not known */
	struct bmp_bytes sent, received; /* the OPENs */
	const char *name;                /* NULL, or words about it */
	const char *table;               /* NULL, or the name of the Loc-RIB (RFC 9069 4.4) */
};

enum bmp_down {                          /* RFC 7854 4.9 */
	BMP_DOWN_LOCAL_NOTIFICATION = 1, /* data: the NOTIFICATION */
	BMP_DOWN_LOCAL = 2,              /* data: the event of RFC 4271 8.1, two bytes */
	BMP_DOWN_REMOTE_NOTIFICATION = 3,
	BMP_DOWN_REMOTE = 4,
	BMP_DOWN_LOC_RIB = 6,            /* RFC 9069 5.3 */
};

enum bmp_stat_type {                     /* RFC 7854 4.8 */
	BMP_STAT_REJECTED = 0, BMP_STAT_DUPLICATE_PREFIXES = 1, BMP_STAT_DUPLICATE_WITHDRAWS = 2, BMP_STAT_LOOPS_CLUSTER_LIST = 3,
	BMP_STAT_LOOPS_AS_PATH = 4, BMP_STAT_ADJ_RIB_IN = 7, BMP_STAT_LOC_RIB = 8, BMP_STAT_ADJ_RIB_IN_FAMILY = 9, BMP_STAT_LOC_RIB_FAMILY = 10,
	BMP_STAT_WITHDRAWN_UPDATES = 11,
};
struct bmp_stat { enum bmp_stat_type type; uint16_t afi; uint8_t safi; uint64_t value; };  /* afi, safi: of the two per family */

#define BMP_TERMINATED_BY_ADMIN 0        /* RFC 7854 4.5 */

/* A whole message each. 0, or -EMSGSIZE and nothing written. */
int bmp_put_initiation(struct wr *w, const char *sys_name, const char *sys_descr);
int bmp_put_termination(struct wr *w, uint16_t reason, const char *words);
int bmp_put_peer_up(struct wr *w, const struct bmp_peer *peer, const struct bmp_up *up);
int bmp_put_peer_down(struct wr *w, const struct bmp_peer *peer, enum bmp_down reason, struct bmp_bytes data);
int bmp_put_route(struct wr *w, const struct bmp_peer *peer, struct bmp_bytes update);
int bmp_put_stats(struct wr *w, const struct bmp_peer *peer, const struct bmp_stat *stats, size_t n);

#endif
