/* agent/rib/attrs.h: the path attributes of a route as one value, and the table that keeps each distinct value once. */
#ifndef WEFT_RIB_ATTRS_H
#define WEFT_RIB_ATTRS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {                            /* bytes that somebody else owns */
	const uint8_t *p;
	uint16_t n;
};

enum origin { ORIGIN_IGP = 0, ORIGIN_EGP = 1, ORIGIN_INCOMPLETE = 2 };   /* RFC 4271 4.3 (a) */

enum {                                   /* struct attrs.has */
	ATTRS_MED = 1 << 0,
	ATTRS_LOCAL_PREF = 1 << 1,
	ATTRS_ATOMIC = 1 << 2,
	ATTRS_AGGREGATOR = 1 << 3,
	ATTRS_NEXT_HOP = 1 << 4,         /* next_hop (and perhaps next_hop_ll) are set */
	ATTRS_ORIGINATOR = 1 << 5,
	ATTRS_OTC = 1 << 6,
};

/* Addresses in network byte order, numbers in host byte order. Values that `has` does not name are zero: two equal routes are equal field
 * for field. The spans hold what stands on the wire in the 4-octet form:
 *   as_path            segments: type, count, 4-octet ASNs (RFC 4271 4.3 (b), RFC 6793)
 *   communities, ext_communities, large_communities   the attributes' values (RFC 1997, 4360, 8092)
 *   cluster_list       the attribute's value (RFC 4456): 4 bytes per reflector, the last one first
 *   unknown            whole attributes, flags and type and length included, of unknown optional transitive ones, the Partial bit set
 * Link-local and global next hops: RFC 2545 section 3, RFC 8950. A classic IPv4 NEXT_HOP is kept IPv4-mapped (::ffff:a.b.c.d). */
struct attrs {
	struct in6_addr next_hop;        /* the first address */
	struct in6_addr next_hop_ll;     /* the link-local one of a 32-byte next hop, or :: */
	uint32_t med, local_pref;
	uint32_t aggregator_as;
	uint32_t otc;                    /* Only to Customer (RFC 9234): the AS that has set it */
	struct in_addr aggregator_id;
	struct in_addr originator_id;    /* RFC 4456: the router-id of who brought the route into the AS */
	uint8_t weight;                  /* share of the traffic among the paths of a multipath set, 1..255; 0: as 1. Never on the wire */
	uint8_t origin;                  /* enum origin */
	uint8_t has;
	struct span as_path;
	struct span communities, ext_communities, large_communities;
	struct span cluster_list;
	struct span unknown;
};

#define DEFAULT_LOCAL_PREF 100           /* what a route without LOCAL_PREF counts as */

/* COMMUNITIES (RFC 1997) holds the value. */
bool attrs_has_community(const struct attrs *a, uint32_t value);
bool attrs_eq(const struct attrs *a, const struct attrs *b);

/* Interned attributes: a number per distinct value, counted references. 0 is never a valid id. */
typedef uint32_t attrs_id;
struct attrs_tab;

int  attrs_tab_new(struct attrs_tab **ret, uint64_t secret);      /* secret: of the hash (agent/base/hash.h) */
void attrs_tab_free(struct attrs_tab *tab);
/* Copies *value (spans too) when it is new. The caller owns one reference. -ENOMEM. */
int  attrs_intern(struct attrs_tab *tab, const struct attrs *value, attrs_id *ret);
void attrs_ref(struct attrs_tab *tab, attrs_id id);
void attrs_unref(struct attrs_tab *tab, attrs_id id);
/* Borrowed; valid as long as a reference is held. */
const struct attrs *attrs_get(const struct attrs_tab *tab, attrs_id id);
uint64_t attrs_serial(const struct attrs_tab *tab, attrs_id id);  /* no other value ever has it, when the id has long been used again; not 0 */
size_t attrs_count(const struct attrs_tab *tab);
size_t attrs_bytes(const struct attrs_tab *tab);         /* memory held */

/* AS_PATH values. Malformed segments never get here: the decoder has checked them. */
unsigned aspath_len(struct span as_path);                /* RFC 4271 9.1.2.2 (a): an AS_SET counts as 1; RFC 5065: confederation segments 0 */
bool aspath_has(struct span as_path, uint32_t asn);
bool aspath_only(struct span as_path, uint32_t asn);     /* at least one AS_SEQUENCE, and nothing in it but asn */
uint32_t aspath_first(struct span as_path);              /* leftmost AS of a leading AS_SEQUENCE, else 0 */
uint32_t aspath_last(struct span as_path);               /* rightmost AS, where the route came from; 0: here, or from this AS */
/* "4200000000 4210000002", sets as "{1 2}"; truncated to size; returns buf. */
const char *aspath_str(struct span as_path, char *buf, size_t size);

/* CLUSTER_LIST values (RFC 4456 section 8). */
unsigned cluster_list_len(struct span list);
bool cluster_list_has(struct span list, struct in_addr id);

#endif
