/* agent/config/config.h: one JSON object to one plain struct, every error with its place. Keys, defaults and meaning: design.md section 1. */
#ifndef WEFT_CONFIG_H
#define WEFT_CONFIG_H

#include <jansson.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/base/cable_end.h"
#include "agent/base/policy_rule.h"
#include "agent/base/prefix.h"
#include "agent/base/role.h"

struct config_asn_range { uint32_t first, last; };

#define CONFIG_NAME_LEN 32               /* of a policy, with its end */

struct config_policy {                   /* one of "policy"; a route that no rule accepts is rejected */
	char name[CONFIG_NAME_LEN];
	struct policy_rule *rules;
	size_t n_rules;
};

enum filter_kind { FILTER_ALL, FILTER_NONE, FILTER_HOST, FILTER_POLICY };

struct config_filter {                   /* "import", "export" */
	enum filter_kind kind;
	char policy[CONFIG_NAME_LEN];    /* FILTER_POLICY: one of struct config.policies */
	struct prefix_range *prefixes;   /* FILTER_HOST: what the server may announce; none: any single address */
	size_t n_prefixes;
};

struct config_blackhole {                /* "blackhole" (RFC 7999) */
	bool on;
	struct prefix_range *prefixes;   /* what the peer may have discarded; none: any single address */
	size_t n_prefixes;
};

#define HOST_MAX_PREFIXES 16             /* of a peer with "import": "host" that says nothing else */

struct config_limit {                    /* "max_prefixes" */
	uint32_t max;                    /* 0: no limit */
	uint8_t warning;                 /* percent of it at which to warn; 0: never */
	bool refuse;                     /* "teardown": false: what is too much is refused, and the session stays */
	uint32_t restart;                /* seconds after a teardown; 0: as after other errors */
};

struct config_terms {                    /* what "links" and "neighbors" say alike of a peer */
	bool gtsm;                       /* demand the hop limit of a neighbour (RFC 5082) */
	char password[81];               /* of TCP MD5 (RFC 2385), "" none. Never shown, never logged */
	enum role role;                  /* what we are to the peer (RFC 9234); external ones only */
	bool role_strict;                /* a peer that does not say what it is gets no session */
	uint32_t bandwidth_mbps;         /* of the way to the peer; 0: as the kernel says */
	struct config_limit limit;
	struct config_filter import, export;
	struct config_blackhole blackhole;
};

struct config_bfd {
	bool said, bare;                 /* while reading: the key is there; it is true, without timers */
	bool on;
	uint16_t interval_ms;            /* both directions */
	uint8_t multiplier;
};

struct config_damping {                  /* of a link that fails again and again */
	bool said, bare;                 /* while reading, as above */
	bool on;
	uint16_t free;                   /* failures in a row that have no consequence */
	uint16_t first_ms, max_s;        /* how long it then has to be well before it is used again: at first, and at most */
};

struct config_resilient {                /* "resilient" */
	uint16_t buckets;                /* of a next-hop group; 0: plain groups */
	uint32_t idle_s, unbalanced_s;
};

enum config_monitor { MONITOR_PRE, MONITOR_POST, MONITOR_LOC_RIB, MONITORS };
const char *config_monitor_str(enum config_monitor m);   /* "pre-policy", "post-policy", "loc-rib" */

struct config_bmp {                      /* "bmp" (RFC 7854) */
	bool on;
	struct in6_addr collector;       /* IPv4-mapped for IPv4 */
	uint16_t port;
	bool monitor[MONITORS];
	uint16_t statistics_s;           /* between two reports; 0: none */
};

#define ROUTERS_MAX 16

struct config_metrics {                  /* "metrics": where they are read (HTTP) */
	bool on;
	uint16_t port;
	struct in6_addr address;         /* of IPv4: IPv4-mapped; ::: all of both families, 0.0.0.0: all of IPv4 */
};
#define CONFIG_METRICS_STRLEN (INET6_ADDRSTRLEN + 8)
const char *config_metrics_str(const struct config_metrics *m, char ret[CONFIG_METRICS_STRLEN]);         /* "[::1]:9473" */

struct config_link {                     /* one glob of "links" and its settings */
	char glob[16];
	struct config_asn_range *asn;    /* allowed remote ASNs; none: any but our own */
	size_t n_asn;
	struct cable_end expect;         /* who is to be at the other end, by the cabling plan; host "": nothing is said, port "": any */
	bool strict;                     /* there is no session with anybody else */
	bool ra_loss_teardown;           /* "ra_loss": "teardown" */
	uint8_t routers;                 /* that may be used on the link at once, each with a session of its own; at most ROUTERS_MAX */
	struct config_terms terms;
	struct config_bfd bfd;           /* what holds, also when the link says nothing; as the next */
	struct config_damping damping;
};

struct config_neighbor {                 /* one of "neighbors": a numbered peer. Addresses of IPv4 are IPv4-mapped */
	struct in6_addr address;
	struct in6_addr local;           /* ::: chosen by the interface that leads there */
	uint32_t remote_asn;             /* 0: any but our own */
	bool internal;                   /* remote_asn is our own */
	uint8_t multihop;                /* how many hops away it may be; 1: on a connected network. 255 by default for internal ones */
	bool passive, rr_client, next_hop_self;
	uint16_t hold, keepalive;
	struct config_terms terms;
	bool by_hand;                    /* of no file: added while weftd runs */
};

struct config {
	uint32_t asn;
	struct in_addr router_id;
	char hostname[65];               /* "" until the caller fills in the system's */
	bool links_auto;
	struct config_link *links;       /* first match wins; [] with links_auto */
	size_t n_links;
	struct config_neighbor *neighbors;
	size_t n_neighbors;
	bool med_always;                 /* "med": "always": compared between different ASes too */
	char (*originate)[16];           /* interface globs */
	size_t n_originate;
	struct prefix_range *rules;       /* none: every connected prefix */
	size_t n_rules;
	bool loopback;
	struct { uint16_t hold, keepalive, connect_retry, ra_interval, ra_lifetime; } timers;
	bool ipv4_next_hop_inet6;
	struct in_addr ipv4_next_hop;    /* 0: the default, which only nexthop/hop.h spells; the wiring fills it in, like hostname */
	uint16_t multipath;
	struct config_resilient resilient;
	uint32_t restart_s;              /* seconds of RFC 4724 in which this node comes back from a restart; 0: it keeps nothing over one */
	uint32_t start_hold_s;           /* most seconds for which a node that starts announces nothing, until its table is whole; 0: none */
	uint32_t long_lived[2];          /* IPv4, IPv6: most seconds of long-lived graceful restart that a peer is granted; 0: none */
	struct config_bfd bfd;           /* of links that no entry of `links` is for; as the next */
	struct config_damping damping;
	struct config_policy *policies;
	size_t n_policies;
	bool ipv6;
	bool software_version;           /* tell peers which version runs here */
	bool manage_sysctls;
	bool advertise_installed;        /* what is learned is announced when the kernel has it */
	struct config_bmp bmp;
	bool weighted;                   /* next hops by link bandwidth (RFC 10005) */
	struct config_metrics metrics;
};

struct config_errors;                    /* every error of a file, in order of place */
size_t config_errors_count(const struct config_errors *e);
/* "FILE:LINE:COL: path.to.key: what is wrong, what is allowed"; borrowed. */
const char *config_errors_line(const struct config_errors *e, size_t i);
void config_errors_free(struct config_errors *e);

/* text: n bytes, any bytes. file: for messages only. 0 with *ret (config_free it), or -EINVAL with *ret_errors (free it), -ENOMEM. */
int  config_parse(const char *text, size_t n, const char *file, struct config **ret, struct config_errors **ret_errors);
int  config_load(const char *file, struct config **ret, struct config_errors **ret_errors);      /* I/O errors: -EINVAL and a line, too */
/* The same defaults and checks without a file. -EINVAL: one of the two cannot be used. */
int  config_minimal(uint32_t asn, struct in_addr router_id, struct config **ret);
void config_free(struct config *c);

bool config_originates(const struct config *c, const char *ifname);      /* does "originate" name the interface? */
bool config_rule_allows(const struct config *c, const struct prefix *p); /* no rules: yes */
bool config_blackhole_allows(const struct config_blackhole *b, const struct prefix *p);
/* The first entry of "links" whose glob matches, or NULL (with links_auto: always NULL). */
const struct config_link *config_link_for(const struct config *c, const char *ifname);
const struct config_bfd *config_bfd_for(const struct config *c, const char *ifname);
const struct config_damping *config_damping_for(const struct config *c, const char *ifname);
/* Numbered peers that are added by hand. They say no more than an address and an AS, so nothing in them is allocated.
 * config_neighbor_read: as an entry of "neighbors" of c, by the same rules: -EINVAL and what is wrong with it, -ENOMEM. */
#define CONFIG_NEIGHBOR_ERROR 512
int  config_neighbor_read(const struct config *c, const char *address, const char *asn, struct config_neighbor *ret, char error[CONFIG_NEIGHBOR_ERROR]);
struct config_neighbor *config_neighbor_find(const struct config *c, const struct in6_addr *address);
int  config_neighbor_add(struct config *c, const struct config_neighbor *n);     /* -ENOMEM */
void config_neighbor_del(struct config *c, const struct config_neighbor *n);     /* one of c's, by hand */
/* `to` gets those of `from` that it does not name itself. -ENOMEM: some of them. */
int  config_neighbors_keep(struct config *to, const struct config *from);
json_t *config_by_hand_json(const struct config *c);     /* a list, as "neighbors", which they are not in */

/* Effective configuration, every key; a new reference; NULL: no memory. What the caller has yet to fill in (hostname, ipv4_next_hop) is
 * null. It is itself a configuration, that config_parse reads to the same struct; but passwords are shown as CONFIG_HIDDEN, which is refused. */
#define CONFIG_HIDDEN "***"
#define CONFIG_BY_HAND "runtime"         /* a key that `show config` adds to it when something was changed by hand; refused, too */
json_t *config_json(const struct config *c);

#endif
