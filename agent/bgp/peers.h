/* agent/bgp/peers.h: BGP peers, one per fabric link and the numbered ones; their one or two TCP connections (RFC 4271 6.8), timers, queues.
 *
 * Pure: it is told what happened (a peer was found, bytes came, time passed) and says what is to be done through struct peers_out, and
 * through queues that the caller empties. No verb of peers_out may call back into peers. */
#ifndef WEFT_BGP_PEERS_H
#define WEFT_BGP_PEERS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/base/mono.h"
#include "agent/bgp/fsm.h"
#include "agent/bgp/msg.h"
#include "agent/bgp/notes.h"
#include "agent/bgp/trouble.h"

#define PEER_WORDS_MAX 255               /* RFC 9003 2 */

struct peers;
struct peer;
typedef uint32_t bgp_conn;               /* a TCP connection; never 0, never used twice */

struct asn_range { uint32_t first, last; };

struct peers_config {                    /* one for all */
	uint32_t asn;
	struct in_addr router_id;
	char hostname[65];
	uint16_t hold, keepalive, connect_retry;         /* seconds */
	bool ipv6;                       /* offer IPv6 unicast */
	uint16_t restart;                /* seconds of graceful restart (RFC 4724) that peers are to wait for us; 0: we keep nothing over a restart */
	bool long_lived;                 /* offer long-lived graceful restart (RFC 9494) */
	char software[65];               /* name and version to tell them; "" nothing */
};

/* Peers are known by a key: a fabric link's ifindex, or a number from PEER_KEY_NUMBERED on that the wiring gives to a numbered peer. */
#define PEER_KEY_NUMBERED 0x80000000u
#define PEER_KEY_FURTHER 0xc0000000u     /* and from here on to a further router of a fabric link */

struct peer_config {
	uint32_t key;                    /* 0: the ifindex */
	unsigned ifindex;                /* numbered: of the interface through which it is reached, 0: any */
	char link[INET6_ADDRSTRLEN];     /* the link's name, a numbered peer's address, a further router's with its link: for logs */
	char port[16];                   /* the interface's name, to be told to the peer (CAP_PORT); "" nothing */
	bool waits;                      /* never connects by itself: somebody else says who is there, and that he is not to be */
	struct in6_addr local;           /* our address there; numbered: IPv4-mapped for IPv4, :: leaves the choice to the kernel */
	struct peer_numbered {           /* zero for a fabric link */
		bool on;
		bool internal;           /* our own AS is expected at the other end; asn then holds nothing else */
		bool passive;            /* never connects by itself */
		bool unreachable;        /* no interface leads there now: Idle, without a word to anybody */
		bool mp[2];              /* families offered: those for which we have a next hop */
		bool ext_nh;             /* RFC 8950 is offered, and IPv4 with it: the session is over IPv6, on one link */
		uint8_t ttl;             /* of our packets: 1, or how many routers may lie between; 255 with gtsm */
		uint8_t min_ttl;         /* of the peer's packets, with gtsm */
		uint16_t hold, keepalive;        /* seconds */
	} numbered;
	struct asn_range *asn;           /* allowed remote ASNs, borrowed for the call (copied); NULL: any but our own */
	size_t n_asn;
	bool called;                     /* by its own connection it became known: ours waits, it would only collide with it (RFC 4271 6.8) */
	bool gtsm;
	enum role role;                  /* what we are to the peer (RFC 9234); of external ones only */
	bool role_strict;                /* and it has to say what it is */
	const char *password;            /* of TCP MD5, borrowed for the call (copied); NULL: none */
};

struct peers_out {
	void (*connect)(void *ctx, bgp_conn conn, const struct peer_config *cfg, const struct in6_addr *remote);
	void (*close)(void *ctx, bgp_conn conn);         /* what is still queued is sent first if it can be (a NOTIFICATION), but never waited for */
	void (*established)(void *ctx, struct peer *peer);
	void (*down)(void *ctx, struct peer *peer);      /* was Established; why: peer_view.end, last_error */
	void (*update)(void *ctx, struct peer *peer, const struct bgp_update *update);   /* spans borrowed */
	/* REFRESH_BEGIN and REFRESH_END only from a peer that announced RFC 7313. */
	void (*refresh)(void *ctx, struct peer *peer, uint8_t family, enum bgp_refresh_kind kind);
	/* An OPEN that is welcome otherwise: true: not here, with *why in words (Cease/Connection Rejected). NULL: everybody is welcome. */
	bool (*unwelcome)(void *ctx, const struct peer *peer, const struct bgp_caps *caps, char why[PEER_WORDS_MAX + 1]);
	void (*state)(void *ctx, struct peer *peer);     /* the peer's state (peer_view.state) changed: for logs and watch */
	void *ctx;
};

int  peers_new(struct peers **ret, const struct peers_config *cfg, const struct peers_out *out);
/* From now on. What was agreed on in an OPEN is not touched: the next one says it. asn and router_id must be the same. */
void peers_reconfigure(struct peers *peers, const struct peers_config *cfg, mono now);
void peers_free(struct peers *peers);            /* says nothing to anybody: call peers_stop first for a clean end */

/* Says in OPENs from now on whether we are restarting (R bit), and of which families ([0] IPv4, [1] IPv6) our forwarding outlived that (F bits).
 * A peer that has told this process routes before is told so of all families: nothing was lost in between. */
void peers_restarting(struct peers *peers, bool restarting, const bool forwarding[2]);

/* The peer on a link becomes known, or another one (another remote: the old session ends with Cease/Peer De-configured). */
int  peers_set(struct peers *peers, const struct peer_config *cfg, const struct in6_addr *remote, mono now);
/* A fresh RA of the peer: a connect that was refused or reset is tried again at once. */
void peers_hint(struct peers *peers, uint32_t key, mono now);
/* Link gone (say nothing: subcode 0), peer replaced or deconfigured (say Cease with subcode). The peer is forgotten. */
void peers_del(struct peers *peers, uint32_t key, uint8_t cease_subcode, mono now);
/* Ends the session with Cease and starts again. -ENOENT. */
int  peers_reset(struct peers *peers, uint32_t key, uint8_t cease_subcode, const char *why, mono now);
/* No session with the peer before `until`, neither way; an administrative reset or another peer on the link ends that. */
void peers_bar(struct peers *peers, uint32_t key, mono until);
/* No session with the peer, neither way, until it is off again: BFD says that the way there is dead. One that stands is left to peers_reset. */
void peers_block(struct peers *peers, uint32_t key, bool on, mono now);
/* All of them, for good. why: for the peers' operators too. The words of an administrative reset or shutdown are sent (RFC 9003), here and
 * in peers_reset: well-formed UTF-8, at most PEER_WORDS_MAX bytes. */
void peers_stop(struct peers *peers, uint8_t cease_subcode, const char *why, mono now);
/* The session is taken down without a NOTIFICATION being able to reach the peer (carrier lost, BFD). The peer stays known, stays Idle
 * until the next peers_hint or peers_set. */
void peers_lost(struct peers *peers, uint32_t key, const char *why, mono now);

/* TCP. After out->close(conn): send once what peers_pending still returns for it, close the socket, say peers_closed. After peers_closed the
 * number is unknown, and all calls with it do nothing. A connect that fails at once is told with peers_closed too, after out->connect returned.
 * An inbound connection: its number, or 0 when it is refused (unknown peer, one is pending already, the peer's last sessions all ended in
 * errors, no memory): close it then. */
bgp_conn peers_accepted(struct peers *peers, uint32_t key, const struct in6_addr *remote, mono now);
void peers_connected(struct peers *peers, bgp_conn conn, mono now);
void peers_closed(struct peers *peers, bgp_conn conn, int error, mono now);      /* error: errno, 0 for an orderly end; connect failures too */
/* Nothing that is sent on the connection arrives, though the peer is heard: a link with an MTU hole. Ends the session of a fabric link's peer. */
void peers_stalled(struct peers *peers, bgp_conn conn, mono now);
void peers_input(struct peers *peers, bgp_conn conn, const uint8_t *p, size_t n, mono now);

/* Bytes to send, borrowed until the next call with this conn; *ret_n 0 when there are none. Then how many of them TCP took. */
const uint8_t *peers_pending(struct peers *peers, bgp_conn conn, size_t *ret_n);
void peers_sent(struct peers *peers, bgp_conn conn, size_t n, mono now);
/* Connections that have bytes to send, one after the other: start with 0; 0 at the end. */
bgp_conn peers_next_pending(struct peers *peers, bgp_conn after);

mono peers_next(const struct peers *peers);
void peers_step(struct peers *peers, mono now);  /* timers that are due */

/* An Established peer's side of sending routes. */
#define PEER_SEND_LOW (64 * 1024)        /* ask for more routes only below this */
#define PEER_SEND_MAX (8 * 1024 * 1024)  /* never more than this: the session ends with Cease/Out of Resources */
bool peer_wants(const struct peer *peer);        /* Established, and fewer than PEER_SEND_LOW bytes are queued */
/* Appends whole messages of one type that bgp_put_* wrote. count: number of messages. -ENOTCONN: not Established. -ENOBUFS: the session
 * ends, with out->down, in the next peers_step (which is due at once): never under the hands of the caller. */
int  peer_send(struct peer *peer, const void *p, size_t n, unsigned count);
const struct bgp_ctx *peer_ctx(const struct peer *peer);         /* what was negotiated */
/* Of its session, or of its last one: the OPEN, or the NOTIFICATION that was its end, byte for byte; borrowed. p NULL: none. */
struct span peer_said(const struct peer *peer, enum bgp_type type, bool received);
bgp_conn peer_conn(const struct peer *peer);             /* of its session; 0: none */
void peer_set_user(struct peer *peer, void *user);               /* the wiring's own data */
void *peer_user(const struct peer *peer);

/* Every message as it comes and as it is queued; p may be several that are sent together. bgp: what was negotiated, for UPDATEs. Nothing of peers may be
 * called from there but peer_view. NULL, the default: nobody wants to see them. */
typedef void (*peers_trace_fn)(void *ctx, struct peer *peer, bool in, const struct bgp_ctx *bgp, const uint8_t *p, size_t n);
void peers_trace(struct peers *peers, peers_trace_fn fn, void *ctx);

struct peer_view {                       /* everything that can be shown of a peer; strings borrowed */
	uint32_t key;
	unsigned ifindex;                /* 0: numbered, and not on an interface of ours */
	const char *link;
	bool numbered;
	struct in6_addr remote, local;
	enum bgp_state state;            /* the further one of its connections */
	uint32_t remote_asn;             /* 0: not yet known; stays after the session's end */
	struct in_addr remote_id;
	const char *hostname;            /* "" unknown */
	uint16_t hold, keepalive;        /* negotiated, seconds; 0 when there is no session */
	mono since;                      /* of the last entry to or exit from Established */
	bool ever;                       /* since is set */
	uint64_t received[6], sent[6];   /* messages by type (index: enum bgp_type); [0] is the sum */
	enum bgp_event end;              /* what ended the last Established session; valid with flaps > 0 */
	uint8_t end_code, end_subcode;   /* with EV_NOTIFICATION: what it said */
	uint32_t flaps;                  /* sessions that ended */
	mono hold_at, keepalive_at, retry_at;    /* when these timers expire; MONO_NEVER: they do not run */
	const struct bgp_notes *notes;
	size_t received_part;            /* bytes of a message that has not come whole */
	uint64_t errors;                 /* messages that ended a session or were treated as withdraw */
	const struct bgp_caps *caps_sent, *caps_received;        /* NULL: none yet */
	const char *last_error;          /* "" none; in words, with who said it */
	struct bgp_trouble trouble;      /* what these are about */
	const char *fault;               /* "" none; what the peer's configuration keeps from working although it is Established */
	size_t send_queued;              /* bytes */
	bool gtsm;                       /* as configured: for sockets that were accepted, as the next one */
	uint8_t ttl;                     /* 0: as any socket of ours */
	enum role role;                  /* as configured; the peer's: caps_received */
};
void peer_view(const struct peer *peer, struct peer_view *ret);
struct peer *peers_find(const struct peers *peers, uint32_t key);    /* NULL: none */
struct peer *peers_after(const struct peers *peers, const struct peer *peer);    /* walk: NULL starts, NULL ends; by key */

#endif
