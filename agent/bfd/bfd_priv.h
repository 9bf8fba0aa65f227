/* agent/bfd/bfd_priv.h: what bfd.c (all sessions) and bfd_session.c (one of them) share. Nobody else includes it. */
#ifndef WEFT_BFD_PRIV_H
#define WEFT_BFD_PRIV_H

#include "agent/base/idx.h"
#include "agent/bfd/bfd.h"
#include "agent/bfd/bfd_loss.h"

struct bfd_session {
	struct bfd_peer peer;
	struct bfd_view v;               /* the state itself: what is shown is what is used */
	uint32_t slot;
	uint32_t desired_tx, required_rx;        /* as we say */
	uint32_t used_tx, used_rx;       /* as we do: behind what we say until a poll sequence has ended (RFC 5880 6.8.3) */
	bool polling, poll_again;        /* poll_again: what we say changed while one was under way */
	bool remote_demand;
	mono sent_at, tx_at;             /* the last periodic packet, the next */
	struct bfd_loss loss;
	mono heard_at, detect_at;        /* the last good packet; when it will have been too long ago */
	bool news;
	mono due;                        /* its place in the heap: not later than bfds_next */
	uint32_t at;                     /* index in the heap */
};

struct bfd {
	struct bfd_out out;
	uint64_t random;
	uint32_t seed;
	struct bfd_session **slots;      /* by slot; NULL: free */
	uint32_t n_slots;                /* every slot in use is below it */
	uint32_t free_hint;              /* none below it is free */
	struct idx by_place;             /* (ifindex, remote) → slot */
	struct bfd_session **heap;       /* the one that is due first at 0 */
	uint32_t n, room;
	uint32_t n_news, news_at;        /* how many sessions have any; where bfd_news looks next */
	struct bfd_stats stats;
};

uint32_t bfd_random(struct bfd *b);

/* bfd_session.c */
void bfds_start(struct bfd *b, struct bfd_session *s, mono now);
void bfds_retime(struct bfd *b, struct bfd_session *s, mono now);        /* the peer's interval or multiplier changed */
void bfds_input(struct bfd *b, struct bfd_session *s, const struct bfd_msg *m, mono now);
void bfds_step(struct bfd *b, struct bfd_session *s, mono now);
void bfds_farewell(struct bfd *b, struct bfd_session *s);
/* Something is to be done when this is BFD_EARLY_US away: that puts packets and deaths on one scale. */
mono bfds_next(const struct bfd_session *s);

#endif
