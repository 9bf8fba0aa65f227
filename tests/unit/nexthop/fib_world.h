/* Random wishes, a fake kernel, late answers, dying links: one run from a seed. For test_fib_model.c. */
#ifndef WEFT_TEST_FIB_WORLD_H
#define WEFT_TEST_FIB_WORLD_H

#include "tests/unit/nexthop/fib_fake.h"

#define WORLD_LINKS 6                    /* ifindex 1..5 */
#define WORLD_PREFIXES 24                /* every third is IPv6 */
#define WORLD_CLASSES 4                  /* prefixes of a class want the same, as those of one rack do */
#define WORLD_UNACKED 8192
#define WORLD_DEEDS 16

struct world_mode {
	bool objects, via_inet6;
	bool faults;                     /* the kernel refuses ops at random */
	bool stubborn;                   /* wishes stay on links that are down; else they leave at once, as those of the agent do */
	bool late;                       /* the fib hears of a lost link only some steps later */
	bool restarts;                   /* the process dies now and then, and its successor finds what is there */
	bool meddled;                    /* somebody else deletes and changes what is ours; the fib may hear of it some steps later */
	bool resilient;                  /* groups are of that kind; with restarts, now and then of the other one, or with another number of buckets */
};

struct world_link {
	bool down, out;                  /* gone; taken out by fib_link_out */
	bool told;                       /* does the fib know that it is down? */
	bool admin;
	bool neigh;                      /* the MAC is known */
	uint8_t mac, via;                /* generation */
};

struct world_wish {
	unsigned class;
	bool on;
	struct hop hops[WORLD_LINKS];    /* what the fib was told last */
	size_t n;
	bool wanted;                     /* some of its hops can be used */
	uint64_t wanted_at;              /* turn since when */
};

struct world {
	struct world_mode mode;
	uint64_t rng;
	bool trace;
	const char *wrong;               /* what must never happen and did */
	struct fib *fib;
	struct fake kernel;
	struct fib_resilient resilient;  /* what the groups of this run are */
	mono now;
	uint64_t turn;                   /* counts how often all ops had been taken */
	struct world_link links[WORLD_LINKS];
	struct world_wish wishes[WORLD_PREFIXES];
	struct { enum fib_standing answer; bool told; } asked[WORLD_PREFIXES];   /* told: the answer is another one now */
	uint8_t classes[WORLD_CLASSES];  /* bit l: link l; bit 0 and not 1: the blackhole */
	uint8_t weights[WORLD_CLASSES];
	struct { uint32_t seq; int error; } unacked[WORLD_UNACKED];
	size_t first_unacked, n_unacked;
	struct fib_deed deeds[WORLD_DEEDS];      /* not told yet */
	size_t n_deeds;
	bool disturbed;                  /* a link was lost, and not everything has been put right since: refusals are to be expected */
	bool dirty;                      /* something changed since the last commit */
	bool unswept;
	uint64_t out_at;                 /* turn of the last fib_link_out */
};

/* NULL, or what went wrong. */
const char *world_run(const struct world_mode *mode, uint64_t seed, bool trace);

/* fib_world_deed.c */
void world_meddle(struct world *w, unsigned how, unsigned which);
void world_deeds_told(struct world *w, size_t n);        /* the first of them */
/* fib_world_ask.c */
void world_ask_begin(struct world *w);           /* there is a new fib */
void world_ask(struct world *w, unsigned i);
void world_ask_told(struct world *w);
const char *world_check_asked(struct world *w);  /* at rest */

/* fib_world_check.c */
struct prefix world_prefix(unsigned i);
bool world_hop_usable(const struct world *w, unsigned prefix, const struct hop *h);
const char *world_check(struct world *w);        /* the kernel's tables equal the wishes */
void world_say_wish(const struct world *w, unsigned i);
void world_say_op(struct world *w, const struct fib_op *op, int error);

#endif
