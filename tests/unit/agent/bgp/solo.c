#include "solo.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/bgp/notify.h"

static void on_connect(void *ctx, bgp_conn conn, const struct peer_config *cfg, const struct in6_addr *remote)
{
	struct solo *s = ctx;

	cr_assert_eq(cfg->ifindex, s->link.ifindex);
	cr_assert_eq(memcmp(remote, &s->remote, sizeof(*remote)), 0);
	s->connect = conn;
	s->n_connect++;
}

static void on_close(void *ctx, bgp_conn conn)
{
	struct solo *s = ctx;

	s->closed = conn;
	s->n_closed++;
}

static void on_established(void *ctx, struct peer *peer)
{
	struct solo *s = ctx;

	(void)peer;
	s->n_established++;
}

static void on_down(void *ctx, struct peer *peer)
{
	struct solo *s = ctx;

	(void)peer;
	s->n_down++;
}

static void on_update(void *ctx, struct peer *peer, const struct bgp_update *update)
{
	struct solo *s = ctx;

	(void)peer;
	s->withdrawn = (uint8_t)update->withdrawn.n;
	s->n_update++;
}

static void on_refresh(void *ctx, struct peer *peer, uint8_t family, enum bgp_refresh_kind kind)
{
	struct solo *s = ctx;

	(void)peer;
	cr_assert(family == AF_INET || family == AF_INET6);
	s->n_refresh++;
	s->refresh_kind = kind;
}

static void on_state(void *ctx, struct peer *peer)
{
	struct solo *s = ctx;

	(void)peer;
	s->n_state++;
}

static bool on_unwelcome(void *ctx, const struct peer *peer, const struct bgp_caps *caps, char why[PEER_WORDS_MAX + 1])
{
	const struct solo *s = ctx;

	(void)peer, (void)caps;
	snprintf(why, PEER_WORDS_MAX + 1, "%s", s->unwelcome ? s->unwelcome : "");
	return s->unwelcome;
}

struct solo *solo_new(const char *router_id)
{
	struct solo *s = calloc(1, sizeof(*s));
	struct peers_config cfg = { .asn = OUR_AS, .hostname = "leaf1", .hold = 9, .keepalive = 3, .connect_retry = 5, .ipv6 = true };
	struct peers_out out = {
		.connect = on_connect, .close = on_close, .established = on_established, .down = on_down,
		.update = on_update, .refresh = on_refresh, .unwelcome = on_unwelcome, .state = on_state, .ctx = s,
	};

	cr_assert_not_null(s);
	inet_pton(AF_INET, router_id, &cfg.router_id);
	s->now = (mono){ 1000000000 };
	s->link = (struct peer_config){ .ifindex = LINK, .link = "swp7" };
	inet_pton(AF_INET6, "fe80::1", &s->link.local);
	inet_pton(AF_INET6, "fe80::2", &s->remote);
	cr_assert_eq(peers_new(&s->peers, &cfg, &out), 0);
	return s;
}

void solo_free(struct solo *s)
{
	peers_free(s->peers);
	free(s);
}

void solo_set(struct solo *s)
{
	cr_assert_eq(peers_set(s->peers, &s->link, &s->remote, s->now), 0);
}

void solo_input(struct solo *s, bgp_conn conn, const void *p, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);       /* so that the sanitizer sees any step over its end */

	memcpy(copy, p, n);
	peers_input(s->peers, conn, copy, n, s->now);
	free(copy);
}

void solo_put_open(struct wr *w, uint32_t asn, const char *id)
{
	struct bgp_open open = {
		.version = 4, .asn = asn, .my_as = asn > UINT16_MAX ? 23456 : (uint16_t)asn, .hold_time = 9,
		.caps = { .mp = { true, true }, .mp_any = true, .ext_nh_v4 = true, .as4 = true, .asn4 = asn, .refresh = true, .hostname = "spine1" },
	};

	inet_pton(AF_INET, id, &open.id);
	cr_assert_eq(bgp_put_open(w, &open), 0);
}

void solo_open(struct solo *s, bgp_conn conn, uint32_t asn, const char *id)
{
	uint8_t buf[BGP_MAX_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	solo_put_open(&w, asn, id);
	solo_input(s, conn, buf, wr_len(&w));
}

void solo_keepalive(struct solo *s, bgp_conn conn)
{
	uint8_t buf[BGP_HEADER_LEN];
	struct wr w = wr_of(buf, sizeof(buf));

	cr_assert_eq(bgp_put_keepalive(&w), 0);
	solo_input(s, conn, buf, wr_len(&w));
}

void solo_notification(struct solo *s, bgp_conn conn, uint8_t code, uint8_t subcode)
{
	uint8_t buf[64];
	struct wr w = wr_of(buf, sizeof(buf));

	cr_assert_eq(bgp_put_notification(&w, code, subcode, NULL, 0), 0);
	solo_input(s, conn, buf, wr_len(&w));
}

void solo_drain(struct solo *s, bgp_conn conn)
{
	size_t n, len;
	const uint8_t *p = peers_pending(s->peers, conn, &n);

	for (size_t i = 0; i < n; i += len) {
		len = (size_t)(p[i + 16] << 8 | p[i + 17]);
		cr_assert(len >= BGP_HEADER_LEN && i + len <= n, "whole messages are queued");
		s->sent[p[i + 18]]++;
		if (p[i + 18] != BGP_NOTIFICATION)
			continue;
		memcpy(s->said, p + i + BGP_HEADER_LEN, 2);
		memcpy(s->said_whole, p + i, len);
		s->n_said = len;
		cr_expect(notify_is_ours(s->said[0], s->said[1]), "%u/%u is not in notify.c's list of what we say", s->said[0], s->said[1]);
	}
	peers_sent(s->peers, conn, n, s->now);
}

void solo_close_mine(struct solo *s)
{
	cr_assert_neq(s->closed, 0u);
	solo_drain(s, s->closed);
	peers_closed(s->peers, s->closed, 0, s->now);
	s->closed = 0;
}

bgp_conn solo_establish(struct solo *s)
{
	bgp_conn conn;

	solo_set(s);
	conn = s->connect;
	cr_assert_neq(conn, 0u);
	peers_connected(s->peers, conn, s->now);
	solo_open(s, conn, PEER_AS, "10.0.0.2");
	solo_keepalive(s, conn);
	cr_assert_eq(solo_view(s).state, BGP_ESTABLISHED);
	solo_drain(s, conn);
	return conn;
}

void solo_until(struct solo *s, int64_t ms)
{
	mono end = mono_add_ms(s->now, ms), next;

	while (next = peers_next(s->peers), mono_due(next, end)) {
		if (next.us > s->now.us)
			s->now = next;
		peers_step(s->peers, s->now);
	}
	s->now = end;
}

struct peer_view solo_view(const struct solo *s)
{
	struct peer_view v;

	peer_view(peers_find(s->peers, LINK), &v);
	return v;
}
