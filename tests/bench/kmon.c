/* tests/bench/kmon.c: bench_kmon NAMESPACE...
 * Says when the kernels of these network namespaces hold what is waited for, from route and next-hop notifications: nothing polls the table
 * while a daemon works on it. It looks once a millisecond, so that a burst does not wake it for each route. stdin takes lines:
 *   want N W        each namespace has at least N routes over at least W next hops; want 0 0: none is left
 *   watch IFINDEX   no route and no next-hop object of the first namespace uses that link
 *   mark            notifications are counted from here on
 *   quiet MS        no notification for so long
 *   status
 *   verify          forget what the notifications said, and ask the kernels
 * and stdout has an object a line: ready, complete, clean, quiet, marked, status, verified, error. */
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
#include "tests/bench/table.h"

#define NS_MAX 300
#define BATCH 64
#define MESSAGE_MAX 8192
#define ASK_EVERY 250000                 /* us: a dump takes the daemon's time too */

struct kernel {
	int events, queries;             /* netlink sockets in its namespace */
	struct table table;
	unsigned lost;                   /* notifications, that many times, since mark */
	bool stale;                      /* the table does not say what the kernel holds */
};

struct kmon {
	struct kernel kernel[NS_MAX];
	unsigned n;
	bool waiting, watching;
	uint32_t want_n;
	unsigned want_width;
	int64_t ask_after;               /* kernels that lost notifications */
	int64_t quiet, heard;            /* us without a notification that are waited for, 0: not; when the last one came, or that was asked */
	uint8_t buf[BATCH * MESSAGE_MAX];
};

static void die(const char *what)
{
	fprintf(stderr, "bench_kmon: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void kernel_open(struct kernel *k, const char *ns)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	const int groups[] = { RTNLGRP_IPV4_ROUTE, RTNLGRP_NEXTHOP };
	char path[128];
	int size = 1 << 30, fd;

	snprintf(path, sizeof(path), "/run/netns/%s", ns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		die(ns);
	close(fd);
	k->events = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	k->queries = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (k->events < 0 || k->queries < 0)
		die("netlink socket");
	if (bind(k->events, (const struct sockaddr *)&address, sizeof(address)) < 0)     /* one without a number hears nothing */
		die("bind");
	if (setsockopt(k->events, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(k->events, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));       /* an ordinary user: as much as there is */
	for (unsigned i = 0; i < 2; i++)
		if (setsockopt(k->events, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i], sizeof(int)) < 0)
			die("netlink group");
}

/* All messages of one datagram. True at the end of a dump. */
static bool datagram(struct table *t, const void *p, size_t n)
{
	int left = (int)n;

	for (const struct nlmsghdr *nlh = p; NLMSG_OK(nlh, left); nlh = NLMSG_NEXT(nlh, left)) {
		if (nlh->nlmsg_type == NLMSG_DONE || nlh->nlmsg_type == NLMSG_ERROR)
			return true;
		if (table_message(t, nlh) < 0)
			die("table");
	}
	return false;
}

static void drain(struct kmon *m, struct kernel *k)
{
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	int n;

	for (unsigned i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){ m->buf + i * MESSAGE_MAX, MESSAGE_MAX };
		msgs[i] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &iov[i], .msg_iovlen = 1 } };
	}
	do {
		n = recvmmsg(k->events, msgs, BATCH, MSG_DONTWAIT, NULL);
		if (n < 0 && errno == ENOBUFS) {
			k->lost++;
			k->stale = true;
		}
		for (int i = 0; i < n; i++)
			datagram(&k->table, iov[i].iov_base, msgs[i].msg_len);
	} while (n == BATCH || (n < 0 && errno == ENOBUFS));
}

static void dump(struct kmon *m, struct kernel *k, uint16_t type)
{
	struct { struct nlmsghdr nlh; union { struct rtmsg rtm; struct nhmsg nhm; }; } req = {
		.nlh = { .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
	};
	ssize_t n;

	req.nlh.nlmsg_len = NLMSG_LENGTH(type == RTM_GETROUTE ? sizeof(req.rtm) : sizeof(req.nhm));
	if (type == RTM_GETROUTE)
		req.rtm.rtm_family = AF_INET;
	if (send(k->queries, &req, req.nlh.nlmsg_len, 0) < 0)
		die("dump");
	do {
		n = recv(k->queries, m->buf, sizeof(m->buf), 0);
		if (n < 0)
			die("dump");
	} while (!datagram(&k->table, m->buf, (size_t)n));
}

/* The kernel takes next hops on a dead link away without a notification, so their absence has to be asked for. There are few of them. */
static bool clean(struct kmon *m, const struct kernel *k)
{
	struct kernel probe = { .queries = k->queries };
	bool used;

	if (k->table.dead)
		return false;
	dump(m, &probe, RTM_GETNEXTHOP);
	used = table_uses(&probe.table, k->table.watched);
	table_free(&probe.table);
	return !used;
}

static bool complete(const struct kmon *m)
{
	for (unsigned i = 0; i < m->n; i++) {
		uint32_t n = table_count(&m->kernel[i].table, m->want_width ? m->want_width : 1);

		if (m->kernel[i].stale || (m->want_n ? n < m->want_n : n > 0))
			return false;
	}
	return true;
}

static void status(const struct kmon *m, const char *event)
{
	unsigned width = m->want_width ? m->want_width : 1;
	uint32_t least = UINT32_MAX;
	uint64_t messages = 0;
	unsigned lost = 0;

	for (unsigned i = 0; i < m->n; i++) {
		uint32_t n = table_count(&m->kernel[i].table, width);

		messages += m->kernel[i].table.messages;
		lost += m->kernel[i].lost;
		least = n < least ? n : least;
	}
	printf("{\"event\":\"%s\",\"at\":%" PRId64 ",\"routes\":%" PRIu32 ",\"width\":%u,\"messages\":%" PRIu64 ",\"lost\":%u}\n", event,
	       clock_us(), least, width, messages, lost);
}

static void ask(struct kmon *m, struct kernel *k)
{
	uint64_t messages = k->table.messages;

	table_clear(&k->table);
	dump(m, k, RTM_GETNEXTHOP);
	dump(m, k, RTM_GETROUTE);
	k->table.messages = messages;    /* of notifications only */
	k->stale = false;
}

static void ask_all(struct kmon *m)
{
	for (unsigned i = 0; i < m->n; i++)
		ask(m, &m->kernel[i]);
}

static void ask_stale(struct kmon *m)
{
	int64_t now = clock_us();

	if (now < m->ask_after)
		return;
	for (unsigned i = 0; i < m->n; i++) {
		if (!m->kernel[i].stale)
			continue;
		ask(m, &m->kernel[i]);
		m->ask_after = now + ASK_EVERY;
	}
}

static void command(struct kmon *m, const char *line)
{
	unsigned a = 0, b = 0;

	if (sscanf(line, "want %u %u", &a, &b) == 2) {
		m->want_n = a;
		m->want_width = b;
		m->waiting = true;
	} else if (sscanf(line, "watch %u", &a) == 1) {
		m->kernel[0].table.watched = a;
		ask_all(m);
		m->watching = a != 0;
		printf("{\"event\":\"watching\",\"clean\":%d,\"dead\":%" PRIu32 "}\n", clean(m, &m->kernel[0]), m->kernel[0].table.dead);
	} else if (sscanf(line, "quiet %u", &a) == 1 && a) {
		m->quiet = a * INT64_C(1000);
		m->heard = clock_us();
	} else if (strcmp(line, "mark") == 0) {
		for (unsigned i = 0; i < m->n; i++)
			m->kernel[i].table.messages = m->kernel[i].lost = 0;
		printf("{\"event\":\"marked\"}\n");
	} else if (strcmp(line, "status") == 0) {
		status(m, "status");
	} else if (strcmp(line, "verify") == 0) {
		ask_all(m);
		status(m, "verified");
	} else if (*line) {
		printf("{\"event\":\"error\",\"what\":\"no such command\"}\n");
	}
}

static bool on_stdin(struct kmon *m)
{
	char buf[1024], *at = buf, *line;
	ssize_t n = read(STDIN_FILENO, buf, sizeof(buf) - 1);

	if (n <= 0)
		return false;
	buf[n] = '\0';
	while ((line = strsep(&at, "\n")))
		command(m, line);
	return true;
}

static void look(struct kmon *m)
{
	struct pollfd fds[NS_MAX];

	for (unsigned i = 0; i < m->n; i++)
		fds[i] = (struct pollfd){ .fd = m->kernel[i].events, .events = POLLIN };
	if (poll(fds, m->n, 0) > 0)
		for (unsigned i = 0; i < m->n; i++)
			if (fds[i].revents) {
				drain(m, &m->kernel[i]);
				m->heard = clock_us();
			}
	ask_stale(m);
	if (m->waiting && complete(m)) {
		m->waiting = false;
		status(m, "complete");
	}
	if (m->watching && clean(m, &m->kernel[0])) {
		m->watching = false;
		status(m, "clean");
	}
	if (m->quiet && clock_us() - m->heard >= m->quiet) {
		m->quiet = 0;
		status(m, "quiet");
	}
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct kmon *m = calloc(1, sizeof(*m));
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

	if (!m || argc < 2 || argc > NS_MAX) {
		fprintf(stderr, "usage: bench_kmon NAMESPACE...\n");
		return 2;
	}
	for (m->n = 0; m->n < (unsigned)argc - 1; m->n++)
		kernel_open(&m->kernel[m->n], argv[m->n + 1]);
	ask_all(m);
	printf("{\"event\":\"ready\",\"namespaces\":%u}\n", m->n);
	do {
		struct timespec pause = { .tv_nsec = m->watching ? 100000 : m->waiting ? 1000000 : 50000000 };

		look(m);
		if (ppoll(&in, 1, &pause, NULL) > 0 && !on_stdin(m))
			break;
	} while (true);
	for (unsigned i = 0; i < m->n; i++)
		table_free(&m->kernel[i].table);
	free(m);
	return 0;
}
