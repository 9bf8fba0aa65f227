/* ra/routers.h: the routers heard on one link, and which of them is the peer. Private to ra/: users see it through ra/ra.h.
 *
 * The peer stays the peer until it is dead: no session, and silent for RA_SILENCE times the larger of our interval and the spacing of its own
 * RAs. Only its own machine replaces it while it lives: the same MAC with another address, or the same address with another MAC. */
#ifndef WEFT_RA_ROUTERS_H
#define WEFT_RA_ROUTERS_H

#include "ra/ra.h"

struct router_pace {
	int64_t spacing_ms;              /* between its RAs, as far as seen; at most a minute */
	mono until;                      /* unless heard again, it is silent from then on */
};

struct routers {                         /* zeroed, but for interval_ms: nobody heard */
	int64_t interval_ms;             /* of our own RAs */
	bool has_peer, established;
	bool by_ra;                      /* the peer was heard by RA, not only vouched for */
	bool told_silent;
	struct ra_router peer;
	struct router_pace peer_pace;
	struct ra_router former;         /* what the living peer was before its address or MAC changed */
	mono former_until;
	struct ra_router others[RA_ROUTERS_MAX - 1];     /* in the order they appeared */
	struct router_pace other_paces[RA_ROUTERS_MAX - 1];
	size_t n_others;
	uint64_t conflicts;
};

enum routers_news {
	ROUTERS_NOTHING,                 /* an other one was heard again; or there is no room to remember it */
	ROUTERS_HEARD,                   /* the peer, again */
	ROUTERS_FOUND,                   /* there is a peer, where there was none or another, or its MAC is known now */
	ROUTERS_CONFLICT,                /* a new one beside the living peer */
};

enum routers_news routers_advert(struct routers *rs, const struct ra_router *heard, mono now);
/* ROUTERS_FOUND: addr became the peer; HEARD: it is the peer; NOTHING: somebody else is. */
enum routers_news routers_vouch(struct routers *rs, const struct in6_addr *addr, mono now);
/* A dead peer gives way to a living other. True: it did. */
bool routers_promote(struct routers *rs, mono now);
/* Forgets others that are silent. True: the peer is silent too, which is said once. */
bool routers_step(struct routers *rs, mono now);
mono routers_next(const struct routers *rs);

#endif
