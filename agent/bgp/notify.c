#include "agent/bgp/notify.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"

/* IANA, "BGP Error (Notification) Codes" and their subcodes. */
static const char *const header_sub[] = { "Unspecific", "Connection Not Synchronized", "Bad Message Length", "Bad Message Type" };
static const char *const open_sub[] = {
	"Unspecific", "Unsupported Version Number", "Bad Peer AS", "Bad BGP Identifier", "Unsupported Optional Parameter",
	"Authentication Failure", "Unacceptable Hold Time", "Unsupported Capability", [11] = "Role Mismatch",
};
static const char *const update_sub[] = {
	"Unspecific", "Malformed Attribute List", "Unrecognized Well-known Attribute", "Missing Well-known Attribute", "Attribute Flags Error",
	"Attribute Length Error", "Invalid ORIGIN Attribute", "AS Routing Loop", "Invalid NEXT_HOP Attribute", "Optional Attribute Error",
	"Invalid Network Field", "Malformed AS_PATH",
};
static const char *const fsm_sub[] = {                           /* RFC 6608 3 */
	"Unspecified Error", "Receive Unexpected Message in OpenSent State", "Receive Unexpected Message in OpenConfirm State",
	"Receive Unexpected Message in Established State",
};
static const char *const cease_sub[] = {                         /* RFC 4486; 9: RFC 8538, 10: RFC 9384 */
	[CEASE_MAX_PREFIXES] = "Maximum Number of Prefixes Reached",
	[CEASE_ADMIN_SHUTDOWN] = "Administrative Shutdown",
	[CEASE_PEER_DECONFIGURED] = "Peer De-configured",
	[CEASE_ADMIN_RESET] = "Administrative Reset",
	[CEASE_CONNECTION_REJECTED] = "Connection Rejected",
	[CEASE_CONFIG_CHANGE] = "Other Configuration Change",
	[CEASE_COLLISION] = "Connection Collision Resolution",
	[CEASE_OUT_OF_RESOURCES] = "Out of Resources",
	[CEASE_HARD_RESET] = "Hard Reset",
	[CEASE_BFD_DOWN] = "BFD Down",
};
static const char *const refresh_sub[] = { [REFRESH_BAD_LENGTH] = "Invalid Message Length" };    /* RFC 7313 5 */

static const struct { const char *name; const char *const *sub; size_t n_sub; } codes[] = {
	[NOTIFY_HEADER]  = { "Message Header Error",        header_sub,  ARRAY_LEN(header_sub) },
	[NOTIFY_OPEN]    = { "OPEN Message Error",          open_sub,    ARRAY_LEN(open_sub) },
	[NOTIFY_UPDATE]  = { "UPDATE Message Error",        update_sub,  ARRAY_LEN(update_sub) },
	[NOTIFY_HOLD]    = { "Hold Timer Expired",          NULL,        0 },
	[NOTIFY_FSM]     = { "Finite State Machine Error",  fsm_sub,     ARRAY_LEN(fsm_sub) },
	[NOTIFY_CEASE]   = { "Cease",                       cease_sub,   ARRAY_LEN(cease_sub) },
	[NOTIFY_REFRESH] = { "ROUTE-REFRESH Message Error", refresh_sub, ARRAY_LEN(refresh_sub) },
	[NOTIFY_SEND_HOLD] = { "Send Hold Timer Expired",   NULL,        0 },
};

/* Not among them: what RFC 7606 took away (3/3 to 3/6, 3/8, 3/11). */
static const struct { uint8_t code, subcode; } ours[] = {
	{ NOTIFY_HEADER, HEADER_NOT_SYNCHRONIZED }, { NOTIFY_HEADER, HEADER_BAD_LENGTH }, { NOTIFY_HEADER, HEADER_BAD_TYPE },
	{ NOTIFY_OPEN, OPEN_UNSPECIFIC }, { NOTIFY_OPEN, OPEN_BAD_VERSION }, { NOTIFY_OPEN, OPEN_BAD_PEER_AS }, { NOTIFY_OPEN, OPEN_BAD_ID },
	{ NOTIFY_OPEN, OPEN_BAD_PARAMETER }, { NOTIFY_OPEN, OPEN_BAD_HOLD_TIME }, { NOTIFY_OPEN, OPEN_ROLE_MISMATCH },
	{ NOTIFY_UPDATE, UPDATE_MALFORMED_LIST }, { NOTIFY_UPDATE, UPDATE_UNKNOWN_WELL_KNOWN },
	{ NOTIFY_UPDATE, UPDATE_OPTIONAL_ERROR }, { NOTIFY_UPDATE, UPDATE_BAD_NETWORK },
	{ NOTIFY_HOLD, 0 }, { NOTIFY_SEND_HOLD, 0 }, { NOTIFY_REFRESH, REFRESH_BAD_LENGTH },
	{ NOTIFY_FSM, FSM_IN_OPENSENT }, { NOTIFY_FSM, FSM_IN_OPENCONFIRM }, { NOTIFY_FSM, FSM_IN_ESTABLISHED },
	{ NOTIFY_CEASE, CEASE_MAX_PREFIXES }, { NOTIFY_CEASE, CEASE_ADMIN_SHUTDOWN }, { NOTIFY_CEASE, CEASE_PEER_DECONFIGURED },
	{ NOTIFY_CEASE, CEASE_ADMIN_RESET }, { NOTIFY_CEASE, CEASE_CONNECTION_REJECTED }, { NOTIFY_CEASE, CEASE_CONFIG_CHANGE }, { NOTIFY_CEASE, CEASE_COLLISION },
	{ NOTIFY_CEASE, CEASE_OUT_OF_RESOURCES }, { NOTIFY_CEASE, CEASE_HARD_RESET }, { NOTIFY_CEASE, CEASE_BFD_DOWN },
};

bool notify_is_ours(uint8_t code, uint8_t subcode)
{
	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (ours[i].code == code && ours[i].subcode == subcode)
			return true;
	return false;
}

const char *bgp_notification_str(uint8_t code, uint8_t subcode, char *buf, size_t size)
{
	const char *name = code < ARRAY_LEN(codes) ? codes[code].name : NULL;
	const char *sub = name && subcode < codes[code].n_sub ? codes[code].sub[subcode] : NULL;

	if (!name)
		snprintf(buf, size, "code %u/subcode %u", code, subcode);
	else if (sub)
		snprintf(buf, size, "%s/%s", name, sub);
	else if (subcode)
		snprintf(buf, size, "%s/subcode %u", name, subcode);
	else
		snprintf(buf, size, "%s", name);
	return buf;
}

int bgp_fail(struct bgp_err *err, uint8_t code, uint8_t subcode, size_t at, const char *what)
{
	*err = (struct bgp_err){ .code = code, .subcode = subcode, .at = at, .what = what };
	return -EBADMSG;
}

int bgp_fail_data(struct bgp_err *err, const void *data, size_t n)
{
	if (n > sizeof(err->data))
		n = sizeof(err->data);
	memcpy(err->data, data, n);
	err->data_len = (uint16_t)n;
	return -EBADMSG;
}
