/* Which network is on which link: for peers and next hops that are known by their addresses. */
#include <string.h>
#include <sys/socket.h>

#include "nexthop/link.h"

static struct prefix network_of(const struct link_addr *a)
{
	struct prefix p = { .family = a->family, .len = a->len };

	memcpy(p.addr, a->addr, prefix_max(a->family) / 8);
	prefix_mask(&p);
	return p;
}

static bool holds(const struct link_addr *a, const struct prefix *host)
{
	struct prefix net = network_of(a);

	return a->family == host->family && prefix_contains(&net, host);
}

const struct link *link_connected(const struct links *links, const struct prefix *host, const struct link_addr **ret_own)
{
	const struct link *link = NULL, *found = NULL;
	const struct link_addr *best = NULL;

	while ((link = links_after(links, link))) {
		for (size_t i = 0; link->info.up && link->info.running && i < link->n_addrs; i++) {
			const struct link_addr *a = &link->addrs[i];

			if (a->tentative || !holds(a, host) || (best && a->len <= best->len))
				continue;
			best = a;
			found = link;
		}
	}
	if (found && ret_own)
		*ret_own = best;
	return found;
}

bool link_on_network(const struct link *link, const struct prefix *host)
{
	for (size_t i = 0; i < link->n_addrs; i++)
		if (holds(&link->addrs[i], host))
			return true;
	return false;
}

struct in6_addr link_addr_in6(const struct link_addr *a)
{
	struct in6_addr addr = { .s6_addr = { [10] = 0xff, 0xff } };

	if (a->family == AF_INET)
		memcpy(addr.s6_addr + 12, a->addr, 4);
	else
		memcpy(&addr, a->addr, sizeof(addr));
	return addr;
}

bool link_has_addr(const struct links *links, const struct in6_addr *addr)
{
	const struct link *link = NULL;
	struct in6_addr own;

	while ((link = links_after(links, link))) {
		for (size_t i = 0; i < link->n_addrs; i++) {
			own = link_addr_in6(&link->addrs[i]);
			if (in6_eq(&own, addr))
				return true;
		}
	}
	return false;
}

bool link_global(const struct link *link, uint8_t family, struct in6_addr *ret)
{
	for (size_t i = 0; i < link->n_addrs; i++) {
		struct prefix host = network_of(&link->addrs[i]);

		host.len = (uint8_t)prefix_max(host.family);
		memcpy(host.addr, link->addrs[i].addr, host.len / 8);
		if (host.family != family || prefix_is_martian(&host))
			continue;
		*ret = link_addr_in6(&link->addrs[i]);
		return true;
	}
	return false;
}
