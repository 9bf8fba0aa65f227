#include "agent/bmp/bmp_msg.h"

#include <errno.h>

#define BMP_VERSION 3                    /* RFC 7854 4.1 */

enum { FLAG_V = 0x80, FLAG_L = 0x40, FLAG_A = 0x20 };    /* RFC 7854 4.2; of the Loc-RIB 0x80 would say that it is filtered (RFC 9069 4.2) */
enum { TLV_STRING = 0, TLV_SYS_DESCR = 1, TLV_SYS_NAME = 2, TLV_TABLE = 3 };     /* RFC 7854 4.4, RFC 9069 4.4 */
enum { TERM_STRING = 0, TERM_REASON = 1 };                                       /* RFC 7854 4.5 */

/* A message is written into what w has left, and w moves only when it is whole. */
static struct wr begin(const struct wr *w, enum bmp_type type)
{
	struct wr m = wr_of(w->at, wr_room(w));

	wr_u8(&m, BMP_VERSION);
	wr_u32(&m, 0);
	wr_u8(&m, (uint8_t)type);
	return m;
}

static int end(struct wr *w, const struct wr *m)
{
	struct wr length;

	if (m->bad)
		return -EMSGSIZE;
	length = wr_of(m->base + 1, 4);
	wr_u32(&length, (uint32_t)wr_len(m));
	w->at += wr_len(m);
	return 0;
}

static void put_u64(struct wr *w, uint64_t v)
{
	wr_u32(w, (uint32_t)(v >> 32));
	wr_u32(w, (uint32_t)v);
}

static void put_address(struct wr *w, const struct in6_addr *a)
{
	static const uint8_t zero[12];

	if (!IN6_IS_ADDR_V4MAPPED(a)) {
		wr_bytes(w, a, 16);
		return;
	}
	wr_bytes(w, zero, sizeof(zero));
	wr_bytes(w, a->s6_addr + 12, 4);
}

static void put_peer(struct wr *w, const struct bmp_peer *p)
{
	bool v6 = p->type != BMP_LOC_RIB && !IN6_IS_ADDR_V4MAPPED(&p->address);

	wr_u8(w, (uint8_t)p->type);
	wr_u8(w, (v6 ? FLAG_V : 0) | (p->post_policy ? FLAG_L : 0) | (p->as2 ? FLAG_A : 0));
	put_u64(w, p->distinguisher);
	put_address(w, &p->address);
	wr_u32(w, p->asn);
	wr_bytes(w, &p->id, 4);
	wr_u32(w, (uint32_t)(p->at_us / 1000000));
	wr_u32(w, (uint32_t)(p->at_us % 1000000));
}

static void put_text(struct wr *w, uint16_t type, const char *text)
{
	size_t n = strnlen(text, UINT8_MAX);

	wr_u16(w, type);
	wr_u16(w, (uint16_t)n);
	wr_bytes(w, text, n);
}

int bmp_put_initiation(struct wr *w, const char *sys_name, const char *sys_descr)
{
	struct wr m = begin(w, BMP_INITIATION);

	put_text(&m, TLV_SYS_DESCR, sys_descr);
	put_text(&m, TLV_SYS_NAME, sys_name);
	return end(w, &m);
}

int bmp_put_termination(struct wr *w, uint16_t reason, const char *words)
{
	struct wr m = begin(w, BMP_TERMINATION);

	wr_u16(&m, TERM_REASON);
	wr_u16(&m, 2);
	wr_u16(&m, reason);
	put_text(&m, TERM_STRING, words);
	return end(w, &m);
}

int bmp_put_peer_up(struct wr *w, const struct bmp_peer *peer, const struct bmp_up *up)
{
	struct wr m = begin(w, BMP_PEER_UP);

	put_peer(&m, peer);
	put_address(&m, &up->local);
	wr_u16(&m, up->local_port);
	wr_u16(&m, up->remote_port);
	wr_bytes(&m, up->sent.p, up->sent.n);
	wr_bytes(&m, up->received.p, up->received.n);
	if (up->name)
		put_text(&m, TLV_STRING, up->name);
	if (up->table)
		put_text(&m, TLV_TABLE, up->table);
	return end(w, &m);
}

int bmp_put_peer_down(struct wr *w, const struct bmp_peer *peer, enum bmp_down reason, struct bmp_bytes data)
{
	struct wr m = begin(w, BMP_PEER_DOWN);

	put_peer(&m, peer);
	wr_u8(&m, (uint8_t)reason);
	wr_bytes(&m, data.p, data.n);
	return end(w, &m);
}

int bmp_put_route(struct wr *w, const struct bmp_peer *peer, struct bmp_bytes update)
{
	struct wr m = begin(w, BMP_ROUTE_MONITORING);

	put_peer(&m, peer);
	wr_bytes(&m, update.p, update.n);
	return end(w, &m);
}

static void put_stat(struct wr *w, const struct bmp_stat *s)
{
	bool family = s->type == BMP_STAT_ADJ_RIB_IN_FAMILY || s->type == BMP_STAT_LOC_RIB_FAMILY;
	bool gauge = family || s->type == BMP_STAT_ADJ_RIB_IN || s->type == BMP_STAT_LOC_RIB;

	wr_u16(w, (uint16_t)s->type);
	wr_u16(w, family ? 11 : gauge ? 8 : 4);
	if (family) {
		wr_u16(w, s->afi);
		wr_u8(w, s->safi);
	}
	if (gauge)
		put_u64(w, s->value);
	else
		wr_u32(w, (uint32_t)s->value);   /* RFC 7854 4.8: a 32-bit counter, which begins anew */
}

int bmp_put_stats(struct wr *w, const struct bmp_peer *peer, const struct bmp_stat *stats, size_t n)
{
	struct wr m = begin(w, BMP_STATISTICS);

	put_peer(&m, peer);
	wr_u32(&m, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		put_stat(&m, &stats[i]);
	return end(w, &m);
}
