/* `explain`: paths, refusals, group, what the kernel holds and whether that is as wanted, who is told and who not. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "agent/base/own.h"
#include "agent/show.h"
#include "world.h"

#define WITH(more) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", " more "}"
#define P "10.1.0.0/24"

static const char *says(struct world *w, const char *asked, const char *path)
{
	struct prefix p;

	cr_assert_eq(prefix_parse(asked, &p), 0);
	return world_shows(show_explain(w->agent, &p, w->now), path);
}

/* Two spines with one AS, P over both. */
static struct world *fabric(const char *config)
{
	struct world *w = world_new(config);

	world_peer(w, 1);
	world_peer(w, 2);
	world_announce(w, 1, P, NULL, 0);
	world_announce(w, 2, P, NULL, 0);
	return w;
}

/* As the kernel would answer for P over swp1 and swp2. */
static struct looked kernel(struct world *w)
{
	struct looked look = { .metric = 20, .protocol = 186, .table = 254, .type = RTN_UNICAST, .n = 2 };

	prefix_parse(P, &look.found);
	for (unsigned i = 0; i < 2; i++) {
		look.hops[i] = (struct look_hop){
			.id = 70000001 + i, .ifindex = SWP(i + 1), .weight = 1, .onlink = true, .has_neigh = true, .has_mac = true,
			.neigh_state = NUD_PERMANENT, .mac = { 2, 0, 0, 0, 0xff, (uint8_t)(i + 1) },
			.via = { .s6_addr = { [10] = 0xff, [11] = 0xff, [12] = 169, [13] = 254, [15] = 1 } },
		};
	}
	w->look = NULL;
	return look;
}

Test(explain, paths_group_and_who_is_told)
{
	struct world *w = fabric(NULL);

	cr_expect_str_eq(says(w, "10.1.0.7", "prefix"), "\"" P "\"", "the longest match");
	cr_expect_str_eq(says(w, "10.1.0.7", "asked"), "\"10.1.0.7/32\"");
	cr_expect_str_eq(says(w, P, "found"), "true");
	cr_expect_str_eq(says(w, P, "route.paths.0.peer"), "\"swp1\"");
	cr_expect_str_eq(says(w, P, "route.paths.1.reason"), "\"higher router-id\"");
	cr_expect_str_eq(says(w, P, "install"), "\"confirmed\"");
	cr_expect_str_eq(says(w, P, "group.members.1.link"), "\"swp2\"");
	cr_expect_str_eq(says(w, P, "group.routes"), "1");
	cr_expect_str_eq(says(w, P, "links.0"), "{\"bfd\":null,\"carrier\":true,\"drained\":false,\"link\":\"swp1\",\"mac\":\"02:00:00:00:ff:01\","
						  "\"neighbor\":\"fe80::ff:1\",\"state\":\"peer\"}");
	cr_expect_str_eq(says(w, P, "announced_to.0.reason"), "\"the best path came from there\"");
	cr_expect_str_eq(says(w, P, "announced_to.1.told"), "true");
	cr_expect_str_eq(says(w, P, "kernel"), "null", "nobody can be asked");
	cr_expect_str_eq(says(w, P, "sentence"), "\"" P " has 2 next hops, the kernel was not asked, announced to 1 of 2 neighbors\"");
	world_free(w);
}

Test(explain, what_is_originated_here_and_what_there_is_not)
{
	struct world *w = fabric(NULL);

	cr_expect_str_eq(says(w, "10.0.254.1", "originated"), "true");
	cr_expect_str_eq(says(w, "10.0.254.1", "group"), "null");
	cr_expect_str_eq(says(w, "10.0.254.1", "sentence"), "\"10.0.254.1/32 is originated here, announced to 2 of 2 neighbors\"");
	cr_expect_str_eq(says(w, "192.0.2.1", "found"), "false");
	cr_expect_str_eq(says(w, "192.0.2.1", "route"), "null");
	cr_expect_str_eq(says(w, "192.0.2.1", "announced_to"), "[]");
	world_free(w);
}

Test(explain, refusals_are_told_with_their_reason_until_the_session_ends)
{
	struct world *w = fabric(WITH("\"policy\": {\"no_ten\": [{\"match\": {\"prefixes\": [{\"prefix\": \"10.9.0.0/16\", \"ge\": 16}]}, \"action\": \"reject\"}, "
				      "{\"action\": \"accept\"}]}, \"links\": {\"swp*\": {\"import\": \"no_ten\"}}"));

	world_announce(w, 2, "10.8.0.0/24", (const uint32_t[]){ OUR_AS }, 1);
	world_announce(w, 1, "10.9.0.0/24", NULL, 0);
	world_announce(w, 1, "127.0.0.0/9", NULL, 0);
	w->now = mono_add_s(w->now, 3);
	cr_expect_str_eq(says(w, "10.8.0.0/24", "found"), "false");
	cr_expect_str_eq(says(w, "10.8.0.0/24", "refused"), "[{\"hostname\":\"spine2\",\"name\":\"swp2\",\"reason\":\"our own AS is in its AS path\",\"seconds_ago\":3}]");
	cr_expect_str_eq(says(w, "10.9.0.0/24", "refused.0.reason"), "\"the import policy refuses it\"");
	cr_expect_str_eq(says(w, "127.0.0.0/9", "refused.0.reason"), "\"no peer may announce this prefix (martian)\"");
	world_carrier(w, 2, false);
	cr_expect_str_eq(says(w, "10.8.0.0/24", "refused"), "[]");
	world_free(w);
}

Test(explain, the_kernel_as_it_is_wanted)
{
	struct world *w = fabric(NULL);
	struct looked look = kernel(w);

	w->look = &look;
	cr_expect_str_eq(says(w, P, "kernel.as_wanted"), "true");
	cr_expect_str_eq(says(w, P, "kernel.differences"), "[]");
	cr_expect_str_eq(says(w, P, "kernel.asked"), "\"" P "\"");
	cr_expect_str_eq(says(w, "10.1.0.7", "kernel.asked"), "\"10.1.0.7/32\"", "an address is looked up itself");
	cr_expect_str_eq(says(w, P, "kernel.next_hops.0"),
			 "{\"address\":\"169.254.0.1\",\"blackhole\":false,\"dead\":false,\"link\":\"swp1\",\"mac\":\"02:00:00:00:ff:01\",\"missing\":false,"
			 "\"neighbor_state\":\"permanent\",\"object\":70000001,\"onlink\":true,\"weight\":1}");
	cr_expect_str_eq(says(w, P, "sentence"), "\"" P " has 2 next hops, the kernel has it as wanted, announced to 1 of 2 neighbors\"");
	world_free(w);
}

static void no_route(struct looked *l) { l->error = -ENETUNREACH; }
static void discards(struct looked *l) { l->error = -EINVAL; }
static void shorter(struct looked *l) { prefix_parse("10.1.0.0/16", &l->found); }
static void foreign(struct looked *l) { l->protocol = RTPROT_STATIC; l->metric = 0; }
static void one_less(struct looked *l) { l->n = 1; }
static void one_more(struct looked *l) { l->hops[2] = l->hops[1]; l->hops[2].ifindex = SWP(3); l->n = 3; }
static void object_gone(struct looked *l) { l->hops[1] = (struct look_hop){ .id = 70000002, .weight = 1, .missing = true }; }
static void heavy(struct looked *l) { l->hops[0].weight = 7; }
static void down(struct looked *l) { l->hops[1].linkdown = true; }
static void other_mac(struct looked *l) { l->hops[1].mac[5] = 9; }
static void no_entry(struct looked *l) { l->hops[0].has_neigh = l->hops[0].has_mac = false; }
static void not_permanent(struct looked *l) { l->hops[0].neigh_state = NUD_STALE; }

static const struct { void (*change)(struct looked *l); const char *differences; } changes[] = {
	{ no_route, "[\"the kernel has no route\"]" },
	{ discards, "[\"the kernel discards what is sent there, and weft wants it forwarded\"]" },
	{ shorter, "[\"the kernel uses its route to 10.1.0.0/16\"]" },
	{ foreign, "[\"a route of somebody else (protocol static, metric 0) is used\"]" },
	{ one_less, "[\"swp2 is missing\"]" },
	{ one_more, "[\"an unknown link is too many\"]" },
	{ object_gone, "[\"swp2 is missing\",\"the group names an object that there is not: 70000002\"]" },
	{ heavy, "[\"swp1 has weight 7 instead of 1\"]" },
	{ down, "[\"swp2 is down for the kernel\"]" },
	{ other_mac, "[\"swp2: the MAC is 02:00:00:00:ff:09 instead of 02:00:00:00:ff:02\"]" },
	{ no_entry, "[\"swp1: the neighbour entry is missing\"]" },
	{ not_permanent, "[\"swp1: the neighbour entry is stale instead of permanent\"]" },
};

Test(explain, each_difference_is_said)
{
	struct world *w = fabric(NULL);
	struct looked look;

	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		look = kernel(w);
		changes[i].change(&look);
		w->look = &look;
		cr_expect_str_eq(says(w, P, "kernel.differences"), changes[i].differences);
		cr_expect_str_eq(says(w, P, "kernel.as_wanted"), "false");
	}
	world_free(w);
}

Test(explain, a_busy_kernel_is_not_judged)
{
	struct world *w = fabric(NULL);
	struct looked look = kernel(w);

	look.cut = true;
	look.n = 0;
	w->look = &look;
	cr_expect_str_eq(says(w, P, "kernel.complete"), "false");
	cr_expect_str_eq(says(w, P, "kernel.as_wanted"), "null");
	world_free(w);
}

Test(explain, why_a_neighbor_is_not_told_or_does_not_use_it)
{
	struct world *w = fabric(WITH("\"start_hold\": 60"));

	cr_expect_str_eq(says(w, P, "announced_to.1.told"), "false");
	cr_expect_str_eq(says(w, P, "announced_to.1.reason"), "\"start_hold: nothing is announced yet\"");
	world_free(w);
	w = fabric(WITH("\"links\": {\"swp2\": {\"export\": \"none\"}, \"swp*\": {}}"));
	cr_expect_str_eq(says(w, P, "announced_to.1.reason"), "\"the export policy refuses it\"");
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "swp2", w->now), "0.prefixes_withheld"), "2", "who asks does not count");
	world_announce(w, 1, "10.3.0.0/24", (const uint32_t[]){ PEER_AS(3) }, 1);
	world_peer(w, 3);
	cr_expect_str_eq(says(w, "10.3.0.0/24", "announced_to.2.note"), "\"its own AS is in the AS path: it does not use it\"");
	agent_drain(w->agent, DRAIN_NODE, w->now);
	world_turn(w);
	cr_expect_str_eq(says(w, P, "announced_to.2.note"), "\"drained: it is told with GRACEFUL_SHUTDOWN, and uses any other way first\"");
	world_carrier(w, 3, false);
	cr_expect_str_eq(says(w, P, "announced_to.2"), "{\"asn\":0,\"hostname\":\"\",\"name\":\"swp3\",\"note\":\"\",\"reason\":\"the link has no carrier\","
						      "\"state\":\"Idle\",\"told\":false}");
	world_notify(w, 2, NOTIFY_CEASE, CEASE_ADMIN_RESET);
	world_turn(w);
	cr_expect_str_eq(says(w, P, "announced_to.1.reason"), "\"no session\"");
	world_free(w);
}
