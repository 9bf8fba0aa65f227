/* agent/bgp/trouble.h: what the words of peer_view.last_error are about, as a value: for whoever has to say what is to be done about it. */
#ifndef WEFT_BGP_TROUBLE_H
#define WEFT_BGP_TROUBLE_H

#include <stdint.h>

enum bgp_trouble_kind {
	TROUBLE_NONE,
	TROUBLE_OTHER,
	TROUBLE_REFUSED,                 /* nobody listens: our SYN was answered with RST */
	TROUBLE_UNANSWERED,              /* it was not answered at all */
	TROUBLE_NO_WAY,                  /* or could not be sent: no route, not permitted */
	TROUBLE_CLOSED,                  /* the connection was closed or reset before anything was said, or in between */
	TROUBLE_NO_OPEN,                 /* it stood, and the peer said nothing */
	TROUBLE_WE_REJECT,               /* we said this NOTIFICATION */
	TROUBLE_PEER_REJECTS,            /* the peer said it */
	TROUBLE_SILENCE,                 /* hold timer: the session's end */
};

struct bgp_trouble {
	enum bgp_trouble_kind kind;
	uint8_t code, subcode;
};

#endif
