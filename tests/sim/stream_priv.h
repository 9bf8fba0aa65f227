/* tests/sim/stream_priv.h: a TCP connection, for those who work inside of it: stream.c what happens to it, stream_list.c which there are. */
#ifndef WEFT_SIM_STREAM_PRIV_H
#define WEFT_SIM_STREAM_PRIV_H

#include "tests/sim/coverage.h"
#include "tests/sim/sim.h"

struct stream_end {
	struct stream_end *next;         /* of the node */
	struct stream *stream;
	struct node *node;
	bgp_conn conn;
	bool open;
	size_t in_flight;
	int64_t last_us;
	size_t left;                     /* wire.h */
	uint64_t seq_sent, seq_come;
	struct msg_tap sent, heard;
	unsigned timeouts;               /* of what is next to come here: so often it was lost, */
	int64_t retry_us;                /* then it is sent again */
	int64_t heard_us;                /* the last time that anything came */
	bool closing, abort;             /* the core is done with it; what it has sent does not arrive, so it is not waited for */
};

struct stream {
	struct stream *next;
	struct cable *cable;
	struct stream_end end[2];        /* 0 connected, 1 accepted */
	unsigned pending;                /* events that know this stream */
	unsigned tries;
	bool stranded;                   /* nothing arrives any more: an address is gone, or the cable leads elsewhere */
};

#endif
