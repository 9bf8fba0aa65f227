/* tests/bench/core.c: what one agent core costs with no kernel, no socket and no scheduler around it: N prefixes from some peers, decided,
 * planned, encoded for netlink, told to others. Prints nanoseconds per prefix and bytes per prefix of each stage. It fails when a prefix costs
 * more than MOST_BYTES, when an announcement costs more than one message to the kernel, when a lost link costs a route a message, or when
 * the first turn after it tells peers of more than some prefixes.
 *
 *   core [prefixes] [peers that announce] [peers that listen] [prefixes per attribute set] */
#include <errno.h>
#include <arpa/inet.h>
#include <malloc.h>
#include <net/if_arp.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/agent.h"
#include "nexthop/mould.h"

#define SWP(i) (10 + (uint32_t)(i))
#define OPS 1024
#define TURN_BYTES (512 * 1024)
#define MOST_LOSS_OPS 64
#define MOST_FIRST_BYTES 65536
#define MOST_BYTES 100.0                /* per prefix with one path */
#define MOST_BYTES_MORE 30.0             /* per further path */

struct bench {
	struct agent *agent;
	mono now;
	size_t n, in, listen, share;
	bgp_conn conn[512];
	bgp_conn ours;                   /* the last that it tried by itself */
	uint64_t sent[512];              /* bytes that a peer was told */
	struct fib_op ops[OPS];
	struct moulds moulds;
	_Alignas(struct nlmsghdr) uint8_t batch[65536];
	uint64_t n_ops;
	uint8_t *stream[64];             /* what a peer announces */
	size_t stream_n[64];
	size_t before;                   /* bytes held without any prefix */
	struct { double decode, step, take, build, ack, pull; } took;
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void no_fabric(void *ctx, unsigned ifindex, const char *name, bool on) { (void)ctx; (void)ifindex; (void)name; (void)on; }
static int no_guard(void *ctx, const struct peer_config *cfg) { (void)ctx; (void)cfg; return 0; }
static int no_ra(void *ctx, unsigned ifindex, const struct in6_addr *to, const uint8_t *p, size_t n) { (void)ctx; (void)ifindex; (void)to; (void)p; (void)n; return 0; }
static void no_close(void *ctx, bgp_conn c) { (void)ctx; (void)c; }
static void no_loopback(void *ctx, unsigned ifindex, struct in_addr a, bool on) { (void)ctx; (void)ifindex; (void)a; (void)on; }
static void no_dad(void *ctx, unsigned ifindex, const struct in6_addr *a) { (void)ctx; (void)ifindex; (void)a; }

/* Peers refuse, and connect themselves. */
static void on_connect(void *ctx, bgp_conn c, const struct peer_config *cfg, const struct in6_addr *to)
{
	struct bench *b = ctx;

	(void)cfg;
	(void)to;
	b->ours = c;
}

static void die(const char *why)
{
	fprintf(stderr, "%s\n", why);
	exit(1);
}

static struct in6_addr ll(uint32_t high, uint32_t low)
{
	struct in6_addr a = { .s6_addr = { 0xfe, 0x80, [12] = (uint8_t)high, [14] = (uint8_t)(low >> 8), [15] = (uint8_t)low } };

	return a;
}

/* What the daemon's rim does in a turn, timed. */
static bool turn(struct bench *b)
{
	double at = seconds(), now;
	bool more = false;
	size_t n, len, at_byte;
	int r;

	b->now.us += 1000;
	agent_step(b->agent, b->now);
	b->took.step += (now = seconds()) - at;
	at = now;
	while ((n = agent_fib_take(b->agent, b->ops, OPS))) {
		b->took.take += (now = seconds()) - at;
		at = now;
		at_byte = 0;
		for (size_t i = 0; i < n; i++) {
			r = mould_cast(&b->moulds, &b->ops[i], b->batch + at_byte, sizeof(b->batch) - at_byte);
			if (r < 0)
				die("an op that cannot be built");
			at_byte += NLMSG_ALIGN((size_t)r);
		}
		b->took.build += (now = seconds()) - at;
		at = now;
		for (size_t i = 0; i < n; i++)
			agent_fib_acked(b->agent, b->ops[i].seq, 0, b->now);
		b->n_ops += n;
		b->took.ack += (now = seconds()) - at;
		at = now;
		more = true;
	}
	for (size_t i = 0; i < b->in + b->listen; i++) {
		while (agent_tcp_pending(b->agent, b->conn[i], &len) && len) {
			b->sent[i] += len;
			agent_tcp_sent(b->agent, b->conn[i], len, b->now);
			more = true;
		}
	}
	b->took.pull += seconds() - at;
	return more;
}

static void turns(struct bench *b)
{
	while (turn(b) || mono_due(agent_next(b->agent), b->now))
		;
}

static void peer(struct bench *b, size_t i)
{
	struct link_change link = { .kind = LINK_NEW, .link = { .ifindex = SWP(i), .type = ARPHRD_ETHER, .up = true, .running = true, .mtu = 1500 } };
	struct link_change addr = { .kind = ADDR_NEW, .addr = { .ifindex = SWP(i), .family = AF_INET6, .len = 64 } };
	struct in6_addr ours = ll(1, (uint32_t)i), theirs = ll(2, (uint32_t)i);
	struct ra_msg ra = { .type = RA_ADVERT, .has_mac = true, .mac = { 2, 0, 0, 1, (uint8_t)(i >> 8), (uint8_t)i } };
	struct ra_packet packet = { .ifindex = SWP(i), .from = theirs, .hop_limit = 255 };
	struct bgp_open open = {
		.version = 4, .my_as = AS_TRANS, .asn = 4200000000u + (uint32_t)i, .hold_time = 90, .id = { htonl(0x0a000001u + (uint32_t)i) },
		.caps = { .mp = { true, true }, .mp_any = true, .ext_nh_v4 = true, .as4 = true, .asn4 = 4200000000u + (uint32_t)i, .refresh = true },
	};
	uint8_t buf[512];
	struct wr w = wr_of(buf, sizeof(buf));

	snprintf(link.link.name, sizeof(link.link.name), "swp%zu", i);
	link.link.mac[0] = 2;
	link.link.mac[4] = (uint8_t)(i >> 8);
	link.link.mac[5] = (uint8_t)i;
	memcpy(addr.addr.addr, &ours, 16);
	agent_link_change(b->agent, &link, b->now);
	agent_link_change(b->agent, &addr, b->now);
	packet.payload = buf;
	packet.len = ra_encode(&ra, buf);
	agent_ra_packet(b->agent, &packet, b->now);
	agent_tcp_closed(b->agent, b->ours, ECONNREFUSED, b->now);
	b->conn[i] = agent_tcp_accepted(b->agent, SWP(i), &theirs, b->now);
	if (!b->conn[i] || bgp_put_open(&w, &open) < 0 || bgp_put_keepalive(&w) < 0)
		die("no session");
	agent_tcp_input(b->agent, b->conn[i], buf, wr_len(&w), b->now);
}

/* Everything that one peer has to say, in messages of 4,096 bytes, as a stream. */
static uint8_t *stream(const struct bench *b, size_t i, size_t *ret_n)
{
	struct prefix *p = calloc(b->n, sizeof(*p));
	uint8_t *buf = malloc(b->n * 64 + 65536), segment[10] = { 2, 2 };
	struct wr w = wr_of(buf, b->n * 64 + 65536);
	struct bgp_ctx ctx = { .as4 = true, .mp = { true, true }, .ext_nh_v4 = true };
	struct bgp_egress egress = { .prepend = 4200000000u + (uint32_t)i, .next_hop_ll = ll(2, (uint32_t)i) };
	struct attrs attrs = { .as_path = { segment, 10 } };
	int n;

	for (size_t k = 0; k < b->n; k++) {
		uint32_t a = htonl(0x0b000000u + (uint32_t)k * 256);

		p[k] = (struct prefix){ .family = AF_INET, .len = 24 };
		memcpy(p[k].addr, &a, 4);
	}
	for (size_t k = 0; k < b->n; k += (size_t)n) {
		uint32_t set = htonl(100000 + (uint32_t)(k / b->share));
		size_t most = b->share - k % b->share;

		memcpy(segment + 2, &set, 4);
		memcpy(segment + 6, "\0\1\0\2", 4);
		n = bgp_put_reach(&w, &ctx, &attrs, &egress, p + k, k + most > b->n ? b->n - k : most);
		if (n <= 0)
			die("the stream does not fit");
	}
	free(p);
	*ret_n = wr_len(&w);
	return buf;
}

static size_t held(void)
{
	return mallinfo2().uordblks + mallinfo2().hblkhd;
}

static double held_per_prefix(const struct bench *b)
{
	return ((double)held() - (double)b->before) / (double)b->n;
}

static void begin(struct bench *b)
{
	memset(&b->took, 0, sizeof(b->took));
	b->n_ops = 0;
}

static void report(const struct bench *b, const char *what, double began)
{
	double per = 1e9 / (double)b->n;

	printf("%-22s %6.0f ns: input %.0f, step %.0f, take %.0f, build %.0f, acks %.0f, pull %.0f; %.2f ops, %.1f bytes held per prefix\n", what,
	       (seconds() - began) * per, b->took.decode * per, b->took.step * per, b->took.take * per, b->took.build * per, b->took.ack * per,
	       b->took.pull * per, (double)b->n_ops / (double)b->n, held_per_prefix(b));
}

/* All peers say all they have, a turn's worth after the other. */
static void announce(struct bench *b, const char *what)
{
	double began = seconds(), at;
	size_t piece;

	begin(b);
	for (size_t done = 0; done < b->stream_n[0]; done += piece) {
		at = seconds();
		piece = b->stream_n[0] - done < TURN_BYTES ? b->stream_n[0] - done : TURN_BYTES;
		for (size_t i = 0; i < b->in; i++)
			agent_tcp_input(b->agent, b->conn[i], b->stream[i] + done, piece, b->now);
		b->took.decode += seconds() - at;
		turn(b);
	}
	turns(b);
	report(b, what, began);
}

static void lose_first_link(struct bench *b)
{
	struct link_change down = {
		.kind = LINK_NEW, .link = { .ifindex = SWP(0), .name = "swp0", .type = ARPHRD_ETHER, .up = true, .mtu = 1500, .mac = { 2 } },
	};
	uint64_t told = b->sent[b->in];
	double began = seconds(), first;

	begin(b);
	agent_link_change(b->agent, &down, b->now);
	b->took.decode = seconds() - began;
	turn(b);
	first = seconds() - began;
	told = b->sent[b->in] - told;
	if (b->listen && !told)
		die("the link is lost, and the first turn told nobody");
	if (told > MOST_FIRST_BYTES)
		die("the link is lost, and the first turn told too much: what is near has to wait for it");
	turns(b);
	report(b, "the first link is lost", began);
	printf("%-22s %6.0f us until the first that a peer is told, %llu bytes\n", "", first * 1e6, (unsigned long long)told);
	if (b->n_ops > MOST_LOSS_OPS)
		die("the link is lost, and routes were written one by one");
}

static void start(struct bench *b)
{
	static const char text[] = "{\"asn\": 4210000001, \"router_id\": \"10.0.254.1\"}";
	struct agent_out out = { .fabric = no_fabric, .guard = no_guard, .ra_send = no_ra, .tcp_connect = on_connect, .tcp_close = no_close,
				 .loopback = no_loopback, .no_dad = no_dad, .neigh_get = no_dad, .ctx = b };
	struct config_errors *errors = NULL;
	struct config *cfg = NULL;

	if (config_parse(text, sizeof(text) - 1, "bench", &cfg, &errors) < 0 || agent_new(&b->agent, cfg, FIB_OBJECTS, &out) < 0)
		die("no agent");
	agent_start(b->agent, b->now);
	for (size_t i = 0; i < b->in + b->listen; i++)
		peer(b, i);
	turns(b);
	for (size_t i = 0; i < b->in; i++)
		b->stream[i] = stream(b, i, &b->stream_n[i]);
	b->before = held();
}

int main(int argc, char **argv)
{
	static struct bench b = { .now = { 1000000 }, .n = 100000, .in = 1, .share = 100 };
	size_t *const args[] = { &b.n, &b.in, &b.listen, &b.share };

	for (int i = 1; i < argc && i <= 4; i++)
		*args[i - 1] = strtoul(argv[i], NULL, 10);
	if (!b.in || b.in > 64 || b.listen > 256 || !b.n || b.n > 10000000 || !b.share)
		die("usage: bench_core [prefixes] [announcing peers] [listening peers] [prefixes per attribute set]");
	printf("%zu prefixes, %zu per attribute set, from %zu peers, to %zu more\n", b.n, b.share, b.in, b.listen);
	start(&b);
	announce(&b, "all of it, at once");
	if (held_per_prefix(&b) > MOST_BYTES + MOST_BYTES_MORE * (double)(b.in - 1))
		die("a prefix holds more bytes than it may");
	if (b.n_ops > b.n + b.n / 50 + MOST_LOSS_OPS)
		die("the kernel was told more than once of a prefix");
	announce(&b, "the same again");
	lose_first_link(&b);
	for (size_t i = 0; i < b.in; i++)
		free(b.stream[i]);
	agent_free(b.agent);
	return 0;
}
