/* agent/agent_priv.h: the wiring's own state, shared by agent.c (turns), agent_links.c (links, discovery), agent_routers.c, agent_originate.c, agent_bgp.c (sessions, routes in
 * and out), agent_damp.c (may a link be used?), agent_refresh.c, agent_stale.c (all of them again) and agent_fib.c (the kernel's side). Nobody else includes it. */
#ifndef WEFT_AGENT_PRIV_H
#define WEFT_AGENT_PRIV_H

#include "agent/agent.h"
#include "agent/agent_met.h"
#include "agent/agent_pace.h"
#include "agent/agent_reach.h"
#include "agent/base/bucket.h"
#include "agent/base/log.h"
#include "agent/damp.h"
#include "agent/rib/bandwidth.h"
#include "agent/rib/policy.h"

#define PORTS_MAX 4096                   /* fabric links of one node */

enum stale {                             /* why a peer's paths of a family are marked stale */
	STALE_NO,
	STALE_AWAY,                      /* it restarts (RFC 4724) */
	STALE_LONG,                      /* it has not come back in its restart time (RFC 9494) */
	STALE_BACK,                      /* it is back, and has not said End-of-RIB */
	STALE_REFRESH,                   /* it is between BoRR and EoRR (RFC 7313) */
};

struct port_bfd {
	bool on;                         /* there is a session: */
	struct bfd_peer peer;
	struct bfd_view view;            /* as last told */
	uint32_t away_ups;               /* view.ups when the BGP session ended */
	int error;                       /* or there could not be one */
};

struct traffic {                         /* of the port's interface, while it is drained */
	bool counting, known;            /* counting: `packets` at `at`; known: pps, too */
	uint64_t packets, pps;
	mono at;
};

struct port {                            /* a fabric link, a further router on one, or a numbered peer: where the stages meet */
	struct agent *agent;
	uint32_t key;                    /* of its peer */
	struct port *first;              /* of a further router: its link's own port, with the link's first router. NULL: it is none */
	bool fresh;                      /* numbered: made for a configuration that is not in effect yet */
	const struct config_neighbor *neighbor;  /* NULL: a fabric link; what is about discovery below is for these only */
	uint32_t ifindex;                /* numbered: of the interface that leads there, 0 behind routers */
	char name[INET6_ADDRSTRLEN];     /* the link's; numbered: the peer's address; a further router: "fe80::1%swp1" */
	bool hurried;                    /* no_dad was asked for, since the link came up */
	bool guarded;                    /* the rim has made its own listener; numbered: has set the password */
	int guard_error;                 /* or could not: no session */
	mono guard_retry;                /* numbered: when to ask again */
	uint32_t shut_out;               /* numbered: behind this fabric link, whose own guard would not let it in: no session; 0: no */
	struct bucket accepts, complaints;       /* let in; said in the log of what the peer sends */
	uint64_t refused, own_next_hops; /* struct agent_link_view */
	bool usable;                     /* ra and bgp may use it: */
	mono up_since;
	struct damp damp;                /* a fabric link's: not at once, when it has failed too often */
	struct in6_addr local;           /* our address, of fabric links the link-local one, while usable: then the last one */
	struct in6_addr next_hop[2], next_hop_ll;        /* numbered: what we announce as next hop: IPv4-mapped, IPv6; :: none */
	uint8_t mac[6];
	bool known;                      /* a peer is known: */
	struct in6_addr peer;
	bool mac_known, mac_from_ra;
	uint8_t peer_mac[6];
	bool in_rib;                     /* the session is Established: */
	rib_peer rib;
	struct in_addr remote_id;
	struct hop hop;                  /* numbered: none, every path has its own */
	struct rib_mark eor_by;          /* the session's begin */
	enum { EOR_DECIDES, EOR_INSTALLS, EOR_MAY_GO } eor_phase;        /* agent_installed.c: everything by then is decided, in the kernel, and decided with that */
	uint32_t eor_installed_by;
	bool eor_due[2], eor_heard[2];   /* by family, as the next three */
	bool refresh_due[2], refreshing[2];      /* a BoRR is to be sent; an EoRR, when all has been sent */
	enum stale stale[2];
	mono stale_until[2], keep_until[2];      /* the second: over restarts that follow each other without an End-of-RIB */
	struct port_bfd bfd;
	uint32_t long_s[2];              /* seconds of RFC 9494 after the restart time; 0: none */
	bool long_runs[2];               /* their timer was started, and no End-of-RIB came since: it ends at */
	mono long_until[2];
	bool drained;                    /* its link is, by itself: its paths are the last choice */
	struct traffic traffic;
	bool away;                       /* the session is over; rib, rib_info and hop stay as long as a family is stale: */
	struct rib_peer_info rib_info;
	bool told_up;                    /* the log was told that its session is Established, and, as a hash, */
	uint64_t told_why;               /* why there is none; 0: not */
	bool ended;                      /* its session ended, which ra has not been told yet */
	uint8_t reset_cease;             /* the session is to be reset in the next step, with this subcode; 0: no */
	const char *reset_why;
	const struct config_terms *terms;        /* in this session; NULL: nothing is said of the link */
	struct policy *import, *export;  /* NULL: everything passes as it is */
	uint32_t peer_asn;
	uint64_t filtered, withheld;     /* prefixes that they refused, in this session */
	struct agent_heard_view heard;   /* in this session; ignored announcements are counted by the RIB */
	mono carrier;                    /* of a fabric link: since when it has one; 0: it has none, or a session has stood since: */
	int64_t established_us;          /* so long after it; 0: none did so far */
	struct met met;
	uint64_t leaks;                  /* prefixes refused as route leaks (RFC 9234), in this session */
	uint64_t bad_bandwidths;         /* UPDATEs' link bandwidths that are none, in this session; with `weighted` only */
	bool limit_warned;               /* max_prefixes is near */
	struct {                         /* what the BMP collector knows of it (agent_bmp.c): */
		bool up;                 /* that its session is */
		bool walked;             /* what it has announced so far is told by the walk over the table, and End-of-RIB at its end; */
		bool asked[2];           /* but for pre-policy: the peer was asked to say it again, and will say when it is done */
		bool fresh;              /* or will not: no End-of-RIB for that, but at the end of the walk */
	} told;
};

struct restart {                         /* agent_restart.c */
	bool on;                         /* nothing is decided before the peers have told everything, or the time is over: */
	bool sweep;                      /* what nobody told again is yet to be swept */
	bool unsaid;                     /* peers are not told of it: agent_claims_nothing */
	bool forwarding[2];              /* the F bits that they are told */
	bool odd[2];                     /* there were routes that could not be adopted: they stay until the sweep, too */
	mono until;
};

struct filters {                         /* of one entry of "links" or "neighbors", compiled */
	struct policy *import, *export;  /* borrowed, or `own` */
	struct policy *own;
	struct policy_rule host;         /* the rule of `own` */
	struct prefix_range single[2];   /* its prefixes, if the configuration has none */
};

struct neighbors { struct port **port; size_t n; };

struct scrape {                          /* agent_metrics.c */
	int error;                       /* -errno: nobody can read the metrics, and this is tried again at */
	mono retry;
	char refusal[128];               /* why another configuration does not take effect */
};

struct agent {
	struct config *cfg;
	struct config *confirmed;        /* NULL, or what comes back unless `cfg` is confirmed by then: */
	struct agent_reload_view reloads;
	struct agent_out out;
	enum fib_groups groups;          /* what the kernel has */
	bool started, stopped;
	bool originate_dirty, kernel_unsure;
	bool told_refusals;              /* the log has it that the kernel refuses something; and how often it had until then: */
	uint64_t refused_again;
	bool called;                     /* what happens now is because of a peer's connection */
	enum agent_end end;
	char end_words[PEER_WORDS_MAX + 1];
	bool has_source;                 /* router_id is on an interface, whoever has put it there */
	bool loopback_ours;              /* router_id/32 on lo was put there by us */
	uint32_t lo;                     /* ifindex of lo, 0 unknown */
	uint32_t bfd_serial;             /* of the last BFD session */
	agent_trace_fn trace;            /* NULL: nobody wants to see packets */
	void *trace_ctx;
	mono since;
	mono now;                        /* of the present turn, as handed in: for callbacks of the stages */
	struct restart restart;
	bool hold;                       /* `start_hold`: nothing is announced yet */
	struct links *links;
	struct ra *ra;
	struct peers *peers;
	struct rib *rib;
	struct fib *fib;                 /* from the first leftover told, or agent_start */
	uint64_t losses;                 /* fib_losses that are known */
	struct rib_mark plan_by;         /* the last of these losses, and the end of what left with it */
	size_t slice;                    /* prefixes decided in the last turn at most */
	struct port **ports;             /* by ifindex */
	size_t n_ports;
	struct port **further;           /* routers that are not the first on their link, by key */
	size_t n_further;
	struct neighbors neighbors;      /* one for each of cfg->neighbors; by key */
	struct reach *reach;             /* their next hops */
	struct port **by_rib;            /* by rib_peer */
	size_t n_by_rib;
	struct prefix *local;            /* what is originated now, sorted */
	size_t n_local;
	struct { struct announced *list; size_t n, room; } announced;    /* agent_announce.h; sorted */
	struct agent_counters counters;
	struct pace pace;
	struct scrape scrape;
	struct monitor *monitor;         /* agent_bmp.c; NULL: there is no BMP collector */
	struct refused *refused;         /* agent/refused.c; NULL: nothing was refused so far */
	struct cables { struct cable *list; size_t n; bool dirty, planned; int lldp_error; } cables;     /* agent_cabling.c */
	struct policy **policies;        /* as in cfg->policies */
	struct policy *none;             /* lets nothing pass */
	struct filters *filters;         /* as in cfg->links, and cfg->neighbors behind them */
	struct policy_scratch *scratch;  /* NULL: there is nothing with filters */
	struct {
		struct drain *list;
		size_t n;
		unsigned changes;
		mono checked;            /* whether one may be taken back */
		char missed[INET6_ADDRSTRLEN];   /* struct agent_drain_view */
		char back[INET6_ADDRSTRLEN];     /* the last one that came back */
	} drains;
};

struct port *port_find(const struct agent *a, uint32_t ifindex);         /* a fabric link */
struct port *port_by_key(const struct agent *a, uint32_t key);
/* All of the three kinds: the first for 0, NULL at the end. */
struct port *port_at(const struct agent *a, size_t i);
bool port_is_named(const struct port *port, const char *name);           /* as agent_reset finds it */

static inline const char *port_link_name(const struct port *port)        /* of a fabric link and of further routers */
{
	return port->first ? port->first->name : port->name;
}

static inline struct log_about port_about(const struct port *port)         /* for the log */
{
	return (struct log_about){ .name = port->name, .link = port->neighbor ? NULL : port_link_name(port),
				   .peer = port->known ? &port->peer : NULL };
}

/* agent_routers.c: further routers of a fabric link ("routers") */
struct port *router_find(const struct agent *a, uint32_t ifindex, const struct in6_addr *addr);  /* the first or a further one; NULL: none */
struct port *router_by_key(const struct agent *a, uint32_t key);
void routers_moved(const struct port *first, mono now);  /* our address on the link is another one */
/* The link is none of ours any more (said to their routers), or cannot be used (subcode 0): there are none. */
void routers_down(struct port *first, uint8_t cease_subcode, mono now);
void routers_free(struct agent *a);
void routers_ra(void *ctx, unsigned ifindex, const struct ra_router *router, enum ra_further what);      /* ra_out.further */

/* agent_neighbors.c */
int  neighbors_new(struct agent *a);
void neighbors_free(struct agent *a);
struct port *neighbor_by_key(const struct agent *a, uint32_t key);
/* The ports for another configuration, in its order: those that are there, and fresh ones. Then one of the two: */
int  neighbors_for(struct agent *a, const struct config *c, struct neighbors *ret);
void neighbors_drop(struct neighbors *list);
void neighbors_become(struct agent *a, struct neighbors *list, mono now);        /* a->cfg is that configuration; sessions of those not in it end */
void neighbor_reconfigure(struct port *port, bool session, mono now);            /* something of its entry changed, of what the session rests upon or not */
uint8_t neighbors_least_hops(const struct config *c, int family);        /* agent_least_hops */
void neighbors_update(struct agent *a, mono now);        /* links or addresses changed */
void neighbors_step(struct agent *a, mono now);          /* passwords that could not be set are tried again */
mono neighbors_next(const struct agent *a);
/* Of a link that is no fabric link, or not used as one: did the kernel drop what we had there? ran: it was up before the change. */
void neighbors_link(struct agent *a, uint32_t ifindex, bool ran, bool addr_gone);
bool neighbors_own(const struct config *c, const struct link *link);     /* is a numbered peer on one of its networks? */
struct port *neighbor_find(const struct agent *a, const struct in6_addr *addr);
void neighbor_egress(const struct port *port, const struct rib_batch *b, struct bgp_egress *ret);

/* agent_announce.c */
bool announced_attrs(const struct agent *a, const struct prefix *p, struct attrs *attrs);        /* true: they are by hand; borrowed until the next change */

/* agent_originate.c */
void links_originate(struct agent *a);                   /* brings what is originated up to date */
void links_source(struct agent *a);                      /* links or addresses changed */
void links_loopback(struct agent *a);                    /* router_id/32 on lo, when no interface has it */

/* agent_guard.c */
void port_config(const struct port *port, struct peer_config *ret);      /* of its peer */
/* Fail closed: may the link have a session? Not while it has no listener of its own and should have one. */
bool port_guard(struct port *port);
void port_reguard(struct port *port);                    /* what its listener was made for may be something else now */

/* agent_cabling.c: the cabling plan */
bool cabling_unwelcome(void *ctx, const struct peer *peer, const struct bgp_caps *caps, char why[PEER_WORDS_MAX + 1]);  /* peers_out.unwelcome */
bool cabling_waits(const struct port *port);             /* is it known, before there is a session, that there is to be none? */
bool cabling_ends(const struct port *port, const struct config *to);    /* would its session not be let in by that configuration? */
void cabling_step(struct agent *a, mono now);            /* what was heard, or is planned, may be another one now */
void cabling_free(struct agent *a);

/* agent_links.c */
void links_start(struct agent *a, mono now);             /* every link in the table becomes what it should be */
void links_stop(struct agent *a);
void port_retry(struct port *port, mono now);            /* the link has been up for long enough */
bool links_want(const struct agent *a, const struct config *c, const struct link *link);         /* as a fabric link */
void links_reconfigure(struct agent *a, mono now);       /* every link becomes what a->cfg makes of it */
void port_reconfigure(struct port *port, bool session, mono now);        /* as neighbor_reconfigure */
void port_session_start(struct port *port, mono now);
void port_session_end(struct port *port, uint8_t cease_subcode, mono now);      /* the peer is forgotten, also what is kept of it while it is away */
const struct ra_out *links_ra_out(struct agent *a, struct ra_out *buf);

/* agent_damp.c */
#define STALL_WAIT_MS 10000              /* a link that loses what is large is found out in use, and in some seconds */
/* The link, or the peer there, failed: why, noticed_ms as damp_down. What follows from it is port_gate's. */
void port_failed(struct port *port, const char *why, int64_t noticed_ms);
bool port_gate(struct port *port, mono now);             /* lets BGP on the link, or keeps it off (true), as everything says now */
void port_silent(struct port *port, const struct peer_view *v);  /* a session ended for good: by a failure of the link? */
void port_ended(struct port *port, mono now);            /* the same, in the turn */
void port_pardon(struct port *port, mono now);           /* the operator's word: whatever it did is forgotten */
void damp_turn(struct agent *a, mono now);               /* links that had to be well for a while are used now, or their failures are forgotten */
mono damp_due(const struct agent *a);

/* agent_bgp.c */
void bgp_out(struct agent *a, struct peers_out *buf);
void bgp_resets(struct agent *a, mono now);
void bgp_ended(struct agent *a, mono now);               /* tells ra of sessions that ended */
bool bgp_may_complain(struct port *port);                /* in the log, of what the peer sends */

/* agent_export.c */
void bgp_export(struct agent *a);
bool bgp_export_due(const struct agent *a);

/* agent_policy.c */
int  filters_new(struct agent *a);                       /* compiles what the configuration says */
void filters_free(struct agent *a);
/* Compiles what another configuration says, which becomes a->cfg. ret_was: what was, for filters_free (or to be put back) when no port borrows of
 * it any more (filters_adopt). -ENOMEM: nothing has changed. */
int  filters_renew(struct agent *a, struct config *to, struct agent *ret_was);
void filters_restore(struct agent *a, const struct agent *was);
void filters_adopt(struct port *port);                   /* its filters and its limit, from a->cfg; what is counted goes on */
bool filters_over(const struct port *port, const struct config_limit *limit);
void filters_recount(struct port *port);                 /* its limit is another one */
void filters_open(struct port *port, uint32_t peer_asn);                    /* a session begins: its filters, its limit */
/* From the peer into the RIB, as its import policy has it; enum rib_verdict or -ENOMEM. id: of attrs. What is refused withdraws what was there. */
int  filters_update(struct port *port, const struct prefix *p, const struct attrs *attrs, attrs_id id);
void filters_warn(struct port *port);                    /* is max_prefixes near? */

void rib_leave(struct port *port);                       /* the member first, then the RIB peer and all its paths */

/* agent_refresh.c: telling a peer everything again */
/* The peer is asked to tell everything again. False: it does not know how. */
bool refresh_request(struct port *port);
void refresh_ask(struct port *port, const struct peer *peer, uint8_t family);
void refresh_begin(struct port *port, struct peer *peer);        /* before routes are sent */
void refresh_end(struct port *port, struct peer *peer);          /* all routes are sent: EoRR, and the session's End-of-RIB */
bool refresh_pending(const struct port *port);

/* agent_stale.c: a peer tells everything again. family: as in struct port */
bool stale_keep(struct port *port, const struct peer_view *v, const struct bgp_ctx *bgp);        /* the session ended: are its paths kept? */
/* A session is Established: had its paths been kept, and are they its own? */
bool stale_back(struct port *port, const struct rib_peer_info *info, const struct peer_view *v, const struct bgp_ctx *bgp);
void stale_eor(struct port *port, int family);
void stale_mark(struct port *port, int family, const struct peer *peer, mono now);       /* BoRR */
void stale_sweep(struct port *port, int family, enum stale why);
void stale_drop(struct port *port);                      /* nothing is kept of a peer that is away */
void stale_step(struct agent *a, mono now);
mono stale_next(const struct agent *a);

/* agent_restart.c: this node restarts */
void restart_begin(struct agent *a, mono now);           /* all leftovers have been told */
void restart_step(struct agent *a, mono now);            /* is it over? */
void restart_sweep(struct agent *a, mono now);           /* once it is over and all is decided */
mono restart_next(const struct agent *a);
void restart_router(struct port *port, const struct in6_addr *addr);     /* heard on the link */

/* agent_whole.c: is our table whole? */
#define WHOLE_KERNEL "the kernel"        /* who is waited for when no peer is */
bool port_told(const struct port *port, mono now);       /* an Established peer has told everything (RFC 4724 2: End-of-RIB), or need not say so, */
mono port_told_by(const struct port *port);              /* and had time to until then; MONO_NEVER: it has to */
bool port_numbered_owes(const struct port *port);        /* a numbered peer without a session: it may have one at any time */
/* The peers, and links, that have yet to tell something, one after the other: *at is 0 to begin with; NULL: no more. */
const struct port *whole_lacks(const struct agent *a, size_t *at, mono now);
mono whole_discovered(const struct agent *a);            /* links on which nobody is known are waited for until then */
bool whole_in_kernel(const struct agent *a);             /* all that was told is decided, and the kernel has confirmed all of it */

/* agent_installed.c: `advertise_installed` */
void installed_watch(struct agent *a);                   /* there is a fib, or the key is another one */
enum rib_installed installed_ask(void *ctx, const struct prefix *p);     /* rib_out.installed */
void eor_begin(struct port *port);                       /* what is known by now is to be told before the End-of-RIB */
bool eor_may_go(struct port *port);                      /* all of that is decided, and the kernel has answered */
bool eor_waits(const struct port *port);                 /* for the kernel */

/* agent_hold.c: this node starts, and announces nothing yet */
void hold_begin(struct agent *a);
void hold_step(struct agent *a, mono now);
mono hold_next(const struct agent *a);

/* agent.c */
struct stage_configs { struct ra_config ra; struct rib_config rib; struct peers_config peers; };
void stage_configs(const struct config *c, struct stage_configs *ret);
void config_complete(struct config *c);          /* what agent/config has no business to know */

/* agent_runtime.c: neighbors by hand, when a configuration comes from the file */
void runtime_note(const struct config *was, const struct config *is);    /* logs which of them are in the file now */
void runtime_adopt(struct config *c, const struct config *same);         /* c stays, though which are by hand is as in the other, which reads the same */

/* agent_reload.c */
void reload_step(struct agent *a, mono now);

/* agent_drain.c */
void drain_port(struct port *port);                      /* its session began: is its link drained? */
void drain_egress(const struct port *port, const struct rib_batch *b, struct bgp_egress *ret);
void drain_step(struct agent *a, mono now);              /* takes back what is to be taken back */
mono drain_due(const struct agent *a);

/* agent_bfd.c */
void detect_start(struct port *port, mono now);          /* the peer is known, or our address is another one: BFD with it, if it is to be */
void detect_end(struct port *port, mono now);
bool detect_blocks(const struct port *port);             /* is the peer dead, as BFD sees it? */
void detect_retry(struct port *port, mono now);          /* what could not be had may be had now */

/* agent_weighted.c: nothing happens unless the configuration says `weighted` */
void weighted_port(struct port *port);                   /* its session began, it is gone, or its link is another one */
void weighted_link(struct agent *a, uint32_t ifindex);   /* it may be faster or slower now */
struct span weighted_own(const struct agent *a, uint8_t to[BANDWIDTH_SIZE]);     /* extended communities of what is originated here */
void weighted_heard(struct port *port, const struct attrs *attrs);

/* agent_log.c */
void log_peer_state(struct port *port, const struct peer_view *v);      /* it is another one now */
void log_ra(const struct port *port, const struct in6_addr *other, struct span payload, int what);
void log_link_change(const struct link_change *change);
void log_refused(const struct port *port, const struct in6_addr *remote);       /* a connection from there */
void log_fib_ops(const struct fib_op *ops, size_t n);
void log_router_found(const struct port *port, const struct ra_router *router);
void log_router_conflict(const struct port *port, const struct ra_router *peer, const struct ra_router *other);

/* agent_trace.c: for those who watch packets; nothing, when nobody does */
enum { RA_HEARD = 0, RA_SENT = 1 };     /* or -errno: it could not be sent */
void trace_ra(const struct agent *a, uint32_t ifindex, const struct in6_addr *other, struct span payload, int what);
void trace_bfd(const struct port *port, const struct bfd_view *was, const struct bfd_view *is);

/* agent_bmp_routes.c: the next hop of attributes that are shown as they are (BMP, MRT) */
void attrs_shown(const struct agent *a, const struct attrs *attrs, uint8_t family, struct bgp_egress *ret);

/* agent_pace.c */
void pace_turn(struct agent *a, mono now);               /* input is in: is there something to be decided? */
void pace_settle(struct agent *a);                       /* has the kernel caught up? */
void pace_taken(struct agent *a, uint32_t seq);          /* changes were handed out for the kernel, this one first */
void pace_acked(struct agent *a, uint32_t seq, int error, mono now);

/* agent_met.c */
void met_established(struct port *port, const struct peer_view *v);
void met_ended(struct port *port, const struct peer_view *v);

/* agent_metrics.c */
void scrape_begin(struct agent *a);
int  scrape_move(struct agent *a, const struct config *to);      /* to where another configuration says. -errno: all is as it was */
char *scrape_refusal(struct agent *a);                   /* once; free() it; NULL: it was not for the metrics */
void scrape_step(struct agent *a, mono now);
mono scrape_next(const struct agent *a);
/* agent_bmp.c: a BMP collector; nothing, when none is configured */
void monitor_configure(struct agent *a, mono now);       /* as a->cfg has it; one that was connected is told everything anew */
void monitor_free(struct agent *a);
void monitor_up(struct port *port);                      /* a session is Established, or */
void monitor_down(struct port *port, const struct peer_view *v);         /* has ended */
void monitor_update(struct port *port, const struct bgp_update *u);      /* before anything is done with it */
void monitor_refreshed(struct port *port, int family);   /* the peer has told everything again; family: as in struct port */
void monitor_step(struct agent *a, mono now);            /* the last in a turn */
mono monitor_next(const struct agent *a);
void monitor_stop(struct agent *a);                      /* the last words */

/* agent_watch.c */
void watch_route(const struct agent *a, const struct prefix *p, const struct hop *hops, size_t n);   /* before the fib is told */

/* agent_fib.c */
int  fib_ready(struct agent *a);                         /* makes a->fib when there is none */
void fib_rib_out(struct agent *a, struct rib_out *buf);
void fib_turn(struct agent *a, mono now);

#endif
