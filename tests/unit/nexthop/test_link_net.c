#include "nexthop/link.h"

#include <arpa/inet.h>
#include <string.h>

#include <criterion/criterion.h>

static struct links *links;

static void setup(void)
{
	cr_assert_eq(links_new(&links), 0);
}

static void teardown(void)
{
	links_free(links);
}

TestSuite(link_net, .init = setup, .fini = teardown);

static void tell_link(uint32_t ifindex, bool running)
{
	struct link_change c = { .kind = LINK_NEW, .link = { .ifindex = ifindex, .name = "e", .up = true, .running = running } };
	bool changed;

	cr_assert_eq(links_apply(links, &c, &changed), 0);
}

static void tell_addr(uint32_t ifindex, const char *s, uint8_t len, bool tentative)
{
	struct link_change c = { .kind = ADDR_NEW, .addr = { .ifindex = ifindex, .len = len, .tentative = tentative } };
	bool changed;

	c.addr.family = strchr(s, ':') ? AF_INET6 : AF_INET;
	cr_assert_eq(inet_pton(c.addr.family, s, c.addr.addr), 1);
	cr_assert_eq(links_apply(links, &c, &changed), 0);
}

static uint32_t on(const char *host)
{
	const struct link *link;
	struct prefix p;

	cr_assert_eq(prefix_parse(host, &p), 0);
	link = link_connected(links, &p, NULL);
	return link ? link->info.ifindex : 0;
}

Test(link_net, the_longest_network_that_is_up_and_usable_leads_to_a_host)
{
	const struct link_addr *own;
	struct prefix p;

	tell_link(1, true);
	tell_link(2, true);
	tell_link(3, false);
	tell_addr(1, "203.0.113.1", 24, false);
	tell_addr(2, "203.0.113.5", 30, false);
	tell_addr(3, "198.51.100.1", 24, false);
	tell_addr(2, "2001:db8::1", 64, true);
	cr_expect_eq(on("203.0.113.9"), 1);
	cr_expect_eq(on("203.0.113.6"), 2);
	cr_expect_eq(on("198.51.100.2"), 0, "no carrier");
	cr_expect_eq(on("2001:db8::2"), 0, "tentative");
	cr_expect_eq(on("192.0.2.1"), 0);
	tell_addr(2, "2001:db8::1", 64, false);
	cr_expect_eq(on("2001:db8::2"), 2);
	cr_assert_eq(prefix_parse("203.0.113.6", &p), 0);
	cr_assert_not_null(link_connected(links, &p, &own));
	cr_expect_eq(own->addr[3], 5);
	cr_expect(link_on_network(links_find(links, 1), &p) && !link_on_network(links_find(links, 3), &p));
}

Test(link_net, an_address_is_ours_on_whatever_link)
{
	struct in6_addr a;

	tell_link(1, false);
	tell_addr(1, "203.0.113.1", 24, false);
	tell_addr(1, "2001:db8::1", 64, false);
	inet_pton(AF_INET6, "::ffff:203.0.113.1", &a);
	cr_expect(link_has_addr(links, &a));
	inet_pton(AF_INET6, "2001:db8::1", &a);
	cr_expect(link_has_addr(links, &a));
	inet_pton(AF_INET6, "::ffff:203.0.113.2", &a);
	cr_expect_not(link_has_addr(links, &a));
}

Test(link_net, a_next_hop_is_neither_link_local_nor_martian_but_may_be_tentative)
{
	struct in6_addr got, want;

	tell_link(1, true);
	tell_addr(1, "fe80::1", 64, false);
	tell_addr(1, "169.254.0.7", 16, false);
	cr_expect_not(link_global(links_find(links, 1), AF_INET6, &got));
	cr_expect_not(link_global(links_find(links, 1), AF_INET, &got));
	tell_addr(1, "2001:db8::1", 64, true);
	tell_addr(1, "203.0.113.1", 24, false);
	cr_assert(link_global(links_find(links, 1), AF_INET6, &got));
	inet_pton(AF_INET6, "2001:db8::1", &want);
	cr_expect(in6_eq(&got, &want));
	cr_assert(link_global(links_find(links, 1), AF_INET, &got));
	inet_pton(AF_INET6, "::ffff:203.0.113.1", &want);
	cr_expect(in6_eq(&got, &want));
}
