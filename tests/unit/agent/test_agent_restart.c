/* This node restarts over what an earlier run left in the kernel (RFC 4724 4.1). Routes 10.1.0.0/24 and 10.2.0.0/24 over swp1 and swp2, 10.3.0.0/24 and
 * 2001:db8:1::/48 over swp1 alone. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "agent/agent_hold.h"
#include "agent/base/own.h"
#include "world.h"
#include "world_kernel.h"

#define WITH(seconds) "{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"graceful_restart\": {\"restart_seconds\": " #seconds "}}"
#define HOP(n) (FIB_ID_FIRST + (n))
#define HOP6 (FIB_ID_FIRST + 5)
#define BOTH (FIB_ID_FIRST + 10)
#define ONE (FIB_ID_FIRST + 11)
#define ONE6 (FIB_ID_FIRST + 12)

static const struct bgp_caps graceful = { .gr = true, .gr_notification = true, .gr_time = 60, .gr_mp = { true, true }, .gr_forwarding = { true, true } };

static void seen_route(struct world *w, const char *prefix, uint32_t group)
{
	struct fib_seen seen = { .kind = SEEN_ROUTE, .id = group };
	struct fib_op op = { .kind = FIB_ROUTE_SET, .id = group };

	cr_assert_eq(prefix_parse(prefix, &seen.prefix), 0);
	if (seen.prefix.family == AF_INET)
		inet_pton(AF_INET, OUR_ID, &seen.src);
	agent_fib_seen(w->agent, &seen);
	op.prefix = seen.prefix;
	op.family = seen.prefix.family;
	kernel_table_do(w->kernel, &op);
}

static void seen_hop(struct world *w, uint32_t id, unsigned swp, uint8_t family)
{
	struct fib_seen seen = { .kind = SEEN_HOP, .id = id, .family = family, .hop = { .ifindex = SWP(swp), .via = hop_anybody, .weight = 1 } };

	if (family == AF_INET6)
		inet_pton(AF_INET6, "fe80::ff:1", &seen.hop.via);
	agent_fib_seen(w->agent, &seen);
	kernel_table_do(w->kernel, &(struct fib_op){ .kind = FIB_HOP_SET, .id = id, .family = family, .hops = &seen.hop, .n = 1 });
}

static void seen_group(struct world *w, uint32_t id, const uint32_t *members, size_t n)
{
	struct fib_seen seen = { .kind = SEEN_GROUP, .id = id, .n = n };
	struct hop hops[2] = { { .weight = 1 }, { .weight = 1 } };

	for (size_t i = 0; i < n; i++)
		seen.member[i] = (struct fib_member){ members[i], 1 };
	agent_fib_seen(w->agent, &seen);
	kernel_table_do(w->kernel, &(struct fib_op){ .kind = FIB_GROUP_SET, .id = id, .create = true, .members = members, .hops = hops, .n = n });
}

static void seen_neigh(struct world *w, unsigned swp, const char *addr)
{
	struct fib_seen seen = { .kind = SEEN_NEIGH, .ifindex = SWP(swp), .mac = { 2, 0, 0, 0, 0xff, (uint8_t)swp } };

	inet_pton(AF_INET6, addr, &seen.addr);
	if (IN6_IS_ADDR_MULTICAST(&seen.addr))
		memcpy(seen.mac, (uint8_t[6]){ 0x33, 0x33, [5] = seen.addr.s6_addr[15] }, 6);
	agent_fib_seen(w->agent, &seen);
}

/* Everything has been told, but agent_start. */
static struct world *found(const char *config, bool objects)
{
	struct world *w = world_new_bare(config, objects);
	struct link_info lo = { .ifindex = LO, .name = "lo", .type = 772, .up = true, .running = true, .loopback = true };

	world_link(w, &lo);
	world_addr(w, ADDR_NEW, LO, OUR_ID "/32");
	for (unsigned i = 1; i <= 2; i++) {
		world_swp_up(w, i);
		seen_hop(w, HOP(i), i, AF_INET);
		seen_neigh(w, i, "::");
		seen_neigh(w, i, i == 1 ? "fe80::ff:1" : "fe80::ff:2");
		seen_neigh(w, i, "ff02::1");
		seen_neigh(w, i, "ff02::2");
	}
	seen_hop(w, HOP6, 1, AF_INET6);
	seen_group(w, BOTH, (uint32_t[]){ HOP(1), HOP(2) }, 2);
	seen_group(w, ONE, (uint32_t[]){ HOP(1) }, 1);
	seen_group(w, ONE6, (uint32_t[]){ HOP6 }, 1);
	seen_route(w, "10.1.0.0/24", BOTH);
	seen_route(w, "10.2.0.0/24", BOTH);
	seen_route(w, "10.3.0.0/24", ONE);
	seen_route(w, "2001:db8:1::/48", ONE6);
	w->caps = graceful;
	world_clear(w);
	return w;
}

static void start(struct world *w)
{
	agent_start(w->agent, w->now);
	world_turn(w);
}

static struct world *restarted(const char *config, bool objects)
{
	struct world *w = found(config, objects);

	start(w);
	return w;
}

static size_t kernel_ops(const struct world *w)
{
	return world_count(w, "route_*") + world_count(w, "group_*") + world_count(w, "hop_*") + world_count(w, "neigh_*") +
	       world_count(w, "pin_*");
}

static bool is_over(const struct world *w)
{
	struct agent_restart_view v;

	return !agent_restart(w->agent, &v, w->now);
}

static struct bgp_caps sent(const struct world *w, unsigned n)
{
	struct peer_view v;

	peer_view(peers_find(agent_peers(w->agent), SWP(n)), &v);
	cr_assert_not_null(v.caps_sent);
	return *v.caps_sent;
}

static void peer_comes(struct world *w, unsigned n)
{
	char addr[32], mac[32];

	snprintf(addr, sizeof(addr), "fe80::ff:%u", n);
	snprintf(mac, sizeof(mac), "02:00:00:00:ff:%02x", n);
	world_ra(w, n, addr, mac);
	world_open(w, n);
}

static void peer_is_done(struct world *w, unsigned n)
{
	world_eor(w, n, AF_INET);
	world_eor(w, n, AF_INET6);
}

Test(agent_restart, equal_routes_are_not_touched_and_nothing_is_said_before_all_peers_are_done)
{
	struct world *w = restarted(WITH(30), true);

	peer_comes(w, 1);
	cr_expect(sent(w, 1).gr_restarted && sent(w, 1).gr_forwarding[0] && sent(w, 1).gr_forwarding[1] && sent(w, 1).gr_time == 30);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24 10.3.0.0/24", NULL, 0);
	world_announce(w, 1, "2001:db8:1::/48", NULL, 0);
	peer_is_done(w, 1);
	cr_expect_not(is_over(w), "swp2 has not come");
	peer_comes(w, 2);
	world_announce(w, 2, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	cr_expect_eq(world_count(w, "to *: UPDATE*") + world_count(w, "to *: EOR*"), 0u);
	peer_is_done(w, 2);
	cr_expect(is_over(w));
	cr_expect_eq(kernel_ops(w), 0u);
	cr_expect_geq(world_count(w, "to swp1: UPDATE*"), 1u);
	cr_expect_eq(world_count(w, "to swp1: EOR ipv4") + world_count(w, "to swp2: EOR ipv4"), 2u);
	cr_expect_gt(world_at(w, "to swp1: EOR ipv4"), world_at(w, "to swp1: UPDATE*10.0.254.1/32*"), "after the routes");
	agent_tcp_closed(w->agent, w->conn[1], ECONNRESET, w->now);
	world_turn(w);
	world_open(w, 1);
	cr_expect(!sent(w, 1).gr_restarted && sent(w, 1).gr_forwarding[0], "a later OPEN");
	world_free(w);
}

static void many(unsigned i, char ret[10 * PREFIX_STRLEN])
{
	ret[0] = '\0';
	for (unsigned k = 0; k < 10; k++)
		sprintf(ret + strlen(ret), "10.%u.%u.0/24 ", 20 + i, k);
}

/* More than a turn decides. RFC 4724 4.1: End-of-RIB comes behind all of it. */
Test(agent_restart, what_takes_several_turns_to_decide_is_neither_swept_nor_announced_as_the_end)
{
	struct world *w = found(WITH(30), true);
	char prefixes[10 * PREFIX_STRLEN], prefix[PREFIX_STRLEN];
	size_t last = 0;

	for (unsigned i = 0; i < 20; i++)
		for (unsigned k = 0; k < 10; k++) {
			snprintf(prefix, sizeof(prefix), "10.%u.%u.0/24", 20 + i, k);
			seen_route(w, prefix, BOTH);
		}
	start(w);
	for (unsigned n = 1; n <= 2; n++)
		peer_comes(w, n);
	for (uint32_t i = 0; i < 20; i++) {
		many(i, prefixes);
		for (unsigned n = 1; n <= 2; n++)
			world_announce(w, n, prefixes, (const uint32_t[]){ 1 + i }, 1);
	}
	for (unsigned n = 1; n <= 2; n++)
		peer_is_done(w, n);
	world_wait(w, 100);
	for (size_t i = 0; i < w->n_lines; i++)
		if (strncmp(w->lines[i], "to swp2: UPDATE", strlen("to swp2: UPDATE")) == 0)
			last = i;
	cr_expect_gt(last, 0u);
	cr_expect_gt(world_at(w, "to swp2: EOR ipv4"), (int)last);
	cr_expect_eq(world_count(w, "route_del 10.[23]?.*"), 0u);
	cr_expect_eq(world_routes(w), 200u);
	world_free(w);
}

Test(agent_restart, what_nobody_tells_again_goes_and_what_is_told_otherwise_is_changed)
{
	struct world *w = restarted(WITH(30), true);

	peer_comes(w, 1);
	peer_comes(w, 2);
	world_announce(w, 2, "10.1.0.0/24 10.3.0.0/24", NULL, 0);
	peer_is_done(w, 1);
	cr_expect_eq(kernel_ops(w), 0u);
	peer_is_done(w, 2);
	cr_expect_eq(world_count(w, "route_del 10.2.0.0/24"), 1u);
	cr_expect_eq(world_count(w, "route_del 2001:db8:1::/48"), 1u);
	cr_expect_eq(world_count(w, "route_del *"), 2u);
	world_free(w);
}

/* It has waited for the same already. */
Test(agent_restart, start_hold_adds_nothing_to_it)
{
	struct world *w = restarted("{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"graceful_restart\": {\"restart_seconds\": 7}, \"start_hold\": 600}", true);
	struct agent_hold_view v;

	cr_expect_not(agent_hold(w->agent, &v));
	peer_comes(w, 1);
	cr_expect(sent(w, 1).gr_restarted && sent(w, 1).gr_forwarding[0]);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	peer_is_done(w, 1);
	world_wait(w, 7100);
	cr_expect(is_over(w));
	cr_expect_not(agent_hold(w->agent, &v));
	cr_expect_geq(world_count(w, "to swp1: UPDATE*10.0.254.1/32*"), 1u);
	world_free(w);
}

Test(agent_restart, it_ends_with_its_time)
{
	struct world *w = restarted(WITH(7), true);

	peer_comes(w, 1);
	cr_expect_eq(sent(w, 1).gr_time, 7);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24 10.3.0.0/24", NULL, 0);
	peer_is_done(w, 1);
	world_wait(w, 6900);
	cr_expect_not(is_over(w));
	cr_expect_eq(kernel_ops(w), 0u);
	world_wait(w, 200);
	cr_expect(is_over(w));
	cr_expect_eq(world_count(w, "route_del 2001:db8:1::/48"), 1u);
	cr_expect_eq(world_count(w, "route_del *"), 1u);
	cr_expect_geq(world_count(w, "to swp1: EOR ipv4"), 1u);
	world_free(w);
}

/* RFC 4724 4.1: two that restart do not wait for each other's announcements; but what came from there stays until the other one is done. */
Test(agent_restart, peers_that_restart_too_are_not_waited_for_but_with_the_sweep)
{
	struct world *w = restarted(WITH(30), true);

	w->caps.gr_restarted = true;
	peer_comes(w, 1);
	peer_comes(w, 2);
	cr_expect_eq(world_count(w, "to swp1: EOR ipv4") + world_count(w, "to swp2: EOR ipv4"), 2u);
	cr_expect_not(is_over(w));
	cr_expect_eq(kernel_ops(w), 0u);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24 10.3.0.0/24", NULL, 0);
	peer_is_done(w, 1);
	world_announce(w, 2, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	cr_expect_eq(world_count(w, "route_del *"), 0u);
	peer_is_done(w, 2);
	cr_expect(is_over(w));
	cr_expect_eq(world_count(w, "route_del 2001:db8:1::/48"), 1u);
	world_free(w);
}

/* As FRR does for a while after its start, though it only helps. */
Test(agent_restart, a_peer_that_says_it_restarts_and_names_no_family_is_waited_for)
{
	struct world *w = restarted(WITH(30), true);

	w->caps = (struct bgp_caps){ .gr = true, .gr_restarted = true, .gr_notification = true, .gr_time = 120 };
	peer_comes(w, 1);
	peer_comes(w, 2);
	world_wait(w, 2000);
	cr_expect_eq(world_count(w, "to *: UPDATE*") + world_count(w, "to *: EOR*"), 0u);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24 10.3.0.0/24", NULL, 0);
	world_announce(w, 1, "2001:db8:1::/48", NULL, 0);
	peer_is_done(w, 1);
	cr_expect_not(is_over(w));
	world_announce(w, 2, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	peer_is_done(w, 2);
	cr_expect(is_over(w));
	cr_expect_eq(kernel_ops(w), 0u);
	cr_expect_gt(world_at(w, "to swp1: EOR ipv4"), world_at(w, "to swp1: UPDATE*10.0.254.1/32*"));
	world_free(w);
}

Test(agent_restart, a_peer_without_graceful_restart_gets_five_seconds)
{
	struct world *w = restarted(WITH(30), true);

	peer_comes(w, 2);
	peer_is_done(w, 2);
	w->caps = (struct bgp_caps){ 0 };
	peer_comes(w, 1);
	world_wait(w, 4999);
	cr_expect_not(is_over(w));
	world_wait(w, 1);
	cr_expect(is_over(w));
	world_free(w);
}

Test(agent_restart, nothing_found_or_nothing_wanted_is_a_start_like_any)
{
	struct world *w = world_new(WITH(30));

	world_peer(w, 1);
	cr_expect(!sent(w, 1).gr_restarted && !sent(w, 1).gr_forwarding[0] && sent(w, 1).gr_mp[0], "a first start");
	world_free(w);
	w = restarted(NULL, true);
	cr_expect(is_over(w), "not switched on");
	cr_expect_eq(world_count(w, "route_del *"), 4u);
	peer_comes(w, 1);
	cr_expect(!sent(w, 1).gr_restarted && !sent(w, 1).gr_forwarding[0]);
	world_free(w);
}

Test(agent_restart, another_machine_a_dead_link_and_a_session_that_dies_end_it_for_their_routes)
{
	static const char *const what[] = { "another MAC", "another address", "carrier lost", "session over", "link gone before the start" };

	for (size_t i = 0; i < ARRAY_LEN(what); i++) {
		struct world *w = restarted(WITH(30), true);

		switch (i) {
		case 0: world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:77"); break;
		case 1: world_ra(w, 1, "fe80::ff:77", "02:00:00:00:ff:01"); break;
		case 2: world_carrier(w, 1, false); break;
		case 3:
			peer_comes(w, 1);
			world_notify(w, 1, NOTIFY_CEASE, CEASE_HARD_RESET);
			world_turn(w);
			break;
		case 4: world_link_del(w, SWP(1)); break;
		}
		cr_expect_eq(world_count(w, "hop_set *") + world_count(w, "group_set *") + world_count(w, "route_set *"), 0u, "%s", what[i]);
		cr_expect_eq(world_count(w, "hop_del swp1*"), i == 1 ? 1u : i == 0 || i == 3 ? 2u : 0u, "%s: %zu", what[i], world_count(w, "hop_del *"));
		cr_expect_not(is_over(w), "%s: swp2", what[i]);
		world_free(w);
	}
}

/* Groups of another kind, or a kernel without any: nothing can be adopted, and nobody knows to whom the routes lead. */
Test(agent_restart, what_cannot_be_adopted_stays_until_everybody_has_told_everything)
{
	static const char resilient[] = "{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"resilient\": true, \"graceful_restart\": {\"restart_seconds\": 30}}";

	for (int i = 0; i < 3; i++) {
		struct world *w = restarted(i ? resilient : WITH(30), i > 0);

		cr_expect_eq(world_count(w, "route_*") + world_count(w, "group_*") + world_count(w, "hop_del *"), 0u, "%d: they stay", i);
		world_wait(w, 5000);
		peer_comes(w, 1);
		cr_expect(sent(w, 1).gr_restarted && sent(w, 1).gr_forwarding[0] && sent(w, 1).gr_forwarding[1], "%d: and they are used", i);
		world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
		peer_is_done(w, 1);
		cr_expect_eq(world_count(w, "route_*"), 0u, "%d", i);
		if (i == 2) {                    /* on swp2 nobody is heard */
			world_wait(w, 5000);
		} else {
			peer_comes(w, 2);
			peer_is_done(w, 2);
		}
		cr_expect(is_over(w), "%d", i);
		cr_expect(world_count(w, "route_set 10.1.0.0/24*") == 1 && world_count(w, "route_set 10.2.0.0/24*") == 1, "%d: replaced", i);
		cr_expect_eq(world_count(w, "route_del 10.1.*") + world_count(w, "route_del 10.2.*"), 0u, "%d: without a gap", i);
		cr_expect(world_count(w, "route_del 10.3.0.0/24*") == 1 && world_count(w, "route_del 2001:db8:1::/48*") == 1, "%d: nobody told these", i);
		world_free(w);
	}
}

Test(agent_restart, a_link_that_was_dead_before_the_start_is_not_waited_for_and_not_used)
{
	struct world *w = found(WITH(30), true);
	struct link_info swp1 = world_swp(1);

	swp1.running = false;
	world_link(w, &swp1);
	start(w);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp2");
	cr_expect_str_eq(world_route(w, "10.3.0.0/24"), "");
	peer_comes(w, 2);
	world_announce(w, 2, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	peer_is_done(w, 2);
	cr_expect(is_over(w));
	world_free(w);
}

/* What a numbered peer has told cannot be seen in the kernel's routes. */
Test(agent_restart, a_numbered_peer_that_can_be_reached_is_waited_for)
{
	struct world *w = found("{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"graceful_restart\": {\"restart_seconds\": 30}, \"neighbors\": ["
				"{\"address\": \"203.0.113.2\", \"remote_asn\": 65002}]}", true);
	struct link_info swp3 = world_swp(3);

	world_link(w, &swp3);
	world_addr(w, ADDR_NEW, SWP(3), "203.0.113.1/30");
	start(w);
	peer_comes(w, 1);
	peer_is_done(w, 1);
	peer_comes(w, 2);
	peer_is_done(w, 2);
	cr_expect_not(is_over(w));
	world_carrier(w, 3, false);
	cr_expect(is_over(w), "it cannot be reached any more");
	world_free(w);
}

Test(agent_restart, what_dies_in_the_meantime_is_not_promised_to_peers_that_come_later)
{
	struct world *w = restarted(WITH(30), true);

	peer_comes(w, 1);
	cr_expect(sent(w, 1).gr_forwarding[0] && sent(w, 1).gr_forwarding[1]);
	world_carrier(w, 1, false);              /* with it the only IPv6 route */
	peer_comes(w, 2);
	cr_expect(sent(w, 2).gr_restarted && sent(w, 2).gr_forwarding[0] && !sent(w, 2).gr_forwarding[1]);
	world_free(w);
}

Test(agent_restart, what_another_speaker_left_is_used_until_the_peers_have_told_theirs_and_they_are_told_nothing_of_it)
{
	struct world *w = found(WITH(30), true);

	agent_claims_nothing(w->agent);
	start(w);
	peer_comes(w, 1);
	cr_expect(!sent(w, 1).gr_restarted && !sent(w, 1).gr_forwarding[0] && !sent(w, 1).gr_forwarding[1]);
	cr_expect(sent(w, 1).gr_time == 30 && sent(w, 1).gr_mp[0] && sent(w, 1).gr_mp[1], "as at any first start");
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24 10.3.0.0/24", NULL, 0);
	peer_is_done(w, 1);
	cr_expect_eq(kernel_ops(w), 0u);
	peer_comes(w, 2);
	world_announce(w, 2, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	peer_is_done(w, 2);
	cr_expect(is_over(w));
	cr_expect_eq(world_count(w, "route_del 2001:db8:1::/48"), 1u);
	cr_expect_eq(world_count(w, "route_*"), 1u);
	agent_tcp_closed(w->agent, w->conn[2], ECONNRESET, w->now);
	world_turn(w);
	world_open(w, 2);
	cr_expect(!sent(w, 2).gr_restarted && sent(w, 2).gr_forwarding[0], "but a session that ends later is another matter");
	world_free(w);
}

/* A session that ends without us is no loss of ours: what we forwarded by then is what we forward by now. One that the peer may know nothing
 * of says nothing. */
Test(agent_restart, forwarding_outlives_a_session_that_ends)
{
	struct world *w = world_new(WITH(30));

	w->caps = graceful;
	world_peer(w, 1);
	for (unsigned i = 0; i < 3; i++) {
		cr_expect_eq(sent(w, 1).gr_forwarding[0] && sent(w, 1).gr_forwarding[1], i == 2, "OPEN %u", i);
		cr_expect_not(sent(w, 1).gr_restarted);
		if (i == 1)
			world_eor(w, 1, AF_INET);
		agent_tcp_closed(w->agent, w->conn[1], ECONNRESET, w->now);
		world_turn(w);
		world_open(w, 1);
	}
	world_free(w);
}

Test(agent_restart, whoever_leaves_says_nothing_and_takes_nothing_along)
{
	struct world *w = world_new(WITH(30));

	w->caps = graceful;
	world_peer(w, 1);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	world_clear(w);
	agent_leave(w->agent, w->now);
	world_turn(w);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION*"), 0u);
	cr_expect_eq(world_count(w, "close swp1"), 1u);
	cr_expect_eq(kernel_ops(w) + world_count(w, "loopback*") + world_count(w, "fabric*"), 0u);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	world_free(w);
}

/* The configuration is another one, or the link has an address of its own now: nobody there will ever have a session. */
Test(agent_restart, a_link_that_is_none_of_ours_any_more_is_not_waited_for)
{
	struct world *w = restarted("{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"graceful_restart\": {\"restart_seconds\": 30}, \"links\": [\"swp2\"]}", true);

	peer_comes(w, 2);
	world_announce(w, 2, "10.1.0.0/24", NULL, 0);
	cr_expect_eq(kernel_ops(w), 0u);
	cr_expect_str_eq(world_route(w, "10.3.0.0/24"), "swp1", "it is used until then");
	peer_is_done(w, 2);
	cr_expect(is_over(w));
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp2");
	cr_expect_str_eq(world_route(w, "10.3.0.0/24"), "");
	world_free(w);
}

Test(agent_restart, a_link_that_is_none_of_ours_any_more_takes_its_routes_along_when_it_dies)
{
	struct world *w = restarted("{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"graceful_restart\": {\"restart_seconds\": 30}, \"links\": [\"swp2\"]}", true);
	struct agent_restart_view v;

	cr_assert(agent_restart(w->agent, &v, w->now) && v.routes[0] == 3 && v.routes[1] == 1);
	world_carrier(w, 1, false);
	cr_assert(agent_restart(w->agent, &v, w->now));
	cr_expect_eq(v.routes[0], 2u, "10.3.0.0/24 led there alone");
	cr_expect_eq(v.routes[1], 0u);
	cr_expect_eq(kernel_ops(w), 0u, "the kernel has done it itself");
	world_free(w);
}

Test(agent_restart, a_reload_meanwhile_changes_whom_it_waits_for)
{
	struct world *w = restarted(WITH(30), true);

	peer_comes(w, 1);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24 10.3.0.0/24", NULL, 0);
	peer_is_done(w, 1);
	cr_expect_not(is_over(w), "swp2 has not come");
	world_reload(w, "{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"graceful_restart\": {\"restart_seconds\": 30}, \"links\": [\"swp1\"]}");
	cr_expect(is_over(w));
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	cr_expect_geq(world_count(w, "to swp1: EOR ipv4"), 1u);
	world_free(w);
}
