/* What is wrong with the host: also asked by the command alone, when no weftd runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/capability.h>

#include "agent/base/own.h"
#include "agent/doctor_priv.h"

static void forwarding(struct doctor *d)
{
	if (setting(d, "net/ipv4/ip_forward") == 0)
		found(d, CHECK_FORWARDING, NULL, "this node does not forward IPv4 (net.ipv4.ip_forward is 0): packets for others end here");
	if (d->ipv6 && setting(d, "net/ipv6/conf/all/forwarding") == 0)
		found(d, CHECK_FORWARDING, NULL, "this node does not forward IPv6 (net.ipv6.conf.all.forwarding is 0): packets for others end here");
}

static void hash(struct doctor *d)
{
	static const char *const families[] = { "ipv4", "ipv6" };

	for (size_t i = 0; i < ARRAY_LEN(families); i++)
		if (setting(d, "net/%s/fib_multipath_hash_policy", families[i]) == 0)
			found(d, CHECK_HASH, NULL, "all traffic between two hosts takes one way (net.%s.fib_multipath_hash_policy is 0: ports are not looked at)", families[i]);
}

static void compat(struct doctor *d)
{
	if (d->manages)                  /* weftd switches it to and fro */
		return;
	if (setting(d, "net/ipv4/nexthop_compat_mode") == 1)
		found(d, CHECK_COMPAT_MODE, NULL, "the kernel announces every route of a next-hop group that changes (net.ipv4.nexthop_compat_mode is 1): "
		      "with 100,000 routes a failed link costs 0.2 s instead of 0.1 ms");
}

/* CapEff of /proc/self/status: 64 bits, hexadecimal. */
static void capabilities(struct doctor *d)
{
	static const struct { unsigned bit; const char *name, *what; } needed[] = {
		{ CAP_NET_ADMIN, "CAP_NET_ADMIN", "install routes" }, { CAP_NET_RAW, "CAP_NET_RAW", "send Router Advertisements" },
		{ CAP_NET_BIND_SERVICE, "CAP_NET_BIND_SERVICE", "listen on port 179" },
	};
	char status[4096];
	const char *at;
	uint64_t have;
	int n = d->host->read && d->a ? d->host->read(d->host->ctx, "/proc/self/status", status, sizeof(status) - 1) : -1;

	if (n <= 0)
		return;
	status[n] = '\0';
	at = strstr(status, "CapEff:");
	if (!at)
		return;
	have = strtoull(at + strlen("CapEff:"), NULL, 16);
	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (!(have & 1ull << needed[i].bit))
			found(d, CHECK_CAPABILITY, NULL, "weftd may not %s: %s is missing", needed[i].what, needed[i].name);
}

void doctor_host(struct doctor *d)
{
	forwarding(d);
	hash(d);
	compat(d);
	capabilities(d);
	if (d->host->networkd && d->host->networkd(d->host->ctx))
		found(d, CHECK_NETWORKD, NULL, "systemd-networkd runs here and removes routes that are not its own (ManageForeignRoutes) whenever it starts over or a link changes");
}
