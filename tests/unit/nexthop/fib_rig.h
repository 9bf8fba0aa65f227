/* A fib and a fake kernel behind it, for test_fib*.c: wishes go in as text, ops come out as text.
 *
 * "neigh+1 hop+1 hop+2 group+{1,2}=a route+10.0.0.0/24=a": link 1..15 by number, a hop of IPv6 "1/6", one by RTA_VIA "1/via6", a weight "1*3";
 * groups are called a, b, c as they first appear, leftovers "#id"; neighbours of one kind are sorted, the order of kinds is that of the ops. */
#ifndef WEFT_TEST_FIB_RIG_H
#define WEFT_TEST_FIB_RIG_H

#include "tests/unit/nexthop/fib_fake.h"

struct rig {
	struct fib *fib;
	struct fake kernel;
	struct fib_config cfg;
	mono now;
	uint32_t seq;                    /* the last one seen */
	uint32_t groups[26];
	size_t n_groups;
	int refuse[FIB_NEIGH_DEL + 1];   /* an errno for every op of a kind; 0: as the kernel answers */
	size_t refused;                  /* ops with an error, of either sort */
	struct { uint32_t seq; int error; } unacked[4096];
	size_t n_unacked;
	char text[32768];
};

struct rig *rig_new(bool objects, bool via_inet6);
void rig_free(struct rig *r);
void rig_restart(struct rig *r);         /* a new process, by r->cfg: it knows nothing yet (fake_tell) */

struct prefix rig_prefix(const char *s);
struct hop rig_hop(uint32_t ifindex);
void rig_set(struct rig *r, const char *prefix, const char *hops);       /* hops: "1 2*3" */
void rig_del(struct rig *r, const char *prefix);
void rig_neigh(struct rig *r, uint32_t ifindex);
void rig_set_range(struct rig *r, unsigned from, unsigned to, const char *hops);         /* 10.1.0.from/32 .. 10.1.0.to-1/32 */
void rig_link_lost(struct rig *r, uint32_t ifindex, bool admin);         /* in the kernel and told */

const char *rig_take(struct rig *r);     /* takes and executes all ops, answers none */
void rig_ack(struct rig *r);             /* answers everything */
const char *rig_drain(struct rig *r);    /* rig_take, rig_ack */
const char *rig_run(struct rig *r);      /* fib_commit, rig_drain, until there is nothing more: deletions may wait for answers */
const char *rig_in(struct rig *r, int64_t ms);   /* that much later: rig_run */

bool rig_installed(struct rig *r, const char *prefix);
int  rig_error(struct rig *r, const char *prefix);
size_t rig_count(const char *ops, const char *op);       /* how often op is in ops, by its beginning */

#endif
