/* agent/bgp/notify.h: subcodes of NOTIFICATIONs that the decoder gives (RFC 4271 6.1-6.3; the codes are in msg.h). Private to the codec. */
#ifndef WEFT_BGP_NOTIFY_H
#define WEFT_BGP_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/bgp/msg.h"

enum { HEADER_NOT_SYNCHRONIZED = 1, HEADER_BAD_LENGTH = 2, HEADER_BAD_TYPE = 3 };
enum {
	OPEN_UNSPECIFIC = 0, OPEN_BAD_VERSION = 1, OPEN_BAD_PEER_AS = 2, OPEN_BAD_ID = 3, OPEN_BAD_PARAMETER = 4, OPEN_BAD_HOLD_TIME = 6,
	OPEN_ROLE_MISMATCH = 11,         /* RFC 9234 4.2 */
};
enum {
	UPDATE_MALFORMED_LIST = 1, UPDATE_UNKNOWN_WELL_KNOWN = 2, UPDATE_OPTIONAL_ERROR = 9, UPDATE_BAD_NETWORK = 10,
};
enum { REFRESH_BAD_LENGTH = 1 };
enum { FSM_IN_OPENSENT = 1, FSM_IN_OPENCONFIRM = 2, FSM_IN_ESTABLISHED = 3 };         /* RFC 6608 3 */

/* Is it one that weft says itself? README.md has the same list; the tests make each of them out of real bytes, and say of no other. */
bool notify_is_ours(uint8_t code, uint8_t subcode);

/* Fills *err (no data) and returns -EBADMSG. */
int bgp_fail(struct bgp_err *err, uint8_t code, uint8_t subcode, size_t at, const char *what);
/* Adds the NOTIFICATION's data, cut to what *err holds; returns -EBADMSG too. */
int bgp_fail_data(struct bgp_err *err, const void *data, size_t n);

#endif
