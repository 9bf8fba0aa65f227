/* Numbered peers say something, and what comes of it: the decision by what the configuration says, graceful restart, refresh. Peer N is
 * 203.0.113.(4N - 2) on swpN, where we are 203.0.113.(4N - 3)/30; its AS and router-id are what a test says. */
#include "tests/unit/agent/world.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/agent_drain.h"
#include "agent/base/own.h"
#include "agent/show.h"
#include "tests/unit/agent/world_kernel.h"

#define P "10.2.0.0/16"

static const char *address_of(unsigned n, bool ours)
{
	static char s[2][32];

	snprintf(s[ours], sizeof(s[0]), "%s203.0.113.%u%s", ours ? "" : "::ffff:", 4 * n - 2 - ours, ours ? "/30" : "");
	return s[ours];
}

static void link_up(struct world *w, unsigned n)
{
	struct link_info info = world_swp(n);

	world_link(w, &info);
	world_addr(w, ADDR_NEW, SWP(n), address_of(n, true));
}

/* The peer calls, as asn, with router-id 10.0.255.id and the capabilities of w->caps. */
static void open_as(struct world *w, unsigned n, uint32_t asn, uint8_t id)
{
	struct bgp_open open = { .version = 4, .my_as = (uint16_t)asn, .asn = asn, .hold_time = 90, .id = { htonl(0x0a00ff00u | id) }, .caps = w->caps };
	uint8_t buf[BGP_MAX_LEN];
	struct wr msg = wr_of(buf, sizeof(buf));

	open.caps.mp[0] = open.caps.mp_any = open.caps.as4 = open.caps.refresh = true;
	open.caps.asn4 = asn;
	w->internal[n] = asn == OUR_AS;
	w->conn[n] = world_accept(w, n, address_of(n, false));
	cr_assert_neq(w->conn[n], 0u);
	cr_assert(bgp_put_open(&msg, &open) == 0 && bgp_put_keepalive(&msg) == 0);
	world_input(w, n, buf, wr_len(&msg));
	world_turn(w);
}

struct says {
	uint32_t asn;
	uint8_t id;                      /* of the router-id */
	uint32_t path[4];                /* behind its own AS, if it is external */
	uint8_t origin;
	uint32_t med;                    /* 0: none */
	const char *next_hop;            /* NULL: itself */
	uint8_t originator, clusters;    /* 0: it has not reflected the route */
};

static void announce(struct world *w, unsigned n, const char *prefix, const struct says *s)
{
	static const uint8_t clusters[4 * 8] = { [3] = 9, [7] = 9, [11] = 9, [15] = 9 };
	struct bgp_ctx ctx = { .as4 = true, .mp = { true }, .local_asn = s->asn, .remote_asn = OUR_AS };
	struct bgp_egress egress = { .prepend = s->asn == OUR_AS ? 0 : s->asn, .own_med = true, .reflect = s->originator };
	uint8_t segment[2 + 4 * ARRAY_LEN(s->path)], buf[BGP_MAX_LEN];
	struct wr as = wr_of(segment, sizeof(segment)), msg = wr_of(buf, sizeof(buf));
	struct attrs attrs = { .origin = s->origin, .med = s->med, .has = s->med ? ATTRS_MED : 0 };
	struct prefix p;
	size_t len = 0;

	while (len < ARRAY_LEN(s->path) && s->path[len])
		len++;
	wr_u8(&as, 2);
	wr_u8(&as, (uint8_t)len);
	for (size_t i = 0; i < len; i++)
		wr_u32(&as, s->path[i]);
	if (len)
		attrs.as_path = (struct span){ segment, (uint16_t)wr_len(&as) };
	if (s->clusters > 1)                     /* the last one is put in front */
		attrs.cluster_list = (struct span){ clusters, (uint16_t)(4 * (s->clusters - 1)) };
	egress.originator_id.s_addr = htonl(0x0a00fd00u | s->originator);
	egress.cluster_id.s_addr = htonl(9);
	cr_assert_eq(inet_pton(AF_INET, s->next_hop ? s->next_hop : address_of(n, false) + strlen("::ffff:"), &egress.next_hop_v4), 1);
	cr_assert_eq(prefix_parse(prefix, &p), 0);
	cr_assert_eq(bgp_put_reach(&msg, &ctx, &attrs, &egress, &p, 1), 1);
	world_input(w, n, buf, wr_len(&msg));
	world_turn(w);
}

/* Two peers announce the same, and the configuration decides; the first row entry is the one that has to win, whoever comes first. */
struct row {
	const char *reason;              /* why the second one lost */
	const char *config;              /* before the neighbours */
	const char *more[2];             /* of each neighbour */
	struct says says[2];
};

#define FROM(as, router, ...) { .asn = as, .id = router, ##__VA_ARGS__ }
#define INTERNAL(...) { .asn = OUR_AS, __VA_ARGS__ }
#define POLICY(set) "\"policy\": {\"p\": [{\"set\": " set ", \"action\": \"accept\"}]}, "
#define BY_P ", \"import\": \"p\""

static const struct row rows[] = {       /* RFC 4271 9.1.2, in its order */
	{ "next hop unreachable", POLICY("{\"local_pref\": 900}"), { "", BY_P }, { FROM(65002, 2), FROM(65003, 1, .next_hop = "198.51.100.1") } },
	{ "lower local preference", POLICY("{\"local_pref\": 200}"), { BY_P, "" }, { FROM(65002, 2, .path = { 7, 8 }), FROM(65003, 1) } },
	{ "lower local preference", POLICY("{\"local_pref\": 99}"), { "", BY_P }, { FROM(65002, 2, .path = { 7, 8 }), FROM(65003, 1) } },
	{ "longer AS path", "", { "", "" }, { FROM(65002, 2, .origin = ORIGIN_INCOMPLETE), FROM(65003, 1, .path = { 7 }) } },
	{ "longer AS path", POLICY("{\"prepend\": 2}"), { "", BY_P }, { FROM(65002, 2, .path = { 7 }), FROM(65003, 1) } },
	{ "worse origin", POLICY("{\"med\": 9}"), { BY_P, "" }, { FROM(65002, 2, .origin = ORIGIN_IGP), FROM(65002, 1, .origin = ORIGIN_EGP) } },
	{ "higher MED", POLICY("{\"med\": 9}"), { "", BY_P }, { FROM(65002, 2), FROM(65002, 1) } },
	{ "higher MED", "\"med\": \"always\", ", { "", "" }, { FROM(65002, 2, .med = 5), FROM(65003, 1, .med = 6) } },
	{ "higher router-id", "\"med\": \"same_as\", ", { "", "" }, { FROM(65002, 1, .med = 6), FROM(65003, 2, .med = 5) } },
	{ "internal, an external path exists", "", { "", "" }, { FROM(65002, 2), INTERNAL(.id = 1, .path = { 65004 }) } },
	{ "next hop further away", "", { "", "" }, { INTERNAL(.id = 2), INTERNAL(.id = 1, .next_hop = "10.77.0.1") } },
	{ "higher router-id", "", { "", "" }, { INTERNAL(.id = 9, .originator = 1, .clusters = 3), INTERNAL(.id = 2) } },
	{ "longer cluster list", "", { "", "" }, { INTERNAL(.id = 9, .originator = 1, .clusters = 2), INTERNAL(.id = 2, .originator = 1, .clusters = 3) } },
	{ "higher peer address", "", { "", "" }, { FROM(65002, 1), FROM(65003, 1) } },
};

static struct world *two(const struct row *row, bool second_first)
{
	char text[1024], asn[2][16];
	struct world *w;

	for (int i = 0; i < 2; i++)
		snprintf(asn[i], sizeof(asn[i]), "%u", row->says[i].asn);
	snprintf(text, sizeof(text), "{\"asn\": %u, \"router_id\": \"" OUR_ID "\", %s\"neighbors\": [{\"address\": \"203.0.113.2\", "
		 "\"remote_asn\": %s%s}, {\"address\": \"203.0.113.6\", \"remote_asn\": %s%s}, {\"address\": \"203.0.113.10\", \"remote_asn\": 65009}]}",
		 OUR_AS, row->config, asn[0], row->more[0], asn[1], row->more[1]);
	w = world_new(text);
	for (unsigned n = 1; n <= 3; n++)
		link_up(w, n);
	open_as(w, 3, 65009, 99);
	announce(w, 3, "10.77.0.0/16", &(struct says){ .asn = 65009 });  /* a way to a next hop that is on no link */
	for (unsigned i = 0; i < 2; i++) {
		unsigned n = 1 + (i ^ second_first);

		open_as(w, n, row->says[n - 1].asn, row->says[n - 1].id);
		announce(w, n, P, &row->says[n - 1]);
	}
	return w;
}

Test(agent_numbered, every_step_of_the_decision_is_reached_from_the_configuration)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (int order = 0; order < 2; order++) {
			struct world *w = two(&rows[i], order);
			char reason[64];
			struct prefix p;

			snprintf(reason, sizeof(reason), "\"%s\"", rows[i].reason);
			cr_assert_eq(prefix_parse(P, &p), 0);
			cr_expect_str_eq(world_shows(show_routes(w->agent, &p), "0.paths.0.peer"), "\"203.0.113.2\"", "%s, row %zu", rows[i].reason, i);
			cr_expect_str_eq(world_shows(show_routes(w->agent, &p), "0.paths.0.reason"), "\"best path\"");
			cr_expect_str_eq(world_shows(show_routes(w->agent, &p), "0.paths.1.peer"), "\"203.0.113.6\"");
			cr_expect_str_eq(world_shows(show_routes(w->agent, &p), "0.paths.1.reason"), reason, "row %zu", i);
			world_free(w);
		}
	}
}

Test(agent_numbered, path_with_our_own_as_is_none)       /* RFC 4271 9.1.2: the loop */
{
	static const struct row row = { .config = "", .more = { "", "" }, .says = { FROM(65002, 2, .path = { 7, 8, 9 }), FROM(65003, 1, .path = { OUR_AS }) } };
	struct world *w = two(&row, true);

	cr_expect_str_eq(world_route(w, P), "swp1");
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "203.0.113.6", w->now), "0.prefixes_received"), "0");
	cr_expect_str_eq(world_shows(show_neighbors(w->agent, "203.0.113.6", w->now), "0.prefixes_refused.as_loop"), "1");
	world_free(w);
}

Test(agent_numbered, internal_peers_hear_that_a_drained_link_is_the_last_choice)
{
	static const struct row row = { .config = "", .more = { "", "" }, .says = { FROM(65002, 2), INTERNAL(.id = 1, .path = { 7, 8 }) } };
	struct world *w = two(&row, false);
	struct prefix p;

	cr_assert_eq(prefix_parse(P, &p), 0);
	world_clear(w);
	cr_assert_eq(agent_drain(w->agent, "203.0.113.2", w->now), 0);
	world_turn(w);
	cr_expect_str_eq(world_shows(show_routes(w->agent, &p), "0.paths.0.peer"), "\"203.0.113.6\"");
	cr_expect_eq(world_count(w, "to swp2: UPDATE -" P), 1u, "it has the better one");
	cr_expect_eq(world_count(w, "to swp1: UPDATE *graceful_shutdown"), world_count(w, "to swp1: UPDATE +*"));
	announce(w, 1, "10.9.0.0/16", &(struct says){ .asn = 65002 });
	cr_expect_eq(world_count(w, "to swp2: UPDATE +10.9.0.0/16 * pref 0 graceful_shutdown"), 1u);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +10.77.0.0/16 *pref*"), 0u);
	cr_assert_eq(agent_undrain(w->agent, "203.0.113.2", w->now), 0);
	world_wait(w, 6000);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +10.9.0.0/16 *"), 2u);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +10.9.0.0/16 *pref*"), 1u);
	cr_assert_eq(agent_drain(w->agent, DRAIN_NODE, w->now), 0);
	world_turn(w);
	cr_expect_eq(world_count(w, "to swp2: UPDATE +*10.77.0.0/16 *pref 0 graceful_shutdown"), 1u);
	world_free(w);
}

#define ONE "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"neighbors\": [{\"address\": \"203.0.113.2\", \"remote_asn\": 65002}]}"
#define Q "10.3.0.0/16"
static const struct says plain = { .asn = 65002 };

static struct world *with_routes(bool gr_notification)
{
	struct world *w = world_new(ONE);

	w->caps = (struct bgp_caps){ .gr = true, .gr_notification = gr_notification, .gr_time = 60, .gr_mp = { true }, .gr_forwarding = { true },
				     .enhanced_refresh = true };
	link_up(w, 1);
	open_as(w, 1, 65002, 1);
	announce(w, 1, P, &plain);
	announce(w, 1, Q, &plain);
	world_eor(w, 1, AF_INET);
	cr_assert_str_eq(world_route(w, P), "swp1");
	world_clear(w);
	return w;
}

static void drop(struct world *w)
{
	agent_tcp_closed(w->agent, w->conn[1], ECONNRESET, w->now);
	world_turn(w);
}

Test(agent_numbered, routes_of_a_peer_that_restarts_stay_until_its_end_of_rib)
{
	struct world *w = with_routes(true);

	drop(w);
	cr_expect_str_eq(world_route(w, P), "swp1");
	cr_expect_eq(world_count(w, "route_*") + world_count(w, "group_*") + world_count(w, "hop_*"), 0u, "the kernel hears nothing of it");
	world_wait(w, 50000);
	open_as(w, 1, 65002, 1);
	announce(w, 1, P, &plain);
	cr_expect_str_eq(world_route(w, Q), "swp1");
	world_eor(w, 1, AF_INET);
	cr_expect_str_eq(world_route(w, P), "swp1");
	cr_expect_str_eq(world_route(w, Q), "", "not told again");
	cr_expect_eq(world_count(w, "route_set " P), 0u);
	world_free(w);
}

static void no_return(struct world *w) { drop(w); world_wait(w, 61000); }
static void no_link(struct world *w) { drop(w); world_carrier(w, 1, false); }
static void no_address(struct world *w) { drop(w); world_addr(w, ADDR_DEL, SWP(1), address_of(1, true)); }
static void hard_reset(struct world *w) { world_notify(w, 1, NOTIFY_CEASE, CEASE_HARD_RESET); world_turn(w); }
static void shutdown_without_n(struct world *w) { world_notify(w, 1, NOTIFY_CEASE, CEASE_ADMIN_SHUTDOWN); world_turn(w); }

Test(agent_numbered, routes_go_when_nothing_promises_that_the_peer_still_forwards)
{
	static const struct { const char *what; void (*end)(struct world *w); bool n; } ends[] = {
		{ "its time is over", no_return, true }, { "the link died", no_link, true }, { "our address went", no_address, true },
		{ "Hard Reset", hard_reset, true }, { "NOTIFICATION without the N bit", shutdown_without_n, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		struct world *w = with_routes(ends[i].n);

		ends[i].end(w);
		cr_expect_eq(world_routes(w), 0u, "%s", ends[i].what);
		world_free(w);
	}
}

Test(agent_numbered, enhanced_refresh_sweeps_what_the_peer_does_not_repeat_and_ours_is_framed)
{
	struct world *w = with_routes(true);

	world_refresh(w, 1, AF_INET, REFRESH_BEGIN);
	announce(w, 1, Q, &plain);
	cr_expect_str_eq(world_route(w, P), "swp1");
	world_refresh(w, 1, AF_INET, REFRESH_END);
	cr_expect_str_eq(world_route(w, P), "");
	cr_expect_str_eq(world_route(w, Q), "swp1");
	cr_expect_eq(world_count(w, "route_set " Q), 0u, "what was repeated was never touched");
	world_clear(w);
	world_refresh(w, 1, AF_INET, REFRESH_REQUEST);
	cr_expect_eq(world_count(w, "to swp1: UPDATE +" OUR_ID "/32 path 65001 via ::ffff:203.0.113.1"), 1u);
	cr_expect_lt(world_at(w, "to swp1: BoRR ipv4"), world_at(w, "to swp1: UPDATE +*"));
	cr_expect_lt(world_at(w, "to swp1: UPDATE +*"), world_at(w, "to swp1: EoRR ipv4"));
	world_free(w);
}

Test(agent_numbered, several_that_leave_the_configuration_at_once_are_told_so_and_their_routes_go)
{
	struct world *w = world_new("{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"neighbors\": [{\"address\": \"203.0.113.2\", \"remote_asn\": 65002}, "
				    "{\"address\": \"203.0.113.6\", \"remote_asn\": 65003}, {\"address\": \"203.0.113.10\", \"remote_asn\": 65004}]}");

	for (unsigned n = 1; n <= 3; n++) {
		link_up(w, n);
		open_as(w, n, 65001 + n, (uint8_t)n);
		announce(w, n, P, &(struct says){ .asn = 65001 + n });
	}
	cr_expect_str_eq(world_route(w, P), "swp1 swp2 swp3");
	world_clear(w);
	cr_expect_str_eq(world_reload(w, ONE), "203.0.113.6 ends, 203.0.113.10 ends");
	cr_expect_eq(world_count(w, "to swp2: NOTIFICATION 6/3") + world_count(w, "to swp3: NOTIFICATION 6/3"), 2u);
	cr_expect_eq(world_count(w, "to swp1: NOTIFICATION *"), 0u);
	cr_expect_str_eq(world_route(w, P), "swp1");
	world_free(w);
}

Test(agent_numbered, a_path_of_an_internal_peer_without_a_way_to_its_next_hop_is_shown_without_one)
{
	static const struct row row = { .config = "", .more = { "", "" }, .says = { FROM(65002, 2), INTERNAL(.id = 1, .next_hop = "198.51.100.1") } };
	struct world *w = two(&row, false);
	struct prefix p;

	cr_assert_eq(prefix_parse(P, &p), 0);
	cr_expect_str_eq(world_shows(show_routes(w->agent, &p), "0.paths.1.reason"), "\"next hop unreachable\"");
	cr_expect_str_eq(world_shows(show_routes(w->agent, &p), "0.paths.1.address"), "null");
	world_free(w);
}

/* The kernel drops the next hops of a link that loses its carrier, says nothing, and puts nothing back: also of a fabric link that is not used
 * itself, since it has no link-local address or has failed too often. */
Test(agent_numbered, what_a_fabric_link_without_a_session_loses_in_a_blink_is_made_again)
{
	static const struct says third_party = { .asn = OUR_AS, .next_hop = "203.0.113.2" };
	struct world *w = world_new("{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"links\": [\"swp*\"], \"neighbors\": [{\"address\": \"203.0.113.6\", "
				    "\"remote_asn\": \"internal\"}]}");
	struct link_change change = { .kind = LINK_NEW, .link = world_swp(1) };

	link_up(w, 1);
	link_up(w, 2);
	open_as(w, 2, OUR_AS, 2);
	announce(w, 2, P, &third_party);
	cr_expect_str_eq(world_route(w, P), "swp1");
	kernel_table_lost(w->kernel, SWP(1));
	change.link.running = false;
	agent_link_change(w->agent, &change, w->now);
	change.link.running = true;
	agent_link_change(w->agent, &change, w->now);
	world_turn(w);
	cr_expect_str_eq(world_route(w, P), "swp1");
	world_free(w);
}
