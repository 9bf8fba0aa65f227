#include "tests/bench/fwd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#define PROTO_BIRD 12                    /* BIRD has a number of its own */
#define HOPS_MAX UINT16_MAX

void fwd_clear(struct fwd *f)
{
	for (size_t i = 0; i < f->n_hops; i++)
		free(f->hops[i].members);
	free(f->hops);
	for (size_t i = 0; i < FWD_RANGES; i++) {
		free(f->hop_of[i]);
		f->hop_of[i] = NULL;
	}
	f->hops = NULL;
	f->n_hops = 0;
	f->admin_up = f->up = 0;
}

void fwd_free(struct fwd *f)
{
	fwd_clear(f);
	*f = (struct fwd){ 0 };
}

fwd_links fwd_link(struct fwd *f, uint32_t ifindex)
{
	size_t i = 0;

	while (i < f->n_links && f->ifindex[i] != ifindex)
		i++;
	if (i == FWD_LINKS)
		return 0;
	if (i == f->n_links)
		f->ifindex[f->n_links++] = ifindex;
	return UINT64_C(1) << i;
}

/* A place for another one; 0: there is none. */
static size_t hop_add(struct fwd *f)
{
	size_t first = f->n_hops ? f->n_hops : 1;

	if (first >= HOPS_MAX)
		return 0;
	if ((first & (first - 1)) == 0) {        /* room is the next power of two */
		struct fwd_hop *hops = realloc(f->hops, first * 2 * sizeof(*hops));

		if (!hops)
			return 0;
		f->hops = hops;
		if (!f->n_hops)
			hops[0] = (struct fwd_hop){ 0 };
	}
	f->hops[first] = (struct fwd_hop){ 0 };
	f->n_hops = first + 1;
	return first;
}

static size_t hop_find(const struct fwd *f, uint32_t id)
{
	for (size_t i = 1; i < f->n_hops; i++)
		if (f->hops[i].id == id)
			return i;
	return 0;
}

static size_t hop_of_id(struct fwd *f, uint32_t id)
{
	size_t i = hop_find(f, id);

	if (!i && (i = hop_add(f)))
		f->hops[i].id = id;
	return i;
}

static size_t hop_of_links(struct fwd *f, fwd_links links)
{
	size_t i = 1;

	while (i < f->n_hops && (f->hops[i].id || f->hops[i].links != links))
		i++;
	if (i >= f->n_hops && (i = hop_add(f))) {
		f->hops[i].links = links;
		f->hops[i].there = true;
	}
	return i;
}

/* Its routes are gone, without a word. */
static void routes_go(struct fwd *f, size_t hop)
{
	for (size_t r = 0; r < *f->n_ranges; r++) {
		for (uint32_t i = 0; f->hops[hop].routes[r] && i < f->ranges[r].count; i++) {
			if (f->hop_of[r][i] != hop)
				continue;
			f->hop_of[r][i] = 0;
			f->hops[hop].routes[r]--;
		}
	}
}

/* An object leaves every group; a group without members goes, and with it its routes. */
static void hop_gone(struct fwd *f, size_t hop)
{
	uint32_t id = f->hops[hop].id;

	f->hops[hop].there = false;
	routes_go(f, hop);
	for (size_t i = 1; i < f->n_hops; i++) {
		struct fwd_hop *g = &f->hops[i];
		size_t kept = 0;

		for (size_t k = 0; k < g->n_members; k++)
			if (g->members[k] != id)
				g->members[kept++] = g->members[k];
		if (kept == g->n_members)
			continue;
		g->n_members = kept;
		if (kept == 0 && g->there) {
			g->there = false;
			routes_go(f, i);
		}
	}
}

static void link_message(struct fwd *f, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = NLMSG_DATA(nlh);
	fwd_links bit = fwd_link(f, (uint32_t)ifi->ifi_index), was = f->up, was_admin = f->admin_up;
	bool admin = nlh->nlmsg_type == RTM_NEWLINK && ifi->ifi_flags & IFF_UP;

	if (ifi->ifi_family != AF_UNSPEC)        /* of a bridge's port */
		return;
	f->admin_up = admin ? f->admin_up | bit : f->admin_up & ~bit;
	f->up = admin && ifi->ifi_flags & IFF_RUNNING ? f->up | bit : f->up & ~bit;
	for (size_t i = 1; i < f->n_hops; i++) {
		const struct fwd_hop *hop = &f->hops[i];

		if (!hop->there || hop->group || !(hop->links & bit))
			continue;
		if (hop->id && (was & bit) && !(f->up & bit))
			hop_gone(f, i);
		else if (!hop->id && (was_admin & bit) && !(f->admin_up & hop->links))
			routes_go(f, i);
	}
}

static int hop_message(struct fwd *f, const struct nlmsghdr *nlh)
{
	const struct nhmsg *nhm = NLMSG_DATA(nlh);
	int left = (int)(nlh->nlmsg_len - NLMSG_SPACE(sizeof(*nhm)));
	uint32_t id = 0, ifindex = 0;
	const struct rtattr *group = NULL;
	struct fwd_hop *hop;
	size_t i;

	for (const struct rtattr *a = (const void *)((const char *)nhm + NLMSG_ALIGN(sizeof(*nhm))); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type == NHA_ID)
			memcpy(&id, RTA_DATA(a), 4);
		else if (a->rta_type == NHA_OIF)
			memcpy(&ifindex, RTA_DATA(a), 4);
		else if (a->rta_type == NHA_GROUP)
			group = a;
	}
	i = hop_of_id(f, id);
	if (!i)
		return -ENOMEM;
	if (nlh->nlmsg_type == RTM_DELNEXTHOP) {
		hop_gone(f, i);
		return 0;
	}
	hop = &f->hops[i];
	hop->there = true;
	hop->group = group;
	hop->links = ifindex ? fwd_link(f, ifindex) : 0;
	hop->n_members = 0;
	if (!group)
		return 0;
	hop->n_members = RTA_PAYLOAD(group) / sizeof(struct nexthop_grp);
	free(hop->members);
	hop->members = calloc(hop->n_members, sizeof(*hop->members));
	if (!hop->members)
		return -ENOMEM;
	for (size_t k = 0; k < hop->n_members; k++)
		hop->members[k] = ((const struct nexthop_grp *)RTA_DATA(group))[k].id;
	return 0;
}

/* The links of the next hops that a route spells out. */
static fwd_links links_of(struct fwd *f, const struct rtattr *multipath, uint32_t oif)
{
	const struct rtnexthop *nh;
	fwd_links links = 0;
	int left;

	if (!multipath)
		return oif ? fwd_link(f, oif) : 0;
	nh = RTA_DATA(multipath);
	for (left = (int)RTA_PAYLOAD(multipath); left >= (int)sizeof(*nh) && RTNH_OK(nh, left); left -= (int)NLMSG_ALIGN(nh->rtnh_len), nh = RTNH_NEXT(nh))
		links |= fwd_link(f, (uint32_t)nh->rtnh_ifindex);
	return links;
}

/* Where a prefix is remembered; NULL: nobody asks for it. */
static uint16_t *place(struct fwd *f, uint32_t dst, uint8_t len, size_t *ret_range)
{
	for (size_t r = 0; r < *f->n_ranges; r++) {
		const struct fwd_range *range = &f->ranges[r];
		uint32_t i = len ? (dst - range->base) >> (32 - len) : 0;

		if (range->len != len || dst < range->base || i >= range->count)
			continue;
		if (!f->hop_of[r])
			f->hop_of[r] = calloc(range->count, sizeof(uint16_t));
		*ret_range = r;
		return f->hop_of[r] ? f->hop_of[r] + i : NULL;
	}
	return NULL;
}

static int route_message(struct fwd *f, const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = NLMSG_DATA(nlh);
	const struct rtattr *multipath = NULL;
	uint32_t dst = 0, oif = 0, id = 0;
	int left = (int)RTM_PAYLOAD(nlh);
	size_t range, hop = 0;
	uint16_t *at;

	if (rtm->rtm_family != AF_INET || rtm->rtm_table != RT_TABLE_MAIN || rtm->rtm_type != RTN_UNICAST ||
	    (rtm->rtm_protocol != RTPROT_BGP && rtm->rtm_protocol != PROTO_BIRD && rtm->rtm_protocol != RTPROT_STATIC))
		return 0;
	for (const struct rtattr *a = RTM_RTA(rtm); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type == RTA_DST)
			memcpy(&dst, RTA_DATA(a), 4);
		else if (a->rta_type == RTA_NH_ID)
			memcpy(&id, RTA_DATA(a), 4);
		else if (a->rta_type == RTA_OIF)
			memcpy(&oif, RTA_DATA(a), 4);
		else if (a->rta_type == RTA_MULTIPATH)
			multipath = a;
	}
	at = place(f, ntohl(dst), rtm->rtm_dst_len, &range);
	if (!at)
		return 0;
	if (nlh->nlmsg_type == RTM_NEWROUTE) {
		hop = id ? hop_of_id(f, id) : hop_of_links(f, links_of(f, multipath, oif));
		if (!hop)
			return -ENOMEM;
		f->hops[hop].routes[range]++;
	}
	if (*at)
		f->hops[*at].routes[range]--;
	*at = (uint16_t)hop;
	return 0;
}

int fwd_message(struct fwd *f, const struct nlmsghdr *nlh)
{
	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		link_message(f, nlh);
		return 0;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		return route_message(f, nlh);
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		return hop_message(f, nlh);
	default:
		return 0;
	}
}

/* Over which links does the kernel send by this now? */
static fwd_links used(const struct fwd *f, const struct fwd_hop *hop)
{
	fwd_links links = hop->group ? 0 : hop->links;

	if (!hop->there)
		return 0;
	for (size_t k = 0; k < hop->n_members; k++) {
		size_t m = hop_find(f, hop->members[k]);

		links |= m && f->hops[m].there ? f->hops[m].links : 0;
	}
	return links & f->up;
}

uint32_t fwd_wrong(const struct fwd *f)
{
	uint32_t wrong = 0;

	for (size_t r = 0; r < *f->n_ranges; r++) {
		uint32_t none = f->ranges[r].count, right = 0;

		if (!f->want[r].on)
			continue;
		for (size_t i = 1; i < f->n_hops; i++) {
			fwd_links links = f->hops[i].routes[r] ? used(f, &f->hops[i]) : 0;

			none -= links ? f->hops[i].routes[r] : 0;
			right += links && links == f->want[r].links ? f->hops[i].routes[r] : 0;
		}
		wrong += f->ranges[r].count - (f->want[r].links ? right : none);
	}
	return wrong;
}
