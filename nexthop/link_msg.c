#include "nexthop/link_msg.h"

#include <errno.h>
#include <string.h>

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "agent/base/own.h"

#define EXACT(n) { .minlen = (n), .maxlen = (n) }

static bool kind_is_master(const char *kind)
{
	static const char *const masters[] = { "bridge", "bond", "team", "vrf", "hsr", "openvswitch" };

	for (size_t i = 0; i < ARRAY_LEN(masters); i++)
		if (strcmp(kind, masters[i]) == 0)
			return true;
	return false;
}

static int parse_kind(struct nlattr *linkinfo, bool *ret_is_master)
{
	static const struct nla_policy policy[IFLA_INFO_MAX + 1] = { [IFLA_INFO_KIND] = { .type = NLA_STRING } };
	struct nlattr *tb[IFLA_INFO_MAX + 1];

	if (nla_parse_nested(tb, IFLA_INFO_MAX, linkinfo, policy) < 0)
		return -EBADMSG;
	if (tb[IFLA_INFO_KIND] && kind_is_master(nla_get_string(tb[IFLA_INFO_KIND])))
		*ret_is_master = true;
	return 0;
}

static int parse_link(struct nlmsghdr *nlh, struct link_change *ret)
{
	static const struct nla_policy policy[IFLA_MAX + 1] = {
		[IFLA_IFNAME] = { .type = NLA_STRING, .minlen = 2, .maxlen = IFNAMSIZ },
		[IFLA_MTU] = EXACT(4), [IFLA_MASTER] = EXACT(4), [IFLA_LINKINFO] = { .type = NLA_NESTED },
	};
	struct nlattr *tb[IFLA_MAX + 1];
	struct link_info info = { 0 };
	const struct ifinfomsg *ifi;

	if (nlmsg_parse(nlh, sizeof(*ifi), tb, IFLA_MAX, policy) < 0)
		return -EBADMSG;
	ifi = nlmsg_data(nlh);
	if (ifi->ifi_family != AF_UNSPEC || tb[IFLA_WIRELESS])   /* AF_BRIDGE: about a port; its RTM_DELLINK does not delete the link */
		return 0;
	if (ifi->ifi_index <= 0)
		return -EBADMSG;
	info.ifindex = (uint32_t)ifi->ifi_index;
	if (nlh->nlmsg_type == RTM_DELLINK) {
		*ret = (struct link_change){ .kind = LINK_DEL, .link = info };
		return 1;
	}
	if (!tb[IFLA_IFNAME])
		return -EBADMSG;
	strncpy(info.name, nla_get_string(tb[IFLA_IFNAME]), sizeof(info.name) - 1);
	info.type = ifi->ifi_type;
	if (tb[IFLA_ADDRESS] && nla_len(tb[IFLA_ADDRESS]) == sizeof(info.mac))   /* other lengths: tunnels, InfiniBand */
		memcpy(info.mac, nla_data(tb[IFLA_ADDRESS]), sizeof(info.mac));
	info.up = ifi->ifi_flags & IFF_UP;
	info.running = ifi->ifi_flags & IFF_LOWER_UP;
	info.loopback = ifi->ifi_flags & IFF_LOOPBACK;
	info.is_master = ifi->ifi_flags & IFF_MASTER;
	info.master = tb[IFLA_MASTER] ? nla_get_u32(tb[IFLA_MASTER]) : 0;
	info.mtu = tb[IFLA_MTU] ? nla_get_u32(tb[IFLA_MTU]) : 0;
	if (tb[IFLA_LINKINFO] && parse_kind(tb[IFLA_LINKINFO], &info.is_master) < 0)
		return -EBADMSG;
	*ret = (struct link_change){ .kind = LINK_NEW, .link = info };
	return 1;
}

static int parse_addr(struct nlmsghdr *nlh, struct link_change *ret)
{
	static const struct nla_policy policy[IFA_MAX + 1] = { [IFA_FLAGS] = EXACT(4) };
	struct nlattr *tb[IFA_MAX + 1], *ours;
	struct link_addr addr = { 0 };
	const struct ifaddrmsg *ifa;
	uint32_t flags;
	int size;

	if (nlmsg_parse(nlh, sizeof(*ifa), tb, IFA_MAX, policy) < 0)
		return -EBADMSG;
	ifa = nlmsg_data(nlh);
	if (ifa->ifa_family != AF_INET && ifa->ifa_family != AF_INET6)
		return 0;
	size = ifa->ifa_family == AF_INET ? 4 : 16;
	ours = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];          /* point to point: IFA_ADDRESS is the other end */
	if (!ours || nla_len(ours) != size || ifa->ifa_prefixlen > size * 8 || ifa->ifa_index == 0)
		return -EBADMSG;
	if (tb[IFA_ADDRESS] && nla_len(tb[IFA_ADDRESS]) != size)
		return -EBADMSG;
	addr.ifindex = ifa->ifa_index;
	addr.family = ifa->ifa_family;
	addr.len = ifa->ifa_prefixlen;
	memcpy(addr.addr, nla_data(ours), (size_t)size);
	if (tb[IFA_ADDRESS] && memcmp(nla_data(tb[IFA_ADDRESS]), addr.addr, (size_t)size) != 0)
		addr.len = (uint8_t)(size * 8);                          /* the length is that of the other end; ours stands alone */
	flags = tb[IFA_FLAGS] ? nla_get_u32(tb[IFA_FLAGS]) : ifa->ifa_flags;
	/* An optimistic address is tentative, but may be used (RFC 4429 section 3). */
	addr.tentative = flags & IFA_F_DADFAILED || (flags & IFA_F_TENTATIVE && !(flags & IFA_F_OPTIMISTIC));
	*ret = (struct link_change){ .kind = nlh->nlmsg_type == RTM_NEWADDR ? ADDR_NEW : ADDR_DEL, .addr = addr };
	return 1;
}

static int parse_neigh(struct nlmsghdr *nlh, struct link_change *ret)
{
	struct link_neigh neigh = { 0 };
	struct nlattr *tb[NDA_MAX + 1];
	const struct ndmsg *ndm;

	if (!nlmsg_valid_hdr(nlh, sizeof(*ndm)))
		return -EBADMSG;
	ndm = nlmsg_data(nlh);
	if (ndm->ndm_family != AF_INET6 || ndm->ndm_flags & NTF_PROXY)   /* most of what is heard: IPv4 and bridge entries; not parsed */
		return 0;
	if (nlmsg_parse(nlh, sizeof(*ndm), tb, NDA_MAX, NULL) < 0)
		return -EBADMSG;
	if (ndm->ndm_ifindex <= 0 || !tb[NDA_DST] || nla_len(tb[NDA_DST]) != sizeof(neigh.addr))
		return -EBADMSG;
	neigh.ifindex = (uint32_t)ndm->ndm_ifindex;
	memcpy(&neigh.addr, nla_data(tb[NDA_DST]), sizeof(neigh.addr));
	if (!in6_is_ll(&neigh.addr))
		return 0;
	if (tb[NDA_LLADDR] && nla_len(tb[NDA_LLADDR]) == sizeof(neigh.mac)) {
		memcpy(neigh.mac, nla_data(tb[NDA_LLADDR]), sizeof(neigh.mac));
		neigh.usable = ndm->ndm_state & ~(NUD_INCOMPLETE | NUD_FAILED);
	}
	*ret = (struct link_change){ .kind = nlh->nlmsg_type == RTM_NEWNEIGH ? NEIGH_NEW : NEIGH_DEL, .neigh = neigh };
	return 1;
}

int link_msg_parse(struct nlmsghdr *nlh, struct link_change *ret)
{
	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		return parse_link(nlh, ret);
	case RTM_NEWADDR:
	case RTM_DELADDR:
		return parse_addr(nlh, ret);
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		return parse_neigh(nlh, ret);
	}
	return 0;
}
