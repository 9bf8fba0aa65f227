/* agent/show.h: any state to JSON, the only renderer. The `weft` program and the tests read nothing else. */
#ifndef WEFT_SHOW_H
#define WEFT_SHOW_H

#include <jansson.h>

#include "agent/agent.h"
#include "agent/agent_drain.h"
#include "agent/ctl/ctl.h"

/* New references; NULL: no memory. link, prefix: NULL for all. show_neighbors and show_routes are arrays also with a filter. */
json_t *show_summary(const struct agent *a, mono now);
json_t *show_neighbors(const struct agent *a, const char *link, mono now);
json_t *show_routes(const struct agent *a, const struct prefix *prefix);
/* Long tables, bit by bit: the daemon does other things in between, and the table may change. name: a neighbor's, NULL with SHOW_ROUTES; with
 * SHOW_DUMP, whose rows are MRT records in hex (mrt.h), the time in seconds since 1970, and -EINVAL if it is none.
 * -ENOENT: there is no such; -ENOTCONN: it has no session; -ENOMEM. */
enum show_what { SHOW_ROUTES, SHOW_RECEIVED, SHOW_ADVERTISED, SHOW_DUMP };
struct show_table;
int  show_table_new(struct show_table **ret, struct agent *a, enum show_what what, const char *name);
/* Hands the next rows to fn, which steals them: none, or a few hundred. 1: there is more; 0: that was all; the errors above: it ends here. */
typedef void show_row(void *ctx, json_t *row);
int  show_table_step(struct show_table *t, show_row *fn, void *ctx, mono now);
void show_table_free(struct show_table *t);
/* asked: a prefix, or an address with its full length. Asks the kernel (agent_out.look) and export filters, hence not const. */
json_t *show_explain(struct agent *a, const struct prefix *asked, mono now);
json_t *show_links(const struct agent *a, mono now);
/* name: as agent_drain's. NULL also when there is no such. */
json_t *show_drain(const struct agent *a, const char *name, mono now);
json_t *show_nexthops(const struct agent *a);
json_t *show_config(const struct agent *a);
json_t *show_version(void);

#endif
