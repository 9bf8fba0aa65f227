/* One struct peers alone, with hand-made messages from the other side: what it asked for is recorded here. */
#ifndef TEST_BGP_SOLO_H
#define TEST_BGP_SOLO_H

#include "agent/bgp/peers.h"

#define LINK 7
#define OUR_AS 65001
#define PEER_AS 65002

struct solo {
	struct peers *peers;
	mono now;
	bgp_conn connect, closed;        /* the last of each; 0: none since solo_clear */
	unsigned n_connect, n_closed, n_established, n_down, n_update, n_refresh, n_state;
	enum bgp_refresh_kind refresh_kind;      /* the last one's */
	uint8_t withdrawn;               /* length of the last UPDATE's withdrawn field */
	uint8_t said[2];                 /* the last NOTIFICATION that we sent on any connection, {0, 0}: none */
	uint8_t said_whole[BGP_MAX_LEN];         /* the same, all its bytes */
	size_t n_said;
	unsigned sent[6];                /* messages seen by solo_drain, by type */
	struct peer_config link;
	const char *unwelcome;           /* why an OPEN is not; NULL: it is */
	struct in6_addr remote;
};

struct solo *solo_new(const char *router_id);
void solo_free(struct solo *s);
void solo_set(struct solo *s);                                   /* peers_set with s->link, s->remote */
void solo_input(struct solo *s, bgp_conn conn, const void *p, size_t n);
void solo_open(struct solo *s, bgp_conn conn, uint32_t asn, const char *id);     /* the peer's OPEN: all capabilities, hold 9 */
void solo_put_open(struct wr *w, uint32_t asn, const char *id);
void solo_keepalive(struct solo *s, bgp_conn conn);
void solo_notification(struct solo *s, bgp_conn conn, uint8_t code, uint8_t subcode);
void solo_drain(struct solo *s, bgp_conn conn);                  /* takes what is pending, counts it */
void solo_close_mine(struct solo *s);                            /* what the caller owes after out->close */
bgp_conn solo_establish(struct solo *s);                         /* peers_set, connect, OPEN, KEEPALIVE */
void solo_until(struct solo *s, int64_t ms);                     /* time passes, every timer at its deadline */
struct peer_view solo_view(const struct solo *s);

#endif
