/* agent/bgp/peer.h: one peer: its two sessions, which of them stays, when to connect again. Private to agent/bgp; peers.h is public. */
#ifndef WEFT_BGP_PEER_H
#define WEFT_BGP_PEER_H

#include "agent/base/bucket.h"
#include "agent/bgp/conns.h"
#include "agent/bgp/peers.h"
#include "agent/bgp/session.h"

#define PEER_STALE_MS 1000               /* an attempt that is older is not waited for: its SYN was lost, or nobody is there */

struct peers {
	struct session_config session;
	struct peers_out out;
	struct peer **peer;              /* by key */
	size_t n, size;
	struct conns conns;
	mono now;                        /* the latest that was handed in */
	bool stopped;                    /* for good */
	bool forwarding[2];              /* peers_restarting */
	peers_trace_fn trace;            /* NULL: nobody wants to see messages */
	void *trace_ctx;
};

static inline uint32_t peer_key(const struct peer_config *cfg)
{
	return cfg->key ? cfg->key : cfg->ifindex;
}

struct peer {
	struct peers *all;
	struct peer_config cfg;          /* cfg.asn is our copy */
	struct in6_addr remote;
	struct session_config session_cfg;       /* that of all, or what this numbered peer has of its own */
	struct session session[2];
	struct session *main;            /* our attempts; the session that won */
	struct session *other;           /* the peer's connection, until it wins and the two change places */
	bool held;                       /* peers_lost: no start before a sign of life */
	bool blocked;                    /* peers_block */
	mono start_at;                   /* when main, Idle, starts again */
	unsigned failures;               /* sessions in a row that ended with an error (RFC 4271 8.1.1, DampPeerOscillations) */
	mono penalty_until, refuse_until;        /* no connect, no accept before */
	struct bucket errors;            /* sessions that ended with one: below its rate the peer's own calls are always taken */
	mono barred_until;               /* neither before, whoever pardons (peers_bar) */
	enum bgp_state shown;            /* the state that out->state told last */
	struct session_counters count;
	uint32_t remote_asn, flaps;
	enum bgp_event end;              /* peer_view */
	uint8_t end_code, end_subcode;
	struct in_addr remote_id;
	struct bgp_caps offered;         /* to the peer, in our last OPEN */
	struct bgp_caps caps;            /* the peer's, from its last OPEN */
	bool has_caps, ever;
	mono since;
	const char *fault;
	char last_error[WHY_SIZE + 80];  /* a session's `why` and a hint */
	struct bgp_trouble trouble;      /* what it is about */
	bool connect_error;              /* last_error is about an attempt to connect: obsolete once a session stands */
	void *user;
};

static inline struct session *peer_rival(struct peer *p, const struct session *s)
{
	return s == p->main ? p->other : p->main;
}

int  peer_new(struct peers *all, const struct peer_config *cfg, const struct in6_addr *remote, struct peer **ret);
void peer_free(struct peer *p);
int  peer_configure(struct peer *p, const struct peer_config *cfg, const struct in6_addr *remote, mono now);
void peer_retime(struct peer *p, mono now);      /* the timers of all peers changed */
void peer_stop(struct peer *p, uint8_t cease_subcode, const char *why, mono now);        /* both sessions */
void peer_offer_restart(struct peer *p);         /* its offer follows what is known of restarts */
void peer_pardon(struct peer *p);                /* forgets failures, hold and penalty */
void peer_kick(struct peer *p, mono now);        /* connects now, or as soon as it may */
bgp_conn peer_accept(struct peer *p, mono now);
void peer_trace(void *ctx, const struct session *s, bool in, const uint8_t *p, size_t n);  /* struct session_out; peers.c */
void peer_publish(struct peer *p);               /* out->state, if it changed */
mono peer_next(const struct peer *p);
mono peer_start_due(const struct peer *p);       /* when it connects, if it is Idle */
enum bgp_state peer_state(const struct peer *p); /* of both sessions, the further one's */
void peer_step(struct peer *p, mono now);

#endif
