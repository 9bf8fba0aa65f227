/* A struct ra under a virtual clock; what it sends and says is written down. */
#ifndef WEFT_TESTS_RA_RIG_H
#define WEFT_TESTS_RA_RIG_H

#include "ra/ra.h"

#define RIG_LINK 7                       /* the link that rig_new brings up, with address fe80::1 and MAC 02:00:00:00:00:01 */
#define RIG_INTERVAL_MS 5000
#define RIG_SILENCE_MS (RA_SILENCE * RIG_INTERVAL_MS)

struct rig_sent {
	int64_t ms;
	unsigned ifindex;
	uint8_t type;
	struct in6_addr to;
};

struct rig {
	struct ra *ra;
	mono now;
	struct rig_sent sent[1024];
	size_t n_sent;
	char said[1024];                 /* "found a/0a; conflict a/0a b/0b; ": last bytes of address and MAC, "-" for no MAC; of further routers "joined", "left" .. */
	void (*on_silent)(struct rig *rig);
};

void rig_new(struct rig *rig);           /* the link is up, at 0 ms; nothing written down yet */
void rig_free(struct rig *rig);
void rig_until(struct rig *rig, int64_t ms);     /* steps whenever something is due, up to and including ms */
struct in6_addr rig_addr(uint8_t last);          /* fe80::<last> */
enum ra_bad rig_advert(struct rig *rig, uint8_t addr, uint8_t mac);      /* an RA comes in on RIG_LINK; mac 0: without the option */
enum ra_bad rig_solicit(struct rig *rig, uint8_t addr, uint8_t mac);
const char *rig_said(struct rig *rig);           /* since the last call, without "heard" */
size_t rig_count(const struct rig *rig, uint8_t type);
struct ra_view rig_view(const struct rig *rig);

#endif
