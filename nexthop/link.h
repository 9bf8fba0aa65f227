/* nexthop/link.h: the interfaces of this namespace and their addresses as values. Pure: fed by link_msg (netlink) or by the simulation. */
#ifndef WEFT_NEXTHOP_LINK_H
#define WEFT_NEXTHOP_LINK_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/base/prefix.h"

#define LINK_ADDRS_MAX 1024              /* per link; more are counted and ignored */

struct link_info {                       /* one RTM_NEWLINK */
	uint32_t ifindex;
	char name[IFNAMSIZ];
	uint16_t type;                   /* ARPHRD_* */
	uint8_t mac[6];
	bool up;                         /* IFF_UP: administratively */
	bool running;                    /* carrier: IFF_LOWER_UP */
	bool loopback;
	uint32_t master;                 /* ifindex, 0 none */
	bool is_master;                  /* a bridge, bond, team, vrf itself, with or without members */
	uint32_t mtu;
	uint32_t mbps;                   /* how fast it is, if the rim has asked (nexthop/speed.h); 0: not known */
};

struct link_addr {                       /* one RTM_NEWADDR */
	uint32_t ifindex;
	uint8_t family;
	uint8_t len;                     /* prefix length */
	uint8_t addr[16];
	bool tentative;                  /* IFA_F_TENTATIVE, or duplicate address detection failed: not usable */
};

struct link_neigh {                      /* one RTM_NEWNEIGH of a link-local address */
	uint32_t ifindex;
	struct in6_addr addr;
	uint8_t mac[6];
	bool usable;                     /* has a MAC and is not failed */
};

enum link_change_kind { LINK_NEW, LINK_DEL, ADDR_NEW, ADDR_DEL, NEIGH_NEW, NEIGH_DEL };

struct link_change {                     /* what happened to a link; made by link_msg_parse or by a test */
	enum link_change_kind kind;
	union {
		struct link_info link;   /* LINK_DEL: ifindex only */
		struct link_addr addr;
		struct link_neigh neigh;
	};
};

struct link {                            /* as the table holds it; read-only outside */
	struct link_info info;
	struct link_addr *addrs;
	size_t n_addrs;
	size_t addrs_ignored;            /* beyond LINK_ADDRS_MAX */
};

struct links;
int  links_new(struct links **ret);
void links_free(struct links *links);
/* 0, and whether anything is different now; -ENOMEM. An address of an unknown link and a NEIGH change are no difference. A LINK_DEL frees the
 * link; all others stay where they are. */
int  links_apply(struct links *links, const struct link_change *change, bool *ret_changed);
const struct link *links_find(const struct links *links, uint32_t ifindex);
const struct link *links_by_name(const struct links *links, const char *name);
const struct link *links_after(const struct links *links, const struct link *link);      /* walk by ifindex; NULL starts and ends */

/* The first usable link-local address; false: none. */
bool link_local(const struct link *link, struct in6_addr *ret);
/* A link-local address that is still tried for duplicates, while there is no usable one; false: none. */
bool link_tentative(const struct link *link, struct in6_addr *ret);
bool link_usable(const struct link *link);       /* up, running, has a usable link-local address */
/* "auto": Ethernet, not loopback, not master or slave of anything, no IPv4 address of its own. */
bool link_is_auto(const struct links *links, const struct link *link);
/* The link whose connected network is the longest around a host's address, among those that are up and running; NULL: none. *ret_own (may be
 * NULL): our address there; borrowed. */
const struct link *link_connected(const struct links *links, const struct prefix *host, const struct link_addr **ret_own);
bool link_on_network(const struct link *link, const struct prefix *host);        /* the same for one link, whatever its state */
struct in6_addr link_addr_in6(const struct link_addr *a);                 /* IPv4-mapped for IPv4 */
bool link_has_addr(const struct links *links, const struct in6_addr *addr);      /* on any link; IPv4-mapped for IPv4 */
/* The first address of a family that others can use as a next hop, tentative or not: no link-local, no martian one. */
bool link_global(const struct link *link, uint8_t family, struct in6_addr *ret);
bool link_has_addr4(const struct links *links, struct in_addr addr);     /* on any link */
/* Shell-style pattern of interface names (fnmatch). */
bool link_matches(const struct link *link, const char *glob);

/* Calls fn for every prefix that is connected on the link: one per address, link-local and martian ones left out; only while it is up and
 * running. An address of /31, /32, /127, /128 is its own prefix. */
void link_prefixes(const struct link *link, void (*fn)(void *ctx, const struct prefix *p), void *ctx);

#endif
