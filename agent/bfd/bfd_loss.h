/* agent/bfd/bfd_loss.h: how many of the peer's packets are missing while the session stays Up: a link that loses every fifth packet hardly ever loses
 * so many in a row that BFD itself notices. A value: times are handed in. */
#ifndef WEFT_BFD_LOSS_H
#define WEFT_BFD_LOSS_H

#include <stdbool.h>
#include <stdint.h>

#define BFD_LOSS_WINDOW_US 10000000      /* judged so often, and after BFD_LOSS_PACKETS at least */
#define BFD_LOSS_PACKETS 100
#define BFD_LOSS_BAD 200                 /* of a thousand: as good as dead, until there are */
#define BFD_LOSS_GOOD 50                 /* fewer than so many in a whole window */

struct bfd_loss {
	int64_t span_us;                 /* of the window that is being counted */
	int64_t expected;                /* thousandths of packets */
	int64_t heard, gaps;             /* packets; those that were due while nothing came */
	uint16_t permille;               /* of the last whole window, if there was one: */
	bool known;
	bool bad;
};

/* Nothing came for gap_us from a peer that is to send every interval_us or sooner; then a packet did (heard), or it was given up. */
void bfd_loss_gap(struct bfd_loss *l, int64_t gap_us, uint32_t interval_us, bool heard);

#endif
