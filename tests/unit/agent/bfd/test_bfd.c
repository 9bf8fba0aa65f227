/* Who a packet is for, how sessions begin and end. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>

#include "agent/base/own.h"
#include "rig.h"

Test(bfd, two_ends_are_up_as_soon_as_packets_have_crossed)
{
	struct rig *r = rig_pair(100, 3, 100, 3);

	rig_wait(r, 5);
	cr_expect_eq(rig_view(r, 0).state, BFD_UP);
	cr_expect_eq(rig_view(r, 1).state, BFD_UP, "not after the next slow packet, a second later");
	cr_expect_eq(rig_view(r, 0).ups, 1u);
	rig_wait(r, 10000);
	cr_expect_eq(rig_view(r, 0).downs, 0u);
	rig_free(r);
}

Test(bfd, a_peer_that_never_answers_is_asked_once_a_second)
{
	struct rig *r = rig_solo(10, 3);

	rig_wait(r, 20000);
	cr_expect(r->side[0].n >= 20 && r->side[0].n <= 28, "%zu", r->side[0].n);
	cr_expect_eq(rig_last(r, 0)->m.desired_tx, 1000000u);
	cr_expect(rig_view(r, 0).state == BFD_DOWN && !rig_view(r, 0).heard);
	rig_free(r);
}

Test(bfd, silence_is_noticed_at_both_ends_in_the_detection_time)
{
	struct rig *r = rig_pair(100, 3, 100, 3);

	rig_wait(r, 1000);
	r->side[0].cut = true;                   /* one direction alone */
	rig_wait(r, 310);
	cr_expect_eq(rig_view(r, 1).state, BFD_DOWN);
	cr_expect_eq(rig_view(r, 1).diag, BFD_DIAG_EXPIRED);
	cr_expect_eq(rig_view(r, 0).state, BFD_DOWN, "which was told by the one that noticed");
	cr_expect_eq(rig_view(r, 0).diag, BFD_DIAG_NEIGHBOR_DOWN);
	cr_expect_eq(rig_view(r, 0).remote_diag, BFD_DIAG_EXPIRED);
	cr_expect(rig_view(r, 0).failures == 1 && rig_view(r, 1).failures == 1);
	r->side[0].cut = false;
	rig_wait(r, 1100);
	cr_expect(rig_view(r, 0).state == BFD_UP && rig_view(r, 1).state == BFD_UP, "healed");
	cr_expect_eq(rig_view(r, 0).ups, 2u);
	rig_free(r);
}

Test(bfd, an_end_that_is_taken_away_says_so_and_that_is_no_failure)
{
	struct rig *r = rig_pair(100, 3, 100, 3);

	rig_wait(r, 1000);
	cr_expect_eq(bfd_del(r->end[0], KEY), 1u);
	cr_expect_eq(rig_last(r, 0)->m.state, BFD_ADMIN_DOWN);
	cr_expect_eq(rig_last(r, 0)->m.diag, BFD_DIAG_ADMIN_DOWN);
	cr_expect_eq(rig_last(r, 0)->m.desired_tx, 1000000u);
	rig_wait(r, 5000);
	cr_expect_eq(rig_view(r, 1).state, BFD_DOWN);
	cr_expect_eq(rig_view(r, 1).remote_state, BFD_ADMIN_DOWN, "also after the silence that follows");
	cr_expect(rig_view(r, 1).downs == 1 && rig_view(r, 1).failures == 0);
	rig_free(r);
}

Test(bfd, an_end_that_restarts_without_a_word_is_up_again_under_its_new_number)
{
	struct rig *r = rig_pair(100, 3, 100, 3);
	struct bfd_peer peer = rig_peer(0, 100, 3);
	uint32_t old;

	rig_wait(r, 1000);
	old = rig_last(r, 0)->m.my;
	r->side[0].cut = true;                   /* its farewell is lost */
	bfd_del(r->end[0], KEY);
	r->side[0].cut = false;
	bfd_set(r->end[0], &peer, r->now);
	rig_wait(r, 2000);
	cr_expect_neq(rig_last(r, 0)->m.my, old);
	cr_expect(rig_view(r, 0).state == BFD_UP && rig_view(r, 1).state == BFD_UP);
	cr_expect(rig_view(r, 1).downs == 1 && rig_view(r, 1).failures == 0, "the path is well (RFC 5882 4.3.2)");
	rig_free(r);
}

Test(bfd, another_number_is_a_restart_unless_bfd_does_not_depend_on_it)
{
	static const struct { uint32_t my; bool independent; unsigned failures; } rows[] = {
		{ 0, false, 1 }, { 1, false, 0 }, { 1, true, 1 },        /* my: more than before */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig *r = rig_solo(100, 3);

		r->peer.independent = rows[i].independent;
		rig_up(r);
		r->peer.my += rows[i].my;
		rig_hear(r, BFD_DOWN);
		cr_expect_eq(rig_view(r, 0).state, BFD_DOWN, "%zu", i);
		cr_expect_eq(rig_view(r, 0).failures, rows[i].failures, "%zu", i);
		rig_free(r);
	}
}

static enum bfd_bad give(struct rig *r, struct bfd_packet packet, uint32_t your, enum bfd_state state)
{
	uint8_t buf[BFD_MSG_LEN];
	struct bfd_msg m = { .state = state, .multiplier = 3, .my = 99, .your = your, .desired_tx = 50000, .required_rx = 50000 };

	bfd_encode(&m, buf);
	packet.p = buf;
	packet.n = sizeof(buf);
	return bfd_input(r->end[0], &packet, r->now);
}

Test(bfd, a_packet_is_for_the_session_that_it_names_on_its_link_from_its_peer)
{
	struct rig *r = rig_solo(100, 3);
	struct bfd_packet good = { .ifindex = LINK, .from = rig_addr(1), .ttl = 255 }, p;
	uint32_t mine = rig_last(r, 0)->m.my;
	struct bfd_stats stats;

	p = good;
	p.ttl = 254;
	cr_expect_eq(give(r, p, mine, BFD_INIT), BFD_BAD_TTL);
	p.ttl = -1;
	cr_expect_eq(give(r, p, mine, BFD_INIT), BFD_BAD_TTL);
	cr_expect_eq(give(r, good, mine + 1, BFD_INIT), BFD_BAD_YOUR_DISCRIMINATOR);
	cr_expect_eq(give(r, good, mine ^ 0x80000000, BFD_INIT), BFD_BAD_YOUR_DISCRIMINATOR);
	p = good;
	p.ifindex = LINK + 1;
	cr_expect_eq(give(r, p, mine, BFD_INIT), BFD_BAD_YOUR_DISCRIMINATOR, "overheard on another link");
	cr_expect_eq(give(r, p, 0, BFD_DOWN), BFD_BAD_NO_SESSION);
	p = good;
	p.from = rig_addr(0);
	cr_expect_eq(give(r, p, mine, BFD_INIT), BFD_BAD_YOUR_DISCRIMINATOR);
	cr_expect_eq(give(r, p, 0, BFD_DOWN), BFD_BAD_NO_SESSION);
	cr_expect_eq(give(r, good, 0, BFD_INIT), BFD_BAD_STATE);
	cr_expect_eq(give(r, good, 0, BFD_UP), BFD_BAD_STATE);
	cr_expect_eq(rig_view(r, 0).state, BFD_DOWN);
	cr_expect(!rig_view(r, 0).heard);
	cr_expect_eq(give(r, good, 0, BFD_ADMIN_DOWN), BFD_OK);
	cr_expect_eq(give(r, good, 0, BFD_DOWN), BFD_OK);
	cr_expect_eq(rig_view(r, 0).state, BFD_INIT);
	cr_expect_eq(give(r, good, mine, BFD_INIT), BFD_OK);
	cr_expect_eq(rig_view(r, 0).state, BFD_UP);
	bfd_stats(r->end[0], &stats);
	cr_expect(stats.discarded[BFD_BAD_TTL] == 2 && stats.discarded[BFD_BAD_YOUR_DISCRIMINATOR] == 4 && stats.discarded[BFD_BAD_STATE] == 2 &&
		  stats.discarded[BFD_BAD_NO_SESSION] == 2 && stats.received == 3 && stats.up == 1);
	rig_free(r);
}

Test(bfd, an_authenticated_packet_is_discarded_and_counted)
{
	struct rig *r = rig_solo(100, 3);
	uint8_t p[28] = { 0x20, 0x44, 3, 28, 0, 0, 0, 99, [24] = 1, 4, 1, 'x' };
	struct bfd_packet packet = { .ifindex = LINK, .from = rig_addr(1), .ttl = 255, .p = p, .n = sizeof(p) };

	cr_expect_eq(bfd_input(r->end[0], &packet, r->now), BFD_BAD_AUTH);
	cr_expect(!rig_view(r, 0).heard);
	rig_free(r);
}

static int quiet(void *ctx, uint32_t slot, const struct bfd_peer *peer, const uint8_t *p, size_t n)
{
	(void)slot, (void)peer, (void)p, (void)n;
	++*(size_t *)ctx;
	return 0;
}

Test(bfd, thousands_of_sessions_have_discriminators_of_their_own_and_end_at_a_number)
{
	size_t sent = 0;
	struct bfd_out out = { .send = quiet, .ctx = &sent };
	struct bfd_peer peer = rig_peer(0, 100, 3);
	struct bfd_view v;
	uint32_t *seen = calloc(BFD_SESSIONS_MAX + 1, sizeof(*seen)), told = 0;
	struct bfd *b;
	mono now = { 1000 };

	cr_assert_eq(bfd_new(&b, 7, &out), 0);
	for (uint32_t i = 1; i <= BFD_SESSIONS_MAX; i++) {
		peer.key = peer.ifindex = i;
		cr_assert_eq(bfd_set(b, &peer, now), (int)i);
	}
	peer.key = peer.ifindex = BFD_SESSIONS_MAX + 1;
	cr_expect_eq(bfd_set(b, &peer, now), -ENOSPC);
	while (bfd_news(b, &v)) {
		told++;
		cr_assert(v.local_discr && (v.local_discr & 0x1fff) == v.key, "each its own: it ends in the slot");
	}
	cr_expect_eq(told, (uint32_t)BFD_SESSIONS_MAX);
	for (int i = 0; i < 2000; i++)
		bfd_step(b, now = bfd_next(b));
	cr_expect_eq(bfd_del(b, 4000), 4000u);
	cr_expect_eq(bfd_del(b, 4000), 0u);
	peer.key = peer.ifindex = 4000;
	cr_expect_eq(bfd_set(b, &peer, now), 4000, "the slot is used again");
	peer.key = 9999;
	cr_expect_eq(bfd_set(b, &peer, now), -EEXIST);
	bfd_free(b);
	free(seen);
}

Test(bfd, news_that_nobody_asks_for_are_one_for_each_session_and_miss_no_failure)
{
	struct rig *r = rig_solo(100, 3);
	struct bfd_view v;

	for (int i = 0; i < 50; i++) {
		rig_up(r);
		rig_hear(r, BFD_DOWN);
	}
	rig_up(r);
	rig_forget(r);
	while (bfd_news(r->end[0], &v))
		;
	for (int i = 0; i < 50; i++) {
		r->now = mono_add_ms(r->now, 1);
		bfd_step(r->end[0], r->now);
		rig_hear(r, BFD_UP);
	}
	cr_expect(!bfd_news(r->end[0], &v), "packets that change nothing are no news");
	cr_expect(v.state == BFD_UP && v.ups == 51 && v.failures == 50);
	rig_free(r);
}

Test(bfd, a_packet_that_cannot_be_sent_is_seen_in_the_view)
{
	struct rig *r = rig_solo(100, 3);

	cr_expect_eq(rig_view(r, 0).error, 0);
	r->send_error = -ENETUNREACH;
	rig_wait(r, 1100);
	cr_expect_eq(rig_view(r, 0).error, -ENETUNREACH);
	r->send_error = 0;
	rig_wait(r, 1100);
	cr_expect_eq(rig_view(r, 0).error, 0);
	rig_free(r);
}
