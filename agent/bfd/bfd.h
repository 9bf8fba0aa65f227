/* agent/bfd/bfd.h: BFD sessions (RFC 5880, single hop by RFC 5881, asynchronous mode) as values. Pure: packets and time are handed in, packets
 * are handed out, and what became of a session is asked for. */
#ifndef WEFT_BFD_H
#define WEFT_BFD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/base/mono.h"
#include "agent/bfd/bfd_msg.h"

struct bfd;

#define BFD_SESSIONS_MAX 8191
#define BFD_SLOW_US 1000000              /* RFC 5880 6.8.3: no faster than this while a session is not Up */
#define BFD_INTERVAL_MIN_US 10000
#define BFD_EARLY_US 1000                /* packets leave together with one that is due, if they are due within this; within the jitter of RFC 5880 6.8.7 */
#define BFD_TTL 255                      /* RFC 5881 5 */

struct bfd_peer {                        /* one session */
	uint32_t key;                    /* the owner's name for it; one session each */
	uint32_t serial;                 /* comes back in views, so that the owner can tell a session from the one before it */
	unsigned ifindex;
	struct in6_addr local, remote;   /* one session for (ifindex, remote) */
	uint32_t interval_us;            /* both directions; BFD_INTERVAL_MIN_US at least */
	uint8_t multiplier;
};

struct bfd_view {                        /* everything that can be shown of a session */
	uint32_t key, serial;
	enum bfd_state state, remote_state;      /* remote_state: as last heard, Down before */
	uint8_t diag, remote_diag;       /* why the session is not Up, ours and the peer's word for it */
	bool heard;                      /* the peer has ever said anything */
	bool remote_independent;         /* its BFD does not share the fate of its control plane (the C bit) */
	uint8_t remote_multiplier;
	uint32_t local_discr, remote_discr;
	uint32_t remote_tx_us, remote_rx_us;     /* what it says that it wants */
	uint32_t tx_us;                  /* at most so long between two of ours; 0: the peer wants none */
	int64_t detect_us;               /* silence of this length is its death; 0 not known */
	uint32_t ups, downs;             /* changes to and from Up */
	uint32_t failures;               /* of the downs those that tell of a failure: not of an administrator at the other end (RFC 5882 3.2), nor of one that
					  * has restarted, and has another discriminator (4.3.2) */
	uint8_t failure_diag;            /* of the last of them */
	mono since;                      /* of the last change to or from Up */
	bool loss_known;                 /* packets of the peer that were missing in the last whole window (bfd_loss.h), of a thousand: */
	uint16_t loss_permille;
	bool lossy;                      /* too many: the link is as good as dead, though the session may be Up */
	int error;                       /* -errno: the last packet could not be sent */
};

struct bfd_packet {
	unsigned ifindex;
	struct in6_addr from;
	int ttl;                         /* -1 unknown */
	const void *p;
	size_t n;
};

struct bfd_out {                         /* may not call back into bfd */
	/* slot: the session's number, from 1 on, dense. 0 or -errno. */
	int (*send)(void *ctx, uint32_t slot, const struct bfd_peer *peer, const uint8_t *p, size_t n);
	void *ctx;
};

#define BFD_LATE_BUCKETS 24
struct bfd_stats {
	uint32_t sessions, up;
	uint64_t sent, received;         /* received: good ones */
	uint64_t discarded[BFD_N_BAD];
	uint64_t late[BFD_LATE_BUCKETS]; /* periodic packets sent less than 1, 2, 4, 8 .. microseconds after they were due */
	bool common;                     /* its thread has the priority of any other: the kernel refused a better one */
};

/* seed: of discriminators and jitter. */
int  bfd_new(struct bfd **ret, uint64_t seed, const struct bfd_out *out);
void bfd_free(struct bfd *b);            /* says nothing to anybody: bfd_stop first for a clean end */

/* A new session, which begins at once; or another interval and multiplier for the one with this key, if they are all that differs: else it ends, and
 * this is a new one. Returns its slot, -ENOSPC, -ENOMEM, -EINVAL, or -EEXIST: another key has the address. */
int  bfd_set(struct bfd *b, const struct bfd_peer *peer, mono now);
/* Ends: the peer is told AdminDown once. Returns the slot that is free now, 0: there was none. */
uint32_t bfd_del(struct bfd *b, uint32_t key);

/* All of them are told AdminDown: nothing but bfd_free may follow. */
void bfd_stop(struct bfd *b);

enum bfd_bad bfd_input(struct bfd *b, const struct bfd_packet *packet, mono now);
/* Sends what is due, or nearly, and judges who is silent. Everything that came in before now must have been handed in: after a pause of our own the
 * packets that wait are read before anybody is declared dead. */
void bfd_step(struct bfd *b, mono now);
mono bfd_next(const struct bfd *b);      /* of a death at most BFD_EARLY_US late */

/* A session whose view is not what it was when it was told last; false: none is left. However long nobody asks, there is one of each. */
bool bfd_news(struct bfd *b, struct bfd_view *ret);
bool bfd_has_news(const struct bfd *b);
void bfd_stats(const struct bfd *b, struct bfd_stats *ret);

#endif
