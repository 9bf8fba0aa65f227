/* Link bandwidth in the RIB: weights of what is forwarded, and what others are told. */
#include "agent/rib/bandwidth.h"
#include "tests/unit/agent/rib/help.h"

static struct rib *rib;
static rib_peer a, b, c;
static char changes[4096], told[4096];

/* "10.0.0.0/8: 1*2 2*1 ", by number of the peer. */
static void changed(void *ctx, const struct prefix *p, const struct rib_via *via, size_t n)
{
	char buf[PREFIX_STRLEN];

	(void)ctx;
	if (strlen(changes) > sizeof(changes) / 2)
		changes[0] = 0;
	sprintf(changes + strlen(changes), "%s:", prefix_str(p, buf));
	for (size_t i = 0; i < n; i++)
		sprintf(changes + strlen(changes), " %u*%u", via[i].peer, via[i].weight);
	strcat(changes, " ");
}

static void make(bool weighted)
{
	const struct rib_out out = { .changed = changed };

	cr_assert_eq(rib_new(&rib, &(struct rib_config){ .asn = 65000, .multipath = 64, .weighted = weighted }, &out), 0);
	a = add_peer(rib, 1);
	b = add_peer(rib, 2);
	c = add_peer(rib, 3);
	rib_export_open(rib, c, true, true);
}

static void setup(void)
{
	make(true);
}

static void teardown(void)
{
	rib_free(rib);
}

TestSuite(weighted, .init = setup, .fini = teardown);

#define MBIT(n) BANDWIDTH_MBIT * (n)

/* Bandwidth in Mbit/s; less than 0: none. */
static void say(rib_peer peer, const char *p, float mbps)
{
	struct attrs attrs = via_as(SEQ(100u + peer));
	float bytes = MBIT(mbps);
	uint8_t list[BANDWIDTH_SIZE];

	if (mbps >= 0)
		attrs.ext_communities = bandwidth_put((struct span){ 0 }, 1, &bytes, list);
	cr_assert_eq(update(rib, peer, p, attrs), RIB_ACCEPTED);
}

static const char *decided(void)
{
	changes[0] = 0;
	rib_decide(rib, 0);
	return changes;
}

/* "10.0.0.0/8 30 ": Mbit/s, or "-": no bandwidth; "AS" when it is not with ours. */
static void to_text(void *ctx, const struct rib_batch *batch)
{
	struct span list = batch->attrs ? attrs_get(rib_attrs(rib), batch->attrs)->ext_communities : (struct span){ 0 };
	struct bandwidth said = bandwidth_get(list);
	char buf[PREFIX_STRLEN];

	(void)ctx;
	for (size_t i = 0; i < batch->n; i++)
		sprintf(told + strlen(told), "%s%s ", batch->withdraw ? "-" : "", prefix_str(&batch->prefixes[i], buf));
	if (said.known)
		sprintf(told + strlen(told), "%g%s ", (double)(said.bytes / BANDWIDTH_MBIT), said.n == 1 && list.p[2] == 0xfd && list.p[3] == 0xe8 ? "" : " AS");
	else if (!batch->withdraw)
		strcat(told, "- ");
}

static const char *tells(void)
{
	told[0] = 0;
	rib_decide(rib, 0);
	while (rib_export(rib, c, to_text, NULL))
		;
	return told;
}

#define P "10.0.0.0/8"

Test(weighted, each_path_has_the_share_of_what_it_says)
{
	say(a, P, 40);
	say(b, P, 30);
	cr_expect_str_eq(decided(), P ": 1*4 2*3 ");
	say(b, P, 40);
	cr_expect_str_eq(decided(), P ": 1*1 2*1 ");
	say(b, P, 40);
	cr_expect_str_eq(decided(), "", "nothing new");
}

Test(weighted, all_are_equal_unless_all_say_something)
{
	say(a, P, 40);
	say(b, P, -1);
	cr_expect_str_eq(decided(), P ": 1*1 2*1 ");
	cr_expect_str_eq(tells(), P " - ", "nor can we say anything: what the best path says is not ours");
	say(b, P, 10);
	cr_expect_str_eq(decided(), P ": 1*4 2*1 ");
	cr_expect_str_eq(tells(), P " 50 ");
}

Test(weighted, others_are_told_the_sum_once_in_a_turn)
{
	say(a, P, 40);
	say(b, P, 30);
	cr_expect_str_eq(tells(), P " 70 ");
	say(b, P, 10);
	say(b, P, 20);
	cr_expect_str_eq(tells(), P " 60 ", "also when it is not the best path that changed");
	withdraw(rib, b, P);
	cr_expect_str_eq(tells(), P " 40 ");
	cr_expect_str_eq(tells(), "");
}

Test(weighted, a_change_that_leaves_the_sum_and_the_shares_as_they_are_is_none)
{
	say(a, P, 40);
	say(b, P, 40);
	tells();
	rib_peer_bandwidth(rib, a, MBIT(100));
	rib_peer_bandwidth(rib, b, MBIT(100));
	cr_expect_gt(rib_undecided(rib), 0u);
	cr_expect_str_eq(tells(), "");
	cr_expect_str_eq(decided(), "");
}

Test(weighted, our_own_link_limits_what_a_path_carries)
{
	say(a, P, 40);
	say(b, P, 40);
	decided();
	rib_peer_bandwidth(rib, a, MBIT(40));
	rib_peer_bandwidth(rib, b, MBIT(10));
	cr_expect_str_eq(decided(), P ": 1*4 2*1 ");
	cr_expect_str_eq(tells(), P " 50 ");
	rib_peer_bandwidth(rib, b, MBIT(10));
	cr_expect_eq(rib_undecided(rib), 0u, "the same as before");
	rib_peer_bandwidth(rib, c, MBIT(10));
	cr_expect_eq(rib_undecided(rib), 0u, "a peer without paths");
}

Test(weighted, a_policys_weight_multiplies)
{
	struct attrs attrs = via_as(SEQ(101));
	float bytes = MBIT(10);
	uint8_t list[BANDWIDTH_SIZE];

	attrs.weight = 3;
	attrs.ext_communities = bandwidth_put((struct span){ 0 }, 1, &bytes, list);
	update(rib, a, P, attrs);
	say(b, P, 20);
	cr_expect_str_eq(decided(), P ": 1*3 2*2 ");
	cr_expect_str_eq(tells(), P " 30 ", "but adds nothing to the cable");
}

Test(weighted, other_extended_communities_go_on_beside_ours)
{
	const uint8_t list[] = { 0x40, 4, 0, 1, 0x4e, 0x95, 0x02, 0xf9, 0x00, 2, 0, 1, 0, 0, 0, 7 };
	struct attrs attrs = via_as(SEQ(101));

	attrs.ext_communities = (struct span){ list, sizeof(list) };
	update(rib, a, P, attrs);
	cr_expect_str_eq(tells(), P " 10000 AS ", "the route target is first, then comes ours");
}

Test(weighted, what_an_internal_peer_says_goes_on_as_it_is)
{
	struct rib_peer_info info = peer_info(4);
	rib_peer internal;

	info.ebgp = false;
	cr_assert_eq(rib_peer_add(rib, &info, &internal), 0);
	rib_peer_bandwidth(rib, internal, MBIT(5));
	say(internal, P, 40);
	cr_expect_str_eq(tells(), P " 40 AS ");
}

Test(weighted, own_routes_say_what_they_were_given)
{
	say(RIB_LOCAL, P, 20);
	say(a, P, 40);
	cr_expect_str_eq(decided(), "");
	cr_expect_str_eq(tells(), P " 20 AS ");
}

Test(weighted, the_same_value_is_kept_once_and_a_prefix_costs_nothing_more)
{
	struct attrs attrs = via_as(SEQ(65001, 65002));
	struct rib_stats s;
	float bytes = MBIT(40);
	uint8_t list[BANDWIDTH_SIZE];
	attrs_id id;

	attrs.ext_communities = bandwidth_put((struct span){ 0 }, 1, &bytes, list);
	cr_assert_eq(attrs_intern(rib_attrs(rib), &attrs, &id), 0);
	for (uint32_t i = 0; i < 100000; i++) {
		struct prefix p = nth4(i);

		for (rib_peer peer = a; peer <= c; peer++)
			cr_assert_eq(rib_update(rib, peer, &p, id), RIB_ACCEPTED);
	}
	attrs_unref(rib_attrs(rib), id);
	rib_decide(rib, 0);
	rib_stats(rib, &s);
	cr_expect_eq(s.attrs, 2u, "what was heard, and what is said");
	cr_expect_leq(s.bytes / 100000, 95u, "%zu bytes", s.bytes / 100000);
	for (rib_peer peer = a; peer <= c; peer++)
		rib_peer_del(rib, peer);
	rib_decide(rib, 0);
	rib_stats(rib, &s);
	cr_expect_eq(s.attrs, 0u);
}

struct seen { unsigned weights[2]; float announced; };

static bool see(void *ctx, const struct rib_route_view *view)
{
	struct seen *seen = ctx;

	for (size_t i = 0; i < view->n_paths && i < 2; i++)
		seen->weights[i] = view->paths[i].weight;
	seen->announced = bandwidth_get(attrs_get(rib_attrs(rib), view->announced)->ext_communities).bytes;
	return false;
}

Test(weighted, the_view_shows_the_weights_in_use_and_what_is_announced)
{
	struct prefix p = pfx(P);
	struct seen seen = { 0 };

	say(a, P, 20);
	say(b, P, 10);
	decided();
	cr_assert(rib_find(rib, &p, see, &seen));
	cr_expect_eq(seen.weights[0], 2u);
	cr_expect_eq(seen.weights[1], 1u);
	cr_expect(seen.announced == MBIT(30));
}

static void setup_off(void)
{
	make(false);
}

TestSuite(unweighted, .init = setup_off, .fini = teardown);

Test(unweighted, the_community_is_like_any_other)
{
	say(a, P, 40);
	say(b, P, 10);
	rib_peer_bandwidth(rib, a, MBIT(1));
	cr_expect_str_eq(decided(), P ": 1*1 2*1 ");
	cr_expect_str_eq(tells(), P " 40 AS ");
	say(b, P, 20);
	cr_expect_str_eq(tells(), "");
}
