#include "agent/bfd/bfd_fsm.h"

#define STAY(state) { state, BFD_DIAG_NONE }

/* RFC 5880 6.8.6. Our own AdminDown is a session's last word: nothing leads out of it. */
static const struct bfd_fsm_step table[BFD_N_STATES][BFD_N_EVENTS] = {
	[BFD_ADMIN_DOWN] = {
		[BFD_EV_ADMIN_DOWN] = STAY(BFD_ADMIN_DOWN),
		[BFD_EV_DOWN]       = STAY(BFD_ADMIN_DOWN),
		[BFD_EV_INIT]       = STAY(BFD_ADMIN_DOWN),
		[BFD_EV_UP]         = STAY(BFD_ADMIN_DOWN),
		[BFD_EV_EXPIRED]    = STAY(BFD_ADMIN_DOWN),
	},
	[BFD_DOWN] = {
		[BFD_EV_ADMIN_DOWN] = STAY(BFD_DOWN),
		[BFD_EV_DOWN]       = { BFD_INIT, BFD_DIAG_NONE },
		[BFD_EV_INIT]       = { BFD_UP, BFD_DIAG_NONE },
		[BFD_EV_UP]         = STAY(BFD_DOWN),            /* it has yet to see that we went down */
		[BFD_EV_EXPIRED]    = STAY(BFD_DOWN),
	},
	[BFD_INIT] = {
		[BFD_EV_ADMIN_DOWN] = { BFD_DOWN, BFD_DIAG_NEIGHBOR_DOWN },
		[BFD_EV_DOWN]       = STAY(BFD_INIT),
		[BFD_EV_INIT]       = { BFD_UP, BFD_DIAG_NONE },
		[BFD_EV_UP]         = { BFD_UP, BFD_DIAG_NONE },
		[BFD_EV_EXPIRED]    = { BFD_DOWN, BFD_DIAG_EXPIRED },
	},
	[BFD_UP] = {
		[BFD_EV_ADMIN_DOWN] = { BFD_DOWN, BFD_DIAG_NEIGHBOR_DOWN },
		[BFD_EV_DOWN]       = { BFD_DOWN, BFD_DIAG_NEIGHBOR_DOWN },
		[BFD_EV_INIT]       = STAY(BFD_UP),
		[BFD_EV_UP]         = STAY(BFD_UP),
		[BFD_EV_EXPIRED]    = { BFD_DOWN, BFD_DIAG_EXPIRED },
	},
};

struct bfd_fsm_step bfd_fsm(enum bfd_state s, enum bfd_event e)
{
	return table[s][e];
}
