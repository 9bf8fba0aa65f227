/* agent/base/log.h: one line, one fact. Modules return errors; the caller that decides logs, once.
 *
 * A line belongs to a topic, and is about something: a link, a peer, a prefix. What changes and matters is an event (events.h), with a level
 * and a topic of its own. Each file that logs says `#define LOG_TOPIC TOPIC_...` once. */
#ifndef WEFT_BASE_LOG_H
#define WEFT_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "agent/base/events.h"
#include "agent/base/prefix.h"

#define LOG_TEXT_MAX 1024                /* longer ones are cut */

struct log_about {                       /* NULL: it is about no such thing. Borrowed */
	const char *name;                /* how the line begins: a link's or a peer's name, as a port has it */
	const char *link;
	const struct in6_addr *peer;     /* IPv4-mapped for IPv4 */
	const struct prefix *prefix;
	const char *from, *to, *why;     /* of a route: next hops, ", " between them */
};
#define LOG_ABOUT_NOTHING ((struct log_about){ 0 })

struct log_entry {
	enum log_level level;
	enum log_topic topic;
	enum log_event event;            /* EVENT_NONE: a line like any other */
	struct log_about about;
	const char *text;                /* whole, without newline, and without `about.name` */
};

/* "swp1: link is up". Returns buf. */
const char *log_text(const struct log_entry *entry, char *buf, size_t size);
const char *log_peer(const struct log_entry *entry, char buf[INET6_ADDRSTRLEN]);  /* the peer's address; "" none */

/* A sink gets what is wanted, by the levels or by those who watch. NULL: everything is dropped (the default: tests and the simulation are
 * silent). This is, with the levels, the only mutable variable of the program outside main. */
typedef void (*log_sink)(void *ctx, const struct log_entry *entry);
void log_to(log_sink sink, void *ctx, enum log_level most);      /* most: of every topic */
void log_set_level(enum log_topic topic, enum log_level most);
enum log_level log_level(enum log_topic topic);
/* Somebody watches: the sink gets every event, whatever the levels are. */
void log_watched(bool on);

/* Is it wanted? For callers that would have to compute something first. */
bool log_wants(enum log_topic topic, enum log_level level);
bool log_wants_event(enum log_event event);

void log_line(enum log_topic topic, enum log_level level, struct log_about about, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void log_event(enum log_event event, struct log_about about, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#define log_error(...)   log_line(LOG_TOPIC, LOG_LVL_ERROR, LOG_ABOUT_NOTHING, __VA_ARGS__)
#define log_warning(...) log_line(LOG_TOPIC, LOG_LVL_WARNING, LOG_ABOUT_NOTHING, __VA_ARGS__)
#define log_notice(...)  log_line(LOG_TOPIC, LOG_LVL_NOTICE, LOG_ABOUT_NOTHING, __VA_ARGS__)
#define log_info(...)    log_line(LOG_TOPIC, LOG_LVL_INFO, LOG_ABOUT_NOTHING, __VA_ARGS__)
#define log_debug(...)   log_line(LOG_TOPIC, LOG_LVL_DEBUG, LOG_ABOUT_NOTHING, __VA_ARGS__)
/* The same about something; nothing is formatted that nobody wants. */
#define log_error_of(about, ...)   log_line(LOG_TOPIC, LOG_LVL_ERROR, about, __VA_ARGS__)
#define log_warning_of(about, ...) log_line(LOG_TOPIC, LOG_LVL_WARNING, about, __VA_ARGS__)
#define log_notice_of(about, ...)  log_line(LOG_TOPIC, LOG_LVL_NOTICE, about, __VA_ARGS__)
#define log_info_of(about, ...)    log_line(LOG_TOPIC, LOG_LVL_INFO, about, __VA_ARGS__)
#define log_debug_of(about, ...)   log_line(LOG_TOPIC, LOG_LVL_DEBUG, about, __VA_ARGS__)

#endif
