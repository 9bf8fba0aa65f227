#include "nexthop/deed_msg.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "nexthop/route_msg.h"

#define EXACT(n) { .minlen = (n), .maxlen = (n) }

static int parse_route(struct nlmsghdr *nlh, struct fib_deed *ret)
{
	const struct rtmsg *rtm;
	struct fib_seen route;
	int r;

	memset(&route, 0, offsetof(struct fib_seen, member));
	r = route_msg_in_place(nlh, &route);
	if (r <= 0)
		return r;
	rtm = nlmsg_data(nlh);
	ret->ours = rtm->rtm_protocol == WEFT_PROTOCOL;
	if (!ret->gone && !ret->ours && nlh->nlmsg_flags & NLM_F_APPEND)         /* behind what was there: that is used, and replaced, first */
		return 0;
	ret->kind = DEED_ROUTE;
	ret->replaced = !ret->gone && nlh->nlmsg_flags & NLM_F_REPLACE;
	ret->odd = route.odd || (rtm->rtm_type != RTN_UNICAST && rtm->rtm_type != RTN_BLACKHOLE);
	ret->id = route.id;
	ret->src = route.src;
	ret->prefix = route.prefix;
	return 0;
}

static int parse_object(struct nlmsghdr *nlh, struct fib_deed *ret)
{
	static const struct nla_policy policy[NHA_MAX + 1] = { [NHA_ID] = EXACT(4) };
	struct nlattr *tb[NHA_MAX + 1];
	uint32_t id;

	if (nlmsg_parse(nlh, sizeof(struct nhmsg), tb, NHA_MAX, policy) < 0 || !tb[NHA_ID])
		return -EBADMSG;
	id = nla_get_u32(tb[NHA_ID]);
	if (id < FIB_ID_FIRST || id > FIB_ID_LAST)
		return 0;
	ret->kind = DEED_OBJECT;
	ret->id = id;
	return 0;
}

/* Whatever its state and protocol are now: they were changed. */
static int parse_neigh(struct nlmsghdr *nlh, struct in_addr on_link, struct fib_deed *ret)
{
	struct nlattr *tb[NDA_MAX + 1];
	const struct ndmsg *ndm;

	if (nlmsg_parse(nlh, sizeof(*ndm), tb, NDA_MAX, NULL) < 0)
		return -EBADMSG;
	ndm = nlmsg_data(nlh);
	if ((ndm->ndm_family != AF_INET && ndm->ndm_family != AF_INET6) || ndm->ndm_flags & NTF_PROXY)
		return 0;
	if (ndm->ndm_ifindex <= 0 || !tb[NDA_DST] || nla_len(tb[NDA_DST]) != (ndm->ndm_family == AF_INET ? (int)sizeof(on_link) : (int)sizeof(ret->addr)))
		return -EBADMSG;
	if (ndm->ndm_family == AF_INET6)
		memcpy(&ret->addr, nla_data(tb[NDA_DST]), sizeof(ret->addr));
	else if (memcmp(nla_data(tb[NDA_DST]), &on_link, sizeof(on_link)) != 0)
		return 0;
	ret->kind = DEED_NEIGH;
	ret->ifindex = (uint32_t)ndm->ndm_ifindex;
	return 0;
}

int deed_msg_parse(struct nlmsghdr *nlh, struct in_addr on_link, struct fib_deed *ret)
{
	uint16_t type = nlh->nlmsg_type;

	*ret = (struct fib_deed){ .gone = type == RTM_DELROUTE || type == RTM_DELNEXTHOP || type == RTM_DELNEIGH };
	switch (type) {
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		return parse_route(nlh, ret);
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		return parse_object(nlh, ret);
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		return parse_neigh(nlh, on_link, ret);
	}
	return 0;
}
