/* tests/bench/peers.h: all peers of the daemon under test in one process, on one clock: those that inject and those that only listen. */
#ifndef WEFT_BENCH_PEERS_H
#define WEFT_BENCH_PEERS_H

#include "tests/bench/routes.h"
#include "tests/bench/speaker.h"

#define PEERS_MAX 128

struct peer {
	char link[16];
	unsigned ifindex;
	uint8_t mac[6];
	struct in6_addr address;         /* link-local */
	bool inject;
	bool calls;                      /* it connects to `called`, and does not wait */
	struct in6_addr called;
	struct routes routes;            /* of an injector */
	struct speaker speaker;
	bool sent_reported;
};

struct peers {
	struct peer peer[PEERS_MAX];
	unsigned n;
	uint32_t routes, per_set;
	bool extended;
	int epoll, listener, ra;
	bool up_reported, eor_reported, full_reported, empty_reported, told_reported;
};

/* peers_link.c: what a peer is on its link. */
int  peer_link(struct peer *peer, const char *link);     /* index, MAC, address; -errno */
int  peer_advertise(int ra, const struct peer *peer);    /* a Router Advertisement */
int  peer_call(const struct peer *peer);                 /* a connected socket, or -errno */
int  peer_cut(const struct peer *peer);                  /* sets the link down */
/* peers_say.c: the lines on stdout, a JSON object each, and the commands on stdin. */
void peers_report(struct peers *peers);                  /* whatever has become true since the last call */
void peers_command(struct peers *peers, char *line);
void peers_down(const struct peer *peer, int error);

#endif
