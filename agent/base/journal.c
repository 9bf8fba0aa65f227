#include "agent/base/journal.h"

#include <arpa/inet.h>
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/wr.h"

/* "KEY=value\n"; a value with a newline in it: "KEY\n", its length as 64 bits, least byte first, the value, "\n". */
static void field(struct wr *w, const char *key, const char *value)
{
	size_t n = strlen(value);
	uint64_t length = htole64(n);

	wr_bytes(w, key, strlen(key));
	if (memchr(value, '\n', n)) {
		wr_u8(w, '\n');
		wr_bytes(w, &length, sizeof(length));
	} else {
		wr_u8(w, '=');
	}
	wr_bytes(w, value, n);
	wr_u8(w, '\n');
}

size_t journal_encode(const struct log_entry *e, char ret[JOURNAL_MESSAGE_MAX])
{
	const struct log_event_row *row = log_event_row(e->event);
	struct wr w = wr_of((uint8_t *)ret, JOURNAL_MESSAGE_MAX);
	char line[LOG_TEXT_MAX + INET6_ADDRSTRLEN + 2], priority[2] = { (char)('0' + e->level), '\0' };
	char peer[INET6_ADDRSTRLEN], prefix[PREFIX_STRLEN];

	field(&w, "MESSAGE", log_text(e, line, sizeof(line)));
	field(&w, "PRIORITY", priority);
	field(&w, "SYSLOG_IDENTIFIER", "weftd");
	field(&w, "WEFT_TOPIC", log_topic_str(e->topic));
	if (e->event != EVENT_NONE) {
		field(&w, "WEFT_EVENT", row->name);
		field(&w, "MESSAGE_ID", row->message_id);
	}
	if (e->about.link)
		field(&w, "WEFT_LINK", e->about.link);
	if (e->about.peer)
		field(&w, "WEFT_PEER", log_peer(e, peer));
	if (e->about.prefix)
		field(&w, "WEFT_PREFIX", prefix_str(e->about.prefix, prefix));
	if (e->about.from)
		field(&w, "WEFT_FROM", e->about.from);
	if (e->about.to)
		field(&w, "WEFT_TO", e->about.to);
	return wr_len(&w);
}
