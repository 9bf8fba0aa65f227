/* agent/base/events.h: what can happen that somebody may want to hear of: its name in WEFT_EVENT= and in `weft watch`, how important it is, and its
 * MESSAGE_ID in the journal. Names and numbers stay: scripts and the catalog (templates/weft.catalog) know them. */
#ifndef WEFT_BASE_EVENTS_H
#define WEFT_BASE_EVENTS_H

#include <stdbool.h>

/* syslog's numbers, so that journald's PRIORITY is the level itself. */
enum log_level { LOG_LVL_ERROR = 3, LOG_LVL_WARNING = 4, LOG_LVL_NOTICE = 5, LOG_LVL_INFO = 6, LOG_LVL_DEBUG = 7 };

enum log_topic { TOPIC_AGENT, TOPIC_LINK, TOPIC_DISCOVERY, TOPIC_BGP, TOPIC_BFD, TOPIC_ROUTE, TOPIC_KERNEL, TOPIC_CONFIG, LOG_TOPICS };

enum log_event {
	EVENT_NONE, EVENT_STARTED, EVENT_ENDING, EVENT_RESTART_BEGINS, EVENT_RESTART_LATE, EVENT_RESTART_OVER, EVENT_HOLD_BEGINS,
	EVENT_HOLD_LATE, EVENT_HOLD_OVER, EVENT_DRAINED, EVENT_UNDRAINED, EVENT_LINK_ADDED, EVENT_LINK_REMOVED, EVENT_LINK_UP,
	EVENT_LINK_DOWN, EVENT_LINK_HELD, EVENT_GUARD_FAILED, EVENT_ROUTER_FOUND, EVENT_ROUTER_CHANGED, EVENT_ROUTER_CONFLICT,
	EVENT_ROUTER_ADDED, EVENT_ROUTER_GONE, EVENT_CABLING_WRONG, EVENT_CABLING_RIGHT,
	EVENT_PEER_STATE, EVENT_PEER_UP, EVENT_PEER_DOWN, EVENT_PEER_FAILS, EVENT_PEER_RESET,
	EVENT_PEER_RESTARTS, EVENT_PEER_LATE, EVENT_UPDATE_MALFORMED, EVENT_PREFIX_LIMIT, EVENT_BFD_UP, EVENT_BFD_DOWN, EVENT_BFD_ENDED,
	EVENT_BFD_FAILS, EVENT_PREFIX_ORIGINATED, EVENT_PREFIX_ENDED, EVENT_ROUTE_CHANGED, EVENT_KERNEL_PUT_BACK, EVENT_KERNEL_REFUSES, EVENT_KERNEL_ACCEPTS, EVENT_SETTING_PUT_BACK,
	EVENT_KERNEL_RESYNC, EVENT_RELOADED, EVENT_RELOAD_REJECTED, EVENT_RELOAD_CONFIRMED, EVENT_RELOAD_REVERTED,
	EVENT_RUNTIME_CHANGE, EVENT_SOFT_RESET, LOG_EVENTS,
};

struct log_event_row {
	const char *name;                /* "link-up" */
	enum log_topic topic;
	enum log_level level;
	const char *message_id;          /* 32 hexadecimal digits */
	const char *subject;             /* a sentence, as in the catalog */
};
const struct log_event_row *log_event_row(enum log_event event);         /* EVENT_NONE: name and message_id are "" */

const char *log_topic_str(enum log_topic topic);
const char *log_level_str(enum log_level level);
bool log_topic_of(const char *name, enum log_topic *ret);
bool log_level_of(const char *name, enum log_level *ret);

#endif
