/* agent/agent_bmp.h: the BMP collector (RFC 7854): what the rim says of its connection, what is to be written to it, what people are shown. */
#ifndef WEFT_AGENT_BMP_H
#define WEFT_AGENT_BMP_H

#include "agent/agent.h"
#include "agent/bmp/bmp.h"

void agent_bmp_connected(struct agent *a, mono now);
void agent_bmp_closed(struct agent *a, int error, mono now);     /* errno; 0: by the collector; a connect that failed too */
/* What 1970 is before the monotonic clock's zero: messages have times in them. 0, the default: not known. */
void agent_bmp_clock(struct agent *a, int64_t us);
const uint8_t *agent_bmp_pending(const struct agent *a, size_t *ret_n);  /* as agent_tcp_pending */
void agent_bmp_sent(struct agent *a, size_t n, mono now);

struct agent_bmp_view {
	const struct config_bmp *config;
	struct bmp_view session;
	bool complete;                   /* it was told all that there is, and what is new since then */
	size_t peers;                    /* whose sessions it knows of */
};
bool agent_bmp(const struct agent *a, struct agent_bmp_view *ret);       /* false: there is none */

#endif
