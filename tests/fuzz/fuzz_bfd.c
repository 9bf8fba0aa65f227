/* BFD packets, one behind the other with time between them: each is decoded, survives encode and decode again, and is fed to two sessions, whose
 * promises are checked.
 *
 * A packet in the input: hop limit (0: 255), who it is from and whether our discriminator is put in, time, length, payload. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/rd.h"
#include "agent/bfd/bfd.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct end { unsigned sent; uint32_t discr[2]; };        /* discr: of link 1, of link 2 */

static void check(bool ok)
{
	if (!ok)
		abort();
}

static struct in6_addr peer_of(unsigned link)
{
	return (struct in6_addr){ .s6_addr = { 0xfe, 0x80, [15] = (uint8_t)link } };
}

static int on_send(void *ctx, uint32_t slot, const struct bfd_peer *peer, const uint8_t *p, size_t n)
{
	struct end *end = ctx;
	struct bfd_msg m;

	check(bfd_decode(p, n, &m) == BFD_OK && m.my && !(m.poll && m.final) && slot == peer->ifindex);
	check(m.state == BFD_UP || m.desired_tx >= BFD_SLOW_US);
	end->sent++;
	end->discr[slot - 1] = m.my;
	return 0;
}

static void again(const void *p, size_t n)
{
	struct bfd_msg m, back;
	uint8_t buf[BFD_MSG_LEN];

	if (bfd_decode(p, n, &m) != BFD_OK)
		return;
	bfd_encode(&m, buf);
	check(bfd_decode(buf, sizeof(buf), &back) == BFD_OK);
	m.auth = false;                          /* which we do not write */
	check(back.diag == m.diag && back.state == m.state && back.poll == m.poll && back.final == m.final && back.independent == m.independent);
	check(back.demand == m.demand && back.multiplier == m.multiplier && back.my == m.my && back.your == m.your);
	check(back.desired_tx == m.desired_tx && back.required_rx == m.required_rx && back.required_echo_rx == m.required_echo_rx);
}

static void look(struct bfd *b)
{
	struct bfd_view v;

	while (bfd_news(b, &v)) {
		check(v.state != BFD_ADMIN_DOWN && v.ups - v.downs == (v.state == BFD_UP) && v.failures <= v.downs);
		check(v.ups == 0 || v.heard);
		check(bfd_state_str(v.remote_state) && bfd_diag_str(v.remote_diag));
	}
}

static void feed(struct bfd *b, struct end *end, struct rd *r, mono *now)
{
	uint8_t hops = rd_u8(r), flags = rd_u8(r), time = rd_u8(r), len = rd_u8(r), copy[UINT8_MAX];
	size_t take = len < rd_left(r) ? len : rd_left(r);
	struct bfd_packet packet = { .ifindex = 1 + (flags & 1), .from = peer_of(1 + (flags >> 1 & 1)), .ttl = hops ? hops : 255, .p = copy, .n = take };

	rd_copy(r, copy, take);
	if (flags & 4 && take >= 12)
		memcpy(copy + 8, (uint8_t[]){ (uint8_t)(end->discr[flags & 1] >> 24), (uint8_t)(end->discr[flags & 1] >> 16),
					      (uint8_t)(end->discr[flags & 1] >> 8), (uint8_t)end->discr[flags & 1] }, 4);
	again(copy, take);
	end->sent = 0;
	bfd_input(b, &packet, *now);
	check(end->sent <= 2);                   /* a change and a Final: one packet in does not make many out */
	look(b);
	*now = mono_add_ms(*now, (int64_t)time * (flags & 8 ? 100 : 1));
	end->sent = 0;
	bfd_step(b, *now);
	check(end->sent <= 4 && bfd_next(b).us > now->us + BFD_EARLY_US);
	look(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct end end = { 0 };
	struct bfd_out out = { .send = on_send, .ctx = &end };
	struct rd r = rd_of(p, n);
	mono now = { 1000000 };
	struct bfd *b;

	if (bfd_new(&b, 1, &out) < 0)
		return 0;
	for (uint32_t link = 1; link <= 2; link++) {
		struct bfd_peer peer = { .key = link, .serial = link, .ifindex = link, .remote = peer_of(link), .interval_us = link == 1 ? 100000 : 10000,
					 .multiplier = 3 };

		check(bfd_set(b, &peer, now) == (int)link);
	}
	while (rd_left(&r) > 4)
		feed(b, &end, &r, &now);
	bfd_stop(b);
	bfd_free(b);
	return 0;
}
