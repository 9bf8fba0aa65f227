/* When a session sends, how long it waits, and how both are changed (RFC 5880 6.5, 6.8.2 - 6.8.7). */
#include <criterion/criterion.h>

#include "rig.h"

/* The least and the most time between two packets of an end, in microseconds. */
static void gaps(const struct rig *r, int end, int64_t *least, int64_t *most)
{
	*least = INT64_MAX;
	*most = 0;
	for (size_t i = 1; i < r->side[end].n; i++) {
		int64_t gap = r->side[end].sent[i].at.us - r->side[end].sent[i - 1].at.us;

		*least = gap < *least ? gap : *least;
		*most = gap > *most ? gap : *most;
	}
}

Test(bfd_timers, an_end_sends_as_slowly_as_the_slower_of_both_wants_with_jitter)
{
	static const struct { uint32_t ms0, ms1; uint8_t mult; int64_t least, most; } rows[] = {
		{ 100, 100, 3, 75000, 100000 }, { 20, 100, 3, 75000, 100000 }, { 100, 20, 3, 75000, 100000 }, { 10, 10, 3, 7500, 10000 },
		{ 100, 100, 1, 75000, 90000 },           /* RFC 5880 6.8.7: with a multiplier of 1 */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *r = rig_pair(rows[i].ms0, rows[i].mult, rows[i].ms1, 3);
		int64_t least, most;

		rig_wait(r, 3000);
		rig_forget(r);
		rig_wait(r, 10000);
		gaps(r, 0, &least, &most);
		cr_expect(least >= rows[i].least && least < rows[i].least + (rows[i].most - rows[i].least) / 5, "row %zu: %ld", i, (long)least);
		cr_expect(most <= rows[i].most && most > rows[i].most - (rows[i].most - rows[i].least) / 5, "row %zu: %ld", i, (long)most);
		cr_expect_eq(rig_view(r, 0).tx_us, (rows[i].ms0 > rows[i].ms1 ? rows[i].ms0 : rows[i].ms1) * 1000);
		rig_free(r);
	}
}

Test(bfd_timers, the_detection_time_is_the_peers_multiplier_times_the_slower_of_its_sending_and_our_hearing)
{
	static const struct { uint32_t ms; uint32_t tx; uint8_t mult; int64_t detect; } rows[] = {
		{ 100, 50000, 3, 300000 }, { 100, 200000, 3, 600000 }, { 100, 50000, 5, 500000 }, { 10, 4000000000u, 255, 1020000000000 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *r = rig_solo(rows[i].ms, 7);

		r->peer.desired_tx = rows[i].tx;
		r->peer.multiplier = rows[i].mult;
		rig_up(r);
		cr_expect_eq(rig_view(r, 0).detect_us, rows[i].detect, "row %zu: %ld", i, (long)rig_view(r, 0).detect_us);
		rig_free(r);
	}
}

Test(bfd_timers, a_session_is_dead_after_the_detection_time_and_not_before)
{
	struct rig *r = rig_solo(100, 3);

	rig_up(r);
	rig_wait(r, 299);
	cr_expect_eq(rig_view(r, 0).state, BFD_UP);
	rig_hear(r, BFD_UP);
	rig_wait(r, 299);
	cr_expect_eq(rig_view(r, 0).state, BFD_UP);
	rig_wait(r, 2);
	cr_expect_eq(rig_view(r, 0).state, BFD_DOWN);
	cr_expect_eq(rig_last(r, 0)->m.your, 0u, "bfd.RemoteDiscr is zero then (6.8.1)");
	cr_expect_eq(rig_last(r, 0)->m.desired_tx, 1000000u);
	cr_expect_eq(rig_last(r, 0)->m.diag, BFD_DIAG_EXPIRED);
	rig_free(r);
}

Test(bfd_timers, after_a_pause_of_ours_what_has_come_meanwhile_counts_before_anybody_is_dead)
{
	struct rig *r = rig_solo(100, 3);

	rig_up(r);
	r->now = mono_add_ms(r->now, 5000);
	rig_hear(r, BFD_UP);                     /* the caller's part: read first */
	bfd_step(r->end[0], r->now);
	cr_expect_eq(rig_view(r, 0).state, BFD_UP);
	rig_free(r);
}

Test(bfd_timers, up_begins_with_a_poll_that_ends_with_the_peers_final)
{
	struct rig *r = rig_solo(100, 3);

	rig_hear(r, BFD_INIT);
	cr_expect(rig_last(r, 0)->m.poll && rig_last(r, 0)->m.desired_tx == 100000);
	rig_wait(r, 250);
	cr_expect(rig_last(r, 0)->m.poll, "until it is answered");
	r->peer.final = true;
	rig_hear(r, BFD_UP);
	r->peer.final = false;
	rig_wait(r, 250);
	cr_expect(!rig_last(r, 0)->m.poll);
	rig_free(r);
}

Test(bfd_timers, a_poll_is_answered_at_once_and_an_answer_is_not)
{
	struct rig *r = rig_solo(100, 3);

	rig_up(r);
	rig_forget(r);
	r->peer.poll = true;
	rig_hear(r, BFD_UP);
	cr_assert_eq(r->side[0].n, 1u);
	cr_expect(rig_last(r, 0)->m.final && !rig_last(r, 0)->m.poll);
	r->peer.final = true;
	rig_hear(r, BFD_UP);
	cr_expect_eq(r->side[0].n, 1u, "two ends that set both would answer each other for ever");
	rig_free(r);
}

Test(bfd_timers, faster_is_faster_at_once_slower_only_after_the_poll)
{
	struct rig *r = rig_solo(100, 3);
	struct bfd_peer peer = rig_peer(0, 400, 3);

	rig_up(r);
	cr_expect_eq(bfd_set(r->end[0], &peer, r->now), 1);
	cr_expect(rig_last(r, 0)->m.poll && rig_last(r, 0)->m.desired_tx == 400000 && rig_last(r, 0)->m.required_rx == 400000);
	cr_expect_eq(rig_view(r, 0).tx_us, 100000u, "RFC 5880 6.8.3: the peer's detection time is still the old one");
	cr_expect_eq(rig_view(r, 0).detect_us, 1200000, "but it may send more slowly from now on");
	r->peer.final = true;
	rig_hear(r, BFD_UP);
	cr_expect_eq(rig_view(r, 0).tx_us, 400000u);
	peer.interval_us = 60000;
	bfd_set(r->end[0], &peer, r->now);
	cr_expect_eq(rig_view(r, 0).tx_us, 60000u);
	cr_expect_eq(rig_view(r, 0).detect_us, 1200000, "until the peer knows that it is to send faster");
	rig_hear(r, BFD_UP);
	cr_expect_eq(rig_view(r, 0).detect_us, 180000);
	cr_expect_eq(rig_view(r, 0).downs, 0u);
	rig_free(r);
}

Test(bfd_timers, a_final_that_may_answer_an_older_poll_does_not_end_a_newer_one)
{
	struct rig *r = rig_solo(100, 3);
	struct bfd_peer peer = rig_peer(0, 400, 3);

	rig_hear(r, BFD_INIT);                   /* polls for 100 ms */
	bfd_set(r->end[0], &peer, r->now);
	r->peer.final = true;
	rig_hear(r, BFD_UP);
	cr_expect_eq(rig_view(r, 0).tx_us, 100000u);
	rig_hear(r, BFD_UP);
	cr_expect_eq(rig_view(r, 0).tx_us, 400000u);
	rig_free(r);
}

Test(bfd_timers, timers_that_change_between_two_ends_lose_no_session)
{
	static const uint32_t ms[] = { 100, 1000, 10, 300, 20, 2000, 50 };
	struct rig *r = rig_pair(100, 3, 100, 3);

	rig_wait(r, 500);
	for (size_t i = 0; i < 70; i++) {
		struct bfd_peer peer = rig_peer((int)i % 2, ms[i % 7], 3);

		bfd_set(r->end[i % 2], &peer, r->now);
		rig_wait(r, (int64_t)(i * 37 % 400));
	}
	rig_wait(r, 5000);
	cr_expect(rig_view(r, 0).downs == 0 && rig_view(r, 1).downs == 0);
	cr_expect_eq(rig_view(r, 0).tx_us, rig_view(r, 1).tx_us);
	rig_free(r);
}

Test(bfd_timers, a_peer_that_wants_nothing_gets_nothing_until_it_does)
{
	struct rig *r = rig_solo(100, 3);

	r->peer.desired_tx = 100000000;
	rig_up(r);
	r->peer.required_rx = 0;
	rig_hear(r, BFD_UP);
	rig_forget(r);
	cr_expect_eq(rig_view(r, 0).tx_us, 0u);
	rig_wait(r, 10000);
	cr_expect_eq(r->side[0].n, 0u);
	r->peer.required_rx = 50000;
	rig_hear(r, BFD_UP);
	rig_wait(r, 1000);
	cr_expect_gt(r->side[0].n, 9u);
	rig_free(r);
}

Test(bfd_timers, one_that_wanted_nothing_and_fell_silent_is_called_again)
{
	struct rig *r = rig_solo(100, 3);

	rig_up(r);
	r->peer.required_rx = 0;
	rig_hear(r, BFD_UP);
	rig_forget(r);
	rig_wait(r, 3000);
	cr_expect_eq(rig_view(r, 0).state, BFD_DOWN);
	cr_expect_gt(r->side[0].n, 1u);
	rig_free(r);
}

Test(bfd_timers, a_peer_in_demand_mode_is_not_bothered_while_both_are_up)
{
	struct rig *r = rig_solo(100, 3);

	r->peer.desired_tx = 1000000;
	rig_up(r);
	r->peer.demand = true;
	rig_hear(r, BFD_UP);
	rig_forget(r);
	rig_wait(r, 2500);
	cr_expect_eq(r->side[0].n, 0u);
	rig_wait(r, 1000);
	cr_expect(r->side[0].n > 0 && rig_view(r, 0).state == BFD_DOWN, "silence is its death nevertheless");
	rig_free(r);
}

Test(bfd_timers, what_is_late_is_counted)
{
	struct rig *r = rig_solo(100, 3);
	struct bfd_stats s;
	uint64_t late = 0;

	r->now = mono_add_ms(bfd_next(r->end[0]), 5);
	bfd_step(r->end[0], r->now);
	bfd_stats(r->end[0], &s);
	cr_expect_eq(s.late[13], 1u, "from 4.096 to 8.191 ms");
	rig_wait(r, 5000);
	bfd_stats(r->end[0], &s);
	for (int i = 1; i < BFD_LATE_BUCKETS; i++)
		late += s.late[i];
	cr_expect(late == 1 && s.late[0] > 3);
	rig_free(r);
}
