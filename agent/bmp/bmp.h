/* agent/bmp/bmp.h: the connection to a collector: when it is opened again, and what waits to be written to it, which is bounded. What is said there
 * is the wiring's (agent/agent_bmp.c).
 *
 *   IDLE ──retry time──▶ CONNECTING ──bmp_connected──▶ UP ──closed, overflow, nothing read for STALL──▶ IDLE */
#ifndef WEFT_BMP_BMP_H
#define WEFT_BMP_BMP_H

#include "agent/base/mono.h"
#include "agent/base/sendq.h"

#define BMP_QUEUE_MAX (8 * 1024 * 1024)  /* bytes; what would be more ends the session */
#define BMP_QUEUE_LOW (256 * 1024)       /* tables are told on only below this */
#define BMP_STALL_S 60                   /* for so long TCP may take nothing of what waits */

enum bmp_state { BMP_IDLE, BMP_CONNECTING, BMP_UP };
const char *bmp_state_str(enum bmp_state state);         /* "idle", "connecting", "up" */

struct bmp_out {
	int (*connect)(void *ctx);       /* 0: bmp_connected or bmp_closed follows; or -errno */
	void (*close)(void *ctx);        /* what is queued may be written first, as far as TCP takes it at once */
	void *ctx;
};

struct bmp_view {
	enum bmp_state state;
	mono since;                      /* of the state UP, or of its end */
	mono retry_at;                   /* MONO_NEVER unless IDLE */
	size_t queued, queued_most;      /* bytes; the second ever */
	uint64_t messages, bytes;        /* put into the queue, ever */
	uint64_t sessions, overflows;    /* the second: of these, ended because the collector reads too slowly */
	const char *last_error;          /* "" none */
};

struct bmp {                             /* zeroed, then bmp_init */
	struct bmp_out out;
	struct sendq q;
	struct bmp_view view;
	unsigned failures;               /* in a row */
	bool overflow;                   /* ends in the next step */
	mono stalled_at;                 /* MONO_NEVER: nothing waits */
};

void bmp_init(struct bmp *b, const struct bmp_out *out, mono now);       /* connects in the first step */
void bmp_end(struct bmp *b);                             /* closes; what is queued is forgotten */
void bmp_connected(struct bmp *b, mono now);
void bmp_closed(struct bmp *b, int error, mono now);     /* errno; 0: by the collector */
/* A whole message. Not UP, or over the bound: it is not kept; the latter ends the session in the next step. */
void bmp_put(struct bmp *b, const void *p, size_t n, mono now);
bool bmp_wants(const struct bmp *b);                     /* UP, and room for more of a table */
const uint8_t *bmp_pending(const struct bmp *b, size_t *ret_n);
void bmp_sent(struct bmp *b, size_t n, mono now);
/* Timers that are due. True: the session was ended here, because the collector does not keep up. */
bool bmp_step(struct bmp *b, mono now);
mono bmp_next(const struct bmp *b);

#endif
