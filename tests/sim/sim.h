/* tests/sim/sim.h: a fabric of real agent cores in one process: simulated cables, TCP and kernels, a virtual clock, faults from a seed.
 *
 *   main.c    the command line                        world.c   nodes, ports and cables
 *   play.c    one seed (play.h)                       workers.c many at once, each in a process of its own (workers.h)
 *   report.c  progress, tables, failures              shrink.c  the fewest faults that still break the same
 *   trace.h   a hash over all that happens            coverage.h what was reached
 *   clock.c   the virtual clock, events, chance
 *   stream*.c TCP between two cores                   model.c   one node's kernel
 *   faults.c  what breaks when                        check.c   at quiescence: every kernel against the graph
 *   topo.c    shapes of fabrics                       graph.c   what is right, from the graph alone
 *   ribs.c    both ends know the same                 walk.c    packets do not circle
 *   rest.c    in the end nothing goes on              swap.c    another peer at the other end
 *   older.c   another configuration at the next start
 *   full.c    many prefixes                            routers.c a second router on a link
 *   announce.c nothing is announced too early
 *   bfd.c     the BFD thread of a process            grey.c    cables that have a carrier and lose packets
 *   timers.c  no timer is late or spins
 *   watch.c   once a second: whom one takes for alive, what is kept for long
 *   undrain.c a drain ends when there is a way on
 *   pair.c    two neighbours of a fabric at rest, with whom something is the matter at the very end:
 *   nonsense.c what must not be said, and what comes of it
 *   opens.c   OPENs that are refused                 limit.c   more prefixes than max_prefixes
 *   deaf.c    a peer that reads nothing              unheard.c a port that went down unheard
 *   hitless.c a graceful restart at rest costs nothing
 *   stale.c   graceful restart: what is left behind must go in time
 *   plan.c    what a fabric costs, without faults     wire.c    what is said, counted
 *   weights.c weighted ECMP (every other seed): what each next hop is worth */
#ifndef WEFT_SIM_H
#define WEFT_SIM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "agent/agent.h"
#include "tests/sim/only.h"
#include "tests/sim/topo.h"
#include "tests/sim/wire.h"

#define SIM_PORTS 128
#define SIM_NODES 512
#define SIM_LO 1                         /* ifindex of lo; ports follow */
#define SIM_PORT0 2

struct world;
struct model;

struct rng { uint64_t s; };
uint64_t rng_next(struct rng *r);
uint32_t rng_below(struct rng *r, uint32_t n);           /* 0..n-1 */
static inline bool rng_chance(struct rng *r, uint32_t percent) { return rng_below(r, 100) < percent; }

struct portset { uint64_t bits[SIM_PORTS / 64]; };       /* of a node; bit i: the port of ifindex SIM_PORT0 + i */
static inline void portset_add(struct portset *s, unsigned port) { s->bits[port / 64] |= 1ull << port % 64; }
static inline bool portset_has(const struct portset *s, unsigned port) { return s->bits[port / 64] >> port % 64 & 1; }
bool portset_empty(const struct portset *s);
bool portset_eq(const struct portset *a, const struct portset *b);
char *portset_str(const struct portset *s, char *buf, size_t size);      /* "swp1 swp4" */

enum tier { TIER_NONE, TIER_LEAF, TIER_SPINE, TIER_SUPER, TIER_HOST };

struct stream_end;
struct detector;

struct sim_port {
	struct cable *cable;
	int end;                         /* 0 or 1 of the cable */
	bool admin_up;
	uint8_t mac[6];
	struct in6_addr ll;
	bool bare;                       /* somebody has taken that away */
	bool deaf;                       /* deaf.c: nobody reads here what TCP brings, and its window is full */
	bool left;                       /* graph.c: what comes over it is to be left, one end is drained */
	uint64_t heard;                  /* watch.c: messages of the session's peer, */
	mono heard_at;                   /* when there was another one; */
	unsigned dark;                   /* seconds of a session without a carrier */
};

struct saved {                           /* what a process leaves in its files for the next one */
	uint32_t asn;                    /* 0: nothing */
	struct in_addr router_id, loopback;
	bool bad;                        /* it cannot be read */
	char drains[SIM_PORTS][16];
	unsigned n_drains, drain_changes;
};

struct node {
	struct world *world;
	unsigned id;                     /* 1.. */
	char name[32];
	uint32_t asn;
	struct in_addr router_id;
	enum tier tier;
	uint64_t group;                  /* one bit: of the AS that it shares with others; 0: it has its own */
	bool powered;                    /* the machine */
	int64_t clock_us;                /* its clock: what it said when the world began, and all jumps since; */
	int clock_ppm;                   /* so much faster it is than the world, in millionths */
	struct agent *agent;             /* the process; NULL: not running */
	struct model *kernel;
	struct sim_port ports[SIM_PORTS];
	unsigned n_ports;
	struct stream_end *streams;      /* the ends of TCP connections that are here */
	struct news *news;               /* kernel_news.h */
	mono refuses_until, full_until;  /* refusals.h: its kernel refuses everything with this, takes no more than so many */
	int refuses;
	unsigned room;
	struct detector *detector;       /* the process's BFD; NULL: it has asked for none yet */
	mono wake;                       /* of the wake event that counts, */
	uint64_t wake_order;             /* which is this one; wake 0: there is none */
	unsigned spins;                  /* turns in a row that left a timer in the past */
	mono busy;                       /* with its last turn after data, until then; */
	bool turn_due;                   /* there is one more to come */
	unsigned incarnation;            /* of the process: a notification for an earlier one reaches nobody */
	mono frozen;                     /* stopped (SIGSTOP) until then: the kernel goes on, the process does not */
	char *keys;                      /* of its configuration file, beside who it is; NULL: as everybody at first */
	struct saved saved;
	unsigned net0, nets;             /* its connected networks, of those of all nodes */
	struct portset vlans_off;        /* interfaces of these that are not there */
	struct in_addr lo[2];            /* the addresses on lo: the operator's, weft's */
	struct resync *telling;          /* takes note of what node_hear says */
	const char *file;                /* what it reads while it reloads */
	mono touched;                    /* started or killed then, or its clock set: not BFD's fault, what comes of it */
	unsigned untold;                 /* changes of its links that the process has not heard of yet */
	unsigned told;                   /* of these it has heard: what it does about it, it does in this turn */
	bool announced[SIM_NODES];       /* what it learned of each node, in the turn before, */
	bool watched;                    /* when that was looked at */
	struct wire_count sent, received;        /* with cfg.plain */
	size_t least;                    /* hitless.c: routes */
	unsigned by_hand, by_hands, by_hand_of;  /* by_hand.c: neighbors that are there, by bits; changes; the incarnation that they are of */
	unsigned drains;                 /* undrain.c: in the turn before */
	mono circle_since;               /* walk.c: packets to it circle somewhere */
	bool corrupted[SIM_PORTS];       /* something false came in or went out here: the session's routes mean nothing any more */
};

struct grey {                            /* what a cable loses though it has its carrier; by the end that speaks */
	bool dark[2];                    /* everything */
	unsigned percent[2];             /* of all packets */
	size_t most;                     /* what is larger, both ways; 0: nothing */
	int64_t late_us;                 /* what arrives does so much later */
	mono until;                      /* 0: until faults_play mends it */
};

struct cable {
	struct node *node[2];
	unsigned port[2];                /* index into node->ports */
	uint32_t mbps;
	bool plugged;
	struct grey grey;
	int64_t last_us[2];              /* when the latest packet from each end arrives */
	mono touched;                    /* by a fault, the last time */
};

struct sim_config {
	struct topo topo;
	uint64_t seed;
	bool verbose, objects;
	struct only only;
	bool plain;                      /* nothing is drawn of how nodes are configured and of how TCP cuts what it carries (plan.c) */
	unsigned full;                   /* prefixes that leaves announce; 0: some seeds have some */
};

/* world.c */
struct event;
typedef void (*event_fn)(struct world *w, struct event *e);
struct event {
	mono at;
	uint64_t order;                  /* equal times: first come, first served */
	event_fn fn;
	struct node *node;
	struct cable *cable;
	uint32_t a, b;
	struct stream *stream;           /* stream.c: which, */
	uint64_t seq;                    /* and the order within one direction */
	void *data;                      /* owned by the handler */
	size_t n;
};
struct world {
	struct sim_config cfg;
	struct rng rng;
	mono now;
	struct event *heap;
	size_t n_heap, room;
	uint64_t order, n_events, trace;         /* trace.h */
	struct node *turn;               /* whose event it is, for what is logged */
	struct node *nodes;
	unsigned n_nodes;
	struct cable *cables;
	unsigned n_cables;
	struct stream *streams;
	struct fault *faults;            /* all that will happen, drawn before anything does */
	unsigned n_faults;
	int64_t before_us;               /* the first fault */
	uint64_t kernel_errors, kernel_ops;
	unsigned kernel_error_percent;   /* operations that fail for no reason */
	unsigned corrupt_permille;       /* pieces of TCP data in which a peer gone mad changed a byte */
	uint64_t n_corrupted;
	bool mad;                        /* something false was said, and routes may be of it still */
	bool shared_asn;                 /* of the spines of a pod */
	bool valley_free;                /* with these ASes no way goes down and up again */
	bool weighted;
	bool late_answers;               /* of kernels */
	uint64_t n_looks, n_walks, n_circles;
	uint64_t rest_updates, rest_ops;
	unsigned bfd_ms;                 /* a third of the worlds: most processes have BFD, at about so many milliseconds; 0: none has */
	unsigned restart_s, long_s;      /* of RFC 4724 and RFC 9494, which every process announces; 0: not this one */
	uint64_t n_held, n_announced;    /* turns of processes that hold; routes announced by ones that ask the kernel first */
	uint64_t n_stale, n_long;        /* links with stale routes, and with long-lived ones, seen once a second */
	unsigned n_swaps;                /* MACs, addresses and machines that were replaced */
	unsigned n_nets;                 /* full.c: of all nodes */
	struct in_addr *gone;            /* router-ids of machines that are no more */
	size_t n_gone;
	struct foreign *foreign;         /* routers.c: who stands beside a cable now */
	unsigned n_foreign;
	mono lossy;                      /* the last time that a cable began to lose no part any more */
	const struct node *restarting;   /* hitless.c: gracefully, and nobody may notice; what each kernel had of each node's route: n_nodes * n_nodes */
	struct portset *hitless;
	uint64_t n_restarts;
	struct { const struct node *from; const struct cable *cable; unsigned row; } twist;      /* opens.c: whose OPENs are others on the way than they were said */
	char failure[512];               /* the invariant that broke; "" none */
	mono failed;                     /* when; 0: it came to light when all was over */
	struct outcome *outcome;         /* play.h; NULL: nobody wants to know */
};
int  world_new(struct world **ret, const struct sim_config *cfg);
void world_free(struct world *w);
struct event *world_at(struct world *w, int64_t in_us, event_fn fn, struct node *node);  /* to be filled in by the caller */
void world_run(struct world *w, mono until);
struct event world_pop(struct world *w);                 /* the first event; there is one */
void world_say(const struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void op_say(const struct node *n, const struct fib_op *op, int error);
int64_t world_latency(struct world *w);                  /* microseconds of one message */
mono node_now(const struct node *n);                     /* by its own clock: no other time may be told to its process */
mono world_time(const struct node *n, mono at);          /* when its clock says so; `at` is not MONO_NEVER */
void node_clock(struct node *n);                         /* sets it: no two are alike */
void node_clock_jump(struct node *n, int64_t us);        /* ahead */
void node_turn(struct node *n);
bool kernel_turn(struct node *n);                        /* false: there was nothing to do */
void node_turn_soon(struct node *n);                     /* after data: when the process is through with what it does */
void node_boot(struct node *n);                          /* the process starts */
void node_kill(struct node *n);                          /* kill -9: the kernel keeps everything, TCP is reset */
void node_power(struct node *n, bool on);                /* the machine: nothing is kept */
void cable_plug(struct world *w, struct cable *c, bool plugged);
void port_admin(struct node *n, unsigned port, bool up);
void node_freeze(struct node *n, int64_t us);
void port_tell(struct node *n, unsigned port);            /* tells the process about its link, in the order in which things happened */
struct resync;
void node_tell_links(struct node *n);                    /* every link and address, as a dump does, */
void node_hear(struct node *n, const struct link_change *change); /* by this */
void port_bare(struct node *n, unsigned port, bool bare);         /* the link-local address goes, or comes back */
void source_take(struct node *n);                        /* the router-id goes from lo, whoever has put it there */
bool port_carrier(const struct node *n, unsigned port);
struct node *port_other(const struct node *n, unsigned port, unsigned *ret_port);

/* bfd.c */
void bfd_configure(const struct node *n, uint64_t variant, FILE *f);     /* its part of a configuration's text */
void detector_out(struct node *n, struct agent_bfd_out *ret);
void detector_kill(struct node *n);
void detector_stop(struct node *n);                      /* in order: the peers are told */
void detector_wake(struct node *n);                      /* its clock is another one */
bool bfd_both_up(const struct cable *c, int64_t *ret_detect_us);         /* for a while, in use by sessions; false: not so, nothing follows from its silence */
bool bfd_quiet(struct world *w);

/* grey.c */
bool grey_carries(const struct cable *c);                /* not dark in any direction */
bool grey_loses(struct world *w, const struct cable *c, int end, size_t n);      /* this packet, from that end */
int64_t cable_latency(struct world *w, struct cable *c, int end);       /* of one packet from that end: none overtakes another */
void grey_one_way(struct world *w, struct rng *r);
void grey_silent(struct world *w, struct rng *r);
void grey_lossy(struct world *w, struct rng *r);
void grey_small(struct world *w, struct rng *r);
void grey_late(struct world *w, struct rng *r);
void grey_mend(struct world *w);                         /* at the end; some cables stay dark */

/* stream.c */
void stream_connect(struct node *n, bgp_conn conn, unsigned port, const struct in6_addr *remote);
bool stream_close(struct node *n, bgp_conn conn);        /* false: no such. By the core: what is queued goes first */
void stream_pump(struct node *n);                        /* takes what the core has queued */
bool stream_say(struct node *n, unsigned port, const void *p, size_t len);       /* after what the core has said: nothing of a message may be left */
void stream_kill_node(struct node *n, bool reset);       /* the process is gone; reset: the peers hear of it */
void stream_strand(struct world *w, const struct cable *c);               /* an address is gone, or another one is at the other end: nothing arrives any more */
void stream_reap(struct world *w);
void stream_free_all(struct world *w);

/* model.c */
int  model_new(struct model **ret, const struct node *n);
void model_free(struct model *m);
void model_clear(struct model *m);
int  model_exec(struct model *m, const struct fib_op *op, const struct node *n);         /* 0 or -errno, as Linux answers */
void model_link_lost(struct model *m, uint32_t ifindex, const struct node *n);           /* what Linux does by itself, silently */
bool model_check(const struct model *m);                 /* nothing is left over, and what the process counts is true */
void model_tell_leftovers(const struct model *m, struct agent *a);
bool model_route(const struct model *m, const struct prefix *p, struct portset *ret);      /* the ports that it uses now; false: no such route */
unsigned model_weight(const struct model *m, const struct prefix *p, unsigned port);       /* of that port in the route; 0: it is not in it */
bool model_misled(const struct world *w);                /* others have changed where something leads, and it is not right again yet */
size_t model_n_routes(const struct model *m);
size_t model_n_neighs(const struct model *m);
unsigned model_n_neighs_of(const struct model *m, uint32_t ifindex);
size_t model_n_objects(const struct model *m);
void model_source_lost(struct model *m, struct in_addr addr);              /* no interface has it any more: routes that have it as their source go */
void model_mac_changed(struct model *m, uint32_t ifindex);                 /* our own: the kernel forgets all neighbours there */
bool model_neigh(const struct model *m, uint32_t ifindex, const struct in6_addr *addr, uint8_t ret_mac[6]);

/* faults.c. What happens is drawn from the seed at the start. Each fault has numbers of its own, so the others are the same when one is left out. */
struct fault {
	unsigned kind;
	uint64_t seed;
	int64_t pause_us;                /* after it */
	bool left_out;
};
struct fault_kind {
	const char *name;
	unsigned weight;
	void (*fn)(struct world *w, struct rng *r);
};
void faults_plan(struct world *w);
void faults_play(struct world *w);                       /* returns after the last, and when half of what is broken is mended */
const struct fault_kind *fault_kind(unsigned i);         /* NULL: after the last */
struct cable *some_cable(struct world *w, struct rng *r);
struct node *some_node(struct world *w, struct rng *r);

/* swap.c */
void swap_mac(struct world *w, struct rng *r);
void swap_address(struct world *w, struct rng *r);
void swap_machine(struct world *w, struct rng *r);
void swap_cables(struct world *w, struct rng *r);
void swap_identity(struct node *n, bool id, bool asn);   /* of a node without a process */
bool swap_quiet(struct world *w);                        /* nothing is left of who is gone */

/* older.c */
void older(struct world *w, struct rng *r);
bool lo_has(const struct node *n, struct in_addr addr);
void lo_first(struct node *n);                           /* a machine starts */
void lo_renumber(struct node *n, struct in_addr old);    /* the operator: it is another one now; no process runs */
void lo_tell(struct node *n);
void lo_want(struct node *n, struct in_addr addr, bool on);      /* weft's */
bool saved_of_another(const struct node *n);              /* or of nobody knows whom */
void saved_take(struct node *n);                         /* a process starts: what the one before left, */
bool saved_check(struct node *n);                        /* and does it say so to its peers? Fills w->failure */
void saved_turn(struct node *n);

/* full.c */
void full_new(struct world *w);                          /* after the nodes */
void full_tell(struct node *n);                          /* a process starts */
unsigned full_count(const struct node *n);               /* prefixes that it announces beside its router-id */
bool full_sample(const struct node *n, unsigned i, struct prefix *ret);          /* one of each interface's; false: after the last */
void full_originate(const struct node *n, bool filtered, FILE *f);       /* the configuration's part of it */
void full_vlan(struct world *w, struct rng *r);

/* routers.c */
struct foreign;
void foreign_come(struct world *w, struct rng *r);
void foreign_leave(struct world *w, struct foreign *f);  /* NULL: all of them */
bool foreign_connect(struct node *n, bgp_conn conn, unsigned port, const struct in6_addr *remote);       /* false: it is none of them */
void foreign_close(struct node *n, bgp_conn conn);
bool foreign_quiet(struct world *w);

/* reload.c */
void keys_put(const struct node *n, struct rng *rng, unsigned hold, FILE *f);
struct config *config_first(struct node *n);             /* of a process that starts; aborts */
int  reload_config(void *ctx, const char *file, struct config **ret, struct config_errors **ret_errors);         /* struct agent_out */
void node_reload(struct node *n, struct rng *r);         /* with another configuration, if it runs */
unsigned node_established(const struct node *n);         /* its sessions */
void node_set(struct node *n, unsigned port, const char *key, json_t *value);   /* this of its configuration alone; takes the value, NULL: none */

/* by_hand.c */
void node_by_hand(struct node *n);                       /* changes something beside its configuration; fills w->failure */

/* stale.c */
void stale_offer(struct node *n);                        /* after agent_new */
void stale_watch(struct world *w);                       /* looks once a second from now on */
bool stale_check(struct world *w, bool quiet);           /* fills w->failure */

/* timers.c */
void timers_watch(struct world *w);                      /* looks at any time from now on */

/* announce.c */
void announce_configure(const struct node *n, struct config *cfg);       /* of a process that starts */
bool announce_check(struct node *n);                     /* before the kernel has its turn; fills w->failure */
bool announce_quiet(struct world *w);

/* plan.c */
int  plan_main(int argc, char **argv);
struct config *plan_config(struct node *n, struct config *cfg);          /* as a node has it that is told nothing but who it is; frees cfg */
/* watch.c */
void watch_begin(struct world *w);
bool watch_quiet(struct world *w);                       /* what was agreed on is what both are told to; fills w->failure */

/* pair.c */
struct pair { struct node *from, *to; unsigned port, to_port; };         /* Established, and what `from` says of others counts */
bool pair_draw(struct world *w, struct rng *r, struct pair *ret);        /* false: none was found */
void pair_view(const struct node *n, unsigned port, struct peer_view *ret);
bool pair_has_path(const struct pair *p, const struct prefix *prefix);   /* `to`, from `from` */
void pair_reset(const struct pair *p);                   /* by the operator of `to` */
bool pair_rest(struct world *w, const char *after);      /* everything is as it was in the end, by itself; fills w->failure */

/* What happens when everything is over; each fills w->failure. What is known by name is to be reached (coverage_rows.c). */
bool nonsense_check(struct world *w);
const char *nonsense_name(unsigned i);                   /* NULL: after the last; as the next */
bool opens_check(struct world *w);
const char *opens_name(unsigned i);
/* The OPEN at p, which *n bytes begin with, as it is to be: its length, 0: as it is. *n: of these so many are it. */
size_t opens_twist(const struct node *from, const struct cable *c, const uint8_t *p, size_t *n, uint8_t buf[BGP_MAX_LEN]);
void opens_older(struct world *w, const struct pair *p); /* the next ones of `from` say nothing of RFC 8538, */
void opens_straight(struct world *w);                    /* until here */
bool limit_check(struct world *w);
bool unheard_check(struct world *w);
bool deaf_check(struct world *w);
size_t nonsense_route(const struct pair *pair, unsigned i, uint8_t *buf, size_t room);  /* an UPDATE of a network like any other; */
struct prefix nonsense_prefix(unsigned i);               /* this one */

/* undrain.c */
bool undrain_look(struct node *n);                       /* before the kernel has its turn; fills w->failure */

/* hitless.c */
bool hitless_look(struct node *n);                       /* after its kernel had its turn */
bool hitless_check(struct world *w);                     /* a graceful restart when everything is over; fills w->failure */

/* graph.c */
#define SIM_FAR 1000u
struct paths {
	const struct node *to;
	unsigned far[SIM_NODES];         /* by id - 1: how many ASes away; SIM_FAR: there is no way */
	bool left[SIM_NODES];            /* the way is one that somebody wants to be left: any other is better */
	uint64_t groups[SIM_NODES];      /* of the shared ASes on the way */
};
bool port_usable(const struct node *n, unsigned port);   /* there may be a session on it */
void graph_look(struct world *w);                        /* who is drained; before the next, */
void graph_paths(const struct world *w, const struct node *to, struct paths *ret);
bool graph_uses(const struct node *n, unsigned port, const struct paths *p);     /* is the port on a best way? */

/* check.c */
bool sim_fail(struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));        /* says what broke, unless something has before; false */
uint32_t port_key(const struct node *n, unsigned port);  /* of the session with who is at the other end of the cable now */
bool check_quiet(struct world *w);                       /* fills w->failure */

/* ribs.c */
bool check_ribs(struct world *w);

/* walk.c */
void walk_watch(struct world *w);                        /* looks now and then from now on */
void walk_soon(struct world *w);                         /* something has happened: looks some times more */
bool walk_look(struct world *w);

/* rest.c */
void rest_begin(struct world *w);
bool rest_check(struct world *w);                        /* nothing has happened since */

/* weights.c */
bool check_weights(struct world *w, const struct paths *p);

#endif
