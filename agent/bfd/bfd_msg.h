/* agent/bfd/bfd_msg.h: the BFD control packet (RFC 5880 4.1), bytes to value and back. Pure. */
#ifndef WEFT_BFD_MSG_H
#define WEFT_BFD_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BFD_MSG_LEN 24                   /* without an authentication section, which we neither send nor take */

enum bfd_state { BFD_ADMIN_DOWN, BFD_DOWN, BFD_INIT, BFD_UP, BFD_N_STATES };     /* as on the wire */

enum bfd_diag {                          /* RFC 5880 4.1; others may come from the peer */
	BFD_DIAG_NONE = 0, BFD_DIAG_EXPIRED = 1, BFD_DIAG_ECHO_FAILED = 2, BFD_DIAG_NEIGHBOR_DOWN = 3, BFD_DIAG_FORWARDING_RESET = 4,
	BFD_DIAG_PATH_DOWN = 5, BFD_DIAG_CONCATENATED_DOWN = 6, BFD_DIAG_ADMIN_DOWN = 7, BFD_DIAG_REVERSE_CONCATENATED_DOWN = 8, BFD_N_DIAGS,
};

enum bfd_bad {                           /* why a packet is discarded, in the order of the checks; each is counted */
	BFD_OK = 0,
	BFD_BAD_TTL,                     /* RFC 5881 5 */
	BFD_BAD_VERSION, BFD_BAD_LENGTH, BFD_BAD_TRUNCATED, BFD_BAD_MULTIPLIER, BFD_BAD_MULTIPOINT, BFD_BAD_MY_DISCRIMINATOR,    /* RFC 5880 6.8.6 */
	BFD_BAD_YOUR_DISCRIMINATOR,      /* names no session, or one of another link or address */
	BFD_BAD_STATE,                   /* names none although its state says that it knows us */
	BFD_BAD_NO_SESSION,              /* names none, and none is with its sender */
	BFD_BAD_AUTH,                    /* is authenticated, which is not agreed */
	BFD_N_BAD,
};

struct bfd_msg {
	uint8_t diag;
	enum bfd_state state;
	bool poll, final, independent, auth, demand, multipoint;         /* independent: the C bit */
	uint8_t multiplier;
	uint32_t my, your;               /* discriminators */
	uint32_t desired_tx, required_rx, required_echo_rx;              /* microseconds */
};

enum bfd_bad bfd_decode(const void *p, size_t n, struct bfd_msg *ret);
void bfd_encode(const struct bfd_msg *m, uint8_t buf[BFD_MSG_LEN]);

const char *bfd_state_str(enum bfd_state state);         /* "AdminDown", "Down", "Init", "Up" */
const char *bfd_diag_str(uint8_t diag);                  /* in words; "" for none */
const char *bfd_bad_str(enum bfd_bad bad);

#endif
