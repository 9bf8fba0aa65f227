/* One struct agent in a small made-up world: what it says to the world is kept as lines of text, its kernel is a few tables, its peers are
 * hand-made messages. Link swpN has ifindex SWP(N), our fe80::N and MAC 02:00:00:00:00:0N there; behind it is peer N: fe80::ff:N, MAC
 * 02:00:00:00:ff:0N, AS 65100 + N, router-id 10.0.255.N, hold time 90 s.
 *
 * The lines (world_count, world_at take shell patterns of them):
 *   fabric swp1 on|off          connect swp1 fe80::ff:1     close swp1       loopback 10.0.254.1 on|off
 *   guard swp1 gtsm password secret           key ::ffff:203.0.113.2 secret     listen ipv6 [ipv4] least 0 0
 *   metrics [::1]:9473 | metrics off
 *   bfd swp1 fe80::ff:1 100 ms x 3                          bfd_end swp1
 *   no_dad swp1 fe80::1         neigh_get swp1 fe80::ff:1
 *   hop_set swp1 [fe80::ff:2 of a direct one]      hop_del swp1                group_set swp1 swp2               group_del
 *   route_set 10.0.0.0/8        route_del 10.0.0.0/8        neigh_set swp1 02:00:00:00:ff:01  neigh_del swp1
 *   pin_set swp1 02:00:00:00:ff:01 fe80::ff:1               pin_del swp1 fe80::ff:1
 *   to swp1: OPEN | KEEPALIVE | NOTIFICATION 6/1 | EOR ipv4 | EOR ipv6 | REFRESH ipv4 | BoRR ipv4 | EoRR ipv4
 *   to swp1: UPDATE +10.0.0.0/8 +11.0.0.0/8 path 65001 via fe80::1 [and fe80::2] [med 5] [pref 0] [otc 65001] [mbps 10000] [65000:1 ...]   to swp1: UPDATE -10.0.0.0/8 -11.0.0.0/8 */
#ifndef TEST_AGENT_WORLD_H
#define TEST_AGENT_WORLD_H

#include <jansson.h>

#include "agent/agent.h"

#define LO 1
#define SWP(n) (10u + (n))
#define SWPS 8                           /* links that have a peer */
#define OUR_AS 65001
#define OUR_ID "10.0.254.1"
#define PEER_AS(n) (65100u + (n))

struct world {
	struct agent *agent;
	mono now;
	bool internal[SWPS + 1];         /* the peer there is internal: so it reads what we say */
	char (*lines)[512];
	size_t n_lines;
	unsigned n_ra[SWPS + 1];         /* Router Advertisements and Solicitations sent */
	bgp_conn connect[SWPS + 1];      /* our last attempt on the link */
	bgp_conn conn[SWPS + 1];         /* the peer's session, made by world_peer */
	struct { bgp_conn conn; unsigned swp; bool closed; } conns[256];
	size_t n_conns;
	unsigned behind[SWPS + 1];       /* peer N is on this link; 0: on swpN */
	int guard_error;                 /* what the rim answers to guard and key */
	int bfd_error;                   /* and to a BFD session */
	struct bfd_view bfd[SWPS + 1];   /* each link's BFD session; world_bfd tells it */
	struct bgp_caps caps;            /* graceful restart, enhanced refresh, role, version, domain and port of the peers that open from now on */
	bool no_refresh;                 /* they do not know route refresh */
	bool other_id;                   /* their router-id is 10.0.253.N */
	bool bfd_common;                 /* its thread has the priority of any other */
	int fib_error;                   /* what the kernel answers */
	bool kernel_busy;                /* or it answers nothing, and does nothing */
	const char *file;                /* JSON: what a reload reads; NULL: there is no file */
	int listen_error;                /* what the rim answers to listen */
	int metrics_error;               /* and to metrics.listen */
	const struct looked *look;         /* what it says that the kernel holds; NULL: it cannot be asked */
	/* What was said last: "hold 9 ipv4 ipv6 host leaf1 [version X] [role customer] [long-lived]", "lifetime 0", "local ::ffff:192.0.2.1 ttl 1 least 0". */
	char open[200], advert[32], connect_with[96];
	struct { const char *path, *text; } files[8];    /* what the host says of itself, for doctor; path NULL ends them */
	bool networkd;                   /* and that it takes routes away */
	struct kernel_table *kernel;
};

/* config: JSON; NULL: asn and router_id alone. lo is up and has the router-id. */
struct world *world_new(const char *config);
struct world *world_new_on(const char *config, enum fib_groups kernel);  /* no link at all, agent_start not called */
struct world *world_new_bare(const char *config, bool objects);          /* the same on a kernel that has everything, or no objects */
void world_free(struct world *w);
void world_turn(struct world *w);                        /* agent_step, then the kernel, then the peers take what there is for them */
void world_kernel(struct world *w);                      /* only the kernel */
void world_drain(struct world *w);                       /* only the peers, and connections that are to be closed are closed */
void world_wait(struct world *w, int64_t ms);            /* time passes, turns at every deadline */

size_t world_count(const struct world *w, const char *pattern);
int world_at(const struct world *w, const char *pattern);                /* number of the first such line, -1 none */
void world_clear(struct world *w);
void __attribute__((format(printf, 2, 3))) world_line(struct world *w, const char *fmt, ...);     /* something was done: one of `lines` */
void world_print(const struct world *w);                 /* for a test that fails */
const char *world_route(const struct world *w, const char *prefix);      /* links by name, "" none: what the kernel holds */
size_t world_routes(const struct world *w);
size_t world_objects(const struct world *w);             /* next hops and groups in the kernel */

/* The file changes, and is read again; then a turn. Returns the names of sessions that end or restart, "-" if it is rejected (error: first line). */
const char *world_reload(struct world *w, const char *config);
const char *world_reload_error(void);

/* Links. Each is one change and one turn. */
struct link_info world_swp(unsigned n);                  /* up, with carrier */
void world_link(struct world *w, const struct link_info *info);
void world_link_del(struct world *w, unsigned ifindex);
void world_addr(struct world *w, enum link_change_kind kind, unsigned ifindex, const char *addr);      /* "10.0.0.1/24" */
void world_addr_tentative(struct world *w, unsigned ifindex, const char *addr);
void world_swp_up(struct world *w, unsigned n);          /* world_swp and its address */
void world_carrier(struct world *w, unsigned n, bool on);

/* Peers. mac: NULL: the RA has no source link-layer option. */
void world_ra(struct world *w, unsigned n, const char *from, const char *mac);
void world_neigh(struct world *w, unsigned n, const char *addr, const char *mac);
bgp_conn world_accept(struct world *w, unsigned n, const char *from);
void world_peer(struct world *w, unsigned n);            /* link up, RA, the peer's connection, Established */
bool world_try(struct world *w, unsigned n);             /* the peer connects and opens: is it Established? */
/* On swp1, to our connection: a peer of its own AS number and router-id 10.0.255.1, with these capabilities beside those of both families. */
void world_answer(struct world *w, uint32_t asn, struct bgp_caps caps);
void world_open(struct world *w, unsigned n);            /* the same on a link where the peer is heard already */
void world_input(struct world *w, unsigned n, const void *p, size_t len);        /* without a turn */
void world_update(struct world *w, unsigned n, const void *body, size_t len);    /* the body of an UPDATE, without a turn */
void world_eor(struct world *w, unsigned n, uint8_t family);             /* then a turn, as with world_refresh */
void world_refresh(struct world *w, unsigned n, uint8_t family, enum bgp_refresh_kind kind);
void world_refresh_quietly(struct world *w, unsigned n, uint8_t family, enum bgp_refresh_kind kind);
void world_keepalive(struct world *w, unsigned n);
void world_notify(struct world *w, unsigned n, uint8_t code, uint8_t subcode);
void world_bfd(struct world *w, unsigned n);             /* w->bfd[n] is news; then a turn */
void world_bfd_up(struct world *w, unsigned n);          /* Up, for the first time or again */
void world_bfd_fails(struct world *w, unsigned n);       /* nothing was heard for the detection time */
/* prefixes: "10.0.0.0/8 11.0.0.0/8", one family. path: ASNs behind the peer's own, n_path of them. Then a turn. */
void world_announce(struct world *w, unsigned n, const char *prefixes, const uint32_t *path, size_t n_path);
void world_announce_as(struct world *w, unsigned n, const char *prefixes, struct attrs attrs);    /* as_path: behind the peer's own AS */
void world_announce_quietly(struct world *w, unsigned n, const char *prefixes);  /* without a turn */
void world_announce_path_quietly(struct world *w, unsigned n, const char *prefixes, const uint32_t *path, size_t n_path);
void world_withdraw(struct world *w, unsigned n, const char *prefixes);
enum bgp_state world_state(const struct world *w, unsigned n);           /* BGP_IDLE also when there is no peer */

/* JSON by path: "counters.bad_requests", "0.link". NULL: not there. Borrowed. */
json_t *world_json(json_t *root, const char *path);
/* What a view says at a place, as compact JSON; steals root. Valid until the next call. */
const char *world_shows(json_t *root, const char *path);

#endif
