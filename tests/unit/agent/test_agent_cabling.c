/* The cabling plan in a running agent: what BGP and LLDP say, what is told, and whom `strict` keeps out. Peer N says that it is spineN. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/log.h"
#include "agent/base/own.h"
#include "agent/doctor.h"
#include "agent/show.h"
#include "world.h"

#define CONFIG(one, two) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"hostname\": \"leaf1\", \"links\": {\"swp1\": {" one "}, \"swp2\": {" two "}, \"swp*\": {}}}"
#define EXPECT(who) "\"expect\": \"" who "\""
#define STRICT(who) EXPECT(who) ", \"strict\": true"

static struct { unsigned n; enum log_event event; char text[512], link[16]; } told;

static void sink(void *ctx, const struct log_entry *e)
{
	(void)ctx;
	if (e->event != EVENT_CABLING_WRONG && e->event != EVENT_CABLING_RIGHT)
		return;
	told.n++;
	told.event = e->event;
	snprintf(told.link, sizeof(told.link), "%s", e->about.link);
	log_text(e, told.text, sizeof(told.text));
}

static void expect_told(unsigned n, enum log_event event, const char *text)
{
	cr_expect_eq(told.n, n, "%u: %s", told.n, told.text);
	cr_expect(!n || told.event == event);
	cr_expect_str_eq(told.text, text);
	memset(&told, 0, sizeof(told));
}

static struct world *begin(const char *config)
{
	memset(&told, 0, sizeof(told));
	log_to(sink, NULL, LOG_LVL_ERROR);
	log_watched(true);
	return world_new(config);
}

static void end(struct world *w)
{
	log_to(NULL, NULL, LOG_LVL_ERROR);
	world_free(w);
}

static void peer_with_port(struct world *w, unsigned n, const char *port)
{
	snprintf(w->caps.port, sizeof(w->caps.port), "%s", port);
	world_peer(w, n);
}

/* Its RA is heard, and then its connection: it need not become a session. */
static bool tries(struct world *w, unsigned n)
{
	char addr[32], mac[32];

	snprintf(addr, sizeof(addr), "fe80::ff:%u", n);
	snprintf(mac, sizeof(mac), "02:00:00:00:ff:%02x", n);
	world_swp_up(w, n);
	world_ra(w, n, addr, mac);
	return world_try(w, n);
}

static void lldp(struct world *w, unsigned n, const char *host, const char *port)
{
	struct cable_end e = { 0 };

	if (host) {
		strcpy(e.host, host);
		strcpy(e.port, port);
	}
	agent_lldp(w->agent, SWP(n), host ? &e : NULL);
	world_turn(w);
}

static struct agent_cabling_view cabling(const struct world *w, unsigned n)
{
	struct agent_cabling_view v = { 0 };

	cr_assert(agent_cabling(w->agent, SWP(n), &v));
	return v;
}

static const char *says(const struct world *w, unsigned n)
{
	static char text[CABLING_TEXT];

	snprintf(text, sizeof(text), "%s", cabling(w, n).text);
	return text;
}

/* What doctor finds of the cabling plan, a line each. */
static const char *found(const struct world *w)
{
	static char text[2048];
	json_t *verdict = doctor(w->agent, w->now), *one;
	size_t i;

	text[0] = '\0';
	json_array_foreach(json_object_get(verdict, "findings"), i, one)
		if (strcmp(json_string_value(json_object_get(one, "check")), "cabling") == 0)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s\n", json_string_value(json_object_get(one, "what")));
	json_decref(verdict);
	return text;
}

Test(agent_cabling, two_swapped_cables_are_named_everywhere_in_the_same_words_and_told_once)
{
	struct world *w = begin(CONFIG(EXPECT("spine2:swp4"), EXPECT("spine1:swp4")));

	world_swp_up(w, 2);
	peer_with_port(w, 1, "swp4");
	expect_told(1, EVENT_CABLING_WRONG, "swp1 is connected to spine1 swp4, the plan says spine2 swp4: swapped with swp2?");
	peer_with_port(w, 2, "swp4");
	expect_told(1, EVENT_CABLING_WRONG, "swp2 is connected to spine2 swp4, the plan says spine1 swp4: swapped with swp1?");
	cr_expect_str_eq(found(w), "swp1 is connected to spine1 swp4, the plan says spine2 swp4: swapped with swp2?\n"
				   "swp2 is connected to spine2 swp4, the plan says spine1 swp4: swapped with swp1?\n");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.alarms"), "[\"is connected to spine1 swp4, the plan says spine2 swp4: swapped with swp2?\"]");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.expect"), "\"spine2:swp4\"");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.cabling"),
			 "{\"peer_host\":\"spine1\",\"peer_port\":\"swp4\",\"source\":\"bgp\",\"strict\":false,\"swapped_with\":\"swp2\",\"verdict\":\"wrong-host\","
			 "\"what\":\"swp1 is connected to spine1 swp4, the plan says spine2 swp4: swapped with swp2?\"}");
	cr_expect_str_eq(world_shows(show_summary(w->agent, w->now), "counters.link_alarms"), "2");
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED, "it is not strict");
	world_carrier(w, 1, false);
	cr_expect_str_eq(says(w, 1), "swp1 is to be connected to spine2 swp4, and its peer does not say who it is");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "1.alarms"), "[]");
	world_carrier(w, 1, true);
	peer_with_port(w, 1, "swp4");
	expect_told(0, EVENT_NONE, "");
	end(w);
}

Test(agent_cabling, right_again_is_told_once_and_only_after_it_was_wrong)
{
	struct world *w = begin(CONFIG(EXPECT("spine1:swp4"), EXPECT("spine2")));

	peer_with_port(w, 1, "swp3");
	expect_told(1, EVENT_CABLING_WRONG, "swp1 is connected to spine1 swp3, the plan says spine1 swp4");
	peer_with_port(w, 2, "swp3");
	expect_told(0, EVENT_NONE, "");
	cr_expect_eq(cabling(w, 2).verdict, CABLING_PLANNED);
	world_carrier(w, 1, false);
	world_carrier(w, 1, true);
	peer_with_port(w, 1, "swp4");
	expect_told(1, EVENT_CABLING_RIGHT, "swp1 is connected to spine1 swp4, as planned");
	world_wait(w, 60000);
	expect_told(0, EVENT_NONE, "");
	end(w);
}

Test(agent_cabling, the_domain_of_the_peer_counts)
{
	struct world *w = begin(CONFIG(EXPECT("spine1.dc1.example"), EXPECT("SPINE2")));

	strcpy(w->caps.domain, "dc2.example");
	world_peer(w, 1);
	world_peer(w, 2);
	cr_expect_str_eq(says(w, 1), "swp1 is connected to spine1.dc2.example, the plan says spine1.dc1.example");
	cr_expect_str_eq(says(w, 2), "swp2 is connected to spine2.dc2.example, as planned");
	end(w);
}

Test(agent_cabling, a_link_without_a_plan_has_none)
{
	struct world *w = begin(CONFIG(EXPECT("spine1"), ""));
	struct agent_cabling_view v;

	world_peer(w, 1);
	world_peer(w, 2);
	cr_expect(agent_has_plan(w->agent));
	cr_expect_not(agent_cabling(w->agent, SWP(2), &v));
	cr_expect_not(agent_cabling(w->agent, LO, &v));
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "2.expect"), "null");
	lldp(w, 2, "spine9", "swp9");
	cr_expect_str_eq(world_shows(show_links(w->agent, w->now), "2.cabling"), "null");
	cr_expect_str_neq(world_reload(w, "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"hostname\": \"leaf1\"}"), "-");
	cr_expect_not(agent_has_plan(w->agent));
	end(w);
}

Test(agent_cabling, our_port_is_told_and_the_peers_is_shown)
{
	struct world *w = begin(NULL);

	peer_with_port(w, 1, "Ethernet1/1");
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), "0.remote_port"), "\"Ethernet1/1\"");
	cr_expect_not_null(strstr(world_shows(show_neighbors(w->agent, "swp1", w->now), "0.capabilities.sent"), "\"port-name\""));
	cr_expect_not_null(strstr(world_shows(show_neighbors(w->agent, "swp1", w->now), "0.capabilities.received"), "\"port-name\""));
	w->caps.port[0] = '\0';
	world_peer(w, 2);
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp2", w->now), "0.remote_port"), "null");
	end(w);
}

Test(agent_cabling, strict_lets_nobody_else_in_and_says_why)
{
	struct world *w = begin(CONFIG(STRICT("spine2:swp4"), STRICT("spine2:swp4")));

	strcpy(w->caps.port, "swp4");
	cr_expect_not(tries(w, 1));
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/5"), 1u);
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp1", w->now), "0.last_error"),
			 "\"we said: Cease/Connection Rejected (leaf1 swp1 is connected to spine1 swp4, the plan says spine2 swp4)\"");
	cr_expect_str_eq(found(w), "swp1 is connected to spine1 swp4, the plan says spine2 swp4; strict: no session\n");
	cr_expect(tries(w, 2));
	cr_expect_eq(world_state(w, 2), BGP_ESTABLISHED);
	end(w);
}

Test(agent_cabling, strict_lets_nobody_in_who_does_not_say_enough)
{
	struct world *w = begin(CONFIG(STRICT("spine1:swp4"), STRICT("spine2")));

	cr_expect_not(tries(w, 1));
	cr_expect_str_eq(found(w), "swp1 is to be connected to spine1 swp4, and its peer does not say which of its ports this is; strict: no session\n");
	cr_expect(tries(w, 2));
	for (int i = 0; i < 4; i++) {            /* the next attempt is far away */
		world_wait(w, 9000);
		world_try(w, 1);
	}
	world_clear(w);
	world_wait(w, 300);
	cr_expect_eq(world_count(w, "connect swp1 *"), 0u);
	lldp(w, 1, "spine1.dc1", "swp4");        /* FRR with lldpd beside it */
	cr_expect_eq(cabling(w, 1).source, CABLE_BGP_AND_LLDP);
	world_wait(w, 300);
	cr_expect_eq(world_count(w, "connect swp1 *"), 1u, "it is tried at once");
	cr_expect(world_try(w, 1));
	cr_expect_str_eq(found(w), "");
	lldp(w, 1, NULL, NULL);                  /* who is in is not thrown out because lldpd ends */
	world_wait(w, 1000);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_str_eq(found(w), "");
	lldp(w, 1, "spine1.dc1", "swp5");        /* but when it says another port */
	world_wait(w, 1000);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/5"), 1u);
	cr_expect_neq(world_state(w, 1), BGP_ESTABLISHED);
	end(w);
}

Test(agent_cabling, by_lldp_it_is_known_before_there_is_a_session_and_none_is_tried)
{
	struct world *w = begin(CONFIG(STRICT("spine2"), EXPECT("spine1")));

	world_swp_up(w, 1);
	world_swp_up(w, 2);
	lldp(w, 1, "spine1", "Ethernet1/1");
	expect_told(1, EVENT_CABLING_WRONG, "swp1 is connected to spine1 Ethernet1/1, the plan says spine2: swapped with swp2?");
	cr_expect_eq(cabling(w, 1).source, CABLE_LLDP);
	world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:01");
	world_wait(w, 60000);
	cr_expect_eq(world_count(w, "connect swp1 *"), 0u);
	lldp(w, 1, "spine2", "Ethernet1/1");
	expect_told(1, EVENT_CABLING_RIGHT, "swp1 is connected to spine2 Ethernet1/1, as planned");
	cr_expect_eq(world_count(w, "connect swp1 *"), 1u, "at once");
	lldp(w, 2, "spine9", "swp1");            /* not strict: it is tried */
	world_ra(w, 2, "fe80::ff:2", "02:00:00:00:ff:02");
	cr_expect_eq(world_count(w, "connect swp2 *"), 1u);
	end(w);
}

Test(agent_cabling, what_the_peer_says_itself_goes_before_what_lldp_says)
{
	struct world *w = begin(CONFIG(STRICT("spine1:swp4"), ""));

	world_swp_up(w, 1);
	lldp(w, 1, "spine9", "swp9");            /* of the cable that was there before */
	strcpy(w->caps.port, "swp4");
	cr_expect(tries(w, 1));
	cr_expect_str_eq(says(w, 1), "swp1 is connected to spine1 swp4, as planned");
	cr_expect_eq(cabling(w, 1).source, CABLE_BGP);
	world_wait(w, 1000);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	end(w);
}

Test(agent_cabling, the_port_that_lldp_says_of_another_node_is_not_this_ones)
{
	struct world *w = begin(CONFIG(EXPECT("spine1:swp4"), ""));

	world_peer(w, 1);
	lldp(w, 1, "spine9", "swp9");
	cr_expect_eq(cabling(w, 1).verdict, CABLING_UNKNOWN);
	cr_expect_eq(cabling(w, 1).source, CABLE_BGP);
	end(w);
}

Test(agent_cabling, what_lldp_said_goes_with_the_carrier)
{
	struct world *w = begin(CONFIG(EXPECT("spine1"), ""));

	world_swp_up(w, 1);
	lldp(w, 1, "spine1", "swp1");
	cr_expect_eq(cabling(w, 1).verdict, CABLING_PLANNED);
	world_carrier(w, 1, false);
	cr_expect_eq(cabling(w, 1).verdict, CABLING_UNKNOWN);
	lldp(w, 1, "spine1", "swp1");
	cr_expect_eq(cabling(w, 1).verdict, CABLING_UNKNOWN, "nor is it heard without one");
	world_carrier(w, 1, true);
	cr_expect_eq(cabling(w, 1).verdict, CABLING_UNKNOWN);
	world_link_del(w, SWP(1));
	end(w);
}

Test(agent_cabling, another_plan_touches_no_session_but_one_that_strict_keeps_out)
{
	struct world *w = begin(CONFIG(EXPECT("spine2"), ""));

	world_peer(w, 1);
	world_peer(w, 2);
	world_clear(w);
	cr_expect_str_eq(world_reload(w, CONFIG(EXPECT("spine1"), EXPECT("spine1"))), "");
	cr_expect_str_eq(world_reload(w, CONFIG(STRICT("spine1"), EXPECT("spine1"))), "");
	cr_expect_eq(world_count(w, "close *"), 0u);
	cr_expect_str_eq(world_reload(w, CONFIG(STRICT("spine1"), STRICT("spine1"))), "swp2 restarts");
	cr_expect_eq(world_count(w, "close *"), 1u);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_neq(world_state(w, 2), BGP_ESTABLISHED);
	world_wait(w, 5000);
	cr_expect_not(world_try(w, 2));
	world_clear(w);
	cr_expect_str_eq(world_reload(w, CONFIG(STRICT("spine1"), STRICT("spine2"))), "");
	cr_expect(world_try(w, 2));
	end(w);
}

Test(agent_cabling, a_peer_that_is_kept_out_is_tried_at_the_pace_of_other_errors)
{
	struct world *w = begin(CONFIG(STRICT("spine2"), ""));

	cr_expect_not(tries(w, 1));
	for (int i = 0; i < 6; i++) {
		world_wait(w, 50);
		world_try(w, 1);
	}
	world_clear(w);
	world_wait(w, 10000);
	cr_expect_leq(world_count(w, "connect swp1 *"), 4u);
	end(w);
}
