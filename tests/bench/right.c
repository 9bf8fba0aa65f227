/* tests/bench/right.c: bench_right NAMESPACE...
 * Says when all these kernels forward as they should, from their notifications (see fwd.h). stdin takes lines:
 *   range ADDRESS LENGTH COUNT      prefixes that matter, one after the other; ranges have the numbers 0, 1 ... and are named before all else
 *   want NS RANGE [IFINDEX...]      namespace number NS forwards these prefixes over exactly these links; without any: it has no route
 *   wait                            says when all of it holds
 *   verify                          forgets what the notifications said, and asks the kernels
 * and stdout has an object a line: ready, right, verified, error. Times: see clock.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/clock.h"
#include "tests/bench/fwd.h"
#include "tests/bench/rig.h"

#define NS_MAX 64
#define BYTES_MAX 65536
#define PAUSE_US 200                     /* after a look: a burst does not wake us for each message */
#define DOUBT_US 1000000                 /* waited in vain for so long: the kernels are asked, should a notification have been misread */

struct kernel {
	int events, queries;             /* netlink sockets in its namespace */
	struct fwd fwd;
};

struct right {
	struct kernel kernel[NS_MAX];
	unsigned n;
	struct fwd_range ranges[FWD_RANGES];
	size_t n_ranges;
	bool waiting;
	int64_t ask_at;
	uint8_t buf[BYTES_MAX];
};

static void die(const char *what)
{
	fprintf(stderr, "bench_right: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void kernel_open(struct kernel *k, const char *ns)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	const int groups[] = { RTNLGRP_LINK, RTNLGRP_IPV4_ROUTE, RTNLGRP_NEXTHOP };
	int size = 1 << 28;

	k->events = rig_socket(ns, AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_ROUTE);
	k->queries = rig_socket(ns, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	if (k->events < 0 || k->queries < 0)
		die(ns);
	if (bind(k->events, (const struct sockaddr *)&address, sizeof(address)) < 0)     /* one without a number hears nothing */
		die("bind");
	if (setsockopt(k->events, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(k->events, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));       /* an ordinary user: as much as there is */
	for (unsigned i = 0; i < 3; i++)
		if (setsockopt(k->events, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i], sizeof(int)) < 0)
			die("netlink group");
}

/* All messages of one datagram. True at the end of a dump. */
static bool datagram(struct fwd *f, const void *p, size_t n)
{
	int left = (int)n;

	for (const struct nlmsghdr *nlh = p; NLMSG_OK(nlh, left); nlh = NLMSG_NEXT(nlh, left)) {
		if (nlh->nlmsg_type == NLMSG_DONE || nlh->nlmsg_type == NLMSG_ERROR)
			return true;
		if (fwd_message(f, nlh) < 0)
			die("memory");
	}
	return false;
}

static void dump(struct right *m, struct kernel *k, uint16_t type)
{
	struct { struct nlmsghdr nlh; union { struct rtmsg rtm; struct nhmsg nhm; struct ifinfomsg ifi; }; } req = {
		.nlh = { .nlmsg_len = NLMSG_LENGTH(sizeof(req.ifi)), .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
	};
	ssize_t n;

	if (type == RTM_GETROUTE) {
		req.nlh.nlmsg_len = NLMSG_LENGTH(sizeof(req.rtm));
		req.rtm.rtm_family = AF_INET;
	} else if (type == RTM_GETNEXTHOP) {
		req.nlh.nlmsg_len = NLMSG_LENGTH(sizeof(req.nhm));
	}
	if (send(k->queries, &req, req.nlh.nlmsg_len, 0) < 0)
		die("dump");
	do {
		n = recv(k->queries, m->buf, sizeof(m->buf), 0);
		if (n < 0)
			die("dump");
	} while (!datagram(&k->fwd, m->buf, (size_t)n));
}

static void ask(struct right *m)
{
	for (unsigned i = 0; i < m->n; i++) {
		fwd_clear(&m->kernel[i].fwd);
		dump(m, &m->kernel[i], RTM_GETLINK);
		dump(m, &m->kernel[i], RTM_GETNEXTHOP);
		dump(m, &m->kernel[i], RTM_GETROUTE);
	}
}

static uint32_t wrong(const struct right *m)
{
	uint32_t n = 0;

	for (unsigned i = 0; i < m->n; i++)
		n += fwd_wrong(&m->kernel[i].fwd);
	return n;
}

static void say(const struct right *m, const char *event)
{
	printf("{\"event\":\"%s\",\"at\":%" PRId64 ",\"wrong\":%" PRIu32 ",\"by_node\":[", event, clock_us(), wrong(m));
	for (unsigned i = 0; i < m->n; i++)
		printf("%s%" PRIu32, i ? "," : "", fwd_wrong(&m->kernel[i].fwd));
	printf("]}\n");
}

static void want(struct right *m, char *line)
{
	char *ns = strtok(line, " "), *range = strtok(NULL, " "), *link;
	unsigned long i = ns ? strtoul(ns, NULL, 10) : NS_MAX, r = range ? strtoul(range, NULL, 10) : FWD_RANGES;
	struct fwd *f = &m->kernel[i % NS_MAX].fwd;

	if (i >= m->n || r >= m->n_ranges) {
		printf("{\"event\":\"error\",\"what\":\"no such namespace or range\"}\n");
		return;
	}
	f->want[r].on = true;
	f->want[r].links = 0;
	while ((link = strtok(NULL, " ")))
		f->want[r].links |= fwd_link(f, (uint32_t)strtoul(link, NULL, 10));
}

static void command(struct right *m, char *line)
{
	unsigned len, count;
	char address[INET_ADDRSTRLEN];
	struct in_addr base;

	if (sscanf(line, "range %15s %u %u", address, &len, &count) == 3 && inet_pton(AF_INET, address, &base) == 1 && m->n_ranges < FWD_RANGES) {
		m->ranges[m->n_ranges++] = (struct fwd_range){ ntohl(base.s_addr), count, (uint8_t)len };
	} else if (strncmp(line, "want ", 5) == 0) {
		want(m, line + 5);
	} else if (strcmp(line, "wait") == 0) {
		m->waiting = true;
		m->ask_at = clock_us() + DOUBT_US;
	} else if (strcmp(line, "verify") == 0) {
		ask(m);
		say(m, "verified");
	} else if (*line) {
		printf("{\"event\":\"error\",\"what\":\"no such command\"}\n");
	}
}

static bool on_stdin(struct right *m)
{
	static const size_t max = 1 << 20;
	char *buf = malloc(max), *at = buf, *line;
	ssize_t n = 0, r = 1;

	/* Whole lines: one that came in part is read to its end. */
	while (buf && r > 0 && (n == 0 || buf[n - 1] != '\n') && (size_t)n < max - 1) {
		r = read(STDIN_FILENO, buf + n, max - 1 - (size_t)n);
		n += r > 0 ? r : 0;
	}
	if (n > 0) {
		buf[n] = '\0';
		while ((line = strsep(&at, "\n")))
			command(m, line);
	}
	free(buf);
	return r > 0;
}

static void look(struct right *m)
{
	bool lost = false;

	for (unsigned i = 0; i < m->n; i++) {
		ssize_t n;

		while ((n = recv(m->kernel[i].events, m->buf, sizeof(m->buf), MSG_DONTWAIT)) > 0 || (n < 0 && errno == ENOBUFS)) {
			if (n > 0)
				datagram(&m->kernel[i].fwd, m->buf, (size_t)n);
			lost |= n < 0;
		}
	}
	if (!m->waiting)
		return;
	if (wrong(m) && (lost || clock_us() >= m->ask_at)) {
		ask(m);
		m->ask_at = clock_us() + DOUBT_US;
	}
	if (wrong(m))
		return;
	m->waiting = false;
	say(m, "right");
}

int main(int argc, char **argv)
{
	struct right *m = calloc(1, sizeof(*m));
	struct pollfd fds[NS_MAX + 1];

	if (!m || argc < 2 || argc > NS_MAX + 1) {
		fprintf(stderr, "usage: bench_right NAMESPACE...\n");
		return 2;
	}
	for (m->n = 0; m->n < (unsigned)argc - 1; m->n++) {
		struct kernel *k = &m->kernel[m->n];

		kernel_open(k, argv[m->n + 1]);
		k->fwd.ranges = m->ranges;
		k->fwd.n_ranges = &m->n_ranges;
		fds[m->n] = (struct pollfd){ .fd = k->events, .events = POLLIN };
	}
	fds[m->n] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	printf("{\"event\":\"ready\"}\n");
	fflush(stdout);
	for (;;) {
		if (poll(fds, m->n + 1, m->waiting ? 100 : -1) < 0)
			die("poll");
		if (fds[m->n].revents && !on_stdin(m))
			break;
		look(m);
		fflush(stdout);
		usleep(PAUSE_US);
	}
	for (unsigned i = 0; i < m->n; i++)
		fwd_free(&m->kernel[i].fwd);
	free(m);
	return 0;
}
