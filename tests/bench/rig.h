/* tests/bench/rig.h: the packets of the rig, and what is done to links while they flow. */
#ifndef WEFT_BENCH_RIG_H
#define WEFT_BENCH_RIG_H

#include <netinet/in.h>
#include <stdint.h>

/* A socket in a network namespace ("/run/netns/NS"). Negative errno. */
int rig_socket(const char *ns, int domain, int type, int protocol);

struct flows;

struct flows_config {
	const char *sender, *receiver;   /* namespaces */
	struct in_addr to;               /* an address of the receiver */
	unsigned rate;                   /* packets a second over all flows */
	unsigned flows;                  /* UDP flows: they differ by their source port; packet i belongs to flow i % flows */
	unsigned tick_us;                /* the sender wakes so often, and sends what is due: the more seldom, the less it costs */
};

struct flows_report {                    /* of all packets sent between two moments */
	uint64_t sent, lost, duplicated, reordered;
	uint64_t refused;                /* by the sender's own kernel; lost too */
	unsigned flows_hit, worst;       /* flows that lost something; lost packets of the worst */
	int64_t first_lost, last_lost;   /* when they were sent, clock_us; 0: none */
	int64_t late_us;                 /* the latest any packet left after its time */
};

int  flows_new(struct flows **ret, const struct flows_config *cfg);      /* they flow from here on */
void flows_free(struct flows *f);
void flows_mark(struct flows *f);        /* a report begins here */
void flows_report(struct flows *f, struct flows_report *ret);    /* up to now; waits until what was sent has had its time to arrive */

int link_set(int fd, const char *link, int up);          /* fd: any socket of its namespace */
/* The link, carrier and all, stays up, but of what it receives `percent` are dropped, in silence. 0: it works again. */
int link_drop(const char *ns, const char *link, unsigned percent);

#endif
