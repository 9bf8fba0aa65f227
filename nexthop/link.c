#include "nexthop/link.h"

#include <errno.h>
#include <fnmatch.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>

/* By ifindex, ascending. Pointers, so that a borrowed link stays where it is when others come and go. */
struct links {
	struct link **at;
	size_t n, room;
};

int links_new(struct links **ret)
{
	struct links *links = calloc(1, sizeof(*links));

	if (!links)
		return -ENOMEM;
	*ret = links;
	return 0;
}

static void link_free(struct link *link)
{
	free(link->addrs);
	free(link);
}

void links_free(struct links *links)
{
	if (!links)
		return;
	for (size_t i = 0; i < links->n; i++)
		link_free(links->at[i]);
	free(links->at);
	free(links);
}

/* Where the first link with this ifindex or a greater one stands. */
static size_t place(const struct links *links, uint32_t ifindex)
{
	size_t lo = 0, hi = links->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (links->at[mid]->info.ifindex < ifindex)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct link *find(const struct links *links, uint32_t ifindex)
{
	size_t i = place(links, ifindex);

	return i < links->n && links->at[i]->info.ifindex == ifindex ? links->at[i] : NULL;
}

static int insert(struct links *links, const struct link_info *info)
{
	size_t i = place(links, info->ifindex);
	struct link *link;

	if (links->n == links->room) {
		size_t room = links->room ? links->room * 2 : 16;
		struct link **at = realloc(links->at, room * sizeof(struct link *));

		if (!at)
			return -ENOMEM;
		links->at = at;
		links->room = room;
	}
	link = calloc(1, sizeof(*link));
	if (!link)
		return -ENOMEM;
	link->info = *info;
	memmove(&links->at[i + 1], &links->at[i], (links->n - i) * sizeof(struct link *));
	links->at[i] = link;
	links->n++;
	return 0;
}

/* Field by field: the padding of a caller's struct is anything. */
static bool info_eq(const struct link_info *a, const struct link_info *b)
{
	return a->ifindex == b->ifindex && strncmp(a->name, b->name, sizeof(a->name)) == 0 && a->type == b->type &&
	       memcmp(a->mac, b->mac, sizeof(a->mac)) == 0 && a->up == b->up && a->running == b->running && a->loopback == b->loopback &&
	       a->master == b->master && a->is_master == b->is_master && a->mtu == b->mtu && a->mbps == b->mbps;
}

static int link_new(struct links *links, const struct link_info *info, bool *ret_changed)
{
	struct link *link = find(links, info->ifindex);
	int r;

	if (!link) {
		r = insert(links, info);
		*ret_changed = r == 0;
		return r;
	}
	*ret_changed = !info_eq(&link->info, info);
	link->info = *info;                      /* the name too: a rename is a change like any other */
	return 0;
}

static void link_del(struct links *links, uint32_t ifindex, bool *ret_changed)
{
	size_t i = place(links, ifindex);

	if (i == links->n || links->at[i]->info.ifindex != ifindex)
		return;
	link_free(links->at[i]);
	links->n--;
	memmove(&links->at[i], &links->at[i + 1], (links->n - i) * sizeof(struct link *));
	*ret_changed = true;
}

static size_t addr_size(uint8_t family)
{
	return family == AF_INET ? 4 : 16;
}

static struct link_addr *addr_find(const struct link *link, const struct link_addr *addr)
{
	for (size_t i = 0; i < link->n_addrs; i++) {
		struct link_addr *a = &link->addrs[i];

		if (a->family == addr->family && a->len == addr->len && memcmp(a->addr, addr->addr, addr_size(a->family)) == 0)
			return a;
	}
	return NULL;
}

static int addr_new(struct link *link, const struct link_addr *addr, bool *ret_changed)
{
	struct link_addr *a = addr_find(link, addr);

	if (a) {
		*ret_changed = a->tentative != addr->tentative;
		a->tentative = addr->tentative;
		return 0;
	}
	if (link->n_addrs == LINK_ADDRS_MAX) {
		link->addrs_ignored++;
		return 0;
	}
	if ((link->n_addrs & (link->n_addrs - 1)) == 0) {        /* room is the next power of two */
		size_t room = link->n_addrs ? link->n_addrs * 2 : 1;

		a = realloc(link->addrs, room * sizeof(*a));
		if (!a)
			return -ENOMEM;
		link->addrs = a;
	}
	link->addrs[link->n_addrs++] = *addr;
	*ret_changed = true;
	return 0;
}

static void addr_del(struct link *link, const struct link_addr *addr, bool *ret_changed)
{
	struct link_addr *a = addr_find(link, addr);

	if (!a)
		return;
	link->n_addrs--;
	memmove(a, a + 1, (size_t)(link->addrs + link->n_addrs - a) * sizeof(*a));       /* the order is kept: link_local is the first */
	*ret_changed = true;
}

int links_apply(struct links *links, const struct link_change *change, bool *ret_changed)
{
	struct link *link;

	*ret_changed = false;
	switch (change->kind) {
	case LINK_NEW:
		return link_new(links, &change->link, ret_changed);
	case LINK_DEL:
		link_del(links, change->link.ifindex, ret_changed);
		return 0;
	case ADDR_NEW:
		link = find(links, change->addr.ifindex);
		return link ? addr_new(link, &change->addr, ret_changed) : 0;
	case ADDR_DEL:
		link = find(links, change->addr.ifindex);
		if (link)
			addr_del(link, &change->addr, ret_changed);
		return 0;
	case NEIGH_NEW:
	case NEIGH_DEL:
		return 0;
	}
	return 0;
}

const struct link *links_find(const struct links *links, uint32_t ifindex)
{
	return find(links, ifindex);
}

const struct link *links_by_name(const struct links *links, const char *name)
{
	for (size_t i = 0; i < links->n; i++)
		if (strcmp(links->at[i]->info.name, name) == 0)
			return links->at[i];
	return NULL;
}

const struct link *links_after(const struct links *links, const struct link *link)
{
	size_t i = link ? place(links, link->info.ifindex) + 1 : 0;

	return i < links->n ? links->at[i] : NULL;
}

bool link_local(const struct link *link, struct in6_addr *ret)
{
	struct in6_addr addr;

	for (size_t i = 0; i < link->n_addrs; i++) {
		const struct link_addr *a = &link->addrs[i];

		if (a->family != AF_INET6 || a->tentative)
			continue;
		memcpy(&addr, a->addr, sizeof(addr));
		if (!in6_is_ll(&addr))
			continue;
		*ret = addr;
		return true;
	}
	return false;
}

bool link_usable(const struct link *link)
{
	struct in6_addr local;

	return link->info.up && link->info.running && link_local(link, &local);
}

static bool has_slave(const struct links *links, uint32_t ifindex)
{
	for (size_t i = 0; i < links->n; i++)
		if (links->at[i]->info.master == ifindex)
			return true;
	return false;
}

bool link_is_auto(const struct links *links, const struct link *link)
{
	const struct link_info *info = &link->info;

	if (info->type != ARPHRD_ETHER || info->loopback || info->is_master || info->master)
		return false;
	for (size_t i = 0; i < link->n_addrs; i++)
		if (link->addrs[i].family == AF_INET)
			return false;
	return !has_slave(links, info->ifindex);         /* a master of a kind that link_msg does not know by name */
}

bool link_has_addr4(const struct links *links, struct in_addr addr)
{
	for (size_t i = 0; i < links->n; i++) {
		const struct link *link = links->at[i];

		for (size_t j = 0; j < link->n_addrs; j++)
			if (link->addrs[j].family == AF_INET && memcmp(link->addrs[j].addr, &addr, sizeof(addr)) == 0)
				return true;
	}
	return false;
}

bool link_matches(const struct link *link, const char *glob)
{
	return fnmatch(glob, link->info.name, 0) == 0;
}

void link_prefixes(const struct link *link, void (*fn)(void *ctx, const struct prefix *p), void *ctx)
{
	if (!link->info.up || !link->info.running)
		return;
	for (size_t i = 0; i < link->n_addrs; i++) {
		const struct link_addr *a = &link->addrs[i];
		struct prefix p = { .family = a->family, .len = a->len };

		memcpy(p.addr, a->addr, addr_size(a->family));
		prefix_mask(&p);
		if (!prefix_is_martian(&p))              /* link-local addresses are martian too */
			fn(ctx, &p);
	}
}

bool link_tentative(const struct link *link, struct in6_addr *ret)
{
	struct in6_addr usable;

	if (link_local(link, &usable))
		return false;
	for (size_t i = 0; i < link->n_addrs; i++) {
		memcpy(ret, link->addrs[i].addr, sizeof(*ret));
		if (link->addrs[i].family == AF_INET6 && link->addrs[i].tentative && in6_is_ll(ret))
			return true;
	}
	return false;
}
