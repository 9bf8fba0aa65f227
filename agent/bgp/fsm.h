/* agent/bgp/fsm.h: RFC 4271 section 8 as a table of values. Performs nothing: the session does. */
#ifndef WEFT_BGP_FSM_H
#define WEFT_BGP_FSM_H

#include <stdint.h>

enum bgp_state { BGP_IDLE, BGP_CONNECT, BGP_ACTIVE, BGP_OPENSENT, BGP_OPENCONFIRM, BGP_ESTABLISHED, BGP_N_STATES };

enum bgp_event {
	EV_START,                /* peer known (automatic start) */
	EV_START_PASSIVE,        /* wait for the peer's connection (RFC 4271 8.1.2, event 5) */
	EV_STOP,                 /* link down, peer gone, reset, shutdown: says Cease */
	EV_RETRY,                /* ConnectRetryTimer expired, or a fresh RA from the peer */
	EV_TCP_UP,               /* our connect succeeded, or an inbound connection was taken */
	EV_TCP_FAIL,             /* connect refused, reset, closed */
	EV_HOLD,                 /* hold timer expired */
	EV_SEND_HOLD,            /* TCP took nothing for too long (RFC 9687) */
	EV_KEEPALIVE_DUE,
	EV_OPEN,                 /* a good OPEN */
	EV_KEEPALIVE,
	EV_UPDATE,
	EV_REFRESH,
	EV_NOTIFICATION,
	EV_BAD_MESSAGE,          /* decode error: the NOTIFICATION comes with it */
	EV_COLLISION,            /* this connection lost (RFC 4271 6.8) */
	BGP_N_EVENTS,
};

enum {                           /* actions, performed by session.c in this order */
	ACT_SEND_OPEN = 1 << 0,
	ACT_SEND_KEEPALIVE = 1 << 1,
	ACT_START_HOLD = 1 << 2,         /* hold timer with the negotiated time */
	ACT_START_HOLD_LARGE = 1 << 3,   /* RFC 4271 8.2.2: a larger time while in OpenSent, see session.c */
	ACT_START_KEEPALIVE = 1 << 4,
	ACT_CONNECT = 1 << 5,            /* open a TCP connection, start ConnectRetryTimer */
	ACT_WAIT = 1 << 6,               /* start ConnectRetryTimer only */
	ACT_ESTABLISHED = 1 << 7,
	ACT_DELIVER = 1 << 8,            /* hand the UPDATE or ROUTE-REFRESH on */
	ACT_NOTIFY = 1 << 9,             /* send the NOTIFICATION that came with the event */
	ACT_NOTIFY_HOLD = 1 << 10,
	ACT_NOTIFY_FSM = 1 << 11,        /* RFC 6608, subcode by state */
	ACT_NOTIFY_CEASE = 1 << 12,
	ACT_CLOSE = 1 << 13,             /* close TCP, drop what belonged to the session */
	ACT_IGNORE = 1 << 14,
};

struct bgp_step { enum bgp_state next; uint32_t act; };

struct bgp_step fsm_step(enum bgp_state s, enum bgp_event e);    /* pure; a missing cell is an FSM error (RFC 6608) */
const char *bgp_state_str(enum bgp_state s);                     /* "Idle" .. "Established": names of the contract */
const char *bgp_event_str(enum bgp_event e);

#endif
