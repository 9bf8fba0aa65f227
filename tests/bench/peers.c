/* tests/bench/peers.c: bench_peers --routes N [--per-set K] [--extended] LINK,ASN,inject|sink[,ADDRESS]...
 * The peers of one daemon under test. They advertise themselves, wait for its connections and keep the sessions. One
 * with an ADDRESS calls that instead: so two of these can be joined without a daemon. stdin takes lines:
 *   announce P... | withdraw P...   injector number P (from 1) says all N
 *   mark                            the sinks count from here on
 *   cut P...                        sets the link of peer P down
 *   status
 * and stdout has an object a line: all_up, all_eor, sent, all_full, all_empty, all_told, marked, cut, status, down, error. Times: see clock.h. */
#include "tests/bench/peers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/icmp6.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/bgp/msg.h"
#include "tests/bench/clock.h"

enum { TAG_STDIN = PEERS_MAX, TAG_LISTENER };

static void die(const char *what, int error)
{
	fprintf(stderr, "bench_peers: %s: %s\n", what, strerror(-error));
	exit(1);
}

static void want(struct peers *peers, int fd, uint32_t tag, uint32_t events, int op)
{
	struct epoll_event ev = { .events = events, .data.u32 = tag };

	if (epoll_ctl(peers->epoll, op, fd, &ev) < 0)
		die("epoll", -errno);
}

static void sockets(struct peers *peers)
{
	const struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(BGP_PORT) };
	int on = 1, hops = 255;          /* RFC 4861 6.1.2 */

	peers->epoll = epoll_create1(EPOLL_CLOEXEC);
	peers->ra = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	peers->listener = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (peers->epoll < 0 || peers->ra < 0 || peers->listener < 0)
		die("socket", -errno);
	setsockopt(peers->ra, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops));
	setsockopt(peers->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(peers->listener, (const struct sockaddr *)&any, sizeof(any)) < 0 || listen(peers->listener, PEERS_MAX) < 0)
		die("port 179", -errno);
	want(peers, peers->listener, TAG_LISTENER, EPOLLIN, EPOLL_CTL_ADD);
	want(peers, STDIN_FILENO, TAG_STDIN, EPOLLIN, EPOLL_CTL_ADD);
}

static void peer_add(struct peers *peers, char *arg)
{
	char *link = strtok(arg, ","), *asn = strtok(NULL, ","), *role = strtok(NULL, ","), *called = strtok(NULL, ",");
	struct speaker_config config = { .n = peers->routes, .extended = peers->extended, .id.s_addr = htonl(0x0aff0001u + peers->n) };
	struct peer *p = &peers->peer[peers->n];
	int r;

	if (!role || peers->n == PEERS_MAX || (called && inet_pton(AF_INET6, called, &p->called) != 1))
		die("a peer is LINK,ASN,inject or LINK,ASN,sink, and perhaps ,ADDRESS", -EINVAL);
	config.asn = (uint32_t)strtoul(asn, NULL, 10);
	p->inject = strcmp(role, "inject") == 0;
	p->sent_reported = true;
	p->calls = called;
	r = peer_link(p, link);
	if (r == 0)
		r = speaker_new(&p->speaker, &config);
	if (r == 0 && p->inject)
		r = routes_new(&p->routes, &(struct route_plan){ peers->routes, peers->per_set, config.asn, p->address });
	if (r < 0)
		die(link, r);
	peers->n++;
}

static void session(struct peers *peers, unsigned i, int fd)
{
	struct peer *p = &peers->peer[i];
	int on = 1, size = 8 << 20;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));         /* an injector never waits for the scheduler */
	want(peers, fd, i, EPOLLIN, EPOLL_CTL_ADD);
	if (speaker_accept(&p->speaker, fd) < 0)
		peers_down(p, -ECONNRESET);
}

static void on_call(struct peers *peers)
{
	struct sockaddr_in6 from;
	socklen_t len = sizeof(from);
	int fd = accept4(peers->listener, (struct sockaddr *)&from, &len, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	for (unsigned i = 0; i < peers->n; i++) {
		if (peers->peer[i].ifindex != from.sin6_scope_id || peers->peer[i].speaker.fd >= 0)
			continue;
		session(peers, i, fd);
		return;
	}
	close(fd);
}

static void on_peer(struct peers *peers, uint32_t i, uint32_t events)
{
	struct peer *p = &peers->peer[i];
	bool was_waiting = p->speaker.out_len > 0;
	int r = 0;

	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		r = speaker_input(&p->speaker);
	if (r >= 0)
		r = speaker_output(&p->speaker);
	if (r < 0) {
		peers_down(p, r);
		return;
	}
	if (was_waiting != (p->speaker.out_len > 0))
		want(peers, p->speaker.fd, i, EPOLLIN | (r == 1 ? EPOLLOUT : 0), EPOLL_CTL_MOD);
}

/* What a command gave the injectors to say goes out at once, a socketful each in turn. */
static void start_saying(struct peers *peers)
{
	for (unsigned i = 0; i < peers->n; i++) {
		struct speaker *s = &peers->peer[i].speaker;

		if (s->fd < 0 || s->out_len == 0)
			continue;
		if (speaker_output(s) == 1)
			want(peers, s->fd, i, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
	}
}

static bool on_stdin(struct peers *peers)
{
	char buf[4096], *at = buf, *line;
	ssize_t n = read(STDIN_FILENO, buf, sizeof(buf) - 1);

	if (n <= 0)
		return false;
	buf[n] = '\0';
	while ((line = strsep(&at, "\n")))
		peers_command(peers, line);
	start_saying(peers);
	return true;
}

/* Five times a second; a KEEPALIVE to each in turn of five. */
static void on_tick(struct peers *peers, unsigned tick)
{
	for (unsigned i = 0; i < peers->n; i++) {
		struct peer *p = &peers->peer[i];

		if (p->speaker.fd < 0 && p->calls) {
			int fd = peer_call(p);

			if (fd >= 0)
				session(peers, i, fd);
		} else if (p->speaker.fd < 0) {
			peer_advertise(peers->ra, p);            /* a link that is cut refuses it */
		} else if (tick % 5 == i % 5 && speaker_keepalive(&p->speaker) < 0) {
			peers_down(p, -EPIPE);
		}
	}
}

static void run(struct peers *peers)
{
	struct epoll_event events[64];
	int64_t due = clock_us();
	unsigned tick = 0;

	for (;;) {
		int64_t now = clock_us();
		int n;

		if (now >= due) {
			on_tick(peers, tick++);
			due = now + 200000;
		}
		n = epoll_wait(peers->epoll, events, 64, (int)((due - now) / 1000) + 1);
		for (int i = 0; i < n; i++) {
			if (events[i].data.u32 == TAG_LISTENER)
				on_call(peers);
			else if (events[i].data.u32 != TAG_STDIN)
				on_peer(peers, events[i].data.u32, events[i].events);
			else if (!on_stdin(peers))
				return;
		}
		peers_report(peers);
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "routes", required_argument, NULL, 'n' }, { "per-set", required_argument, NULL, 'k' }, { "extended", no_argument, NULL, 'x' }, { 0 },
	};
	struct peers *peers = calloc(1, sizeof(*peers));
	int c;

	if (!peers)
		die("memory", -ENOMEM);
	peers->routes = 1000;
	peers->per_set = 100;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'n')
			peers->routes = (uint32_t)strtoul(optarg, NULL, 10);
		else if (c == 'k')
			peers->per_set = (uint32_t)strtoul(optarg, NULL, 10);
		else if (c == 'x')
			peers->extended = true;
		else
			return 2;
	}
	if (optind == argc || peers->routes == 0 || peers->routes > ROUTES_MAX || peers->per_set == 0)
		die("--routes N [--per-set K] [--extended] LINK,ASN,inject|sink[,ADDRESS]...", -EINVAL);
	for (int i = optind; i < argc; i++)
		peer_add(peers, argv[i]);
	sockets(peers);
	printf("{\"event\":\"ready\",\"peers\":%u}\n", peers->n);
	fflush(stdout);
	run(peers);
	for (unsigned i = 0; i < peers->n; i++) {
		speaker_free(&peers->peer[i].speaker);
		routes_free(&peers->peer[i].routes);
	}
	free(peers);
	return 0;
}
