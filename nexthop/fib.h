/* nexthop/fib.h: what the kernel should hold and what it does hold: routes, next-hop groups, next hops, on-link neighbours; and the smallest
 * list of changes from one to the other. Pure: changes come out as values (struct fib_op), answers of the kernel come in.
 *
 *   fib_set(prefix, hops)  ─▶  group of those hops (shared by all routes that use them)  ─▶  fib_commit  ─▶  fib_take: ops for the kernel
 *
 * Routes point at groups, also when a group has one member, so that a change that concerns all routes of a group is one message. When all
 * routes of a group want the same other set, the group is given that set and no route is written. */
#ifndef WEFT_NEXTHOP_FIB_H
#define WEFT_NEXTHOP_FIB_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/base/mono.h"
#include "agent/base/prefix.h"
#include "nexthop/hop.h"

struct fib;

/* What a kernel has to install routes by: hops in the routes themselves, next-hop objects (5.3), and groups of the resilient kind (5.13) too. */
enum fib_groups { FIB_CLASSIC, FIB_OBJECTS, FIB_RESILIENT };

/* A group of the resilient kind is a table of buckets: a flow hashes to a bucket, a bucket belongs to a hop. When hops change, only buckets move
 * that have to: those of a hop that is gone at once; those a new hop is to have when they are idle. */
struct fib_resilient {
	uint16_t buckets;                /* 0: plain groups */
	uint32_t idle_s;                 /* a bucket is idle when nothing was sent by it for so long */
	uint32_t unbalanced_s;           /* after so long busy buckets are moved too; 0: never */
};

struct fib_config {
	bool objects;                    /* next-hop objects, else classic multipath routes */
	struct fib_resilient resilient;  /* of all groups, also those with one hop: the kernel never turns one kind into the other. With objects */
	bool via_inet6;                  /* IPv4 routes through the link-local address itself, on_link is not used */
	struct in_addr on_link;          /* what stands for the peer; hop_onlink unless configured otherwise */
	struct in_addr src;              /* preferred source of IPv4 routes; 0.0.0.0: none */
	uint64_t secret;                 /* of the hash tables (agent/base/hash.h) */
};

/* One change to the kernel, whole in itself. Objects are identified by id (next hops, groups) or by what they are (routes, neighbours). */
enum fib_op_kind {
	FIB_HOP_SET,             /* next-hop object id: hop[0] with family */
	FIB_HOP_DEL,             /* takes the member out of every group that has it */
	FIB_GROUP_SET,           /* group id := member[0..n), create or replace; without `create`: -ENOENT when there is none any more */
	FIB_GROUP_DEL,
	FIB_ROUTE_SET,           /* prefix := group id (objects) or hops (classic); with `create` new, else created or replaced */
	FIB_ROUTE_DEL,
	FIB_NEIGH_SET,           /* on_link dev hop[0].ifindex lladdr mac nud permanent; AF_INET6: hop[0].via instead of on_link */
	FIB_NEIGH_DEL,
};

struct fib_op {
	enum fib_op_kind kind;
	uint32_t seq;            /* 1, 2, 3 ...: names the op in fib_acked; wraps past 0 */
	uint8_t family;          /* AF_INET, AF_INET6: of the hop, the group's members, the prefix */
	/* GROUP_SET: a group that is thought to be there is replaced only: should the kernel have dropped it, its routes went with it. ROUTE_SET:
	 * there is none of ours: it is made, and nothing is replaced: -EEXIST when somebody else has a route of our metric there. */
	bool create;
	bool has_routes;         /* GROUP_SET: the kernel would announce all of them again, unless told not to (nexthop_compat_mode) */
	bool via_inet6;          /* HOP_SET and classic ROUTE_SET, AF_INET: RTA_VIA to the link-local address instead of on_link; a `direct` hop has it in any case */
	uint32_t id;             /* HOP_*, GROUP_*: the object; ROUTE_SET: the group, 0 = classic */
	struct prefix prefix;    /* ROUTE_* */
	struct in_addr on_link, src;
	uint8_t mac[6];          /* NEIGH_SET */
	const struct hop *hops;  /* HOP_SET, NEIGH_*: 1; ROUTE_SET classic, and GROUP_SET (for show): n. Borrowed until the next call of fib */
	const uint32_t *members; /* GROUP_SET: object ids, weights in hops */
	struct fib_resilient resilient;          /* GROUP_SET */
	size_t n;
};

int  fib_new(struct fib **ret, const struct fib_config *cfg);
void fib_free(struct fib *fib);

/* Wanted state. Takes effect in the kernel after fib_commit. Hops in any order (the set counts, not the order); n >= 1. -ENOMEM. */
int  fib_set(struct fib *fib, const struct prefix *p, const struct hop *hops, size_t n);
/* The same, of a route that has come with others of its kin, and likely changes with them: it shares groups with them alone. So a change of
 * theirs is a change of their groups, and no route moves to a group that has dealt its buckets otherwise. A route stays with its first kin. */
int  fib_set_kin(struct fib *fib, const struct prefix *p, const struct hop *hops, size_t n, uint8_t kin);
/* Groups whose weights differ are bounded: when there are more sets than this, a new one is installed with equal weights, which is counted. */
#define FIB_WEIGHTED_SETS 1024
bool fib_room_again(struct fib *fib);                    /* there is room again since: every wish is to be told again. Says so once */
void fib_del(struct fib *fib, const struct prefix *p);           /* not there: fine */
/* The MAC of the neighbour on a link. A change is one replace. Routes over a link without a known MAC wait (IPv4 with on_link only). */
int  fib_neigh(struct fib *fib, uint32_t ifindex, const uint8_t mac[6]);
/* Beside that, the peer's own link-local address, one for each link: an entry that the kernel neither forgets when its table is full nor lets
 * anybody on the link change. Only where the MAC comes from the peer itself: nothing else would say that it is another one now. */
int  fib_pin(struct fib *fib, uint32_t ifindex, const struct in6_addr *addr, const uint8_t mac[6]);
/* And a multicast group that we send to (RFC 2464 7 says to which MAC): the table is one for all links, and who fills it from one of them must
 * not keep us from being heard on the others. */
int  fib_pin_group(struct fib *fib, uint32_t ifindex, const struct in6_addr *group);
void fib_neigh_del(struct fib *fib, uint32_t ifindex);           /* all of them */

/* A link died (BGP or BFD down while the carrier is there): its next hops are taken out of all groups, at once, one op per family. The
 * routes' own wishes are told by fib_set/fib_del afterwards. Everything else waits for the fib_commit that follows: the plan is void. */
void fib_link_out(struct fib *fib, uint32_t ifindex);
/* The same of one neighbour on a link (ifindex and via of `hop`), where others live on. */
void fib_hop_out(struct fib *fib, const struct hop *hop);
uint64_t fib_losses(const struct fib *fib);              /* how often a link was lost so far, in either way: the plan is void since the last */
/* The kernel did that by itself (carrier lost, link deleted): next hops of the link, single-member groups and their routes are gone without a
 * word. Neighbour entries stay (false) or go (true: link set down or deleted). Nothing is sent; later commits know. */
void fib_link_lost(struct fib *fib, uint32_t ifindex, bool neigh_too);

/* The kernel has flushed the neighbours of a link, the permanent ones too: it does when the link's own MAC changes. */
void fib_neigh_lost(struct fib *fib, uint32_t ifindex);
/* Nothing is known any more about what the kernel holds of ours (notifications were lost): everything wanted is written again, which is a
 * replace, and what is not wanted is deleted. */
void fib_unsure(struct fib *fib);

/* What somebody else did, by the kernel's notifications, to what is ours or in its place. */
enum fib_deed_kind { DEED_NONE = 0, DEED_ROUTE, DEED_OBJECT, DEED_NEIGH };
struct fib_deed {
	enum fib_deed_kind kind;
	bool gone;                       /* deleted; else made or changed */
	bool replaced;                   /* ROUTE: it was put in the place of the one of our metric that was there */
	bool ours;                       /* ROUTE: of our protocol. Those of others are told too, if they have our metric */
	bool odd;                        /* ROUTE: not as an op would have made it, whatever its group */
	uint32_t id;                     /* OBJECT; ROUTE: its group, 0 none */
	uint32_t ifindex;                /* NEIGH: this and */
	struct in6_addr addr;            /* the peer's own address; ::, on_link */
	struct in_addr src;              /* ROUTE */
	struct prefix prefix;
};
/* True: something of ours is not as it was, or not there; the next commit puts it back, and fib_stats counts it. Routes of others stay:
 * where one is in our place, ours fails (-EEXIST) until it goes. */
bool fib_deed(struct fib *fib, const struct fib_deed *deed);

/* Plans: all wishes since the last commit become ops. Order: neighbours, next hops, groups, routes, then deletions of routes, groups, next
 * hops, neighbours: nothing is ever used before it is there, and nothing deleted that is still used. */
void fib_commit(struct fib *fib, mono now);

/* The next ops, at most max, in order. They count as sent: each is answered by fib_acked. */
size_t fib_take(struct fib *fib, struct fib_op *ops, size_t max);
bool fib_has_ops(const struct fib *fib);
/* The kernel's answer: 0 or a negative errno. An error is counted, kept with its object for show, and the object is tried again with a
 * growing pause (1 s .. 60 s). -EEXIST, -ESRCH, -ENOENT of deletions count as done. */
void fib_acked(struct fib *fib, uint32_t seq, int error, mono now);
void fib_hope(struct fib *fib);                  /* why the kernel refuses may have gone: everything refused is tried again in the next commit */
mono fib_next(const struct fib *fib);            /* when fib_commit is to be called next: at once after wishes, later for retries */

/* --- start-up: what an earlier run left behind -------------------------------------------------------------------------------- */
enum fib_seen_kind { SEEN_NONE = 0, SEEN_ROUTE, SEEN_HOP, SEEN_GROUP, SEEN_NEIGH, SEEN_FOREIGN_ROUTE, SEEN_FOREIGN_OBJECT };
struct fib_member { uint32_t id; uint8_t weight; };
struct fib_seen {                        /* one object with our protocol, as the kernel has it; FOREIGN_: somebody else's with our metric, or in our range of ids */
	enum fib_seen_kind kind;
	bool deleted;                    /* it is gone: a notification, not a dump */
	bool odd;                        /* ours, but not as fib_take makes them */
	uint8_t family;                  /* HOP: of the gateway */
	uint8_t mac[6];                  /* NEIGH */
	uint32_t id;                     /* HOP, GROUP, FOREIGN_OBJECT: the object; ROUTE: its group, 0: none */
	uint32_t ifindex;                /* NEIGH: this and */
	struct in6_addr addr;            /* the peer's own address; ::, on_link */
	struct in_addr src;              /* ROUTE: the preferred source, 0.0.0.0 none */
	struct prefix prefix;            /* ROUTE, FOREIGN_ROUTE */
	struct hop hop;                  /* HOP; by way of the on-link address: `via` is hop_anybody */
	struct fib_resilient resilient;  /* GROUP: this, and members */
	size_t n;
	struct fib_member member[HOP_MAX];
};
/* Hops, groups and neighbours are to be told before routes. A route that is as this run would have made it is *adopted*, with its group, hops
 * and neighbours: until the sweep that is what is wanted, it stays, and a wish for the same costs no op. Hops that die leave it. Everything
 * else (no group, an unknown one, another source) stays untouched until the sweep too, and is replaced by a wish for it. Of two routes of one
 * prefix the one that the kernel uses is told first. */
void fib_seen(struct fib *fib, const struct fib_seen *seen);
size_t fib_adopted(const struct fib *fib, uint8_t family);  /* adopted routes that nobody has wished for or against yet */
size_t fib_unadopted(const struct fib *fib, uint8_t family);        /* routes of an earlier run that could not be, and that nobody has wished for yet */
/* The adopted hops that no wish has met yet, one after the other: *at is 0 to begin with. False: there are no more. */
bool fib_adopted_hop(const struct fib *fib, size_t *at, struct hop *ret);
/* Adopted hops where they cannot be any more are taken out, as by fib_link_out: on links that are not alive, and on a link with but one router
 * all that lead to another one. The MAC is compared by fib_neigh. */
void fib_adopted_links(struct fib *fib, bool (*alive)(void *ctx, uint32_t ifindex), void *ctx);
void fib_adopted_router(struct fib *fib, uint32_t ifindex, const struct in6_addr *router);
void fib_sweep(struct fib *fib);                 /* plans the removal of everything seen and not wanted */
/* Plans the removal of everything (exit). */
void fib_flush(struct fib *fib);

struct fib_route_view { struct prefix prefix; bool installed; int error; uint32_t group; };
bool fib_route(const struct fib *fib, const struct prefix *p, struct fib_route_view *ret);

/* What is wished for now: its hops, at most max; 0: no route. */
size_t fib_wish(const struct fib *fib, const struct prefix *p, struct hop *ret, size_t max);

struct fib_group_view {
	uint32_t id;
	uint8_t family;
	const struct hop *hops;          /* as the kernel has them; borrowed */
	size_t n, routes;
	bool installed, resilient;
	int error;
};
/* Calls fn for every group; in ascending id. */
void fib_groups(const struct fib *fib, void (*fn)(void *ctx, const struct fib_group_view *view), void *ctx);

/* Links that at least so many routes of one group hang on alone: without it, all of them go. Returns how many, at most max. */
size_t fib_alone(const struct fib *fib, size_t least, uint32_t *ret_ifindex, size_t max);

bool fib_answered(const struct fib *fib);        /* it was told all that can be told now, and has answered */
bool fib_settled(const struct fib *fib);         /* the kernel has confirmed everything that is wanted, and nothing else is on its way */

/* Does the kernel have, confirmed, the route that is wished for? COMES: it was told so and has not answered yet, or it has another one of ours
 * because it refused this one. MISSING: it has none, and this one was refused or cannot be made now. */
enum fib_standing { FIB_STANDS, FIB_COMES, FIB_MISSING };
enum fib_standing fib_standing(struct fib *fib, const struct prefix *p);
/* Says of which prefix that is another one now: of every wish that was not FIB_STANDS when it was asked about, or does not stand any more. It may
 * be said once too often, and must not call back. Before the first wish; NULL, the default: nobody is told. */
void fib_on_news(struct fib *fib, void (*news)(void *ctx, const struct prefix *p), void *ctx);
/* A moment: have all that had COMES as an answer until then been told? Others since then do not count. */
uint32_t fib_await_mark(const struct fib *fib);
bool fib_await_passed(struct fib *fib, uint32_t mark);

/* One route from the wish to the group. `holds` is what the kernel has in the group once all that was sent is executed, `meant` what it is to have. */
struct fib_explain_view {
	bool wanted;
	enum fib_standing standing;
	int error;                       /* the last refusal of the route */
	uint32_t group;                  /* its group in the kernel, 0 none or unknown: */
	bool resilient, group_installed;
	int group_error;
	size_t routes;                   /* on that group */
	size_t n_wants, n_meant, n_holds;
	struct hop wants[HOP_MAX], meant[HOP_MAX], holds[HOP_MAX];
};
bool fib_explain(const struct fib *fib, const struct prefix *p, struct fib_explain_view *ret);   /* false: no such route, neither wished for nor there */

struct fib_stats {
	size_t routes, installed, groups, hops, neighbours, queued;
	uint64_t put_back;               /* what somebody else deleted or changed (fib_deed) */
	uint64_t evened;                 /* wishes that lost their weights (FIB_WEIGHTED_SETS) */
	uint64_t ops[FIB_NEIGH_DEL + 1], errors, retries;
	uint64_t refused_again;          /* of errors: of what was refused before, too */
	size_t refused;                  /* routes that were, and are to be tried again */
	int error;                       /* the last one, -errno */
};
void fib_stats(const struct fib *fib, struct fib_stats *ret);
const char *fib_op_str(enum fib_op_kind kind);           /* "hop_set": names of `ops` above */
void fib_counts(const struct fib *fib, struct fib_stats *ret);   /* the same without `queued`, which has to be counted out */

/* Object ids: ours lie in one range, far from what the kernel hands out itself, so that a dump shows whose they are. */
#define FIB_ID_FIRST 70000001u
#define FIB_ID_LAST  79999999u

#endif
