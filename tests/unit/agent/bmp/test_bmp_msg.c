/* Every message byte for byte, in the order of RFC 7854 section 4, and at every length that is too short. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/base/own.h"
#include "agent/bmp/bmp_msg.h"

static const struct bmp_peer v6 = {
	.type = BMP_LOCAL, .distinguisher = 0x0102030405060708, .address = { .s6_addr = { 0xfe, 0x80, [15] = 1 } }, .asn = 4210000001,
	.at_us = 1600000000000007,
};
static const struct bmp_peer v4 = {
	.type = BMP_GLOBAL, .post_policy = true, .as2 = true, .address = { .s6_addr = { [10] = 0xff, 0xff, 203, 0, 113, 2 } }, .asn = 65002,
};
static const struct bmp_peer loc = { .type = BMP_LOC_RIB, .asn = 65001 };

#define PEER_V6 0x02, 0x80, 1, 2, 3, 4, 5, 6, 7, 8, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xfa, 0xef, 0x80, 0x81, 10, 0, 0, 1, \
	0x5f, 0x5e, 0x10, 0x00, 0, 0, 0, 7
#define PEER_V4 0x00, 0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 203, 0, 113, 2, 0, 0, 0xfd, 0xea, 10, 0, 0, 1, \
	0, 0, 0, 0, 0, 0, 0, 0
#define PEER_LOC 0x03, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfd, 0xe9, 10, 0, 0, 1, \
	0, 0, 0, 0, 0, 0, 0, 0

static const struct bmp_bytes four = { "\x11\x22\x33\x44", 4 }, two = { "\x55\x66", 2 };

static int route(struct wr *w, const struct bmp_peer *p) { return bmp_put_route(w, p, four); }
static int down_note(struct wr *w, const struct bmp_peer *p) { return bmp_put_peer_down(w, p, BMP_DOWN_LOCAL_NOTIFICATION, four); }
static int down_event(struct wr *w, const struct bmp_peer *p) { return bmp_put_peer_down(w, p, BMP_DOWN_LOCAL, (struct bmp_bytes){ "\0\x08", 2 }); }
static int down_gone(struct wr *w, const struct bmp_peer *p) { return bmp_put_peer_down(w, p, BMP_DOWN_REMOTE, (struct bmp_bytes){ 0 }); }
static int initiation(struct wr *w, const struct bmp_peer *p) { (void)p; return bmp_put_initiation(w, "leaf1", "weft"); }
static int termination(struct wr *w, const struct bmp_peer *p) { (void)p; return bmp_put_termination(w, BMP_TERMINATED_BY_ADMIN, "end"); }

static int up(struct wr *w, const struct bmp_peer *p)
{
	struct bmp_up u = { .local = { .s6_addr = { 0xfe, 0x80, [15] = 2 } }, .local_port = 179, .remote_port = 0x9c41, .sent = four, .received = two, .name = "swp1" };

	return bmp_put_peer_up(w, p, &u);
}

static int up_v4(struct wr *w, const struct bmp_peer *p)
{
	struct bmp_up u = { .local = { .s6_addr = { [10] = 0xff, 0xff, 203, 0, 113, 1 } }, .sent = four, .received = two };

	return bmp_put_peer_up(w, p, &u);
}

static int up_loc(struct wr *w, const struct bmp_peer *p)
{
	return bmp_put_peer_up(w, p, &(struct bmp_up){ .sent = four, .received = four, .table = "global" });
}

static int stats(struct wr *w, const struct bmp_peer *p)
{
	static const struct bmp_stat s[] = {
		{ .type = BMP_STAT_REJECTED, .value = 0x100000005 }, { .type = BMP_STAT_ADJ_RIB_IN, .value = 0x100000005 },
		{ .type = BMP_STAT_LOC_RIB_FAMILY, .afi = 2, .safi = 1, .value = 9 },
	};

	return bmp_put_stats(w, p, s, ARRAY_LEN(s));
}

static const struct {
	const char *name;
	const struct bmp_peer *peer;
	int (*put)(struct wr *w, const struct bmp_peer *peer);
	size_t n;
	uint8_t bytes[128];
} rows[] = {
	{ "4.3 Initiation", NULL, initiation, 23, { 3, 0, 0, 0, 23, 4, 0, 1, 0, 4, 'w', 'e', 'f', 't', 0, 2, 0, 5, 'l', 'e', 'a', 'f', '1' } },
	{ "4.5 Termination", NULL, termination, 19, { 3, 0, 0, 0, 19, 5, 0, 1, 0, 2, 0, 0, 0, 0, 0, 3, 'e', 'n', 'd' } },
	{ "4.6 Route Monitoring", &v6, route, 52, { 3, 0, 0, 0, 52, 0, PEER_V6, 0x11, 0x22, 0x33, 0x44 } },
	{ "4.6 of IPv4, post-policy, 2-octet", &v4, route, 52, { 3, 0, 0, 0, 52, 0, PEER_V4, 0x11, 0x22, 0x33, 0x44 } },
	{ "4.8 Stats Report", &v6, stats, 87, { 3, 0, 0, 0, 87, 1, PEER_V6, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 7, 0, 8, 0, 0, 0, 1, 0, 0, 0, 5,
		0, 10, 0, 11, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 9 } },
	{ "4.9 Peer Down, NOTIFICATION", &v6, down_note, 53, { 3, 0, 0, 0, 53, 2, PEER_V6, 1, 0x11, 0x22, 0x33, 0x44 } },
	{ "4.9 Peer Down, event", &v6, down_event, 51, { 3, 0, 0, 0, 51, 2, PEER_V6, 2, 0, 8 } },
	{ "4.9 Peer Down, gone", &v6, down_gone, 49, { 3, 0, 0, 0, 49, 2, PEER_V6, 4 } },
	{ "4.10 Peer Up", &v6, up, 82, { 3, 0, 0, 0, 82, 3, PEER_V6, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 179, 0x9c, 0x41,
		0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0, 0, 0, 4, 's', 'w', 'p', '1' } },
	{ "4.10 of IPv4", &v4, up_v4, 74, { 3, 0, 0, 0, 74, 3, PEER_V4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 203, 0, 113, 1, 0, 0, 0, 0,
		0x11, 0x22, 0x33, 0x44, 0x55, 0x66 } },
	{ "RFC 9069 4.4", &loc, up_loc, 86, { 3, 0, 0, 0, 86, 3, PEER_LOC, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x11, 0x22, 0x33, 0x44, 0x11, 0x22, 0x33, 0x44, 0, 3, 0, 6, 'g', 'l', 'o', 'b', 'a', 'l' } },
	{ "RFC 9069 4.1", &loc, route, 52, { 3, 0, 0, 0, 52, 0, PEER_LOC, 0x11, 0x22, 0x33, 0x44 } },
};

static int put(size_t i, struct wr *w)
{
	struct bmp_peer peer = rows[i].peer ? *rows[i].peer : (struct bmp_peer){ 0 };

	peer.id.s_addr = htonl(0x0a000001);
	return rows[i].put(w, &peer);
}

Test(bmp_msg, every_message_is_what_the_rfc_draws)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t buf[256];
		struct wr w = wr_of(buf, sizeof(buf));

		cr_expect_eq(put(i, &w), 0, "%s", rows[i].name);
		cr_expect_eq(wr_len(&w), rows[i].n, "%s: %zu bytes", rows[i].name, wr_len(&w));
		for (size_t k = 0; k < rows[i].n; k++)
			cr_expect_eq(buf[k], rows[i].bytes[k], "%s: byte %zu is %02x", rows[i].name, k, buf[k]);
	}
}

Test(bmp_msg, without_room_nothing_is_written)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t room = 0; room < rows[i].n; room++) {
			uint8_t buf[128];
			struct wr w = wr_of(buf, room);

			cr_expect_eq(put(i, &w), -EMSGSIZE, "%s in %zu bytes", rows[i].name, room);
			cr_expect(wr_len(&w) == 0 && !w.bad, "%s in %zu bytes", rows[i].name, room);
		}
}

Test(bmp_msg, several_stand_behind_each_other)
{
	uint8_t buf[256];
	struct wr w = wr_of(buf, sizeof(buf));

	cr_expect(put(0, &w) == 0 && put(7, &w) == 0);
	cr_expect_eq(wr_len(&w), rows[0].n + rows[7].n);
	cr_expect_eq(memcmp(buf + rows[0].n, rows[7].bytes, rows[7].n), 0);
}
