/* agent/bgp/attr.h: path attributes of an UPDATE as one table: type code, name, flags, RFC 7606 remedy, reader, writer. Private to the codec. */
#ifndef WEFT_BGP_ATTR_H
#define WEFT_BGP_ATTR_H

#include "agent/bgp/decode.h"

enum { AS_SET = 1, AS_SEQUENCE = 2, AS_CONFED_SEQUENCE = 3, AS_CONFED_SET = 4 };         /* RFC 4271 4.3 (b), RFC 5065 3 */

enum {                                   /* RFC 4271 4.3: attribute flags */
	FLAG_OPTIONAL = 0x80, FLAG_TRANSITIVE = 0x40, FLAG_PARTIAL = 0x20, FLAG_EXTENDED = 0x10,
	FLAGS_USED = 0xf0,
};

enum {                                   /* type codes */
	ATTR_ORIGIN = 1, ATTR_AS_PATH = 2, ATTR_NEXT_HOP = 3, ATTR_MED = 4, ATTR_LOCAL_PREF = 5, ATTR_ATOMIC_AGGREGATE = 6,
	ATTR_AGGREGATOR = 7, ATTR_COMMUNITIES = 8, ATTR_ORIGINATOR_ID = 9, ATTR_CLUSTER_LIST = 10, ATTR_MP_REACH = 14,
	ATTR_MP_UNREACH = 15, ATTR_EXT_COMMUNITIES = 16, ATTR_AS4_PATH = 17, ATTR_AS4_AGGREGATOR = 18, ATTR_LARGE_COMMUNITIES = 32, ATTR_OTC = 35,
};

enum attr_class { ATTR_MANDATORY, ATTR_DISCRETIONARY, ATTR_OPT_TRANSITIVE, ATTR_OPT_NON_TRANSITIVE };
enum attr_fix { FIX_WITHDRAW, FIX_DISCARD, FIX_RESET };                                   /* RFC 7606 2 */
enum attr_from { FROM_ANY, FROM_INTERNAL, FROM_AS2 };    /* from others it is discarded, whatever it holds */

/* One attribute as it stands in the message. */
struct attr_tlv {
	const uint8_t *p;                /* its first byte */
	uint8_t flags, code;
	struct rd body;
};

/* One UPDATE on the way in: what the readers fill, and what can only be judged once all of them ran. */
struct attr_in {
	const struct msg_in *msg;
	const struct bgp_ctx *ctx;
	struct bgp_update *update;
	bool seen[256];
	bool reach;                      /* some NLRI is announced, classic or in MP_REACH_NLRI */
	bool other;                      /* attributes other than MP_UNREACH_NLRI were there, perhaps unreadable */
	struct span path2, path4;        /* AS_PATH in 2-octet form, AS4_PATH: joined by as_path_finish */
	uint32_t as4_aggregator_as;      /* 0: none */
	struct in_addr as4_aggregator_id;
	uint16_t unknown_at[256];        /* where in the message an attribute to be passed on stands; 0: none */
	unsigned n_unknown;
};

struct attr_out {
	const struct bgp_ctx *ctx;
	const struct attrs *attrs;
	const struct bgp_egress *egress;
	bool classic;                    /* IPv4 routes with NEXT_HOP and NLRI (RFC 4271), not with MP_REACH_NLRI */
};

struct attr_row {
	const char *name;                /* IANA's */
	enum attr_class class;
	enum attr_fix fix;
	enum attr_from from;
	const char *(*get)(struct attr_in *in, struct rd body);          /* NULL: well-formed; else what is wrong, for people */
	void (*put)(struct wr *w, const struct attr_out *out);           /* nothing when *out has not got it; NULL: never written */
};
const struct attr_row *attr_row(uint8_t code);                           /* NULL: not known */

bool attr_next(struct rd *r, struct attr_tlv *ret);                      /* false: it runs past the end (RFC 7606 4) */
void attr_withdraw(struct attr_in *in, uint8_t code, const char *what);  /* RFC 7606 2: treat-as-withdraw */
void attr_discard(struct attr_in *in, uint8_t code, const char *what);   /* RFC 7606 2: attribute discard */
int  attr_get(struct attr_in *in, const struct attr_tlv *a);             /* -EBADMSG when the session has to end */
void attr_put_all(struct wr *w, const struct attr_out *out);             /* in ascending order; without the MP attributes */

static inline bool ctx_external(const struct bgp_ctx *ctx)
{
	return ctx->remote_asn != ctx->local_asn;
}

/* An attribute whose length is known only at its end: the mark goes from begin to end. */
size_t attr_begin(struct wr *w, enum attr_class class, uint8_t code);
void attr_end(struct wr *w, size_t mark);

/* attr_path.c: AS_PATH and AS4_PATH */
const char *as_path_get(struct attr_in *in, struct rd body);
const char *as4_path_get(struct attr_in *in, struct rd body);
void as_path_finish(struct attr_in *in, struct wr *scratch);     /* RFC 6793 4.2.3: attrs.as_path in 4-octet form */
bool as_path_starts_with(struct span as_path, uint32_t asn);
void as_path_put(struct wr *w, const struct attr_out *out);
void as4_path_put(struct wr *w, const struct attr_out *out);

/* attr_list.c: lists of values of one size */
struct span large_unique(struct span list, struct wr *scratch);          /* RFC 8092 3: each value once */
void ext_communities_put(struct wr *w, const struct attr_out *out);

/* mp.c: MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760), next hops (RFC 2545, RFC 8950) */
#define MP_REACH_MAX 41                  /* bytes that mp_reach_put writes at most */
#define MP_UNREACH_MAX 7
const char *mp_reach_get(struct attr_in *in, struct rd body);
const char *mp_unreach_get(struct attr_in *in, struct rd body);
bool next_hop_v4_ok(const struct in6_addr *mapped);
struct in6_addr in6_mapped(const uint8_t v4[4]);
/* Everything that stands before n bytes of NLRI. */
void mp_reach_put(struct wr *w, uint8_t family, const struct bgp_ctx *ctx, const struct bgp_egress *egress, size_t n);
void mp_unreach_put(struct wr *w, uint8_t family, size_t n);

#endif
