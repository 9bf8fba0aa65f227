/* agent/agent.h: the wiring. The whole of weft without the world: it is told what happened and says what is to be done, so the daemon, the
 * tests and the simulation run the same object.
 *
 * Only this module knows two stages at once: it hands links to ra, what ra hears to bgp, what bgp hears to the RIB, what the RIB chooses to
 * the FIB, and what the FIB wants to whoever asks with agent_fib_take. */
#ifndef WEFT_AGENT_H
#define WEFT_AGENT_H

#include "agent/base/mono.h"
#include "agent/bfd/bfd.h"
#include "agent/bgp/peers.h"
#include "agent/cabling.h"
#include "agent/config/config.h"
#include "agent/damp.h"
#include "agent/rib/rib.h"
#include "nexthop/fib.h"
#include "nexthop/link.h"
#include "nexthop/look.h"
#include "ra/ra.h"

struct agent;

struct trace_packet;
/* Every packet as it comes and goes (agent/trace.h), for those who watch; borrowed. */
typedef void (*agent_trace_fn)(void *ctx, const struct trace_packet *packet);

struct agent_out {                       /* what the world does for the core. None of them may call back into the core */
	/* The link became a fabric link (settings to make, all-routers to join) or is none any more. */
	void (*fabric)(void *ctx, unsigned ifindex, const char *name, bool on);
	/* The link demands a password or hop limit 255 (cfg): it needs a listening socket of its own, and no other may let anybody in from there.
	 * 0 or -errno: then the link has no session, and this is asked again with the peer's next RA. Another cfg may follow; one that demands
	 * nothing, and fabric(off), end it. */
	int (*guard)(void *ctx, const struct peer_config *cfg);
	/* A numbered peer is heard with signatures of this password alone (TCP MD5) from now on, and what had come before is closed. 0 or -errno:
	 * then it has no session, and this is asked again after a while. NULL: without any, whatever was said before. */
	int (*key)(void *ctx, const struct in6_addr *remote, const char *password);
	/* Port 179 is to be heard over IPv6, and over IPv4 as said; of what has a lower hop limit than `least` nothing need be answered. Asked before
	 * another configuration takes effect; 0, or -errno: then it does not. NULL: there is nothing to do. */
	int (*listen)(void *ctx, bool ipv4, const uint8_t least[2]);
	/* What the kernel really holds for a prefix at this moment, for people; 0 or -errno. NULL: nobody can be asked. */
	int (*look)(void *ctx, const struct prefix *p, struct looked *ret);
	/* Reads the file again, or another one. As config_load, with everything filled in; -ENOENT: there is none. NULL: the same. */
	int (*config)(void *ctx, const char *file, struct config **ret, struct config_errors **ret_errors);
	int  (*ra_send)(void *ctx, unsigned ifindex, const struct in6_addr *to, const uint8_t *payload, size_t n);     /* 0 or -errno */
	void (*tcp_connect)(void *ctx, bgp_conn conn, const struct peer_config *cfg, const struct in6_addr *remote);
	void (*tcp_close)(void *ctx, bgp_conn conn);
	/* Put addr/32 on the loopback interface and set that up, or take the address away again. */
	void (*loopback)(void *ctx, unsigned ifindex, struct in_addr addr, bool on);
	/* The link's only link-local address is being tried for duplicates, which a link between two routers need not wait for. */
	void (*no_dad)(void *ctx, unsigned ifindex, const struct in6_addr *addr);
	/* The kernel's neighbour entry of a link-local address is wanted; the answer comes as a NEIGH_NEW change. */
	void (*neigh_get)(void *ctx, unsigned ifindex, const struct in6_addr *addr);
	struct agent_bfd_out {           /* nothing of it is called unless the configuration asks for BFD */
		/* A session begins, in the place of the one with this key if there is one; what becomes of it comes as agent_bfd_news. 0 or -errno: then
		 * this is asked again with the peer's next RA. */
		int (*set)(void *ctx, const struct bfd_peer *peer);
		void (*del)(void *ctx, uint32_t key);
		void (*stats)(void *ctx, struct bfd_stats *ret);         /* NULL: there are none */
		void *ctx;
	} bfd;
	struct agent_bmp_out {           /* nothing of it is called unless the configuration has a BMP collector */
		int (*connect)(void *ctx, const struct in6_addr *to, uint16_t port);     /* agent_bmp_connected or agent_bmp_closed follows; or -errno */
		void (*close)(void *ctx);
		/* Both ends of a BGP connection; false: not known. */
		bool (*ends)(void *ctx, bgp_conn conn, struct in6_addr *ret_local, uint16_t ret_ports[2]);
		void *ctx;
	} bmp;
	struct agent_host_out {          /* for `weft doctor` alone; NULL: nothing is known */
		int (*read)(void *ctx, const char *path, char *ret, size_t room);        /* a file of /proc: how many bytes, or -errno */
		bool (*networkd)(void *ctx);     /* systemd-networkd runs, and takes away routes that are not its own */
		void *ctx;
	} host;
	struct agent_metrics_out {
		/* The metrics are to be read there from now on, and nowhere else; 0 or -errno: then all stays as it was. NULL: they are not to be had. */
		int (*listen)(void *ctx, const struct config_metrics *where);
		void *ctx;
	} metrics;
	void *ctx;
	uint64_t secret;                 /* a number that nobody outside knows: what peers say goes into hash tables (agent/base/hash.h) */
};

/* Takes over cfg (config_free with the agent). kernel: what it has to install routes by. */
int  agent_new(struct agent **ret, struct config *cfg, enum fib_groups kernel, const struct agent_out *out);
void agent_free(struct agent *a);

/* Input. All may be called in any order at any time; nothing happens to the outside until agent_step except through struct agent_out. */
void agent_link_change(struct agent *a, const struct link_change *change, mono now);
/* A link's flags say that its carrier is lost; the kernel's own word follows (agent_link_change) when it has worked off what comes of it. */
void agent_carrier_lost(struct agent *a, unsigned ifindex, mono now);
void agent_ra_packet(struct agent *a, const struct ra_packet *packet, mono now);
/* ifindex: 0 for an address that is not link-local: a numbered peer's then. */
bgp_conn agent_tcp_accepted(struct agent *a, unsigned ifindex, const struct in6_addr *remote, mono now);         /* 0: close it */
void agent_tcp_refused(struct agent *a, const struct in6_addr *remote);      /* the rim closed a numbered peer's connection unheard */
void agent_tcp_connected(struct agent *a, bgp_conn conn, mono now);
void agent_tcp_closed(struct agent *a, bgp_conn conn, int error, mono now);
/* Who LLDP says is at the other end of the link; NULL: nobody, or there is no LLDP. */
void agent_lldp(struct agent *a, unsigned ifindex, const struct cable_end *end);
void agent_lldp_asked(struct agent *a, int error);      /* 0: it answered; an errno: it could not be asked */
/* Nothing that is sent arrives, though the peer is heard; asked for once a second or so. */
void agent_tcp_stalled(struct agent *a, bgp_conn conn, mono now);
void agent_tcp_input(struct agent *a, bgp_conn conn, const uint8_t *p, size_t n, mono now);
void agent_fib_acked(struct agent *a, uint32_t seq, int error, mono now);
/* Somebody else did something to the kernel's routes, next-hop objects, neighbours. True: to ours; put back in the next step. */
bool agent_fib_deed(struct agent *a, const struct fib_deed *deed);
void agent_bfd_news(struct agent *a, const struct bfd_view *view, mono now);
/* Notifications of the kernel were lost and every link and address has been told again, with agent_link_change: everything of ours is
 * written to the kernel again in the next step. */
void agent_kernel_unsure(struct agent *a);
void agent_neigh_unsure(struct agent *a);        /* those of neighbours were: which MACs it has is asked again, where it matters */
/* Start-up: what an earlier run left in the kernel; routes last. */
void agent_fib_seen(struct agent *a, const struct fib_seen *seen);
/* All links and leftovers have been told: discovery begins, what is left over and not wanted goes. */
void agent_start(struct agent *a, mono now);

/* One turn: timers that are due, then decide, then plan the kernel's changes, then fill the peers' queues. Call it after every batch of
 * input and when agent_next falls due. */
void agent_step(struct agent *a, mono now);
/* Its first part, the timers alone. A link may be lost by one: what agent_fib_take has then need not wait for the rest of the turn. */
void agent_timers(struct agent *a, mono now);
mono agent_next(const struct agent *a);

/* Is there a peer whose MAC only the kernel knows? Otherwise nobody need hear of neighbours. */
bool agent_wants_macs(const struct agent *a);

/* Output that is pulled. */
size_t agent_fib_take(struct agent *a, struct fib_op *ops, size_t max);
const uint8_t *agent_tcp_pending(struct agent *a, bgp_conn conn, size_t *ret_n);
void agent_tcp_sent(struct agent *a, bgp_conn conn, size_t n, mono now);
bgp_conn agent_tcp_next_pending(struct agent *a, bgp_conn after);

void agent_trace(struct agent *a, agent_trace_fn fn, void *ctx);         /* NULL, the default: nobody wants them */

/* Commands. peer: a link's name, a router's address there ("fe80::1%swp1") or a numbered peer's; -ENOENT: no such. message: for the peer's operator (RFC 9003), at most PEER_WORDS_MAX bytes of UTF-8; NULL: the usual. */
int  agent_reset(struct agent *a, const char *peer, const char *message, mono now);
/* The end for good: Cease to everybody, plans the removal of everything from the kernel. Then agent_fib_take until nothing is left. */
void agent_stop(struct agent *a, mono now);
/* The end of a process that is followed by another one: connections are closed without a word, as by a crash, so that peers keep our routes
 * (RFC 4724 4.2); what is in the kernel stays. */
void agent_leave(struct agent *a, mono now);
/* The operator wants one of the two; whoever runs the loop asks, and does it. Without a restart time nobody is to come back, and it stops in any
 * case. message: for the peers' operators, as of agent_reset. */
enum agent_end { AGENT_RUNS, AGENT_LEAVES, AGENT_STOPS };
void agent_ask_end(struct agent *a, enum agent_end how, const char *message);
enum agent_end agent_end_asked(const struct agent *a);
/* router_id/32 on lo is from an earlier run of weft: it goes with agent_stop. Before agent_start. */
void agent_loopback_is_ours(struct agent *a);
/* What an earlier run left in the kernel is not known to be this speaker's (another ASN, another router_id): it is used, but no peer is told of
 * it: no R bit, no F bit (RFC 4724 3). Before agent_start. */
void agent_claims_nothing(struct agent *a);
bool agent_has_loopback(const struct agent *a);          /* is there one that weft has put there? */

/* Another configuration, and what became of it (agent_reload.c). */
struct agent_reload_view {
	uint64_t generation;             /* of the configuration in effect: 1 at the start */
	uint64_t accepted, rejected;     /* reloads */
	bool any, failed;                /* the last one: */
	mono at;
	char why[512];                   /* it was rejected, or taken back; its first error */
	bool unconfirmed;                /* what was before comes back unless it is confirmed by then: */
	mono confirm_by;
};
void agent_reloads(const struct agent *a, struct agent_reload_view *ret);

int agent_metrics_error(const struct agent *a);          /* 0, or -errno: the metrics cannot be read where the configuration says; tried again */

/* Things that went wrong outside of any link, counted by whoever notices. */
struct agent_counters { uint64_t notifications_lost, neighbors_lost, bad_requests, unsendable, limit_warnings, settings_put_back; };
struct agent_counters *agent_counters(struct agent *a);

/* Views, for show.c and tests; borrowed. */
const struct config *agent_config(const struct agent *a);
const struct links *agent_links(const struct agent *a);
const struct ra *agent_ra(const struct agent *a);
const struct peers *agent_peers(const struct agent *a);
const struct rib *agent_rib(const struct agent *a);
const struct fib *agent_fib(const struct agent *a);
/* The link demands a password or hop limit 255: only what its own listener lets through may come in. */
bool agent_link_guarded(const struct agent *a, unsigned ifindex);
struct agent_link_view {
	int guard_error;                 /* -errno: that listener could not be made, a numbered peer's password not be set: no session there */
	uint32_t shut_out;               /* ifindex of the fabric link that a numbered peer is on, and whose guard would not let it in; 0: none */
	uint64_t refused;                /* inbound connections that were closed at once */
	uint64_t own_next_hops;          /* prefixes that were refused because their next hop is one of our own addresses */
	const struct damp *damp;         /* of a fabric link: its failures */
	bool usable;                     /* discovery and BGP may use it: */
	mono up_since;
};
/* key: struct peer_view; a fabric link's ifindex. False: no such. */
bool agent_link_view(const struct agent *a, uint32_t key, struct agent_link_view *ret);
struct agent_bfd_view {
	int error;                       /* -errno: there is no session, or its last packet could not be sent */
	bool blocks;                     /* it keeps BGP from the peer */
	const struct bfd_peer *peer;     /* what we want */
	const struct bfd_view *session;
};
bool agent_bfd(const struct agent *a, uint32_t key, struct agent_bfd_view *ret);         /* false: there is to be none */
void agent_bfd_stats(const struct agent *a, struct bfd_stats *ret);
/* Of a link with `expect`: who is to be at its other end, who is, and what is to be said of it. */
struct agent_cabling_view {
	struct cable_end plan, heard;
	bool strict;
	enum { CABLE_UNHEARD, CABLE_BGP, CABLE_LLDP, CABLE_BGP_AND_LLDP } source;        /* of `heard`; the last: the host by BGP, the port by LLDP */
	enum cabling_verdict verdict;
	bool alarm;                      /* it is wrong; or strict, and a peer does not say enough: `text` is for the operator */
	char swapped_with[16];           /* the link where this cable is to be, and that has not got it; "" none */
	char text[CABLING_TEXT];         /* begins with the link's name */
};
bool agent_cabling(const struct agent *a, unsigned ifindex, struct agent_cabling_view *ret);     /* false: it has no `expect`, or is no fabric link */
int agent_lldp_error(const struct agent *a);            /* of agent_lldp_asked, the last one */
bool agent_has_plan(const struct agent *a);      /* is there `expect` anywhere? Otherwise nobody need ask LLDP */
bool agent_peer_named(const struct agent *a, const char *name);   /* is there one, as agent_reset finds it? */
bool agent_is_fabric(const struct agent *a, unsigned ifindex);
/* Somebody has taken the link-local address from a fabric link that is up, and given it no other: which one it had. */
bool agent_link_bare(const struct agent *a, unsigned ifindex, struct in6_addr *ret);
/* The hops through which a path is reached; 0: local, gone, unreachable. */
size_t agent_hops(const struct agent *a, rib_peer peer, attrs_id attrs, struct hop *ret, size_t max);
/* Is what is sent to the prefix discarded because of this path (RFC 7999)? */
bool agent_discards(const struct agent *a, const struct prefix *p, rib_peer peer, attrs_id attrs);
const char *agent_peer_name(const struct agent *a, rib_peer peer);       /* its link or its address or both; "" for RIB_LOCAL */
/* The RIB's number of a peer (struct peer_view); false: its session is not Established, nor are routes kept for one. */
bool agent_rib_peer(const struct agent *a, uint32_t key, rib_peer *ret);
/* How packets of a numbered peer's connection travel, for one that was accepted; false: no such peer. */
bool agent_neighbor_hops(const struct agent *a, const struct in6_addr *addr, uint8_t *ret_ttl, uint8_t *ret_min_ttl);
/* The least hop limit that the general listener of a family need hear: 0 unless all it is for are numbered peers with `gtsm`. */
uint8_t agent_least_hops(const struct agent *a, int family);
const struct agent_counters *agent_counted(const struct agent *a);
const struct agent_host_out *agent_host(const struct agent *a);
enum fib_groups agent_groups(const struct agent *a);      /* what the kernel has */
mono agent_started(const struct agent *a);
/* What passes to and from a peer, by the configuration, and what did not in the present session. Strings borrowed; false: no such peer. */
struct agent_filters_view {
	const char *import, *export;     /* names: "all", "none", "host", or a policy's */
	uint64_t filtered, withheld;     /* prefixes refused: of the peer's by import, of ours by export */
	uint64_t leaks;                  /* prefixes of the peer refused as route leaks (RFC 9234) */
	uint32_t max_prefixes;           /* 0: no limit */
	bool max_warned;                 /* the warning was given */
};
bool agent_filters(const struct agent *a, uint32_t key, struct agent_filters_view *ret);
struct agent_heard_view {                /* prefixes in the peer's UPDATEs, in its session: */
	uint64_t announced, rejected, filtered, ignored;         /* not eligible; by the import policy; nothing new. The others were accepted */
	uint64_t withdrawn, unknown;     /* unknown: of these, without a route */
};
void agent_heard(const struct agent *a, uint32_t key, struct agent_heard_view *ret);
int64_t agent_established_us(const struct agent *a, uint32_t key);       /* of a fabric link: after its last carrier; 0: not known */
struct agent_bandwidth_view {
	uint32_t mbps;                   /* of our link to a peer, by the configuration or by the kernel; 0: not known */
	bool missing;                    /* a fabric link in use without: with `weighted` our own prefixes are announced without theirs */
	uint64_t ignored;                /* link bandwidths that it said and that are none: negative, infinite, not a number */
};
bool agent_bandwidth(const struct agent *a, uint32_t key, struct agent_bandwidth_view *ret);     /* false: no such peer */
/* Of a family whose routes the peer has yet to tell again ([0] IPv4, [1] IPv6): why; NULL: there are none. */
struct agent_stale_view { const char *why[2]; mono until[2]; };
void agent_stale(const struct agent *a, uint32_t key, struct agent_stale_view *ret);
struct agent_restart_view {
	bool deferred;                   /* nothing is decided and announced yet; else: only what nobody told again stays a while */
	mono until;
	size_t routes[2];                /* IPv4, IPv6: of the earlier run, told by nobody so far */
	const char *waits_for;           /* the first peer or link; NULL: none */
};
bool agent_restart(const struct agent *a, struct agent_restart_view *ret, mono now);     /* false: this node is not restarting */
/* The MAC of a router on a fabric link as it is used now; key: a link's ifindex is its first router's. False: none. */
bool agent_peer_mac(const struct agent *a, uint32_t key, uint8_t ret[6]);

#endif
