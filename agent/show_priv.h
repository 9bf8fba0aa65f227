/* agent/show_priv.h: pieces that the show*.c share. */
#ifndef WEFT_SHOW_PRIV_H
#define WEFT_SHOW_PRIV_H

#include "agent/show.h"

struct agent_teller;

json_t *show_addr6(const struct in6_addr *a);
json_t *show_addr4(struct in_addr a);
json_t *show_mac(const uint8_t *mac);                    /* NULL: null */
int64_t show_seconds(mono then, mono now);
/* Into the summary's counters: of all fabric links. link_alarms: links and numbered peers with one now; the others since each link came up. */
void show_link_counters(const struct agent *a, json_t *o, mono now);
/* show_bfd.c. Of a peer: null when it is to have none. The alarm: NULL none. */
json_t *show_bfd(const struct agent *a, uint32_t key, mono now);
json_t *show_bfd_alarm(const struct agent *a, uint32_t key);
/* show_cabling.c. Into a link's object; the alarm: NULL none. */
void show_cabling(const struct agent *a, unsigned ifindex, json_t *o);
json_t *show_cabling_alarm(const struct agent *a, unsigned ifindex);
json_t *show_bfd_summary(const struct agent *a);
json_t *show_hold(const struct agent *a, mono now);        /* show_hold.c; null: announcements are not held */
void show_drains(const struct agent *a, json_t *o, mono now);            /* into the summary */
const char *show_link_name(const struct agent *a, uint32_t ifindex);     /* "?" unknown */

/* show_session.c */
void show_messages(const struct peer_view *v, json_t *o);
void show_session(const struct agent *a, const struct peer_view *v, json_t *o, mono now);
/* show_runtime.c: what was changed by hand, if anything was, into the configuration */
void show_runtime(const struct agent *a, json_t *o);
/* show_routes.c */
void show_communities(struct span standard, struct span large, json_t *o);
void show_attrs(const struct attrs *attrs, json_t *o);   /* as_path .. large_communities */
json_t *show_bandwidth(const struct attrs *attrs);
json_t *show_path(const struct agent *a, const struct rib_path_view *p);
json_t *show_hop(const struct agent *a, const struct hop *hop, unsigned weight);
json_t *show_route(const struct agent *a, const struct rib_route_view *view, const char *withheld);      /* a row of `show routes` */
const char *show_all_withheld(const struct agent *a);    /* why nothing is announced at all; NULL: it is */
/* show_adj.c: rows of one neighbor's tables; NULL: the prefix is not in it */
json_t *show_received(const struct agent *a, const struct rib_route_view *view, rib_peer peer);
json_t *show_refused(const struct prefix *p, const char *why, mono at, mono now);
json_t *show_advertised(struct agent_teller *teller, const struct rib_route_view *view);
const char *show_link_state(const struct agent *a, const struct link *link);     /* show_links.c */

#endif
