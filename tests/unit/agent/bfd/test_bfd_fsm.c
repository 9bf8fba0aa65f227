/* RFC 5880 6.2: the whole machine, state by state. */
#include <criterion/criterion.h>

#include "agent/bfd/bfd_fsm.h"

#define A BFD_ADMIN_DOWN
#define D BFD_DOWN
#define I BFD_INIT
#define U BFD_UP

Test(bfd_fsm, the_machine_of_rfc_5880_section_6_8_6)
{
	/* heard:                                      AdminDown Down Init Up, then silence */
	static const enum bfd_state next[BFD_N_STATES][BFD_N_EVENTS] = {
		[BFD_ADMIN_DOWN] = { A, A, A, A, A }, [BFD_DOWN] = { D, I, U, D, D }, [BFD_INIT] = { D, I, U, U, D }, [BFD_UP] = { D, D, U, U, D },
	};

	for (int s = 0; s < BFD_N_STATES; s++)
		for (int e = 0; e < BFD_N_EVENTS; e++)
			cr_expect_eq(bfd_fsm((enum bfd_state)s, (enum bfd_event)e).next, next[s][e], "%s, event %d",
				     bfd_state_str((enum bfd_state)s), e);
}

Test(bfd_fsm, what_takes_a_session_down_says_why)
{
	cr_expect_eq(bfd_fsm(BFD_UP, BFD_EV_EXPIRED).diag, BFD_DIAG_EXPIRED);
	cr_expect_eq(bfd_fsm(BFD_UP, BFD_EV_DOWN).diag, BFD_DIAG_NEIGHBOR_DOWN);
	cr_expect_eq(bfd_fsm(BFD_UP, BFD_EV_ADMIN_DOWN).diag, BFD_DIAG_NEIGHBOR_DOWN);
	cr_expect_eq(bfd_fsm(BFD_INIT, BFD_EV_EXPIRED).diag, BFD_DIAG_EXPIRED);
}
