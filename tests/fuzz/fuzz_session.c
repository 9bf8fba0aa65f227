/* A whole struct agent between two peers, fed with a list of steps: bytes on a TCP connection, packets, link changes, time, commands, answers
 * of the kernel. After every step it has its turn; all that it sends must decode, all that it wants of the kernel must make sense, and it
 * must not ask to be called again at once for ever.
 *
 * Input: flags, then steps: what, a 16-bit length (its low 12 bits), as many bytes. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <linux/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_priv.h"
#include "agent/base/log.h"
#include "agent/base/own.h"
#include "agent/bgp/notify.h"
#include "agent/commands.h"
#include "agent/ctl/ctl.h"
#include "agent/ctl/watch.h"
#include "agent/show.h"
#include "agent/trace.h"

#define LO 1
#define LINK0 11                         /* the one that is fuzzed; the next one is behind it and hears what it makes of it */
#define STEPS_MAX 64
#define CONNS_MAX 512

enum {                                   /* flags: the first byte of the input */
	FLAG_SESSION = 1,                /* both sessions are Established before the first step */
	FLAG_OBJECTS = 2, FLAG_LIMIT = 4, FLAG_AS2 = 8, FLAG_ONE_FAMILY = 16, FLAG_RA_LOSS = 32, FLAG_SECOND_ROUTER = 64, FLAG_INET6 = 128,
};

enum { DO_BYTES, DO_MESSAGE, DO_OTHER_MESSAGE, DO_RA, DO_TIME, DO_LINK, DO_TCP, DO_COMMAND, N_DO };
#define DO_REFUSE 0x80                 /* the kernel refuses what is asked of it after this step */

struct fuzz {
	struct agent *agent;
	mono now;
	uint8_t flags;
	bool watched;
	bool refuse;
	bgp_conn conn[2];
	struct { bgp_conn id; bool closed; } conns[CONNS_MAX];
	size_t n_conns;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_session: %s\n", what);
	abort();
}

static struct in6_addr link_local_of(uint8_t host)
{
	return (struct in6_addr){ .s6_addr = { 0xfe, 0x80, [15] = host } };
}

/* --- what the agent says ---------------------------------------------------------------------------------------------------------- */
static void on_fabric(void *ctx, unsigned ifindex, const char *name, bool on)
{
	(void)ctx, (void)on;
	must(ifindex != LO && *name, "a fabric link that is none");
}

static int on_guard(void *ctx, const struct peer_config *cfg)
{
	(void)ctx;
	must(cfg->gtsm || cfg->password, "a guard for nothing");
	return 0;
}

static int on_ra_send(void *ctx, unsigned ifindex, const struct in6_addr *to, const uint8_t *payload, size_t n)
{
	struct fuzz *f = ctx;
	struct ra_packet packet = { .ifindex = ifindex, .from = link_local_of(1), .hop_limit = 255, .payload = payload, .len = n };
	struct ra_msg msg;

	must(IN6_IS_ADDR_MULTICAST(to) && ra_decode(&packet, &msg) == RA_OK, "an advertisement that cannot be read");
	must(!f->agent->stopped, "an advertisement after the end");
	return 0;
}

static void note_conn(struct fuzz *f, bgp_conn conn)
{
	for (size_t i = 0; i < f->n_conns; i++)
		if (!f->conns[i].id) {
			f->conns[i].id = conn;
			f->conns[i].closed = false;
			return;
		}
	must(f->n_conns < CONNS_MAX, "connections without end");
	f->conns[f->n_conns++].id = conn;
}

static void on_connect(void *ctx, bgp_conn conn, const struct peer_config *cfg, const struct in6_addr *remote)
{
	must(conn && agent_is_fabric(((struct fuzz *)ctx)->agent, cfg->ifindex) && in6_is_ll(remote), "a connection to nowhere");
	note_conn(ctx, conn);
}

static void on_close(void *ctx, bgp_conn conn)
{
	struct fuzz *f = ctx;

	for (size_t i = 0; i < f->n_conns; i++)
		if (f->conns[i].id == conn)
			f->conns[i].closed = true;
}

static void on_loopback(void *ctx, unsigned ifindex, struct in_addr addr, bool on)
{
	(void)ctx, (void)addr, (void)on;
	must(ifindex == LO, "an address for something else than lo");
}

static void on_address(void *ctx, unsigned ifindex, const struct in6_addr *addr)
{
	(void)ctx;
	must(ifindex != LO && in6_is_ll(addr), "no link-local address");
}

static void read_message(const uint8_t *p, size_t n)
{
	struct bgp_ctx ctx = { .as4 = true, .mp = { true, true }, .ext_nh_v4 = true, .local_asn = 1, .remote_asn = 65001 };
	static struct bgp_msg msg;
	struct bgp_err err;

	must(bgp_decode(rd_of(p, n), &ctx, &msg, &err) == 0, "a message that cannot be read");
	must(msg.type != BGP_NOTIFICATION || notify_is_ours(msg.notification.code, msg.notification.subcode), "a NOTIFICATION that we never say");
	if (msg.type != BGP_UPDATE || !msg.update.treat_as_withdraw)
		return;
	ctx.as4 = false;                         /* what the peer said that it can */
	must(bgp_decode(rd_of(p, n), &ctx, &msg, &err) == 0 && !msg.update.treat_as_withdraw, "a malformed UPDATE");
}

static void drain(struct fuzz *f)
{
	for (size_t i = 0; i < f->n_conns; i++) {
		bgp_conn id = f->conns[i].id;
		size_t n, len;
		const uint8_t *p = id ? agent_tcp_pending(f->agent, id, &n) : NULL;

		for (size_t at = 0; p && at < n; at += len) {
			len = n - at >= BGP_HEADER_LEN ? (size_t)(p[at + 16] << 8 | p[at + 17]) : 0;
			must(len >= BGP_HEADER_LEN && len <= n - at, "half a message");
			read_message(p + at, len);
		}
		if (p)
			agent_tcp_sent(f->agent, id, n, f->now);
		if (!id || !f->conns[i].closed)
			continue;
		agent_tcp_closed(f->agent, id, 0, f->now);
		f->conns[i].id = 0;
	}
}

static void kernel(struct fuzz *f)
{
	struct fib_op ops[8];
	uint32_t seqs[8];
	size_t n;

	while ((n = agent_fib_take(f->agent, ops, ARRAY_LEN(ops)))) {
		for (size_t i = 0; i < n; i++) {
			const struct fib_op *op = &ops[i];

			seqs[i] = op->seq;
			must(op->kind != FIB_ROUTE_SET || !prefix_is_martian(&op->prefix), "a route that nobody may inject");
			must(op->kind != FIB_ROUTE_SET || op->id || op->n, "a route without next hop");
			must(op->kind != FIB_GROUP_SET || (op->n && op->members), "an empty group");
		}
		for (size_t i = 0; i < n; i++)
			agent_fib_acked(f->agent, seqs[i], f->refuse ? -ENOMEM : 0, f->now);
	}
}

static void turn(struct fuzz *f)
{
	for (int i = 0; i < 1000; i++) {
		agent_step(f->agent, f->now);
		kernel(f);
		drain(f);
		if (!mono_due(agent_next(f->agent), f->now))
			return;
	}
	must(false, "it wants to be called again at once, for ever");
}

/* --- what is said to the agent ---------------------------------------------------------------------------------------------------- */
static void link_told(struct fuzz *f, unsigned ifindex, const char *name, bool up, bool running)
{
	struct link_change c = {
		.kind = LINK_NEW, .link = { .ifindex = ifindex, .type = 1, .mac = { 2, [5] = (uint8_t)ifindex }, .up = up, .running = running },
	};

	snprintf(c.link.name, sizeof(c.link.name), "%s", name);
	c.link.loopback = ifindex == LO;
	agent_link_change(f->agent, &c, f->now);
}

static void addr_told(struct fuzz *f, enum link_change_kind kind, unsigned ifindex, const uint8_t *addr, bool six)
{
	struct link_change c = { .kind = kind, .addr = { .ifindex = ifindex, .family = six ? AF_INET6 : AF_INET, .len = six ? 64 : 32 } };

	memcpy(c.addr.addr, addr, six ? 16 : 4);
	agent_link_change(f->agent, &c, f->now);
}

static void ra_told(struct fuzz *f, unsigned ifindex, uint8_t host, const uint8_t *mac)
{
	struct ra_msg msg = { .type = RA_ADVERT, .has_mac = mac };
	uint8_t buf[RA_MSG_MAX];
	struct ra_packet packet = { .ifindex = ifindex, .from = link_local_of(host), .hop_limit = 255, .payload = buf };

	if (mac)
		memcpy(msg.mac, mac, 6);
	packet.len = ra_encode(&msg, buf);
	agent_ra_packet(f->agent, &packet, f->now);
}

/* The first of the two connections of link i. */
static void accept_on(struct fuzz *f, unsigned i)
{
	struct in6_addr from = link_local_of((uint8_t)(2 + i));
	bgp_conn conn = agent_tcp_accepted(f->agent, LINK0 + i, &from, f->now);

	if (!conn)
		return;
	f->conn[i] = conn;
	note_conn(f, conn);
}

static void greet(struct fuzz *f, unsigned i)
{
	bool as2 = f->flags & FLAG_AS2;
	struct bgp_open open = {
		.version = 4, .my_as = (uint16_t)(65100 + i), .asn = 65100 + i, .hold_time = 90, .id.s_addr = htonl(0x0a00ff00 + i),
		.caps = { .mp = { true, !(f->flags & FLAG_ONE_FAMILY) }, .mp_any = true, .ext_nh_v4 = true, .as4 = !as2, .asn4 = as2 ? 0 : 65100 + i,
			  .refresh = true, .hostname = "peer" },
	};
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	must(bgp_put_open(&w, &open) == 0 && bgp_put_keepalive(&w) == 0, "no OPEN");
	agent_tcp_input(f->agent, f->conn[i], buf, wr_len(&w), f->now);
}

/* Bytes as a message of the type that the first one says: marker and length are right, or mutations would end there. */
static void message_told(struct fuzz *f, unsigned i, struct rd in)
{
	uint8_t *msg;
	size_t n = rd_left(&in);

	if (!n || n + 18 > BGP_MAX_LEN)
		return;
	msg = malloc(n + 18);
	must(msg != NULL, "no memory");
	memset(msg, 0xff, 16);
	msg[16] = (uint8_t)((n + 18) >> 8);
	msg[17] = (uint8_t)(n + 18);
	rd_copy(&in, msg + 18, n);
	agent_tcp_input(f->agent, f->conn[i], msg, n + 18, f->now);
	free(msg);
}

/* The peer, a second router, our own address, or anybody; a packet of ours or any payload. */
static void step_ra(struct fuzz *f, struct rd in)
{
	uint8_t who = rd_u8(&in), hops = rd_u8(&in);
	struct ra_packet packet = { .ifindex = LINK0, .from = link_local_of(who), .hop_limit = hops ? hops : 255 };

	if (rd_left(&in) <= 6) {
		ra_told(f, LINK0, who, rd_left(&in) == 6 ? rd_take(&in, 6) : NULL);
		return;
	}
	packet.len = rd_left(&in);
	packet.payload = rd_take(&in, packet.len);
	agent_ra_packet(f->agent, &packet, f->now);
}

static void step_link(struct fuzz *f, struct rd in)
{
	struct link_change c = { .kind = NEIGH_NEW, .neigh = { .ifindex = LINK0, .usable = true, .mac = { 2, [5] = 9 } } };
	uint8_t what = rd_u8(&in), how = rd_u8(&in);
	struct in6_addr ll = link_local_of(how);

	switch (what % 8) {
	case 0:
		link_told(f, LINK0, how & 4 ? "renamed" : "swp1", how & 1, how & 2);
		break;
	case 1:
		addr_told(f, how & 0x80 ? ADDR_DEL : ADDR_NEW, LINK0, (uint8_t[16]){ 0xfe, 0x80, [15] = how & 3 }, true);
		break;
	case 2:
		addr_told(f, how & 0x80 ? ADDR_DEL : ADDR_NEW, LINK0, (uint8_t[4]){ 192, 0, 2, how & 3 }, false);
		break;
	case 3:
		addr_told(f, how & 0x80 ? ADDR_DEL : ADDR_NEW, LO, (uint8_t[4]){ 10, 0, 254, how & 3 }, false);
		break;
	case 4:
		agent_link_change(f->agent, &(struct link_change){ .kind = LINK_DEL, .link.ifindex = how & 1 ? LINK0 + 1 : LINK0 }, f->now);
		break;
	case 5:
		c.neigh.addr = ll;
		agent_link_change(f->agent, &c, f->now);
		break;
	case 6:
		agent_kernel_unsure(f->agent);
		break;
	case 7:
		link_told(f, LINK0 + 1, "swp2", how & 1, how & 2);
		break;
	}
}

static void step_tcp(struct fuzz *f, struct rd in)
{
	uint8_t what = rd_u8(&in), which = rd_u8(&in);
	struct in6_addr from = link_local_of(which);
	bgp_conn id = f->n_conns ? f->conns[which % f->n_conns].id : 0;

	switch (what % 5) {
	case 0:
		accept_on(f, which & 1);
		break;
	case 1:
		if (id && !f->conns[which % f->n_conns].closed)
			agent_tcp_connected(f->agent, f->conn[0] = id, f->now);
		break;
	case 2:
		for (size_t i = 0; id && i < f->n_conns; i++)
			if (f->conns[i].id == id)
				f->conns[i].id = 0;
		agent_tcp_closed(f->agent, id, ECONNRESET, f->now);
		break;
	case 3:
		id = agent_tcp_accepted(f->agent, LINK0, &from, f->now);
		if (id)
			note_conn(f, id);
		break;
	case 4:
		greet(f, which & 1);
		break;
	}
}

static void step_command(struct fuzz *f, struct rd in)
{
	static const char *const lines[] = {
		"{\"command\":\"show summary\"}", "{\"command\":\"show links\"}", "{\"command\":\"show routes\"}", "{\"command\":\"show nexthops\"}",
		"{\"command\":\"reset\",\"args\":[\"swp1\"]}", "{\"command\":\"reset\",\"args\":[\"swp2\"]}", "{\"command\":\"show config\"}",
	};
	uint8_t which = rd_u8(&in);
	size_t n = rd_left(&in);
	json_t *result = NULL;
	char *error = NULL, *line;
	int r;

	if (which == 0xff)
		agent_stop(f->agent, f->now);
	if (which < ARRAY_LEN(lines))
		line = command_run(f->agent, lines[which], strlen(lines[which]), f->now, NULL);
	else
		line = command_run(f->agent, (const char *)rd_take(&in, n), n, f->now, NULL);
	must(line != NULL, "no answer");
	r = ctl_answer_parse(line, strlen(line), &result, &error);
	must(r >= 0 && r <= CTL_FOUND, "an answer that cannot be read");
	must(which >= ARRAY_LEN(lines) || r == CTL_DONE || r == CTL_FAILED, "a command that is not understood");
	json_decref(result);
	free(error);
	free(line);
}

static void one_step(struct fuzz *f, uint8_t what, struct rd in)
{
	f->refuse = what & DO_REFUSE;
	switch (what % N_DO) {
	case DO_BYTES:
		agent_tcp_input(f->agent, f->conn[0], in.at, rd_left(&in), f->now);
		break;
	case DO_MESSAGE:
		message_told(f, 0, in);
		break;
	case DO_OTHER_MESSAGE:
		message_told(f, 1, in);
		break;
	case DO_RA:
		step_ra(f, in);
		break;
	case DO_TIME:
		f->now = mono_add_ms(f->now, rd_u16(&in));
		break;
	case DO_LINK:
		step_link(f, in);
		break;
	case DO_TCP:
		step_tcp(f, in);
		break;
	case DO_COMMAND:
		step_command(f, in);
		break;
	}
	turn(f);
}

/* --- the start -------------------------------------------------------------------------------------------------------------------- */
static struct config *config_of(uint8_t flags)
{
	struct config *cfg = NULL;
	struct config_errors *errors = NULL;
	char text[512];

	snprintf(text, sizeof(text), "{\"asn\": 65001, \"router_id\": \"10.0.254.1\", \"hostname\": \"fuzz\", \"ipv4_next_hop\": \"%s\", "
		 "\"graceful_restart\": {\"long_lived_seconds\": 100}, \"weighted\": %s, "
		 "\"links\": {\"swp1\": {\"max_prefixes\": %u, \"ra_loss\": \"%s\", \"routers\": 2}, \"*\": {\"bandwidth_mbps\": 1000}}}",
		 flags & FLAG_INET6 ? "inet6" : "169.254.0.1", flags & FLAG_INET6 ? "true" : "false",
		 flags & FLAG_LIMIT ? 3 : 100000, flags & FLAG_RA_LOSS ? "teardown" : "ignore");
	if (config_parse(text, strlen(text), "fuzz", &cfg, &errors) < 0)
		must(false, config_errors_line(errors, 0));
	return cfg;
}

/* Somebody watches: all that happens becomes lines. */
static void on_entry(void *ctx, const struct log_entry *entry)
{
	char *line = watch_line(watch_event(entry, 0));

	(void)ctx;
	must(line, "an event is no line");
	free(line);
}

static void on_packet(void *ctx, const struct trace_packet *packet)
{
	char *line = watch_line(trace_event(packet, 0));

	(void)ctx;
	must(line, "a packet is no line");
	free(line);
}

static void start(struct fuzz *f)
{
	struct agent_out out = {
		.fabric = on_fabric, .guard = on_guard, .ra_send = on_ra_send, .tcp_connect = on_connect, .tcp_close = on_close, .loopback = on_loopback,
		.no_dad = on_address, .neigh_get = on_address, .ctx = f,
	};

	must(agent_new(&f->agent, config_of(f->flags), f->flags & FLAG_OBJECTS ? FIB_OBJECTS : FIB_CLASSIC, &out) == 0, "no memory");
	if (f->watched)
		agent_trace(f->agent, on_packet, NULL);
	link_told(f, LO, "lo", true, true);
	addr_told(f, ADDR_NEW, LO, (uint8_t[4]){ 10, 0, 254, 1 }, false);
	for (unsigned i = 0; i < 2; i++) {
		link_told(f, LINK0 + i, i ? "swp2" : "swp1", true, true);
		addr_told(f, ADDR_NEW, LINK0 + i, (uint8_t[16]){ 0xfe, 0x80, [15] = 1 }, true);
	}
	agent_start(f->agent, f->now);
	for (unsigned i = 0; i < 2; i++) {
		ra_told(f, LINK0 + i, (uint8_t)(2 + i), (uint8_t[6]){ 2, 0, 0, 0, 0xff, (uint8_t)i });
		accept_on(f, i);
		if (i || f->flags & FLAG_SESSION)
			greet(f, i);
	}
	if (f->flags & FLAG_SECOND_ROUTER)
		ra_told(f, LINK0, 9, (uint8_t[6]){ 2, 0, 0, 0, 0xff, 9 });
	turn(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { .now = { 1000000000 }, .watched = size & 1 };
	struct rd r = rd_of(data, size);

	log_to(f.watched ? on_entry : NULL, NULL, LOG_LVL_DEBUG);
	log_watched(f.watched);
	f.flags = rd_u8(&r);
	start(&f);
	for (int i = 0; i < STEPS_MAX && rd_left(&r) >= 3; i++) {
		uint8_t what = rd_u8(&r);
		size_t n = rd_u16(&r) & 0xfff;

		one_step(&f, what, rd_sub(&r, n < rd_left(&r) ? n : rd_left(&r)));
	}
	agent_stop(f.agent, f.now);
	turn(&f);
	agent_free(f.agent);
	log_to(NULL, NULL, LOG_LVL_ERROR);
	return 0;
}
