#include <criterion/criterion.h>

#include "agent/bgp/fsm.h"

#define NONE { BGP_N_STATES, 0 }         /* not in the table: an FSM error */
#define IGN(s) { s, ACT_IGNORE }
#define OVER(act) { BGP_IDLE, (act) | ACT_CLOSE }

/* RFC 4271 8.2.2, written a second time: a line per event, a column per state from Idle to Established. */
static const struct bgp_step want[BGP_N_EVENTS][BGP_N_STATES] = {
	[EV_START] = { { BGP_CONNECT, ACT_CONNECT }, IGN(BGP_CONNECT), IGN(BGP_ACTIVE), IGN(BGP_OPENSENT), IGN(BGP_OPENCONFIRM), IGN(BGP_ESTABLISHED) },
	[EV_START_PASSIVE] = { { BGP_ACTIVE, ACT_WAIT }, IGN(BGP_CONNECT), IGN(BGP_ACTIVE), IGN(BGP_OPENSENT), IGN(BGP_OPENCONFIRM), IGN(BGP_ESTABLISHED) },
	[EV_STOP] = { IGN(BGP_IDLE), OVER(0), OVER(0), OVER(ACT_NOTIFY_CEASE), OVER(ACT_NOTIFY_CEASE), OVER(ACT_NOTIFY_CEASE) },
	[EV_RETRY] = { IGN(BGP_IDLE), { BGP_CONNECT, ACT_CONNECT }, { BGP_CONNECT, ACT_CONNECT }, NONE, NONE, NONE },
	[EV_TCP_UP] = { IGN(BGP_IDLE), { BGP_OPENSENT, ACT_SEND_OPEN | ACT_START_HOLD_LARGE },
			{ BGP_OPENSENT, ACT_SEND_OPEN | ACT_START_HOLD_LARGE }, NONE, NONE, NONE },
	[EV_TCP_FAIL] = { IGN(BGP_IDLE), { BGP_ACTIVE, ACT_WAIT }, { BGP_ACTIVE, ACT_WAIT }, { BGP_ACTIVE, ACT_CLOSE | ACT_WAIT }, OVER(0), OVER(0) },
	[EV_HOLD] = { IGN(BGP_IDLE), NONE, NONE, OVER(ACT_NOTIFY_HOLD), OVER(ACT_NOTIFY_HOLD), OVER(ACT_NOTIFY_HOLD) },
	[EV_SEND_HOLD] = { IGN(BGP_IDLE), NONE, NONE, NONE, OVER(ACT_NOTIFY), OVER(ACT_NOTIFY) },
	[EV_KEEPALIVE_DUE] = { IGN(BGP_IDLE), NONE, NONE, NONE, { BGP_OPENCONFIRM, ACT_SEND_KEEPALIVE | ACT_START_KEEPALIVE },
			       { BGP_ESTABLISHED, ACT_SEND_KEEPALIVE | ACT_START_KEEPALIVE } },
	[EV_OPEN] = { IGN(BGP_IDLE), NONE, NONE, { BGP_OPENCONFIRM, ACT_SEND_KEEPALIVE | ACT_START_HOLD | ACT_START_KEEPALIVE }, NONE, NONE },
	[EV_KEEPALIVE] = { IGN(BGP_IDLE), NONE, NONE, NONE, { BGP_ESTABLISHED, ACT_START_HOLD | ACT_ESTABLISHED }, { BGP_ESTABLISHED, ACT_START_HOLD } },
	[EV_UPDATE] = { IGN(BGP_IDLE), NONE, NONE, NONE, NONE, { BGP_ESTABLISHED, ACT_START_HOLD | ACT_DELIVER } },
	[EV_REFRESH] = { IGN(BGP_IDLE), NONE, NONE, NONE, NONE, { BGP_ESTABLISHED, ACT_START_HOLD | ACT_DELIVER } },
	[EV_NOTIFICATION] = { IGN(BGP_IDLE), NONE, NONE, OVER(0), OVER(0), OVER(0) },
	[EV_BAD_MESSAGE] = { IGN(BGP_IDLE), NONE, NONE, OVER(ACT_NOTIFY), OVER(ACT_NOTIFY), OVER(ACT_NOTIFY) },
	[EV_COLLISION] = { IGN(BGP_IDLE), OVER(0), OVER(0), OVER(ACT_NOTIFY_CEASE), OVER(ACT_NOTIFY_CEASE), OVER(ACT_NOTIFY_CEASE) },
};

Test(fsm, every_cell_is_what_the_rfc_says_and_a_missing_one_is_an_fsm_error)
{
	for (int e = 0; e < BGP_N_EVENTS; e++) {
		for (int s = 0; s < BGP_N_STATES; s++) {
			struct bgp_step got = fsm_step(s, e), w = want[e][s];

			if (w.next == BGP_N_STATES)
				w = (struct bgp_step){ BGP_IDLE, ACT_NOTIFY_FSM | ACT_CLOSE };
			cr_expect_eq(got.next, w.next, "%s in %s goes to %s", bgp_event_str(e), bgp_state_str(s), bgp_state_str(got.next));
			cr_expect_eq(got.act, w.act, "%s in %s does %#x", bgp_event_str(e), bgp_state_str(s), got.act);
		}
	}
}

Test(fsm, names_are_those_of_the_contract)
{
	static const char *const names[] = { "Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established" };

	for (int s = 0; s < BGP_N_STATES; s++)
		cr_expect_str_eq(bgp_state_str(s), names[s]);
	for (int e = 0; e < BGP_N_EVENTS; e++)
		cr_expect_not_null(bgp_event_str(e));
}
