/* RFC 4271 section 8.2.2, one cell per state and event. A cell without an action is not in the table: that is an FSM error. */
#include "agent/bgp/fsm.h"

#include <stddef.h>

#define STAY(state) { state, ACT_IGNORE }
#define END(act)    { BGP_IDLE, (act) | ACT_CLOSE }

static const struct bgp_step table[BGP_N_STATES][BGP_N_EVENTS] = {
	[BGP_IDLE] = {                   /* there is no connection here: whatever comes late is ignored */
		[EV_START]         = { BGP_CONNECT, ACT_CONNECT },
		[EV_START_PASSIVE] = { BGP_ACTIVE, ACT_WAIT },
		[EV_STOP]          = STAY(BGP_IDLE),
		[EV_RETRY]         = STAY(BGP_IDLE),
		[EV_TCP_UP]        = STAY(BGP_IDLE),
		[EV_TCP_FAIL]      = STAY(BGP_IDLE),
		[EV_HOLD]          = STAY(BGP_IDLE),
		[EV_SEND_HOLD]     = STAY(BGP_IDLE),
		[EV_KEEPALIVE_DUE] = STAY(BGP_IDLE),
		[EV_OPEN]          = STAY(BGP_IDLE),
		[EV_KEEPALIVE]     = STAY(BGP_IDLE),
		[EV_UPDATE]        = STAY(BGP_IDLE),
		[EV_REFRESH]       = STAY(BGP_IDLE),
		[EV_NOTIFICATION]  = STAY(BGP_IDLE),
		[EV_BAD_MESSAGE]   = STAY(BGP_IDLE),
		[EV_COLLISION]     = STAY(BGP_IDLE),
	},
	[BGP_CONNECT] = {
		[EV_START]         = STAY(BGP_CONNECT),
		[EV_START_PASSIVE] = STAY(BGP_CONNECT),
		[EV_STOP]          = END(0),
		[EV_RETRY]         = { BGP_CONNECT, ACT_CONNECT },
		[EV_TCP_UP]        = { BGP_OPENSENT, ACT_SEND_OPEN | ACT_START_HOLD_LARGE },
		/* RFC 4271 says Idle, and leaves to the implementation when to start again: that wait is our Active. */
		[EV_TCP_FAIL]      = { BGP_ACTIVE, ACT_WAIT },
		[EV_COLLISION]     = END(0),
	},
	[BGP_ACTIVE] = {
		[EV_START]         = STAY(BGP_ACTIVE),
		[EV_START_PASSIVE] = STAY(BGP_ACTIVE),
		[EV_STOP]          = END(0),
		[EV_RETRY]         = { BGP_CONNECT, ACT_CONNECT },
		[EV_TCP_UP]        = { BGP_OPENSENT, ACT_SEND_OPEN | ACT_START_HOLD_LARGE },
		[EV_TCP_FAIL]      = { BGP_ACTIVE, ACT_WAIT },
		[EV_COLLISION]     = END(0),
	},
	[BGP_OPENSENT] = {
		[EV_START]         = STAY(BGP_OPENSENT),
		[EV_START_PASSIVE] = STAY(BGP_OPENSENT),
		[EV_STOP]          = END(ACT_NOTIFY_CEASE),
		[EV_TCP_FAIL]      = { BGP_ACTIVE, ACT_CLOSE | ACT_WAIT },
		[EV_HOLD]          = END(ACT_NOTIFY_HOLD),
		[EV_OPEN]          = { BGP_OPENCONFIRM, ACT_SEND_KEEPALIVE | ACT_START_HOLD | ACT_START_KEEPALIVE },
		[EV_NOTIFICATION]  = END(0),
		[EV_BAD_MESSAGE]   = END(ACT_NOTIFY),
		[EV_COLLISION]     = END(ACT_NOTIFY_CEASE),
	},
	[BGP_OPENCONFIRM] = {
		[EV_START]         = STAY(BGP_OPENCONFIRM),
		[EV_START_PASSIVE] = STAY(BGP_OPENCONFIRM),
		[EV_STOP]          = END(ACT_NOTIFY_CEASE),
		[EV_TCP_FAIL]      = END(0),
		[EV_HOLD]          = END(ACT_NOTIFY_HOLD),
		[EV_SEND_HOLD]     = END(ACT_NOTIFY),
		[EV_KEEPALIVE_DUE] = { BGP_OPENCONFIRM, ACT_SEND_KEEPALIVE | ACT_START_KEEPALIVE },
		[EV_KEEPALIVE]     = { BGP_ESTABLISHED, ACT_START_HOLD | ACT_ESTABLISHED },
		[EV_NOTIFICATION]  = END(0),
		[EV_BAD_MESSAGE]   = END(ACT_NOTIFY),
		[EV_COLLISION]     = END(ACT_NOTIFY_CEASE),
	},
	[BGP_ESTABLISHED] = {
		[EV_START]         = STAY(BGP_ESTABLISHED),
		[EV_START_PASSIVE] = STAY(BGP_ESTABLISHED),
		[EV_STOP]          = END(ACT_NOTIFY_CEASE),
		[EV_TCP_FAIL]      = END(0),
		[EV_HOLD]          = END(ACT_NOTIFY_HOLD),
		[EV_SEND_HOLD]     = END(ACT_NOTIFY),
		[EV_KEEPALIVE_DUE] = { BGP_ESTABLISHED, ACT_SEND_KEEPALIVE | ACT_START_KEEPALIVE },
		[EV_KEEPALIVE]     = { BGP_ESTABLISHED, ACT_START_HOLD },
		[EV_UPDATE]        = { BGP_ESTABLISHED, ACT_START_HOLD | ACT_DELIVER },
		[EV_REFRESH]       = { BGP_ESTABLISHED, ACT_START_HOLD | ACT_DELIVER },
		[EV_NOTIFICATION]  = END(0),
		[EV_BAD_MESSAGE]   = END(ACT_NOTIFY),
		[EV_COLLISION]     = END(ACT_NOTIFY_CEASE),
	},
};

struct bgp_step fsm_step(enum bgp_state s, enum bgp_event e)
{
	const struct bgp_step *t = &table[s][e];

	return t->act ? *t : (struct bgp_step){ BGP_IDLE, ACT_NOTIFY_FSM | ACT_CLOSE };
}

const char *bgp_state_str(enum bgp_state s)
{
	static const char *const names[BGP_N_STATES] = {
		[BGP_IDLE] = "Idle", [BGP_CONNECT] = "Connect", [BGP_ACTIVE] = "Active",
		[BGP_OPENSENT] = "OpenSent", [BGP_OPENCONFIRM] = "OpenConfirm", [BGP_ESTABLISHED] = "Established",
	};

	return names[s];
}

const char *bgp_event_str(enum bgp_event e)
{
	static const char *const names[BGP_N_EVENTS] = {
		[EV_START] = "start", [EV_START_PASSIVE] = "passive start", [EV_STOP] = "stop", [EV_RETRY] = "connect retry",
		[EV_TCP_UP] = "TCP connected", [EV_TCP_FAIL] = "TCP failed", [EV_HOLD] = "hold timer",
		[EV_SEND_HOLD] = "send hold timer", [EV_KEEPALIVE_DUE] = "keepalive timer", [EV_OPEN] = "OPEN",
		[EV_KEEPALIVE] = "KEEPALIVE", [EV_UPDATE] = "UPDATE", [EV_REFRESH] = "ROUTE-REFRESH",
		[EV_NOTIFICATION] = "NOTIFICATION", [EV_BAD_MESSAGE] = "bad message", [EV_COLLISION] = "collision",
	};

	return names[e];
}
