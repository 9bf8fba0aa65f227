/* Packets that are missing while BFD stays Up: counted, and neither a peer without jitter nor a machine that was busy is accused. */
#include <criterion/criterion.h>

#include "agent/bfd/bfd_loss.h"
#include "rig.h"

/* packets of a peer that takes 75 + 0, 1, .. jitter % of the interval to the next; of each hundred those from the first on are lost. */
static void hear(struct bfd_loss *l, uint32_t interval_us, unsigned jitter, unsigned lost, unsigned packets)
{
	int64_t gap = 0;

	for (unsigned i = 0; i < packets; i++) {
		gap += (int64_t)interval_us * (jitter ? 75 + i * 7 % (jitter + 1) : 100) / 100;
		if (i * 37 % 100 < lost)         /* spread over the hundred */
			continue;
		bfd_loss_gap(l, gap, interval_us, true);
		gap = 0;
	}
}

Test(bfd_loss, missing_packets_are_counted_with_and_without_jitter)
{
	static const struct { uint32_t ms; unsigned jitter, lost; int least, most; bool bad; } rows[] = {
		{ 100, 25, 0, 0, 0, false }, { 100, 25, 10, 70, 130, false }, { 100, 25, 15, 120, 180, false }, { 100, 25, 30, 260, 340, true },
		{ 100, 25, 60, 540, 660, true }, { 20, 25, 0, 0, 0, false }, { 1000, 25, 30, 260, 340, true }, { 10000, 25, 0, 0, 0, false },
		{ 100, 0, 0, 0, 0, false }, { 100, 0, 30, 260, 400, true }, { 10, 0, 0, 0, 0, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bfd_loss l = { 0 };

		hear(&l, rows[i].ms * 1000, rows[i].jitter, rows[i].lost, 4000);
		cr_expect(l.known && l.permille >= rows[i].least && l.permille <= rows[i].most, "row %zu: %u", i, l.permille);
		cr_expect_eq(l.bad, rows[i].bad, "row %zu", i);
	}
}

Test(bfd_loss, nothing_is_said_before_ten_seconds_and_a_hundred_packets)
{
	struct bfd_loss l = { 0 };

	hear(&l, 100000, 0, 50, 99);
	cr_expect_not(l.known);
	hear(&l, 100000, 0, 50, 3);
	cr_expect(l.known && l.bad);
	l = (struct bfd_loss){ 0 };
	hear(&l, 1000000, 0, 50, 80);
	cr_expect_not(l.known, "80 s, 91 packets");
}

Test(bfd_loss, a_pause_of_our_own_is_no_loss)
{
	struct bfd_loss l = { 0 };

	for (int i = 0; i < 10; i++) {
		bfd_loss_gap(&l, 2000000, 100000, true);         /* stopped for 2 s; then all that came meanwhile is heard at once */
		for (int j = 0; j < 21; j++)
			bfd_loss_gap(&l, 0, 100000, true);
	}
	cr_expect(l.known);
	cr_expect_leq(l.permille, 50u, "%u", l.permille);
}

Test(bfd_loss, a_peer_that_is_late_by_a_little_loses_nothing)
{
	struct bfd_loss l = { 0 };

	for (int i = 0; i < 2000; i++)
		bfd_loss_gap(&l, i % 3 ? 20000 : 44000, 20000, true);
	cr_expect(l.known);
	cr_expect_eq(l.permille, 0u);
}

Test(bfd_loss, bad_ends_only_when_hardly_anything_is_missing_in_a_whole_window)
{
	struct bfd_loss l = { 0 };

	hear(&l, 100000, 25, 30, 400);
	cr_expect(l.bad);
	hear(&l, 100000, 25, 10, 400);
	cr_expect(l.bad, "what would not have been enough to begin with");
	hear(&l, 100000, 25, 2, 400);
	cr_expect_not(l.bad);
}

/* Every fourth packet of the peer is lost: never three in a row. */
Test(bfd_loss, a_session_stays_up_and_its_view_says_what_is_lost)
{
	struct rig *r = rig_pair(100, 3, 100, 3);
	size_t sent;

	rig_wait(r, 3000);
	while (r->now.us < 30000000 + 1000000000) {
		sent = r->side[1].n;
		r->side[1].cut = sent % 4 == 0;
		while (r->side[1].n == sent)
			rig_wait(r, 1);
	}
	cr_expect_eq(rig_view(r, 0).state, BFD_UP);
	cr_expect(rig_view(r, 0).loss_known && rig_view(r, 0).loss_permille > 200 && rig_view(r, 0).loss_permille < 300, "%u", rig_view(r, 0).loss_permille);
	cr_expect(rig_view(r, 0).lossy);
	cr_expect(rig_view(r, 1).loss_known && rig_view(r, 1).loss_permille == 0, "the other direction is well: %u", rig_view(r, 1).loss_permille);
	r->side[1].cut = false;
	rig_wait(r, 21000);
	cr_expect_not(rig_view(r, 0).lossy);
	rig_free(r);
}

Test(bfd_loss, a_session_that_goes_down_and_up_again_and_again_is_lossy_too)
{
	struct rig *r = rig_pair(100, 3, 100, 3);

	rig_wait(r, 3000);
	for (int i = 0; i < 60; i++) {
		r->side[1].cut = true;
		rig_wait(r, 350);
		r->side[1].cut = false;
		rig_wait(r, 1200);
	}
	cr_expect_gt(rig_view(r, 0).failures, 10u);
	cr_expect(rig_view(r, 0).lossy, "%u", rig_view(r, 0).loss_permille);
	rig_free(r);
}
