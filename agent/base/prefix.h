/* agent/base/prefix.h: an IP prefix as a value, for both families. */
#ifndef WEFT_BASE_PREFIX_H
#define WEFT_BASE_PREFIX_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "agent/base/hash.h"

#define PREFIX_STRLEN (INET6_ADDRSTRLEN + 4)

/* Network byte order. Bits behind len are zero (prefix_mask sees to it), bytes behind the family's size too: two equal prefixes are
 * equal byte for byte. */
struct prefix {
	uint8_t family;                  /* AF_INET or AF_INET6 */
	uint8_t len;                     /* bits: 0..32 or 0..128 */
	uint8_t addr[16];
};

static inline unsigned prefix_max(uint8_t family)
{
	return family == AF_INET ? 32 : 128;
}

uint32_t prefix_hash6(const uint8_t addr[16], uint8_t len, uint64_t seed);

/* Of the address's 4 or 16 bytes and the length; keyed (hash.h). Sixteen prefixes in a row differ in its last four bits only: as places of a
 * table they are one cache line. Who announces a prefix announces its neighbours too. */
static inline uint32_t prefix_hash(uint8_t family, const uint8_t *addr, uint8_t len, uint64_t seed)
{
	uint64_t number;
	uint32_t a;

	if (family != AF_INET)
		return prefix_hash6(addr, len, seed);
	memcpy(&a, addr, 4);
	number = (uint64_t)ntohl(a) >> (32 - len);
	return hash_keyed(number >> 4 << 8 | len, seed) ^ (uint32_t)(number & 15);
}

/* Of addresses of one family. */
static inline bool prefix_same_addr(uint8_t family, const uint8_t *a, const uint8_t *b)
{
	return family == AF_INET ? memcmp(a, b, 4) == 0 : memcmp(a, b, 16) == 0;
}

struct prefix prefix4(struct in_addr a, unsigned len);           /* masked */
struct prefix prefix6(const struct in6_addr *a, unsigned len);   /* masked */
void prefix_mask(struct prefix *p);
bool prefix_eq(const struct prefix *a, const struct prefix *b);
bool prefix_contains(const struct prefix *outer, const struct prefix *inner);   /* equal prefixes contain each other */
int  prefix_cmp(const struct prefix *a, const struct prefix *b);                /* family, address, length */

/* "10.1.0.0/16", "2001:db8::/32"; without "/n" a host prefix. Host bits set are refused: -EINVAL. */
int  prefix_parse(const char *s, struct prefix *ret);
const char *prefix_str(const struct prefix *p, char buf[PREFIX_STRLEN]);   /* returns buf */

/* Prefixes that no peer may ever inject into a fabric (design, section 3 Routes): 169.254/16, 127/8, 224/4 and above, 0/8 other than the
 * default, fe80::/10, ff00::/8, ::1, ::ffff:0:0/96 and ::/128; also anything more general that would cover only these. */
bool prefix_is_martian(const struct prefix *p);

bool in6_is_ll(const struct in6_addr *a);                  /* fe80::/10 */
bool in6_eq(const struct in6_addr *a, const struct in6_addr *b);
const char *in6_str(const struct in6_addr *a, char buf[INET6_ADDRSTRLEN]);  /* an IPv4-mapped one as IPv4; returns buf */

#endif
