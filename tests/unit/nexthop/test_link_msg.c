#include "nexthop/link_msg.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

static struct nl_msg *msg_of(int type, void *hdr, size_t len)
{
	struct nl_msg *msg = nlmsg_alloc();

	nlmsg_put(msg, 0, 0, type, 0, 0);
	nlmsg_append(msg, hdr, len, NLMSG_ALIGNTO);
	return msg;
}

/* Frees the message. */
static int parse(struct nl_msg *msg, struct link_change *ret)
{
	int r = link_msg_parse(nlmsg_hdr(msg), ret);

	nlmsg_free(msg);
	return r;
}

static struct nl_msg *link_of(unsigned flags, const char *kind)
{
	struct ifinfomsg ifi = { .ifi_index = 7, .ifi_type = ARPHRD_ETHER, .ifi_flags = flags };
	struct nl_msg *msg = msg_of(RTM_NEWLINK, &ifi, sizeof(ifi));
	struct nlattr *info;

	nla_put_string(msg, IFLA_IFNAME, "swp1");
	nla_put(msg, IFLA_ADDRESS, 6, "\x02\x00\x00\x00\x00\x01");
	nla_put_u32(msg, IFLA_MTU, 9216);
	if (kind) {
		info = nla_nest_start(msg, IFLA_LINKINFO);
		nla_put_string(msg, IFLA_INFO_KIND, kind);
		nla_nest_end(msg, info);
	}
	return msg;
}

Test(link_msg, new_link_is_read_whole)
{
	struct nl_msg *msg = link_of(IFF_UP | IFF_LOWER_UP, NULL);
	struct link_change c;

	nla_put_u32(msg, IFLA_MASTER, 12);
	cr_assert_eq(parse(msg, &c), 1);
	cr_assert_eq(c.kind, LINK_NEW);
	cr_assert_eq(c.link.ifindex, 7);
	cr_assert_str_eq(c.link.name, "swp1");
	cr_assert_eq(c.link.type, ARPHRD_ETHER);
	cr_assert_eq(c.link.mac[5], 1);
	cr_assert(c.link.up && c.link.running && !c.link.loopback && !c.link.is_master);
	cr_assert_eq(c.link.master, 12);
	cr_assert_eq(c.link.mtu, 9216);
	cr_assert_eq(parse(link_of(IFF_UP | IFF_RUNNING, NULL), &c), 1);
	cr_assert(c.link.up && !c.link.running, "carrier is LOWER_UP");
}

Test(link_msg, kinds_that_are_masters)
{
	static const struct { const char *kind; bool master; } rows[] = {
		{ "bridge", true }, { "bond", true }, { "team", true }, { "vrf", true }, { "veth", false }, { "vlan", false }, { "bridge_slave", false },
	};
	struct link_change c;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_assert_eq(parse(link_of(IFF_UP, rows[i].kind), &c), 1);
		cr_assert_eq(c.link.is_master, rows[i].master, "%s", rows[i].kind);
	}
	cr_assert_eq(parse(link_of(IFF_MASTER, NULL), &c), 1);
	cr_assert(c.link.is_master);
}

Test(link_msg, deletion_names_the_link_and_a_bridge_port_leaving_is_no_deletion)
{
	struct ifinfomsg ifi = { .ifi_index = 7 }, port = { .ifi_index = 7, .ifi_family = AF_BRIDGE };
	struct link_change c;

	cr_assert_eq(parse(msg_of(RTM_DELLINK, &ifi, sizeof(ifi)), &c), 1);
	cr_assert_eq(c.kind, LINK_DEL);
	cr_assert_eq(c.link.ifindex, 7);
	cr_assert_eq(parse(msg_of(RTM_DELLINK, &port, sizeof(port)), &c), 0);
}

Test(link_msg, malformed_links_are_refused)
{
	static const struct { int attr; size_t len; const char *what; } rows[] = {
		{ IFLA_IFNAME, 17, "name longer than names are" }, { IFLA_IFNAME, 0, "name without an end" }, { IFLA_IFNAME, 3, "name without NUL" },
		{ IFLA_MTU, 2, "short MTU" }, { IFLA_MTU, 8, "long MTU" }, { IFLA_MASTER, 3, "short master" },
	};
	struct ifinfomsg ifi = { .ifi_index = 7 }, zero = { 0 };
	struct nl_msg *msg;
	struct link_change c;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		msg = link_of(0, NULL);
		nla_put(msg, rows[i].attr, (int)rows[i].len, "aaaaaaaaaaaaaaaaaaaa");
		cr_assert_eq(parse(msg, &c), -EBADMSG, "%s", rows[i].what);
	}
	cr_assert_eq(parse(msg_of(RTM_NEWLINK, &ifi, sizeof(ifi)), &c), -EBADMSG, "no name");
	cr_assert_eq(parse(msg_of(RTM_DELLINK, &zero, sizeof(zero)), &c), -EBADMSG, "no index");
	cr_assert_eq(parse(msg_of(RTM_NEWLINK, &ifi, 8), &c), -EBADMSG, "half a header");
	msg = link_of(0, NULL);
	nla_put(msg, IFLA_ADDRESS, 20, "aaaaaaaaaaaaaaaaaaaa");
	cr_assert_eq(parse(msg, &c), 1, "an InfiniBand address is no Ethernet address, but no error");
	cr_assert_eq(c.link.mac[0], 0);
}

static struct nl_msg *addr_of(uint8_t family, uint8_t len, uint8_t flags)
{
	struct ifaddrmsg ifa = { .ifa_family = family, .ifa_prefixlen = len, .ifa_flags = flags, .ifa_index = 7 };

	return msg_of(RTM_NEWADDR, &ifa, sizeof(ifa));
}

Test(link_msg, own_address_is_the_local_one)
{
	struct nl_msg *msg = addr_of(AF_INET, 24, 0);
	struct link_change c;

	nla_put(msg, IFA_ADDRESS, 4, "\x0a\x01\x01\x01");
	nla_put(msg, IFA_LOCAL, 4, "\x0a\x01\x01\x01");
	cr_assert_eq(parse(msg, &c), 1);
	cr_assert_eq(c.kind, ADDR_NEW);
	cr_assert(c.addr.family == AF_INET && c.addr.len == 24 && c.addr.ifindex == 7 && memcmp(c.addr.addr, "\x0a\x01\x01\x01", 4) == 0);

	msg = addr_of(AF_INET, 24, 0);           /* ip address add 10.0.0.1 peer 10.9.9.2/24 */
	nla_put(msg, IFA_ADDRESS, 4, "\x0a\x09\x09\x02");
	nla_put(msg, IFA_LOCAL, 4, "\x0a\x00\x00\x01");
	cr_assert_eq(parse(msg, &c), 1);
	cr_assert(c.addr.len == 32 && memcmp(c.addr.addr, "\x0a\x00\x00\x01", 4) == 0, "the length is the other end's");

	msg = addr_of(AF_INET6, 64, 0);
	nla_put(msg, IFA_ADDRESS, 16, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1");
	nlmsg_hdr(msg)->nlmsg_type = RTM_DELADDR;
	cr_assert_eq(parse(msg, &c), 1);
	cr_assert(c.kind == ADDR_DEL && c.addr.len == 64 && c.addr.addr[15] == 1, "IPv6 has IFA_ADDRESS alone");
}

Test(link_msg, tentative_and_duplicate_addresses_are_not_usable)
{
	static const struct { uint32_t flags; bool tentative; } rows[] = {
		{ 0, false }, { IFA_F_PERMANENT, false }, { IFA_F_TENTATIVE, true }, { IFA_F_DADFAILED, true },
		{ IFA_F_DADFAILED | IFA_F_PERMANENT, true }, { IFA_F_TENTATIVE | IFA_F_OPTIMISTIC, false }, { IFA_F_NOPREFIXROUTE, false },
	};
	struct link_change c;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct nl_msg *msg = addr_of(AF_INET6, 64, IFA_F_TENTATIVE);     /* the old 8 bits are overruled */

		nla_put(msg, IFA_ADDRESS, 16, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1");
		nla_put_u32(msg, IFA_FLAGS, rows[i].flags);
		cr_assert_eq(parse(msg, &c), 1);
		cr_assert_eq(c.addr.tentative, rows[i].tentative, "flags %#x", rows[i].flags);
	}
}

Test(link_msg, malformed_addresses_are_refused)
{
	static const struct { uint8_t family, len; int attr; int size; int want; const char *what; } rows[] = {
		{ AF_INET, 24, IFA_LOCAL, 3, -EBADMSG, "short" }, { AF_INET, 24, IFA_LOCAL, 16, -EBADMSG, "the other family's" },
		{ AF_INET6, 64, IFA_ADDRESS, 4, -EBADMSG, "the other family's" }, { AF_INET, 33, IFA_LOCAL, 4, -EBADMSG, "length of 33" },
		{ AF_INET6, 129, IFA_ADDRESS, 16, -EBADMSG, "length of 129" }, { AF_INET, 24, IFA_LABEL, 4, -EBADMSG, "no address" },
		{ AF_INET, 24, IFA_FLAGS, 1, -EBADMSG, "short flags" }, { AF_PACKET, 24, IFA_LOCAL, 4, 0, "another family" },
	};
	struct link_change c;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct nl_msg *msg = addr_of(rows[i].family, rows[i].len, 0);

		nla_put(msg, rows[i].attr, rows[i].size, "\x0a\x01\x01\x01\0\0\0\0\0\0\0\0\0\0\0");
		cr_assert_eq(parse(msg, &c), rows[i].want, "%s", rows[i].what);
	}
}

static struct nl_msg *neigh_of(uint8_t family, uint16_t state, const char *dst, int mac_len)
{
	struct ndmsg ndm = { .ndm_family = family, .ndm_ifindex = 7, .ndm_state = state };
	struct nl_msg *msg = msg_of(RTM_NEWNEIGH, &ndm, sizeof(ndm));
	uint8_t addr[16];

	inet_pton(strchr(dst, ':') ? AF_INET6 : AF_INET, dst, addr);
	nla_put(msg, NDA_DST, strchr(dst, ':') ? 16 : 4, addr);
	if (mac_len)
		nla_put(msg, NDA_LLADDR, mac_len, "\x02\0\0\0\0\x05\0\0\0\0\0\0\0\0\0\0\0\0\0");
	return msg;
}

Test(link_msg, neighbours_of_interest_are_link_local_ones)
{
	static const struct { uint8_t family; uint16_t state; const char *dst; int mac_len, want; bool usable; } rows[] = {
		{ AF_INET6, NUD_REACHABLE, "fe80::1", 6, 1, true }, { AF_INET6, NUD_STALE, "fe80::1", 6, 1, true },
		{ AF_INET6, NUD_PERMANENT, "fe80::1", 6, 1, true }, { AF_INET6, NUD_FAILED, "fe80::1", 6, 1, false },
		{ AF_INET6, NUD_INCOMPLETE, "fe80::1", 0, 1, false }, { AF_INET6, NUD_NONE, "fe80::1", 6, 1, false },
		{ AF_INET6, NUD_REACHABLE, "fe80::1", 20, 1, false }, { AF_INET6, NUD_REACHABLE, "2001:db8::1", 6, 0, false },
		{ AF_INET, NUD_REACHABLE, "10.0.0.1", 6, 0, false }, { AF_BRIDGE, NUD_REACHABLE, "10.0.0.1", 6, 0, false },
		{ AF_INET6, NUD_REACHABLE, "10.0.0.1", 6, -EBADMSG, false },
	};
	struct link_change c;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_assert_eq(parse(neigh_of(rows[i].family, rows[i].state, rows[i].dst, rows[i].mac_len), &c), rows[i].want, "row %zu", i);
		if (rows[i].want != 1)
			continue;
		cr_assert_eq(c.kind, NEIGH_NEW);
		cr_assert_eq(c.neigh.ifindex, 7);
		cr_assert_eq(c.neigh.usable, rows[i].usable, "row %zu", i);
		cr_assert_eq(c.neigh.mac[5], rows[i].mac_len == 6 ? 5 : 0);
	}
}

/* Every message cut short and with every byte turned over: no read beyond its end (the sanitizer watches a copy that is just as long). */
Test(link_msg, cut_and_garbled_messages_are_survived)
{
	struct nl_msg *msgs[] = { link_of(IFF_UP, "bridge"), addr_of(AF_INET6, 64, 0), neigh_of(AF_INET6, NUD_STALE, "fe80::1", 6) };
	struct link_change c;

	nla_put(msgs[1], IFA_ADDRESS, 16, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1");
	for (size_t i = 0; i < sizeof(msgs) / sizeof(msgs[0]); i++) {
		const struct nlmsghdr *whole = nlmsg_hdr(msgs[i]);

		for (uint32_t len = NLMSG_HDRLEN; len <= whole->nlmsg_len; len++) {
			for (uint32_t at = NLMSG_HDRLEN; at <= len; at++) {
				struct nlmsghdr *cut = malloc(len);

				memcpy(cut, whole, len);
				cut->nlmsg_len = len;
				if (at < len)
					((uint8_t *)cut)[at] ^= 0xff;
				cr_assert_leq(link_msg_parse(cut, &c), 1);
				free(cut);
			}
		}
		nlmsg_free(msgs[i]);
	}
}

Test(link_msg, other_messages_are_not_of_interest)
{
	struct rtmsg rtm = { 0 };
	struct link_change c;

	cr_assert_eq(parse(msg_of(RTM_NEWROUTE, &rtm, sizeof(rtm)), &c), 0);
	cr_assert_eq(parse(msg_of(NLMSG_DONE, &rtm, 4), &c), 0);
}
