/* Packets of Router Advertisements and Solicitations, one behind the other with time between them: each is decoded, survives encode and
 * decode again, and is fed to a struct ra, whose promises are checked.
 *
 * A packet in the input: hop limit (0: 255), source, flags and time, length, payload. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/base/rd.h"
#include "agent/base/prefix.h"
#include "ra/ra.h"

#define LINK 3

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static struct in6_addr source(uint8_t b)
{
	static const struct in6_addr kinds[] = {
		{ { { 0xfe, 0x80 } } }, { { { 0xfe, 0x80, [8] = 0xff } } }, { { { 0 } } }, { { { 0x20, 0x01 } } },
	};
	struct in6_addr a = kinds[b >> 6];

	a.s6_addr[15] = b & 0x3f;
	return a;
}

static void again(const struct ra_packet *packet, const struct ra_msg *msg)
{
	uint8_t buf[RA_MSG_MAX];
	struct ra_packet copy = { packet->ifindex, packet->from, 255, buf, ra_encode(msg, buf) };
	struct ra_msg back;

	check(copy.len <= sizeof(buf) && copy.len <= packet->len);
	check(ra_decode(&copy, &back) == RA_OK);
	check(back.type == msg->type && back.lifetime == msg->lifetime && back.has_mac == msg->has_mac);
	check(memcmp(back.mac, msg->mac, sizeof(msg->mac)) == 0);
}

static int on_send(void *ctx, unsigned ifindex, const struct in6_addr *to, const uint8_t *payload, size_t n)
{
	(void)ctx, (void)to, (void)payload;
	check(ifindex == LINK && n <= RA_MSG_MAX);
	return 0;
}

static void on_router(void *ctx, unsigned ifindex, const struct ra_router *router)
{
	(void)ctx;
	check(ifindex == LINK && in6_is_ll(&router->addr));
}

static void on_conflict(void *ctx, unsigned ifindex, const struct ra_router *peer, const struct ra_router *other)
{
	(void)ctx;
	check(ifindex == LINK && (!in6_eq(&peer->addr, &other->addr) || memcmp(peer->mac, other->mac, 6) != 0));
}

static void on_further(void *ctx, unsigned ifindex, const struct ra_router *router, enum ra_further what)
{
	check(what <= RA_FURTHER_LOST);
	on_router(ctx, ifindex, router);
}

static void act(struct ra *ra, uint8_t flags, const struct in6_addr *from, mono now)
{
	struct ra_view view;

	if (flags & 0x80)
		ra_session(ra, LINK, from, flags & 0x40, now);
	if (flags & 0x20)
		ra_vouch(ra, LINK, from, now);
	ra_step(ra, now);
	check(ra_next(ra).us > now.us);
	check(ra_view(ra, LINK, &view));
	check(view.n_others < RA_ROUTERS_MAX && (view.peer || view.n_others == 0));
	check(view.n_further < view.allowed && (view.peer || view.n_further == 0));
	for (size_t i = 0; i < view.n_further; i++)
		for (size_t k = 0; k <= i; k++)
			check(!in6_eq(&view.further[i].addr, k < i ? &view.further[k].addr : &view.peer->addr));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct ra_config cfg = { .interval_s = 5, .lifetime_s = 0 };
	struct ra_out out = { on_send, on_router, on_router, on_router, on_conflict, on_further, NULL };
	struct in6_addr local = { { { 0xfe, 0x80, [15] = 1 } } };
	struct rd r = rd_of(p, n);
	struct ra *ra;
	mono now = { 0 };

	if (n == 0 || ra_new(&ra, &cfg, &out) < 0)
		return 0;
	check(ra_link_up(ra, LINK, &local, (uint8_t[6]){ 2, 0, 0, 0, 0, 1 }, true, now) == 0);
	ra_allow(ra, LINK, 1 + n % 3);
	while (rd_left(&r) > 4) {
		uint8_t hops = rd_u8(&r), from = rd_u8(&r), flags = rd_u8(&r), len = rd_u8(&r);
		size_t take = len < rd_left(&r) ? len : rd_left(&r);
		struct rd body = rd_sub(&r, take);
		struct ra_packet packet = { LINK, source(from), hops ? hops : 255, body.at, take };
		struct ra_msg msg;

		if (ra_decode(&packet, &msg) == RA_OK)
			again(&packet, &msg);
		ra_input(ra, &packet, now);
		act(ra, flags, &packet.from, now);
		now = mono_add_ms(now, (flags & 0x1f) * 700);
	}
	ra_free(ra);
	return 0;
}
