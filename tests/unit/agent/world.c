#include "world.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fnmatch.h>
#include <net/if_arp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_reload.h"
#include "agent/base/community.h"
#include "agent/base/own.h"
#include "agent/rib/bandwidth.h"
#include "world_bmp.h"
#include "world_kernel.h"

#define LINES_MAX 4096

void world_line(struct world *w, const char *fmt, ...)
{
	va_list ap;

	cr_assert_lt(w->n_lines, (size_t)LINES_MAX);
	va_start(ap, fmt);
	vsnprintf(w->lines[w->n_lines++], sizeof(w->lines[0]), fmt, ap);
	va_end(ap);
}

static const char *addr6(const struct in6_addr *a)
{
	static char s[INET6_ADDRSTRLEN];

	return inet_ntop(AF_INET6, a, s, sizeof(s));
}

static void note_conn(struct world *w, bgp_conn conn, unsigned swp)
{
	cr_assert_lt(w->n_conns, ARRAY_LEN(w->conns));
	w->conns[w->n_conns].conn = conn;
	w->conns[w->n_conns++].swp = swp;
}

/* --- struct agent_out ------------------------------------------------------------------------------------------------------------ */
static void out_fabric(void *ctx, unsigned ifindex, const char *name, bool on)
{
	(void)ifindex;
	world_line(ctx, "fabric %s %s", name, on ? "on" : "off");
}

static int out_guard(void *ctx, const struct peer_config *cfg)
{
	struct world *w = ctx;

	world_line(w, "guard %s%s%s%s", cfg->link, cfg->gtsm ? " gtsm" : "", cfg->password ? " password " : "", cfg->password ? cfg->password : "");
	return w->guard_error;
}

static int out_key(void *ctx, const struct in6_addr *remote, const char *password)
{
	struct world *w = ctx;

	world_line(w, "key %s %s", addr6(remote), password);
	return w->guard_error;
}

static int out_listen(void *ctx, bool ipv4, const uint8_t least[2])
{
	struct world *w = ctx;

	world_line(w, "listen ipv6%s least %u %u", ipv4 ? " ipv4" : "", least[0], least[1]);
	return w->listen_error;
}

static int out_metrics(void *ctx, const struct config_metrics *where)
{
	char text[CONFIG_METRICS_STRLEN];
	struct world *w = ctx;

	world_line(w, "metrics %s", where->on ? config_metrics_str(where, text) : "off");
	return where->on ? w->metrics_error : 0;
}

static int out_config(void *ctx, const char *file, struct config **ret, struct config_errors **ret_errors)
{
	struct world *w = ctx;
	int r;

	if (!w->file)
		return -ENOENT;
	r = config_parse(w->file, strlen(w->file), file ? file : "weft.json", ret, ret_errors);
	if (r >= 0 && !*(*ret)->hostname)
		strcpy((*ret)->hostname, "leaf1");
	return r;
}

static int out_ra_send(void *ctx, unsigned ifindex, const struct in6_addr *to, const uint8_t *payload, size_t n)
{
	struct world *w = ctx;

	cr_assert(IN6_IS_ADDR_MULTICAST(to) && n >= 8 && payload[0] >= RA_SOLICIT);
	if (payload[0] == RA_ADVERT)
		snprintf(w->advert, sizeof(w->advert), "lifetime %u", payload[6] << 8 | payload[7]);
	if (ifindex > SWP(0) && ifindex <= SWP(SWPS))
		w->n_ra[ifindex - SWP(0)]++;
	return 0;
}

static void out_tcp_connect(void *ctx, bgp_conn conn, const struct peer_config *cfg, const struct in6_addr *remote)
{
	struct world *w = ctx;
	unsigned swp = cfg->ifindex ? cfg->ifindex - SWP(0) : 0;         /* behind routers */

	world_line(w, "connect %s %s", cfg->link, addr6(remote));
	snprintf(w->connect_with, sizeof(w->connect_with), "local %s ttl %u least %u", addr6(&cfg->local), cfg->numbered.ttl, cfg->numbered.min_ttl);
	cr_assert(swp <= SWPS);
	w->connect[swp] = conn;
	note_conn(w, conn, swp);
}

static void out_tcp_close(void *ctx, bgp_conn conn)
{
	struct world *w = ctx;

	for (size_t i = 0; i < w->n_conns; i++)
		if (w->conns[i].conn == conn) {
			world_line(w, "close swp%u", w->conns[i].swp);
			w->conns[i].closed = true;
		}
}

static void out_loopback(void *ctx, unsigned ifindex, struct in_addr addr, bool on)
{
	cr_assert_eq(ifindex, LO);
	world_line(ctx, "loopback %s %s", inet_ntoa(addr), on ? "on" : "off");
}

static void out_no_dad(void *ctx, unsigned ifindex, const struct in6_addr *addr)
{
	world_line(ctx, "no_dad swp%u %s", ifindex - SWP(0), addr6(addr));
}

static void out_neigh_get(void *ctx, unsigned ifindex, const struct in6_addr *addr)
{
	world_line(ctx, "neigh_get swp%u %s", ifindex - SWP(0), addr6(addr));
}

static int out_bfd_set(void *ctx, const struct bfd_peer *peer)
{
	struct world *w = ctx;
	unsigned swp = peer->ifindex - SWP(0);

	cr_assert((peer->key == peer->ifindex || peer->key >= PEER_KEY_FURTHER) && swp >= 1 && swp <= SWPS);
	world_line(w, "bfd swp%u %s %u ms x %u", swp, addr6(&peer->remote), peer->interval_us / 1000, peer->multiplier);
	w->bfd[swp] = (struct bfd_view){ .key = peer->key, .serial = peer->serial, .state = BFD_DOWN, .remote_state = BFD_DOWN };
	return w->bfd_error;
}

static void out_bfd_del(void *ctx, uint32_t key)
{
	world_line(ctx, "bfd_end swp%u", key - SWP(0));
}

static void out_bfd_stats(void *ctx, struct bfd_stats *ret)
{
	*ret = (struct bfd_stats){ .common = ((struct world *)ctx)->bfd_common, .sessions = 2, .up = 1, .sent = 7, .received = 5, .discarded[BFD_BAD_TTL] = 3, .late[7] = 999, .late[10] = 1 };
}

/* --- the world ------------------------------------------------------------------------------------------------------------------- */
struct world *world_new_on(const char *config, enum fib_groups kernel)
{
	struct world *w = calloc(1, sizeof(*w));
	struct agent_out out = {
		.fabric = out_fabric, .guard = out_guard, .key = out_key, .listen = out_listen, .config = out_config, .ra_send = out_ra_send, .tcp_connect = out_tcp_connect, .tcp_close = out_tcp_close,
		.loopback = out_loopback, .no_dad = out_no_dad, .neigh_get = out_neigh_get, .look = world_look, .ctx = w,
		.host = { .read = world_host_read, .networkd = world_host_networkd, .ctx = w },
		.metrics = { .listen = out_metrics, .ctx = w },
		.bfd = { .set = out_bfd_set, .del = out_bfd_del, .stats = out_bfd_stats, .ctx = w }, .bmp = world_bmp_out(w),
	};
	const char *text = config ? config : "{\"asn\": 65001, \"router_id\": \"" OUR_ID "\"}";
	struct config_errors *errors = NULL;
	struct config *cfg = NULL;

	cr_assert_not_null(w);
	w->lines = calloc(LINES_MAX, sizeof(w->lines[0]));
	w->kernel = kernel_table_new();
	cr_assert(w->lines && w->kernel);
	w->now = (mono){ 1000000000 };
	if (config_parse(text, strlen(text), "test", &cfg, &errors) < 0)
		cr_assert_fail("%s", config_errors_line(errors, 0));
	if (!*cfg->hostname)
		strcpy(cfg->hostname, "leaf1");
	cr_assert_eq(agent_new(&w->agent, cfg, kernel, &out), 0);
	return w;
}

struct world *world_new_bare(const char *config, bool objects)
{
	return world_new_on(config, objects ? FIB_RESILIENT : FIB_CLASSIC);
}

static char reload_error[512];

const char *world_reload_error(void)
{
	return reload_error;
}

const char *world_reload(struct world *w, const char *config)
{
	static char names[512];
	json_t *result = NULL, *s;
	char *error = NULL;
	enum ctl_exit exit;
	size_t i;

	w->file = config;
	exit = agent_reload(w->agent, 0, w->now, &result, &error);
	world_turn(w);
	names[0] = reload_error[0] = 0;
	json_array_foreach(json_object_get(result, "sessions"), i, s)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s %s", i ? ", " : "", json_string_value(json_object_get(s, "name")),
			 json_string_value(json_object_get(s, "fate")));
	if (error)
		snprintf(reload_error, sizeof(reload_error), "%s", error);
	json_decref(result);
	free(error);
	return exit == CTL_DONE ? names : "-";
}

struct world *world_new(const char *config)
{
	struct world *w = world_new_bare(config, true);
	struct link_info lo = { .ifindex = LO, .name = "lo", .type = ARPHRD_LOOPBACK, .up = true, .running = true, .loopback = true };

	world_link(w, &lo);
	world_addr(w, ADDR_NEW, LO, OUR_ID "/32");
	agent_start(w->agent, w->now);
	world_turn(w);
	world_clear(w);
	return w;
}

void world_free(struct world *w)
{
	agent_free(w->agent);
	kernel_table_free(w->kernel);
	free(w->lines);
	free(w);
}

static void say_op(struct world *w, const struct fib_op *op)
{
	static const char *const names[] = {
		[FIB_HOP_SET] = "hop_set", [FIB_HOP_DEL] = "hop_del", [FIB_GROUP_SET] = "group_set", [FIB_GROUP_DEL] = "group_del",
		[FIB_ROUTE_SET] = "route_set", [FIB_ROUTE_DEL] = "route_del", [FIB_NEIGH_SET] = "neigh_set", [FIB_NEIGH_DEL] = "neigh_del",
	};
	char s[400], prefix[PREFIX_STRLEN];
	bool pin = (op->kind == FIB_NEIGH_SET || op->kind == FIB_NEIGH_DEL) && op->family == AF_INET6;
	int at = snprintf(s, sizeof(s), "%s", pin ? op->kind == FIB_NEIGH_SET ? "pin_set" : "pin_del" : names[op->kind]);

	if (op->prefix.family)
		at += snprintf(s + at, sizeof(s) - (size_t)at, " %s", prefix_str(&op->prefix, prefix));
	for (size_t i = 0; i < op->n && op->kind != FIB_ROUTE_SET; i++)
		at += snprintf(s + at, sizeof(s) - (size_t)at, " swp%u", op->hops[i].ifindex - SWP(0));
	if (op->kind == FIB_NEIGH_SET)
		at += snprintf(s + at, sizeof(s) - (size_t)at, " %02x:%02x:%02x:%02x:%02x:%02x", op->mac[0], op->mac[1], op->mac[2], op->mac[3],
			 op->mac[4], op->mac[5]);
	if (pin || ((op->kind == FIB_HOP_SET || op->kind == FIB_HOP_DEL) && op->n && op->hops[0].direct))
		snprintf(s + at, sizeof(s) - (size_t)at, " %s", addr6(&op->hops[0].via));
	world_line(w, "%s", s);
}

void world_kernel(struct world *w)
{
	struct fib_op ops[16];
	uint32_t seqs[16];
	size_t n;

	while (!w->kernel_busy && (n = agent_fib_take(w->agent, ops, ARRAY_LEN(ops)))) {
		for (size_t i = 0; i < n; i++) {
			say_op(w, &ops[i]);
			seqs[i] = ops[i].seq;
			if (!w->fib_error)
				kernel_table_do(w->kernel, &ops[i]);
		}
		for (size_t i = 0; i < n; i++)
			agent_fib_acked(w->agent, seqs[i], w->fib_error, w->now);
	}
}

static int put_prefixes(char *s, size_t room, struct span nlri, uint8_t family, char sign)
{
	struct rd r = rd_of(nlri.p, nlri.n);
	char text[PREFIX_STRLEN];
	struct prefix p;
	int at = 0;

	while (family && nlri_next(&r, family, &p) && at < (int)room)
		at += snprintf(s + at, room - (size_t)at, " %c%s", sign, prefix_str(&p, text));
	return at;
}

static void say_update(struct world *w, unsigned swp, const struct bgp_update *u)
{
	char s[400] = "", path[64], via[INET6_ADDRSTRLEN];
	size_t room = sizeof(s);
	int at;

	cr_assert(!u->treat_as_withdraw && !u->discarded, "what we send is well-formed");
	if (u->eor[0] || u->eor[1]) {
		world_line(w, "to swp%u: EOR %s", swp, u->eor[0] ? "ipv4" : "ipv6");
		return;
	}
	at = put_prefixes(s, room, u->withdrawn, AF_INET, '-');
	at += put_prefixes(s + at, room - (size_t)at, u->mp_unreach, u->mp_unreach_family, '-');
	at += put_prefixes(s + at, room - (size_t)at, u->nlri, AF_INET, '+');
	at += put_prefixes(s + at, room - (size_t)at, u->mp_reach, u->mp_reach_family, '+');
	if (u->mp_reach_family || u->nlri.n)
		at += snprintf(s + at, room - (size_t)at, " path %s via %s", aspath_str(u->attrs.as_path, path, sizeof(path)),
			 inet_ntop(AF_INET6, u->nlri.n ? &u->classic_next_hop : &u->attrs.next_hop, via, sizeof(via)));
	if (u->mp_reach_family && !in6_is_ll(&u->attrs.next_hop) && in6_is_ll(&u->attrs.next_hop_ll))
		at += snprintf(s + at, room - (size_t)at, " and %s", inet_ntop(AF_INET6, &u->attrs.next_hop_ll, via, sizeof(via)));
	if (u->attrs.has & ATTRS_MED)
		at += snprintf(s + at, room - (size_t)at, " med %u", u->attrs.med);
	if (u->attrs.has & ATTRS_LOCAL_PREF && u->attrs.local_pref != DEFAULT_LOCAL_PREF)
		at += snprintf(s + at, room - (size_t)at, " pref %u", u->attrs.local_pref);
	if (u->attrs.has & ATTRS_OTC)
		at += snprintf(s + at, room - (size_t)at, " otc %u", u->attrs.otc);
	if (bandwidth_get(u->attrs.ext_communities).known)
		at += snprintf(s + at, room - (size_t)at, " mbps %g", (double)(bandwidth_get(u->attrs.ext_communities).bytes / BANDWIDTH_MBIT));
	for (size_t i = 0; i + 4 <= u->attrs.communities.n && at < (int)room; i += 4) {
		struct community c = community_get(u->attrs.communities.p + i, COMMUNITY_STANDARD);
		char text[COMMUNITY_STRLEN];

		at += snprintf(s + at, room - (size_t)at, " %s", community_str(&c, COMMUNITY_STANDARD, text));
	}
	world_line(w, "to swp%u: UPDATE%s", swp, s);
}

static void say_open(struct world *w, unsigned swp, const struct bgp_open *o)
{
	const struct bgp_caps *c = &o->caps;

	char restart[16] = "";

	world_line(w, "to swp%u: OPEN", swp);
	if (c->gr_time)
		snprintf(restart, sizeof(restart), " restart %u", c->gr_time);
	snprintf(w->open, sizeof(w->open), "hold %u%s%s host %s%s%s%s%s%s%s", o->hold_time, c->mp[0] ? " ipv4" : "", c->mp[1] ? " ipv6" : "", c->hostname,
		 *c->software ? " version " : "", c->software, c->role ? " role " : "", c->role ? role_str(c->role) : "",
		 restart, c->llgr ? " long-lived" : "");
}

static void say_message(struct world *w, unsigned swp, const uint8_t *p, size_t n)
{
	struct bgp_ctx ctx = {
		.as4 = true, .mp = { true, true }, .ext_nh_v4 = true, .local_asn = w->internal[swp] ? OUR_AS : 1, .remote_asn = OUR_AS,
	};
	struct bgp_msg m;
	struct bgp_err err;

	cr_assert_eq(bgp_decode(rd_of(p, n), &ctx, &m, &err), 0, "what we send can be read");
	switch (m.type) {
	case BGP_OPEN:
		say_open(w, swp, &m.open);
		break;
	case BGP_UPDATE:
		say_update(w, swp, &m.update);
		break;
	case BGP_NOTIFICATION:
		world_line(w, "to swp%u: NOTIFICATION %u/%u", swp, m.notification.code, m.notification.subcode);
		break;
	case BGP_KEEPALIVE:
		world_line(w, "to swp%u: KEEPALIVE", swp);
		break;
	case BGP_ROUTE_REFRESH:
		world_line(w, "to swp%u: %s %s", swp, m.refresh.subtype == REFRESH_BEGIN ? "BoRR" : m.refresh.subtype == REFRESH_END ? "EoRR" : "REFRESH",
		     m.refresh.afi == AFI_IP4 ? "ipv4" : "ipv6");
		break;
	}
}

static void drain_conn(struct world *w, bgp_conn conn, unsigned swp)
{
	size_t n, len;
	const uint8_t *p = agent_tcp_pending(w->agent, conn, &n);

	for (size_t i = 0; i < n; i += len) {
		len = (size_t)(p[i + 16] << 8 | p[i + 17]);
		cr_assert(len >= BGP_HEADER_LEN && i + len <= n, "whole messages are queued");
		say_message(w, swp, p + i, len);
	}
	agent_tcp_sent(w->agent, conn, n, w->now);
}

void world_drain(struct world *w)
{
	for (size_t i = 0; i < w->n_conns; i++) {
		if (!w->conns[i].conn)
			continue;
		drain_conn(w, w->conns[i].conn, w->conns[i].swp);
		if (!w->conns[i].closed)
			continue;
		agent_tcp_closed(w->agent, w->conns[i].conn, 0, w->now);
		w->conns[i].conn = 0;
	}
}

void world_turn(struct world *w)
{
	agent_step(w->agent, w->now);
	world_kernel(w);
	world_drain(w);
}

void world_wait(struct world *w, int64_t ms)
{
	mono end = mono_add_ms(w->now, ms), next;

	while (next = agent_next(w->agent), mono_due(next, end)) {
		if (next.us > w->now.us)
			w->now = next;
		world_turn(w);
	}
	w->now = end;
}

/* --- the lines ------------------------------------------------------------------------------------------------------------------- */
size_t world_count(const struct world *w, const char *pattern)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n_lines; i++)
		n += fnmatch(pattern, w->lines[i], 0) == 0;
	return n;
}

int world_at(const struct world *w, const char *pattern)
{
	for (size_t i = 0; i < w->n_lines; i++)
		if (fnmatch(pattern, w->lines[i], 0) == 0)
			return (int)i;
	return -1;
}

void world_clear(struct world *w)
{
	w->n_lines = 0;
	w->open[0] = w->advert[0] = w->connect_with[0] = 0;
	memset(w->n_ra, 0, sizeof(w->n_ra));
}

void world_print(const struct world *w)
{
	for (size_t i = 0; i < w->n_lines; i++)
		fprintf(stderr, "%3zu %s\n", i, w->lines[i]);
}

const char *world_route(const struct world *w, const char *prefix)
{
	struct prefix p;

	cr_assert_eq(prefix_parse(prefix, &p), 0);
	return kernel_table_route(w->kernel, &p);
}

size_t world_routes(const struct world *w)
{
	return kernel_table_routes(w->kernel);
}

size_t world_objects(const struct world *w)
{
	return kernel_table_objects(w->kernel);
}
