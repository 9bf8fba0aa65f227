/* tests/bench/rig.c: bench_rig [--rate N] [--flows N] [--tick US] SENDER RECEIVER ADDRESS
 * Sends packets with numbers from one namespace to an address in another, and does to links what is asked for. Lines on stdin:
 *   mark                            a report begins here
 *   report                          what was lost since
 *   link NS LINK[,LINK] down|up     one after the other, with nothing in between
 *   flap NS LINK[,LINK] TIMES DOWN UP
 *                                   down for so many milliseconds, up for so many; it ends with the last time up
 *   drop NS LINK PERCENT            of what the link receives, in silence; 0: it works again
 * and stdout has an object a line: ready, marked, report, link, flapped, drop, error. Times: see clock.h; begin and end are those of the
 * system calls, first is the end of the first one: by then the link at the other end has lost its carrier. */
#include "tests/bench/rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/clock.h"

static void error(const char *what, int r)
{
	printf("{\"event\":\"error\",\"what\":\"%s: %s\"}\n", what, strerror(-r));
}

static void sleep_until(int64_t us)
{
	const struct timespec at = { us / 1000000, us % 1000000 * 1000 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

/* ret_first: when the first of them had changed. */
static int set_all(int fd, const char *links, int up, int64_t *ret_first)
{
	char copy[64], *at = copy, *link;
	int r = 0;

	*ret_first = 0;
	snprintf(copy, sizeof(copy), "%s", links);
	while (r == 0 && (link = strsep(&at, ","))) {
		r = link_set(fd, link, up);
		*ret_first = *ret_first ? *ret_first : clock_us();
	}
	return r;
}

static void set_link(const char *ns, const char *link, const char *to)
{
	int fd = rig_socket(ns, AF_INET, SOCK_DGRAM, 0), r;
	int64_t begin = clock_us(), first = 0, end;

	r = fd < 0 ? fd : set_all(fd, link, strcmp(to, "up") == 0, &first);
	end = clock_us();
	if (fd >= 0)
		close(fd);
	if (r < 0)
		error(link, r);
	else
		printf("{\"event\":\"link\",\"begin\":%" PRId64 ",\"first\":%" PRId64 ",\"end\":%" PRId64 "}\n", begin, first, end);
}

static void flap(const char *ns, const char *link, unsigned times, unsigned down_ms, unsigned up_ms)
{
	int fd = rig_socket(ns, AF_INET, SOCK_DGRAM, 0), r = fd < 0 ? fd : 0;
	int64_t begin = clock_us(), due = begin, first;

	for (unsigned i = 0; i < 2 * times && r == 0; i++) {
		sleep_until(due);
		r = set_all(fd, link, i % 2, &first);
		due += (i % 2 ? up_ms : down_ms) * INT64_C(1000);
	}
	sleep_until(due);
	if (fd >= 0)
		close(fd);
	if (r < 0)
		error(link, r);
	else
		printf("{\"event\":\"flapped\",\"begin\":%" PRId64 ",\"end\":%" PRId64 "}\n", begin, clock_us());
}

static void report(struct flows *f)
{
	struct flows_report r;

	flows_report(f, &r);
	printf("{\"event\":\"report\",\"sent\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"duplicated\":%" PRIu64
	       ",\"reordered\":%" PRIu64 ",\"flows_hit\":%u,\"worst\":%u,\"first_lost\":%" PRId64 ",\"last_lost\":%" PRId64 ",\"late_us\":%" PRId64 "}\n",
	       r.sent, r.lost, r.refused, r.duplicated, r.reordered, r.flows_hit, r.worst, r.first_lost, r.last_lost, r.late_us);
}

static void command(struct flows *f, const char *line)
{
	unsigned a, b, c;
	char ns[64], link[32], to[8];
	int64_t begin = clock_us();
	int r;

	if (strcmp(line, "mark") == 0) {
		flows_mark(f);
		printf("{\"event\":\"marked\",\"at\":%" PRId64 "}\n", clock_us());
	} else if (strcmp(line, "report") == 0) {
		report(f);
	} else if (sscanf(line, "link %63s %31s %7s", ns, link, to) == 3) {
		set_link(ns, link, to);
	} else if (sscanf(line, "flap %63s %31s %u %u %u", ns, link, &a, &b, &c) == 5) {
		flap(ns, link, a, b, c);
	} else if (sscanf(line, "drop %63s %31s %u", ns, link, &a) == 3) {
		r = link_drop(ns, link, a);
		if (r < 0)
			error(link, r);
		else
			printf("{\"event\":\"drop\",\"begin\":%" PRId64 ",\"end\":%" PRId64 "}\n", begin, clock_us());
	} else if (*line) {
		error("no such command", -EINVAL);
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "rate", required_argument, NULL, 'r' }, { "flows", required_argument, NULL, 'f' },
		{ "tick", required_argument, NULL, 't' }, { 0 } };
	struct flows_config cfg = { .rate = 20000, .flows = 256, .tick_us = 100 };
	struct flows *flows;
	char line[256];
	int c, r;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'r')
			cfg.rate = (unsigned)strtoul(optarg, NULL, 10);
		else if (c == 'f')
			cfg.flows = (unsigned)strtoul(optarg, NULL, 10);
		else if (c == 't')
			cfg.tick_us = (unsigned)strtoul(optarg, NULL, 10);
		else
			return 2;
	}
	if (argc - optind != 3 || inet_pton(AF_INET, argv[optind + 2], &cfg.to) != 1) {
		fprintf(stderr, "usage: bench_rig [--rate N] [--flows N] [--tick US] SENDER RECEIVER ADDRESS\n");
		return 2;
	}
	cfg.sender = argv[optind];
	cfg.receiver = argv[optind + 1];
	r = flows_new(&flows, &cfg);
	if (r < 0) {
		fprintf(stderr, "bench_rig: %s\n", strerror(-r));
		return 1;
	}
	printf("{\"event\":\"ready\"}\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		command(flows, line);
		fflush(stdout);
	}
	flows_free(flows);
	return 0;
}
