#include "tests/bench/table.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#define PROTO_BIRD 12                    /* BIRD has a number of its own */

void table_free(struct table *t)
{
	free(t->routes);
	free(t->hops);
	*t = (struct table){ 0 };
}

void table_clear(struct table *t)
{
	uint32_t watched = t->watched;

	table_free(t);
	t->watched = watched;
}

static struct table_route *slot(struct table_route *routes, size_t room, uint64_t key)
{
	size_t i = (size_t)(key * 0x9e3779b97f4a7c15ull >> 20) & (room - 1);

	while (routes[i].key && routes[i].key != key)
		i = (i + 1) & (room - 1);
	return &routes[i];
}

static struct table_route *route_of(struct table *t, uint64_t key)
{
	struct table_route *r;

	if (t->used * 2 >= t->room) {
		size_t room = t->room ? t->room * 2 : 1 << 12;
		struct table_route *routes = calloc(room, sizeof(*routes));

		if (!routes)
			return NULL;
		for (size_t i = 0; i < t->room; i++)
			if (t->routes[i].key)
				*slot(routes, room, t->routes[i].key) = t->routes[i];
		free(t->routes);
		t->routes = routes;
		t->room = room;
	}
	r = slot(t->routes, t->room, key);
	t->used += r->key == 0;
	r->key = key;
	return r;
}

/* Few objects, and the same one again and again. */
static struct table_hop *hop_of(struct table *t, uint32_t id)
{
	struct table_hop *hops = t->hops;

	if (t->last_hop < t->n_hops && hops[t->last_hop].id == id)
		return &hops[t->last_hop];
	for (t->last_hop = 0; t->last_hop < t->n_hops; t->last_hop++)
		if (hops[t->last_hop].id == id)
			return &hops[t->last_hop];
	if (t->n_hops == t->hops_room) {
		t->hops_room = t->hops_room ? t->hops_room * 2 : 64;
		hops = realloc(t->hops, t->hops_room * sizeof(*hops));
		if (!hops)
			return NULL;
		t->hops = hops;
	}
	hops[t->n_hops] = (struct table_hop){ .id = id };
	return &hops[t->n_hops++];
}

/* Takes what a route was out of the sums, or puts what it is now into them. */
static int account(struct table *t, const struct table_route *r, uint32_t by)
{
	if (r->nhid) {
		struct table_hop *hop = hop_of(t, r->nhid);

		if (!hop)
			return -ENOMEM;
		hop->routes += by;
	} else if (r->width) {
		t->by_width[r->width] += by;
		t->dead += r->dead ? by : 0;
	}
	return 0;
}

/* The next hops that a route spells out. */
static void hops_of(const struct table *t, const struct rtattr *multipath, uint32_t oif, struct table_route *ret)
{
	const struct rtnexthop *nh;
	int left;

	if (!multipath) {
		ret->width = 1;
		ret->dead = t->watched && oif == t->watched;
		return;
	}
	nh = RTA_DATA(multipath);
	for (left = (int)RTA_PAYLOAD(multipath); left >= (int)sizeof(*nh) && RTNH_OK(nh, left); left -= (int)NLMSG_ALIGN(nh->rtnh_len), nh = RTNH_NEXT(nh)) {
		ret->width += ret->width < TABLE_WIDTHS - 1;
		ret->dead |= t->watched && (uint32_t)nh->rtnh_ifindex == t->watched;
	}
}

static int route_message(struct table *t, const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = NLMSG_DATA(nlh);
	const struct rtattr *multipath = NULL;
	struct table_route now = { 0 }, *r;
	uint32_t dst = 0, oif = 0;
	int left = (int)RTM_PAYLOAD(nlh), e;

	if (rtm->rtm_family != AF_INET || rtm->rtm_table != RT_TABLE_MAIN || rtm->rtm_type != RTN_UNICAST ||
	    (rtm->rtm_protocol != RTPROT_BGP && rtm->rtm_protocol != PROTO_BIRD))
		return 0;
	for (const struct rtattr *a = RTM_RTA(rtm); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type == RTA_DST)
			memcpy(&dst, RTA_DATA(a), 4);
		else if (a->rta_type == RTA_NH_ID)
			memcpy(&now.nhid, RTA_DATA(a), 4);
		else if (a->rta_type == RTA_OIF)
			memcpy(&oif, RTA_DATA(a), 4);
		else if (a->rta_type == RTA_MULTIPATH)
			multipath = a;
	}
	now.key = 1ull << 63 | (uint64_t)rtm->rtm_dst_len << 32 | ntohl(dst);
	r = route_of(t, now.key);
	if (!r)
		return -ENOMEM;
	if (nlh->nlmsg_type == RTM_DELROUTE)
		now.nhid = 0;
	else if (!now.nhid)
		hops_of(t, multipath, oif, &now);
	e = account(t, r, -1u);
	*r = now;
	return e ? e : account(t, r, 1);
}

static int hop_message(struct table *t, const struct nlmsghdr *nlh)
{
	const struct nhmsg *nhm = NLMSG_DATA(nlh);
	int left = (int)(nlh->nlmsg_len - NLMSG_SPACE(sizeof(*nhm)));
	uint32_t id = 0, ifindex = 0;
	uint16_t width = 1;
	struct table_hop *hop;

	for (const struct rtattr *a = (const void *)((const char *)nhm + NLMSG_ALIGN(sizeof(*nhm))); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type == NHA_ID)
			memcpy(&id, RTA_DATA(a), 4);
		else if (a->rta_type == NHA_OIF)
			memcpy(&ifindex, RTA_DATA(a), 4);
		else if (a->rta_type == NHA_GROUP)
			width = (uint16_t)(RTA_PAYLOAD(a) / sizeof(struct nexthop_grp));
	}
	hop = hop_of(t, id);
	if (!hop)
		return -ENOMEM;
	hop->ifindex = ifindex;
	hop->width = nlh->nlmsg_type == RTM_DELNEXTHOP ? 0 : width;      /* its routes go with it, without a word */
	return 0;
}

int table_message(struct table *t, const struct nlmsghdr *nlh)
{
	switch (nlh->nlmsg_type) {
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		t->messages++;
		return route_message(t, nlh);
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		return hop_message(t, nlh);
	default:
		return 0;
	}
}

uint32_t table_count(const struct table *t, unsigned width)
{
	uint32_t n = 0;

	for (unsigned w = width; w < TABLE_WIDTHS; w++)
		n += t->by_width[w];
	for (size_t i = 0; i < t->n_hops; i++)
		if (t->hops[i].width >= width)
			n += t->hops[i].routes;
	return n;
}

bool table_uses(const struct table *t, uint32_t ifindex)
{
	for (size_t i = 0; i < t->n_hops; i++)
		if (t->hops[i].ifindex == ifindex && t->hops[i].width)
			return true;
	return false;
}
