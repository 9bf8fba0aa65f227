/* Prefixes by hand: announced, otherwise, no more; beside what interfaces have; what is refused, and what it says. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "agent/agent_announce.h"
#include "agent/agent_drain.h"
#include "agent/base/own.h"
#include "by_hand.h"
#include "agent/show.h"

#define P "10.9.0.0/24"
#define UNTIL(p) ", until `weft withdraw " p "` or weftd ends"
#define NONE "(nothing)"                 /* the key is not there */

static struct world *one_peer(const char *config)
{
	struct world *w = world_new(config);

	world_peer(w, 1);
	world_eor(w, 1, AF_INET);
	world_eor(w, 1, AF_INET6);
	world_clear(w);
	return w;
}

static const char *listed(struct world *w)
{
	return world_shows(show_config(w->agent), "runtime.announce");
}

/* What swp1's peer is sent of it. */
static const char *sent(struct world *w, const char *prefix, const char *key)
{
	char path[64];

	for (size_t i = 0; i < 16; i++) {
		snprintf(path, sizeof(path), "%zu.prefix", i);
		if (strstr(by_hand_shows(w, "show advertised swp1", path) ?: "", prefix)) {
			snprintf(path, sizeof(path), "%zu.%s", i, key);
			return by_hand_shows(w, "show advertised swp1", path);
		}
	}
	return "not there";
}

Test(agent_announce, a_prefix_goes_to_the_peers_with_its_communities_and_is_listed)
{
	struct world *w = one_peer(NULL);

	cr_expect_str_eq(by_hand(w, "announce " P " 65001:100 4200000000:1:2 no_advertise"),
			 P " is announced with 65001:100, 4200000000:1:2, no_advertise" UNTIL(P));
	cr_expect_eq(world_count(w, "to swp1: UPDATE +" P " path 65001 via fe80::1*65001:100 no_advertise"), 1u);
	cr_expect_str_eq(sent(w, P, "communities"), "[\"65001:100\",\"65535:65282\"]");
	cr_expect_str_eq(sent(w, P, "large_communities"), "[\"4200000000:1:2\"]");
	cr_expect_str_eq(listed(w), "[{\"communities\":[\"65001:100\",\"65535:65282\"],\"large_communities\":[\"4200000000:1:2\"],\"prefix\":\"" P "\"}]");
	cr_expect_str_eq(world_route(w, P), "", "no route is made for it here");
	world_free(w);
}

Test(agent_announce, both_families_and_a_peer_that_comes_later)
{
	struct world *w = one_peer(NULL);

	by_hand(w, "announce 2001:db8:9::/48 65001:6");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +2001:db8:9::/48 *65001:6"), 1u);
	by_hand(w, "announce 10.9.0.1");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.9.0.1/32 *"), 1u);
	world_peer(w, 2);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +2001:db8:9::/48 *65001:6"), 1u);
	world_free(w);
}

Test(agent_announce, again_replaces_the_communities_and_the_same_again_says_nothing)
{
	struct world *w = one_peer(NULL);

	by_hand(w, "announce " P " 65001:1");
	world_clear(w);
	cr_expect_str_eq(by_hand(w, "announce " P " 65001:1 65001:1"), P " is announced with 65001:1, 65001:1" UNTIL(P));
	cr_expect_eq(world_count(w, "to *UPDATE *"), 0u, "one twice is one");
	cr_expect_str_eq(by_hand_shows(w, "announce " P " 65001:1", "changed"), "false");
	cr_expect_str_eq(by_hand_shows(w, "announce " P " 65001:2", "changed"), "true");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +" P " *65001:2"), 1u);
	by_hand(w, "announce " P);
	cr_expect_str_eq(sent(w, P, "communities"), "[]");
	cr_expect_str_eq(listed(w), "[{\"communities\":[],\"large_communities\":[],\"prefix\":\"" P "\"}]");
	world_free(w);
}

Test(agent_announce, withdrawn_it_is_gone_and_so_is_the_list)
{
	struct world *w = one_peer(NULL);

	by_hand(w, "announce " P " 65001:1");
	by_hand(w, "announce 10.8.0.0/24");
	cr_expect_str_eq(by_hand(w, "withdraw " P), P " is not announced by hand any more");
	cr_expect_eq(world_count(w, "to swp1: UPDATE -" P), 1u);
	cr_expect_str_eq(listed(w), "[{\"communities\":[],\"large_communities\":[],\"prefix\":\"10.8.0.0/24\"}]");
	by_hand(w, "withdraw 10.8.0.0/24");
	cr_expect_str_eq(world_shows(show_config(w->agent), "runtime"), NONE);
	cr_expect_str_eq(by_hand(w, "withdraw " P), "1: " P " is not announced by hand; `weft show config` lists what is, as \"runtime\"");
	world_free(w);
}

Test(agent_announce, of_a_prefix_that_an_interface_has_the_hand_says_with_what_and_takes_back_no_more)
{
	struct world *w = one_peer(NULL);
	const char *own = "10.0.254.1/32";

	cr_expect_str_eq(by_hand(w, "withdraw 10.0.254.1/32"),
			 "1: 10.0.254.1/32 is announced because an interface that `originate` names has it, not by hand: change `originate` in the file, then `weft reload`");
	by_hand(w, "announce 10.0.254.1/32 65001:7");
	cr_expect_str_eq(sent(w, own, "communities"), "[\"65001:7\"]");
	cr_expect_str_eq(by_hand(w, "withdraw 10.0.254.1/32"),
			 "10.0.254.1/32 is not announced by hand any more, but an interface that `originate` names has it: it goes on without those communities");
	cr_expect_str_eq(sent(w, own, "communities"), "[]");
	cr_expect_eq(world_count(w, "to swp1: UPDATE -*"), 0u);
	world_addr(w, ADDR_NEW, LO, "10.9.0.1/24");
	by_hand(w, "announce " P " 65001:8");
	world_addr(w, ADDR_DEL, LO, "10.9.0.1/24");
	cr_expect_str_eq(sent(w, P, "communities"), "[\"65001:8\"]", "by hand it needs no interface");
	world_free(w);
}

Test(agent_announce, it_is_not_what_originate_filters_but_what_export_does)
{
	struct world *w = one_peer("{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"originate\": {\"interfaces\": [\"lo\"], \"prefixes\": [{\"prefix\": \"10.0.254.0/24\", \"ge\": 32}]},"
				   "\"policy\": {\"p\": [{\"match\": {\"communities\": [\"65001:9\"]}, \"action\": \"reject\"}, {\"action\": \"accept\"}]}, \"links\": {\"swp*\": {\"export\": \"p\"}}}");

	by_hand(w, "announce " P " 65001:1");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +" P " *"), 1u);
	by_hand(w, "announce " P " 65001:9");
	cr_expect_eq(world_count(w, "to swp1: UPDATE -" P), 1u);
	world_free(w);
}

/* RFC 7999, RFC 1997: they are for whoever receives the route; BIRD sends them too. */
Test(agent_announce, well_known_communities_are_for_the_receiver)
{
	static const char *const names[] = { "blackhole", "no_export", "no_advertise", "no_export_subconfed", "graceful_shutdown" };
	struct world *w = one_peer(NULL);
	char words[64], line[96];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(words, sizeof(words), "announce " P " %s", names[i]);
		snprintf(line, sizeof(line), "to swp1: UPDATE +" P " *%s", names[i]);
		by_hand(w, words);
		cr_expect_eq(world_count(w, line), 1u, "%s", line);
	}
	world_free(w);
}

Test(agent_announce, a_drained_node_adds_graceful_shutdown_to_it)
{
	struct world *w = one_peer(NULL);

	by_hand(w, "announce " P " 65001:1");
	cr_assert_eq(agent_drain(w->agent, DRAIN_NODE, w->now), 0);
	world_turn(w);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +" P " *65001:1 graceful_shutdown"), 1u);
	world_free(w);
}

Test(agent_announce, nothing_is_used_of_neighbors_meanwhile_and_all_of_it_afterwards)
{
	struct world *w = one_peer(NULL);

	world_announce(w, 1, P, NULL, 0);
	cr_expect_str_eq(world_route(w, P), "swp1");
	cr_expect_str_eq(by_hand(w, "announce " P), P " is announced" UNTIL(P) "; neighbors announce it too, and this node uses none of their 1 paths meanwhile");
	cr_expect_str_eq(world_route(w, P), "");
	by_hand(w, "withdraw " P);
	cr_expect_str_eq(world_route(w, P), "swp1");
	world_free(w);
}

Test(agent_announce, while_a_node_that_starts_announces_nothing_the_answer_says_so)
{
	struct world *w = world_new("{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"start_hold\": 60}");

	world_peer(w, 1);
	world_clear(w);
	cr_expect_str_eq(by_hand(w, "announce " P), P " is announced" UNTIL(P) "; but start_hold: nothing is announced yet");
	cr_expect_eq(world_count(w, "to swp1: UPDATE *"), 0u);
	world_eor(w, 1, AF_INET);
	world_eor(w, 1, AF_INET6);
	world_wait(w, 61000);
	cr_expect_geq(world_count(w, "to swp1: UPDATE *+" P " *"), 1u);
	world_free(w);
}

Test(agent_announce, explain_says_that_it_is_by_hand)
{
	struct world *w = one_peer(NULL);

	by_hand(w, "announce " P " 65001:1");
	cr_expect_str_eq(by_hand_shows(w, "explain " P, "sentence"), "\"" P " is originated here by hand (weft announce), announced to 1 of 1 neighbors\"");
	cr_expect_str_eq(by_hand_shows(w, "explain " P, "originated_by_hand"), "true");
	cr_expect_str_eq(by_hand_shows(w, "explain 10.0.254.1", "originated_by_hand"), "false");
	world_free(w);
}

static const struct { const char *words, *says; } refused[] = {
	{ "announce 10.9.0.1/24", "2: 10.9.0.1/24 is no prefix; a prefix reads like 10.9.0.0/24 or 2001:db8::/32, without host bits" },
	{ "announce 2001:db8::1/64", "2: 2001:db8::1/64 is no prefix; a prefix reads like 10.9.0.0/24 or 2001:db8::/32, without host bits" },
	{ "withdraw swp1", "2: swp1 is no prefix; a prefix reads like 10.9.0.0/24 or 2001:db8::/32, without host bits" },
	{ "announce 169.254.0.0/24", "1: 169.254.0.0/24 is nothing that a fabric can route, and every weft refuses it (martian)" },
	{ "announce fe80::/64", "1: fe80::/64 is nothing that a fabric can route, and every weft refuses it (martian)" },
	{ "announce 224.0.0.0/4", "1: 224.0.0.0/4 is nothing that a fabric can route, and every weft refuses it (martian)" },
	{ "announce " P " 65001", "2: 65001 is no community; one reads like 65001:100, 4200000000:1:2 or no_export" },
	{ "announce " P " 65536:1", "2: 65536:1 is no community; one reads like 65001:100, 4200000000:1:2 or no_export" },
	{ "announce " P " 65001:*", "2: 65001:* is no community; one reads like 65001:100, 4200000000:1:2 or no_export" },
	{ "announce", "2: wrong number of arguments for this command; see `weft --help`" },
	{ "withdraw " P " 65001:1", "2: wrong number of arguments for this command; see `weft --help`" },
};

Test(agent_announce, what_is_refused_says_why_and_changes_nothing)
{
	struct world *w = one_peer(NULL);

	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		cr_expect_str_eq(by_hand(w, refused[i].words), refused[i].says);
	cr_expect_eq(w->n_lines, 0u);
	cr_expect_str_eq(world_shows(show_config(w->agent), "runtime"), NONE);
	world_free(w);
}

Test(agent_announce, the_default_route_may_be)
{
	struct world *w = one_peer(NULL);

	by_hand(w, "announce 0.0.0.0/0");
	by_hand(w, "announce ::/0");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +0.0.0.0/0 *"), 1u);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +::/0 *"), 1u);
	world_free(w);
}

Test(agent_announce, without_ipv6_none_of_it)
{
	struct world *w = one_peer("{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"ipv6\": false}");

	cr_expect_str_eq(by_hand(w, "announce 2001:db8::/32"),
			 "1: \"ipv6\" is false in the configuration, so no session carries IPv6: set it to true, then `weft reload`");
	world_free(w);
}

Test(agent_announce, there_is_a_most_and_one_of_them_can_still_change)
{
	struct world *w = world_new(NULL);
	struct announced what = { .prefix = { .family = AF_INET, .len = 32 } };

	for (unsigned i = 0; i < ANNOUNCED_MAX; i++) {
		what.prefix.addr[0] = 11;
		what.prefix.addr[2] = (uint8_t)(i >> 8);
		what.prefix.addr[3] = (uint8_t)i;
		cr_assert_eq(agent_announce(w->agent, &what), 1);
	}
	world_turn(w);
	cr_expect_str_eq(by_hand(w, "announce " P),
			 "1: 4096 prefixes are announced by hand, which is the most: withdraw some, or put them on an interface that `originate` names");
	cr_expect_str_eq(by_hand_shows(w, "announce 11.0.0.7/32 65001:1", "changed"), "true");
	by_hand(w, "withdraw 11.0.0.7/32");
	cr_expect_str_eq(by_hand_shows(w, "announce " P, "changed"), "true");
	cr_expect_str_eq(by_hand_shows(w, "show routes " P, "0.announced"), "true");
	world_free(w);
}

Test(agent_announce, fifteen_communities_have_room_and_a_sixteenth_is_no_request)
{
	struct world *w = one_peer(NULL);
	char words[512] = "announce " P;

	for (unsigned i = 0; i < ANNOUNCED_COMMUNITIES; i++)
		sprintf(words + strlen(words), i % 2 ? " 65001:%u" : " 4200000000:%u:1", i);
	by_hand(w, words);
	cr_expect_eq(agent_announced_at(w->agent, 0)->n_standard, 7);
	cr_expect_eq(agent_announced_at(w->agent, 0)->n_large, 8);
	cr_expect_str_eq(sent(w, P, "large_communities.7"), "\"4200000000:14:1\"");
	world_free(w);
}

Test(agent_announce, a_reload_keeps_it_also_one_that_changes_what_is_originated)
{
	struct world *w = one_peer(NULL);

	by_hand(w, "announce " P " 65001:1");
	world_clear(w);
	cr_expect_str_eq(world_reload(w, "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"originate\": []}"), "");
	cr_expect_eq(world_count(w, "to swp1: UPDATE -10.0.254.1/32"), 1u);
	cr_expect_eq(world_count(w, "to swp1: UPDATE *" P "*"), 0u);
	cr_expect_str_eq(sent(w, P, "communities"), "[\"65001:1\"]");
	world_free(w);
}
