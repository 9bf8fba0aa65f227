/* No key is ignored by a reload: for every key of the configuration there is a row that changes it, and nothing else, in a running world. What it is
 * for is seen after the reload and is not without it, or the reload is rejected by the key's name. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/config/diff.h"
#include "agent/rib/bandwidth.h"
#include "world.h"

#define TIMERS(timers, more) "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"timers\": {" timers "}" more "}"
#define WITH(more) TIMERS("\"hold\": 90, \"keepalive\": 30", more)
#define LINKS(of_1, more) WITH(", \"links\": {\"swp1\": {" of_1 "}, \"swp*\": {}}" more)
#define PEERS(one, two, more) WITH(", \"neighbors\": [{\"address\": \"203.0.113.2\", \"remote_asn\": " one "}, {\"address\": \"203.0.114.2\", \"remote_asn\": " two "}]" more)
#define INTERNAL "\"internal\", \"multihop\": 1"
#define POLICY(set) "\"policy\": {\"p\": [{\"set\": {" set "}, \"action\": \"accept\"}]}"

#define REJECTED NULL

enum scene {
	FABRIC,                          /* peers on swp1 and swp2 that have told some routes */
	NUMBERED,                        /* 203.0.113.2 on swp1, 203.0.114.2 on swp2, of the ASes of the row (0: they are silent); 2 has told some */
};

enum script {                            /* what happens after the reload */
	NOTHING,
	FIVE_S, FORTY_S,
	AGAIN,                           /* peer 1 ends its session, if it has one, and tries a new one */
	FLAPS,                           /* swp1 loses its carrier four times, its peer is heard each time */
	SECOND,                          /* another router is heard on swp1 */
	REFUSED,                         /* the kernel refuses what peer 1 tells then */
	HUNG_UP,                         /* peer 1 ends its session and does not answer for 40 s */
};

struct row {
	const char *key, *from, *to;
	const char *sees;                /* a line, or w->open, w->advert, w->connect_with; "RA": advertisements on swp1 */
	size_t least;                    /* so often; 0: once */
	enum script script;
	enum scene scene;
	uint32_t asn[2];
};

static const struct row rows[] = {
	{ "asn", WITH(""), "{\"asn\": 65009, \"router_id\": \"10.0.254.1\", \"timers\": {\"hold\": 90}}", .sees = REJECTED },
	{ "router_id", WITH(""), "{\"asn\": 65001, \"router_id\": \"10.0.254.9\", \"timers\": {\"hold\": 90}}", .sees = REJECTED },
	{ "loopback", WITH(""), WITH(", \"loopback\": false"), .sees = REJECTED },
	{ "ipv4_next_hop", WITH(""), WITH(", \"ipv4_next_hop\": \"inet6\""), .sees = REJECTED },
	{ "resilient", WITH(""), WITH(", \"resilient\": true"), .sees = REJECTED },
	{ "manage_sysctls", WITH(""), WITH(", \"manage_sysctls\": false"), .sees = REJECTED },
	{ "metrics", WITH(""), WITH(", \"metrics\": {\"listen\": \"[::1]:9473\"}"), .sees = "metrics [[]::1]:9473" },
	{ "metrics", WITH(", \"metrics\": {\"listen\": \"[::1]:9473\"}"), WITH(""), .sees = "metrics off" },
	{ "bmp", WITH(""), WITH(", \"bmp\": {\"collector\": \"192.0.2.1\"}"), .sees = "bmp connect 192.0.2.1 1790" },
	{ "bmp", WITH(", \"bmp\": {\"collector\": \"192.0.2.1\"}"), WITH(", \"bmp\": {\"collector\": \"192.0.2.1\", \"port\": 5000}"),
	  .sees = "bmp connect 192.0.2.1 5000" },
	{ "hostname", WITH(""), WITH(", \"hostname\": \"other\""), .sees = "hold * host other", .script = AGAIN },
	{ "software_version", WITH(""), WITH(", \"software_version\": true"), .sees = "hold * version weft/*", .script = AGAIN },
	{ "ipv6", WITH(""), WITH(", \"ipv6\": false"), .sees = "hold 90 ipv4 host *", .script = AGAIN },
	{ "graceful_restart.restart_seconds", WITH(""), WITH(", \"graceful_restart\": {\"restart_seconds\": 60}"),
	  .sees = "hold * restart 60*", .script = AGAIN },
	{ "graceful_restart.long_lived_seconds", WITH(""), WITH(", \"graceful_restart\": {\"long_lived_seconds\": 60}"),
	  .sees = "hold * long-lived", .script = AGAIN },
	{ "advertise_installed", WITH(", \"advertise_installed\": true"), WITH(""), .sees = "to swp2: UPDATE +10.77.0.0/24*", .script = REFUSED },
	{ "start_hold", PEERS("65002", "65003", ", \"start_hold\": 600"), PEERS("65002", "65003", ""),
	  .sees = "to swp1: UPDATE *10.0.254.1/32*", .scene = NUMBERED, .asn = { 65002 } },
	{ "originate", WITH(""), WITH(", \"originate\": []"), .sees = "to swp?: UPDATE -10.0.254.1/32", .least = 2 },
	{ "multipath", WITH(", \"multipath\": 1"), WITH(", \"multipath\": 2"), .sees = "group_set swp1 swp2" },
	{ "med", WITH(""), WITH(", \"med\": \"always\""), .sees = "route_set 10.7.0.0/24" },
	{ "weighted", WITH(""), WITH(", \"weighted\": true"), .sees = "to swp?: UPDATE +10.0.254.1/32 * mbps 20000", .least = 2 },
	{ "weighted", WITH(", \"weighted\": true"), WITH(""), .sees = "to swp?: UPDATE +10.0.254.1/32 path 65001 via fe80::[12]", .least = 2 },
	{ "weighted", WITH(""), WITH(", \"weighted\": true"), .sees = "to swp2: UPDATE +10.8.0.0/24 * mbps 12000" },
	{ "bfd", WITH(""), WITH(", \"bfd\": true"), .sees = "bfd swp? * 100 ms x 3", .least = 2 },
	{ "damping", WITH(""), WITH(", \"damping\": false"), .sees = "connect swp1 *", .least = 4, .script = FLAPS },
	{ "policy", LINKS("\"import\": \"p\"", ", " POLICY("")), LINKS("\"import\": \"p\"", ", " POLICY("\"local_pref\": 200")),
	  .sees = "to swp1: REFRESH ipv4" },
	{ "policy", LINKS("\"export\": \"p\"", ", " POLICY("")), LINKS("\"export\": \"p\"", ", " POLICY("\"prepend\": 1")),
	  .sees = "to swp1: UPDATE +10.0.254.1/32 path 65001 65001 *" },
	{ "timers.hold", WITH(""), TIMERS("\"hold\": 99, \"keepalive\": 30", ""), .sees = "hold 99 *", .script = AGAIN },
	{ "timers.keepalive", WITH(""), TIMERS("\"hold\": 90, \"keepalive\": 1", ""),
	  .sees = "to swp1: KEEPALIVE", .least = 4, .script = FIVE_S },
	{ "timers.connect_retry", TIMERS("\"hold\": 90, \"connect_retry\": 60", ""), TIMERS("\"hold\": 90, \"connect_retry\": 2", ""),
	  .sees = "connect swp1 *", .least = 6, .script = HUNG_UP },
	{ "timers.ra_interval", TIMERS("\"hold\": 90, \"ra_interval\": 1000", ""), TIMERS("\"hold\": 90, \"ra_interval\": 1", ""),
	  .sees = "RA", .least = 4, .script = FIVE_S },
	{ "timers.ra_lifetime", WITH(""), TIMERS("\"hold\": 90, \"keepalive\": 30, \"ra_lifetime\": 60", ""),
	  .sees = "lifetime 60", .script = FIVE_S },
	{ "links", WITH(", \"links\": [\"swp*\"]"), WITH(", \"links\": [\"swp2\"]"), .sees = "fabric swp1 off" },
	{ "links.*.asn", LINKS("", ""), LINKS("\"asn\": 7", ""), .sees = "to swp1: NOTIFICATION 2/2", .script = AGAIN },
	{ "links.*.gtsm", LINKS("", ""), LINKS("\"gtsm\": true", ""), .sees = "guard swp1 gtsm" },
	{ "links.*.password", LINKS("\"password\": \"one\"", ""), LINKS("\"password\": \"two\"", ""), .sees = "guard swp1 password two" },
	{ "links.*.role", LINKS("", ""), LINKS("\"role\": \"customer\"", ""), .sees = "hold * role customer", .script = AGAIN },
	{ "links.*.role_strict", LINKS("\"role\": \"peer\"", ""), LINKS("\"role\": \"peer\", \"role_strict\": true", ""),
	  .sees = "to swp1: NOTIFICATION 2/11", .script = AGAIN },
	{ "links.*.bandwidth_mbps", LINKS("", ", \"weighted\": true"), LINKS("\"bandwidth_mbps\": 2000", ", \"weighted\": true"),
	  .sees = "to swp?: UPDATE +10.0.254.1/32 * mbps 12000", .least = 2 },
	{ "links.*.max_prefixes", LINKS("", ""), LINKS("\"max_prefixes\": 1", ""), .sees = "to swp1: NOTIFICATION 6/1" },
	{ "links.*.import", LINKS("", ""), LINKS("\"import\": \"none\"", ""), .sees = "to swp1: REFRESH ipv4" },
	{ "links.*.export", LINKS("", ""), LINKS("\"export\": \"none\"", ""), .sees = "to swp1: UPDATE -*10.0.254.1/32*" },
	{ "links.*.blackhole", LINKS("", ""), LINKS("\"blackhole\": true", ""), .sees = "route_set 10.9.0.1/32" },
	{ "links.*.ra_loss", LINKS("", ""), LINKS("\"ra_loss\": \"teardown\"", ""), .sees = "close swp1", .script = FORTY_S },
	{ "links.*.routers", LINKS("", ""), LINKS("\"routers\": 2", ""), .sees = "connect * fe80::ff:9", .script = SECOND },
	{ "links.*.bfd", LINKS("", ""), LINKS("\"bfd\": true", ""), .sees = "bfd swp1 *" },
	{ "links.*.bfd", LINKS("\"bfd\": true", ""), LINKS("", ""), .sees = "bfd_end swp1" },
	{ "links.*.damping", LINKS("", ""), LINKS("\"damping\": false", ""), .sees = "connect swp1 *", .least = 4, .script = FLAPS },
	{ "links.*.expect", LINKS("\"strict\": true, \"expect\": \"spine1\"", ""), LINKS("\"strict\": true, \"expect\": \"spine2\"", ""),
	  .sees = "to swp1: NOTIFICATION 6/5", .script = AGAIN },
	{ "links.*.strict", LINKS("\"expect\": \"spine2\"", ""), LINKS("\"expect\": \"spine2\", \"strict\": true", ""),
	  .sees = "to swp1: NOTIFICATION 6/5", .script = AGAIN },
	{ "neighbors", WITH(""), PEERS("65002", "65003", ""), .sees = "connect 203.0.11[34].2 *", .least = 2, .scene = NUMBERED },
	{ "neighbors.*.address", PEERS("65002", "65003", ""), WITH(", \"neighbors\": [{\"address\": \"203.0.113.3\", \"remote_asn\": 65002}, " "{\"address\": \"203.0.114.2\", \"remote_asn\": 65003}]"),
	  .sees = "connect 203.0.113.3 *", .scene = NUMBERED, .asn = { 65002, 65003 } },
	{ "neighbors.*.remote_asn", PEERS("65002", "65003", ""), PEERS("65009", "65003", ""),
	  .sees = "to swp1: NOTIFICATION 2/2", .script = AGAIN, .scene = NUMBERED, .asn = { 65002, 65003 } },
	{ "neighbors.*.local_address", PEERS("65002", "65003", ""), PEERS("65002, \"local_address\": \"203.0.113.9\"", "65003", ""),
	  .sees = "local ::ffff:203.0.113.9 *", .script = AGAIN, .scene = NUMBERED, .asn = { 65002, 65003 } },
	{ "neighbors.*.multihop", PEERS("65002", "65003", ""), PEERS("65002, \"multihop\": 7", "65003", ""),
	  .sees = "* ttl 7 *", .script = AGAIN, .scene = NUMBERED, .asn = { 65002, 65003 } },
	{ "neighbors.*.passive", PEERS("65002, \"passive\": true", "65003", ""), PEERS("65002", "65003", ""),
	  .sees = "connect 203.0.113.2 *", .script = FIVE_S, .scene = NUMBERED },
	{ "neighbors.*.route_reflector_client", PEERS(INTERNAL, INTERNAL, ""), PEERS(INTERNAL ", \"route_reflector_client\": true", INTERNAL, ""),
	  .sees = "to swp1: UPDATE +10.2.0.0/16*", .script = AGAIN, .scene = NUMBERED, .asn = { 65001, 65001 } },
	{ "neighbors.*.next_hop_self", PEERS(INTERNAL, "65003", ""), PEERS(INTERNAL ", \"next_hop_self\": true", "65003", ""),
	  .sees = "to swp1: UPDATE +10.2.0.0/16* via ::ffff:203.0.113.1*", .scene = NUMBERED, .asn = { 65001, 65003 } },
	{ "neighbors.*.hold", PEERS("65002", "65003", ""), PEERS("65002, \"hold\": 99, \"keepalive\": 30", "65003", ""),
	  .sees = "hold 99 *", .script = AGAIN, .scene = NUMBERED, .asn = { 65002, 65003 } },
	{ "neighbors.*.keepalive", PEERS("65002", "65003", ""), PEERS("65002, \"keepalive\": 1", "65003", ""),
	  .sees = "to swp1: KEEPALIVE", .least = 4, .script = FIVE_S, .scene = NUMBERED, .asn = { 65002, 65003 } },
	{ "neighbors.*.gtsm", PEERS("65002", "65003", ""), PEERS("65002, \"gtsm\": true", "65003", ""),
	  .sees = "* ttl 255 least 255", .script = AGAIN, .scene = NUMBERED, .asn = { 65002, 65003 } },
	{ "neighbors.*.password", PEERS("65002", "65003", ""), PEERS("65002, \"password\": \"secret\"", "65003", ""),
	  .sees = "key ::ffff:203.0.113.2 secret", .scene = NUMBERED, .asn = { 65002, 65003 } },
	{ "neighbors.*.role", PEERS("65002", "65003", ""), PEERS("65002, \"role\": \"customer\"", "65003", ""),
	  .sees = "hold * role customer", .script = AGAIN, .scene = NUMBERED, .asn = { 65002, 65003 } },
	{ "neighbors.*.role_strict", PEERS("65002, \"role\": \"peer\"", "65003", ""), PEERS("65002, \"role\": \"peer\", \"role_strict\": true", "65003", ""),
	  .sees = "to swp1: NOTIFICATION 2/11", .script = AGAIN, .scene = NUMBERED, .asn = { 65002, 65003 } },
	{ "neighbors.*.bandwidth_mbps", PEERS("65002", "65003", ", \"weighted\": true"), PEERS("65002", "65003, \"bandwidth_mbps\": 4000", ", \"weighted\": true"),
	  .sees = "to swp1: UPDATE +10.2.0.0/16* mbps 4000", .scene = NUMBERED, .asn = { 65002, 65003 } },
	{ "neighbors.*.max_prefixes", PEERS("65002", "65003", ""), PEERS("65002", "65003, \"max_prefixes\": 1", ""),
	  .sees = "to swp2: NOTIFICATION 6/1", .scene = NUMBERED, .asn = { 65002, 65003 } },
	{ "neighbors.*.import", PEERS("65002", "65003", ""), PEERS("65002", "65003, \"import\": \"none\"", ""),
	  .sees = "to swp2: REFRESH ipv4", .scene = NUMBERED, .asn = { 65002, 65003 } },
	{ "neighbors.*.export", PEERS("65002", "65003", ""), PEERS("65002, \"export\": \"none\"", "65003", ""),
	  .sees = "to swp1: UPDATE -*10.0.254.1/32*", .scene = NUMBERED, .asn = { 65002, 65003 } },
	{ "neighbors.*.blackhole", PEERS("65002", "65003", ""), PEERS("65002", "65003, \"blackhole\": true", ""),
	  .sees = "route_set 10.4.0.9/32", .scene = NUMBERED, .asn = { 65002, 65003 } },
	{ "neighbors.*.bfd", PEERS("65002", "65003", ""), PEERS("65002, \"bfd\": true", "65003", ""), .sees = REJECTED },
};

static void check_row(void *ctx, const char *key, bool whole)
{
	size_t n = 0;

	(void)ctx;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		n += strcmp(rows[i].key, key) == 0;
	cr_expect(whole || n, "%s: does a reload do what it is for? A row here says how that is seen", key);
}

Test(agent_reload_keys, every_key_of_the_configuration_has_a_row)
{
	config_keys(check_row, NULL);
}

/* --- the scenes ------------------------------------------------------------------------------------------------------------------ */
static const struct attrs blackhole = { .communities = { (const uint8_t[]){ 0xff, 0xff, 0x02, 0x9a }, 4 } };

static void fabric(struct world *w)
{
	uint8_t list[BANDWIDTH_SIZE];

	for (unsigned n = 1; n <= 2; n++) {
		struct attrs med = { .has = ATTRS_MED, .med = 10 * n }, wide = { 0 };
		float bytes = BANDWIDTH_MBIT * (n == 1 ? 8000 : 4000);
		struct link_info info = world_swp(n);

		world_peer(w, n);
		info.mbps = 10000;
		world_link(w, &info);
		wide.ext_communities = bandwidth_put((struct span){ 0 }, PEER_AS(n), &bytes, list);
		world_announce(w, n, "10.1.0.0/24", NULL, 0);
		world_announce_as(w, n, "10.7.0.0/24", med);
		world_announce_as(w, n, "10.8.0.0/24", wide);
		world_announce_as(w, n, "10.9.0.1/32", blackhole);
	}
}

static void numbered_open(struct world *w, unsigned n, uint32_t asn)
{
	struct bgp_open open = {
		.version = 4, .my_as = (uint16_t)asn, .asn = asn, .hold_time = 90, .id = { htonl(0x0a00ff00 + n) },
		.caps = { .mp = { true, true }, .mp_any = true, .as4 = true, .asn4 = asn, .refresh = true },
	};
	uint8_t buf[BGP_MAX_LEN];
	struct wr msg = wr_of(buf, sizeof(buf));

	w->internal[n] = asn == OUR_AS;
	cr_assert_neq(w->connect[n], 0u);
	w->conn[n] = w->connect[n];
	agent_tcp_connected(w->agent, w->conn[n], w->now);
	cr_assert(bgp_put_open(&msg, &open) == 0 && bgp_put_keepalive(&msg) == 0);
	world_input(w, n, buf, wr_len(&msg));
	world_turn(w);
}

/* Peer 2 tells 10.2.0.0/16 and 10.3.0.0/16 with 10000 Mbit/s, and with BLACKHOLE 10.4.0.9/32. */
static void numbered_tell(struct world *w, bool internal, bool to_hole)
{
	static const uint8_t head[] = { 0x40, 1, 1, 0, 0x40, 3, 4, 203, 0, 114, 2, 0x40, 5, 4, 0, 0, 0, 100 };
	static const uint8_t path[] = { 0x40, 2, 6, 2, 1, 0, 0, 0xfd, 0xeb }, none[] = { 0x40, 2, 0 };
	static const uint8_t marked[] = { 0xc0, 8, 4, 0xff, 0xff, 0x02, 0x9a }, plain_nlri[] = { 16, 10, 2, 16, 10, 3 }, marked_nlri[] = { 32, 10, 4, 0, 9 };
	float bytes = 10000 * BANDWIDTH_MBIT;
	uint8_t buf[256], list[BANDWIDTH_SIZE];
	struct wr body = wr_of(buf, sizeof(buf));
	size_t at;

	bandwidth_put((struct span){ 0 }, 65003, &bytes, list);
	wr_u16(&body, 0);
	at = wr_mark(&body, 2);
	wr_bytes(&body, head, internal ? sizeof(head) : sizeof(head) - 7);
	wr_bytes(&body, internal ? none : path, internal ? sizeof(none) : sizeof(path));
	if (to_hole)
		wr_bytes(&body, marked, sizeof(marked));
	wr_bytes(&body, (const uint8_t[]){ 0xc0, 16, BANDWIDTH_SIZE }, 3);
	wr_bytes(&body, list, sizeof(list));
	wr_patch16(&body, at);
	wr_bytes(&body, to_hole ? marked_nlri : plain_nlri, to_hole ? sizeof(marked_nlri) : sizeof(plain_nlri));
	world_update(w, 2, buf, wr_len(&body));
	world_turn(w);
}

static void numbered(struct world *w, const uint32_t asn[2])
{
	for (unsigned n = 1; n <= 2; n++) {
		struct link_info info = world_swp(n);

		info.mbps = 10000;
		world_link(w, &info);
		world_addr(w, ADDR_NEW, SWP(n), n == 1 ? "203.0.113.1/24" : "203.0.114.1/24");
		if (n == 1)
			world_addr(w, ADDR_NEW, SWP(n), "203.0.113.9/24");
		if (asn[n - 1])
			numbered_open(w, n, asn[n - 1]);
	}
	if (!asn[1])
		return;
	numbered_tell(w, asn[1] == OUR_AS, false);
	numbered_tell(w, asn[1] == OUR_AS, true);
}

/* --- the scripts ----------------------------------------------------------------------------------------------------------------- */
static void hang_up(struct world *w)
{
	bool stands = false;

	for (size_t i = 0; i < w->n_conns && w->conn[1]; i++)
		stands |= w->conns[i].conn == w->conn[1] && !w->conns[i].closed;
	if (!stands)
		return;
	world_notify(w, 1, 6, 4);
	world_turn(w);
}

static void play(struct world *w, const struct row *row)
{
	switch (row->script) {
	case NOTHING:
		break;
	case FIVE_S:
		world_wait(w, 5000);
		break;
	case FORTY_S:
		world_wait(w, 40000);
		break;
	case AGAIN:
		hang_up(w);
		world_wait(w, 40000);
		if (row->scene == NUMBERED)
			numbered_open(w, 1, row->asn[0]);
		else
			world_try(w, 1);
		break;
	case FLAPS:
		for (int i = 0; i < 4; i++) {
			world_carrier(w, 1, false);
			world_carrier(w, 1, true);
			world_ra(w, 1, "fe80::ff:1", "02:00:00:00:ff:01");
		}
		break;
	case SECOND:
		for (int i = 0; i < 2; i++) {
			world_ra(w, 1, "fe80::ff:9", "02:00:00:00:ff:09");
			world_wait(w, 1000);
		}
		break;
	case REFUSED:
		w->fib_error = -ENOSPC;
		world_announce(w, 1, "10.77.0.0/24", NULL, 0);
		break;
	case HUNG_UP:
		hang_up(w);
		world_wait(w, 40000);
		break;
	}
}

static size_t seen(const struct world *w, const char *what)
{
	if (strcmp(what, "RA") == 0)
		return w->n_ra[1];
	return world_count(w, what) + (fnmatch(what, w->open, 0) == 0) + (fnmatch(what, w->advert, 0) == 0) + (fnmatch(what, w->connect_with, 0) == 0);
}

/* How often is it seen in the row's world, with or without the reload? */
static size_t watch(const struct row *row, bool with_reload)
{
	struct world *w = world_new(row->from);
	size_t n;

	if (row->scene == NUMBERED)
		numbered(w, row->asn);
	else
		fabric(w);
	world_wait(w, 5000);
	world_clear(w);
	if (with_reload)
		cr_expect_str_neq(world_reload(w, row->to), "-", "%s: %s", row->key, world_reload_error());
	play(w, row);
	n = seen(w, row->sees);
	if (with_reload && n < (row->least ? row->least : 1))
		world_print(w);
	world_free(w);
	return n;
}

static void check_rejected(const struct row *row)
{
	const char *name = strrchr(row->key, '.') ? strrchr(row->key, '.') + 1 : row->key;
	struct world *w = world_new(row->from);

	cr_expect_str_eq(world_reload(w, row->to), "-", "%s", row->key);
	cr_expect_not_null(strstr(world_reload_error(), name), "%s: %s", row->key, world_reload_error());
	world_free(w);
}

/* A row is about its key alone. */
static void check_difference(const struct row *row)
{
	const char *text[2] = { row->from, row->to }, *name = strrchr(row->key, '.') ? strrchr(row->key, '.') + 1 : row->key;
	struct config *c[2] = { NULL, NULL };
	struct config_errors *errors = NULL;
	struct config_diff *d = NULL;

	for (size_t i = 0; i < 2; i++)
		cr_assert_eq(config_parse(text[i], strlen(text[i]), "test", &c[i], &errors), 0, "%s", row->key);
	cr_assert_eq(config_diff_new(&d, c[0], c[1]), 0);
	cr_expect_geq(d->n, 1u, "%s: a reload does not see it", row->key);
	for (size_t i = 0; i < d->n; i++)
		cr_expect(strstr(d->changes[i].path, name) || strncmp(d->changes[i].path, row->key, strlen("neighbors")) == 0, "%s: %s changes too",
			  row->key, d->changes[i].path);
	config_diff_free(d);
	config_free(c[0]);
	config_free(c[1]);
}

Test(agent_reload_keys, every_key_does_what_it_is_for_after_a_reload_or_is_rejected_by_name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t least = rows[i].least ? rows[i].least : 1;

		if (!rows[i].sees) {
			check_rejected(&rows[i]);
			continue;
		}
		check_difference(&rows[i]);
		cr_expect_geq(watch(&rows[i], true), least, "row %zu, %s: not seen: %s", i, rows[i].key, rows[i].sees);
		cr_expect_lt(watch(&rows[i], false), least, "row %zu, %s: seen without the reload too: %s", i, rows[i].key, rows[i].sees);
	}
}
