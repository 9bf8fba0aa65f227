#include "rig.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

struct view_store { struct bfd_view v[2]; };

struct in6_addr rig_addr(int end)
{
	return (struct in6_addr){ .s6_addr = { 0xfe, 0x80, [15] = end ? 0x0b : 0x0a } };
}

static int on_send(void *ctx, uint32_t slot, const struct bfd_peer *peer, const uint8_t *p, size_t n)
{
	struct rig_end *side = ctx;
	struct rig *r = side->rig;
	struct in6_addr to = rig_addr(!side->me);

	cr_assert(n == BFD_MSG_LEN && slot == 1 && memcmp(&peer->remote, &to, sizeof(to)) == 0);
	if (r->send_error)
		return r->send_error;
	cr_assert_lt(side->n, (size_t)SENT_MAX);
	side->sent[side->n].at = r->now;
	cr_assert_eq(bfd_decode(p, n, &side->sent[side->n++].m), BFD_OK);
	if (side->me == 0)
		r->discr = side->sent[side->n - 1].m.my;
	if (side->cut || !r->end[1])
		return 0;
	cr_assert_lt(r->n_wire, sizeof(r->wire) / sizeof(r->wire[0]));
	r->wire[r->n_wire].at = mono_add_ms(r->now, 1);
	r->wire[r->n_wire].to = !side->me;
	memcpy(r->wire[r->n_wire++].p, p, n);
	return 0;
}

struct bfd_peer rig_peer(int end, uint32_t interval_ms, uint8_t multiplier)
{
	return (struct bfd_peer){
		.key = KEY, .serial = 1, .ifindex = LINK, .local = rig_addr(end), .remote = rig_addr(!end), .interval_us = interval_ms * 1000,
		.multiplier = multiplier,
	};
}

static void begin(struct rig *r, int end, uint32_t ms, uint8_t multiplier)
{
	struct bfd_out out = { .send = on_send, .ctx = &r->side[end] };
	struct bfd_peer peer = rig_peer(end, ms, multiplier);

	r->side[end].rig = r;
	r->side[end].me = end;
	cr_assert_eq(bfd_new(&r->end[end], 42 + (unsigned)end, &out), 0);
	cr_assert_eq(bfd_set(r->end[end], &peer, r->now), 1);
}

struct rig *rig_solo(uint32_t ms, uint8_t multiplier)
{
	struct rig *r = calloc(1, sizeof(*r));

	cr_assert_not_null(r);
	r->now = (mono){ 1000000000 };
	r->peer = (struct bfd_msg){ .multiplier = 3, .my = 99, .desired_tx = 50000, .required_rx = 50000 };
	begin(r, 0, ms, multiplier);
	return r;
}

struct rig *rig_pair(uint32_t ms0, uint8_t mult0, uint32_t ms1, uint8_t mult1)
{
	struct rig *r = rig_solo(ms0, mult0);

	begin(r, 1, ms1, mult1);
	return r;
}

void rig_free(struct rig *r)
{
	bfd_free(r->end[0]);
	bfd_free(r->end[1]);
	free(r);
}

static mono next(const struct rig *r)
{
	mono at = bfd_next(r->end[0]);

	if (r->end[1])
		at = mono_min(at, bfd_next(r->end[1]));
	return r->n_wire ? mono_min(at, r->wire[0].at) : at;
}

static void deliver(struct rig *r)
{
	while (r->n_wire && mono_due(r->wire[0].at, r->now)) {
		int to = r->wire[0].to;
		uint8_t copy[BFD_MSG_LEN];
		struct bfd_packet packet = { .ifindex = LINK, .from = rig_addr(!to), .ttl = 255, .p = copy, .n = sizeof(copy) };

		memcpy(copy, r->wire[0].p, sizeof(copy));
		memmove(r->wire, r->wire + 1, --r->n_wire * sizeof(r->wire[0]));
		bfd_input(r->end[to], &packet, r->now);
	}
}

void rig_wait(struct rig *r, int64_t ms)
{
	mono end = mono_add_ms(r->now, ms);

	while (next(r).us <= end.us) {
		r->now = next(r);
		deliver(r);
		for (int i = 0; i < 2; i++)
			if (r->end[i])
				bfd_step(r->end[i], r->now);
	}
	r->now = end;
}

enum bfd_bad rig_hear(struct rig *r, enum bfd_state state)
{
	uint8_t buf[BFD_MSG_LEN];
	struct bfd_packet packet = { .ifindex = LINK, .from = rig_addr(1), .ttl = 255, .p = buf, .n = sizeof(buf) };

	r->peer.state = state;
	r->peer.your = r->discr;
	bfd_encode(&r->peer, buf);
	return bfd_input(r->end[0], &packet, r->now);
}

void rig_up(struct rig *r)
{
	rig_hear(r, BFD_INIT);
	cr_assert_eq(rig_view(r, 0).state, BFD_UP);
	r->peer.final = true;
	rig_hear(r, BFD_UP);
	r->peer.final = false;
}

struct bfd_view rig_view(struct rig *r, int end)
{
	static struct view_store last;           /* Criterion: a process for each test */

	while (bfd_news(r->end[end], &last.v[end]))
		;
	return last.v[end];
}

const struct rig_sent *rig_last(const struct rig *r, int end)
{
	cr_assert_gt(r->side[end].n, 0u);
	return &r->side[end].sent[r->side[end].n - 1];
}

void rig_forget(struct rig *r)
{
	r->side[0].n = r->side[1].n = 0;
}
