/* agent/rib/rib.h: all paths by prefix, the choice among them, and what each peer has been told.
 *
 *   rib_update/rib_withdraw  ─▶  dirty prefixes  ─▶  rib_decide  ─▶  out.changed (to the kernel)
 *                                                        └────────▶  the change list  ─▶  rib_export (to each peer, at its own pace)
 *
 * The change list holds every prefix once, ordered by its last change (in truth it is a list for each length of the AS_PATH). A peer is a cursor in it and one bit per prefix ("was told"): a new
 * peer starts at the beginning, a slow one stays behind and skips what changed again meanwhile; there is no queue that could grow. */
#ifndef WEFT_RIB_RIB_H
#define WEFT_RIB_RIB_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/base/prefix.h"
#include "agent/base/role.h"
#include "agent/rib/attrs.h"

struct rib;

typedef uint16_t rib_peer;               /* small numbers, reused after rib_peer_del */
#define RIB_LOCAL ((rib_peer)0)          /* routes that this node originates */
#define RIB_MULTIPATH_MAX 256

struct rib_config {
	uint32_t asn;                    /* paths whose AS_PATH holds it are refused (RFC 4271 9.1.2) */
	struct in_addr router_id;
	uint64_t secret;                 /* of the hash tables */
	bool med_always;                 /* MED counts between different neighbouring ASes too */
	bool long_lived;                 /* routes with LLGR_STALE are what RFC 9494 4.3 makes of them; else it is a community like any other */
	unsigned multipath;              /* most paths of a multipath set, 1..RIB_MULTIPATH_MAX */
	unsigned at_once;                /* most prefixes that rib_peer_del looks at by itself; 0: as many as take a fraction of a millisecond */
	bool installed;                  /* what is learned is announced when the kernel has it (rib_out.installed), not before */
	bool weighted;                   /* Link Bandwidth communities (RFC 10005) decide the weights, and are told; else they are like any other */
};

struct rib_via {                         /* a path: */
	rib_peer peer;                   /* who announced it */
	attrs_id attrs;                  /* with what; borrowed */
	uint8_t weight;                  /* its share of the traffic, at least 1 */
};

#define RIB_UNREACHABLE UINT32_MAX
#define RIB_RECURSIVE 1u                 /* interior cost of a next hop that is reached by another route; one on a link costs 0 */

enum rib_installed {                     /* what was chosen last for a prefix: */
	RIB_INSTALLED,                   /* the kernel has it */
	RIB_INSTALLING,                  /* it was told so, or refused it and still has what it had: what is announced stays as it is */
	RIB_NOT_INSTALLED,               /* it has nothing: it is not announced */
};

struct rib_out {
	/* The set of peers through which a prefix is to be forwarded is another one now: at most `multipath` of them, the best path's first, then
	 * in the order of decision; or the same with other weights, or with BLACKHOLE or without. n == 0: no forwarding entry is wanted (withdrawn,
	 * or local). Called from rib_decide only. */
	void (*changed)(void *ctx, const struct prefix *p, const struct rib_via *via, size_t n);
	/* Interior cost of a path's next hop (RFC 4271 9.1.2.2 (e)), or RIB_UNREACHABLE (9.1.2.1). Asked for peers with `resolve` only, from within
	 * rib_decide, rib_resolve and the views; may call rib_resolve and nothing else. direct: only a next hop on a link counts. */
	uint32_t (*cost)(void *ctx, rib_peer peer, const struct attrs *attrs, bool direct);
	/* With rib_config.installed: may what was chosen, and told with `changed`, be announced? Asked from rib_decide only, about what is not originated
	 * here; when the answer is another one, rib_recheck. */
	enum rib_installed (*installed)(void *ctx, const struct prefix *p);
	/* A prefix was decided: what was resolved by it may be another now. NULL: nobody wants to know. Called from rib_decide only. */
	void (*settled)(void *ctx, const struct prefix *p);
	void *ctx;
};

struct rib_peer_info {                   /* what the decision process needs of a peer */
	uint32_t asn;
	struct in_addr router_id;
	bool ebgp;
	bool rr_client;                  /* internal, and a client of our reflection (RFC 4456) */
	bool monitor;                    /* no peer, but somebody who is shown all that was chosen: no community and no role keeps anything from it */
	bool resolve;                    /* its next hops are addresses to be resolved (rib_out.cost), not the peer on its link */
	enum role role;                  /* what we are to it: routes with ONLY_TO_CUSTOMER do not go everywhere */
	struct in6_addr address;         /* RFC 4271 9.1.2.2 (g) */
	unsigned link;                   /* ifindex; the last tie-break: the same address may be on many links */
};

int  rib_new(struct rib **ret, const struct rib_config *cfg, const struct rib_out *out);
void rib_free(struct rib *rib);
struct attrs_tab *rib_attrs(struct rib *rib);            /* borrowed: to intern what rib_update is given */
void rib_set_multipath(struct rib *rib, unsigned multipath);   /* decides everything again */
void rib_reconfigure(struct rib *rib, const struct rib_config *cfg);   /* the same; asn, router_id and what is about memory stay */

int  rib_peer_add(struct rib *rib, const struct rib_peer_info *info, rib_peer *ret);     /* -ENOMEM, -ENOSPC */
/* Withdraws every path of the peer, forgets what it was told. In a large table only the nearest prefixes are dirty at once; rib_decide finds the
 * others, and until then their paths count for nothing, and the peer's number is nobody else's. */
void rib_peer_del(struct rib *rib, rib_peer peer);

/* Every path as it is accepted, again too, or withdrawn (attrs 0); those that go with rib_peer_del are not told one by one. Called in the middle of things:
 * nothing of the RIB may be called from there. NULL, the default: nobody wants to know. */
typedef void (*rib_path_fn)(void *ctx, rib_peer peer, const struct prefix *p, attrs_id attrs);
void rib_on_path(struct rib *rib, rib_path_fn fn, void *ctx);

enum rib_verdict { RIB_ACCEPTED, RIB_AS_LOOP, RIB_MARTIAN, RIB_LIMIT, RIB_CLUSTER_LOOP };

/* Replaces the peer's path to p (RFC 4271 9.1.4: implicit withdraw). Takes a reference of its own. What is refused also withdraws the
 * peer's older path to p. -ENOMEM loses nothing of what was there before; otherwise an enum rib_verdict. */
int  rib_update(struct rib *rib, rib_peer peer, const struct prefix *p, attrs_id attrs);
bool rib_withdraw(struct rib *rib, rib_peer peer, const struct prefix *p);       /* was there one? */

/* The peer is about to tell everything again (RFC 4724, RFC 7313): its paths of a family are marked, an update or a withdrawal takes the mark
 * away, and sweeping withdraws those that still have it. Until then they count as any other. */
void rib_peer_stale(struct rib *rib, rib_peer peer, uint8_t family);
size_t rib_peer_sweep(struct rib *rib, rib_peer peer, uint8_t family);   /* how many were withdrawn */

/* The peer stays away for long (RFC 9494 4.2): its marked paths of a family get LLGR_STALE, those with NO_LLGR are withdrawn. */
void rib_peer_long_lived(struct rib *rib, rib_peer peer, uint8_t family);

/* Bytes per second of our link to the peer; 0, the default: not known. With `weighted`: decides again what has a path of the peer. */
void rib_peer_bandwidth(struct rib *rib, rib_peer peer, float bytes);
/* The link to the peer is drained: its paths are as good as with LOCAL_PREF 0. Decides again what has a path of the peer, and announces again what is
 * announced of it, for whoever encodes that says so. */
void rib_peer_drain(struct rib *rib, rib_peer peer, bool drained);
void rib_recheck(struct rib *rib, const struct prefix *p);      /* rib_out.installed has another answer: decides again. Not there: fine */
void rib_report(struct rib *rib);                        /* decides everything again, and says every set again, also if it is the same */

void rib_limit(struct rib *rib, rib_peer peer, uint32_t most);   /* 0: none. More prefixes are refused with RIB_LIMIT; stale ones do not count */

/* Decides at most `budget` dirty prefixes (0: all); returns whether there are more: how many, and peers that are leaving. Prefixes with AS
 * paths of one length are first in, first out; lengths and families take turns. */
size_t rib_decide(struct rib *rib, size_t budget);
size_t rib_undecided(const struct rib *rib);
bool rib_leaving(const struct rib *rib);                 /* there are paths of deleted peers which are not even dirty yet */

#define RIB_LISTS 17
struct rib_mark { uint32_t by[RIB_LISTS]; };             /* a moment: */
void rib_mark(const struct rib *rib, struct rib_mark *ret);
bool rib_passed(const struct rib *rib, const struct rib_mark *mark);     /* all that was dirty or leaving then is decided or swept */

/* The paths by which an address is reached: of the longest prefix (never the default route) that has paths with a next hop on a link, the best
 * of these. Paths whose own next hop is recursive do not count: one level, so what resolves never depends on what is resolved. Returns how
 * many, at most max. */
size_t rib_resolve(const struct rib *rib, const struct prefix *host, struct rib_via *ret, size_t max);
/* The cost or the way of next hops may be another now: decides again what has a path with this next hop. NULL: with any that is resolved. */
void rib_reconsider(struct rib *rib, const struct in6_addr *next_hop);

/* Export: what a peer has not been told yet. */
struct rib_batch {                       /* prefixes of one family that are announced with the same attributes, or withdrawn */
	uint8_t family;
	bool withdraw;
	attrs_id attrs;                  /* borrowed; 0 for a withdrawal. As chosen (with `weighted` our bandwidth in it), or as the peer's filter made
					  * it; before anything is prepended */
	rib_peer from;                   /* RIB_LOCAL: originated here */
	bool local;                      /* the same in a word */
	const struct prefix *prefixes;   /* borrowed until the callback returns */
	size_t n;
};
typedef void (*rib_batch_fn)(void *ctx, const struct rib_batch *batch);

/* Families the peer takes; opens its export at the start of the table. A family that is not wanted is skipped. */
void rib_export_open(struct rib *rib, rib_peer peer, bool ipv4, bool ipv6);
/* What the peer is told of a route instead of `attrs`: a reference that the caller takes over, or 0: nothing, and a withdrawal if it was told
 * before. `local`: originated here. Asked once per prefix that is handed out; must not change the RIB, and must answer the same until the
 * next rib_export_again. NULL, the default: everything as it is. Either way RFC 1997 is obeyed first: what NO_ADVERTISE, NO_EXPORT,
 * NO_EXPORT_SUBCONFED or BLACKHOLE (RFC 7999 3.2) forbid this peer is not told, nor what ONLY_TO_CUSTOMER does (RFC 9234). */
typedef attrs_id (*rib_filter_fn)(void *ctx, const struct prefix *p, attrs_id attrs, bool local);
void rib_export_filter(struct rib *rib, rib_peer peer, rib_filter_fn fn, void *ctx);
/* May the peer be told routes with LLGR_STALE (RFC 9494 4.3)? false, the default: they are withdrawn from it. Say it before rib_export_open. */
void rib_export_long_lived(struct rib *rib, rib_peer peer, bool takes);
/* Hands out the next window of changes (at most RIB_EXPORT_WINDOW prefixes, grouped into batches, withdrawals first). Returns true
 * while there is more. A route is never told to the peer that it came from, nor what an internal peer said to another internal one, unless
 * one of the two is a client (RFC 4456 section 6). */
#define RIB_EXPORT_WINDOW 1024
bool rib_export(struct rib *rib, rib_peer peer, rib_batch_fn fn, void *ctx);
bool rib_export_pending(const struct rib *rib, rib_peer peer);
/* Everything again from the start (RFC 2918 route refresh), one family. */
void rib_export_again(struct rib *rib, rib_peer peer, uint8_t family);

/* Why a peer is not told a route; RIB_TELL: it is. */
enum rib_tell {
	RIB_TELL, RIB_TELL_NOTHING, RIB_TELL_FAMILY, RIB_TELL_CAME_FROM, RIB_TELL_INTERNAL, RIB_TELL_OTC, RIB_TELL_NO_ADVERTISE, RIB_TELL_LONG_LIVED,
	RIB_TELL_NO_EXPORT, RIB_TELL_BLACKHOLE, RIB_TELL_FILTER,
};
const char *rib_tell_str(enum rib_tell why);             /* words for people: "it came from there"; "" for RIB_TELL */
struct rib_told_view {
	bool told;                       /* the peer was told the prefix, and it was not withdrawn since */
	enum rib_tell why;               /* as things are now; what `told` says of before may be on its way to be changed */
	attrs_id attrs;                  /* with RIB_TELL: what it is told, after its filter: a reference, to be given back (attrs_unref) */
	rib_peer from;                   /* RIB_LOCAL: originated here */
};
/* Asks the peer's filter. False: no such prefix. */
bool rib_told(struct rib *rib, rib_peer peer, const struct prefix *p, struct rib_told_view *ret);
/* The longest prefix with a path that this one lies in, or is. False: none. */
bool rib_longest(const struct rib *rib, const struct prefix *p, struct prefix *ret);

/* Counters and views */
struct rib_peer_stats {
	uint32_t received[2];            /* prefixes in Adj-RIB-In now, accepted ones only: [0] IPv4, [1] IPv6 */
	uint32_t stale[2];               /* of these: not told again yet (rib_peer_stale) */
	uint32_t sent[2];                /* prefixes that the peer has been told and that were not withdrawn again */
	uint64_t loops, martians, over_limit;    /* refused since rib_peer_add; loops: by AS_PATH, ORIGINATOR_ID or CLUSTER_LIST */
	uint64_t unchanged;              /* updates since then that said what was known */
};
void rib_peer_stats(const struct rib *rib, rib_peer peer, struct rib_peer_stats *ret);

struct rib_stats { size_t prefixes[2], paths, attrs, bytes; };
void rib_stats(const struct rib *rib, struct rib_stats *ret);

enum decision_step {                     /* RFC 4271 9.1.2.2 in its order; why a path lost against the best one */
	STEP_BEST = 0, STEP_NEXT_HOP, STEP_LLGR_STALE, STEP_LOCAL, STEP_DRAINED, STEP_LOCAL_PREF, STEP_AS_PATH_LEN, STEP_ORIGIN, STEP_MED, STEP_EBGP, STEP_COST,
	STEP_ROUTER_ID, STEP_CLUSTER_LIST, STEP_ADDRESS, STEP_LINK,
};
const char *decision_step_str(enum decision_step step);  /* words for people: "longer AS path" */

struct rib_path_view {
	rib_peer peer;
	attrs_id attrs;
	bool best, multipath;            /* multipath: in the forwarding set (the best path too) */
	bool stale;                      /* not told again yet (rib_peer_stale) */
	uint8_t weight;                  /* of a multipath member as it was reported, of others as a policy set it; at least 1 */
	enum decision_step lost_by;      /* STEP_BEST for the best path. A multipath member lost only by a tie-break */
};
struct rib_route_view {
	struct prefix prefix;
	const struct rib_path_view *paths;       /* borrowed until the callback returns; best first, then in order of decision */
	size_t n_paths;
	attrs_id announced;              /* with what others are told it, before their filters; 0: not decided yet, or unreachable */
};
typedef bool (*rib_route_fn)(void *ctx, const struct rib_route_view *view);      /* false: stop */
/* The table in pieces, between which it may change: prefixes that stay are shown once, in no order. Each with its paths, in no order: their weight says
 * nothing. at: zero to begin with; looks at `most` places. False: that was the end. */
struct rib_place { uint8_t family; uint32_t at; };       /* 0 IPv4, 1 IPv6 */
typedef void (*rib_paths_fn)(void *ctx, const struct prefix *p, const struct rib_via *paths, size_t n);
bool rib_piece(const struct rib *rib, struct rib_place *at, size_t most, rib_paths_fn fn, void *ctx);
/* In order of family, address, length. Prefixes without a path are not shown. */
void rib_walk(const struct rib *rib, rib_route_fn fn, void *ctx);
bool rib_find(const struct rib *rib, const struct prefix *p, rib_route_fn fn, void *ctx);
/* The same walk bit by bit, though the table changes in between: what is there all the time is shown once, in its place; what comes or goes meanwhile,
 * perhaps. fn's answer counts for nothing. A step takes as long as `most` prefixes take; one in 4096 of them, as long as one look at all. */
struct rib_walker;
struct rib_walker *rib_walker_new(const struct rib *rib);                /* NULL: no memory */
bool rib_walker_step(struct rib_walker *w, size_t most, rib_route_fn fn, void *ctx);     /* false: that was all */
void rib_walker_free(struct rib_walker *w);

#endif
