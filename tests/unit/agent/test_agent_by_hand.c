/* Numbered peers by hand, beside those of the file, through reloads; routes told again by hand (soft resets). Peer 1 is 203.0.113.2, AS 65002, on swp1, where we
 * are 203.0.113.1/30. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_reload.h"
#include "agent/agent_runtime.h"
#include "agent/base/own.h"
#include "by_hand.h"
#include "agent/show.h"

#define WITH(more) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\"" more "}"
#define PEER "203.0.113.2"
#define IN_FILE(more) ", \"neighbors\": [{\"address\": \"" PEER "\", \"remote_asn\": 65002" more "}]"
#define ADDED PEER " is a neighbor, AS 65002, until `weft neighbor del " PEER "` or weftd ends"
#define NONE "(nothing)"                 /* the key is not there */

static struct world *on_network(const char *config, const char *address)
{
	struct world *w = world_new(config);
	struct link_info info = world_swp(1);

	world_link(w, &info);
	world_addr(w, ADDR_NEW, SWP(1), address);
	world_clear(w);
	return w;
}

static const char *state(struct world *w)
{
	return by_hand_shows(w, "show neighbors", "0.state");
}

static struct world *with_peer(const char *config)
{
	struct world *w = on_network(config, "203.0.113.1/30");

	cr_assert_str_eq(by_hand(w, "neighbor add " PEER " 65002"), ADDED);
	world_answer(w, 65002, (struct bgp_caps){ .refresh = true });
	cr_assert_str_eq(state(w), "\"Established\"");
	world_clear(w);
	return w;
}

static const char *listed(struct world *w, const char *path)
{
	return world_shows(show_config(w->agent), path);
}

static void reload_for(struct world *w, const char *config, unsigned confirm_s)
{
	json_t *result = NULL;
	char *error = NULL;

	w->file = config;
	cr_assert_eq(agent_reload(w->agent, confirm_s, w->now, &result, &error), CTL_DONE, "%s", error);
	json_decref(result);
	world_turn(w);
}

Test(agent_by_hand, a_neighbor_has_a_session_at_once_and_is_listed_beside_the_configuration)
{
	struct world *w = on_network(NULL, "203.0.113.1/30");

	cr_expect_str_eq(by_hand(w, "neighbor add " PEER " 65002"), ADDED);
	cr_expect_eq(world_count(w, "listen ipv6 ipv4 least 0 0"), 1u);
	cr_expect_eq(world_count(w, "connect " PEER " ::ffff:" PEER), 1u);
	world_answer(w, 65002, (struct bgp_caps){ .refresh = true });
	cr_expect_str_eq(state(w), "\"Established\"");
	cr_expect_str_eq(listed(w, "neighbors"), "[]");
	cr_expect_str_eq(listed(w, "runtime.neighbors.0.address"), "\"" PEER "\"");
	cr_expect_str_eq(listed(w, "runtime.neighbors.0.remote_asn"), "65002");
	cr_expect_str_eq(listed(w, "runtime.neighbors.0.hold"), "9");
	cr_expect_str_eq(listed(w, "runtime.announce"), "[]");
	world_free(w);
}

Test(agent_by_hand, internal_and_ipv6_ones_too)
{
	struct world *w = on_network(NULL, "2001:db8::1/64");

	cr_expect_str_eq(by_hand(w, "neighbor add 2001:DB8::2 65001"), "2001:db8::2 is a neighbor, AS 65001, until `weft neighbor del 2001:db8::2` or weftd ends");
	world_answer(w, OUR_AS, (struct bgp_caps){ .refresh = true });
	cr_expect_str_eq(state(w), "\"Established\"");
	cr_expect_str_eq(listed(w, "runtime.neighbors.0.next_hop_self"), "false", "internal");
	cr_expect_str_eq(by_hand_shows(w, "neighbor add 2001:db8::2 internal", "changed"), "false");
	world_free(w);
}

Test(agent_by_hand, a_neighbor_that_no_interface_leads_to_waits_for_one)
{
	struct world *w = world_new(NULL);
	struct link_info info = world_swp(1);

	cr_expect_str_eq(by_hand(w, "neighbor add " PEER " external"), PEER " is a neighbor, AS external, until `weft neighbor del " PEER "` or weftd ends; but no interface "
			 "leads there: `weft show neighbors " PEER "` says what is missing");
	world_link(w, &info);
	world_addr(w, ADDR_NEW, SWP(1), "203.0.113.1/30");
	cr_expect_eq(world_count(w, "connect " PEER " *"), 1u);
	world_free(w);
}

Test(agent_by_hand, a_link_that_becomes_a_numbered_ones_is_no_fabric_link_and_the_answer_says_so)
{
	struct world *w = world_new(NULL);

	world_addr(w, ADDR_NEW, SWP(1), "2001:db8::1/64");
	world_peer(w, 1);
	world_addr(w, ADDR_NEW, SWP(1), "2001:db8::1/64");
	cr_assert_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_str_eq(by_hand(w, "neighbor add 2001:db8::2 65002"),
			 "2001:db8::2 is a neighbor, AS 65002, until `weft neighbor del 2001:db8::2` or weftd ends; because of it these sessions have ended: swp1");
	cr_expect_not(agent_is_fabric(w->agent, SWP(1)));
	by_hand(w, "neighbor del 2001:db8::2");
	cr_expect(agent_is_fabric(w->agent, SWP(1)));
	world_free(w);
}

Test(agent_by_hand, deleted_its_session_ends_and_no_other)
{
	struct world *w = with_peer(NULL);

	world_peer(w, 2);
	cr_expect_str_eq(by_hand(w, "neighbor del " PEER), PEER " is no neighbor any more");
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/3"), 1u);
	cr_expect_eq(world_state(w, 2), BGP_ESTABLISHED);
	cr_expect_str_eq(listed(w, "runtime"), NONE);
	cr_expect_str_eq(by_hand(w, "neighbor del " PEER), "1: " PEER " is no neighbor by hand; `weft show config` lists them, as \"runtime\"");
	world_free(w);
}

static const struct { const char *words, *says; } refused[] = {
	{ "neighbor add fe80::1 65002", "2: address: is \"fe80::1\", allowed: an IPv4 or IPv6 unicast address such as \"203.0.113.2\" or \"2001:db8::2\"" },
	{ "neighbor add 224.0.0.1 65002", "2: address: is \"224.0.0.1\", allowed: an IPv4 or IPv6 unicast address such as \"203.0.113.2\" or \"2001:db8::2\"" },
	{ "neighbor add swp1 65002", "2: address: is \"swp1\", allowed: an IPv4 or IPv6 unicast address such as \"203.0.113.2\" or \"2001:db8::2\"" },
	{ "neighbor add 203.0.113.6 0", "2: remote_asn: 0 is reserved (RFC 7607), allowed: an AS number from 1 to 4294967294 that is not reserved, \"external\" or \"internal\"" },
	{ "neighbor add 203.0.113.6 upstream", "2: remote_asn: \"upstream\" is no AS number, allowed: a number from 1 to 4294967294 that is not reserved" },
	{ "neighbor add " PEER " 65002", "1: " PEER " is a neighbor of the file: change `neighbors` there, then `weft reload`" },
	{ "neighbor del " PEER, "1: " PEER " is a neighbor of the file: change `neighbors` there, then `weft reload`" },
	{ "neighbor del 203.0.113.6", "1: 203.0.113.6 is no neighbor by hand; `weft show config` lists them, as \"runtime\"" },
	{ "neighbor del swp1", "2: address: is \"swp1\", allowed: an IPv4 or IPv6 unicast address such as \"203.0.113.2\" or \"2001:db8::2\"" },
	{ "neighbor add 203.0.113.6", "2: wrong number of arguments for this command; see `weft --help`" },
};

Test(agent_by_hand, the_same_is_refused_as_in_the_file_in_the_same_words)
{
	struct world *w = on_network(WITH(IN_FILE("")), "203.0.113.1/30");

	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		cr_expect_str_eq(by_hand(w, refused[i].words), refused[i].says);
	cr_expect_str_eq(listed(w, "runtime"), NONE);
	world_free(w);
}

Test(agent_by_hand, one_that_is_there_stays_as_it_is)
{
	struct world *w = with_peer(NULL);

	cr_expect_str_eq(by_hand_shows(w, "neighbor add " PEER " 65002", "changed"), "false");
	cr_expect_str_eq(by_hand(w, "neighbor add " PEER " 65003"), "1: " PEER " is a neighbor by hand already, with another AS: `weft neighbor del " PEER "` first");
	cr_expect_str_eq(state(w), "\"Established\"");
	world_free(w);
}

Test(agent_by_hand, what_the_rim_refuses_changes_nothing)
{
	struct world *w = on_network(NULL, "203.0.113.1/30");

	w->listen_error = -EADDRINUSE;
	cr_expect_str_eq(by_hand(w, "neighbor add " PEER " 65002"), "1: nothing has changed: Address already in use");
	cr_expect_eq(world_count(w, "connect *"), 0u);
	cr_expect_str_eq(listed(w, "runtime"), NONE);
	world_free(w);
}

Test(agent_by_hand, there_is_a_most)
{
	struct world *w = world_new(NULL);
	char words[64];

	for (unsigned i = 0; i < BY_HAND_MAX; i++) {
		snprintf(words, sizeof(words), "neighbor add 198.51.%u.%u 65002", 100 + i / 200, 1 + i % 200);
		cr_assert_eq(strncmp(by_hand(w, words), "198.51.", 7), 0);
	}
	cr_expect_str_eq(by_hand(w, "neighbor add " PEER " 65002"),
			 "1: 256 neighbors were added by hand, which is the most: put them into `neighbors` of the file, then `weft reload`");
	by_hand(w, "neighbor del 198.51.100.7");
	cr_expect_not_null(strstr(by_hand(w, "neighbor add " PEER " 65002"), PEER " is a neighbor, AS 65002"));
	world_free(w);
}

/* --- reloads --------------------------------------------------------------------------------------------------------------------- */
Test(agent_by_hand, a_reload_and_a_diff_know_nothing_of_it)
{
	struct world *w = with_peer(WITH(""));

	w->file = WITH(", \"multipath\": 2");
	cr_expect_str_eq(by_hand_shows(w, "diff", "sessions"), "[]");
	cr_expect_str_eq(by_hand_shows(w, "diff", "changes"), "[{\"effect\":\"every route is decided again\",\"from\":64,\"path\":\"multipath\",\"to\":2}]");
	cr_expect_str_eq(world_reload(w, WITH(", \"multipath\": 2")), "");
	cr_expect_str_eq(world_reload(w, WITH(", \"multipath\": 2")), "");
	cr_expect_str_eq(state(w), "\"Established\"");
	cr_expect_eq(world_count(w, "close *"), 0u);
	cr_expect_str_eq(listed(w, "runtime.neighbors.0.address"), "\"" PEER "\"");
	cr_expect_str_eq(world_reload(w, WITH(", \"neighbors\": [{\"address\": \"203.0.113.6\", \"remote_asn\": 65003}]")), "");
	cr_expect_str_eq(world_reload(w, WITH("")), "");
	cr_expect_str_eq(state(w), "\"Established\"");
	world_free(w);
}

Test(agent_by_hand, timers_that_it_has_from_the_file_change_with_it)
{
	struct world *w = with_peer(WITH(""));

	cr_expect_str_eq(world_reload(w, WITH(", \"timers\": {\"hold\": 30}")), PEER " restarts");
	cr_expect_str_eq(listed(w, "runtime.neighbors.0.hold"), "30");
	cr_expect_str_eq(listed(w, "runtime.neighbors.0.keepalive"), "10");
	world_free(w);
}

Test(agent_by_hand, when_the_file_has_the_same_neighbor_it_is_the_files_and_the_session_goes_on)
{
	static const char *const files[] = { WITH(IN_FILE("")), WITH(", \"multipath\": 2" IN_FILE("")), WITH(IN_FILE(", \"import\": \"none\"")) };

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct world *w = with_peer(WITH(""));

		cr_expect_str_eq(world_reload(w, files[i]), "", "%s", world_reload_error());
		cr_expect_str_eq(state(w), "\"Established\"", "%s", files[i]);
		cr_expect_str_eq(listed(w, "runtime"), NONE);
		cr_expect_str_eq(listed(w, "neighbors.0.address"), "\"" PEER "\"");
		cr_expect_str_eq(world_reload(w, WITH("")), PEER " ends", "nor does it come back by hand");
		world_free(w);
	}
}

Test(agent_by_hand, a_rejected_file_leaves_it_by_hand)
{
	struct world *w = with_peer(WITH(""));

	cr_expect_str_eq(world_reload(w, "{\"asn\": 65009, \"router_id\": \"10.0.254.1\"" IN_FILE("") "}"), "-");
	cr_expect_str_eq(listed(w, "runtime.neighbors.0.address"), "\"" PEER "\"");
	cr_expect_str_eq(by_hand(w, "neighbor del " PEER), PEER " is no neighbor any more");
	world_free(w);
}

Test(agent_by_hand, the_configuration_before_comes_back_with_what_is_by_hand_by_then)
{
	struct world *w = with_peer(WITH(""));

	by_hand(w, "neighbor add 203.0.113.6 65003");
	reload_for(w, WITH(", \"multipath\": 2"), 60);
	by_hand(w, "neighbor add 203.0.113.10 65004");
	by_hand(w, "neighbor del 203.0.113.6");
	cr_expect_str_eq(by_hand_shows(w, "show summary", "configuration.confirm_seconds_left"), "60", "and it waits for its confirmation still");
	world_wait(w, 5000);
	for (int i = 0; i < 20; i++) {
		world_keepalive(w, 1);
		world_wait(w, 3000);
	}
	cr_expect_str_eq(listed(w, "multipath"), "64");
	cr_expect_str_eq(state(w), "\"Established\"");
	cr_expect_str_eq(listed(w, "runtime.neighbors.0.address"), "\"" PEER "\"");
	cr_expect_str_eq(listed(w, "runtime.neighbors.1.address"), "\"203.0.113.10\"");
	cr_expect_str_eq(listed(w, "runtime.neighbors.2"), NONE);
	world_free(w);
}

Test(agent_by_hand, what_a_file_took_over_is_by_hand_again_when_it_is_taken_back)
{
	struct world *w = with_peer(WITH(""));

	reload_for(w, WITH(", \"multipath\": 2" IN_FILE("")), 6);
	cr_expect_str_eq(listed(w, "runtime"), NONE);
	world_wait(w, 6000);
	cr_expect_str_eq(listed(w, "multipath"), "64");
	cr_expect_str_eq(listed(w, "runtime.neighbors.0.address"), "\"" PEER "\"");
	cr_expect_str_eq(state(w), "\"Established\"");
	world_free(w);
}

/* --- soft resets ----------------------------------------------------------------------------------------------------------------- */
static struct world *two_links(bool enhanced, bool refresh)
{
	struct world *w = world_new(NULL);

	w->caps.enhanced_refresh = enhanced;
	w->no_refresh = !refresh;
	world_peer(w, 1);
	w->no_refresh = false;
	world_peer(w, 2);
	world_announce(w, 2, "10.2.0.0/24", NULL, 0);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	world_clear(w);
	return w;
}

static void same_sessions(const struct world *w)
{
	for (unsigned n = 1; n <= 2; n++)
		cr_expect_eq(world_state(w, n), BGP_ESTABLISHED);
	cr_expect_eq(world_count(w, "to swp?: NOTIFICATION *") + world_count(w, "close *"), 0u);
}

Test(agent_by_hand, soft_in_asks_the_peer_for_each_family_and_nobody_else)
{
	struct world *w = two_links(false, true);

	cr_expect_str_eq(by_hand(w, "soft reset swp1 in"), "swp1: the peer is asked for its routes again; the session goes on");
	cr_expect_eq(world_count(w, "to swp1: REFRESH ipv4"), 1u);
	cr_expect_eq(world_count(w, "to swp1: REFRESH ipv6"), 1u);
	cr_expect_eq(world_count(w, "to *"), 2u);
	same_sessions(w);
	world_free(w);
}

Test(agent_by_hand, soft_out_tells_everything_again_between_marks_if_the_peer_knows_them)
{
	for (int enhanced = 0; enhanced < 2; enhanced++) {
		struct world *w = two_links(enhanced, true);

		cr_expect_str_eq(by_hand(w, "soft reset swp1 out"), "swp1: the peer is told our routes again; the session goes on");
		world_turn(w);
		cr_expect_eq(world_count(w, "to swp1: UPDATE +10.0.254.1/32 *"), 1u);
		cr_expect_eq(world_count(w, "to swp1: UPDATE +10.2.0.0/24 *"), 1u);
		cr_expect_eq(world_count(w, "to swp2: *"), 0u);
		cr_expect_eq(world_count(w, "to swp1: BoRR ipv?"), enhanced ? 2u : 0u);
		cr_expect_eq(world_count(w, "to swp1: EoRR ipv?"), enhanced ? 2u : 0u);
		if (enhanced)
			cr_expect_lt(world_at(w, "to swp1: BoRR ipv4"), world_at(w, "to swp1: UPDATE +10.2.0.0/24 *"));
		same_sessions(w);
		world_free(w);
	}
}

Test(agent_by_hand, a_peer_that_cannot_be_asked_keeps_its_session_and_the_answer_says_what_to_do)
{
	struct world *w = two_links(false, false);

	cr_expect_str_eq(by_hand(w, "soft reset swp1 in"),
			 "1: the peer on swp1 does not know route refresh (RFC 2918): without --soft its session starts over, and it tells everything");
	cr_expect_eq(world_count(w, "to *"), 0u);
	by_hand(w, "soft reset swp1 out");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.2.0.0/24 *"), 1u, "to tell it needs nothing of it");
	same_sessions(w);
	world_free(w);
}

Test(agent_by_hand, soft_resets_take_the_names_that_reset_takes)
{
	static const struct { const char *words, *says; } rows[] = {
		{ "soft reset fe80::ff:1%swp1 in", "fe80::ff:1%swp1: the peer is asked for its routes again; the session goes on" },
		{ "soft reset swp9 in", "1: there is no peer on that link; `weft show neighbors` lists them" },
		{ "soft reset swp1 both", "2: --soft is \"in\" or \"out\", not both" },
		{ "soft reset " PEER " out", "1: there is no session on " PEER ", so there is nothing to tell again; `weft show neighbors` says why" },
	};
	struct world *w = two_links(false, true);

	by_hand(w, "neighbor add " PEER " 65002");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		cr_expect_str_eq(by_hand(w, rows[i].words), rows[i].says);
	world_free(w);
	w = with_peer(NULL);
	by_hand(w, "soft reset " PEER " in");
	cr_expect_eq(world_count(w, "to swp1: REFRESH ipv4"), 1u);
	world_free(w);
}
