/* agent/bgp/conns.h: the TCP connections by number: what is queued for each, and the piece of a message that has come so far.
 * Private to agent/bgp. A connection outlives its session: until the caller has said that it is closed, what is queued can be sent. */
#ifndef WEFT_BGP_CONNS_H
#define WEFT_BGP_CONNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/base/sendq.h"
#include "agent/bgp/msg.h"

struct session;

struct conn {
	uint32_t id;
	struct session *session;         /* NULL: over, only what is queued still matters */
	bool up;                         /* TCP is connected */
	bool heard;                      /* at least one byte came */
	bool waited;                     /* rx holds an OPEN, and what came behind it, that waits to be read (session.read_at); or has waited */
	struct sendq q;
	size_t part;                     /* bytes left of the message at the queue's head, when it was sent in part */
	size_t rx_n, rx_want;            /* rx holds rx_n bytes of a message; more are worth looking at when there are rx_want */
	uint8_t *rx_long;                /* instead of rx, while a message is longer (RFC 8654) */
	uint8_t rx[BGP_MAX_LEN];
};

struct conns {                           /* zero is empty */
	struct conn **conn;              /* by number */
	size_t n, size;
	uint32_t last;                   /* number given last */
};

int  conns_add(struct conns *t, struct session *s, struct conn **ret);
void conns_remove(struct conns *t, struct conn *c);              /* frees it */
void conns_clear(struct conns *t);
struct conn *conns_find(const struct conns *t, uint32_t id);     /* NULL: none */
struct conn *conns_next_pending(const struct conns *t, uint32_t after);  /* the first behind this number with bytes to send */

void conn_sent(struct conn *c, size_t n);
uint8_t *conn_rx(struct conn *c);                                /* where rx_want bytes have room; NULL: no memory */
void conn_rx_done(struct conn *c);                               /* the message in it is over */
/* Nothing but the rest of a message that is under way already. */
void conn_cut(struct conn *c);

#endif
