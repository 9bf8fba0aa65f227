#include "agent/mrt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/agent_priv.h"
#include "agent/base/own.h"
#include "agent/base/wr.h"

enum { MRT_TABLE_DUMP_V2 = 13, MRT_PEER_INDEX_TABLE = 1, MRT_RIB_IPV4_UNICAST = 2, MRT_RIB_IPV6_UNICAST = 4 };   /* RFC 6396 4, 4.3 */
enum { PEER_IPV6 = 1, PEER_AS4 = 2 };    /* RFC 6396 4.3.1 */
enum { ATTR_OPTIONAL = 0x80, ATTR_MP_REACH = 14 };

#define RECORD_MAX (256 * 1024)          /* paths with the longest attributes: three; usual ones: thousands */
#define PEER_MAX 25                      /* bytes in the index: type, identifier, address, AS */
#define NO_INDEX 0xffff

struct mrt {
	struct agent *agent;
	uint32_t time_s, seq;
	size_t n_by_rib;                 /* of the next */
	uint16_t *index;                 /* by rib_peer; NO_INDEX: was none when the dump began */
	struct rib_peer_info *infos;     /* the same: who it was */
	uint16_t n_peers;
	uint8_t record[RECORD_MAX];
};

int mrt_new(struct mrt **ret, struct agent *a, uint32_t time_s)
{
	struct mrt *m = malloc(sizeof(*m));
	const struct port *port;

	if (!m)
		return -ENOMEM;
	m->agent = a;
	m->time_s = time_s;
	m->seq = 0;
	m->n_peers = 1;                          /* this node */
	m->n_by_rib = a->n_by_rib;
	m->index = malloc((m->n_by_rib + 1) * sizeof(*m->index));
	m->infos = calloc(m->n_by_rib + 1, sizeof(*m->infos));
	if (!m->index || !m->infos) {
		mrt_free(m);
		return -ENOMEM;
	}
	for (size_t i = 0; i < m->n_by_rib; i++) {
		port = a->by_rib[i];
		m->index[i] = port && m->n_peers < NO_INDEX ? m->n_peers++ : NO_INDEX;
		if (port)
			m->infos[i] = port->rib_info;
	}
	*ret = m;
	return 0;
}

void mrt_free(struct mrt *m)
{
	if (!m)
		return;
	free(m->index);
	free(m->infos);
	free(m);
}

/* RFC 6396 2: the length is patched in at the end. */
static void begin(const struct mrt *m, struct wr *w, uint16_t subtype)
{
	wr_u32(w, m->time_s);
	wr_u16(w, MRT_TABLE_DUMP_V2);
	wr_u16(w, subtype);
	wr_u32(w, 0);
}

static void finish(struct wr *w, mrt_record_fn *fn, void *ctx)
{
	uint32_t n = (uint32_t)wr_len(w) - 12;
	struct wr length = wr_of(w->base + 8, 4);

	wr_u32(&length, n);
	fn(ctx, w->base, wr_len(w));
}

static void peer_entry(struct wr *w, struct in_addr id, const struct in6_addr *address, uint32_t asn)
{
	bool v4 = IN6_IS_ADDR_V4MAPPED(address);

	wr_u8(w, v4 ? PEER_AS4 : PEER_AS4 | PEER_IPV6);
	wr_bytes(w, &id, 4);
	wr_bytes(w, address->s6_addr + (v4 ? 12 : 0), v4 ? 4 : 16);
	wr_u32(w, asn);
}

void mrt_peers(struct mrt *m, mrt_record_fn *fn, void *ctx)
{
	const struct config *cfg = m->agent->cfg;
	struct in6_addr own = { .s6_addr = { [10] = 0xff, 0xff } };
	size_t room = 64 + (size_t)m->n_peers * PEER_MAX;
	AUTO_FREE uint8_t *buf = malloc(room);
	struct wr w;

	if (!buf)
		return;
	w = wr_of(buf, room);
	memcpy(own.s6_addr + 12, &cfg->router_id, 4);
	begin(m, &w, MRT_PEER_INDEX_TABLE);
	wr_bytes(&w, &cfg->router_id, 4);
	wr_u16(&w, 0);                           /* the view has no name */
	wr_u16(&w, m->n_peers);
	peer_entry(&w, cfg->router_id, &own, cfg->asn);
	for (size_t i = 0; i < m->n_by_rib; i++)
		if (m->index[i] != NO_INDEX)
			peer_entry(&w, m->infos[i].router_id, &m->infos[i].address, m->infos[i].asn);
	finish(&w, fn, ctx);
}

/* Is it still who it was? A number may be another peer's by now. */
static uint16_t index_of(const struct mrt *m, rib_peer peer)
{
	const struct port *port;
	const struct rib_peer_info *was;

	if (peer == RIB_LOCAL)
		return 0;
	port = peer < m->n_by_rib && peer < m->agent->n_by_rib ? m->agent->by_rib[peer] : NULL;
	if (!port)
		return NO_INDEX;
	was = &m->infos[peer];
	if (port->rib_info.asn != was->asn || port->rib_info.link != was->link || !in6_eq(&port->rib_info.address, &was->address))
		return NO_INDEX;
	return m->index[peer];
}

/* RFC 6396 4.3.4: of MP_REACH_NLRI the length of the next hop and the next hop alone. */
static void short_next_hop(struct wr *w, const struct bgp_egress *egress)
{
	bool ll_too = !IN6_IS_ADDR_UNSPECIFIED(&egress->next_hop_ll);
	const struct in6_addr *first = IN6_IS_ADDR_UNSPECIFIED(&egress->next_hop_v6) ? &egress->next_hop_ll : &egress->next_hop_v6;
	uint8_t n = ll_too ? 32 : 16;

	wr_u8(w, ATTR_OPTIONAL);
	wr_u8(w, ATTR_MP_REACH);
	wr_u8(w, (uint8_t)(n + 1));
	wr_u8(w, n);
	wr_bytes(w, first, 16);
	if (ll_too)
		wr_bytes(w, &egress->next_hop_ll, 16);
}

static void rib_entry(const struct mrt *m, struct wr *w, uint16_t index, const struct attrs *attrs, uint8_t family)
{
	const struct bgp_ctx ctx = { .as4 = true, .mp = { true, true }, .ext_nh_v4 = true, .extended = true };  /* RFC 6396 4.3.4: AS numbers of 4 octets */
	struct bgp_egress egress = { .as_is = true };
	size_t mark;

	attrs_shown(m->agent, attrs, family, &egress);
	wr_u16(w, index);
	wr_u32(w, m->time_s);
	mark = wr_mark(w, 2);
	bgp_put_attrs(w, &ctx, attrs, &egress);
	if (!egress.next_hop_v4.s_addr)
		short_next_hop(w, &egress);
	wr_patch16(w, mark);
}

void mrt_route(struct mrt *m, const struct rib_route_view *view, mrt_record_fn *fn, void *ctx)
{
	const struct attrs_tab *tab = rib_attrs(m->agent->rib);
	size_t i = 0, at = 0;
	uint16_t n, index;

	while (i < view->n_paths) {
		struct wr w = wr_of(m->record, sizeof(m->record)), count, before;

		begin(m, &w, view->prefix.family == AF_INET ? MRT_RIB_IPV4_UNICAST : MRT_RIB_IPV6_UNICAST);
		wr_u32(&w, m->seq);
		wr_u8(&w, view->prefix.len);
		wr_bytes(&w, view->prefix.addr, (view->prefix.len + 7u) / 8);
		at = wr_mark(&w, 2);
		for (n = 0; i < view->n_paths; i++) {
			index = index_of(m, view->paths[i].peer);
			if (index == NO_INDEX)
				continue;
			before = w;
			rib_entry(m, &w, index, attrs_get(tab, view->paths[i].attrs), view->prefix.family);
			if (w.bad) {                     /* the rest goes into the next one */
				w = before;
				break;
			}
			n++;
		}
		if (!n && i++ < view->n_paths)           /* one that is too long for any */
			continue;
		if (!n)
			return;
		count = wr_of(m->record + at, 2);
		wr_u16(&count, n);
		m->seq++;
		finish(&w, fn, ctx);
	}
}
