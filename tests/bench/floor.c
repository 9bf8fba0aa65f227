/* tests/bench/floor.c: bench_floor plain|object|group N LINK...
 * What the kernel alone takes for N routes: a writer that does nothing else, 256 messages in a sendmsg, an ACK asked for with the last one.
 *   plain    each route spells out 169.254.0.1 onlink on the first link
 *   object   each route names one next-hop object
 *   group    each route names a group of an object per link; at its full size one member is deleted and put back
 * It writes the routes, deletes them again, and prints the times. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/clock.h"
#include "tests/bench/routes.h"

#define BATCH 256
#define MESSAGE_MAX 128
#define LINKS_MAX 64
#define METRIC 20
#define GROUP 1000                       /* its id; the members' are 1.. */

struct floor {
	int fd;
	uint32_t ifindex[LINKS_MAX];
	unsigned links;
	uint32_t nhid;                   /* what a route names; 0: it spells out its next hop */
	uint32_t seq;
	uint8_t buf[BATCH * MESSAGE_MAX];
	size_t len;
};

static void die(const char *what, int error)
{
	fprintf(stderr, "bench_floor: %s: %s\n", what, strerror(error));
	exit(1);
}

static void attr(struct nlmsghdr *nlh, uint16_t type, const void *p, size_t n)
{
	struct rtattr *a = (void *)((char *)nlh + NLMSG_ALIGN(nlh->nlmsg_len));

	a->rta_type = type;
	a->rta_len = (uint16_t)RTA_LENGTH(n);
	memcpy(RTA_DATA(a), p, n);
	nlh->nlmsg_len = NLMSG_ALIGN(nlh->nlmsg_len) + RTA_ALIGN(a->rta_len);
}

static struct nlmsghdr *begin(struct floor *f, uint16_t type, uint16_t flags, const void *body, size_t n)
{
	struct nlmsghdr *nlh = (void *)(f->buf + f->len);

	memset(nlh, 0, MESSAGE_MAX);
	*nlh = (struct nlmsghdr){ .nlmsg_len = NLMSG_LENGTH(n), .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags, .nlmsg_seq = ++f->seq };
	memcpy(NLMSG_DATA(nlh), body, n);
	return nlh;
}

/* Sends the batch and waits for its end. Errors come one by one, whether an ACK was asked for or not. */
static void flush(struct floor *f, struct nlmsghdr *last)
{
	uint8_t answer[4096];

	last->nlmsg_flags |= NLM_F_ACK;
	if (send(f->fd, f->buf, f->len, 0) < 0)
		die("send", errno);
	f->len = 0;
	for (;;) {
		ssize_t n = recv(f->fd, answer, sizeof(answer), 0);
		int left = (int)n;

		if (n < 0)
			die("recv", errno);
		for (const struct nlmsghdr *nlh = (void *)answer; NLMSG_OK(nlh, left); nlh = NLMSG_NEXT(nlh, left)) {
			const struct nlmsgerr *err = NLMSG_DATA(nlh);

			if (nlh->nlmsg_type != NLMSG_ERROR)
				continue;
			if (err->error)
				die("the kernel", -err->error);
			if (nlh->nlmsg_seq == f->seq)
				return;
		}
	}
}

static void alone(struct floor *f, struct nlmsghdr *nlh)
{
	f->len = NLMSG_ALIGN(nlh->nlmsg_len);
	flush(f, nlh);
}

static void put_gateway(struct nlmsghdr *nlh, uint16_t oif_type, uint16_t gateway_type, uint32_t ifindex)
{
	const struct in_addr on_link = { htonl(0xa9fe0001) };

	attr(nlh, gateway_type, &on_link, sizeof(on_link));
	attr(nlh, oif_type, &ifindex, sizeof(ifindex));
}

static void object(struct floor *f, uint32_t id, uint32_t ifindex)
{
	const struct nhmsg nhm = { .nh_family = AF_INET, .nh_protocol = RTPROT_BGP, .nh_flags = RTNH_F_ONLINK };
	struct nlmsghdr *nlh = begin(f, RTM_NEWNEXTHOP, NLM_F_CREATE | NLM_F_REPLACE, &nhm, sizeof(nhm));

	attr(nlh, NHA_ID, &id, sizeof(id));
	put_gateway(nlh, NHA_OIF, NHA_GATEWAY, ifindex);
	alone(f, nlh);
}

static void delete_object(struct floor *f, uint32_t id)
{
	const struct nhmsg nhm = { 0 };
	struct nlmsghdr *nlh = begin(f, RTM_DELNEXTHOP, 0, &nhm, sizeof(nhm));

	attr(nlh, NHA_ID, &id, sizeof(id));
	alone(f, nlh);
}

static void group(struct floor *f)
{
	const struct nhmsg nhm = { .nh_protocol = RTPROT_BGP };
	struct nlmsghdr *nlh = begin(f, RTM_NEWNEXTHOP, NLM_F_CREATE | NLM_F_REPLACE, &nhm, sizeof(nhm));
	struct nexthop_grp members[LINKS_MAX] = { 0 };
	const uint32_t id = GROUP;

	for (unsigned i = 0; i < f->links; i++)
		members[i].id = i + 1;
	attr(nlh, NHA_ID, &id, sizeof(id));
	attr(nlh, NHA_GROUP, members, f->links * sizeof(*members));
	alone(f, nlh);
}

static struct nlmsghdr *route(struct floor *f, uint32_t i, bool add)
{
	const struct rtmsg rtm = {
		.rtm_family = AF_INET, .rtm_dst_len = 32, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_BGP, .rtm_type = RTN_UNICAST,
		.rtm_flags = add && !f->nhid ? RTNH_F_ONLINK : 0, .rtm_scope = add ? RT_SCOPE_UNIVERSE : RT_SCOPE_NOWHERE,
	};
	struct nlmsghdr *nlh = begin(f, add ? RTM_NEWROUTE : RTM_DELROUTE, add ? NLM_F_CREATE | NLM_F_REPLACE : 0, &rtm, sizeof(rtm));
	const uint32_t dst = htonl(route_addr(i)), metric = METRIC;

	attr(nlh, RTA_DST, &dst, sizeof(dst));
	attr(nlh, RTA_PRIORITY, &metric, sizeof(metric));
	if (add && f->nhid)
		attr(nlh, RTA_NH_ID, &f->nhid, sizeof(f->nhid));
	else if (add)
		put_gateway(nlh, RTA_OIF, RTA_GATEWAY, f->ifindex[0]);
	return nlh;
}

static int64_t cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static void work(struct floor *f, const char *name, uint32_t n, bool add)
{
	int64_t start = clock_us(), cpu = cpu_us();

	for (uint32_t i = 0; i < n; i++) {
		struct nlmsghdr *nlh = route(f, i, add);

		f->len += NLMSG_ALIGN(nlh->nlmsg_len);
		if (i % BATCH == BATCH - 1 || i == n - 1)
			flush(f, nlh);
	}
	printf("\"%s_s\":%.6f,\"%s_cpu_s\":%.6f", name, (double)(clock_us() - start) / 1e6, name, (double)(cpu_us() - cpu) / 1e6);
}

static void member_dies(struct floor *f)
{
	int64_t start = clock_us();

	delete_object(f, 1);
	printf(",\"member_deleted_s\":%.6f", (double)(clock_us() - start) / 1e6);
	object(f, 1, f->ifindex[0]);
	group(f);
}

int main(int argc, char **argv)
{
	struct floor *f = calloc(1, sizeof(*f));
	bool grouped = argc > 1 && strcmp(argv[1], "group") == 0;
	uint32_t n = argc > 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;

	if (!f || n == 0 || n > ROUTES_MAX || argc - 3 > LINKS_MAX) {
		fprintf(stderr, "usage: bench_floor plain|object|group N LINK...\n");
		return 2;
	}
	for (int i = 3; i < argc; i++)
		if ((f->ifindex[f->links++] = if_nametoindex(argv[i])) == 0)
			die(argv[i], errno);
	f->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (f->fd < 0)
		die("netlink", errno);
	if (strcmp(argv[1], "plain") != 0) {
		for (unsigned i = 0; i < f->links; i++)
			object(f, i + 1, f->ifindex[i]);
		if (grouped)
			group(f);
		f->nhid = grouped ? GROUP : 1;
	}
	printf("{");
	work(f, "add", n, true);
	if (grouped)
		member_dies(f);
	printf(",");
	work(f, "delete", n, false);
	printf("}\n");
	if (grouped)
		delete_object(f, GROUP);
	for (unsigned i = 0; f->nhid && i < f->links; i++)
		delete_object(f, i + 1);
	free(f);
	return 0;
}
