#include "rig.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

static int sent(void *ctx, unsigned ifindex, const struct in6_addr *to, const uint8_t *payload, size_t n)
{
	struct rig *rig = ctx;

	cr_assert(n > 0 && n <= RA_MSG_MAX);
	cr_assert(rig->n_sent < sizeof(rig->sent) / sizeof(rig->sent[0]));
	rig->sent[rig->n_sent++] = (struct rig_sent){ rig->now.us / 1000, ifindex, payload[0], *to };
	return 0;
}

static void say(struct rig *rig, const char *what, const struct ra_router *a, const struct ra_router *b)
{
	size_t n = strlen(rig->said);

	n += (size_t)snprintf(rig->said + n, sizeof(rig->said) - n, "%s", what);
	for (; a; a = b, b = NULL) {
		n += (size_t)snprintf(rig->said + n, sizeof(rig->said) - n, " %x/", a->addr.s6_addr[15]);
		n += (size_t)snprintf(rig->said + n, sizeof(rig->said) - n, a->has_mac ? "%02x" : "-", a->mac[5]);
	}
	snprintf(rig->said + n, sizeof(rig->said) - n, "; ");
}

static void found(void *ctx, unsigned ifindex, const struct ra_router *router)
{
	cr_assert_eq(ifindex, RIG_LINK);
	say(ctx, "found", router, NULL);
}

static void heard(void *ctx, unsigned ifindex, const struct ra_router *router)
{
	cr_assert_eq(ifindex, RIG_LINK);
	say(ctx, "heard", router, NULL);
}

static void silent(void *ctx, unsigned ifindex, const struct ra_router *router)
{
	struct rig *rig = ctx;

	cr_assert_eq(ifindex, RIG_LINK);
	say(rig, "silent", router, NULL);
	if (rig->on_silent)
		rig->on_silent(rig);
}

static void conflict(void *ctx, unsigned ifindex, const struct ra_router *peer, const struct ra_router *other)
{
	cr_assert_eq(ifindex, RIG_LINK);
	say(ctx, "conflict", peer, other);
}

static void further(void *ctx, unsigned ifindex, const struct ra_router *router, enum ra_further what)
{
	static const char *const names[] = { "joined", "heard again", "hushed", "left" };

	cr_assert_eq(ifindex, RIG_LINK);
	say(ctx, names[what], router, NULL);
}

struct in6_addr rig_addr(uint8_t last)
{
	return (struct in6_addr){ { { 0xfe, 0x80, [15] = last } } };
}

void rig_new(struct rig *rig)
{
	struct ra_config cfg = { .interval_s = RIG_INTERVAL_MS / 1000 };
	struct ra_out out = { sent, found, heard, silent, conflict, further, rig };
	struct in6_addr local = rig_addr(1);

	memset(rig, 0, sizeof(*rig));
	cr_assert_eq(ra_new(&rig->ra, &cfg, &out), 0);
	cr_assert_eq(ra_link_up(rig->ra, RIG_LINK, &local, (uint8_t[6]){ 2, 0, 0, 0, 0, 1 }, true, rig->now), 0);
}

void rig_free(struct rig *rig)
{
	ra_free(rig->ra);
}

void rig_until(struct rig *rig, int64_t ms)
{
	mono end = { ms * 1000 };

	while (mono_due(ra_next(rig->ra), end)) {
		mono next = ra_next(rig->ra);

		cr_assert(next.us >= rig->now.us, "something was due and not done");
		rig->now = next;
		ra_step(rig->ra, rig->now);
		cr_assert(ra_next(rig->ra).us > rig->now.us, "a step leaves nothing due");
	}
	rig->now = end;
}

static enum ra_bad input(struct rig *rig, enum ra_type type, uint8_t addr, uint8_t mac)
{
	struct ra_msg msg = { .type = type, .has_mac = mac != 0, .mac = { 2, 0, 0, 0, 0, mac } };
	struct ra_packet packet = { .ifindex = RIG_LINK, .from = rig_addr(addr), .hop_limit = 255 };
	uint8_t buf[RA_MSG_MAX];

	packet.len = ra_encode(&msg, buf);
	packet.payload = buf;
	return ra_input(rig->ra, &packet, rig->now);
}

enum ra_bad rig_advert(struct rig *rig, uint8_t addr, uint8_t mac)
{
	return input(rig, RA_ADVERT, addr, mac);
}

enum ra_bad rig_solicit(struct rig *rig, uint8_t addr, uint8_t mac)
{
	return input(rig, RA_SOLICIT, addr, mac);
}

const char *rig_said(struct rig *rig)
{
	static char out[sizeof(rig->said)];
	char *save = NULL;

	out[0] = '\0';
	for (char *s = strtok_r(rig->said, ";", &save); s; s = strtok_r(NULL, ";", &save)) {
		s += *s == ' ';
		if (*s && strncmp(s, "heard", 5) != 0)
			sprintf(out + strlen(out), "%s%s", out[0] ? "; " : "", s);
	}
	rig->said[0] = '\0';
	return out;
}

size_t rig_count(const struct rig *rig, uint8_t type)
{
	size_t n = 0;

	for (size_t i = 0; i < rig->n_sent; i++)
		n += rig->sent[i].type == type;
	return n;
}

struct ra_view rig_view(const struct rig *rig)
{
	struct ra_view view;

	cr_assert(ra_view(rig->ra, RIG_LINK, &view));
	return view;
}
