/* agent/metrics_priv.h: how the parts of metrics write their samples. A family is a row: its name, its type, and who writes its samples. */
#ifndef WEFT_METRICS_PRIV_H
#define WEFT_METRICS_PRIV_H

#include "agent/agent_met.h"
#include "agent/base/histo.h"
#include "agent/metrics.h"

#define METRICS_LABELS 512               /* all of a peer, escaped; longer values are cut */

struct page {
	char *p;
	size_t n, room;
	bool bad;                        /* no memory */
	const struct metric *at;         /* whose samples are written */
	const struct agent *agent;
	const struct metrics_rim *rim;
	mono now;
};

struct metrics_peer {
	struct agent_met_view met;
	bool there;                      /* a peer is known: */
	struct peer_view v;
	struct rib_peer_stats rib;
	char labels[METRICS_LABELS];
};

struct metrics_link {
	const struct link *link;
	struct agent_link_view port;
	bool heard;                      /* discovery runs: */
	struct ra_view ra;
	char labels[64];
};

struct metric {                          /* one of the three writes */
	const char *name;
	enum metric_type type;
	const char *help;
	void (*node)(struct page *m);
	void (*peer)(struct page *m, const struct metrics_peer *p);
	void (*link)(struct page *m, const struct metrics_link *l);
};

struct metrics_rows { const struct metric *rows; size_t n; };
extern const struct metrics_rows metrics_peers, metrics_links, metrics_node, metrics_process;

/* metrics_page.c. labels: `a="b",c="d"`, "" none; more: further ones, NULL none. */
void page_sample(struct page *m, const char *labels, const char *more, uint64_t value);
void page_real(struct page *m, const char *labels, const char *more, double value);
void page_histo(struct page *m, const struct histo *h);
void page_head(struct page *m, const struct metric *row);
/* Appends name="value" to labels in a buffer of `size`. The value is escaped, and cut where it has no room. */
void page_label(char *labels, size_t size, const char *name, const char *value);

#endif
