/* What doctor finds, fault by fault: what tests/netns/test_doctor*.sh cannot make in a real host, and what it must not say. */
#include "agent/doctor.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/agent_bmp.h"
#include "agent/base/own.h"
#include "world.h"

#define README "agent/README.md"

/* "check link: what" of all findings, one a line. */
static const char *said(const struct world *w)
{
	static char text[4096];
	json_t *all = doctor(w->agent, w->now), *f;
	size_t at = 0, i;

	text[0] = '\0';
	json_array_foreach(json_object_get(all, "findings"), i, f)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s %s: %s", at ? "\n" : "", json_string_value(json_object_get(f, "check")),
				       json_is_null(json_object_get(f, "link")) ? "-" : json_string_value(json_object_get(f, "link")),
				       json_string_value(json_object_get(f, "what")));
	json_decref(all);
	return text;
}

static struct world *one_peer(const char *config)
{
	struct world *w = world_new(config);

	world_peer(w, 1);
	return w;
}

Test(doctor, node_that_works_has_nothing)
{
	struct world *w = one_peer(NULL);

	cr_expect_str_eq(said(w), "");
	cr_expect_str_eq(world_shows(doctor(w->agent, w->now), "ok"), "true");
	world_free(w);
}

static void no_objects(struct world *w)
{
	world_peer(w, 1);
}

static void guard_fails(struct world *w)
{
	w->guard_error = -EACCES;
	world_swp_up(w, 1);
	world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:01");
}

static void our_address(struct world *w)
{
	world_peer(w, 1);
	world_ra(w, 1, "fe80::1", "02:00:00:00:00:99");
}

static void flaps(struct world *w)
{
	world_peer(w, 1);
	for (int i = 0; i < 4; i++) {
		world_carrier(w, 1, false);
		world_carrier(w, 1, true);
		world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:01");
	}
}

static void closes(struct world *w)
{
	bgp_conn conn;

	world_swp_up(w, 1);
	world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:01");
	conn = w->connect[1];
	agent_tcp_connected(w->agent, conn, w->now);
	world_turn(w);
	agent_tcp_closed(w->agent, conn, 0, w->now);
	world_turn(w);
}

static void no_route(struct world *w)
{
	world_swp_up(w, 1);
	world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:01");
	agent_tcp_closed(w->agent, w->connect[1], EHOSTUNREACH, w->now);
	world_turn(w);
}

static void reset(struct world *w)
{
	world_peer(w, 1);
	world_notify(w, 1, 6, 4);
}

static void no_bfd(struct world *w)
{
	world_peer(w, 1);
	w->bfd[1].heard = true;
	world_bfd(w, 1);
}

static void no_bfd_priority(struct world *w)
{
	world_peer(w, 1);
	w->bfd_common = true;
}

#define RESTARTS "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"graceful_restart\": {\"restart_seconds\": 60}}"

static void told_too_late(struct world *w)
{
	world_peer(w, 1);
	world_reload(w, RESTARTS);
}

static void told_again(struct world *w)
{
	told_too_late(w);
	world_notify(w, 1, 6, 4);
	world_open(w, 1);
}

static void no_speed(struct world *w)
{
	world_peer(w, 1);
}

/* Its hostname is as planned, the port nobody has said. */
static void lldp_refuses(struct world *w)
{
	agent_lldp_asked(w->agent, EACCES);
	world_peer(w, 1);
}

static void no_lldp(struct world *w)
{
	agent_lldp_asked(w->agent, ENOENT);
	world_peer(w, 1);
	cr_expect_str_eq(said(w), "", "it may come yet");
	w->now = mono_add_s(w->now, 20);
}

static void lldp_is_back(struct world *w)
{
	no_lldp(w);
	agent_lldp_asked(w->agent, 0);
}

static void no_collector(struct world *w)
{
	for (int s = 0; s < 12; s++) {
		agent_bmp_closed(w->agent, ECONNREFUSED, w->now);
		world_wait(w, 1000);
	}
	world_peer(w, 1);
}

static void capabilities(struct world *w)
{
	w->files[0].path = "/proc/self/status";
	w->files[0].text = "Name:\tweftd\nCapEff:\t0000000000001000\nCapBnd:\t000001ffffffffff\n";      /* CAP_NET_ADMIN alone */
}

static void nothing_known(struct world *w)
{
	w->files[0].path = "/proc/self/status";
	w->files[0].text = "Name:\tweftd\n";
	w->files[1].path = "/proc/net/netstat";
	w->files[1].text = "TcpExt: TCPMD5NotFound";
}

#define PLAN(end) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"links\": {\"swp1\": {\"expect\": \"" end "\"}}}"

static const struct row {
	const char *config;
	void (*make)(struct world *w);
	const char *said;
	bool classic;
} rows[] = {
	{ NULL, no_objects, "no-nexthop-objects -: this kernel has no next-hop objects: when a link fails, every route over it is written again", true },
	{ "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"links\": {\"swp*\": {\"gtsm\": true}}}", guard_fails,
	  "no-listener swp1: swp1 has a password or gtsm, and its own listening socket cannot be made: Permission denied", false },
	{ "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"bmp\": {\"collector\": \"192.0.2.1\"}}", no_collector,
	  "bmp-collector -: there is no session with the BMP collector 192.0.2.1: Connection refused", false },
	{ PLAN("spine1:swp4"), lldp_refuses, "lldp-refused -: lldpd runs here, and weftd may not ask it who is at the other end of links: Permission denied", false },
	{ PLAN("spine1:swp4"), no_lldp,
	  "no-lldp -: who is at the other end is not known of 1 of 1 links with a plan, and lldpd cannot be asked: it does not run", false },
	{ PLAN("spine1:swp4"), lldp_is_back, "", false },
	{ PLAN("spine1"), no_lldp, "", false },
	{ NULL, lldp_refuses, "", false },
	{ NULL, no_bfd_priority,
	  "bfd-priority -: BFD runs at the priority of any other process: on a busy node it may take a link for dead that is not", false },
	{ NULL, our_address, "our-address swp1: another machine on swp1 has our own link-local address: 1 of its advertisements were refused", false },
	{ NULL, flaps, "damped swp1: swp1 failed 3 times soon after it was up (last: carrier), and is not used before it has been well for another 0 s", false },
	{ NULL, closes, "closed swp1: fe80::ff:1 on swp1 takes our connection and closes it without a word", false },
	{ NULL, no_route, "no-session swp1: no session with fe80::ff:1 on swp1: no route to host", false },
	{ NULL, reset, "no-session swp1: no session with spine1 on swp1: peer says: Cease/Administrative Reset", false },
	{ "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"bfd\": true}", no_bfd,
	  "bfd swp1: spine1 on swp1: BFD has never been Up: the peer does not hear us, or does not take what it hears", false },
	{ NULL, told_too_late,
	  "restart-untold swp1: spine1 on swp1 keeps nothing of us over a restart: its session began before there was a restart_seconds", false },
	{ NULL, told_again, "", false },
	{ RESTARTS, no_speed, "", false },
	{ "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"weighted\": true}", no_speed,
	  "no-bandwidth swp1: the bandwidth of swp1 is not known, so this node cannot say its own (weighted)", false },
	{ "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"neighbors\": [{\"address\": \"192.0.2.9\", \"remote_asn\": 65002}]}", capabilities,
	  "capability -: weftd may not send Router Advertisements: CAP_NET_RAW is missing\n"
	  "capability -: weftd may not listen on port 179: CAP_NET_BIND_SERVICE is missing", false },
	{ "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"neighbors\": [{\"address\": \"192.0.2.9\", \"remote_asn\": 65002}]}", nothing_known, "", false },
};

Test(doctor, fault_by_fault)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *config = rows[i].config ? rows[i].config : "{\"asn\": 65001, \"router_id\": \"10.0.254.1\"}";
		struct world *w = rows[i].classic ? world_new_bare(config, false) : world_new(config);

		if (rows[i].classic) {
			world_link(w, &(struct link_info){ .ifindex = LO, .name = "lo", .type = 772, .up = true, .running = true, .loopback = true });
			world_addr(w, ADDR_NEW, LO, OUR_ID "/32");
			agent_start(w->agent, w->now);
		}
		rows[i].make(w);
		cr_expect_str_eq(said(w), rows[i].said, "row %zu: %s", i, said(w));
		world_free(w);
	}
}

Test(doctor, without_a_daemon_the_host_is_looked_at)
{
	struct world *w = world_new(NULL);
	json_t *all;

	w->files[0].path = "/proc/sys/net/ipv4/ip_forward";
	w->files[0].text = "0\n";
	w->networkd = true;
	all = doctor_host_alone(agent_host(w->agent));
	cr_expect_eq(json_integer_value(json_object_get(all, "errors")), 2);
	cr_expect_str_eq(json_string_value(world_json(all, "findings.0.check")), "forwarding");
	cr_expect_str_eq(json_string_value(world_json(all, "findings.1.check")), "networkd");
	json_decref(all);
	world_free(w);
}

/* The table there is for people: each row begins with the name of a check, in this order, and none is missing. */
Test(doctor, readme_has_every_check)
{
	FILE *f = fopen(README, "r");
	char line[1024], want[64];
	size_t i = 0;

	cr_assert_not_null(f, README);
	while (doctor_check(i) && fgets(line, sizeof(line), f)) {
		snprintf(want, sizeof(want), "| `%s` |", doctor_check(i));
		i += strncmp(line, want, strlen(want)) == 0;
	}
	fclose(f);
	cr_assert_null(doctor_check(i), "%s", doctor_check(i));
}
