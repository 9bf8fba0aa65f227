/* When ra speaks: bursts, intervals, answers; and what it counts. */
#include "ra/ra.h"

#include <string.h>

#include <criterion/criterion.h>
#include <errno.h>

#include "rig.h"

static const struct in6_addr all_nodes = { { { 0xff, 2, [15] = 1 } } }, all_routers = { { { 0xff, 2, [15] = 2 } } };

Test(ra, link_up_sends_an_advertisement_and_a_solicitation_at_once)
{
	struct rig rig;

	rig_new(&rig);
	cr_assert_eq(rig.n_sent, 2);
	cr_assert_eq(rig.sent[0].type, RA_ADVERT);
	cr_assert_eq(rig.sent[0].ifindex, RIG_LINK);
	cr_assert_eq(memcmp(&rig.sent[0].to, &all_nodes, 16), 0);
	cr_assert_eq(rig.sent[1].type, RA_SOLICIT);
	cr_assert_eq(memcmp(&rig.sent[1].to, &all_routers, 16), 0);
	rig_free(&rig);
}

Test(ra, burst_follows_link_up_and_solicits_while_nobody_is_known)
{
	struct rig rig;

	rig_new(&rig);
	rig_until(&rig, RA_BURST * RA_BURST_MS);
	cr_assert_eq(rig.n_sent, 2 * (1 + RA_BURST));
	for (size_t i = 0; i < rig.n_sent; i++) {
		cr_expect_eq(rig.sent[i].ms, (int64_t)(i / 2) * RA_BURST_MS);
		cr_expect_eq(rig.sent[i].type, i % 2 ? RA_SOLICIT : RA_ADVERT);
	}
	rig_free(&rig);
}

Test(ra, burst_does_not_solicit_once_a_peer_is_known)
{
	struct rig rig;

	rig_new(&rig);
	rig_until(&rig, RA_BURST_MS);
	rig_advert(&rig, 0xa, 0xa);
	rig_until(&rig, RA_BURST * RA_BURST_MS);
	cr_assert_eq(rig_count(&rig, RA_ADVERT), 1 + RA_BURST);
	cr_assert_eq(rig_count(&rig, RA_SOLICIT), 2);
	rig_free(&rig);
}

Test(ra, after_the_burst_one_advertisement_per_interval_never_later_and_not_much_earlier)
{
	struct rig rig;
	size_t first;

	rig_new(&rig);
	rig_until(&rig, RA_BURST * RA_BURST_MS);
	first = rig.n_sent;
	rig_until(&rig, 600000);
	cr_assert(rig.n_sent - first >= 119 && rig.n_sent - first <= 138, "%zu", rig.n_sent - first);
	for (size_t i = first; i < rig.n_sent; i++) {
		int64_t gap = rig.sent[i].ms - rig.sent[i - 1].ms;

		cr_expect_eq(rig.sent[i].type, RA_ADVERT);
		cr_expect(gap <= RIG_INTERVAL_MS && gap >= RIG_INTERVAL_MS * 7 / 8, "%ld ms", (long)gap);
	}
	rig_free(&rig);
}

Test(ra, a_late_step_sends_one_advertisement_and_not_all_that_were_missed)
{
	struct rig rig;

	rig_new(&rig);
	rig.now = (mono){ 60 * 1000000 };
	ra_step(rig.ra, rig.now);
	cr_assert_eq(rig_count(&rig, RA_ADVERT), 2);
	cr_assert(ra_next(rig.ra).us > rig.now.us);
	rig_free(&rig);
}

Test(ra, a_solicitation_is_answered_at_once_to_all_nodes)
{
	struct rig rig;
	size_t n;

	rig_new(&rig);
	rig_until(&rig, 2000);
	n = rig.n_sent;
	cr_assert_eq(rig_solicit(&rig, 0xa, 0xa), RA_OK);
	cr_assert_eq(rig.n_sent, n + 1);
	cr_assert_eq(rig.sent[n].type, RA_ADVERT);
	cr_assert_eq(rig.sent[n].ms, 2000);
	cr_assert_eq(memcmp(&rig.sent[n].to, &all_nodes, 16), 0);
	cr_assert_eq(rig_view(&rig).received_rs, 1);
	cr_assert_null(rig_view(&rig).peer, "a solicitation makes nobody a router");
	rig_free(&rig);
}

Test(ra, a_storm_of_solicitations_makes_no_storm_of_advertisements)
{
	struct rig rig;
	size_t before;

	rig_new(&rig);
	rig_until(&rig, 2000);
	before = rig_count(&rig, RA_ADVERT);
	for (int64_t ms = 2000; ms < 3000; ms++) {
		rig_until(&rig, ms);
		for (int i = 0; i < 100; i++)
			rig_solicit(&rig, 0xa, 0xa);
	}
	cr_assert_eq(rig_view(&rig).received_rs, 100000);
	cr_assert_leq(rig_count(&rig, RA_ADVERT) - before, 4 + 1000 / 50);
	cr_assert_geq(rig_count(&rig, RA_ADVERT) - before, 1000 / 50);
	rig_free(&rig);
}

Test(ra, a_solicitation_beyond_the_limit_is_answered_a_little_later)
{
	struct rig rig;
	size_t n;

	rig_new(&rig);
	rig_until(&rig, 2000);
	n = rig.n_sent;
	for (int i = 0; i < 5; i++)
		rig_solicit(&rig, 0xa, 0xa);
	cr_assert_eq(rig.n_sent, n + 4);
	rig_until(&rig, 2050);
	cr_assert_eq(rig.n_sent, n + 5);
	rig_until(&rig, 3000);
	cr_assert_eq(rig.n_sent, n + 5, "one answer is enough");
	rig_free(&rig);
}

Test(ra, a_solicitation_from_nobody_is_answered)
{
	static const uint8_t solicit[8] = { 133 };
	struct ra_packet packet = { RIG_LINK, IN6ADDR_ANY_INIT, 255, solicit, sizeof(solicit) };
	struct rig rig;

	rig_new(&rig);
	cr_assert_eq(ra_input(rig.ra, &packet, rig.now), RA_OK);
	cr_assert_eq(rig_count(&rig, RA_ADVERT), 2);
	rig_free(&rig);
}

Test(ra, interval_0_is_refused)
{
	struct ra_config cfg = { .interval_s = 0 };
	struct ra_out out = { 0 };
	struct ra *ra;

	cr_assert_lt(ra_new(&ra, &cfg, &out), 0);
}

static int keep_lifetime(void *ctx, unsigned ifindex, const struct in6_addr *to, const uint8_t *payload, size_t n)
{
	(void)ifindex, (void)to, (void)n;
	if (payload[0] == RA_ADVERT)
		*(int *)ctx = payload[6] << 8 | payload[7];
	return 0;
}

Test(ra, router_lifetime_is_the_configured_one)
{
	int lifetime = -1;
	struct ra_config cfg = { .interval_s = 5, .lifetime_s = 1800 };
	struct ra_out out = { .send = keep_lifetime, .ctx = &lifetime };
	struct in6_addr local = rig_addr(1);
	struct ra *ra;

	cr_assert_eq(ra_new(&ra, &cfg, &out), 0);
	ra_link_up(ra, 1, &local, (uint8_t[6]){ 2 }, true, (mono){ 0 });
	cr_assert_eq(lifetime, 1800);
	ra_free(ra);
}

Test(ra, what_is_refused_is_counted_by_its_reason)
{
	struct rig rig;
	uint8_t bytes[16] = { 134 };
	struct ra_packet packet = { RIG_LINK, rig_addr(0xa), 64, bytes, sizeof(bytes) };

	rig_new(&rig);
	cr_assert_eq(ra_input(rig.ra, &packet, rig.now), RA_BAD_HOP_LIMIT);
	cr_assert_eq(ra_input(rig.ra, &packet, rig.now), RA_BAD_HOP_LIMIT);
	bytes[1] = 1;
	packet.hop_limit = 255;
	cr_assert_eq(ra_input(rig.ra, &packet, rig.now), RA_BAD_CODE);
	cr_assert_eq(rig_view(&rig).bad[RA_BAD_HOP_LIMIT], 2);
	cr_assert_eq(rig_view(&rig).bad[RA_BAD_CODE], 1);
	cr_assert_eq(rig_view(&rig).received_ra, 0);
	cr_assert_null(rig_view(&rig).peer);
	rig_free(&rig);
}

Test(ra, a_flood_of_advertisements_is_taken_at_a_rate_and_the_excess_counted)
{
	struct rig rig;
	size_t taken = 0;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	for (int64_t ms = 0; ms < 1000; ms++) {
		rig_until(&rig, ms);
		for (uint8_t i = 0; i < 100; i++)
			taken += rig_advert(&rig, (uint8_t)(0x20 + i), (uint8_t)(0x20 + i)) == RA_OK;
	}
	cr_assert_leq(taken, RA_RATE_BURST + RA_RATE);
	cr_assert_geq(taken, RA_RATE_BURST);
	cr_assert_eq(rig_view(&rig).bad[RA_BAD_RATE], 100000 - taken);
	cr_assert_eq(rig_view(&rig).received_ra, taken + 1);
	cr_assert_eq(rig_view(&rig).n_others, RA_ROUTERS_MAX - 1u);
	cr_assert_eq(rig_advert(&rig, 0xa, 0xa), RA_OK, "the peer is not drowned");
	cr_assert_eq(rig_view(&rig).peer->addr.s6_addr[15], 0xa);
	rig_until(&rig, 4000);
	cr_assert_eq(rig_advert(&rig, 0xb, 0xb), RA_OK, "afterwards others are heard again");
	rig_free(&rig);
}

Test(ra, a_packet_on_an_unknown_link_is_dropped)
{
	static const uint8_t bytes[16] = { 134 };
	struct rig rig;
	struct ra_packet packet = { RIG_LINK + 1, rig_addr(0xa), 255, bytes, sizeof(bytes) };
	struct ra_view view;

	rig_new(&rig);
	ra_input(rig.ra, &packet, rig.now);
	cr_assert_str_eq(rig_said(&rig), "");
	cr_assert_not(ra_view(rig.ra, RIG_LINK + 1, &view));
	rig_free(&rig);
}

Test(ra, link_down_stops_everything_and_forgets)
{
	struct rig rig;
	struct ra_view view;
	size_t n;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	ra_link_down(rig.ra, RIG_LINK);
	n = rig.n_sent;
	cr_assert(mono_is_never(ra_next(rig.ra)));
	rig_until(&rig, 60000);
	cr_assert_eq(rig.n_sent, n);
	cr_assert_not(ra_view(rig.ra, RIG_LINK, &view));
	ra_link_down(rig.ra, RIG_LINK);
	rig_free(&rig);
}

Test(ra, changed_own_address_starts_the_burst_again_and_keeps_the_peer_unless_fresh)
{
	struct in6_addr other = rig_addr(2);
	struct rig rig;
	size_t n;

	rig_new(&rig);
	rig_advert(&rig, 0xa, 0xa);
	rig_until(&rig, 10000);
	n = rig.n_sent;
	ra_link_up(rig.ra, RIG_LINK, &other, (uint8_t[6]){ 2, 0, 0, 0, 0, 2 }, false, rig.now);
	cr_assert_eq(rig.n_sent, n + 2);
	rig_until(&rig, 11000);
	cr_assert_eq(rig.n_sent, n + 2 + RA_BURST);
	cr_assert_not_null(rig_view(&rig).peer);
	ra_link_up(rig.ra, RIG_LINK, &other, (uint8_t[6]){ 2, 0, 0, 0, 0, 2 }, true, rig.now);
	cr_assert_null(rig_view(&rig).peer);
	rig_free(&rig);
}

Test(ra, links_are_independent_and_found_by_index_in_any_order)
{
	static const unsigned order[] = { 40, 3, 100, 1, 99, 5, 2, 50, 60, 4, 8 };
	struct in6_addr local = rig_addr(1);
	struct rig rig;
	struct ra_view view;

	rig_new(&rig);
	for (size_t i = 0; i < 11; i++)
		cr_assert_eq(ra_link_up(rig.ra, order[i], &local, (uint8_t[6]){ 2, 0, 0, 0, 1, (uint8_t)i }, true, rig.now), 0);
	rig_advert(&rig, 0xa, 0xa);
	for (size_t i = 0; i < 11; i++) {
		cr_assert(ra_view(rig.ra, order[i], &view));
		cr_assert_eq(view.sent_ra, 1);
		cr_assert_null(view.peer);
		if (i % 2)
			ra_link_down(rig.ra, order[i]);
	}
	for (size_t i = 0; i < 11; i++)
		cr_assert_eq(ra_view(rig.ra, order[i], &view), i % 2 == 0);
	cr_assert_not_null(rig_view(&rig).peer);
	rig_free(&rig);
}

Test(ra, own_packets_that_loop_back_are_ignored_and_counted)
{
	struct rig rig;
	size_t n;

	rig_new(&rig);
	n = rig.n_sent;
	cr_assert_eq(rig_advert(&rig, 1, 1), RA_OK);
	cr_assert_eq(rig_advert(&rig, 1, 0), RA_OK);
	cr_assert_eq(rig_solicit(&rig, 1, 1), RA_OK);
	cr_assert_str_eq(rig_said(&rig), "");
	cr_assert_eq(rig.n_sent, n, "no answer to oneself");
	cr_assert_eq(rig_view(&rig).looped, 3);
	cr_assert_eq(rig_view(&rig).received_ra + rig_view(&rig).received_rs, 0);
	cr_assert_null(rig_view(&rig).peer);
	rig_free(&rig);
}

Test(ra, a_machine_with_our_own_address_is_refused_and_reported_once)
{
	struct rig rig;

	rig_new(&rig);
	for (int i = 0; i < 10; i++) {
		cr_assert_eq(rig_advert(&rig, 1, 0xb), RA_BAD_SOURCE);
		rig_until(&rig, (i + 1) * 5000);
	}
	cr_assert_str_eq(rig_said(&rig), "conflict 1/01 1/0b");
	cr_assert_eq(rig_view(&rig).bad[RA_BAD_SOURCE], 10);
	cr_assert_eq(rig_view(&rig).conflicts, 1);
	cr_assert_null(rig_view(&rig).peer);
	rig_until(&rig, 50000 + RIG_SILENCE_MS);
	rig_advert(&rig, 1, 0xb);
	cr_assert_str_eq(rig_said(&rig), "conflict 1/01 1/0b");
	rig_free(&rig);
}

static int take_none(void *ctx, unsigned ifindex, const struct in6_addr *to, const uint8_t *payload, size_t n)
{
	(void)ctx, (void)ifindex, (void)to, (void)payload, (void)n;
	return -EINVAL;
}

Test(ra, what_the_kernel_does_not_take_is_counted_as_such)
{
	struct ra_config cfg = { .interval_s = 5 };
	struct ra_out out = { .send = take_none };
	struct in6_addr local = rig_addr(1);
	struct ra_view view;
	struct ra *ra;

	cr_assert_eq(ra_new(&ra, &cfg, &out), 0);
	ra_link_up(ra, 1, &local, (uint8_t[6]){ 2 }, true, (mono){ 0 });
	cr_assert(ra_view(ra, 1, &view));
	cr_assert_eq(view.unsent, 2);
	cr_assert_eq(view.sent_ra + view.sent_rs, 0);
	ra_free(ra);
}
