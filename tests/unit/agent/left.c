#include "left.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "world_kernel.h"

#define HOP(n) (FIB_ID_FIRST + (n))
#define HOP6 (FIB_ID_FIRST + 5)
#define BOTH (FIB_ID_FIRST + 10)
#define ONE (FIB_ID_FIRST + 11)
#define ONE6 (FIB_ID_FIRST + 12)

const struct bgp_caps peer_graceful = { .gr = true, .gr_notification = true, .gr_time = 60, .gr_mp = { true, true }, .gr_forwarding = { true, true } };

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

struct world *left_kernel(const char *config, bool objects)
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
	w->caps = peer_graceful;
	world_clear(w);
	return w;
}

void left_route(struct world *w, const char *prefix)
{
	seen_route(w, prefix, BOTH);
}

void left_start(struct world *w)
{
	agent_start(w->agent, w->now);
	world_turn(w);
}

struct world *left_restart(const char *config, bool objects)
{
	struct world *w = left_kernel(config, objects);

	left_start(w);
	return w;
}

size_t left_ops(const struct world *w)
{
	return world_count(w, "route_*") + world_count(w, "group_*") + world_count(w, "hop_*") + world_count(w, "neigh_*") +
	       world_count(w, "pin_*");
}

bool left_is_over(const struct world *w)
{
	struct agent_restart_view v;

	return !agent_restart(w->agent, &v, w->now);
}

struct bgp_caps peer_sent(const struct world *w, unsigned n)
{
	struct peer_view v;

	peer_view(peers_find(agent_peers(w->agent), SWP(n)), &v);
	cr_assert_not_null(v.caps_sent);
	return *v.caps_sent;
}

void peer_comes(struct world *w, unsigned n)
{
	char addr[32], mac[32];

	snprintf(addr, sizeof(addr), "fe80::ff:%u", n);
	snprintf(mac, sizeof(mac), "02:00:00:00:ff:%02x", n);
	world_ra(w, n, addr, mac);
	world_open(w, n);
}

void peer_is_done(struct world *w, unsigned n)
{
	world_eor(w, n, AF_INET);
	world_eor(w, n, AF_INET6);
}
