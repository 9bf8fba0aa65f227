/* ra/ra.h: when to advertise on which link, and who is heard there. Pure: time and packets are handed in.
 *
 * A peer is (link, link-local address, MAC). Of the routers heard on a link one is the peer: the first, until it is dead (no session, and
 * silent for RA_SILENCE intervals); a second one alive at once is a conflict, reported and never alternated with. Unless the link may have
 * more (ra_allow): then those that came next are *further* routers, each for itself, and what is beyond is the conflict. */
#ifndef WEFT_RA_H
#define WEFT_RA_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/base/mono.h"
#include "ra/ra_msg.h"

struct ra;

#define RA_ROUTERS_MAX 8                 /* remembered per link; more are counted as conflicts and forgotten. Further ones count apart */
#define RA_ALLOWED_MAX 16                /* routers of one link that may be used, the peer among them */
#define RA_BURST 4                       /* advertisements at RA_BURST_MS after a link-up, then one per interval */
#define RA_BURST_MS 250
#define RA_RATE 50                       /* advertisements a second and link that are taken; the excess is counted as RA_BAD_RATE. The peer has a rate */
#define RA_RATE_BURST 200                /* of its own, so that nobody else on the link can drown it by accident */
#define RA_SILENCE 3                     /* intervals */

struct ra_config {
	unsigned interval_s;             /* ra_interval: between unsolicited advertisements */
	uint16_t lifetime_s;             /* ra_lifetime: what our RAs say; 0 means never take a default route from here */
};

struct ra_router {
	struct in6_addr addr;            /* link-local */
	bool has_mac;                    /* from the source link-layer option; without, the kernel's neighbour entry knows */
	uint8_t mac[6];
	uint16_t lifetime;               /* seconds, for show; never means "gone" */
	mono heard;
};

enum ra_further {                        /* what is to be said of a further router */
	RA_FURTHER_FOUND,                /* it is one from now on */
	RA_FURTHER_HEARD,                /* an RA of it came (not called together with FOUND) */
	RA_FURTHER_SILENT,               /* as `silent` below; it has a session */
	RA_FURTHER_LOST,                 /* no session, and silent: it is none any more */
};

struct ra_out {                          /* they may call ra_session, ra_vouch and ra_view, nothing else of this module */
	/* An ICMPv6 payload (ra_encode) for a multicast or unicast address on the link; hop limit 255. */
	int  (*send)(void *ctx, unsigned ifindex, const struct in6_addr *to, const uint8_t *payload, size_t n);     /* 0 or -errno */
	/* The peer on the link: new, another one in its place (address or MAC differs), or one whose MAC becomes known only now. A promoted
	 * one was `heard` a while ago. */
	void (*found)(void *ctx, unsigned ifindex, const struct ra_router *router);
	/* An RA of the known peer came (not called together with found). */
	void (*heard)(void *ctx, unsigned ifindex, const struct ra_router *router);
	/* The peer has been silent for RA_SILENCE times the larger of our interval and the spacing of its own RAs (at most a minute). Once until
	 * heard again; not of one that never advertised (ra_vouch). */
	void (*silent)(void *ctx, unsigned ifindex, const struct ra_router *router);
	/* A second live router; once per second router until it is gone. The same address in both: a machine that shares our own address, `peer`
	 * is then ourselves (refused and counted as RA_BAD_SOURCE: no session can work); or two that share the peer's. */
	void (*conflict)(void *ctx, unsigned ifindex, const struct ra_router *peer, const struct ra_router *other);
	/* A further router; never called by ra_session. */
	void (*further)(void *ctx, unsigned ifindex, const struct ra_router *router, enum ra_further what);
	void *ctx;
};

/* -EINVAL: an interval of 0. */
int  ra_new(struct ra **ret, const struct ra_config *cfg, const struct ra_out *out);
/* From now on; every link hears it at once. What is known of routers stays. */
void ra_reconfigure(struct ra *ra, const struct ra_config *cfg, mono now);
void ra_free(struct ra *ra);

/* The link is up and its link-local address usable: RA and RS at once, then the burst. Also when address or MAC changed (starts over: what
 * was heard is kept unless `fresh`). -ENOMEM. */
int  ra_link_up(struct ra *ra, unsigned ifindex, const struct in6_addr *local, const uint8_t mac[6], bool fresh, mono now);
void ra_link_down(struct ra *ra, unsigned ifindex);      /* forgets everything heard there */

/* How many routers of the link may be used, at most RA_ALLOWED_MAX: 1 until this is said. Of more the last ones are lost (RA_FURTHER_LOST). */
void ra_allow(struct ra *ra, unsigned ifindex, unsigned routers);

/* Does the peer of the link, or the further router, have a session (Established)? While it has, it is alive whatever its RAs say. */
void ra_session(struct ra *ra, unsigned ifindex, const struct in6_addr *router, bool established, mono now);
/* A router that was not heard by RA but by TCP (an inbound connection from a link-local address): becomes the peer if there is none, or if
 * the one there is is dead, else a further one if there may be one more. Returns whether addr is one that is used now. */
bool ra_vouch(struct ra *ra, unsigned ifindex, const struct in6_addr *addr, mono now);

/* Checks and takes a packet. Own packets that loop back are ignored (counted). Packets on unknown links are dropped. */
enum ra_bad ra_input(struct ra *ra, const struct ra_packet *packet, mono now);

mono ra_next(const struct ra *ra);
void ra_step(struct ra *ra, mono now);

struct ra_view {
	uint64_t unsent;                         /* the kernel did not take them; not in the next two */
	uint64_t sent_ra, sent_rs, received_ra, received_rs, looped, bad[RA_N_BAD];      /* since the link came up; received: valid, not ours */
	const struct ra_router *peer;            /* NULL: none; borrowed */
	const struct ra_router *further;         /* those that are used beside the peer */
	size_t n_further;
	unsigned allowed;                        /* ra_allow */
	const struct ra_router *others;          /* live routers beside these */
	size_t n_others;
	uint64_t conflicts;
};
bool ra_view(const struct ra *ra, unsigned ifindex, struct ra_view *ret);        /* false: no such link */

#endif
