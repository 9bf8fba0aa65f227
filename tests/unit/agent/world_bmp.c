#include "world_bmp.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/prefix.h"
#include "agent/bmp/bmp_msg.h"

static int out_connect(void *ctx, const struct in6_addr *to, uint16_t port)
{
	char s[INET6_ADDRSTRLEN];

	world_line(ctx, "bmp connect %s %u", in6_str(to, s), port);
	return 0;
}

static void out_close(void *ctx)
{
	world_line(ctx, "bmp close");
}

static bool out_ends(void *ctx, bgp_conn conn, struct in6_addr *ret_local, uint16_t ret_ports[2])
{
	(void)ctx;
	(void)ret_local;
	ret_ports[0] = 179;
	ret_ports[1] = 40001;
	return conn != 0;
}

struct agent_bmp_out world_bmp_out(struct world *w)
{
	return (struct agent_bmp_out){ .connect = out_connect, .close = out_close, .ends = out_ends, .ctx = w };
}

static const char *message_name(struct rd *r)
{
	static const char *const names[] = { "?", "OPEN", "UPDATE", "NOTIFICATION", "KEEPALIVE", "REFRESH" };
	struct bgp_err err;
	int n = bgp_frame(*r, true, &err);
	const uint8_t *p = n > 0 ? rd_take(r, (size_t)n) : NULL;

	return p ? names[p[18]] : "none";
}

/* "+10.0.0.0/8 ..." */
static int prefixes(char *s, size_t room, struct span nlri, uint8_t family, char sign)
{
	struct rd r = rd_of(nlri.p, nlri.n);
	char text[PREFIX_STRLEN];
	struct prefix p;
	int at = 0;

	while (family && nlri_next(&r, family, &p) && (size_t)at < room)
		at += snprintf(s + at, room - (size_t)at, " %c%s", sign, prefix_str(&p, text));
	return at < (int)room ? at : (int)room - 1;
}

static void say_route(struct world *w, const char *table, const char *peer, struct rd r, bool as4)
{
	struct bgp_ctx ctx = { .as4 = as4, .mp = { true, true }, .ext_nh_v4 = true, .extended = true, .local_asn = 1, .remote_asn = 1 };
	static struct bgp_msg m;
	struct bgp_update *u = &m.update;
	struct bgp_err err = { 0 };
	char s[400] = "", path[64], via[INET6_ADDRSTRLEN];
	int at;

	cr_assert(bgp_decode(r, &ctx, &m, &err) == 0 && m.type == BGP_UPDATE, "%s: %s", peer, err.what);
	cr_assert(!u->treat_as_withdraw, "%s: %s", peer, u->what);
	if (u->eor[0] || u->eor[1]) {
		world_line(w, "bmp %s %s: EOR %s", table, peer, u->eor[0] ? "ipv4" : "ipv6");
		return;
	}
	at = prefixes(s, 200, u->withdrawn, AF_INET, '-');
	at += prefixes(s + at, 100, u->mp_unreach, u->mp_unreach_family, '-');
	at += prefixes(s + at, 100, u->nlri, AF_INET, '+');
	at += prefixes(s + at, 100, u->mp_reach, u->mp_reach_family, '+');
	if (u->nlri.n || u->mp_reach_family)
		at += snprintf(s + at, sizeof(s) - (size_t)at, " path %s", aspath_str(u->attrs.as_path, path, sizeof(path)));
	if (u->attrs.has & ATTRS_LOCAL_PREF)
		at += snprintf(s + at, sizeof(s) - (size_t)at, " pref %u", u->attrs.local_pref);
	if (u->attrs.has & ATTRS_MED)
		at += snprintf(s + at, sizeof(s) - (size_t)at, " med %u", u->attrs.med);
	if (u->mp_reach_family || u->nlri.n)
		snprintf(s + at, sizeof(s) - (size_t)at, " via %s", in6_str(u->mp_reach_family ? &u->attrs.next_hop : &u->classic_next_hop, via));
	world_line(w, "bmp %s %s:%s", table, peer, s);
}

static void say_up(struct world *w, const char *peer, uint32_t asn, struct rd *r)
{
	const char *sent, *received;
	char text[64] = "";

	rd_take(r, 16 + 4);
	sent = message_name(r);
	received = message_name(r);
	while (rd_left(r) && !r->bad) {
		const char *what = rd_u16(r) == 3 ? "table" : "name";
		uint16_t n = rd_u16(r);
		const uint8_t *p = rd_take(r, n);

		cr_assert(p);
		snprintf(text, sizeof(text), " %s %.*s", what, n, (const char *)p);
	}
	world_line(w, "bmp up %s as %u%s, sent %s, received %s", peer, asn, text, sent, received);
}

static void say_stats(struct world *w, const char *peer, struct rd *r)
{
	uint32_t n = rd_u32(r);
	char s[300] = "";
	int at = 0;

	while (n-- && !r->bad) {
		uint16_t type = rd_u16(r);
		struct rd v = rd_sub(r, rd_u16(r));
		uint64_t value = 0;

		at += snprintf(s + at, sizeof(s) - (size_t)at, " %u", type);
		if (rd_left(&v) == 11) {
			at += snprintf(s + at, sizeof(s) - (size_t)at, "/%u", rd_u16(&v));
			rd_u8(&v);
		}
		while (rd_left(&v))
			value = value << 8 | rd_u8(&v);
		at += snprintf(s + at, sizeof(s) - (size_t)at, "=%llu", (unsigned long long)value);
	}
	cr_assert(!r->bad && !rd_left(r));
	world_line(w, "bmp stats %s%s", peer, s);
}

static void say_of_peer(struct world *w, uint8_t type, struct rd *r)
{
	uint8_t peer_type = rd_u8(r), flags = rd_u8(r);
	uint32_t high = rd_u32(r), distinguisher = rd_u32(r), asn;
	struct in6_addr address = { 0 };
	char s[INET6_ADDRSTRLEN], peer[80] = "loc-rib";
	const uint8_t *last;

	cr_assert(rd_copy(r, &address, 16) && !high);
	if (peer_type != BMP_LOC_RIB && !(flags & 0x80))
		address.s6_addr[10] = address.s6_addr[11] = 0xff;
	if (peer_type != BMP_LOC_RIB)
		snprintf(peer, sizeof(peer), "%u/%s", distinguisher, in6_str(&address, s));
	cr_assert(peer_type == BMP_LOC_RIB ? !flags : (peer_type == BMP_LOCAL) == (distinguisher != 0));
	asn = rd_u32(r);
	rd_take(r, 12);
	switch (type) {
	case BMP_ROUTE_MONITORING:
		say_route(w, peer_type == BMP_LOC_RIB ? "loc" : flags & 0x40 ? "post" : "pre", peer, *r, !(flags & 0x20));
		break;
	case BMP_PEER_UP:
		say_up(w, peer, asn, r);
		break;
	case BMP_STATISTICS:
		say_stats(w, peer, r);
		break;
	case BMP_PEER_DOWN:
		type = rd_u8(r);
		last = rd_left(r) >= 21 ? r->at + 19 : NULL;
		world_line(w, last ? "bmp down %s reason %u %u/%u" : "bmp down %s reason %u", peer, type, last ? last[0] : 0, last ? last[1] : 0);
		break;
	default:
		cr_assert_fail("message type %u", type);
	}
}

static void say_message(struct world *w, uint8_t type, struct rd *r)
{
	const uint8_t *p;
	uint16_t n;

	if (type != BMP_INITIATION && type != BMP_TERMINATION) {
		say_of_peer(w, type, r);
		return;
	}
	rd_u16(r);
	n = rd_u16(r);
	p = rd_take(r, n);
	if (type == BMP_TERMINATION) {
		world_line(w, "bmp termination %u", p[1]);
		return;
	}
	rd_u16(r);
	n = rd_u16(r);
	p = rd_take(r, n);
	world_line(w, "bmp initiation %.*s", n, (const char *)p);
}

static size_t read_once(struct world *w)
{
	const uint8_t *p;
	struct rd all, r;
	size_t n;

	p = agent_bmp_pending(w->agent, &n);
	all = rd_of(n ? p : (const uint8_t *)"", n);
	while (rd_left(&all)) {
		uint8_t version = rd_u8(&all);
		uint32_t length = rd_u32(&all);
		uint8_t type = rd_u8(&all);

		cr_assert(version == 3 && length >= BMP_HEADER_LEN && length - BMP_HEADER_LEN <= rd_left(&all));
		r = rd_sub(&all, length - BMP_HEADER_LEN);
		say_message(w, type, &r);
	}
	agent_bmp_sent(w->agent, n, w->now);
	return n;
}

size_t world_bmp_read(struct world *w)
{
	size_t n, sum = 0;

	while ((n = read_once(w))) {
		sum += n;
		world_turn(w);
	}
	return sum;
}

void world_bmp_connect(struct world *w)
{
	agent_bmp_connected(w->agent, w->now);
	world_turn(w);
	world_bmp_read(w);
}

void world_bmp_close(struct world *w)
{
	agent_bmp_closed(w->agent, 0, w->now);
	world_turn(w);
}
