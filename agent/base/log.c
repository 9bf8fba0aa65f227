#include "agent/base/log.h"

#include <stdarg.h>
#include <stdio.h>

static struct {
	log_sink sink;
	void *ctx;
	bool watched;
	enum log_level most[LOG_TOPICS];
} out;

void log_to(log_sink sink, void *ctx, enum log_level most)
{
	out.sink = sink;
	out.ctx = ctx;
	for (int i = 0; i < LOG_TOPICS; i++)
		out.most[i] = most;
}

void log_set_level(enum log_topic topic, enum log_level most)
{
	out.most[topic] = most;
}

enum log_level log_level(enum log_topic topic)
{
	return out.most[topic];
}

void log_watched(bool on)
{
	out.watched = on;
}

bool log_wants(enum log_topic topic, enum log_level level)
{
	return out.sink && level <= out.most[topic];
}

bool log_wants_event(enum log_event event)
{
	const struct log_event_row *row;

	if (!out.sink || out.watched)
		return out.sink;
	row = log_event_row(event);
	return row->level <= out.most[row->topic];
}

const char *log_text(const struct log_entry *e, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s%s", e->about.name ? e->about.name : "", e->about.name ? ": " : "", e->text);
	return buf;
}

const char *log_peer(const struct log_entry *e, char buf[INET6_ADDRSTRLEN])
{
	return e->about.peer ? in6_str(e->about.peer, buf) : "";
}

static void say(struct log_entry *entry, const char *fmt, va_list ap)
{
	char text[LOG_TEXT_MAX];

	vsnprintf(text, sizeof(text), fmt, ap);
	entry->text = text;
	out.sink(out.ctx, entry);
}

void log_line(enum log_topic topic, enum log_level level, struct log_about about, const char *fmt, ...)
{
	struct log_entry entry = { .level = level, .topic = topic, .about = about };
	va_list ap;

	if (!log_wants(topic, level))
		return;
	va_start(ap, fmt);
	say(&entry, fmt, ap);
	va_end(ap);
}

void log_event(enum log_event event, struct log_about about, const char *fmt, ...)
{
	const struct log_event_row *row = log_event_row(event);
	struct log_entry entry = { .level = row->level, .topic = row->topic, .event = event, .about = about };
	va_list ap;

	if (!log_wants_event(event))
		return;
	va_start(ap, fmt);
	say(&entry, fmt, ap);
	va_end(ap);
}
