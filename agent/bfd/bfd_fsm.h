/* agent/bfd/bfd_fsm.h: RFC 5880 6.8.6 and 6.2 as a table of values. Private to this folder. */
#ifndef WEFT_BFD_FSM_H
#define WEFT_BFD_FSM_H

#include "agent/bfd/bfd_msg.h"

enum bfd_event {                         /* the first ones: a packet came with that state */
	BFD_EV_ADMIN_DOWN = BFD_ADMIN_DOWN, BFD_EV_DOWN = BFD_DOWN, BFD_EV_INIT = BFD_INIT, BFD_EV_UP = BFD_UP,
	BFD_EV_EXPIRED,                  /* nothing came for the detection time */
	BFD_N_EVENTS,
};

struct bfd_fsm_step { enum bfd_state next; enum bfd_diag diag; };        /* diag: of a change to Down */

struct bfd_fsm_step bfd_fsm(enum bfd_state s, enum bfd_event e);

#endif
