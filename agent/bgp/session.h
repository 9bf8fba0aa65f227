/* agent/bgp/session.h: the machine of one TCP connection (RFC 4271 section 8). Private to agent/bgp.
 *
 * Its state is changed by session_event alone; fsm.c says to what, session.c performs the actions. What only its peer can decide (is this
 * OPEN welcome, does the other connection win) it asks through struct session_out. */
#ifndef WEFT_BGP_SESSION_H
#define WEFT_BGP_SESSION_H

#include "agent/base/mono.h"
#include "agent/bgp/conns.h"
#include "agent/bgp/fsm.h"
#include "agent/bgp/kept.h"
#include "agent/bgp/msg.h"
#include "agent/bgp/notes.h"
#include "agent/bgp/trouble.h"

#define WHY_SIZE 448                     /* the name of a NOTIFICATION, and its words (RFC 9003), uncut */

struct session;

struct session_out {
	int  (*connect)(void *ctx, struct session *s);           /* opens a connection: sets s->conn */
	void (*close)(void *ctx, struct conn *conn);             /* over; conn->session is NULL already */
	/* EV_OPEN: welcome. EV_BAD_MESSAGE: refused, *err and session_say filled. EV_COLLISION: the other connection stays. */
	enum bgp_event (*judge)(void *ctx, struct session *s, const struct bgp_open *open, struct bgp_err *err, mono now);
	mono (*waits)(void *ctx, struct session *s, const struct bgp_open *open);        /* leave it unread until then; in the past: do not */
	void (*moved)(void *ctx, struct session *s, enum bgp_state was, mono now);       /* the state changed */
	void (*update)(void *ctx, const struct bgp_update *update);
	void (*refresh)(void *ctx, uint8_t family, enum bgp_refresh_kind kind);
	void (*trace)(void *ctx, const struct session *s, bool in, const uint8_t *p, size_t n);  /* whole messages */
};

struct session_config {                  /* one for all sessions */
	struct bgp_open offer;           /* our OPEN */
	uint16_t keepalive, connect_retry;       /* seconds */
	bool own_v4;                     /* IPv4 without RFC 8950 too: both ends have IPv4 addresses */
};

struct session_counters {                /* of the peer; struct peer_view */
	uint64_t received[6], sent[6], errors;
	struct bgp_notes notes;
};

enum session_silence { SILENCE_NONE, SILENCE_CONNECT, SILENCE_OPEN };     /* no answer to a SYN; not a byte on a connection */
enum session_end { END_NONE, END_PLAIN, END_ERROR, END_COLLISION, END_STOPPED };

struct session {
	const struct session_config *cfg;        /* this and the next four: set once by the owner */
	const struct session_out *out;
	void *ctx;
	struct session_counters *count;
	struct bgp_caps *offered;        /* what the last OPEN said */
	uint32_t seed;                   /* of the jitter */
	enum bgp_state state;
	bool passive;                    /* the peer opened the connection */
	struct conn *conn;               /* NULL: none */
	struct bgp_ctx bgp;              /* negotiated; valid from OpenConfirm on, as the next three */
	struct bgp_caps caps;            /* the peer's */
	struct in_addr remote_id;
	uint16_t hold, keepalive;        /* seconds, 0: no timer */
	mono retry_at, hold_at, keepalive_at, send_hold_at;      /* RFC 4271 8.1.3, RFC 9687 */
	mono read_at;                    /* when the OPEN that waits is read; MONO_NEVER: none waits */
	mono connect_at;                 /* when it last tried */
	uint8_t failed;                  /* connections that came to nothing since the peer last spoke; no more than it takes to reach connect_retry */
	mono accepted_at;                /* when the peer's connection came, if passive */
	bool overflow;                   /* a message did not fit the queue: the next step ends the session */
	enum session_end end;            /* why it left the state before: for the peer's retry policy */
	enum session_silence silence;    /* `why` is that nothing came: the same for as long */
	enum bgp_event end_event;        /* the same for others: what ended it, and what a NOTIFICATION of the peer said */
	uint8_t end_code, end_subcode;
	char why[WHY_SIZE];              /* the same in words, "" nothing to tell */
	struct bgp_trouble trouble;      /* and what these are about */
	struct kept kept;                /* of its present connection, or its last one */
};

void session_init(struct session *s);    /* Idle; after the owner has set its fields */
/* The one function that changes s->state. err: the NOTIFICATION to send if the event ends the session; NULL: none. Returns the actions. */
uint32_t session_event(struct session *s, enum bgp_event e, const struct bgp_err *err, mono now);
void session_say(struct session *s, struct bgp_trouble about, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

void session_stop(struct session *s, uint8_t cease_subcode, const char *why, mono now);   /* subcode 0: without a word to the peer */
void session_accepted(struct session *s, struct conn *conn, mono now);           /* from Idle: the peer's connection is this one's */
void session_tcp_failed(struct session *s, int error, mono now);                 /* the caller closed s->conn already */
void session_stalled(struct session *s, mono now);                               /* what is sent does not arrive, though the peer is heard */
void session_input(struct conn *c, const uint8_t *p, size_t n, mono now);
void session_read(struct session *s, mono now);                                  /* the OPEN that waits, and what came behind it */
void session_sent(struct session *s, mono now);                                  /* TCP took some bytes of the queue */
int  session_send(struct session *s, const void *p, size_t n, unsigned count, mono now);         /* whole messages */
/* RFC 4271 4.4: a third of the hold time, or what is configured if that is less. */
void session_pace(struct session *s);
void session_retime(struct session *s, mono now);        /* it may be configured otherwise now */
mono session_next(const struct session *s);
void session_step(struct session *s, mono now);
/* RFC 4271 10: 75 to 100 % of a time. Nothing here is random: the peer's place and the moment decide. */
mono session_jitter(const struct session *s, mono now, int64_t ms);

#endif
