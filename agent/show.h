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
/* The rows of long tables one by one, stolen by fn. name: a neighbor's. -ENOENT: there is no such; -ENOTCONN: it has no session; -ENOMEM. */
typedef void show_row(void *ctx, json_t *row);
void show_routes_each(const struct agent *a, const struct prefix *prefix, show_row *fn, void *ctx);
int  show_received_each(const struct agent *a, const char *name, show_row *fn, void *ctx, mono now);
int  show_advertised_each(struct agent *a, const char *name, show_row *fn, void *ctx);
/* asked: a prefix, or an address with its full length. Asks the kernel (agent_out.look) and export filters, hence not const. */
json_t *show_explain(struct agent *a, const struct prefix *asked, mono now);
json_t *show_links(const struct agent *a, mono now);
/* name: as agent_drain's. NULL also when there is no such. */
json_t *show_drain(const struct agent *a, const char *name, mono now);
json_t *show_nexthops(const struct agent *a);
json_t *show_config(const struct agent *a);
json_t *show_version(void);

#endif
