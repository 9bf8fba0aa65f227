/* tests/bench/speaker.h: one BGP session of the benchmark, as little of RFC 4271 as a daemon under test needs to see. It waits to be called,
 * says what it was given in encoded form, and counts what it hears. */
#ifndef WEFT_BENCH_SPEAKER_H
#define WEFT_BENCH_SPEAKER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/bench/seen.h"

struct speaker_config {
	uint32_t asn;
	struct in_addr id;
	uint32_t n;                      /* prefixes of the benchmark */
	bool extended;                   /* RFC 8654 */
};

enum speaker_state { SPEAKER_IDLE, SPEAKER_OPEN_SENT, SPEAKER_OPEN_CONFIRM, SPEAKER_ESTABLISHED };

struct speaker {
	struct speaker_config config;
	int fd;                          /* -1: none */
	enum speaker_state state;
	bool heard_eor;
	const uint8_t *out;              /* what is being said; messages are never torn apart by a KEEPALIVE */
	size_t out_len;
	int64_t out_first, out_last;     /* first byte offered, last byte taken */
	uint8_t small[512];              /* OPEN, KEEPALIVE, End-of-RIB */
	uint8_t *in;
	size_t in_len;
	struct seen seen;
	int64_t heard_first, heard_last; /* UPDATEs with prefixes, since speaker_mark */
	int64_t heard_at, silence;       /* anything at all; the longest time without, since speaker_mark */
};

int  speaker_new(struct speaker *ret, const struct speaker_config *config);
void speaker_free(struct speaker *s);
int  speaker_accept(struct speaker *s, int fd);          /* takes the socket over */
void speaker_say(struct speaker *s, const void *messages, size_t n);     /* borrowed until it is said */
int  speaker_input(struct speaker *s);                   /* the socket is readable. <0: the session is over, fd closed */
int  speaker_output(struct speaker *s);                  /* says what the socket takes. 1: there is more, 0: all said, <0 as above */
int  speaker_keepalive(struct speaker *s);               /* due */
void speaker_mark(struct speaker *s);                    /* counts from here on */

#endif
