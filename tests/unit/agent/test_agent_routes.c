/* From UPDATEs to routes and to the other peers, and what this node announces of its own. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "agent/base/own.h"
#include "agent/show.h"
#include "tests/unit/agent/bgp/codec.h"
#include "world.h"

#define WITH(more) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", " more "}"

static struct rib_peer_stats stats(const struct world *w, unsigned n)
{
	struct rib_peer_stats s = { 0 };
	rib_peer rib;

	if (agent_rib_peer(w->agent, SWP(n), &rib))
		rib_peer_stats(agent_rib(w->agent), rib, &s);
	return s;
}

/* --- what this node originates ----------------------------------------------------------------------------------------------------- */
static void vlan(struct world *w, const char *name, bool running)
{
	struct link_info info = { .ifindex = 50, .type = 1, .up = true, .running = running, .is_master = true };

	snprintf(info.name, sizeof(info.name), "%s", name);
	world_link(w, &info);
}

Test(agent_routes, router_id_is_announced_at_once_with_our_as_and_our_address_as_next_hop)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.0.254.1/32 path 65001 via fe80::1"), 1u);
	cr_expect_eq(world_count(w, "route_*"), 0u, "our own: nothing to install");
	world_free(w);
}

Test(agent_routes, originated_prefixes_follow_the_addresses_of_the_named_interfaces)
{
	struct world *w = world_new(WITH("\"originate\": [\"lo\", \"vlan*\"]"));

	world_peer(w, 1);
	vlan(w, "vlan10", true);
	world_addr(w, ADDR_NEW, 50, "10.1.1.1/26");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.1.1.0/26 *"), 1u);
	world_addr(w, ADDR_NEW, 50, "10.1.1.2/26");
	cr_expect_eq(world_count(w, "*10.1.1.0/26*"), 1u, "two addresses, one subnet");
	world_addr(w, ADDR_NEW, 50, "2001:db8:1::1/64");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +2001:db8:1::/64 *"), 1u);
	world_addr(w, ADDR_DEL, 50, "10.1.1.1/26");
	cr_expect_eq(world_count(w, "* -10.1.1.0/26"), 0u, "one is left");
	world_addr(w, ADDR_DEL, 50, "10.1.1.2/26");
	cr_expect_eq(world_count(w, "to swp1: UPDATE -10.1.1.0/26"), 1u);
	world_addr(w, ADDR_NEW, SWP(1), "2001:db8:9::1/64");
	cr_expect_eq(world_count(w, "*2001:db8:9::*"), 0u, "of no interface that is named");
	world_free(w);
}

static void lose_carrier(struct world *w)
{
	vlan(w, "vlan10", false);
}

static void rename_away(struct world *w)
{
	vlan(w, "mgmt", true);
}

static void delete(struct world *w)
{
	world_link_del(w, 50);
}

static void (*const losses[])(struct world *w) = { lose_carrier, rename_away, delete };

Test(agent_routes, originated_prefix_goes_with_the_carrier_the_name_or_the_interface)
{
	for (size_t i = 0; i < ARRAY_LEN(losses); i++) {
		struct world *w = world_new(WITH("\"originate\": [\"lo\", \"vlan*\"]"));

		world_peer(w, 1);
		vlan(w, "vlan10", true);
		world_addr(w, ADDR_NEW, 50, "10.1.1.1/26");
		losses[i](w);
		cr_expect_eq(world_count(w, "to swp1: UPDATE -10.1.1.0/26"), 1u, "row %zu", i);
		vlan(w, "vlan10", true);
		world_addr(w, ADDR_NEW, 50, "10.1.1.1/26");
		cr_expect_eq(world_count(w, "to swp1: UPDATE +10.1.1.0/26 *"), 2u, "row %zu", i);
		world_free(w);
	}
}

Test(agent_routes, prefix_rules_choose_what_is_originated)
{
	struct world *w = world_new(WITH("\"originate\": {\"interfaces\": [\"lo\", \"vlan*\"], \"prefixes\": ["
					 "{\"prefix\": \"10.1.0.0/16\", \"ge\": 26}, {\"prefix\": \"10.0.254.0/24\", \"ge\": 32}]}"));

	world_peer(w, 1);
	vlan(w, "vlan10", true);
	world_addr(w, ADDR_NEW, 50, "10.1.1.1/26");
	world_addr(w, ADDR_NEW, 50, "10.1.2.1/24");
	world_addr(w, ADDR_NEW, 50, "192.0.2.1/24");
	world_addr(w, ADDR_NEW, 50, "2001:db8:1::1/64");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.0.254.1/32 *"), 1u);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.1.1.0/26 *"), 1u);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +*"), 2u);
	world_free(w);
}

Test(agent_routes, ipv6_is_left_out_when_it_is_off)
{
	struct world *w = world_new(WITH("\"ipv6\": false"));

	world_peer(w, 1);
	world_addr(w, ADDR_NEW, LO, "2001:db8::1/128");
	cr_expect_eq(world_count(w, "*2001:db8*"), 0u);
	cr_expect_str_eq(world_shows(show_routes(w->agent, NULL), "1"), "(nothing)");
	cr_expect_eq(world_count(w, "to swp1: EOR *"), 1u);
	cr_expect_eq(world_count(w, "to swp1: EOR ipv4"), 1u);
	world_free(w);
}

/* --- from an UPDATE to the kernel ---------------------------------------------------------------------------------------------------- */
Test(agent_routes, update_becomes_neighbour_next_hop_group_and_route_in_this_order)
{
	struct world *w = world_new(NULL);

	world_swp_up(w, 1);
	world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:01");
	world_open(w, 1);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	cr_expect_lt(world_at(w, "neigh_set swp1 *"), world_at(w, "hop_set swp1"));
	cr_expect_lt(world_at(w, "hop_set swp1"), world_at(w, "group_set swp1"));
	cr_expect_lt(world_at(w, "group_set swp1"), world_at(w, "route_set 10.1.0.0/24"));
	cr_expect_neq(world_at(w, "neigh_set swp1 *"), -1);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	world_free(w);
}

Test(agent_routes, withdrawal_takes_the_route_and_then_what_it_stood_on)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	world_withdraw(w, 1, "10.1.0.0/24");
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "");
	cr_expect_str_eq(world_route(w, "10.2.0.0/24"), "swp1");
	world_withdraw(w, 1, "10.2.0.0/24 10.3.0.0/24");
	cr_expect_eq(world_routes(w) + world_objects(w), 0u);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	world_free(w);
}

Test(agent_routes, ipv6_routes_are_installed_beside_ipv4)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, "2001:db8:1::/64", NULL, 0);
	cr_expect_str_eq(world_route(w, "2001:db8:1::/64"), "swp1");
	cr_expect_eq(world_count(w, "to swp2: UPDATE +2001:db8:1::/64 path 65001 65101 via fe80::2"), 1u);
	world_withdraw(w, 1, "2001:db8:1::/64");
	cr_expect_eq(world_count(w, "to swp2: UPDATE -2001:db8:1::/64"), 1u);
	cr_expect_eq(world_routes(w), 0u);
	world_free(w);
}

Test(agent_routes, classic_kernel_gets_routes_with_their_next_hops)
{
	struct world *w = world_new_bare(NULL, false);

	agent_start(w->agent, w->now);
	for (unsigned n = 1; n <= 2; n++) {
		world_peer(w, n);
		world_announce(w, n, "10.1.0.0/24", NULL, 0);
	}
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1 swp2");
	cr_expect_eq(world_objects(w), 0u);
	world_free(w);
}

/* Attributes: ORIGIN IGP, AS_PATH 65101, MP_REACH 10.1.0.0/24 via fe80::ff:1; MP_UNREACH 10.1.0.0/24. */
#define NH1 "fe80000000000000 0000000000ff0001"
#define REACH_10_1 "800e19 0001 01 10" NH1 "00 180a0100"
#define UNREACH_10_1 "800f07 0001 01 180a0100"
#define ORIGIN_PATH "40010100 400206 0201 0000fe4d"

/* The length of the attributes is filled in. */
static const struct { const char *what, *body, *route; } updates[] = {
	{ "announced", "0000 0000" REACH_10_1 ORIGIN_PATH, "swp1" },
	{ "withdrawn and announced is announced", "0000 0000" UNREACH_10_1 REACH_10_1 ORIGIN_PATH, "swp1" },
	{ "announced and withdrawn too, whatever the order", "0000 0000" REACH_10_1 ORIGIN_PATH UNREACH_10_1, "swp1" },
	{ "withdrawn in the classic field and announced", "0004 180a0100 0000" REACH_10_1 ORIGIN_PATH, "swp1" },
	{ "withdrawn in the classic field", "0004 180a0100 0000", "" },
	{ "withdrawn", "0000 0000" UNREACH_10_1, "" },
	{ "a bad ORIGIN is treated as withdraw", "0000 0000" REACH_10_1 "40010107 400206 0201 0000fe4d", "" },
	{ "a missing AS_PATH too", "0000 0000" REACH_10_1 "40010100", "" },
};

Test(agent_routes, updates_leave_the_route_that_they_say)
{
	for (size_t i = 0; i < ARRAY_LEN(updates); i++) {
		struct world *w = world_new(NULL);
		struct bytes body = hex(updates[i].body);
		size_t withdrawn = (size_t)(body.p[0] << 8 | body.p[1]);

		world_peer(w, 1);
		world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
		patch16(&body, 2 + withdrawn, body.n - 4 - withdrawn);
		world_update(w, 1, body.p, body.n);
		world_turn(w);
		cr_expect_str_eq(world_route(w, "10.1.0.0/24"), updates[i].route, "%s", updates[i].what);
		cr_expect_str_eq(world_route(w, "10.2.0.0/24"), "swp1", "%s", updates[i].what);
		cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED, "%s", updates[i].what);
		world_free(w);
	}
}

Test(agent_routes, loops_and_martians_are_refused_and_counted)
{
	struct world *w = world_new(NULL);
	const uint32_t with_us[] = { 65200, OUR_AS };

	world_peer(w, 1);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	world_announce(w, 1, "10.1.0.0/24 10.3.0.0/24", with_us, 2);
	world_announce(w, 1, "169.254.0.0/16 127.0.0.0/8 224.0.0.0/4", NULL, 0);
	world_announce(w, 1, "fe80::/10", NULL, 0);
	cr_expect_eq(stats(w, 1).loops, 2u);
	cr_expect_eq(stats(w, 1).martians, 4u);
	cr_expect_eq(stats(w, 1).received[0], 1u);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "", "what is refused replaces what was there");
	cr_expect_str_eq(world_route(w, "10.2.0.0/24"), "swp1");
	cr_expect_eq(world_routes(w), 1u);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	world_free(w);
}

Test(agent_routes, more_than_max_prefixes_resets_the_session)
{
	struct world *w = world_new(WITH("\"links\": {\"swp1\": {\"max_prefixes\": 2}, \"*\": {}}"));

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	world_announce(w, 2, "10.1.0.0/24 10.2.0.0/24 10.3.0.0/24", NULL, 0);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	world_announce(w, 1, "10.3.0.0/24", NULL, 0);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION 6/1"), 1u);
	cr_expect_neq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_eq(world_state(w, 2), BGP_ESTABLISHED);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp2");
	world_free(w);
}

Test(agent_routes, session_that_ended_by_itself_over_the_limit_is_not_reset_once_more)
{
	struct world *w = world_new(WITH("\"links\": {\"swp1\": {\"max_prefixes\": 1}}"));

	world_peer(w, 1);
	world_clear(w);
	world_announce_quietly(w, 1, "10.1.0.0/24 10.2.0.0/24");
	world_notify(w, 1, NOTIFY_CEASE, CEASE_ADMIN_SHUTDOWN);
	world_open(w, 1);
	world_turn(w);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION *"), 0u);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	world_free(w);
}

Test(agent_routes, ecmp_over_two_links_shares_one_group)
{
	struct world *w = world_new(NULL);
	const uint32_t far[] = { 65300 };

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, "10.1.0.0/24 10.2.0.0/24 10.3.0.0/24", NULL, 0);
	world_announce(w, 2, "10.1.0.0/24 10.2.0.0/24", NULL, 0);
	world_announce(w, 2, "10.3.0.0/24", far, 1);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1 swp2");
	cr_expect_str_eq(world_route(w, "10.2.0.0/24"), "swp1 swp2");
	cr_expect_str_eq(world_route(w, "10.3.0.0/24"), "swp1", "the shorter path alone");
	cr_expect_eq(world_objects(w), 4u, "two next hops, two groups");
	world_free(w);
}

Test(agent_routes, multipath_bounds_the_next_hops)
{
	struct world *w = world_new(WITH("\"multipath\": 2"));

	for (unsigned n = 1; n <= 4; n++) {
		world_peer(w, n);
		world_announce(w, n, "10.1.0.0/24", NULL, 0);
	}
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1 swp2", "the lowest router-ids");
	world_free(w);
}

/* --- what the others are told -------------------------------------------------------------------------------------------------------- */
Test(agent_routes, end_of_rib_is_sent_once_per_family_after_the_routes)
{
	struct world *w = world_new(NULL);

	world_peer(w, 1);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	world_clear(w);
	world_peer(w, 2);
	world_announce(w, 1, "10.2.0.0/24", NULL, 0);
	world_wait(w, 5000);
	cr_expect_eq(world_count(w, "to swp2: EOR ipv4"), 1u);
	cr_expect_eq(world_count(w, "to swp2: EOR ipv6"), 1u);
	cr_expect_gt(world_at(w, "to swp2: EOR ipv4"), world_at(w, "to swp2: UPDATE *10.1.0.0/24*"));
	cr_expect_lt(world_at(w, "to swp2: EOR ipv4"), world_at(w, "to swp2: UPDATE *10.2.0.0/24*"));
	world_free(w);
}

Test(agent_routes, prefixes_of_equal_attributes_share_one_update)
{
	struct world *w = world_new(NULL);
	const uint32_t far[] = { 65300 };

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce_quietly(w, 1, "10.1.0.0/24");
	world_announce_quietly(w, 1, "10.2.0.0/24 10.3.0.0/24");
	world_announce(w, 1, "10.4.0.0/24", far, 1);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +10.1.0.0/24 +10.2.0.0/24 +10.3.0.0/24 path 65001 65101 via fe80::2"), 1u);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +10.4.0.0/24 path 65001 65101 65300 via fe80::2"), 1u);
	world_withdraw(w, 1, "10.1.0.0/24 10.4.0.0/24");
	cr_expect_eq(world_count(w, "to swp2: UPDATE -10.1.0.0/24 -10.4.0.0/24"), 1u);
	world_free(w);
}

Test(agent_routes, route_is_never_told_to_the_peer_that_it_came_from)
{
	struct world *w = world_new(NULL);
	const uint32_t far[] = { 65300 };

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	cr_expect_eq(world_count(w, "to swp1: UPDATE *10.1.0.0/24*"), 0u);
	world_announce(w, 2, "10.1.0.0/24", far, 1);
	cr_expect_eq(world_count(w, "to swp1: UPDATE *10.1.0.0/24*"), 0u, "not the best one: nobody hears of it");
	world_clear(w);
	world_withdraw(w, 1, "10.1.0.0/24");
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.1.0.0/24 path 65001 65102 65300 *"), 1u);
	cr_expect_eq(world_count(w, "to swp2: UPDATE -10.1.0.0/24"), 1u, "it is theirs now");
	world_free(w);
}

Test(agent_routes, route_refresh_says_everything_of_one_family_again)
{
	static const uint8_t refresh[] = { [0 ... 15] = 0xff, 0, 23, BGP_ROUTE_REFRESH, 0, AFI_IP4, 0, SAFI_UNICAST };
	struct world *w = world_new(NULL);

	world_addr(w, ADDR_NEW, LO, "2001:db8::1/128");
	world_peer(w, 1);
	world_clear(w);
	world_input(w, 1, refresh, sizeof(refresh));
	world_turn(w);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +10.0.254.1/32 *"), 1u);
	cr_expect_eq(world_count(w, "to swp1: UPDATE *"), 1u);
	world_free(w);
}

Test(agent_routes, attributes_too_long_to_announce_take_back_what_was_announced)
{
	struct world *w = world_new(NULL);
	struct bytes update = hex("0000 0000 40010100 400206 0201 0000fe4d" REACH_10_1 "d0c8 0fba");

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, "10.1.0.0/24", NULL, 0);
	cr_assert_eq(world_count(w, "to swp2: UPDATE +10.1.0.0/24 *"), 1u);
	update.n += 0xfba;                               /* an unknown attribute, so long that our own AS and next hop do not fit beside them */
	patch16(&update, 2, update.n - 4);
	world_update(w, 1, update.p, update.n);
	world_turn(w);
	cr_expect_str_eq(world_route(w, "10.1.0.0/24"), "swp1");
	cr_expect_eq(world_count(w, "to swp2: UPDATE -10.1.0.0/24"), 1u, "or it would stay with the old attributes for ever");
	cr_expect_eq(agent_counted(w->agent)->unsendable, 1u);
	world_free(w);
}
