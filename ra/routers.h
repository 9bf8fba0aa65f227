/* ra/routers.h: the routers heard on one link, and which of them is the peer. Private to ra/: users see it through ra/ra.h.
 *
 * The peer stays the peer until it is dead: no session, and silent for RA_SILENCE times the larger of our interval and the spacing of its own
 * RAs. Only its own machine replaces it while it lives: the same MAC with another address, or the same address with another MAC.
 *
 * Where more than one router is allowed, the first of the others are used too: further routers. One stays until it is dead in the same sense;
 * then the next that waits takes its place. No address is used twice. */
#ifndef WEFT_RA_ROUTERS_H
#define WEFT_RA_ROUTERS_H

#include "ra/ra.h"

struct router_pace {
	int64_t spacing_ms;              /* between its RAs, as far as seen; at most a minute */
	mono until;                      /* unless heard again, it is silent from then on */
	bool established, told_silent;   /* of further ones; the peer's are in struct routers */
};

#define ROUTERS_OTHERS (RA_ROUTERS_MAX - 1 + RA_ALLOWED_MAX - 1)

struct routers {                         /* zeroed, but for interval_ms, allowed and resumed: nobody heard */
	int64_t interval_ms;             /* of our own RAs */
	mono resumed;                    /* we were not there for a while before: how long nobody was heard over that says nothing of him */
	unsigned allowed;                /* routers that may be used, the peer among them */
	bool has_peer, established;
	bool by_ra;                      /* the peer was heard by RA, not only vouched for */
	bool told_silent;
	struct ra_router peer;
	struct router_pace peer_pace;
	struct ra_router former;         /* what the living peer was before its address or MAC changed */
	mono former_until;
	struct ra_router others[ROUTERS_OTHERS];         /* n_further that are used, then those that wait; each in the order they appeared */
	struct router_pace other_paces[ROUTERS_OTHERS];
	size_t n_others, n_further;
	uint64_t conflicts;
};

enum routers_news {
	ROUTERS_NOTHING,                 /* an other one was heard again, or for the first time and may be used; or there is no room to remember it */
	ROUTERS_HEARD,                   /* the peer, again */
	ROUTERS_FOUND,                   /* there is a peer, where there was none or another, or its MAC is known now */
	ROUTERS_FURTHER,                 /* a further one was heard again */
	ROUTERS_CONFLICT,                /* a new one beside the living peer, and beside as many as are allowed */
};

enum routers_news routers_advert(struct routers *rs, const struct ra_router *heard, mono now);
/* ROUTERS_FOUND: addr became the peer; HEARD: it is the peer; FURTHER: it is a further one, or will be by routers_join; NOTHING: others are. */
enum routers_news routers_vouch(struct routers *rs, const struct in6_addr *addr, mono now);
/* A dead peer gives way to a living other. True: it did. */
bool routers_promote(struct routers *rs, mono now);
void routers_session(struct routers *rs, const struct in6_addr *addr, bool established);
/* What became of further routers, one at a time until false: one is dead, and forgotten; one that waits is a further one from now on; one
 * that has a session fell silent, which is said once. */
bool routers_leave(struct routers *rs, mono now, struct ra_router *ret);
bool routers_join(struct routers *rs, struct ra_router *ret);
bool routers_yield(struct routers *rs, struct ra_router *ret);   /* more than are allowed: the last one, forgotten */
bool routers_hush(struct routers *rs, mono now, struct ra_router *ret);
/* Forgets others that wait and are silent. True: the peer is silent too, which is said once. */
bool routers_step(struct routers *rs, mono now);
mono routers_next(const struct routers *rs);

#endif
