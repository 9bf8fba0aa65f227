/* What a BMP collector is told of sessions and routes, and what it costs when it does not listen. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/own.h"
#include "world_bmp.h"

#define HEAD "{\"asn\": 65001, \"router_id\": \"" OUR_ID "\", \"hostname\": \"leaf1\", \"timers\": {\"hold\": 90}"
#define BMP(more) ", \"bmp\": {\"collector\": \"192.0.2.1\"" more "}"
#define ONLY(table) BMP(", \"monitor\": [\"" table "\"], \"statistics\": 0")
/* From swp1 nothing of 10.66/16 is taken, and the rest is preferred. */
#define POLICY ", \"links\": {\"swp1\": {\"import\": \"p\"}, \"swp*\": {}}, \"policy\": {\"p\": [" \
	"{\"match\": {\"prefixes\": [{\"prefix\": \"10.66.0.0/16\", \"le\": 32}]}, \"action\": \"reject\"}, {\"set\": {\"local_pref\": 200}, \"action\": \"accept\"}]}"

static struct world *begin(const char *config)
{
	struct world *w = world_new(config);

	world_peer(w, 1);
	world_peer(w, 2);
	return w;
}

static void expect_once(struct world *w, const char *pattern)
{
	size_t n = world_count(w, pattern);

	if (n != 1)
		world_print(w);
	cr_expect_eq(n, 1, "%zu times: %s", n, pattern);
}

static void expect_never(struct world *w, const char *pattern)
{
	if (world_count(w, pattern))
		world_print(w);
	cr_expect_eq(world_count(w, pattern), 0, "%s", pattern);
}

static void expect_before(struct world *w, const char *first, const char *second)
{
	int i = world_at(w, first), k = world_at(w, second);

	cr_expect(i >= 0 && k > i, "%s (%d) stands before %s (%d)", first, i, second, k);
}

Test(agent_bmp, nothing_is_asked_for_without_a_collector)
{
	struct world *w = begin(HEAD "}");
	struct agent_bmp_view v;

	expect_never(w, "bmp *");
	cr_expect_not(agent_bmp(w->agent, &v));
	world_free(w);
}

Test(agent_bmp, a_collector_is_told_everything_that_is_there_when_it_connects)
{
	struct world *w = begin(HEAD BMP("") "}");
	struct agent_bmp_view v;

	cr_expect(agent_bmp(w->agent, &v) && v.session.state == BMP_CONNECTING);
	world_announce(w, 1, "10.1.0.0/16 10.2.0.0/16", NULL, 0);
	world_announce(w, 2, "2001:db8:1::/48", NULL, 0);
	world_clear(w);
	world_bmp_connect(w);
	expect_once(w, "bmp initiation leaf1");
	expect_once(w, "bmp up 11/fe80::ff:1 as 65101 name swp1, sent OPEN, received OPEN");
	expect_once(w, "bmp up 12/fe80::ff:2 as 65102 name swp2, sent OPEN, received OPEN");
	expect_once(w, "bmp up loc-rib as 65001 table global, sent OPEN, received OPEN");
	expect_once(w, "bmp pre 11/fe80::ff:1: +10.1.0.0/16 +10.2.0.0/16 path 65101 via fe80::ff:1");
	expect_once(w, "bmp post 11/fe80::ff:1: +10.1.0.0/16 +10.2.0.0/16 path 65101 via fe80::ff:1");
	expect_once(w, "bmp post 12/fe80::ff:2: +2001:db8:1::/48 path 65102 via fe80::ff:2");
	expect_once(w, "bmp loc loc-rib: +10.1.0.0/16 +10.2.0.0/16 path 65101 via fe80::ff:1");
	expect_once(w, "bmp loc loc-rib: +" OUR_ID "/32 path  via " OUR_ID "");
	expect_before(w, "bmp initiation *", "bmp up *");
	expect_before(w, "bmp up 11*", "bmp post 11*");
	expect_before(w, "bmp up loc*", "bmp loc *");
	for (int i = 0; i < 2; i++) {
		static const char *const tables[] = { "pre 11/fe80::ff:1", "post 11/fe80::ff:1", "pre 12/fe80::ff:2", "post 12/fe80::ff:2", "loc loc-rib" };

		for (size_t k = 0; k < ARRAY_LEN(tables); k++) {
			char eor[80], some[80];

			snprintf(eor, sizeof(eor), "bmp %s: EOR ipv%c", tables[k], i ? '6' : '4');
			snprintf(some, sizeof(some), "bmp %s: +*", tables[k]);
			expect_once(w, eor);
			expect_before(w, k == 2 ? "bmp up 12*" : some, eor);
		}
	}
	cr_expect(agent_bmp(w->agent, &v) && v.complete && v.peers == 2 && v.session.state == BMP_UP && v.session.sessions == 1);
	world_free(w);
}

Test(agent_bmp, what_changes_is_told_as_it_comes)
{
	struct world *w = begin(HEAD BMP("") "}");

	world_bmp_connect(w);
	world_clear(w);
	world_announce(w, 1, "10.1.0.0/16", NULL, 0);
	world_bmp_read(w);
	expect_once(w, "bmp pre 11/fe80::ff:1: +10.1.0.0/16 path 65101 via fe80::ff:1");
	expect_once(w, "bmp post 11/fe80::ff:1: +10.1.0.0/16 path 65101 via fe80::ff:1");
	expect_once(w, "bmp loc loc-rib: +10.1.0.0/16 path 65101 via fe80::ff:1");
	world_clear(w);
	world_withdraw(w, 1, "10.1.0.0/16");
	world_bmp_read(w);
	expect_once(w, "bmp pre 11/fe80::ff:1: -10.1.0.0/16");
	expect_once(w, "bmp post 11/fe80::ff:1: -10.1.0.0/16");
	expect_once(w, "bmp loc loc-rib: -10.1.0.0/16");
	cr_expect_eq(world_count(w, "bmp *"), 3);
	world_free(w);
}

Test(agent_bmp, a_table_that_is_not_asked_for_is_not_told)
{
	static const struct { const char *config, *sees; size_t ups; } rows[] = {
		{ HEAD ONLY("pre-policy") "}", "bmp pre *", 2 }, { HEAD ONLY("post-policy") "}", "bmp post *", 2 }, { HEAD ONLY("loc-rib") "}", "bmp loc *", 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world *w = begin(rows[i].config);

		world_announce(w, 1, "10.1.0.0/16", NULL, 0);
		world_clear(w);
		world_bmp_connect(w);
		world_announce(w, 2, "10.1.0.0/16", NULL, 0);
		world_bmp_read(w);
		cr_expect_geq(world_count(w, rows[i].sees), 2);
		cr_expect_eq(world_count(w, rows[i].sees), world_count(w, "bmp pre *") + world_count(w, "bmp post *") + world_count(w, "bmp loc *"), "%s", rows[i].sees);
		cr_expect_eq(world_count(w, "bmp up *"), rows[i].ups, "%s", rows[i].sees);
		world_free(w);
	}
}

/* 10.66.1.0/24 is refused: only the peer knows it, so it is asked. */
Test(agent_bmp, what_a_policy_refuses_and_changes_is_told_as_it_came_and_as_it_is)
{
	struct world *w = world_new(HEAD BMP("") POLICY "}");

	w->caps.enhanced_refresh = true;
	world_peer(w, 1);
	world_announce(w, 1, "10.1.0.0/16 10.66.1.0/24", NULL, 0);
	world_clear(w);
	world_bmp_connect(w);
	expect_once(w, "to swp1: REFRESH ipv4");
	expect_once(w, "to swp1: REFRESH ipv6");
	expect_once(w, "bmp post 11/fe80::ff:1: +10.1.0.0/16 path 65101 pref 200 via fe80::ff:1");
	expect_once(w, "bmp post 11/fe80::ff:1: EOR ipv4");
	expect_never(w, "bmp pre *: [+E]*");
	world_refresh_quietly(w, 1, AF_INET, REFRESH_BEGIN);
	world_announce(w, 1, "10.1.0.0/16 10.66.1.0/24", NULL, 0);
	world_bmp_read(w);
	expect_never(w, "bmp pre *: EOR ipv4");
	world_refresh(w, 1, AF_INET, REFRESH_END);
	world_bmp_read(w);
	expect_once(w, "bmp pre 11/fe80::ff:1: +10.1.0.0/16 +10.66.1.0/24 path 65101 via fe80::ff:1");
	expect_once(w, "bmp pre 11/fe80::ff:1: EOR ipv4");
	expect_never(w, "bmp post *10.66.1.0/24*");
	expect_once(w, "bmp loc loc-rib: +10.1.0.0/16 path 65101 pref 200 via fe80::ff:1");
	expect_before(w, "bmp pre 11*10.66.1.0/24*", "bmp pre 11*: EOR ipv4");
	world_free(w);
}

Test(agent_bmp, of_a_peer_that_cannot_say_it_again_the_table_is_told)
{
	struct world *w = world_new(HEAD BMP("") POLICY "}");

	w->no_refresh = true;
	world_peer(w, 1);
	world_announce(w, 1, "10.1.0.0/16 10.66.1.0/24", NULL, 0);
	world_clear(w);
	world_bmp_connect(w);
	expect_never(w, "to swp1: REFRESH*");
	expect_once(w, "bmp pre 11/fe80::ff:1: +10.1.0.0/16 path 65101 pref 200 via fe80::ff:1");
	expect_once(w, "bmp pre 11/fe80::ff:1: EOR ipv4");
	world_free(w);
}

/* Of a looped path nothing is in the table, though no policy refused it. */
Test(agent_bmp, a_looped_path_is_before_policy_and_not_behind)
{
	static const uint32_t loop[] = { OUR_AS };
	struct world *w = begin(HEAD BMP("") "}");

	world_bmp_connect(w);
	world_announce(w, 1, "10.1.0.0/16", NULL, 0);
	world_bmp_read(w);
	world_clear(w);
	world_announce(w, 1, "10.1.0.0/16", loop, 1);
	world_bmp_read(w);
	expect_once(w, "bmp pre 11/fe80::ff:1: +10.1.0.0/16 path 65101 65001 via fe80::ff:1");
	expect_once(w, "bmp post 11/fe80::ff:1: -10.1.0.0/16");
	world_bmp_close(w);
	world_clear(w);
	world_wait(w, 2000);
	world_bmp_connect(w);
	expect_once(w, "to swp1: REFRESH ipv4");
	expect_never(w, "to swp2: REFRESH*");
	world_free(w);
}

/* ORIGIN of two bytes: RFC 7606 7.1 */
Test(agent_bmp, what_is_treated_as_withdraw_is_told_as_withdrawn)
{
	static const uint8_t bad[] = { 0, 0, 0, 41, 0x40, 1, 2, 0, 0, 0x40, 2, 6, 2, 1, 0, 0, 0xfe, 0x4d, 0x80, 14, 24, 0, 1, 1, 16, 0xfe, 0x80, 0, 0, 0, 0, 0, 0,
				       0, 0, 0, 0, 0, 0xff, 0, 1, 0, 16, 10, 1 };
	struct world *w = begin(HEAD BMP("") "}");

	world_bmp_connect(w);
	world_announce(w, 1, "10.1.0.0/16", NULL, 0);
	world_bmp_read(w);
	world_clear(w);
	world_update(w, 1, bad, sizeof(bad));
	world_turn(w);
	world_bmp_read(w);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	expect_once(w, "bmp pre 11/fe80::ff:1: -10.1.0.0/16");
	expect_once(w, "bmp post 11/fe80::ff:1: -10.1.0.0/16");
	world_free(w);
}

Test(agent_bmp, a_session_that_ends_says_how_and_one_that_comes_tells_all)
{
	static const struct { const char *what, *sees; } rows[] = {
		{ "notification", "bmp down 11/fe80::ff:1 reason 3 6/2" }, { "closed", "bmp down 11/fe80::ff:1 reason 4" },
		{ "reset", "bmp down 11/fe80::ff:1 reason 1 6/4" }, { "carrier", "bmp down 11/fe80::ff:1 reason 2" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world *w = begin(HEAD BMP("") "}");

		world_announce(w, 1, "10.1.0.0/16", NULL, 0);
		world_bmp_connect(w);
		world_clear(w);
		if (i == 0)
			world_notify(w, 1, 6, 2);
		else if (i == 1)
			agent_tcp_closed(w->agent, w->conn[1], ECONNRESET, w->now);
		else if (i == 2)
			agent_reset(w->agent, "swp1", NULL, w->now);
		else
			world_carrier(w, 1, false);
		world_turn(w);
		world_bmp_read(w);
		expect_once(w, rows[i].sees);
		expect_never(w, "bmp post *");
		expect_once(w, "bmp loc loc-rib: -10.1.0.0/16");
		world_clear(w);
		if (i == 3)
			world_carrier(w, 1, true);
		world_wait(w, 2000);
		world_open(w, 1);
		world_announce(w, 1, "10.3.0.0/16", NULL, 0);
		world_eor(w, 1, AF_INET);
		world_bmp_read(w);
		expect_once(w, "bmp up 11/fe80::ff:1 *");
		expect_once(w, "bmp post 11/fe80::ff:1: +10.3.0.0/16 *");
		expect_once(w, "bmp pre 11/fe80::ff:1: EOR ipv4");
		expect_once(w, "bmp post 11/fe80::ff:1: EOR ipv4");
		expect_before(w, "bmp up 11*", "bmp post 11*+10.3*");
		world_free(w);
	}
}

/* Sessions end and come while nobody listens: the next one who does hears what is. */
Test(agent_bmp, a_collector_that_comes_back_is_told_everything_anew)
{
	struct world *w = begin(HEAD BMP("") "}");
	struct agent_bmp_view v;

	world_announce(w, 1, "10.1.0.0/16 10.2.0.0/16", NULL, 0);
	world_bmp_connect(w);
	world_bmp_close(w);
	cr_expect(agent_bmp(w->agent, &v) && !v.complete && v.peers == 0 && v.session.state == BMP_IDLE);
	cr_expect_str_eq(v.session.last_error, "the collector closed the connection");
	world_withdraw(w, 1, "10.2.0.0/16");
	world_announce(w, 2, "10.3.0.0/16", NULL, 0);
	world_notify(w, 2, 6, 2);
	world_clear(w);
	world_wait(w, 1100);
	expect_once(w, "bmp connect *");
	world_bmp_connect(w);
	expect_once(w, "bmp up 11*");
	expect_never(w, "bmp up 12*");
	expect_once(w, "bmp post 11/fe80::ff:1: +10.1.0.0/16 path 65101 via fe80::ff:1");
	expect_once(w, "bmp loc loc-rib: +10.1.0.0/16 path 65101 via fe80::ff:1");
	expect_once(w, "bmp loc loc-rib: +" OUR_ID "/32 *");
	expect_never(w, "bmp [lp]o* +10.[23].*");
	cr_expect(agent_bmp(w->agent, &v) && v.complete);
	world_free(w);
}

Test(agent_bmp, a_connection_that_fails_is_tried_again_and_less_and_less_often)
{
	struct world *w = world_new(HEAD BMP("") "}");
	struct agent_bmp_view v;

	for (unsigned i = 0; i < 600; i++) {
		agent_bmp_closed(w->agent, ECONNREFUSED, w->now);
		world_wait(w, 1000);
	}
	cr_expect_geq(world_count(w, "bmp connect *"), 14);
	cr_expect_leq(world_count(w, "bmp connect *"), 17, "1, 2, 4 .. 60 s: %zu", world_count(w, "bmp connect *"));
	cr_expect(agent_bmp(w->agent, &v) && v.session.sessions == 0);
	cr_expect_str_eq(v.session.last_error, "Connection refused");
	world_free(w);
}

static void many(struct world *w, unsigned peer, unsigned round)
{
	char list[2000];
	uint32_t path[200];
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_LEN(path); i++)
		path[i] = 70000 + round;
	for (unsigned i = 0; i < 20; i++)
		at += (size_t)snprintf(list + at, sizeof(list) - at, "%s10.1.%u.0/24", i ? " " : "", i);
	world_announce(w, peer, list, path, ARRAY_LEN(path));
}

Test(agent_bmp, a_collector_that_does_not_read_costs_a_bounded_queue_and_then_its_session)
{
	struct world *w = begin(HEAD BMP("") "}");
	struct agent_bmp_view v;
	size_t n;

	agent_bmp_connected(w->agent, w->now);
	for (unsigned i = 0; i < 20000; i++) {
		many(w, 1, i);
		world_clear(w);
		agent_bmp_pending(w->agent, &n);
		cr_assert_leq(n, (size_t)BMP_QUEUE_MAX);
		cr_assert(agent_bmp(w->agent, &v));
		if (v.session.overflows)
			break;
	}
	cr_expect_eq(v.session.overflows, 1);
	cr_expect_eq(v.session.state, BMP_IDLE);
	cr_expect_gt(v.session.queued_most, (size_t)BMP_QUEUE_MAX / 2);
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	cr_expect_str_eq(world_route(w, "10.1.5.0/24"), "swp1");
	agent_bmp_pending(w->agent, &n);
	cr_expect_eq(n, 0);
	cr_expect_eq(mono_diff_ms(v.session.retry_at, w->now), 30000);
	world_free(w);
}

Test(agent_bmp, a_table_waits_until_the_collector_has_read)
{
	struct world *w = world_new(HEAD BMP("") "}");
	struct agent_bmp_view v;
	size_t n;

	world_peer(w, 1);
	for (unsigned i = 0; i < 240; i++) {     /* attributes of their own, so that each costs a message */
		uint32_t path[200];
		char prefix[32];

		for (size_t k = 0; k < ARRAY_LEN(path); k++)
			path[k] = 70000 + i;
		snprintf(prefix, sizeof(prefix), "10.1.%u.0/24", i);
		world_announce(w, 1, prefix, path, 200);
		world_clear(w);
	}
	agent_bmp_connected(w->agent, w->now);
	world_wait(w, 10000);
	agent_bmp_pending(w->agent, &n);
	cr_expect_geq(n, (size_t)BMP_QUEUE_LOW);
	cr_expect_lt(n, (size_t)3 * BMP_QUEUE_LOW, "%zu", n);
	cr_expect(agent_bmp(w->agent, &v) && !v.complete);
	cr_expect_gt(agent_next(w->agent).us, w->now.us, "it is not waited for in a busy loop");
	world_clear(w);
	world_bmp_read(w);
	cr_expect(agent_bmp(w->agent, &v) && v.complete);
	expect_once(w, "bmp post 11/fe80::ff:1: +10.1.239.0/24 *");
	world_free(w);
}

Test(agent_bmp, a_collector_that_reads_nothing_for_a_minute_is_let_go)
{
	struct world *w = begin(HEAD BMP("") "}");
	struct agent_bmp_view v;

	agent_bmp_connected(w->agent, w->now);
	world_clear(w);
	world_wait(w, 59000);
	expect_never(w, "bmp close");
	world_wait(w, 2000);
	expect_once(w, "bmp close");
	cr_expect(agent_bmp(w->agent, &v) && v.session.overflows == 1);
	cr_expect_str_eq(v.session.last_error, "the collector reads nothing");
	world_free(w);
}

Test(agent_bmp, counters_are_told_at_their_pace)
{
	struct world *w = begin(HEAD BMP(", \"statistics\": 10") POLICY "}");

	world_announce(w, 1, "10.1.0.0/16 10.66.1.0/24", NULL, 0);
	world_announce(w, 1, "10.1.0.0/16", NULL, 0);
	world_withdraw(w, 1, "10.9.0.0/16");
	world_announce(w, 1, "2001:db8:1::/48", NULL, 0);
	world_bmp_connect(w);
	world_clear(w);
	world_wait(w, 10500);
	world_bmp_read(w);
	expect_once(w, "bmp stats 11/fe80::ff:1 0=1 1=1 2=1 4=0 7=2 9/1=1 9/2=1");
	expect_once(w, "bmp stats 12/fe80::ff:2 0=0 1=0 2=0 4=0 7=0 9/1=0 9/2=0");
	expect_once(w, "bmp stats loc-rib 8=3 10/1=2 10/2=1");
	for (int i = 0; i < 4; i++) {            /* it goes on reading: else it would be let go */
		world_wait(w, 5000);
		world_bmp_read(w);
	}
	cr_expect_eq(world_count(w, "bmp stats 11*"), 3);
	world_free(w);
}

Test(agent_bmp, another_configuration_begins_anew_and_touches_no_session)
{
	struct world *w = begin(HEAD BMP("") "}");
	struct agent_bmp_view v;

	world_bmp_connect(w);
	world_clear(w);
	cr_expect_str_eq(world_reload(w, HEAD BMP(", \"port\": 5000") "}"), "");
	expect_once(w, "bmp close");
	expect_once(w, "bmp connect 192.0.2.1 5000");
	world_bmp_connect(w);
	expect_once(w, "bmp loc loc-rib: +" OUR_ID "/32 *");
	cr_expect_str_eq(world_reload(w, HEAD "}"), "");
	cr_expect_eq(world_count(w, "bmp close"), 2);
	cr_expect_not(agent_bmp(w->agent, &v));
	cr_expect_eq(world_state(w, 1), BGP_ESTABLISHED);
	world_announce(w, 1, "10.1.0.0/16", NULL, 0);
	world_withdraw(w, 1, "10.1.0.0/16");
	world_free(w);
}

Test(agent_bmp, the_end_is_said)
{
	struct world *w = begin(HEAD BMP("") "}");

	world_bmp_connect(w);
	world_clear(w);
	agent_stop(w->agent, w->now);
	world_bmp_read(w);
	expect_once(w, "bmp down 11/fe80::ff:1 reason 1 6/2");
	expect_once(w, "bmp termination 0");
	expect_before(w, "bmp down *", "bmp termination 0");
	world_free(w);
}

/* What every other peer may be kept from: NO_ADVERTISE. */
Test(agent_bmp, no_community_keeps_a_route_from_the_loc_rib)
{
	const struct attrs secret = { .communities = { (const uint8_t[]){ 0xff, 0xff, 0xff, 0x02 }, 4 } };
	struct world *w = begin(HEAD BMP("") "}");

	world_announce_as(w, 1, "10.1.0.0/16", secret);
	expect_never(w, "to swp2: UPDATE +10.1.0.0/16*");
	world_bmp_connect(w);
	expect_once(w, "bmp loc loc-rib: +10.1.0.0/16 path 65101 via fe80::ff:1");
	world_free(w);
}
