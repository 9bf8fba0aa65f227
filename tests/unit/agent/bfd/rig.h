/* Two ends of a link with a session each, joined by a wire that takes 1 ms; or one end and a peer whose packets a test makes by hand. */
#ifndef TEST_BFD_RIG_H
#define TEST_BFD_RIG_H

#include "agent/bfd/bfd.h"

#define LINK 7
#define KEY 70                           /* of the session of either end */
#define SENT_MAX 4096

struct rig_sent { mono at; struct bfd_msg m; };

struct rig {
	struct bfd *end[2];              /* end[1] NULL: the peer is hand-made */
	struct rig_end { struct rig *rig; int me; bool cut; size_t n; struct rig_sent sent[SENT_MAX]; } side[2];      /* cut: what it sends is lost */
	struct { mono at; int to; uint8_t p[BFD_MSG_LEN]; } wire[256];
	size_t n_wire;
	mono now;
	int send_error;
	uint32_t discr;                  /* of end 0 */
	struct bfd_msg peer;             /* solo: what rig_hear says; my discriminator 99, 50 ms both ways, multiplier 3 */
};

struct in6_addr rig_addr(int end);       /* fe80::a, fe80::b */
struct bfd_peer rig_peer(int end, uint32_t interval_ms, uint8_t multiplier);
struct rig *rig_pair(uint32_t ms0, uint8_t mult0, uint32_t ms1, uint8_t mult1);
struct rig *rig_solo(uint32_t ms, uint8_t multiplier);
void rig_free(struct rig *r);
void rig_wait(struct rig *r, int64_t ms);
enum bfd_bad rig_hear(struct rig *r, enum bfd_state state);      /* r->peer with this state reaches end 0 now; your: end 0's discriminator */
void rig_up(struct rig *r);              /* solo: to Up, polls answered */
struct bfd_view rig_view(struct rig *r, int end);        /* as last told */
const struct rig_sent *rig_last(const struct rig *r, int end);
void rig_forget(struct rig *r);          /* what was sent so far */

#endif
