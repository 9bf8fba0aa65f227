#include "agent/bfd/bfd_loss.h"

#define LATE_US 20000                    /* a machine that has other things to do sends later by so much, and loses nothing */

static void judge(struct bfd_loss *l)
{
	int64_t missing = l->expected - l->heard * 1000;

	/* Both must say so. Fewer than the jitter lets expect may be a peer that has none; a long gap before many at once was a pause of our own. */
	if (missing > l->gaps * 1000)
		missing = l->gaps * 1000;
	l->permille = missing > 0 ? (uint16_t)(missing * 1000 / l->expected) : 0;
	l->known = true;
	l->bad = l->permille >= (l->bad ? BFD_LOSS_GOOD : BFD_LOSS_BAD);
	l->span_us = l->expected = l->heard = l->gaps = 0;
}

void bfd_loss_gap(struct bfd_loss *l, int64_t gap_us, uint32_t interval_us, bool heard)
{
	int64_t each = (int64_t)interval_us * 7 / 8;     /* RFC 5880 6.8.7: 75 to 100 % of it */

	if (gap_us < 0 || each <= 0)
		return;
	l->span_us += gap_us;
	l->expected += gap_us * 1000 / each;
	l->heard += heard;
	if (gap_us > (int64_t)interval_us * 5 / 4 + LATE_US)
		l->gaps += (gap_us + each / 2) / each - heard;
	if (l->span_us >= BFD_LOSS_WINDOW_US && l->expected >= BFD_LOSS_PACKETS * 1000)
		judge(l);
}
