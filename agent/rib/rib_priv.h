/* agent/rib/rib_priv.h: the tables of the RIB, shared by rib*.c and table.c and nobody else.
 *
 * What is near comes first: nets wait for their decision, and stand in the change list, in a list for each length of the AS_PATH. The lists
 * take turns. So the few prefixes of the fabric itself never wait for the many that were learned behind it, and nobody starves. */
#ifndef WEFT_RIB_RIB_PRIV_H
#define WEFT_RIB_RIB_PRIV_H

#include "agent/base/idx.h"
#include "agent/base/slab.h"
#include "agent/rib/decide.h"
#include "agent/rib/rib.h"

enum {                                   /* struct net.flags */
	NET_USED = 1 << 0,
	NET_DIRTY = 1 << 1,              /* waits for rib_decide */
	NET_LISTED = 1 << 2,             /* in the change list */
	NET_CURSOR = 1 << 3,             /* a peer's cursor may stand here */
	NET_FORWARD_LOST = 1 << 4,       /* report the forwarding set even if it is the same: a path of it is gone with its peer, or leads elsewhere */
	NET_LENGTH_SHIFT = 5,            /* the upper bits: in which of the change lists */
};

#define LENGTHS 8                        /* of an AS_PATH: 0, 1, .. 6, and 7 or more */

/* One prefix: 32 bytes for IPv4, 44 for IPv6. `attrs` and `from` are what is announced since the last decision; with attrs == 0 it is kept
 * only until the peers that were told have been told otherwise. */
struct net {
	uint32_t paths;                  /* in the order of the tie-breaks */
	uint32_t prev, next;             /* change list */
	uint32_t next_dirty;
	attrs_id attrs;                  /* a reference */
	rib_peer from;
	uint16_t told;                   /* peers whose told bit is set */
	uint16_t n_paths;                /* without withdrawn ones */
	uint8_t len, flags;
	uint8_t addr[];                  /* 4 or 16 bytes */
};

enum {                                   /* struct path.flags */
	PATH_FORWARDS = 0xff,            /* its weight in the forwarding set that was reported last; 0: not in it */
	PATH_STALE = 1 << 8,             /* rib_peer_stale, and not told again since; never without attrs */
};

/* A withdrawn path that was reported stays with attrs == 0 until the decision, so that an unchanged set can be recognised. */
struct path {
	uint32_t next;
	attrs_id attrs;                  /* a reference */
	rib_peer peer;
	uint16_t flags;
};

struct changes { uint32_t head, tail; };          /* oldest change first */
struct queue { uint32_t first, last; };          /* first in, first out */

/* The prefixes of one family. */
struct table {
	uint8_t family, addr_len;
	uint64_t seed;
	struct slab nets;
	struct idx idx;
	struct changes changes[LENGTHS];
	struct queue dirty[LENGTHS];
	size_t prefixes;                 /* nets with a path */
};

struct export {                          /* of one family to one peer */
	bool wanted;
	uint32_t cursor[LENGTHS];        /* the last net that was looked at; 0: none yet */
	uint32_t sent;
	uint32_t words;
	uint64_t *told;                  /* one bit per net */
};

struct peer {
	struct rib_peer_info info;
	bool used, turn;                 /* turn: the family that the next window starts with */
	bool leaving;                    /* it is gone, but for paths and told bits that have not been swept yet: they count for nothing */
	rib_peer left_next;              /* who is swept after it */
	rib_filter_fn filter;            /* of what it is told; NULL: none */
	void *filter_ctx;
	bool drained;                    /* rib_peer_drain */
	bool takes_long_lived;           /* it may be told LLGR_STALE routes */
	uint32_t announced;              /* nets that are announced as from it. With `installed` that may outlast it, and keeps its number */
	uint32_t limit;
	float bandwidth;                 /* of our link to it, bytes per second; 0: not known */
	uint32_t received[2];            /* paths, without withdrawn ones */
	uint32_t held[2];                /* paths, with them */
	uint32_t stale[2];               /* of those received */
	uint64_t loops, martians, over_limit, unchanged;
	uint64_t judged;                 /* attrs_serial of what it announced last */
	int verdict;                     /* on that */
	struct export export[2];
};

#define LISTS RIB_LISTS
enum { LIST_LEAVING = 2 * LENGTHS };     /* behind those of dirty nets: length * 2 + family */
_Static_assert(LISTS == LIST_LEAVING + 1, "struct rib_mark has a place for every list");

struct rib {
	struct rib_config cfg;
	struct rib_out out;
	struct attrs_tab *attrs;
	struct table tables[2];          /* IPv4, IPv6 */
	struct slab paths;
	struct peer *peers;              /* [RIB_LOCAL] is this node */
	struct candidate *candidates;    /* room for one of each peer */
	struct candidate *resolving;     /* the same for rib_resolve, which is asked in the middle of a decision */
	size_t n_resolve;                /* peers whose next hops are resolved */
	size_t n_peers;                  /* slots, used or not */
	uint32_t waiting;                /* a bit for each list of dirty nets that is not empty, and LIST_LEAVING */
	unsigned turn;                   /* the list that was served last */
	uint32_t put[LISTS], taken[LISTS];       /* nets, ever; peers that left, and were swept */
	rib_peer sweeping, left_last;    /* whose paths are looked for, and who is the last to be; RIB_LOCAL: nobody leaves */
	unsigned sweep_family;
	uint32_t sweep_at;               /* the net to be looked at next */
	rib_path_fn on_path;             /* NULL: nobody wants to know */
	void *on_path_ctx;
	uint8_t *scratch;                /* with `weighted`: the longest extended communities */
};

static inline unsigned family_index(uint8_t family)
{
	return family != AF_INET;
}

static inline struct net *net_at(const struct table *t, uint32_t i)
{
	return slab_at(&t->nets, i);
}

static inline struct path *path_at(const struct rib *rib, uint32_t i)
{
	return slab_at(&rib->paths, i);
}

static inline unsigned net_length(const struct net *net)         /* of its change list */
{
	return net->flags >> NET_LENGTH_SHIFT;
}

/* Does it count? */
static inline bool path_lives(const struct rib *rib, const struct path *path)
{
	return path->attrs && !rib->peers[path->peer].leaving;
}

/* NULL for what decides as originated here. */
static inline const struct rib_peer_info *path_info(const struct rib *rib, const struct path *path)
{
	return path->peer == RIB_LOCAL ? NULL : &rib->peers[path->peer].info;
}

static inline uint8_t weight_of(const struct candidate *c)
{
	return c->attrs->weight ? c->attrs->weight : 1;
}

/* table.c */
int  table_init(struct table *t, uint8_t family, uint64_t seed);
void table_fini(struct table *t);
uint32_t table_find(const struct table *t, const struct prefix *p);      /* 0: none */
uint32_t table_hash(const struct table *t, const struct prefix *p);
uint32_t table_find_hashed(const struct table *t, const struct prefix *p, uint32_t hash);
uint32_t table_add(struct table *t, const struct prefix *p, uint32_t hash);      /* must not be there; 0: no memory */
void table_del(struct table *t, uint32_t i);                             /* not listed, not dirty, without paths */
struct prefix table_prefix(const struct table *t, const struct net *net);
size_t table_bytes(const struct table *t);

/* rib.c */
struct peer *rib_peer_of(const struct rib *rib, rib_peer peer);          /* NULL: not in use */
/* Puts the live paths of a net into c, in the order of the tie-breaks. */
size_t rib_candidates(const struct rib *rib, const struct net *net, struct candidate *c);

void path_fresh(struct rib *rib, unsigned f, struct path *path);         /* it is not stale, or gone */
void path_drop(struct rib *rib, unsigned f, struct net *net, uint32_t *link);    /* takes the path at link out of its net and frees it */

/* rib_decide.c */
unsigned attrs_length(const struct rib *rib, attrs_id attrs);            /* of the AS_PATH, below LENGTHS; 0 has the last */
/* Waits for its decision. news: the attributes of a path that is new; 0: there is none. */
void net_dirty(struct rib *rib, struct table *t, uint32_t i, attrs_id news);
/* All that has a path of the peer does. told_otherwise: what is announced of it is announced again too, for it is to be said in another way. */
void peer_dirty(struct rib *rib, rib_peer peer, bool told_otherwise);

/* rib_leave.c */
void leave_step(struct rib *rib, size_t most);                           /* sweeps on: so many nets */

/* rib_stale.c */
bool is_long_lived(const struct rib *rib, const struct attrs *a);        /* least preferred, and not for every peer (RFC 9494 4.3) */

/* rib_weigh.c */
struct weighed {                         /* a forwarding set */
	uint8_t weight[RIB_MULTIPATH_MAX];
	bool known;                      /* all of it say their bandwidth: */
	float bytes;                     /* per second, of all together */
};
void weigh(const struct rib *rib, const struct candidate *c, size_t n, struct weighed *ret);
/* With what the best path is announced: a reference. */
attrs_id weigh_announced(const struct rib *rib, const struct path *best, const struct weighed *w);

/* rib_resolve.c */
uint32_t path_cost(const struct rib *rib, const struct path *path);      /* of its next hop, or RIB_UNREACHABLE */

/* rib_export.c: the change list */
void change_touch(struct rib *rib, struct table *t, uint32_t i);         /* what is announced is another one now: to the end of the list */
bool change_reap(struct rib *rib, struct table *t, uint32_t i);          /* frees a net that nobody needs any more; was it freed? */
void export_close(struct rib *rib, rib_peer peer);                       /* forgets everything that the peer was told */
void export_stop(struct rib *rib, rib_peer peer);                        /* tells it no more; what it was told is forgotten net by net: */
void export_forget(struct rib *rib, rib_peer peer, struct table *t, uint32_t i);

bool export_told(const struct export *ex, uint32_t i);           /* also of nets that it has no bit for */

/* rib_tell.c: may the peer be told what is announced of this net? Its filter has not been asked. */
enum rib_tell may_tell(const struct rib *rib, const struct net *net, rib_peer to);

#endif
