/* agent/base/community.h: a BGP community as a value: standard (RFC 1997, two parts) and large (RFC 8092, three parts), its text, and the
 * well-known ones. */
#ifndef WEFT_BASE_COMMUNITY_H
#define WEFT_BASE_COMMUNITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COMMUNITY_STRLEN 36

/* IANA, BGP Well-known Communities. */
#define COMMUNITY_GRACEFUL_SHUTDOWN 0xffff0000u          /* RFC 8326 */
#define COMMUNITY_LLGR_STALE 0xffff0006u                 /* RFC 9494, as the next one */
#define COMMUNITY_NO_LLGR 0xffff0007u
#define COMMUNITY_BLACKHOLE 0xffff029au                  /* RFC 7999 */
#define COMMUNITY_NO_EXPORT 0xffffff01u                  /* RFC 1997, as the next two */
#define COMMUNITY_NO_ADVERTISE 0xffffff02u
#define COMMUNITY_NO_EXPORT_SUBCONFED 0xffffff03u

enum { COMMUNITY_STANDARD = 2, COMMUNITY_LARGE = 3 };    /* how many parts */

struct community {
	uint32_t part[3];                /* standard: [0] and [1], 16 bits each */
	uint8_t any;                     /* bit i: part i may be anything; only in what is compared with */
};

/* "65000:1", "4200000000:1:2", a well-known name such as "no_export" (standard only); with stars also "65000:*". -EINVAL. */
int  community_parse(const char *s, unsigned parts, bool stars, struct community *ret);
/* The name when it is a well-known one. Returns buf. */
const char *community_str(const struct community *c, unsigned parts, char buf[COMMUNITY_STRLEN]);

/* Values as they stand on the wire: 4 or 12 bytes, big-endian. */
static inline size_t community_size(unsigned parts)
{
	return parts == COMMUNITY_STANDARD ? 4 : 12;
}
void community_put(const struct community *c, unsigned parts, uint8_t *to);
struct community community_get(const uint8_t *from, unsigned parts);
bool community_matches(const struct community *pattern, unsigned parts, const uint8_t *value);

#endif
