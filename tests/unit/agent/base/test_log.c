#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "agent/base/log.h"
#include "agent/base/own.h"

#define LOG_TOPIC TOPIC_BGP

static struct { unsigned n; enum log_level level; enum log_topic topic; enum log_event event; char line[LOG_TEXT_MAX + 64], peer[INET6_ADDRSTRLEN]; } got;

static void sink(void *ctx, const struct log_entry *e)
{
	(void)ctx;
	got.n++;
	got.level = e->level;
	got.topic = e->topic;
	got.event = e->event;
	log_text(e, got.line, sizeof(got.line));
	snprintf(got.peer, sizeof(got.peer), "%s", log_peer(e, (char[INET6_ADDRSTRLEN]){ 0 }));
}

static void begin(enum log_level most)
{
	memset(&got, 0, sizeof(got));
	log_to(sink, NULL, most);
}

Test(log, without_a_sink_nothing_is_wanted)
{
	log_to(NULL, NULL, LOG_LVL_DEBUG);
	cr_expect(!log_wants(TOPIC_BGP, LOG_LVL_ERROR) && !log_wants_event(EVENT_PEER_UP));
	log_error("lost");
	log_event(EVENT_PEER_UP, LOG_ABOUT_NOTHING, "lost");
}

Test(log, a_line_says_what_it_is_about)
{
	struct in6_addr peer;

	inet_pton(AF_INET6, "fe80::1", &peer);
	begin(LOG_LVL_INFO);
	log_warning_of(((struct log_about){ .name = "swp1", .link = "swp1", .peer = &peer }), "a %s line", "bad");
	cr_expect(got.n == 1 && got.level == LOG_LVL_WARNING && got.topic == TOPIC_BGP && got.event == EVENT_NONE);
	cr_expect_str_eq(got.line, "swp1: a bad line");
	cr_expect_str_eq(got.peer, "fe80::1");
	inet_pton(AF_INET6, "::ffff:192.0.2.1", &peer);
	log_error_of((struct log_about){ .peer = &peer }, "numbered");
	cr_expect_str_eq(got.line, "numbered");
	cr_expect_str_eq(got.peer, "192.0.2.1");
}

Test(log, an_event_has_the_level_and_the_topic_of_its_row)
{
	begin(LOG_LVL_DEBUG);
	for (enum log_event e = EVENT_NONE + 1; e < LOG_EVENTS; e++) {
		log_event(e, LOG_ABOUT_NOTHING, "x");
		cr_expect(got.event == e && got.level == log_event_row(e)->level && got.topic == log_event_row(e)->topic);
	}
	cr_expect_eq(got.n, LOG_EVENTS - 1);
}

Test(log, levels_are_those_of_each_topic)
{
	begin(LOG_LVL_NOTICE);
	log_set_level(TOPIC_BGP, LOG_LVL_DEBUG);
	cr_expect(log_wants(TOPIC_BGP, LOG_LVL_DEBUG) && !log_wants(TOPIC_LINK, LOG_LVL_INFO));
	log_debug("seen");
	log_event(EVENT_PEER_STATE, LOG_ABOUT_NOTHING, "seen");
	log_event(EVENT_LINK_UP, LOG_ABOUT_NOTHING, "info, not seen");
	log_event(EVENT_LINK_DOWN, LOG_ABOUT_NOTHING, "notice, seen");
	cr_expect_eq(got.n, 3);
	cr_expect_eq(log_level(TOPIC_BGP), LOG_LVL_DEBUG);
}

Test(log, who_watches_hears_of_every_event_and_of_no_line_more)
{
	begin(LOG_LVL_ERROR);
	log_watched(true);
	log_event(EVENT_PEER_STATE, LOG_ABOUT_NOTHING, "seen");
	log_debug("not seen");
	log_watched(false);
	log_event(EVENT_PEER_STATE, LOG_ABOUT_NOTHING, "not seen");
	cr_expect_eq(got.n, 1);
}

Test(log, a_line_that_is_too_long_is_cut)
{
	begin(LOG_LVL_INFO);
	log_info("%2000s", "x");
	cr_expect_eq(strlen(got.line), LOG_TEXT_MAX - 1);
}
