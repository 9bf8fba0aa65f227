/* agent/import/frr.h: what an FRR configuration says, as it says it: who said what on which line. What it means for weft is for build.h. */
#ifndef WEFT_IMPORT_FRR_H
#define WEFT_IMPORT_FRR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/base/policy_rule.h"
#include "agent/import/lines.h"
#include "agent/import/notes.h"

#define FRR_MAX 4096                     /* of anything that has a name */

enum { V4, V6, N_AF };

struct said {                            /* line NULL: nothing */
	const struct line *line;
	char **args;                     /* the words behind the keyword */
	unsigned n;
	bool no;
};

enum said_peer { PEER_REMOTE_AS, PEER_GROUP, PEER_BFD, PEER_PROFILE, PEER_TIMERS, PEER_CONNECT, PEER_PASSWORD, PEER_MULTIHOP, PEER_TTL, PEER_PASSIVE,
		 PEER_SOURCE, PEER_NEXT_HOP, PEER_SHUTDOWN, PEER_ROLE, N_PEER };
enum said_af { AF_ACTIVE, AF_MAP_IN, AF_MAP_OUT, AF_LIST_IN, AF_LIST_OUT, AF_OTHER_IN, AF_OTHER_OUT, AF_LIMIT, AF_SELF, AF_CLIENT, N_SAID_AF };

struct peer {                            /* or a peer-group */
	const char *name;
	const struct line *line;         /* that named it first */
	bool group, interface;
	const struct peer *in;           /* its group */
	struct said said[N_PEER], af[N_AF][N_SAID_AF];
};

enum said_bgp { BGP_ROUTER_ID, BGP_TIMERS, BGP_RELAX, BGP_MED, BGP_NO_IPV4, BGP_IPV6, BGP_POLICY, BGP_RESTART, BGP_RESTART_TIME, BGP_PENDING,
		N_BGP };

enum list_kind { LIST_PREFIX4, LIST_PREFIX6, LIST_COMMUNITY, LIST_LARGE, LIST_AS_PATH, LIST_MAP };

struct entry {                           /* of a list, or of a route-map */
	uint32_t seq;
	bool permit, expanded;
	const struct line *line;
	struct prefix_range range;       /* prefix lists */
	char **args;                     /* the others: the words behind permit or deny */
	unsigned n;
	const struct line **says;        /* route-maps: match, set and others */
	size_t n_says;
};

struct list {
	enum list_kind kind;
	const char *name;
	struct entry *entries;           /* by seq, once everything is read */
	size_t n;
	uint32_t last_seq;               /* the greatest */
};

struct address { const char *interface; const struct line *line; struct prefix net; char addr[46]; };

struct interface { const char *name; struct said ra, ra_lifetime, ra_on; };

struct profile { const char *name; struct said multiplier, receive, transmit; };

struct frr {
	struct lines lines;
	struct notes notes;
	bool datacenter, old;            /* `frr defaults datacenter`; before 7.4 */
	struct said hostname, id;        /* id: of zebra, `ip router-id` */
	const struct line *bgp;          /* `router bgp` */
	const char *asn;
	struct said said[N_BGP], multipath[N_AF], multipath_internal[N_AF], connected[N_AF];
	const struct line **networks[N_AF];
	size_t n_networks[N_AF];
	struct peer *peers;
	struct list *lists;
	struct address *addresses;
	struct interface *interfaces;
	struct profile *profiles;
	size_t n_peers, n_lists, n_addresses, n_interfaces, n_profiles;
	bool no_memory;
};

int  frr_read(struct frr *f);            /* of f->lines. -ENOMEM */
void frr_free(struct frr *f);

const struct said *peer_said(const struct peer *p, enum said_peer what);   /* its own or its group's; NULL: nobody's */
const struct said *peer_said_af(const struct peer *p, int af, enum said_af what);
const struct list *frr_list(const struct frr *f, enum list_kind kind, const char *name);
struct interface *frr_interface(struct frr *f, const char *name, bool make);
struct profile *frr_profile(struct frr *f, const char *name, bool make);
bool frr_number(const char *s, uint64_t most, uint64_t *ret);
bool frr_prefix(const char *s, struct prefix *ret);      /* masked; the length has to be there */

#endif
