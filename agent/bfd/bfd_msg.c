#include "agent/bfd/bfd_msg.h"

#include "agent/base/own.h"
#include "agent/base/rd.h"
#include "agent/base/wr.h"

#define VERSION 1
#define AUTH_LEN 2                       /* the least authentication section: type and length */

enum { FLAG_POLL = 0x20, FLAG_FINAL = 0x10, FLAG_INDEPENDENT = 0x08, FLAG_AUTH = 0x04, FLAG_DEMAND = 0x02, FLAG_MULTIPOINT = 0x01 };

/* The checks of RFC 5880 6.8.6 that need no session, in its order. */
enum bfd_bad bfd_decode(const void *p, size_t n, struct bfd_msg *ret)
{
	struct rd r = rd_of(p, n);
	uint8_t version = rd_u8(&r), flags = rd_u8(&r), multiplier = rd_u8(&r), length = rd_u8(&r);
	struct bfd_msg m = {
		.diag = version & 0x1f, .state = flags >> 6, .poll = flags & FLAG_POLL, .final = flags & FLAG_FINAL,
		.independent = flags & FLAG_INDEPENDENT, .auth = flags & FLAG_AUTH, .demand = flags & FLAG_DEMAND,
		.multipoint = flags & FLAG_MULTIPOINT, .multiplier = multiplier,
	};

	m.my = rd_u32(&r);
	m.your = rd_u32(&r);
	m.desired_tx = rd_u32(&r);
	m.required_rx = rd_u32(&r);
	m.required_echo_rx = rd_u32(&r);
	if (n > 0 && version >> 5 != VERSION)
		return BFD_BAD_VERSION;
	if (n >= 4 && length < BFD_MSG_LEN + (m.auth ? AUTH_LEN : 0))
		return BFD_BAD_LENGTH;
	if (r.bad || length > n)
		return BFD_BAD_TRUNCATED;
	if (m.multiplier == 0)
		return BFD_BAD_MULTIPLIER;
	if (m.multipoint)
		return BFD_BAD_MULTIPOINT;
	if (m.my == 0)
		return BFD_BAD_MY_DISCRIMINATOR;
	*ret = m;
	return BFD_OK;
}

void bfd_encode(const struct bfd_msg *m, uint8_t buf[BFD_MSG_LEN])
{
	struct wr w = wr_of(buf, BFD_MSG_LEN);

	wr_u8(&w, (uint8_t)(VERSION << 5 | (m->diag & 0x1f)));
	wr_u8(&w, (uint8_t)(m->state << 6 | (m->poll ? FLAG_POLL : 0) | (m->final ? FLAG_FINAL : 0) | (m->independent ? FLAG_INDEPENDENT : 0) |
			    (m->demand ? FLAG_DEMAND : 0)));
	wr_u8(&w, m->multiplier);
	wr_u8(&w, BFD_MSG_LEN);
	wr_u32(&w, m->my);
	wr_u32(&w, m->your);
	wr_u32(&w, m->desired_tx);
	wr_u32(&w, m->required_rx);
	wr_u32(&w, m->required_echo_rx);
}

const char *bfd_state_str(enum bfd_state state)
{
	static const char *const names[BFD_N_STATES] = {
		[BFD_ADMIN_DOWN] = "AdminDown", [BFD_DOWN] = "Down", [BFD_INIT] = "Init", [BFD_UP] = "Up",
	};

	return names[state];
}

const char *bfd_diag_str(uint8_t diag)
{
	static const char *const names[BFD_N_DIAGS] = {
		[BFD_DIAG_NONE] = "",
		[BFD_DIAG_EXPIRED] = "Control Detection Time Expired",
		[BFD_DIAG_ECHO_FAILED] = "Echo Function Failed",
		[BFD_DIAG_NEIGHBOR_DOWN] = "Neighbor Signaled Session Down",
		[BFD_DIAG_FORWARDING_RESET] = "Forwarding Plane Reset",
		[BFD_DIAG_PATH_DOWN] = "Path Down",
		[BFD_DIAG_CONCATENATED_DOWN] = "Concatenated Path Down",
		[BFD_DIAG_ADMIN_DOWN] = "Administratively Down",
		[BFD_DIAG_REVERSE_CONCATENATED_DOWN] = "Reverse Concatenated Path Down",
	};

	return diag < BFD_N_DIAGS ? names[diag] : "unknown diagnostic";
}

const char *bfd_bad_str(enum bfd_bad bad)
{
	static const char *const names[BFD_N_BAD] = {
		[BFD_OK] = "ok", [BFD_BAD_TTL] = "hop_limit", [BFD_BAD_VERSION] = "version", [BFD_BAD_LENGTH] = "length",
		[BFD_BAD_TRUNCATED] = "truncated", [BFD_BAD_MULTIPLIER] = "multiplier", [BFD_BAD_MULTIPOINT] = "multipoint",
		[BFD_BAD_MY_DISCRIMINATOR] = "my_discriminator", [BFD_BAD_YOUR_DISCRIMINATOR] = "your_discriminator",
		[BFD_BAD_STATE] = "state", [BFD_BAD_NO_SESSION] = "no_session", [BFD_BAD_AUTH] = "authentication",
	};

	return names[bad];
}
