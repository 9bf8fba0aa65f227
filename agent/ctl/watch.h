/* agent/ctl/watch.h: what somebody watches, and an event as the JSON line that they are sent. Pure.
 *
 *   request   {"command": "watch", "args": ["swp1", "10.1.0.0/16", "--packets", "swp2"]}
 *   answer    {"ok": true, "result": {"json_version": 1}}      and then, until the client closes, a line for each event:
 *   {"time": "2026-11-22T19:20:21.123456Z", "event": "link-down", "topic": "link", "level": "notice", "link": "swp1", "name": "swp1", "peer": null,
 *    "prefix": null, "message": "link is down"}
 *
 * "event" is a name of agent/base/events.c, "log" for a line of the log that is no event, "packet" (agent/trace.h, with "direction", "protocol", "type", "length", "detail"), or "lost" (lineq.h): then
 * the client did not read fast enough, and "lines" says how many it missed. "route-changed" has "from" and "to", lists of next hops, and "reason". */
#ifndef WEFT_CTL_WATCH_H
#define WEFT_CTL_WATCH_H

#include <jansson.h>

#include "agent/base/log.h"
#include "agent/ctl/ctl.h"

struct watch_filter {                    /* nothing is named: everything is wanted but packets; packets alone: what is about that link */
	size_t n;
	struct watch_what { char name[INET6_ADDRSTRLEN]; bool is_prefix; struct prefix prefix; } what[CTL_ARGS_MAX];
	char packets[INET6_ADDRSTRLEN];  /* of this link or numbered peer; "" of none */
};

/* 0, or -EINVAL with a sentence in *ret_error (static). Are there links of these names? That is not looked at. */
int watch_filter_parse(const struct ctl_request *req, struct watch_filter *ret, const char **ret_error);
/* Named: a link or peer that it is about, or that a route comes from or goes to; a prefix that holds its prefix, or its peer. */
bool watch_filter_wants(const struct watch_filter *f, const struct log_entry *entry);

bool watch_filter_packets(const struct watch_filter *f, const struct log_about *about);   /* are packets there wanted? */

json_t *watch_event(const struct log_entry *entry, int64_t realtime_us);
json_t *watch_time(int64_t realtime_us);
char *watch_line(json_t *event);         /* with newline; steals event; free() it; NULL: no memory */

#endif
