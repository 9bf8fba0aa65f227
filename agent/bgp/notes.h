/* agent/bgp/notes.h: NOTIFICATIONs of a peer and to it: how many of each code, and the last one each way. 104 bytes for a peer. */
#ifndef WEFT_BGP_NOTES_H
#define WEFT_BGP_NOTES_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/base/mono.h"
#include "agent/bgp/msg.h"

enum { NOTE_RECEIVED, NOTE_SENT };

struct bgp_note {
	mono at;
	uint8_t code, subcode;           /* code 0: there was none */
	bool hard;                       /* inside a Hard Reset (RFC 8538 3) */
};
struct bgp_notes {
	uint32_t count[2][NOTIFY_SEND_HOLD + 1];         /* by code; [0]: of codes that nobody knows */
	struct bgp_note last[2];
};

static inline void notes_take(struct bgp_notes *n, int way, struct bgp_note note)
{
	n->count[way][note.code <= NOTIFY_SEND_HOLD ? note.code : 0]++;
	n->last[way] = note;
}

#endif
