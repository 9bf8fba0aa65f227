/* nexthop/fib_priv.h: the planner's own state. fib.c takes wishes, fib_adopt.c what an earlier run left, fib_routes.c finds routes, group.c keeps
 * sets of hops and their objects, fib_sets.c bounds them, fib_plan.c turns wishes into plans, fib_take.c and fib_tidy.c turn plans into ops with
 * fib_op.c, fib_ack.c takes answers, fib_standing.c passes on what is confirmed, fib_deed.c what others do, fib_view.c shows, fib_explain.c shows one route. Nobody else
 * includes it.
 *
 * A route wants a *set* of hops; the kernel's route points at a *group*, an object that is meant to hold one set at a time. A route is as
 * it should be when its group is meant for the set that it wants. So a group can be given another set, and all its routes follow unwritten.
 *
 * `have` is what the kernel holds once everything that was taken is executed: ops are executed in the order in which they are taken, so
 * it is assumed at that moment. Four rules keep that honest:
 *  - Any refusal makes its object UNSURE, whatever else is in flight: it is written again, or deleted again. Both do no harm if in vain.
 *  - What an op without an answer is thought to have taken away is not forgotten before the answer (group_gone).
 *  - A group that is surely there is replaced, never made: if the kernel dropped it, with its routes, the answer says so (-ENOENT). One that is
 *    made while it was not surely absent may come back without its routes: they are written again (doubt).
 *  - After a link died nothing but the urgent is taken before the next fib_commit: the plan is void (held). */
#ifndef WEFT_NEXTHOP_FIB_PRIV_H
#define WEFT_NEXTHOP_FIB_PRIV_H

#include "agent/base/idx.h"
#include "agent/base/slab.h"
#include "nexthop/fib.h"

enum have { ABSENT, PRESENT, UNSURE };   /* UNSURE: something of ours may be there; to be written, or to be deleted */

struct nh {                              /* a next-hop object */
	struct hop hop;                  /* weight unused */
	uint32_t id;
	uint32_t sets;                   /* sets that hold it */
	uint32_t flying;                 /* ops without an answer */
	uint32_t lnk;                    /* where the entry of what stands for it was found last */
	uint8_t family;
	uint8_t have;
	bool used, failed, in_use;
	bool adopted;                    /* from an earlier run, and no wish has met it yet: `hop` is what the kernel tells of it (fib_adopt.c) */
	int error;
};

struct member { uint32_t nh; uint8_t weight; };

struct set {                             /* hops that some route wants; interned */
	uint32_t hash;
	uint32_t routes;                 /* that want it */
	uint32_t groups;                 /* meant for it */
	uint32_t group;                  /* the one that routes are written onto; 0: none */
	uint16_t n;
	uint8_t family;
	uint8_t kin;                     /* of the routes */
	bool used;
	bool waiting;                    /* a route could not be written because no group holds the set yet */
	bool stuck;                      /* and it is still on what it had before */
	struct member *members;          /* sorted by ifindex, direct or not, address */
};

struct group {
	uint32_t id;
	uint32_t set;                    /* what it is meant to hold */
	uint32_t routes;                 /* the kernel has on it */
	uint32_t pins;                   /* routes on their way off it, not yet answered: they may come back */
	uint32_t flying;
	uint8_t family;
	uint8_t have;
	bool used, failed;
	bool doubt;                      /* its routes may not be as thought: they are to be written again */
	bool dirty;                      /* it may hold more than thought */
	bool awaited;                    /* by routes: they are looked at when it is answered (fib_standing.c) */
	bool refused;                    /* routes on it heard so: all of its routes are */
	bool mixed;                      /* planning: its routes go different ways */
	int error;
	uint32_t moving, leaving, to;    /* planning: routes that want another set, or none; which */
	uint16_t n;
	struct member *members;          /* in the kernel */
	uint16_t room;
	uint32_t *was;                   /* hops of changes before, until the last one is answered well: the kernel may still use them */
	size_t n_was;
};

struct lnk {                             /* a neighbour entry: for what stands for a link's peer, for the peer's own address, or for a group */
	uint32_t ifindex;
	struct in6_addr addr;            /* the peer's, or the group's; ::, on_link */
	bool known;                      /* wanted */
	uint8_t mac[6];
	uint8_t have;
	uint8_t have_mac[6];
	bool failed;
	bool refused;                    /* the last time */
	bool adopted;                    /* from an earlier run, and nobody has said yet who is there */
	uint32_t flying;
};

/* STALE: is it still there, and with the hops of its group? To be written. ADOPTED: `want` is what an earlier run left, and no wish.
 * FOREIGN: somebody else's route of our metric may be there: ours is deleted and made, never replaced. AWAITED, and of odd age: somebody waits to
 * hear whether it stands (fib_standing.c). */
enum { R_LISTED = 1, R_FAILED = 2, R_STALE = 4, R_ADOPTED = 8, R_FOREIGN = 16, R_AWAITED = 32, R_AWAITED_ODD = 64 };
#define GROUP_UNSURE UINT32_MAX          /* struct route.have: a route of ours with unknown hops may be there */

struct route {                           /* 20 bytes for IPv4, 32 for IPv6 */
	uint32_t next;                   /* slab's free list, or the list that it is on */
	uint32_t want;                   /* set, 0 none */
	uint32_t have;                   /* group, 0 none */
	uint8_t flags, len, flying, error;       /* error: errno of the last refusal */
	uint8_t addr[];
};

struct list { uint32_t first, last; };   /* of routes: number << 1 | is IPv6 */

struct flown {                           /* an op without an answer */
	uint32_t what;                   /* route, or index of the group, hop or link; 0: a leftover */
	uint32_t prev;                   /* the route's group before, or index of the leftover; of a hop or group: 1 when there was none for certain */
	uint8_t kind;
	bool create;                     /* as of the op */
	bool answered;
};

struct leftover {                        /* an object of an earlier run; id 0: adopted, or deleted */
	uint32_t id;
	bool group, taken, failed;
	bool refused;                    /* the last time */
	bool odd;                        /* cannot be adopted; else: */
	uint8_t family;                  /* a hop's gateway's */
	struct hop hop;
	struct fib_resilient resilient;  /* a group's: this, and members */
	struct fib_member *member;
	size_t n;
};

struct fib {
	struct fib_config cfg;
	struct slab routes[2];           /* [0] IPv4, [1] IPv6 */
	struct idx by_prefix[2];
	struct nh *nhs;                  /* these four: index 0 is unused */
	struct set *sets;
	struct group *groups;
	size_t n_nhs, n_sets, n_groups;
	struct lnk *lnks;
	size_t n_lnks;
	struct list wishes, pending, dels;
	bool pending_touched;            /* a route on `pending` has another wish than it was planned with */
	bool replan;                     /* hops, groups or neighbours are to be looked at in the next commit */
	bool scan;                       /* so are all routes: of groups that are gone or in doubt, and those that wait for a group */
	bool work;                       /* fib_take is to look at hops, groups and neighbours */
	bool tidy;                       /* objects may have become unused */
	bool held;                       /* a link died: only the urgent goes out before the next commit */
	uint64_t losses;                 /* how often that was so */
	bool look;                       /* awaited routes are looked at in the next commit */
	uint32_t n_awaited[2];           /* routes with R_AWAITED, of even and of odd age: */
	uint32_t await_age;
	void (*news)(void *ctx, const struct prefix *p);         /* fib_on_news */
	void *news_ctx;
	bool evened;                     /* wishes lost their weights, for want of sets */
	uint64_t evenings;
	bool flushing;
	bool swept;
	uint32_t next_id;
	struct leftover *leftovers;
	size_t n_leftovers;
	size_t n_adopted[2];             /* routes with R_ADOPTED: IPv4, IPv6 */
	struct prefix foreign_route;     /* the last one seen */
	struct prefix met[16];           /* where others had a route when we last wished for one: the latest, a ring. family 0: none */
	uint8_t met_next;
	uint32_t *foreign;               /* numbers in our range that others have; 0: none */
	size_t n_foreign;
	struct { uint32_t id, group; uint8_t family; } last_adopted;     /* the last one that a route was found on; group 0: it cannot be adopted */
	uint32_t *urgent;                /* hop objects to delete before anything else */
	size_t n_urgent, room_urgent;
	size_t n_hop_dels;               /* deletions of hops without an answer, or still urgent */
	struct flown *flights;          /* ring */
	uint32_t flight_first, n_flights, room_flights;  /* seq of the oldest */
	uint32_t next_seq;
	size_t n_installed, n_failed_routes;
	mono now;                        /* of the last commit */
	mono retry_at;
	int64_t pause_ms;
	struct hop *op_hops;             /* what ops of the last fib_take borrow */
	uint32_t *op_members;
	size_t n_op, room_op;
	struct { uint8_t family, kin; size_t n; uint32_t set; struct hop hops[HOP_MAX]; } last;       /* the last wish: the next is likely the same */
	uint64_t ops[FIB_NEIGH_DEL + 1], errors, refused_again, retries, put_back;
	int error;                       /* the last one */
};

/* routes */
static inline struct route *route_at(const struct fib *f, uint32_t ref)
{
	return slab_at(&f->routes[ref & 1], ref >> 1);
}
static inline uint8_t route_family(uint32_t ref)
{
	return ref & 1 ? AF_INET6 : AF_INET;
}
struct prefix route_prefix(const struct fib *f, uint32_t ref);
uint32_t route_find(const struct fib *f, const struct prefix *p);                /* 0 none */
int  route_get(struct fib *f, const struct prefix *p, uint32_t *ret);            /* found or made */
void route_maybe_free(struct fib *f, uint32_t ref);
void route_list(struct fib *f, struct list *l, uint32_t ref);                    /* appends, unless it is on a list */
void route_leaves(struct fib *f, struct route *r);                               /* its group, in the kernel */
bool route_settled(const struct fib *f, const struct route *r);                  /* the kernel has what it wants */
void routes_each(struct fib *f, void (*fn)(struct fib *f, uint32_t ref, struct route *r));
void routes_scan(struct fib *f);                 /* f->scan: what it finds is put on `pending` */

void route_want(struct fib *f, uint32_t ref, uint32_t set);      /* 0: not at all */

void fib_hold(struct fib *f);                    /* until the next commit */
void nh_out(struct fib *f, uint32_t nh);         /* the hop's deletion goes ahead of everything */
/* The hop's object leaves every group; a group that is empty then is gone in the kernel, with its routes. NH_LOST: the kernel did that, and nobody
 * knows whether before, between or after the ops that are in flight. NH_SAID: so it was said, and it may have been made again since, and answered. */
enum nh_end { NH_TAKEN, NH_LOST, NH_SAID };
void nh_gone(struct fib *f, uint32_t nh, enum nh_end how);

/* group.c */
int  set_intern(struct fib *f, const struct set *like, const struct hop *hops, size_t n, uint32_t *ret);  /* family and kin of `like`; sorts a copy */
int  set_get(struct fib *f, const struct set *like, const struct member *m, size_t n, uint32_t *ret);     /* the same by members, sorted by hop_cmp */
int  hop_cmp(const void *a, const void *b);              /* struct hop */
uint32_t id_new(struct fib *f);          /* a number of an object that nobody has, as far as is known */
int  nh_new(struct fib *f, const struct nh *like, uint32_t *ret);
void set_release(struct fib *f, uint32_t set);           /* after routes or groups went down */
int  group_new(struct fib *f, uint32_t set, uint32_t *ret);
void group_free(struct fib *f, uint32_t group);
void group_retarget(struct fib *f, uint32_t group, uint32_t set);
/* Members that the group should have now: hops whose link's neighbour is known and whose object did not fail. */
size_t group_plan(const struct fib *f, const struct group *g, struct member *ret);
bool group_drop_member(struct group *g, uint32_t nh);    /* was it in? */
bool group_needed(const struct fib *f, size_t i);
/* Surely not in the kernel, and its routes with it. With ABSENT alone, it is only thought to be gone. */
bool group_gone(const struct fib *f, const struct group *g);
void group_look(struct fib *f, struct group *g);         /* after something of it changed: are its routes to be looked for? */
/* Before it is given other members: remembers those that it has. False: no memory. */
bool group_remember_old(struct group *g);
void nh_maybe_free(struct fib *f, uint32_t nh);
struct lnk *lnk_find(const struct fib *f, uint32_t ifindex, const struct in6_addr *addr);
struct lnk *lnk_get(struct fib *f, uint32_t ifindex, const struct in6_addr *addr);       /* NULL: no memory */
int  arrays_grow(void *array, size_t *n, size_t size);   /* *(T **)array gets one more zeroed element */

/* fib_sets.c */
int  set_wanted(struct fib *f, const struct set *like, const struct hop *hops, size_t n, uint32_t *ret);  /* as set_intern; without weights if that is one too many */

/* fib_standing.c */
enum fib_standing route_standing(const struct fib *f, const struct route *r);    /* nobody is told when it is another one */
void route_news(struct fib *f, uint32_t ref);    /* something came of it: an answer, or that there is nothing to be done */
void route_unawait(struct fib *f, struct route *r);      /* it is not wanted any more */
void group_news(struct fib *f, struct group *g);         /* it was answered */
void fib_look(struct fib *f);                    /* f->look */

/* fib_adopt.c */
#define FOREIGN_MAX 1024                 /* who has more in our range means harm: the next ones are written over */
void foreign_object(struct fib *f, uint32_t id, bool gone);
void lnk_disown(struct lnk *l);                          /* if it is adopted, nobody wants it any more */
bool adopted_is(const struct fib *f, const struct nh *nh, const struct hop *hop);        /* would the wished hop be this object of an earlier run? */
void adopted_forget(struct fib *f, uint32_t nh);         /* the hop is gone: adopted routes do not want it any more */
void adopted_neigh_out(struct fib *f, uint32_t ifindex, const struct in6_addr *addr);    /* somebody else is there; addr: as of struct lnk */

/* fib_op.c: false: no room, or no memory; nothing was changed then */
struct out { struct fib_op *ops; size_t n, max; };

bool op_nh(struct fib *f, struct out *o, enum fib_op_kind kind, uint32_t i);
bool op_lnk(struct fib *f, struct out *o, enum fib_op_kind kind, uint32_t i);
bool op_group(struct fib *f, struct out *o, uint32_t i, const struct member *m, size_t n);
bool op_route(struct fib *f, struct out *o, uint32_t ref, uint32_t group);       /* group 0: deletion */
bool op_del(struct fib *f, struct out *o, enum fib_op_kind kind, uint32_t id, struct flown flown);       /* a group or a leftover */

/* fib_tidy.c */
bool tidy(struct fib *f, struct out *o);

/* fib_ack.c */
void group_vanished(struct fib *f, struct group *g);     /* the kernel dropped it with all its routes, and nothing else need be wrong */
int  pending_answer(struct fib *f, uint8_t kind, uint32_t what, uint32_t prev, uint32_t *ret_seq);

#endif
