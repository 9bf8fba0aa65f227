/* agent/agent_bmp_priv.h: what agent_bmp.c (sessions, statistics) and agent_bmp_routes.c (routes) share, and nobody else. */
#ifndef WEFT_AGENT_BMP_PRIV_H
#define WEFT_AGENT_BMP_PRIV_H

#include "agent/agent_bmp.h"
#include "agent/agent_priv.h"
#include "agent/bmp/bmp_msg.h"

#define BATCH_PREFIXES 64
#define BATCHES 32

struct batch {                           /* prefixes of one UPDATE to come */
	struct port *port;
	enum config_monitor table;
	attrs_id attrs;                  /* a reference; 0: withdrawn */
	uint8_t family;
	size_t n;                        /* 0: there is nothing, of the others neither */
	struct prefix prefixes[BATCH_PREFIXES];
};

struct monitor {
	struct agent *agent;
	struct config_bmp cfg;
	struct bmp bmp;
	int64_t clock_us;                /* agent_bmp_clock */
	mono stats_at;
	const char *told;                /* the trouble that the log was told of last */
	bool walking;                    /* over the table, for those who were up before the collector was: */
	struct rib_place place;
	struct batch walk[BATCHES];
	size_t next_walk;                /* the one that has to make room */
	struct batch live;               /* what changes now: one, so that nothing overtakes anything */
	bool has_loc;                    /* the RIB tells what it chose to this peer of its: */
	rib_peer loc;
	bool loc_eor;                    /* the collector has been told all of that */
	uint8_t out[BMP_ROUTE_LEN + BGP_EXT_LEN];
	uint8_t update[BGP_EXT_LEN];
};

static inline bool monitors(const struct monitor *m, enum config_monitor table)
{
	return m->cfg.monitor[table];
}

/* agent_bmp.c */
/* Of a peer, or without one of the Loc-RIB. */
struct bmp_peer monitor_header(const struct monitor *m, const struct port *port, enum config_monitor table);

/* agent_bmp_routes.c */
void routes_begin(struct monitor *m);                    /* the collector is there: everything from the start */
void routes_end(struct monitor *m);                      /* it is gone */
void routes_feed(struct monitor *m);                     /* more of the tables, while there is room */
bool routes_due(const struct monitor *m);
bool routes_complete(const struct monitor *m);
void routes_flush(struct monitor *m);                    /* what waits to be told goes before what comes now */
void routes_eor(struct monitor *m, const struct port *port, enum config_monitor table, int family);
void routes_of_path(void *ctx, rib_peer peer, const struct prefix *p, attrs_id attrs);   /* rib_on_path */

#endif
