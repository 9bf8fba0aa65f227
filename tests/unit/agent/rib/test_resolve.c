#include "tests/unit/agent/rib/help.h"

/* A RIB whose world is a table: next hops 192.0.2.0/24 are on a link, others are recursive when the RIB resolves them. */
static struct world { struct rib *rib; char changed[256]; unsigned n_changed, n_settled; } w;

static uint32_t cost(void *ctx, rib_peer peer, const struct attrs *attrs, bool direct)
{
	struct world *o = ctx;
	struct prefix host = prefix4(*(const struct in_addr *)(attrs->next_hop.s6_addr + 12), 32), on_link = pfx("192.0.2.0/24");
	struct rib_via via[4];

	(void)peer;
	if (prefix_contains(&on_link, &host))
		return 0;
	return !direct && rib_resolve(o->rib, &host, via, 4) > 0 ? RIB_RECURSIVE : RIB_UNREACHABLE;
}

static void changed(void *ctx, const struct prefix *p, const struct rib_via *via, size_t n)
{
	struct world *o = ctx;
	char s[PREFIX_STRLEN];
	int at = snprintf(o->changed, sizeof(o->changed), "%s:", prefix_str(p, s));

	for (size_t i = 0; i < n; i++)
		at += snprintf(o->changed + at, sizeof(o->changed) - (size_t)at, " %u", via[i].peer);
	o->n_changed++;
}

static void settled(void *ctx, const struct prefix *p)
{
	struct world *o = ctx;

	(void)p;
	o->n_settled++;
}

static rib_peer add(unsigned n, bool ebgp, bool client)
{
	struct rib_peer_info info = peer_info(n);
	rib_peer peer;

	info.ebgp = ebgp;
	info.rr_client = client;
	info.resolve = true;
	cr_assert_eq(rib_peer_add(w.rib, &info, &peer), 0);
	return peer;
}

static void setup(void)
{
	struct rib_config cfg = { .asn = OWN_ASN, .router_id = { htonl(0x0a00fe63) }, .multipath = 4 };
	struct rib_out out = { .changed = changed, .cost = cost, .settled = settled, .ctx = &w };

	w = (struct world){ 0 };
	cr_assert_eq(rib_new(&w.rib, &cfg, &out), 0);
}

static void teardown(void)
{
	rib_free(w.rib);
}

static struct attrs via(const char *next_hop)
{
	struct attrs a = { .has = ATTRS_NEXT_HOP, .next_hop = { .s6_addr = { [10] = 0xff, 0xff } } };

	cr_assert_eq(inet_pton(AF_INET, next_hop, a.next_hop.s6_addr + 12), 1);
	return a;
}

static void says(const char *text)
{
	rib_decide(w.rib, 0);
	cr_assert_str_eq(w.changed, text);
	w.changed[0] = 0;
	w.n_changed = 0;
}

TestSuite(rib_resolve, .init = setup, .fini = teardown);

Test(rib_resolve, a_path_whose_next_hop_cannot_be_reached_is_not_used_and_not_told)
{
	rib_peer a = add(1, false, false), b = add(2, true, false);

	rib_export_open(w.rib, b, true, false);
	update(w.rib, a, "10.1.0.0/16", via("198.51.100.1"));
	says("");
	cr_assert_not(rib_export_pending(w.rib, b));
	update(w.rib, b, "10.1.0.0/16", via("192.0.2.2"));
	says("10.1.0.0/16: 2");
}

Test(rib_resolve, a_next_hop_that_becomes_reachable_is_used_after_reconsider)
{
	rib_peer a = add(1, false, false), b = add(2, true, false);
	struct in6_addr next_hop = via("198.51.100.1").next_hop;

	update(w.rib, a, "10.1.0.0/16", via("198.51.100.1"));
	update(w.rib, b, "198.51.100.0/24", via("192.0.2.2"));
	says("198.51.100.0/24: 2");
	rib_reconsider(w.rib, &next_hop);
	says("10.1.0.0/16: 1");
	withdraw(w.rib, b, "198.51.100.0/24");
	says("198.51.100.0/24:");
	rib_reconsider(w.rib, NULL);
	says("10.1.0.0/16:");
}

Test(rib_resolve, reconsider_reports_the_same_peers_again_since_the_way_may_be_another)
{
	rib_peer a = add(1, true, false);

	update(w.rib, a, "10.1.0.0/16", via("192.0.2.2"));
	says("10.1.0.0/16: 1");
	rib_reconsider(w.rib, NULL);
	says("10.1.0.0/16: 1");
	update(w.rib, a, "10.1.0.0/16", via("192.0.2.3"));
	says("10.1.0.0/16: 1");
}

Test(rib_resolve, the_longest_prefix_with_a_direct_path_resolves_never_the_default_route)
{
	rib_peer a = add(1, false, false), b = add(2, true, false), c = add_peer(w.rib, 3);
	struct prefix host = pfx("198.51.100.1/32");
	struct rib_via got[4];

	update(w.rib, b, "0.0.0.0/0", via("192.0.2.2"));
	cr_assert_eq(rib_resolve(w.rib, &host, got, 4), 0);
	update(w.rib, b, "198.51.0.0/16", via("192.0.2.2"));
	cr_assert_eq(rib_resolve(w.rib, &host, got, 4), 1);
	cr_assert_eq(got[0].peer, b);
	update(w.rib, a, "198.51.100.1/32", via("198.51.100.1"));        /* itself by itself */
	cr_assert_eq(rib_resolve(w.rib, &host, got, 4), 1);
	cr_assert_eq(got[0].peer, b);
	update(w.rib, c, "198.51.100.0/24", (struct attrs){ 0 });        /* a fabric link */
	cr_assert_eq(rib_resolve(w.rib, &host, got, 4), 1);
	cr_assert_eq(got[0].peer, c);
	rib_decide(w.rib, 0);
	cr_assert_gt(w.n_settled, 0);
}

static unsigned told;

static void count(void *ctx, const struct rib_batch *batch)
{
	(void)ctx;
	told += batch->withdraw ? 0 : (unsigned)batch->n;
}

static unsigned told_to(rib_peer peer)
{
	told = 0;
	rib_decide(w.rib, 0);
	while (rib_export(w.rib, peer, count, NULL))
		;
	return told;
}

Test(rib_resolve, internal_routes_go_to_external_peers_and_to_or_from_clients_only)
{
	rib_peer plain = add(1, false, false), other = add(2, false, false), client = add(3, false, true), client2 = add(4, false, true);
	rib_peer external = add(5, true, false), all[] = { plain, other, client, client2, external };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		rib_export_open(w.rib, all[i], true, false);
	update(w.rib, plain, "10.1.0.0/16", via("192.0.2.1"));
	cr_assert_eq(told_to(other), 0, "RFC 4271 9.2");
	cr_assert_eq(told_to(client), 1, "RFC 4456 6 (1)");
	cr_assert_eq(told_to(external), 1);
	update(w.rib, client, "10.2.0.0/16", via("192.0.2.2"));
	cr_assert_eq(told_to(plain), 1, "RFC 4456 6 (2)");
	cr_assert_eq(told_to(client2), 2, "RFC 4456 6 (2)");
	cr_assert_eq(told_to(client), 0, "not back");
	update(w.rib, external, "10.3.0.0/16", via("192.0.2.3"));
	cr_assert_eq(told_to(other), 2);
}

Test(rib_resolve, what_was_reflected_here_before_is_refused_and_counted)
{
	static const uint8_t clusters[] = { 1, 2, 3, 4, 10, 0, 254, 99 };
	rib_peer a = add(1, false, false), b = add(2, true, false);
	struct attrs own = via("192.0.2.1"), list = via("192.0.2.1"), fine = via("192.0.2.1");
	struct rib_peer_stats stats;

	own.originator_id.s_addr = htonl(0x0a00fe63);
	own.has |= ATTRS_ORIGINATOR;
	list.cluster_list = (struct span){ clusters, 8 };
	fine.cluster_list = (struct span){ clusters, 4 };
	cr_assert_eq(update(w.rib, a, "10.1.0.0/16", own), RIB_CLUSTER_LOOP);
	cr_assert_eq(update(w.rib, a, "10.1.0.0/16", list), RIB_CLUSTER_LOOP);
	cr_assert_eq(update(w.rib, a, "10.1.0.0/16", fine), RIB_ACCEPTED);
	cr_assert_eq(update(w.rib, a, "10.1.0.0/16", list), RIB_CLUSTER_LOOP);
	cr_assert_not(withdraw(w.rib, a, "10.1.0.0/16"), "the older path went with it");
	rib_peer_stats(w.rib, a, &stats);
	cr_assert_eq(stats.loops, 3);
	cr_assert_eq(update(w.rib, b, "10.1.0.0/16", list), RIB_ACCEPTED, "from outside it means nothing");
}
