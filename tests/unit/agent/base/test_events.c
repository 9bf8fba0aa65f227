#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/events.h"
#include "agent/base/own.h"

static char *whole(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = calloc(1, 1 << 18);

	cr_assert(f && text, "%s", path);
	cr_assert_gt(fread(text, 1, (1 << 18) - 1, f), 0);
	fclose(f);
	return text;
}

Test(events, each_has_a_name_and_a_number_of_its_own)
{
	for (enum log_event e = EVENT_NONE + 1; e < LOG_EVENTS; e++) {
		const struct log_event_row *row = log_event_row(e);

		cr_assert(row->name && row->message_id && row->subject, "%d", e);
		cr_expect(*row->name && strspn(row->name, "abcdefghijklmnopqrstuvwxyz-") == strlen(row->name), "%s", row->name);
		cr_expect(strlen(row->message_id) == 32 && strspn(row->message_id, "0123456789abcdef") == 32, "%s", row->name);
		for (enum log_event k = EVENT_NONE + 1; k < e; k++)
			cr_expect(strcmp(row->name, log_event_row(k)->name) && strcmp(row->message_id, log_event_row(k)->message_id), "%s", row->name);
	}
}

/* "-- ID\nSubject: sentence\nDefined-By: weft\n...\n\nwhat happened, what to do\n" */
Test(events, the_catalog_explains_each_and_nothing_else)
{
	AUTO_FREE char *text = whole("templates/weft.catalog");
	char head[256];
	unsigned n = 0;

	for (enum log_event e = EVENT_NONE + 1; e < LOG_EVENTS; e++) {
		const struct log_event_row *row = log_event_row(e);
		const char *entry, *body;

		snprintf(head, sizeof(head), "\n-- %s\nSubject: %s\nDefined-By: weft\n", row->message_id, row->subject);
		entry = strstr(text, head);
		cr_assert(entry, "templates/weft.catalog has no entry of %s: %s", row->name, head);
		body = strstr(entry, "\n\n");
		cr_expect(body && body[2] && body[2] != '-', "%s has no explanation", row->name);
	}
	for (const char *p = text; (p = strstr(p, "\n-- ")); p++)
		n++;
	cr_expect_eq(n, LOG_EVENTS - 1);
}

/* ".It Cm name\nsubject\n.Pq topic, level\n": there are no other items of that kind in the page. */
Test(events, the_manual_lists_each_and_nothing_else)
{
	AUTO_FREE char *text = whole("templates/man/weftd.8");
	char item[256];
	unsigned n = 0;

	for (enum log_event e = EVENT_NONE + 1; e < LOG_EVENTS; e++) {
		const struct log_event_row *row = log_event_row(e);

		snprintf(item, sizeof(item), "\n.It Cm %s\n%s\n.Pq %s, %s\n", row->name, row->subject, log_topic_str(row->topic), log_level_str(row->level));
		cr_expect(strstr(text, item), "templates/man/weftd.8 does not say of %s:%s", row->name, item);
	}
	for (const char *p = text; (p = strstr(p, "\n.It Cm ")); p++)
		n++;
	cr_expect_eq(n, LOG_EVENTS - 1);
}

Test(events, topics_and_levels_are_words)
{
	enum log_topic topic;
	enum log_level level;

	for (enum log_topic t = 0; t < LOG_TOPICS; t++)
		cr_expect(log_topic_of(log_topic_str(t), &topic) && topic == t);
	for (level = LOG_LVL_ERROR; level <= LOG_LVL_DEBUG; level++) {
		enum log_level again;

		cr_expect(log_level_of(log_level_str(level), &again) && again == level);
	}
	cr_expect(!log_topic_of("bg", &topic) && !log_level_of("", &level));
}
