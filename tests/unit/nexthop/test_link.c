#include "nexthop/link.h"

#include <arpa/inet.h>
#include <net/if_arp.h>
#include <string.h>

#include <criterion/criterion.h>

static bool apply(struct links *links, struct link_change change)
{
	bool changed = false;

	cr_assert_eq(links_apply(links, &change, &changed), 0);
	return changed;
}

static struct link_change new_link(uint32_t ifindex, const char *name)
{
	struct link_change c = { .kind = LINK_NEW, .link = { .ifindex = ifindex, .type = ARPHRD_ETHER, .up = true, .running = true, .mtu = 1500 } };

	strncpy(c.link.name, name, sizeof(c.link.name) - 1);
	return c;
}

static struct link_change new_addr(uint32_t ifindex, const char *addr, uint8_t len)
{
	struct link_change c = { .kind = ADDR_NEW, .addr = { .ifindex = ifindex, .len = len } };

	c.addr.family = strchr(addr, ':') ? AF_INET6 : AF_INET;
	cr_assert_eq(inet_pton(c.addr.family, addr, c.addr.addr), 1);
	return c;
}

static struct links *table(void)
{
	struct links *links;

	cr_assert_eq(links_new(&links), 0);
	return links;
}

Test(link, table_is_walked_by_ifindex_whatever_the_order_of_arrival)
{
	struct links *links = table();
	const struct link *first;
	uint32_t last = 0;
	size_t n = 0;

	apply(links, new_link(500, "x"));
	first = links_find(links, 500);
	for (uint32_t i = 1; i <= 100; i++)
		apply(links, new_link(i * 37 % 101, "x"));
	for (const struct link *l = links_after(links, NULL); l; l = links_after(links, l), n++) {
		cr_assert_gt(l->info.ifindex, last);
		last = l->info.ifindex;
	}
	cr_assert_eq(n, 101);
	cr_assert_eq(links_find(links, 500), first, "a borrowed link stays where it is");
	cr_assert_null(links_find(links, 102));
	links_free(links);
}

Test(link, same_news_twice_is_no_change)
{
	struct links *links = table();
	struct link_change c = new_link(3, "swp1"), a = new_addr(3, "fe80::1", 64);

	cr_assert(apply(links, c));
	cr_assert_not(apply(links, c));
	cr_assert(apply(links, a));
	cr_assert_not(apply(links, a));
	c.link.running = false;
	cr_assert(apply(links, c));
	a.addr.tentative = true;
	cr_assert(apply(links, a));
	links_free(links);
}

Test(link, rename_keeps_the_link_and_its_addresses)
{
	struct links *links = table();

	apply(links, new_link(3, "eth0"));
	apply(links, new_addr(3, "10.0.0.1", 24));
	cr_assert(apply(links, new_link(3, "swp1")));
	cr_assert_null(links_by_name(links, "eth0"));
	cr_assert_eq(links_by_name(links, "swp1")->n_addrs, 1);
	links_free(links);
}

Test(link, deletion_takes_the_addresses_along_and_unknown_links_are_no_change)
{
	struct links *links = table();
	struct link_change del = { .kind = LINK_DEL, .link = { .ifindex = 3 } }, neigh = { .kind = NEIGH_NEW, .neigh = { .ifindex = 3 } };
	struct link_change addr_del = new_addr(3, "10.0.0.1", 24);

	addr_del.kind = ADDR_DEL;
	cr_assert_not(apply(links, del));
	cr_assert_not(apply(links, new_addr(3, "10.0.0.1", 24)));
	cr_assert_not(apply(links, addr_del));
	apply(links, new_link(3, "swp1"));
	apply(links, new_addr(3, "10.0.0.1", 24));
	cr_assert_not(apply(links, neigh));
	cr_assert(apply(links, del));
	cr_assert_null(links_find(links, 3));
	apply(links, new_link(3, "swp1"));
	cr_assert_eq(links_find(links, 3)->n_addrs, 0);
	links_free(links);
}

Test(link, addresses_are_told_apart_by_family_length_and_value)
{
	struct links *links = table();
	struct link_change a = new_addr(3, "10.0.0.1", 24), b = new_addr(3, "10.0.0.1", 32), c = new_addr(3, "a00:1::", 24);

	apply(links, new_link(3, "swp1"));
	cr_assert(apply(links, a) && apply(links, b) && apply(links, c));
	b.kind = ADDR_DEL;
	cr_assert(apply(links, b));
	cr_assert_not(apply(links, b));
	cr_assert_not(apply(links, a));
	cr_assert_eq(links_find(links, 3)->n_addrs, 2);
	links_free(links);
}

Test(link, addresses_beyond_the_limit_are_counted_and_ignored)
{
	struct links *links = table();
	struct link_change a = new_addr(3, "10.0.0.0", 32);

	apply(links, new_link(3, "swp1"));
	for (unsigned i = 0; i < LINK_ADDRS_MAX + 7; i++) {
		a.addr.addr[2] = (uint8_t)(i >> 8);
		a.addr.addr[3] = (uint8_t)i;
		cr_assert_eq(apply(links, a), i < LINK_ADDRS_MAX);
	}
	cr_assert_eq(links_find(links, 3)->n_addrs, LINK_ADDRS_MAX);
	cr_assert_eq(links_find(links, 3)->addrs_ignored, 7);
	links_free(links);
}

Test(link, usable_is_up_with_carrier_and_a_link_local_address_that_is_not_tentative)
{
	struct links *links = table();
	struct link_change l = new_link(3, "swp1"), a = new_addr(3, "fe80::1", 64);
	const struct link *link;
	struct in6_addr local;

	apply(links, l);
	link = links_find(links, 3);
	apply(links, new_addr(3, "2001:db8::1", 64));
	apply(links, new_addr(3, "169.254.7.7", 16));
	cr_assert_not(link_usable(link), "no link-local address");
	a.addr.tentative = true;
	apply(links, a);
	cr_assert_not(link_usable(link), "tentative");
	a.addr.tentative = false;
	apply(links, a);
	apply(links, new_addr(3, "fe80::2", 64));
	cr_assert(link_usable(link));
	cr_assert(link_local(link, &local));
	cr_assert_eq(local.s6_addr[15], 1, "the first");
	l.link.running = false;
	apply(links, l);
	cr_assert_not(link_usable(link), "no carrier");
	l.link.running = true;
	l.link.up = false;
	apply(links, l);
	cr_assert_not(link_usable(link), "set down");
	links_free(links);
}

Test(link, auto_is_ethernet_that_is_no_part_of_anything)
{
	struct links *links = table();
	struct link_change plain = new_link(3, "swp1"), other = plain, v4 = new_addr(3, "10.0.0.1", 24);
	const struct link *link;

	apply(links, plain);
	link = links_find(links, 3);
	cr_assert(link_is_auto(links, link));
	other.link.type = ARPHRD_NONE;
	apply(links, other);
	cr_assert_not(link_is_auto(links, link), "not Ethernet");
	other = plain;
	other.link.loopback = true;
	apply(links, other);
	cr_assert_not(link_is_auto(links, link), "loopback");
	other = plain;
	other.link.is_master = true;
	apply(links, other);
	cr_assert_not(link_is_auto(links, link), "a bridge");
	other = plain;
	other.link.master = 9;
	apply(links, other);
	cr_assert_not(link_is_auto(links, link), "in a bridge");
	apply(links, plain);
	apply(links, v4);
	cr_assert_not(link_is_auto(links, link), "IPv4 address of its own");
	v4.kind = ADDR_DEL;
	apply(links, v4);
	apply(links, new_addr(3, "2001:db8::1", 64));
	cr_assert(link_is_auto(links, link), "IPv6 addresses are fine");
	other = new_link(4, "swp2");
	other.link.master = 3;
	apply(links, other);
	cr_assert_not(link_is_auto(links, link), "somebody's master, of whatever kind");
	links_free(links);
}

Test(link, addr4_is_found_on_any_link_and_globs_match_names)
{
	struct links *links = table();
	struct in_addr a;

	inet_pton(AF_INET, "10.0.254.1", &a);
	apply(links, new_link(1, "lo"));
	apply(links, new_link(3, "swp1.100"));
	cr_assert_not(link_has_addr4(links, a));
	apply(links, new_addr(3, "10.0.254.1", 32));
	cr_assert(link_has_addr4(links, a));
	cr_assert(link_matches(links_find(links, 3), "swp*"));
	cr_assert(link_matches(links_find(links, 3), "swp[1-4].100"));
	cr_assert_not(link_matches(links_find(links, 3), "swp"));
	links_free(links);
}

struct found {
	char text[512];
};

static void on_prefix(void *ctx, const struct prefix *p)
{
	struct found *f = ctx;
	char buf[PREFIX_STRLEN];

	strcat(strcat(f->text, prefix_str(p, buf)), " ");
}

Test(link, prefixes_are_those_of_the_addresses_without_link_local_and_martian_ones)
{
	static const struct { const char *addr; uint8_t len; const char *want; } rows[] = {
		{ "10.1.1.1", 26, "10.1.1.0/26 " },
		{ "10.0.0.5", 31, "10.0.0.4/31 " },
		{ "10.0.254.1", 32, "10.0.254.1/32 " },
		{ "2001:db8:0:1::1", 64, "2001:db8:0:1::/64 " },
		{ "2001:db8::3", 127, "2001:db8::2/127 " },
		{ "2001:db8::4", 128, "2001:db8::4/128 " },
		{ "127.0.0.1", 8, "" }, { "169.254.3.4", 16, "" }, { "fe80::1", 64, "" }, { "::1", 128, "" },
	};
	char all[512] = "";
	struct links *links = table();
	struct link_change l = new_link(3, "vlan10");
	struct found found = { "" };

	apply(links, l);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		apply(links, new_addr(3, rows[i].addr, rows[i].len));
		strcat(all, rows[i].want);
	}
	link_prefixes(links_find(links, 3), on_prefix, &found);
	cr_assert_str_eq(found.text, all);
	l.link.running = false;
	apply(links, l);
	found.text[0] = '\0';
	link_prefixes(links_find(links, 3), on_prefix, &found);
	cr_assert_str_eq(found.text, "", "nothing is connected without carrier");
	links_free(links);
}
