/* agent/config/diff.h: what differs between two configurations, key by key, and what each difference takes. Pure.
 *
 * Every key of the configuration has an answer (answers.c); one that has none takes a restart of weftd, so nothing is changed by halves. */
#ifndef WEFT_CONFIG_DIFF_H
#define WEFT_CONFIG_DIFF_H

#include "agent/config/config.h"

enum takes {                             /* what a change takes; of several together: or-ed */
	TAKES_NOTHING = 1 << 0,          /* the value is asked for when it is needed */
	TAKES_RESTART = 1 << 1,          /* weftd has to be started anew; a reload is refused */
	TAKES_SESSION = 1 << 2,          /* the session starts over: it was agreed on in the OPEN, or stands in the kernel's socket */
	TAKES_ASN = 1 << 3,              /* it does, if the peer's AS may not be there any more */
	TAKES_IMPORT = 1 << 4,           /* the peer is asked to tell its routes again (RFC 2918) */
	TAKES_EXPORT = 1 << 5,           /* the peer is told everything again */
	TAKES_LIMIT = 1 << 6,            /* what the peer has told is counted against another limit */
	TAKES_KEEPALIVE = 1 << 7,        /* the session goes on at another pace */
	TAKES_BFD = 1 << 8,              /* a BFD session begins, ends, or changes its timers (RFC 5880 6.8.3) */
	TAKES_DAMPING = 1 << 9,          /* what is held against a link is forgotten */
	TAKES_ROUTERS = 1 << 10,         /* fewer routers of a link: it starts over if there are more */
	TAKES_DECISION = 1 << 11,        /* every route is decided again */
	TAKES_FORWARDING = 1 << 12,      /* every route is given to the kernel again, if it goes another way */
	TAKES_ORIGINATE = 1 << 13,       /* what this node announces is found again */
	TAKES_RA = 1 << 14,              /* Router Advertisements are sent at another pace, or say something else */
	TAKES_LINKS = 1 << 15,           /* links become fabric links or are none any more */
	TAKES_NEIGHBORS = 1 << 16,       /* numbered peers come or go */
	TAKES_BANDWIDTH = 1 << 17,       /* next hops, and what is announced, are weighed again */
	TAKES_OPEN = 1 << 18,            /* the session starts over, with the same routes: only what the OPEN says is another */
	TAKES_EXPECT = 1 << 19,          /* the session starts over, if the peer is not the one that has to be there */
	TAKES_METRICS = 1 << 20,         /* they are read somewhere else, or not any more */
	TAKES_MONITOR = 1 << 21,         /* the session with a BMP collector begins anew */
};

/* What a change of a key takes: "timers.hold", "links.*.bfd", "neighbors.*.hold", "policy". 0: nobody has an answer. */
unsigned config_takes(const char *key);

struct config_change {
	char path[96];                   /* "links.swp*.import" */
	unsigned takes;
	json_t *from, *to;               /* NULL: was not there, is not there */
};

struct config_diff {
	const struct config *from, *to;  /* borrowed */
	struct config_change *changes;
	size_t n, room;
	bool *policies;                  /* of `to`: which read differently in `from` */
	unsigned takes;                  /* all of them */
};

/* Both with what the caller fills in (hostname, ipv4_next_hop). 0, -ENOMEM. */
int  config_diff_new(struct config_diff **ret, const struct config *from, const struct config *to);
void config_diff_free(struct config_diff *d);

/* What it takes of one link or numbered peer, its policies included; why: the first key of those in `of`, "" none. -ENOMEM. */
struct config_takes { unsigned takes; unsigned of; char why[48]; };
int config_link_takes(const struct config_diff *d, const char *ifname, struct config_takes *ret);
int config_neighbor_takes(const struct config_diff *d, const struct config_neighbor *from, const struct config_neighbor *to,
			  struct config_takes *ret);

/* Every key that a configuration may have, in the form of config_takes. whole: it is an object whose keys follow, each for itself. */
typedef void (*config_key_fn)(void *ctx, const char *key, bool whole);
void config_keys(config_key_fn fn, void *ctx);

#endif
